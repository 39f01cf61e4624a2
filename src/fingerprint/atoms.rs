//! The fingerprinter's own numbers for what a record can show, and what it knows of each path.

use super::accumulate::WindowCounters;
use super::observe::Fingerprinter;
use super::{MAX_CLOSED_VALUES, Value};
use crate::hash::HashedMap;
use crate::model::{Family, FieldPath, Shape, ValueType};
use crate::scan::Observation;

/// No atom: the word that stood at a path before the first one.
const NO_ATOM: u32 = u32::MAX;

/// One of the fingerprinter's own numbers for "this, at that path".
pub(super) struct KnownAtom {
    pub(super) path: u32,
    pub(super) kind: LocalKind,
}

/// As [`super::AtomKind`], with the fingerprinter's numbers in the place of the fingerprint's.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum LocalKind {
    Present,
    Hollow,
    Shape(Shape),
    Value {
        shape: Shape,
        place: u32,
    },
    Equal(u32),
    /// All atoms of a remembered array.
    Group(u32),
}

/// What the fingerprinter knows of a path.
pub(super) struct Slot {
    pub(super) repeats: bool,
    pub(super) parent: u32,
    /// Hash and atom of the word that stood here last; no atom before the first.
    last: (u64, u32),
    present: Option<u32>,
    pub(super) hollow: Option<u32>,
    shapes: Vec<(Shape, u32)>,
    values: HashedMap<u32>,
    keeps_words: bool,
}

/// Which whole-stream statistics a value goes into.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Number,
    Text,
    Array,
    Else,
}

pub(super) fn kind_of(shape: Shape) -> Kind {
    match shape.value_type() {
        _ if !shape.is_filled() => Kind::Else,
        ValueType::Number => Kind::Number,
        ValueType::Text => Kind::Text,
        ValueType::Array => Kind::Array,
        _ => Kind::Else,
    }
}

/// Which whole-stream statistics a value goes into, and whether it may belong to a closed set that rules compare with, by
/// shape: a table, since it is asked for every value of every record.
pub(super) fn kinds() -> [(Kind, bool); 256] {
    let mut kinds = [(Kind::Else, false); 256];
    for code in 0..=u8::MAX {
        let Some(shape) = Shape::from_code(code).filter(|shape| shape.is_filled()) else { continue };
        let word = match shape.family() {
            Family::Words | Family::Boolean => true,
            Family::None => shape == Shape::BOOLEAN,
            Family::Number => shape == Shape::INTEGER || shape == Shape::INTEGER_TEXT,
            _ => false,
        };
        kinds[usize::from(code)] = (kind_of(shape), word);
    }
    kinds
}

impl Slot {
    pub(super) fn new(name: &FieldPath, parent: u32, keeps_words: bool) -> Self {
        Self {
            repeats: name.repeats(),
            parent,
            last: (0, NO_ATOM),
            present: None,
            hollow: None,
            shapes: Vec::new(),
            values: HashedMap::default(),
            keeps_words,
        }
    }
}

impl Fingerprinter<'_> {
    pub(super) fn new_atom(&mut self, path: u32, kind: LocalKind) -> u32 {
        self.atoms.push(KnownAtom { path, kind });
        self.stamps.push(0);
        u32::try_from(self.atoms.len() - 1).unwrap_or(u32::MAX)
    }

    #[inline]
    pub(super) fn present_atom(&mut self, path: usize) -> u32 {
        if let Some(atom) = self.slots[path].present {
            return atom;
        }
        let atom = self.new_atom(u32::try_from(path).unwrap_or(u32::MAX), LocalKind::Present);
        self.slots[path].present = Some(atom);
        atom
    }

    #[inline]
    pub(super) fn shape_atom(&mut self, path: usize, shape: Shape) -> u32 {
        if let Some(&(_, atom)) = self.slots[path].shapes.iter().find(|known| known.0 == shape) {
            return atom;
        }
        let atom = self.new_atom(u32::try_from(path).unwrap_or(u32::MAX), LocalKind::Shape(shape));
        self.slots[path].shapes.push((shape, atom));
        atom
    }

    /// The atom of a value that may belong to a closed set.
    #[inline]
    pub(super) fn value_atom(&mut self, counters: &mut WindowCounters, observation: &Observation, bytes: &[u8]) -> u32 {
        let path = observation.path.index();
        let slot = &mut self.slots[path];
        // Most fields hold the same word as in the record before.
        let atom = if slot.last.0 == observation.hash && slot.last.1 != NO_ATOM {
            slot.last.1
        } else {
            match slot.values.get(&observation.hash) {
                Some(&atom) => {
                    slot.last = (observation.hash, atom);
                    atom
                }
                None => self.know_value(observation, bytes),
            }
        };
        if !counters.seen.get(atom as usize).copied().unwrap_or(false) {
            let of_path = &mut counters.paths[path];
            of_path.distinct.add(observation.hash);
            of_path.words += 1;
            of_path.open = of_path.words > MAX_CLOSED_VALUES;
        }
        atom
    }

    #[cold]
    fn know_value(&mut self, observation: &Observation, bytes: &[u8]) -> u32 {
        let path = observation.path.index();
        let word =
            if self.slots[path].keeps_words && names_nobody(bytes) { std::str::from_utf8(bytes).ok().map(str::to_owned) } else { None };
        let place = u32::try_from(self.values.len()).unwrap_or(u32::MAX);
        self.values.push((self.key.secret(bytes), Value { shape: observation.shape, word }));
        let atom = self.new_atom(observation.path.0, LocalKind::Value { shape: observation.shape, place });
        self.slots[path].values.insert(observation.hash, atom);
        atom
    }
}

/// Whether a word of a closed set may be kept as it is: no mail address in it, and no number long enough to be somebody's.
fn names_nobody(word: &[u8]) -> bool {
    !word.contains(&b'@') && word.iter().filter(|byte| byte.is_ascii_digit()).count() < 8
}

#[cfg(test)]
mod tests {
    use super::names_nobody;

    #[test]
    fn addresses_and_long_numbers_are_no_words() {
        for word in ["notApplied", "Windows 10", "Chrome 125.0.0", "7000222"] {
            assert!(names_nobody(word.as_bytes()), "{word}");
        }
        for word in ["User kevin@corp.example failed", "4111111111111111", "+49 170 1234567"] {
            assert!(!names_nobody(word.as_bytes()), "{word}");
        }
    }
}
