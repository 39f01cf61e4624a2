//! Collects what a query reads and tests, part by part, and gives it to the rule once the part's table is known.

use super::token::{Kind, Token};
use crate::rules::rule::{Condition, Field, Literal, Operator, Place, Predicate, Role, Rule, Selection, Span};
use crate::rules::snippet::Snippet;
use std::collections::BTreeSet;
use std::ops::Range;

/// Fields whose value names the data set of a record.
const DATASETS: &[&str] = &["data_stream.dataset", "event.dataset"];

/// A use of a field in the part that is being read.
struct Reading {
    name: String,
    role: Role,
    at: Span,
    is_optional: bool,
}

/// A comparison as a query makes it.
pub(super) struct Test {
    pub(super) field: String,
    pub(super) operator: Operator,
    pub(super) negated: bool,
    pub(super) ignores_case: bool,
    pub(super) values: Vec<Literal>,
    pub(super) open: Option<String>,
    pub(super) derived: Option<String>,
    pub(super) place: Place,
    pub(super) at: Range<usize>,
}

/// A rule in the making.
pub(super) struct Reader<'a> {
    pub(super) rule: &'a mut Rule,
    pub(super) query: &'a Snippet,
    /// The indices that it reads unless a part names its data set.
    pub(super) indices: BTreeSet<String>,
    readings: Vec<Reading>,
    /// The first comparison of the part.
    first: usize,
}

impl<'a> Reader<'a> {
    pub(super) const fn new(rule: &'a mut Rule, query: &'a Snippet, indices: BTreeSet<String>) -> Self {
        Self { rule, query, indices, readings: Vec::new(), first: 0 }
    }

    /// Notes something at a byte of the query that was not understood.
    pub(super) fn miss(&mut self, at: usize, what: impl Into<String>) {
        self.rule.miss(self.query.line(at), what);
    }

    pub(super) fn reads(&mut self, name: &str, role: Role, at: &Range<usize>, is_optional: bool) {
        self.readings.push(Reading { name: name.to_owned(), role, at: self.query.span(at.clone()), is_optional });
    }

    pub(super) fn literal(&self, text: &str, quoted: bool, at: &Range<usize>) -> Literal {
        Literal { text: text.to_owned(), quoted, at: self.query.span(at.clone()) }
    }

    /// Notes a comparison. One that is met again, since a name stands for it, is the same comparison, and where it decides most
    /// counts. What is compared with more than the field's own value and the rule's own values cannot be told from a record.
    pub(super) fn test(&mut self, test: Test) -> Condition {
        let at = self.query.span(test.at.clone());
        let own = self.rule.predicates.get(self.first..).unwrap_or_default();
        let known = own.iter().position(|known| {
            (&known.field, &known.at, known.operator, known.negated) == (&test.field, &at, test.operator, test.negated)
                && known.values == test.values
        });
        let known = known.map(|number| self.first + number);
        if let Some(known) = known.and_then(|number| self.rule.predicates.get_mut(number)) {
            known.place = known.place.clone().min(test.place.clone());
        }
        let why = match (&test.open, &test.derived) {
            (Some(open), _) => Some(open.clone()),
            (None, Some(derived)) => Some(format!("{derived} of {}", test.field)),
            (None, None) => None,
        };
        let number = known.unwrap_or_else(|| {
            let (clause, tables, list) = (self.query.quote(test.at), BTreeSet::new(), None);
            let Test { field, operator, negated, ignores_case, values, open, derived, place, .. } = test;
            self.rule.predicates.push(Predicate {
                tables,
                field,
                operator,
                negated,
                ignores_case,
                values,
                open,
                derived,
                list,
                place,
                clause,
                at,
            });
            self.rule.predicates.len() - 1
        });
        why.map_or(Condition::Test(number), Condition::Unknown)
    }

    /// Notes the names of what was not understood that look like fields.
    pub(super) fn sweep(&mut self, tokens: &[Token]) {
        for (number, token) in tokens.iter().enumerate() {
            let is_call = tokens.get(number + 1).is_some_and(|next| next.is_sign("("));
            if let Kind::Name { name, is_optional, .. } = &token.kind
                && (name.contains('.') || name.starts_with('@'))
                && !is_call
            {
                self.reads(name, Role::Computed, &token.at, *is_optional);
            }
        }
    }

    /// Ends a part of the query. What it read belongs to the data sets that its condition demands, else to the indices.
    pub(super) fn end_part(&mut self, condition: Condition, at: &Range<usize>, is_selected: bool) {
        let named = self.datasets(&condition);
        let tables = named.unwrap_or_else(|| self.indices.clone());
        let only = if tables.len() == 1 { tables.first().cloned() } else { None };
        for predicate in self.rule.predicates.iter_mut().skip(self.first) {
            predicate.tables.clone_from(&tables);
        }
        self.first = self.rule.predicates.len();
        for reading in std::mem::take(&mut self.readings) {
            let field = Field { table: only.clone(), name: reading.name };
            let is_new = !self.rule.fields.contains_key(&field);
            let known = self.rule.fields.entry(field).or_default();
            known.roles.entry(reading.role).or_insert(reading.at);
            known.optional = reading.is_optional && (is_new || known.optional);
        }
        self.rule.tables.extend(tables);
        if is_selected {
            self.rule.selections.push(Selection { table: only, condition, needed: true, at: self.query.span(at.clone()) });
        }
    }

    /// The data sets one of which a record must be of to meet a condition; `None` if it may be of any.
    fn datasets(&self, condition: &Condition) -> Option<BTreeSet<String>> {
        match condition {
            Condition::All(parts) => {
                let named = parts.iter().filter_map(|part| self.datasets(part));
                named.reduce(|one, other| if one.len() <= other.len() { one } else { other })
            }
            Condition::Any(parts) if !parts.is_empty() => {
                let named = parts.iter().map(|part| self.datasets(part)).collect::<Option<Vec<_>>>()?;
                Some(named.into_iter().flatten().collect())
            }
            Condition::Test(number) => {
                let predicate = self.rule.predicates.get(*number)?;
                let is_positive = !predicate.negated && matches!(predicate.operator, Operator::Equal | Operator::In | Operator::Like);
                let names = is_positive && DATASETS.contains(&predicate.field.as_str());
                names.then(|| predicate.values.iter().map(|value| value.text.clone()).collect())
            }
            Condition::Any(_) | Condition::Not(_) | Condition::Unknown(_) => None,
        }
    }
}

/// All of some conditions, or one of them if the whole is negated and they are negated themselves.
pub(super) fn join(mut parts: Vec<Condition>, is_all: bool) -> Condition {
    match (parts.len(), is_all) {
        (1, _) => parts.remove(0),
        (_, true) => Condition::All(parts),
        (_, false) => Condition::Any(parts),
    }
}

/// Whether a text holds a wildcard that no backslash makes a letter.
pub(super) fn is_pattern(text: &str, wildcards: &[char]) -> bool {
    let mut escaped = false;
    text.chars().any(|letter| {
        let found = !escaped && wildcards.contains(&letter);
        escaped = !escaped && letter == '\\';
        found
    })
}
