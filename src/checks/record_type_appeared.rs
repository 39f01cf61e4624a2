//! A record type that was never seen.

use super::slice::to_f64;
use super::{Case, Check, Suspicion};
use crate::compare::WHOLE;
use crate::model::{Counts, Evidence, Severity};

pub(super) const CHECK: Check = Check {
    id: "record-type-appeared",
    summary: "a record type that was never seen before",
    explain: "Records of a type (category, table, event) that the baseline does not have. Collectors and rules that list the types they \
              read pass it by: sign-ins of a new kind go unseen. Types that this source does not read are named too, as a note.",
    judge,
};

fn judge(case: &Case<'_>) -> Vec<Suspicion> {
    let comparison = case.comparison;
    let had_types = case.record_types().any(|kind| comparison.before.total(kind).count > 0);
    let mut found: Vec<Suspicion> = case
        .record_types()
        .filter(|&kind| had_types && case.is_new(kind))
        .map(|kind| {
            let total = comparison.now.total(kind);
            let mut affected = vec![0.0; comparison.cohorts.len()];
            case.active().for_each(|cohort| affected[cohort.0] = to_f64(comparison.now.shared(kind, cohort)));
            let severity = if total.count >= 3 { Severity::Medium } else { Severity::Low };
            let actors = total.actors.estimate();
            Suspicion { cohort: kind, affected, actors, ..appeared(case, case.value(kind), total.count, true, severity) }
        })
        .collect();
    let known = |name: &str| comparison.windows.iter().any(|side| side.fingerprint().apart.contains_key(name));
    let apart = comparison.now.fingerprint().apart.iter().filter(|(name, _)| !comparison.windows.is_empty() && !known(name));
    found.extend(apart.map(|(name, &records)| appeared(case, name, records, false, Severity::Low)));
    found
}

fn appeared(case: &Case<'_>, name: &str, records: u64, read: bool, severity: Severity) -> Suspicion {
    let comparison = case.comparison;
    Suspicion {
        check: CHECK.id,
        severity,
        cohort: WHOLE,
        path: case.type_path(),
        other: None,
        value: Some(name.to_owned()),
        code: None,
        before: Counts { records: comparison.before.total(WHOLE).count, count: 0 },
        after: Counts { records: comparison.now.total(WHOLE).count, count: records },
        actors: 0.0,
        affected: Vec::new(),
        evidence: Evidence::RecordTypeAppeared { name: name.to_owned(), records, read },
    }
}
