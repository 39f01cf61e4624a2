//! A made-up record that looks as most records of a slice of the stream do.

use crate::compare::{CohortPlace, Comparison, PathPlace, Side, View};
use crate::fingerprint::AtomKind;
use crate::model::{FieldPath, Segment, Shape, ValueType};
use crate::sources::Source;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What drafts are made of: a stream, and its fields by the spelling that all products share.
pub struct Stage<'a> {
    pub(super) comparison: &'a Comparison,
    pub(super) source: &'a Source,
    places: BTreeMap<String, Vec<PathPlace>>,
}

impl<'a> Stage<'a> {
    /// A stream as a source reads it.
    #[must_use]
    pub fn new(comparison: &'a Comparison, source: &'a Source) -> Self {
        let mut places: BTreeMap<String, Vec<PathPlace>> = BTreeMap::new();
        for place in comparison.axis.paths() {
            let path = comparison.axis.path(place);
            if !path.segments().contains(&Segment::AnyKey) {
                places.entry(source.aliases().common(comparison.axis.name(place))).or_default().push(place);
            }
        }
        Self { comparison, source, places }
    }

    pub(super) fn common(&self, field: &str) -> String {
        self.source.aliases().common(field)
    }

    fn places(&self, common: &str) -> &[PathPlace] {
        self.places.get(common).map_or(&[], Vec::as_slice)
    }
}

/// Part of the stream whose records are taken for a pattern.
#[derive(Clone, Copy)]
pub(super) struct Slice<'a> {
    pub(super) side: &'a Side,
    pub(super) cohort: CohortPlace,
}

/// A record in the making. Fields are named in the common spelling.
#[derive(Clone)]
pub(super) struct Draft<'s> {
    stage: &'s Stage<'s>,
    slice: Slice<'s>,
    leaves: BTreeMap<PathPlace, Value>,
    /// Fields that have to stay as they are.
    pinned: BTreeSet<String>,
    /// Texts in the record that were not made up.
    pub(super) told: BTreeSet<String>,
}

impl<'s> Draft<'s> {
    /// The fields of interest, as most records of a slice hold them.
    pub(super) fn new(stage: &'s Stage<'s>, slice: Slice<'s>, interests: &BTreeSet<String>) -> Self {
        let (leaves, told) = (BTreeMap::new(), BTreeSet::new());
        let mut draft = Self { stage, slice, leaves, pinned: BTreeSet::new(), told };
        let axis = &stage.comparison.axis;
        let tops: Vec<PathPlace> = interests.iter().flat_map(|common| stage.places(common)).copied().collect();
        for place in axis.paths().filter(|place| tops.iter().any(|&top| top == *place || axis.is_below(*place, top))) {
            draft.add_typical(place);
        }
        draft
    }

    fn add_typical(&mut self, place: PathPlace) {
        let axis = &self.stage.comparison.axis;
        if axis.path(place).segments().contains(&Segment::AnyKey) {
            return;
        }
        let mut above = axis.parent(place);
        while let Some(parent) = above {
            if !self.typical(parent).is_some_and(is_container) {
                return;
            }
            above = axis.parent(parent);
        }
        if let Some(shape) = self.typical(place).filter(|shape| !is_container(*shape)) {
            let word = self.word(place).filter(|_| shape.is_filled());
            self.told.extend(word.clone());
            let value = word.and_then(|word| typed(&word, shape)).unwrap_or_else(|| made_up(shape));
            self.leaves.insert(place, value);
        }
    }

    /// What most records of the slice hold at a path; `None` if most of those that could hold something lack it.
    pub(super) fn typical(&self, place: PathPlace) -> Option<Shape> {
        typical(self.stage.comparison, self.slice, place)
    }

    /// The commonest word of a closed set at a path.
    fn word(&self, place: PathPlace) -> Option<String> {
        let comparison = self.stage.comparison;
        if !comparison.is_closed(place) {
            return None;
        }
        let cells = self.slice.side.cells_in(self.slice.cohort, &comparison.axis.range(place));
        let words = cells.into_iter().filter_map(|(atom, cell)| match comparison.axis.kind(atom) {
            AtomKind::Value(id) => Some((cell.count, comparison.axis.value(place, id)?.word.clone()?)),
            _ => None,
        });
        words.max_by(|a, b| a.0.cmp(&b.0).then_with(|| b.1.cmp(&a.1))).map(|(_, word)| word)
    }

    /// Writes a text that the rule or the finding names into a field; `false` if no record of the stream holds such a thing there,
    /// or if the field has to stay as it is.
    pub(super) fn set(&mut self, common: &str, text: &str) -> bool {
        let axis = &self.stage.comparison.axis;
        if self.pinned.contains(common) {
            return false;
        }
        let here: Vec<PathPlace> = self.stage.places(common).iter().copied().filter(|place| self.leaves.contains_key(place)).collect();
        let targets = if here.is_empty() { self.best(common).into_iter().collect() } else { here };
        let mut is_set = false;
        for place in targets {
            let shape = self.usual(place).unwrap_or(Shape::TEXT_OTHER);
            let Some(value) = typed(text, shape) else { continue };
            // What stood there instead of the container is gone.
            self.leaves.retain(|known, _| !axis.is_below(place, *known));
            self.leaves.insert(place, value);
            is_set = true;
        }
        if is_set {
            self.told.insert(text.to_owned());
        }
        is_set
    }

    /// Writes a text over a field that holds one, also over one that had to stay as it was.
    pub(super) fn write(&mut self, common: &str, text: &str) {
        self.pinned.remove(common);
        self.pin(common, text);
    }

    /// Writes a text, and keeps it.
    pub(super) fn pin(&mut self, common: &str, text: &str) -> bool {
        let is_set = self.set(common, text);
        self.pinned.insert(common.to_owned());
        is_set
    }

    /// The path that holds a field most often in the slice, or holds something below it.
    fn best(&self, common: &str) -> Option<PathPlace> {
        let axis = &self.stage.comparison.axis;
        let filled = |place: PathPlace| View::of(self.slice.side, axis, self.slice.cohort, place).filled.count;
        let own = self.stage.places(common).iter().copied().filter(|place| filled(*place) > 0).max_by_key(|place| filled(*place))?;
        let shape = self.usual(own)?;
        if !is_container(shape) {
            return Some(own);
        }
        let is_text = |place: &PathPlace| axis.is_below(*place, own) && self.usual(*place).is_some_and(|shape| !is_container(shape));
        axis.paths().filter(is_text).max_by_key(|place| filled(*place)).filter(|place| filled(*place) > 0)
    }

    /// The filled shape that most records show at a path.
    fn usual(&self, place: PathPlace) -> Option<Shape> {
        let view = View::of(self.slice.side, &self.stage.comparison.axis, self.slice.cohort, place);
        most(view.shapes.iter().filter(|(shape, _)| shape.is_filled()).map(|(shape, cell)| (*shape, cell.count)))
    }

    /// Empties a field with all below it; `false` if it has to stay as it is.
    pub(super) fn clear(&mut self, common: &str) -> bool {
        let may = !self.pinned.contains(common);
        if may {
            self.stage.places(common).iter().for_each(|place| self.put(*place, None));
        }
        may
    }

    /// Puts a value in the place of whatever stands at a path and below it; `None` takes the key away.
    pub(super) fn put(&mut self, place: PathPlace, value: Option<Value>) {
        let axis = &self.stage.comparison.axis;
        self.leaves.retain(|known, _| *known != place && !axis.is_below(*known, place));
        self.leaves.extend(value.map(|value| (place, value)));
    }

    /// The paths that hold something.
    pub(super) fn held(&self) -> Vec<PathPlace> {
        self.leaves.keys().copied().collect()
    }

    /// The record.
    pub(super) fn to_json(&self) -> Value {
        let axis = &self.stage.comparison.axis;
        let mut record = Value::Object(serde_json::Map::new());
        for (place, value) in &self.leaves {
            insert(&mut record, axis.path(*place).segments(), value.clone());
        }
        // The innermost first, so that what holds them is written with them as texts.
        let mut texts: BTreeSet<(usize, PathPlace)> = BTreeSet::new();
        for place in self.leaves.keys() {
            let mut above = axis.parent(*place);
            while let Some(parent) = above {
                if self.typical(parent).is_some_and(|shape| matches!(shape, Shape::JSON_OBJECT | Shape::JSON_ARRAY)) {
                    texts.insert((axis.path(parent).segments().len(), parent));
                }
                above = axis.parent(parent);
            }
        }
        for (_, place) in texts.into_iter().rev() {
            if let Some(inside) = at(&mut record, axis.path(place).segments()) {
                *inside = Value::String(inside.to_string());
            }
        }
        record
    }
}

/// What most records of a slice hold at a path; `None` if most of those that could hold something lack it.
pub(super) fn typical(comparison: &Comparison, slice: Slice<'_>, place: PathPlace) -> Option<Shape> {
    let view = View::of(slice.side, &comparison.axis, slice.cohort, place);
    let is_there = view.present.count > 0 && view.present.count * 2 >= view.eligible.count;
    let shapes = || view.shapes.iter().map(|(shape, cell)| (*shape, cell.count));
    // A hollow object is an object still.
    let hollow = (Shape::OBJECT, view.hollow.count);
    is_there.then(|| most(shapes().chain([hollow]))).flatten()
}

fn most(shapes: impl Iterator<Item = (Shape, u64)>) -> Option<Shape> {
    shapes.filter(|entry| entry.1 > 0).max_by_key(|entry| (entry.1, std::cmp::Reverse(entry.0))).map(|entry| entry.0)
}

pub(super) const fn is_container(shape: Shape) -> bool {
    matches!(shape.code(), 12..=15)
}

/// A made-up value of a shape.
pub(super) fn made_up(shape: Shape) -> Value {
    serde_json::from_str(&shape.example()).unwrap_or(Value::Null)
}

/// A text as a value of a shape's type; `None` if it is none.
fn typed(text: &str, shape: Shape) -> Option<Value> {
    match shape.value_type() {
        ValueType::Number => text.parse::<serde_json::Number>().ok().map(Value::Number),
        ValueType::Boolean => text.to_ascii_lowercase().parse().ok().map(Value::Bool),
        ValueType::Text if shape.is_filled() && !is_container(shape) => Some(Value::String(text.to_owned())),
        ValueType::Text | ValueType::Null | ValueType::Array | ValueType::Object => None,
    }
}

fn insert(record: &mut Value, segments: &[Segment], value: Value) {
    let Some((first, rest)) = segments.split_first() else {
        *record = value;
        return;
    };
    match first {
        Segment::Key(key) => {
            if !record.is_object() {
                *record = Value::Object(serde_json::Map::new());
            }
            if let Value::Object(members) = record {
                insert(members.entry(key.clone()).or_insert(Value::Null), rest, value);
            }
        }
        Segment::Elements | Segment::AnyKey => {
            if record.as_array().is_none_or(Vec::is_empty) {
                *record = Value::Array(vec![Value::Null]);
            }
            if let Some(element) = record.as_array_mut().and_then(|elements| elements.first_mut()) {
                insert(element, rest, value);
            }
        }
    }
}

fn at<'v>(record: &'v mut Value, segments: &[Segment]) -> Option<&'v mut Value> {
    let Some((first, rest)) = segments.split_first() else { return Some(record) };
    let inner = match first {
        Segment::Key(key) => record.get_mut(key)?,
        Segment::Elements | Segment::AnyKey => record.get_mut(0)?,
    };
    at(inner, rest)
}

/// A path of the stream, by its name.
pub(super) fn place_of(stage: &Stage<'_>, path: &FieldPath) -> Option<PathPlace> {
    stage.comparison.axis.place(&path.to_string())
}
