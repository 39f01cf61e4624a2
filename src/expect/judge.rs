//! What stood in a record instead of what should.

use super::field::Field;
use super::format::Format;
use super::record::{Stand, Stands, Value};
use super::values::{Records, Values};
use crate::model::{Shape, ValueState};
use std::collections::BTreeMap;

/// Differences of one sign-in that are told apart; of more the first in their order stay, whatever the order of records.
const DIFFERENCES: usize = 64;

/// Characters of a value that a report quotes.
const QUOTED: usize = 200;

/// What became of a sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Logged as it should be.
    Expected,
    /// Logged otherwise.
    Unexpected,
    /// Not logged.
    Missing,
}

/// A sign-in and what was found of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// As the manifest calls it.
    pub name: String,
    /// What became of it.
    pub state: State,
    /// Records found.
    pub records: u64,
    /// What was otherwise, and in how many of the records.
    pub differences: Vec<(Difference, u64)>,
    /// What its records were found by, in the values of the manifest: `user ada@contoso.example, from 2026-03-01T09:00:00Z`.
    pub sought: String,
}

/// Something that should have stood in a record, and what did.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    /// Place among what the sign-in should hold.
    place: usize,
    /// The field, as the manifest spells it; `records` for their number.
    pub field: String,
    /// What any of would have been right; empty where anything would have been.
    pub wanted: Vec<String>,
    /// What stood there.
    pub found: Found,
}

/// What stood in a field.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Found {
    /// Nothing: the field was absent or empty.
    Nothing(ValueState),
    /// A value that may be shown.
    Text(String),
    /// A value of this format.
    Format(Shape),
    /// So many records.
    Records(u64),
}

/// What a record must hold.
#[derive(Clone, Debug)]
pub(super) enum Want {
    /// Something.
    Filled,
    /// One of these values.
    Any(Values),
    /// A value of this format.
    Format(Format),
}

/// One thing that the records of a sign-in must hold.
#[derive(Clone, Debug)]
pub(super) struct Must {
    /// Place of the field among those read.
    pub(super) field: usize,
    pub(super) name: String,
    pub(super) want: Want,
    /// Only the first value counts: the first authentication method.
    pub(super) is_first: bool,
    /// Its values may be shown: result codes and methods are no secrets.
    pub(super) is_open: bool,
}

impl Must {
    pub(super) fn new(field: usize, named: &Field, want: Want) -> Self {
        Self { field, name: named.name.clone(), want, is_first: false, is_open: false }
    }

    /// What is otherwise in a record, if something is; `shown` tells that every value may be shown.
    fn difference(&self, place: usize, stands: &[Stands], shown: bool) -> Option<Difference> {
        // The best place that is there counts, empty or not.
        let stand = stands.get(self.field).and_then(|stands| stands.first_key_value()).map(|entry| entry.1);
        let found = match stand {
            None => Some(Found::Nothing(ValueState::Absent)),
            Some(stand) if !stand.is_filled() => Some(Found::Nothing(stand.state())),
            Some(stand) => self.wrong(stand).map(|value| {
                let is_open = shown || self.is_open || stand.is_open;
                if is_open { Found::Text(value.text.chars().take(QUOTED).collect()) } else { Found::Format(value.shape) }
            }),
        };
        let wanted = match &self.want {
            Want::Filled => Vec::new(),
            Want::Any(values) => values.0.clone(),
            Want::Format(format) => vec![format.to_string()],
        };
        found.map(|found| Difference { place, field: self.name.clone(), wanted, found })
    }

    /// The first value that is not what it should be, if the field is wrong: one fitting value among several is enough for
    /// values, all must fit a format.
    fn wrong<'a>(&self, stand: &'a Stand) -> Option<&'a Value> {
        let mut values = stand.filled().take(if self.is_first { 1 } else { usize::MAX });
        match &self.want {
            Want::Filled => None,
            Want::Any(wanted) => {
                let mut first = None;
                for value in values {
                    if wanted.0.contains(&value.text) {
                        return None;
                    }
                    first = first.or(Some(value));
                }
                first
            }
            Want::Format(format) => values.find(|value| !format.fits(value.shape)),
        }
    }
}

/// What was seen of one sign-in.
#[derive(Clone, Debug, Default)]
pub(super) struct Sightings {
    pub(super) records: u64,
    differences: BTreeMap<Difference, u64>,
}

impl Sightings {
    /// Holds a record against what it must hold.
    pub(super) fn add(&mut self, musts: &[Must], stands: &[Stands], shown: bool) {
        self.records += 1;
        for (place, must) in musts.iter().enumerate() {
            let Some(difference) = must.difference(place, stands, shown) else { continue };
            *self.differences.entry(difference).or_default() += 1;
            if self.differences.len() > DIFFERENCES {
                self.differences.pop_last();
            }
        }
    }

    pub(super) fn outcome(&self, name: &str, sought: String, wanted: Records) -> Outcome {
        let mut differences: Vec<(Difference, u64)> = self.differences.iter().map(|(what, count)| (what.clone(), *count)).collect();
        let is_right_number = self.records >= wanted.min && wanted.max.is_none_or(|max| self.records <= max);
        if !is_right_number && self.records > 0 {
            let found = Found::Records(self.records);
            differences
                .push((Difference { place: usize::MAX, field: "records".into(), wanted: vec![wanted.to_string()], found }, self.records));
        }
        let state = match (self.records, is_right_number, differences.is_empty()) {
            (0, false, _) => State::Missing,
            (_, _, true) => State::Expected,
            _ => State::Unexpected,
        };
        Outcome { name: name.to_owned(), state, records: self.records, differences, sought }
    }
}
