//! What share of a cohort's actors would show something if nothing had changed, and how surprising the share of now is.

use super::Case;
use super::slice::{Measure, Measured, Seen, to_f64};
use crate::compare::{CohortPlace, PathPlace, Side, WHOLE};
use crate::stats::beta_binomial_surprise;

/// Actors of history beyond which more of it makes a share no more certain: habits change.
const MOST_HISTORY: f64 = 300.0;
/// Weight of the parent's share, in actors: least where siblings have nothing in common, most where they are all alike.
const PARENT_WEIGHT: (f64, f64) = (0.3, 30.0);
/// The same for the whole stream, which has no parent.
const OWN_WEIGHT: f64 = 1.0;
/// Actors beyond which an estimate of their number is rough, and how many more must be counted in parts for the parts to be better.
const MANY_ACTORS: f64 = 100.0;
const FINER: f64 = 1.2;
/// Windows from which a history is long.
const LONG_HISTORY: usize = 9;
/// Windows from which the spread between them is known well enough for records to be judged.
const LEAST_WINDOWS: usize = 5;
/// Usual spread of a share between windows, beyond what counting actors brings, and the number of windows it is worth.
const USUAL_SPREAD: f64 = 0.01;
const USUAL_WORTH: f64 = 5.0;
/// How much less the shares of many cohorts together usually vary than that of one of them.
const OF_MANY: f64 = 3.0;

/// How much of a rise is a change of what the cohort is made of: over each other field, the shares of its cohorts now against
/// before, times their usual rates; the field that explains most counts.
pub(super) fn composition(case: &Case<'_>, path: PathPlace, measure: Measure<'_>, cohort: CohortPlace, before: Measured) -> f64 {
    let comparison = case.comparison;
    let (now_total, before_total) = (comparison.now.total(cohort).count, comparison.before.total(cohort).count);
    if now_total == 0 || before_total == 0 {
        return 0.0;
    }
    let explained_by = |field: &str| -> f64 {
        comparison
            .cohorts_of(field)
            .map(|other| {
                let now = to_f64(comparison.now.shared(cohort, other)) / to_f64(now_total);
                let was = to_f64(comparison.before.shared(cohort, other)) / to_f64(before_total);
                if (now - was).abs() < 1e-9 {
                    return 0.0;
                }
                let usual = measure(&comparison.before, other);
                let rate = match usual.of {
                    // What is new where nothing new is usual brings no rate of its own: what it lacks is news as well.
                    0 if case.is_stand_in(other) || case.is_settled(field) => before.share(),
                    0..30 => measure(&comparison.now, other).share(),
                    _ => usual.share(),
                };
                // A part of the cohort showed no more of it than the whole cohort did.
                let rate = if was > 0.0 { rate.min(before.share() / was) } else { rate };
                (now - was) * (rate - before.share())
            })
            .sum()
    };
    let fields = case.source.dimensions().iter().map(|dimension| dimension.name.as_str());
    fields.filter(|&field| field != case.field(cohort) && !case.feeds_field(path, field)).map(explained_by).fold(0.0, f64::max)
}

/// `-log10` of the chance that so many of the cohort's actors show it. The expected share is the cohort's own history, shrunken
/// towards its record types as far as its siblings are alike, plus what the composition explains.
pub(super) fn surprise(case: &Case<'_>, path: PathPlace, measure: Measure<'_>, seen: &[Seen], at: &Seen, composition: f64) -> f64 {
    let cohort = at.cohort;
    let parts = if cohort == WHOLE { parts(case, path, seen) } else { Vec::new() };
    let actors = |side: &Side| if parts.is_empty() { measure(side, cohort) } else { sum(measure, side, &parts) };
    let history: Vec<Measured> = settled(case).map(actors).filter(|window| window.of_actors > 0.0).collect();
    let (k, n) = history.iter().fold((0.0, 0.0), |sum, window| (sum.0 + window.actors.min(window.of_actors), sum.1 + window.of_actors));
    if n <= 0.0 {
        return 0.0;
    }
    // The sum of many cohorts varies less than one of them, and is known better.
    let many = if parts.is_empty() { 1.0 } else { OF_MANY };
    let evidence = at.before.of_actors.clamp(1.0, MOST_HISTORY) * many;
    let (parent, weight) = match cohort {
        WHOLE => (unseen(evidence), OWN_WEIGHT),
        _ => (parent(case, seen, cohort).max(unseen(MOST_HISTORY)), parent_weight(case, seen, cohort)),
    };
    let mean = ((weight * parent + evidence * (k / n)) / (weight + evidence) + composition).clamp(1e-9, 1.0);
    let nu = 1.0 / (spread(&history, k / n, USUAL_SPREAD / many) + 1.0 / (weight + evidence));
    let now = actors(&case.comparison.now);
    beta_binomial_surprise(now.actors.min(now.of_actors), now.of_actors, mean, nu)
}

/// The cohorts in which the actors of the whole stream are best counted, if they are too many to be counted at once: those of the
/// field in whose cohorts, each by itself, most are seen. An estimate of hundreds of actors is off by a fifth, the sum of many small
/// ones by little, and an actor of several cohorts counts in each, before and now.
fn parts(case: &Case<'_>, path: PathPlace, seen: &[Seen]) -> Vec<CohortPlace> {
    let all = seen.first().map_or(0.0, |whole| whole.before.of_actors);
    if all < MANY_ACTORS {
        return Vec::new();
    }
    let fields = case.source.dimensions().iter().map(|dimension| dimension.name.as_str());
    let of_field = |field: &str| {
        let parts = || seen.iter().filter(|part| part.cohort != WHOLE && case.field(part.cohort) == field);
        (parts().map(|part| part.before.of_actors).sum::<f64>(), parts().map(|part| part.cohort).collect::<Vec<_>>())
    };
    let fields = fields.filter(|field| !case.feeds_field(path, field)).map(of_field);
    let finest = fields.fold((0.0, Vec::new()), |best, of_field| if of_field.0 > best.0 { of_field } else { best });
    if finest.0 > FINER * all { finest.1 } else { Vec::new() }
}

fn sum(measure: Measure<'_>, side: &Side, parts: &[CohortPlace]) -> Measured {
    parts.iter().map(|part| measure(side, *part)).fold(Measured::default(), |sum, part| Measured {
        count: sum.count + part.count,
        of: sum.of + part.of,
        actors: sum.actors + part.actors.min(part.of_actors),
        of_actors: sum.of_actors + part.of_actors,
    })
}

/// `-log10` of the chance that so many of the cohort's records show it, whose spread between windows holds the bursts of actors.
pub(super) fn surprise_of_records(case: &Case<'_>, measure: Measure<'_>, at: &Seen, composition: f64) -> f64 {
    let as_units = |of: Measured| Measured { actors: to_f64(of.count), of_actors: to_f64(of.of), ..of };
    let history: Vec<Measured> = settled(case).map(|side| as_units(measure(side, at.cohort))).filter(|window| window.of > 0).collect();
    if history.len() < LEAST_WINDOWS {
        return 0.0;
    }
    let (rate, windows) = (at.before.share(), to_f64(history.len() as u64));
    let mean = (rate + composition).clamp(1e-9, 1.0);
    let nu = 1.0 / (spread(&history, rate, USUAL_SPREAD) * (1.0 + 1.0 / windows));
    beta_binomial_surprise(to_f64(at.now.count), to_f64(at.now.of), mean, nu)
}

/// `-log10` of the chance that so many actors show now what none of so many records did, were it as rare as that allows.
pub(super) fn surprise_of_news(records: u64, now: Measured) -> f64 {
    let before = to_f64(records);
    beta_binomial_surprise(now.actors.min(to_f64(now.count)), to_f64(now.of), unseen(before), before + 1.0)
}

/// The windows that say how a share varies: of a long history the older two thirds. The latest ones may have joined it while
/// something changed little by little, and must not teach that this is usual.
fn settled<'a>(case: &'a Case<'_>) -> impl Iterator<Item = &'a Side> {
    let windows = &case.comparison.windows;
    let take = if windows.len() < LONG_HISTORY { windows.len() } else { (2 * windows.len()).div_ceil(3) };
    windows.iter().take(take)
}

/// What is expected of something that none of so many actors showed.
fn unseen(actors: f64) -> f64 {
    0.5 / (actors + 1.0)
}

/// The share that the cohort's record types had, in the mixture that it is made of now; the whole stream's for a record type.
fn parent(case: &Case<'_>, seen: &[Seen], cohort: CohortPlace) -> f64 {
    let whole = seen.first().map_or(0.0, |whole| whole.before.actor_share());
    let Some(types) = case.type_field().filter(|&field| field != case.field(cohort)) else { return whole };
    let (mut share, mut weight) = (0.0, 0.0);
    for kind in seen.iter().filter(|kind| case.field(kind.cohort) == types && kind.before.of > 0) {
        let records = to_f64(case.comparison.now.shared(cohort, kind.cohort));
        share += records * kind.before.actor_share();
        weight += records;
    }
    if weight > 0.0 { share / weight } else { whole }
}

/// What the parent's share is worth, in actors: the number of trials after which a beta distribution as wide as the differences
/// between the siblings would have been learnt.
fn parent_weight(case: &Case<'_>, seen: &[Seen], cohort: CohortPlace) -> f64 {
    let siblings = seen.iter().filter(|sibling| case.field(sibling.cohort) == case.field(cohort) && case.is_mature(sibling.cohort));
    let (mut number, mut n, mut sum, mut squares) = (0.0, 0.0, 0.0, 0.0);
    for sibling in siblings {
        number += 1.0;
        let (actors, share) = (sibling.before.of_actors, sibling.before.actor_share());
        n += actors;
        sum += actors * share;
        squares += actors * share * share;
    }
    if n <= 0.0 {
        return PARENT_WEIGHT.0;
    }
    let mean = sum / n;
    // What chance alone makes of equal siblings is no difference between them.
    let by_chance = number * mean * (1.0 - mean) / n;
    let variance = (squares / n - mean * mean - by_chance).max(1e-12);
    (mean * (1.0 - mean) / variance - 1.0).clamp(PARENT_WEIGHT.0, PARENT_WEIGHT.1)
}

/// Spread of a share between windows, as one over pseudo-trials: the usual one mixed with the one that history showed.
fn spread(history: &[Measured], rate: f64, usual: f64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a number of windows")]
    let windows = history.len() as f64;
    if windows < 2.0 {
        return usual;
    }
    let n: f64 = history.iter().map(|window| window.of_actors).sum();
    let off = |window: &Measured| (window.actors.min(window.of_actors) - window.of_actors * rate).powi(2) / window.of_actors;
    // A share that was 0 or 1 in every window never spread.
    let inflation =
        if rate <= 0.0 || rate >= 1.0 { 1.0 } else { history.iter().map(off).sum::<f64>() / ((windows - 1.0) * rate * (1.0 - rate)) };
    let own = ((inflation - 1.0) / (n / windows - 1.0).max(1.0)).clamp(0.0, 0.9);
    ((windows - 1.0) * own + USUAL_WORTH * usual) / (windows - 1.0 + USUAL_WORTH)
}
