//! Values that come again at their path: told by comparing bytes, without looking for their end, hashing or classifying them.
//!
//! Most fields of a log hold one of a few words. Each path keeps the values it showed first, the likeliest in front.

use super::literal::{Literal, Literals};
use super::{Observation, PathId};
use crate::hash::HashedMap;

/// Values that become familiar at one path.
const MOST: u32 = 64;
/// Longest value, in bytes of JSON.
const LONGEST: usize = 96;
/// Values of a path that are compared before its end is looked for.
const FRONT: usize = 4;
/// Values at a path after which every other must have been familiar, or the path is given up.
const TRIAL: u32 = 512;

/// Number of no value.
pub(super) const STRANGE: u32 = 0;

/// One value at one path.
#[derive(Debug)]
struct Value {
    /// How JSON writes it, and how many of these bytes belong to what follows it.
    json: Literal,
    tail: u32,
    seen: Observation,
}

/// What is familiar at one path.
#[derive(Clone, Copy, Debug, Default)]
struct Of {
    front: [u32; FRONT],
    values: u32,
    tries: u32,
    hits: u32,
}

/// The familiar values of all paths, numbered from 1.
#[derive(Debug)]
pub(super) struct Familiar {
    values: Vec<Value>,
    literals: Literals,
    paths: Vec<Of>,
    by_hash: HashedMap<u32>,
}

/// What a look at the front found.
pub(super) struct Found {
    /// The value as it was seen first; `start` counts from the first byte of its JSON.
    pub(super) seen: Observation,
    /// Bytes of its JSON.
    pub(super) length: usize,
}

impl Familiar {
    pub(super) fn new() -> Self {
        let none = Value { json: Literal::NONE, tail: 0, seen: Observation::of(PathId::ROOT, crate::model::Shape::NULL) };
        Self { values: vec![none], literals: Literals::default(), paths: Vec::new(), by_hash: HashedMap::default() }
    }

    /// The familiar value that the text goes on with, if it is one of those in front.
    #[inline]
    pub(super) fn find(&mut self, path: PathId, text: &[u8], at: usize) -> Option<Found> {
        let of = self.paths.get_mut(path.index())?;
        for place in 0..FRONT {
            let value = self.values.get(of.front[place] as usize).filter(|value| value.json.length > 0)?;
            if self.literals.goes_on(text, at, &value.json) {
                if place > 0 {
                    of.front.swap(place - 1, place);
                }
                of.hits += 1;
                return Some(Found { seen: value.seen, length: (value.json.length - value.tail) as usize });
            }
        }
        None
    }

    /// The number of a value that was read the long way, by its hash and shape; it becomes familiar if the path has room. `None`
    /// if too few values come again at the path for this to be worth it.
    /// `json` is how it is written, with `tail` bytes of what follows; its own bytes begin at `start` of that.
    pub(super) fn meet(&mut self, seen: &Observation, json: &[u8], start: u32, tail: u32) -> Option<u32> {
        let place = seen.path.index();
        if self.paths.len() <= place {
            self.paths.resize(place + 1, Of::default());
        }
        let of = &mut self.paths[place];
        of.tries += 1;
        if of.tries >= TRIAL && of.hits < of.tries {
            return None;
        }
        let key = key(seen);
        let known = match self.by_hash.get(&key) {
            Some(&number) => {
                of.hits += 1;
                number
            }
            None if of.values >= MOST || json.len() > LONGEST || json.is_empty() => return Some(STRANGE),
            None => {
                of.values += 1;
                let number = self.values.len() as u32;
                self.by_hash.insert(key, number);
                let seen = Observation { start, familiar: number, ..*seen };
                self.values.push(Value { json: self.literals.add(json), tail, seen });
                number
            }
        };
        let front = &mut self.paths[place].front;
        if !front.contains(&known) {
            front[FRONT - 1] = known;
            if let Some(free) = front.iter().position(|&number| number == STRANGE) {
                front.swap(free, FRONT - 1);
            }
        }
        Some(known)
    }

    /// The value of a number as it was seen first; `None` of [`STRANGE`].
    pub(super) fn value(&self, number: u32) -> Option<&Observation> {
        self.values.get(number as usize).filter(|value| value.json.length > 0).map(|value| &value.seen)
    }
}

/// Path, value and shape of an observation in one number.
fn key(seen: &Observation) -> u64 {
    let place = (u64::from(seen.path.0) << 8) | u64::from(seen.shape.code());
    seen.hash ^ place.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}
