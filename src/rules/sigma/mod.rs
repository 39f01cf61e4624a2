//! Sigma: rules, their correlations and filters, one or several in a file.

mod condition;
mod correlation;
mod detection;
#[cfg(test)]
mod tests;
mod value;

use super::dialect::{Dialect, RuleFile, Surroundings};
use super::rule::{Field, Language, Role, Rule, Selection, Span};
use super::yaml::{self, Node, Value};
use detection::{Detection, FILTER_SETTINGS, SETTINGS};

/// The row of the table.
pub(super) const SIGMA: Dialect = Dialect {
    name: "sigma",
    summary: "Sigma: YAML with `detection`, `correlation` or `filter`, one or several rules in a file",
    recognises,
    read,
    surroundings: None,
};

/// Told by the keys at the beginning of lines, so that a broken file is known for what it should be.
fn recognises(file: RuleFile<'_>) -> bool {
    if !matches!(file.ending().as_str(), "yml" | "yaml") {
        return false;
    }
    let has = |key: &str| {
        file.text.lines().any(|line| line.trim_start_matches('\u{feff}').strip_prefix(key).is_some_and(|rest| rest.starts_with(':')))
    };
    let is_named = has("title") || has("logsource");
    is_named && (has("detection") || has("correlation") || (has("filter") && has("logsource")))
}

fn read(file: RuleFile<'_>, _: &Surroundings) -> Result<Vec<Rule>, String> {
    let (mut global, mut previous) = (Vec::new(), Vec::new());
    let mut documents = Vec::new();
    for document in yaml::read(file.text)? {
        let action = document.text_of("action").map(str::to_owned);
        match (document.value, action.as_deref()) {
            (Value::Map(entries), Some("global")) => merge(&mut global, entries),
            (Value::Map(_), Some("reset")) => global.clear(),
            (Value::Map(entries), action) => {
                let mut whole = if action == Some("repeat") { previous } else { global.clone() };
                merge(&mut whole, entries);
                previous = whole.clone();
                documents.push(Node { value: Value::Map(whole), ..document });
            }
            (Value::Scalar { text, .. }, _) if text.is_empty() => {}
            _ => return Err(format!("line {}: a Sigma rule must be a map", document.line)),
        }
    }
    let mut known = Vec::new();
    for (block, document) in documents.iter().enumerate() {
        let rule = rule(file, block, document, &known)?;
        let names = ["name", "id", "title"].iter().filter_map(|key| document.text_of(key)).map(str::to_owned).collect();
        known.push((names, rule));
    }
    Ok(known.into_iter().map(|(_, rule)| rule).collect())
}

/// Adds entries to others; maps below the same key are merged, everything else takes the place of what was there.
fn merge(into: &mut Vec<(String, Node)>, entries: Vec<(String, Node)>) {
    for (key, node) in entries.into_iter().filter(|(key, _)| key != "action") {
        match (into.iter_mut().find(|(own, _)| *own == key), node) {
            (Some((_, Node { value: Value::Map(inner), .. })), Node { value: Value::Map(entries), .. }) => merge(inner, entries),
            (Some((_, own)), node) => *own = node,
            (None, node) => into.push((key, node)),
        }
    }
}

fn rule(file: RuleFile<'_>, block: usize, document: &Node, known: &[(Vec<String>, Rule)]) -> Result<Rule, String> {
    let mut rule = Rule::new(file.name, block, Language::Sigma);
    if let Some(id) = document.text_of("id").or_else(|| document.text_of("name")) {
        rule.id = id.to_owned();
    }
    if let Some(title) = document.text_of("title") {
        rule.title = title.to_owned();
    }
    rule.severity = document.text_of("level").map(str::to_owned);
    let parts = ["detection", "correlation", "filter"];
    let Some((kind, node)) = parts.iter().find_map(|kind| Some((*kind, document.get(kind)?))) else {
        return Err(format!("line {}: neither `detection` nor `correlation` nor `filter` says what is looked for", document.line));
    };
    if node.entries().is_empty() {
        return Err(format!("line {}: `{kind}` must be a map", node.line));
    }
    let at = node.span_with_key(kind, file.text);
    (rule.line, rule.bytes) = (at.line, at.bytes.clone());
    let table = logsource(document.get("logsource"));
    rule.tables.extend(table.clone());
    if kind == "correlation" {
        correlation::read(file.text, document, node, &mut rule, known)?;
    } else {
        let settings = if kind == "filter" { FILTER_SETTINGS } else { SETTINGS };
        let condition = Detection::new(file.text, node, &mut rule, table.clone(), settings).condition()?;
        rule.selections.push(Selection { table: table.clone(), condition, needed: kind == "detection", at });
    }
    for field in document.get("fields").map(Node::elements).unwrap_or_default().iter().filter(|field| !field.is_null()) {
        let name = field.text().unwrap_or("").to_owned();
        rule.reads(Field { table: table.clone(), name }, Role::Output, &field.span(file.text));
    }
    Ok(rule)
}

/// Product, category and service of a log source, as far as they are named: `azure/signinlogs`.
fn logsource(node: Option<&Node>) -> Option<String> {
    let node = node?;
    let parts: Vec<&str> =
        ["product", "category", "service"].iter().filter_map(|key| node.text_of(key)).filter(|part| !part.is_empty()).collect();
    (!parts.is_empty()).then(|| parts.join("/"))
}

/// A stretch of the file, its blanks and line ends drawn together.
fn quote(file: &str, at: &Span) -> String {
    let words: Vec<&str> = file.get(at.bytes.clone()).unwrap_or("").split_whitespace().collect();
    words.join(" ")
}
