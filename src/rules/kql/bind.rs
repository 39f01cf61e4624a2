//! A query followed step by step: which table each column comes from, and which records go on.

use super::ast::{Expr, Is, Parameter, Statement};
use super::parse;
use super::scope::{Scope, Value};
use super::sweep;
use super::tables;
use crate::rules::rule::{Field, Place, Role, Rule};
use crate::rules::snippet::Snippet;
use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;

/// Most calls of functions that a query's own text defines, all of them counted: functions that call functions multiply.
const MAX_CALLS: usize = 200;
/// Most of them inside each other.
const MAX_NESTED_CALLS: usize = 8;

/// What a name stands for that the query defines.
#[derive(Clone)]
pub(super) enum Meaning {
    /// A value.
    Scalar(Value),
    /// A table.
    Table(Box<Scope>),
    /// A function.
    Function(Rc<(Vec<Parameter>, Vec<Statement>)>),
}

/// A query under way.
pub(super) struct Binder<'a> {
    pub(super) rule: &'a mut Rule,
    pub(super) snippet: &'a Snippet,
    /// Names that the query defines, inner ones last.
    names: Vec<BTreeMap<String, Meaning>>,
    calls: usize,
    /// Where comparisons stand.
    pub(super) place: Place,
    /// Whether a `not` stands around.
    pub(super) negated: bool,
}

/// Reads a query into a rule.
pub(super) fn bind(rule: &mut Rule, snippet: &Snippet) {
    let (statements, tokens, faults) = parse::parse(&snippet.text);
    for (at, why) in faults {
        rule.miss(snippet.line(at), why);
    }
    let mut binder = Binder { rule, snippet, names: vec![BTreeMap::new()], calls: 0, place: Place::Row, negated: false };
    let result = binder.statements(&statements);
    if let Some(Meaning::Table(scope)) = result {
        binder.flush(&scope, true);
    }
    let defined = binder.names.iter().flat_map(BTreeMap::keys).cloned().collect();
    sweep::sweep(rule, snippet, &tokens, &defined);
}

impl Binder<'_> {
    pub(super) fn miss(&mut self, at: &Range<usize>, what: impl Into<String>) {
        self.rule.miss(self.snippet.line(at.start), what);
    }

    pub(super) fn meaning(&self, name: &str) -> Option<Meaning> {
        self.names.iter().rev().find_map(|names| names.get(name)).cloned()
    }

    pub(super) fn define(&mut self, name: &str, meaning: Meaning) {
        if let Some(names) = self.names.last_mut() {
            names.insert(name.to_owned(), meaning);
        }
    }

    /// Statements in their order; what the last query comes to. Of several queries in a text each counts as one.
    fn statements(&mut self, statements: &[Statement]) -> Option<Meaning> {
        let mut last = None;
        for statement in statements {
            match statement {
                Statement::Let(name, expr) => {
                    let mut meaning = self.evaluate(expr);
                    if let Meaning::Scalar(value) = &mut meaning {
                        value.list = Some(name.clone());
                    }
                    self.define(name, meaning);
                }
                Statement::Function(name, parameters, body) => {
                    self.define(name, Meaning::Function(Rc::new((parameters.clone(), body.clone()))));
                }
                Statement::Query(pipeline) => {
                    if let Some(Meaning::Table(scope)) = &last {
                        self.flush(scope, true);
                    }
                    last = Some(match (&pipeline.source, pipeline.steps.is_empty()) {
                        (Some(expr), true) => self.evaluate(expr),
                        _ => Meaning::Table(Box::new(self.pipeline(pipeline))),
                    });
                }
            }
        }
        last
    }

    /// A table or a value, whichever an expression is.
    pub(super) fn evaluate(&mut self, expr: &Expr) -> Meaning {
        if self.is_table(expr, 0) {
            return Meaning::Table(Box::new(self.source(expr)));
        }
        Meaning::Scalar(self.value(expr, &Scope { closed: true, ..Scope::default() }, Role::Computed))
    }

    fn is_table(&self, expr: &Expr, depth: usize) -> bool {
        match &expr.is {
            Is::Query(_) => true,
            Is::Name(name) => !matches!(self.meaning(name), Some(Meaning::Scalar(_))),
            Is::Call(name, arguments) => match name.as_str() {
                "materialize" | "table" | "view" => true,
                "workspace" | "app" | "cluster" | "database" | "resource" => true,
                _ if name.starts_with("_GetWatchlist") || name.starts_with("_Im_") || name.starts_with("_ASim") => true,
                _ => match self.meaning(name) {
                    Some(Meaning::Function(_)) if depth > MAX_NESTED_CALLS => false,
                    Some(Meaning::Function(function)) => function.1.iter().rev().any(|statement| match statement {
                        Statement::Query(pipeline) => {
                            !pipeline.steps.is_empty() || pipeline.source.as_ref().is_some_and(|source| self.is_table(source, depth + 1))
                        }
                        _ => false,
                    }),
                    Some(_) => false,
                    // A function saved elsewhere, called alone: a table.
                    None => arguments.is_empty() && name.starts_with(char::is_uppercase),
                },
            },
            _ => false,
        }
    }

    /// The table that a query begins with.
    pub(super) fn source(&mut self, expr: &Expr) -> Scope {
        match &expr.is {
            Is::Query(pipeline) => self.pipeline(pipeline),
            Is::Name(name) => match self.meaning(name) {
                Some(Meaning::Table(scope)) => *scope,
                Some(Meaning::Function(function)) => self.call_table(&function, &[], &expr.at),
                Some(Meaning::Scalar(_)) => {
                    self.miss(&expr.at, format!("`{name}` is a value where a table should stand"));
                    Scope { foreign: true, ..Scope::default() }
                }
                None => self.named_table(name, &expr.at),
            },
            Is::Call(name, arguments) => self.called_table(name, arguments, &expr.at),
            Is::Member(_, name) => self.named_table(name, &expr.at),
            _ => {
                self.miss(&expr.at, "a table that is not understood");
                Scope { foreign: true, ..Scope::default() }
            }
        }
    }

    fn named_table(&mut self, name: &str, at: &Range<usize>) -> Scope {
        if name.contains('*') {
            let mut scope = Scope::default();
            let found = tables::matching(name);
            if found.is_empty() || name == "*" {
                self.miss(at, format!("which tables `{name}` names is not known"));
                return Scope { foreign: true, ..scope };
            }
            found.iter().for_each(|table| scope.unite(self.named_table(table, at)));
            return scope;
        }
        self.rule.tables.insert(name.to_owned());
        Scope::table(name, self.snippet.span(at.clone()))
    }

    fn called_table(&mut self, name: &str, arguments: &[Expr], at: &Range<usize>) -> Scope {
        match (name, arguments) {
            ("materialize" | "view", [inner, ..]) => self.source(inner),
            ("table", [inner, ..]) => {
                let named = self.value(inner, &Scope::default(), Role::Computed).literals;
                let mut scope = Scope::default();
                named.iter().for_each(|table| scope.unite(self.named_table(&table.text, at)));
                if named.is_empty() {
                    self.miss(at, "the name of a table is computed");
                    scope.foreign = true;
                }
                scope
            }
            _ if name.starts_with("_GetWatchlist") => Self::foreign(),
            _ => match self.meaning(name) {
                Some(Meaning::Function(function)) => self.call_table(&function, arguments, at),
                _ => {
                    for argument in arguments.iter().filter(|argument| matches!(argument.is, Is::Query(_))) {
                        let scope = self.source(argument);
                        self.flush(&scope, true);
                    }
                    self.miss(at, format!("the function `{name}` is defined elsewhere"));
                    Self::foreign()
                }
            },
        }
    }

    /// A table whose columns and values are kept elsewhere.
    fn foreign() -> Scope {
        Scope { foreign: true, counted: true, ..Scope::default() }
    }

    fn call_table(&mut self, function: &(Vec<Parameter>, Vec<Statement>), arguments: &[Expr], at: &Range<usize>) -> Scope {
        let given = arguments.iter().map(|argument| self.evaluate(argument)).collect();
        match self.call(function, given, at) {
            Some(Meaning::Table(scope)) => *scope,
            _ => Scope { foreign: true, ..Scope::default() },
        }
    }

    /// What a function of the query's own comes to.
    pub(super) fn call(&mut self, function: &(Vec<Parameter>, Vec<Statement>), given: Vec<Meaning>, at: &Range<usize>) -> Option<Meaning> {
        self.calls += 1;
        if self.calls > MAX_CALLS || self.names.len() > MAX_NESTED_CALLS {
            self.miss(at, "functions call each other too often to be followed");
            return None;
        }
        let (parameters, body) = function;
        let mut frame = BTreeMap::new();
        let mut given = given.into_iter();
        for parameter in parameters {
            let meaning = match (given.next(), &parameter.default) {
                (Some(meaning), _) => meaning,
                (None, Some(default)) => self.evaluate(default),
                (None, None) => Meaning::Scalar(Value::open("a parameter that is not given")),
            };
            frame.insert(parameter.name.clone(), meaning);
        }
        self.names.push(frame);
        let result = self.statements(body);
        self.names.pop();
        result
    }

    /// Notes that a value's fields are read.
    pub(super) fn note(&mut self, value: &Value, role: Role, at: &Range<usize>) {
        let span = self.snippet.span(at.clone());
        for origin in value.origins.iter().filter(|origin| !origin.is_made()) {
            let field = Field { table: origin.table.clone(), name: origin.field.clone() };
            self.rule.reads(field.clone(), role, &span);
            if origin.optional
                && let Some(used) = self.rule.fields.get_mut(&field)
            {
                used.optional = true;
            }
        }
    }
}
