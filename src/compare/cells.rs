//! The cells of all cohorts, path by path: whoever judges a path asks every cohort about it, one after the other.

use super::{Axis, CohortPlace};
use crate::fingerprint::{Cell, CohortStats};
use crate::stats::Actors;
use std::sync::Arc;

/// A cell in 16 bytes: most have the actors of their cohort or of the cell before.
#[derive(Clone, Copy, Debug)]
struct Packed {
    atom: u32,
    /// Place of its actors among those of the table.
    actors: u32,
    count: u64,
}

/// Where the cells of one cohort begin at one path.
#[derive(Clone, Copy, Debug)]
struct Head {
    cohort: u32,
    from: u32,
}

/// All cells of a side, by path, cohort and atom.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    cells: Vec<Packed>,
    actors: Vec<Actors>,
    heads: Vec<Head>,
    /// By path: where its heads begin; one more at the end.
    paths: Vec<u32>,
    /// The path of every atom on the axis.
    path_of: Arc<[u32]>,
}

/// The cells of one cohort at one path, by atom.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cells<'a> {
    cells: &'a [Packed],
    actors: &'a [Actors],
}

impl Cells<'_> {
    /// Whether the cohort shows nothing there.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }
}

impl<'a> IntoIterator for Cells<'a> {
    type Item = (u32, Cell);
    type IntoIter = CellsIter<'a>;

    fn into_iter(self) -> CellsIter<'a> {
        CellsIter { cells: self.cells.iter(), actors: self.actors }
    }
}

/// Goes through [`Cells`].
pub struct CellsIter<'a> {
    cells: std::slice::Iter<'a, Packed>,
    actors: &'a [Actors],
}

impl Iterator for CellsIter<'_> {
    type Item = (u32, Cell);

    fn next(&mut self) -> Option<(u32, Cell)> {
        let cell = self.cells.next()?;
        let actors = self.actors.get(cell.actors as usize).copied().unwrap_or_default();
        Some((cell.atom, Cell { count: cell.count, actors }))
    }
}

impl Table {
    /// The cells of cohorts, each with its place; `atoms` says where the fingerprint's atoms lie on the axis.
    pub(super) fn of(mut cohorts: Vec<(usize, CohortStats)>, atoms: &[u32], axis: &Axis) -> Self {
        cohorts.sort_by_key(|cohort| cohort.0);
        let path_of = axis.path_of_atoms();
        let path = |atom: u32| path_of[atoms[atom as usize] as usize] as usize;
        // How many cells a path has, then where they begin.
        let mut ends = vec![0u32; axis.paths().count() + 1];
        cohorts.iter().flat_map(|cohort| &cohort.1.cells).for_each(|cell| ends[path(cell.0) + 1] += 1);
        (1..ends.len()).for_each(|path| ends[path] += ends[path - 1]);
        let mut table = Self { path_of: Arc::clone(&path_of), ..Self::default() };
        table.cells = vec![Packed { atom: 0, actors: 0, count: 0 }; ends.last().copied().unwrap_or(0) as usize];
        let mut heads: Vec<Vec<Head>> = vec![Vec::new(); ends.len() - 1];
        for (place, stats) in cohorts {
            let cohort = u32::try_from(place).unwrap_or(u32::MAX);
            let total = table.add_actors(stats.total.actors);
            for (atom, cell) in stats.cells {
                let path = path(atom);
                let from = ends[path];
                if heads[path].last().is_none_or(|head| head.cohort != cohort) {
                    heads[path].push(Head { cohort, from });
                }
                let actors = if cell.actors == stats.total.actors { total } else { table.add_actors(cell.actors) };
                table.cells[from as usize] = Packed { atom: atoms[atom as usize], actors, count: cell.count };
                ends[path] += 1;
            }
        }
        table.put_heads(heads);
        table
    }

    /// The sum of several tables on the same axis.
    pub(super) fn sum(tables: &[&Self]) -> Self {
        let Some((first, others)) = tables.split_first() else { return Self::default() };
        if others.is_empty() {
            return (*first).clone();
        }
        let mut sum = Self { path_of: Arc::clone(&first.path_of), ..Self::default() };
        let mut heads = vec![Vec::new(); first.paths.len().saturating_sub(1)];
        let mut here: Vec<(u32, u32, Cell)> = Vec::new();
        for (path, heads) in heads.iter_mut().enumerate() {
            here.clear();
            tables.iter().for_each(|table| table.collect(path, &mut here));
            here.sort_by_key(|cell| (cell.0, cell.1));
            let mut last = None;
            for &(cohort, atom, cell) in &here {
                if last == Some((cohort, atom)) {
                    sum.merge_into_last(cell);
                    continue;
                }
                if last.is_none_or(|(last, _)| last != cohort) {
                    heads.push(Head { cohort, from: u32::try_from(sum.cells.len()).unwrap_or(u32::MAX) });
                }
                let actors = sum.add_actors(cell.actors);
                sum.cells.push(Packed { atom, actors, count: cell.count });
                last = Some((cohort, atom));
            }
        }
        sum.put_heads(heads);
        sum
    }

    /// Adds to each cohort, by place, the number of paths that it shows.
    pub(super) fn count_paths(&self, counts: &mut [u64]) {
        for head in &self.heads {
            if let Some(count) = counts.get_mut(head.cohort as usize) {
                *count += 1;
            }
        }
    }

    /// The cells of a cohort at the path of an atom.
    pub(super) fn of_cohort(&self, path: usize, cohort: u32) -> Cells<'_> {
        let (Some(&from), Some(&to)) = (self.paths.get(path), self.paths.get(path + 1)) else { return Cells::default() };
        let heads = self.heads.get(from as usize..to as usize).unwrap_or_default();
        let Ok(at) = heads.binary_search_by_key(&cohort, |head| head.cohort) else { return Cells::default() };
        let at = from as usize + at;
        let end = self.heads.get(at + 1).map_or(self.cells.len(), |next| next.from as usize);
        Cells { cells: self.cells.get(self.heads[at].from as usize..end).unwrap_or_default(), actors: &self.actors }
    }

    /// The cells of a cohort at the path that an atom belongs to.
    pub(super) fn at(&self, place: CohortPlace, atom: u32) -> Cells<'_> {
        let (Some(&path), Ok(cohort)) = (self.path_of.get(atom as usize), u32::try_from(place.0)) else { return Cells::default() };
        self.of_cohort(path as usize, cohort)
    }

    fn collect(&self, path: usize, cells: &mut Vec<(u32, u32, Cell)>) {
        let (Some(&from), Some(&to)) = (self.paths.get(path), self.paths.get(path + 1)) else { return };
        for head in self.heads.get(from as usize..to as usize).unwrap_or_default() {
            cells.extend(self.of_cohort(path, head.cohort).into_iter().map(|(atom, cell)| (head.cohort, atom, cell)));
        }
    }

    fn merge_into_last(&mut self, cell: Cell) {
        let Some(last) = self.cells.last().copied() else { return };
        let known = self.actors.get(last.actors as usize).copied().unwrap_or_default();
        let actors = if known.or(cell.actors) == known { last.actors } else { self.add_actors(known.or(cell.actors)) };
        if let Some(last) = self.cells.last_mut() {
            (last.count, last.actors) = (last.count + cell.count, actors);
        }
    }

    fn add_actors(&mut self, actors: Actors) -> u32 {
        if self.actors.last() != Some(&actors) {
            self.actors.push(actors);
        }
        u32::try_from(self.actors.len() - 1).unwrap_or(u32::MAX)
    }

    fn put_heads(&mut self, heads: Vec<Vec<Head>>) {
        for of_path in heads {
            self.paths.push(u32::try_from(self.heads.len()).unwrap_or(u32::MAX));
            self.heads.extend(of_path);
        }
        self.paths.push(u32::try_from(self.heads.len()).unwrap_or(u32::MAX));
    }
}
