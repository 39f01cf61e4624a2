//! Simple detections of Panther: conditions written in YAML.

use crate::rules::rule::{Condition, Field, Literal, Operator, Place, Predicate, Role, Rule};
use crate::rules::yaml::{Node, Value};

/// Conditions by their names: how they compare, and whether they are negated.
const CONDITIONS: &[(&str, Operator, bool)] = &[
    ("Equals", Operator::Equal, false),
    ("DoesNotEqual", Operator::Equal, true),
    ("IsGreaterThan", Operator::Greater, false),
    ("IsGreaterThanOrEquals", Operator::AtLeast, false),
    ("IsLessThan", Operator::Less, false),
    ("IsLessThanOrEquals", Operator::AtMost, false),
    ("Contains", Operator::Contains, false),
    ("DoesNotContain", Operator::Contains, true),
    ("StartsWith", Operator::StartsWith, false),
    ("EndsWith", Operator::EndsWith, false),
    ("IsIn", Operator::In, false),
    ("IsNotIn", Operator::In, true),
    ("IsNull", Operator::Null, false),
    ("IsNotNull", Operator::Null, true),
    ("Exists", Operator::Null, true),
    ("DoesNotExist", Operator::Null, false),
    ("IsNullOrEmpty", Operator::Empty, false),
    ("IsNotNullOrEmpty", Operator::Empty, true),
    ("IsIPAddressInCIDR", Operator::Network, false),
    ("IsIPAddressNotInCIDR", Operator::Network, true),
];

/// A rule whose detection is written in YAML.
pub(super) struct Simple<'a> {
    pub(super) file: &'a str,
    pub(super) rule: &'a mut Rule,
}

/// The path of a key: `a.b[*].c` is `a.b[].c`.
pub(super) fn path(key: &str) -> String {
    let mut parts = key.split('[');
    let first = parts.next().unwrap_or("").to_owned();
    let whole = parts.fold(first, |path, part| format!("{path}[]{}", part.split_once(']').map_or("", |(_, rest)| rest)));
    whole.replace(':', ".")
}

/// The key that a map names as text, as path or as parts.
pub(super) fn key(node: &Node) -> Option<(String, &Node)> {
    let plain = ["Key", "KeyPath"].iter().find_map(|name| node.get(name)).and_then(|key| Some((path(key.text()?), key)));
    plain.or_else(|| {
        let parts = node.get("DeepKey")?;
        let texts: Vec<&str> = parts.elements().iter().filter_map(Node::text).collect();
        Some((texts.join("."), parts))
    })
}

impl Simple<'_> {
    /// All of a list hold.
    pub(super) fn all(&mut self, node: &Node, negated: bool) -> Condition {
        Condition::All(node.elements().iter().map(|one| self.one(one, negated)).collect())
    }

    fn one(&mut self, node: &Node, negated: bool) -> Condition {
        if node.get("Condition").is_some() {
            return self.compare(node, negated);
        }
        match node.entries() {
            [(name, list)] if matches!(list.value, Value::List(_)) => match name.as_str() {
                "All" => self.all(list, negated),
                "Any" => Condition::Any(list.elements().iter().map(|one| self.one(one, negated)).collect()),
                "None" => {
                    let any = list.elements().iter().map(|one| self.one(one, !negated)).collect();
                    Condition::Not(Box::new(Condition::Any(any)))
                }
                "OnlyOne" => {
                    let any = Condition::Any(list.elements().iter().map(|one| self.one(one, negated)).collect());
                    if list.elements().len() == 1 { any } else { Condition::Unknown("only one of several".to_owned()) }
                }
                _ => self.miss(node, format!("`{name}` of a detection")),
            },
            _ => self.miss(node, "a part of a detection that is no condition"),
        }
    }

    fn miss(&mut self, node: &Node, what: impl Into<String>) -> Condition {
        let what = what.into();
        self.rule.miss(node.line, what.clone());
        Condition::Unknown(what)
    }

    fn compare(&mut self, node: &Node, negated: bool) -> Condition {
        let name = node.text_of("Condition").unwrap_or("");
        let Some((_, operator, own)) = CONDITIONS.iter().find(|(known, _, _)| *known == name) else {
            if let Some((field, key)) = key(node) {
                self.rule.reads(Field { table: None, name: field }, Role::Filter, &key.span(self.file));
            }
            return self.miss(node, format!("the condition `{name}`"));
        };
        let Some((field, key)) = key(node) else {
            return self.miss(node, format!("the condition `{name}`, which compares no key with values"));
        };
        let at = node.span(self.file);
        self.rule.reads(Field { table: None, name: field.clone() }, Role::Filter, &key.span(self.file));
        let given = node.get("Values").or_else(|| node.get("Value"));
        let (mut values, mut open) = (Vec::new(), None);
        for value in given.map(Node::elements).unwrap_or_default() {
            match value.text() {
                Some(text) => {
                    let quoted = matches!(&value.value, Value::Scalar { is_text: true, .. });
                    values.push(Literal { text: text.to_owned(), quoted, at: value.span(self.file) });
                }
                None => open = Some("another key".to_owned()),
            }
        }
        let is_open = open.is_some();
        self.rule.predicates.push(Predicate {
            tables: self.rule.tables.clone(),
            field,
            operator: *operator,
            negated: *own != negated,
            ignores_case: false,
            values,
            open,
            derived: None,
            list: None,
            place: Place::Row,
            clause: super::quote(self.file, &at),
            at,
        });
        if is_open { Condition::Unknown("a comparison of two keys".to_owned()) } else { Condition::Test(self.rule.predicates.len() - 1) }
    }
}
