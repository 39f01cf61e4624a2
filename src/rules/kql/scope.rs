//! Which columns a step of a query sees, and where each of them comes from.

use super::tables::{self, Known};
use crate::rules::rule::{Condition, Literal, Span};
use std::collections::{BTreeMap, BTreeSet};

/// A field that a value comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Origin {
    /// The table; `None` if several could have it and none is known to.
    pub(super) table: Option<String>,
    /// The column and the path below it: `DeviceDetail.browser`.
    pub(super) field: String,
    /// The function that made something else of it.
    pub(super) via: Option<String>,
    /// Whether the query says itself what to do where there is no such column.
    pub(super) optional: bool,
}

impl Origin {
    /// A column that the query makes of no field: a count.
    pub(super) fn made(name: &str) -> Self {
        Self { table: None, field: name.to_owned(), via: Some(name.to_owned()), optional: false }
    }

    /// Whether it is no field of a table.
    pub(super) fn is_made(&self) -> bool {
        self.via.as_ref() == Some(&self.field)
    }

    /// Something inside the value of a field. Parts of what a function made are no parts of the field.
    pub(super) fn below(mut self, path: &str) -> Self {
        if self.via.is_none() {
            self.field.push_str(path);
        }
        self
    }

    pub(super) fn via(mut self, function: &str) -> Self {
        self.via.get_or_insert_with(|| function.to_owned());
        self
    }
}

/// What an expression stands for.
#[derive(Clone, Debug, Default)]
pub(super) struct Value {
    /// The fields it comes from.
    pub(super) origins: Vec<Origin>,
    /// The values it may have, where the query is written with them.
    pub(super) literals: Vec<Literal>,
    /// Why `literals` are not all.
    pub(super) open: Option<String>,
    /// The name under which the query keeps it.
    pub(super) list: Option<String>,
}

impl Value {
    pub(super) fn of(origins: Vec<Origin>) -> Self {
        Self { origins, ..Self::default() }
    }

    pub(super) fn open(why: &str) -> Self {
        Self { open: Some(why.to_owned()), ..Self::default() }
    }

    /// Values brought together: of several arguments, of two sides of a union.
    pub(super) fn join(&mut self, other: Self) {
        for origin in other.origins {
            if !self.origins.contains(&origin) {
                self.origins.push(origin);
            }
        }
        self.literals.extend(other.literals);
        self.open = self.open.take().or(other.open);
        self.list = self.list.take().or(other.list);
    }
}

/// Records of a table that a query goes on with, and what they had to fulfil so far.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Rows {
    pub(super) table: String,
    pub(super) at: Span,
    pub(super) conditions: Vec<Condition>,
}

/// What a step of a query sees.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    /// Tables whose columns can be named: those of a group are united, a later group came by a join.
    pub(super) groups: Vec<BTreeSet<String>>,
    /// Columns that the query made or renamed.
    pub(super) named: BTreeMap<String, Value>,
    /// Columns that were dropped.
    pub(super) hidden: BTreeSet<String>,
    /// Whether only what is named can be named.
    pub(super) closed: bool,
    /// Whether its records were counted together or joined, so that they are no longer records of a table.
    pub(super) counted: bool,
    /// Whether it holds nothing that could be told: a function that is not defined here, an external table.
    pub(super) foreign: bool,
    pub(super) rows: Vec<Rows>,
}

/// Ends that a union or join appends to the name of a column of which there are several.
const TYPES: [&str; 9] = ["_dynamic", "_string", "_long", "_int", "_bool", "_datetime", "_real", "_guid", "_timespan"];

impl Scope {
    pub(super) fn table(name: &str, at: Span) -> Self {
        Self {
            groups: vec![BTreeSet::from([name.to_owned()])],
            rows: vec![Rows { table: name.to_owned(), at, conditions: Vec::new() }],
            ..Self::default()
        }
    }

    /// The value of a column; `None` if no table or step is known to have one of this name.
    pub(super) fn column(&self, name: &str) -> Option<Value> {
        self.plain(name).or_else(|| {
            let shorter = TYPES.iter().find_map(|end| name.strip_suffix(end)).or_else(|| name.strip_suffix('1'))?;
            let later = name.ends_with('1').then(|| self.of_groups(shorter, 1)).flatten();
            later.or_else(|| self.plain(shorter))
        })
    }

    fn plain(&self, name: &str) -> Option<Value> {
        if let Some(value) = self.named.get(name) {
            let is_made = value.origins.iter().all(Origin::is_made) && value.literals.is_empty();
            return Some(if is_made { Value::of(vec![Origin::made(name)]) } else { value.clone() });
        }
        if self.closed || self.hidden.contains(name) { None } else { self.of_groups(name, 0) }
    }

    /// Whether a name stands for a column of several united tables that is of one type in some and of another in others: the union
    /// calls it by name and type, and nothing by the plain name.
    pub(super) fn is_torn(&self, name: &str) -> bool {
        if self.named.contains_key(name) || self.closed || self.hidden.contains(name) {
            return false;
        }
        let types = |group: &BTreeSet<String>| group.iter().filter_map(|table| tables::holds_fields(table, name)).collect::<BTreeSet<_>>();
        self.groups.iter().map(types).find(|types| !types.is_empty()).is_some_and(|types| types.len() > 1)
    }

    /// The column of the first group of tables that is known to have it.
    fn of_groups(&self, name: &str, skip: usize) -> Option<Value> {
        self.groups.iter().skip(skip).find_map(|group| {
            let has = group.iter().any(|table| tables::has(table, name) == Known::Yes);
            has.then(|| Self::of_tables(group.iter().filter(|table| tables::has(table, name) != Known::No), name))
        })
    }

    fn of_tables<'a>(tables: impl Iterator<Item = &'a String>, name: &str) -> Value {
        let origin = |table: &String| Origin { table: Some(table.clone()), field: name.to_owned(), via: None, optional: false };
        Value::of(tables.map(origin).collect())
    }

    /// The column of a table whose columns are not known, or else of the only tables there are: names change and vendors add some.
    pub(super) fn guess(&self, name: &str) -> Option<Value> {
        if self.closed || self.hidden.contains(name) {
            return None;
        }
        let unknown = self.groups.iter().find_map(|group| {
            let unknown: Vec<&String> = group.iter().filter(|table| !tables::is_known(table)).collect();
            (!unknown.is_empty()).then_some(unknown)
        });
        let tables = unknown.or_else(|| self.groups.first().map(|group| group.iter().collect()))?;
        Some(Self::of_tables(tables.into_iter(), name))
    }

    /// Records that come from either of two queries.
    pub(super) fn unite(&mut self, other: Self) {
        if self.groups.is_empty() && self.named.is_empty() && !self.foreign {
            *self = other;
            return;
        }
        match (self.groups.first_mut(), other.groups.first()) {
            (Some(mine), Some(theirs)) => mine.extend(theirs.iter().cloned()),
            (None, Some(_)) => self.groups.clone_from(&other.groups),
            _ => {}
        }
        self.groups.extend(other.groups.into_iter().skip(1));
        // What one side made and the other has of its table is both.
        for (name, value) in other.named {
            let mine = self.named.get(&name).cloned().or_else(|| self.column(&name)).unwrap_or_default();
            let merged = self.named.entry(name).or_insert(mine);
            merged.join(value);
        }
        self.closed &= other.closed;
        self.counted |= other.counted;
        self.foreign |= other.foreign;
        self.rows.extend(other.rows);
    }

    /// The columns of another side beside one's own; those of the same name get a 1 at their end.
    pub(super) fn beside(&mut self, other: Self) {
        for (name, value) in other.named {
            let taken = self.named.contains_key(&name) || !self.closed && self.of_groups(&name, 0).is_some();
            self.named.entry(if taken { format!("{name}1") } else { name }).or_insert(value);
        }
        self.hidden.retain(|name| other.hidden.contains(name));
        self.foreign |= other.foreign;
        if other.closed {
            return;
        }
        if self.closed {
            // What was made before stays; what is named beyond it is the other side's.
            self.closed = false;
            self.groups.clear();
            self.hidden.clear();
        }
        self.groups.extend(other.groups);
    }

    /// Keeps these columns only.
    pub(super) fn keep(&mut self, named: BTreeMap<String, Value>) {
        self.named = named;
        self.hidden.clear();
        self.closed = true;
    }
}
