//! A measure window by window as a report writes it.

use super::rfc3339;
use crate::model::{Counts, Point};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What one window shows of a finding.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PointRow {
    /// First second of the window, RFC 3339 in UTC; null if undated.
    #[schemars(extend("format" = "date-time"))]
    pub from: Option<String>,
    /// Records that could have shown it.
    pub records: u64,
    /// Records that did.
    pub count: u64,
}

impl From<Point> for PointRow {
    fn from(Point { window, counts: Counts { records, count } }: Point) -> Self {
        Self { from: rfc3339(window.start), records, count }
    }
}
