//! Whether a rule looks at one record.

mod matches;

pub use matches::{Looked, Matches};

use super::evaluate::{Known, Truth, holds};
use super::rule::{Condition, Rule, Selection};
use crate::sources::{Role, Source};
use serde_json::Value;
use std::collections::BTreeMap;

/// Levels of JSON in text in JSON that are opened.
const LEVELS: usize = 4;

/// A record of the log, its fields by the spelling that all products share.
pub struct Record<'a> {
    source: &'a Source,
    fields: BTreeMap<String, Vec<Value>>,
}

impl<'a> Record<'a> {
    /// A record as a source reads it.
    #[must_use]
    pub fn new(json: &Value, source: &'a Source) -> Self {
        let mut record = Self { source, fields: BTreeMap::new() };
        record.add("", json, LEVELS);
        record
    }

    fn add(&mut self, path: &str, value: &Value, levels: usize) {
        if !path.is_empty() {
            self.fields.entry(self.source.aliases().common(path)).or_default().push(value.clone());
        }
        match value {
            Value::Object(members) => {
                for (key, member) in members {
                    self.add(&if path.is_empty() { key.clone() } else { format!("{path}.{key}") }, member, levels);
                }
            }
            Value::Array(elements) => elements.iter().for_each(|element| self.add(path, element, levels)),
            Value::String(text) if levels > 0 && text.starts_with(['{', '[']) => {
                if let Ok(inside @ (Value::Object(_) | Value::Array(_))) = serde_json::from_str(text) {
                    self.add_inside(path, &inside, levels - 1);
                }
            }
            _ => {}
        }
    }

    /// Adds what a text holds, below the text itself.
    fn add_inside(&mut self, path: &str, inside: &Value, levels: usize) {
        match inside {
            Value::Array(elements) => elements.iter().for_each(|element| self.add_inside(path, element, levels)),
            Value::Object(members) => members.iter().for_each(|(key, member)| self.add(&format!("{path}.{key}"), member, levels)),
            _ => {}
        }
    }

    /// What is known of a field of a rule.
    #[must_use]
    pub fn known(&self, rule: &Rule, field: &str) -> Known {
        let common = self.source.aliases().common(field);
        let Some(values) = self.fields.get(&common) else {
            return if self.is_foreign(rule, field, &common) { Known::Unknown } else { Known::Nothing };
        };
        let plain = values.iter().filter_map(text).collect::<Vec<_>>();
        let may_be_whole = self.source.aliases().may_mean_object(field);
        let whole = || {
            values
                .iter()
                .filter(|value| may_be_whole && (value.is_object() || value.is_array()))
                .map(ToString::to_string)
                .collect::<Vec<_>>()
        };
        let found = if plain.is_empty() { whole() } else { plain };
        if found.is_empty() { Known::Nothing } else { Known::Values(found) }
    }

    /// Whether a field is none of the log's: a column of another table, or one that a product adds on the way.
    fn is_foreign(&self, rule: &Rule, field: &str, common: &str) -> bool {
        let aliases = self.source.aliases();
        let mut tables = rule.fields.keys().filter(|known| known.name == field).map(|known| known.table.as_deref());
        let is_of_log = |table: Option<&str>| table.is_none_or(|table| aliases.record_types(table).is_some());
        let named = rule.fields.keys().any(|known| known.name == field);
        aliases.is_added(common) || named && !tables.any(is_of_log)
    }

    /// The record's type; `None` if it has none.
    fn kind(&self) -> Option<String> {
        let is_type = |common: &str| self.source.plays(Role::RecordType, common);
        self.fields.iter().find(|(common, _)| is_type(common)).and_then(|(_, values)| values.iter().find_map(text))
    }

    /// Whether a part of a rule reads the table that such a record lies in.
    #[must_use]
    pub fn lies_in(&self, selection: &Selection) -> bool {
        let aliases = self.source.aliases();
        match (&selection.table, self.kind()) {
            (Some(table), Some(kind)) => aliases.holds(table, &kind),
            (Some(table), None) => aliases.record_types(table).is_some(),
            (None, _) => true,
        }
    }
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

/// The comparisons that keep a condition from being `wanted`.
fn fails(condition: &Condition, rule: &Rule, known: &dyn Fn(&str) -> Known, unwanted: bool, found: &mut Vec<usize>) {
    let kept = |truth: Truth| truth == if unwanted { Truth::Yes } else { Truth::No };
    match condition {
        Condition::Not(inner) => fails(inner, rule, known, !unwanted, found),
        Condition::Test(place) => {
            // Written in the negated place, the comparison counts that negation as its own.
            let one = if unwanted { Condition::Not(Box::new(condition.clone())) } else { condition.clone() };
            if holds(&one, rule, known) == Truth::No && !found.contains(place) {
                found.push(*place);
            }
        }
        Condition::All(parts) | Condition::Any(parts) => {
            if kept(holds_as(condition, rule, known, unwanted)) {
                parts.iter().for_each(|part| fails(part, rule, known, unwanted, found));
            }
        }
        Condition::Unknown(_) => {}
    }
}

/// The truth of a condition that stands under an odd number of `not`, or of none.
fn holds_as(condition: &Condition, rule: &Rule, known: &dyn Fn(&str) -> Known, negated: bool) -> Truth {
    if !negated {
        return holds(condition, rule, known);
    }
    match holds(&Condition::Not(Box::new(condition.clone())), rule, known) {
        Truth::Yes => Truth::No,
        Truth::No => Truth::Yes,
        Truth::Maybe => Truth::Maybe,
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
