//! The steps of a query, one after the other: what each does to the columns and to the records.

use super::ast::{Does, Expr, Is, Pipeline, Step};
use super::bind::Binder;
use super::scope::{Rows, Scope, Value};
use crate::rules::rule::{Condition, Place, Role, Selection};
use std::collections::BTreeMap;

impl Binder<'_> {
    /// The records that a query goes on with, written down.
    pub(super) fn flush(&mut self, scope: &Scope, needed: bool) {
        for Rows { table, at, conditions } in &scope.rows {
            let condition = Condition::All(conditions.clone());
            let selection = Selection { table: Some(table.clone()), condition, needed, at: at.clone() };
            if !self.rule.selections.contains(&selection) {
                self.rule.selections.push(selection);
            }
        }
    }

    /// Records are counted together from here on.
    pub(super) fn count(&mut self, scope: &mut Scope) {
        self.flush(scope, true);
        scope.rows.clear();
        scope.counted = true;
    }

    /// A source and its steps.
    pub(super) fn pipeline(&mut self, pipeline: &Pipeline) -> Scope {
        let mut scope = pipeline.source.as_ref().map_or_else(Scope::default, |source| self.source(source));
        for step in &pipeline.steps {
            self.step(step, &mut scope);
        }
        scope
    }

    /// Reads expressions for what they read, at a place of their own.
    pub(super) fn read_all(&mut self, exprs: &[Expr], scope: &Scope, role: Role, place: &str) -> Vec<Value> {
        let inside = if scope.counted { Place::Aggregate } else { Place::Inside(place.to_owned()) };
        let was = std::mem::replace(&mut self.place, inside);
        let found = exprs.iter().map(|expr| self.value(expr, scope, role)).collect();
        self.place = was;
        found
    }

    /// Only records that fulfil a condition go on.
    pub(super) fn keep_rows(&mut self, expr: &Expr, scope: &mut Scope) {
        self.place = if scope.counted { Place::Aggregate } else { Place::Row };
        let condition = self.condition(expr, scope);
        self.place = Place::Row;
        scope.rows.iter_mut().for_each(|rows| rows.conditions.push(condition.clone()));
    }

    pub(super) fn step(&mut self, step: &Step, scope: &mut Scope) {
        match &step.does {
            Does::Where(expr) => {
                self.keep_rows(expr, scope);
            }
            Does::Extend(exprs) => {
                for (name, value) in self.computed(exprs, scope, Role::Computed, "extend") {
                    scope.hidden.remove(&name);
                    scope.named.insert(name, value);
                }
            }
            Does::Project(exprs) => {
                let columns = self.computed(exprs, scope, Role::Output, "project");
                scope.keep(columns.into_iter().collect());
            }
            Does::Keep(patterns) => self.keep(patterns, scope),
            Does::Away(patterns) => self.drop(patterns, scope),
            Does::Rename(exprs) => {
                for (name, value) in self.computed(exprs, scope, Role::Output, "project-rename") {
                    scope.named.insert(name, value);
                }
                exprs.iter().filter_map(renamed).for_each(|old| {
                    scope.named.remove(old);
                    scope.hidden.insert(old.to_owned());
                });
            }
            Does::Reorder(patterns) => {
                self.columns(patterns, scope, Role::Output);
            }
            Does::Summarize(counted, by) => self.summarize(counted, by, scope),
            Does::Series(counted, on, by) => {
                let axis: Vec<Expr> = on.iter().chain(by).cloned().collect();
                self.summarize(counted, &axis, scope);
            }
            Does::Distinct(exprs) => {
                let columns = self.computed(exprs, scope, Role::Group, "distinct");
                if !exprs.iter().any(|expr| matches!(expr.is, Is::Star)) {
                    scope.keep(columns.into_iter().collect());
                }
                self.count(scope);
            }
            Does::Join { kind, right, on } => self.join(kind, right, on, scope),
            Does::Union(sides, from) => {
                for side in sides {
                    let other = self.pipeline(side);
                    scope.unite(other);
                }
                scope.named.extend(from.iter().map(|name| (name.clone(), Value::default())));
            }
            _ => self.rare_step(step, scope),
        }
    }

    /// Named expressions: the columns they make and what these come from.
    pub(super) fn computed(&mut self, exprs: &[Expr], scope: &Scope, role: Role, place: &str) -> Vec<(String, Value)> {
        let mut found = Vec::new();
        let mut scope = scope.clone();
        for expr in exprs {
            let value = self.read_all(std::slice::from_ref(expr), &scope, role, place).into_iter().next().unwrap_or_default();
            let names = match &expr.is {
                Is::Assign(names, _) => names.clone(),
                _ => vec![implied_name(expr)],
            };
            for name in names {
                if place == "extend" {
                    scope.named.insert(name.clone(), value.clone());
                }
                found.push((name, value.clone()));
            }
        }
        found
    }

    fn summarize(&mut self, counted: &[Expr], by: &[Expr], scope: &mut Scope) {
        let mut columns: BTreeMap<String, Value> = self.computed(by, scope, Role::Group, "summarize").into_iter().collect();
        let open = counted.iter().any(takes_all);
        columns.extend(self.computed(counted, scope, Role::Aggregate, "summarize"));
        self.count(scope);
        if open {
            // `arg_max(x, *)` keeps whole records.
            scope.named.extend(columns);
        } else {
            scope.keep(columns);
        }
    }

    /// Columns that are named by patterns: they are read, unless all are meant.
    pub(super) fn columns(&mut self, patterns: &[Expr], scope: &Scope, role: Role) -> Vec<String> {
        let mut found = Vec::new();
        for pattern in patterns {
            let Is::Name(name) = &pattern.is else { continue };
            if let Some((start, end)) = name.split_once('*') {
                let fits = |column: &&String| column.starts_with(start) && column.ends_with(end);
                found.extend(scope.named.keys().filter(fits).cloned());
                continue;
            }
            self.value(pattern, scope, role);
            found.push(name.clone());
        }
        found
    }

    fn keep(&mut self, patterns: &[Expr], scope: &mut Scope) {
        let names = self.columns(patterns, scope, Role::Output);
        let named =
            names.into_iter().filter_map(|name| Some((name.clone(), scope.column(&name).or_else(|| scope.guess(&name))?))).collect();
        scope.keep(named);
    }

    fn drop(&mut self, patterns: &[Expr], scope: &mut Scope) {
        for name in self.columns(patterns, scope, Role::Output) {
            scope.named.remove(&name);
            scope.hidden.insert(name);
        }
    }

    fn join(&mut self, kind: &str, right: &Pipeline, on: &[Expr], scope: &mut Scope) {
        let other = self.pipeline(right);
        let needed = matches!(kind, "inner" | "innerunique" | "leftsemi" | "rightsemi" | "rightouter");
        self.flush(&other, needed);
        for key in on {
            self.key(key, scope, &other);
        }
        let condition = Condition::Unknown(format!("a join ({kind})"));
        if matches!(kind, "inner" | "innerunique" | "leftsemi" | "leftanti" | "anti" | "leftantisemi") {
            scope.rows.iter_mut().for_each(|rows| rows.conditions.push(condition.clone()));
        }
        match kind {
            "leftsemi" | "leftanti" | "anti" | "leftantisemi" => {}
            "rightsemi" | "rightanti" | "rightantisemi" => *scope = Scope { rows: Vec::new(), ..other },
            _ => scope.beside(Scope { rows: Vec::new(), ..other }),
        }
    }

    /// `name`, `$left.a == $right.b` and several of them with `and`.
    fn key(&mut self, key: &Expr, left: &Scope, right: &Scope) {
        match &key.is {
            Is::Binary(_, first, second) => {
                self.key(first, left, right);
                self.key(second, left, right);
            }
            Is::Member(side, name) => {
                let side = if matches!(&side.is, Is::Name(side) if side == "$right") { right } else { left };
                self.value(&Expr::new(key.at.clone(), Is::Name(name.clone())), side, Role::JoinKey);
            }
            Is::Name(_) => {
                self.value(key, left, Role::JoinKey);
                self.value(key, right, Role::JoinKey);
            }
            Is::Assign(_, inner) => self.key(inner, left, right),
            _ => self.miss(&key.at, "a key of a join that is not understood"),
        }
    }
}

/// The column that `new = old` takes the name from.
fn renamed(expr: &Expr) -> Option<&str> {
    match &expr.is {
        Is::Assign(_, value) => {
            if let Is::Name(old) = &value.is {
                Some(old)
            } else {
                None
            }
        }
        _ => None,
    }
}

/// Whether an aggregate keeps all columns: `arg_max(x, *)`.
fn takes_all(expr: &Expr) -> bool {
    match &expr.is {
        Is::Assign(_, inner) => takes_all(inner),
        Is::Call(_, arguments) => arguments.iter().any(|argument| matches!(argument.is, Is::Star)),
        _ => false,
    }
}

/// The name that a column without one is given: its own, that of the last part of a path, `count_`, `dcount_X`.
pub(super) fn implied_name(expr: &Expr) -> String {
    match &expr.is {
        Is::Name(name) => name.clone(),
        Is::Member(base, name) => format!("{}_{name}", implied_name(base)),
        Is::Element(base, index) => format!("{}_{}", implied_name(base), implied_name(index)),
        Is::Number(text) | Is::Text(text) => text.clone(),
        Is::Call(function, arguments) => {
            let inner = arguments.first().map(implied_name).unwrap_or_default();
            match function.as_str() {
                "bin" | "tostring" | "tolower" | "toupper" | "toint" | "tolong" | "todatetime" | "startofday" | "parse_json"
                | "todynamic" => inner,
                "make_set" | "makeset" => format!("set_{inner}"),
                "make_list" | "makelist" => format!("list_{inner}"),
                "arg_max" | "arg_min" | "take_any" | "any" => inner,
                _ => format!("{function}_{inner}"),
            }
        }
        _ => String::new(),
    }
}
