//! Under which acceptances windows are learnt: those without which something would have been found in them.

use super::assess::{self, Baseline};
use super::check::decoded;
use super::conclude::{Judged, policy};
use super::life::Past;
use super::read::Reading;
use crate::error::Result;
use crate::model::{Finding, FindingKey, Severity, Window};
use crate::sources::Source;
use crate::store::{Ingest, WindowRow};
use std::collections::BTreeSet;

/// The keys of the accepted findings that a reading shows: against the baseline, and against what it was before windows were
/// learnt under an acceptance, since a baseline that has learnt a shape does not find it any more. `rows` are the windows of the
/// baseline. What else would be found there may be an accepted drift that looks different by now: then all acceptances count.
pub(super) fn of(
    judged: &Judged<'_>,
    past: &Past,
    rows: &[WindowRow],
    reading: &Reading,
    source: &Source,
    ingest: &Ingest<'_>,
) -> Result<BTreeSet<FindingKey>> {
    let accepted = |findings: &[_]| findings.iter().filter_map(|finding| past.accepted_by(finding).cloned()).collect::<BTreeSet<_>>();
    let mut keys = accepted(&judged.assessment.findings);
    let learnt: BTreeSet<&FindingKey> = rows.iter().flat_map(|row| &row.under).collect();
    if learnt.is_empty() {
        return Ok(keys);
    }
    let before = rows.iter().filter(|row| row.under.is_empty()).map(|row| row.window);
    let fingerprints = decoded(before, |window| ingest.load(&source.name, window), source)?;
    let before = assess::assess(Baseline::new(&source.name, 0, fingerprints), reading, source, None, &policy(judged.rules, source));
    keys.extend(accepted(&before.findings));
    let is_other = |finding: &Finding| finding.severity >= Severity::Medium && past.accepted_by(finding).is_none();
    if before.checked.comparisons == 0 || before.findings.iter().any(is_other) {
        keys.extend(learnt.into_iter().cloned());
    }
    Ok(keys)
}

/// Marks the windows of a reading that were learnt.
pub(super) fn put(ingest: &mut Ingest<'_>, keys: &BTreeSet<FindingKey>, reading: &Reading, source: &str) -> Result<()> {
    let windows: Vec<Window> = reading.windows().map(|fingerprint| fingerprint.window).collect();
    for row in ingest.windows(source)?.into_iter().filter(|row| windows.contains(&row.window)) {
        let all: BTreeSet<FindingKey> = row.under.into_iter().chain(keys.iter().cloned()).collect();
        ingest.mark(source, row.window, &all.into_iter().collect::<Vec<_>>())?;
    }
    Ok(())
}
