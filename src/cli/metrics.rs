//! `--metrics FILE`: a run in the text format that Prometheus reads.

use super::args::SourceArgs;
use super::output::write_shared;
use super::{Outcome, now, source};
use crate::error::Result;
use crate::model::{Severity, Status};
use crate::report::Report;
use std::path::Path;

/// What is measured of a run.
pub(super) struct Measured<'a> {
    pub(super) audit: Option<&'a str>,
    pub(super) source: &'a SourceArgs,
    /// None if the check came to no report.
    pub(super) report: Option<&'a Report>,
    pub(super) outcome: Outcome,
    /// Whether somebody could not be told.
    pub(super) untold: bool,
}

const SUCCESS: &str = "logdrift_last_success_timestamp_seconds";

/// Writes the metrics of a run, so that a reader sees the old ones or the new ones. The time of the last success is carried over
/// from the file if this run was none.
pub(super) fn write(file: &Path, measured: &Measured<'_>) -> Result<()> {
    let at = now();
    let compared = measured.report.is_some() && measured.outcome != Outcome::NotCheckable;
    let success = if compared { Some(at) } else { last_success(&std::fs::read_to_string(file).unwrap_or_default()) };
    write_shared(file, text(measured, at, success).as_bytes())
}

/// The time of the last success that a file tells.
fn last_success(text: &str) -> Option<i64> {
    let line = text.lines().find(|line| line.starts_with(SUCCESS))?;
    line.rsplit(' ').next()?.parse().ok()
}

/// One metric after the other, each with what it is.
struct Page {
    text: String,
    labels: String,
}

impl Page {
    fn metric(&mut self, name: &str, help: &str, values: impl IntoIterator<Item = (String, i64)>) {
        self.text += &format!("# HELP {name} {help}\n# TYPE {name} gauge\n");
        for (more, value) in values {
            self.text += &format!("{name}{{{}{more}}} {value}\n", self.labels);
        }
    }

    fn one(&mut self, name: &str, help: &str, value: i64) {
        self.metric(name, help, [(String::new(), value)]);
    }
}

fn text(measured: &Measured<'_>, at: i64, success: Option<i64>) -> String {
    let name = source::name_of(measured.source, measured.report).unwrap_or_default();
    let audit = measured.audit.map(|audit| format!(",audit=\"{}\"", escaped(audit))).unwrap_or_default();
    let mut page = Page { text: String::new(), labels: format!("source=\"{}\"{audit}", escaped(&name)) };
    page.one("logdrift_exit_code", "Exit code of the last check.", measured.outcome.code().into());
    page.one("logdrift_last_run_timestamp_seconds", "When the last check ended.", at);
    if let Some(success) = success {
        page.one(SUCCESS, "When a check last ended that compared records with the baseline.", success);
    }
    page.one("logdrift_untold", "Whether somebody could not be told of new or ended findings.", measured.untold.into());
    if let Some(report) = measured.report {
        of_report(&mut page, report);
    }
    page.text
}

fn of_report(page: &mut Page, report: &Report) {
    let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let run = &report.run;
    page.one("logdrift_records", "Records that the last check read.", number(run.records));
    page.one("logdrift_rejects", "Pieces of its input that were no record.", number(run.rejects));
    page.one("logdrift_duplicates", "Records that had arrived before and were left out.", number(run.duplicates));
    page.one("logdrift_baseline_windows", "Windows of the baseline.", number(report.baseline.as_ref().map_or(0, |one| one.windows)));
    let roots = || report.findings.iter().filter(|row| row.caused_by.is_none());
    let kinds = Severity::ALL.into_iter().flat_map(|severity| Status::ALL.map(|status| (severity, status)));
    let counts = kinds.map(|(severity, status)| {
        let count = roots().filter(|row| (row.severity, row.status) == (severity, status)).count();
        (format!(",severity=\"{}\",status=\"{}\"", severity.id(), status.id()), number(count as u64))
    });
    page.metric("logdrift_findings", "Findings of the last check, without echoes.", counts.collect::<Vec<_>>());
    page.one(
        "logdrift_findings_ended",
        "Findings of earlier checks, with echoes, that the last one did not find any more.",
        number(report.ended.len() as u64),
    );
}

/// A value of a label.
fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_the_last_success_is_found_and_nothing_else_is_taken_for_it() {
        let line = format!("# HELP {SUCCESS} When.\n# TYPE {SUCCESS} gauge\n{SUCCESS}{{source=\"a b 1\"}} 1678320000\n");
        assert_eq!(last_success(&line), Some(1_678_320_000));
        assert_eq!((last_success(""), last_success(&format!("{SUCCESS}{{}} soon"))), (None, None));
    }

    #[test]
    fn labels_hold_any_name() {
        assert_eq!(escaped("a\"b\\c\nd"), r#"a\"b\\c\nd"#);
    }
}
