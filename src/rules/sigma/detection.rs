//! The selections of a Sigma rule, as its condition uses them.

use super::condition::{self, Count, Tree};
use super::value::Modifiers;
use crate::rules::rule::{Condition, Field, Literal, Operator, Place, Predicate, Role, Rule, Span};
use crate::rules::yaml::{Node, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Keys of a detection that are no selections; those of a filter.
pub(super) const SETTINGS: &[&str] = &["condition", "timeframe"];
pub(super) const FILTER_SETTINGS: &[&str] = &["condition", "rules"];
/// The field of words that may stand anywhere in a record.
const ANYWHERE: &str = "*";
/// Most selections of which every choice is tried for `2 of`.
const MAX_CHOICE: usize = 8;

/// Turns selections into comparisons of a rule.
pub(super) struct Detection<'a> {
    file: &'a str,
    node: &'a Node,
    rule: &'a mut Rule,
    table: Option<String>,
    settings: &'static [&'static str],
    /// What each selection became, as it stands and within `not`.
    made: BTreeMap<(&'a str, bool), Condition>,
}

/// A field with what is said of it.
struct Item<'a> {
    field: &'a str,
    modifiers: Modifiers,
    /// Whether it stands within `not`.
    negated: bool,
    at: Span,
}

/// A value as it is compared.
struct Compared {
    operator: Operator,
    literal: Option<Literal>,
    open: Option<String>,
    /// Whether the comparison must not hold by itself: a field that must be there is not null.
    negated: bool,
}

impl<'a> Detection<'a> {
    pub(super) fn new(file: &'a str, node: &'a Node, rule: &'a mut Rule, table: Option<String>, settings: &'static [&'static str]) -> Self {
        Self { file, node, rule, table, settings, made: BTreeMap::new() }
    }

    /// Which records the rule looks at; the comparisons go into the rule. An error says what is wrong with the condition, and on
    /// which line.
    pub(super) fn condition(mut self) -> Result<Condition, String> {
        let node = self.node.get("condition").ok_or_else(|| format!("line {}: the rule has no condition", self.node.line))?;
        let mut ways = Vec::new();
        for way in node.elements() {
            let text = way.text().ok_or_else(|| format!("line {}: a condition must be a text", way.line))?;
            let (tree, count) = condition::parse(text).map_err(|what| format!("line {}: {what}", way.line))?;
            ways.push(self.resolve(&tree, false).map_err(|what| format!("line {}: {what}", way.line))?);
            if let Some(count) = count {
                self.count(&count, way);
            }
        }
        self.leftovers();
        Ok(if ways.len() == 1 { ways.remove(0) } else { Condition::Any(ways) })
    }

    fn selections(&self) -> impl Iterator<Item = &'a (String, Node)> + use<'a> {
        let settings = self.settings;
        self.node.entries().iter().filter(move |(name, _)| !settings.contains(&name.as_str()))
    }

    /// Selections that no condition uses filter nothing.
    fn leftovers(&mut self) {
        let used: BTreeSet<&str> = self.made.keys().map(|(name, _)| *name).collect();
        for (name, node) in self.selections().filter(|(name, _)| !used.contains(name.as_str())) {
            self.rule.miss(node.line, format!("selection `{name}` is not used by the condition"));
        }
    }

    fn resolve(&mut self, tree: &Tree, negated: bool) -> Result<Condition, String> {
        match tree {
            Tree::All(parts) => Ok(Condition::All(self.resolve_each(parts, negated)?)),
            Tree::Any(parts) => Ok(Condition::Any(self.resolve_each(parts, negated)?)),
            Tree::Not(part) => Ok(Condition::Not(Box::new(self.resolve(part, !negated)?))),
            Tree::Name(name) => self.named(name, negated),
            Tree::Of(amount, pattern) => {
                let names: Vec<&'a str> =
                    self.selections().map(|(name, _)| name.as_str()).filter(|name| condition::fits(pattern, name)).collect();
                if names.is_empty() {
                    return Err(format!("no selection fits `{pattern}`"));
                }
                let parts = names.into_iter().map(|name| self.named(name, negated)).collect::<Result<Vec<_>, _>>()?;
                Ok(some_of(*amount, parts, pattern))
            }
        }
    }

    fn resolve_each(&mut self, parts: &[Tree], negated: bool) -> Result<Vec<Condition>, String> {
        parts.iter().map(|part| self.resolve(part, negated)).collect()
    }

    fn named(&mut self, name: &str, negated: bool) -> Result<Condition, String> {
        let Some((name, node)) = self.selections().find(|(own, _)| own == name) else {
            return Err(format!("the condition names `{name}`, and there is no such selection"));
        };
        if let Some(made) = self.made.get(&(name.as_str(), negated)) {
            return Ok(made.clone());
        }
        let made = self.selection(node, negated);
        self.made.insert((name, negated), made.clone());
        Ok(made)
    }

    /// A map holds if all of it does, a list if one of it does; a bare value is a word anywhere in the record.
    fn selection(&mut self, node: &'a Node, negated: bool) -> Condition {
        match &node.value {
            Value::Map(entries) => Condition::All(entries.iter().map(|(key, value)| self.item(key, value, negated)).collect()),
            Value::List(elements) if elements.iter().any(|element| element.text().is_none()) => {
                Condition::Any(elements.iter().map(|element| self.selection(element, negated)).collect())
            }
            _ => self.item("", node, negated),
        }
    }

    fn item(&mut self, key: &str, node: &'a Node, negated: bool) -> Condition {
        let mut names = key.split('|');
        let field = names.next().unwrap_or("");
        let modifiers = Modifiers::parse(names);
        let at = if key.is_empty() { node.span(self.file) } else { node.span_with_key(key, self.file) };
        for name in &modifiers.unknown {
            self.rule.miss(at.line, format!("modifier `{name}` of `{field}` is not known"));
        }
        if field == "<<" {
            self.rule.miss(at.line, "a merge key (`<<`) in a selection");
            return Condition::Unknown("what a merge key brings".to_owned());
        }
        let (all, is_negated) = (modifiers.all, modifiers.negated);
        let item = Item { field, negated: negated != is_negated, modifiers, at };
        if !field.is_empty() {
            self.reads(field, Role::Filter, &item.at);
        }
        let mut compared = Vec::new();
        for value in node.elements() {
            match self.compare(&item, value) {
                Some(value) => compared.push(value),
                None => self.rule.miss(value.line, format!("a value of `{field}` that is a list or a map")),
            }
        }
        let groups = if all { compared.into_iter().map(|value| vec![value]).collect() } else { grouped(compared) };
        let tests: Vec<Condition> = groups.into_iter().map(|group| self.test(&item, group)).collect();
        let together = match (tests.len(), all) {
            (1, _) => tests.into_iter().next().unwrap_or(Condition::All(Vec::new())),
            (_, true) => Condition::All(tests),
            (_, false) => Condition::Any(tests),
        };
        if is_negated { Condition::Not(Box::new(together)) } else { together }
    }

    fn compare(&mut self, item: &Item<'_>, node: &Node) -> Option<Compared> {
        let text = node.text()?;
        let modifiers = &item.modifiers;
        if modifiers.fieldref {
            self.reads(text, Role::Filter, &node.span(self.file));
            return Some(Compared {
                operator: modifiers.operator.unwrap_or(Operator::Equal),
                literal: None,
                open: Some(format!("the field {text}")),
                negated: false,
            });
        }
        if modifiers.exists || node.is_null() {
            let negated = modifiers.exists && !matches!(text.to_ascii_lowercase().as_str(), "false" | "no" | "off");
            return Some(Compared { operator: Operator::Null, literal: None, open: None, negated });
        }
        let (operator, compared) = modifiers.comparison(text);
        if modifiers.expand && text.matches('%').count() >= 2 {
            return Some(Compared { operator, literal: None, open: Some(format!("the placeholder {text}")), negated: false });
        }
        let quoted = matches!(&node.value, Value::Scalar { is_text: true, .. });
        let open = modifiers.dashes.then(|| "the same with dashes of other kinds".to_owned());
        Some(Compared { operator, literal: Some(Literal { text: compared, quoted, at: node.span(self.file) }), open, negated: false })
    }

    /// The comparison of a field with values that are compared in the same way.
    fn test(&mut self, item: &Item<'_>, group: Vec<Compared>) -> Condition {
        let mut operator = group.first().map_or(Operator::Null, |value| value.operator);
        let negated = group.first().is_some_and(|value| value.negated);
        let open: BTreeSet<String> = group.iter().filter_map(|value| value.open.clone()).chain(self.unknown(item)).collect();
        let values: Vec<Literal> = group.into_iter().filter_map(|value| value.literal).collect();
        if operator == Operator::Equal && values.len() > 1 {
            operator = Operator::In;
        }
        let anywhere = item.field.is_empty();
        if anywhere && matches!(operator, Operator::Equal | Operator::In) {
            operator = Operator::Contains;
        }
        self.rule.predicates.push(Predicate {
            tables: self.table.iter().cloned().collect(),
            field: if anywhere { ANYWHERE.to_owned() } else { item.field.to_owned() },
            operator,
            negated: item.negated != negated,
            ignores_case: item.modifiers.ignores_case(),
            values,
            open: (!open.is_empty()).then(|| open.into_iter().collect::<Vec<_>>().join(", ")),
            derived: item.modifiers.derived.clone(),
            list: None,
            place: Place::Row,
            clause: self.quote(&item.at),
            at: item.at.clone(),
        });
        if anywhere {
            return Condition::Unknown("words that may stand anywhere in the record".to_owned());
        }
        Condition::Test(self.rule.predicates.len() - 1)
    }

    fn unknown(&self, item: &Item<'_>) -> Option<String> {
        let unknown = &item.modifiers.unknown;
        (!unknown.is_empty()).then(|| format!("the modifier {}", unknown.join(", ")))
    }

    fn quote(&self, at: &Span) -> String {
        super::quote(self.file, at)
    }

    fn reads(&mut self, field: &str, role: Role, at: &Span) {
        self.rule.reads(Field { table: self.table.clone(), name: field.to_owned() }, role, at);
    }

    /// What is counted of the records, and how the number is compared.
    fn count(&mut self, count: &Count, node: &Node) {
        let at = node.span(self.file);
        for group in &count.by {
            self.reads(group, Role::Group, &at);
        }
        if let Some(field) = &count.field {
            self.reads(field, Role::Aggregate, &at);
        }
        let place = self
            .file
            .get(at.bytes.clone())
            .and_then(|text| text.rfind(&count.limit))
            .map_or(at.bytes.start, |found| at.bytes.start + found);
        let limit = Span { line: at.line, bytes: place..(place + count.limit.len()).min(at.bytes.end.max(place)) };
        self.rule.predicates.push(Predicate {
            tables: self.table.iter().cloned().collect(),
            field: count.field.clone().unwrap_or_else(|| count.function.clone()),
            operator: count.operator,
            negated: false,
            ignores_case: true,
            values: vec![Literal { text: count.limit.clone(), quoted: false, at: limit }],
            open: None,
            derived: Some(count.function.clone()),
            list: None,
            place: Place::Aggregate,
            clause: self.quote(&at),
            at,
        });
    }
}

/// Values that are compared in the same way stand together, in the order in which the ways come up.
fn grouped(compared: Vec<Compared>) -> Vec<Vec<Compared>> {
    let mut groups: Vec<Vec<Compared>> = Vec::new();
    for value in compared {
        let own = groups.iter_mut().find(|group| {
            let first = group.first();
            first.is_some_and(|first| {
                first.operator == value.operator && first.negated == value.negated && first.literal.is_some() == value.literal.is_some()
            })
        });
        match own {
            Some(group) => group.push(value),
            None => groups.push(vec![value]),
        }
    }
    groups
}

/// So many of some conditions; `None` is all of them.
fn some_of(amount: Option<usize>, mut parts: Vec<Condition>, pattern: &str) -> Condition {
    match amount {
        _ if parts.len() == 1 && amount.unwrap_or(1) == 1 => parts.remove(0),
        None => Condition::All(parts),
        Some(0) => Condition::All(Vec::new()),
        Some(1) => Condition::Any(parts),
        Some(amount) if parts.len() <= MAX_CHOICE => {
            let choices = (0_u32..1 << parts.len()).filter(|choice| choice.count_ones() as usize == amount);
            let chosen = |choice: u32| parts.iter().enumerate().filter(move |(at, _)| choice >> at & 1 == 1).map(|(_, part)| part.clone());
            Condition::Any(choices.map(|choice| Condition::All(chosen(choice).collect())).collect())
        }
        Some(amount) => Condition::Unknown(format!("{amount} of {pattern}")),
    }
}
