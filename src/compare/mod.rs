//! Facts: one window set beside the windows of a baseline, on common axes of paths, atoms and cohorts. Nothing is judged here.

mod axis;
mod side;
mod view;

pub use axis::{Axis, PathPlace};
pub use side::{CohortPlace, Side, WHOLE};
pub use view::{View, merged};

use crate::fingerprint::{Cell, CohortStats, Fingerprint};
use std::collections::BTreeMap;

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
}

impl Comparison {
    /// Lays a window beside the windows of a baseline.
    #[must_use]
    pub fn new(baseline: Vec<Fingerprint>, now: Fingerprint) -> Self {
        let axis = Axis::of(baseline.iter().chain([&now]));
        let mut names: BTreeMap<(String, String), ()> = BTreeMap::new();
        for cohort in baseline.iter().chain([&now]).flat_map(|fingerprint| &fingerprint.cohorts) {
            names.insert((cohort.field.clone(), cohort.value.clone()), ());
        }
        names.insert((String::new(), String::new()), ());
        let cohorts: Vec<(String, String)> = names.into_keys().collect();
        let windows: Vec<Side> = baseline.into_iter().map(|fingerprint| Side::new(fingerprint, &axis, &cohorts)).collect();
        let before = sum(&windows, cohorts.len());
        let now = Side::new(now, &axis, &cohorts);
        Self { axis, cohorts, windows, before, now }
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

    /// Windows of the baseline in which a cohort had records.
    #[must_use]
    pub fn windows_with(&self, cohort: CohortPlace) -> usize {
        self.windows.iter().filter(|side| side.total(cohort).count > 0).count()
    }
}

/// All windows as one.
fn sum(windows: &[Side], cohorts: usize) -> Side {
    let mut total = Side::empty(cohorts);
    for place in 0..cohorts {
        let mut cells: Vec<(u32, Cell)> = Vec::new();
        let mut all = Cell::default();
        for stats in windows.iter().filter_map(|side| side.cohort(CohortPlace(place))) {
            all.merge(stats.total);
            cells = merged(&cells, &stats.cells);
        }
        if all.count > 0 {
            total.put(place, CohortStats { total: all, cells, ..CohortStats::default() });
        }
    }
    windows.iter().for_each(|side| total.add_joint(side));
    total
}
