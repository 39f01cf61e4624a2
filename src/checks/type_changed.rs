//! A field holds values of another JSON type.

use super::severity::{filled_with, main_shapes, of_change, types};
use super::slice::{self, Slice};
use super::{Case, Check, Suspicion};
use crate::compare::{PathPlace, WHOLE};
use crate::model::{Change, Evidence, Severity, Shape, ValueType};

pub(super) const CHECK: Check = Check {
    id: "type-changed",
    summary: "a field holds values of another JSON type",
    explain: "A number that became a text, an object that arrives as JSON in a text, a list of objects that became a list of words: parsers \
              drop the field or the whole record, comparisons with a number or a member stop matching. Convert in the parser, or compare \
              with both types, until all records are of the new one.",
    judge,
};

fn judge(case: &Case<'_>) -> Vec<Suspicion> {
    let axis = &case.comparison.axis;
    axis.paths().filter_map(|path| judge_path(case, path)).collect()
}

fn judge_path(case: &Case<'_>, path: PathPlace) -> Option<Suspicion> {
    let before = case.view(&case.comparison.before, WHOLE, path);
    let now = types(&case.view(&case.comparison.now, WHOLE, path));
    if before.filled.count == 0
        || (now.len() < 2 && types(&before).len() < 2 && now.first().map(|t| t.0) == types(&before).first().map(|t| t.0))
    {
        return None;
    }
    let found = now.iter().filter_map(|&(kind, _)| {
        let slice =
            slice::find(case, path, &|side, cohort| filled_with(&case.view(side, cohort, path), |shape| shape.value_type() == kind))?;
        Some((kind, slice))
    });
    found.max_by_key(|(_, slice)| slice.now.count).map(|(kind, slice)| suspicion(case, path, kind, slice))
}

fn suspicion(case: &Case<'_>, path: PathPlace, kind: ValueType, slice: Slice) -> Suspicion {
    let comparison = case.comparison;
    let is_new_type = |shape: Shape| shape.value_type() == kind;
    let before = case.view(&comparison.before, slice.cohort, path);
    let before = if before.filled.count == 0 { case.view(&comparison.before, WHOLE, path) } else { before };
    let change = Change {
        from: main_shapes(&before, |shape| shape.is_filled() && !is_new_type(shape)),
        to: main_shapes(&case.view(&comparison.now, slice.cohort, path), |shape| shape.is_filled() && is_new_type(shape)),
    };
    let severity = if slice.novel { Severity::High } else { of_change(&slice) };
    let evidence = Evidence::TypeChanged(change);
    Suspicion::of_slice(CHECK.id, severity, path, slice, evidence)
}
