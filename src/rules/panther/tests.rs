//! What rules of Panther say, at the edges of the language.

use super::PANTHER;
use crate::rules::dialect::{RuleFile, Surroundings};
use crate::rules::rule::{Condition, Parsed, Role, Rule};

const HEAD: &str = "AnalysisType: rule\nRuleID: \"A.B\"\nDisplayName: T\nSeverity: High\nLogTypes:\n  - Okta.SystemLog\nSummaryAttributes:\n  - actor:id\n";

fn read(rest: &str, python: &[(&str, &str)]) -> (String, Result<Vec<Rule>, String>) {
    let text = format!("{HEAD}{rest}");
    let file = RuleFile { name: "rules/a.yml", text: &text };
    let mut surroundings = Surroundings::default();
    for (name, text) in python {
        (PANTHER.surroundings.unwrap())(RuleFile { name, text }, &mut surroundings);
    }
    assert!((PANTHER.recognises)(file));
    let rules = (PANTHER.read)(file, &surroundings);
    (text, rules)
}

fn rule(rest: &str, python: &[(&str, &str)]) -> (String, Rule) {
    let (text, rules) = read(rest, python);
    (text, rules.unwrap().remove(0))
}

fn all_told(rule: &Rule) -> Vec<String> {
    let told = |values: Vec<&str>| values.join(",");
    rule.predicates
        .iter()
        .map(|one| {
            format!("{} {} {}", one.field, one.operator.id(one.negated), told(one.values.iter().map(|value| value.text.as_str()).collect()))
        })
        .collect()
}

#[test]
fn a_simple_detection_is_read_in_full() {
    let (text, rule) = rule(
        "Detection:\n  - Key: eventType\n    Condition: IsIn\n    Values: [a, 'b']\n  - Any:\n      - DeepKey: [outcome, result]\n        Condition: DoesNotEqual\n        Value: FAILURE\n      - None:\n          - KeyPath: target[*].type\n            Condition: Equals\n            Value: 7\n",
        &[],
    );
    assert_eq!((rule.parsed, rule.id.as_str(), rule.severity.as_deref(), rule.line), (Parsed::Full, "A.B", Some("High"), 9));
    assert_eq!(all_told(&rule), ["eventType in a,b", "outcome.result != FAILURE", "target[].type != 7"]);
    assert_eq!(&text[rule.predicates[0].values[1].at.bytes.clone()], "'b'");
    let none = Condition::Not(Box::new(Condition::Any(vec![Condition::Test(2)])));
    assert_eq!(rule.selections[0].condition, Condition::All(vec![Condition::Test(0), Condition::Any(vec![Condition::Test(1), none])]));
    let fields: Vec<_> = rule
        .fields
        .iter()
        .map(|(field, used)| (field.table.as_deref(), field.name.as_str(), used.roles.contains_key(&Role::Filter)))
        .collect();
    let table = Some("Okta.SystemLog");
    assert_eq!(
        fields,
        [(table, "actor.id", false), (table, "eventType", true), (table, "outcome.result", true), (table, "target[].type", true)]
    );
}

#[test]
fn the_python_beside_a_rule_tells_keys_and_comparisons() {
    let code = "def rule(event):\n    return event.get('code') in ('7', '8')\n";
    let (_, known) = rule("Filename: a.py\n", &[("rules/a.py", code), ("other/a.py", "def rule(event):\n    return event.get('no')\n")]);
    assert_eq!((known.parsed, all_told(&known)), (Parsed::Partial, vec!["code in 7,8".to_owned()]));
    assert!(known.predicates[0].values.iter().all(|value| value.at.bytes.is_empty() && value.at.line == 9));
    let (_, missing) = rule("Filename: a.py\n", &[]);
    let unread: Vec<_> = missing.unread.iter().map(|unread| (unread.line, unread.what.as_str())).collect();
    assert_eq!(unread, [(9, "the Python in a.py, which is not at hand")]);
    assert_eq!(missing.tables.iter().collect::<Vec<_>>(), ["Okta.SystemLog"]);
}

#[test]
fn conditions_that_are_not_known_are_named_with_their_line() {
    let (_, rule) = rule("Detection:\n  - Key: a\n    Condition: Strange\n  - Odd:\n      - Key: b\n", &[]);
    let unread: Vec<_> = rule.unread.iter().map(|unread| (unread.line, unread.what.as_str())).collect();
    assert_eq!(unread, [(10, "the condition `Strange`"), (12, "`Odd` of a detection")]);
    assert_eq!(rule.parsed, Parsed::Partial);
}

#[test]
fn broken_rules_are_errors_that_name_a_line_and_others_are_not_recognised() {
    assert!(read("", &[]).1.unwrap_err().starts_with("line 1: neither"));
    assert!(read("Detection: [\n", &[]).1.unwrap_err().contains("line"));
    for text in ["AnalysisType: policy\nPolicyID: x\n", "title: x\ndetection:\n"] {
        assert!(!(PANTHER.recognises)(RuleFile { name: "a.yml", text }));
    }
}
