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

/// A text of the record: the first field that holds it, and where the further ones are listed, if there are any.
#[derive(Clone, Copy, Default)]
struct Slot {
    hash: u64,
    round: u32,
    first: u16,
    more: u16,
}

/// The fields of a record that hold one text.
type Group = ([u32; GROUP], u8);

/// A small hash table that forgets everything when the next record begins.
pub(super) struct Equals {
    round: u32,
    slots: Vec<Slot>,
    /// Fields that share a text, from 1 on: most texts of a record stand there once.
    groups: Vec<Group>,
}

impl Equals {
    pub(super) fn new() -> Self {
        Self { round: 0, slots: vec![Slot::default(); SLOTS], groups: vec![([0; GROUP], 0)] }
    }

    /// Begins the next record.
    pub(super) fn next_record(&mut self) {
        self.groups.truncate(1);
        self.round = self.round.wrapping_add(1);
        if self.round == 0 {
            self.slots.fill(Slot::default());
            self.round = 1;
        }
    }

    /// Adds a text of this record and tells which fields before it hold the same.
    #[inline]
    pub(super) fn add(&mut self, path: u32, hash: u64) -> Option<Equal> {
        let mut place = (hash ^ (hash >> 32)) as usize % SLOTS;
        for _ in 0..SLOTS / 4 {
            let slot = &mut self.slots[place];
            if slot.round != self.round {
                *slot = Slot { hash, round: self.round, first: u16::try_from(path).ok()?, more: 0 };
                return None;
            }
            if slot.hash == hash {
                return self.share(place, path);
            }
            place = (place + 1) % SLOTS;
        }
        None
    }

    fn share(&mut self, place: usize, path: u32) -> Option<Equal> {
        let slot = &mut self.slots[place];
        if slot.more == 0 {
            slot.more = u16::try_from(self.groups.len()).ok()?;
            self.groups.push(([u32::from(slot.first); GROUP], 1));
        }
        let (paths, members) = &mut self.groups[usize::from(slot.more)];
        let earlier = Equal { paths: *paths, members: usize::from(*members) };
        if earlier.members < GROUP {
            paths[earlier.members] = path;
            *members += 1;
        }
        Some(earlier)
    }
}

/// The fields of a record that hold the same text as one more.
#[derive(Clone, Copy)]
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

/// A path's number fits into a slot.
const _: () = assert!(crate::scan::MAX_PATHS <= u16::MAX as usize);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_of_one_record_are_paired_and_the_next_record_starts_anew() {
        let mut equals = Equals::new();
        let mut pairs = Vec::new();
        equals.next_record();
        for (path, hash) in [(5, 11), (2, 22), (3, 11), (9, 11 + SLOTS as u64), (1, 11)] {
            pairs.extend(equals.add(path, hash).iter().flat_map(Equal::paths).map(|&earlier| (earlier, path)));
        }
        assert_eq!(pairs, [(5, 3), (5, 1), (3, 1)]);
        equals.next_record();
        assert!(equals.add(7, 11).is_none());
    }

    #[test]
    fn short_texts_and_words_for_yes_and_no_tell_nothing() {
        assert!(is_telling(Shape::GUID) && is_telling(Shape::WORD_LOWER));
        assert!(!is_telling(Shape::PLACEHOLDER_TEXT));
        assert!(!is_telling(Shape::BOOLEAN_LOWER));
        assert!(!is_telling(Shape::NULL));
    }
}
