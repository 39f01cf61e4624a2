//! The table of checks and what a check yields before causes and echoes are told apart.

use super::Case;
use super::slice::Slice;
use crate::compare::{CohortPlace, PathPlace, Side, WHOLE};
use crate::model::{Counts, Evidence, Point, Severity};

/// One kind of drift that is looked for.
pub struct Check {
    /// Its id in reports and on the command line.
    pub id: &'static str,
    /// One line.
    pub summary: &'static str,
    /// What it reports, why that matters and what to do.
    pub explain: &'static str,
    /// The judgement.
    pub judge: fn(&Case<'_>) -> Vec<Suspicion>,
}

/// A drift as one check sees it.
#[derive(Clone, Debug)]
pub struct Suspicion {
    /// The check.
    pub check: &'static str,
    /// How bad it is on its own.
    pub severity: Severity,
    /// The slice.
    pub cohort: CohortPlace,
    /// The field.
    pub path: Option<PathPlace>,
    /// The other field, for drifts about two.
    pub other: Option<PathPlace>,
    /// The value.
    pub value: Option<String>,
    /// The result code.
    pub code: Option<String>,
    /// In the baseline.
    pub before: Counts,
    /// Now.
    pub after: Counts,
    /// The same window by window; empty where windows tell nothing of it.
    pub series: Vec<Point>,
    /// Distinct actors behind it.
    pub actors: f64,
    /// Records beyond what the baseline explains, by cohort; empty for drifts that no field shows.
    pub affected: Vec<f64>,
    /// What was seen.
    pub evidence: Evidence,
}

impl Suspicion {
    /// A drift of the whole stream that is about no field.
    pub(super) fn of_stream(check: &'static str, severity: Severity, before: Counts, after: Counts, evidence: Evidence) -> Self {
        Self {
            check,
            severity,
            cohort: WHOLE,
            path: None,
            other: None,
            value: None,
            code: None,
            before,
            after,
            series: Vec::new(),
            actors: 0.0,
            affected: Vec::new(),
            evidence,
        }
    }

    /// A drift of a field in the slice that shows it.
    pub(super) fn of_slice(check: &'static str, severity: Severity, path: PathPlace, slice: Slice, evidence: Evidence) -> Self {
        Self {
            cohort: slice.cohort,
            path: Some(path),
            series: slice.series,
            actors: slice.now.actors,
            affected: slice.affected,
            ..Self::of_stream(check, severity, slice.before.counts(), slice.now.counts(), evidence)
        }
    }

    /// A drift of the number of records of one code, or of one record type, whose field is at `path`.
    pub(super) fn of_cohort(
        case: &Case<'_>,
        check: &'static str,
        severity: Severity,
        cohort: CohortPlace,
        path: Option<PathPlace>,
        evidence: Evidence,
    ) -> Self {
        let comparison = case.comparison;
        let counts = |side: &Side| Counts { records: side.total(WHOLE).count, count: side.total(cohort).count };
        Self {
            cohort,
            path,
            value: Some(case.value(cohort).to_owned()),
            series: comparison.series(counts),
            actors: comparison.now.total(cohort).actors.estimate(),
            ..Self::of_stream(check, severity, counts(&comparison.before), counts(&comparison.now), evidence)
        }
    }

    /// A drift of the number of records of one result code.
    pub(super) fn of_code(case: &Case<'_>, check: &'static str, severity: Severity, code: CohortPlace, evidence: Evidence) -> Self {
        let name = Some(case.value(code).to_owned());
        Self { code: name, ..Self::of_cohort(case, check, severity, code, case.code_path(), evidence) }
    }
}

/// All checks, in the order of their ids' families.
pub static CHECKS: &[&Check] = &[
    &super::new_code::CHECK,
    &super::code_vanished::CHECK,
    &super::code_renamed::CHECK,
    &super::code_text_changed::CHECK,
    &super::code_surged::CHECK,
    &super::record_type_appeared::CHECK,
    &super::record_type_vanished::CHECK,
    &super::field_appeared::CHECK,
    &super::field_vanished::CHECK,
    &super::field_renamed::CHECK,
    &super::field_emptied::CHECK,
    &super::type_changed::CHECK,
    &super::format_changed::CHECK,
    &super::value_appeared::CHECK,
    &super::value_vanished::CHECK,
    &super::value_renamed::CHECK,
    &super::relation_changed::CHECK,
    &super::volume_dropped::CHECK,
    &super::delivery_late::CHECK,
    &super::duplicates_rose::CHECK,
    &super::rejects_rose::CHECK,
];

/// The check with an id.
#[must_use]
pub fn find(id: &str) -> Option<&'static Check> {
    CHECKS.iter().copied().find(|check| check.id == id)
}
