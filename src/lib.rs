//! Fingerprints sign-in logs per cohort, compares them with a baseline and reports drift before detections go blind.
//!
//! Floors, from the ground up; imports only go down:
//! `model`, `hash` (values) · `stats`, `sources`, `scan` (reading one record) · `fingerprint` · `compare` · `checks`, `expect`, `rules`,
//! `schema` · `ingest`, `store`, `report` (the edges) · `notify` · `cli`.

pub mod checks;
pub mod cli;
pub mod compare;
pub mod demo;
pub mod error;
pub mod expect;
pub mod fingerprint;
pub mod hash;
pub mod ingest;
pub mod model;
pub mod notify;
pub mod report;
pub mod rules;
pub mod scan;
pub mod schema;
pub mod sources;
pub mod stats;
pub mod store;
