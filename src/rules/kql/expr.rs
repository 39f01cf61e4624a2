//! KQL's expressions, by binding power.

use super::ast::{Expr, Is};
use super::parse::Parser;
use super::token::Kind;

/// Words that compare what stands left and right of them.
const COMPARING: [&str; 40] = [
    "has",
    "!has",
    "has_cs",
    "!has_cs",
    "hasprefix",
    "!hasprefix",
    "hasprefix_cs",
    "!hasprefix_cs",
    "hassuffix",
    "!hassuffix",
    "hassuffix_cs",
    "!hassuffix_cs",
    "contains",
    "!contains",
    "contains_cs",
    "!contains_cs",
    "startswith",
    "!startswith",
    "startswith_cs",
    "!startswith_cs",
    "endswith",
    "!endswith",
    "endswith_cs",
    "!endswith_cs",
    "in",
    "!in",
    "in~",
    "!in~",
    "has_any",
    "!has_any",
    "has_all",
    "between",
    "!between",
    "matches",
    "like",
    "notlike",
    "likecs",
    "notlikecs",
    "notcontains",
    "!has_all",
];

/// How strongly an operator binds; `None` if the word is no operator.
fn power(kind: Kind, word: &str) -> Option<u8> {
    match (kind, word) {
        (Kind::Name, "or") => Some(1),
        (Kind::Name, "and") => Some(2),
        (Kind::Name, word) if COMPARING.contains(&word) => Some(3),
        (Kind::Sign, "==" | "=~" | "!=" | "!~" | "<=" | ">=" | "<>" | "<" | ">" | ":") => Some(3),
        (Kind::Sign, "+" | "-") => Some(4),
        (Kind::Sign, "*" | "/" | "%") => Some(5),
        _ => None,
    }
}

impl Parser {
    /// An expression.
    pub(super) fn expr(&mut self) -> Expr {
        let start = self.here();
        self.deeper(|parser| parser.binary(1), Expr::new(start..start, Is::Broken))
    }

    fn binary(&mut self, least: u8) -> Expr {
        let start = self.here();
        let mut left = self.unary();
        while let Some(token) = self.peek() {
            let Some(binds) = power(token.kind, &token.text).filter(|binds| *binds >= least) else {
                break;
            };
            let operator = token.text.clone();
            self.place += 1;
            let right = match operator.as_str() {
                "between" | "!between" => self.bounds(),
                "matches" => {
                    self.take_word("regex");
                    self.binary(binds + 1)
                }
                _ => self.binary(binds + 1),
            };
            left = Expr::new(self.since(start), Is::Binary(operator, Box::new(left), Box::new(right)));
        }
        left
    }

    /// `(a .. b)`.
    fn bounds(&mut self) -> Expr {
        let start = self.here();
        self.expect("(");
        let low = self.expr();
        self.expect("..");
        let high = self.expr();
        self.expect(")");
        Expr::new(self.since(start), Is::List(vec![low, high]))
    }

    fn unary(&mut self) -> Expr {
        let start = self.here();
        if self.take("-") || self.take("+") {
            let inner = self.unary();
            return Expr::new(self.since(start), Is::Minus(Box::new(inner)));
        }
        let mut expr = self.primary();
        loop {
            if self.take(".") {
                expr = self.member(start, expr);
            } else if self.peek().is_some_and(|token| token.kind == Kind::Quoted && token.lines == 0) && !self.in_values {
                let name = self.take_name().unwrap_or_default();
                expr = Expr::new(self.since(start), Is::Member(Box::new(expr), name));
            } else if self.peek().is_some_and(|token| token.is_sign("[") && token.lines == 0) && !self.in_values {
                self.place += 1;
                let index = self.expr();
                self.expect("]");
                expr = Expr::new(self.since(start), Is::Element(Box::new(expr), Box::new(index)));
            } else {
                return expr;
            }
        }
    }

    /// What follows a dot.
    fn member(&mut self, start: usize, of: Expr) -> Expr {
        let is_call = self.ahead(1).is_some_and(|token| token.is_sign("("));
        if self.peek().is_some_and(|token| token.kind == Kind::Name) && is_call {
            // `workspace("x").table("y")`, `cluster(...).database(...)`: where the table lies does not matter.
            return self.primary();
        }
        if self.take("[") {
            let index = self.expr();
            self.expect("]");
            return Expr::new(self.since(start), Is::Element(Box::new(of), Box::new(index)));
        }
        if let Some(token) = self.peek().filter(|token| token.kind != Kind::Sign && token.kind != Kind::Text) {
            let name = token.text.clone();
            self.place += 1;
            return Expr::new(self.since(start), Is::Member(Box::new(of), name));
        }
        self.fault("a name is missing after a dot");
        of
    }

    fn primary(&mut self) -> Expr {
        let start = self.here();
        let Some(token) = self.peek() else {
            self.fault("the text ends where a value should stand");
            return Expr::new(start..start, Is::Broken);
        };
        let (kind, text) = (token.kind, token.text.clone());
        match kind {
            Kind::Text => self.whole(start, Is::Text(text)),
            Kind::Number => self.whole(start, Is::Number(text)),
            Kind::Quoted if self.in_values => {
                let inner = Expr::new(start + 1..start + 1, Is::Text(text));
                let mut list = self.whole(start, Is::Broken);
                let inner = Expr::new(list.at.start + 1..list.at.end.saturating_sub(1), inner.is);
                list.is = Is::List(vec![inner]);
                list
            }
            Kind::Quoted => self.whole(start, Is::Name(text)),
            Kind::Name => self.name(start, text),
            Kind::Sign => self.bracket(start, &text),
        }
    }

    fn whole(&mut self, start: usize, is: Is) -> Expr {
        self.place += 1;
        Expr::new(self.since(start), is)
    }

    fn name(&mut self, start: usize, name: String) -> Expr {
        let opens = self.ahead(1).is_some_and(|token| token.is_sign("("));
        if opens && self.begins_source() {
            let pipeline = self.pipeline();
            return Expr::new(self.since(start), Is::Query(Box::new(pipeline)));
        }
        self.place += 1;
        if !opens {
            let is_value = matches!(name.as_str(), "true" | "false" | "null" | "True" | "False");
            return Expr::new(self.since(start), if is_value { Is::Number(name) } else { Is::Name(name) });
        }
        self.place += 1;
        let was = std::mem::replace(&mut self.in_values, name == "dynamic");
        let arguments = self.arguments(")");
        self.in_values = was;
        Expr::new(self.since(start), Is::Call(name, arguments))
    }

    /// Expressions up to a closing sign, which is passed over.
    pub(super) fn arguments(&mut self, close: &str) -> Vec<Expr> {
        let mut found = Vec::new();
        let was = std::mem::replace(&mut self.takes_bars, true);
        while self.peek().is_some() && !self.sees(close) {
            let before = self.place;
            found.push(self.argument());
            if !self.take(",") && !self.sees(close) {
                self.fault("an argument that is not understood");
                self.pass_over(&[","]);
                if !self.take(",") {
                    break;
                }
            }
            self.place = self.place.max(before + 1);
        }
        self.takes_bars = was;
        self.expect(close);
        found
    }

    /// `name = value`, `(a, b) = value`, `"key": value` or an expression or query.
    pub(super) fn argument(&mut self) -> Expr {
        let start = self.here();
        if self.in_values
            && self.peek().is_some_and(|token| token.kind == Kind::Text)
            && self.ahead(1).is_some_and(|next| next.is_sign(":"))
        {
            self.place += 2;
            return self.argument();
        }
        if let Some(names) = self.assigned_names() {
            let value = self.value();
            return Expr::new(self.since(start), Is::Assign(names, Box::new(value)));
        }
        self.value()
    }

    /// The names that a value is given to, `=` passed over; `None` if none is.
    fn assigned_names(&mut self) -> Option<Vec<String>> {
        let is_name =
            |at: usize| self.ahead(at).filter(|token| matches!(token.kind, Kind::Name | Kind::Quoted)).map(|token| token.text.clone());
        if self.ahead(1).is_some_and(|token| token.is_sign("=")) {
            let name = is_name(0)?;
            self.place += 2;
            return Some(vec![name]);
        }
        if !self.sees("(") {
            return None;
        }
        let (mut names, mut at) = (Vec::new(), 1);
        while let Some(name) = is_name(at) {
            names.push(name);
            at += 1;
            match self.ahead(at) {
                Some(token) if token.is_sign(",") => at += 1,
                Some(token) if token.is_sign(")") => break,
                _ => return None,
            }
        }
        let closes = self.ahead(at).is_some_and(|token| token.is_sign(")")) && self.ahead(at + 1).is_some_and(|token| token.is_sign("="));
        if names.is_empty() || !closes {
            return None;
        }
        self.place += at + 2;
        Some(names)
    }

    fn bracket(&mut self, start: usize, sign: &str) -> Expr {
        match sign {
            "(" => {
                self.place += 1;
                let was = std::mem::take(&mut self.in_values);
                let mut inner = self.deeper(|parser| parser.arguments(")"), Vec::new());
                self.in_values = was;
                match inner.len() {
                    1 => inner.remove(0),
                    _ => Expr::new(self.since(start), Is::List(inner)),
                }
            }
            "[" | "{" => {
                self.place += 1;
                let was = std::mem::replace(&mut self.in_values, true);
                let close = if sign == "[" { "]" } else { "}" };
                let inner = self.deeper(|parser| parser.arguments(close), Vec::new());
                self.in_values = was;
                Expr::new(self.since(start), if sign == "[" { Is::List(inner) } else { Is::Bag(inner) })
            }
            "*" => self.whole(start, Is::Star),
            _ => {
                self.fault(&format!("`{sign}` stands where a value should"));
                // Brackets that close and bars are left to whoever waits for them.
                if !matches!(sign, ")" | "]" | "}" | "|" | ";" | ",") {
                    self.place += 1;
                }
                Expr::new(start..start, Is::Broken)
            }
        }
    }
}
