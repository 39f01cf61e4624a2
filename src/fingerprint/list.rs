//! The cells of one cohort as bytes: two or three each, where a list of them would take forty. A window of thousands of paths and
//! cohorts has millions.

use super::bytes::{Reader, Writer};
use super::{Cell, CohortStats};

impl Writer {
    /// A cell of a cohort, as its step from the atom before; most have the records or the actors of the whole cohort.
    pub fn cell(&mut self, step: u32, cell: Cell, total: Cell) {
        let (all, same) = (cell.count == total.count, cell.actors == total.actors);
        self.number(u64::from(step) << 2 | u64::from(same) << 1 | u64::from(all));
        if !all {
            self.number(cell.count);
        }
        if !same {
            self.actors(cell.actors);
        }
    }
}

impl Reader<'_> {
    /// What [`Writer::cell`] wrote.
    pub fn cell(&mut self, total: Cell) -> Option<(u32, Cell)> {
        let head = self.number()?;
        let step = u32::try_from(head >> 2).ok()?;
        let count = if head & 1 == 1 { total.count } else { self.number()? };
        let actors = if head & 2 == 2 { total.actors } else { self.actors()? };
        Some((step, Cell { count, actors }))
    }
}

/// A cell of a cohort that stays as it was written: what it holds follows from the flags, the payload and the cohort's total.
#[derive(Clone, Copy, Debug, Default)]
pub struct RawCell<'a> {
    /// Its step from the atom before.
    pub step: u32,
    flags: u8,
    payload: &'a [u8],
}

impl Writer {
    /// A cell that was read from a list of the same cohort, at another step.
    #[inline]
    pub fn raw_cell(&mut self, step: u32, cell: RawCell<'_>) {
        self.number(u64::from(step) << 2 | u64::from(cell.flags));
        if !cell.payload.is_empty() {
            self.0.extend_from_slice(cell.payload);
        }
    }
}

impl<'a> Reader<'a> {
    /// The next cell, not looked into.
    #[inline]
    pub fn raw_cell(&mut self) -> Option<RawCell<'a>> {
        let head = self.number()?;
        let from = self.at;
        if head & 1 == 0 {
            self.number()?;
        }
        if head & 2 == 0 {
            self.skip_actors()?;
        }
        let payload = if head & 3 == 3 { &[] } else { self.bytes.get(from..self.at)? };
        Some(RawCell { step: u32::try_from(head >> 2).ok()?, flags: (head & 3).to_le_bytes()[0], payload })
    }
}

/// The cells of one cohort, by atom, zeros left out. Equal cells of equal cohorts have equal bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CellList {
    bytes: Box<[u8]>,
    length: usize,
}

impl CellList {
    /// Lists cells, ascending by atom, of a cohort with this total.
    pub(super) fn new(total: Cell, cells: impl IntoIterator<Item = (u32, Cell)>) -> Self {
        let (mut out, mut length, mut last) = (Writer::default(), 0, 0);
        for (atom, cell) in cells {
            out.cell(atom - last, cell, total);
            last = atom;
            length += 1;
        }
        Self { bytes: out.0.into(), length }
    }

    pub(super) fn write(&self, out: &mut Writer) {
        out.number(self.length as u64);
        out.0.extend_from_slice(&self.bytes);
    }

    /// Cells as they were written, of `atoms` atoms; `None` if they are damaged, or not as this version writes them.
    pub(super) fn read(input: &mut Reader<'_>, total: Cell, atoms: u32) -> Option<Self> {
        let length = usize::try_from(input.number()?).ok()?;
        let (from, mut last) = (input.at, None);
        for _ in 0..length {
            let at = input.at;
            let (step, cell) = input.cell(total)?;
            let atom = step.checked_add(last.unwrap_or(0)).filter(|&atom| atom < atoms)?;
            let head = input.bytes.get(at)? & 3;
            let is_short = (head & 1 == 1) == (cell.count == total.count) && (head & 2 == 2) == (cell.actors == total.actors);
            if !is_short || cell.count == 0 || last.is_some_and(|last| last == atom) {
                return None;
            }
            last = Some(atom);
        }
        Some(Self { bytes: input.bytes.get(from..input.at)?.into(), length })
    }
}

impl CohortStats {
    /// The bytes of its cells, for [`Reader::raw_cell`].
    #[must_use]
    pub const fn raw_cells(&self) -> Reader<'_> {
        Reader { bytes: &self.cells.bytes, at: 0 }
    }

    /// Its cells by atom (place in [`super::Fingerprint::atoms`]), ascending, zeros left out.
    #[must_use]
    pub const fn cells(&self) -> CellIter<'_> {
        CellIter { input: Reader { bytes: &self.cells.bytes, at: 0 }, total: self.total, last: 0, left: self.cells.length }
    }
}

/// Goes through the cells of a cohort.
#[derive(Clone, Debug)]
pub struct CellIter<'a> {
    input: Reader<'a>,
    total: Cell,
    last: u32,
    left: usize,
}

impl Iterator for CellIter<'_> {
    type Item = (u32, Cell);

    #[inline]
    fn next(&mut self) -> Option<(u32, Cell)> {
        self.left = self.left.checked_sub(1)?;
        let (step, cell) = self.input.cell(self.total)?;
        self.last += step;
        Some((self.last, cell))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl ExactSizeIterator for CellIter<'_> {}
