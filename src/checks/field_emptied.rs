//! A field is filled less than the baseline filled it, up to never.

use super::severity::{main_shapes, never_filled, of_loss, unfilled};
use super::slice::{self, Measured, Slice, to_f64};
use super::{Case, Check, Suspicion};
use crate::compare::{PathPlace, Side, View};
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
        let find = |path, measure: fn(&View) -> Measured| slice::find(case, path, &|side, cohort| measure(&case.view(side, cohort, path)));
        let loss = |path| find(path, unfilled).or_else(|| find(path, never_filled)).map(|slice| (path, slice));
        let losses = axis.paths().filter(|&path| !axis.is_element(path)).filter_map(loss);
        losses.filter(|(path, slice)| is_loss(case, *path, slice)).collect()
    })
}

/// Whether records lost the contents of the field, and not only gained the object it stands in: at least half of the rise must
/// show in the share of all records of the slice that fill it.
fn is_loss(case: &Case<'_>, path: PathPlace, slice: &Slice) -> bool {
    let records = |side: &Side| to_f64(side.total(slice.cohort).count.max(1));
    let filled = |side: &Side| to_f64(case.view(side, slice.cohort, path).filled.count) / records(side);
    let (before, now) = (filled(&case.comparison.before), filled(&case.comparison.now));
    let rise = (slice.now.share() - slice.before.share()) * to_f64(slice.now.of) / records(&case.comparison.now);
    before - now >= 0.5 * rise
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
