//! Judgement: which deltas are drift, how bad, and which of them are echoes of one cause. One file for each check.

mod case;
mod cause;
mod expect;
mod hours;
mod place;
mod severity;
mod siblings;
mod slice;
mod table;

mod code_renamed;
mod code_surged;
mod code_text_changed;
mod code_vanished;
mod delivery_late;
mod duplicates_rose;
mod field_appeared;
mod field_emptied;
mod field_renamed;
mod field_vanished;
mod format_changed;
mod new_code;
mod record_type_appeared;
mod record_type_vanished;
mod rejects_rose;
mod relation_changed;
mod type_changed;
mod value_appeared;
mod value_renamed;
mod value_vanished;
mod volume_dropped;

pub use case::{Case, Delivery};
pub use table::{CHECKS, Check, Suspicion, find};

use crate::model::Finding;

/// Judges one window: every check, then cause and echo.
#[must_use]
pub fn judge(case: &Case<'_>) -> Vec<Finding> {
    let suspicions: Vec<Suspicion> = CHECKS.iter().flat_map(|check| (check.judge)(case)).collect();
    cause::group(case, suspicions)
}
