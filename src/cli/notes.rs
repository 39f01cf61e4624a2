//! What a reader of a report must know beyond its findings: limits that were reached, and what was left out.

use super::assess::Baseline;
use super::read::Reading;
use crate::fingerprint::{Fingerprint, MAX_CELLS, MAX_COHORTS_A_FIELD};
use crate::model::OTHER;
use crate::scan::MAX_PATHS;
use crate::sources::Source;
use std::collections::BTreeSet;

/// The notes of one check.
pub(super) fn of(baseline: &Baseline, reading: &Reading, source: &Source) -> Vec<String> {
    let mut notes: Vec<String> = undated(source).into_iter().collect();
    if let Some((fields, room)) = folded(reading.windows()) {
        notes.push(format!("{fields} had more than {room}; those beyond were judged together as {OTHER}"));
    }
    if let Some((fields, room)) = folded(&baseline.windows) {
        notes.push(format!(
            "{fields} had more than {room} in the baseline; those beyond were kept together as {OTHER}, so a value \
             without records of its own there is called new only where something else tells that it is"
        ));
    }
    let lost: u64 = reading.windows().map(|window| window.lost).sum();
    if lost > 0 {
        notes.push(format!("{lost} values stood at paths beyond the {MAX_PATHS} that are told apart and were not read"));
    }
    if reading.files > 0 {
        notes.push(format!("{} inputs were files of fingerprints, whose bytes are not counted", reading.files));
    }
    if !reading.inputs_learnt_before.is_empty() {
        notes.push(format!("{} inputs were left out because they had been learnt before", reading.inputs_learnt_before.len()));
    }
    notes.extend(reading.alike());
    notes
}

/// What a source without a time comes to.
pub(super) fn undated(source: &Source) -> Option<String> {
    (!source.is_dated()).then(|| {
        format!(
            "the source {} names no time, so all records stand in one undated window, to which learning again adds; nothing is known of \
             how they change from day to day (--time PATH names the field with the time)",
            source.name
        )
    })
}

/// The fields of which some window folded cohorts, and what there was room for.
fn folded<'a>(windows: impl IntoIterator<Item = &'a Fingerprint>) -> Option<(String, String)> {
    let (mut fields, mut fewest) = (BTreeSet::new(), MAX_COHORTS_A_FIELD);
    for window in windows {
        for other in window.cohorts.iter().filter(|cohort| cohort.value == OTHER) {
            let kept = window.cohorts.iter().filter(|cohort| cohort.field == other.field).count() - 1;
            fields.insert(other.field.as_str());
            fewest = fewest.min(kept);
        }
    }
    let room = match fewest {
        MAX_COHORTS_A_FIELD => format!("{MAX_COHORTS_A_FIELD} values"),
        fewest => format!("the {fewest} values for which a window of so many paths has room (at most {MAX_CELLS} cells)"),
    };
    (!fields.is_empty()).then(|| (fields.into_iter().collect::<Vec<_>>().join(", "), room))
}
