//! What is told of a run: the findings that are new, and those that ended.

use crate::model::{Severity, Status};
use crate::report::{BaselineInfo, EndedRow, FindingRow, Report, Run, Verdict, escape_terminal, schema_text};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;

/// Findings that one message lists; more are counted.
pub(super) const LISTED: usize = 15;
/// Columns of a sentence in a message.
const SENTENCE: usize = 500;

/// What one run has to tell.
#[derive(Debug)]
pub struct Notice<'r> {
    report: &'r Report,
    /// New findings that are no echoes.
    new: Vec<&'r FindingRow>,
    /// Ended findings that are no echoes.
    ended: Vec<&'r EndedRow>,
}

/// A line about one finding, of graphic characters only.
pub(super) struct Line {
    /// `HIGH`, or `ENDED`.
    pub(super) badge: String,
    /// `new-code resultType = 1003033`.
    pub(super) title: String,
    /// A sentence, and the key.
    pub(super) text: String,
}

impl<'r> Notice<'r> {
    /// What a report has to tell from a severity on; nothing if no finding of it is new or ended.
    #[must_use]
    pub fn of(report: &'r Report, least: Severity) -> Option<Self> {
        let is_new = |row: &&FindingRow| row.caused_by.is_none() && row.status == Status::New && row.severity >= least;
        let is_root = |row: &&EndedRow| !report.ended.iter().any(|other| row.caused_by.as_deref() == Some(&other.key));
        let new: Vec<_> = report.findings.iter().filter(is_new).collect();
        let ended: Vec<_> = report.ended.iter().filter(is_root).filter(|row| row.severity >= least).collect();
        (!new.is_empty() || !ended.is_empty()).then_some(Self { report, new, ended })
    }

    /// `logdrift: 2 new findings (1 critical, 1 high), 1 ended in entra-signin, 2026-03-01 to 2026-03-02 UTC`
    pub(super) fn headline(&self) -> String {
        let of = |severity| self.new.iter().filter(|row| row.severity == severity).count();
        let severities = Severity::ALL.into_iter().rev().filter(|&severity| of(severity) > 0);
        let severities: Vec<String> = severities.map(|severity| format!("{} {severity}", of(severity))).collect();
        let new = match self.new.len() {
            0 => None,
            count => Some(format!("{count} new finding{} ({})", if count == 1 { "" } else { "s" }, severities.join(", "))),
        };
        let ended = (!self.ended.is_empty()).then(|| format!("{} ended", self.ended.len()));
        let parts: Vec<String> = new.into_iter().chain(ended).collect();
        inert(&format!("logdrift: {} in {}, {}", parts.join(", "), self.report.run.source, self.report.period()), SENTENCE)
    }

    /// What stands below the findings.
    pub(super) fn footer(&self) -> String {
        let run = &self.report.run;
        inert(&format!("{} records, {} rejects; logdrift report {}", run.records, run.rejects, run.id), SENTENCE)
    }

    /// A line for each finding, new ones first; how many more there are where there are too many.
    pub(super) fn lines(&self) -> (Vec<Line>, Option<String>) {
        let new = self.new.iter().map(|row| Line {
            badge: row.severity.id().to_uppercase(),
            title: title(&row.check, row.path.as_deref(), row.value.as_deref(), row.cohort.as_ref().map(|c| (&*c.path, &*c.value))),
            text: format!("{} Key {}.{}", inert(&sentence(&row.summary), SENTENCE), inert(&row.key, 40), touched(row)),
        });
        let ended = self.ended.iter().map(|row| Line {
            badge: "ENDED".into(),
            title: title(&row.check, row.path.as_deref(), row.value.as_deref(), row.cohort.as_ref().map(|c| (&*c.path, &*c.value))),
            text: format!("It is not found any more. Key {}.", inert(&row.key, 40)),
        });
        let mut lines: Vec<Line> = new.chain(ended).collect();
        let more = lines.len().saturating_sub(LISTED);
        lines.truncate(LISTED);
        (lines, (more > 0).then(|| format!("and {more} more, in the report")))
    }

    /// Name of the run, for identities of messages.
    pub(super) fn run(&self) -> &str {
        &self.report.run.id
    }

    /// All of it, for programs.
    pub(super) fn body(&self) -> NoticeBody {
        let roots: Vec<&str> = self.new.iter().map(|row| row.key.as_str()).collect();
        let gone: Vec<&str> = self.ended.iter().map(|row| row.key.as_str()).collect();
        let told = |key: &str, cause: Option<&str>, keys: &[&str]| keys.contains(&key) || cause.is_some_and(|cause| keys.contains(&cause));
        let Report { run, baseline, verdict, findings, ended, .. } = self.report;
        NoticeBody {
            schema: "logdrift.notice/1",
            summary: self.headline(),
            run: run.clone(),
            baseline: baseline.clone(),
            verdict: *verdict,
            findings: findings.iter().filter(|row| told(&row.key, row.caused_by.as_deref(), &roots)).cloned().collect(),
            ended: ended.iter().filter(|row| told(&row.key, row.caused_by.as_deref(), &gone)).cloned().collect(),
        }
    }
}

/// What a webhook gets.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct NoticeBody {
    /// Name and version of this form.
    #[schemars(extend("const" = "logdrift.notice/1"))]
    schema: &'static str,
    /// One sentence.
    summary: String,
    /// What was read, as the report tells it.
    run: Run,
    /// What it was compared with.
    baseline: Option<BaselineInfo>,
    /// The outcome in one word.
    verdict: Verdict,
    /// The new findings, each followed by its echoes.
    pub(super) findings: Vec<FindingRow>,
    /// Findings of earlier runs that are not found any more.
    pub(super) ended: Vec<EndedRow>,
}

impl NoticeBody {
    /// The JSON Schema (draft 2020-12) of what a webhook gets.
    pub(crate) fn schema_text() -> Option<String> {
        schema_text(&SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<Self>())
    }
}

fn title(check: &str, path: Option<&str>, value: Option<&str>, cohort: Option<(&str, &str)>) -> String {
    let mut text = check.to_owned();
    text += &path.map(|path| format!(" {path}")).unwrap_or_default();
    text += &value.map(|value| format!(" = {value}")).unwrap_or_default();
    text += &cohort.map(|(path, value)| format!(" where {path} = {value}")).unwrap_or_default();
    inert(&text, 200)
}

fn touched(row: &FindingRow) -> String {
    match row.rules.len() {
        0 => String::new(),
        1 => " It touches 1 rule.".into(),
        count => format!(" It touches {count} rules."),
    }
}

/// A summary with a full stop.
fn sentence(summary: &str) -> String {
    if summary.ends_with('.') { summary.to_owned() } else { format!("{summary}.") }
}

/// Text of which nothing steers or hides, in one line.
fn inert(text: &str, columns: usize) -> String {
    escape_terminal(text, columns)
}
