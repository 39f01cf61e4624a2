//! A record type that fell silent.

use super::{Case, Check, Suspicion};
use crate::compare::CohortPlace;
use crate::model::{Evidence, Severity};
use crate::stats::too_few_surprise;

pub(super) const CHECK: Check = Check {
    id: "record-type-vanished",
    summary: "a record type that fell silent",
    explain: "Records of a type that every window had are missing. Diagnostic settings, a collector's filter or the provider's delivery \
              changed; every rule on this type is blind. Check the export before you look at rules.",
    judge,
};

fn judge(case: &Case<'_>) -> Vec<Suspicion> {
    let silent = case.record_types().filter(|&kind| case.is_gone(kind)).filter_map(|kind| {
        let (expected, dispersion) = case.expected(kind);
        (too_few_surprise(0.0, expected, dispersion) >= 4.0).then_some((kind, expected))
    });
    silent.map(|(kind, expected)| suspicion(case, kind, expected)).collect()
}

fn suspicion(case: &Case<'_>, kind: CohortPlace, expected: f64) -> Suspicion {
    let evidence = Evidence::RecordTypeVanished { name: case.value(kind).to_owned(), expected };
    let path = case.type_path();
    Suspicion { affected: case.shared_before(kind, expected), ..Suspicion::of_cohort(case, CHECK.id, Severity::High, kind, path, evidence) }
}
