//! Two fingerprints of one window into one: exactly the fingerprint of all their records, as long as no record is in both.

use super::{Atom, AtomKind, Cell, CohortStats, Fingerprint, MAX_CLOSED_VALUES, MAX_COHORTS_A_FIELD, PathStats, add_value, describe};
use crate::model::OTHER;
use std::collections::{BTreeMap, HashSet};

impl Fingerprint {
    /// Adds the records of another fingerprint of the same window and key.
    ///
    /// # Errors
    /// Says why the two cannot be added: other windows, or hashes made with other keys.
    pub fn merge(&mut self, other: &Self) -> Result<(), String> {
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
        self.merge_cells(other);
        Ok(())
    }

    fn merge_cells(&mut self, other: &Self) {
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
        let mine = renumber(std::mem::take(&mut self.cohorts), &my_places);
        let theirs = renumber(other.cohorts.clone(), &their_places);
        let (cohorts, my_cohorts, their_cohorts) =
            union(&mine, &theirs, |cohort| (cohort.field.clone(), cohort.value.clone()), merge_cohorts);
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

    /// Folds the cohorts of a field beyond [`MAX_COHORTS_A_FIELD`] into `(other)`, as reading all records at once would have.
    fn fold_cohorts(&mut self) {
        let mut ranks: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
        for cohort in self.cohorts.iter().skip(1).filter(|cohort| cohort.value != OTHER) {
            ranks.entry(&cohort.field).or_default().push(cohort.rank);
        }
        let mut limits: BTreeMap<String, u64> = BTreeMap::new();
        for (field, mut ranks) in ranks {
            ranks.sort_unstable();
            if let Some(&limit) = ranks.get(MAX_COHORTS_A_FIELD) {
                limits.insert(field.to_owned(), limit);
            }
        }
        if limits.is_empty() {
            return;
        }
        let folds = |cohort: &CohortStats| cohort.value != OTHER && limits.get(&cohort.field).is_some_and(|&limit| cohort.rank >= limit);
        let (mut kept, mut others): (Vec<CohortStats>, BTreeMap<String, CohortStats>) = (Vec::new(), BTreeMap::new());
        let old: Vec<(String, String)> = self
            .cohorts
            .iter()
            .map(|cohort| (cohort.field.clone(), if folds(cohort) { OTHER.into() } else { cohort.value.clone() }))
            .collect();
        for cohort in std::mem::take(&mut self.cohorts) {
            if folds(&cohort) || (cohort.value == OTHER && limits.contains_key(&cohort.field)) {
                let cohort = CohortStats { value: OTHER.into(), rank: u64::MAX, ..cohort };
                match others.get_mut(&cohort.field) {
                    Some(other) => *other = merge_cohorts(other, &cohort),
                    None => drop(others.insert(cohort.field.clone(), cohort)),
                }
            } else {
                kept.push(cohort);
            }
        }
        kept.extend(others.into_values());
        kept[1..].sort_by(|a, b| (&a.field, &a.value).cmp(&(&b.field, &b.value)));
        let place = |cohort: u32| {
            let (field, value) = &old[cohort as usize];
            kept[1..]
                .binary_search_by(|known| (&known.field, &known.value).cmp(&(field, value)))
                .map_or(0, |place| u32::try_from(place + 1).unwrap_or(0))
        };
        let mut joint: BTreeMap<(u32, u32), u64> = BTreeMap::new();
        for &(a, b, records) in &self.joint {
            *joint.entry((place(a), place(b))).or_default() += records;
        }
        self.joint = joint.into_iter().map(|((a, b), records)| (a, b, records)).collect();
        self.cohorts = kept;
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
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
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

fn renumber(cohorts: Vec<CohortStats>, places: &[Option<u32>]) -> Vec<CohortStats> {
    let renumber_one = |mut cohort: CohortStats| {
        cohort.cells = cohort.cells.iter().filter_map(|&(atom, cell)| Some((places[atom as usize]?, cell))).collect();
        cohort
    };
    cohorts.into_iter().map(renumber_one).collect()
}

fn merge_cohorts(mine: &CohortStats, theirs: &CohortStats) -> CohortStats {
    let mut merged = CohortStats { cells: Vec::new(), ..mine.clone() };
    merged.total.merge(theirs.total);
    let (cells, _, _) = union(
        &mine.cells,
        &theirs.cells,
        |cell| cell.0,
        |a, b| {
            let mut cell: Cell = a.1;
            cell.merge(b.1);
            (a.0, cell)
        },
    );
    merged.cells = cells;
    merged
}

/// Whether the record ids of fingerprints of one window show that some records are in several of them.
#[must_use]
pub fn share_records(parts: &[Fingerprint]) -> bool {
    let mut seen: HashSet<u64> = HashSet::new();
    parts.iter().flat_map(|part| part.ids.hashes()).any(|&id| !seen.insert(id))
}
