//! Expressions of `eval` and `where`: `if(match(a, "x") AND b>=2, 1, 0)`.

use super::lexer::{Kind, Token};
use std::ops::Range;

/// Deepest nesting that is read.
const MAX_DEPTH: usize = 48;

/// An expression and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Expr {
    pub(super) kind: ExprKind,
    pub(super) at: Range<usize>,
}

/// What an expression is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum ExprKind {
    /// A name.
    Field(String),
    /// A text or number.
    Value(Token),
    /// A function, in small letters, and what it is given.
    Call(String, Vec<Expr>),
    All(Vec<Expr>),
    Any(Vec<Expr>),
    Not(Box<Expr>),
    /// A sign or `like` in small letters, and its two sides.
    Compare(String, Box<Expr>, Box<Expr>),
    /// One of some values.
    In(Box<Expr>, Vec<Expr>),
    /// Computed of several values.
    Computed(Vec<Expr>),
}

/// The expression that some tokens begin with, and how many of them it takes.
pub(super) fn parse(tokens: &[Token]) -> Result<(Expr, usize), String> {
    let mut parser = Parser { tokens, at: 0, depth: 0 };
    let expr = parser.any()?;
    Ok((expr, parser.at))
}

/// The expression that all of some tokens make.
pub(super) fn parse_all(tokens: &[Token]) -> Result<Expr, String> {
    let (expr, taken) = parse(tokens)?;
    match tokens.get(taken) {
        None => Ok(expr),
        Some(token) => Err(format!("the expression goes on with `{}` where it should end", token.text)),
    }
}

struct Parser<'a> {
    tokens: &'a [Token],
    at: usize,
    depth: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<&'a Token> {
        self.tokens.get(self.at)
    }

    fn next_is(&mut self, word: &str) -> bool {
        let is = self.peek().is_some_and(|token| token.is(word) || token.is_word(word));
        self.at += usize::from(is);
        is
    }

    fn made(&self, from: usize, kind: ExprKind) -> Expr {
        let at = super::search::range(self.tokens.get(from..self.at).unwrap_or_default());
        Expr { kind, at }
    }

    fn any(&mut self) -> Result<Expr, String> {
        let from = self.at;
        let mut parts = vec![self.all()?];
        let mut differ = false;
        loop {
            if self.next_is("xor") {
                differ = true;
            } else if !self.next_is("or") {
                break;
            }
            parts.push(self.all()?);
        }
        Ok(match parts.len() {
            1 => parts.remove(0),
            _ if differ => self.made(from, ExprKind::Call("xor".to_owned(), parts)),
            _ => self.made(from, ExprKind::Any(parts)),
        })
    }

    fn all(&mut self) -> Result<Expr, String> {
        let from = self.at;
        let mut parts = vec![self.not()?];
        while self.next_is("and") {
            parts.push(self.not()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { self.made(from, ExprKind::All(parts)) })
    }

    fn not(&mut self) -> Result<Expr, String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(format!("the expression is nested deeper than {MAX_DEPTH} levels"));
        }
        let from = self.at;
        let expr = if self.next_is("not") {
            let inner = self.not()?;
            self.made(from, ExprKind::Not(Box::new(inner)))
        } else {
            self.compared()?
        };
        self.depth -= 1;
        Ok(expr)
    }

    fn compared(&mut self) -> Result<Expr, String> {
        let from = self.at;
        let left = self.computed()?;
        let Some(token) = self.peek() else { return Ok(left) };
        let is_sign = token.kind == Kind::Sign && matches!(token.text.as_str(), "=" | "==" | "!=" | "<" | "<=" | ">" | ">=");
        if is_sign || token.is_word("like") {
            self.at += 1;
            let right = self.computed()?;
            return Ok(self.made(from, ExprKind::Compare(token.text.to_ascii_lowercase(), Box::new(left), Box::new(right))));
        }
        if token.is_word("in") && self.tokens.get(self.at + 1).is_some_and(|next| next.kind == Kind::Open) {
            self.at += 2;
            let values = self.list()?;
            return Ok(self.made(from, ExprKind::In(Box::new(left), values)));
        }
        Ok(left)
    }

    fn computed(&mut self) -> Result<Expr, String> {
        let from = self.at;
        let mut parts = vec![self.one()?];
        while self.peek().is_some_and(|token| token.kind == Kind::Sign && matches!(token.text.as_str(), "+" | "-" | "*" | "/" | "%" | "."))
        {
            self.at += 1;
            parts.push(self.one()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { self.made(from, ExprKind::Computed(parts)) })
    }

    fn one(&mut self) -> Result<Expr, String> {
        let from = self.at;
        let token = self.peek().ok_or("the expression ends where a value should be")?;
        self.at += 1;
        match token.kind {
            Kind::Text => Ok(self.made(from, ExprKind::Value(token.clone()))),
            Kind::Name => Ok(self.made(from, ExprKind::Field(token.text.clone()))),
            Kind::Open => {
                let inner = self.any()?;
                if self.next_is(")") { Ok(inner) } else { Err("the expression lacks a closing parenthesis".to_owned()) }
            }
            Kind::Sign if matches!(token.text.as_str(), "-" | "+") => self.signed(token),
            Kind::Word if self.peek().is_some_and(|next| next.kind == Kind::Open) => {
                self.at += 1;
                let given = self.list()?;
                Ok(self.made(from, ExprKind::Call(token.text.to_ascii_lowercase(), given)))
            }
            Kind::Word if token.text.starts_with(|c: char| c.is_ascii_digit()) && token.text.parse::<f64>().is_ok() => {
                Ok(self.made(from, ExprKind::Value(token.clone())))
            }
            Kind::Word => Ok(self.made(from, ExprKind::Field(token.text.clone()))),
            _ => Err(format!("the expression has `{}` where a value should be", token.text)),
        }
    }

    /// A number with its sign is one value.
    fn signed(&mut self, sign: &Token) -> Result<Expr, String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(format!("the expression is nested deeper than {MAX_DEPTH} levels"));
        }
        let inner = self.one()?;
        self.depth -= 1;
        let at = sign.at.start..inner.at.end;
        Ok(match inner.kind {
            ExprKind::Value(token) if token.kind == Kind::Word => {
                let text = format!("{}{}", if sign.text == "-" { "-" } else { "" }, token.text);
                Expr { kind: ExprKind::Value(Token { text, at: at.clone(), ..token }), at }
            }
            _ => Expr { kind: ExprKind::Computed(vec![inner]), at },
        })
    }

    /// Expressions up to the closing parenthesis.
    fn list(&mut self) -> Result<Vec<Expr>, String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(format!("the expression is nested deeper than {MAX_DEPTH} levels"));
        }
        let mut parts = Vec::new();
        if !self.next_is(")") {
            loop {
                parts.push(self.any()?);
                if self.next_is(")") {
                    break;
                }
                if !self.next_is(",") {
                    return Err("a function lacks its closing parenthesis".to_owned());
                }
            }
        }
        self.depth -= 1;
        Ok(parts)
    }
}

#[cfg(test)]
mod tests {
    use super::super::lexer::{Mode, tokens};
    use super::*;

    fn told(expr: &Expr) -> String {
        let each = |parts: &[Expr], by: &str| parts.iter().map(told).collect::<Vec<_>>().join(by);
        match &expr.kind {
            ExprKind::Field(name) => name.clone(),
            ExprKind::Value(token) => format!("\"{}\"", token.text),
            ExprKind::Call(name, parts) => format!("{name}({})", each(parts, ", ")),
            ExprKind::All(parts) => format!("({})", each(parts, " & ")),
            ExprKind::Any(parts) => format!("({})", each(parts, " | ")),
            ExprKind::Not(part) => format!("!{}", told(part)),
            ExprKind::Compare(sign, left, right) => format!("{}{sign}{}", told(left), told(right)),
            ExprKind::In(left, values) => format!("{} in [{}]", told(left), each(values, ", ")),
            ExprKind::Computed(parts) => format!("<{}>", each(parts, " ")),
        }
    }

    fn read(text: &str) -> Result<String, String> {
        parse_all(&tokens(text, 0..text.len(), Mode::Eval)).map(|expr| told(&expr))
    }

    #[test]
    fn and_binds_before_or_and_comparisons_before_both() {
        let cases = [
            ("a=1 OR b>=-2 and not 'c d'!=\"x\"", "(a=\"1\" | (b>=\"-2\" & !c d!=\"x\"))"),
            ("if(in(a, 1, 2), x . \"-\" . y, len(z))", "if(in(a, \"1\", \"2\"), <x \"-\" y>, len(z))"),
            ("a IN (1, 2) AND b LIKE \"x%\"", "(a in [\"1\", \"2\"] & blike\"x%\")"),
            ("now()", "now()"),
        ];
        for (text, wanted) in cases {
            assert_eq!(read(text), Ok(wanted.to_owned()), "{text}");
        }
    }

    #[test]
    fn what_is_no_expression_is_an_error() {
        for text in ["", "a=", "(a", "f(a", "a b", "f(a b)", "and"] {
            assert!(read(text).is_err() || text == "and", "{text}");
        }
        for deep in ["(", "not ", "-", "f("] {
            assert!(read(&deep.repeat(10_000)).is_err(), "{deep}");
        }
    }
}
