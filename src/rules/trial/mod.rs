//! Whether a rule looks at one record.

mod matches;

pub use matches::{Looked, Matches};

use super::evaluate::{Known, Truth, holds, holds_under};
use super::rule::{Condition, Rule, Selection};
use crate::sources::{DimensionKind, Source};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::HashMap;

/// Levels of JSON in text in JSON that are opened.
const LEVELS: usize = 4;

/// A record of the log, its fields by the spelling that all products share.
pub struct Record<'a> {
    source: &'a Source,
    fields: HashMap<String, Vec<Cow<'a, Value>>>,
    /// Its type; `None` if it has none.
    kind: Option<String>,
}

/// Spellings of paths that were asked for before, and of those that hold the type of a record, the best one first.
#[derive(Clone, Debug)]
pub(super) struct Spellings {
    common: HashMap<String, String>,
    types: Vec<String>,
}

impl Spellings {
    pub(super) fn new(source: &Source) -> Self {
        let types = source.dimensions().iter().filter(|dimension| dimension.kind == DimensionKind::RecordType);
        let types = types.flat_map(|dimension| &dimension.paths).map(|path| source.aliases().common(&path.to_string())).collect();
        Self { common: HashMap::new(), types }
    }
}

/// What a rule means by a field.
#[derive(Clone, Debug)]
pub(super) struct Meant {
    common: String,
    may_be_object: bool,
    /// Whether it is none of the log's: a column of another table, or one that a product adds on the way.
    is_foreign: bool,
}

impl Meant {
    pub(super) fn of(rule: &Rule, field: &str, source: &Source) -> Self {
        let aliases = source.aliases();
        let common = aliases.common(field);
        let mut tables = rule.fields.keys().filter(|known| known.name == field).map(|known| known.table.as_deref());
        let is_of_log = |table: Option<&str>| table.is_none_or(|table| aliases.record_types(table).is_some());
        let named = rule.fields.keys().any(|known| known.name == field);
        let is_foreign = aliases.is_added(&common) || named && !tables.any(is_of_log);
        Self { common, may_be_object: aliases.may_mean_object(field), is_foreign }
    }
}

impl<'a> Record<'a> {
    /// A record as a source reads it.
    #[must_use]
    pub fn new(json: &'a Value, source: &'a Source) -> Self {
        Self::spelt(json, source, &mut Spellings::new(source))
    }

    pub(super) fn spelt(json: &'a Value, source: &'a Source, spellings: &mut Spellings) -> Self {
        let mut record = Self { source, fields: HashMap::new(), kind: None };
        record.add(String::new(), Cow::Borrowed(json), LEVELS, spellings);
        record.kind = spellings.types.iter().filter_map(|common| record.fields.get(common)).flatten().find_map(|value| text(value));
        record
    }

    fn add(&mut self, path: String, value: Cow<'a, Value>, levels: usize, spellings: &mut Spellings) {
        match &value {
            Cow::Borrowed(Value::Object(members)) => {
                members.iter().for_each(|(key, member)| self.add(below(&path, key), Cow::Borrowed(member), levels, spellings));
            }
            Cow::Borrowed(Value::Array(elements)) => {
                elements.iter().for_each(|element| self.add(path.clone(), Cow::Borrowed(element), levels, spellings));
            }
            Cow::Owned(Value::Object(members)) => {
                members.iter().for_each(|(key, member)| self.add(below(&path, key), Cow::Owned(member.clone()), levels, spellings));
            }
            Cow::Owned(Value::Array(elements)) => {
                elements.iter().for_each(|element| self.add(path.clone(), Cow::Owned(element.clone()), levels, spellings));
            }
            Cow::Borrowed(Value::String(text)) | Cow::Owned(Value::String(text)) if levels > 0 && text.starts_with(['{', '[']) => {
                self.open(&path, text, levels - 1, spellings);
            }
            _ => {}
        }
        if !path.is_empty() {
            let source = self.source;
            let common = spellings.common.entry(path).or_insert_with_key(|path| source.aliases().common(path));
            match self.fields.get_mut(common) {
                Some(values) => values.push(value),
                None => drop(self.fields.insert(common.clone(), vec![value])),
            }
        }
    }

    /// Adds what a text holds, below the text itself.
    fn open(&mut self, path: &str, text: &str, levels: usize, spellings: &mut Spellings) {
        let mut inside = match serde_json::from_str(text) {
            Ok(inside @ (Value::Object(_) | Value::Array(_))) => vec![inside],
            _ => return,
        };
        while let Some(value) = inside.pop() {
            match value {
                Value::Array(elements) => inside.extend(elements),
                Value::Object(members) => {
                    members.into_iter().for_each(|(key, member)| self.add(below(path, &key), Cow::Owned(member), levels, spellings));
                }
                _ => {}
            }
        }
    }

    /// What is known of a field of a rule.
    #[must_use]
    pub fn known(&self, rule: &Rule, field: &str) -> Known {
        self.known_as(&Meant::of(rule, field, self.source))
    }

    pub(super) fn known_as(&self, meant: &Meant) -> Known {
        let Some(values) = self.fields.get(&meant.common) else {
            return if meant.is_foreign { Known::Unknown } else { Known::Nothing };
        };
        let plain = values.iter().filter_map(|value| text(value)).collect::<Vec<_>>();
        let is_whole = |value: &&Cow<'_, Value>| meant.may_be_object && (value.is_object() || value.is_array());
        let whole = || values.iter().filter(is_whole).map(ToString::to_string).collect::<Vec<_>>();
        let found = if plain.is_empty() { whole() } else { plain };
        if found.is_empty() { Known::Nothing } else { Known::Values(found) }
    }

    /// Whether a part of a rule reads the table that such a record lies in.
    #[must_use]
    pub fn lies_in(&self, selection: &Selection) -> bool {
        let aliases = self.source.aliases();
        match (&selection.table, &self.kind) {
            (Some(table), Some(kind)) => aliases.holds(table, kind),
            (Some(table), None) => aliases.record_types(table).is_some(),
            (None, _) => true,
        }
    }
}

fn below(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// The text of a value that stands by itself; `None` for nothing and for containers.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if text.trim().is_empty() => None,
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// What a rule makes of a record as it was and as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried {
    /// Whether some part of the rule looks at the first.
    pub before: Truth,
    /// Whether all parts that look at the first look at the second.
    pub after: Truth,
    /// The comparisons, by their places, for which the second is passed over by a part that looks at the first.
    pub failing: Vec<usize>,
}

/// Tries a pair of records on the parts of a rule that it needs and that read the records' table.
#[must_use]
pub fn tried(rule: &Rule, before: &Record<'_>, after: &Record<'_>) -> Tried {
    let mut tried = Tried { before: Truth::No, after: Truth::No, failing: Vec::new() };
    let mut kept = Vec::new();
    for part in rule.selections.iter().filter(|part| part.needed && before.lies_in(part)) {
        let was = holds(&part.condition, rule, &|field| before.known(rule, field));
        if was == Truth::No {
            continue;
        }
        tried.before = tried.before.or(was);
        let known = |field: &str| after.known(rule, field);
        let is = if after.lies_in(part) { holds(&part.condition, rule, &known) } else { Truth::No };
        if is == Truth::No {
            fails(&part.condition, rule, &known, false, &mut tried.failing);
        }
        kept.push(is);
    }
    if !kept.contains(&Truth::No) {
        tried.after = kept.into_iter().fold(Truth::No, Truth::or);
    }
    tried
}

/// The comparisons that keep a condition from holding; those that make it hold, if it stands under an odd number of `not`.
fn fails(condition: &Condition, rule: &Rule, known: &dyn Fn(&str) -> Known, negated: bool, found: &mut Vec<usize>) {
    let wrong = if negated { Truth::Yes } else { Truth::No };
    match condition {
        Condition::Not(inner) => fails(inner, rule, known, !negated, found),
        _ if holds_under(condition, rule, known, negated) != wrong => {}
        Condition::Test(place) if !found.contains(place) => found.push(*place),
        Condition::All(parts) | Condition::Any(parts) => parts.iter().for_each(|part| fails(part, rule, known, negated, found)),
        Condition::Test(_) | Condition::Unknown(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::RuleSet;
    use serde_json::json;

    fn tried(rule: &str, before: &Value, after: &Value) -> (Truth, Truth, Vec<String>) {
        let set = RuleSet::read(vec![("a.kql".into(), rule.into())], Vec::new());
        let source = Source::named("entra-signin").unwrap();
        let rule = &set.rules[0];
        let tried = super::tried(rule, &Record::new(before, &source), &Record::new(after, &source));
        (tried.before, tried.after, tried.failing.into_iter().map(|place| rule.predicates[place].clause.clone()).collect())
    }

    #[test]
    fn a_record_is_looked_at_if_its_table_is_read_and_its_values_fit() {
        let record = json!({"category": "SignInLogs", "resultType": "50126", "location": "DE",
            "properties": {"appDisplayName": "App", "userPrincipalName": "", "location": {"city": "Rome"},
            "authenticationDetails": "[{\"authenticationMethod\":\"Password\"}]"}});
        for (rule, expected) in [
            ("SigninLogs | where ResultType == 50126", Truth::Yes),
            ("AADNonInteractiveUserSignInLogs | where ResultType == 50126", Truth::No),
            ("SigninLogs | where ResultType in (1, 2) and AppDisplayName == 'App'", Truth::No),
            ("SigninLogs | where not(ResultType == 50126)", Truth::No),
            ("SigninLogs | where not(ResultType == 1 or AppDisplayName == 'App')", Truth::No),
            ("SigninLogs | where LocationDetails.city == 'Rome' and Location == 'DE'", Truth::Yes),
            ("SigninLogs | where isnotempty(UserPrincipalName)", Truth::No),
            ("SigninLogs | where isempty(Location)", Truth::No),
            ("SigninLogs | where isempty(UserAgent) and isnotempty(LocationDetails)", Truth::Yes),
            ("SigninLogs | where AuthenticationDetails[0].authenticationMethod == 'Password'", Truth::Yes),
            ("SigninLogs | where AuthenticationDetails has 'Password'", Truth::Yes),
            ("SigninLogs | where ResultType == 50126 and AppId in (watched)", Truth::Maybe),
        ] {
            assert_eq!(tried(rule, &record, &record), (expected, expected, vec![]), "{rule}");
        }
    }

    #[test]
    fn a_column_of_text_is_empty_though_an_object_goes_by_its_key() {
        let record = json!({"category": "SignInLogs", "properties": {"location": {"city": "Rome"}}});
        for (rule, expected) in
            [("SigninLogs | where isempty(Location)", Truth::Yes), ("SigninLogs | where isempty(LocationDetails)", Truth::No)]
        {
            assert_eq!(tried(rule, &record, &record), (expected, expected, vec![]), "{rule}");
        }
    }

    #[test]
    fn a_part_that_no_longer_looks_is_told_with_what_keeps_it() {
        let record = |code: &str, user: &str| json!({"category": "SignInLogs", "resultType": code, "properties": {"userId": user}});
        let of = |rule: &str, code: &str, user: &str| tried(rule, &record("50074", "u"), &record(code, user));
        for (rule, after, failing) in [
            ("SigninLogs | where ResultType == '50074'", Truth::No, vec!["ResultType == '50074'"]),
            ("SigninLogs | where ResultType in ('50074', '7')", Truth::Yes, vec![]),
            (
                "SigninLogs | where not(ResultType == '7') and isnotempty(UserId)",
                Truth::No,
                vec!["ResultType == '7'", "isnotempty(UserId)"],
            ),
            ("SigninLogs | where ResultType == '50074' or UserId == 'u'", Truth::No, vec!["ResultType == '50074'", "UserId == 'u'"]),
            // One part looks at all, the other one does not any more.
            (
                "SigninLogs | summarize a = count() by UserId | join kind=inner (SigninLogs | where ResultType == '50074') on UserId",
                Truth::No,
                vec!["ResultType == '50074'"],
            ),
        ] {
            let failing: Vec<String> = failing.into_iter().map(str::to_owned).collect();
            let (_, found, why) = of(rule, "7", "");
            assert_eq!((found, why), (after, failing), "{rule}");
        }
        assert_eq!(tried("SigninLogs | where ResultType == '7'", &record("50074", "u"), &record("7", "u")), (Truth::No, Truth::No, vec![]));
    }
}
