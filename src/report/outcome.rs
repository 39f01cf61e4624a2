//! The outcome of a report in words: the verdict, what was found, what was compared, what to do next.

use super::history::tally;
use super::inert::escape_terminal;
use super::page::NAME;
use super::words::{ENTRIES, number, percent, period};
use super::{BaselineInfo, Checked, Report, Run, Verdict, sign_ins};
use crate::model::RejectReason;
use std::collections::BTreeMap;

/// The verdict as a headline spells it.
pub(super) const fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Clean => "CLEAN",
        Verdict::Drift => "DRIFT",
        Verdict::NotCheckable => "NOT CHECKABLE",
    }
}

/// ` version 14 (14 windows, 2023-02-23 to 2023-03-09 UTC)`, to stand behind a baseline's name.
pub(super) fn version(baseline: &BaselineInfo) -> String {
    let period = period(baseline.from.as_deref(), baseline.to.as_deref());
    format!(" version {} ({}, {period})", baseline.version, number(baseline.windows, "window"))
}

/// What came of it in half a sentence: the sign-ins of a manifest, then the findings or why there are none.
pub(super) fn outcome(report: &Report) -> String {
    let sign_ins = report.sign_ins.as_ref().map(|sign_ins| sign_ins::tally(sign_ins) + "; ");
    sign_ins.unwrap_or_default() + &findings(report)
}

fn findings(report: &Report) -> String {
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

/// Why nothing could be compared.
pub(super) fn why_not_checkable(report: &Report) -> String {
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

/// What to do where nothing could be compared, and what was read: lines for formats that tell no more of it.
pub(super) fn next_lines(report: &Report) -> Vec<String> {
    let read = read(&report.run).into_iter().map(|(label, words)| format!("{label}: {words}"));
    std::iter::once(format!("Next: {}", next_step(report))).chain(read).collect()
}

/// What to do where nothing could be compared.
pub(super) fn next_step(report: &Report) -> String {
    let source = &report.run.source;
    if report.run.records == 0 {
        format!("see what was rejected or set apart, and whether the input is of source {source} (`logdrift sources`)")
    } else if report.baseline.is_none() {
        format!("learn from earlier logs with `logdrift learn INPUT --source {source}`, then check again")
    } else if report.checked.too_few_records > 0 {
        "compare more records at once, of more users: a longer span (`--window day`), or more windows in the baseline".into()
    } else {
        format!("see whether the baseline was learnt from logs of the same kind (`logdrift baseline show --source {source}`)")
    }
}

/// How much was compared, and how small a change would have shown.
pub(super) fn compared(checked: &Checked) -> Vec<String> {
    let (paths, cohorts) = (number(checked.paths, "path"), number(checked.cohorts, "cohort"));
    let mut words = format!("{paths}, {cohorts}, {}", number(checked.comparisons, "comparison"));
    if checked.too_few_records > 0 {
        words += &format!("; {} more had too few records", checked.too_few_records);
    }
    let share = checked.smallest_detectable_share;
    let smallest = share.map(|share| format!("smallest change of a share that shows in the whole stream: {}", percent(share)));
    std::iter::once(words).chain(smallest).collect()
}

/// What was read and what was not, each with a label: records, those left out, twins, rejects, other types.
pub(super) fn read(run: &Run) -> Vec<(&'static str, String)> {
    let records = |count| number(count, "record");
    let mut rows =
        vec![("Read", format!("{}, {}{}", records(run.records), number(run.bytes, "byte"), names(&run.record_types, str::to_owned)))];
    if run.duplicates > 0 {
        rows.push(("Left out", format!("{} that had arrived before", records(run.duplicates))));
    }
    if run.twins > 0 {
        rows.push(("Twins", format!("{} with the id of another record and other bytes; all were read", records(run.twins))));
    }
    if run.rejects > 0 {
        let reasons = names(&run.reject_reasons, reason);
        rows.push(("Rejected", format!("{} of input that no record could be read from{reasons}", number(run.rejects, "piece"))));
    }
    if !run.other_record_types.is_empty() {
        let total = run.other_record_types.values().fold(0, |sum: u64, count| sum.saturating_add(*count));
        let types = names(&run.other_record_types, str::to_owned);
        rows.push(("Set apart", format!("{} of types that this source does not read{types}", records(total))));
    }
    rows
}

/// `: SignInLogs 12, AuditLogs 3`, most frequent first.
fn names(counts: &BTreeMap<String, u64>, shown: fn(&str) -> String) -> String {
    let mut rows: Vec<(&String, &u64)> = counts.iter().collect();
    rows.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    let named: Vec<String> =
        rows.iter().take(ENTRIES).map(|(key, count)| format!("{} {count}", escape_terminal(&shown(key), NAME))).collect();
    let lead = if named.is_empty() { "" } else { ": " };
    let rest = if rows.len() > ENTRIES { format!(" and {} more", rows.len() - ENTRIES) } else { String::new() };
    format!("{lead}{}{rest}", named.join(", "))
}

fn reason(id: &str) -> String {
    RejectReason::ALL.into_iter().find(|reason| reason.id() == id).map_or_else(|| id.to_owned(), |reason| reason.to_string())
}
