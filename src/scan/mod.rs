//! The bytes of one record in, observations out; the only place that parses log JSON.

mod observations;
mod paths;

pub use observations::{Observation, Observations};
pub use paths::{PathId, Paths};
mod stub;
pub use stub::{Scanner, moment};
