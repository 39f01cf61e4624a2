//! The section about the sign-ins of a manifest.

use super::page::{Page, Span, name, text};
use super::reveal::Reveal;
use super::words::{more, number};
use super::{DifferenceRow, Report, SignInRow, SignInState, SignIns, Verdict};
use crate::expect::{self, Outcome, Outcomes, State};
use crate::model::Severity;
use anstyle::AnsiColor;

/// Column at which the texts of the section begin.
const INDENT: usize = 12;
/// Sign-ins that are named one by one.
pub(super) const ROWS: usize = 40;

impl Report {
    /// The report with what became of the sign-ins of a manifest. One that was logged otherwise or not at all weighs as much as
    /// a finding of severity high. If all were logged as they should be, something could be compared.
    #[must_use]
    pub fn with_sign_ins(mut self, manifest: String, outcomes: &Outcomes, fail_on: Severity, reveal: Reveal) -> Self {
        let fails = outcomes.fail();
        self.verdict = match self.verdict {
            _ if fails && fail_on <= Severity::High => Verdict::Drift,
            Verdict::NotCheckable if !fails => Verdict::Clean,
            verdict => verdict,
        };
        let show = |text: &str| reveal.text(text).into_owned();
        let (records, unexplained) = (outcomes.records, outcomes.unexplained);
        let rows = outcomes.sign_ins.iter().map(|outcome| row(outcome, &show)).collect();
        self.sign_ins = Some(SignIns { manifest, records, unexplained, outcomes: rows });
        self
    }

    /// The report as it may be kept: a manifest names people and says what stood in their records, so that of its sign-ins only
    /// their names and what became of them stay.
    #[must_use]
    pub fn unquoted(mut self) -> Self {
        for row in self.sign_ins.iter_mut().flat_map(|sign_ins| &mut sign_ins.outcomes) {
            row.differences.clear();
            row.name = Reveal::Hidden.text(&row.name).into_owned();
            row.summary = match row.outcome {
                SignInState::Expected => number(row.records, "record"),
                SignInState::Unexpected => format!("{} logged otherwise; what stood there is not kept", number(row.records, "record")),
                SignInState::Missing => "no record found; what it was sought by is not kept".into(),
            };
        }
        self
    }
}

fn row(outcome: &Outcome, show: &dyn Fn(&str) -> String) -> SignInRow {
    let difference = |(difference, records): &(expect::Difference, u64)| DifferenceRow {
        field: difference.field.clone(),
        wanted: difference.wanted.clone(),
        found: difference.found.words(show),
        records: *records,
    };
    SignInRow {
        name: outcome.name.clone(),
        outcome: match outcome.state {
            State::Expected => SignInState::Expected,
            State::Unexpected => SignInState::Unexpected,
            State::Missing => SignInState::Missing,
        },
        records: outcome.records,
        summary: expect::summary(outcome, show),
        differences: outcome.differences.iter().map(difference).collect(),
    }
}

/// `1 of 3 sign-ins unexpected, 1 missing`
pub(super) fn tally(sign_ins: &SignIns) -> String {
    let of = |state| sign_ins.outcomes.iter().filter(|row| row.outcome == state).count();
    let all = number(sign_ins.outcomes.len() as u64, "sign-in");
    match (of(SignInState::Missing), of(SignInState::Unexpected)) {
        (0, 0) => format!("{all} as expected"),
        (0, other) => format!("{other} of {all} unexpected"),
        (missing, 0) => format!("{missing} of {all} missing"),
        (missing, other) => format!("{missing} of {all} missing, {other} unexpected"),
    }
}

/// The sign-ins, those that went wrong first.
pub(super) fn rows(sign_ins: &SignIns) -> Vec<&SignInRow> {
    let mut rows: Vec<&SignInRow> = sign_ins.outcomes.iter().collect();
    rows.sort_by_key(|row| row.outcome);
    rows
}

/// Those that went wrong.
pub(super) fn wrong(report: &Report) -> Vec<&SignInRow> {
    let rows = report.sign_ins.iter().flat_map(rows);
    rows.filter(|row| row.outcome != SignInState::Expected).collect()
}

/// `3 of 12 records belong to none of them`
pub(super) fn unexplained(sign_ins: &SignIns) -> String {
    format!("{} of {} belong to none of them", sign_ins.unexplained, number(sign_ins.records, "record"))
}

/// What became of each, and how many records are left.
pub(super) fn section(page: &mut Page, report: &Report) {
    let Some(sign_ins) = &report.sign_ins else { return };
    let rows = rows(sign_ins);
    page.blank();
    for row in rows.iter().take(ROWS) {
        page.wrapped(0, INDENT, &[badge(row.outcome), name(&row.name).bold(), text(": "), text(&row.summary)]);
    }
    if let Some(words) = more(rows.len(), ROWS, "sign-ins") {
        page.cut(INDENT, &[text(words)]);
    }
    page.wrapped(
        INDENT,
        INDENT,
        &[text(unexplained(sign_ins)).dim(), text(", as ").dim(), name(&sign_ins.manifest).dim(), text(" tells").dim()],
    );
}

fn badge(state: SignInState) -> Span {
    let color = if state == SignInState::Expected { AnsiColor::Green } else { AnsiColor::Red };
    text(format!("{:INDENT$}", state.id().to_uppercase())).bold().color(color)
}
