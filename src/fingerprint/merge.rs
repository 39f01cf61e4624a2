//! Two fingerprints of one window into one: exactly the fingerprint of all their records, as long as no record is in both.

use super::{Atom, AtomKind, Cell, CellIter, CellList, CohortStats, Fingerprint, MAX_CLOSED_VALUES, PathStats, add_value, describe};
use std::cmp::Ordering;
use std::collections::{BTreeMap, HashSet};
use std::iter::Peekable;

impl Fingerprint {
    /// Adds the records of another fingerprint of the same window and key.
    ///
    /// # Errors
    /// Says why the two cannot be added: other windows, or hashes made with other keys.
    pub fn merge(&mut self, other: &Self) -> Result<(), String> {
        self.add(other, other.cohorts.iter().cloned())
    }

    /// The same with one that is not needed any more, whose cells go as they are added: those of two wide windows are much memory.
    ///
    /// # Errors
    /// As those of [`Fingerprint::merge`].
    pub fn absorb(&mut self, mut other: Self) -> Result<(), String> {
        let cohorts = std::mem::take(&mut other.cohorts);
        self.add(&other, cohorts.into_iter())
    }

    /// Adds another whose cohorts come one by one.
    fn add(&mut self, other: &Self, cohorts: impl Iterator<Item = CohortStats>) -> Result<(), String> {
        if self.window != other.window {
            return Err(format!("a fingerprint of {} cannot be added to one of {}", other.window, self.window));
        }
        if self.key != other.key {
            return Err(
                "the two fingerprints were made with different keys, so their hashes cannot be compared; make both with one --key".into()
            );
        }
        self.records += other.records;
        self.repeats += other.repeats;
        self.twins += other.twins;
        self.lost += other.lost;
        add_counts(&mut self.apart, &other.apart);
        add_counts(&mut self.rejects, &other.rejects);
        for (kind, hours) in &other.hours {
            let mine = self.hours.entry(kind.clone()).or_default();
            mine.iter_mut().zip(hours).for_each(|(mine, theirs)| *mine += theirs);
        }
        self.lag.merge(&other.lag);
        self.ids.merge(&other.ids);
        for (code, descriptions) in &other.codes {
            let mine = self.codes.entry(code.clone()).or_default();
            descriptions.iter().for_each(|(&hash, description)| describe::add(mine, hash, description));
        }
        self.merge_cells(other, cohorts);
        Ok(())
    }

    fn merge_cells(&mut self, other: &Self, cohorts: impl Iterator<Item = CohortStats>) {
        let (paths, my_paths, their_paths) = union(&self.paths, &other.paths, |stats| stats.path.to_string(), merge_paths);
        let my_atoms = translate(&self.atoms, &my_paths, &paths);
        let their_atoms = translate(&other.atoms, &their_paths, &paths);
        let mut atoms: Vec<Atom> = my_atoms.iter().chain(&their_atoms).flatten().copied().collect();
        atoms.sort_unstable();
        atoms.dedup();
        let place =
            |wanted: &Option<Atom>| wanted.and_then(|atom| atoms.binary_search(&atom).ok()).and_then(|place| u32::try_from(place).ok());
        let my_places: Vec<Option<u32>> = my_atoms.iter().map(place).collect();
        let their_places: Vec<Option<u32>> = their_atoms.iter().map(place).collect();
        let mine = std::mem::take(&mut self.cohorts);
        let (cohorts, my_cohorts, their_cohorts) = union_of_cohorts(mine, &my_places, cohorts, &their_places);
        let mut joint: BTreeMap<(u32, u32), u64> = BTreeMap::new();
        for (pairs, places) in [(&self.joint, &my_cohorts), (&other.joint, &their_cohorts)] {
            for &(a, b, records) in pairs {
                *joint.entry((places[a as usize], places[b as usize])).or_default() += records;
            }
        }
        self.paths = paths;
        self.atoms = atoms;
        self.cohorts = cohorts;
        self.joint = joint.into_iter().map(|((a, b), records)| (a, b, records)).collect();
        self.fold_cohorts();
    }
}

fn add_counts<K: Ord + Clone>(mine: &mut BTreeMap<K, u64>, theirs: &BTreeMap<K, u64>) {
    for (key, count) in theirs {
        *mine.entry(key.clone()).or_default() += count;
    }
}

/// The union of two lists sorted by a key, and the places of the items of both in it.
fn union<T: Clone, K: Ord>(mine: &[T], theirs: &[T], key: impl Fn(&T) -> K, merge: impl Fn(&T, &T) -> T) -> (Vec<T>, Vec<u32>, Vec<u32>) {
    let (mut all, mut my_places, mut their_places) = (Vec::new(), Vec::new(), Vec::new());
    let (mut a, mut b) = (mine.iter().peekable(), theirs.iter().peekable());
    loop {
        let order = match (a.peek(), b.peek()) {
            (Some(x), Some(y)) => key(x).cmp(&key(y)),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => return (all, my_places, their_places),
        };
        let place = u32::try_from(all.len()).unwrap_or(u32::MAX);
        let x = if order.is_le() { a.next() } else { None };
        let y = if order.is_ge() { b.next() } else { None };
        my_places.extend(x.map(|_| place));
        their_places.extend(y.map(|_| place));
        all.extend(match (x, y) {
            (Some(x), Some(y)) => Some(merge(x, y)),
            (x, y) => x.or(y).cloned(),
        });
    }
}

fn merge_paths(mine: &PathStats, theirs: &PathStats) -> PathStats {
    let mut merged = mine.clone();
    merged.occurrences += theirs.occurrences;
    merged.lengths.merge(&theirs.lengths);
    merged.numbers.merge(&theirs.numbers);
    merged.distinct.merge(&theirs.distinct);
    merged.tally = match (merged.tally, &theirs.tally) {
        (Some(mut tally), Some(more)) => {
            more.iter().for_each(|(&id, value)| add_value(&mut tally, id, value));
            (tally.len() <= MAX_CLOSED_VALUES).then_some(tally)
        }
        _ => None,
    };
    merged
}

/// The atoms with the numbers of the merged paths; `None` for a value of a set that is not closed any more.
fn translate(atoms: &[Atom], places: &[u32], paths: &[PathStats]) -> Vec<Option<Atom>> {
    atoms
        .iter()
        .map(|atom| {
            let path = places[atom.path as usize];
            let kind = match atom.kind {
                AtomKind::Equal(other) => AtomKind::Equal(places[other as usize]),
                AtomKind::Value(_) if paths[path as usize].tally.is_none() => return None,
                kind => kind,
            };
            Some(Atom { path, kind })
        })
        .collect()
}

/// The union of the cohorts of two fingerprints, their cells renumbered, and the places of both in it. Cohort by cohort: all cells
/// of a wide window are much memory.
fn union_of_cohorts(
    mine: Vec<CohortStats>,
    my_atoms: &[Option<u32>],
    theirs: impl Iterator<Item = CohortStats>,
    their_atoms: &[Option<u32>],
) -> (Vec<CohortStats>, Vec<u32>, Vec<u32>) {
    let (mut all, mut my_places, mut their_places) = (Vec::new(), Vec::new(), Vec::new());
    let (mut a, mut b) = (mine.into_iter().peekable(), theirs.peekable());
    loop {
        let order = match (a.peek(), b.peek()) {
            (Some(x), Some(y)) => (&x.field, &x.value).cmp(&(&y.field, &y.value)),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => return (all, my_places, their_places),
        };
        let place = u32::try_from(all.len()).unwrap_or(u32::MAX);
        let x = if order.is_le() { a.next().map(|cohort| renumber(cohort, my_atoms)) } else { None };
        let y = if order.is_ge() { b.next().map(|cohort| renumber(cohort, their_atoms)) } else { None };
        my_places.extend(x.is_some().then_some(place));
        their_places.extend(y.is_some().then_some(place));
        all.extend(match (x, y) {
            (Some(x), Some(y)) => Some(merge_cohorts(&x, &y)),
            (x, y) => x.or(y),
        });
    }
}

fn renumber(mut cohort: CohortStats, places: &[Option<u32>]) -> CohortStats {
    cohort.cells = CellList::new(cohort.total, cohort.cells().filter_map(|(atom, cell)| Some((places[atom as usize]?, cell))));
    cohort
}

pub(super) fn merge_cohorts(mine: &CohortStats, theirs: &CohortStats) -> CohortStats {
    let mut total = mine.total;
    total.merge(theirs.total);
    let cells = CellList::new(total, Merged { mine: mine.cells().peekable(), theirs: theirs.cells().peekable() });
    CohortStats { field: mine.field.clone(), value: mine.value.clone(), rank: mine.rank, total, cells }
}

/// The cells of two cohorts in one order, those of one atom added up.
struct Merged<'a> {
    mine: Peekable<CellIter<'a>>,
    theirs: Peekable<CellIter<'a>>,
}

impl Iterator for Merged<'_> {
    type Item = (u32, Cell);

    fn next(&mut self) -> Option<(u32, Cell)> {
        let order = match (self.mine.peek(), self.theirs.peek()) {
            (Some(a), Some(b)) => a.0.cmp(&b.0),
            (Some(_), None) => Ordering::Less,
            (None, _) => Ordering::Greater,
        };
        match order {
            Ordering::Less => self.mine.next(),
            Ordering::Greater => self.theirs.next(),
            Ordering::Equal => {
                let (mut both, other) = (self.mine.next()?, self.theirs.next()?);
                both.1.merge(other.1);
                Some(both)
            }
        }
    }
}

/// Whether the record ids of fingerprints of one window show that some records are in several of them.
#[must_use]
pub fn share_records(parts: &[Fingerprint]) -> bool {
    let mut seen: HashSet<u64> = HashSet::new();
    parts.iter().flat_map(|part| part.ids.hashes()).any(|&id| !seen.insert(id))
}
