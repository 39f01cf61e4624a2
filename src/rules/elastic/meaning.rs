//! What expressions of EQL and ES|QL say of records: which fields they read, what they compare, which records they let through.

use super::expr::{Compare, Expr, What};
use super::reader::{Reader, Test, is_pattern, join};
use crate::rules::rule::{Condition, Operator, Place, Role};
use std::collections::BTreeSet;
use std::ops::Range;

/// Functions that are comparisons, and how they compare their first argument with the others.
const COMPARISONS: &[(&str, Operator)] = &[
    ("wildcard", Operator::Like),
    ("match", Operator::Matches),
    ("match_phrase", Operator::Has),
    ("cidrmatch", Operator::Network),
    ("cidr_match", Operator::Network),
    ("startswith", Operator::StartsWith),
    ("starts_with", Operator::StartsWith),
    ("endswith", Operator::EndsWith),
    ("ends_with", Operator::EndsWith),
    ("stringcontains", Operator::Contains),
    ("contains", Operator::Contains),
    ("mv_contains", Operator::Equal),
];

/// Functions whose outcome is the value itself in another type.
const TRANSPARENT: &[&str] = &[
    "to_string",
    "to_str",
    "to_text",
    "to_keyword",
    "to_integer",
    "to_int",
    "to_long",
    "to_double",
    "to_dbl",
    "to_boolean",
    "to_bool",
    "to_ip",
    "to_unsigned_long",
    "to_ul",
    "to_ulong",
    "string",
    "number",
];

/// A change of case.
type Fold = fn(&str) -> String;

/// Functions that change the case and nothing else.
const FOLDING: &[(&str, Fold)] = &[("to_lower", lower), ("to_upper", upper)];

fn lower(text: &str) -> String {
    text.to_lowercase()
}

fn upper(text: &str) -> String {
    text.to_uppercase()
}

/// Where an expression stands, which decides what it does with fields.
#[derive(Clone, Debug)]
pub(super) struct Stand {
    pub(super) role: Role,
    pub(super) place: Place,
}

/// What one side of a comparison is made of.
#[derive(Default)]
struct Operand {
    fields: BTreeSet<String>,
    /// The outermost function that makes it of them, if it is no longer the field's own value.
    derived: Option<String>,
    /// The function that changed its case.
    folded: Option<Fold>,
    /// Whether many records were counted together for it.
    is_counted: bool,
}

impl Reader<'_> {
    /// Notes the fields of an expression, and the comparisons inside functions.
    pub(super) fn visit(&mut self, expr: &Expr, stand: &Stand) {
        match &expr.what {
            What::Name { name, is_optional } => self.reads(name, stand.role, &expr.at, *is_optional),
            What::Not(_) | What::All(_) | What::Any(_) | What::Compare(_) => {
                self.condition(expr, false, stand);
            }
            What::Call { name, args, .. } if comparison(name, args).is_some() => {
                self.condition(expr, false, stand);
            }
            What::Call { name, args, .. } => {
                let inside = Stand { role: stand.role, place: stand.place.clone().max(Place::Inside(name.clone())) };
                self.embedded(name, expr);
                args.iter().for_each(|arg| self.visit(arg, &inside));
            }
            What::Arithmetic(parts) => parts.iter().for_each(|part| self.visit(part, stand)),
            What::Value { .. } | What::Null | What::Made { .. } | What::Opaque => {}
        }
    }

    /// Queries in other languages inside a function.
    fn embedded(&mut self, name: &str, expr: &Expr) {
        if ["kql", "qstr"].contains(&name) {
            self.miss(expr.at.start, format!("the query inside {name}() is not read"));
        }
    }

    /// Which records an expression lets through. Negations go down to the comparisons.
    pub(super) fn condition(&mut self, expr: &Expr, negated: bool, stand: &Stand) -> Condition {
        match &expr.what {
            What::All(parts) => join(parts.iter().map(|part| self.condition(part, negated, stand)).collect(), !negated),
            What::Any(parts) => join(parts.iter().map(|part| self.condition(part, negated, stand)).collect(), negated),
            What::Not(inner) => self.condition(inner, !negated, stand),
            What::Compare(compare) => self.compare(compare, negated, stand, &expr.at),
            What::Value { text, quoted: false } if text == "true" => join(Vec::new(), !negated),
            What::Value { text, quoted: false } if text == "false" => join(Vec::new(), negated),
            What::Call { name, folds, args } => match comparison(name, args) {
                Some(operator) => {
                    let ignores_case = *folds || operator == Operator::Has;
                    let compare = Compare { operator, negated: false, ignores_case, left: args[0].clone(), right: args[1..].to_vec() };
                    self.compare(&compare, negated, stand, &expr.at)
                }
                None => self.truth(expr, negated, stand),
            },
            What::Name { .. } | What::Made { .. } | What::Arithmetic(_) => self.truth(expr, negated, stand),
            What::Value { .. } | What::Null | What::Opaque => Condition::Unknown(self.query.quote(expr.at.clone())),
        }
    }

    /// A field or function by itself, which must be true.
    fn truth(&mut self, expr: &Expr, negated: bool, stand: &Stand) -> Condition {
        let compare = Compare { operator: Operator::True, negated: false, ignores_case: false, left: expr.clone(), right: Vec::new() };
        self.compare(&compare, negated, stand, &expr.at)
    }

    fn compare(&mut self, compare: &Compare, negated: bool, stand: &Stand, at: &Range<usize>) -> Condition {
        self.visit(&compare.left, stand);
        compare.right.iter().for_each(|value| self.visit(value, stand));
        let (left, right, operator) = match compare.right.as_slice() {
            [field] if operand(&compare.left).fields.is_empty() => (field, std::slice::from_ref(&compare.left), mirrored(compare.operator)),
            right => (&compare.left, right, compare.operator),
        };
        let made = operand(left);
        let negated = compare.negated != negated;
        if matches!(right, [Expr { what: What::Null, .. }]) && operator == Operator::Equal {
            return self.tests(&made, Operator::Null, negated, false, &[], stand, at);
        }
        if operator != Operator::Like {
            return self.tests(&made, operator, negated, compare.ignores_case, right, stand, at);
        }
        // A pattern without wildcards is a value, and may stand beside others that have some.
        let is_wild = |value: &&Expr| matches!(&value.what, What::Value { text, .. } if is_pattern(text, &['*', '?']));
        let (patterns, plain): (Vec<&Expr>, Vec<&Expr>) = right.iter().partition(is_wild);
        let groups = [(Operator::In, plain), (Operator::Like, patterns)].into_iter().filter(|(_, values)| !values.is_empty());
        let found = groups.map(|(operator, values)| {
            let values: Vec<Expr> = values.into_iter().cloned().collect();
            let operator = if operator == Operator::In && values.len() == 1 { Operator::Equal } else { operator };
            self.tests(&made, operator, negated, compare.ignores_case, &values, stand, at)
        });
        let found = found.collect();
        join(found, negated)
    }

    /// A comparison of each field that one side is made of with the other side.
    #[expect(clippy::too_many_arguments, reason = "a comparison has this many sides")]
    fn tests(
        &mut self,
        made: &Operand,
        operator: Operator,
        negated: bool,
        ignores_case: bool,
        right: &[Expr],
        stand: &Stand,
        at: &Range<usize>,
    ) -> Condition {
        let is_value = |value: &&Expr| matches!(value.what, What::Value { .. });
        let texts = right
            .iter()
            .filter_map(|value| if let What::Value { text, quoted } = &value.what { Some((text, *quoted, &value.at)) } else { None });
        let values: Vec<_> = texts.map(|(text, quoted, at)| self.literal(text, quoted, at)).collect();
        let open = right.iter().find(|value| !is_value(value)).map(|value| format!("compared with {}", self.query.quote(value.at.clone())));
        // A text in the case that the function gives is one compared whatever the case; another one is never met.
        let fits = made.folded.is_none_or(|fold| values.iter().all(|value| fold(&value.text) == value.text));
        let derived = made.derived.clone().or_else(|| (!fits).then(|| "change of case".to_owned()));
        // Of several words any one may be enough, which depends on how the index keeps the field.
        let is_search = operator == Operator::Has && values.iter().any(|value| value.text.contains(char::is_whitespace));
        let derived = derived.or_else(|| is_search.then(|| "match".to_owned()));
        let ignores_case = ignores_case || (made.folded.is_some() && fits);
        let mut found = Vec::new();
        for field in &made.fields {
            let (field, values, open, derived) = (field.clone(), values.clone(), open.clone(), derived.clone());
            let place = if made.is_counted { Place::Aggregate } else { stand.place.clone() };
            found.push(self.test(Test { field, operator, negated, ignores_case, values, open, derived, place, at: at.clone() }));
        }
        match <[Condition; 1]>::try_from(found) {
            Ok([only]) => only,
            Err(_) => Condition::Unknown(self.query.quote(at.clone())),
        }
    }
}

/// The fields that an expression reads.
pub(super) fn fields(expr: &Expr) -> BTreeSet<String> {
    operand(expr).fields
}

fn operand(expr: &Expr) -> Operand {
    match &expr.what {
        What::Name { name, .. } => Operand { fields: BTreeSet::from([name.clone()]), ..Operand::default() },
        What::Call { name, args, .. } => {
            let inner = || args.first().map(operand).unwrap_or_default();
            if TRANSPARENT.contains(&name.as_str()) {
                return inner();
            }
            if let Some((_, fold)) = FOLDING.iter().find(|(own, _)| own == name) {
                return Operand { folded: Some(*fold), ..inner() };
            }
            made_by(args, name)
        }
        What::Made { fields, by, is_counted } => {
            Operand { fields: fields.clone(), derived: Some(by.clone()), folded: None, is_counted: *is_counted }
        }
        What::Not(inner) => made_by(std::slice::from_ref(&**inner), "not"),
        What::All(parts) => made_by(parts, "and"),
        What::Any(parts) => made_by(parts, "or"),
        What::Arithmetic(parts) => made_by(parts, "arithmetic"),
        What::Compare(compare) => {
            let (mut made, left) = (made_by(&compare.right, "comparison"), operand(&compare.left));
            made.fields.extend(left.fields);
            made.is_counted |= left.is_counted;
            made
        }
        What::Value { .. } | What::Null | What::Opaque => Operand::default(),
    }
}

fn made_by(parts: &[Expr], by: &str) -> Operand {
    let mut made = Operand { derived: Some(by.to_owned()), ..Operand::default() };
    for part in parts.iter().map(operand) {
        made.fields.extend(part.fields);
        made.is_counted |= part.is_counted;
    }
    made
}

/// How a function compares, if it is a comparison and has enough arguments.
fn comparison(name: &str, args: &[Expr]) -> Option<Operator> {
    let found = COMPARISONS.iter().find(|(own, _)| *own == name)?;
    (args.len() > 1).then_some(found.1)
}

/// The comparison with its sides changed.
const fn mirrored(operator: Operator) -> Operator {
    match operator {
        Operator::Less => Operator::Greater,
        Operator::AtMost => Operator::AtLeast,
        Operator::Greater => Operator::Less,
        Operator::AtLeast => Operator::AtMost,
        same => same,
    }
}
