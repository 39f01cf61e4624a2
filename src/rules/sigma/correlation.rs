//! Correlations of Sigma: what several records that rules find have in common.

use crate::rules::rule::{Condition, Field, Literal, Operator, Place, Predicate, Role, Rule};
use crate::rules::yaml::Node;

/// The rule of a correlation, which stands on rules of the same file: they are looked up by the name and the id that others have.
pub(super) fn read(file: &str, document: &Node, node: &Node, rule: &mut Rule, known: &[(Vec<String>, Rule)]) -> Result<(), String> {
    let names = node.get("rules").ok_or_else(|| format!("line {}: the correlation names no rules", node.line))?;
    for name in names.elements() {
        let text = name.text().unwrap_or("");
        match known.iter().find(|(names, _)| names.iter().any(|own| own == text)) {
            Some((_, base)) => build_on(base, rule),
            None => rule.miss(name.line, format!("rule `{text}` that it builds on is not in this file")),
        }
    }
    let aliases = node.get("aliases").or_else(|| document.get("aliases"));
    for group in node.get("group-by").map(Node::elements).unwrap_or_default() {
        let name = group.text().unwrap_or("");
        let own = aliases.and_then(|aliases| aliases.get(name)).map(|alias| alias.entries().iter().map(|(_, field)| field).collect());
        for field in own.unwrap_or_else(|| vec![group]) {
            reads(file, rule, field, Role::Group);
        }
    }
    match node.get("condition") {
        Some(condition) if condition.text().is_none() => limits(file, condition, rule),
        Some(condition) => rule.miss(condition.line, "a condition of a correlation that is a text"),
        None => {}
    }
    let kind = node.text_of("type").unwrap_or("");
    if !["event_count", "value_count", "temporal", "temporal_ordered"].contains(&kind) {
        rule.miss(node.line, format!("correlation of the type `{kind}`"));
    }
    Ok(())
}

/// Takes over what another rule reads and selects.
fn build_on(base: &Rule, rule: &mut Rule) {
    let offset = rule.predicates.len();
    rule.tables.extend(base.tables.iter().cloned());
    rule.predicates.extend(base.predicates.iter().cloned());
    for (field, used) in &base.fields {
        for (role, at) in &used.roles {
            rule.reads(field.clone(), *role, at);
        }
    }
    for unread in &base.unread {
        rule.miss(unread.line, unread.what.clone());
    }
    for selection in &base.selections {
        let mut selection = selection.clone();
        shift(&mut selection.condition, offset);
        rule.selections.push(selection);
    }
}

/// Counts the numbers of comparisons from another start.
fn shift(condition: &mut Condition, offset: usize) {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => parts.iter_mut().for_each(|part| shift(part, offset)),
        Condition::Not(part) => shift(part, offset),
        Condition::Test(number) => *number += offset,
        Condition::Unknown(_) => {}
    }
}

/// A field of each table that the correlation stands on.
fn reads(file: &str, rule: &mut Rule, node: &Node, role: Role) {
    let name = node.text().unwrap_or("").to_owned();
    let mut tables: Vec<Option<String>> = rule.tables.iter().cloned().map(Some).collect();
    if tables.is_empty() {
        tables.push(None);
    }
    for table in tables {
        rule.reads(Field { table, name: name.clone() }, role, &node.span(file));
    }
}

/// `gte: 10`, and the field whose values are counted.
fn limits(file: &str, condition: &Node, rule: &mut Rule) {
    let field = condition.get("field");
    for field in field.map(Node::elements).unwrap_or_default() {
        reads(file, rule, field, Role::Aggregate);
    }
    for (key, value) in condition.entries().iter().filter(|(key, _)| key != "field") {
        let operator = match key.as_str() {
            "gt" => Operator::Greater,
            "gte" => Operator::AtLeast,
            "lt" => Operator::Less,
            "lte" => Operator::AtMost,
            "eq" | "neq" => Operator::Equal,
            _ => {
                rule.miss(value.line, format!("`{key}` in the condition of a correlation"));
                continue;
            }
        };
        let at = value.span_with_key(key, file);
        let text = value.text().unwrap_or("").to_owned();
        rule.predicates.push(Predicate {
            tables: rule.tables.clone(),
            field: field.and_then(Node::text).unwrap_or("count").to_owned(),
            operator,
            negated: key == "neq",
            ignores_case: true,
            values: vec![Literal { text, quoted: false, at: value.span(file) }],
            open: None,
            derived: Some("count".to_owned()),
            list: None,
            place: Place::Aggregate,
            clause: super::quote(file, &at),
            at,
        });
    }
}
