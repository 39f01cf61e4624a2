//! What a record shows, as atoms, and the whole-stream statistics of its values.

use super::MAX_RELATIONS;
use super::accumulate::{GroupCounters, WindowCounters};
use super::atoms::{Kind, LocalKind};
use super::observe::Fingerprinter;
use super::relations::is_telling;
use crate::model::Shape;
use crate::scan::Observation;

/// Longest text of a closed set; a longer one is nothing that rules compare with.
const LONGEST_WORD: u32 = 80;

impl Fingerprinter<'_> {
    pub(super) fn observe(&mut self, counters: &mut WindowCounters, record: &[u8]) {
        self.hits.clear();
        self.objects.clear();
        self.equals.next_record();
        if counters.paths.len() < self.slots.len() {
            counters.paths.resize_with(self.slots.len(), Default::default);
        }
        let seen = std::mem::take(&mut self.seen);
        for observation in seen.items() {
            self.observe_one(counters, observation, seen.bytes(observation, record));
        }
        for &group in seen.groups() {
            self.observe_group(counters, group);
        }
        self.seen = seen;
        self.observe_hollow_objects(counters);
    }

    #[inline]
    fn observe_one(&mut self, counters: &mut WindowCounters, observation: &Observation, bytes: &[u8]) {
        let path = observation.path.index();
        let shape = observation.shape;
        let of_path = &mut counters.paths[path];
        of_path.occurrences += 1;
        let (kind, may_be_word) = self.kinds[usize::from(shape.code())];
        match kind {
            Kind::Number => {
                of_path.add_number(observation.number, 1);
                of_path.distinct.add(observation.hash);
            }
            Kind::Text | Kind::Array => of_path.add_length(observation.length, 1),
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
                let atom = self.value_atom(counters, observation, bytes);
                self.hit_once(counters, atom);
            }
            return;
        }
        let atom = if is_word { self.value_atom(counters, observation, bytes) } else { self.shape_atom(path, shape) };
        self.hit(counters, atom);
        // Whether a text of a remembered array equals another is told anew for every record.
        if !self.in_group && is_telling(shape, observation.length) {
            self.observe_equal(counters, observation.path.0, observation.hash);
        }
    }

    /// Counts a remembered array: its own atoms the first time in a window, afterwards one that stands for them all.
    fn observe_group(&mut self, counters: &mut WindowCounters, group: u32) {
        let place = group as usize;
        if counters.groups.len() <= place {
            counters.groups.resize_with(place + 1, || None);
        }
        let mut known = match counters.groups[place].take() {
            Some(known) => known,
            None => self.know_group(counters, group),
        };
        known.records += 1;
        self.hits.push(known.atom);
        for &(path, hash) in &known.telling {
            self.observe_equal(counters, path, hash);
        }
        counters.groups[place] = Some(known);
    }

    #[cold]
    fn know_group(&mut self, counters: &mut WindowCounters, group: u32) -> Box<GroupCounters> {
        let hits = std::mem::take(&mut self.hits);
        let contents: Vec<(Observation, Vec<u8>)> = match self.scanner.group(group) {
            Some(of) => of.items().iter().map(|item| (*item, of.bytes(item).to_vec())).collect(),
            None => Vec::new(),
        };
        let telling = |item: &Observation| !self.slots[item.path.index()].repeats && !item.again && is_telling(item.shape, item.length);
        let telling = contents.iter().map(|entry| &entry.0).filter(|item| telling(item)).map(|item| (item.path.0, item.hash)).collect();
        self.in_group = true;
        for (item, bytes) in &contents {
            self.observe_one(counters, item, bytes);
        }
        self.in_group = false;
        let hits = std::mem::replace(&mut self.hits, hits);
        Box::new(GroupCounters { records: 0, atom: self.new_atom(0, LocalKind::Group(group)), hits, telling })
    }

    fn observe_equal(&mut self, counters: &mut WindowCounters, path: u32, hash: u64) {
        let equal = self.equals.add(path, hash);
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
}

#[inline]
fn mark_seen(counters: &mut WindowCounters, atom: u32) {
    let place = atom as usize;
    if place >= counters.seen.len() {
        counters.seen.resize(place + 64, false);
    }
    counters.seen[place] = true;
}
