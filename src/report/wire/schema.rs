//! The wire form of records held against a schema, and of what is documented beside what was seen.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Records held against a JSON Schema.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Validation {
    /// Name and version of this form: `logdrift.validation/1`.
    pub schema: String,
    /// Name of the source, if one was told.
    pub source: Option<String>,
    /// What the records were held against: a baseline or a file.
    pub against: String,
    /// Records that were held against it.
    pub records: u64,
    /// Records that do not fit.
    pub invalid: u64,
    /// Pieces of input that were no record.
    pub rejects: u64,
    /// Records of types that the source does not read.
    pub apart: u64,
    /// What does not fit, by path and keyword.
    pub violations: Vec<ViolationRow>,
    /// Violations at further paths, which were only counted.
    pub others: u64,
}

/// One path at which records break one keyword of the schema.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ViolationRow {
    /// The path.
    pub path: String,
    /// The keyword of JSON Schema: `type`, `enum`, `format`, `required`.
    pub keyword: String,
    /// What the schema expects, in words.
    pub expected: String,
    /// Records that break it there.
    pub records: u64,
    /// What stands there instead.
    pub found: Vec<FoundRow>,
    /// The first of these records, in the order of the inputs.
    pub first: PlaceRow,
    /// Some of the values, as JSON; only if raw values were asked for.
    pub values: Vec<String>,
}

/// What stands at a path, and in how many records.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FoundRow {
    /// Its state and format, in words.
    pub what: String,
    /// Records, at least.
    pub records: u64,
}

/// Where a record stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceRow {
    /// The input.
    pub input: String,
    /// Which record of it, or which line, from 1.
    pub record: u64,
}

/// What a vendor documents beside what a baseline has seen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CoverageReport {
    /// Name and version of this form: `logdrift.coverage/1`.
    pub schema: String,
    /// Name of the source.
    pub source: String,
    /// Records of the baseline.
    pub records: u64,
    /// Result codes; null where no list is shipped.
    pub codes: Option<CoverageRow>,
    /// Fields; null where no list is shipped.
    pub fields: Option<CoverageRow>,
}

/// What is documented and what was seen, of codes or of fields.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CoverageRow {
    /// How many are documented.
    pub documented: u64,
    /// How many of them were seen.
    pub seen: u64,
    /// Documented ones that were never seen; a code with its symbolic name, if it has one.
    pub unseen: Vec<String>,
    /// Documented fields that were there and never held anything.
    pub empty: Vec<String>,
    /// Ones that were seen and are not documented.
    pub undocumented: Vec<SeenRow>,
}

/// A code or a field that was seen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SeenRow {
    /// The code, or the path of the field.
    pub name: String,
    /// Records that had it.
    pub records: u64,
}
