//! Records in, counters up.

use super::accumulate::{HashedMap, WindowCounters};
use super::relations::{Equals, is_telling};
use super::{Description, MAX_CLOSED_VALUES, MAX_RELATIONS, Value, describe};
use crate::hash::HashKey;
use crate::model::{Family, FieldPath, Granularity, RejectReason, Shape, ValueType, Window};
use crate::scan::{Observation, Observations, Scanner, moment};
use crate::sources::{Role, Source};
use crate::stats::Actor;
use std::collections::BTreeMap;

/// Longest text of a closed set; a longer one is nothing that rules compare with.
const LONGEST_WORD: u32 = 80;
/// Descriptions whose masked form is remembered, so that it is made once.
const REMEMBERED_TEXTS: usize = 4_096;

/// How records are laid into windows.
#[derive(Clone, Copy, Debug, Default)]
pub struct Settings {
    /// Length of a window.
    pub granularity: Granularity,
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

/// One of the fingerprinter's own numbers for "this, at that path".
pub(super) struct KnownAtom {
    pub(super) path: u32,
    pub(super) kind: LocalKind,
}

/// As [`AtomKind`], with the fingerprinter's numbers in the place of the fingerprint's.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum LocalKind {
    Present,
    Hollow,
    Shape(Shape),
    Value { shape: Shape, place: u32 },
    Equal(u32),
}

/// What the fingerprinter knows of a path.
pub(super) struct Slot {
    repeats: bool,
    parent: u32,
    present: Option<u32>,
    hollow: Option<u32>,
    shapes: Vec<(Shape, u32)>,
    values: HashedMap<u32>,
    keeps_words: bool,
}

/// Makes fingerprints, one for each window that records fall into.
pub struct Fingerprinter<'s> {
    pub(super) source: &'s Source,
    pub(super) key: HashKey,
    settings: Settings,
    /// Whether the source tells when a record happened.
    dated: bool,
    pub(super) scanner: Scanner,
    seen: Observations,
    slots: Vec<Slot>,
    pub(super) atoms: Vec<KnownAtom>,
    pub(super) values: Vec<(u64, Value)>,
    /// Last record that showed an atom, by atom: atoms of paths that repeat are counted once a record.
    stamps: Vec<u32>,
    /// Last record in which a path held something filled, by path.
    filled: Vec<u32>,
    round: u32,
    relations: HashedMap<u32>,
    equals: Equals,
    hits: Vec<u32>,
    objects: Vec<u32>,
    texts: HashedMap<(u64, String)>,
    pub(super) windows: BTreeMap<Window, WindowCounters>,
    /// The window of the record counted last, out of the map: the next record mostly falls into it too.
    current: Option<(Window, WindowCounters)>,
    kinds: [(Kind, bool); 256],
    pub(super) rejects: BTreeMap<RejectReason, u64>,
}

impl<'s> Fingerprinter<'s> {
    /// A fingerprinter of no records yet.
    #[must_use]
    pub fn new(source: &'s Source, key: HashKey, settings: Settings) -> Self {
        Self {
            scanner: Scanner::new(key.clone(), &source.roles()),
            dated: source.roles().first().is_some_and(|paths| !paths.is_empty()),
            source,
            key,
            settings,
            seen: Observations::new(),
            slots: Vec::new(),
            atoms: Vec::new(),
            values: Vec::new(),
            stamps: Vec::new(),
            filled: Vec::new(),
            round: 0,
            relations: HashedMap::default(),
            equals: Equals::new(),
            hits: Vec::new(),
            objects: Vec::new(),
            texts: HashedMap::default(),
            windows: BTreeMap::new(),
            current: None,
            kinds: kinds(),
            rejects: BTreeMap::new(),
        }
    }

    /// Reads one record and says what it is; it is counted by [`Fingerprinter::count`] or [`Fingerprinter::repeat`].
    ///
    /// # Errors
    /// The reason why it is no record of this source.
    pub fn read(&mut self, record: &[u8]) -> Result<Outcome, RejectReason> {
        self.scanner.scan(record, &mut self.seen)?;
        let record_type = text_of(&self.seen, Role::RecordType, record).map(str::to_owned);
        let window = self.window(record);
        if !self.source.reads(record_type.as_deref()) {
            // Its time may be spelt as no record of this source spells it; then it is counted without one.
            let counters = self.window_counters(window.unwrap_or(Window::UNDATED));
            *counters.apart.entry(record_type.unwrap_or_default()).or_default() += 1;
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
        self.current = Some((window, counters));
    }

    /// The counters of a window, out of wherever they are; they go back as the current ones.
    fn take_window(&mut self, window: Window) -> WindowCounters {
        match self.current.take() {
            Some((current, counters)) if current == window => return counters,
            Some((current, counters)) => drop(self.windows.insert(current, counters)),
            None => {}
        }
        self.windows.remove(&window).unwrap_or_else(|| WindowCounters::new(self.source.dimensions().len()))
    }

    /// All counters, in order of time.
    pub(super) fn take_windows(&mut self) -> BTreeMap<Window, WindowCounters> {
        if let Some((window, counters)) = self.current.take() {
            self.windows.insert(window, counters);
        }
        std::mem::take(&mut self.windows)
    }

    fn window_counters(&mut self, window: Window) -> &mut WindowCounters {
        if let Some((current, counters)) = self.current.take() {
            self.windows.insert(current, counters);
        }
        let fields = self.source.dimensions().len();
        self.windows.entry(window).or_insert_with(|| WindowCounters::new(fields))
    }

    fn role_moment(&self, role: Role, record: &[u8]) -> Option<i64> {
        moment(self.seen.bytes(self.seen.role(role as usize)?, record))
    }

    /// The window of the record: by event time, else by the time it was written.
    fn window(&self, record: &[u8]) -> Result<Window, RejectReason> {
        if !self.dated {
            return Ok(Window::UNDATED);
        }
        let micros = self.role_moment(Role::Time, record).or_else(|| self.role_moment(Role::Delivered, record));
        micros.map(|micros| Window::of(micros.div_euclid(1_000_000), self.settings.granularity)).ok_or(RejectReason::NoTime)
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
            self.slots.push(Slot {
                repeats: name.repeats(),
                parent: paths.parent(id).0,
                present: None,
                hollow: None,
                shapes: Vec::new(),
                values: HashedMap::default(),
                keeps_words: self.source.keeps_words(name),
            });
        }
        self.filled.resize(self.slots.len(), 0);
    }

    fn observe(&mut self, counters: &mut WindowCounters, record: &[u8]) {
        self.hits.clear();
        self.objects.clear();
        self.equals.next_record();
        if counters.paths.len() < self.slots.len() {
            counters.paths.resize_with(self.slots.len(), Default::default);
        }
        let seen = std::mem::take(&mut self.seen);
        for observation in seen.items() {
            self.observe_one(counters, observation, &seen, record);
        }
        self.seen = seen;
        self.observe_hollow_objects(counters);
    }

    #[inline]
    fn observe_one(&mut self, counters: &mut WindowCounters, observation: &Observation, seen: &Observations, record: &[u8]) {
        let path = observation.path.index();
        let shape = observation.shape;
        let of_path = &mut counters.paths[path];
        of_path.occurrences += 1;
        let (kind, may_be_word) = self.kinds[usize::from(shape.code())];
        match kind {
            Kind::Number => {
                of_path.add_number(observation.number);
                of_path.distinct.add(observation.hash);
            }
            Kind::Text | Kind::Array => of_path.add_length(observation.length),
            Kind::Else => {}
        }
        let slot = &self.slots[path];
        let (repeats, parent) = (slot.repeats, slot.parent as usize);
        if observation.again && !repeats {
            return;
        }
        if shape == Shape::OBJECT && !repeats {
            self.objects.push(observation.path.0);
        } else if shape.is_filled() {
            self.filled[parent] = self.round;
        }
        let is_word = may_be_word && observation.length <= LONGEST_WORD && !of_path.open;
        if kind == Kind::Text && !is_word {
            of_path.distinct.add(observation.hash);
        }
        if repeats {
            let present = self.present_atom(path);
            self.hit_once(counters, present);
            let atom = self.shape_atom(path, shape);
            self.hit_once(counters, atom);
            if is_word {
                let atom = self.value_atom(counters, observation, seen, record);
                self.hit_once(counters, atom);
            }
            return;
        }
        let atom = if is_word { self.value_atom(counters, observation, seen, record) } else { self.shape_atom(path, shape) };
        self.hit(counters, atom);
        if is_telling(shape, observation.length) {
            self.observe_equal(counters, observation);
        }
    }

    fn observe_equal(&mut self, counters: &mut WindowCounters, observation: &Observation) {
        let path = observation.path.0;
        let equal = self.equals.add(path, observation.hash);
        for &earlier in equal.paths() {
            let (a, b) = (earlier.min(path), earlier.max(path));
            let key = (u64::from(a) << 32) | u64::from(b);
            let atom = match self.relations.get(&key) {
                Some(&atom) => atom,
                None if self.relations.len() >= MAX_RELATIONS => continue,
                None => {
                    let atom = self.new_atom(a, LocalKind::Equal(b));
                    self.relations.insert(key, atom);
                    atom
                }
            };
            self.hit(counters, atom);
        }
    }

    /// Objects with members none of which, however deep, was filled; innermost first, so that fullness climbs.
    fn observe_hollow_objects(&mut self, counters: &mut WindowCounters) {
        for place in (0..self.objects.len()).rev() {
            let path = self.objects[place] as usize;
            if self.filled[path] == self.round {
                self.filled[self.slots[path].parent as usize] = self.round;
                continue;
            }
            let atom = match self.slots[path].hollow {
                Some(atom) => atom,
                None => {
                    let atom = self.new_atom(self.objects[place], LocalKind::Hollow);
                    self.slots[path].hollow = Some(atom);
                    atom
                }
            };
            self.hit(counters, atom);
        }
    }

    #[inline]
    fn hit(&mut self, counters: &mut WindowCounters, atom: u32) {
        mark_seen(counters, atom);
        self.hits.push(atom);
    }

    #[inline]
    fn hit_once(&mut self, counters: &mut WindowCounters, atom: u32) {
        let stamp = &mut self.stamps[atom as usize];
        if *stamp != self.round {
            *stamp = self.round;
            self.hit(counters, atom);
        }
    }

    fn new_atom(&mut self, path: u32, kind: LocalKind) -> u32 {
        self.atoms.push(KnownAtom { path, kind });
        self.stamps.push(0);
        u32::try_from(self.atoms.len() - 1).unwrap_or(u32::MAX)
    }

    #[inline]
    fn present_atom(&mut self, path: usize) -> u32 {
        if let Some(atom) = self.slots[path].present {
            return atom;
        }
        let atom = self.new_atom(u32::try_from(path).unwrap_or(u32::MAX), LocalKind::Present);
        self.slots[path].present = Some(atom);
        atom
    }

    #[inline]
    fn shape_atom(&mut self, path: usize, shape: Shape) -> u32 {
        if let Some(&(_, atom)) = self.slots[path].shapes.iter().find(|known| known.0 == shape) {
            return atom;
        }
        let atom = self.new_atom(u32::try_from(path).unwrap_or(u32::MAX), LocalKind::Shape(shape));
        self.slots[path].shapes.push((shape, atom));
        atom
    }

    /// The atom of a value that may belong to a closed set.
    #[inline]
    fn value_atom(&mut self, counters: &mut WindowCounters, observation: &Observation, seen: &Observations, record: &[u8]) -> u32 {
        let path = observation.path.index();
        let atom = match self.slots[path].values.get(&observation.hash) {
            Some(&atom) => atom,
            None => self.know_value(observation, seen.bytes(observation, record)),
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
        let word = if self.slots[path].keeps_words { std::str::from_utf8(bytes).ok().map(str::to_owned) } else { None };
        let place = u32::try_from(self.values.len()).unwrap_or(u32::MAX);
        self.values.push((self.key.secret(bytes), Value { shape: observation.shape, word }));
        let atom = self.new_atom(observation.path.0, LocalKind::Value { shape: observation.shape, place });
        self.slots[path].values.insert(observation.hash, atom);
        atom
    }

    fn count_in_cohorts(&mut self, counters: &mut WindowCounters, record: &[u8], actor: Actor) {
        let fields = self.source.dimensions().len();
        let mut cohorts = [0u32; MAX_FIELDS];
        for (field, place) in cohorts.iter_mut().enumerate().take(fields) {
            let observation = self.seen.role(Role::ALL.len() + field);
            let value = observation.map(|observation| (observation.hash, self.seen.bytes(observation, record)));
            let cohort = counters.cohort(field, value);
            *place = counters.resolve(cohort);
            counters.cohorts[*place as usize].count(&self.hits, actor, self.atoms.len());
        }
        if fields == 0 {
            counters.whole().count(&self.hits, actor, self.atoms.len());
        }
        for (place, &a) in cohorts[..fields].iter().enumerate() {
            for &b in &cohorts[place + 1..fields] {
                *counters.joint.entry((u64::from(a.min(b)) << 32) | u64::from(a.max(b))).or_default() += 1;
            }
        }
        self.count_time(counters, record);
        self.count_description(counters, record);
    }

    fn count_time(&mut self, counters: &mut WindowCounters, record: &[u8]) {
        let written = self.role_moment(Role::Delivered, record);
        let Some(event) = self.role_moment(Role::Time, record).or(written) else { return };
        if let Some(written) = written {
            #[expect(clippy::cast_precision_loss, reason = "a delay, for a histogram")]
            counters.lag.add(crate::stats::number_bucket((written - event) as f64 / 1e6), 1);
        }
        let hour = usize::try_from(event.div_euclid(3_600_000_000).rem_euclid(24)).unwrap_or(0);
        let kind = text_of(&self.seen, Role::RecordType, record).unwrap_or("");
        match counters.hours.get_mut(kind) {
            Some(hours) => hours[hour] += 1,
            None => counters.hours.entry(kind.to_owned()).or_default()[hour] += 1,
        }
    }

    fn count_description(&mut self, counters: &mut WindowCounters, record: &[u8]) {
        let seen = &self.seen;
        let (Some(code), Some(text)) = (text_of(seen, Role::Code, record), seen.role(Role::CodeText as usize)) else { return };
        let bytes = seen.bytes(text, record);
        let (hash, masked) = match self.texts.get(&text.hash) {
            Some(known) => (known.0, known.1.as_str()),
            None => {
                let known = describe::masked(&self.key, bytes);
                if self.texts.len() >= REMEMBERED_TEXTS {
                    self.texts.clear();
                }
                let known = self.texts.entry(text.hash).or_insert(known);
                (known.0, known.1.as_str())
            }
        };
        if let Some(description) = counters.codes.get_mut(code).and_then(|known| known.get_mut(&hash)) {
            description.records += 1;
            return;
        }
        let description = Description { records: 1, text: masked.to_owned() };
        describe::add(counters.codes.entry(code.to_owned()).or_default(), hash, &description);
    }
}

/// The text that stands in the field of a role.
fn text_of<'a>(seen: &'a Observations, role: Role, record: &'a [u8]) -> Option<&'a str> {
    std::str::from_utf8(seen.bytes(seen.role(role as usize)?, record)).ok()
}

/// Cohort fields a source may have.
pub(super) const MAX_FIELDS: usize = 16;

#[inline]
fn mark_seen(counters: &mut WindowCounters, atom: u32) {
    let place = atom as usize;
    if place >= counters.seen.len() {
        counters.seen.resize(place + 64, false);
    }
    counters.seen[place] = true;
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Number,
    Text,
    Array,
    Else,
}

/// Which whole-stream statistics a value goes into, and whether it may belong to a closed set that rules compare with, by
/// shape: a table, since it is asked for every value of every record.
fn kinds() -> [(Kind, bool); 256] {
    let mut kinds = [(Kind::Else, false); 256];
    for code in 0..=u8::MAX {
        let Some(shape) = Shape::from_code(code).filter(|shape| shape.is_filled()) else { continue };
        let kind = match shape.value_type() {
            ValueType::Number => Kind::Number,
            ValueType::Text => Kind::Text,
            ValueType::Array => Kind::Array,
            _ => Kind::Else,
        };
        let word = match shape.family() {
            Family::Words | Family::Boolean => true,
            Family::None => shape == Shape::BOOLEAN,
            Family::Number => shape == Shape::INTEGER || shape == Shape::INTEGER_TEXT,
            _ => false,
        };
        kinds[usize::from(code)] = (kind, word);
    }
    kinds}
