//! Files of Elastic's rules as trees with places: TOML as its authors write it, JSON and JSON lines as Kibana exports it.

use crate::rules::dialect::RuleFile;
use crate::rules::snippet::Snippet;
use crate::rules::yaml::{self, Node, Value};
use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// The rules of a file.
///
/// # Errors
/// What is wrong with the file and on which line.
pub(super) fn rules(file: RuleFile<'_>) -> Result<Vec<Node>, String> {
    let found = if file.ending() == "toml" { toml(file.text)? } else { json(file.text)? };
    if found.is_empty() { Err("line 1: no rule of Elastic is in this file".to_owned()) } else { Ok(found) }
}

fn toml(text: &str) -> Result<Vec<Node>, String> {
    let lines = Lines::new(text);
    let table = DeTable::parse(text).map_err(|error| {
        let line = error.span().map_or(1, |span| lines.line(span.start));
        format!("line {line}: {}", error.message())
    })?;
    let rule = table.get_ref().iter().find(|(key, _)| key.get_ref() == "rule");
    Ok(rule.map(|(_, value)| node(value.get_ref(), value.span(), &lines)).into_iter().filter(|node| !node.entries().is_empty()).collect())
}

fn node(value: &DeValue<'_>, at: Range<usize>, lines: &Lines) -> Node {
    let scalar = |text: &str, is_text| Value::Scalar { text: text.to_owned(), is_text, is_block: false };
    let value = match value {
        DeValue::String(text) => scalar(text, true),
        DeValue::Integer(number) => scalar(number.as_str(), false),
        DeValue::Float(number) => scalar(number.as_str(), false),
        DeValue::Boolean(truth) => scalar(if *truth { "true" } else { "false" }, false),
        DeValue::Datetime(time) => scalar(&time.to_string(), false),
        DeValue::Array(elements) => Value::List(elements.iter().map(|element| node(element.get_ref(), element.span(), lines)).collect()),
        DeValue::Table(table) => {
            let entries = table.iter().map(|(key, value)| (key.get_ref().to_string(), node(value.get_ref(), value.span(), lines)));
            Value::Map(entries.collect())
        }
    };
    Node { at: at.start, line: lines.line(at.start), value }
}

/// Where lines begin.
struct Lines(Vec<usize>);

impl Lines {
    fn new(text: &str) -> Self {
        Self(text.match_indices('\n').map(|(at, _)| at + 1).collect())
    }

    fn line(&self, at: usize) -> usize {
        1 + self.0.partition_point(|start| *start <= at)
    }
}

/// One JSON value, or one on each line. What names no rule, as the summary of an export, is left out.
fn json(text: &str) -> Result<Vec<Node>, String> {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or("");
    let values = match yaml::read(text) {
        Ok(documents) if documents.len() == 1 => documents,
        Err(why) if yaml::read(first).is_err() => return Err(why),
        _ => lines(text)?,
    };
    let each = values.into_iter().flat_map(|value| if let Value::List(elements) = value.value { elements } else { vec![value] });
    Ok(each.filter(|value| value.get("rule_id").is_some()).collect())
}

fn lines(text: &str) -> Result<Vec<Node>, String> {
    let (mut found, mut at) = (Vec::new(), 0);
    for (number, line) in text.split('\n').enumerate() {
        if !line.trim().is_empty() {
            let documents = yaml::read(line).map_err(|_| format!("line {}: no JSON value", number + 1))?;
            found.extend(documents.into_iter().map(|node| moved(node, at, number)));
        }
        at += line.len() + 1;
    }
    Ok(found)
}

/// A value of a line as one of the file.
fn moved(node: Node, bytes: usize, lines: usize) -> Node {
    let value = match node.value {
        Value::List(elements) => Value::List(elements.into_iter().map(|element| moved(element, bytes, lines)).collect()),
        Value::Map(entries) => Value::Map(entries.into_iter().map(|(key, value)| (key, moved(value, bytes, lines))).collect()),
        scalar @ Value::Scalar { .. } => scalar,
    };
    Node { at: node.at + bytes, line: node.line + lines, value }
}

/// A text of a file as its own language reads it. Between double quotes a backslash is an escape, between single ones a letter.
pub(super) fn snippet(file: &str, node: &Node) -> Option<Snippet> {
    let (text, rest) = (node.text()?, file.get(node.at..).unwrap_or(""));
    let length = if rest.starts_with("\"\"\"") || rest.starts_with("'''") { 3 } else { 1 };
    let read = if rest.starts_with('"') { Snippet::escaped } else { Snippet::aligned };
    Some(read(text, file, node.at + length))
}
