//! Which source the arguments name.

use super::args::{GENERIC, SourceArgs};
use super::nearest::did_you_mean;
use crate::error::{Error, Result};
use crate::sources::{Definition, SOURCES, Source};

/// The source of `--source`: a built-in one, a user's file, or any JSON with the paths given.
pub(super) fn source(args: &SourceArgs) -> Result<Source> {
    if args.source == GENERIC {
        let path = |path: &Option<String>| path.clone();
        let (time, code, id, actor) = (path(&args.time), path(&args.code), path(&args.id), path(&args.actor));
        let generic = Source::generic(time.as_deref(), code.as_deref(), &args.cohort, id.as_deref(), actor.as_deref());
        return generic.and_then(|source| source.called(args.name.as_deref().unwrap_or(GENERIC))).map_err(Error::Usage);
    }
    named(&args.source)
}

/// The source of a name: a built-in one, or a user's file.
pub(super) fn named(name: &str) -> Result<Source> {
    if is_file(name) {
        let text = std::fs::read_to_string(name).map_err(|source| Error::File { action: "read", path: name.into(), source })?;
        return Source::from_toml(&text, name).map_err(Error::Usage);
    }
    Source::named(name).ok_or_else(|| {
        let known: Vec<&str> = SOURCES.iter().map(|row| row.name).collect();
        let like = did_you_mean(name, known.iter().copied());
        Error::Usage(format!("there is no source {name:?}{like}; known are {}, or the name of a .toml file", known.join(", ")))
    })
}

fn is_file(name: &str) -> bool {
    std::path::Path::new(name).extension().is_some_and(|ending| ending.eq_ignore_ascii_case("toml"))
}

/// The definition that a store keeps as text.
pub(super) fn kept(text: Option<String>) -> Result<Option<Definition>> {
    let read =
        |text: String| Definition::from_lines(text.lines()).ok_or_else(|| Error::Store("the definition of a source is damaged".into()));
    text.map(read).transpose()
}

/// That what lies there under the name of a source was read as `definition` says; `there` names it: "the baseline of app".
/// Where it is not known how it was read, nothing is said.
pub(super) fn must_be_alike(definition: Option<&Definition>, known: Option<&Definition>, there: &str) -> Result<()> {
    let difference = definition.zip(known).and_then(|(definition, known)| definition.difference(known, "there"));
    difference.map_or(Ok(()), |difference| {
        Err(Error::Usage(format!(
            "{there} was made from other fields: {difference}; name the same fields, or keep the two apart, by another name (--name, or \
             the name in the source file) or in another --store"
        )))
    })
}
