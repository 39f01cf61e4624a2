//! What a scan saw in one record, in a buffer that is used again for the next.

use super::PathId;
use crate::model::Shape;

/// One value that stood in a record.
#[derive(Clone, Copy, Debug)]
pub struct Observation {
    /// Where it stood.
    pub path: PathId,
    /// What it looks like.
    pub shape: Shape,
    /// Whether the path had been seen in this record already (array elements, map entries, a key given twice).
    pub again: bool,
    /// Whether the text had escapes and lies in the scratch buffer, not in the record.
    pub(super) unescaped: bool,
    /// Bytes of a text (unescaped), a number or a boolean; elements of an array, members of an object; 0 for null.
    pub length: u32,
    /// Number of the value among those that are familiar at their path ([`super::Scanner::familiar`]), even if it had to be read;
    /// 0 for all others.
    pub familiar: u32,
    /// Where its bytes begin: a text without its quotes, a number, `true`, `false`.
    pub(super) start: u32,
    /// Keyed hash of its bytes ([`crate::hash::HashKey::fast`]); 0 for containers and null.
    pub hash: u64,
    /// The number, for numbers; 0 else.
    pub number: f64,
}

impl Observation {
    /// Of a value without bytes.
    #[inline]
    pub(super) fn of(path: PathId, shape: Shape) -> Self {
        Self { path, shape, again: false, unescaped: false, length: 0, familiar: 0, start: 0, hash: 0, number: 0.0 }
    }
}

/// A value in its place in the record.
#[derive(Clone, Copy, Debug)]
pub enum Seen<'a> {
    /// One of those that are familiar at their path.
    Familiar(Familiar),
    /// Any other.
    Strange(&'a Observation),
}

/// A familiar value, as small as can be; [`super::Scanner::observation`] tells the rest.
#[derive(Clone, Copy, Debug)]
pub struct Familiar {
    /// Its number; 0 marks a strange value.
    pub number: u32,
    /// Where its JSON begins, with [`UNESCAPED`] if that is in the scratch buffer; of a strange value the place among the items.
    pub(super) at: u32,
}

/// Set in a place that is one of the scratch buffer; no record is so long.
pub(super) const UNESCAPED: u32 = 1 << 31;

/// Everything seen in one record, in the order it stood there.
#[derive(Debug, Default)]
pub struct Observations {
    /// All values in order; those that are strange lie in `items`.
    pub(super) marks: Vec<Familiar>,
    pub(super) items: Vec<Observation>,
    pub(super) scratch: Vec<u8>,
    /// For each role its observation, if its field was there and filled.
    pub(super) roles: Vec<Option<Observation>>,
    pub(super) groups: Vec<u32>,
    /// Values whose path did not fit into the path space any more.
    pub lost: u32,
}

impl Observations {
    /// An empty buffer.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Forgets everything but the memory it took.
    pub(super) fn clear(&mut self) {
        self.marks.clear();
        self.items.clear();
        self.scratch.clear();
        self.roles.clear();
        self.groups.clear();
        self.lost = 0;
    }

    /// What was seen, in document order; a container stands before its contents.
    pub fn values(&self) -> impl ExactSizeIterator<Item = Seen<'_>> {
        self.marks.iter().map(|mark| match self.items.get(mark.at as usize) {
            Some(item) if mark.number == 0 => Seen::Strange(item),
            _ => Seen::Familiar(*mark),
        })
    }

    /// The remembered containers whose contents belong to the record too ([`super::Scanner::group`]).
    #[must_use]
    pub fn groups(&self) -> &[u32] {
        &self.groups
    }

    /// The bytes of a text, a number or a boolean; `record` is the record that was scanned.
    #[must_use]
    pub fn bytes<'a>(&'a self, observation: &Observation, record: &'a [u8]) -> &'a [u8] {
        let from = if observation.unescaped { &self.scratch } else { record };
        let start = observation.start as usize;
        from.get(start..start + observation.length as usize).unwrap_or_default()
    }

    /// What stood in the field of a role: the first of the role's paths that was there and filled, its first value.
    #[must_use]
    pub fn role(&self, role: usize) -> Option<&Observation> {
        self.roles.get(role)?.as_ref()
    }
}
