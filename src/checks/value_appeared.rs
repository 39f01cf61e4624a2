//! A value of a closed set that was never seen.

use super::slice::{Measured, Slice, to_f64};
use super::{Case, Check, Suspicion, slice};
use crate::compare::{CohortPlace, PathPlace, Side, WHOLE};
use crate::fingerprint::AtomKind;
use crate::model::{Evidence, Family, Severity};
use crate::sources::PathKind;

pub(super) const CHECK: Check = Check {
    id: "value-appeared",
    summary: "a value of a closed set that was never seen before",
    explain: "A field that held a small, settled set of words holds one more. Rules that list the values do not list it. New values are \
              usual while a provider grows; one that takes a large share of the records took it from somewhere.",
    judge,
};

/// Share of the field's records from which a new value displaced old ones.
const LARGE: f64 = 0.25;
/// Share of the field's records from which new values took the place of the known ones.
const MOST: f64 = 0.5;
/// Largest share of values of one window alone in a field whose values are settled.
const FLEETING: f64 = 0.1;

fn judge(case: &Case<'_>) -> Vec<Suspicion> {
    let axis = &case.comparison.axis;
    let words = axis.paths().filter(|&path| is_judged(case, path));
    words.flat_map(|path| judge_path(case, path)).collect()
}

fn judge_path(case: &Case<'_>, path: PathPlace) -> Vec<Suspicion> {
    let new = newcomers(case, path);
    let mut found: Vec<Suspicion> = replaced(case, path, &new).into_iter().collect();
    found.extend(new.into_iter().filter_map(|id| judge_value(case, path, id)));
    found
}

/// Several values that were never seen, in most records of a field whose values were settled. Their words need not be known.
fn replaced(case: &Case<'_>, path: PathPlace, new: &[u64]) -> Option<Suspicion> {
    if new.len() < 2 || !is_settled(case, path) {
        return None;
    }
    let slice = slice_of(case, path, new)?;
    let evidence = Evidence::ValuesReplaced { values: new.len() as u64 };
    (slice.now.share() >= MOST).then(|| Suspicion::of_slice(CHECK.id, Severity::High, path, slice, evidence))
}

/// Whether hardly a record of the baseline holds a value that one window alone had.
fn is_settled(case: &Case<'_>, path: PathPlace) -> bool {
    let comparison = case.comparison;
    let (mut all, mut fleeting) = (0, 0);
    for (atom, _) in comparison.axis.atoms_of(path).filter(|(_, kind)| matches!(kind, AtomKind::Value(_))) {
        let records = comparison.before.cell(WHOLE, atom).count;
        all += records;
        if comparison.windows.iter().filter(|side| side.cell(WHOLE, atom).count > 0).count() < 2 {
            fleeting += records;
        }
    }
    comparison.windows.len() >= 3 && all > 0 && to_f64(fleeting) <= FLEETING * to_f64(all)
}

/// Whether the values of a path are the provider's own closed set: what clients and tenants write, and numbers, grow by themselves.
pub(super) fn is_judged(case: &Case<'_>, path: PathPlace) -> bool {
    let axis = &case.comparison.axis;
    let fed = case
        .source
        .dimensions()
        .iter()
        .any(|dimension| dimension.kind != crate::sources::DimensionKind::Other && case.feeds_field(path, &dimension.name));
    case.comparison.is_closed(path) && !fed && !case.is_code_text(path) && case.source.path_kind(axis.path(path)) == PathKind::Vendor
}

/// The values of a path that the baseline does not have and the window has.
pub(super) fn newcomers(case: &Case<'_>, path: PathPlace) -> Vec<u64> {
    let (axis, comparison) = (&case.comparison.axis, case.comparison);
    if case.view(&comparison.before, WHOLE, path).filled.count < 20 {
        return Vec::new();
    }
    let value = |(atom, kind)| match kind {
        AtomKind::Value(id)
            if axis.value(path, id).is_some_and(|value| matches!(value.shape.family(), Family::Words | Family::Boolean)) =>
        {
            let new = comparison.before.cell(WHOLE, atom).count == 0 && comparison.now.cell(WHOLE, atom).count > 0;
            new.then_some(id)
        }
        _ => None,
    };
    axis.atoms_of(path).filter_map(value).collect()
}

/// The slice in which some values of a path rose.
pub(super) fn slice_of(case: &Case<'_>, path: PathPlace, ids: &[u64]) -> Option<Slice> {
    let axis = &case.comparison.axis;
    let atoms: Vec<u32> =
        axis.atoms_of(path).filter(|(_, kind)| matches!(kind, AtomKind::Value(id) if ids.contains(id))).map(|entry| entry.0).collect();
    let measure = |side: &Side, cohort: CohortPlace| {
        let view = case.view(side, cohort, path);
        let mut found = crate::fingerprint::Cell::default();
        atoms.iter().for_each(|&atom| found.merge(side.cell(cohort, atom)));
        Measured {
            count: found.count.min(view.filled.count),
            of: view.filled.count,
            actors: found.actors.estimate(),
            of_actors: view.filled.actors.estimate(),
        }
    };
    slice::find(case, path, &measure)
}

fn judge_value(case: &Case<'_>, path: PathPlace, id: u64) -> Option<Suspicion> {
    let slice = slice_of(case, path, &[id])?;
    let word = case.comparison.axis.value(path, id)?.word.clone()?;
    let severity = if slice.now.share() >= LARGE && !slice.added { Severity::Medium } else { Severity::Low };
    let evidence = Evidence::ValueAppeared { value: word.clone(), records: slice.now.count };
    Some(Suspicion { value: Some(word), ..Suspicion::of_slice(CHECK.id, severity, path, slice, evidence) })
}
