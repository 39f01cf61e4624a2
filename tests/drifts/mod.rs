//! The documented drifts: the facts in a sentence, where they can be read, and how a log shows them.

mod changes;
mod codes;
mod fields;

pub(crate) use codes::CODES;
pub(crate) use fields::FIELDS;

use serde_json::Value;

/// What is done to the records of a day.
pub(crate) type Change = fn(&mut Vec<Value>);

/// One documented drift, or several that came together.
pub(crate) struct Row {
    /// Numbers in the catalogue.
    pub(crate) ids: &'static [&'static str],
    /// What changed.
    pub(crate) what: &'static str,
    /// Where it can be read.
    pub(crate) seen: &'static str,
    /// The log as it was.
    pub(crate) before: Change,
    /// The log as it became.
    pub(crate) after: Change,
    /// Findings in which it comes out, the root first.
    pub(crate) reports: &'static [&'static str],
    /// Findings in which it should come out and does not.
    pub(crate) missed: &'static [&'static str],
}

/// Drifts that are not replayed: numbers, what changed, why one log of sign-ins of Entra cannot show it.
pub(crate) const NOT_REPLAYED: &[(&str, &str, &str)] = &[
    (
        "D49",
        "seven columns are objects in one table of Log Analytics and texts in the other",
        "it was always so: two streams differ, no stream changed",
    ),
    (
        "D50",
        "the processing time has another name in the table of non-interactive sign-ins",
        "it was always so: two streams differ, no stream changed",
    ),
    (
        "D51",
        "the sign-in table of Defender XDR was renamed, its device column too",
        "no built-in source reads that table, and the name of a table is not in its records",
    ),
    ("D53", "four ways to sign in left no record", "what was never written leaves no trace, neither before nor after"),
    ("D58", "Office 365 stopped to fill the place of a sign-in", "another provider; the same change of an Entra log is D02"),
    ("D65", "Okta added a hash to its debug data", "another provider; the same change of an Entra log is D18"),
    ("D66", "Okta renamed event types of identity threats", "another provider; the same change of an Entra log is D39"),
    (
        "D67",
        "Duo sent a type that consumers had not mapped",
        "another provider, and the type that was mapped is the consumer's; the log's side is D24",
    ),
    ("D69", "Duo added two fields about attacks", "another provider; the same change of an Entra log is D23"),
    ("D71", "Google's logins come with other paths through Cloud Logging", "two deliveries differ, no stream changed"),
    ("D72", "a table of one Microsoft product is missing in the other", "two products differ, no stream changed"),
];
