//! KQL read statement by statement. What cannot be read is noted and passed over; what follows is read on.

use super::ast::{Expr, Is, Parameter, Pipeline, Statement, Step};
use super::token::{self, Kind, Token};
use std::ops::Range;

/// Deepest nesting of brackets, queries and functions that is followed.
const MAX_DEPTH: usize = 60;

/// Words that begin a query without a table before them.
const SOURCES: [&str; 7] = ["union", "search", "find", "print", "range", "datatable", "externaldata"];

/// A query text under way.
pub(super) struct Parser {
    pub(super) tokens: Vec<Token>,
    pub(super) place: usize,
    /// What was not understood: the byte and why.
    pub(super) faults: Vec<(usize, String)>,
    depth: usize,
    /// Whether brackets hold lists of values, as inside `dynamic(...)`.
    pub(super) in_values: bool,
    /// Whether a bar makes a query of what stands before it: in brackets and definitions, not among the arguments of an operator.
    pub(super) takes_bars: bool,
    end: usize,
}

/// The statements of a query text, and what of it was not understood.
pub(super) fn parse(text: &str) -> (Vec<Statement>, Vec<Token>, Vec<(usize, String)>) {
    let (tokens, faults) = token::tokens(text);
    let faults = faults.into_iter().map(|(at, why)| (at, why.to_owned())).collect();
    let mut parser = Parser { tokens, place: 0, faults, depth: 0, in_values: false, takes_bars: true, end: text.len() };
    let mut statements = parser.statements();
    while parser.peek().is_some() {
        parser.fault("a closing bracket without its opening one");
        parser.place += 1;
        statements.extend(parser.statements());
    }
    (statements, parser.tokens, parser.faults)
}

impl Parser {
    pub(super) fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.place)
    }

    pub(super) fn ahead(&self, count: usize) -> Option<&Token> {
        self.tokens.get(self.place + count)
    }

    pub(super) fn sees(&self, sign: &str) -> bool {
        self.peek().is_some_and(|token| token.is_sign(sign))
    }

    pub(super) fn sees_word(&self, word: &str) -> bool {
        self.peek().is_some_and(|token| token.is_word(word))
    }

    /// Passes over a sign, if it comes next.
    pub(super) fn take(&mut self, sign: &str) -> bool {
        let found = self.sees(sign);
        self.place += usize::from(found);
        found
    }

    pub(super) fn take_word(&mut self, word: &str) -> bool {
        let found = self.sees_word(word);
        self.place += usize::from(found);
        found
    }

    /// The next word, if it is a name.
    pub(super) fn take_name(&mut self) -> Option<String> {
        let token = self.peek().filter(|token| matches!(token.kind, Kind::Name | Kind::Quoted))?;
        let name = token.text.clone();
        self.place += 1;
        Some(name)
    }

    /// Byte at which the next word begins.
    pub(super) fn here(&self) -> usize {
        self.peek().map_or(self.end, |token| token.at.start)
    }

    /// Byte at which the last word ends.
    pub(super) fn behind(&self) -> usize {
        self.place.checked_sub(1).and_then(|last| self.tokens.get(last)).map_or(0, |token| token.at.end)
    }

    pub(super) fn since(&self, start: usize) -> Range<usize> {
        start..self.behind().max(start)
    }

    pub(super) fn fault(&mut self, why: &str) {
        let at = self.here().min(self.end.saturating_sub(1));
        self.faults.push((at, why.to_owned()));
    }

    /// Expects a sign; a fault if another comes.
    pub(super) fn expect(&mut self, sign: &str) {
        if !self.take(sign) {
            let found = self.peek().map_or("the end", |token| token.text.as_str()).chars().take(30).collect::<String>();
            self.fault(&format!("`{sign}` expected before `{found}`"));
        }
    }

    /// Does something one level deeper; too deep is a fault, and everything up to the end of the bracket is passed over.
    pub(super) fn deeper<T>(&mut self, what: impl FnOnce(&mut Self) -> T, instead: T) -> T {
        if self.depth >= MAX_DEPTH {
            self.fault("nested too deeply");
            self.pass_over(&[]);
            return instead;
        }
        self.depth += 1;
        let done = what(self);
        self.depth -= 1;
        done
    }

    /// Passes over everything up to one of these signs, the end of a statement or the end of the bracket that this stands in.
    pub(super) fn pass_over(&mut self, until: &[&str]) {
        let mut open = 0_usize;
        while let Some(token) = self.peek() {
            if token.kind == Kind::Sign {
                match token.text.as_str() {
                    "(" | "[" | "{" => open += 1,
                    ")" | "]" | "}" if open == 0 => return,
                    ")" | "]" | "}" => open -= 1,
                    ";" if open == 0 => return,
                    sign if open == 0 && until.contains(&sign) => return,
                    _ => {}
                }
            }
            self.place += 1;
        }
    }

    fn statements(&mut self) -> Vec<Statement> {
        let mut found = Vec::new();
        while let Some(token) = self.peek() {
            if token.is_sign(";") {
                self.place += 1;
            } else if token.is_sign("}") || token.is_sign(")") || token.is_sign("]") {
                break;
            } else {
                let before = self.place;
                found.extend(self.statement());
                self.place = self.place.max(before + 1);
                self.end_statement();
            }
        }
        found
    }

    /// After a statement comes a `;`, the end, or, as editors have it, the next query on a line of its own.
    fn end_statement(&mut self) {
        let Some(token) = self.peek() else { return };
        let closes = token.kind == Kind::Sign && matches!(token.text.as_str(), ";" | "}" | ")" | "]");
        if closes || token.lines > 0 && token.kind != Kind::Sign {
            return;
        }
        let word: String = token.text.chars().take(30).collect();
        self.fault(&format!("`{word}` does not belong here"));
        while self.peek().is_some_and(|token| !token.after_gap && !token.is_sign(";")) {
            self.place += 1;
        }
    }

    fn statement(&mut self) -> Option<Statement> {
        let names_next = self.ahead(1).is_some_and(|token| token.kind == Kind::Name);
        if self.sees_word("let") && names_next {
            self.place += 1;
            let name = self.take_name()?;
            self.expect("=");
            return Some(self.definition(name));
        }
        if self.sees_word("set") && names_next {
            self.pass_over(&[]);
            return None;
        }
        if ["declare", "alias", "restrict"].iter().any(|word| self.sees_word(word)) && names_next {
            self.fault("a statement that is not followed");
            self.pass_over(&[]);
            return None;
        }
        Some(Statement::Query(self.pipeline()))
    }

    fn definition(&mut self, name: String) -> Statement {
        self.take_word("view");
        if self.sees("(") && self.opens_function() {
            let parameters = self.parameters();
            self.expect("{");
            let body = self.deeper(Self::statements, Vec::new());
            self.expect("}");
            return Statement::Function(name, parameters, body);
        }
        self.takes_bars = true;
        Statement::Let(name, self.value())
    }

    /// Whether the bracket that comes next is followed by a body in braces.
    fn opens_function(&self) -> bool {
        let (mut open, mut place) = (0_usize, self.place);
        while let Some(token) = self.tokens.get(place) {
            if token.is_sign("(") {
                open += 1;
            } else if token.is_sign(")") {
                open -= 1;
                if open == 0 {
                    return self.tokens.get(place + 1).is_some_and(|token| token.is_sign("{"));
                }
            }
            place += 1;
        }
        false
    }

    fn parameters(&mut self) -> Vec<Parameter> {
        let mut found = Vec::new();
        self.expect("(");
        while !self.sees(")") && self.peek().is_some() {
            let before = self.place;
            if let Some(name) = self.take_name() {
                if self.take(":") {
                    if self.sees("(") { self.bracketed() } else { self.place += 1 }
                }
                let default = if self.take("=") { Some(self.expr()) } else { None };
                found.push(Parameter { name, default });
            }
            if !self.take(",") && !self.sees(")") {
                self.fault("a parameter that is not understood");
            }
            self.place = self.place.max(before + 1);
        }
        self.expect(")");
        found
    }

    /// Passes over a bracket and all in it.
    pub(super) fn bracketed(&mut self) {
        self.place += 1;
        self.pass_over(&[]);
        self.place += 1;
    }

    /// An expression, or a query where one may stand.
    pub(super) fn value(&mut self) -> Expr {
        let start = self.here();
        if self.begins_source() {
            let pipeline = self.pipeline();
            return Expr::new(self.since(start), Is::Query(Box::new(pipeline)));
        }
        let expr = self.expr();
        if !self.takes_bars || !self.sees("|") {
            return expr;
        }
        let steps = self.steps();
        let pipeline = Pipeline { source: Some(expr), steps };
        Expr::new(self.since(start), Is::Query(Box::new(pipeline)))
    }

    /// Whether a word comes that begins a query without a table. `range`, `print` and `search` are also functions and names.
    pub(super) fn begins_source(&self) -> bool {
        let Some(token) = self.peek().filter(|token| token.kind == Kind::Name && SOURCES.contains(&token.text.as_str())) else {
            return false;
        };
        let next_ends = self.ahead(1).is_none_or(|next| next.kind == Kind::Sign && !matches!(next.text.as_str(), "(" | "*"));
        let is_call =
            matches!(token.text.as_str(), "range" | "print" | "find" | "search") && self.ahead(1).is_some_and(|next| next.is_sign("("));
        !next_ends && !is_call
    }

    /// A source and its steps.
    pub(super) fn pipeline(&mut self) -> Pipeline {
        let instead = Pipeline::default();
        self.deeper(
            |parser| {
                let (mut source, mut steps) = (None, Vec::new());
                if parser.begins_source() {
                    steps.push(parser.step());
                } else {
                    source = Some(parser.expr());
                }
                steps.extend(parser.steps());
                Pipeline { source, steps }
            },
            instead,
        )
    }

    /// What follows the bars.
    pub(super) fn steps(&mut self) -> Vec<Step> {
        let mut steps = Vec::new();
        while self.take("|") {
            steps.push(self.step());
        }
        steps
    }
}
