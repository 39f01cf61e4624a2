//! The team's detections: what each of them reads, tests and selects, and what a drift does to it. One folder or file for each
//! dialect.

mod dialect;
mod elastic;
mod evaluate;
pub mod hunt;
pub mod impact;
mod kql;
#[cfg(test)]
mod made_up;
mod panther;
mod patch;
mod rule;
mod set;
mod sigma;
mod snippet;
mod splunk;
mod trial;
mod unified;
pub mod witness;
mod yaml;

pub use dialect::{DIALECTS, Dialect, Macros, RuleFile, Surroundings};
pub use evaluate::{Known, Truth, holds, test, test_of};
pub use rule::{Condition, Field, Language, Literal, Operator, Parsed, Place, Predicate, Role, Rule, Selection, Span, Unread, Use};
pub use set::RuleSet;
pub use trial::{Looked, Matches, Record, Tried, tried};

/// The rules of a file; `None` if no dialect knows it.
///
/// # Errors
/// What is wrong with the file: a sentence, with the line where that is known.
#[must_use]
pub fn read(file: RuleFile<'_>, surroundings: &Surroundings) -> Option<Result<Vec<Rule>, String>> {
    let dialect = DIALECTS.iter().find(|dialect| (dialect.recognises)(file))?;
    Some((dialect.read)(file, surroundings))
}
