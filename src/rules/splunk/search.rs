//! Search expressions: `index=x (a=1 OR b IN (2, 3)) NOT c "words"`.

use super::lexer::{Kind, Token};
use std::ops::Range;

/// Deepest nesting that is read.
const MAX_DEPTH: usize = 64;

/// A search expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Search {
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
    /// A field, a sign and a value.
    Compare(Token, Token, Token),
    /// A field and one of some values.
    In(Token, Vec<Token>),
    /// A word anywhere in the event.
    Word(Token),
    /// A search of its own, whose results are tried.
    Inner(Token),
    /// A macro that nobody defines.
    Macro(Token),
}

/// The expression that some tokens make. `None` if there are none; an error says what is wrong.
pub(super) fn parse(tokens: &[Token]) -> Result<Option<Search>, String> {
    if tokens.is_empty() {
        return Ok(None);
    }
    let mut parser = Parser { tokens, at: 0, depth: 0 };
    let search = parser.all()?;
    match parser.peek() {
        None => Ok(Some(search)),
        Some(token) => Err(format!("the search goes on with `{}` where it should end", token.text)),
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

    fn ahead(&self, by: usize) -> Option<&'a Token> {
        self.tokens.get(self.at + by)
    }

    fn next_is(&mut self, word: &str) -> bool {
        let is = self.peek().is_some_and(|token| token.is(word));
        self.at += usize::from(is);
        is
    }

    /// `AND` may be left out, and binds less than `OR` does.
    fn all(&mut self) -> Result<Search, String> {
        let mut parts = vec![self.any()?];
        while self.peek().is_some_and(|token| token.kind != Kind::Close) {
            while self.next_is("AND") || self.next_is(",") {}
            parts.push(self.any()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Search::All(parts) })
    }

    fn any(&mut self) -> Result<Search, String> {
        let mut parts = vec![self.one()?];
        while self.next_is("OR") {
            parts.push(self.one()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Search::Any(parts) })
    }

    fn one(&mut self) -> Result<Search, String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(format!("the search is nested deeper than {MAX_DEPTH} levels"));
        }
        let search = if self.next_is("NOT") {
            Search::Not(Box::new(self.one()?))
        } else if self.next_is("(") {
            let inner = self.all()?;
            if !self.next_is(")") {
                return Err("the search lacks a closing parenthesis".to_owned());
            }
            inner
        } else {
            self.term()?
        };
        self.depth -= 1;
        Ok(search)
    }

    fn term(&mut self) -> Result<Search, String> {
        let first =
            self.peek().filter(|token| !token.is("AND") && !token.is("OR")).ok_or("the search ends where a term should be")?.clone();
        self.at += 1;
        match first.kind {
            Kind::Search => return Ok(Search::Inner(first)),
            Kind::Macro => return Ok(Search::Macro(first)),
            Kind::Sign | Kind::Close | Kind::Comma | Kind::Open => {
                return Err(format!("the search has `{}` where a term should be", first.text));
            }
            Kind::Word | Kind::Text | Kind::Name => {}
        }
        match (self.peek(), self.ahead(1)) {
            (Some(sign), Some(value)) if sign.kind == Kind::Sign && value.is_name() => {
                self.at += 2;
                Ok(Search::Compare(first, sign.clone(), value.clone()))
            }
            (Some(sign), _) if sign.kind == Kind::Sign => Err(format!("`{}` is compared with nothing", first.text)),
            (Some(word), Some(open)) if word.is_word("IN") && open.kind == Kind::Open => {
                self.at += 2;
                Ok(Search::In(first, self.list()?))
            }
            (Some(open), Some(word)) if open.kind == Kind::Open && word.is_name() && (first.is("TERM") || first.is("CASE")) => {
                self.at += 2;
                if self.next_is(")") {
                    Ok(Search::Word(word.clone()))
                } else {
                    Err(format!("`{}` lacks a closing parenthesis", first.text))
                }
            }
            _ => Ok(Search::Word(first)),
        }
    }

    fn list(&mut self) -> Result<Vec<Token>, String> {
        let mut values = Vec::new();
        while let Some(token) = self.peek() {
            self.at += 1;
            match token.kind {
                Kind::Close => return Ok(values),
                Kind::Comma => {}
                Kind::Word | Kind::Text | Kind::Name => values.push(token.clone()),
                _ => return Err(format!("a list of values holds `{}`", token.text)),
            }
        }
        Err("a list of values lacks its closing parenthesis".to_owned())
    }
}

/// Where some tokens stand together.
pub(super) fn range(tokens: &[Token]) -> Range<usize> {
    match (tokens.first(), tokens.last()) {
        (Some(first), Some(last)) => first.at.start..last.at.end,
        _ => 0..0,
    }
}

#[cfg(test)]
mod tests {
    use super::super::lexer::{Mode, tokens};
    use super::*;

    fn told(search: &Search) -> String {
        let each = |parts: &[Search], by: &str| format!("({})", parts.iter().map(told).collect::<Vec<_>>().join(by));
        match search {
            Search::All(parts) => each(parts, " & "),
            Search::Any(parts) => each(parts, " | "),
            Search::Not(part) => format!("!{}", told(part)),
            Search::Compare(field, sign, value) => format!("{}{}{}", field.text, sign.text, value.text),
            Search::In(field, values) => {
                format!("{} in {}", field.text, values.iter().map(|value| value.text.as_str()).collect::<Vec<_>>().join(","))
            }
            Search::Word(token) | Search::Inner(token) | Search::Macro(token) => token.text.clone(),
        }
    }

    fn read(text: &str) -> Result<Option<String>, String> {
        parse(&tokens(text, 0..text.len(), Mode::Search)).map(|search| search.as_ref().map(told))
    }

    #[test]
    fn or_binds_before_and_which_may_be_left_out() {
        let cases = [
            ("a=1 OR b=2 c!=\"3\"", "((a=1 | b=2) & c!=3)"),
            ("a=1 AND NOT (b IN (1,2) OR word)", "(a=1 & !(b in 1,2 | word))"),
            ("`m` \"two words\" NOT x", "(m & two words & !x)"),
            ("and or not TERM(a.b)", "(and & or & not & a.b)"),
        ];
        for (text, wanted) in cases {
            assert_eq!(read(text), Ok(Some(wanted.to_owned())), "{text}");
        }
        assert_eq!(read(""), Ok(None));
    }

    #[test]
    fn what_is_no_search_is_an_error() {
        for text in ["a=", "(a", "a)", "a OR", "NOT", "a IN (1", "=1"] {
            assert!(read(text).is_err(), "{text}");
        }
        assert!(read(&"(".repeat(10_000)).is_err() && read(&"NOT ".repeat(10_000)).is_err());
    }
}
