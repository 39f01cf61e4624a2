//! Conditions: which comparisons a query makes, and what they decide.

use super::ast::{Expr, Is};
use super::bind::Binder;
use super::scope::{Origin, Scope, Value};
use crate::rules::rule::{Condition, Operator, Place, Predicate, Role};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// What an operator of the language compares: how, whether negated, whether small and capital letters are the same.
fn meaning(word: &str) -> Option<(Operator, bool, bool)> {
    let negated = word.starts_with('!') && word != "!=" && word != "!~" || word.starts_with("not");
    let plain = word.strip_prefix(if word.starts_with("not") { "not" } else { "!" }).filter(|_| negated).unwrap_or(word);
    let ignores = !plain.ends_with("_cs");
    let (operator, ignores) = match plain.trim_end_matches("_cs") {
        "==" => (Operator::Equal, false),
        "=~" => (Operator::Equal, true),
        "!=" | "<>" => return Some((Operator::Equal, true, false)),
        "!~" => return Some((Operator::Equal, true, true)),
        "in" => (Operator::In, false),
        "in~" => (Operator::In, true),
        "has" | "has_any" | ":" => (Operator::Has, ignores),
        "has_all" => (Operator::HasAll, ignores),
        "hasprefix" | "hassuffix" | "contains" => (Operator::Contains, ignores),
        "startswith" => (Operator::StartsWith, ignores),
        "endswith" => (Operator::EndsWith, ignores),
        "matches" => (Operator::Matches, false),
        "like" | "likecs" => (Operator::Like, plain == "like"),
        "between" => (Operator::Between, false),
        "<" => (Operator::Less, false),
        "<=" => (Operator::AtMost, false),
        ">" => (Operator::Greater, false),
        ">=" => (Operator::AtLeast, false),
        _ => return None,
    };
    Some((operator, negated, ignores))
}

/// The operator with its sides changed.
fn flipped(operator: Operator) -> Operator {
    match operator {
        Operator::Less => Operator::Greater,
        Operator::AtMost => Operator::AtLeast,
        Operator::Greater => Operator::Less,
        Operator::AtLeast => Operator::AtMost,
        other => other,
    }
}

impl Binder<'_> {
    /// A condition on the records of a scope.
    pub(super) fn condition(&mut self, expr: &Expr, scope: &Scope) -> Condition {
        self.decision(expr, scope, Role::Filter)
    }

    /// A condition; what it reads is noted in this role.
    pub(super) fn decision(&mut self, expr: &Expr, scope: &Scope, role: Role) -> Condition {
        match &expr.is {
            Is::Binary(word, left, right) if word == "and" || word == "or" => {
                let both = vec![self.decision(left, scope, role), self.decision(right, scope, role)];
                if word == "and" { Condition::All(both) } else { Condition::Any(both) }
            }
            Is::Binary(word, left, right) => match meaning(word) {
                Some(meaning) => self.comparison(expr, meaning, left, right, scope, role),
                None => {
                    self.value(expr, scope, role);
                    Condition::Unknown("a computed value".into())
                }
            },
            Is::Call(name, arguments) => self.test(expr, name, arguments, scope, role),
            Is::Number(text) if matches!(text.as_str(), "true" | "True") => Condition::All(Vec::new()),
            Is::Number(text) if matches!(text.as_str(), "false" | "False") => Condition::Any(Vec::new()),
            // Words that `search` looks for in any field.
            Is::Text(_) => {
                let value = self.value(expr, scope, role);
                self.anywhere(expr, Operator::Has, value, scope)
            }
            Is::Name(_) | Is::Member(..) | Is::Element(..) => {
                let value = self.value(expr, scope, role);
                self.predicates(expr, (Operator::True, false, false), value, Value::default())
            }
            _ => {
                self.value(expr, scope, role);
                Condition::Unknown("a condition that is computed".into())
            }
        }
    }

    /// A function that decides: `not(x)`, `isempty(x)`, `ipv4_is_in_range(x, "10.0.0.0/8")`.
    fn test(&mut self, expr: &Expr, name: &str, arguments: &[Expr], scope: &Scope, role: Role) -> Condition {
        let operator = match name {
            "not" => {
                self.negated = !self.negated;
                let inner = arguments.first().map(|argument| self.decision(argument, scope, role));
                self.negated = !self.negated;
                return inner.map_or_else(|| Condition::Unknown("a not of nothing".into()), |inner| Condition::Not(Box::new(inner)));
            }
            "isempty" => Some((Operator::Empty, false, false)),
            "isnotempty" | "notempty" => Some((Operator::Empty, true, false)),
            "isnull" => Some((Operator::Null, false, false)),
            "isnotnull" | "notnull" => Some((Operator::Null, true, false)),
            "ipv4_is_in_range" | "ipv6_is_in_range" | "ipv4_is_in_any_range" | "ipv6_is_in_any_range" => {
                Some((Operator::Network, false, false))
            }
            _ => None,
        };
        let (Some(operator), Some(first)) = (operator, arguments.first()) else {
            let value = self.value(expr, scope, role);
            let values = Value { origins: Vec::new(), ..value.clone() };
            return if value.origins.is_empty() {
                Condition::Unknown(format!("what {name} says"))
            } else {
                self.predicates(expr, (Operator::True, false, false), value, Value { literals: Vec::new(), ..values })
            };
        };
        let field = self.value(first, scope, role);
        let mut values = Value::default();
        for argument in arguments.iter().skip(1) {
            let value = self.value(argument, scope, role);
            values.join(value);
        }
        self.predicates(expr, operator, field, values)
    }

    fn comparison(
        &mut self,
        expr: &Expr,
        (operator, negated, ignores_case): (Operator, bool, bool),
        left: &Expr,
        right: &Expr,
        scope: &Scope,
        role: Role,
    ) -> Condition {
        if matches!(left.is, Is::Star) {
            let values = self.value(right, scope, role);
            return self.anywhere(expr, operator, values, scope);
        }
        let field = self.value(left, scope, role);
        let values = self.value(right, scope, role);
        let folds = |side: &Expr| matches!(&side.is, Is::Call(name, _) if name == "tolower" || name == "toupper");
        let ignores_case = ignores_case || folds(left) || folds(right);
        if field.origins.is_empty() && !values.origins.is_empty() {
            return self.predicates(expr, (flipped(operator), negated, ignores_case), values, field);
        }
        self.predicates(expr, (operator, negated, ignores_case), field, values)
    }

    /// A comparison with any field.
    fn anywhere(&mut self, expr: &Expr, operator: Operator, values: Value, scope: &Scope) -> Condition {
        let tables = if scope.groups.is_empty() { vec![None] } else { scope.groups.iter().flatten().cloned().map(Some).collect() };
        let any = |table| Origin { table, field: "*".into(), via: None, optional: false };
        self.predicates(expr, (operator, false, true), Value::of(tables.into_iter().map(any).collect()), values)
    }

    /// Notes one comparison for each field that it may be of, and says what they decide.
    fn predicates(&mut self, expr: &Expr, meaning: (Operator, bool, bool), field: Value, values: Value) -> Condition {
        let (operator, negated, ignores_case) = meaning;
        let open = values.open.or_else(|| (!values.origins.is_empty()).then(|| "another field".to_owned()));
        let wants_values = !matches!(operator, Operator::Empty | Operator::Null | Operator::True);
        let mut by_field: BTreeMap<(String, Option<String>), BTreeSet<String>> = BTreeMap::new();
        for origin in field.origins {
            by_field.entry((origin.field, origin.via)).or_default().extend(origin.table);
        }
        let is_one = by_field.len() == 1;
        let mut condition = Condition::Unknown("a comparison of something computed".into());
        for ((field, derived), tables) in by_field {
            let place = self.rule.predicates.len();
            let is_plain = is_one && derived.is_none() && (open.is_none() || !values.literals.is_empty());
            let is_value = !wants_values || !values.literals.is_empty();
            if is_plain && is_value && self.place == Place::Row {
                condition = Condition::Test(place);
            } else if let Some(why) = &open {
                condition = Condition::Unknown(why.clone());
            }
            self.add(Predicate {
                tables,
                field,
                operator,
                negated: negated != self.negated,
                ignores_case,
                values: values.literals.clone(),
                open: open.clone().filter(|_| wants_values),
                derived,
                list: values.list.clone(),
                place: self.place.clone(),
                clause: self.snippet.quote(expr.at.clone()),
                at: self.span(expr.at.clone()),
            });
        }
        condition
    }

    fn add(&mut self, predicate: Predicate) {
        self.rule.predicates.push(predicate);
    }

    fn span(&self, at: Range<usize>) -> crate::rules::rule::Span {
        self.snippet.span(at)
    }
}
