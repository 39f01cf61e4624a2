//! What a KQL query says, as a tree.

use std::ops::Range;

/// A part of a query and the bytes that it was written in.
#[derive(Clone, Debug)]
pub(super) struct Expr {
    pub(super) at: Range<usize>,
    pub(super) is: Is,
}

/// What an expression is.
#[derive(Clone, Debug)]
pub(super) enum Is {
    /// `ResultType`, `['a b']`.
    Name(String),
    /// `DeviceDetail.browser`, `x["browser"]`, `$left.x`.
    Member(Box<Expr>, String),
    /// `x[0]`, `x[y]`.
    Element(Box<Expr>, Box<Expr>),
    /// A text.
    Text(String),
    /// A number, a time, a truth value.
    Number(String),
    /// `dynamic([...])`, `(a, b)`.
    List(Vec<Expr>),
    /// The values of `dynamic({...})`.
    Bag(Vec<Expr>),
    /// `f(a, b)`.
    Call(String, Vec<Expr>),
    /// `-x`.
    Minus(Box<Expr>),
    /// `a == b`, `a and b`, `a in (b)`; `between` has a list of two on its right.
    Binary(String, Box<Expr>, Box<Expr>),
    /// `name = value` among arguments; several names for `(a, b) = f()`.
    Assign(Vec<String>, Box<Expr>),
    /// A query inside an expression.
    Query(Box<Pipeline>),
    /// `*`.
    Star,
    /// Something that is no expression.
    Broken,
}

impl Expr {
    pub(super) const fn new(at: Range<usize>, is: Is) -> Self {
        Self { at, is }
    }
}

/// A source and what is done with it, step by step.
#[derive(Clone, Debug, Default)]
pub(super) struct Pipeline {
    /// The table, function or query that it begins with; none if it begins with an operator such as `union`.
    pub(super) source: Option<Expr>,
    pub(super) steps: Vec<Step>,
}

/// An operator and where it is written.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) at: Range<usize>,
    pub(super) does: Does,
}

/// What an operator does.
#[derive(Clone, Debug)]
pub(super) enum Does {
    /// `where`, `filter`.
    Where(Expr),
    /// `extend`, `serialize`.
    Extend(Vec<Expr>),
    /// `project`, `project-smart`.
    Project(Vec<Expr>),
    /// `project-keep`.
    Keep(Vec<Expr>),
    /// `project-away`.
    Away(Vec<Expr>),
    /// `project-rename`.
    Rename(Vec<Expr>),
    /// `project-reorder`.
    Reorder(Vec<Expr>),
    /// `summarize`: what is counted, by what.
    Summarize(Vec<Expr>, Vec<Expr>),
    /// `make-series`: what is counted, on what, by what.
    Series(Vec<Expr>, Vec<Expr>, Vec<Expr>),
    /// `distinct`.
    Distinct(Vec<Expr>),
    /// `join`, `lookup`: its kind, the other side, the keys.
    Join { kind: String, right: Box<Pipeline>, on: Vec<Expr> },
    /// `union`: the other sides; the name of the column that says which, if there is one.
    Union(Vec<Pipeline>, Option<String>),
    /// `mv-expand`.
    Expand(Vec<Expr>),
    /// `mv-apply`: what is expanded, what is done with it.
    Apply(Vec<Expr>, Box<Pipeline>),
    /// `sort`, `order`, `top`: by what.
    Sort(Vec<Expr>),
    /// `count`.
    Count,
    /// `parse`, `parse-where`, `parse-kv`: what is cut, the columns that come of it, whether other records fall away.
    Parse { what: Expr, into: Vec<String>, filters: bool },
    /// `evaluate`: the plugin.
    Evaluate(Expr),
    /// `search`: the tables, what is looked for.
    Search(Vec<Pipeline>, Expr),
    /// `find`: the tables, what is looked for, the columns shown.
    Find(Vec<Pipeline>, Expr, Vec<Expr>),
    /// `datatable`: its columns.
    Datatable(Vec<String>, Vec<Expr>),
    /// `externaldata`: its columns.
    External(Vec<String>),
    /// `print`.
    Print(Vec<Expr>),
    /// `range`: the column.
    Range(String, Vec<Expr>),
    /// `invoke`: the function.
    Invoke(Expr),
    /// `as`: the name.
    As(String),
    /// `fork`, `facet`, `partition`: queries on the same records.
    Branches(Vec<Expr>, Vec<Pipeline>),
    /// `take`, `render` and others that neither read nor change columns; their arguments, if they are expressions.
    Pass,
    /// What could not be read.
    Unknown(String),
}

/// A statement of a query text.
#[derive(Clone, Debug)]
pub(super) enum Statement {
    /// `let name = value`.
    Let(String, Expr),
    /// `let name = (parameters) { body }`; a parameter's type is `None` for a table.
    Function(String, Vec<Parameter>, Vec<Statement>),
    /// A query.
    Query(Pipeline),
}

/// A parameter of a function.
#[derive(Clone, Debug)]
pub(super) struct Parameter {
    pub(super) name: String,
    pub(super) default: Option<Expr>,
}
