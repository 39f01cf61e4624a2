//! The sign-ins of a manifest as a report writes them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What became of the sign-ins of a manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIns {
    /// The manifest.
    pub manifest: String,
    /// Records looked at.
    pub records: u64,
    /// Records that belong to none of the sign-ins.
    pub unexplained: u64,
    /// The sign-ins, in the order of the manifest.
    pub outcomes: Vec<SignInRow>,
}

/// What became of one sign-in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignInRow {
    /// As the manifest calls it.
    pub name: String,
    /// The outcome in one word.
    pub outcome: SignInState,
    /// Records found.
    pub records: u64,
    /// One sentence.
    pub summary: String,
    /// What was otherwise than it should be.
    pub differences: Vec<DifferenceRow>,
}

/// The outcome of a sign-in in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SignInState {
    /// No record was found; as severe as `high`.
    Missing,
    /// Its records hold something else; as severe as `high`.
    Unexpected,
    /// Logged as it should be.
    Expected,
}

impl SignInState {
    /// The word, as the report spells it.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Unexpected => "unexpected",
            Self::Expected => "expected",
        }
    }
}

/// Something that should have stood in the records of a sign-in, and what did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DifferenceRow {
    /// The field, as the manifest spells it; `records` for their number.
    pub field: String,
    /// What any of would have been right; empty where anything would have been.
    pub wanted: Vec<String>,
    /// What stood there: a value, a format, or that it was absent or empty.
    pub found: String,
    /// Records with it.
    pub records: u64,
}
