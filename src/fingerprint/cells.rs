//! The counters of one cohort by atom, in pages: a cohort pays for what its records show, not for all that any record showed.

use super::Cell;
use crate::stats::{Actor, Actors};

/// Atoms whose cells lie in line in cohorts of many records: those that came first are those that come most.
pub(super) const FRONT: usize = 1_024;
/// They are made in steps of so many: there are hundreds of such cohorts, and growing by doubling would leave much of them unused.
const STEP: usize = 128;
/// Records that are counted at once in a cohort of many.
pub(super) const MANY: usize = 16;
/// Counters of a page of the others: atoms that were first seen together have numbers that stand together.
const PAGE: usize = 8;

/// Counters of a kind by atom, the pages that were touched one after the other: what a record touches lies close together.
#[derive(Debug)]
struct Pages<T> {
    /// For each page its place among those touched, from 1 on.
    places: Vec<u32>,
    touched: Vec<[T; PAGE]>,
}

impl<T> Default for Pages<T> {
    fn default() -> Self {
        Self { places: Vec::new(), touched: Vec::new() }
    }
}

impl<T: Copy + Default> Pages<T> {
    /// Makes room for so many atoms.
    #[inline]
    fn reach(&mut self, atoms: usize) {
        let pages = atoms.div_ceil(PAGE);
        if self.places.len() < pages {
            self.places.resize(pages, 0);
        }
    }

    #[inline(always)]
    fn cell(&mut self, atom: u32) -> &mut T {
        let place = self.places[atom as usize / PAGE] as usize;
        let place = if place == 0 { self.touch(atom as usize / PAGE) } else { place };
        &mut self.touched[place - 1][atom as usize % PAGE]
    }

    /// The place of a page that was not touched before.
    #[cold]
    fn touch(&mut self, page: usize) -> usize {
        if self.touched.len() == self.touched.capacity() {
            // Growing by a quarter keeps what is unused small; there are thousands of these.
            self.touched.reserve_exact(4 + self.touched.len() / 4);
        }
        self.touched.push([T::default(); PAGE]);
        self.places[page] = self.touched.len() as u32;
        self.touched.len()
    }

    fn page(&self, place: u32) -> Option<&[T; PAGE]> {
        self.touched.get((place as usize).checked_sub(1)?)
    }

    fn get(&self, atom: usize) -> T {
        let page = self.places.get(atom / PAGE).and_then(|&place| self.page(place));
        page.map_or_else(T::default, |page| page[atom % PAGE])
    }

    /// All counters of pages that were touched, with their atoms.
    fn iter(&self) -> impl Iterator<Item = (usize, &T)> {
        let touched = self.places.iter().enumerate().filter_map(|(number, &place)| Some((number, self.page(place)?)));
        touched.flat_map(|(number, page)| (number * PAGE..).zip(page.iter()))
    }

    fn add(&mut self, other: &Self, add: impl Fn(&mut T, &T)) {
        self.reach(other.places.len() * PAGE);
        for (number, &place) in other.places.iter().enumerate() {
            let Some(theirs) = other.page(place) else { continue };
            let mine = if self.places[number] == 0 { self.touch(number) } else { self.places[number] as usize };
            self.touched[mine - 1].iter_mut().zip(theirs).for_each(|(mine, theirs)| add(mine, theirs));
        }
    }

    fn bytes(&self) -> usize {
        self.places.len() * size_of::<u32>() + self.touched.capacity() * size_of::<[T; PAGE]>()
    }
}

/// A count and the nearest level of its actors, in 16 bytes: what the hot loop touches.
#[derive(Clone, Copy, Debug, Default)]
struct NearCell {
    count: u64,
    near: u64,
}

impl NearCell {
    const fn add(&mut self, other: &Self) {
        self.count += other.count;
        self.near |= other.near;
    }
}

/// The cells of one cohort. Some atoms have one in front and another behind, from when it had few records; the two belong together.
#[derive(Debug, Default)]
pub(super) struct Cells {
    front: Vec<NearCell>,
    behind: Pages<NearCell>,
    /// Levels of actors that only one actor in 8 touches.
    sampled: Pages<(u64, u64)>,
}

impl Cells {
    /// Makes room for so many atoms of so many records.
    pub(super) fn reach(&mut self, atoms: usize, records: usize) {
        let front = atoms.next_multiple_of(STEP).min(FRONT);
        if records >= MANY && self.front.len() < front {
            self.front.reserve_exact(front - self.front.len());
            self.front.resize(front, NearCell::default());
        }
        self.behind.reach(atoms);
    }

    /// Counts one record that shows these atoms; there is room for them.
    #[inline]
    pub(super) fn count(&mut self, hits: &[u32], actor: Actor, atoms: usize) {
        let near = actor.near();
        for &atom in hits {
            let cell = match self.front.get_mut(atom as usize) {
                Some(cell) => cell,
                None => self.behind.cell(atom),
            };
            cell.count += 1;
            cell.near |= near;
        }
        if actor.is_sampled() {
            self.count_sampled(hits, actor, atoms);
        }
    }

    #[cold]
    fn count_sampled(&mut self, hits: &[u32], actor: Actor, atoms: usize) {
        self.sampled.reach(atoms);
        let (mid, far) = actor.sampled();
        for &atom in hits {
            let cell = self.sampled.cell(atom);
            cell.0 |= mid;
            cell.1 |= far;
        }
    }

    /// The cells that are not zero, by atom; of some atoms two.
    pub(super) fn iter(&self) -> impl Iterator<Item = (usize, Cell)> + '_ {
        self.near().map(|(atom, &NearCell { count, near })| {
            let (mid, far) = self.sampled.get(atom);
            (atom, Cell { count, actors: Actors { near, mid, far } })
        })
    }

    fn near(&self) -> impl Iterator<Item = (usize, &NearCell)> + '_ {
        self.front.iter().enumerate().chain(self.behind.iter()).filter(|(_, cell)| cell.count > 0)
    }

    /// Records by atom, zeros left out; of some atoms in two parts.
    pub(super) fn counts(&self) -> impl Iterator<Item = (usize, u64)> + '_ {
        self.near().map(|(atom, cell)| (atom, cell.count))
    }

    /// Adds the cells of another cohort.
    pub(super) fn add(&mut self, other: &Self) {
        if self.front.len() < other.front.len() {
            self.front.resize(other.front.len(), NearCell::default());
        }
        self.front.iter_mut().zip(&other.front).for_each(|(mine, theirs)| mine.add(theirs));
        self.behind.add(&other.behind, NearCell::add);
        self.sampled.add(&other.sampled, |mine, theirs| {
            mine.0 |= theirs.0;
            mine.1 |= theirs.1;
        });
    }

    /// Memory that they take.
    pub(super) fn bytes(&self) -> usize {
        self.front.capacity() * size_of::<NearCell>() + self.behind.bytes() + self.sampled.bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn cells_are_counted_and_added_wherever_they_lie() {
        let near = |bits| Actors { near: bits, ..Actors::default() };
        let first = Actors { near: 1, mid: 1, far: 1 };
        let expected = [(0, 1, first), (15, 2, first.or(near(8))), (16, 1, first), (5_000, 1, first), (900_000, 1, near(8))];
        for many in [[1, 1], [1, MANY], [MANY, 1], [MANY, MANY]] {
            let (mut cells, mut more) = (Cells::default(), Cells::default());
            for (at_once, atom) in many.into_iter().zip([0, 5_000]) {
                cells.reach(5_001, at_once);
                cells.count(&[atom], Actor::new(0), 5_001);
            }
            cells.count(&[15, 16], Actor::new(0), 5_001);
            more.reach(900_001, many[0]);
            more.count(&[15, 900_000], Actor::new(1 << 8 | 3), 900_001);
            cells.add(&more);
            let mut found: BTreeMap<usize, Cell> = BTreeMap::new();
            cells.iter().for_each(|(atom, cell)| found.entry(atom).or_default().merge(cell));
            let found: Vec<_> = found.into_iter().map(|(atom, cell)| (atom, cell.count, cell.actors)).collect();
            assert_eq!(found, expected);
            assert!(cells.bytes() < 1 << 20, "{}", cells.bytes());
        }
    }
}
