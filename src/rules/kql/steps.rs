//! KQL's operators, one after the other.

use super::ast::{Does, Expr, Is, Pipeline, Step};
use super::parse::Parser;
use super::token::Kind;

/// Operators that neither read nor change columns beyond what their arguments say.
const PASSING: [&str; 12] = [
    "take",
    "limit",
    "render",
    "consume",
    "getschema",
    "sample",
    "assert-schema",
    "graph-match",
    "make-graph",
    "graph-to-table",
    "macro-expand",
    "execute_and_cache",
];

/// Names by which operators are told how to work.
const HINTS: [&str; 13] = [
    "kind",
    "hint",
    "isfuzzy",
    "withsource",
    "with_source",
    "bagexpansion",
    "with_itemindex",
    "flags",
    "decodeblocks",
    "datascope",
    "format",
    "reduce",
    "characters",
];

impl Parser {
    /// An operator and its arguments; what follows them up to the next bar is passed over with a fault.
    pub(super) fn step(&mut self) -> Step {
        let start = self.here();
        let name = self.operator_name();
        let was = std::mem::replace(&mut self.takes_bars, false);
        let does = self.deeper(|parser| parser.operator(&name), Does::Unknown("nested too deeply".into()));
        self.takes_bars = was;
        if !self.is_between_steps() {
            let word: String = self.peek().map_or("", |token| token.text.as_str()).chars().take(30).collect();
            self.fault(&format!("`{word}` is not understood in `{name}`"));
            self.pass_over(&["|"]);
        }
        Step { at: self.since(start), does }
    }

    /// Whether an operator ended: a bar, a bracket, the end, or a new query on the next line.
    fn is_between_steps(&self) -> bool {
        self.peek().is_none_or(|token| match token.kind {
            Kind::Sign => matches!(token.text.as_str(), "|" | ";" | ")" | "]" | "}"),
            _ => token.lines > 0,
        })
    }

    /// The name of an operator, whose parts may be joined by hyphens.
    fn operator_name(&mut self) -> String {
        let mut name = self.peek().filter(|token| token.kind == Kind::Name).map(|token| token.text.clone()).unwrap_or_default();
        if name.is_empty() {
            self.fault("an operator is missing after `|`");
            return name;
        }
        self.place += 1;
        while let (Some(sign), Some(part)) = (self.peek(), self.ahead(1)) {
            let joins = sign.is_sign("-") && part.kind == Kind::Name && sign.at.start == self.behind() && part.at.start == sign.at.end;
            if !joins {
                break;
            }
            name = format!("{name}-{}", part.text);
            self.place += 2;
        }
        name
    }

    fn operator(&mut self, name: &str) -> Does {
        match name {
            "where" | "filter" => Does::Where(self.expr()),
            "extend" | "serialize" => Does::Extend(self.list()),
            "project" | "project-smart" => Does::Project(self.list()),
            "project-keep" => Does::Keep(self.patterns()),
            "project-away" => Does::Away(self.patterns()),
            "project-reorder" => Does::Reorder(self.patterns()),
            "project-rename" => Does::Rename(self.list()),
            "summarize" => self.summarize(),
            "make-series" => self.series(),
            "distinct" => Does::Distinct(self.list_after_hints()),
            "join" | "lookup" => self.join(name),
            "union" => self.union(),
            "mv-expand" | "mvexpand" => Does::Expand(self.expanded()),
            "mv-apply" | "mvapply" => self.apply(),
            "sort" | "order" => {
                self.hints();
                self.take_word("by");
                Does::Sort(self.ordered())
            }
            "top" | "top-hitters" | "top-nested" | "reduce" | "sample-distinct" => self.top(),
            "count" => Does::Count,
            "parse" | "parse-where" => self.parse_step(name == "parse-where"),
            "parse-kv" => self.parse_keys(),
            "evaluate" => {
                self.hints();
                let plugin = self.expr();
                if self.take(":") {
                    self.bracketed();
                }
                Does::Evaluate(plugin)
            }
            "search" => self.search(),
            "find" => self.find(),
            "datatable" => self.datatable(),
            "externaldata" | "external_data" => self.external(),
            "print" => Does::Print(self.list()),
            "range" => self.range(),
            "invoke" => Does::Invoke(self.expr()),
            "as" => {
                self.hints();
                Does::As(self.take_name().unwrap_or_default())
            }
            "fork" | "facet" | "partition" => self.branches(),
            _ if PASSING.contains(&name) => {
                self.pass_to_next();
                Does::Pass
            }
            _ => {
                if !name.is_empty() {
                    self.fault(&format!("the operator `{name}` is not known"));
                }
                self.pass_over(&["|"]);
                Does::Unknown(name.to_owned())
            }
        }
    }

    /// Passes over arguments that say nothing of columns.
    fn pass_to_next(&mut self) {
        while !self.is_between_steps() {
            if self.sees("(") || self.sees("[") || self.sees("{") { self.bracketed() } else { self.place += 1 }
        }
        // `render timechart` and its like go on over several lines with `with (...)`.
        if self.take_word("with") && self.sees("(") {
            self.bracketed();
        }
    }

    /// Expressions between commas. A comma too many at the end is let pass, as the service does not, but editors do.
    pub(super) fn list(&mut self) -> Vec<Expr> {
        let mut found = Vec::new();
        loop {
            if self.is_at_end_of_list() {
                return found;
            }
            found.push(self.argument());
            if !self.take(",") {
                return found;
            }
        }
    }

    fn is_at_end_of_list(&self) -> bool {
        self.peek().is_none_or(|token| {
            token.kind == Kind::Sign && matches!(token.text.as_str(), "|" | ";" | ")" | "]" | "}")
                || token.is_word("by")
                || token.is_word("on")
        })
    }

    fn list_after_hints(&mut self) -> Vec<Expr> {
        self.hints();
        self.list()
    }

    /// Passes over `kind=inner`, `hint.strategy = shuffle` and their like; what they say by their names.
    pub(super) fn hints(&mut self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        loop {
            let mut length = 1;
            while self.ahead(length).is_some_and(|token| token.is_sign("."))
                && self.ahead(length + 1).is_some_and(|token| token.kind == Kind::Name)
            {
                length += 2;
            }
            let is_name = self.peek().is_some_and(|token| token.kind == Kind::Name && HINTS.contains(&token.text.as_str()));
            let is_hint = is_name && self.ahead(length).is_some_and(|token| token.is_sign("="));
            let (Some(name), Some(value)) = (self.peek(), self.ahead(length + 1)) else { return found };
            if !is_hint || value.is_sign("(") {
                return found;
            }
            found.push((name.text.clone(), value.text.clone()));
            self.place += length + 2;
        }
    }

    /// Names of columns, perhaps with `*` in them or for all.
    fn patterns(&mut self) -> Vec<Expr> {
        let mut found = Vec::new();
        while !self.is_at_end_of_list() {
            let start = self.here();
            let mut pattern = String::new();
            while let Some(token) = self.peek() {
                let joins = pattern.is_empty() || token.at.start == self.behind();
                let is_part = matches!(token.kind, Kind::Name | Kind::Quoted | Kind::Number) || token.is_sign("*") || token.is_sign(".");
                if !joins || !is_part {
                    break;
                }
                pattern.push_str(&token.text);
                self.place += 1;
            }
            let is = if pattern == "*" { Is::Star } else { Is::Name(pattern) };
            if self.since(start).is_empty() {
                return found;
            }
            found.push(Expr::new(self.since(start), is));
            while ["asc", "desc", "granny"].iter().any(|word| self.take_word(word)) {}
            if !self.take(",") {
                return found;
            }
        }
        found
    }

    fn summarize(&mut self) -> Does {
        self.hints();
        let counted = self.list();
        let by = if self.take_word("by") { self.list() } else { Vec::new() };
        Does::Summarize(counted, by)
    }

    fn series(&mut self) -> Does {
        self.hints();
        let mut counted = Vec::new();
        while !self.is_at_end_of_list() {
            counted.push(self.argument());
            if self.take_word("default") {
                self.expect("=");
                self.expr();
            }
            if !self.take(",") {
                break;
            }
        }
        let mut on = Vec::new();
        if self.take_word("on") {
            on.push(self.expr());
        }
        for word in ["in", "from", "to", "step"] {
            if self.take_word(word) {
                let value = self.expr();
                on.push(value);
            }
        }
        let by = if self.take_word("by") { self.list() } else { Vec::new() };
        Does::Series(counted, on, by)
    }

    /// A table, a function of tables or a query in brackets.
    pub(super) fn side(&mut self) -> Pipeline {
        let is_wild = self.ahead(1).is_some_and(|token| token.is_sign("*")) || self.sees("*");
        if is_wild {
            let mut patterns = self.patterns_until_comma();
            let source = patterns.pop();
            return Pipeline { source, steps: Vec::new() };
        }
        let expr = self.expr();
        match expr.is {
            Is::Query(pipeline) => *pipeline,
            _ => Pipeline { source: Some(expr), steps: Vec::new() },
        }
    }

    fn patterns_until_comma(&mut self) -> Vec<Expr> {
        let start = self.here();
        let mut pattern = String::new();
        while let Some(token) = self.peek().filter(|token| token.kind == Kind::Name || token.is_sign("*")) {
            if !pattern.is_empty() && token.at.start != self.behind() {
                break;
            }
            pattern.push_str(&token.text);
            self.place += 1;
        }
        vec![Expr::new(self.since(start), Is::Name(pattern))]
    }

    fn join(&mut self, name: &str) -> Does {
        let hints = self.hints();
        let kind = hints.iter().find(|(hint, _)| hint == "kind").map(|(_, kind)| kind.clone());
        let usual = if name == "lookup" { "leftouter" } else { "innerunique" };
        let right = Box::new(self.side());
        // Hints may also stand behind the other side.
        self.hints();
        let on = if self.take_word("on") || self.take_word("where") { self.list() } else { Vec::new() };
        Does::Join { kind: kind.unwrap_or_else(|| usual.to_owned()), right, on }
    }

    fn union(&mut self) -> Does {
        let hints = self.hints();
        let from = hints.iter().find(|(hint, _)| hint == "withsource").map(|(_, name)| name.clone());
        let mut sides = Vec::new();
        while !self.is_at_end_of_list() {
            sides.push(self.side());
            if !self.take(",") {
                break;
            }
        }
        Does::Union(sides, from)
    }

    fn expanded(&mut self) -> Vec<Expr> {
        let mut found: Vec<Expr> =
            self.hints().into_iter().filter(|(hint, _)| hint == "with_itemindex").map(|(_, name)| item_index(name)).collect();
        while !self.is_at_end_of_list() {
            found.push(self.argument());
            if self.take_word("to") {
                self.expr();
            }
            if !self.take(",") {
                break;
            }
        }
        if self.take_word("limit") {
            self.expr();
        }
        found
    }

    fn apply(&mut self) -> Does {
        let what = self.expanded();
        let mut inner = Pipeline::default();
        if self.take_word("on") {
            self.expect("(");
            inner.steps.push(self.step());
            inner.steps.extend(self.steps());
            self.expect(")");
        }
        Does::Apply(what, Box::new(inner))
    }

    /// Expressions with their order.
    fn ordered(&mut self) -> Vec<Expr> {
        let mut found = Vec::new();
        while !self.is_at_end_of_list() {
            found.push(self.argument());
            while ["asc", "desc", "nulls", "first", "last"].iter().any(|word| self.take_word(word)) {}
            if !self.take(",") {
                break;
            }
        }
        found
    }

    /// `top 5 by x`, `top-nested 5 of x by count()`, `sample-distinct 5 of x`, `reduce by x`.
    fn top(&mut self) -> Does {
        let mut found = Vec::new();
        loop {
            self.hints();
            if !self.sees_word("by") && !self.sees_word("of") {
                self.expr();
            }
            for word in ["of", "by"] {
                if self.take_word(word) {
                    found.push(self.argument());
                    while ["asc", "desc", "nulls", "first", "last"].iter().any(|word| self.take_word(word)) {}
                }
                if word == "of" && self.take_word("with") && self.take_word("others") {
                    self.expect("=");
                    self.expr();
                }
            }
            if !self.take(",") {
                return Does::Sort(found);
            }
        }
    }
}

/// The column that counts elements, as if it were computed.
fn item_index(name: String) -> Expr {
    Expr::new(0..0, Is::Assign(vec![name], Box::new(Expr::new(0..0, Is::Number("0".into())))))
}
