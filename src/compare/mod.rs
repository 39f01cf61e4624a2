//! Facts: one window set beside the windows of a baseline, on common axes of paths, atoms and cohorts. Nothing is judged here.

mod axis;
mod cells;
mod side;
mod view;

pub use axis::{Axis, PathPlace};
pub use cells::{Cells, CellsIter};
pub use side::{CohortPlace, Side, WHOLE};
pub use view::View;

use crate::fingerprint::Fingerprint;
use crate::model::{Counts, OTHER, Point};
use std::collections::BTreeSet;

/// Windows of the baseline that a series has at most: the newest ones.
pub const LONGEST_SERIES: usize = 60;

/// One window set beside the windows of a baseline.
pub struct Comparison {
    /// What is compared.
    pub axis: Axis,
    /// The cohorts of either side, the whole stream first, then by field and value.
    pub cohorts: Vec<(String, String)>,
    /// The windows of the baseline.
    pub windows: Vec<Side>,
    /// Their sum.
    pub before: Side,
    /// The window under check.
    pub now: Side,
    /// The windows to be checked after it, in reverse order.
    later: Vec<Side>,
}

impl Comparison {
    /// Lays windows beside the windows of a baseline, which is laid out once for all of them; the first is the one under check
    /// until [`Comparison::turn`] goes on to the next. What is said of one does not depend on the others.
    #[must_use]
    pub fn new(baseline: Vec<Fingerprint>, checked: Vec<Fingerprint>) -> Self {
        let axis = Axis::of(baseline.iter().chain(&checked));
        let mut names: BTreeSet<(String, String)> = BTreeSet::from([(String::new(), String::new())]);
        for cohort in baseline.iter().chain(&checked).flat_map(|fingerprint| &fingerprint.cohorts) {
            names.insert((cohort.field.clone(), cohort.value.clone()));
        }
        let cohorts: Vec<(String, String)> = names.into_iter().collect();
        let sides = |fingerprints: Vec<Fingerprint>| -> Vec<Side> {
            fingerprints.into_iter().map(|fingerprint| Side::new(fingerprint, &axis, &cohorts)).collect()
        };
        let windows = sides(baseline);
        let mut later = sides(checked);
        later.reverse();
        let before = Side::sum(&windows, &axis, cohorts.len());
        let now = later.pop().unwrap_or_else(|| Side::empty(cohorts.len()));
        Self { axis, cohorts, windows, before, now, later }
    }

    /// Puts the next window under check, if there is one.
    pub fn turn(&mut self) -> bool {
        let next = self.later.pop();
        let turned = next.is_some();
        if let Some(next) = next {
            self.now = next;
        }
        turned
    }

    /// The paths that the baseline or the window under check shows.
    pub fn paths(&self) -> impl Iterator<Item = PathPlace> + '_ {
        let shows = |side: &Side, path| !side.cells_in(WHOLE, &self.axis.range(path)).is_empty();
        self.axis.paths().filter(move |&path| shows(&self.before, path) || shows(&self.now, path))
    }

    /// Whether the values of a path form a closed set in the baseline and in the window under check.
    #[must_use]
    pub fn is_closed(&self, path: PathPlace) -> bool {
        !self.before.is_open(path) && !self.now.is_open(path)
    }

    /// The cohorts of one field.
    pub fn cohorts_of<'a>(&'a self, field: &'a str) -> impl Iterator<Item = CohortPlace> + 'a {
        (0..self.cohorts.len()).filter(move |&place| self.cohorts[place].0 == field).map(CohortPlace)
    }

    /// The place of a cohort by its name.
    #[must_use]
    pub fn cohort(&self, field: &str, value: &str) -> Option<CohortPlace> {
        let wanted = (field, value);
        self.cohorts.binary_search_by(|known| (known.0.as_str(), known.1.as_str()).cmp(&wanted)).ok().map(CohortPlace)
    }

    /// Whether a side may have had records of a cohort without telling: it has none of its own there, and values of its field
    /// were folded into `(other)`.
    #[must_use]
    pub fn may_hide(&self, side: &Side, cohort: CohortPlace) -> bool {
        let other = self.cohort(&self.cohorts[cohort.0].0, OTHER);
        side.total(cohort).count == 0 && other.is_some_and(|other| side.total(other).count > 0)
    }

    /// A measure over the newest windows of the baseline and, as the last point, over the window under check.
    pub fn series(&self, measure: impl Fn(&Side) -> Counts) -> Vec<Point> {
        let newest = &self.windows[self.windows.len().saturating_sub(LONGEST_SERIES)..];
        let point = |side: &Side| Point { window: side.fingerprint().window, counts: measure(side) };
        newest.iter().chain([&self.now]).map(point).collect()
    }

    /// Windows of the baseline in which a cohort had records.
    #[must_use]
    pub fn windows_with(&self, cohort: CohortPlace) -> usize {
        self.windows.iter().filter(|side| side.total(cohort).count > 0).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Granularity, Window};

    #[test]
    fn a_series_has_the_newest_windows_and_the_one_under_check() {
        let day = |day: i64| Fingerprint::empty(0, Window::of(day * 86_400, Granularity::Day));
        for (windows, first) in [(2, 0), (60, 0), (61, 1)] {
            let comparison = Comparison::new((0..windows).map(day).collect(), vec![day(99)]);
            let days: Vec<i64> = comparison.series(|_| Counts::default()).iter().map(|point| point.window.start / 86_400).collect();
            assert_eq!(days, (first..windows).chain([99]).collect::<Vec<_>>());
        }
    }
}
