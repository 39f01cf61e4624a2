//! Words, texts, numbers and signs of EQL and ES|QL.

use std::ops::Range;

/// What a token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name, its quoted parts without their backticks.
    Name {
        /// All of it, dots included.
        name: String,
        /// Whether it is written without backticks, so that it may be a word of the language.
        is_plain: bool,
        /// Whether `?` before it makes it optional.
        is_optional: bool,
    },
    /// A text without its quotes and escapes.
    Text(String),
    /// A number as it is written.
    Number,
    /// A value that is given when the query runs.
    Parameter,
    /// Anything else.
    Sign(&'static str),
    /// A letter of neither language.
    Other,
}

/// A token and where it stands in the query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) at: Range<usize>,
    /// Whether `~` follows at once, which makes an operator or a function ignore case.
    pub(super) folds: bool,
}

impl Token {
    /// Whether it is a word of the language, in whatever letters.
    pub(super) fn is(&self, word: &str) -> bool {
        matches!(&self.kind, Kind::Name { name, is_plain: true, is_optional: false } if name.eq_ignore_ascii_case(word))
    }

    /// Whether it is a sign.
    pub(super) fn is_sign(&self, sign: &str) -> bool {
        matches!(self.kind, Kind::Sign(own) if own == sign)
    }
}

/// Which language the tokens are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tongue {
    /// The Event Query Language.
    Eql,
    /// ES|QL.
    Esql,
}

/// Signs, the longer ones before those that they begin with.
const SIGNS: &[&str] = &[
    "::", "==", "!=", "=~", "<=", ">=", "![", "(", ")", "[", "]", "{", "}", ",", "|", ":", "=", "<", ">", "+", "-", "*", "/", "%", ".", "!",
];

/// The tokens of a query; what is wrong and where, if a text or a comment has no end.
pub(super) fn tokens(text: &str, tongue: Tongue) -> (Vec<Token>, Option<(usize, &'static str)>) {
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        if first.is_whitespace() {
            at += first.len_utf8();
        } else if rest.starts_with("//") {
            at += rest.find('\n').unwrap_or(rest.len());
        } else if let Some(comment) = rest.strip_prefix("/*") {
            match comment.find("*/") {
                Some(end) => at += 2 + end + 2,
                None => return (found, Some((at, "a comment without an end"))),
            }
        } else {
            let Some((kind, length)) = token(rest, first, tongue) else {
                return (found, Some((at, "a text without an end")));
            };
            let folds = matches!(kind, Kind::Name { is_plain: true, .. }) && rest[length..].starts_with('~');
            let end = at + length + usize::from(folds);
            found.push(Token { kind, at: at..end, folds });
            at = end;
        }
    }
    (found, None)
}

/// The token at the start and its length; `None` for a text without an end.
fn token(rest: &str, first: char, tongue: Tongue) -> Option<(Kind, usize)> {
    if first == '?' {
        return optional(rest, tongue);
    }
    if first == '"' || (first == '\'' && tongue == Tongue::Eql) {
        return quoted(rest, first);
    }
    if first.is_ascii_digit() {
        return Some((Kind::Number, number(rest)));
    }
    if let Some((name, is_plain, length)) = name(rest, tongue) {
        return Some((Kind::Name { name, is_plain, is_optional: false }, length));
    }
    let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign));
    Some(sign.map_or((Kind::Other, first.len_utf8()), |sign| (Kind::Sign(sign), sign.len())))
}

/// What begins with `?`: an optional field or a raw text of EQL, a parameter of ES|QL.
fn optional(rest: &str, tongue: Tongue) -> Option<(Kind, usize)> {
    let after = rest.trim_start_matches('?');
    let marks = rest.len() - after.len();
    if tongue == Tongue::Esql {
        let word = after.find(|c: char| !is_part(c)).unwrap_or(after.len());
        return Some((Kind::Parameter, marks + word));
    }
    if let Some(quote) = after.chars().next().filter(|c| ['"', '\''].contains(c)) {
        let end = after[1..].find(quote)?;
        return Some((Kind::Text(after[1..=end].to_owned()), marks + 1 + end + 1));
    }
    let found = name(after, tongue);
    Some(found.map_or((Kind::Other, 1), |(name, is_plain, length)| (Kind::Name { name, is_plain, is_optional: true }, marks + length)))
}

fn quoted(rest: &str, quote: char) -> Option<(Kind, usize)> {
    if let Some(raw) = rest.strip_prefix("\"\"\"") {
        let end = raw.find("\"\"\"")?;
        // A fourth and fifth quote at the end belong to the text.
        let extra = raw[end + 3..].chars().take(2).take_while(|c| *c == '"').count();
        return Some((Kind::Text(raw[..end + extra].to_owned()), 3 + end + extra + 3));
    }
    let (mut text, mut letters) = (String::new(), rest.char_indices().skip(1));
    while let Some((at, letter)) = letters.next() {
        match letter {
            _ if letter == quote => return Some((Kind::Text(text), at + 1)),
            '\\' => text.push(escaped(letters.next()?.1)),
            _ => text.push(letter),
        }
    }
    None
}

fn escaped(letter: char) -> char {
    match letter {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        other => other,
    }
}

fn number(rest: &str) -> usize {
    let digits = |from: usize| from + rest[from..].find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len() - from);
    let mut end = digits(0);
    if rest[end..].starts_with('.') && digits(end + 1) > end + 1 {
        end = digits(end + 1);
    }
    if rest[end..].starts_with(['e', 'E']) {
        let signed = end + 1 + usize::from(rest[end + 1..].starts_with(['+', '-']));
        end = if digits(signed) > signed { digits(signed) } else { end };
    }
    end
}

fn is_part(c: char) -> bool {
    c.is_alphanumeric() || ['_', '@'].contains(&c)
}

/// A name: parts joined by dots, each plain or between backticks. Whether all of it is plain, and its length.
fn name(rest: &str, tongue: Tongue) -> Option<(String, bool, usize)> {
    let (mut name, mut at, mut is_plain) = (String::new(), 0, true);
    loop {
        let part = &rest[at..];
        if let Some(quoted) = part.strip_prefix('`') {
            let end = quoted.find('`')?;
            name.push_str(&quoted[..end]);
            (at, is_plain) = (at + end + 2, false);
        } else {
            let end = part.find(|c| !is_part(c)).unwrap_or(part.len());
            if end == 0 || (at == 0 && part.starts_with(|c: char| c.is_ascii_digit())) {
                return None;
            }
            name.push_str(&part[..end]);
            at += end;
        }
        if tongue == Tongue::Eql {
            at += index(&rest[at..], &mut name);
        }
        let continues = rest[at..].strip_prefix('.').is_some_and(|next| next.starts_with(|c| is_part(c) || c == '`'));
        if !continues {
            return Some((name, is_plain, at));
        }
        name.push('.');
        at += 1;
    }
}

/// Length of the place in an array that is written behind a name of EQL, as `args[0]`; it joins the name.
fn index(rest: &str, name: &mut String) -> usize {
    let Some(inner) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')).map(|(inner, _)| inner) else { return 0 };
    if inner.is_empty() || !inner.bytes().all(|byte| byte.is_ascii_digit()) {
        return 0;
    }
    name.push_str(&rest[..inner.len() + 2]);
    inner.len() + 2
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str, tongue: Tongue) -> Vec<Kind> {
        tokens(text, tongue).0.into_iter().map(|token| token.kind).collect()
    }

    fn name(name: &str, is_plain: bool, is_optional: bool) -> Kind {
        Kind::Name { name: name.to_owned(), is_plain, is_optional }
    }

    #[test]
    fn names_take_their_quoted_parts_and_nothing_else() {
        assert_eq!(kinds("a.`0`.b c", Tongue::Esql), [name("a.0.b", false, false), name("c", true, false)]);
        assert_eq!(kinds("?a.b args[0]", Tongue::Eql), [name("a.b", true, true), name("args[0]", true, false)]);
        assert_eq!(kinds("a.* b", Tongue::Esql), [name("a", true, false), Kind::Sign("."), Kind::Sign("*"), name("b", true, false)]);
    }

    #[test]
    fn texts_end_where_they_should() {
        assert_eq!(kinds(r#""a\"\n" """b"c"""""#, Tongue::Eql), [Kind::Text("a\"\n".into()), Kind::Text("b\"c\"".into())]);
        assert_eq!(kinds(r#"?"a\" 'b'"#, Tongue::Eql), [Kind::Text("a\\".into()), Kind::Text("b".into())]);
        assert_eq!(tokens("a \"b", Tongue::Eql).1, Some((2, "a text without an end")));
    }

    #[test]
    fn comments_are_passed_over_and_a_tilde_sticks_to_its_word() {
        let (found, fault) = tokens("in~ // in\n/* x */ 1.5e3 30m", Tongue::Eql);
        assert_eq!((fault, found.len(), found[0].folds), (None, 4, true));
        assert_eq!((&found[1].kind, found[1].at.len()), (&Kind::Number, 5));
    }
}
