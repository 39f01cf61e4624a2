//! JSON Schemas of streams: inferred from fingerprints, held against records, and what vendors document beside what was seen.

mod coverage;
mod formats;
mod infer;
mod tree;
mod validate;

pub use coverage::{Coverage, FieldSeen};
pub use infer::infer;
pub use validate::{Fault, Validator};
