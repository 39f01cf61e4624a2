//! The mergeable summary of one window: counts and sketches only, never rates, never raw personal data.
//!
//! [`Fingerprinter`] makes it record by record, [`Fingerprint::merge`] adds two of them, [`Fingerprint::to_bytes`] is the one
//! stored form. Merging is a commutative monoid: any split of the records, in any order, gives the same bytes.

mod accumulate;
mod atoms;
mod bytes;
mod cells;
mod cohorts;
mod describe;
mod finish;
mod fold;
mod list;
mod merge;
mod observe;
mod relations;
mod statistics;
mod text;
mod values;
mod waiting;
mod windows;
mod wire;

pub use bytes::{Reader, Writer};
pub use list::{CellIter, CellList, RawCell};
pub use merge::share_records;
pub use observe::{Fingerprinter, Outcome, Settings};
pub use text::{from_lines, is_anonymous, to_anonymous_lines, to_lines};
pub use windows::Windows;
pub use wire::{WIRE_VERSION, WireError};

use crate::hash::KeyId;
use crate::model::{FieldPath, RejectReason, Shape, Window};
use crate::stats::{Actors, Bottom, Histogram};
use std::collections::BTreeMap;

/// Values of a closed set that are told apart; a field with more has an open set.
pub const MAX_CLOSED_VALUES: usize = 64;
/// Values of one cohort field that get a cohort of their own while logs are read; the rest goes into `(other)`.
pub const MAX_COHORTS_A_FIELD: usize = 1_024;
/// Cells of one window, about: values and other things that a cohort can show, times cohorts. A window of more folds cohorts into
/// `(other)`; 10,000 paths with three values each and 1,000 cohorts fit.
pub const MAX_CELLS: usize = 1 << 25;
/// Pairs of fields whose equality is counted.
pub const MAX_RELATIONS: usize = 4_096;
/// Descriptions kept of one result code.
pub const MAX_DESCRIPTIONS: usize = 8;
/// Value of the cohort of records in which the cohort's field is not filled.
pub const NONE: &str = "(none)";

/// The summary of one window.
#[derive(Clone, Debug, PartialEq)]
pub struct Fingerprint {
    /// Name of the key its hashes were made with.
    pub key: KeyId,
    /// The span of event time.
    pub window: Window,
    /// Records counted.
    pub records: u64,
    /// Records left out because the same bytes had come before under the same id.
    pub repeats: u64,
    /// Records counted though their id had come before with other bytes.
    pub twins: u64,
    /// Values at paths beyond the path space.
    pub lost: u64,
    /// Records of types that the source does not read, by type.
    pub apart: BTreeMap<String, u64>,
    /// Input that could not be read; kept in the undated window, since it has no time.
    pub rejects: BTreeMap<RejectReason, u64>,
    /// Record ids.
    pub ids: Bottom,
    /// Records by record type and hour of the day (UTC).
    pub hours: BTreeMap<String, [u64; 24]>,
    /// Seconds from the event to the writing of its record, in number buckets.
    pub lag: Histogram,
    /// The paths seen, in the order of their text.
    pub paths: Vec<PathStats>,
    /// What is counted, in order; cells point into this list.
    pub atoms: Vec<Atom>,
    /// The whole stream first, then the cohorts by field and value.
    pub cohorts: Vec<CohortStats>,
    /// Records that two cohorts of different fields share, by their places in `cohorts`, ascending.
    pub joint: Vec<(u32, u32, u64)>,
    /// Descriptions by result code and hash of their masked text.
    pub codes: BTreeMap<String, BTreeMap<u64, Description>>,
}

/// What is known of one path in the whole stream.
#[derive(Clone, Debug, PartialEq)]
pub struct PathStats {
    /// The path.
    pub path: FieldPath,
    /// Values seen there, all elements of arrays counted.
    pub occurrences: u64,
    /// Bytes of texts and elements of arrays, in length buckets.
    pub lengths: Histogram,
    /// Numbers, in number buckets.
    pub numbers: Histogram,
    /// Distinct values.
    pub distinct: Bottom,
    /// The values of a closed set, by hash; `None` where there are too many.
    pub tally: Option<BTreeMap<u64, Value>>,
}

/// One value of a closed set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// What it looks like.
    pub shape: Shape,
    /// Its words, where the source allows them to be kept.
    pub word: Option<String>,
}

/// Adds a value to a closed set; of two types that are spelt alike, such as a number and its text, the one whose shape comes first
/// stays, so that their order does not matter.
fn add_value(tally: &mut BTreeMap<u64, Value>, id: u64, value: &Value) {
    let known = tally.entry(id).or_insert_with(|| value.clone());
    if value.shape < known.shape {
        *known = value.clone();
    }
}

/// Something that a record shows or not, counted once a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Atom {
    /// Place of its path in [`Fingerprint::paths`].
    pub path: u32,
    /// What of the path.
    pub kind: AtomKind,
}

/// What of a path is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AtomKind {
    /// It was there (only of paths that a record can show more than once).
    Present,
    /// It was an object with members none of which was filled.
    Hollow,
    /// A value of this shape stood there.
    Shape(Shape),
    /// This value of a closed set stood there (its key in [`PathStats::tally`]).
    Value(u64),
    /// The same text stood at another path (its place in [`Fingerprint::paths`]), which is behind this one in order.
    Equal(u32),
}

/// Records that show an atom, and the distinct actors behind them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// Records.
    pub count: u64,
    /// Their actors.
    pub actors: Actors,
}

impl Cell {
    /// Adds another.
    pub const fn merge(&mut self, other: Self) {
        self.count += other.count;
        self.actors.merge(other.actors);
    }
}

/// The counters of one cohort.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CohortStats {
    /// Name of the cohort's field; empty for the whole stream.
    pub field: String,
    /// Its value; empty for the whole stream.
    pub value: String,
    /// Keyed hash of its value: of too many cohorts of a field those with the smallest stay.
    pub rank: u64,
    /// Its records and their actors.
    pub total: Cell,
    /// Its cells, to be gone through with [`CohortStats::cells`]; they hold for this total.
    pub cells: CellList,
}

/// One description of a result code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    /// Records with it.
    pub records: u64,
    /// The text, names and numbers masked.
    pub text: String,
}

impl Fingerprint {
    /// The fingerprint of no records.
    #[must_use]
    pub fn empty(key: KeyId, window: Window) -> Self {
        Self {
            key,
            window,
            records: 0,
            repeats: 0,
            twins: 0,
            lost: 0,
            apart: BTreeMap::new(),
            rejects: BTreeMap::new(),
            hours: BTreeMap::new(),
            lag: Histogram::default(),
            ids: Bottom::default(),
            paths: Vec::new(),
            atoms: Vec::new(),
            cohorts: Vec::new(),
            joint: Vec::new(),
            codes: BTreeMap::new(),
        }
    }

    /// The counters of the whole stream; `None` where no record was counted.
    #[must_use]
    pub fn whole(&self) -> Option<&CohortStats> {
        self.cohorts.first()
    }
}
