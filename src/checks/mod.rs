//! Judgement: which deltas are drift, how bad, and which of them are echoes of one cause. One file for each check.

mod case;
mod cause;
mod expect;
mod hours;
mod place;
mod severity;
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

/// What a judgement came to.
#[derive(Debug, Default)]
pub struct Judgement {
    /// The findings, roots and echoes.
    pub findings: Vec<Finding>,
    /// Paths compared.
    pub paths: u64,
    /// Cohorts with records in the window.
    pub cohorts: u64,
    /// Comparisons made: cohorts times paths that they show.
    pub comparisons: u64,
    /// Cohorts of the window with too few actors for any claim about rates.
    pub too_few: u64,
    /// Smallest share of the window's actors that, all showing something never seen, would have been reported; 1 if none would.
    pub smallest_detectable_share: f64,
}

/// Judges one window: every check, then cause and echo.
#[must_use]
pub fn judge(case: &Case<'_>) -> Judgement {
    let suspicions: Vec<Suspicion> = CHECKS.iter().flat_map(|check| (check.judge)(case)).collect();
    let findings = cause::group(case, suspicions);
    case.judgement(findings)
}
