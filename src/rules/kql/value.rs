//! What an expression stands for: the fields it reads, the values it is written with.

use super::ast::{Expr, Is};
use super::bind::{Binder, Meaning};
use super::scope::{Origin, Scope, Value};
use crate::rules::rule::{Literal, Place, Role};

/// Functions whose result is the field's own value, in another type or another case of letters.
const TRANSPARENT: [&str; 34] = [
    "tostring",
    "todynamic",
    "parse_json",
    "parsejson",
    "tolower",
    "toupper",
    "toint",
    "tolong",
    "todouble",
    "toreal",
    "todecimal",
    "tobool",
    "toboolean",
    "todatetime",
    "toguid",
    "totimespan",
    "trim",
    "trim_start",
    "trim_end",
    "coalesce",
    "arg_max",
    "arg_min",
    "take_any",
    "any",
    "anyif",
    "take_anyif",
    "toobject",
    "dynamic_to_json",
    "materialize",
    "argmax",
    "argmin",
    "dynamic",
    "pack_array",
    "unicode_codepoints_to_string",
];

/// Functions that stand for what they are written with: `datetime(2020-01-01)`, `guid(...)`.
const TYPED: [&str; 10] = ["datetime", "date", "timespan", "time", "guid", "long", "int", "real", "bool", "decimal"];

/// Functions whose argument of this number decides: `countif(x)`, `dcountif(x, y)`.
fn deciding(function: &str) -> Option<usize> {
    Some(match function {
        "iff" | "iif" | "countif" | "case" => 0,
        "sumif" | "avgif" | "minif" | "maxif" | "dcountif" | "make_set_if" | "make_list_if" | "take_anyif" | "anyif" | "stdevif"
        | "varianceif" | "count_distinctif" | "make_bag_if" | "percentileif" => 1,
        _ => return None,
    })
}

impl Binder<'_> {
    /// The value of an expression; what it reads is noted in this role.
    pub(super) fn value(&mut self, expr: &Expr, scope: &Scope, role: Role) -> Value {
        match &expr.is {
            Is::Name(_) | Is::Member(..) | Is::Element(..) => {
                let value = self.reference(expr, scope, role);
                self.note(&value, role, &expr.at);
                value
            }
            Is::Text(text) => self.literal(expr, text, true),
            Is::Number(text) => self.literal(expr, text, false),
            Is::List(inner) | Is::Bag(inner) => self.all(inner, scope, role),
            Is::Call(name, arguments) => self.called(expr, name, arguments, scope, role),
            Is::Minus(inner) => match &inner.is {
                Is::Number(text) => self.literal(expr, &format!("-{text}"), false),
                _ => self.value(inner, scope, role),
            },
            Is::Binary(operator, left, right) => self.binary(expr, operator, left, right, scope, role),
            Is::Assign(_, inner) => self.value(inner, scope, role),
            Is::Query(pipeline) => {
                let table = self.pipeline(pipeline);
                self.flush(&table, false);
                Self::column_of(&table)
            }
            Is::Star | Is::Broken => Value::default(),
        }
    }

    /// A table where a value should stand: its only column.
    fn column_of(table: &Scope) -> Value {
        let mut columns = table.named.values();
        match (columns.next(), columns.next()) {
            (Some(only), None) if table.closed && !only.literals.is_empty() && only.open.is_none() => {
                Value { origins: Vec::new(), ..only.clone() }
            }
            _ => Value::open(if table.foreign { "a list that is kept elsewhere" } else { "a sub-query" }),
        }
    }

    fn literal(&self, expr: &Expr, text: &str, quoted: bool) -> Value {
        let literal = Literal { text: text.to_owned(), quoted, at: self.snippet.span(expr.at.clone()) };
        Value { literals: vec![literal], ..Value::default() }
    }

    fn all(&mut self, exprs: &[Expr], scope: &Scope, role: Role) -> Value {
        let mut joined = Value::default();
        for expr in exprs {
            let value = self.value(expr, scope, role);
            joined.join(value);
        }
        joined
    }

    /// A name, a path below it or an element of it.
    fn reference(&mut self, expr: &Expr, scope: &Scope, role: Role) -> Value {
        match &expr.is {
            Is::Name(name) => self.named(name, expr, scope),
            Is::Member(side, name) if matches!(&side.is, Is::Name(side) if side == "$left" || side == "$right") => {
                self.named(name, expr, scope)
            }
            Is::Member(base, name) => self.below(base, &member(name), scope, role),
            Is::Element(base, index) => {
                let path = match &index.is {
                    Is::Number(number) => format!("[{number}]"),
                    Is::Text(name) => member(name),
                    Is::Minus(inner) => {
                        if let Is::Number(number) = &inner.is {
                            format!("[-{number}]")
                        } else {
                            String::new()
                        }
                    }
                    _ => {
                        self.value(index, scope, role);
                        String::new()
                    }
                };
                self.below(base, &path, scope, role)
            }
            _ => self.value(expr, scope, role),
        }
    }

    fn below(&mut self, base: &Expr, path: &str, scope: &Scope, role: Role) -> Value {
        let value = match &base.is {
            Is::Call(name, arguments) if TRANSPARENT.contains(&name.as_str()) => match arguments.as_slice() {
                [inner] => self.reference(inner, scope, role),
                _ => self.value(base, scope, role),
            },
            Is::Name(_) | Is::Member(..) | Is::Element(..) => self.reference(base, scope, role),
            _ => self.value(base, scope, role),
        };
        Value::of(value.origins.into_iter().map(|origin| origin.below(path)).collect())
    }

    /// A column, else a name that the query defines, else what is most likely a column.
    fn named(&mut self, name: &str, expr: &Expr, scope: &Scope) -> Value {
        if let Some(value) = scope.column(name) {
            if scope.is_torn(name) {
                let at = self.snippet.span(expr.at.clone());
                self.rule.torn.entry(name.to_owned()).or_insert(at);
            }
            return value;
        }
        match self.meaning(name) {
            Some(Meaning::Scalar(value)) => return value,
            Some(Meaning::Table(table)) => return Self::column_of(&table),
            Some(Meaning::Function(_)) => return Value::open("a function"),
            None => {}
        }
        if let Some(value) = scope.guess(name) {
            return value;
        }
        if !scope.foreign {
            self.miss(&expr.at, format!("no step before makes a column `{name}`"));
        }
        Value::open("a column that is not known")
    }

    fn binary(&mut self, expr: &Expr, operator: &str, left: &Expr, right: &Expr, scope: &Scope, role: Role) -> Value {
        if matches!(operator, "+" | "-" | "*" | "/" | "%") {
            let mut value = self.value(left, scope, role);
            let other = self.value(right, scope, role);
            value.join(other);
            let origins = value.origins.into_iter().map(|origin| origin.via(operator)).collect();
            return Value { origins, open: Some("computed".into()), ..Value::default() };
        }
        let before = self.rule.predicates.len();
        self.decision(expr, scope, role);
        let origins = self.origins_since(before, operator);
        Value { origins, open: Some("computed".into()), ..Value::default() }
    }

    /// The fields of the comparisons that were noted since.
    fn origins_since(&self, before: usize, via: &str) -> Vec<Origin> {
        let mut found: Vec<Origin> = Vec::new();
        for predicate in self.rule.predicates.iter().skip(before) {
            let tables = predicate.tables.iter().map(|table| Some(table.clone()));
            let tables = if predicate.tables.is_empty() { vec![None] } else { tables.collect() };
            for table in tables {
                let origin = Origin { table, field: predicate.field.clone(), via: Some(via.to_owned()), optional: false };
                if !found.contains(&origin) {
                    found.push(origin);
                }
            }
        }
        found
    }

    /// A condition inside a function, noted at a place of its own.
    fn inside(&mut self, function: &str, expr: &Expr, scope: &Scope, role: Role) -> Vec<Origin> {
        let place = if scope.counted { Place::Aggregate } else { Place::Inside(function.to_owned()) };
        let was = (std::mem::replace(&mut self.place, place), std::mem::take(&mut self.negated));
        let before = self.rule.predicates.len();
        self.decision(expr, scope, role);
        (self.place, self.negated) = was;
        self.origins_since(before, function)
    }

    fn called(&mut self, expr: &Expr, name: &str, arguments: &[Expr], scope: &Scope, role: Role) -> Value {
        if let Some(Meaning::Function(function)) = self.meaning(name) {
            let given = arguments.iter().map(|argument| self.given(argument, scope, role)).collect();
            return match self.call(&function, given, &expr.at) {
                Some(Meaning::Scalar(value)) => value,
                Some(Meaning::Table(table)) => {
                    self.flush(&table, false);
                    Self::column_of(&table)
                }
                _ => Value::open("a function"),
            };
        }
        if name == "typeof" {
            return Value::default();
        }
        if TYPED.contains(&name) {
            return self.all(arguments, scope, role);
        }
        if matches!(name, "column_ifexists" | "columnifexists" | "column_if_exists") {
            return self.optional_column(arguments, scope, role);
        }
        if let Some(place) = deciding(name) {
            return self.deciding_call(name, arguments, place, scope, role);
        }
        let decides = matches!(name, "not" | "isempty" | "isnotempty" | "isnull" | "isnotnull" | "notempty" | "notnull");
        if decides && !arguments.is_empty() {
            let origins = self.inside(name, expr, scope, role);
            return Value { origins, open: Some("computed".into()), ..Value::default() };
        }
        if name == "toscalar" {
            return self.all(arguments, scope, role);
        }
        let value = self.all(arguments, scope, role);
        if TRANSPARENT.contains(&name) {
            return value;
        }
        if matches!(name, "extractjson" | "extract_json" | "get_path") {
            let origins = arguments.get(1).map(|field| self.value(field, scope, role).origins).unwrap_or_default();
            return Value::of(json_path(arguments, origins));
        }
        let origins = value.origins.into_iter().map(|origin| origin.via(name)).collect();
        Value { origins, open: Some(format!("computed by {name}")), ..Value::default() }
    }

    /// An argument of a function of the query's own: a table or a value.
    fn given(&mut self, argument: &Expr, scope: &Scope, role: Role) -> Meaning {
        match &argument.is {
            Is::Query(_) => self.evaluate(argument),
            _ => Meaning::Scalar(self.value(argument, scope, role)),
        }
    }

    fn optional_column(&mut self, arguments: &[Expr], scope: &Scope, role: Role) -> Value {
        let Some(Expr { at, is: Is::Text(name) }) = arguments.first() else {
            return self.all(arguments, scope, role);
        };
        let column = Expr::new(at.clone(), Is::Name(name.clone()));
        let found = scope.column(name).or_else(|| scope.guess(name)).unwrap_or_default();
        let origins = found.origins.into_iter().map(|origin| Origin { optional: true, ..origin }).collect();
        let mut value = Value::of(origins);
        self.note(&value, role, &column.at);
        if let Some(default) = arguments.get(1).filter(|default| !matches!(default.is, Is::Text(_) | Is::Number(_))) {
            let other = self.value(default, scope, role);
            value.join(Value { literals: Vec::new(), open: None, ..other });
        }
        value
    }

    /// `iff(condition, a, b)`, `case(condition, a, ..., b)`, `countif(condition)`, `dcountif(x, condition)`.
    fn deciding_call(&mut self, name: &str, arguments: &[Expr], place: usize, scope: &Scope, role: Role) -> Value {
        let mut value = Value::default();
        let many = name == "case";
        for (number, argument) in arguments.iter().enumerate() {
            let decides = if many { number % 2 == 0 && number + 1 < arguments.len() } else { number == place };
            let origins = if decides {
                self.inside(name, argument, scope, role)
            } else {
                let result = self.value(argument, scope, role);
                let counts = name.ends_with("if");
                result.origins.into_iter().map(|origin| if counts { origin.via(name) } else { origin }).collect()
            };
            value.join(Value::of(origins));
        }
        value.open = Some(format!("computed by {name}"));
        value
    }
}

/// `extractjson("$.a.b", x)`: the path below the field.
fn json_path(arguments: &[Expr], origins: Vec<Origin>) -> Vec<Origin> {
    let path = arguments.first().and_then(|first| if let Is::Text(path) = &first.is { path.strip_prefix('$') } else { None });
    origins.into_iter().map(|origin| path.map_or_else(|| origin.clone().via("extractjson"), |path| origin.clone().below(path))).collect()
}

/// How a key below a field is written.
fn member(name: &str) -> String {
    if name.contains(['.', '[']) { format!("[\"{name}\"]") } else { format!(".{name}") }
}
