//! Words, texts and signs of SPL, which differ between searches and expressions.

use super::source::quote_end;
use std::ops::Range;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name, a number or a bare value.
    Word,
    /// A text in double quotes.
    Text,
    /// A name in single quotes.
    Name,
    /// A comparison or an arithmetic sign.
    Sign,
    Open,
    Close,
    Comma,
    /// A search of its own in brackets.
    Search,
    /// A macro that nobody defines.
    Macro,
}

/// A token and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// Without quotes, backslashes before quotes and brackets.
    pub(super) text: String,
    pub(super) at: Range<usize>,
}

impl Token {
    pub(super) fn is(&self, text: &str) -> bool {
        self.kind != Kind::Text && self.kind != Kind::Name && self.text == text
    }

    pub(super) fn is_word(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.text.eq_ignore_ascii_case(word)
    }

    /// What stands in its brackets.
    pub(super) fn inner(&self) -> Range<usize> {
        let from = (self.at.start + 1).min(self.at.end);
        from..from + self.text.len()
    }

    /// Whether it can name a field.
    pub(super) fn is_name(&self) -> bool {
        matches!(self.kind, Kind::Word | Kind::Name | Kind::Text)
    }
}

/// How words are cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// A word goes on to the next blank, comma, comparison or bracket.
    Search,
    /// A word is a name or number; signs stand between words.
    Eval,
}

/// The tokens of a stretch of a text.
pub(super) fn tokens(text: &str, range: Range<usize>, mode: Mode) -> Vec<Token> {
    let mut lexer = Lexer { text: text.get(..range.end).unwrap_or(text), at: range.start, mode };
    let mut tokens = Vec::new();
    while let Some(token) = lexer.next_token() {
        tokens.push(token);
    }
    tokens
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    mode: Mode,
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn next_token(&mut self) -> Option<Token> {
        self.at += self.rest().len() - self.rest().trim_start().len();
        let first = self.rest().chars().next()?;
        Some(match first {
            '"' => self.quoted(Kind::Text),
            '\'' => self.quoted(Kind::Name),
            '`' => self.enclosed(Kind::Macro, self.rest().get(1..).and_then(|rest| rest.find('`')).map(|found| found + 2)),
            '[' => self.enclosed(Kind::Search, closing(self.text, self.at).map(|end| end - self.at)),
            '(' => self.take(Kind::Open, 1),
            ')' => self.take(Kind::Close, 1),
            ',' => self.take(Kind::Comma, 1),
            _ => match sign(self.rest(), self.mode) {
                Some(length) => self.take(Kind::Sign, length),
                None => self.word(),
            },
        })
    }

    fn take(&mut self, kind: Kind, length: usize) -> Token {
        let at = self.at..(self.at + length).min(self.text.len());
        self.at = at.end;
        Token { kind, text: self.text.get(at.clone()).unwrap_or("").to_owned(), at }
    }

    fn quoted(&mut self, kind: Kind) -> Token {
        let end = quote_end(self.text, self.at);
        let quote = if kind == Kind::Text { '"' } else { '\'' };
        let mut token = self.take(kind, end - self.at);
        let inner = token.text.get(1..).unwrap_or("");
        let inner = inner.strip_suffix(quote).unwrap_or(inner);
        token.text = inner.replace(&format!("\\{quote}"), &quote.to_string()).replace("\\\\", "\\");
        token
    }

    /// Something in brackets or backticks, which are no part of its text; all that is left if it does not end.
    fn enclosed(&mut self, kind: Kind, length: Option<usize>) -> Token {
        let mut token = self.take(kind, length.unwrap_or(self.text.len() - self.at));
        let inner = token.text.get(1..).unwrap_or("");
        let inner = if length.is_some() { inner.get(..inner.len().saturating_sub(1)).unwrap_or("") } else { inner };
        token.text = inner.to_owned();
        token
    }

    fn word(&mut self) -> Token {
        let rest = self.rest();
        let mut length = 0;
        for (at, c) in rest.char_indices() {
            if !self.goes_on(at, c) {
                break;
            }
            length = at + c.len_utf8();
        }
        let first = rest.chars().next().map_or(1, char::len_utf8);
        self.take(Kind::Word, length.max(first))
    }

    /// Whether a character that stands at a place of what is left belongs to the word that begins there.
    fn goes_on(&self, at: usize, c: char) -> bool {
        let rest = self.rest();
        match self.mode {
            Mode::Search => {
                !c.is_whitespace() && !"\"()[],`".contains(c) && rest.get(at..).is_none_or(|rest| sign(rest, Mode::Search).is_none())
            }
            Mode::Eval if c == '.' => {
                rest.get(at + 1..).and_then(|rest| rest.chars().next()).is_some_and(|next| next.is_alphanumeric() || "_{".contains(next))
            }
            Mode::Eval => c.is_alphanumeric() || "_{}@$#:".contains(c),
        }
    }
}

/// The length of a sign that a text begins with.
fn sign(text: &str, mode: Mode) -> Option<usize> {
    let is = |signs: &[&str]| signs.iter().find(|sign| text.starts_with(**sign)).map(|sign| sign.len());
    let compared = is(&["==", "!=", "<=", ">=", "=", "<", ">"]);
    if mode == Mode::Search { compared } else { compared.or_else(|| is(&["+", "-", "*", "/", "%", "."])) }
}

/// The byte after the bracket that closes the one at a place; brackets in quotes do not count.
pub(super) fn closing(text: &str, at: usize) -> Option<usize> {
    let mut depth = 0_usize;
    let mut place = at;
    while let Some(c) = text.get(place..).and_then(|rest| rest.chars().next()) {
        match c {
            '"' => {
                place = quote_end(text, place);
                continue;
            }
            '[' => depth += 1,
            ']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(place + 1);
                }
            }
            _ => {}
        }
        place += c.len_utf8();
    }
    None
}

/// The stretches between the bars of a pipeline; bars in quotes, brackets and backticks do not count.
pub(super) fn stages(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let text = text.get(..range.end).unwrap_or(text);
    let (mut place, mut from, mut stages) = (range.start, range.start, Vec::new());
    while let Some(c) = text.get(place..).and_then(|rest| rest.chars().next()) {
        place = match c {
            '"' => quote_end(text, place),
            '[' => closing(text, place).unwrap_or(text.len()),
            '`' => text.get(place + 1..).and_then(|rest| rest.find('`')).map_or(place + 1, |found| place + found + 2),
            '|' => {
                stages.push(from..place);
                from = place + 1;
                place + 1
            }
            _ => place + c.len_utf8(),
        };
    }
    stages.push(from..text.len().max(from));
    stages
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str, mode: Mode) -> Vec<(Kind, String)> {
        tokens(text, 0..text.len(), mode).into_iter().map(|token| (token.kind, token.text)).collect()
    }

    fn texts(text: &str, mode: Mode) -> Vec<String> {
        cut(text, mode).into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn a_bare_value_of_a_search_goes_on_to_the_next_blank() {
        assert_eq!(texts("a{}.b!=azure:x-* earliest=-24h@h", Mode::Search), ["a{}.b", "!=", "azure:x-*", "earliest", "=", "-24h@h"]);
        assert_eq!(
            cut("\"a b\"=\"x \\\"y\\\"\"", Mode::Search),
            [(Kind::Text, "a b".into()), (Kind::Sign, "=".into()), (Kind::Text, "x \"y\"".into())]
        );
        assert_eq!(texts("f IN (a,\"b\")", Mode::Search), ["f", "IN", "(", "a", ",", "b", ")"]);
    }

    #[test]
    fn signs_stand_between_the_words_of_an_expression() {
        assert_eq!(texts("a.b+'c d'*0.5>=x . \"-\"", Mode::Eval), ["a.b", "+", "c d", "*", "0.5", ">=", "x", ".", "-"]);
        assert_eq!(texts("a.\"b\"", Mode::Eval), ["a", ".", "b"]);
    }

    #[test]
    fn bars_in_quotes_and_brackets_do_not_end_a_command() {
        let text = "a \"|]\" | join x [ search y=\"]\" | z ] | `m(\"|\")` t";
        let cut: Vec<&str> = stages(text, 0..text.len()).into_iter().map(|range| text[range].trim()).collect();
        assert_eq!(cut, ["a \"|]\"", "join x [ search y=\"]\" | z ]", "`m(\"|\")` t"]);
        assert_eq!(tokens("x [ a [b] ] y", 0..13, Mode::Search)[1].text, " a [b] ");
    }
}
