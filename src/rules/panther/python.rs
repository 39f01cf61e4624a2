//! The Python beside a rule: which keys of the event it reads, and what it plainly compares them with.

use crate::rules::rule::{Operator, Role};
use std::collections::BTreeMap;
use std::ops::Range;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Name,
    Text,
    Number,
    Sign,
}

#[derive(Clone, Debug)]
struct Token {
    kind: Kind,
    text: String,
    at: Range<usize>,
    /// Whether it begins a line.
    is_first: bool,
}

/// A key that is read, and what it is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Read {
    /// Keys joined by dots.
    pub(super) path: String,
    pub(super) role: Role,
    pub(super) test: Option<Test>,
}

/// A plain comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Test {
    pub(super) operator: Operator,
    pub(super) negated: bool,
    pub(super) ignores_case: bool,
    /// Texts of the values and whether they are written in quotes.
    pub(super) values: Vec<(String, bool)>,
    /// The name of the constant that holds them.
    pub(super) list: Option<String>,
    pub(super) clause: String,
}

/// All keys that some code reads of the event.
pub(super) fn reads(code: &str) -> Vec<Read> {
    let tokens = tokens(code);
    let constants = constants(&tokens);
    let mut found = Vec::new();
    let mut function = String::new();
    for (at, token) in tokens.iter().enumerate() {
        if token.is_first && token.text == "def" {
            function = tokens.get(at + 1).map(|name| name.text.clone()).unwrap_or_default();
        }
        let is_member = at > 0 && tokens[at - 1].text == ".";
        let Some(chain) = (!is_member).then(|| chain(&tokens, at)).flatten() else { continue };
        let test = test(code, &tokens, &constants, at, &chain);
        found.push(Read { path: chain.path.join("."), role: role(&function, test.is_some()), test });
    }
    found
}

/// What a function of a rule does with the keys that it reads.
fn role(function: &str, is_test: bool) -> Role {
    match function {
        "dedup" => Role::Group,
        "title" | "alert_context" | "description" | "runbook" | "reference" | "destinations" | "severity" if !is_test => Role::Output,
        "rule" => Role::Filter,
        _ => Role::Computed,
    }
}

fn tokens(code: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut at = 0;
    while let Some(c) = code.get(at..).and_then(|rest| rest.chars().next()) {
        let rest = &code[at..];
        let kind = match c {
            '#' => {
                at += rest.find('\n').unwrap_or(rest.len());
                continue;
            }
            _ if c.is_whitespace() => {
                at += c.len_utf8();
                continue;
            }
            '"' | '\'' => Kind::Text,
            _ if c.is_ascii_digit() => Kind::Number,
            _ if c.is_alphanumeric() || c == '_' => Kind::Name,
            _ => Kind::Sign,
        };
        let length = match kind {
            Kind::Text => text_length(rest),
            Kind::Sign if ["==", "!=", "<=", ">="].iter().any(|sign| rest.starts_with(sign)) => 2,
            Kind::Sign => c.len_utf8(),
            Kind::Number => rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len()),
            Kind::Name => rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len()),
        };
        let is_first = at == 0 || code[..at].ends_with('\n');
        let text = if kind == Kind::Text { inner(&rest[..length]) } else { rest[..length].to_owned() };
        // `f"..."` is no text that is known, `r"..."` is.
        let prefix = tokens.last().filter(|last| last.at.end == at && last.kind == Kind::Name && kind == Kind::Text);
        match prefix.map(|prefix| prefix.text.to_ascii_lowercase()) {
            Some(prefix) if prefix == "r" || prefix == "b" => drop(tokens.pop()),
            Some(_) => {
                at += length;
                continue;
            }
            None => {}
        }
        tokens.push(Token { kind, text, at: at..at + length, is_first });
        at += length;
    }
    tokens
}

/// The length of the text in quotes that some code begins with.
fn text_length(code: &str) -> usize {
    let quote = if code.starts_with("\"\"\"") || code.starts_with("'''") { &code[..3] } else { &code[..1] };
    let mut at = quote.len();
    while let Some(c) = code.get(at..).and_then(|rest| rest.chars().next()) {
        if code[at..].starts_with(quote) {
            return at + quote.len();
        }
        if c == '\n' && quote.len() == 1 {
            return at;
        }
        at += c.len_utf8();
        if c == '\\' {
            at += code.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        }
    }
    code.len()
}

/// A text without its quotes and backslashes.
fn inner(text: &str) -> String {
    let quote = if text.starts_with("\"\"\"") || text.starts_with("'''") { 3 } else { 1 };
    let inner = text.get(quote..text.len().saturating_sub(quote).max(quote)).unwrap_or("");
    inner.replace("\\\"", "\"").replace("\\'", "'").replace("\\\\", "\\")
}

/// Values that some code plainly writes down, and the position after them.
fn values(tokens: &[Token], at: usize) -> Option<(Vec<(String, bool)>, usize)> {
    let token = tokens.get(at)?;
    let value = |token: &Token| match (token.kind, token.text.as_str()) {
        (Kind::Text, text) => Some((text.to_owned(), true)),
        (Kind::Number, text) => Some((text.to_owned(), false)),
        (Kind::Name, "True" | "False") => Some((token.text.to_ascii_lowercase(), false)),
        _ => None,
    };
    if let Some(value) = value(token) {
        return Some((vec![value], at + 1));
    }
    let close = match token.text.as_str() {
        "[" => "]",
        "(" => ")",
        "{" => "}",
        _ => return None,
    };
    let mut found = Vec::new();
    for (ahead, token) in tokens.iter().enumerate().skip(at + 1) {
        match token.text.as_str() {
            text if token.kind == Kind::Sign && text == close => return Some((found, ahead + 1)),
            "," if token.kind == Kind::Sign => {}
            _ => found.push(value(token)?),
        }
    }
    None
}

/// Constants of the file that hold plain values.
fn constants(tokens: &[Token]) -> BTreeMap<String, Vec<(String, bool)>> {
    let named = tokens.iter().enumerate().filter(|(at, token)| token.is_first && tokens.get(at + 1).is_some_and(|next| next.text == "="));
    named.filter_map(|(at, token)| Some((token.text.clone(), values(tokens, at + 2)?.0))).collect()
}

/// Keys one below the other: `event.get("a").get("b")`.
struct Chain {
    path: Vec<String>,
    end: usize,
    ignores_case: bool,
}

fn is(tokens: &[Token], at: usize, text: &str) -> bool {
    tokens.get(at).is_some_and(|token| token.kind != Kind::Text && token.text == text)
}

/// The position after the bracket that closes the one at a position.
fn closing(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(open).filter(|(_, token)| token.kind == Kind::Sign) {
        match token.text.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" if depth <= 1 => return at + 1,
            ")" | "]" | "}" => depth -= 1,
            _ => {}
        }
    }
    tokens.len()
}

/// Texts that a call begins with.
fn texts(tokens: &[Token], from: usize) -> Vec<String> {
    let mut found = Vec::new();
    let mut at = from;
    while let Some(token) = tokens.get(at).filter(|token| token.kind == Kind::Text) {
        found.push(token.text.clone());
        at += 1;
        if !is(tokens, at, ",") {
            break;
        }
        at += 1;
    }
    found
}

fn chain(tokens: &[Token], from: usize) -> Option<Chain> {
    let token = tokens.get(from).filter(|token| token.kind == Kind::Name)?;
    let mut chain = match token.text.as_str() {
        "event" => Chain { path: Vec::new(), end: from + 1, ignores_case: false },
        "deep_get" | "deep_walk" if is(tokens, from + 1, "(") && is(tokens, from + 2, "event") => {
            Chain { path: texts(tokens, from + 4), end: closing(tokens, from + 1), ignores_case: false }
        }
        _ => return None,
    };
    loop {
        let at = chain.end;
        let method = tokens.get(at + 1).map_or("", |token| token.text.as_str());
        if is(tokens, at, "[") {
            match tokens.get(at + 1).filter(|_| is(tokens, at + 2, "]")) {
                Some(key) if key.kind == Kind::Text => chain.path.push(key.text.clone()),
                Some(key) if key.kind == Kind::Number => {}
                _ => break,
            }
            chain.end = at + 3;
        } else if is(tokens, at, ".") && is(tokens, at + 2, "(") {
            match method {
                "get" => chain.path.extend(texts(tokens, at + 3).into_iter().take(1)),
                "deep_get" | "deep_walk" | "udm" => chain.path.extend(texts(tokens, at + 3)),
                "lower" | "upper" | "casefold" => chain.ignores_case = true,
                "strip" => {}
                _ => break,
            }
            chain.end = closing(tokens, at + 2);
        } else {
            break;
        }
    }
    (!chain.path.is_empty()).then_some(chain)
}

/// The plain comparison that a chain of keys is part of.
fn test(code: &str, tokens: &[Token], constants: &BTreeMap<String, Vec<(String, bool)>>, from: usize, chain: &Chain) -> Option<Test> {
    let at = chain.end;
    let word = |at: usize| tokens.get(at).filter(|token| token.kind != Kind::Text).map_or("", |token| token.text.as_str());
    let (operator, negated, value) = match (word(at), word(at + 1)) {
        ("==", _) => (Operator::Equal, false, at + 1),
        ("!=", _) => (Operator::Equal, true, at + 1),
        ("<", _) => (Operator::Less, false, at + 1),
        ("<=", _) => (Operator::AtMost, false, at + 1),
        (">", _) => (Operator::Greater, false, at + 1),
        (">=", _) => (Operator::AtLeast, false, at + 1),
        ("in", _) => (Operator::In, false, at + 1),
        ("not", "in") => (Operator::In, true, at + 2),
        ("is", "not") => (Operator::Null, true, at + 2),
        ("is", _) => (Operator::Null, false, at + 1),
        (".", "startswith") => (Operator::StartsWith, false, at + 3),
        (".", "endswith") => (Operator::EndsWith, false, at + 3),
        _ => return contained(code, tokens, from, chain),
    };
    let list =
        tokens.get(value).filter(|token| token.kind == Kind::Name && constants.contains_key(&token.text)).map(|token| token.text.clone());
    let (known, end) = match &list {
        Some(name) => (constants.get(name)?.clone(), value + 1),
        None if is(tokens, value, "None") => (Vec::new(), value + 1),
        None => values(tokens, value)?,
    };
    let is_none = known.is_empty() && list.is_none();
    let operator = if is_none || operator == Operator::Null { is_none.then_some(Operator::Null)? } else { operator };
    let clause = quote(code, tokens, from, end);
    Some(Test { operator, negated, ignores_case: chain.ignores_case, values: known, list, clause })
}

/// `"x" in event.get("a")`.
fn contained(code: &str, tokens: &[Token], from: usize, chain: &Chain) -> Option<Test> {
    let at = from.checked_sub(1).filter(|at| is(tokens, *at, "in"))?;
    let negated = at > 0 && is(tokens, at - 1, "not");
    let place = at.checked_sub(if negated { 2 } else { 1 })?;
    let token = tokens.get(place).filter(|token| token.kind == Kind::Text)?;
    let clause = quote(code, tokens, place, chain.end);
    let values = vec![(token.text.clone(), true)];
    Some(Test { operator: Operator::Contains, negated, ignores_case: chain.ignores_case, values, list: None, clause })
}

fn quote(code: &str, tokens: &[Token], from: usize, end: usize) -> String {
    let (Some(first), Some(last)) = (tokens.get(from), tokens.get(end.saturating_sub(1))) else { return String::new() };
    let words: Vec<&str> = code.get(first.at.start..last.at.end).unwrap_or("").split_whitespace().collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(code: &str) -> Vec<String> {
        let test = |test: Test| {
            let values: Vec<String> = test.values.into_iter().map(|value| value.0).collect();
            format!(
                " {} {}{}",
                test.operator.id(test.negated),
                values.join(","),
                test.list.map(|name| format!(" {name}")).unwrap_or_default()
            )
        };
        reads(code)
            .into_iter()
            .map(|read| format!("{} {}{}", read.role.id(), read.path, read.test.map(test).unwrap_or_default()).trim_end().to_owned())
            .collect()
    }

    #[test]
    fn keys_are_read_in_all_their_spellings() {
        let code = "def rule(event):\n    # event.get('no')\n    a = event.get(\"a\", {}).get('b')\n    return deep_get(event, \"c\", \"d\", default=\"x\") and event[\"e\"][0][\"f\"] and event.deep_get('g', 'h') and other.event.get('no') and event.udm(\"i\")\n\ndef title(event):\n    return f\"{event.get('no')} \" + event.get('j')\n\ndef dedup(event):\n    return event.get('k')\n";
        assert_eq!(told(code), ["filter a.b", "filter c.d", "filter e.f", "filter g.h", "filter i", "output j", "group k"]);
    }

    #[test]
    fn plain_comparisons_are_read_and_others_are_not() {
        let code = "CODES = {\"50053\", 50126}\ndef rule(event):\n    if event.get(\"a\") != \"x\" or event.get('b') in CODES:\n        return event.get(\"c\", \"\").lower().startswith((\"p\", 'q'))\n    if \"w\" not in event.get(\"d\") or event.get(\"e\") is not None or event.get(\"f\") == other:\n        return event.deep_get(\"g\", \"h\") not in [1, True]\n";
        assert_eq!(
            told(code),
            [
                "filter a != x",
                "filter b in 50053,50126 CODES",
                "filter c startswith p,q",
                "filter d !contains w",
                "filter e isnotnull",
                "filter f",
                "filter g.h !in 1,true"
            ]
        );
        assert_eq!(reads(code)[2].test.as_ref().map(|test| test.ignores_case), Some(true));
    }

    #[test]
    fn no_beginning_of_code_is_misread() {
        let code = "A = [\"ü\", 1]\ndef rule(event):\n    '''x'''\n    return \"\\\"\" in event[\"b\"][0].get('c', (1, [2])) and r\"x\" == deep_get(event, 'd') in A\n";
        for cut in (0..=code.len()).filter(|cut| code.is_char_boundary(*cut)) {
            assert!(reads(&code[..cut]).len() <= 2);
        }
    }
}
