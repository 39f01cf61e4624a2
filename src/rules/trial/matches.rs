//! How many records of a log each rule looks at.

use super::super::evaluate::{Known, Truth, holds};
use super::super::rule::Rule;
use super::super::set::RuleSet;
use super::{Meant, Record, Spellings};
use crate::sources::Source;
use std::collections::HashMap;

/// Records that a rule looks at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Looked {
    /// Certainly, as far as it looks at single records.
    pub certainly: u64,
    /// Perhaps: something of the rule cannot be told from a record.
    pub perhaps: u64,
}

/// Counts records rule by rule.
#[derive(Clone, Debug)]
pub struct Matches<'a> {
    source: &'a Source,
    /// The rules that read a table of the source, by their places in the set, and what they looked at.
    pub rules: Vec<(usize, &'a Rule, Looked)>,
    /// Records taken.
    pub records: u64,
    /// What each of the rules means by the fields that it compares.
    meant: Vec<HashMap<String, Meant>>,
    spellings: Spellings,
}

impl<'a> Matches<'a> {
    /// Nothing counted yet.
    #[must_use]
    pub fn new(set: &'a RuleSet, source: &'a Source) -> Self {
        let of_source = |table: &String| source.aliases().record_types(table).is_some();
        let reads = |rule: &Rule| !rule.selections.is_empty() && (rule.tables.is_empty() || rule.tables.iter().any(of_source));
        let rules = set.rules.iter().enumerate().filter(|(_, rule)| reads(rule));
        let rules: Vec<(usize, &Rule, Looked)> = rules.map(|(place, rule)| (place, rule, Looked::default())).collect();
        let fields = |rule: &'a Rule| rule.predicates.iter().map(|predicate| &predicate.field);
        let meant = |rule: &'a Rule| fields(rule).map(|field| (field.clone(), Meant::of(rule, field, source))).collect();
        let meant = rules.iter().map(|(_, rule, _)| meant(rule)).collect();
        Self { source, rules, records: 0, meant, spellings: Spellings::new(source) }
    }

    /// Takes a record; `false` if it is no JSON.
    pub fn take(&mut self, record: &[u8]) -> bool {
        let Ok(json) = serde_json::from_slice(record) else { return false };
        let record = Record::spelt(&json, self.source, &mut self.spellings);
        self.records += 1;
        for ((_, rule, looked), meant) in self.rules.iter_mut().zip(&self.meant) {
            let known = |field: &str| meant.get(field).map_or(Known::Unknown, |meant| record.known_as(meant));
            let parts = rule.selections.iter().filter(|part| part.needed && record.lies_in(part));
            match parts.map(|part| holds(&part.condition, rule, &known)).fold(Truth::No, Truth::or) {
                Truth::Yes => looked.certainly += 1,
                Truth::Maybe => looked.perhaps += 1,
                Truth::No => {}
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_counted_for_the_rules_that_look_at_them() {
        let rules = ["SigninLogs | where ResultType == 50074", "SigninLogs | where AppId in (watched)", "AuditLogs", "SigninLogs"];
        let files = rules.iter().enumerate().map(|(number, text)| (format!("{number}.kql"), (*text).to_owned())).collect();
        let (set, source) = (RuleSet::read(files, Vec::new()), Source::named("entra-signin").unwrap());
        let mut matches = Matches::new(&set, &source);
        for code in ["50074", "0", "50074"] {
            let record = format!("{{\"category\":\"SignInLogs\",\"resultType\":\"{code}\",\"properties\":{{\"appId\":\"a\"}}}}");
            assert!(matches.take(record.as_bytes()));
        }
        assert!(!matches.take(b"no record") && matches.take(br#"{"category":"NonInteractiveUserSignInLogs","resultType":"50074"}"#));
        let counted: Vec<(usize, u64, u64)> =
            matches.rules.iter().map(|(place, _, looked)| (*place, looked.certainly, looked.perhaps)).collect();
        assert_eq!((matches.records, counted), (4, vec![(0, 2, 0), (1, 0, 3), (3, 3, 0)]));
    }
}
