//! Conditions of `search`, `where` and `if`.

use super::expr::{Expr, ExprKind};
use super::lexer::{Kind, Token};
use super::reader::{Reader, Test, Within, all};
use super::scope::Origin;
use super::search::{self, Search};
use super::source::Call;
use crate::rules::rule::{Condition, Operator, Role};
use std::ops::Range;

/// Fields that tell where events come from; they name tables.
const SOURCES: &[&str] = &["index", "sourcetype", "source", "eventtype", "host", "tag", "splunk_server"];
/// Words that bound the time of a search.
const TIMES: &[&str] = &["earliest", "latest", "_index_earliest", "_index_latest", "starttime", "endtime"];
/// Most combinations of places that are told apart.
const MAX_TABLES: usize = 32;

/// Values that are compared in the same way, and whether that is negated by itself.
type Group = (Operator, bool, Vec<(String, Token)>);

/// How a value with `*` is compared, and whether that is negated: `*` alone is any value.
fn wildcard(text: &str) -> (Operator, String, bool) {
    if text == "*" {
        return (Operator::Null, String::new(), true);
    }
    let (before, after) = (text.starts_with('*'), text.ends_with('*') && text.len() > 1);
    let middle = text.strip_prefix('*').unwrap_or(text);
    let middle = if after { middle.strip_suffix('*').unwrap_or(middle) } else { middle };
    let operator = match (middle.contains('*'), before, after) {
        (true, ..) => return (Operator::Like, text.to_owned(), false),
        (false, false, false) => Operator::Equal,
        (false, true, true) => Operator::Contains,
        (false, false, true) => Operator::StartsWith,
        (false, true, false) => Operator::EndsWith,
    };
    (operator, middle.to_owned(), false)
}

fn operator(sign: &str) -> (Operator, bool) {
    match sign {
        "!=" => (Operator::Equal, true),
        "<" => (Operator::Less, false),
        "<=" => (Operator::AtMost, false),
        ">" => (Operator::Greater, false),
        ">=" => (Operator::AtLeast, false),
        _ => (Operator::Equal, false),
    }
}

/// The sign that says the same with both sides swapped.
fn swapped(sign: &str) -> &str {
    match sign {
        "<" => ">",
        "<=" => ">=",
        ">" => "<",
        ">=" => "<=",
        other => other,
    }
}

/// The function that is known by its result, if an expression is one.
fn role(within: Within<'_>) -> Role {
    match within.function {
        None => Role::Filter,
        Some("if" | "case" | "validate" | "eval") => Role::Computed,
        Some(_) => Role::Aggregate,
    }
}

/// Whether an expression only says where events come from.
fn is_source(search: &Search) -> bool {
    match search {
        Search::Compare(field, _, _) | Search::In(field, _) => {
            SOURCES.contains(&field.text.as_str()) || TIMES.contains(&field.text.as_str())
        }
        Search::All(parts) | Search::Any(parts) => parts.iter().all(is_source),
        _ => false,
    }
}

/// The places that an expression names: `index=a sourcetype=b`.
fn labels(search: &Search) -> Vec<String> {
    let is_place = |field: &Token| SOURCES.contains(&field.text.as_str());
    match search {
        Search::Compare(field, sign, value) if is_place(field) && sign.text.starts_with('=') => {
            vec![format!("{}={}", field.text, value.text)]
        }
        Search::In(field, values) if is_place(field) => values.iter().map(|value| format!("{}={}", field.text, value.text)).collect(),
        Search::Any(parts) => {
            let each: Vec<Vec<String>> = parts.iter().map(labels).collect();
            if each.iter().any(Vec::is_empty) { Vec::new() } else { each.into_iter().flatten().collect() }
        }
        Search::All(parts) => parts.iter().map(labels).filter(|labels| !labels.is_empty()).fold(Vec::new(), |known: Vec<String>, next| {
            if known.is_empty() {
                return next;
            }
            known.iter().flat_map(|one| next.iter().map(move |other| format!("{one} {other}"))).take(MAX_TABLES).collect()
        }),
        Search::Macro(token) if !Call::parse(&token.text).name.ends_with("_filter") => vec![format!("`{}`", Call::parse(&token.text).name)],
        _ => Vec::new(),
    }
}

/// A wildcard pattern of `like`, with `%` and `_`, as one with `*` and `?`.
fn like(text: &str) -> (Operator, String) {
    if text.contains('_') && !text.contains('*') {
        return (Operator::Like, text.replace('%', "*").replace('_', "?"));
    }
    let (operator, text, _) = wildcard(&text.replace('%', "*"));
    if operator == Operator::Null { (Operator::Like, "*".to_owned()) } else { (operator, text) }
}

impl Reader<'_> {
    /// Notes the tables that a search names.
    pub(super) fn names_tables(&mut self, search: &Search) {
        if !self.scope.counted && !self.scope.closed {
            self.scope.tables.extend(labels(search));
        }
    }

    /// Notes the comparisons of a search expression; what they say of a record is given back.
    pub(super) fn search(&mut self, search: &Search, within: Within<'_>) -> Condition {
        match search {
            _ if is_source(search) && !self.scope.counted => {
                let is_told = !within.negated && !within.is_alternative;
                if is_told { Condition::All(Vec::new()) } else { Condition::Unknown("where the event comes from".to_owned()) }
            }
            Search::All(parts) => all(parts.iter().map(|part| self.search(part, within)).collect()),
            Search::Any(parts) => Condition::Any(parts.iter().map(|part| self.search(part, within.alternative())).collect()),
            Search::Not(part) => Condition::Not(Box::new(self.search(part, within.not()))),
            Search::Compare(field, sign, value) => self.compare(field, &sign.text, std::slice::from_ref(value), within),
            Search::In(field, values) => self.compare(field, "=", values, within),
            Search::Word(token) => self.word(token, within),
            Search::Inner(token) => {
                let found = self.inner(token.inner(), !within.negated);
                for name in found.names().filter(|_| found.closed) {
                    self.reads(name, Role::Filter, &token.at);
                }
                self.open_field("*", &token.at, "what another search finds", within)
            }
            Search::Macro(token) => self.macro_term(token),
        }
    }

    fn macro_term(&mut self, token: &Token) -> Condition {
        let name = Call::parse(&token.text).name;
        if !self.is_left_open(name, &token.at) {
            self.unknown_macro(name, &token.at);
        }
        Condition::All(Vec::new())
    }

    /// A field and values, some perhaps with wildcards: values that are compared alike stand together.
    fn compare(&mut self, field: &Token, sign: &str, values: &[Token], within: Within<'_>) -> Condition {
        let (operator, negated) = operator(sign);
        let origin = self.reads(&field.text, role(within), &field.at);
        let end = values.last().map_or(field.at.end, |value| value.at.end);
        let mut groups: Vec<Group> = Vec::new();
        for value in values {
            let (own, text, is_any) =
                if operator == Operator::Equal { wildcard(&value.text) } else { (operator, value.text.clone(), false) };
            let literal = (own != Operator::Null).then(|| (text, value.clone()));
            match groups.iter_mut().find(|group| group.0 == own) {
                Some(group) => group.2.extend(literal),
                None => groups.push((own, is_any, literal.into_iter().collect())),
            }
        }
        let tests = groups.into_iter().map(|(own, is_any, values)| {
            let operator = if own == Operator::Equal && values.len() > 1 { Operator::In } else { own };
            let mut test = Test::new(&field.text, origin.clone(), operator, &(field.at.start..end));
            (test.negated, test.values) = (negated != is_any, values);
            self.test(test, within)
        });
        let mut tests: Vec<Condition> = tests.collect();
        match tests.len() {
            1 => tests.remove(0),
            _ if negated => Condition::All(tests),
            _ => Condition::Any(tests),
        }
    }

    /// A word anywhere in the event.
    fn word(&mut self, token: &Token, within: Within<'_>) -> Condition {
        if token.text == "*" {
            return Condition::All(Vec::new());
        }
        let mut test = Test::new("*", Origin::default(), Operator::Has, &token.at);
        test.values = vec![(token.text.clone(), token.clone())];
        self.test(test, within);
        Condition::Unknown("a word anywhere in the event".to_owned())
    }

    /// A comparison whose other side is no value of the search.
    fn open_field(&mut self, name: &str, at: &Range<usize>, what: &str, within: Within<'_>) -> Condition {
        let mut test = Test::new(name, Origin { counted: self.scope.counted, ..Origin::default() }, Operator::In, at);
        test.open = Some(what.to_owned());
        self.test(test, within);
        Condition::Unknown(what.to_owned())
    }

    /// Notes the comparisons of an expression that is true or false.
    pub(super) fn condition(&mut self, expr: &Expr, within: Within<'_>) -> Condition {
        match &expr.kind {
            ExprKind::All(parts) => all(parts.iter().map(|part| self.condition(part, within)).collect()),
            ExprKind::Any(parts) => Condition::Any(parts.iter().map(|part| self.condition(part, within)).collect()),
            ExprKind::Not(part) => Condition::Not(Box::new(self.condition(part, within.not()))),
            ExprKind::Compare(sign, left, right) => self.sides(sign, left, right, within, &expr.at),
            ExprKind::In(left, values) => self.among(left, values, within, &expr.at),
            ExprKind::Call(name, given) => self.asks(name, given, within, expr),
            _ => {
                let origin = self.value(expr, role(within));
                let name = self.source.quote(expr.at.clone());
                self.tested(Test::new(&name, origin, Operator::True, &expr.at), within)
            }
        }
    }

    /// A function that is true or false.
    fn asks(&mut self, name: &str, given: &[Expr], within: Within<'_>, expr: &Expr) -> Condition {
        match (name, given) {
            ("true", []) => Condition::All(Vec::new()),
            ("false", []) => Condition::Any(Vec::new()),
            ("in", [left, values @ ..]) => self.among(left, values, within, &expr.at),
            ("like", [left, right]) => self.sides("like", left, right, within, &expr.at),
            ("match", [left, right]) => self.sides("match", left, right, within, &expr.at),
            ("cidrmatch", [network, left]) => self.sides("cidrmatch", left, network, within, &expr.at),
            ("isnull" | "isnotnull", [left]) => {
                let origin = self.value(left, role(within));
                let label = self.source.quote(left.at.clone());
                let mut test = Test::new(&label, origin, Operator::Null, &expr.at);
                test.negated = name == "isnotnull";
                self.tested(test, within)
            }
            ("searchmatch", [Expr { kind: ExprKind::Value(token), .. }]) => self.searches(token, within),
            _ => {
                let origin = self.value(expr, role(within));
                self.tested(Test::new(name, origin, Operator::True, &expr.at), within)
            }
        }
    }

    /// The search that stands in a text.
    pub(super) fn searches(&mut self, token: &Token, within: Within<'_>) -> Condition {
        let inner = token.at.start + 1..token.at.end.saturating_sub(1).max(token.at.start + 1);
        let is_plain = self.source.text.get(inner.clone()).is_some_and(|text| text == token.text);
        let tokens = self.tokens(inner, super::lexer::Mode::Search);
        match search::parse(&tokens) {
            Ok(Some(search)) if is_plain => self.search(&search, within),
            _ => {
                self.miss(&token.at, "a search that stands in a text");
                Condition::Unknown("searchmatch".to_owned())
            }
        }
    }

    fn sides(&mut self, sign: &str, left: &Expr, right: &Expr, within: Within<'_>, at: &Range<usize>) -> Condition {
        if let (ExprKind::Value(_), false) = (&left.kind, matches!(right.kind, ExprKind::Value(_))) {
            return self.sides(swapped(sign), right, left, within, at);
        }
        let origin = self.value(left, role(within));
        let name = self.source.quote(left.at.clone());
        let ExprKind::Value(token) = &right.kind else {
            let other = self.value(right, role(within));
            let mut both = origin;
            both.counted |= other.counted;
            let what = format!("compared with {}", self.source.quote(right.at.clone()));
            let mut test = Test::new(&name, both, operator(sign).0, at);
            (test.negated, test.open) = (sign == "!=", Some(what));
            return self.tested(test, within);
        };
        if matches!(left.kind, ExprKind::Value(_)) {
            return Condition::Unknown("two texts of the search".to_owned());
        }
        let (operator, text) = match sign {
            "like" => like(&token.text),
            "match" => (Operator::Matches, token.text.clone()),
            "cidrmatch" => (Operator::Network, token.text.clone()),
            _ => (operator(sign).0, token.text.clone()),
        };
        let mut test = Test::new(&name, origin, operator, at);
        (test.negated, test.values) = (sign == "!=", vec![(text, token.clone())]);
        self.tested(test, within)
    }

    fn among(&mut self, left: &Expr, values: &[Expr], within: Within<'_>, at: &Range<usize>) -> Condition {
        let origin = self.value(left, role(within));
        let name = self.source.quote(left.at.clone());
        let mut known = Vec::new();
        let mut others = Vec::new();
        for value in values {
            if let ExprKind::Value(token) = &value.kind {
                known.push((token.text.clone(), token.clone()));
            } else {
                self.value(value, role(within));
                others.push(self.source.quote(value.at.clone()));
            }
        }
        let open = (!others.is_empty()).then(|| format!("compared with {}", others.join(", ")));
        let operator = if known.len() == 1 && open.is_none() { Operator::Equal } else { Operator::In };
        let mut test = Test::new(&name, origin, operator, at);
        (test.values, test.open) = (known, open);
        self.tested(test, within)
    }

    /// A comparison of an expression, in which capital letters of texts count.
    fn tested(&mut self, mut test: Test, within: Within<'_>) -> Condition {
        let is_open = test.open.is_some();
        test.ignores_case = test.values.iter().all(|(_, token)| token.kind == Kind::Word);
        let condition = self.test(test, within);
        if is_open { Condition::Unknown("what is compared with no value of the search".to_owned()) } else { condition }
    }

    /// Where the values of an expression come from.
    pub(super) fn value(&mut self, expr: &Expr, role: Role) -> Origin {
        match &expr.kind {
            ExprKind::Field(name) if name.eq_ignore_ascii_case("null") => Origin::default(),
            ExprKind::Field(name) => self.reads(name, role, &expr.at),
            ExprKind::Value(_) => Origin::default(),
            ExprKind::Computed(parts) => {
                let parts: Vec<Origin> = parts.iter().map(|part| self.value(part, role)).collect();
                Origin::through("eval", &parts)
            }
            ExprKind::Call(name, given) => self.call_value(name, given, role),
            _ => {
                self.condition(expr, Within::of("eval"));
                Origin { counted: self.scope.counted, ..Origin::made("eval") }
            }
        }
    }

    fn call_value(&mut self, name: &str, given: &[Expr], role: Role) -> Origin {
        let function = Within::of(name);
        let mut parts = Vec::new();
        for (number, part) in given.iter().enumerate() {
            let is_question = match name {
                "if" => number == 0,
                "case" | "validate" => number % 2 == 0,
                _ => false,
            };
            let is_boolean = !matches!(part.kind, ExprKind::Field(_) | ExprKind::Value(_) | ExprKind::Call(..) | ExprKind::Computed(_));
            match (is_question, is_boolean) {
                (true, _) | (_, true) => {
                    self.condition(part, function);
                    parts.extend((name == "mvfilter").then(|| self.filtered(part)));
                }
                _ => parts.push(self.value(part, role)),
            }
        }
        let mut origin = Origin::through(name, &parts);
        origin.counted |= self.scope.counted;
        origin
    }

    /// The values that `mvfilter` chooses from.
    fn filtered(&self, expr: &Expr) -> Origin {
        match &expr.kind {
            ExprKind::Field(name) => self.scope.resolve(name).0,
            ExprKind::Compare(_, left, _) | ExprKind::In(left, _) => self.filtered(left),
            ExprKind::Not(inner) => self.filtered(inner),
            ExprKind::Call(_, parts) | ExprKind::All(parts) | ExprKind::Any(parts) => {
                parts.first().map(|part| self.filtered(part)).unwrap_or_default()
            }
            _ => Origin::default(),
        }
    }
}
