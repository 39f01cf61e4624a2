//! From a container and a key to a path, mostly by guessing that keys come in the order of the last record.

use super::familiar::Front;
use super::literal::{Literal, Literals};
use super::{PathId, Paths, shapes};
use crate::hash::HashKey;
use crate::model::{FieldPath, Segment};
use std::collections::BTreeSet;

/// Keys that are data which are remembered.
const DATA_KEYS: usize = 256;
/// Members that may be expected at one place.
const GUESSES: usize = 3;

/// What is known about one path. Two cache lines; a member that comes as expected touches the first and half of the second.
#[derive(Clone, Debug)]
#[repr(C, align(64))]
pub(super) struct Node {
    /// `"key":`; none if the key is written with escapes.
    pub(super) literal: Literal,
    /// The member that came after this one when it was seen last, and the one that came first in this object.
    next: PathId,
    first: PathId,
    /// The record that showed the path last, by its number, and its first mark there.
    pub(super) record: u32,
    /// Whether no value becomes familiar here, since none comes again.
    pub(super) strange: bool,
    /// Whether a record can show the path more than once.
    pub(super) repeats: bool,
    /// Whether the record that showed the path last showed it once more.
    pub(super) again: bool,
    /// Whether 0 here means that a place is not known.
    pub(super) coordinate: bool,
    /// Familiar values that are compared before the end of a value is looked for, the likeliest in front.
    pub(super) front: Front,
    pub(super) first_mark: u32,
    /// Values that are familiar here, and how many were among them of how many that were read or found.
    pub(super) familiar: u32,
    pub(super) tries: u32,
    pub(super) hits: u32,
    elements: PathId,
    any_key: PathId,
    /// Hash of the container and the key, for the table.
    hash: u64,
}

impl Node {
    fn new(hash: u64) -> Self {
        let none = PathId::LOST;
        Self {
            literal: Literal::NONE,
            next: none,
            first: none,
            record: 0,
            strange: false,
            repeats: false,
            again: false,
            coordinate: false,
            front: Front::default(),
            first_mark: 0,
            familiar: 0,
            tries: 0,
            hits: 0,
            elements: none,
            any_key: none,
            hash,
        }
    }
}

/// All paths with what finds them.
pub(super) struct Tree {
    pub(super) paths: Paths,
    pub(super) nodes: Vec<Node>,
    pub(super) literals: Literals,
    /// Members by hash, probed in line; [`PathId::ROOT`] marks a free slot, for the root is nobody's member.
    table: Vec<PathId>,
    /// Hashes of keys met lately that are data, each in the place that it names: to tell one takes many tests.
    data_keys: Vec<u64>,
    /// Keys that are names, whatever they look like.
    names: BTreeSet<String>,
    key: HashKey,
}

impl Tree {
    pub(super) fn new(key: HashKey) -> Self {
        let (paths, nodes) = (Paths::with_root(), vec![Node::new(0)]);
        Self {
            paths,
            nodes,
            literals: Literals::default(),
            table: vec![PathId::ROOT; 1 << 10],
            data_keys: vec![0; DATA_KEYS],
            names: BTreeSet::new(),
            key,
        }
    }

    /// Takes note of keys that are names though they may look like data.
    pub(super) fn know(&mut self, keys: impl IntoIterator<Item = String>) {
        self.names.extend(keys);
    }

    /// The member expected after `previous`, or as the first if that is the object itself.
    #[inline]
    pub(super) fn expected(&self, object: PathId, previous: PathId) -> PathId {
        let Some(node) = self.nodes.get(previous.index()) else { return PathId::LOST };
        if object == previous { node.first } else { node.next }
    }

    /// Corrects the expectation.
    pub(super) fn expect(&mut self, object: PathId, previous: PathId, member: PathId) {
        let Some(node) = self.nodes.get_mut(previous.index()) else { return };
        if object == previous {
            node.first = member;
        } else {
            node.next = member;
        }
    }

    /// The member whose `"key":` the text goes on with at `at`, and where that ends, if it is the one expected after `previous` or,
    /// since not every record has every member, one of those behind that.
    pub(super) fn guess(&self, object: PathId, previous: PathId, text: &[u8], at: usize) -> Option<(PathId, usize)> {
        let mut member = self.expected(object, previous);
        for _ in 0..GUESSES {
            if let Some(after) = self.after_key(member, text, at) {
                return Some((member, after));
            }
            member = self.nodes.get(member.index())?.next;
        }
        None
    }

    /// Where the text goes on after `"key":` at `at`, if it does so with this key, written as compact JSON writes it.
    #[inline]
    pub(super) fn after_key(&self, id: PathId, text: &[u8], at: usize) -> Option<usize> {
        let literal = &self.nodes.get(id.index())?.literal;
        self.literals.goes_on(text, at, literal).then_some(at + literal.length as usize)
    }

    /// The path of a key; `None` if the key is no UTF-8.
    pub(super) fn member(&mut self, object: PathId, key: &[u8]) -> Option<PathId> {
        let hash = self.key.fast(key) ^ u64::from(object.0).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mask = self.table.len() - 1;
        let mut slot = hash as usize & mask;
        while let Some(id) = self.table.get(slot).copied().filter(|id| *id != PathId::ROOT) {
            if self.is_member(id, hash, object, key) {
                return Some(id);
            }
            slot = (slot + 1) & mask;
        }
        let place = hash as usize % DATA_KEYS;
        if self.data_keys.get(place) == Some(&hash) {
            return Some(self.any_key(object));
        }
        let name = std::str::from_utf8(key).ok()?;
        if object == PathId::LOST {
            return Some(PathId::LOST);
        }
        if self.names.contains(name) || !shapes::is_data(key) {
            return Some(self.add_member(object, name, hash));
        }
        self.data_keys.get_mut(place).into_iter().for_each(|known| *known = hash);
        Some(self.any_key(object))
    }

    fn is_member(&self, id: PathId, hash: u64, object: PathId, key: &[u8]) -> bool {
        self.nodes.get(id.index()).is_some_and(|node| node.hash == hash) && self.paths.parent(id) == object && self.is_named(id, key)
    }

    /// Whether a path ends with this key.
    pub(super) fn is_named(&self, id: PathId, key: &[u8]) -> bool {
        matches!(self.paths.name(id).and_then(|path| path.segments().last()), Some(Segment::Key(name)) if name.as_bytes() == key)
    }

    fn add_member(&mut self, object: PathId, name: &str, hash: u64) -> PathId {
        let id = self.add(object, Segment::Key(name.to_owned()), hash);
        let Some(node) = self.nodes.get_mut(id.index()) else { return id };
        node.coordinate = ["latitude", "longitude", "lat", "lon", "lng"].iter().any(|key| key.eq_ignore_ascii_case(name));
        if name.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\') {
            node.literal = self.literals.add(format!("\"{name}\":").as_bytes());
        }
        if self.nodes.len() * 2 > self.table.len() {
            self.grow();
        } else {
            self.enter(id, hash);
        }
        id
    }

    fn add(&mut self, parent: PathId, segment: Segment, hash: u64) -> PathId {
        let Some(id) = self.paths.add(parent, segment) else { return PathId::LOST };
        let repeats = self.paths.name(id).is_none_or(FieldPath::repeats);
        self.nodes.push(Node { repeats, ..Node::new(hash) });
        id
    }

    /// Puts a member into the first free slot from its own on.
    fn enter(&mut self, id: PathId, hash: u64) {
        let mask = self.table.len() - 1;
        let from = hash as usize & mask;
        let free = (from..=mask).chain(0..from).find(|slot| self.table.get(*slot) == Some(&PathId::ROOT));
        if let Some(slot) = free.and_then(|slot| self.table.get_mut(slot)) {
            *slot = id;
        }
    }

    fn grow(&mut self) {
        self.table = vec![PathId::ROOT; self.table.len() * 2];
        for id in (0..self.nodes.len() as u32).map(PathId) {
            let Some(Segment::Key(_)) = self.paths.name(id).and_then(|path| path.segments().last()) else { continue };
            let hash = self.nodes.get(id.index()).map_or(0, |node| node.hash);
            self.enter(id, hash);
        }
    }

    /// The path of the elements of an array.
    #[inline]
    pub(super) fn elements(&mut self, array: PathId) -> PathId {
        match self.nodes.get(array.index()).map(|node| node.elements) {
            Some(PathId::LOST) => {
                let id = self.add(array, Segment::Elements, 0);
                self.nodes.get_mut(array.index()).map_or(id, |node| {
                    node.elements = id;
                    id
                })
            }
            Some(id) => id,
            None => PathId::LOST,
        }
    }

    /// The path of the keys of an object that are data.
    fn any_key(&mut self, object: PathId) -> PathId {
        if let Some(id) = self.nodes.get(object.index()).map(|node| node.any_key).filter(|id| *id != PathId::LOST) {
            return id;
        }
        let id = self.add(object, Segment::AnyKey, 0);
        if let Some(node) = self.nodes.get_mut(object.index()) {
            node.any_key = id;
        }
        id
    }

    /// The path of a step; used for paths named before any record was seen.
    pub(super) fn step(&mut self, parent: PathId, segment: &Segment) -> PathId {
        match segment {
            Segment::Key(key) => self.member(parent, key.as_bytes()).unwrap_or(PathId::LOST),
            Segment::Elements => self.elements(parent),
            Segment::AnyKey => self.any_key(parent),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_are_data_are_one_path_of_each_object_however_often_they_come() {
        let mut tree = Tree::new(HashKey::new([5; 32]));
        let objects = [b"a", b"b"].map(|name| tree.member(PathId::ROOT, name).expect("UTF-8"));
        let paths = objects.map(|object| tree.any_key(object));
        for _ in 0..2 {
            for number in 0..2 * DATA_KEYS {
                let key = format!("{number:016x}");
                assert_eq!(objects.map(|object| tree.member(object, key.as_bytes())), paths.map(Some), "{key}");
            }
        }
        assert!(!paths.contains(&tree.member(objects[0], b"name").expect("UTF-8")));
    }

    #[test]
    fn keys_that_are_known_are_names_whatever_they_look_like() {
        let mut tree = Tree::new(HashKey::new([5; 32]));
        tree.know(["kdUrOwPqZzXcVbNm_7".to_owned()]);
        let named = tree.member(PathId::ROOT, b"kdUrOwPqZzXcVbNm_7").expect("UTF-8");
        assert!(tree.is_named(named, b"kdUrOwPqZzXcVbNm_7"));
        assert_eq!(tree.member(PathId::ROOT, b"kdUrOwPqZzXcVbNm_8"), Some(tree.any_key(PathId::ROOT)));
    }

    #[test]
    fn a_member_is_guessed_behind_those_that_a_record_lacks() {
        let mut tree = Tree::new(HashKey::new([5; 32]));
        let members = [b"a", b"b", b"c", b"d", b"e"].map(|name| tree.member(PathId::ROOT, name).expect("UTF-8"));
        let mut previous = PathId::ROOT;
        for member in members {
            tree.expect(PathId::ROOT, previous, member);
            previous = member;
        }
        let guess = |text: &str| tree.guess(PathId::ROOT, members[0], text.as_bytes(), 0).map(|guessed| guessed.0);
        assert_eq!(["\"b\":", "\"c\":", "\"d\":", "\"e\":", "\"x\":"].map(guess), [1, 2, 3, 0, 0].map(|at| (at > 0).then(|| members[at])));
    }
}
