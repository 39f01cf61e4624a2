//! Values of arguments that are words of a closed set.

use crate::model::{Granularity, Severity, Window};
use crate::report::{self, FORMATS, Format};
use clap::builder::{PossibleValue, PossibleValuesParser, StringValueParser, TypedValueParser};

/// When to colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ColorWhen {
    /// Where the output is a terminal that wants it.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Which findings fail a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailOn {
    /// Those of this severity or worse.
    At(Severity),
    /// None: the exit code tells of errors only.
    Never,
}

impl FailOn {
    /// Severity from which the report's verdict is `drift`; with `never` the verdict is that of the default, and only
    /// the exit code differs.
    #[must_use]
    pub const fn severity(self) -> Severity {
        match self {
            Self::At(severity) => severity,
            Self::Never => Severity::Medium,
        }
    }
}

pub(super) fn color() -> impl TypedValueParser<Value = ColorWhen> {
    PossibleValuesParser::new(["auto", "always", "never"]).map(|word| match word.as_str() {
        "always" => ColorWhen::Always,
        "never" => ColorWhen::Never,
        _ => ColorWhen::Auto,
    })
}

pub(super) fn granularity() -> impl TypedValueParser<Value = Granularity> {
    PossibleValuesParser::new(["day", "hour"]).map(|word| if word == "hour" { Granularity::Hour } else { Granularity::Day })
}

pub(super) fn fail_on() -> impl TypedValueParser<Value = FailOn> {
    let words = Severity::ALL.into_iter().rev().map(Severity::id).chain(["never"]);
    PossibleValuesParser::new(words).map(|word| word.parse().map_or(FailOn::Never, FailOn::At))
}

pub(super) fn format() -> impl TypedValueParser<Value = &'static Format> {
    let names = FORMATS.iter().map(|format| PossibleValue::new(format.name).help(format.summary));
    PossibleValuesParser::new(names).try_map(|name| report::format(&name).ok_or("no such format"))
}

/// A date of UTC, as the first second after it.
pub(super) fn last_day() -> impl TypedValueParser<Value = i64> {
    StringValueParser::new().try_map(|word| Window::of_date(&word).map(Window::end).ok_or("no date such as 2026-03-31"))
}
