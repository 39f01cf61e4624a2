//! Sigma rules of others, where they are at hand, read as another reader of the language reads them.

#![allow(clippy::expect_used, reason = "a test that cannot set itself up has failed")]

use logdrift::rules::{self, Operator, Parsed, Place, Rule, RuleFile, Surroundings};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A field and, of a literal, its text.
type Fact = (String, String);

/// What is compared: found by both, only wanted, only found.
struct Score {
    both: usize,
    missed: Vec<String>,
    extra: Vec<String>,
}

impl Score {
    fn add(&mut self, rule: &str, wanted: &BTreeSet<Fact>, found: &BTreeSet<Fact>) {
        self.both += wanted.intersection(found).count();
        self.missed.extend(wanted.difference(found).map(|fact| format!("{rule}: {fact:?}")));
        self.extra.extend(found.difference(wanted).map(|fact| format!("{rule}: {fact:?}")));
    }

    fn share(&self, others: usize) -> f64 {
        if self.both + others == 0 { 1.0 } else { self.both as f64 / (self.both + others) as f64 }
    }

    fn recall(&self) -> f64 {
        self.share(self.missed.len())
    }

    fn precision(&self) -> f64 {
        self.share(self.extra.len())
    }
}

/// Rules of others: beside this checkout, or where a variable says.
fn corpus() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let folder = std::env::var_os("LOGDRIFT_SHARED").map_or(beside, PathBuf::from).join("data/rules");
    folder.is_dir().then_some(folder)
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or("")
}

/// What stands for a regular expression, which the other reader prints as its own kind of value.
const REGEX: &str = "a regular expression";

/// A text without the wildcards and backslashes that only one of the two readers keeps.
fn plain(text: &str) -> String {
    if text.starts_with("SigmaRegularExpression(") {
        return REGEX.to_owned();
    }
    text.trim_matches('*').replace('\\', "")
}

fn wanted_fields(line: &Value) -> BTreeSet<Fact> {
    line["columns"].as_array().into_iter().flatten().filter_map(Value::as_str).map(|name| (name.to_owned(), String::new())).collect()
}

fn wanted_literals(line: &Value) -> BTreeSet<Fact> {
    let mut facts = BTreeSet::new();
    for literal in line["literals"].as_array().into_iter().flatten() {
        let column = literal["column"].as_str().unwrap_or("*").to_owned();
        for value in literal["value"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            facts.insert((column.clone(), plain(value)));
        }
    }
    facts
}

fn found_literals(rule: &Rule) -> BTreeSet<Fact> {
    let mut facts = BTreeSet::new();
    for predicate in rule.predicates.iter().filter(|predicate| predicate.place != Place::Aggregate) {
        let is_regex = predicate.operator == Operator::Matches;
        let compared = |text: &str| if is_regex { REGEX.to_owned() } else { plain(text) };
        facts.extend(predicate.values.iter().map(|value| (predicate.field.clone(), compared(&value.text))));
        let placeholder = predicate.open.iter().flat_map(|open| open.split(", ")).filter_map(|open| open.strip_prefix("the placeholder "));
        facts.extend(placeholder.map(|name| (predicate.field.clone(), plain(name))));
    }
    facts
}

/// Literals of fields that hold result codes.
fn codes(facts: &BTreeSet<Fact>) -> BTreeSet<Fact> {
    let is_code = |field: &str| {
        let name = field.rsplit('.').next().unwrap_or("").to_ascii_lowercase();
        ["resulttype", "errorcode", "errornumber", "event_type_id"].contains(&name.as_str())
    };
    facts.iter().filter(|(field, _)| is_code(field)).cloned().collect()
}

/// Fields and values of the oracle that are negated.
fn wanted_polarity(line: &Value) -> BTreeSet<Fact> {
    let negated = |predicate: &&Value| predicate["negated"].as_bool() == Some(true);
    let predicates = line["predicates"].as_array().into_iter().flatten().filter(negated);
    predicates.map(|predicate| (predicate["column"].as_str().unwrap_or("*").to_owned(), plain(text(predicate, "value")))).collect()
}

fn found_polarity(rule: &Rule) -> BTreeSet<Fact> {
    let mut negated = rule.clone();
    negated.predicates.retain(|predicate| predicate.negated);
    found_literals(&negated)
}

#[test]
#[expect(clippy::print_stdout, reason = "what is skipped and what was reached is said")]
fn sigma_rules_are_read_as_their_own_library_reads_them() {
    let Some(corpus) = corpus() else {
        println!("skipped: no rules of others beside this checkout");
        return;
    };
    let oracle = std::fs::read_to_string(corpus.join("oracle_sigma.jsonl")).expect("the oracle");
    let [mut fields, mut literals, mut result_codes, mut polarity] =
        [const { Score { both: 0, missed: Vec::new(), extra: Vec::new() } }; 4];
    let (mut read, mut full, mut overstated) = (0, 0, Vec::new());
    for line in oracle.lines() {
        let line: Value = serde_json::from_str(line).expect("a line of JSON");
        let name = text(&line, "rule");
        let Ok(source) = std::fs::read_to_string(corpus.join(name)) else { continue };
        let rules = rules::read(RuleFile { name, text: &source }, &Surroundings::default()).expect("a dialect").expect(name);
        let [rule] = rules.as_slice() else { panic!("{name}: {} rules", rules.len()) };
        assert_eq!((rule.title.as_str(), rule.severity.as_deref()), (text(&line, "title"), line["level"].as_str()), "{name}");
        for value in rule.predicates.iter().flat_map(|predicate| &predicate.values) {
            let written = source.get(value.at.bytes.clone()).unwrap_or("");
            assert!(plain(written).contains(&plain(&value.text)), "{name}: {value:?} is not {written}");
        }
        let found: BTreeSet<Fact> = rule.fields.keys().map(|field| (field.name.clone(), String::new())).collect();
        let lacks = fields.missed.len() + result_codes.missed.len();
        let (wanted, own) = (wanted_literals(&line), found_literals(rule));
        fields.add(name, &wanted_fields(&line), &found);
        literals.add(name, &wanted, &own);
        result_codes.add(name, &codes(&wanted), &codes(&own));
        polarity.add(name, &wanted_polarity(&line), &found_polarity(rule));
        read += 1;
        full += usize::from(rule.parsed == Parsed::Full);
        if rule.parsed == Parsed::Full && fields.missed.len() + result_codes.missed.len() > lacks {
            overstated.push(name.to_owned());
        }
    }
    println!("{read} rules, {full} of them read in full");
    for (what, score) in [("fields", &fields), ("literals", &literals), ("result codes", &result_codes), ("negated", &polarity)] {
        println!("{what}: recall {:.3}, precision {:.3}, {} found", score.recall(), score.precision(), score.both);
        score.missed.iter().for_each(|missed| println!("  missed {missed}"));
        score.extra.iter().for_each(|extra| println!("  extra {extra}"));
    }
    assert!(read > 0 && overstated.is_empty(), "called full and is not: {overstated:?}");
    assert!(fields.missed.is_empty() && fields.precision() >= 0.97);
    assert!(result_codes.missed.is_empty() && result_codes.precision() >= 0.99);
    assert!(literals.recall() >= 0.97);
    assert!(polarity.recall() >= 0.97 && polarity.precision() >= 0.97);
}
