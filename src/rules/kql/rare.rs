//! Steps that are not in every query: lists taken apart, texts cut, tables made up, plugins.

use super::ast::{Does, Expr, Is, Pipeline, Step};
use super::bind::{Binder, Meaning};
use super::follow::implied_name;
use super::scope::{Scope, Value};
use crate::rules::rule::{Condition, Role};
use std::collections::BTreeMap;
use std::ops::Range;

impl Binder<'_> {
    /// The operators that are not in every query.
    pub(super) fn rare_step(&mut self, step: &Step, scope: &mut Scope) {
        match &step.does {
            Does::Expand(exprs) => {
                let columns = self.computed(exprs, scope, Role::Computed, "mv-expand");
                scope.named.extend(columns);
            }
            Does::Apply(exprs, inner) => self.apply(exprs, inner, scope),
            Does::Sort(exprs) => {
                self.read_all(exprs, scope, Role::Sort, "sort");
            }
            Does::Count => {
                self.count(scope);
                scope.keep(BTreeMap::from([("Count".to_owned(), Value::default())]));
            }
            Does::Parse { what, into, filters } => self.parse(what, into, *filters, scope),
            Does::Evaluate(plugin) => self.evaluate_plugin(plugin, scope),
            Does::Search(tables, expr) => {
                self.begin(tables, scope, &step.at);
                self.keep_rows(expr, scope);
            }
            Does::Find(tables, expr, shown) => {
                self.begin(tables, scope, &step.at);
                self.keep_rows(expr, scope);
                self.computed(shown, scope, Role::Output, "find");
            }
            Does::Datatable(columns, rows) => self.datatable(columns, rows, scope),
            Does::External(columns) => {
                let value = Value::open("an external table");
                scope.named.extend(columns.iter().map(|name| (name.clone(), value.clone())));
                (scope.closed, scope.counted, scope.foreign) = (true, true, true);
            }
            Does::Print(exprs) => {
                let columns = self.computed(exprs, scope, Role::Computed, "print");
                scope.keep(columns.into_iter().collect());
                scope.counted = true;
            }
            Does::Range(name, exprs) => {
                self.read_all(exprs, scope, Role::Computed, "range");
                scope.keep(BTreeMap::from([(name.clone(), Value::default())]));
                scope.counted = true;
            }
            Does::Invoke(function) => self.invoke(function, scope),
            Does::As(name) => self.define(name, Meaning::Table(Box::new(scope.clone()))),
            Does::Branches(by, branches) => {
                self.read_all(by, scope, Role::Group, "partition");
                let mut joined = Scope::default();
                for branch in branches {
                    let mut inner = scope.clone();
                    branch.steps.iter().for_each(|step| self.step(step, &mut inner));
                    joined.unite(inner);
                }
                *scope = joined;
            }
            Does::Unknown(name) => {
                let why = format!("what `{name}` does to the columns after it is not known");
                self.miss(&step.at, why);
            }
            _ => {}
        }
    }

    /// Tables that a search or find looks through: those that are named, else whatever comes before it.
    fn begin(&mut self, tables: &[Pipeline], scope: &mut Scope, at: &Range<usize>) {
        for table in tables {
            let other = self.pipeline(table);
            scope.unite(other);
        }
        if scope.groups.is_empty() && scope.named.is_empty() {
            self.miss(at, "looks through all tables there are");
            scope.foreign = true;
        }
    }

    /// A text cut into columns.
    fn parse(&mut self, what: &Expr, into: &[String], filters: bool, scope: &mut Scope) {
        let values = self.read_all(std::slice::from_ref(what), scope, Role::Computed, "parse");
        let parsed = values.into_iter().next().unwrap_or_default();
        let origins: Vec<_> = parsed.origins.into_iter().map(|origin| origin.via("parse")).collect();
        for name in into {
            // A table may have a column of this name already: whoever reads the name is taken to read both.
            let mut value = Value::of(origins.clone());
            scope.column(name).into_iter().for_each(|column| value.join(column));
            scope.named.insert(name.clone(), value);
        }
        if filters {
            let unknown = Condition::Unknown("a text that must fit a pattern".into());
            scope.rows.iter_mut().for_each(|rows| rows.conditions.push(unknown.clone()));
        }
    }

    fn apply(&mut self, exprs: &[Expr], inner: &Pipeline, scope: &mut Scope) {
        let columns = self.computed(exprs, scope, Role::Computed, "mv-apply");
        let mut within = scope.clone();
        within.named.extend(columns.clone());
        // What is counted inside is elements, not records.
        let rows = std::mem::take(&mut within.rows);
        within.counted = true;
        for step in &inner.steps {
            self.step(step, &mut within);
        }
        scope.named.extend(columns);
        scope.named.extend(within.named);
        scope.rows = rows;
        if inner.steps.iter().any(|step| matches!(step.does, Does::Where(_))) {
            let unknown = Condition::Unknown("a condition on elements of a list".into());
            scope.rows.iter_mut().for_each(|rows| rows.conditions.push(unknown.clone()));
        }
    }

    fn evaluate_plugin(&mut self, plugin: &Expr, scope: &mut Scope) {
        let Is::Call(name, arguments) = &plugin.is else {
            self.miss(&plugin.at, "a plugin that is not understood");
            return;
        };
        let values = self.read_all(arguments, scope, Role::Computed, name);
        if name == "bag_unpack" {
            // The keys become columns of their own.
            return;
        }
        if !matches!(name.as_str(), "ipv4_lookup" | "geo_info" | "narrow" | "preview") {
            let named = values.into_iter().zip(arguments).map(|(value, expr)| (implied_name(expr), value)).collect();
            self.count(scope);
            scope.keep(named);
            scope.foreign = true;
        }
    }

    fn invoke(&mut self, function: &Expr, scope: &mut Scope) {
        let Is::Call(name, arguments) = &function.is else { return };
        let Some(Meaning::Function(known)) = self.meaning(name) else {
            self.miss(&function.at, format!("the function `{name}` is defined elsewhere"));
            scope.foreign = true;
            return;
        };
        let mut given = vec![Meaning::Table(Box::new(scope.clone()))];
        given.extend(arguments.iter().map(|argument| self.evaluate(argument)));
        if let Some(Meaning::Table(result)) = self.call(&known, given, &function.at) {
            *scope = *result;
        }
    }

    fn datatable(&mut self, columns: &[String], rows: &[Expr], scope: &mut Scope) {
        let width = columns.len().max(1);
        for (place, name) in columns.iter().enumerate() {
            let mut value = Value::default();
            for cell in rows.iter().skip(place).step_by(width) {
                let cell = self.value(cell, &Scope::default(), Role::Computed);
                value.join(cell);
            }
            scope.named.insert(name.clone(), value);
        }
        (scope.closed, scope.counted) = (true, true);
    }
}
