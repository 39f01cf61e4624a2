//! A record type that fell silent.

use super::slice::to_f64;
use super::{Case, Check, Suspicion};
use crate::compare::{CohortPlace, WHOLE};
use crate::model::{Counts, Evidence, Severity};
use crate::stats::too_few_surprise;

pub(super) const CHECK: Check = Check {
    id: "record-type-vanished",
    summary: "a record type that fell silent",
    explain: "Records of a type that every window had are missing. Diagnostic settings, a collector's filter or the provider's delivery \
              changed; every rule on this type is blind. Check the export before you look at rules.",
    judge,
};

fn judge(case: &Case<'_>) -> Vec<Suspicion> {
    let comparison = case.comparison;
    let silent = case.record_types().filter(|&kind| comparison.now.total(kind).count == 0).filter_map(|kind| {
        let (expected, dispersion) = case.expected(kind);
        (too_few_surprise(0.0, expected, dispersion) >= 4.0).then_some((kind, expected))
    });
    silent.map(|(kind, expected)| suspicion(case, kind, expected)).collect()
}

fn suspicion(case: &Case<'_>, kind: CohortPlace, expected: f64) -> Suspicion {
    let comparison = case.comparison;
    let before = comparison.before.total(kind).count;
    let share = |cohort: usize| to_f64(comparison.before.shared(kind, CohortPlace(cohort))) / to_f64(before.max(1));
    Suspicion {
        check: CHECK.id,
        severity: Severity::High,
        cohort: kind,
        path: case.type_path(),
        other: None,
        value: Some(case.value(kind).to_owned()),
        code: None,
        before: Counts { records: comparison.before.total(WHOLE).count, count: before },
        after: Counts { records: comparison.now.total(WHOLE).count, count: 0 },
        actors: 0.0,
        affected: (0..comparison.cohorts.len()).map(|cohort| expected * share(cohort)).collect(),
        evidence: Evidence::RecordTypeVanished { name: case.value(kind).to_owned(), expected },
    }
}
