//! The records in which one field has one value.

use std::fmt;

/// Value of the cohort that holds what did not get a cohort of its own.
pub const OTHER: &str = "(other)";

/// The records in which one field has one value. The whole stream is not a cohort: it is `None` where one could stand.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cohort {
    /// Name of the field that cuts the stream, as the source calls it: `resultType`, `category`.
    pub path: String,
    /// Its value in these records.
    pub value: String,
}

impl fmt::Display for Cohort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} = {}", self.path, self.value)
    }
}
