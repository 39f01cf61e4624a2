//! What a reader at a terminal is told of earlier runs: how many findings are new, which are accepted, which ended.

use super::page::{Page, name, text};
use super::terminal::{MARGIN, entry, more, what};
use super::words::{ENTRIES, echoes, number, short};
use super::{EndedRow, FindingRow, Report};
use crate::model::{Severity, Status};

/// `3 findings (1 high, 2 low; 1 new, 2 known) and 6 echoes, and 1 that was accepted`; where all are new nothing is said of it.
pub(super) fn tally(report: &Report) -> String {
    let (accepted, open): (Vec<_>, Vec<_>) = report.groups().partition(|group| group.0.status == Status::Accepted);
    let of = |severity| open.iter().filter(|group| group.0.severity == severity).count();
    let severities = Severity::ALL.into_iter().rev().filter(|&severity| of(severity) > 0);
    let mut words = severities.map(|severity| format!("{} {severity}", of(severity))).collect::<Vec<_>>().join(", ");
    let known = open.iter().filter(|group| group.0.status == Status::Known).count();
    words += &match known {
        0 => String::new(),
        all if all == open.len() => "; none new".into(),
        some => format!("; {} new, {some} known", open.len() - some),
    };
    let mut words = format!("{} ({words})", number(open.len() as u64, "finding"));
    if open.is_empty() {
        return format!("{} that {} accepted", number(accepted.len() as u64, "finding"), if accepted.len() == 1 { "was" } else { "were" });
    }
    match open.iter().map(|group| group.1.len()).sum() {
        0 => {}
        count => words += &format!(" and {}", echoes(count)),
    }
    match accepted.len() {
        0 => words,
        1 => words + ", and 1 that was accepted",
        some => format!("{words}, and {some} that were accepted"),
    }
}

/// A line for each accepted root.
pub(super) fn accepted(page: &mut Page, report: &Report) {
    let groups: Vec<_> = report.groups().filter(|group| group.0.status == Status::Accepted).collect();
    for (at, (root, echoes)) in groups.iter().take(ENTRIES).enumerate() {
        let mut spans = what(&root.check, root.path.as_deref(), root.value.as_deref(), root.cohort.as_ref());
        spans.extend([
            text(format!(" ({}{})", root.severity, and_echoes(echoes.len()))),
            text(word(root)),
            text(", key "),
            name(&root.key),
        ]);
        entry(page, if at == 0 { "Accepted" } else { "" }, spans);
    }
    more(page, MARGIN, groups.len(), ENTRIES, "in the JSON report");
}

/// `, 2 echoes`, or nothing where there are none.
pub(super) fn and_echoes(count: usize) -> String {
    if count == 0 { String::new() } else { format!(", {}", echoes(count)) }
}

/// ` by ann, before 2023-04-01 UTC: planned`
pub(super) fn word(root: &FindingRow) -> String {
    let Some(acceptance) = &root.acceptance else { return String::new() };
    let until = acceptance.ends.as_deref().map(|ends| format!(", before {} UTC", short(ends))).unwrap_or_default();
    format!(" by {}{until}: {}", acceptance.by, acceptance.reason)
}

/// A line for each root that is not found any more; whose root is still there says so itself.
pub(super) fn ended(page: &mut Page, report: &Report) {
    let roots = ended_roots(report);
    for (at, (row, echoes)) in roots.iter().take(ENTRIES).enumerate() {
        let mut spans = what(&row.check, row.path.as_deref(), row.value.as_deref(), row.cohort.as_ref());
        spans.extend([text(gone(row, *echoes)), text(", key "), name(&row.key)]);
        entry(page, if at == 0 { "Ended" } else { "" }, spans);
    }
    more(page, MARGIN, roots.len(), ENTRIES, "in the JSON report");
}

/// The roots among the findings that ended, each with the number of its echoes.
pub(super) fn ended_roots(report: &Report) -> Vec<(&EndedRow, usize)> {
    let is_root = |row: &&EndedRow| !report.ended.iter().any(|other| row.caused_by.as_deref() == Some(&other.key));
    let echoes = |row: &EndedRow| report.ended.iter().filter(|other| other.caused_by.as_deref() == Some(&row.key)).count();
    report.ended.iter().filter(is_root).map(|row| (row, echoes(row))).collect()
}

/// ` (medium, 1 echo) is not found any more, last seen 2023-03-08 UTC`
pub(super) fn gone(row: &EndedRow, echoes: usize) -> String {
    let last = row.last_seen.as_deref().map(|moment| format!(", last seen {} UTC", short(moment))).unwrap_or_default();
    format!(" ({}{}) is not found any more{last}", row.severity, and_echoes(echoes))
}
