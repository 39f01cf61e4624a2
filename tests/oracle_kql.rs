//! Public KQL rules, where they are at hand: what is read of them is what Microsoft's own parser and binder read.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a scorer says what it found, and fails if it cannot set itself up"
)]

use logdrift::rules::{Parsed, Rule, RuleFile, Surroundings, read};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Fields that hold a result code.
const CODES: [&str; 7] = [
    "ResultType",
    "ErrorCode",
    "Status.errorCode",
    "ResultSignature",
    "status.errorCode",
    "Status_dynamic.errorCode",
    "Status_string.errorCode",
];

/// What is wanted, what of it was found, and what was found besides.
#[derive(Default)]
struct Score {
    wanted: usize,
    found: usize,
    given: usize,
    right: usize,
    missed: Vec<String>,
    extra: Vec<String>,
}

impl Score {
    fn add(&mut self, rule: &str, wanted: &BTreeSet<String>, given: &BTreeSet<String>, allowed: &BTreeSet<String>) {
        self.wanted += wanted.len();
        self.given += given.len();
        self.found += wanted.intersection(given).count();
        self.right += given.iter().filter(|item| wanted.contains(*item) || allowed.contains(*item)).count();
        self.missed.extend(wanted.difference(given).map(|item| format!("{rule}: {item}")));
        self.extra
            .extend(given.iter().filter(|item| !wanted.contains(*item) && !allowed.contains(*item)).map(|item| format!("{rule}: {item}")));
    }

    #[expect(clippy::cast_precision_loss, reason = "a few thousand items")]
    fn say(&self, what: &str) -> (f64, f64) {
        let (recall, precision) = (self.found as f64 / self.wanted.max(1) as f64, self.right as f64 / self.given.max(1) as f64);
        println!("{what}: recall {recall:.4} of {}, precision {precision:.4} of {}", self.wanted, self.given);
        if std::env::var_os("ORACLE_SHOW").is_some() {
            self.missed.iter().for_each(|item| println!("  missed {item}"));
            self.extra.iter().for_each(|item| println!("  extra  {item}"));
        }
        (recall, precision)
    }
}

fn texts(value: &Value) -> impl Iterator<Item = &str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str)
}

fn column(item: &Value) -> String {
    item["column"].as_str().unwrap_or("").to_owned()
}

/// The column of a field: what stands before its first dot or bracket.
fn head(field: &str) -> String {
    field.split(['.', '[']).next().unwrap_or("").to_owned()
}

fn is_code(item: &Value) -> bool {
    let path = item["path"].as_str().map_or_else(|| column(item), |path| format!("{}.{path}", column(item)));
    CODES.contains(&path.as_str())
}

/// The rules of the oracle that can be read here, each with what the oracle says.
fn pairs(folder: &Path) -> Vec<(String, Value, Rule)> {
    let oracle = std::fs::read_to_string(folder.join("oracle_kql.jsonl")).expect("an oracle");
    let mut files: BTreeMap<PathBuf, Vec<Rule>> = BTreeMap::new();
    let lines = oracle.lines().map(|line| serde_json::from_str::<Value>(line).expect("a line of JSON"));
    // Of one file of the oracle the text is not at hand.
    lines
        .filter(|said| said["rule"].as_str().and_then(|name| name.rsplit_once('#')).is_some_and(|(file, _)| folder.join(file).exists()))
        .map(|said| {
            let name = said["rule"].as_str().expect("a rule").to_owned();
            let (file, block) = name.rsplit_once('#').expect("a block");
            let rules = files.entry(folder.join(file)).or_insert_with_key(|path| {
                let text = std::fs::read_to_string(path).expect("a rule file");
                let found = read(RuleFile { name: file, text: &text }, &Surroundings::default());
                found.unwrap_or_else(|| panic!("{file} is not recognised")).unwrap_or_else(|why| panic!("{file}: {why}"))
            });
            let block: usize = block.parse().expect("a number");
            let rule = rules.iter().find(|rule| rule.block == block).unwrap_or_else(|| panic!("{name} is not there")).clone();
            (name, said, rule)
        })
        .collect()
}

#[test]
fn rules_read_what_microsofts_binder_reads() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/rules");
    if !folder.exists() {
        println!("skipped: no public rules beside this checkout");
        return;
    }
    let [mut tables, mut fields, mut codes, mut literals] = [(); 4].map(|()| Score::default());
    let (mut dishonest, mut partial, mut all) = (Vec::new(), 0, 0);
    for (name, said, rule) in pairs(&folder) {
        all += 1;
        partial += usize::from(rule.parsed != Parsed::Full);
        let none = BTreeSet::new();
        let wanted: BTreeSet<String> = texts(&said["tables"]).map(str::to_owned).collect();
        // A query that names a table which does not exist is bound by guessing, and prose is no query.
        let is_guessed =
            said["semantic_errors"].to_string().contains("does not refer to any known table") || said["parse"] == "syntax-error";
        if !is_guessed {
            tables.add(&name, &wanted, &rule.tables, &none);
        }

        let columns = said["columns"].as_array().expect("columns");
        let wanted: BTreeSet<String> = columns.iter().filter(|item| !item["table"].is_null()).map(column).collect();
        let computed: BTreeSet<String> = columns.iter().filter(|item| item["table"].is_null()).map(column).collect();
        let given: BTreeSet<String> = rule.fields.keys().map(|field| head(&field.name)).filter(|field| field != "*").collect();
        fields.add(&name, &wanted, &given, &computed);

        let said_literals = || said["literals"].as_array().into_iter().flatten().filter(|item| item["derived_via"].is_null());
        let valued = |item: &Value| texts(&item["value"]).map(|value| format!("{}={value}", column(item))).collect::<Vec<_>>();
        let own: Vec<_> = rule
            .predicates
            .iter()
            .filter(|predicate| predicate.derived.as_ref().is_none_or(|made| *made == predicate.field || made.starts_with("parse")))
            .collect();
        let wanted: BTreeSet<String> = said_literals().filter(|item| is_code(item)).flat_map(valued).collect();
        let given: BTreeSet<String> = own
            .iter()
            .filter(|predicate| CODES.contains(&predicate.field.as_str()))
            .flat_map(|predicate| predicate.values.iter().map(|value| format!("{}={}", head(&predicate.field), value.text)))
            .collect();
        codes.add(&name, &wanted, &given, &none);
        let wanted: BTreeSet<String> = said_literals().filter(|item| item["truncated"].is_null()).flat_map(valued).collect();
        let given: BTreeSet<String> = own
            .iter()
            .flat_map(|predicate| predicate.values.iter().map(|value| format!("{}={}", head(&predicate.field), value.text)))
            .collect();
        literals.add(&name, &wanted, &given, &none);

        let lacks = fields.missed.last().is_some_and(|missed| missed.starts_with(&name))
            || codes.missed.last().is_some_and(|missed| missed.starts_with(&name));
        if lacks && rule.parsed == Parsed::Full {
            dishonest.push(name);
        } else if rule.parsed != Parsed::Full && std::env::var_os("ORACLE_UNREAD").is_some() {
            rule.unread.iter().for_each(|unread| println!("{name}:{}: {}", unread.line, unread.what));
        }
    }
    println!("{all} queries, {partial} not read in full");
    let (table_recall, table_precision) = tables.say("tables");
    let (field_recall, field_precision) = fields.say("fields");
    let (code_recall, code_precision) = codes.say("result codes");
    let (literal_recall, _) = literals.say("literals");
    assert_eq!(dishonest, Vec::<String>::new(), "called full, though something is missing");
    assert!(table_recall >= 1.0 && table_precision >= 1.0, "tables");
    assert!(field_recall >= 1.0 && field_precision >= 0.97, "fields");
    assert!(code_recall >= 1.0 && code_precision >= 0.99, "result codes");
    assert!(literal_recall >= 0.97, "literals");
}
