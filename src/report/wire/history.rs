//! What `logdrift history` says of a field or a cohort.

use super::CohortRow;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One field, or the records of one cohort, over the windows of a baseline.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldHistory {
    /// Name and version of this form: `logdrift.history/1`.
    pub schema: String,
    /// Name of the source.
    pub source: String,
    /// The field; null where the records of a cohort are counted.
    pub path: Option<String>,
    /// The cohort; null for the whole stream.
    pub cohort: Option<CohortRow>,
    /// The windows in order of time.
    pub windows: Vec<HistoryRow>,
}

/// One window.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HistoryRow {
    /// Its first second, RFC 3339 in UTC; null if undated.
    #[schemars(extend("format" = "date-time"))]
    pub from: Option<String>,
    /// All records of the window.
    pub all: u64,
    /// Records of the cohort; all of them for the whole stream.
    pub records: u64,
    /// The field in the records of the cohort; null where no field was asked for.
    pub field: Option<FieldCounts>,
}

/// The records of a cohort by what stands in a field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldCounts {
    /// Records in which it held something.
    pub filled: u64,
    /// Records in which it held nothing but null, an empty text, a placeholder, an object of nothing.
    pub empty: u64,
    /// Records without it.
    pub absent: u64,
}
