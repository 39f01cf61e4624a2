//! One fingerprint on the common axes.

use super::cells::{Cells, Table};
use super::{Axis, PathPlace};
use crate::fingerprint::{Cell, Fingerprint};
use crate::model::Window;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Place of a cohort among those under comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CohortPlace(pub usize);

/// The whole stream.
pub const WHOLE: CohortPlace = CohortPlace(0);

/// One fingerprint, or the sum of several, with cohorts and atoms numbered by the common axes.
pub struct Side {
    fingerprint: Fingerprint,
    totals: Arc<[Cell]>,
    cells: Arc<Table>,
    joint: BTreeMap<(usize, usize), u64>,
    /// Paths whose values are too many for a closed set.
    open: BTreeSet<usize>,
}

impl Side {
    pub(super) fn empty(cohorts: usize) -> Self {
        Self {
            fingerprint: Fingerprint::empty(0, Window::UNDATED),
            totals: vec![Cell::default(); cohorts].into(),
            cells: Arc::default(),
            joint: BTreeMap::new(),
            open: BTreeSet::new(),
        }
    }

    pub(super) fn new(mut fingerprint: Fingerprint, axis: &Axis, names: &[(String, String)]) -> Self {
        let atoms = axis.atom_places(&fingerprint);
        let open = axis.places(&fingerprint).into_iter().zip(&fingerprint.paths).filter(|(_, stats)| stats.tally.is_none());
        let open = open.map(|(place, _)| place as usize).collect();
        let mut side = Self::empty(names.len());
        let place_of = |field: &str, value: &str| {
            names.binary_search_by(|known| (known.0.as_str(), known.1.as_str()).cmp(&(field, value))).unwrap_or(0)
        };
        let cohorts = std::mem::take(&mut fingerprint.cohorts);
        let places: Vec<usize> = cohorts.iter().map(|cohort| place_of(&cohort.field, &cohort.value)).collect();
        let mut totals = vec![Cell::default(); names.len()];
        places.iter().zip(&cohorts).for_each(|(&place, cohort)| totals[place] = cohort.total);
        side.totals = totals.into();
        side.cells = Arc::new(Table::of(places.iter().copied().zip(cohorts).collect(), &atoms, axis, &side.totals));
        for (a, b, records) in std::mem::take(&mut fingerprint.joint) {
            side.joint.insert(pair(places[a as usize], places[b as usize]), records);
        }
        side.fingerprint = fingerprint;
        side.open = open;
        side
    }

    /// The sum of several sides.
    pub(super) fn sum(sides: &[Self], axis: &Axis, cohorts: usize) -> Self {
        let mut sum = Self::empty(cohorts);
        let mut totals = vec![Cell::default(); cohorts];
        for side in sides {
            totals.iter_mut().zip(side.totals.iter()).for_each(|(all, total)| all.merge(*total));
            sum.open.extend(&side.open);
            for (&pair, records) in &side.joint {
                *sum.joint.entry(pair).or_default() += records;
            }
        }
        sum.totals = totals.into();
        sum.cells = match sides {
            // One window is its own sum.
            [one] => Arc::clone(&one.cells),
            _ => Arc::new(Table::sum(&sides.iter().map(|side| &*side.cells).collect::<Vec<_>>(), axis, &sum.totals)),
        };
        sum
    }

    /// What the fingerprint says beyond its cohorts; its own lists of cohorts and joint counts are empty here.
    #[must_use]
    pub fn fingerprint(&self) -> &Fingerprint {
        &self.fingerprint
    }

    /// Whether a path has more values than a closed set may have.
    pub(super) fn is_open(&self, path: PathPlace) -> bool {
        self.open.contains(&path.0)
    }

    /// Records of a cohort and their actors.
    #[must_use]
    pub fn total(&self, place: CohortPlace) -> Cell {
        self.totals.get(place.0).copied().unwrap_or_default()
    }

    /// Records of a cohort that show an atom.
    #[must_use]
    pub fn cell(&self, place: CohortPlace, atom: u32) -> Cell {
        self.cells.at(place, atom).into_iter().find(|cell| cell.0 == atom).map(|cell| cell.1).unwrap_or_default()
    }

    /// How many paths each cohort shows, by its place.
    #[must_use]
    pub fn paths_shown(&self) -> Vec<u64> {
        let mut counts = vec![0; self.totals.len()];
        self.cells.count_paths(&mut counts);
        counts
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

    /// The cells of a cohort at a path, whose atoms lie in this range.
    #[must_use]
    pub fn cells_in(&self, place: CohortPlace, range: &std::ops::Range<usize>) -> Cells<'_> {
        match u32::try_from(range.start) {
            Ok(atom) if !range.is_empty() => self.cells.at(place, atom),
            _ => Cells::default(),
        }
    }
}

const fn pair(a: usize, b: usize) -> (usize, usize) {
    if a < b { (a, b) } else { (b, a) }
}
