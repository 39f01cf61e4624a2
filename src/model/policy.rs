//! What a user may tune about the judgement.

/// What a user may tune about the judgement.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// False findings of medium or worse a user puts up with in 30 days; all thresholds follow from it.
    pub false_findings_a_month: f64,
    /// Checks of windows a month holds (30 for a daily run).
    pub checks_a_month: f64,
}

impl Default for Policy {
    fn default() -> Self {
        Self { false_findings_a_month: 1.0, checks_a_month: 30.0 }
    }
}
