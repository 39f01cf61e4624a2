//! Which slice of the stream a drift lies in.

use super::Case;
use super::slice::{Seen, to_f64};
use crate::compare::WHOLE;

/// Share of the affected records that a slice must hold to be where a drift lies.
const HALF: f64 = 0.5;
/// How much better a slice must explain than a broader one, or one of a more telling field.
const CLEARLY: f64 = 1.02;
/// How much likelier (natural logarithm) the records must lie as they do if the slice had a rate of its own; the logarithm of the
/// number of slices comes on top.
const LIKELIER: f64 = 3.0;

/// The slice that holds most of the affected records and few others: the best F2 measure of precision and recall, among those
/// in which the rise is a claim of its own. A slice that draws affected records by chance alone is none.
/// `claims[i]` says whether the rise in `seen[i]` stands by itself.
pub(super) fn root<'s>(case: &Case<'_>, seen: &'s [Seen], claims: &[bool], affected: &[f64]) -> Option<&'s Seen> {
    let whole = seen.first()?;
    let all = affected.get(WHOLE.0).copied().unwrap_or(0.0);
    let judged: Vec<(f64, f64, &Seen)> = seen
        .iter()
        .zip(claims)
        .filter(|(at, claims)| **claims && at.cohort != WHOLE && !case.is_stand_in(at.cohort))
        .map(|(at, _)| {
            let inside = affected[at.cohort.0];
            (fit(inside, susceptible(at, whole), all.max(inside)), inside, at)
        })
        .collect();
    let least = LIKELIER + to_f64(seen.len() as u64).ln();
    let of_whole = susceptible(whole, whole);
    let explains =
        |inside: f64, at: &Seen| inside >= HALF * all && gain(inside, susceptible(at, whole), all.max(inside), of_whole) >= least;
    let mut best: (f64, &Seen) = (fit(all, of_whole, all), whole);
    for &(fit, inside, at) in judged.iter().filter(|(_, inside, at)| explains(*inside, at)) {
        let better = fit > best.0 * CLEARLY || (best.1.cohort != WHOLE && fit * CLEARLY > best.0 && rank(case, at) < rank(case, best.1));
        if better && inside > 0.0 {
            best = (fit, at);
        }
    }
    if best.1.cohort == WHOLE && !claims.first().copied().unwrap_or(false) {
        // The whole stream does not show it, and no slice holds half of it: the one that shows it best.
        let shown = seen.iter().zip(claims).find(|(_, claims)| **claims).map(|(at, _)| at);
        return judged.into_iter().max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, _, at)| at).or(shown);
    }
    Some(if best.1.cohort == WHOLE { type_of_all(case, seen).unwrap_or(whole) } else { best.1 })
}

/// Where the field stands in the records of one type alone, that type is the slice, though the whole stream shows the same.
fn type_of_all<'s>(case: &Case<'_>, seen: &'s [Seen]) -> Option<&'s Seen> {
    let whole = seen.first()?;
    let now = &case.comparison.now;
    seen.iter().find(|kind| {
        case.type_field() == Some(case.field(kind.cohort))
            && kind.now.of == whole.now.of
            && now.total(kind.cohort).count < now.total(WHOLE).count
    })
}

/// The more a field tells of a record, the sooner it is named, where two slices explain alike: in the order of the source.
fn rank(case: &Case<'_>, at: &Seen) -> usize {
    case.source.dimensions().iter().position(|dimension| dimension.name == case.field(at.cohort)).unwrap_or(usize::MAX)
}

/// Records that did not show it by themselves.
fn susceptible(at: &Seen, whole: &Seen) -> f64 {
    to_f64(at.now.of) * (1.0 - at.base(whole))
}

/// F2 measure: recall counts twice as much as precision, since a drift need not hit every record of its slice.
fn fit(inside: f64, susceptible: f64, all: f64) -> f64 {
    let (precision, recall) = ((inside / susceptible.max(1.0)).min(1.0), (inside / all.max(1.0)).min(1.0));
    if precision + recall <= 0.0 { 0.0 } else { 5.0 * precision * recall / (4.0 * precision + recall) }
}

/// Natural logarithm of how much likelier the affected records fall so if the slice has a rate of its own.
fn gain(inside: f64, susceptible: f64, all: f64, of_all: f64) -> f64 {
    let of_all = of_all.max(susceptible).max(all);
    let inside = inside.min(susceptible);
    let likelihood = |k: f64, n: f64| {
        let part = |x: f64| if x <= 0.0 || n <= 0.0 { 0.0 } else { x * (x / n).ln() };
        part(k) + part(n - k)
    };
    likelihood(inside, susceptible) + likelihood(all - inside, of_all - susceptible) - likelihood(all, of_all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slice_that_holds_all_at_a_third_fits_better_than_a_part_of_it_that_is_full() {
        // 20 of the 66 records of a code; 8 of them are 8 of the 11 records of an app.
        assert!(fit(20.0, 66.0, 20.0) > fit(8.0, 11.0, 20.0));
        // All users of two record types; one of the types alone is no better.
        assert!(fit(860.0, 1_000.0, 860.0) > fit(500.0, 500.0, 860.0));
        assert_eq!(fit(0.0, 10.0, 0.0), 0.0);
    }

    #[test]
    fn chance_gains_little_and_a_cause_much() {
        assert!(gain(12.0, 2_000.0, 20.0, 4_000.0) < 1.0);
        assert!(gain(20.0, 2_000.0, 20.0, 4_000.0) > 13.0);
        assert!(gain(20.0, 66.0, 20.0, 4_000.0) > 60.0);
    }
}
