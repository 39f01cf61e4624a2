//! Public rules of Elastic, where they are at hand, against what the languages' own parsers read in them.

#![allow(clippy::expect_used, reason = "a test that cannot set itself up has failed")]

use logdrift::rules::{self, Operator, Parsed, Rule, RuleFile, Surroundings};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

type Facts = BTreeSet<(String, String, String)>;

/// What was found in both, by the oracle only, by the reader only.
#[derive(Default)]
struct Score {
    both: usize,
    missed: Vec<(String, String, String)>,
    extra: Vec<(String, String, String)>,
}

impl Score {
    fn of(oracle: &Facts, own: &Facts) -> Self {
        let only = |one: &Facts, other: &Facts| one.difference(other).cloned().collect();
        Self { both: oracle.intersection(own).count(), missed: only(oracle, own), extra: only(own, oracle) }
    }

    #[expect(clippy::cast_precision_loss, reason = "counts of a few thousand")]
    fn share(&self, others: usize) -> f64 {
        self.both as f64 / ((self.both + others) as f64).max(1.0)
    }

    #[expect(clippy::print_stdout, reason = "scores are for a reader")]
    fn holds(&self, what: &str, recall: f64, precision: f64) {
        let (own_recall, own_precision) = (self.share(self.missed.len()), self.share(self.extra.len()));
        println!("{what}: recall {own_recall:.4}, precision {own_precision:.4}, {} in both", self.both);
        println!("  missed {:?}\n  extra {:?}", self.missed, self.extra);
        assert!(self.both > 0 && own_recall >= recall && own_precision >= precision, "{what}");
    }
}

/// Rules of others: beside this checkout, or where a variable says.
fn root() -> PathBuf {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    std::env::var_os("LOGDRIFT_SHARED").map_or(beside, PathBuf::from).join("data/rules")
}

fn text(row: &serde_json::Value, key: &str) -> String {
    row[key].as_str().unwrap_or_default().to_owned()
}

/// The rule of each row of the oracle.
#[expect(clippy::print_stdout, reason = "what is skipped is said")]
fn rows() -> Vec<(serde_json::Value, Rule, String)> {
    let Ok(oracle) = std::fs::read_to_string(root().join("oracle_elastic.jsonl")) else {
        println!("skipped: no public rules beside this checkout");
        return Vec::new();
    };
    let rows = oracle.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).expect("a row"));
    rows.map(|row| {
        let name = text(&row, "rule");
        let file = std::fs::read_to_string(root().join(&name)).expect("the rule of a row");
        let found = rules::read(RuleFile { name: &name, text: &file }, &Surroundings::default()).expect("a dialect");
        let rule = found.expect("a file that can be read").remove(0);
        (row, rule, file)
    })
    .collect()
}

fn is_code(field: &str) -> bool {
    ["result_type", "error_code", "status_code", "errorcode", "errornumber"].iter().any(|part| field.to_lowercase().ends_with(part))
}

/// Fields and values as the oracle has them.
fn oracle(row: &serde_json::Value) -> (Facts, Facts) {
    let rule = text(row, "rule");
    let strings = |value: &serde_json::Value| {
        value.as_array().into_iter().flatten().map(|one| one.as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    let mut fields: Facts = strings(&row["columns"]).into_iter().map(|field| (rule.clone(), field, String::new())).collect();
    fields.extend(strings(&row["new_terms"]["value"]).into_iter().map(|field| (rule.clone(), field, String::new())));
    fields.extend(strings(&row["threshold"]["field"]).into_iter().map(|field| (rule.clone(), field, String::new())));
    let cardinality = row["threshold"]["cardinality"].as_array().into_iter().flatten();
    fields.extend(cardinality.map(|one| (rule.clone(), text(one, "field"), String::new())));
    let mut literals = Facts::new();
    for predicate in row["predicates"].as_array().into_iter().flatten() {
        let single = predicate["value"].as_str().map(str::to_owned);
        for value in strings(&predicate["value"]).into_iter().chain(single) {
            let value = if ["True", "False"].contains(&value.as_str()) { value.to_lowercase() } else { value };
            literals.insert((rule.clone(), text(predicate, "column"), value));
        }
    }
    (fields, literals)
}

/// Fields that the query, `threshold` and `new_terms` name, and the values that the query compares them with.
fn own(row: &serde_json::Value, rule: &Rule) -> (Facts, Facts) {
    let name = text(row, "rule");
    let is_asked = |place: &rules::Span, role: rules::Role| {
        (rule.bytes.start <= place.bytes.start && place.bytes.end <= rule.bytes.end)
            || role == rules::Role::Aggregate
            || (role == rules::Role::Group && (row["new_terms"].is_object() || row["threshold"].is_object()))
    };
    let fields = rule.fields.iter().filter(|(_, found)| found.roles.iter().any(|(role, place)| is_asked(place, *role)));
    let fields = fields.map(|(field, _)| (name.clone(), field.name.clone(), String::new())).collect();
    let literals = rule.predicates.iter().flat_map(|predicate| {
        let values = predicate.values.iter();
        values.map(|value| (name.clone(), predicate.field.clone(), value.text.clone()))
    });
    (fields, literals.collect())
}

#[test]
fn fields_codes_and_values_are_those_of_the_oracle() {
    let rows = rows();
    if rows.is_empty() {
        return;
    }
    let (mut fields, mut own_fields, mut literals, mut own_literals) = Default::default();
    for (row, rule, _) in rows.iter().filter(|(row, ..)| row["parse_ok"] == true) {
        let extend = |all: &mut Facts, more: Facts| all.extend(more);
        let ((field, literal), (own_field, own_literal)) = (oracle(row), own(row, rule));
        let lacks = field.difference(&own_field).count() + literal.difference(&own_literal).filter(|(_, field, _)| is_code(field)).count();
        assert!(lacks == 0 || rule.parsed != Parsed::Full, "{} is called full", rule.file);
        extend(&mut fields, field);
        extend(&mut own_fields, own_field);
        extend(&mut literals, literal);
        extend(&mut own_literals, own_literal);
    }
    let codes = |facts: &Facts| facts.iter().filter(|(_, field, _)| is_code(field)).cloned().collect::<Facts>();
    Score::of(&fields, &own_fields).holds("fields", 1.0, 0.97);
    Score::of(&codes(&literals), &codes(&own_literals)).holds("codes", 1.0, 0.99);
    Score::of(&literals, &own_literals).holds("literals", 0.97, 0.97);
}

#[test]
#[expect(clippy::print_stdout, reason = "what was not read is said")]
fn the_public_rules_are_read_in_full() {
    let rows = rows();
    let partial: Vec<&Rule> = rows.iter().map(|(_, rule, _)| rule).filter(|rule| rule.parsed != Parsed::Full).collect();
    partial.iter().for_each(|rule| println!("{} {:?}: {:?}", rule.file, rule.parsed, rule.unread));
    assert!(partial.is_empty());
}

#[test]
fn fields_and_values_stand_where_they_are_said_to() {
    for (_, rule, file) in rows() {
        for predicate in &rule.predicates {
            for value in &predicate.values {
                let written = file[value.at.bytes.clone()].replace("\\\\", "\\");
                let quotes: &[char] = if value.quoted { &['"', '\''] } else { &[] };
                assert_eq!(written.trim_matches(quotes), value.text, "{}", rule.file);
                assert_eq!(file[..value.at.bytes.start].matches('\n').count() + 1, value.at.line, "{}", rule.file);
            }
            let is_listed = rule.fields.keys().any(|field| field.name == predicate.field);
            assert!(is_listed, "{}: {}", rule.file, predicate.field);
            assert!(predicate.operator != Operator::In || predicate.values.len() > 1 || predicate.open.is_some(), "{}", predicate.clause);
        }
        for (field, found) in &rule.fields {
            let is_there = found.roles.values().all(|place| file[place.bytes.clone()].replace('`', "").contains(&field.name));
            assert!(is_there, "{}: {}", rule.file, field.name);
        }
    }
}

#[test]
fn files_that_break_off_anywhere_are_read_as_far_as_they_can_be() {
    for (row, whole, file) in rows() {
        let name = text(&row, "rule");
        for end in (0..file.len()).step_by(37).filter(|end| file.is_char_boundary(*end)) {
            // What is missing of the file's own form is put back, so that the query itself breaks off.
            let cut = &file[..end];
            let is_inside = whole.bytes.contains(&end);
            let texts = [cut.to_owned(), format!("{cut}\n\"\"\"\n"), format!("{cut}\n'''\n")];
            for text in &texts[..if is_inside { 3 } else { 1 }] {
                let found = rules::read(RuleFile { name: &name, text }, &Surroundings::default());
                match found {
                    Some(Err(why)) => assert!(why.starts_with("line "), "{name} up to {end}: {why}"),
                    Some(Ok(found)) => assert_eq!(found.len(), 1, "{name} up to {end}"),
                    None => assert!(!cut.contains("[rule]\n"), "{name} up to {end}"),
                }
            }
        }
    }
}
