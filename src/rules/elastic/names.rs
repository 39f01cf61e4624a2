//! What names mean in a pipeline of ES|QL: fields of the log, or what the pipeline made of them.

use super::expr::{Compare, Expr, What};
use super::meaning::fields;
use std::collections::{BTreeMap, BTreeSet};

/// Most nodes of an expression that a name stands for. Names that are made of names grow fast.
const MAX_NODES: usize = 2_000;

/// The names of a pipeline at one of its commands.
#[derive(Clone, Default)]
pub(super) struct Names {
    made: BTreeMap<String, Expr>,
    /// Whether only these are left: after `stats` or `keep` no other field is.
    pub(super) is_closed: bool,
    /// What brought names that are known to it alone.
    pub(super) foreign: Option<String>,
    /// Fields of the log that were named before.
    seen: BTreeSet<String>,
}

/// A name that may be no field of the log: why, and where it stands.
pub(super) type Doubt = (usize, String);

impl Names {
    /// Lets a name stand for an expression whose own names are resolved.
    pub(super) fn set(&mut self, name: &str, expr: Expr) {
        let expr = if size(&expr) > MAX_NODES { made(&expr, "a long expression", false) } else { expr };
        self.made.insert(name.to_owned(), expr);
    }

    pub(super) fn remove(&mut self, keeps: impl Fn(&str) -> bool) {
        self.made.retain(|name, _| keeps(name));
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.made.contains_key(name)
    }

    /// What either of two pipelines knows.
    pub(super) fn join(&mut self, other: Self) {
        self.made.extend(other.made);
        self.seen.extend(other.seen);
        self.is_closed &= other.is_closed;
        self.foreign = self.foreign.take().or(other.foreign);
    }

    /// An expression with what its names stand for in their places.
    pub(super) fn resolve(&mut self, expr: &Expr, doubts: &mut Vec<Doubt>) -> Expr {
        let what = match &expr.what {
            What::Name { name, .. } => return self.name(name, expr, doubts),
            What::Call { name, folds, args } => What::Call { name: name.clone(), folds: *folds, args: self.all(args, doubts) },
            What::Not(inner) => What::Not(Box::new(self.resolve(inner, doubts))),
            What::All(parts) => What::All(self.all(parts, doubts)),
            What::Any(parts) => What::Any(self.all(parts, doubts)),
            What::Arithmetic(parts) => What::Arithmetic(self.all(parts, doubts)),
            What::Compare(compare) => What::Compare(Box::new(Compare {
                left: self.resolve(&compare.left, doubts),
                right: self.all(&compare.right, doubts),
                ..(**compare).clone()
            })),
            What::Value { .. } | What::Null | What::Made { .. } | What::Opaque => expr.what.clone(),
        };
        Expr { what, at: expr.at.clone() }
    }

    fn all(&mut self, parts: &[Expr], doubts: &mut Vec<Doubt>) -> Vec<Expr> {
        parts.iter().map(|part| self.resolve(part, doubts)).collect()
    }

    fn name(&mut self, name: &str, expr: &Expr, doubts: &mut Vec<Doubt>) -> Expr {
        if let Some(made) = self.made.get(name) {
            return made.clone();
        }
        let foreign = self.foreign.as_ref().filter(|_| !self.seen.contains(name));
        if let Some(foreign) = foreign.filter(|_| !self.is_closed) {
            doubts.push((expr.at.start, format!("{name} may be a field of the log or one that {foreign} adds")));
        }
        if self.is_closed {
            if foreign.is_none() {
                doubts.push((expr.at.start, format!("no field {name} is left at this place")));
            }
            let what = What::Made { fields: BTreeSet::new(), by: name.to_owned(), is_counted: false };
            return Expr { what, at: expr.at.clone() };
        }
        self.seen.insert(name.to_owned());
        expr.clone()
    }
}

/// An expression of which only the fields count.
pub(super) fn made(expr: &Expr, by: &str, is_counted: bool) -> Expr {
    Expr { what: What::Made { fields: fields(expr), by: by.to_owned(), is_counted }, at: expr.at.clone() }
}

fn size(expr: &Expr) -> usize {
    let sum = |parts: &[Expr]| parts.iter().map(size).sum::<usize>();
    1 + match &expr.what {
        What::Call { args, .. } => sum(args),
        What::All(parts) | What::Any(parts) | What::Arithmetic(parts) => sum(parts),
        What::Not(inner) => size(inner),
        What::Compare(compare) => size(&compare.left) + sum(&compare.right),
        What::Name { .. } | What::Value { .. } | What::Null | What::Made { .. } | What::Opaque => 0,
    }
}

/// Whether a name fits a pattern with `*`.
pub(super) fn fits(name: &str, pattern: &str) -> bool {
    let Some((head, tail)) = pattern.split_once('*') else { return name == pattern };
    let Some(rest) = name.strip_prefix(head) else { return false };
    let mut rest = rest;
    let mut parts: Vec<&str> = tail.split('*').collect();
    let last = parts.pop().unwrap_or("");
    for part in parts {
        let Some((_, after)) = rest.split_once(part) else { return false };
        rest = after;
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_whole_names() {
        assert!(fits("Esql.a", "Esql.*") && fits("a.b.c", "*.b.*") && fits("ab", "ab") && fits("aXbXc", "a*b*c"));
        assert!(!fits("xEsql.a", "Esql.*") && !fits("a.b", "*.b.*") && !fits("abc", "ab") && !fits("ab", "ab*b"));
    }
}
