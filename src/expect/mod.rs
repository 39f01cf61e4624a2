//! The sign-ins performed in a roll-out, and whether each was logged as it should be.
//!
//! A [`Manifest`] names sign-ins, how their records are found and what should stand in them. A [`Watcher`] sees every record of
//! an input once, reads those that may belong to a sign-in, and says in the end what became of each ([`Outcome`]).

mod field;
mod format;
mod judge;
mod manifest;
mod needle;
mod record;
#[cfg(test)]
mod tests;
mod values;
mod watch;
mod words;

pub use judge::{Difference, Found, Outcome, State};
pub use manifest::Manifest;
pub use watch::{Outcomes, Watcher};
pub use words::{summary, wanted};
