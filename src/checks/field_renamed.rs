//! A field went and another came in its place.

use super::severity::{format_class, main_shapes};
use super::slice::to_f64;
use super::{Case, Check, Suspicion, field_appeared, field_emptied};
use crate::compare::{CohortPlace, PathPlace, Side, View, WHOLE};
use crate::model::{Counts, Evidence, Severity};
use std::cmp::Reverse;

pub(super) const CHECK: Check = Check {
    id: "field-renamed",
    summary: "a field went and another came in its place",
    explain: "A key that the baseline carried is in no record any more, and a key that no record had is there about as often and holds \
              values of the same formats. Rules that name the old field go blind; the fix is the new name, for a while beside the old one.",
    judge,
};

fn judge(case: &Case<'_>) -> Vec<Suspicion> {
    let comparison = case.comparison;
    let lost = field_emptied::losses(case).iter().map(|(path, slice)| (*path, slice.cohort));
    let gone: Vec<(PathPlace, CohortPlace)> =
        comparison.axis.paths().map(|path| (path, WHOLE)).chain(lost).filter(|&(path, cohort)| is_gone(case, path, cohort)).collect();
    field_appeared::newcomers(case)
        .filter_map(|(new, _)| {
            let matches = gone.iter().copied().filter(|&(old, cohort)| is_match(case, old, new, cohort));
            let (old, cohort) = matches.max_by_key(|&(old, cohort)| (likeness(case, old, new), Reverse(cohort)))?;
            Some(suspicion(case, old, new, cohort))
        })
        .collect()
}

/// Whether the records of a slice filled the field and none does now.
fn is_gone(case: &Case<'_>, path: PathPlace, cohort: CohortPlace) -> bool {
    let comparison = case.comparison;
    let (now, before) = (case.view(&comparison.now, cohort, path), case.view(&comparison.before, cohort, path));
    let never_said = before.filled.count == 0 && now.present.count == 0;
    !comparison.axis.is_element(path)
        && now.filled.count == 0
        && comparison.now.total(cohort).count >= 5
        && (before.filled.count >= 5 || (never_said && before.present.count >= 5))
}

/// Whether the new field says something about as often as the old one did, and in the same formats.
fn is_match(case: &Case<'_>, old: PathPlace, new: PathPlace, cohort: CohortPlace) -> bool {
    let comparison = case.comparison;
    let before = case.view(&comparison.before, cohort, old);
    let now = case.view(&comparison.now, cohort, new);
    let share = |view: &View, side: &Side| to_f64(field_appeared::carrying(view)) / to_f64(side.total(cohort).count.max(1));
    let (was, is) = (share(&before, &comparison.before), share(&now, &comparison.now));
    let classes = |view: &View| {
        let mut classes: Vec<_> =
            main_shapes(view, |shape| shape.is_filled() || view.filled.count == 0).into_iter().map(format_class).collect();
        classes.sort_unstable();
        classes.dedup();
        classes
    };
    (was - is).abs() <= 0.15 * was.max(0.2) && classes(&before) == classes(&now)
}

/// How alike the names are: same container first, then the longest common beginning of the keys.
fn likeness(case: &Case<'_>, old: PathPlace, new: PathPlace) -> (bool, usize) {
    let axis = &case.comparison.axis;
    let (old_key, new_key) = (axis.path(old).leaf(), axis.path(new).leaf());
    let common = old_key.bytes().zip(new_key.bytes()).take_while(|(a, b)| a.eq_ignore_ascii_case(b)).count();
    (axis.parent(old) == axis.parent(new), common)
}

fn suspicion(case: &Case<'_>, old: PathPlace, new: PathPlace, cohort: CohortPlace) -> Suspicion {
    let comparison = case.comparison;
    let before = case.view(&comparison.before, cohort, old);
    let now = case.view(&comparison.now, cohort, new);
    let axis = &comparison.axis;
    // The key may still be there, with nothing in it.
    let left = |view: &View| Counts {
        records: view.eligible.count,
        count: if before.filled.count > 0 { view.filled.count } else { view.present.count },
    };
    Suspicion {
        check: CHECK.id,
        severity: Severity::High,
        cohort,
        path: Some(old),
        other: Some(new),
        value: None,
        code: None,
        before: field_appeared::carried(&before),
        after: field_appeared::carried(&now),
        series: comparison.series(|side| left(&case.view(side, cohort, old))),
        actors: now.present.actors.estimate(),
        affected: Vec::new(),
        evidence: Evidence::FieldRenamed { from: axis.name(old).to_owned(), to: axis.name(new).to_owned() },
    }
}
