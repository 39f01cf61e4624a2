//! What a record shows, as atoms, and the whole-stream statistics of its values.

use super::MAX_RELATIONS;
use super::accumulate::{GroupCounters, WindowCounters};
use super::atoms::{Hot, Kind, LocalKind, Plan, fixed_length};
use super::observe::Fingerprinter;
use super::relations::{Equal, SHORTEST_TELLING};
use super::statistics::PathCounters;
use crate::model::Shape;
use crate::scan::{Familiar, Observation, Observations, Seen};

/// Longest text of a closed set; a longer one is nothing that rules compare with.
const LONGEST_WORD: u32 = 80;

impl Fingerprinter<'_> {
    pub(super) fn observe(&mut self, counters: &mut WindowCounters, record: &[u8]) {
        self.hits.clear();
        self.objects.clear();
        self.equals.next_record();
        if counters.paths.len() < self.slots.len() {
            counters.paths.resize_with(self.slots.len(), Default::default);
            counters.open.resize(self.slots.len(), false);
        }
        let seen = std::mem::take(&mut self.seen);
        for value in seen.values() {
            match value {
                Seen::Familiar(familiar) => {
                    if !self.observe_familiar(counters, familiar.number) {
                        self.observe_familiar_anew(counters, familiar, &seen, record);
                    }
                }
                Seen::Strange(observation) => {
                    if !self.observe_met(counters, observation) && !self.observe_alike(counters, observation) {
                        self.observe_one(counters, observation, seen.bytes(observation, record));
                    }
                }
            }
        }
        for &group in seen.groups() {
            self.observe_group(counters, group);
        }
        self.seen = seen;
        self.observe_hollow_objects(counters);
    }

    /// Counts a familiar value as it was counted before in this window; false if it was not.
    #[inline(always)]
    fn observe_familiar(&mut self, counters: &mut WindowCounters, number: u32) -> bool {
        let Some(plan) = counters.plans.get_mut(number as usize).filter(|plan| plan.is_known()) else { return false };
        plan.times += u64::from(plan.told);
        if plan.filled {
            self.filled[plan.parent as usize] = self.round;
        }
        if !plan.repeats {
            self.hits.push(plan.atom);
        } else if self.stamps[plan.atom as usize] != self.round {
            let (path, atom) = (plan.path as usize, plan.atom);
            self.hit_repeated(path, atom);
            return true;
        }
        if plan.telling {
            let (path, hash) = (plan.path, plan.hash);
            self.observe_equal(counters, path, hash);
        }
        true
    }

    /// Counts a familiar value that had to be read; false if it was never counted in this window or is there once more than it should.
    #[inline]
    fn observe_met(&mut self, counters: &mut WindowCounters, observation: &Observation) -> bool {
        let is_usual = !observation.again || self.hot[observation.path.index()].repeats;
        observation.familiar > 0 && is_usual && self.observe_familiar(counters, observation.familiar)
    }

    #[cold]
    fn observe_familiar_anew(&mut self, counters: &mut WindowCounters, familiar: Familiar, seen: &Observations, record: &[u8]) {
        if let Some(observation) = self.scanner.observation(familiar) {
            self.observe_one(counters, &observation, seen.bytes(&observation, record));
        }
    }

    /// Counts a value that is no word as the one before at its path, if it has the same shape; false if it has to be looked at.
    #[inline]
    fn observe_alike(&mut self, counters: &mut WindowCounters, observation: &Observation) -> bool {
        let path = observation.path.index();
        let (hot, shape) = (&self.hot[path], observation.shape);
        let traits = self.traits[usize::from(shape.code())];
        let alike = hot.shape == shape && !observation.again && observation.familiar == 0;
        let word = traits.word && observation.length <= LONGEST_WORD && !counters.open[path];
        if !alike || word || !counters.seen.get(hot.shape_atom as usize).is_some_and(|&seen| seen) {
            return false;
        }
        self.hits.push(hot.shape_atom);
        if shape == Shape::OBJECT {
            self.objects.push(observation.path.0);
            return true;
        }
        if traits.filled {
            self.filled[hot.parent as usize] = self.round;
            add_statistics(&mut counters.paths[path], observation, traits.kind, fixed_length(shape).is_none());
        }
        if traits.telling && observation.length >= SHORTEST_TELLING {
            self.observe_equal(counters, observation.path.0, observation.hash);
        }
        true
    }

    #[inline]
    fn observe_one(&mut self, counters: &mut WindowCounters, observation: &Observation, bytes: &[u8]) {
        let path = observation.path.index();
        let shape = observation.shape;
        let traits = self.traits[usize::from(shape.code())];
        let (repeats, parent) = (self.hot[path].repeats, self.hot[path].parent as usize);
        let word = traits.word && observation.length <= LONGEST_WORD && !counters.open[path];
        if repeats || observation.again {
            return self.observe_again(counters, observation, bytes, word);
        }
        if shape == Shape::OBJECT {
            self.objects.push(observation.path.0);
        } else if traits.filled {
            self.filled[parent] = self.round;
        }
        let atom = if word { self.value_atom(counters, observation, bytes) } else { self.shape_atom(path, shape) };
        self.hit(counters, atom);
        if self.in_group {
            return;
        }
        if !word {
            add_statistics(&mut counters.paths[path], observation, traits.kind, fixed_length(shape).is_none());
        }
        // Whether a text of a remembered container equals another is told anew for every record.
        let telling = self.tells(observation);
        if telling {
            self.observe_equal(counters, observation.path.0, observation.hash);
        }
        if observation.familiar > 0 {
            let told = !word && matches!(traits.kind, Kind::Number | Kind::Text);
            self.plan(counters, observation, Plan { atom, telling, told, ..Plan::NONE });
        }
    }

    #[cold]
    fn plan(&mut self, counters: &mut WindowCounters, observation: &Observation, plan: Plan) {
        let (number, path) = (observation.familiar as usize, observation.path.index());
        if counters.plans.len() <= number {
            counters.plans.resize(number + 1, Plan::NONE);
        }
        let known = &mut counters.plans[number];
        let filled = self.traits[usize::from(observation.shape.code())].filled;
        let Hot { parent, repeats, .. } = self.hot[path];
        *known = Plan { path: observation.path.0, parent, filled, repeats, hash: observation.hash, times: known.times, ..plan };
    }

    /// Counts a value at a path that a record can show more than once, or at one that it shows once more than it should: what is
    /// counted of it by record is counted once a record, and its statistics cannot be derived from that.
    fn observe_again(&mut self, counters: &mut WindowCounters, observation: &Observation, bytes: &[u8], is_word: bool) {
        let path = observation.path.index();
        let traits = self.traits[usize::from(observation.shape.code())];
        if !self.in_group {
            let of_path = &mut counters.paths[path];
            of_path.occurrences += 1;
            add_statistics(of_path, observation, traits.kind, true);
        }
        if !self.hot[path].repeats {
            return;
        }
        if traits.filled {
            self.filled[self.hot[path].parent as usize] = self.round;
        }
        let present = self.present_atom(path);
        self.hit_once(counters, present);
        let mut atom = self.shape_atom(path, observation.shape);
        self.hit_once(counters, atom);
        if is_word {
            atom = self.value_atom(counters, observation, bytes);
            self.hit_once(counters, atom);
        }
        if observation.familiar > 0 && !self.in_group {
            self.plan(counters, observation, Plan { atom, told: true, ..Plan::NONE });
        }
    }

    /// Counts a familiar value of a path that a record can show more than once; its last atom stands for all of them. As it was
    /// counted in this window before, so were they.
    fn hit_repeated(&mut self, path: usize, atom: u32) {
        let present = self.present_atom(path);
        self.hit_seen_once(present);
        if let LocalKind::Value { shape, .. } = self.atoms[atom as usize].kind {
            let atom = self.shape_atom(path, shape);
            self.hit_seen_once(atom);
        }
        self.hit_seen_once(atom);
    }

    /// Counts a remembered container: its own atoms the first time in a window, afterwards one that stands for them all.
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
        if known.fills {
            self.filled[known.path as usize] = self.round;
        }
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
        let telling = |item: &Observation| !self.hot[item.path.index()].repeats && !item.again && self.tells(item);
        let telling = contents.iter().map(|entry| &entry.0).filter(|item| telling(item)).map(|item| (item.path.0, item.hash)).collect();
        let path = self.scanner.group(group).map_or(0, |of| of.path().0);
        let objects = std::mem::take(&mut self.objects);
        self.in_group = true;
        for (item, bytes) in &contents {
            self.observe_one(counters, item, bytes);
        }
        self.in_group = false;
        self.observe_hollow_objects(counters);
        self.objects = objects;
        let fills = self.filled[path as usize] == self.round;
        let hits = std::mem::replace(&mut self.hits, hits);
        Box::new(GroupCounters { records: 0, atom: self.new_atom(path, LocalKind::Group(group)), hits, telling, path, fills })
    }

    /// Whether equality of this value with another field's says something.
    fn tells(&self, observation: &Observation) -> bool {
        self.traits[usize::from(observation.shape.code())].telling && observation.length >= SHORTEST_TELLING
    }

    #[inline]
    fn observe_equal(&mut self, counters: &mut WindowCounters, path: u32, hash: u64) {
        if let Some(equal) = self.equals.add(path, hash) {
            self.relate(counters, path, equal);
        }
    }

    fn relate(&mut self, counters: &mut WindowCounters, path: u32, equal: Equal) {
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
                self.filled[self.hot[path].parent as usize] = self.round;
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
        if counters.seen.get(atom as usize) != Some(&true) {
            self.hit_first(counters, atom);
        }
        self.hits.push(atom);
    }

    /// Takes note of an atom that was not seen before in the window.
    #[cold]
    fn hit_first(&mut self, counters: &mut WindowCounters, atom: u32) {
        let place = atom as usize;
        if place >= counters.seen.len() {
            counters.seen.resize(place + 64, false);
        }
        counters.seen[place] = true;
        counters.width += usize::from(!matches!(self.atoms[place].kind, LocalKind::Value { .. }));
    }

    /// [`Fingerprinter::hit_once`] of an atom that was seen in this window before.
    #[inline]
    fn hit_seen_once(&mut self, atom: u32) {
        let stamp = &mut self.stamps[atom as usize];
        if *stamp != self.round {
            *stamp = self.round;
            self.hits.push(atom);
        }
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

/// Adds a value to the whole-stream statistics of its path; `with_length` unless its length follows from its shape.
#[inline]
fn add_statistics(of_path: &mut PathCounters, observation: &Observation, kind: Kind, with_length: bool) {
    match kind {
        Kind::Number => of_path.add_number(observation.number, 1),
        Kind::Text | Kind::Array if with_length => of_path.add_length(observation.length, 1),
        _ => {}
    }
    if matches!(kind, Kind::Number | Kind::Text) {
        of_path.distinct.add(observation.hash);
    }
}
