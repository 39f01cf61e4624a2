//! Values of keys, as words that stand behind options.

use crate::model::Severity;
use crate::notify::one_of;
use crate::report::FORMATS;
use schemars::JsonSchema;
use serde::Deserialize;
use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::Path;

one_of! {
    /// When to colour.
    When, vec!["auto", "always", "never"]
}

one_of! {
    /// Length of a window.
    Length, vec!["day", "hour"]
}

one_of! {
    /// A severity that fails a check, or none.
    FailAt, Severity::ALL.into_iter().rev().map(Severity::id).chain(["never"]).collect()
}

one_of! {
    /// A format of reports.
    FormatName, FORMATS.iter().map(|format| format.name).collect()
}

/// A path, relative to the folder of the file that names it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(transparent)]
pub(in crate::cli) struct Place(pub(super) String);

/// A source: the name of one, or the path of a file that ends in `.toml`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(transparent)]
pub(in crate::cli) struct SourceName(pub(super) String);

/// What can stand behind an option.
pub(super) trait Words {
    /// The words, paths taken as relative to `folder`.
    fn words(&self, folder: &Path) -> Vec<OsString>;
}

macro_rules! as_text {
    ($($kind:ty: $of:expr;)*) => {
        $(impl Words for $kind {
            fn words(&self, _: &Path) -> Vec<OsString> {
                let of: fn(&Self) -> String = $of;
                vec![of(self).into()]
            }
        })*
    };
}

as_text! {
    bool: ToString::to_string;
    u64: ToString::to_string;
    NonZeroUsize: ToString::to_string;
    String: Clone::clone;
    When: |word| word.0.clone();
    Length: |word| word.0.clone();
    FailAt: |word| word.0.clone();
    FormatName: |word| word.0.clone();
}

impl Words for Place {
    fn words(&self, folder: &Path) -> Vec<OsString> {
        vec![if self.0 == "-" { "-".into() } else { folder.join(&self.0).into() }]
    }
}

impl Words for SourceName {
    fn words(&self, folder: &Path) -> Vec<OsString> {
        let is_file = Path::new(&self.0).extension().is_some_and(|ending| ending.eq_ignore_ascii_case("toml"));
        vec![if is_file { folder.join(&self.0).into() } else { self.0.clone().into() }]
    }
}

impl<T: Words> Words for Vec<T> {
    fn words(&self, folder: &Path) -> Vec<OsString> {
        self.iter().flat_map(|one| one.words(folder)).collect()
    }
}
