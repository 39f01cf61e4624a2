//! A record type that was never seen.

use super::{Case, Check, Suspicion};
use crate::compare::{Side, WHOLE};
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
            let severity = if total.count >= 3 { Severity::Medium } else { Severity::Low };
            let evidence = Evidence::RecordTypeAppeared { name: case.value(kind).to_owned(), records: total.count, read: true };
            let path = case.type_path();
            Suspicion { affected: case.shared_now(kind), ..Suspicion::of_cohort(case, CHECK.id, severity, kind, path, evidence) }
        })
        .collect();
    let known = |name: &str| comparison.windows.iter().any(|side| side.fingerprint().apart.contains_key(name));
    let apart = comparison.now.fingerprint().apart.iter().filter(|(name, _)| !comparison.windows.is_empty() && !known(name));
    found.extend(apart.map(|(name, &records)| set_apart(case, name, records)));
    found
}

/// A type that the source does not read: its records are in no cohort.
fn set_apart(case: &Case<'_>, name: &str, records: u64) -> Suspicion {
    let counts = |side: &Side| {
        let apart = side.fingerprint().apart.get(name).copied();
        Counts { records: side.total(WHOLE).count, count: apart.unwrap_or_default() }
    };
    let (before, after) = (counts(&case.comparison.before), counts(&case.comparison.now));
    let evidence = Evidence::RecordTypeAppeared { name: name.to_owned(), records, read: false };
    Suspicion {
        path: case.type_path(),
        value: Some(name.to_owned()),
        series: case.comparison.series(counts),
        ..Suspicion::of_stream(CHECK.id, Severity::Low, before, after, evidence)
    }
}
