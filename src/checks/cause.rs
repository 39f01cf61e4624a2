//! One change of the provider is one root finding; whatever else it moves is an echo of it.

use super::slice::{SMALLEST_RISE, to_f64};
use super::{Case, Suspicion, severity};
use crate::compare::{CohortPlace, PathPlace, WHOLE};
use crate::model::{Counts, Finding, FindingKey, Severity, Status, Window};
use std::collections::HashSet;

/// Checks from the deepest cause to the shallowest sign: an echo is never deeper than its cause.
const DEPTH: &[&str] = &[
    "code-renamed",
    "new-code",
    "record-type-appeared",
    "record-type-vanished",
    "volume-dropped",
    "field-renamed",
    "type-changed",
    "field-vanished",
    "field-emptied",
    "value-renamed",
    "format-changed",
    "code-text-changed",
    "code-vanished",
    "field-appeared",
    "relation-changed",
    "value-appeared",
    "value-vanished",
];

/// Share of the affected records that a slice must hold to be their cause.
const MOST: f64 = 0.7;

fn depth(check: &str) -> usize {
    DEPTH.iter().position(|known| *known == check).unwrap_or(DEPTH.len())
}

/// Turns suspicions into findings, each a root or the echo of one.
pub(super) fn group(case: &Case<'_>, mut suspicions: Vec<Suspicion>) -> Vec<Finding> {
    let path_depth = |suspicion: &Suspicion| suspicion.path.map_or(0, |path| case.comparison.axis.path(path).segments().len());
    suspicions.sort_by(|a, b| {
        let a_parts = (depth(a.check), path_depth(a), b.after.count, a.path, a.other, a.cohort, &a.value);
        a_parts.cmp(&(depth(b.check), path_depth(b), a.after.count, b.path, b.other, b.cohort, &b.value))
    });
    // Two ways to the same drift: what an earlier check said stands.
    let mut said: HashSet<FindingKey> = HashSet::new();
    suspicions.retain(|suspicion| said.insert(key(case, suspicion)));
    let mut roots: Vec<Option<usize>> = Vec::with_capacity(suspicions.len());
    for (place, suspicion) in suspicions.iter().enumerate() {
        let cause = (0..place).find(|&earlier| roots[earlier].is_none() && explains(case, &suspicions[earlier], suspicion));
        roots.push(cause);
    }
    let keys: Vec<FindingKey> = suspicions.iter().map(|suspicion| key(case, suspicion)).collect();
    let worst = |root: usize| {
        let echoes = (0..suspicions.len()).filter(|&echo| roots[echo] == Some(root)).map(|echo| suspicions[echo].severity);
        echoes.fold(suspicions[root].severity, Severity::max)
    };
    let finding = |place: usize| Finding {
        severity: if roots[place].is_none() { worst(place) } else { suspicions[place].severity },
        series: if roots[place].is_none() { suspicions[place].series.clone() } else { Vec::new() },
        caused_by: roots[place].map(|root| keys[root].clone()),
        echoes: (0..suspicions.len()).filter(|&echo| roots[echo] == Some(place)).map(|echo| keys[echo].clone()).collect(),
        ..plain(case, &suspicions[place], &keys[place])
    };
    (0..suspicions.len()).map(finding).collect()
}

fn key(case: &Case<'_>, suspicion: &Suspicion) -> FindingKey {
    let axis = &case.comparison.axis;
    // The other field of a relation is part of what drifted.
    let other = suspicion.other.map(|other| axis.name(other));
    let value = suspicion.value.as_deref().or(other);
    FindingKey::new(suspicion.check, suspicion.path.map(|path| axis.path(path)), case.name(suspicion.cohort).as_ref(), value)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an estimate of a number of actors")]
fn plain(case: &Case<'_>, suspicion: &Suspicion, key: &FindingKey) -> Finding {
    let window = case.comparison.now.fingerprint().window;
    Finding {
        key: key.clone(),
        check: suspicion.check,
        severity: suspicion.severity,
        status: Status::New,
        path: suspicion.path.map(|path| case.comparison.axis.path(path).clone()),
        cohort: case.name(suspicion.cohort),
        value: suspicion.value.clone(),
        code: suspicion.code.clone(),
        before: suspicion.before,
        after: suspicion.after,
        series: Vec::new(),
        weight: severity::weight(case, suspicion),
        actors: suspicion.actors.round().max(0.0) as u64,
        first_seen: (window != Window::UNDATED).then_some(window.start),
        evidence: suspicion.evidence.clone(),
        caused_by: None,
        echoes: Vec::new(),
    }
}

/// Whether the one is the cause of the other.
fn explains(case: &Case<'_>, cause: &Suspicion, echo: &Suspicion) -> bool {
    match cause.check {
        "code-renamed" | "new-code" => {
            let renamed = cause.check == "code-renamed" && echo.check == "code-vanished" && echo.value == cause.value;
            renamed || echo.cohort == cause.cohort || holds_most(case, cause, echo)
        }
        "record-type-appeared" => cause.cohort != WHOLE && (echo.cohort == cause.cohort || holds_most(case, cause, echo)),
        "record-type-vanished" => went_with(case, cause, echo),
        "volume-dropped" => cause.cohort != WHOLE && went_with(case, cause, echo),
        _ => on_same_field(case, cause, echo) || moves_alike(cause, echo),
    }
}

/// Whether most of the echo's records lie in the cause's slice: of all that show it, or of those in the echo's own slice, if the
/// cause's records show it throughout.
fn holds_most(case: &Case<'_>, cause: &Suspicion, echo: &Suspicion) -> bool {
    let affected = |cohort: CohortPlace| echo.affected.get(cohort.0).copied().unwrap_or(0.0);
    let (now, inside) = (&case.comparison.now, affected(cause.cohort));
    let is_whole = inside >= MOST * to_f64(now.total(cause.cohort).count);
    let explains = |records: f64, all: f64| all > 0.0 && records >= MOST * all;
    explains(inside, affected(WHOLE)) || is_whole && explains(to_f64(now.shared(echo.cohort, cause.cohort)), affected(echo.cohort))
}

/// Whether what is missing was part of a record type that fell silent.
fn went_with(case: &Case<'_>, cause: &Suspicion, echo: &Suspicion) -> bool {
    let before = &case.comparison.before;
    match echo.check {
        "code-vanished" => to_f64(before.shared(echo.cohort, cause.cohort)) >= MOST * to_f64(before.total(echo.cohort).count),
        "volume-dropped" | "value-vanished" => echo.cohort == WHOLE || echo.cohort == cause.cohort,
        "field-vanished" | "field-emptied" => {
            (echo.cohort == WHOLE || echo.cohort == cause.cohort) && !echo.path.is_some_and(|path| is_lost_elsewhere(case, cause, path))
        }
        _ => false,
    }
}

/// Whether the records that are still there lack a field that records beside the silent ones used to fill.
fn is_lost_elsewhere(case: &Case<'_>, silent: &Suspicion, path: PathPlace) -> bool {
    let (before, now) = (&case.comparison.before, &case.comparison.now);
    let (all, gone, left) = (case.view(before, WHOLE, path), case.view(before, silent.cohort, path), case.view(now, WHOLE, path));
    let share = |filled: u64, of: u64| Counts { records: of, count: filled }.share();
    let beside = all.eligible.count.saturating_sub(gone.eligible.count);
    let usual = share(all.filled.count.saturating_sub(gone.filled.count), beside);
    left.eligible.count > 0 && usual - share(left.filled.count, left.eligible.count) >= SMALLEST_RISE
}

fn on_same_field(case: &Case<'_>, cause: &Suspicion, echo: &Suspicion) -> bool {
    let axis = &case.comparison.axis;
    let touches = |a: PathPlace, b: PathPlace| a == b || axis.is_below(b, a);
    let mut near = false;
    for a in [cause.path, cause.other].into_iter().flatten() {
        for b in [echo.path, echo.other].into_iter().flatten() {
            near |= touches(a, b) || (echo.check == "relation-changed" && touches(b, a));
        }
    }
    if cause.check == "code-text-changed" {
        return echo.path.is_some_and(|path| case.is_code_text(path));
    }
    near && same_records(cause, echo)
}

/// Whether two drifts can be about the same records.
fn same_records(cause: &Suspicion, echo: &Suspicion) -> bool {
    cause.cohort == echo.cohort
        || cause.cohort == WHOLE
        || cause.affected.is_empty()
        || echo.affected.is_empty()
        || cosine(&cause.affected, &echo.affected) >= 0.5
}

/// Whether two drifts move about as many records, spread over the cohorts in the same way.
fn moves_alike(cause: &Suspicion, echo: &Suspicion) -> bool {
    let (a, b) = (cause.affected.first().copied().unwrap_or(0.0), echo.affected.first().copied().unwrap_or(0.0));
    a > 0.0 && b > 0.0 && (0.67..=1.5).contains(&(a / b)) && cosine(&cause.affected, &echo.affected) >= 0.9
}

fn cosine(a: &[f64], b: &[f64]) -> f64 {
    let dot: f64 = a.iter().zip(b).map(|(x, y)| x * y).sum();
    let norm = |v: &[f64]| v.iter().map(|x| x * x).sum::<f64>().sqrt();
    let norms = norm(a) * norm(b);
    if norms <= 0.0 { 0.0 } else { dot / norms }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_that_can_be_a_cause_is_ranked() {
        for check in super::super::CHECKS {
            let unranked = ["code-surged", "delivery-late", "duplicates-rose", "rejects-rose"];
            assert_eq!(depth(check.id) == DEPTH.len(), unranked.contains(&check.id), "{}", check.id);
        }
    }

    #[test]
    fn cosine_of_nothing_is_nothing() {
        assert_eq!(cosine(&[], &[]), 0.0);
        assert_eq!(cosine(&[0.0], &[1.0]), 0.0);
        assert!((cosine(&[1.0, 2.0], &[2.0, 4.0]) - 1.0).abs() < 1e-12);
    }
}
