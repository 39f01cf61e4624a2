//! What was found, made into text: one report, many formats.

mod build;
mod checklist;
mod copies;
mod coverage;
mod field_history;
mod github;
mod history;
mod hit;
mod html;
mod impacts;
mod inert;
mod json;
mod junit;
mod line;
mod markdown;
mod outcome;
mod page;
mod reveal;
mod rules;
mod rules_match;
mod rules_test;
mod sarif;
mod side_by_side;
mod sign_ins;
mod subject;
mod terminal;
mod validation;
mod wire;
mod word_diff;
mod words;

pub use checklist::{Health, Point, checklist};
pub use inert::{escape_json, escape_terminal};
pub use page::{Style, paragraphs};
pub use reveal::Reveal;
pub use side_by_side::side_by_side;
pub use validation::Violations;
pub use wire::rules::{
    BlindRow, FailingRow, LiteralRow, LookedRow, MatchRow, RefusedRow, RuleEntry, RuleRow, RulesMatch, RulesRead, RulesReport, RulesTest,
    SelectRow, Suggestion, TestRow, UseRow, WitnessRow,
};
pub use wire::schema::{CoverageReport, CoverageRow, FoundRow, PlaceRow, SeenRow, Validation, ViolationRow};
pub use wire::{
    AcceptanceRow, BaselineInfo, Checked, CohortRow, CountsRow, EndedRow, FindingRow, FormId, Period, PointRow, Report, Run, Verdict,
    rfc3339,
};
pub use wire::{DifferenceRow, SignInRow, SignInState, SignIns};
pub use wire::{FieldCounts, FieldHistory, HistoryRow};

use crate::error::Result;
use crate::expect::Manifest;
use schemars::generate::SchemaSettings;
use std::path::Path;

/// A way to write a report.
#[derive(Debug)]
pub struct Format {
    /// What a user calls it.
    pub name: &'static str,
    /// Ending of its files, without the dot.
    pub extension: &'static str,
    /// What it is for, in half a sentence.
    pub summary: &'static str,
    /// Writes a report; the text ends with a line end.
    pub render: fn(&Report, &Style) -> Result<String>,
}

/// All formats; the first is the default.
pub static FORMATS: &[&Format] =
    &[&terminal::FORMAT, &json::FORMAT, &markdown::FORMAT, &html::FORMAT, &sarif::FORMAT, &junit::FORMAT, &github::FORMAT];

/// The format of a name.
#[must_use]
pub fn format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().copied().find(|format| format.name == name)
}

/// The format whose files end as this one does.
#[must_use]
pub fn format_of_file(path: &Path) -> Option<&'static Format> {
    let extension = path.extension()?.to_str()?;
    FORMATS.iter().copied().find(|format| format.extension.eq_ignore_ascii_case(extension))
}

/// Names that [`schema`] knows.
pub const SCHEMAS: &[&str] = &["report", "history", "rules", "rules-test", "rules-match", "validation", "coverage-report", "expect"];

/// The JSON Schema (draft 2020-12) of a name, indented, with a line end; `None` for a name that is not in [`SCHEMAS`].
#[must_use]
pub fn schema(name: &str) -> Option<String> {
    let generator = || SchemaSettings::draft2020_12().for_serialize().into_generator();
    let schema = match name {
        "report" => generator().into_root_schema_for::<Report>(),
        "history" => generator().into_root_schema_for::<FieldHistory>(),
        "validation" => generator().into_root_schema_for::<Validation>(),
        "coverage-report" => generator().into_root_schema_for::<CoverageReport>(),
        "rules-match" => generator().into_root_schema_for::<RulesMatch>(),
        "rules-test" => generator().into_root_schema_for::<RulesTest>(),
        "rules" => generator().into_root_schema_for::<RulesReport>(),
        "expect" => Manifest::schema(),
        _ => return None,
    };
    schema_text(&schema)
}

/// A schema as it is shipped: indented, with a line end.
pub(crate) fn schema_text(schema: &schemars::Schema) -> Option<String> {
    serde_json::to_string_pretty(schema).ok().map(|text| text + "\n")
}

#[cfg(test)]
mod tests;
