//! The bytes of one record in, observations out; the only place that parses log JSON.

mod address;
mod entry;
mod familiar;
mod formats;
mod known;
mod literal;
mod memo;
mod number;
mod observations;
mod pass;
mod paths;
mod scanner;
mod shapes;
mod strings;
#[cfg(test)]
mod tests;
mod time;
mod tokens;
mod tree;
mod vector;
mod words;

pub use memo::Group;
pub use observations::{Familiar, Observation, Observations, Seen};
pub use paths::{PathId, Paths};
pub use scanner::Scanner;
pub use time::moment;

use crate::model::Shape;

/// Keys of the name and of the value of an element that is read as an entry of a map; Google calls values by their types.
pub const ENTRY_NAMES: [&str; 4] = ["key", "Key", "name", "Name"];
/// See [`ENTRY_NAMES`].
pub const ENTRY_VALUES: [&str; 6] = ["value", "Value", "multiValue", "boolValue", "intValue", "multiIntValue"];

/// What a text looks like; JSON in it is not opened.
#[must_use]
pub fn shape_of(text: &str) -> Shape {
    shapes::classify(text.as_bytes())
}

/// Whether a key is data rather than a name: an id, a number, a date, an address, an account.
#[must_use]
pub fn is_data_key(key: &str) -> bool {
    shapes::is_data(key.as_bytes())
}

/// Words that say "nothing here", in lower case; they do so in any case.
pub fn placeholders() -> impl Iterator<Item = &'static str> {
    words::PLACEHOLDERS.iter().filter_map(|word| std::str::from_utf8(word).ok())
}

/// Paths that one scanner tells apart; values at further paths are only counted.
pub const MAX_PATHS: usize = 20_000;

/// Bytes of the longest record that is read.
pub const MAX_RECORD: usize = 16 << 20;

/// Containers that may stand in each other, the record among them.
pub const MAX_LEVELS: u32 = 128;
