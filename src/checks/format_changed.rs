//! A field holds texts of another format.

use super::severity::{filled_with, format_class, main_shapes, of_change};
use super::slice::{self, Slice};
use super::{Case, Check, Suspicion};
use crate::compare::{PathPlace, WHOLE};
use crate::model::{Change, Evidence, Severity, Shape, ValueType};
use crate::sources::PathKind;

pub(super) const CHECK: Check = Check {
    id: "format-changed",
    summary: "a field holds texts of another format",
    explain: "A GUID where an e-mail address stood, whole seconds where there were seven decimals, base64 where there was hexadecimal: \
              joins with other tables find nothing, exact comparisons stop matching, time stamps are parsed wrongly or not at all. Look \
              at the records of the slice and let the rule accept both formats.",
    judge,
};

fn judge(case: &Case<'_>) -> Vec<Suspicion> {
    case.comparison.axis.paths().filter_map(|path| judge_path(case, path)).collect()
}

/// Share of free text from which a field of people's making has no format.
const UNFORMATTED: f64 = 0.01;
/// Actors from which a format that was never seen is more than the taste of a few.
const MANY: f64 = 10.0;
/// Share of a format that the records of a slice held all along, so that rules know it.
const KNOWN: f64 = 0.05;

fn is_text(shape: Shape) -> bool {
    shape.is_filled() && shape.value_type() == ValueType::Text
}

fn judge_path(case: &Case<'_>, path: PathPlace) -> Option<Suspicion> {
    let before = case.view(&case.comparison.before, WHOLE, path);
    let now = case.view(&case.comparison.now, WHOLE, path);
    let mut classes: Vec<Shape> = now.shapes.iter().map(|entry| entry.0).filter(|&shape| is_text(shape)).map(format_class).collect();
    classes.sort_unstable();
    classes.dedup();
    let had: Vec<Shape> = before.shapes.iter().map(|entry| entry.0).filter(|&shape| is_text(shape)).map(format_class).collect();
    // A field that never held a text changed its type, not its format; one that always holds the same class has nothing to judge.
    if had.is_empty() || (classes.len() == 1 && had.iter().all(|&class| class == classes[0])) {
        return None;
    }
    let found = classes.iter().filter_map(|&class| {
        let slice = slice::find(case, path, &|side, cohort| {
            filled_with(&case.view(side, cohort, path), |shape| is_text(shape) && format_class(shape) == class)
        })?;
        Some((class, slice))
    });
    let found: Vec<(Shape, Slice)> = found.collect();
    // What people and programs write has no format; only one that the stream gave to it before can be lost.
    let is_made = case.source.path_kind(case.comparison.axis.path(path)) == PathKind::Vendor;
    let found = found.into_iter().filter(|(class, slice)| *class != Shape::TEXT_OTHER || is_made || slice.before.share() < UNFORMATTED);
    found.max_by_key(|(_, slice)| (slice.novel, slice.now.count)).map(|(class, slice)| suspicion(case, path, class, slice))
}

fn suspicion(case: &Case<'_>, path: PathPlace, class: Shape, slice: Slice) -> Suspicion {
    let comparison = case.comparison;
    let is_new = |shape: Shape| is_text(shape) && format_class(shape) == class;
    let before = case.view(&comparison.before, slice.cohort, path);
    let before = if before.filled.count == 0 { case.view(&comparison.before, WHOLE, path) } else { before };
    let change = Change {
        from: main_shapes(&before, |shape| is_text(shape) && !is_new(shape)),
        to: main_shapes(&case.view(&comparison.now, slice.cohort, path), is_new),
    };
    let severity = severity(case.source.path_kind(comparison.axis.path(path)), &slice);
    let evidence = Evidence::FormatChanged(change);
    Suspicion::of_slice(CHECK.id, severity, path, slice, evidence)
}

fn severity(kind: PathKind, slice: &Slice) -> Severity {
    let (before, now) = (slice.before.share(), slice.now.share());
    match kind {
        // More of a format that was there all along is no news, unless the others went.
        _ if before >= KNOWN && now - before < 0.8 * (1.0 - before) => Severity::Low,
        PathKind::Vendor => of_change(slice),
        // Tenants write what they like, but not many of their members at once something that none wrote before.
        PathKind::Tenant if slice.before.count == 0 && slice.now.actors >= MANY => of_change(slice),
        PathKind::Client | PathKind::Tenant => Severity::Low,
    }
}
