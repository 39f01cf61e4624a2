//! How much of a window could be compared at all: what a small sample can show, and what it cannot.

use crate::compare::{CohortPlace, Comparison, WHOLE};
use crate::fingerprint::Cell;
use crate::model::Window;

/// Fewest records, and fewest actors behind them, of which anything is said; an estimate of actors is a little off.
const RECORDS: u64 = 5;
const ACTORS: u64 = 3;
/// Records of a baseline from which something rare that it never showed is news.
const SILENCE: f64 = 3.0;
/// Share that a baseline must have been able to show for nothing to be said of it.
const RARE: f64 = 0.01;
/// Cohorts that are named one by one.
const NAMED: usize = 5;

/// What could be compared of one window, and what could not.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Coverage {
    /// The window, and its records.
    pub(super) window: Window,
    pub(super) records: u64,
    /// Paths of either side.
    pub(super) paths: u64,
    /// Cohorts with records now, the whole stream left out.
    pub(super) cohorts: u64,
    /// Paths of cohorts with records enough.
    pub(super) comparisons: u64,
    /// Paths of the other cohorts.
    pub(super) too_few: u64,
    /// Smallest share of the whole stream in which something never seen before would show; 1 if none would.
    pub(super) smallest_share: f64,
    /// Whether the baseline is large enough for anything to be said.
    pub(super) has_baseline: bool,
    /// What could not be judged, a sentence each.
    pub(super) gaps: Vec<String>,
}

impl Coverage {
    pub(super) fn of(comparison: &Comparison) -> Self {
        let (before, now) = (comparison.before.total(WHOLE), comparison.now.total(WHOLE));
        let (has_baseline, has_records) = (is_enough(before), is_enough(now));
        let (mut comparisons, mut too_few) = (0, 0);
        let mut small: Vec<(u64, String)> = Vec::new();
        let mut cohorts = 0;
        let paths_shown = comparison.now.paths_shown();
        for cohort in (0..comparison.cohorts.len()).map(CohortPlace).filter(|&cohort| comparison.now.total(cohort).count > 0) {
            let paths = paths_shown.get(cohort.0).copied().unwrap_or(0);
            let total = comparison.now.total(cohort);
            cohorts += u64::from(cohort != WHOLE);
            if has_baseline && is_enough(total) {
                comparisons += paths;
            } else {
                too_few += paths;
                let (field, value) = &comparison.cohorts[cohort.0];
                small.push((total.count, format!("{field} {value}")));
            }
        }
        let mut gaps = Vec::new();
        if !has_baseline {
            gaps.push(format!(
                "anything: the baseline has {}, and {RECORDS} records of {ACTORS} actors are needed to say that something changed",
                size(before)
            ));
        } else if !has_records {
            gaps.push(format!(
                "fields, formats and values: {} came, and {RECORDS} records of {ACTORS} actors are needed to say that one changed",
                size(now)
            ));
        } else {
            gaps.extend(rare(before));
            gaps.extend(within(small));
        }
        Self {
            window: comparison.now.fingerprint().window,
            records: now.count,
            paths: comparison.paths().count() as u64,
            cohorts,
            comparisons,
            too_few,
            smallest_share: smallest_share(before, now),
            has_baseline,
            gaps,
        }
    }
}

fn is_enough(total: Cell) -> bool {
    total.count >= RECORDS && actors(total) >= ACTORS
}

/// Distinct actors, to the next whole number.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an estimate of a count")]
fn actors(total: Cell) -> u64 {
    total.actors.estimate().round() as u64
}

#[expect(clippy::cast_precision_loss, reason = "counts of records")]
fn share_of(records: f64, total: u64) -> f64 {
    if total == 0 { 1.0 } else { (records / total as f64).min(1.0) }
}

/// What was never seen before shows in five records of three actors, and where the baseline would have shown it.
#[expect(clippy::cast_precision_loss, reason = "counts of records and actors")]
fn smallest_share(before: Cell, now: Cell) -> f64 {
    if !is_enough(before) || !is_enough(now) {
        return 1.0;
    }
    let by_actors = share_of(ACTORS as f64 - 0.5, actors(now));
    by_actors.max(share_of(RECORDS as f64, now.count)).max(share_of(SILENCE, before.count))
}

/// What a small baseline cannot tell from something new.
fn rare(before: Cell) -> Option<String> {
    let share = share_of(SILENCE, before.count);
    (share > RARE).then(|| {
        format!(
            "whether something rare is new: the baseline has {}, in which chance can leave out what stands in fewer than {:.0} of 100 records",
            size(before),
            (share * 100.0).ceil()
        )
    })
}

/// Which cohorts are too small for anything to be said of their fields, the smallest last.
fn within(mut small: Vec<(u64, String)>) -> Option<String> {
    small.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let mut names: Vec<String> = small.iter().take(NAMED).map(|(count, name)| format!("{name} ({count})")).collect();
    if small.len() > NAMED {
        names.push(format!("{} more", small.len() - NAMED));
    }
    let (last, others) = names.split_last()?;
    let names = if others.is_empty() { last.clone() } else { format!("{} and {last}", others.join(", ")) };
    Some(format!("fields within cohorts of fewer than {RECORDS} records of {ACTORS} actors: {names}"))
}

/// `40 records of 12 actors`
fn size(total: Cell) -> String {
    let number = |count: u64, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
    format!("{} of {}", number(total.count, "record"), number(actors(total), "actor"))
}
