//! Containers that come again byte for byte: what was seen in them is remembered, so that they are compared instead of read.
//!
//! Policies, places, devices and the like are copied into every record of a tenant. Each path has a radix tree of the containers it
//! showed twice; JSON arrays and objects are prefix-free, so a walk that ends at a leaf has found the whole of one and no other.

use super::{Observation, PathId};
use std::collections::{HashMap, HashSet};

/// Shorter containers are read as quickly as they are found.
const SHORTEST: usize = 48;
/// From here on one is worth more than the look-ups it takes, even if only every other is found.
const LONG: u64 = 512;
/// Most containers that are remembered, and most of their bytes.
const MOST: usize = 1_024;
const MOST_BYTES: usize = 8 << 20;
/// Look-ups at a path after which it has to be worth it, and after which something must have come again.
const TRIAL: u32 = 2_048;
const FIRST_TRIAL: u32 = 512;
/// Containers seen once whose hash is remembered, at each path.
const ONCE: usize = 8_192;

/// A container that comes again and again.
#[derive(Debug)]
pub struct Group {
    path: PathId,
    bytes: Vec<u8>,
    items: Vec<Observation>,
    /// Elements or members.
    length: u32,
}

impl Group {
    /// Where it stands.
    #[must_use]
    pub const fn path(&self) -> PathId {
        self.path
    }

    /// What was seen in it, the container itself left out.
    #[must_use]
    pub fn items(&self) -> &[Observation] {
        &self.items
    }

    /// The bytes of a text, a number or a boolean in it.
    #[must_use]
    pub fn bytes(&self, observation: &Observation) -> &[u8] {
        let start = observation.start as usize;
        self.bytes.get(start..start + observation.length as usize).unwrap_or_default()
    }
}

/// A node of a radix tree.
#[derive(Debug)]
struct Node {
    /// The bytes on the way to this node, in the pieces of its tree.
    start: u32,
    length: u32,
    leaf: Option<u32>,
    /// What comes next, most often one thing.
    kid: (u8, u32),
    others: Vec<(u8, u32)>,
}

impl Node {
    const fn new((start, length): (u32, u32)) -> Self {
        Self { start, length, leaf: None, kid: (0, NO_KID), others: Vec::new() }
    }

    #[inline]
    fn kid(&self, byte: u8) -> Option<usize> {
        match self.kid {
            (_, NO_KID) => None,
            (first, kid) if first == byte => Some(kid as usize),
            _ => self.others.iter().find(|kid| kid.0 == byte).map(|kid| kid.1 as usize),
        }
    }

    fn add_kid(&mut self, byte: u8, kid: usize) {
        if self.kid.1 == NO_KID { self.kid = (byte, kid as u32) } else { self.others.push((byte, kid as u32)) }
    }
}

/// The root is nobody's kid.
const NO_KID: u32 = 0;

#[derive(Debug)]
struct Of {
    nodes: Vec<Node>,
    pieces: Pieces,
    once: HashSet<u64>,
    tries: u32,
    hits: u32,
    /// Bytes of all containers that were looked up.
    bytes: u64,
}

/// The bytes of all ways of a tree, cut into pieces each of which is kept once: containers are made of the same elements in ever
/// new order, and all elements together fit into a near cache.
#[derive(Debug, Default)]
struct Pieces {
    bytes: Vec<u8>,
    known: HashMap<Vec<u8>, (u32, u32)>,
}

/// Shorter pieces are not worth a node of their own.
const SHORTEST_PIECE: usize = 32;

impl Pieces {
    /// Where a piece is kept, and its length.
    fn keep(&mut self, piece: &[u8]) -> (u32, u32) {
        if let Some(&known) = self.known.get(piece) {
            return known;
        }
        let place = (self.bytes.len() as u32, piece.len() as u32);
        self.bytes.extend_from_slice(piece);
        self.known.insert(piece.to_vec(), place);
        place
    }

    /// The length of the first piece of a text: to the end of an element.
    fn cut(text: &[u8]) -> usize {
        let ends = text.windows(2).skip(SHORTEST_PIECE).position(|pair| pair == b"},");
        ends.map_or(text.len(), |end| end + SHORTEST_PIECE + 2)
    }

    #[inline]
    fn get(&self, node: &Node) -> &[u8] {
        let start = node.start as usize;
        self.bytes.get(start..start + node.length as usize).unwrap_or_default()
    }
}

#[derive(Debug, Default)]
enum State {
    #[default]
    Unknown,
    Off,
    On(Box<Of>),
}

/// The memory of all paths.
#[derive(Debug, Default)]
pub(super) struct Memo {
    /// Whether anything is remembered at all.
    pub(super) on: bool,
    /// Whether the record being read must be read without it.
    pub(super) paused: bool,
    /// Whether a container is being read that may be remembered as a whole, so that nothing in it has to be.
    pub(super) inside: bool,
    paths: Vec<State>,
    groups: Vec<Group>,
    held: usize,
}

impl Memo {
    pub(super) fn group(&self, group: u32) -> Option<&Group> {
        self.groups.get(group as usize)
    }

    /// Whether it is known that containers at a path are not remembered.
    #[inline]
    pub(super) fn is_off(&self, path: PathId) -> bool {
        matches!(self.paths.get(path.index()), Some(State::Off))
    }

    /// Whether containers at a path are remembered; `fit` is asked once whether they may be.
    pub(super) fn is_on(&mut self, path: PathId, fit: impl FnOnce() -> bool) -> bool {
        if self.paths.len() <= path.index() {
            self.paths.resize_with(path.index() + 1, State::default);
        }
        let state = &mut self.paths[path.index()];
        if matches!(state, State::Unknown) {
            let of = Of { nodes: vec![Node::new((0, 0))], pieces: Pieces::default(), once: HashSet::new(), tries: 0, hits: 0, bytes: 0 };
            *state = if fit() { State::On(Box::new(of)) } else { State::Off };
        }
        matches!(state, State::On(_))
    }

    /// The remembered container that the text begins with: its number, its length in bytes and how many members or elements it has.
    pub(super) fn find(&mut self, path: PathId, text: &[u8]) -> Option<(u32, usize, u32)> {
        let Some(State::On(of)) = self.paths.get_mut(path.index()) else { return None };
        of.tries += 1;
        let found = of.walk(text).ok()?;
        let group = self.groups.get(found as usize)?;
        of.hits += 1;
        of.bytes += group.bytes.len() as u64;
        Some((found, group.bytes.len(), group.length))
    }

    /// Takes note of a container that was read, by its hash; whether it came for the second time and is to be learnt.
    pub(super) fn is_due(&mut self, path: PathId, length: usize, hash: impl FnOnce() -> u64) -> bool {
        let Some(state) = self.paths.get_mut(path.index()) else { return false };
        let State::On(of) = state else { return false };
        of.bytes += length as u64;
        let worth = if of.bytes < LONG * u64::from(of.tries) { of.tries / 4 * 3 } else { of.tries / 2 };
        if (of.tries >= TRIAL && of.hits < worth) || (of.tries >= FIRST_TRIAL && of.nodes.len() == 1) {
            *state = State::Off;
            return false;
        }
        if length < SHORTEST || self.groups.len() >= MOST || self.held + length > MOST_BYTES {
            return false;
        }
        if of.once.len() >= ONCE {
            of.once.clear();
        }
        !of.once.insert(hash())
    }

    /// Remembers a container; `shift` is where it begins in the record its observations point into.
    pub(super) fn learn(&mut self, path: PathId, bytes: &[u8], items: &[Observation], length: u32, shift: usize) {
        let Some(State::On(of)) = self.paths.get_mut(path.index()) else { return };
        let (Err((node, at, matched)), Ok(group)) = (of.walk(bytes), u32::try_from(self.groups.len())) else { return };
        let moved = |item: &Observation| Observation { start: item.start.wrapping_sub(u32::try_from(shift).unwrap_or(0)), ..*item };
        self.groups.push(Group { path, bytes: bytes.to_vec(), items: items.iter().map(moved).collect(), length });
        self.held += bytes.len();
        of.insert(node, matched, bytes.get(at + matched..).unwrap_or_default(), group);
    }
}

impl Of {
    /// The group at the end of the walk along a text, or the node at which it stopped, where that began in the text and how many
    /// bytes agreed there.
    fn walk(&self, text: &[u8]) -> Result<u32, (usize, usize, usize)> {
        let (mut node, mut at) = (0, 0);
        loop {
            let here = &self.nodes[node];
            let way = self.pieces.get(here);
            let rest = text.get(at..).unwrap_or_default();
            if !rest.starts_with(way) {
                let matched = way.iter().zip(rest).take_while(|(a, b)| a == b).count();
                return Err((node, at, matched));
            }
            if let Some(group) = here.leaf {
                return Ok(group);
            }
            match rest.get(way.len()).and_then(|&byte| here.kid(byte)) {
                Some(kid) => node = kid,
                None => return Err((node, at, way.len())),
            }
            at += way.len();
        }
    }

    /// Hangs a group in where a walk along its bytes stopped: at a node that agreed for `matched` bytes, `rest` being those behind.
    fn insert(&mut self, mut node: usize, matched: usize, mut rest: &[u8], group: u32) {
        let here = &mut self.nodes[node];
        if matched < here.length as usize {
            // The way forks inside this node: its tail becomes a node of its own.
            let mut tail = Node::new((here.start + matched as u32, here.length - matched as u32));
            here.length = matched as u32;
            std::mem::swap(&mut tail.others, &mut here.others);
            (tail.kid, tail.leaf, here.kid) = (here.kid, here.leaf.take(), (0, NO_KID));
            self.hang(node, tail);
        }
        while !rest.is_empty() {
            let (piece, behind) = rest.split_at(Pieces::cut(rest));
            let next = Node::new(self.pieces.keep(piece));
            node = self.hang(node, next);
            rest = behind;
        }
        self.nodes[node].leaf = Some(group);
    }

    /// Adds a node below another.
    fn hang(&mut self, above: usize, node: Node) -> usize {
        let (first, place) = (self.pieces.get(&node).first().copied().unwrap_or_default(), self.nodes.len());
        self.nodes[above].add_kid(first, place);
        self.nodes.push(node);
        place
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_twice_is_found_and_nothing_else() {
        let path = PathId(3);
        let mut memo = Memo::default();
        assert!(memo.is_on(path, || true) && !memo.is_on(PathId(4), || false));
        let arrays: Vec<String> = (0..300)
            .map(|i| format!("[{{\"id\":\"a policy with a longer name {}\",\"result\":\"{}\",\"of\":{i}}}]", i % 17, "x".repeat(i % 31)))
            .collect();
        for round in 0..3 {
            for (place, array) in arrays.iter().enumerate() {
                let text = format!("{array},\"next\":1");
                let found = memo.find(path, text.as_bytes());
                assert_eq!(found.map(|found| found.1), (round == 2).then_some(array.len()), "{array}");
                if found.is_none() && memo.is_due(path, array.len(), || place as u64) {
                    memo.learn(path, array.as_bytes(), &[], 1, 0);
                }
            }
        }
        assert_eq!(memo.find(path, b"[{\"id\":\"policy 1\"}]"), None);
        assert_eq!(memo.find(path, &arrays[5].as_bytes()[..arrays[5].len() - 1]), None);
    }

    #[test]
    fn a_path_whose_arrays_never_come_again_is_given_up() {
        let path = PathId(0);
        let mut memo = Memo::default();
        memo.is_on(path, || true);
        for i in 0..=TRIAL {
            let array = format!("[\"{i:060}\"]");
            assert!(memo.find(path, array.as_bytes()).is_none());
            assert!(!memo.is_due(path, array.len(), || u64::from(i)));
        }
        assert!(!memo.is_on(path, || true));
    }
}
