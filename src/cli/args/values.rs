//! Values of arguments that are words of a closed set.

use crate::model::{Granularity, Severity, Window};
use crate::report::{self, FORMATS, Format};
use crate::sources::SOURCES;
use clap::builder::{PossibleValue, PossibleValuesParser, StringValueParser, TypedValueParser};
use clap::{Arg, Command};
use std::ffi::OsStr;

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

/// A source: any word, since it may name a file, but shells are told the names of those that are built in.
pub(super) fn source() -> impl TypedValueParser<Value = String> {
    suggested(SOURCES.iter().map(|row| row.name))
}

/// Any word, of which shells are told some; whoever looks it up says what else it may have been.
pub(super) fn suggested(words: impl Iterator<Item = &'static str>) -> impl TypedValueParser<Value = String> {
    Suggested(words.collect())
}

#[derive(Clone)]
struct Suggested(Vec<&'static str>);

impl TypedValueParser for Suggested {
    type Value = String;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<String, clap::Error> {
        StringValueParser::new().parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(self.0.iter().map(PossibleValue::new)))
    }
}

/// A date of UTC, as the first second after it.
pub(super) fn last_day() -> impl TypedValueParser<Value = i64> {
    StringValueParser::new().try_map(|word| Window::of_date(&word).map(Window::end).ok_or("no date such as 2026-03-31"))
}
