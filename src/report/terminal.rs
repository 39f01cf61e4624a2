//! The report for a reader at a terminal: the worst first, what it rests on at the end.

use super::history::{accepted, ended, tally};
use super::page::{Page, Span, name, text};
use super::words::{number, percent, period, short};
use super::{CohortRow, FindingRow, Format, Report, RuleRow, Style, Suggestion, Verdict, sign_ins};
use crate::error::Result;
use crate::model::{Counts, RejectReason, Severity, Status};
use anstyle::AnsiColor;
use std::collections::BTreeMap;

/// Row of the table of formats.
pub(super) static FORMAT: Format =
    Format { name: "terminal", extension: "txt", summary: "for readers: the worst first, what it rests on at the end", render };

/// Column at which everything below a headline begins.
const INDENT: usize = 10;
/// Column at which the texts of the closing section begin.
pub(super) const MARGIN: usize = 13;
/// Lines of a list inside a finding.
const ECHOES: usize = 12;
/// Entries of a list of the closing section.
pub(super) const ENTRIES: usize = 20;

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
    let (word, color) = match report.verdict {
        Verdict::Clean => ("CLEAN", AnsiColor::Green),
        Verdict::Drift => ("DRIFT", AnsiColor::Red),
        Verdict::NotCheckable => ("NOT CHECKABLE", AnsiColor::Yellow),
    };
    let run = &report.run;
    let mut spans = vec![text(word).bold().color(color), text("  "), name(&run.source), text(", ")];
    spans.push(text(period(run.window.from.as_deref(), run.window.to.as_deref())));
    if let Some(baseline) = &report.baseline {
        let windows = number(baseline.windows, "window");
        let period = period(baseline.from.as_deref(), baseline.to.as_deref());
        spans.extend([text(", against baseline "), name(&baseline.name)]);
        spans.push(text(format!(" version {} ({windows}, {period})", baseline.version)));
    }
    spans.push(text(": "));
    if let Some(sign_ins) = &report.sign_ins {
        spans.push(text(format!("{}; ", sign_ins::tally(sign_ins))));
    }
    spans.push(text(outcome(report)));
    page.wrapped(0, INDENT, &spans);
    if report.verdict == Verdict::NotCheckable {
        page.wrapped(INDENT, INDENT, &[text("Next: ").bold(), text(next_step(report))]);
    }
}

fn outcome(report: &Report) -> String {
    let checked = &report.checked;
    let compared = || {
        let (paths, cohorts) = (number(checked.paths, "path"), number(checked.cohorts, "cohort"));
        format!("{} of {paths} in {cohorts}", number(checked.comparisons, "comparison"))
    };
    match (report.verdict, report.findings.is_empty()) {
        (Verdict::NotCheckable, true) => why_not_checkable(report),
        (Verdict::NotCheckable, false) => format!("{}; {}", why_not_checkable(report), tally(report)),
        (_, true) if checked.comparisons == 0 => why_not_checkable(report),
        (_, true) => format!("no drift in {}", compared()),
        (Verdict::Clean, false) if report.worst().is_none() => format!("no drift but what was accepted in {}", compared()),
        (Verdict::Clean, false) => format!("{}; none of them fails this check", tally(report)),
        (Verdict::Drift, false) => tally(report),
    }
}

fn why_not_checkable(report: &Report) -> String {
    let few = report.checked.too_few_records;
    if report.run.records == 0 {
        "no record was read, so nothing could be compared".into()
    } else if report.baseline.is_none() {
        "there is no baseline, so nothing could be compared".into()
    } else if few > 0 {
        format!("too few records for {}, so nothing could be compared", number(few, "comparison"))
    } else {
        "the records and the baseline have nothing in common that could be compared".into()
    }
}

fn next_step(report: &Report) -> String {
    let source = &report.run.source;
    if report.run.records == 0 {
        format!("see below what was rejected or set apart, and whether the input is of source {source} (`logdrift sources`)")
    } else if report.baseline.is_none() {
        format!("learn from earlier logs with `logdrift learn INPUT --source {source}`, then check again")
    } else if report.checked.too_few_records > 0 {
        "compare more records at once, of more users: a longer span (`--window day`), or more windows in the baseline".into()
    } else {
        format!("see whether the baseline was learnt from logs of the same kind (`logdrift baseline show --source {source}`)")
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
    numbers(page, root);
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

/// The rules that a root and its echoes touch, each once with the worst that happens to it, the worst first.
fn hit<'a>(root: &'a FindingRow, echoes: &'a [FindingRow]) -> Vec<&'a RuleRow> {
    let mut found: Vec<&RuleRow> = Vec::new();
    for rule in root.rules.iter().chain(echoes.iter().flat_map(|echo| &echo.rules)) {
        match found.iter_mut().find(|known| known.id == rule.id && known.file == rule.file) {
            Some(known) if effect_rank(&known.effect) <= effect_rank(&rule.effect) => {}
            Some(known) => *known = rule,
            None => found.push(rule),
        }
    }
    found.sort_by_key(|rule| effect_rank(&rule.effect));
    found
}

fn effect_rank(effect: &str) -> usize {
    ["blind", "unreached", "weakened"].iter().position(|known| *known == effect).unwrap_or(3)
}

fn rules(page: &mut Page, rules: &[&RuleRow]) {
    for rule in rules.iter().take(ECHOES) {
        let color = if effect_rank(&rule.effect) < 2 { AnsiColor::Red } else { AnsiColor::Yellow };
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

/// What drifted where: `field-emptied properties.city in resultType = 50126`.
pub(super) fn what(check: &str, path: Option<&str>, value: Option<&str>, cohort: Option<&CohortRow>) -> Vec<Span> {
    let mut spans = vec![name(check).bold()];
    if let Some(path) = path {
        spans.extend([text(" "), name(path)]);
    }
    if let Some(value) = value {
        spans.extend([text(if path.is_some() { " = " } else { " " }), name(value)]);
    }
    // Of a finding about a value, the slice of that value goes without saying.
    let said = |cohort: &CohortRow| path.is_some() && value == Some(cohort.value.as_str());
    if let Some(cohort) = cohort.filter(|cohort| !said(cohort)) {
        spans.extend(inside(cohort));
    }
    if path.is_none() && cohort.is_none() {
        spans.push(text(" in the whole stream"));
    }
    spans
}

fn inside(cohort: &CohortRow) -> [Span; 4] {
    [text(" in "), name(&cohort.path), text(" = "), name(&cohort.value)]
}

fn numbers(page: &mut Page, row: &FindingRow) {
    let mut words = format!("before {}; now {}", Counts::from(row.before), Counts::from(row.after));
    if row.actors > 0 {
        words += &format!("; {}", number(row.actors, "actor"));
    }
    if let Some(moment) = &row.first_seen {
        words += &format!("; first seen {} UTC", short(moment));
    }
    page.wrapped(INDENT, INDENT, &[text(words)]);
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
    if length > shown {
        page.cut(indent, &[text(format!("and {} more {what}", length - shown))]);
    }
}

pub(super) fn entry(page: &mut Page, label: &str, words: Vec<Span>) {
    let mut spans = vec![text(format!("{label:MARGIN$}")).dim()];
    spans.extend(words);
    page.wrapped(0, MARGIN, &spans);
}

fn compared(page: &mut Page, report: &Report) {
    let checked = &report.checked;
    let (paths, cohorts) = (number(checked.paths, "path"), number(checked.cohorts, "cohort"));
    let mut words = format!("{paths}, {cohorts}, {}", number(checked.comparisons, "comparison"));
    if checked.too_few_records > 0 {
        words += &format!("; {} more had too few records", checked.too_few_records);
    }
    entry(page, "Compared", vec![text(words)]);
    if let Some(share) = checked.smallest_detectable_share {
        entry(page, "", vec![text(format!("smallest change of a share that shows in the whole stream: {}", percent(share)))]);
    }
    sentences(page, "Not checked", &checked.not_checked);
}

fn read(page: &mut Page, report: &Report) {
    let run = &report.run;
    let mut words = vec![text(format!("{}, {}", number(run.records, "record"), number(run.bytes, "byte")))];
    names(&mut words, &run.record_types, str::to_owned);
    entry(page, "Read", words);
    if run.duplicates > 0 {
        entry(page, "Left out", vec![text(format!("{} that had arrived before", number(run.duplicates, "record")))]);
    }
    if run.twins > 0 {
        let words = format!("{} with the id of another record and other bytes; all were read", number(run.twins, "record"));
        entry(page, "Twins", vec![text(words)]);
    }
    if run.rejects > 0 {
        let mut words = vec![text(format!("{} of input that no record could be read from", number(run.rejects, "piece")))];
        names(&mut words, &run.reject_reasons, reason);
        entry(page, "Rejected", words);
    }
    if !run.other_record_types.is_empty() {
        let total = run.other_record_types.values().fold(0, |sum: u64, count| sum.saturating_add(*count));
        let mut words = vec![text(format!("{} of types that this source does not read", number(total, "record")))];
        names(&mut words, &run.other_record_types, str::to_owned);
        entry(page, "Set apart", words);
    }
    sentences(page, "Notes", &run.notes);
}

/// `: SignInLogs 12, AuditLogs 3`, most frequent first.
fn names(spans: &mut Vec<Span>, counts: &BTreeMap<String, u64>, shown: fn(&str) -> String) {
    let mut rows: Vec<(&String, &u64)> = counts.iter().collect();
    rows.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    for (at, (key, count)) in rows.iter().take(ENTRIES).enumerate() {
        spans.extend([text(if at == 0 { ": " } else { ", " }), name(shown(key)), text(format!(" {count}"))]);
    }
    if rows.len() > ENTRIES {
        spans.push(text(format!(" and {} more", rows.len() - ENTRIES)));
    }
}

fn reason(id: &str) -> String {
    RejectReason::ALL.into_iter().find(|reason| reason.id() == id).map_or_else(|| id.to_owned(), |reason| reason.to_string())
}

fn sentences(page: &mut Page, label: &str, sentences: &[String]) {
    for (at, sentence) in sentences.iter().take(ENTRIES).enumerate() {
        entry(page, if at == 0 { label } else { "" }, vec![text(sentence)]);
    }
    more(page, MARGIN, sentences.len(), ENTRIES, "in the JSON report");
}
