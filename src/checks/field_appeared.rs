//! A field that was never sent before.

use super::severity::main_shapes;
use super::slice::to_f64;
use super::{Case, Check, Suspicion};
use crate::compare::{CohortPlace, PathPlace, View, WHOLE};
use crate::model::{Counts, Evidence, Severity};

pub(super) const CHECK: Check = Check {
    id: "field-appeared",
    summary: "a field that was never sent before",
    explain: "The key was in no record of the baseline. Providers add fields all the time; it matters when an old one goes at the same \
              time (field-renamed), when a parser has a fixed list of columns, or when the new field carries what a rule wanted to know. \
              A field that a large part of the records carries from one day to the next is a release of the provider.",
    judge,
};

/// Share of the records from which a new field is a release, not an option that somebody began to use.
const RELEASE: f64 = 0.3;

fn judge(case: &Case<'_>) -> Vec<Suspicion> {
    newcomers(case).map(|(path, now)| suspicion(case, path, now)).collect()
}

/// The topmost paths that no record of the baseline had, with the records that could and that do have them.
pub(super) fn newcomers<'a>(case: &'a Case<'_>) -> impl Iterator<Item = (PathPlace, Counts)> + 'a {
    let (axis, comparison) = (&case.comparison.axis, case.comparison);
    let is_new = move |path| case.view(&comparison.before, WHOLE, path).present.count == 0;
    axis.paths().filter(move |&path| is_new(path) && !axis.parent(path).is_some_and(is_new)).filter_map(move |path| {
        let now = case.view(&comparison.now, WHOLE, path);
        // Where the container itself never stood before, or was always empty, its members are no news of their own.
        let could_before = case.view(&comparison.before, WHOLE, path).eligible.count;
        (now.present.count > 0 && could_before > 0 && !axis.is_element(path)).then_some((path, carried(&now)))
    })
}

fn suspicion(case: &Case<'_>, path: PathPlace, after: Counts) -> Suspicion {
    let comparison = case.comparison;
    // A release may be about one record type alone.
    let kind = if after.share() < RELEASE { release_in_type(case, path, after) } else { None };
    let cohort = kind.unwrap_or(WHOLE);
    let now = case.view(&comparison.now, cohort, path);
    let actors = now.present.actors.estimate();
    let affected =
        (0..comparison.cohorts.len()).map(|place| to_f64(carrying(&case.view(&comparison.now, CohortPlace(place), path)))).collect();
    Suspicion {
        check: CHECK.id,
        severity: if is_release(&now) { Severity::Medium } else { Severity::Low },
        cohort,
        path: Some(path),
        other: None,
        value: None,
        code: None,
        before: Counts { records: case.view(&comparison.before, cohort, path).eligible.count, count: 0 },
        after: carried(&now),
        series: comparison.series(|side| carried(&case.view(side, cohort, path))),
        actors,
        affected,
        evidence: Evidence::FieldAppeared { shapes: main_shapes(&now, |_| true) },
    }
}

fn is_release(now: &View) -> bool {
    let share = to_f64(now.present.count) / to_f64(now.eligible.count.max(1));
    share >= RELEASE && now.present.actors.estimate() >= 5.0 && now.present.count >= 20
}

/// The record type that the new field is a release of: it holds all records that have the field.
fn release_in_type(case: &Case<'_>, path: PathPlace, after: Counts) -> Option<CohortPlace> {
    case.record_types().find(|&kind| {
        let now = case.view(&case.comparison.now, kind, path);
        now.present.count == after.count && case.comparison.before.total(kind).count > 0 && is_release(&now)
    })
}

/// Records that have a field, of those that could.
pub(super) const fn carried(view: &View) -> Counts {
    Counts { records: view.eligible.count, count: view.present.count }
}

/// Records in which the new field says something; all that have it, where it never does.
pub(super) const fn carrying(view: &View) -> u64 {
    if view.filled.count > 0 { view.filled.count } else { view.present.count }
}
