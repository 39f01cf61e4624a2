//! The report as it is written: its fields in their order, and the words of its closed sets.

mod history;
pub(super) mod rules;
pub(super) mod schema;
mod series;
mod sign_ins;

pub use history::{FieldCounts, FieldHistory, HistoryRow};
pub use series::PointRow;
pub use sign_ins::{DifferenceRow, SignInRow, SignInState, SignIns};

use crate::model::{Counts, Severity, Status, Window};
use rules::{RuleRow, Suggestion};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Name and version of the form of a report; a report of another form is not read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum FormId {
    /// The only one so far.
    #[default]
    #[serde(rename = "logdrift.report/1")]
    V1,
}

/// What one check or diff found, and what it rests on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// Form of this report.
    pub schema: FormId,
    /// What was read.
    pub run: Run,
    /// What it was compared with; null where there was nothing.
    pub baseline: Option<BaselineInfo>,
    /// How much was compared.
    pub checked: Checked,
    /// The sign-ins of a manifest (`--expect`); null without one.
    pub sign_ins: Option<SignIns>,
    /// The findings: each root, worst first, directly followed by its echoes.
    pub findings: Vec<FindingRow>,
    /// Findings of earlier runs that are not found any more, though the records would have shown them; each is told once.
    pub ended: Vec<EndedRow>,
    /// Least severity of a finding that makes the verdict `drift`.
    #[serde(with = "SeverityWord", default = "usual")]
    pub fail_on: Severity,
    /// The outcome in one word.
    pub verdict: Verdict,
}

/// What reports were judged by that do not say it.
const fn usual() -> Severity {
    Severity::Medium
}

/// What was read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// Name of this run.
    pub id: String,
    /// Name of the source.
    pub source: String,
    /// Event time of the records.
    pub window: Period,
    /// Records read, without those that had arrived before.
    pub records: u64,
    /// Bytes read, after decompression.
    pub bytes: u64,
    /// Pieces of input that are no record.
    pub rejects: u64,
    /// Records that arrived again, byte for byte, and were left out.
    pub duplicates: u64,
    /// Rejects by the id of their reason.
    pub reject_reasons: BTreeMap<String, u64>,
    /// Records read, by record type.
    pub record_types: BTreeMap<String, u64>,
    /// Records of types that the source does not read, set apart.
    pub other_record_types: BTreeMap<String, u64>,
    /// Records with the id of another record and other bytes; both were read.
    pub twins: u64,
    /// What a reader must know: limits that were reached, cohorts folded into `(other)`, what was left out.
    pub notes: Vec<String>,
    /// The folder of the rules that the findings were held against (`--rules`), as it was named; null without one.
    pub rules: Option<String>,
}

/// A span of event time; both ends are null for records without a time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// First second, RFC 3339 in UTC.
    #[schemars(extend("format" = "date-time"))]
    pub from: Option<String>,
    /// First second after it, RFC 3339 in UTC.
    #[schemars(extend("format" = "date-time"))]
    pub to: Option<String>,
}

impl Period {
    /// From the start of the first window to the end of the last; undated if one of them is.
    #[must_use]
    pub fn between(first: Window, last: Window) -> Self {
        if first == Window::UNDATED || last == Window::UNDATED {
            return Self::default();
        }
        Self { from: rfc3339(first.start), to: rfc3339(last.end()) }
    }
}

/// A moment (seconds since 1970) as RFC 3339 in UTC: `2026-03-02T04:05:06Z`; `None` outside the years 0 to 9999.
#[must_use]
pub fn rfc3339(moment: i64) -> Option<String> {
    const YEARS: std::ops::RangeInclusive<i64> = -62_167_219_200..=253_402_207_200;
    if !YEARS.contains(&moment) {
        return None;
    }
    let second = moment.rem_euclid(86_400);
    let day = Window::of(moment, crate::model::Granularity::Day);
    Some(format!("{day}T{:02}:{:02}:{:02}Z", second / 3_600, second / 60 % 60, second % 60))
}

/// What the records were compared with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BaselineInfo {
    /// Its name.
    pub name: String,
    /// Its version, counted up by every change.
    pub version: u64,
    /// Windows it was made of.
    pub windows: u64,
    /// Records in them.
    pub records: u64,
    /// First second of its first window, RFC 3339 in UTC; null if undated.
    #[schemars(extend("format" = "date-time"))]
    pub from: Option<String>,
    /// First second after its last window, RFC 3339 in UTC; null if undated.
    #[schemars(extend("format" = "date-time"))]
    pub to: Option<String>,
}

/// How much was compared.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Checked {
    /// Distinct paths.
    pub paths: u64,
    /// Cohorts, without the whole stream.
    pub cohorts: u64,
    /// Comparisons that could have found something; 0 makes the verdict `not-checkable`.
    pub comparisons: u64,
    /// Comparisons that could not be made for lack of records.
    pub too_few_records: u64,
    /// Smallest change of a field's share (0 to 1) that would have been noticed in the whole stream; null if none.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub smallest_detectable_share: Option<f64>,
    /// What was not checked, and why: a sentence each.
    pub not_checked: Vec<String>,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FindingRow {
    /// Identity, the same in every run that finds it: 16 hexadecimal digits.
    #[schemars(regex(pattern = "^[0-9a-f]{16}$"))]
    pub key: String,
    /// Id of the check that made it.
    pub check: String,
    /// How much it matters.
    #[serde(with = "SeverityWord")]
    pub severity: Severity,
    /// `new` when it is found for the first time, or again after it had ended or an acceptance of it had; `known` in later
    /// runs; `accepted` if it or the finding that causes it was accepted.
    #[serde(with = "StatusWord")]
    pub status: Status,
    /// The word by which it is accepted; null for others, and for echoes of an accepted finding.
    pub acceptance: Option<AcceptanceRow>,
    /// The field.
    pub path: Option<String>,
    /// The slice; null for the whole stream.
    pub cohort: Option<CohortRow>,
    /// The value, for findings about one.
    pub value: Option<String>,
    /// The result code, for findings about one.
    pub code: Option<String>,
    /// In the baseline.
    pub before: CountsRow,
    /// In the records under check.
    pub after: CountsRow,
    /// The same window by window: up to 60 of the baseline, the newest, in order of time, and as the last one that under check. Of
    /// what was renamed under its old name. Empty for echoes, and where windows tell nothing of it.
    #[serde(default)]
    pub series: Vec<PointRow>,
    /// Estimated number of distinct actors behind `after.count`; 0 where nobody is known to stand behind it.
    pub actors: u64,
    /// First second of the first window that showed it, in this run or an earlier one, RFC 3339 in UTC.
    #[schemars(extend("format" = "date-time"))]
    pub first_seen: Option<String>,
    /// One sentence.
    pub summary: String,
    /// For a text that changed: its words, those that went as `[-gone-]`, those that came as `{+come+}`.
    pub text_change: Option<String>,
    /// Key of the finding this one is an echo of.
    pub caused_by: Option<String>,
    /// Keys of the findings that are echoes of this one.
    pub echoes: Vec<String>,
    /// The rules that it touches.
    pub rules: Vec<RuleRow>,
    /// What could be done about it.
    pub suggestion: Option<Suggestion>,
}

/// The word of a user that a finding is all right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptanceRow {
    /// By whom.
    pub by: String,
    /// When, RFC 3339 in UTC.
    #[schemars(extend("format" = "date-time"))]
    pub at: Option<String>,
    /// Why.
    pub reason: String,
    /// First second at which it does not hold any more, RFC 3339 in UTC; null if it holds until it is withdrawn.
    #[schemars(extend("format" = "date-time"))]
    pub ends: Option<String>,
}

/// A finding of earlier runs that is not found any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EndedRow {
    /// Its identity.
    #[schemars(regex(pattern = "^[0-9a-f]{16}$"))]
    pub key: String,
    /// Id of the check that made it.
    pub check: String,
    /// How much it mattered.
    #[serde(with = "SeverityWord")]
    pub severity: Severity,
    /// The field.
    pub path: Option<String>,
    /// The slice; null for the whole stream.
    pub cohort: Option<CohortRow>,
    /// The value, for findings about one.
    pub value: Option<String>,
    /// Key of the finding it was an echo of.
    pub caused_by: Option<String>,
    /// First second of the last window that showed it, RFC 3339 in UTC; null if undated.
    #[schemars(extend("format" = "date-time"))]
    pub last_seen: Option<String>,
}

/// The records in which one field has one value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CohortRow {
    /// Name of the field.
    pub path: String,
    /// Its value.
    pub value: String,
}

/// Records of a slice, and those among them that show what the finding is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CountsRow {
    /// Records that could have shown it.
    pub records: u64,
    /// Records that did.
    pub count: u64,
}

impl From<Counts> for CountsRow {
    fn from(Counts { records, count }: Counts) -> Self {
        Self { records, count }
    }
}

impl From<CountsRow> for Counts {
    fn from(CountsRow { records, count }: CountsRow) -> Self {
        Self { records, count }
    }
}

/// The outcome in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Compared, and nothing found that is severe enough.
    Clean,
    /// At least one finding that is severe enough and was not accepted.
    Drift,
    /// Nothing could be compared.
    NotCheckable,
}

impl Verdict {
    /// The word, as the report spells it.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::Drift => "drift",
            Self::NotCheckable => "not-checkable",
        }
    }
}

/// How the wire spells a severity.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(remote = "Severity", rename_all = "lowercase")]
#[schemars(rename = "Severity")]
enum SeverityWord {
    Critical,
    High,
    Medium,
    Low,
    Info,
}

/// How the wire spells a status.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(remote = "Status", rename_all = "lowercase")]
#[schemars(rename = "Status")]
enum StatusWord {
    New,
    Known,
    Accepted,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Granularity;

    #[test]
    fn moments_are_rfc_3339_or_nothing() {
        assert_eq!(rfc3339(1_678_320_000 + 3_661).as_deref(), Some("2023-03-09T01:01:01Z"));
        assert_eq!(rfc3339(-1).as_deref(), Some("1969-12-31T23:59:59Z"));
        assert_eq!(rfc3339(-62_167_219_200).as_deref(), Some("0000-01-01T00:00:00Z"));
        assert_eq!(rfc3339(-62_167_219_201), None);
        assert_eq!(rfc3339(253_402_207_200).as_deref(), Some("9999-12-30T22:00:00Z"));
        assert_eq!((rfc3339(253_402_207_201), rfc3339(i64::MIN), rfc3339(i64::MAX)), (None, None, None));
    }

    #[test]
    fn a_period_spans_its_windows_and_is_undated_with_one_that_is() {
        let first = Window::of(1_678_320_000, Granularity::Hour);
        let last = Window::of(1_678_320_000 + 7_200, Granularity::Hour);
        let period = Period::between(first, last);
        assert_eq!((period.from.as_deref(), period.to.as_deref()), (Some("2023-03-09T00:00:00Z"), Some("2023-03-09T03:00:00Z")));
        assert_eq!(Period::between(first, Window::UNDATED), Period::default());
        assert_eq!(Period::between(Window::UNDATED, last), Period::default());
    }

    #[test]
    fn the_wire_spells_severities_and_statuses_as_the_model_does() {
        #[derive(Serialize, Deserialize)]
        struct Words(#[serde(with = "SeverityWord")] Severity, #[serde(with = "StatusWord")] Status);
        for (severity, status) in Severity::ALL.into_iter().flat_map(|severity| Status::ALL.map(|status| (severity, status))) {
            let text = serde_json::to_string(&Words(severity, status)).unwrap();
            assert_eq!(text, format!("[\"{}\",\"{}\"]", severity.id(), status.id()));
            let back: Words = serde_json::from_str(&text).unwrap();
            assert_eq!((back.0, back.1), (severity, status));
        }
        for verdict in [Verdict::Clean, Verdict::Drift, Verdict::NotCheckable] {
            assert_eq!(serde_json::to_string(&verdict).unwrap(), format!("\"{}\"", verdict.id()));
        }
        for state in [SignInState::Missing, SignInState::Unexpected, SignInState::Expected] {
            assert_eq!(serde_json::to_string(&state).unwrap(), format!("\"{}\"", state.id()));
        }
    }
}
