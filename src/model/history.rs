//! What is remembered of findings from one run to the next.

use super::{Cohort, FindingKey, Severity, Status};

/// What is remembered of one finding.
#[derive(Clone, Debug, PartialEq)]
pub struct FindingState {
    /// Which finding.
    pub key: FindingKey,
    /// What it was when it was last looked at.
    pub status: Status,
    /// Id of the check that made it.
    pub check: String,
    /// How much it mattered.
    pub severity: Severity,
    /// The field.
    pub path: Option<String>,
    /// The slice; `None` for the whole stream.
    pub cohort: Option<Cohort>,
    /// The value, for findings about one.
    pub value: Option<String>,
    /// The finding it was an echo of.
    pub caused_by: Option<FindingKey>,
    /// Share of the records (0 to 1) that showed it, or that showed what is gone.
    pub share: f64,
    /// First second of the first window that showed it; `None` if undated.
    pub first_window: Option<i64>,
    /// First second of the last window that showed it; `None` if undated.
    pub last_window: Option<i64>,
    /// Id of the first run that found it.
    pub first_run: String,
    /// Id of the last run that found it.
    pub last_run: String,
    /// Id of the run that did not find it any more, if there was one.
    pub ended_run: Option<String>,
}

/// The word of a user that a finding is all right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acceptance {
    /// Which finding.
    pub key: FindingKey,
    /// When it was accepted, in seconds since 1970.
    pub at: i64,
    /// By whom.
    pub who: String,
    /// Why.
    pub reason: String,
    /// First second at which it does not hold any more, since 1970; `None` if it holds until it is withdrawn.
    pub ends: Option<i64>,
}

impl Acceptance {
    /// Whether it holds at a moment (seconds since 1970).
    #[must_use]
    pub fn holds(&self, now: i64) -> bool {
        self.ends.is_none_or(|ends| now < ends)
    }
}
