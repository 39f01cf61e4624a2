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

/// Paths that one scanner tells apart; values at further paths are only counted.
pub const MAX_PATHS: usize = 20_000;

/// Bytes of the longest record that is read.
pub const MAX_RECORD: usize = 16 << 20;

/// Containers that may stand in each other, the record among them.
pub const MAX_LEVELS: u32 = 128;
