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

/// A detection rule that a finding touches.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleRow {
    /// Its id in its own file.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The file it stands in.
    pub file: String,
    /// Line of the clause, counted from 1.
    pub line: u64,
    /// What the drift does to it, in one word.
    pub effect: String,
    /// The clause that reads the field or value.
    pub clause: String,
    /// Why it is touched: one sentence.
    pub why: String,
    /// Share (0 to 1) of the records it used to match that is lost to it, or of those it should match that do not reach it; null
    /// where records alone do not tell.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub lost: Option<f64>,
    /// For a code: a query in the rule's own language for its records of the last 30 days; null if there is none.
    pub query: Option<String>,
    /// Records that show it; null where no record alone does.
    pub witness: Option<WitnessRow>,
}

/// Two made-up records in the form of the log: the rule looks at the first, as records were, and passes over the second, as they are
/// now. `logdrift rules test` tries them on the rules as they are by then.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WitnessRow {
    /// As records were.
    pub before: serde_json::Value,
    /// As they are now.
    pub after: serde_json::Value,
    /// What of the rule was taken for granted, since no record alone tells it.
    pub assumed: Vec<String>,
}

/// What could be done about a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Suggestion {
    /// A query that shows the records in question; empty if there is none.
    pub query: String,
    /// A change of the rules, for `patch -p1` in their folder; empty if there is none.
    pub patch: String,
}

/// What rules make of the records that a check handed over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RulesTest {
    /// Name and version of this form: `logdrift.rules-test/1`.
    pub schema: String,
    /// Pairs after whose change the rule still looks at the record, as far as a record tells.
    pub seen: u64,
    /// Pairs after whose change it does not.
    pub missed: u64,
    /// Pairs whose first record the rule does not look at either, so that it was rewritten since, or whose rule is gone.
    pub untested: u64,
    /// Rules that a finding blinds or leaves unreached for which no record shows it.
    pub without_records: u64,
    /// The pairs, in the order of the reports.
    pub tests: Vec<TestRow>,
}

/// One rule and one pair of records.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TestRow {
    /// `sees`, `may-see` (something of the rule cannot be told from a record), `misses`, `other-records` (it passes over the first
    /// record too), `gone`.
    pub result: String,
    /// Id of the rule.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The file it stands in.
    pub file: String,
    /// Key of the finding.
    pub finding: String,
    /// The finding's check.
    pub check: String,
    /// The clauses for which the record as it is now is passed over, with their lines.
    pub failing: Vec<FailingRow>,
    /// What was taken for granted.
    pub assumed: Vec<String>,
}

/// A clause that does not fit a record.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FailingRow {
    /// The clause.
    pub clause: String,
    /// Its line in the file, from 1.
    pub line: u64,
}

/// How many records each rule looks at in two logs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RulesMatch {
    /// Name and version of this form: `logdrift.rules-match/1`.
    pub schema: String,
    /// Records of the first log that were tried.
    pub before: u64,
    /// Records of the second.
    pub after: u64,
    /// Rules that fell silent.
    pub silent: u64,
    /// The rules that read the source, by file and place in it.
    pub rules: Vec<MatchRow>,
}

/// What one rule looks at in two logs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MatchRow {
    /// Id of the rule.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The file it stands in.
    pub file: String,
    /// Line on which its query begins, from 1.
    pub line: u64,
    /// What it looks at in the first log.
    pub before: LookedRow,
    /// In the second.
    pub after: LookedRow,
    /// Records of the second log that it would look at, had nothing changed but their number.
    pub expected: f64,
    /// Whether it looks at none though at least seven were to be expected.
    pub silent: bool,
}

/// Records that a rule looks at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LookedRow {
    /// Certainly.
    pub certainly: u64,
    /// Perhaps: something of the rule cannot be told from a record.
    pub perhaps: u64,
}
