//! The outcome of a report in words: the verdict, what was found, what was compared, what to do next.

use super::history::tally;
use super::words::{number, percent, period};
use super::{BaselineInfo, Checked, Report, Verdict, sign_ins};

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

/// What to do where nothing could be compared.
pub(super) fn next_step(report: &Report) -> String {
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
