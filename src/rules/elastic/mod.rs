//! Rules of Elastic Security: TOML of the detection-rules repository and exports of Kibana, with queries in KQL (kuery), EQL and ES|QL.

mod commands;
mod eql;
mod esql;
mod expr;
mod file;
mod kuery;
mod meaning;
mod names;
mod reader;
#[cfg(test)]
mod tests;
mod token;

use super::dialect::{Dialect, RuleFile, Surroundings};
use super::rule::{Field, Language, Parsed, Role, Rule, Span};
use super::yaml::Node;
use reader::Reader;
use std::collections::BTreeSet;

/// Elastic.
pub(super) const DIALECT: Dialect = Dialect {
    name: "elastic",
    summary: "TOML with a table `rule`, and JSON or JSON lines with `rule_id`, as Kibana exports them",
    recognises,
    read,
    surroundings: None,
};

fn recognises(file: RuleFile<'_>) -> bool {
    match file.ending().as_str() {
        "toml" => file.text.lines().any(|line| line.trim() == "[rule]"),
        "json" | "ndjson" => file.text.contains("\"rule_id\""),
        _ => false,
    }
}

fn read(file: RuleFile<'_>, _: &Surroundings) -> Result<Vec<Rule>, String> {
    Ok(file::rules(file)?.iter().enumerate().map(|(block, node)| rule(file, block, node)).collect())
}

fn rule(file: RuleFile<'_>, block: usize, node: &Node) -> Rule {
    let kind = node.text_of("type").unwrap_or("query");
    let (name, language) = match (node.text_of("language"), kind) {
        (Some("eql"), _) | (None, "eql") => ("eql", Language::Eql),
        (Some("esql"), _) | (None, "esql") => ("esql", Language::Esql),
        (Some("kuery") | None, _) => ("kuery", Language::Kuery),
        (Some(other), _) => (other, Language::Kuery),
    };
    let mut rule = Rule::new(file.name, block, language);
    rule.line = node.line;
    let own = |key| node.text_of(key).map(str::to_owned);
    rule.id = own("rule_id").unwrap_or(rule.id);
    rule.title = own("name").unwrap_or(rule.title);
    rule.severity = own("severity");
    let indices = texts(node, &["index"]);
    rule.tables.extend(indices.iter().map(|(name, _)| name.clone()));
    match node.get("query").and_then(|query| file::snippet(file.text, query)) {
        Some(query) => {
            let start = query.text.len() - query.text.trim_start().len();
            let at = query.span(start..query.text.trim_end().len().max(start));
            (rule.line, rule.bytes) = (at.line, at.bytes);
            let mut reader = Reader::new(&mut rule, &query, indices.into_iter().map(|(name, _)| name).collect());
            match name {
                "kuery" => kuery::read(&mut reader),
                "eql" => eql::read(&mut reader),
                "esql" => esql::read(&mut reader),
                other => fail(&mut rule, &format!("queries in {other} are not read")),
            }
        }
        None if kind == "machine_learning" => fail(&mut rule, "a machine learning job decides, so there is no query to read"),
        None => fail(&mut rule, "the rule holds no query"),
    }
    settings(&mut rule, node);
    rule
}

fn fail(rule: &mut Rule, why: &str) {
    rule.miss(rule.line, why);
    rule.parsed = Parsed::Failed;
}

/// The texts that a chain of keys leads to, through lists, each with its place.
fn texts(node: &Node, keys: &[&str]) -> Vec<(String, Span)> {
    match keys.split_first() {
        Some((key, rest)) => node.elements().iter().filter_map(|part| part.get(key)).flat_map(|part| texts(part, rest)).collect(),
        None => {
            let quoted = |part: &Node| Some((part.text()?.to_owned(), part.at, part.line));
            let found = node.elements().iter().filter_map(quoted);
            found.map(|(text, at, line)| (text.clone(), Span { line, bytes: at..at + text.len() + 2 })).collect()
        }
    }
}

/// Fields that the rule names outside its query, by the keys under which they stand.
const SETTINGS: &[(&[&str], Role)] = &[
    (&["threshold", "field"], Role::Group),
    (&["threshold", "cardinality", "field"], Role::Aggregate),
    (&["new_terms", "value"], Role::Group),
    (&["new_terms_fields"], Role::Group),
    (&["alert_suppression", "group_by"], Role::Group),
    (&["threat_mapping", "entries", "field"], Role::Entity),
    (&["investigation_fields", "field_names"], Role::Output),
    (&["severity_mapping", "field"], Role::Output),
    (&["risk_score_mapping", "field"], Role::Output),
    (&["rule_name_override"], Role::Output),
];

/// Settings that decide on records and are not read.
const UNREAD: &[(&str, &str)] = &[
    ("filters", "filters beside the query are not read"),
    ("threat_query", "the query for indicators is not read"),
    ("exceptions_list", "exceptions are kept outside the rule"),
];

fn settings(rule: &mut Rule, node: &Node) {
    let tables: BTreeSet<_> = rule.selections.iter().map(|selection| selection.table.clone()).collect();
    let table = if tables.len() == 1 { tables.first().cloned().flatten() } else { None };
    for (keys, role) in SETTINGS {
        for (name, at) in texts(node, keys).into_iter().filter(|(name, _)| !name.is_empty()) {
            rule.reads(Field { table: table.clone(), name }, *role, &at);
        }
    }
    for (key, what) in UNREAD {
        let is_there = |value: &&Node| !value.elements().is_empty() && !value.is_null();
        if let Some(value) = node.get(key).filter(is_there) {
            rule.miss(value.line, *what);
        }
    }
}
