//! What a user may tune about the judgement.

use std::collections::BTreeSet;

/// What a user may tune about the judgement.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// False findings of medium or worse a user puts up with in 30 days; all thresholds follow from it.
    pub false_findings_a_month: f64,
    /// Checks of windows a month holds (30 for a daily run).
    pub checks_a_month: f64,
    /// Result codes that the user's rules wait for: known to the team, whatever the catalogue says.
    pub named_codes: BTreeSet<String>,
}

impl Default for Policy {
    fn default() -> Self {
        Self { false_findings_a_month: 1.0, checks_a_month: 30.0, named_codes: BTreeSet::new() }
    }
}
