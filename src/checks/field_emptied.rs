//! A field is filled less than the baseline filled it, up to never.

use super::severity::{main_shapes, of_loss, unfilled};
use super::slice::{self, Slice};
use super::{Case, Check, Suspicion};
use crate::compare::PathPlace;
use crate::model::Evidence;

pub(super) const CHECK: Check = Check {
    id: "field-emptied",
    summary: "a field is filled less than the baseline filled it",
    explain: "Records that used to carry a value at this path now carry null, an empty text or container, a placeholder, an object whose \
              members are all empty, or in part no key at all. Rules that filter, join or group on the field lose these records without \
              an error. Look at the records of the named slice, ask the provider, and let the rule fall back on another field until the \
              value is back.",
    judge,
};

fn judge(case: &Case<'_>) -> Vec<Suspicion> {
    losses(case).filter(|(path, slice)| !is_gone(case, *path, slice)).map(|(path, slice)| suspicion(case, path, slice, CHECK.id)).collect()
}

/// The fields that lost contents, each with the slice that lost them.
pub(super) fn losses<'a>(case: &'a Case<'_>) -> impl Iterator<Item = (PathPlace, Slice)> + 'a {
    let axis = &case.comparison.axis;
    axis.paths().filter(|&path| !axis.is_element(path)).filter_map(move |path| {
        slice::find(case, path, &|side, cohort| unfilled(&case.view(side, cohort, path))).map(|slice| (path, slice))
    })
}

/// Whether the slice's records carried the key before and none of them does now.
pub(super) fn is_gone(case: &Case<'_>, path: PathPlace, slice: &Slice) -> bool {
    let now = case.view(&case.comparison.now, slice.cohort, path);
    now.present.count == 0 && case.view(&case.comparison.before, slice.cohort, path).present.count > 0
}

pub(super) fn suspicion(case: &Case<'_>, path: PathPlace, slice: Slice, check: &'static str) -> Suspicion {
    let now = case.view(&case.comparison.now, slice.cohort, path);
    let mut states = main_shapes(&now, |shape| !shape.is_filled());
    if now.hollow.count > 0 {
        states.insert(0, crate::model::Shape::EMPTY_OBJECT);
        states.dedup();
    }
    let evidence = if check == CHECK.id { Evidence::FieldEmptied { now: states } } else { Evidence::FieldVanished };
    Suspicion {
        check,
        severity: of_loss(&slice),
        cohort: slice.cohort,
        path: Some(path),
        other: None,
        value: None,
        code: None,
        before: Case::counts(slice.before),
        after: Case::counts(slice.now),
        actors: slice.now.actors,
        affected: slice.affected,
        evidence,
    }
}
