//! Records that wait to be counted in their cohorts, so that many are counted while the cells of one cohort are in a near cache.

use super::cells::FRONT;
use crate::stats::Actor;

/// Atoms of records that wait at most: 1 MiB, and some thousand records, among which every cohort that matters comes again.
const MOST_WAITING: usize = 1 << 18;

/// Of these at most so many are of atoms whose cells may each take a page of their own, in each cohort.
const MOST_SCATTERED: usize = 1 << 16;

/// Records that wait to be counted in their cohorts.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    /// The atoms of all records, one after the other, and where those of each end.
    pub(super) hits: Vec<u32>,
    records: Vec<(u32, Actor)>,
    /// Cohorts, and mixes by their place with the mark of mixes, each with a record.
    pub(super) units: Vec<(u32, u32)>,
    /// Two of a record at a time, in one number.
    pub(super) pairs: Vec<u64>,
    /// How many atoms there are by now.
    pub(super) atoms: usize,
    scattered: usize,
}

impl Waiting {
    pub(super) fn add(&mut self, hits: &[u32], actor: Actor, atoms: usize) {
        if self.hits.is_empty() {
            // As much as it will hold, since growing by doubling would take twice that.
            self.hits.reserve_exact(MOST_WAITING + hits.len());
        }
        self.hits.extend_from_slice(hits);
        self.records.push((self.hits.len() as u32, actor));
        self.atoms = atoms;
        self.scattered += hits.iter().filter(|&&atom| atom as usize >= FRONT).count();
    }

    /// Whether it is time to count them.
    pub(super) fn is_full(&self) -> bool {
        self.hits.len() > MOST_WAITING || self.scattered > MOST_SCATTERED
    }

    /// Has the record added last counted in a cohort or mix.
    pub(super) fn add_unit(&mut self, unit: u32) {
        self.units.push((unit, self.records.len() as u32 - 1));
    }

    pub(super) fn record(&self, place: u32) -> (&[u32], Actor) {
        let place = place as usize;
        let start = place.checked_sub(1).map_or(0, |before| self.records[before].0);
        let (end, actor) = self.records[place];
        (&self.hits[start as usize..end as usize], actor)
    }

    pub(super) fn clear(&mut self) {
        self.hits.clear();
        self.records.clear();
        self.units.clear();
        self.pairs.clear();
        self.scattered = 0;
    }
}
