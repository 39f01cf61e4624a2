//! Whether the share of records that show something rose beyond what a cohort's own history, its parent, its composition and
//! chance explain, and which slice of the stream holds the rise.
//!
//! The unit of evidence is the distinct actor, since sign-ins come in bursts. Shares are judged by a beta-binomial whose mean is
//! the cohort's history shrunken towards its record types, and whose spread is the one its history showed between windows.

use super::Case;
use crate::compare::{CohortPlace, PathPlace, Side, WHOLE};
use crate::model::Counts;
use crate::stats::beta_binomial_surprise;

/// Fewest distinct actors that make a claim.
pub(super) const FEWEST_ACTORS: f64 = 2.5;
/// Fewest records that make a claim about something never seen before.
const FEWEST_RECORDS: u64 = 5;
/// Smallest rise of a share, in records, that a detection would feel.
const SMALLEST_RISE: f64 = 0.10;
/// Actors of history beyond which more of it makes a share no more certain: habits change.
const MOST_HISTORY: f64 = 300.0;
/// Weight of the parent's share, in actors.
const PARENT_WEIGHT: f64 = 3.0;

/// Records and actors that show something, of those that could.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Measured {
    /// Records that show it.
    pub(super) count: u64,
    /// Records that could.
    pub(super) of: u64,
    /// Actors that show it.
    pub(super) actors: f64,
    /// Actors that could.
    pub(super) of_actors: f64,
}

impl Measured {
    pub(super) fn share(self) -> f64 {
        self.counts().share()
    }

    /// As a report shows it.
    pub(super) const fn counts(self) -> Counts {
        Counts { records: self.of, count: self.count }
    }

    fn actor_share(self) -> f64 {
        if self.of_actors <= 0.0 { 0.0 } else { (self.actors / self.of_actors).min(1.0) }
    }
}

/// Reads a measure off one cohort of one side.
pub(super) type Measure<'m> = &'m dyn Fn(&Side, CohortPlace) -> Measured;

/// A slice of the stream in which a share rose.
#[derive(Clone, Debug)]
pub(super) struct Slice {
    /// The slice.
    pub(super) cohort: CohortPlace,
    /// Before and now, in it.
    pub(super) before: Measured,
    pub(super) now: Measured,
    /// Whether no record of the baseline ever showed it.
    pub(super) novel: bool,
    /// Whether the old state is still there in full and the new one came on top.
    pub(super) added: bool,
    /// Records beyond the baseline's share, by cohort.
    pub(super) affected: Vec<f64>,
}

/// The slice in which a share rose, if one did. `path` is where it is measured; cohorts of fields that this path feeds are no
/// explanation of it.
pub(super) fn find(case: &Case<'_>, path: PathPlace, measure: Measure<'_>) -> Option<Slice> {
    let comparison = case.comparison;
    if measure(&comparison.now, WHOLE).count == 0 {
        return None;
    }
    let measures: Vec<(CohortPlace, Measured, Measured)> = case
        .active()
        .filter(|&cohort| cohort == WHOLE || !case.feeds_field(path, case.field(cohort)))
        .map(|cohort| (cohort, measure(&comparison.before, cohort), measure(&comparison.now, cohort)))
        .collect();
    let whole_before = measure(&comparison.before, WHOLE);
    let novel = whole_before.count == 0 && whole_before.of > 0;
    let flagged = measures.iter().any(|&(cohort, before, now)| is_flagged(case, path, measure, cohort, before, now, novel));
    if !flagged {
        return None;
    }
    let mut affected = vec![0.0; comparison.cohorts.len()];
    for &(cohort, before, now) in &measures {
        let base = if before.of == 0 { whole_before.share() } else { before.share() };
        affected[cohort.0] = (to_f64(now.count) - base * to_f64(now.of)).max(0.0);
    }
    let (cohort, before, now) = root(case, &measures, &affected)?;
    Some(Slice { cohort, before, now, novel, added: is_added(case, cohort, before, now), affected })
}

/// The cohort that holds most of the affected records and little else: the best harmonic mean of both shares, the broadest first.
/// Cohorts that stand for no value are no answer to "where".
fn root(case: &Case<'_>, measures: &[(CohortPlace, Measured, Measured)], affected: &[f64]) -> Option<(CohortPlace, Measured, Measured)> {
    let all = affected[WHOLE.0].max(1.0);
    let score = |cohort: CohortPlace, now: Measured| {
        let (precision, recall) = (affected[cohort.0] / to_f64(now.of.max(1)), (affected[cohort.0] / all).min(1.0));
        if precision + recall <= 0.0 { 0.0 } else { 2.0 * precision * recall / (precision + recall) }
    };
    let mut best: Option<(f64, (CohortPlace, Measured, Measured))> = None;
    for &(cohort, before, now) in measures.iter().filter(|measured| !case.is_stand_in(measured.0)) {
        let score = score(cohort, now);
        // The whole stream comes first; a narrower slice must explain clearly better.
        if best.as_ref().is_none_or(|best| score > best.0 + 0.02) {
            best = Some((score, (cohort, before, now)));
        }
    }
    let best = best?.1;
    // Where the field stands in the records of one type alone, that type is the slice, though the whole stream shows the same.
    let is_all_of_it = |kind: CohortPlace, now: Measured| {
        now.of == best.2.of && case.comparison.now.total(kind).count < case.comparison.now.total(WHOLE).count
    };
    let narrower =
        measures.iter().find(|measured| case.type_field() == Some(case.field(measured.0)) && is_all_of_it(measured.0, measured.2));
    Some(if best.0 == WHOLE { narrower.copied().unwrap_or(best) } else { best })
}

fn is_flagged(
    case: &Case<'_>,
    path: PathPlace,
    measure: Measure<'_>,
    cohort: CohortPlace,
    before: Measured,
    now: Measured,
    novel: bool,
) -> bool {
    if now.count == 0 || now.actors < 0.5 {
        return false;
    }
    let enough = now.count >= FEWEST_RECORDS && now.actors >= FEWEST_ACTORS;
    if novel {
        return enough;
    }
    if !case.is_mature(cohort) || now.share() <= before.share() {
        return false;
    }
    let composition = composition(case, path, measure, cohort, before);
    let base = (before.share() + composition).min(1.0);
    let rise = now.share() - base;
    let is_felt = rise >= SMALLEST_RISE && rise * to_f64(now.of) >= 4.0;
    let is_rare = base < 0.01 && now.share() >= 10.0 * base && enough;
    (is_felt || is_rare) && surprise(case, measure, cohort, before, now, composition) >= case.threshold
}

/// How much of a rise is a change of what the cohort is made of: over each other field, the shares of its cohorts now against
/// before, times their usual rates; the field that explains most counts.
fn composition(case: &Case<'_>, path: PathPlace, measure: Measure<'_>, cohort: CohortPlace, before: Measured) -> f64 {
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
                    0 if case.is_stand_in(other) => before.share(),
                    0..30 => measure(&comparison.now, other).share(),
                    _ => usual.share(),
                };
                (now - was) * (rate - before.share())
            })
            .sum()
    };
    let fields = case.source.dimensions().iter().map(|dimension| dimension.name.as_str());
    fields.filter(|&field| field != case.field(cohort) && !case.feeds_field(path, field)).map(explained_by).fold(0.0, f64::max)
}

/// `-log10` of the chance that so many of the cohort's actors show it.
fn surprise(case: &Case<'_>, measure: Measure<'_>, cohort: CohortPlace, before: Measured, now: Measured, composition: f64) -> f64 {
    let history: Vec<Measured> =
        case.comparison.windows.iter().map(|side| measure(side, cohort)).filter(|window| window.of_actors > 0.0).collect();
    let (k, n) = history.iter().fold((0.0, 0.0), |sum, window| (sum.0 + window.actors.min(window.of_actors), sum.1 + window.of_actors));
    if n <= 0.0 {
        return 0.0;
    }
    let evidence = before.of_actors.clamp(1.0, MOST_HISTORY);
    let parent = if cohort == WHOLE { 0.5 / (evidence + 1.0) } else { measure(&case.comparison.before, WHOLE).actor_share() };
    let parent_weight = if cohort == WHOLE { 1.0 } else { PARENT_WEIGHT };
    let mean = ((parent_weight * parent + evidence * (k / n)) / (parent_weight + evidence) + composition).clamp(1e-9, 1.0);
    let nu = 1.0 / (1.0 / pseudo_trials(&history, k / n) + 1.0 / (parent_weight + evidence));
    beta_binomial_surprise(now.actors.min(now.of_actors), now.of_actors, mean, nu)
}

/// Pseudo-trials of the spread between windows: the usual overdispersion of actors mixed with the one that history showed.
fn pseudo_trials(history: &[Measured], rate: f64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a number of windows")]
    let windows = history.len() as f64;
    let usual = 0.01;
    if windows < 2.0 || rate <= 0.0 || rate >= 1.0 {
        return 1.0 / usual - 1.0;
    }
    let n: f64 = history.iter().map(|window| window.of_actors).sum();
    let spread: f64 =
        history.iter().map(|window| (window.actors.min(window.of_actors) - window.of_actors * rate).powi(2) / window.of_actors).sum();
    let inflation = spread / ((windows - 1.0) * rate * (1.0 - rate));
    let own = ((inflation - 1.0) / (n / windows - 1.0).max(1.0)).clamp(0.0, 0.9);
    let mixed = ((windows - 1.0) * own + 5.0 * usual) / (windows + 4.0);
    1.0 / mixed - 1.0
}

/// Whether records of a new kind came on top while the old ones are all still there: a password spray is no drift.
fn is_added(case: &Case<'_>, cohort: CohortPlace, before: Measured, now: Measured) -> bool {
    let comparison = case.comparison;
    let (whole_now, whole_before) = (to_f64(comparison.now.total(WHOLE).count), to_f64(comparison.before.total(WHOLE).count));
    if whole_before <= 0.0 || before.of == 0 {
        return false;
    }
    let usual = to_f64(before.of) * whole_now / whole_before;
    let (old_now, old_usual) = (to_f64(now.of - now.count.min(now.of)), usual * (1.0 - before.share()));
    cohort != WHOLE && old_usual >= 10.0 && old_now >= 0.8 * old_usual && to_f64(now.of) > 1.3 * usual
}

#[expect(clippy::cast_precision_loss, reason = "counts of records")]
pub(super) const fn to_f64(count: u64) -> f64 {
    count as f64
}
