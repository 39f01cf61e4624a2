//! The counters of one window while its records are read: dense arrays indexed by the fingerprinter's own small numbers.

use super::atoms::Plan;
use super::cells::{Cells, MANY};
use super::fold::kept_cohorts;
use super::statistics::PathCounters;
use super::waiting::Waiting;
use super::{Description, MAX_COHORTS_A_FIELD, NONE};
use crate::hash::HashedMap;
use crate::model::OTHER;
use crate::stats::{Actor, Actors, Bottom, Histogram};
use std::collections::BTreeMap;

/// The counters of one cohort.
#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) value: String,
    pub(super) rank: u64,
    pub(super) records: u64,
    pub(super) actors: Actors,
    pub(super) cells: Cells,
    /// Index of the cohort that took this one in when there were too many.
    pub(super) folded_into: Option<u32>,
}

impl Counters {
    fn new(value: String, rank: u64) -> Self {
        Self { value, rank, ..Self::default() }
    }

    /// Counts one record that shows these atoms; there is room for them.
    #[inline]
    fn count(&mut self, hits: &[u32], actor: Actor, atoms: usize) {
        self.records += 1;
        self.actors.add(actor);
        self.cells.count(hits, actor, atoms);
    }

    /// Adds the records of another cohort.
    fn add(&mut self, other: &Self) {
        self.records += other.records;
        self.actors.merge(other.actors);
        self.cells.add(&other.cells);
    }
}

/// Records that lie in the same cohorts of several fields, counted once until the window is finished.
#[derive(Debug, Default)]
struct Mix {
    cohorts: Vec<u32>,
    counters: Counters,
}

/// Cohorts of a field up to which its records are counted in mixes.
const FEW_COHORTS: usize = 16;
/// Mixes of a window; records of further ones are counted in each cohort.
const MOST_MIXES: usize = 2_048;
/// Marks the place of a mix among the numbers of cohorts.
const MIX: u32 = 1 << 31;

/// Two numbers in one, whatever their order.
fn pair(a: u32, b: u32) -> u64 {
    (u64::from(a.min(b)) << 32) | u64::from(a.max(b))
}

/// The cohorts of one field.
#[derive(Debug, Default)]
pub(super) struct Field {
    by_hash: HashedMap<u32>,
    /// Values with a hash from here on go into `(other)`; the smallest hashes stay, so that order does not matter.
    limit: Option<u64>,
    other: Option<u32>,
}

/// A remembered container, counted as one thing until the window is finished.
#[derive(Debug, Default)]
pub(super) struct GroupCounters {
    /// Records that held it.
    pub(super) records: u64,
    /// The atom that stands for all of its own.
    pub(super) atom: u32,
    /// Its own atoms.
    pub(super) hits: Vec<u32>,
    /// Texts in it that could equal others of the record: path and hash.
    pub(super) telling: Vec<(u32, u64)>,
    /// Where it stands, and whether anything in it is filled.
    pub(super) path: u32,
    pub(super) fills: bool,
}

/// The counters of one window.
#[derive(Debug, Default)]
pub(super) struct WindowCounters {
    /// When it was last the current one, counted in changes of the current one.
    pub(super) touched: u64,
    /// By the scanner's number of the container.
    pub(super) groups: Vec<Option<Box<GroupCounters>>>,
    pub(super) records: u64,
    /// How many cells a cohort can have, or fewer: see [`kept_cohorts`].
    pub(super) width: usize,
    pub(super) repeats: u64,
    pub(super) twins: u64,
    pub(super) lost: u64,
    pub(super) apart: BTreeMap<String, u64>,
    pub(super) hours: BTreeMap<String, [u64; 24]>,
    pub(super) lag: Histogram,
    pub(super) ids: Bottom,
    pub(super) paths: Vec<PathCounters>,
    /// Whether the set of a path's words is open, by path; kept apart, since it is asked for at every word.
    pub(super) open: Vec<bool>,
    /// By the scanner's number of a familiar value.
    pub(super) plans: Vec<Plan>,
    /// Whether an atom was seen in this window at all.
    pub(super) seen: Vec<bool>,
    pub(super) fields: Vec<Field>,
    pub(super) cohorts: Vec<Counters>,
    /// Records that two of the things they are counted in share: cohorts, and mixes by their place with [`MIX`]; of cohorts alone
    /// once the mixes were counted.
    pub(super) joint: HashedMap<u64>,
    waiting: Waiting,
    /// Records by cohort, wherever they are counted.
    records_of: Vec<u64>,
    mixes: Vec<Mix>,
    mix_by_cohorts: HashedMap<usize>,
    pub(super) codes: BTreeMap<String, BTreeMap<u64, Description>>,
}

impl WindowCounters {
    pub(super) fn new(fields: usize) -> Self {
        Self { fields: (0..fields).map(|_| Field::default()).collect(), ..Self::default() }
    }

    /// The cohort of a value of a field: `hash` is the value's, `None` where the field is not filled.
    pub(super) fn cohort(&mut self, field: usize, value: Option<(u64, &[u8])>) -> u32 {
        // A value that spells one of our own names would be mistaken for it.
        let value = value.filter(|value| value.1 != NONE.as_bytes() && value.1 != OTHER.as_bytes());
        let hash = value.map_or(0, |value| value.0);
        let of = &mut self.fields[field];
        if let Some(&cohort) = of.by_hash.get(&hash) {
            return cohort;
        }
        if of.limit.is_some_and(|limit| hash >= limit) {
            return of.other.unwrap_or_default();
        }
        let text = value.map_or_else(|| NONE.into(), |value| name(value.1, hash));
        let cohort = self.push(text, hash);
        self.fields[field].by_hash.insert(hash, cohort);
        if self.fold() && self.fields[field].limit.is_some_and(|limit| hash >= limit) {
            return self.fields[field].other.unwrap_or_default();
        }
        cohort
    }

    fn push(&mut self, value: String, rank: u64) -> u32 {
        self.cohorts.push(Counters::new(value, rank));
        u32::try_from(self.cohorts.len() - 1).unwrap_or(u32::MAX)
    }

    /// Folds cohorts that the window does not keep even if it grows no more; whether there were any.
    fn fold(&mut self) -> bool {
        let cohorts = |field: &Field| if field.other.is_some() { MAX_COHORTS_A_FIELD } else { field.by_hash.len() };
        let kept = kept_cohorts(self.width, &self.fields.iter().map(cohorts).collect::<Vec<_>>());
        let mut folded = false;
        for field in 0..self.fields.len() {
            while self.fields[field].by_hash.len() > kept {
                self.fold_largest(field);
                folded = true;
            }
        }
        folded
    }

    /// Folds the cohort with the largest hash into `(other)`.
    fn fold_largest(&mut self, field: usize) {
        self.count_waiting();
        let Some((&largest, &cohort)) = self.fields[field].by_hash.iter().max_by_key(|entry| *entry.0) else { return };
        let other = match self.fields[field].other {
            Some(other) => other,
            None => self.push(OTHER.into(), u64::MAX),
        };
        self.fields[field].other = Some(other);
        self.fields[field].limit = Some(largest);
        self.fields[field].by_hash.remove(&largest);
        let folded = Counters { folded_into: Some(other), ..Counters::default() };
        let folded = std::mem::replace(&mut self.cohorts[cohort as usize], folded);
        self.cohorts[other as usize].add(&folded);
    }

    /// Counts one record in its cohorts, one of each field; `atoms` is how many atoms there are by now.
    pub(super) fn count(&mut self, cohorts: &[u32], hits: &[u32], actor: Actor, atoms: usize) {
        if cohorts.is_empty() {
            return self.count_whole(hits, actor, atoms);
        }
        self.records_of.resize(self.cohorts.len(), 0);
        cohorts.iter().for_each(|&cohort| self.records_of[cohort as usize] += 1);
        let (records, records_of) = (self.records, &self.records_of);
        // Of a field with many cohorts one mostly holds most records, as that of success among the codes.
        let is_most = |cohort: u32| records >= 64 && records_of[cohort as usize] * 2 > records;
        let is_few = |field: usize| self.fields[field].by_hash.len() <= FEW_COHORTS || is_most(cohorts[field]);
        // 64 bits of a mixture of the numbers find the mix; the numbers themselves confirm it.
        let few = || (0..cohorts.len()).filter(|&field| is_few(field)).map(|field| cohorts[field]);
        let hash = few().fold(1u64, |hash, cohort| (hash ^ u64::from(cohort)).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29));
        let place = match self.mix_by_cohorts.get(&hash) {
            Some(&place) if few().eq(self.mixes[place].cohorts.iter().copied()) => Some(place),
            None if self.mixes.len() < MOST_MIXES => {
                let mix = Mix { cohorts: few().collect(), counters: Counters::default() };
                self.mixes.push(mix);
                self.mix_by_cohorts.insert(hash, self.mixes.len() - 1);
                Some(self.mixes.len() - 1)
            }
            _ => None,
        };
        let units = self.waiting.units.len();
        self.waiting.add(hits, actor, atoms);
        if let Some(place) = place {
            self.waiting.add_unit(place as u32 | MIX);
        }
        for (field, &cohort) in cohorts.iter().enumerate() {
            if place.is_none() || !is_few(field) {
                self.waiting.add_unit(cohort);
            }
        }
        let units = self.waiting.units.get(units..).unwrap_or_default();
        for (place, &(a, _)) in units.iter().enumerate() {
            for &(b, _) in &units[place + 1..] {
                self.waiting.pairs.push(pair(a, b));
            }
        }
    }

    /// Counts the records that wait, if they are many; whether they were.
    pub(super) fn count_many_waiting(&mut self) -> bool {
        let many = self.waiting.is_full();
        if many {
            self.count_waiting();
        }
        many
    }

    /// Counts the records that wait, cohort by cohort, so that the cells of one are in the nearest cache while its records are
    /// counted.
    pub(super) fn count_waiting(&mut self) {
        self.waiting.units.sort_unstable();
        for of_unit in self.waiting.units.chunk_by(|a, b| a.0 == b.0) {
            let unit = of_unit[0].0;
            let counters = match unit & MIX {
                0 => &mut self.cohorts[unit as usize],
                _ => &mut self.mixes[(unit & !MIX) as usize].counters,
            };
            counters.cells.reach(self.waiting.atoms, of_unit.len());
            for &(_, record) in of_unit {
                let (hits, actor) = self.waiting.record(record);
                counters.count(hits, actor, self.waiting.atoms);
            }
        }
        self.waiting.pairs.sort_unstable();
        for pairs in self.waiting.pairs.chunk_by(|a, b| a == b) {
            *self.joint.entry(pairs[0]).or_default() += pairs.len() as u64;
        }
        self.waiting.clear();
    }

    /// Takes no more memory than it has to while other windows are counted in.
    pub(super) fn rest(&mut self) {
        self.count_waiting();
        self.waiting = Waiting::default();
    }

    /// Has the records that cohorts share counted by cohorts alone.
    fn part_mixes(&mut self) {
        let mut joint: HashedMap<u64> = HashedMap::default();
        let mut add = |a: u32, b: u32, records: u64| *joint.entry(pair(a, b)).or_default() += records;
        let single: Vec<u32> = (0..self.cohorts.len() as u32).collect();
        let parts = |unit: u32| match unit & MIX {
            0 => single.get(unit as usize..=unit as usize).unwrap_or_default(),
            _ => &self.mixes[(unit & !MIX) as usize].cohorts,
        };
        for (&units, &records) in &self.joint {
            let [a, b] = [(units >> 32) as u32, units as u32].map(parts);
            a.iter().for_each(|&a| b.iter().for_each(|&b| add(a, b, records)));
        }
        for mix in &self.mixes {
            for (place, &a) in mix.cohorts.iter().enumerate() {
                mix.cohorts[place + 1..].iter().for_each(|&b| add(a, b, mix.counters.records));
            }
        }
        self.joint = joint;
    }

    /// Adds what was counted in mixes to the cohorts.
    pub(super) fn count_mixes(&mut self) {
        self.count_waiting();
        self.part_mixes();
        for mix in std::mem::take(&mut self.mixes) {
            for cohort in mix.cohorts {
                let cohort = self.resolve(cohort);
                self.cohorts[cohort as usize].add(&mix.counters);
            }
        }
        self.mix_by_cohorts.clear();
    }

    /// Memory that the cells of this window take, in bytes, about.
    pub(super) fn bytes(&self) -> usize {
        let cells = self.cohorts.iter().chain(self.mixes.iter().map(|mix| &mix.counters)).map(|counters| counters.cells.bytes());
        cells.sum::<usize>() + self.plans.len() * size_of::<Plan>()
    }

    /// Counts one record of a source without cohort fields, in the one cohort there is: the whole stream.
    fn count_whole(&mut self, hits: &[u32], actor: Actor, atoms: usize) {
        if self.cohorts.is_empty() {
            self.push(String::new(), 0);
        }
        self.cohorts[0].cells.reach(atoms, MANY);
        self.cohorts[0].count(hits, actor, atoms);
    }

    /// Records of the whole stream by atom: every record lies in exactly one cohort of the first field.
    pub(super) fn whole_counts(&self) -> Vec<u64> {
        let cohorts: Vec<u32> =
            if self.fields.is_empty() { (0..self.cohorts.len().min(1) as u32).collect() } else { self.members(0).collect() };
        let mut counts = Vec::new();
        for (atom, count) in cohorts.iter().flat_map(|&cohort| self.cohorts[cohort as usize].cells.counts()) {
            if counts.len() <= atom {
                counts.resize(atom + 1, 0);
            }
            counts[atom] += count;
        }
        counts
    }

    /// The cohort that holds the records of this one by now.
    pub(super) fn resolve(&self, cohort: u32) -> u32 {
        self.cohorts[cohort as usize].folded_into.unwrap_or(cohort)
    }

    /// Which of the values of a field a cohort stands for, by cohort.
    pub(super) fn members(&self, field: usize) -> impl Iterator<Item = u32> + '_ {
        self.fields[field].by_hash.values().copied().chain(self.fields[field].other)
    }
}

/// Longest name of a cohort, in bytes.
const LONGEST_NAME: usize = 200;

/// The value as the name of its cohort; of a long one the beginning and its hash.
fn name(value: &[u8], hash: u64) -> String {
    let text = String::from_utf8_lossy(value);
    if text.len() <= LONGEST_NAME {
        return text.into_owned();
    }
    let cut = (0..=LONGEST_NAME).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    format!("{}…{hash:016x}", &text[..cut])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_many_values_fold_into_other_whatever_their_order() {
        let hashes: Vec<u64> = (1..=2_000).map(|i: u64| i * 1_000_003 % 7_919).collect();
        let run = |order: &mut dyn Iterator<Item = &u64>| {
            let mut window = WindowCounters::new(1);
            for &hash in order {
                let cohort = window.cohort(0, Some((hash, hash.to_string().as_bytes())));
                let cohort = window.resolve(cohort);
                window.count(&[cohort], &[3], Actor::new(hash), 4);
            }
            window.count_mixes();
            let mut all: Vec<_> = window
                .members(0)
                .map(|cohort| &window.cohorts[cohort as usize])
                .map(|counters| (counters.value.clone(), counters.records, counters.cells.iter().collect::<Vec<_>>()))
                .collect();
            all.sort_by(|a, b| a.0.cmp(&b.0));
            all
        };
        let (up, down) = (run(&mut hashes.iter()), run(&mut hashes.iter().rev()));
        assert_eq!(up, down);
        assert_eq!(up.len(), MAX_COHORTS_A_FIELD + 1);
        assert_eq!(up.iter().map(|cohort| cohort.1).sum::<u64>(), 2_000);
        assert!(up.iter().any(|cohort| cohort.0 == OTHER && cohort.1 == 2_000 - MAX_COHORTS_A_FIELD as u64));
    }
}
