//! Values that come again at their path: told by comparing bytes, without looking for their end, hashing or classifying them.
//!
//! Most fields of a log hold one of a few words. Each path keeps the values it showed first, the likeliest in front.

use super::literal::{Literal, Literals};
use super::tree::Node;
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

/// The values in front at one path, by number.
pub(super) type Front = [u32; FRONT];

/// One value at one path: how JSON writes it, and how many of these bytes belong to what follows it.
#[derive(Debug)]
#[repr(C, align(64))]
struct Value {
    json: Literal,
    tail: u32,
}

/// The familiar values of all paths, numbered from 1.
#[derive(Debug)]
pub(super) struct FamiliarValues {
    values: Vec<Value>,
    /// As they were seen first; `start` counts from the first byte of the JSON.
    seen: Vec<Observation>,
    literals: Literals,
    by_hash: HashedMap<u32>,
}

impl FamiliarValues {
    pub(super) fn new() -> Self {
        let none = Observation::of(PathId::ROOT, crate::model::Shape::NULL);
        let values = vec![Value { json: Literal::NONE, tail: 0 }];
        Self { values, seen: vec![none], literals: Literals::default(), by_hash: HashedMap::default() }
    }

    /// The number of the familiar value that the text goes on with, if it is one of those in front, and the length of its JSON.
    #[inline(always)]
    pub(super) fn find(&self, front: &mut Front, text: &[u8], at: usize) -> Option<(u32, usize)> {
        for place in 0..FRONT {
            let number = front[place];
            let value = self.values.get(number as usize).filter(|_| number != STRANGE)?;
            if self.literals.goes_on(text, at, &value.json) {
                if place > 0 {
                    front.swap(place - 1, place);
                }
                return Some((number, (value.json.length - value.tail) as usize));
            }
        }
        None
    }

    /// The number of a value that was read the long way, by its hash and shape; it becomes familiar if the path has room. `None`
    /// if too few values come again at the path for this to be worth it.
    /// `json` is how it is written, with `tail` bytes of what follows; its own bytes begin at `start` of that.
    pub(super) fn meet(&mut self, of: &mut Node, seen: &Observation, json: &[u8], start: u32, tail: u32) -> Option<u32> {
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
            None if of.familiar >= MOST || json.len() > LONGEST || json.is_empty() => return Some(STRANGE),
            None => {
                of.familiar += 1;
                let number = self.values.len() as u32;
                self.by_hash.insert(key, number);
                self.seen.push(Observation { start, familiar: number, again: false, unescaped: false, ..*seen });
                self.values.push(Value { json: self.literals.add(json), tail });
                number
            }
        };
        let front = &mut of.front;
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
        self.seen.get(number as usize).filter(|_| number != STRANGE)
    }
}

/// Path, value and shape of an observation in one number.
fn key(seen: &Observation) -> u64 {
    let place = (u64::from(seen.path.0) << 8) | u64::from(seen.shape.code());
    seen.hash ^ place.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}
