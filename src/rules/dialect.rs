//! The table of dialects: who reads which file.

use super::rule::Rule;

/// A file that may hold rules.
#[derive(Clone, Copy, Debug)]
pub struct RuleFile<'a> {
    /// Its name below the folder that was named, with `/` between the parts.
    pub name: &'a str,
    /// Its text.
    pub text: &'a str,
}

impl RuleFile<'_> {
    /// The ending of its name without the dot, in small letters; empty if there is none.
    #[must_use]
    pub fn ending(&self) -> String {
        let last = self.name.rsplit('/').next().unwrap_or("");
        last.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default()
    }
}

/// Macros, aliases and the like that files beside the rules define, by name.
pub type Macros = std::collections::BTreeMap<String, String>;

/// What files beside the rules say about them.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// Macros of Splunk: their definitions by their names.
    pub macros: Macros,
    /// Python of Panther: the texts of files by their names.
    pub python: std::collections::BTreeMap<String, String>,
}

/// How the rules of one product are written.
pub struct Dialect {
    /// Its name.
    pub name: &'static str,
    /// Which files it reads, in a sentence.
    pub summary: &'static str,
    /// Whether a file is one of its own; the first dialect that says so reads it.
    pub recognises: fn(RuleFile<'_>) -> bool,
    /// The rules of a file; an error says what is wrong with the file and, where known, on which line.
    pub read: fn(RuleFile<'_>, &Surroundings) -> Result<Vec<Rule>, String>,
    /// What a file tells about rules of others.
    pub surroundings: Option<fn(RuleFile<'_>, &mut Surroundings)>,
}

/// All dialects. The first that recognises a file reads it.
pub const DIALECTS: &[&Dialect] =
    &[&super::sigma::SIGMA, &super::splunk::SPLUNK, &super::panther::PANTHER, &super::elastic::DIALECT, &super::kql::DIALECT];
