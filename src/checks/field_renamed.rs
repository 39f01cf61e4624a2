//! A field went and another came in its place.

use super::severity::{format_class, main_shapes};
use super::slice::to_f64;
use super::{Case, Check, Suspicion, field_appeared};
use crate::compare::{PathPlace, WHOLE};
use crate::model::{Counts, Evidence, Severity};

pub(super) const CHECK: Check = Check {
    id: "field-renamed",
    summary: "a field went and another came in its place",
    explain: "A key that the baseline carried is in no record any more, and a key that no record had is there about as often and holds \
              values of the same formats. Rules that name the old field go blind; the fix is the new name, for a while beside the old one.",
    judge,
};

fn judge(case: &Case<'_>) -> Vec<Suspicion> {
    let comparison = case.comparison;
    let gone: Vec<PathPlace> = comparison.axis.paths().filter(|&path| is_gone(case, path)).collect();
    field_appeared::newcomers(case)
        .filter_map(|(new, after)| {
            let old = gone.iter().copied().filter(|&old| is_match(case, old, new)).max_by_key(|&old| likeness(case, old, new))?;
            Some(suspicion(case, old, new, after))
        })
        .collect()
}

fn is_gone(case: &Case<'_>, path: PathPlace) -> bool {
    let now = case.view(&case.comparison.now, WHOLE, path);
    let before = case.view(&case.comparison.before, WHOLE, path);
    now.present.count == 0 && now.eligible.count >= 5 && before.present.count >= 5
}

/// Whether the new field is there about as often as the old one was, with the same formats.
fn is_match(case: &Case<'_>, old: PathPlace, new: PathPlace) -> bool {
    let before = case.view(&case.comparison.before, WHOLE, old);
    let now = case.view(&case.comparison.now, WHOLE, new);
    let share = |part: u64, of: u64| to_f64(part) / to_f64(of.max(1));
    let (was, is) = (share(before.present.count, before.eligible.count), share(now.present.count, now.eligible.count));
    let classes = |view: &crate::compare::View| {
        let mut classes: Vec<_> = main_shapes(view, |_| true).into_iter().map(format_class).collect();
        classes.sort_unstable();
        classes.dedup();
        classes
    };
    (was - is).abs() <= 0.15 && classes(&before) == classes(&now)
}

/// How alike the names are: same container first, then the longest common beginning of the keys.
fn likeness(case: &Case<'_>, old: PathPlace, new: PathPlace) -> (bool, usize) {
    let axis = &case.comparison.axis;
    let (old_key, new_key) = (axis.path(old).leaf(), axis.path(new).leaf());
    let common = old_key.bytes().zip(new_key.bytes()).take_while(|(a, b)| a.eq_ignore_ascii_case(b)).count();
    (axis.parent(old) == axis.parent(new), common)
}

fn suspicion(case: &Case<'_>, old: PathPlace, new: PathPlace, after: Counts) -> Suspicion {
    let comparison = case.comparison;
    let before = case.view(&comparison.before, WHOLE, old);
    let axis = &comparison.axis;
    Suspicion {
        check: CHECK.id,
        severity: Severity::High,
        cohort: WHOLE,
        path: Some(old),
        other: Some(new),
        value: None,
        code: None,
        before: Counts { records: before.eligible.count, count: before.present.count },
        after,
        actors: case.view(&comparison.now, WHOLE, new).present.actors.estimate(),
        affected: Vec::new(),
        evidence: Evidence::FieldRenamed { from: axis.name(old).to_owned(), to: axis.name(new).to_owned() },
    }
}
