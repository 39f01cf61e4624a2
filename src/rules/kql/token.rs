//! KQL cut into words: its strings, comments, numbers and operators. Nothing in a text makes it fail.

use std::ops::Range;

/// What a word is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name, or a word of the language: `SigninLogs`, `where`, `in~`, `!has_any`, `$left`.
    Name,
    /// A name in brackets and quotes, or part of one: the text inside `['...']`.
    Quoted,
    /// A text in quotes.
    Text,
    /// A number, a span of time (`1d`), or the inside of `datetime(...)` and its like.
    Number,
    /// An operator or a bracket.
    Sign,
}

/// A word and its place.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// Names and signs as written, texts without their quotes.
    pub(super) text: String,
    /// Bytes of the query.
    pub(super) at: Range<usize>,
    /// Line ends between this word and the one before, comments aside.
    pub(super) lines: usize,
    /// Whether an empty line or one with nothing but a comment lies before it.
    pub(super) after_gap: bool,
}

impl Token {
    pub(super) fn is_sign(&self, sign: &str) -> bool {
        self.kind == Kind::Sign && self.text == sign
    }

    /// Whether it is this word of the language, in small or capital letters as KQL wants them.
    pub(super) fn is_word(&self, word: &str) -> bool {
        self.kind == Kind::Name && self.text == word
    }
}

/// A place at which no word could be made out, and why.
pub(super) type Fault = (usize, &'static str);

/// Signs, the longer ones first.
const SIGNS: [&str; 32] = [
    "<|", "=>", "==", "=~", "!=", "!~", "<=", ">=", "<>", "..", "<", ">", "=", "+", "-", "*", "/", "%", "|", ",", ".", ";", ":", "(", ")",
    "[", "]", "{", "}", "@", "?", "#",
];

/// Functions whose bracket holds a value that is no expression: `datetime(2020-01-01 10:00)`.
const RAW: [&str; 10] = ["datetime", "date", "timespan", "time", "guid", "long", "int", "real", "bool", "decimal"];

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    lines: usize,
    gap: bool,
    tokens: Vec<Token>,
    faults: Vec<Fault>,
}

/// Cuts a query into words.
pub(super) fn tokens(text: &str) -> (Vec<Token>, Vec<Fault>) {
    let mut lexer = Lexer { text, at: 0, lines: 0, gap: false, tokens: Vec::new(), faults: Vec::new() };
    while lexer.skip_blanks() {
        lexer.word();
    }
    (lexer.tokens, lexer.faults)
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or("")
    }

    /// Passes over blanks and comments; whether something follows.
    fn skip_blanks(&mut self) -> bool {
        let mut empty_line = false;
        while let Some(c) = self.rest().chars().next() {
            if c == '\n' {
                self.gap |= empty_line;
                empty_line = true;
                self.lines += 1;
                self.at += 1;
            } else if c.is_whitespace() || c == '\u{feff}' || c == '\u{200b}' {
                self.at += c.len_utf8();
            } else if self.rest().starts_with("//") {
                self.at += self.rest().find('\n').unwrap_or(self.rest().len());
            } else {
                return true;
            }
        }
        false
    }

    fn push(&mut self, kind: Kind, text: String, length: usize) {
        let at = self.at..self.at + length;
        self.at = at.end;
        self.tokens.push(Token { kind, text, at, lines: self.lines, after_gap: self.gap });
        (self.lines, self.gap) = (0, false);
    }

    fn word(&mut self) {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return };
        if let Some((value, length, closed)) = string(rest) {
            if !closed {
                self.faults.push((self.at, "a text without its closing quote"));
            }
            return self.push(Kind::Text, value, length);
        }
        if first == '[' {
            let quoted = rest.get(1..).and_then(|inner| string(inner).map(|(value, length, closed)| (value, length, closed, inner)));
            if let Some((value, length, true, inner)) = quoted
                && inner.get(length..).is_some_and(|after| after.starts_with(']'))
            {
                return self.push(Kind::Quoted, value, length + 2);
            }
        }
        if first.is_ascii_digit() {
            let length = rest.find(|c: char| !is_number(c)).unwrap_or(rest.len());
            let length = rest[..length].find("..").unwrap_or(length);
            let length = length - usize::from(rest[..length].ends_with('.'));
            return self.push(Kind::Number, rest[..length].to_owned(), length);
        }
        if is_name(first) || first == '$' {
            return self.name();
        }
        if first == '!' && rest[1..].starts_with(|c: char| c.is_ascii_alphabetic()) {
            return self.name();
        }
        match SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            Some(sign) => self.push(Kind::Sign, (*sign).to_owned(), sign.len()),
            None => {
                self.faults.push((self.at, "a sign that is none of the language"));
                self.at += first.len_utf8();
            }
        }
    }

    fn name(&mut self) {
        let rest = self.rest();
        let head = usize::from(!rest.starts_with(is_name));
        let mut length = head + rest[head..].find(|c: char| !is_name(c)).unwrap_or(rest.len() - head);
        if rest[length..].starts_with('~') {
            length += 1;
        }
        let name = rest[..length].to_owned();
        let opens = rest[length..].starts_with('(');
        self.push(Kind::Name, name.clone(), length);
        if opens && RAW.contains(&name.as_str()) {
            self.raw_value();
        }
    }

    /// The inside of `datetime(...)`: one value, unless it is a text, or an expression with brackets of its own.
    fn raw_value(&mut self) {
        let rest = self.rest();
        let Some(end) = rest.find(')') else { return };
        let inside = rest[1..end].trim();
        let is_plain = !inside.is_empty() && inside.chars().all(|c| c.is_alphanumeric() || " :.-+/_".contains(c));
        let is_value = is_plain && inside.starts_with(|c: char| c.is_ascii_digit() || c == '-') || inside == "null";
        let is_guid = is_plain && self.tokens.last().is_some_and(|token| token.text == "guid");
        if !is_value && !is_guid {
            return;
        }
        let (inside, blanks) = (inside.to_owned(), rest[1..end].len() - rest[1..end].trim_start().len());
        self.push(Kind::Sign, "(".into(), 1);
        self.at += blanks;
        let length = inside.len();
        self.push(Kind::Number, inside, length);
        while self.rest().starts_with(char::is_whitespace) {
            self.at += self.rest().chars().next().map_or(1, char::len_utf8);
        }
    }
}

fn is_number(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '.' || c == '_'
}

/// The text at the start of some KQL, if there is one: its value, its length with quotes, whether it is closed.
fn string(rest: &str) -> Option<(String, usize, bool)> {
    let hidden = usize::from(rest.starts_with(['h', 'H']) && rest[1..].starts_with(['"', '\'', '@']));
    let body = &rest[hidden..];
    for fence in ["```", "~~~"] {
        if let Some(inner) = body.strip_prefix(fence) {
            let end = inner.find(fence);
            let length = hidden + end.map_or(body.len(), |end| end + 6);
            return Some((inner[..end.unwrap_or(inner.len())].to_owned(), length, end.is_some()));
        }
    }
    let verbatim = body.starts_with('@') && body[1..].starts_with(['"', '\'']);
    let start = usize::from(verbatim);
    let quote = body[start..].chars().next().filter(|c| *c == '"' || *c == '\'')?;
    let (mut value, mut chars) = (String::new(), body[start + 1..].char_indices().peekable());
    while let Some((at, c)) = chars.next() {
        let end = hidden + start + 1 + at;
        match c {
            _ if c == quote && verbatim && chars.peek().is_some_and(|(_, next)| *next == quote) => {
                chars.next();
                value.push(quote);
            }
            _ if c == quote => return Some((value, end + 1, true)),
            '\n' if !verbatim => return Some((value, end, false)),
            '\\' if !verbatim => value.push(escaped(chars.next().map_or('\\', |(_, c)| c))),
            _ => value.push(c),
        }
    }
    Some((value, rest.len(), false))
}

/// What a backslash and a letter stand for. Codes of characters stay as they are written: no rule needs them to be read.
fn escaped(c: char) -> char {
    match c {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        tokens(text).0.into_iter().map(|token| token.text).collect()
    }

    #[test]
    fn texts_of_every_form_are_read() {
        assert_eq!(words(r#""a\"b" 'c"d' @"e\f""g" h"i" h@'j' ```k"l```"#), ["a\"b", "c\"d", "e\\f\"g", "i", "j", "k\"l"]);
        let (found, faults) = tokens("\"open\nwhere");
        assert_eq!((found.len(), faults), (2, vec![(0, "a text without its closing quote")]));
    }

    #[test]
    fn operators_are_one_word_and_comments_none() {
        assert_eq!(
            words("a !in~ (b) // c == 5\n| d=~e!~f !has_any"),
            ["a", "!in~", "(", "b", ")", "|", "d", "=~", "e", "!~", "f", "!has_any"]
        );
        assert_eq!(words("$left.x == $right.y"), ["$left", ".", "x", "==", "$right", ".", "y"]);
        assert_eq!(words("x[0]['a b'].c"), ["x", "[", "0", "]", "a b", ".", "c"]);
    }

    #[test]
    fn times_are_one_word_whatever_they_hold() {
        assert_eq!(words("datetime(2020-01-01 10:00:00) - 1.5d"), ["datetime", "(", "2020-01-01 10:00:00", ")", "-", "1.5d"]);
        assert_eq!(words("datetime( now_)"), ["datetime", "(", "now_", ")"]);
        assert_eq!(words("1.5..5d"), ["1.5", "..", "5d"]);
    }

    #[test]
    fn gaps_between_queries_are_told_from_line_ends() {
        let gaps: Vec<_> = tokens("A\n| b\n\n// x\nC").0.iter().map(|token| (token.lines, token.after_gap)).collect();
        assert_eq!(gaps, [(0, false), (1, false), (0, false), (3, true)]);
    }
}
