//! What follows from arguments.

use super::{Command, OutputArgs, SourceArgs};
use crate::report::{self, FORMATS, Format};
use std::path::Path;

impl Command {
    /// Whether a configuration has anything to say to this command; one that is broken hinders no other.
    #[must_use]
    pub const fn is_configured(&self) -> bool {
        !matches!(
            self,
            Self::Init(_)
                | Self::Schema { .. }
                | Self::Explain { .. }
                | Self::Sources { .. }
                | Self::Completions { .. }
                | Self::Man(_)
                | Self::Doctor(_)
                | Self::Demo { .. }
        )
    }
}

impl SourceArgs {
    /// The arguments that name this source, as they could be typed; nothing where it was left to be told from the logs.
    #[must_use]
    pub fn as_typed(&self) -> String {
        let one = |option: &str, value: &String| format!(" --{option} {}", quoted(value));
        let fields = [("name", &self.name), ("time", &self.time), ("code", &self.code), ("id", &self.id), ("actor", &self.actor)];
        let given = fields.into_iter().filter_map(|(option, value)| value.as_ref().map(|value| one(option, value)));
        let cohorts = self.cohort.iter().map(|path| one("cohort", path));
        let source = self.source.as_ref().map_or_else(String::new, |source| format!("--source {}", quoted(source)));
        format!("{source}{}", given.chain(cohorts).collect::<String>())
    }

    /// Whether the source is a file, not a name.
    #[must_use]
    pub fn is_file(&self) -> bool {
        self.source.as_ref().and_then(|source| Path::new(source).extension()).is_some_and(|ending| ending.eq_ignore_ascii_case("toml"))
    }
}

impl OutputArgs {
    /// The format of stdout.
    #[must_use]
    pub fn format(&self) -> &'static Format {
        self.format.unwrap_or(FORMATS[0])
    }

    /// The format of a file: that of its ending, else the one asked for.
    ///
    /// # Errors
    /// Says which endings there are, where neither tells.
    pub fn format_of(&self, file: &Path) -> Result<&'static Format, String> {
        report::format_of_file(file).or(self.format).ok_or_else(|| {
            let endings: Vec<String> = FORMATS.iter().map(|format| format!(".{} ({})", format.extension, format.name)).collect();
            format!("the ending of --output {} names no format; end it with {}, or give --format", file.display(), endings.join(", "))
        })
    }
}

/// What `--output` does, with all endings it knows.
pub(super) fn output_help() -> String {
    let endings: Vec<String> = FORMATS.iter().map(|format| format!(".{}", format.extension)).collect();
    format!(
        "Write the report to a file instead of stdout, in the format of its ending ({}); may be given more than once",
        endings.join(", ")
    )
}

/// A word as a shell takes it for one.
fn quoted(word: &str) -> String {
    let is_plain = !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || "._-/".contains(c));
    if is_plain { word.to_owned() } else { format!("'{}'", word.replace('\'', "'\\''")) }
}
