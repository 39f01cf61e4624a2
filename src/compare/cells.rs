//! The cells of all cohorts, path by path: whoever judges a path asks every cohort about it, one after the other. They stay bytes,
//! three or four each, and are read where they are asked for: a wide window has millions.

use super::{Axis, CohortPlace};
use crate::fingerprint::{Cell, CohortStats, RawCell, Reader, Writer};
use std::ops::Range;
use std::sync::Arc;

/// Cohorts of a path between two that can be found at once.
const STRIDE: u32 = 16;

/// A cohort of a path whose cells can be found at once.
#[derive(Clone, Copy, Debug)]
struct Mark {
    cohort: u32,
    at: usize,
}

/// All cells of a side, by path, cohort and atom. For each cohort of a path: its step from the cohort before, the length of its
/// cells in bytes, its cells as in the stored form, the first atom counted from the first of the path.
#[derive(Debug, Default)]
pub(super) struct Table {
    out: Writer,
    /// By path: where its cohorts begin; one more at the end.
    paths: Vec<usize>,
    marks: Vec<Mark>,
    /// By path: where its marks begin; one more at the end.
    marks_of: Vec<usize>,
    /// By cohort.
    totals: Arc<[Cell]>,
    /// The path of every atom on the axis.
    path_of: Arc<[u32]>,
    /// The first atom of every path.
    first_of: Arc<[u32]>,
}

/// The cells of one cohort at one path, by atom.
#[derive(Clone, Debug, Default)]
pub struct Cells<'a> {
    bytes: &'a [u8],
    total: Cell,
    first: u32,
}

impl Cells<'_> {
    /// Whether the cohort shows nothing there.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }
}

impl<'a> IntoIterator for Cells<'a> {
    type Item = (u32, Cell);
    type IntoIter = CellsIter<'a>;

    fn into_iter(self) -> CellsIter<'a> {
        CellsIter { input: Reader { bytes: self.bytes, at: 0 }, total: self.total, last: self.first }
    }
}

/// Goes through [`Cells`].
#[derive(Clone, Debug)]
pub struct CellsIter<'a> {
    input: Reader<'a>,
    total: Cell,
    last: u32,
}

impl Iterator for CellsIter<'_> {
    type Item = (u32, Cell);

    #[inline]
    fn next(&mut self) -> Option<(u32, Cell)> {
        if self.input.at >= self.input.bytes.len() {
            return None;
        }
        let (step, cell) = self.input.cell(self.total)?;
        self.last = self.last.wrapping_add(step);
        Some((self.last, cell))
    }
}

/// The cells of one cohort as they are taken path by path.
struct Feed<'a> {
    cells: Reader<'a>,
    next: RawCell<'a>,
    cohort: u32,
    /// The atom of the next cell in the fingerprint and on the axis, and the path it belongs to; no path behind the last cell.
    own_atom: u32,
    atom: u32,
    path: u32,
}

impl<'a> Feed<'a> {
    fn new(place: usize, stats: &'a CohortStats, atoms: &[u32], path_of: &[u32]) -> Self {
        let cohort = u32::try_from(place).unwrap_or(u32::MAX);
        let mut feed = Self { cells: stats.raw_cells(), next: RawCell::default(), cohort, own_atom: 0, atom: 0, path: u32::MAX };
        feed.advance(atoms, path_of);
        feed
    }

    #[inline]
    fn advance(&mut self, atoms: &[u32], path_of: &[u32]) {
        let Some(next) = self.cells.raw_cell() else {
            self.path = u32::MAX;
            return;
        };
        self.own_atom += next.step;
        self.atom = atoms[self.own_atom as usize];
        self.path = path_of[self.atom as usize];
        self.next = next;
    }
}

impl Table {
    fn empty(axis: &Axis, totals: &Arc<[Cell]>) -> Self {
        Self { totals: Arc::clone(totals), path_of: axis.path_of_atoms(), first_of: axis.first_atoms(), ..Self::default() }
    }

    /// The cells of cohorts, each with its place; `atoms` says where the fingerprint's atoms lie on the axis, which keeps their order.
    pub(super) fn of(mut cohorts: Vec<(usize, CohortStats)>, atoms: &[u32], axis: &Axis, totals: &Arc<[Cell]>) -> Self {
        cohorts.sort_by_key(|cohort| cohort.0);
        let mut table = Self::empty(axis, totals);
        let path_of = Arc::clone(&table.path_of);
        let mut feeds = cohorts.iter().map(|(place, stats)| Feed::new(*place, stats, atoms, &path_of)).collect::<Vec<_>>();
        for path in 0..u32::try_from(table.first_of.len()).unwrap_or(u32::MAX) {
            let mut rows = table.begin_path();
            for feed in feeds.iter_mut().filter(|feed| feed.path == path) {
                let (from, mut last) = (table.begin(&mut rows, feed.cohort), table.first_of[path as usize]);
                while feed.path == path {
                    table.out.raw_cell(feed.atom.wrapping_sub(last), feed.next);
                    last = feed.atom;
                    feed.advance(atoms, &path_of);
                }
                table.end(from);
            }
        }
        table.finished()
    }

    /// The sum of several tables on the same axis.
    pub(super) fn sum(tables: &[&Self], axis: &Axis, totals: &Arc<[Cell]>) -> Self {
        let mut sum = Self::empty(axis, totals);
        let mut here: Vec<(u32, u32, Cell)> = Vec::new();
        for path in 0..sum.first_of.len() {
            here.clear();
            tables.iter().for_each(|table| table.collect(path, &mut here));
            here.sort_by_key(|cell| (cell.0, cell.1));
            let mut rows = sum.begin_path();
            for of_cohort in here.chunk_by(|a, b| a.0 == b.0) {
                let cohort = of_cohort[0].0;
                let (from, mut last) = (sum.begin(&mut rows, cohort), sum.first_of[path]);
                for of_atom in of_cohort.chunk_by(|a, b| a.1 == b.1) {
                    let mut cell = Cell::default();
                    of_atom.iter().for_each(|part| cell.merge(part.2));
                    sum.out.cell(of_atom[0].1.wrapping_sub(last), cell, totals[cohort as usize]);
                    last = of_atom[0].1;
                }
                sum.end(from);
            }
        }
        sum.finished()
    }

    /// Begins the next path.
    fn begin_path(&mut self) -> Rows {
        self.paths.push(self.out.0.len());
        self.marks_of.push(self.marks.len());
        Rows::default()
    }

    /// Begins what the next cohort of a path shows; the place is for [`Table::end`].
    #[inline]
    fn begin(&mut self, rows: &mut Rows, cohort: u32) -> usize {
        if rows.count.is_multiple_of(STRIDE) {
            self.marks.push(Mark { cohort, at: self.out.0.len() });
        }
        self.out.number(u64::from(cohort.wrapping_sub(rows.last)));
        (rows.last, rows.count) = (cohort, rows.count + 1);
        // The cells of a cohort hardly ever take more bytes than one byte can tell.
        self.out.0.push(0);
        self.out.0.len()
    }

    /// Writes the length of the cells that were added since.
    #[inline]
    fn end(&mut self, from: usize) {
        let length = self.out.0.len() - from;
        if length < 0x80 {
            self.out.0[from - 1] = length.to_le_bytes()[0];
            return;
        }
        let cells = self.out.0.split_off(from);
        self.out.0.pop();
        self.out.number(length as u64);
        self.out.0.extend(cells);
    }

    fn finished(mut self) -> Self {
        self.begin_path();
        self.out.0.shrink_to_fit();
        self
    }

    /// Adds to each cohort, by place, the number of paths that it shows.
    pub(super) fn count_paths(&self, counts: &mut [u64]) {
        for path in 0..self.first_of.len() {
            self.heads(path).for_each(|(cohort, _)| {
                if let Some(count) = counts.get_mut(cohort as usize) {
                    *count += 1;
                }
            });
        }
    }

    /// The cells of a cohort at the path that an atom belongs to.
    pub(super) fn at(&self, place: CohortPlace, atom: u32) -> Cells<'_> {
        let (Some(&path), Ok(cohort)) = (self.path_of.get(atom as usize), u32::try_from(place.0)) else { return Cells::default() };
        self.of_cohort(path as usize, cohort)
    }

    fn of_cohort(&self, path: usize, cohort: u32) -> Cells<'_> {
        let marks = self.marks_of.get(path).zip(self.marks_of.get(path + 1)).and_then(|(from, to)| self.marks.get(*from..*to));
        let marks = marks.unwrap_or_default();
        let Some(mark) = marks.partition_point(|mark| mark.cohort <= cohort).checked_sub(1).map(|at| marks[at]) else {
            return Cells::default();
        };
        let mut heads =
            Heads { input: Reader { bytes: &self.out.0[..self.paths[path + 1]], at: mark.at }, last: mark.cohort, is_first: true };
        match heads.find(|(known, _)| *known >= cohort) {
            Some((known, range)) if known == cohort => self.cells(path, cohort, range),
            _ => Cells::default(),
        }
    }

    fn cells(&self, path: usize, cohort: u32, range: Range<usize>) -> Cells<'_> {
        Cells {
            bytes: self.out.0.get(range).unwrap_or_default(),
            total: self.totals.get(cohort as usize).copied().unwrap_or_default(),
            first: self.first_of[path],
        }
    }

    /// The cohorts of a path, and where the cells of each lie.
    fn heads(&self, path: usize) -> Heads<'_> {
        let (from, to) = (self.paths.get(path).copied().unwrap_or(0), self.paths.get(path + 1).copied().unwrap_or(0));
        Heads { input: Reader { bytes: &self.out.0[..to], at: from }, last: 0, is_first: false }
    }

    fn collect(&self, path: usize, cells: &mut Vec<(u32, u32, Cell)>) {
        for (cohort, range) in self.heads(path) {
            cells.extend(self.cells(path, cohort, range).into_iter().map(|(atom, cell)| (cohort, atom, cell)));
        }
    }
}

/// The cohorts of the path at hand: the last one, and how many there are.
#[derive(Default)]
struct Rows {
    last: u32,
    count: u32,
}

/// Goes through the cohorts of a path.
struct Heads<'a> {
    input: Reader<'a>,
    last: u32,
    /// Whether the next cohort is the last one known, since a mark names it.
    is_first: bool,
}

impl Iterator for Heads<'_> {
    type Item = (u32, Range<usize>);

    #[inline]
    fn next(&mut self) -> Option<(u32, Range<usize>)> {
        if self.input.at >= self.input.bytes.len() {
            return None;
        }
        let step = u32::try_from(self.input.number()?).ok()?;
        let length = usize::try_from(self.input.number()?).ok()?;
        self.last = if self.is_first { self.last } else { self.last.wrapping_add(step) };
        self.is_first = false;
        let from = self.input.at;
        self.input.at += length;
        Some((self.last, from..self.input.at))
    }
}
