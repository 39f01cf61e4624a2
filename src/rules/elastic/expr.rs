//! Expressions of EQL and ES|QL as trees, and their grammar.

use super::token::{Kind, Token, Tongue};
use crate::rules::rule::Operator;
use std::collections::BTreeSet;
use std::ops::Range;

/// Deepest nesting that is read.
const MAX_DEPTH: usize = 64;

/// An expression and where it stands in the query.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Expr {
    pub(super) what: What,
    pub(super) at: Range<usize>,
}

/// What an expression is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum What {
    Name {
        name: String,
        is_optional: bool,
    },
    Value {
        text: String,
        quoted: bool,
    },
    Null,
    Call {
        name: String,
        folds: bool,
        args: Vec<Expr>,
    },
    Not(Box<Expr>),
    All(Vec<Expr>),
    Any(Vec<Expr>),
    Compare(Box<Compare>),
    Arithmetic(Vec<Expr>),
    /// Made of fields by something that is not looked into, perhaps out of many records.
    Made {
        fields: BTreeSet<String>,
        by: String,
        is_counted: bool,
    },
    /// `*`, a parameter.
    Opaque,
}

/// A comparison.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Compare {
    pub(super) operator: Operator,
    pub(super) negated: bool,
    pub(super) ignores_case: bool,
    pub(super) left: Expr,
    pub(super) right: Vec<Expr>,
}

/// What was expected and where something else stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) what: String,
}

/// Walks over tokens.
pub(super) struct Parser<'a> {
    pub(super) text: &'a str,
    pub(super) tokens: &'a [Token],
    pub(super) at: usize,
    pub(super) tongue: Tongue,
    depth: usize,
}

type Read<T> = Result<T, Fault>;

impl<'a> Parser<'a> {
    pub(super) const fn new(text: &'a str, tokens: &'a [Token], tongue: Tongue) -> Self {
        Self { text, tokens, at: 0, tongue, depth: 0 }
    }

    pub(super) fn peek(&self) -> Option<&'a Token> {
        self.tokens.get(self.at)
    }

    fn ahead(&self, steps: usize) -> Option<&'a Token> {
        self.tokens.get(self.at + steps)
    }

    /// Byte at which the next token stands, or the last one ends.
    pub(super) fn place(&self) -> usize {
        self.peek().map_or_else(|| self.tokens.last().map_or(0, |token| token.at.end), |token| token.at.start)
    }

    /// Byte at which the token before ends.
    pub(super) fn end(&self) -> usize {
        self.tokens.get(self.at.wrapping_sub(1)).map_or(0, |token| token.at.end)
    }

    pub(super) fn is(&self, word: &str) -> bool {
        self.peek().is_some_and(|token| token.is(word))
    }

    pub(super) fn is_sign(&self, sign: &str) -> bool {
        self.peek().is_some_and(|token| token.is_sign(sign))
    }

    pub(super) fn takes(&mut self, word: &str) -> bool {
        let found = self.is(word);
        self.at += usize::from(found);
        found
    }

    pub(super) fn takes_sign(&mut self, sign: &str) -> bool {
        let found = self.is_sign(sign);
        self.at += usize::from(found);
        found
    }

    pub(super) fn fault<T>(&self, wanted: &str) -> Read<T> {
        let found = self.peek().map_or("the end", |token| &self.text[token.at.clone()]);
        Err(Fault { at: self.place(), what: format!("{wanted} was expected before {found:?}") })
    }

    pub(super) fn needs_sign(&mut self, sign: &str) -> Read<()> {
        if self.takes_sign(sign) { Ok(()) } else { self.fault(sign) }
    }

    pub(super) fn name(&mut self) -> Read<Expr> {
        let Some(Token { kind: Kind::Name { name, is_optional, .. }, at, .. }) = self.peek() else { return self.fault("a name") };
        self.at += 1;
        Ok(Expr { what: What::Name { name: name.clone(), is_optional: *is_optional }, at: at.clone() })
    }

    /// Things separated by commas.
    pub(super) fn list<T>(&mut self, mut element: impl FnMut(&mut Self) -> Read<T>) -> Read<Vec<T>> {
        let mut found = vec![element(self)?];
        while self.takes_sign(",") {
            found.push(element(self)?);
        }
        Ok(found)
    }

    /// An expression of any kind.
    pub(super) fn expr(&mut self) -> Read<Expr> {
        if self.depth >= MAX_DEPTH {
            return self.fault("less nesting");
        }
        self.depth += 1;
        let found = self.chain("or", What::Any, |parser| parser.chain("and", What::All, Self::negation));
        self.depth -= 1;
        found
    }

    fn chain(&mut self, word: &str, join: fn(Vec<Expr>) -> What, mut part: impl FnMut(&mut Self) -> Read<Expr>) -> Read<Expr> {
        let start = self.place();
        let mut parts = vec![part(self)?];
        while self.takes(word) {
            parts.push(part(self)?);
        }
        match <[Expr; 1]>::try_from(parts) {
            Ok([only]) => Ok(only),
            Err(parts) => Ok(Expr { what: join(parts), at: start..self.end() }),
        }
    }

    fn negation(&mut self) -> Read<Expr> {
        let (start, mut count) = (self.place(), 0);
        while self.takes("not") {
            count += 1;
        }
        let inner = self.comparison()?;
        Ok(if count % 2 == 1 { Expr { what: What::Not(Box::new(inner)), at: start..self.end() } } else { inner })
    }

    fn comparison(&mut self) -> Read<Expr> {
        let start = self.place();
        let left = self.sum()?;
        let before = self.at;
        let negated = self.takes("not");
        let Some(token) = self.peek() else { return if negated { self.fault("an operator") } else { Ok(left) } };
        if token.is("is") {
            self.at += 1;
            let negated = self.takes("not");
            if !self.takes("null") {
                return self.fault("null");
            }
            let compare = Compare { operator: Operator::Null, negated, ignores_case: false, left, right: Vec::new() };
            return Ok(Expr { what: What::Compare(Box::new(compare)), at: start..self.end() });
        }
        let Some((operator, inverse, ignores_case)) = self.operator(token) else {
            self.at = before;
            return Ok(left);
        };
        self.at += 1;
        let right = if is_for_lists(operator, token) && self.is_sign("(") { self.values()? } else { vec![self.sum()?] };
        let compare = Compare { operator, negated: negated != inverse, ignores_case, left, right };
        Ok(Expr { what: What::Compare(Box::new(compare)), at: start..self.end() })
    }

    /// What a token compares by: how, whether it must not hold, whether case is ignored.
    fn operator(&self, token: &Token) -> Option<(Operator, bool, bool)> {
        let is_eql = self.tongue == Tongue::Eql;
        let word = |operator| Some((operator, false, token.folds));
        match &token.kind {
            Kind::Sign("==") => Some((Operator::Equal, false, false)),
            Kind::Sign("!=") => Some((Operator::Equal, true, false)),
            Kind::Sign("=~") => Some((Operator::Equal, false, true)),
            Kind::Sign("<") => Some((Operator::Less, false, false)),
            Kind::Sign("<=") => Some((Operator::AtMost, false, false)),
            Kind::Sign(">") => Some((Operator::Greater, false, false)),
            Kind::Sign(">=") => Some((Operator::AtLeast, false, false)),
            Kind::Sign(":") => Some((if is_eql { Operator::Like } else { Operator::Has }, false, true)),
            Kind::Name { name, is_plain: true, .. } => match name.to_ascii_lowercase().as_str() {
                "in" => word(Operator::In),
                "like" => word(Operator::Like),
                "regex" if is_eql => word(Operator::Matches),
                "rlike" if !is_eql => word(Operator::Matches),
                _ => None,
            },
            _ => None,
        }
    }

    fn values(&mut self) -> Read<Vec<Expr>> {
        self.needs_sign("(")?;
        let found = self.list(Self::expr)?;
        self.needs_sign(")")?;
        Ok(found)
    }

    fn sum(&mut self) -> Read<Expr> {
        let start = self.place();
        let mut parts = vec![self.cast()?];
        while ["+", "-", "*", "/", "%"].iter().any(|sign| self.takes_sign(sign)) {
            parts.push(self.cast()?);
        }
        match <[Expr; 1]>::try_from(parts) {
            Ok([only]) => Ok(only),
            Err(parts) => Ok(Expr { what: What::Arithmetic(parts), at: start..self.end() }),
        }
    }

    fn cast(&mut self) -> Read<Expr> {
        let start = self.place();
        let mut inner = self.primary()?;
        while self.takes_sign("::") {
            let What::Name { name, .. } = self.name()?.what else { return self.fault("a type") };
            let name = format!("to_{}", name.to_ascii_lowercase());
            inner = Expr { what: What::Call { name, folds: false, args: vec![inner] }, at: start..self.end() };
        }
        Ok(inner)
    }

    fn primary(&mut self) -> Read<Expr> {
        let Some(token) = self.peek() else { return self.fault("a value") };
        let found = |what| Ok(Expr { what, at: token.at.clone() });
        match &token.kind {
            Kind::Name { name, is_plain, is_optional } => {
                self.at += 1;
                match name.to_ascii_lowercase().as_str() {
                    _ if self.is_sign("(") && !is_optional => self.call(name, token),
                    _ if !is_plain || *is_optional => found(What::Name { name: name.clone(), is_optional: *is_optional }),
                    "null" => found(What::Null),
                    word @ ("true" | "false") => found(What::Value { text: word.to_owned(), quoted: false }),
                    _ => found(What::Name { name: name.clone(), is_optional: false }),
                }
            }
            Kind::Text(text) => {
                self.at += 1;
                found(What::Value { text: text.clone(), quoted: true })
            }
            Kind::Number => self.number(token.at.start),
            Kind::Parameter | Kind::Sign("*") => {
                self.at += 1;
                found(What::Opaque)
            }
            Kind::Sign("-" | "+") if self.ahead(1).is_some_and(|next| next.kind == Kind::Number) => {
                self.at += 1;
                self.number(token.at.start)
            }
            Kind::Sign("-") if self.depth < MAX_DEPTH => {
                (self.at, self.depth) = (self.at + 1, self.depth + 1);
                let inner = self.cast();
                self.depth -= 1;
                Ok(Expr { what: What::Arithmetic(vec![inner?]), at: token.at.start..self.end() })
            }
            Kind::Sign("(") => {
                self.at += 1;
                let inner = self.expr()?;
                self.needs_sign(")")?;
                Ok(inner)
            }
            Kind::Sign("[") if self.tongue == Tongue::Esql => self.array(),
            Kind::Sign("{") if self.tongue == Tongue::Esql => self.map(),
            _ => self.fault("a value"),
        }
    }

    /// A number, its sign before and its unit of time after it included.
    fn number(&mut self, start: usize) -> Read<Expr> {
        self.at += 1;
        if self.tongue == Tongue::Esql && self.peek().is_some_and(is_unit) {
            self.at += 1;
        }
        let text = self.text[start..self.end()].split_whitespace().collect::<Vec<_>>().join(" ");
        Ok(Expr { what: What::Value { text, quoted: false }, at: start..self.end() })
    }

    fn call(&mut self, name: &str, token: &Token) -> Read<Expr> {
        self.needs_sign("(")?;
        let mut args = Vec::new();
        if !self.is_sign(")") {
            args = self.list(Self::expr)?;
        }
        self.needs_sign(")")?;
        let name = match (name.to_ascii_lowercase(), self.tongue) {
            // A regular expression in EQL, a search for words in ES|QL.
            (name, Tongue::Esql) if name == "match" => "match_phrase".to_owned(),
            (name, _) => name,
        };
        Ok(Expr { what: What::Call { name, folds: token.folds, args }, at: token.at.start..self.end() })
    }

    fn array(&mut self) -> Read<Expr> {
        let start = self.place();
        self.needs_sign("[")?;
        let parts = self.list(Self::expr)?;
        self.needs_sign("]")?;
        Ok(Expr { what: What::Arithmetic(parts), at: start..self.end() })
    }

    /// Options of a function, which name no field.
    fn map(&mut self) -> Read<Expr> {
        let start = self.place();
        let mut depth = 0;
        while let Some(token) = self.peek() {
            self.at += 1;
            depth += i32::from(token.is_sign("{")) - i32::from(token.is_sign("}"));
            if depth == 0 {
                return Ok(Expr { what: What::Opaque, at: start..self.end() });
            }
        }
        self.fault("}")
    }
}

fn is_for_lists(operator: Operator, token: &Token) -> bool {
    matches!(operator, Operator::In | Operator::Like | Operator::Matches | Operator::Has) || token.is_sign(":")
}

/// Whether a word is a unit of time: `5 minutes`.
fn is_unit(token: &Token) -> bool {
    let Kind::Name { name, is_plain: true, .. } = &token.kind else { return false };
    let word = name.to_ascii_lowercase();
    let long = ["microsecond", "millisecond", "second", "minute", "hour", "day", "week", "month", "quarter", "year"];
    let short = ["ms", "s", "sec", "m", "min", "h", "d", "w", "mo", "q", "y", "yr"];
    long.contains(&word.trim_end_matches('s')) || short.contains(&word.as_str())
}
