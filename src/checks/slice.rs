//! Whether the share of records that show something rose beyond what a cohort's own history, its parent, its composition and
//! chance explain, and which slice of the stream holds the rise.
//!
//! The unit of evidence is the distinct actor, since sign-ins come in bursts. Shares are judged by a beta-binomial whose mean is
//! the cohort's history shrunken towards its record types, and whose spread is the one its history showed between windows.

use super::case::MATURE_ACTORS;
use super::expect::{composition, surprise, surprise_of_news, surprise_of_records};
use super::{Case, place};
use crate::compare::{CohortPlace, PathPlace, Side, WHOLE};
use crate::model::{Counts, Point};

/// Fewest distinct actors that make a claim.
pub(super) const FEWEST_ACTORS: f64 = 2.5;
/// Fewest records that make a claim about something never seen before.
const FEWEST_RECORDS: u64 = 5;
/// Share of the records in another state that must have left it for the other state to be all but gone.
const ALL_BUT_GONE: f64 = 0.8;
/// Surprise from which what the baseline never showed is news, and not what its few records happened to lack.
const NEWS: f64 = 3.0;
/// Share before of which a rise is a thinning of the rest; where it was rarer, records say nothing that their actors do not.
const THINNING: f64 = 0.05;
/// Records an actor from which records say more than their actors do.
const RECORDS_AN_ACTOR: f64 = 2.0;
/// Part of the threshold that actors must reach for their records to count.
const NEARLY: f64 = 0.5;
/// Standard deviations of its number of records beyond which a cohort has a surplus.
const UPS_AND_DOWNS: f64 = 2.5;
/// Share of the affected records that must be surplus for the old ones to be all there.
const MOST: f64 = 0.7;
/// Fewest records by which a share must rise.
const SMALLEST_CLAIM: f64 = 4.0;
/// Share below which something is rare, so that ten times as much of it is felt.
const RARE: f64 = 0.01;
/// Smallest rise of a share, in records, that a detection would feel.
pub(super) const SMALLEST_RISE: f64 = 0.10;
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

    pub(super) fn actor_share(self) -> f64 {
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
    /// The same window by window.
    pub(super) series: Vec<Point>,
    /// Whether no record of the baseline ever showed it.
    pub(super) novel: bool,
    /// Whether the old state is still there in full and the new one came on top.
    pub(super) added: bool,
    /// Records beyond the baseline's share, by cohort.
    pub(super) affected: Vec<f64>,
}

/// What one cohort shows before and now.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    /// The cohort.
    pub(super) cohort: CohortPlace,
    /// In the baseline.
    pub(super) before: Measured,
    /// In the window.
    pub(super) now: Measured,
}

impl Seen {
    /// The share expected of it: its own, or the whole stream's where it has no history.
    pub(super) fn base(&self, whole: &Self) -> f64 {
        if self.before.of == 0 { whole.before.share() } else { self.before.share() }
    }

    /// Whether the share may have risen far enough to be felt: composition only ever takes off from what rose.
    fn may_rise(&self) -> bool {
        let rise = self.now.share() - self.before.share();
        let is_felt = rise * to_f64(self.now.of) >= SMALLEST_CLAIM || (self.before.share() < RARE && is_enough(self.now));
        self.now.count > 0 && self.now.actors >= 0.5 && rise > 0.0 && is_felt
    }
}

/// The slice in which a share rose, if one did. `path` is where it is measured; cohorts of fields that this path feeds are no
/// explanation of it.
pub(super) fn find(case: &Case<'_>, path: PathPlace, measure: Measure<'_>) -> Option<Slice> {
    let comparison = case.comparison;
    if measure(&comparison.now, WHOLE).count == 0 {
        return None;
    }
    let see = |cohort| Seen { cohort, before: measure(&comparison.before, cohort), now: measure(&comparison.now, cohort) };
    let fed = case.fed_fields(path);
    let cohorts: Vec<CohortPlace> = case.active().filter(|&cohort| cohort == WHOLE || !fed.contains(&case.field(cohort))).collect();
    let whole = see(*cohorts.first()?);
    let novel = whole.before.count == 0 && whole.before.of > 0;
    // Most fields rose nowhere, and most cohorts are too small to claim it: only if one may are all of them measured.
    let may_claim = |&cohort: &CohortPlace| {
        let is_large = to_f64(comparison.now.total(cohort).count) >= SMALLEST_CLAIM && (novel || case.is_mature(cohort));
        is_large && if novel { is_enough(measure(&comparison.now, cohort)) } else { see(cohort).may_rise() }
    };
    if !cohorts.iter().any(may_claim) {
        return None;
    }
    let seen: Vec<Seen> = cohorts.into_iter().map(see).collect();
    let claims: Vec<bool> = seen.iter().map(|at| if novel { is_news(at, &whole) } else { rose(case, path, measure, &seen, at) }).collect();
    if !claims.contains(&true) {
        return None;
    }
    let mut affected = vec![0.0; comparison.cohorts.len()];
    for at in &seen {
        affected[at.cohort.0] = (to_f64(at.now.count) - at.base(&whole) * to_f64(at.now.of)).max(0.0);
    }
    let &Seen { cohort, before, now } = place::root(case, &seen, &claims, &affected)?;
    let series = comparison.series(|side| measure(side, cohort).counts());
    Some(Slice { cohort, before, now, series, novel, added: is_added(case, cohort, before, now), affected })
}

/// Whether there is enough of something to speak of it.
fn is_enough(now: Measured) -> bool {
    now.count >= FEWEST_RECORDS && now.actors >= FEWEST_ACTORS
}

/// Whether so many actors of a cohort show what no record of the baseline did that its few records did not lack it by chance.
fn is_news(at: &Seen, whole: &Seen) -> bool {
    let now = Measured { of: whole.now.of, ..at.now };
    is_enough(now) && surprise_of_news(whole.before.of, now) >= NEWS
}

/// Whether the share rose in one cohort beyond what its history, its parent, its composition and chance explain.
fn rose(case: &Case<'_>, path: PathPlace, measure: Measure<'_>, seen: &[Seen], at: &Seen) -> bool {
    let Seen { cohort, before, now } = *at;
    let has_history = case.is_mature(cohort) && before.of_actors >= MATURE_ACTORS && !is_another(case, cohort);
    if !has_history || !at.may_rise() {
        return false;
    }
    let composition = composition(case, path, measure, cohort, before);
    let base = (before.share() + composition).min(1.0);
    let rise = now.share() - base;
    let risen = rise * to_f64(now.of);
    let is_complete = rise >= ALL_BUT_GONE * (1.0 - base) && risen >= 10.0;
    let is_felt = (rise >= SMALLEST_RISE && risen >= SMALLEST_CLAIM) || is_complete;
    let is_rare = base < RARE && now.share() >= 10.0 * base && is_enough(now);
    if !is_felt && !is_rare {
        return false;
    }
    let surprise = surprise(case, path, measure, seen, at, composition);
    // Where a field thins out, hardly an actor is new to what is seen, but all show it more often: then the records say what the
    // actors nearly say. The records alone say nothing, since one actor's burst is many of them; and where most actors have one
    // record, they are the same evidence once more.
    surprise >= case.threshold
        || (before.share() >= THINNING
            && to_f64(now.of) >= RECORDS_AN_ACTOR * now.of_actors
            && surprise >= NEARLY * case.threshold
            && of_both(surprise, surprise_of_records(case, measure, at, composition)) >= case.threshold)
}

/// Two surprises as one: the chance that the product of two chances is as small as theirs (Fisher, "Statistical Methods for Research
/// Workers", 1925).
fn of_both(one: f64, other: f64) -> f64 {
    let both = one + other;
    both - (1.0 + both * std::f64::consts::LN_10).log10()
}

/// Whether a cohort that stands for no value took in others: where the field that makes cohorts is lost, its `(none)` is no longer
/// what it was.
fn is_another(case: &Case<'_>, cohort: CohortPlace) -> bool {
    let usual = case.expected(cohort).0;
    case.is_stand_in(cohort) && to_f64(case.comparison.now.total(cohort).count) > 2.0 * usual.max(1.0)
}

/// Whether records of a new kind came on top while the old ones are all still there: a password spray is no drift. The cohort
/// has then more records than its ups and downs explain, and most of those that show it are among the surplus.
fn is_added(case: &Case<'_>, cohort: CohortPlace, before: Measured, now: Measured) -> bool {
    if cohort == WHOLE || before.of == 0 {
        return false;
    }
    let (usual, dispersion) = case.expected(cohort);
    let (records, affected) = (to_f64(case.comparison.now.total(cohort).count), to_f64(now.count) - before.share() * to_f64(now.of));
    let surplus = records - usual;
    surplus >= UPS_AND_DOWNS * (usual + dispersion * usual * usual).sqrt() && surplus >= MOST * affected
}

#[expect(clippy::cast_precision_loss, reason = "counts of records")]
pub(super) const fn to_f64(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::of_both;

    #[test]
    fn two_chances_are_as_one() {
        for (one, other) in [(0.0, 0.0), (1.0, 2.0), (3.5, 3.5), (0.0, 6.0)] {
            let product = 10f64.powf(-one - other);
            let chance = product * (1.0 - product.ln());
            assert!((of_both(one, other) + chance.log10()).abs() < 1e-9, "{one} {other}");
        }
        assert!(of_both(3.5, 3.5) > 5.0 && of_both(0.0, 6.0) < 6.0);
    }
}
