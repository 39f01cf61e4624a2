//! What one record shows of the fields of a manifest.

use super::field::{Field, Rank};
use crate::hash::HashKey;
use crate::model::{FieldPath, Shape, ValueState, ValueType};
use crate::scan::{Observations, PathId, Scanner, Seen};
use crate::sources::Source;
use std::collections::BTreeMap;

/// One value at a place of a field.
#[derive(Clone, Debug)]
pub(super) struct Value {
    pub(super) shape: Shape,
    pub(super) text: String,
}

/// What stands at one place of a field.
#[derive(Clone, Debug, Default)]
pub(super) struct Stand {
    /// Texts, numbers, booleans, nulls and empty containers, in the order they stand there.
    pub(super) values: Vec<Value>,
    /// Whether the source lets its values be kept as words.
    pub(super) is_open: bool,
    /// Whether something below says something.
    is_filled_below: bool,
}

impl Stand {
    /// The values that say something.
    pub(super) fn filled(&self) -> impl Iterator<Item = &Value> {
        self.values.iter().filter(|value| value.shape.is_filled())
    }

    /// Whether the field says something: an object does if any of its members does.
    pub(super) fn is_filled(&self) -> bool {
        self.is_filled_below || self.filled().next().is_some()
    }

    /// How empty it is.
    pub(super) fn state(&self) -> ValueState {
        self.values.first().map_or(ValueState::EmptyContainer, |value| value.shape.state())
    }
}

/// What a record shows of one field, by how good the place is.
pub(super) type Stands = BTreeMap<Rank, Stand>;

/// Reads the fields of a manifest.
pub(super) struct Reader<'s> {
    source: &'s Source,
    scanner: Scanner,
    seen: Observations,
    fields: Vec<Field>,
    /// By path, what its values are to the fields.
    steps: Vec<Vec<Step>>,
}

#[derive(Clone, Copy)]
struct Step {
    field: usize,
    rank: Rank,
    /// The value stands in the field, not below it.
    is_own: bool,
    is_open: bool,
}

impl<'s> Reader<'s> {
    pub(super) fn new(source: &'s Source, key: HashKey, fields: Vec<Field>) -> Self {
        Self { source, scanner: Scanner::new(key, &[]), seen: Observations::new(), fields, steps: Vec::new() }
    }

    /// What the record shows of each field; `None` if it is no record.
    pub(super) fn read(&mut self, record: &[u8]) -> Option<Vec<Stands>> {
        self.scanner.scan(record, &mut self.seen).ok()?;
        self.know_new_paths();
        let mut stands = vec![Stands::new(); self.fields.len()];
        for value in self.seen.values() {
            let item = match value {
                Seen::Strange(item) => Some(*item),
                Seen::Familiar(familiar) => self.scanner.observation(familiar),
            };
            let Some(item) = item else { continue };
            let is_container = matches!(item.shape.value_type(), ValueType::Array | ValueType::Object)
                || matches!(item.shape, Shape::JSON_ARRAY | Shape::JSON_OBJECT);
            for step in self.steps.get(item.path.index()).into_iter().flatten() {
                let stand = stands[step.field].entry(step.rank).or_default();
                stand.is_open = step.is_open;
                if !step.is_own {
                    stand.is_filled_below |= item.shape.is_filled() && !is_container;
                } else if !is_container || !item.shape.is_filled() {
                    let text = String::from_utf8_lossy(self.seen.bytes(&item, record)).into_owned();
                    stand.values.push(Value { shape: item.shape, text });
                }
            }
        }
        Some(stands)
    }

    fn know_new_paths(&mut self) {
        let paths = self.scanner.paths();
        for number in self.steps.len()..paths.len() {
            let id = PathId(u32::try_from(number).unwrap_or(u32::MAX));
            let steps = paths.name(id).map_or_else(Vec::new, |path| self.steps_of(path));
            self.steps.push(steps);
        }
    }

    /// The fields that stand at a path or above it.
    fn steps_of(&self, path: &FieldPath) -> Vec<Step> {
        let mut steps = Vec::new();
        for (field, named) in self.fields.iter().enumerate() {
            let mut at = Some(path.clone());
            while let Some(here) = at.filter(|path| !path.segments().is_empty()) {
                if let Some(rank) = named.rank(&here, self.source) {
                    steps.push(Step { field, rank, is_own: here == *path, is_open: self.source.keeps_words(&here) });
                    break;
                }
                at = here.parent();
            }
        }
        steps
    }
}
