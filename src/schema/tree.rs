//! What a fingerprint says of every path, as a tree of containers and what is in them.

use crate::fingerprint::{AtomKind, Fingerprint, PathStats, Value};
use crate::model::{Segment, Shape};
use crate::stats::Bottom;
use std::collections::BTreeMap;

/// A path with what stands below it.
#[derive(Default)]
pub(super) struct Node<'a> {
    /// Records in which it was there, values seen there, and whether a record can show it more than once.
    pub(super) present: u64,
    pub(super) occurrences: u64,
    pub(super) repeats: bool,
    /// Records by shape.
    pub(super) shapes: BTreeMap<Shape, u64>,
    /// The values of a closed set that is known in full.
    pub(super) values: Option<Vec<&'a Value>>,
    pub(super) children: BTreeMap<&'a Segment, Node<'a>>,
}

impl<'a> Node<'a> {
    /// The record, with all paths below it.
    pub(super) fn of(fingerprint: &'a Fingerprint) -> Self {
        let mut root = Self { present: fingerprint.records, occurrences: fingerprint.records, ..Self::default() };
        root.shapes.insert(Shape::OBJECT, fingerprint.records);
        for (stats, counts) in fingerprint.paths.iter().zip(counts(fingerprint)) {
            if stats.path.segments().is_empty() {
                continue;
            }
            let mut node = &mut root;
            for segment in stats.path.segments() {
                node = node.children.entry(segment).or_default();
            }
            node.tell(stats, counts);
        }
        root
    }

    fn tell(&mut self, stats: &'a PathStats, counts: Counts) {
        self.repeats = stats.path.repeats();
        self.occurrences = stats.occurrences;
        let shown: u64 = counts.shapes.values().sum();
        self.present = counts.present.unwrap_or(shown);
        let filled: u64 = counts.shapes.iter().filter(|(shape, _)| shape.is_filled()).map(|(_, count)| count).sum();
        // Where a record shows a path but once, values are counted as shapes are; else the sketch of distinct values has them all.
        let is_whole = |tally: &BTreeMap<u64, Value>| match self.repeats {
            false => counts.values == filled,
            true => stats.distinct.hashes().len() == tally.len() && tally.len() < Bottom::KEPT,
        };
        let tally = stats.tally.as_ref().filter(|tally| !tally.is_empty() && is_whole(tally));
        self.values = tally.map(|tally| tally.values().collect());
        self.shapes = counts.shapes;
    }

    /// Whether a record showed it twice though it should show it once: nothing is known of the second value.
    pub(super) fn is_doubled(&self) -> bool {
        !self.repeats && self.occurrences > self.shapes.values().sum::<u64>()
    }

    /// Records (of a path that repeats: values) in which it was an object, if nothing else than objects and simple values stood
    /// there, so that these can be told from others.
    pub(super) fn objects(&self) -> Option<u64> {
        let mixed = [Shape::ARRAY, Shape::JSON_ARRAY, Shape::EMPTY_JSON];
        if self.shapes.keys().any(|shape| mixed.contains(shape)) || self.is_doubled() {
            return None;
        }
        let is_object = |shape: &Shape| [Shape::OBJECT, Shape::EMPTY_OBJECT, Shape::JSON_OBJECT].contains(shape);
        if self.repeats {
            return self.shapes.keys().all(is_object).then_some(self.occurrences);
        }
        Some(self.shapes.iter().filter(|(shape, _)| is_object(shape)).map(|(_, count)| count).sum())
    }

    /// Whether it was in all of so many objects.
    pub(super) fn is_always_in(&self, objects: u64) -> bool {
        objects > 0 && objects == if self.repeats { self.occurrences } else { self.present } && !self.is_doubled()
    }
}

/// What the whole stream shows at one path, in records.
#[derive(Default)]
struct Counts {
    present: Option<u64>,
    values: u64,
    shapes: BTreeMap<Shape, u64>,
}

fn counts(fingerprint: &Fingerprint) -> Vec<Counts> {
    let mut counts: Vec<Counts> = fingerprint.paths.iter().map(|_| Counts::default()).collect();
    for (atom, cell) in fingerprint.whole().into_iter().flat_map(|whole| whole.cells()) {
        let Some(atom) = fingerprint.atoms.get(atom as usize) else { continue };
        let Some(of_path) = counts.get_mut(atom.path as usize) else { continue };
        match atom.kind {
            AtomKind::Present => of_path.present = Some(cell.count),
            AtomKind::Shape(shape) => *of_path.shapes.entry(shape).or_default() += cell.count,
            AtomKind::Value(_) => of_path.values += cell.count,
            AtomKind::Hollow | AtomKind::Equal(_) => {}
        }
    }
    counts
}
