//! Looks ahead whether an array's element is a map entry: `{"key": "...", "value": ...}`, as Google writes it also
//! `{"name": "...", "boolValue": true}`.

use super::strings::{Span, string_end};
use super::{ENTRY_NAMES, ENTRY_VALUES};

/// An element that is read as a member of a map.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// Where its name begins, after the quote.
    pub(super) name: usize,
    /// Where its name ends.
    pub(super) span: Span,
    /// Where its value begins.
    pub(super) value: usize,
}

/// Steps over white space.
#[inline]
pub(super) fn skip_blank(text: &[u8], mut at: usize) -> usize {
    match text.get(at) {
        Some(0..=b' ') => {}
        _ => return at,
    }
    while let Some(b' ' | b'\n' | b'\r' | b'\t') = text.get(at) {
        at += 1;
    }
    at
}

/// The entry in an object whose brace is just before `at`; `None` for any other object, and for what is no JSON.
#[inline]
pub(super) fn entry(text: &[u8], at: usize) -> Option<Entry> {
    let at = skip_blank(text, at);
    if !matches!(text.get(at..at + 2)?, [b'"', b'k' | b'K' | b'n' | b'N']) {
        return None;
    }
    let at = key(text, at, ENTRY_NAMES)?;
    if text.get(at) != Some(&b'"') {
        return None;
    }
    let span = string_end(text, at + 1)?;
    let comma = skip_blank(text, span.end + 1);
    if text.get(comma) != Some(&b',') {
        return None;
    }
    let value = key(text, skip_blank(text, comma + 1), ENTRY_VALUES)?;
    let end = skip_blank(text, skip_value(text, value)?);
    (text.get(end) == Some(&b'}')).then_some(Entry { name: at + 1, span, value })
}

/// Steps over one of these keys and the colon after it.
fn key<const N: usize>(text: &[u8], at: usize, names: [&str; N]) -> Option<usize> {
    let rest = text.get(at..)?.strip_prefix(b"\"")?;
    let name = names.iter().find(|name| rest.strip_prefix(name.as_bytes()).is_some_and(|rest| rest.first() == Some(&b'"')))?;
    let colon = skip_blank(text, at + name.len() + 2);
    (text.get(colon) == Some(&b':')).then(|| skip_blank(text, colon + 1))
}

/// The end of a value that is JSON; of other text any place.
fn skip_value(text: &[u8], mut at: usize) -> Option<usize> {
    let mut depth = 0u32;
    loop {
        match text.get(at)? {
            b'"' => at = string_end(text, at + 1)?.end + 1,
            b'{' | b'[' => (depth, at) = (depth + 1, at + 1),
            b'}' | b']' => (depth, at) = (depth.checked_sub(1)?, at + 1),
            b',' | b':' | b' ' | b'\n' | b'\r' | b'\t' if depth > 0 => at += 1,
            _ => at += text.get(at..)?.iter().position(|byte| b",:{}[]\" \n\r\t".contains(byte))?.max(1),
        }
        if depth == 0 {
            return Some(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_told_from_other_objects() {
        fn found(text: &str) -> Option<(&str, &str)> {
            entry(text.as_bytes(), 0).map(|entry| (&text[entry.name..entry.span.end], &text[entry.value..]))
        }
        assert_eq!(found(r#""key":"a b","value":1}"#), Some(("a b", "1}")));
        assert_eq!(found(" \"Name\" : \"\\\"\" ,\n\"Value\": [ {\"x\":[\"}\"]} , 2 ] }"), Some(("\\\"", "[ {\"x\":[\"}\"]} , 2 ] }")));
        for value in ["null", "true", "-1.5e3", "\"\"", "{}", "[]", "[[],{}]"] {
            assert!(found(&format!(r#""name":"","value":{value}}}"#)).is_some(), "{value}");
        }
        for value in [r#""multiValue":["a"]"#, r#""boolValue":true"#, r#""intValue":"1""#, r#""multiIntValue":[1]"#] {
            assert!(found(&format!(r#""name":"n",{value}}}"#)).is_some(), "{value}");
        }
        for other in [
            r#""name":"n","boolValues":true}"#,
            r#""key":1,"value":1}"#,
            r#""key":"a"}"#,
            r#""key":"a","value":1,"x":2}"#,
            r#""value":1,"key":"a"}"#,
            r#""keys":"a","value":1}"#,
            r#""key":"a","values":1}"#,
            r#""KEY":"a","value":1}"#,
            r#""key":"a","value":}"#,
            r#""key":"a","value":[1}"#,
            r#""key":"a","value":1"#,
            "",
        ] {
            assert_eq!(found(other), None, "{other}");
        }
    }
}
