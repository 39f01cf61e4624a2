//! What became of a sign-in, in words.

use super::judge::{Difference, Found, Outcome, State};
use super::manifest::SignIn;
use super::values::{Records, Values};
use crate::model::ValueState;
use std::fmt;

impl fmt::Display for Records {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.min, self.max) {
            (min, Some(max)) if min == max => write!(f, "{max}"),
            (0, Some(max)) => write!(f, "at most {max}"),
            (min, Some(max)) => write!(f, "{min} to {max}"),
            (min, None) => write!(f, "at least {min}"),
        }
    }
}

impl SignIn {
    /// What its records are found by.
    pub(super) fn sought(&self) -> String {
        let named = [("user", &self.user), ("id", &self.id), ("correlation_id", &self.correlation_id)];
        let named = named.into_iter().filter_map(|(name, values)| Some((name.to_owned(), values.as_ref()?)));
        let others = self.r#where.iter().map(|(path, values)| (path.0.to_string(), values));
        let mut parts: Vec<String> = named.chain(others).map(|(name, Values(any))| format!("{name} {}", list(any, "or"))).collect();
        parts.extend(self.from.as_ref().map(|moment| format!("from {}", moment.text)));
        parts.extend(self.to.as_ref().map(|moment| format!("before {}", moment.text)));
        parts.join(", ")
    }
}

/// One sentence about a sign-in; `show` says how a value of a record may be shown.
#[must_use]
pub fn summary(outcome: &Outcome, show: &dyn Fn(&str) -> String) -> String {
    match outcome.state {
        State::Missing => format!("no record found with {}", outcome.sought),
        State::Expected => number(outcome.records),
        State::Unexpected => differences(outcome, show).join("; "),
    }
}

/// What would have been right: `50074 or 500121`; nothing where anything would have been.
#[must_use]
pub fn wanted(difference: &Difference) -> String {
    list(&difference.wanted, "or")
}

impl Found {
    /// What stood there, in words; `show` says how a value may be shown.
    #[must_use]
    pub fn words(&self, show: &dyn Fn(&str) -> String) -> String {
        match self {
            Self::Nothing(ValueState::Absent) => "absent".into(),
            Self::Nothing(_) => "empty".into(),
            Self::Text(text) => show(text),
            Self::Format(shape) => with_article(&shape.to_string()),
            Self::Records(count) => number(*count),
        }
    }
}

/// A phrase for each difference; fields that are empty in the same way share one.
fn differences(outcome: &Outcome, show: &dyn Fn(&str) -> String) -> Vec<String> {
    let mut phrases: Vec<(Vec<String>, String)> = Vec::new();
    for (difference, records) in &outcome.differences {
        let counted = if *records < outcome.records { format!(" (in {records} of {} records)", outcome.records) } else { String::new() };
        let found = difference.found.words(show);
        let is_bare = difference.wanted.is_empty();
        let says = match &difference.found {
            Found::Nothing(_) if is_bare => format!("{found}{counted}"),
            Found::Format(_) => format!("is {found}, not {}{counted}", wanted(difference)),
            Found::Records(_) => format!("{found} instead of {}", wanted(difference)),
            _ => format!("{found} instead of {}{counted}", wanted(difference)),
        };
        match phrases.iter_mut().find(|phrase| is_bare && phrase.1 == says) {
            Some(phrase) => phrase.0.push(difference.field.clone()),
            None => {
                phrases.push((if matches!(difference.found, Found::Records(_)) { vec![] } else { vec![difference.field.clone()] }, says))
            }
        }
    }
    phrases.into_iter().map(|(fields, says)| format!("{} {says}", list(&fields, "and")).trim_start().to_owned()).collect()
}

fn number(records: u64) -> String {
    if records == 1 { "1 record".into() } else { format!("{records} records") }
}

/// `a, b and c`
fn list(words: &[String], last: &str) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [head @ .., tail] => format!("{} {last} {tail}", head.join(", ")),
    }
}

/// `a GUID`, `an e-mail address`
fn with_article(name: &str) -> String {
    let is_vowel = name.starts_with(['a', 'e', 'i', 'o', 'u', 'A', 'E', 'I', 'O']) && !name.starts_with("us");
    format!("{} {name}", if is_vowel { "an" } else { "a" })
}
