//! What Sigma rules say, at the edges of the language.

use super::SIGMA;
use crate::rules::dialect::{RuleFile, Surroundings};
use crate::rules::rule::{Condition, Parsed, Place, Predicate, Role, Rule};

fn read(text: &str) -> Result<Vec<Rule>, String> {
    let file = RuleFile { name: "x/a.yml", text };
    assert!((SIGMA.recognises)(file), "{text}");
    (SIGMA.read)(file, &Surroundings::default())
}

/// The one rule whose detection is given, indented by two.
fn rule(detection: &str) -> (String, Rule) {
    let text = format!("title: T\nlogsource:\n  product: azure\n  service: signinlogs\ndetection:\n{detection}\nlevel: high\n");
    let mut rules = read(&text).unwrap();
    assert_eq!(rules.len(), 1);
    (text, rules.remove(0))
}

/// Field, operator and values of a comparison.
fn told(predicate: &Predicate) -> String {
    let values: Vec<&str> = predicate.values.iter().map(|value| value.text.as_str()).collect();
    format!("{} {} {}", predicate.field, predicate.operator.id(predicate.negated), values.join(",")).trim_end().to_owned()
}

fn all_told(rule: &Rule) -> Vec<String> {
    rule.predicates.iter().map(told).collect()
}

#[test]
fn a_rule_is_read_with_the_place_of_every_value() {
    let (text, rule) = rule("  s:\n    ResultType:\n      - 50053\n      - '50074'\n  condition: s");
    assert_eq!((rule.parsed, rule.severity.as_deref(), rule.title.as_str(), rule.line), (Parsed::Full, Some("high"), "T", 5));
    assert_eq!(rule.tables.iter().collect::<Vec<_>>(), ["azure/signinlogs"]);
    assert_eq!(all_told(&rule), ["ResultType in 50053,50074"]);
    let values = &rule.predicates[0].values;
    assert_eq!(values.iter().map(|value| &text[value.at.bytes.clone()]).collect::<Vec<_>>(), ["50053", "'50074'"]);
    assert_eq!((values[0].quoted, values[1].quoted, values[1].at.line), (false, true, 9));
    assert_eq!(rule.predicates[0].clause, "ResultType: - 50053 - '50074'");
    assert_eq!(
        rule.fields.iter().map(|(field, used)| (field.name.as_str(), used.roles.contains_key(&Role::Filter))).collect::<Vec<_>>(),
        [("ResultType", true)]
    );
    assert_eq!(&text[rule.bytes.clone()], "detection:\n  s:\n    ResultType:\n      - 50053\n      - '50074'\n  condition: s");
}

#[test]
fn the_condition_decides_what_is_negated() {
    let (_, rule) = rule("  s:\n    a: 1\n  f_one:\n    b: x\n  f_two:\n    c|neq: y\n  condition: s and not 1 of f_*");
    assert_eq!(all_told(&rule), ["a == 1", "b != x", "c == y"]);
    let [a, b, c] = [0, 1, 2].map(|number| Condition::All(vec![Condition::Test(number)]));
    let c = match c {
        Condition::All(tests) => Condition::All(tests.into_iter().map(|test| Condition::Not(Box::new(test))).collect()),
        other => other,
    };
    assert_eq!(rule.selections[0].condition, Condition::All(vec![a, Condition::Not(Box::new(Condition::Any(vec![b, c])))]));
}

#[test]
fn a_selection_used_both_ways_has_a_comparison_for_each() {
    let (_, rule) = rule("  a:\n    x: 1\n  b:\n    y: 2\n  condition: a and not (a and b)");
    assert_eq!(all_told(&rule), ["x == 1", "x != 1", "y != 2"]);
}

#[test]
fn lists_hold_if_one_does_and_all_if_every_one_does() {
    let (_, rule) =
        rule("  s:\n    - a: 1\n      b: 2\n    - c|contains|all: [x, y]\n  t:\n    d: [1, 'a*', 2, null]\n  condition: all of them");
    assert_eq!(all_told(&rule), ["a == 1", "b == 2", "c contains x", "c contains y", "d in 1,2", "d startswith a", "d isnull"]);
    let test = |number| Condition::Test(number);
    let first = Condition::Any(vec![Condition::All(vec![test(0), test(1)]), Condition::All(vec![Condition::All(vec![test(2), test(3)])])]);
    let second = Condition::All(vec![Condition::Any(vec![test(4), test(5), test(6)])]);
    assert_eq!(rule.selections[0].condition, Condition::All(vec![first, second]));
}

#[test]
fn every_choice_of_two_is_tried() {
    let (_, rule) = rule("  s1:\n    a: 1\n  s2:\n    b: 1\n  s3:\n    c: 1\n  condition: 2 of s*");
    let Condition::Any(choices) = &rule.selections[0].condition else { panic!("{:?}", rule.selections) };
    assert_eq!(choices.len(), 3);
}

#[test]
fn modifiers_that_leave_values_open_say_so() {
    let (_, rule) = rule(
        "  s:\n    a|expand: '%countries%'\n    b|fieldref: c\n    d|base64offset|contains: x\n    e|exists: true\n    f|exists: no\n    g|windash: -x\n  condition: s",
    );
    assert_eq!(all_told(&rule), ["a ==", "b ==", "d contains x", "e isnotnull", "f isnull", "g == -x"]);
    let open: Vec<&str> = rule.predicates.iter().map(|predicate| predicate.open.as_deref().unwrap_or("")).collect();
    assert_eq!(open, ["the placeholder %countries%", "the field c", "", "", "", "the same with dashes of other kinds"]);
    assert_eq!(rule.predicates[2].derived.as_deref(), Some("base64offset"));
    assert_eq!(rule.fields.keys().map(|field| field.name.as_str()).collect::<Vec<_>>(), ["a", "b", "c", "d", "e", "f", "g"]);
    assert_eq!(rule.parsed, Parsed::Full);
}

#[test]
fn what_is_not_understood_is_named_with_its_line() {
    let (_, rule) = rule("  s:\n    a|strange: 1\n    b:\n      c: 1\n  unused:\n    z: 1\n  condition: s");
    let unread: Vec<String> = rule.unread.iter().map(|unread| format!("{} {}", unread.line, unread.what)).collect();
    assert_eq!(
        unread,
        [
            "7 modifier `strange` of `a` is not known",
            "9 a value of `b` that is a list or a map",
            "11 selection `unused` is not used by the condition"
        ]
    );
    assert_eq!(rule.parsed, Parsed::Partial);
    assert!(!rule.fields.keys().any(|field| field.name == "z"));
}

#[test]
fn words_anywhere_are_comparisons_without_a_field() {
    let (_, rule) = rule("  s:\n    - listKeys\n    - write*\n  condition: s");
    assert_eq!(all_told(&rule), ["* contains listKeys", "* startswith write"]);
    assert!(rule.fields.is_empty());
    assert!(
        matches!(&rule.selections[0].condition, Condition::Any(parts) if parts.iter().all(|part| matches!(part, Condition::Unknown(_))))
    );
}

#[test]
fn counts_are_compared_after_the_records_were_counted() {
    let (text, rule) = rule("  s:\n    a: 1\n  timeframe: 1h\n  condition: s | count(user) by ip > 5");
    let count = &rule.predicates[1];
    assert_eq!((told(count).as_str(), &count.place, count.derived.as_deref()), ("user > 5", &Place::Aggregate, Some("count")));
    assert_eq!(&text[count.values[0].at.bytes.clone()], "5");
    let role = |name: &str| {
        rule.fields.iter().find(|(field, _)| field.name == name).map(|(_, used)| used.roles.keys().copied().collect::<Vec<_>>())
    };
    assert_eq!((role("user"), role("ip")), (Some(vec![Role::Aggregate]), Some(vec![Role::Group])));
}

#[test]
fn documents_share_what_is_global_until_it_is_reset() {
    let text = "action: global\ntitle: T\nlogsource:\n  product: p\ndetection:\n  condition: s\n---\ndetection:\n  s:\n    a: 1\n---\naction: repeat\nlogsource:\n  service: q\n---\naction: reset\n---\ntitle: U\ndetection:\n  t:\n    b: 1\n  condition: t\n";
    let rules = read(text).unwrap();
    let told: Vec<_> = rules
        .iter()
        .map(|rule| (rule.title.as_str(), rule.block, rule.tables.iter().cloned().collect::<String>(), all_told(rule).join(" ")))
        .collect();
    assert_eq!(
        told,
        [("T", 0, "p".into(), "a == 1".into()), ("T", 1, "p/q".into(), "a == 1".into()), ("U", 2, String::new(), "b == 1".to_owned())]
    );
}

#[test]
fn a_correlation_stands_on_the_rules_that_it_names() {
    let text = "title: B\nname: base\nlogsource:\n  product: p\ndetection:\n  s:\n    code: 7\n  condition: s\n---\ntitle: C\ncorrelation:\n  type: value_count\n  rules: [base, B, other]\n  group-by: [who]\n  aliases:\n    who:\n      base: user\n  timespan: 1h\n  condition:\n    field: ip\n    gte: 10\n";
    let rules = read(text).unwrap();
    assert_eq!(all_told(&rules[1]), ["code == 7", "code == 7", "ip >= 10"]);
    let fields: Vec<_> = rules[1].fields.keys().map(|field| (field.table.as_deref(), field.name.as_str())).collect();
    assert_eq!(fields, [(Some("p"), "code"), (Some("p"), "ip"), (Some("p"), "user")]);
    let conditions: Vec<_> = rules[1].selections.iter().map(|selection| selection.condition.clone()).collect();
    assert_eq!(conditions, [0, 1].map(|number| Condition::All(vec![Condition::Test(number)])));
    assert_eq!(rules[1].unread.iter().map(|unread| unread.line).collect::<Vec<_>>(), [13]);
}

#[test]
fn a_filter_excludes_and_needs_no_records() {
    let text = "title: F\nlogsource:\n  product: p\nfilter:\n  rules: any\n  s:\n    user: x\n  condition: not s\n";
    let file = RuleFile { name: "f.yml", text };
    assert!((SIGMA.recognises)(file));
    let rules = (SIGMA.read)(file, &Surroundings::default()).unwrap();
    assert_eq!((all_told(&rules[0]), rules[0].selections[0].needed), (vec!["user != x".to_owned()], false));
    assert_eq!(rules[0].parsed, Parsed::Full);
}

#[test]
fn broken_rules_are_errors_that_name_a_line() {
    let head = "title: T\ndetection:\n  s:\n    a: 1\n";
    for (rest, line) in [
        ("", 3),
        ("  condition: t\n", 5),
        ("  condition: s and\n", 5),
        ("  condition: 1 of x*\n", 5),
        ("  condition: s\n---\ntitle: U\n", 7),
    ] {
        let error = read(&format!("{head}{rest}")).unwrap_err();
        assert!(error.starts_with(&format!("line {line}: ")), "{rest}: {error}");
    }
    assert!(read("title: T\ndetection: [\n").unwrap_err().contains("line"));
}

#[test]
fn files_of_others_are_not_recognised() {
    for (name, text) in [
        ("a.yml", "id: x\nquery: |\n  detection: y\n"),
        ("a.md", "title: x\ndetection:\n"),
        ("a.yml", "title: x\ndetections:\n"),
        ("a.yml", "name: x\nfilter: 1\n"),
    ] {
        assert!(!(SIGMA.recognises)(RuleFile { name, text }), "{text}");
    }
}

#[test]
fn no_beginning_of_a_file_is_misread() {
    let text = "title: Ü\nlogsource:\n  product: p\ndetection:\n  s:\n    a|contains|all: ['ö*', \"x\\\"\", 5]\n    b: |\n      z\n  t: [k, {c: null}]\n  condition: (s or 1 of t*) | count(b) by a > 3\nfields: [q]\n---\ntitle: C\ncorrelation:\n  rules: Ü\n  condition: {gt: 1, field: q}\n";
    let whole = read(text).unwrap();
    assert_eq!(whole.len(), 2);
    for cut in (0..text.len()).filter(|cut| text.is_char_boundary(*cut)) {
        let rules = (SIGMA.read)(RuleFile { name: "a.yml", text: &text[..cut] }, &Surroundings::default());
        for value in rules.iter().flatten().flat_map(|rule| &rule.predicates).flat_map(|predicate| &predicate.values) {
            assert!(text[..cut].get(value.at.bytes.clone()).is_some(), "{cut}: {value:?}");
        }
    }
}
