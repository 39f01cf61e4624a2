//! The report for a reader at a terminal: the worst first, what it rests on at the end.

use super::history::{accepted, ended};
use super::hit::{self, hit};
use super::page::{Page, Span, name, text};
use super::subject::{Piece, numbers, subject};
use super::words::{self, ECHOES, ENTRIES, number, period};
use super::{CohortRow, FindingRow, Format, Report, RuleRow, Style, Suggestion, Verdict, outcome, sign_ins};
use crate::error::Result;
use crate::model::{Severity, Status};
use anstyle::AnsiColor;

/// Row of the table of formats.
pub(super) static FORMAT: Format =
    Format { name: "terminal", extension: "txt", summary: "for readers: the worst first, what it rests on at the end", render };

/// Column at which everything below a headline begins.
const INDENT: usize = 10;
/// Column at which the texts of the closing section begin.
pub(super) const MARGIN: usize = 13;

fn render(report: &Report, style: &Style) -> Result<String> {
    let mut page = Page::new(*style);
    verdict(&mut page, report);
    sign_ins::section(&mut page, report);
    for (root, echoes) in report.groups().filter(|group| group.0.status != Status::Accepted) {
        page.blank();
        finding(&mut page, root, echoes);
    }
    page.blank();
    accepted(&mut page, report);
    ended(&mut page, report);
    compared(&mut page, report);
    read(&mut page, report);
    Ok(page.finish())
}

fn verdict(page: &mut Page, report: &Report) {
    let color = match report.verdict {
        Verdict::Clean => AnsiColor::Green,
        Verdict::Drift => AnsiColor::Red,
        Verdict::NotCheckable => AnsiColor::Yellow,
    };
    let run = &report.run;
    let mut spans = vec![text(outcome::word(report.verdict)).bold().color(color), text("  "), name(&run.source), text(", ")];
    spans.push(text(period(run.window.from.as_deref(), run.window.to.as_deref())));
    if let Some(baseline) = &report.baseline {
        spans.extend([text(", against baseline "), name(&baseline.name), text(outcome::version(baseline))]);
    }
    spans.extend([text(": "), text(outcome::outcome(report))]);
    page.wrapped(0, INDENT, &spans);
    if report.verdict == Verdict::NotCheckable {
        page.wrapped(INDENT, INDENT, &[text("Next: ").bold(), text(outcome::next_step(report))]);
    }
}

fn badge(severity: Severity) -> Span {
    let color = match severity {
        Severity::Critical | Severity::High => AnsiColor::Red,
        Severity::Medium => AnsiColor::Yellow,
        Severity::Low => AnsiColor::Cyan,
        Severity::Info => AnsiColor::Blue,
    };
    text(format!("{:INDENT$}", severity.id().to_uppercase())).bold().color(color)
}

fn finding(page: &mut Page, root: &FindingRow, echoes: &[FindingRow]) {
    headline(page, root);
    page.wrapped(INDENT, INDENT, &[text(&root.summary)]);
    if let Some(change) = &root.text_change {
        page.wrapped(INDENT, INDENT, &[text(change).dim()]);
    }
    page.wrapped(INDENT, INDENT, &[text(numbers(root))]);
    rules(page, &hit(root, echoes));
    if let Some(suggestion) = &root.suggestion {
        look(page, suggestion);
    }
    if !echoes.is_empty() {
        page.wrapped(INDENT, INDENT, &[text("It explains:")]);
        echoes.iter().take(ECHOES).for_each(|row| echo(page, root, row));
        more(page, INDENT + 2, echoes.len(), ECHOES, "echoes");
    }
    page.wrapped(INDENT, INDENT, &[text("key ").dim(), name(&root.key).dim()]);
}

fn rules(page: &mut Page, rules: &[&RuleRow]) {
    for rule in rules.iter().take(ECHOES) {
        let color = if hit::rank(&rule.effect) < 2 { AnsiColor::Red } else { AnsiColor::Yellow };
        let place = format!(" ({}:{})", rule.file, rule.line);
        page.wrapped(
            INDENT,
            INDENT + 2,
            &[text(format!("{} ", rule.effect)).color(color), name(&rule.title), name(place).dim(), text(format!(": {}", rule.why))],
        );
    }
    more(page, INDENT, rules.len(), ECHOES, "rules");
}

/// What to do about a finding.
fn look(page: &mut Page, suggestion: &Suggestion) {
    if !suggestion.query.is_empty() {
        for (place, line) in suggestion.query.lines().enumerate() {
            let head = if place == 0 { "look with: " } else { "" };
            page.wrapped(INDENT + 2 * usize::from(place > 0), INDENT + 4, &[text(head).bold(), text(line)]);
        }
    }
    let files = suggestion.patch.lines().filter(|line| line.starts_with("+++ ")).count();
    if files > 0 {
        let files = number(u64::try_from(files).unwrap_or(0), "file");
        let words = format!("a patch of {files} of rules stands in the JSON report (findings[].suggestion.patch, for patch -p1)");
        page.wrapped(INDENT, INDENT + 2, &[text("mend with: ").bold(), text(words)]);
    }
}

fn headline(page: &mut Page, row: &FindingRow) {
    let mut spans = vec![badge(row.severity)];
    spans.extend(what(&row.check, row.path.as_deref(), row.value.as_deref(), row.cohort.as_ref()));
    if row.status != Status::New {
        spans.push(text(format!(" ({})", row.status.id())).dim());
    }
    page.wrapped(0, INDENT, &spans);
}

/// What drifted where.
pub(super) fn what(check: &str, path: Option<&str>, value: Option<&str>, cohort: Option<&CohortRow>) -> Vec<Span> {
    let span = |piece| match piece {
        Piece::Check(check) => name(check).bold(),
        Piece::Name(known) => name(known),
        Piece::Text(words) => text(words),
    };
    subject(check, path, value, cohort).into_iter().map(span).collect()
}

fn inside(cohort: &CohortRow) -> [Span; 4] {
    [text(" in "), name(&cohort.path), text(" = "), name(&cohort.value)]
}

fn echo(page: &mut Page, root: &FindingRow, row: &FindingRow) {
    let mut spans = vec![text(format!("{:9}", row.severity.id())), name(row.path.as_deref().unwrap_or(&row.check))];
    let said = |cohort: &CohortRow| {
        root.cohort.as_ref() == Some(cohort) || [&root.code, &root.value].into_iter().flatten().any(|value| *value == cohort.value)
    };
    if let Some(cohort) = row.cohort.as_ref().filter(|cohort| !said(cohort)) {
        spans.extend(inside(cohort));
    }
    // The path stands in front; a line has no room to say "the field" again.
    spans.extend([text(": "), text(row.summary.strip_prefix("the field ").unwrap_or(&row.summary))]);
    page.cut(INDENT + 2, &spans);
}

pub(super) fn more(page: &mut Page, indent: usize, length: usize, shown: usize, what: &str) {
    if let Some(words) = words::more(length, shown, what) {
        page.cut(indent, &[text(words)]);
    }
}

pub(super) fn entry(page: &mut Page, label: &str, words: Vec<Span>) {
    let mut spans = vec![text(format!("{label:MARGIN$}")).dim()];
    spans.extend(words);
    page.wrapped(0, MARGIN, &spans);
}

fn compared(page: &mut Page, report: &Report) {
    let checked = &report.checked;
    for (at, words) in outcome::compared(checked).into_iter().enumerate() {
        entry(page, if at == 0 { "Compared" } else { "" }, vec![text(words)]);
    }
    sentences(page, "Not checked", &checked.not_checked);
}

fn read(page: &mut Page, report: &Report) {
    for (label, words) in outcome::read(&report.run) {
        entry(page, label, vec![text(words)]);
    }
    sentences(page, "Notes", &report.run.notes);
}

fn sentences(page: &mut Page, label: &str, sentences: &[String]) {
    for (at, sentence) in sentences.iter().take(ENTRIES).enumerate() {
        entry(page, if at == 0 { label } else { "" }, vec![text(sentence)]);
    }
    more(page, MARGIN, sentences.len(), ENTRIES, "in the JSON report");
}
