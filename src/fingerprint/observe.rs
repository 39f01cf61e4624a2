//! Records in, counters up.

use super::Fingerprint;
use super::accumulate::WindowCounters;
use super::atoms::{Hot, KnownAtom, KnownValue, Slot, Traits, traits};
use super::relations::Equals;
use crate::hash::{HashKey, HashedMap};
use crate::model::{FieldPath, Granularity, RejectReason, Window};
use crate::scan::{Observations, Scanner, moment};
use crate::sources::{Role, Source};
use crate::stats::Actor;
use std::collections::BTreeMap;

/// How records are laid into windows.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Length of a window.
    pub granularity: Granularity,
    /// Whether containers that come again byte for byte are counted as one: quicker, with the same outcome.
    pub remember: bool,
    /// Bytes that counters of windows may take, about, before those not counted in for longest are written out, to be merged
    /// again when all records were read.
    pub memory: usize,
}

/// Pieces of one window in compact form before they are put together.
const MOST_PARTS: usize = 8;

impl Default for Settings {
    fn default() -> Self {
        Self { granularity: Granularity::Day, remember: true, memory: 64 << 20 }
    }
}

/// What a record turned out to be before it is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A record to be counted, or not, by whoever knows which records came before.
    Record {
        /// The window it falls into.
        window: Window,
        /// Keyed hash of its id, if it has one.
        id: Option<u64>,
        /// Keyed hash of its bytes.
        body: u64,
    },
    /// A record of a type that the source does not read; it is counted apart.
    Apart,
}

/// Makes fingerprints, one for each window that records fall into.
pub struct Fingerprinter<'s> {
    pub(super) source: &'s Source,
    pub(super) key: HashKey,
    settings: Settings,
    /// Whether the source tells when a record happened.
    dated: bool,
    pub(super) scanner: Scanner,
    pub(super) seen: Observations,
    pub(super) hot: Vec<Hot>,
    pub(super) slots: Vec<Slot>,
    pub(super) atoms: Vec<KnownAtom>,
    pub(super) values: Vec<KnownValue>,
    /// Last record that showed an atom, by atom: atoms of paths that repeat are counted once a record.
    pub(super) stamps: Vec<u32>,
    /// Last record in which a path held something filled, by path.
    pub(super) filled: Vec<u32>,
    pub(super) round: u32,
    /// When the record read last happened, else was written, and when it was written, in microseconds since 1970.
    pub(super) happened: Option<i64>,
    pub(super) written: Option<i64>,
    pub(super) relations: HashedMap<u32>,
    pub(super) equals: Equals,
    pub(super) hits: Vec<u32>,
    pub(super) objects: Vec<u32>,
    /// The cohorts of the record being counted, one of each field.
    pub(super) cohorts: Vec<u32>,
    pub(super) texts: HashedMap<(u64, String)>,
    pub(super) windows: BTreeMap<Window, WindowCounters>,
    /// The window of the record counted last, out of the map: the next record mostly falls into it too.
    current: Option<(Window, WindowCounters)>,
    changes: u64,
    /// Windows written out, in wire form.
    parts: BTreeMap<Window, Vec<Vec<u8>>>,
    pub(super) traits: [Traits; 256],
    /// Whether the contents of a remembered container are being counted for the first time.
    pub(super) in_group: bool,
    pub(super) rejects: BTreeMap<RejectReason, u64>,
}

impl<'s> Fingerprinter<'s> {
    /// A fingerprinter of no records yet.
    #[must_use]
    pub fn new(source: &'s Source, key: HashKey, settings: Settings) -> Self {
        let mut scanner = Scanner::new(key.clone(), &source.roles());
        scanner.know_names(source.keys());
        if settings.remember {
            scanner.remember_containers();
        }
        Self {
            scanner,
            dated: source.is_dated(),
            source,
            key,
            settings,
            seen: Observations::new(),
            hot: Vec::new(),
            slots: Vec::new(),
            atoms: Vec::new(),
            values: Vec::new(),
            stamps: Vec::new(),
            filled: Vec::new(),
            round: 0,
            happened: None,
            written: None,
            relations: HashedMap::default(),
            equals: Equals::new(),
            hits: Vec::new(),
            objects: Vec::new(),
            cohorts: Vec::new(),
            texts: HashedMap::default(),
            windows: BTreeMap::new(),
            current: None,
            changes: 0,
            parts: BTreeMap::new(),
            traits: traits(),
            in_group: false,
            rejects: BTreeMap::new(),
        }
    }

    /// Reads one record and says what it is; it is counted by [`Fingerprinter::count`] or [`Fingerprinter::repeat`].
    ///
    /// # Errors
    /// The reason why it is no record of this source.
    pub fn read(&mut self, record: &[u8]) -> Result<Outcome, RejectReason> {
        self.scanner.scan(record, &mut self.seen)?;
        self.written = self.role_moment(Role::Delivered, record);
        self.happened = self.role_moment(Role::Time, record).or(self.written);
        let window = self.window();
        let record_type = text_of(&self.seen, Role::RecordType, record);
        if !self.source.reads(record_type) {
            // Its time may be spelt as no record of this source spells it; then it is counted without one.
            let record_type = record_type.unwrap_or_default().to_owned();
            let counters = self.window_counters(window.unwrap_or(Window::UNDATED));
            *counters.apart.entry(record_type).or_default() += 1;
            return Ok(Outcome::Apart);
        }
        let id = self.seen.role(Role::RecordId as usize).map(|observation| observation.hash);
        Ok(Outcome::Record { window: window?, id, body: self.key.fast(record) })
    }

    /// Counts a piece of input that was no record.
    pub fn reject(&mut self, reason: RejectReason) {
        *self.rejects.entry(reason).or_default() += 1;
    }

    /// Counts the record read last as one that had come before with the same bytes.
    pub fn repeat(&mut self, window: Window) {
        self.window_counters(window).repeats += 1;
    }

    /// Counts the record read last; `twin` tells that its id had come before with other bytes.
    pub fn count(&mut self, record: &[u8], window: Window, twin: bool) {
        self.know_new_paths();
        self.round = self.round.wrapping_add(1);
        if self.round == 0 {
            self.stamps.fill(0);
            self.filled.fill(0);
            self.round = 1;
        }
        let mut counters = self.take_window(window);
        counters.records += 1;
        counters.twins += u64::from(twin);
        counters.lost += u64::from(self.seen.lost);
        if let Some(id) = self.seen.role(Role::RecordId as usize) {
            counters.ids.add(id.hash);
        }
        self.observe(&mut counters, record);
        let actor = self.actor(record);
        self.count_in_cohorts(&mut counters, record, actor);
        let many = counters.count_many_waiting();
        self.current = Some((window, counters));
        if many {
            self.make_room();
        }
    }

    /// The counters of a window, out of wherever they are; they go back as the current ones.
    fn take_window(&mut self, window: Window) -> WindowCounters {
        match self.current.take() {
            Some((current, counters)) if current == window => return counters,
            Some((current, counters)) => self.put_back(current, counters),
            None => {}
        }
        self.changes += 1;
        let mut counters = self.windows.remove(&window).unwrap_or_else(|| {
            self.make_room();
            WindowCounters::new(self.source.dimensions().len())
        });
        counters.touched = self.changes;
        counters
    }

    /// Writes out the windows not counted in for longest, the current one last, if all together take too much memory.
    fn make_room(&mut self) {
        let current = self.current.as_ref().map_or(0, |current| current.1.bytes());
        let mut bytes = current + self.windows.values().map(WindowCounters::bytes).sum::<usize>();
        while bytes > self.settings.memory {
            let oldest = self.windows.iter().min_by_key(|entry| entry.1.touched).map(|entry| *entry.0);
            let oldest = oldest.and_then(|window| Some((window, self.windows.remove(&window)?)));
            let Some((window, counters)) = oldest.or_else(|| self.current.take()) else { return };
            bytes -= counters.bytes().min(bytes);
            self.write_out(window, counters);
        }
    }

    /// Puts a window into compact form, together with what was written out of it before, if that is much.
    fn write_out(&mut self, window: Window, counters: WindowCounters) {
        let mut part = self.canonical(window, counters);
        let parts = self.parts.entry(window).or_default();
        if parts.len() >= MOST_PARTS {
            add_parts(&mut part, std::mem::take(parts));
        }
        parts.push(part.to_bytes());
    }

    /// All windows, those written out among them, in order of time.
    pub(super) fn take_fingerprints(&mut self) -> BTreeMap<Window, Fingerprint> {
        let open = self.take_windows();
        let mut all: BTreeMap<Window, Fingerprint> =
            open.into_iter().map(|(window, counters)| (window, self.canonical(window, counters))).collect();
        for (window, parts) in std::mem::take(&mut self.parts) {
            add_parts(all.entry(window).or_insert_with(|| Fingerprint::empty(self.key.id(), window)), parts);
        }
        all
    }

    /// All counters, in order of time.
    fn take_windows(&mut self) -> BTreeMap<Window, WindowCounters> {
        if let Some((window, counters)) = self.current.take() {
            self.put_back(window, counters);
        }
        std::mem::take(&mut self.windows)
    }

    fn put_back(&mut self, window: Window, mut counters: WindowCounters) {
        counters.rest();
        self.windows.insert(window, counters);
    }

    fn window_counters(&mut self, window: Window) -> &mut WindowCounters {
        if let Some((current, counters)) = self.current.take() {
            self.put_back(current, counters);
        }
        let fields = self.source.dimensions().len();
        self.windows.entry(window).or_insert_with(|| WindowCounters::new(fields))
    }

    fn role_moment(&self, role: Role, record: &[u8]) -> Option<i64> {
        moment(self.seen.bytes(self.seen.role(role as usize)?, record))
    }

    /// The window of the record: by event time, else by the time it was written.
    fn window(&self) -> Result<Window, RejectReason> {
        if !self.dated {
            return Ok(Window::UNDATED);
        }
        self.happened.map(|micros| Window::of(micros.div_euclid(1_000_000), self.settings.granularity)).ok_or(RejectReason::NoTime)
    }

    /// Whoever stands behind the record; a record nobody stands behind is a witness of its own.
    fn actor(&self, record: &[u8]) -> Actor {
        let known = self.seen.role(Role::Actor as usize).map(|observation| observation.hash);
        Actor::new(known.unwrap_or_else(|| self.key.fast(record)))
    }

    fn know_new_paths(&mut self) {
        let paths = self.scanner.paths();
        for number in self.slots.len()..paths.len() {
            let id = crate::scan::PathId(u32::try_from(number).unwrap_or(u32::MAX));
            let root = FieldPath::root();
            let name = paths.name(id).unwrap_or(&root);
            self.hot.push(Hot::new(name.repeats(), paths.parent(id).0));
            self.slots.push(Slot::new(self.source.keeps_words(name)));
        }
        self.filled.resize(self.slots.len(), 0);
    }
}

/// Adds parts of the same window in compact form, one after the other.
fn add_parts(sum: &mut Fingerprint, parts: Vec<Vec<u8>>) {
    for part in parts {
        // What was written here can be read, and is of the same window and key: nothing stands in the way.
        drop(Fingerprint::from_bytes(&part).map(|part| sum.absorb(part)));
    }
}

/// The text that stands in the field of a role.
pub(super) fn text_of<'a>(seen: &'a Observations, role: Role, record: &'a [u8]) -> Option<&'a str> {
    std::str::from_utf8(seen.bytes(seen.role(role as usize)?, record)).ok()
}
