//! One fingerprint on the common axes.

use super::{Axis, PathPlace};
use crate::fingerprint::{Cell, CohortStats, Fingerprint};
use crate::model::Window;
use std::collections::{BTreeMap, BTreeSet};

/// Place of a cohort among those under comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CohortPlace(pub usize);

/// The whole stream.
pub const WHOLE: CohortPlace = CohortPlace(0);

/// One fingerprint, or the sum of several, with cohorts and atoms numbered by the common axes.
pub struct Side {
    fingerprint: Fingerprint,
    cohorts: Vec<Option<CohortStats>>,
    joint: BTreeMap<(usize, usize), u64>,
    /// Paths whose values are too many for a closed set.
    open: BTreeSet<usize>,
}

impl Side {
    pub(super) fn empty(cohorts: usize) -> Self {
        Self {
            fingerprint: Fingerprint::empty(0, Window::UNDATED),
            cohorts: vec![None; cohorts],
            joint: BTreeMap::new(),
            open: BTreeSet::new(),
        }
    }

    pub(super) fn new(mut fingerprint: Fingerprint, axis: &Axis, names: &[(String, String)]) -> Self {
        let atoms = axis.atom_places(&fingerprint);
        let open = axis.places(&fingerprint).into_iter().zip(&fingerprint.paths).filter(|(_, stats)| stats.tally.is_none());
        let open = open.map(|(place, _)| place as usize).collect();
        let mut side = Self::empty(names.len());
        let mut places = Vec::with_capacity(fingerprint.cohorts.len());
        for mut cohort in std::mem::take(&mut fingerprint.cohorts) {
            cohort.cells.iter_mut().for_each(|cell| cell.0 = atoms[cell.0 as usize]);
            let place = names.binary_search_by(|known| (&known.0, &known.1).cmp(&(&cohort.field, &cohort.value))).unwrap_or(0);
            places.push(place);
            side.cohorts[place] = Some(cohort);
        }
        for (a, b, records) in std::mem::take(&mut fingerprint.joint) {
            side.joint.insert(pair(places[a as usize], places[b as usize]), records);
        }
        side.fingerprint = fingerprint;
        side.open = open;
        side
    }

    pub(super) fn put(&mut self, place: usize, stats: CohortStats) {
        self.cohorts[place] = Some(stats);
    }

    pub(super) fn add_joint_and_open(&mut self, other: &Self) {
        self.open.extend(&other.open);
        for (&pair, records) in &other.joint {
            *self.joint.entry(pair).or_default() += records;
        }
    }

    /// What the fingerprint says beyond its cohorts; its own lists of cohorts and joint counts are empty here.
    #[must_use]
    pub fn fingerprint(&self) -> &Fingerprint {
        &self.fingerprint
    }

    /// The counters of a cohort, if it had records.
    #[must_use]
    pub fn cohort(&self, place: CohortPlace) -> Option<&CohortStats> {
        self.cohorts[place.0].as_ref()
    }

    /// Whether a path has more values than a closed set may have.
    pub(super) fn is_open(&self, path: PathPlace) -> bool {
        self.open.contains(&path.0)
    }

    /// Records of a cohort and their actors.
    #[must_use]
    pub fn total(&self, place: CohortPlace) -> Cell {
        self.cohort(place).map(|stats| stats.total).unwrap_or_default()
    }

    /// Records of a cohort that show an atom.
    #[must_use]
    pub fn cell(&self, place: CohortPlace, atom: u32) -> Cell {
        let Some(stats) = self.cohort(place) else { return Cell::default() };
        stats.cells.binary_search_by_key(&atom, |cell| cell.0).map(|at| stats.cells[at].1).unwrap_or_default()
    }

    /// Records that two cohorts share; all of the smaller one's if one of them is the whole stream.
    #[must_use]
    pub fn shared(&self, a: CohortPlace, b: CohortPlace) -> u64 {
        match (a, b) {
            (WHOLE, other) | (other, WHOLE) => self.total(other).count,
            (a, b) if a == b => self.total(a).count,
            (a, b) => self.joint.get(&pair(a.0, b.0)).copied().unwrap_or(0),
        }
    }

    /// Adds the cells of a cohort that lie in a range of atoms to a list of cells.
    #[must_use]
    pub fn cells_in(&self, place: CohortPlace, range: &std::ops::Range<usize>) -> &[(u32, Cell)] {
        let Some(stats) = self.cohort(place) else { return &[] };
        let from = stats.cells.partition_point(|cell| (cell.0 as usize) < range.start);
        let to = from + stats.cells[from..].partition_point(|cell| (cell.0 as usize) < range.end);
        &stats.cells[from..to]
    }
}

const fn pair(a: usize, b: usize) -> (usize, usize) {
    if a < b { (a, b) } else { (b, a) }
}
