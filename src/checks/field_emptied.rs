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
    let losses = losses(case).iter().filter(|(path, slice)| !is_gone(case, *path, slice));
    losses.map(|(path, slice)| suspicion(case, *path, slice.clone(), CHECK.id)).collect()
}

/// The fields that lost contents, each with the slice that lost them.
pub(super) fn losses<'a>(case: &'a Case<'_>) -> &'a [(PathPlace, Slice)] {
    case.losses.get_or_init(|| {
        let axis = &case.comparison.axis;
        let loss = |path| slice::find(case, path, &|side, cohort| unfilled(&case.view(side, cohort, path))).map(|slice| (path, slice));
        axis.paths().filter(|&path| !axis.is_element(path)).filter_map(loss).collect()
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
    let severity = of_loss(&slice);
    Suspicion::of_slice(check, severity, path, slice, evidence)
}
