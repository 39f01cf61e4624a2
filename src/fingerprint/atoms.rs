//! The fingerprinter's own numbers for what a record can show, and what it knows of each path.

use super::accumulate::WindowCounters;
use super::observe::Fingerprinter;
use super::relations::is_telling;
use super::{MAX_CLOSED_VALUES, Value};
use crate::hash::HashedMap;
use crate::model::{Family, Shape, ValueType};
use crate::scan::Observation;

/// No atom: the word that stood at a path before the first one.
const NO_ATOM: u32 = u32::MAX;

/// One of the fingerprinter's own numbers for "this, at that path".
pub(super) struct KnownAtom {
    pub(super) path: u32,
    pub(super) kind: LocalKind,
}

/// A value that may belong to a closed set.
pub(super) struct KnownValue {
    pub(super) id: u64,
    pub(super) value: Value,
    /// Its bytes, if it is a text, and itself, if it is a number: added to the whole-stream statistics when a window is finished.
    pub(super) length: u32,
    pub(super) number: f64,
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
    /// All atoms of a remembered container.
    Group(u32),
}

/// What of a path is asked for at every value; kept apart, so that all paths of a record fit into the nearest cache.
pub(super) struct Hot {
    /// Hash and atom of the word that stood here last; no atom before the first.
    last_hash: u64,
    last_atom: u32,
    pub(super) parent: u32,
    /// Atom and shape of the value that stood here last and was no word; no atom before the first, and where values repeat.
    pub(super) shape_atom: u32,
    pub(super) shape: Shape,
    pub(super) repeats: bool,
}

impl Hot {
    pub(super) const fn new(repeats: bool, parent: u32) -> Self {
        Self { last_hash: 0, last_atom: NO_ATOM, parent, shape_atom: NO_ATOM, shape: Shape::NULL, repeats }
    }
}

/// What to do with a familiar value in one window, by its number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    /// Its atom; none before it was first counted in the window.
    pub(super) atom: u32,
    pub(super) path: u32,
    pub(super) parent: u32,
    pub(super) filled: bool,
    pub(super) telling: bool,
    /// Whether it goes into whole-stream statistics that do not follow from its atom.
    pub(super) told: bool,
    /// Whether a record can show it more than once.
    pub(super) repeats: bool,
    pub(super) hash: u64,
    /// Values that went into those statistics, but for those counted at once.
    pub(super) times: u64,
}

impl Plan {
    pub(super) const NONE: Self =
        Self { atom: NO_ATOM, path: 0, parent: 0, filled: false, telling: false, told: false, repeats: false, hash: 0, times: 0 };

    /// Has the value looked at again when it comes next.
    pub(super) const fn forget(&mut self) {
        self.atom = NO_ATOM;
    }

    pub(super) const fn is_known(&self) -> bool {
        self.atom != NO_ATOM
    }
}

/// What the fingerprinter knows of a path.
#[derive(Default)]
pub(super) struct Slot {
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

/// What is asked of a shape at every value of every record.
#[derive(Clone, Copy)]
pub(super) struct Traits {
    /// Which whole-stream statistics the value goes into.
    pub(super) kind: Kind,
    /// Whether it may belong to a closed set that rules compare with.
    pub(super) word: bool,
    /// Whether its equality with another field says something.
    pub(super) telling: bool,
    pub(super) filled: bool,
}

/// Bytes of a text, where its shape tells them.
pub(super) fn fixed_length(shape: Shape) -> Option<u32> {
    (shape == Shape::GUID || shape == Shape::GUID_UPPER).then_some(36)
}

/// The traits of all shapes, by code.
pub(super) fn traits() -> [Traits; 256] {
    let mut traits = [Traits { kind: Kind::Else, word: false, telling: false, filled: false }; 256];
    for code in 0..=u8::MAX {
        let Some(shape) = Shape::from_code(code).filter(|shape| shape.is_filled()) else { continue };
        let word = match shape.family() {
            Family::Words | Family::Boolean => true,
            Family::None => shape == Shape::BOOLEAN,
            Family::Number => shape == Shape::INTEGER || shape == Shape::INTEGER_TEXT,
            _ => false,
        };
        traits[usize::from(code)] = Traits { kind: kind_of(shape), word, telling: is_telling(shape), filled: true };
    }
    traits
}

impl Slot {
    pub(super) fn new(keeps_words: bool) -> Self {
        Self { keeps_words, ..Self::default() }
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
        let known = self.slots[path].shapes.iter().find(|known| known.0 == shape).map(|known| known.1);
        let atom = known.unwrap_or_else(|| {
            let atom = self.new_atom(u32::try_from(path).unwrap_or(u32::MAX), LocalKind::Shape(shape));
            self.slots[path].shapes.push((shape, atom));
            atom
        });
        let hot = &mut self.hot[path];
        if !hot.repeats {
            (hot.shape, hot.shape_atom) = (shape, atom);
        }
        atom
    }

    /// The atom of a value that may belong to a closed set.
    #[inline]
    pub(super) fn value_atom(&mut self, counters: &mut WindowCounters, observation: &Observation, bytes: &[u8]) -> u32 {
        let path = observation.path.index();
        let hot = &mut self.hot[path];
        let key = typed(observation.hash, observation.shape.value_type());
        // Most fields hold the same word as in the record before.
        let atom = if hot.last_hash == key && hot.last_atom != NO_ATOM {
            hot.last_atom
        } else {
            match self.slots[path].values.get(&key) {
                Some(&atom) => {
                    (hot.last_hash, hot.last_atom) = (key, atom);
                    atom
                }
                None => self.know_value(observation, bytes),
            }
        };
        if !counters.seen.get(atom as usize).copied().unwrap_or(false) {
            let spelt_alike = self.is_spelt_alike(counters, observation);
            let of_path = &mut counters.paths[path];
            of_path.distinct.add(observation.hash);
            of_path.words += usize::from(!spelt_alike);
            counters.width += usize::from(!spelt_alike && of_path.words <= MAX_CLOSED_VALUES);
            if of_path.words > MAX_CLOSED_VALUES && !counters.open[path] {
                counters.open[path] = true;
                counters.plans.iter_mut().for_each(Plan::forget);
            }
        }
        atom
    }

    /// Whether the window has a value of another type at the path that is spelt alike: to a closed set the two are one.
    #[cold]
    fn is_spelt_alike(&self, counters: &WindowCounters, observation: &Observation) -> bool {
        let others =
            [ValueType::Boolean, ValueType::Number, ValueType::Text].into_iter().filter(|other| *other != observation.shape.value_type());
        let values = &self.slots[observation.path.index()].values;
        let mut atoms = others.filter_map(|other| values.get(&typed(observation.hash, other)));
        atoms.any(|&atom| counters.seen.get(atom as usize).copied().unwrap_or(false))
    }

    #[cold]
    fn know_value(&mut self, observation: &Observation, bytes: &[u8]) -> u32 {
        let path = observation.path.index();
        let word =
            if self.slots[path].keeps_words && names_nobody(bytes) { std::str::from_utf8(bytes).ok().map(str::to_owned) } else { None };
        let place = u32::try_from(self.values.len()).unwrap_or(u32::MAX);
        self.values.push(KnownValue {
            id: self.key.secret(bytes),
            value: Value { shape: observation.shape, word },
            length: observation.length,
            number: observation.number,
        });
        let atom = self.new_atom(observation.path.0, LocalKind::Value { shape: observation.shape, place });
        self.slots[path].values.insert(typed(observation.hash, observation.shape.value_type()), atom);
        atom
    }
}

/// The hash of a value, another one for a text than for the number or boolean that is spelt alike.
const fn typed(hash: u64, value_type: ValueType) -> u64 {
    hash ^ (value_type as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// Whether a word of a closed set may be kept as it is: no mail address in it, and no number long enough to be somebody's.
pub(super) fn names_nobody(word: &[u8]) -> bool {
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
