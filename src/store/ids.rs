//! Which records were seen before: ids and bodies of records as 64-bit keyed hashes, in memory.
//!
//! Both hashes are keyed, so nobody who writes logs can aim at a hash table or a filter.

use crate::hash::{AlreadyHashed, HashedMap};
use crate::model::Window;
use std::collections::{BTreeMap, HashSet};

/// Most entries kept in memory: what a hash table of 2^20 places holds before it doubles (18 MB, 36 MB while it would grow).
pub const MAX_IDS_IN_MEMORY: usize = 900_000;

/// What a window costs beyond its entries, counted in entries: hostile times may give every record its own window.
pub(super) const WINDOW_COST: usize = 16;

/// An id and a body.
pub(super) type Entry = (u64, u64);

/// How a record relates to those seen before in its window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// No record of this id was seen.
    New,
    /// A record of the same id and the same body was seen.
    Repeat,
    /// Records of the same id were seen, all with other bodies.
    Twin,
}

/// What was found out about one record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// How it relates to those seen before.
    pub seen: Seen,
    /// Whether the earlier record (of a repeat: the equal one; of a twin: any of its id) was learnt by an earlier ingest.
    pub earlier_run: bool,
}

/// How much of an entry is known somewhere; the greatest of several places counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Known {
    Nothing,
    Id,
    Entry,
}

impl Known {
    pub(super) fn seen(self) -> Seen {
        match self {
            Self::Nothing => Seen::New,
            Self::Id => Seen::Twin,
            Self::Entry => Seen::Repeat,
        }
    }
}

/// The entries of one window.
#[derive(Default)]
pub(super) struct Table {
    first: HashedMap<u64>,
    twins: HashSet<Entry, AlreadyHashed>,
}

impl Table {
    pub(super) fn look(&self, entry: Entry) -> Known {
        match self.first.get(&entry.0) {
            None => Known::Nothing,
            Some(body) if *body == entry.1 => Known::Entry,
            Some(_) if self.twins.contains(&entry) => Known::Entry,
            Some(_) => Known::Id,
        }
    }

    /// Adds an entry that is not in it.
    pub(super) fn add(&mut self, entry: Entry) {
        if *self.first.entry(entry.0).or_insert(entry.1) != entry.1 {
            self.twins.insert(entry);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.first.is_empty()
    }

    /// All entries in order.
    pub(super) fn into_sorted(self) -> Vec<Entry> {
        let mut entries: Vec<Entry> = self.first.into_iter().chain(self.twins).collect();
        entries.sort_unstable();
        entries
    }
}

/// One value for each window of each source, quick to find when records of a window follow each other.
pub(super) struct Slots<T> {
    places: BTreeMap<String, BTreeMap<Window, usize>>,
    slots: Vec<Slot<T>>,
    last: usize,
}

/// One window of one source.
pub(super) struct Slot<T> {
    pub(super) source: String,
    pub(super) window: Window,
    pub(super) value: T,
}

impl<T> Default for Slots<T> {
    fn default() -> Self {
        Self { places: BTreeMap::new(), slots: Vec::new(), last: 0 }
    }
}

impl<T: Default> Slots<T> {
    /// The value of a window, and whether it was made just now.
    pub(super) fn get(&mut self, source: &str, window: Window) -> (&mut T, bool) {
        let made = match self.slots.get(self.last) {
            Some(slot) if slot.window == window && slot.source == source => false,
            _ => self.turn_to(source, window),
        };
        (&mut self.slots[self.last].value, made)
    }

    fn turn_to(&mut self, source: &str, window: Window) -> bool {
        if let Some(place) = self.places.get(source).and_then(|windows| windows.get(&window)) {
            self.last = *place;
            return false;
        }
        self.last = self.slots.len();
        self.slots.push(Slot { source: source.to_owned(), window, value: T::default() });
        self.places.entry(source.to_owned()).or_default().insert(window, self.last);
        true
    }

    /// All windows in the order of their first record.
    pub(super) fn into_slots(self) -> Vec<Slot<T>> {
        self.slots
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Slot<T>> {
        self.slots.iter_mut()
    }
}

/// Recognises repeated records where there is no store.
///
/// It remembers at least the latest half of [`MAX_IDS_IN_MEMORY`] records. A record older than that may be forgotten: its
/// repeat then counts as new, and [`SeenInMemory::overflowed`] says that this can have happened.
pub struct SeenInMemory {
    latest: Slots<Table>,
    before: Slots<Table>,
    held: usize,
    half: usize,
    full_before: bool,
    overflowed: bool,
}

impl Default for SeenInMemory {
    fn default() -> Self {
        Self::with_cap(MAX_IDS_IN_MEMORY)
    }
}

impl SeenInMemory {
    fn with_cap(cap: usize) -> Self {
        Self { latest: Slots::default(), before: Slots::default(), held: 0, half: cap / 2, full_before: false, overflowed: false }
    }

    /// Looks a record up in its window and remembers it. `id` and `body` are keyed hashes; `earlier_run` is always false.
    pub fn see(&mut self, source: &str, window: Window, id: u64, body: u64) -> Sighting {
        let entry = (id, body);
        let (table, made) = self.latest.get(source, window);
        self.held += if made { WINDOW_COST } else { 0 };
        let mut known = table.look(entry);
        if known < Known::Entry && self.full_before {
            known = known.max(self.before.get(source, window).0.look(entry));
        }
        if known < Known::Entry {
            table.add(entry);
            self.held += 1;
        }
        if self.held >= self.half {
            self.forget_oldest();
        }
        Sighting { seen: known.seen(), earlier_run: false }
    }

    /// Whether records were forgotten, so that repeats of them counted as new.
    #[must_use]
    pub fn overflowed(&self) -> bool {
        self.overflowed
    }

    fn forget_oldest(&mut self) {
        self.overflowed |= self.full_before;
        self.before = std::mem::take(&mut self.latest);
        self.full_before = true;
        self.held = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Granularity;

    fn day(number: i64) -> Window {
        Window::of(number * 86_400, Granularity::Day)
    }

    #[test]
    fn tells_new_repeat_and_twin_apart() {
        let mut ids = SeenInMemory::default();
        let mut see = |source, window, id, body| ids.see(source, window, id, body).seen;
        assert_eq!(see("a", day(1), 0, 0), Seen::New);
        assert_eq!(see("a", day(1), 0, 0), Seen::Repeat);
        assert_eq!(see("a", day(1), 0, 1), Seen::Twin);
        assert_eq!(see("a", day(1), 0, 2), Seen::Twin);
        assert_eq!(see("a", day(1), 0, 1), Seen::Repeat);
        assert_eq!(see("a", day(1), 0, 0), Seen::Repeat);
        assert_eq!(see("a", day(2), 0, 0), Seen::New);
        assert_eq!(see("b", day(1), 0, 0), Seen::New);
        assert_eq!(see("a", Window::of(86_400, Granularity::Hour), 0, 0), Seen::New);
    }

    #[test]
    fn forgets_the_oldest_and_says_so() {
        let mut ids = SeenInMemory::with_cap(2 * (WINDOW_COST + 4));
        for id in 0..4 {
            assert_eq!(ids.see("a", day(1), id, 0).seen, Seen::New);
        }
        for id in 0..4 {
            assert_eq!(ids.see("a", day(1), id, 0).seen, Seen::Repeat, "the second half fills up");
        }
        for id in 4..7 {
            assert_eq!(ids.see("a", day(1), id, 0).seen, Seen::New);
        }
        assert_eq!(ids.see("a", day(1), 3, 0).seen, Seen::Repeat);
        assert!(!ids.overflowed());
        assert_eq!(ids.see("a", day(1), 7, 0).seen, Seen::New);
        assert!(ids.overflowed());
        assert_eq!(ids.see("a", day(1), 4, 0).seen, Seen::Repeat);
        assert_eq!(ids.see("a", day(1), 0, 0).seen, Seen::New);
    }

    #[test]
    fn sorted_entries_hold_twins_too() {
        let mut table = Table::default();
        for entry in [(9, 1), (2, 5), (2, 3), (2, 4)] {
            table.add(entry);
        }
        assert_eq!(table.into_sorted(), [(2, 3), (2, 4), (2, 5), (9, 1)]);
    }
}
