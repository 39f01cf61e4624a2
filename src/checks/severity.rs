//! How bad a drift of a field is, and what several checks read off a view.

use super::slice::{Measured, Slice, to_f64};
use super::{Case, Suspicion};
use crate::compare::View;
use crate::model::{Family, Severity, Shape, ValueType};

/// What could have been filled and was not.
pub(super) fn unfilled(view: &View) -> Measured {
    Measured { count: view.unfilled(), of: view.eligible.count, actors: view.unfilled_actors(), of_actors: view.eligible.actors.estimate() }
}

/// The same, by the actors that filled it in no record: they tell of a field that few fill and nobody fills now.
pub(super) fn never_filled(view: &View) -> Measured {
    Measured { actors: view.eligible.actors.without(view.filled.actors), ..unfilled(view) }
}

/// What was filled with one of some shapes, of all that was filled.
pub(super) fn filled_with(view: &View, wanted: impl Fn(Shape) -> bool) -> Measured {
    let mut found = crate::fingerprint::Cell::default();
    for (_, cell) in view.shapes.iter().filter(|(shape, _)| shape.is_filled() && wanted(*shape)) {
        found.merge(*cell);
    }
    Measured {
        count: found.count.min(view.filled.count),
        of: view.filled.count,
        actors: found.actors.estimate(),
        of_actors: view.filled.actors.estimate(),
    }
}

/// How often a field that detections read counts.
const RELIED_ON: f64 = 4.0;

/// How much a drift matters among those of its severity: the records that changed (their root, so that ten times as many are about
/// three times as bad), the share of the slice that they are, and whether detections read the field.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rank, at least 0")]
pub(super) fn weight(case: &Case<'_>, suspicion: &Suspicion) -> u64 {
    let (before, after) = (suspicion.before.share(), suspicion.after.share());
    let share = (after - before).abs().max(if suspicion.after.count == 0 { before } else { 0.0 });
    let paths = [suspicion.path, suspicion.other];
    let relied_on = paths.into_iter().flatten().any(|path| case.source.is_relied_on(case.comparison.axis.path(path)));
    let weight = to_f64(suspicion.after.count.max(1)).sqrt() * (0.25 + share);
    (1_000.0 * if relied_on { RELIED_ON * weight } else { weight }) as u64
}

/// Severity of a field that lost its contents.
pub(super) fn of_loss(slice: &Slice) -> Severity {
    let (before, now) = (slice.before.share(), slice.now.share());
    let lost = (now - before) / (1.0 - before).max(1e-9);
    if slice.added {
        Severity::Low
    } else if lost >= 0.8 && before <= 0.7 {
        Severity::High
    } else {
        Severity::Medium
    }
}

/// Severity of a field that looks otherwise.
pub(super) fn of_change(slice: &Slice) -> Severity {
    if slice.added && !slice.novel {
        Severity::Low
    } else if slice.now.share() >= 0.5 {
        Severity::High
    } else {
        Severity::Medium
    }
}

/// Formats that a detection would not tell apart are one class; words and texts are, since what people write has no format.
pub(super) fn format_class(shape: Shape) -> Shape {
    if shape.family() == Family::Words { Shape::TEXT_OTHER } else { shape }
}

/// JSON types as a detection meets them.
pub(super) fn types(view: &View) -> Vec<(ValueType, u64)> {
    let mut types: Vec<(ValueType, u64)> = Vec::new();
    for (shape, cell) in view.shapes.iter().filter(|(shape, cell)| shape.is_filled() && cell.count > 0) {
        match types.iter_mut().find(|known| known.0 == shape.value_type()) {
            Some(known) => known.1 += cell.count,
            None => types.push((shape.value_type(), cell.count)),
        }
    }
    types
}

/// The filled shapes of a view, most frequent first, each with at least a hundredth of the records.
pub(super) fn main_shapes(view: &View, wanted: impl Fn(Shape) -> bool) -> Vec<Shape> {
    let mut shapes: Vec<(Shape, u64)> =
        view.shapes.iter().filter(|(shape, _)| wanted(*shape)).map(|(shape, cell)| (*shape, cell.count)).collect();
    let all: u64 = shapes.iter().map(|entry| entry.1).sum();
    shapes.retain(|entry| entry.1 > 0 && to_f64(entry.1) >= 0.01 * to_f64(all));
    shapes.sort_by_key(|entry| (std::cmp::Reverse(entry.1), entry.0));
    shapes.into_iter().map(|entry| entry.0).collect()
}
