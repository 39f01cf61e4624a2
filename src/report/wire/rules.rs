//! What `logdrift rules` says of the team's detections.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The rules of a folder: what each of them depends on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RulesReport {
    /// Name and version of this form: `logdrift.rules/1`.
    pub schema: String,
    /// How much was read.
    pub read: RulesRead,
    /// The rules, by file and place in it.
    pub rules: Vec<RuleEntry>,
}

/// How much of a folder of rules was read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RulesRead {
    /// Rules found.
    pub rules: u64,
    /// Rules of which everything was read.
    pub full: u64,
    /// Rules of which something was not understood.
    pub partial: u64,
    /// Rules of which nothing could be judged.
    pub failed: u64,
    /// Rules that can no longer speak, given the baseline; null without one.
    pub blind: Option<u64>,
    /// Files that are no rules of a known dialect.
    pub other_files: u64,
    /// Files that could not be read.
    pub refused: Vec<RefusedRow>,
}

/// A file that could not be read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RefusedRow {
    /// Its name below the folder.
    pub file: String,
    /// Why.
    pub why: String,
}

/// A rule and what it depends on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleEntry {
    /// Its own id, else its file and number in it.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The file it stands in, below the folder.
    pub file: String,
    /// Line on which its query begins, from 1.
    pub line: u64,
    /// Number of its query in the file, from 0.
    pub block: u64,
    /// Its language: `kql`, `sigma`, `eql`, `esql`, `kuery`, `spl`, `python`.
    pub dialect: String,
    /// How grave its alerts are, in its own word.
    pub severity: Option<String>,
    /// How much of it was read: `full`, `partial` or `failed`.
    pub parsed: String,
    /// What was not understood, and on which line.
    pub unread: Vec<String>,
    /// The tables (indices, data sets, log sources) it reads.
    pub tables: Vec<String>,
    /// The fields it reads, in its own spelling.
    pub fields: Vec<String>,
    /// Its comparisons.
    pub literals: Vec<LiteralRow>,
    /// What it does with each field.
    pub uses: Vec<UseRow>,
    /// The records it looks at before it counts or joins them.
    pub selects: Vec<SelectRow>,
    /// Why it can no longer speak or speaks of less, given a baseline.
    pub blind: Vec<BlindRow>,
}

/// One comparison of a field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LiteralRow {
    /// The field in the rule's spelling. Of a class or a number that the rule makes of a result code, the function around it, as
    /// in `iff(ResultType)`: its values are no codes.
    pub field: String,
    /// How: `==`, `!=`, `in`, `!in`, `has`, `contains`, `startswith`, `endswith`, `matches`, `<`, `>` and others.
    pub op: String,
    /// The values as text, without quotes.
    pub values: Vec<String>,
    /// The function that makes what is compared from the field; null for the field's own values.
    pub derived: Option<String>,
    /// Where it stands: `row`, `inside <function>`, `aggregate`.
    pub place: String,
    /// The name under which the rule keeps the values.
    pub list: Option<String>,
    /// Why the values are not all.
    pub open: Option<String>,
    /// The comparison as it is written.
    pub clause: String,
    /// Its line, from 1.
    pub line: u64,
}

/// What a rule does with a field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UseRow {
    /// The table; null if that is not known.
    pub table: Option<String>,
    /// The field in the rule's spelling.
    pub field: String,
    /// The field in the spelling that all products share.
    pub path: String,
    /// `filter`, `group`, `join-key`, `aggregate`, `computed`, `output`, `entity`, `sort`.
    pub roles: Vec<String>,
    /// Whether the rule also works where there is no such field.
    pub optional: bool,
}

/// The records of one table that a rule looks at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SelectRow {
    /// The table; null if that is not known.
    pub table: Option<String>,
    /// Which of its records; what stands in braces cannot be told from a record alone.
    pub condition: String,
    /// Whether the rule needs them to speak.
    pub needed: bool,
}

/// Why a rule no longer sees what it was written for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BlindRow {
    /// `blind`, `weakened` or `noisy`; `quiet` for what may merely be rare.
    pub effect: String,
    /// The clause.
    pub clause: String,
    /// Its line, from 1.
    pub line: u64,
    /// Why: one sentence.
    pub why: String,
}
