//! What a finding is about and what is to be said of it, in pieces and lines that each format marks up in its own way.

use super::hit::hit;
use super::inert::escape_terminal;
use super::page::{NAME, SENTENCE};
use super::words::{ECHOES, more, number, period, short};
use super::{CohortRow, FindingRow, Report, outcome};
use crate::model::Counts;

/// A piece of what a finding is about.
pub(super) enum Piece<'a> {
    /// Id of its check.
    Check(&'a str),
    /// A path or value, as the log has it.
    Name(&'a str),
    /// Words of ours.
    Text(&'static str),
}

/// What drifted where: `field-emptied properties.city in resultType = 50126`.
pub(super) fn subject<'a>(check: &'a str, path: Option<&'a str>, value: Option<&'a str>, cohort: Option<&'a CohortRow>) -> Vec<Piece<'a>> {
    let mut pieces = vec![Piece::Check(check)];
    if let Some(path) = path {
        pieces.extend([Piece::Text(" "), Piece::Name(path)]);
    }
    if let Some(value) = value {
        pieces.extend([Piece::Text(if path.is_some() { " = " } else { " " }), Piece::Name(value)]);
    }
    // Of a finding about a value, the slice of that value goes without saying.
    let said = |cohort: &CohortRow| path.is_some() && value == Some(cohort.value.as_str());
    if let Some(cohort) = cohort.filter(|cohort| !said(cohort)) {
        pieces.extend([Piece::Text(" in "), Piece::Name(&cohort.path), Piece::Text(" = "), Piece::Name(&cohort.value)]);
    }
    if path.is_none() && cohort.is_none() {
        pieces.push(Piece::Text(" in the whole stream"));
    }
    pieces
}

/// The same of a row.
pub(super) fn subject_of(row: &FindingRow) -> Vec<Piece<'_>> {
    subject(&row.check, row.path.as_deref(), row.value.as_deref(), row.cohort.as_ref())
}

/// Pieces as one line of plain text.
pub(super) fn plain(pieces: &[Piece<'_>]) -> String {
    let shown = |piece: &Piece<'_>| match piece {
        Piece::Check(text) | Piece::Name(text) => escape_terminal(text, NAME),
        Piece::Text(text) => (*text).to_owned(),
    };
    pieces.iter().map(shown).collect()
}

/// How often, by how many and since when.
pub(super) fn numbers(row: &FindingRow) -> String {
    let mut words = format!("before {}; now {}", Counts::from(row.before), Counts::from(row.after));
    if row.actors > 0 {
        words += &format!("; {}", number(row.actors, "actor"));
    }
    if let Some(moment) = &row.first_seen {
        words += &format!("; first seen {} UTC", short(moment));
    }
    words
}

/// A text from a report as one line of graphic characters.
pub(super) fn line(text: &str) -> String {
    escape_terminal(text, SENTENCE)
}

/// All that is told of a root where text has no form: one harmless line each.
pub(super) fn lines(root: &FindingRow, echoes: &[FindingRow]) -> Vec<String> {
    let rules = hit(root, echoes);
    let told = rules.iter().take(ECHOES).map(|rule| format!("{} {} ({}:{}): {}", rule.effect, rule.title, rule.file, rule.line, rule.why));
    let mut lines = vec![root.summary.clone()];
    lines.extend(root.text_change.clone());
    lines.push(numbers(root));
    lines.extend(told);
    lines.extend(more(rules.len(), ECHOES, "rules"));
    match echoes.len() {
        0 => {}
        1 => lines.push("1 more finding is an echo of it".into()),
        many => lines.push(format!("{many} more findings are echoes of it")),
    }
    lines.push(format!("key {}", root.key));
    lines.iter().map(|text| line(text)).collect()
}

/// The first line of a report: `DRIFT  entra, 2023-03-09 to 2023-03-10 UTC, against baseline entra version 14 (..): 3 findings (..)`.
pub(super) fn opening(report: &Report) -> String {
    let run = &report.run;
    let baseline = report.baseline.as_ref();
    let against =
        baseline.map(|baseline| format!(", against baseline {}{}", escape_terminal(&baseline.name, NAME), outcome::version(baseline)));
    let period = period(run.window.from.as_deref(), run.window.to.as_deref());
    let (word, source) = (outcome::word(report.verdict), escape_terminal(&run.source, NAME));
    line(&format!("{word}  {source}, {period}{}: {}", against.unwrap_or_default(), outcome::outcome(report)))
}
