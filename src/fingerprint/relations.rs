//! Which fields of a record hold the same text: discovered record by record, not listed by hand.

use crate::model::{Family, Shape};

/// Shortest text whose equality says something; shorter ones are equal by chance.
pub(super) const SHORTEST_TELLING: u32 = 8;
/// Fields of one record that share a text and are paired with one another; a further one is paired with these alone.
const GROUP: usize = 6;
/// Small enough to stay in the nearest cache; a record has some sixty texts that tell anything.
const SLOTS: usize = 256;

/// Whether equality with another field says something of a text like this.
#[must_use]
pub(super) fn is_telling(shape: Shape) -> bool {
    shape.is_filled() && !matches!(shape.family(), Family::None | Family::Boolean | Family::Json)
}

#[derive(Clone, Copy, Default)]
struct Slot {
    round: u32,
    members: u8,
    hash: u64,
    paths: [u32; GROUP],
}

/// A small hash table that forgets everything when the next record begins.
pub(super) struct Equals {
    round: u32,
    slots: Vec<Slot>,
}

impl Equals {
    pub(super) fn new() -> Self {
        Self { round: 0, slots: vec![Slot::default(); SLOTS] }
    }

    /// Begins the next record.
    pub(super) fn next_record(&mut self) {
        self.round = self.round.wrapping_add(1);
        if self.round == 0 {
            self.slots.fill(Slot::default());
            self.round = 1;
        }
    }

    /// Adds a text of this record and tells which fields before it hold the same.
    #[inline]
    pub(super) fn add(&mut self, path: u32, hash: u64) -> Equal {
        let mut place = (hash ^ (hash >> 32)) as usize % SLOTS;
        for _ in 0..SLOTS / 4 {
            let slot = &mut self.slots[place];
            if slot.round != self.round {
                *slot = Slot { round: self.round, members: 1, hash, paths: [path; GROUP] };
                return Equal::default();
            }
            if slot.hash == hash {
                let earlier = Equal { paths: slot.paths, members: usize::from(slot.members) };
                if earlier.members < GROUP {
                    slot.paths[earlier.members] = path;
                    slot.members += 1;
                }
                return earlier;
            }
            place = (place + 1) % SLOTS;
        }
        Equal::default()
    }
}

/// The fields of a record that hold the same text as one more.
#[derive(Clone, Copy, Default)]
pub(super) struct Equal {
    paths: [u32; GROUP],
    members: usize,
}

impl Equal {
    /// Their paths, in the order in which they stood.
    pub(super) fn paths(&self) -> &[u32] {
        &self.paths[..self.members]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_of_one_record_are_paired_and_the_next_record_starts_anew() {
        let mut equals = Equals::new();
        let mut pairs = Vec::new();
        equals.next_record();
        for (path, hash) in [(5, 11), (2, 22), (3, 11), (9, 11 + SLOTS as u64), (1, 11)] {
            pairs.extend(equals.add(path, hash).paths().iter().map(|&earlier| (earlier, path)));
        }
        assert_eq!(pairs, [(5, 3), (5, 1), (3, 1)]);
        equals.next_record();
        assert!(equals.add(7, 11).paths().is_empty());
    }

    #[test]
    fn short_texts_and_words_for_yes_and_no_tell_nothing() {
        assert!(is_telling(Shape::GUID) && is_telling(Shape::WORD_LOWER));
        assert!(!is_telling(Shape::PLACEHOLDER_TEXT));
        assert!(!is_telling(Shape::BOOLEAN_LOWER));
        assert!(!is_telling(Shape::NULL));
    }
}
