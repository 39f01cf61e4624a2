//! Ends of JSON strings, sixteen bytes at a time, and the meaning of their escapes.

use super::vector::marks;

/// Where a string ends and what is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    /// Index of the closing quote.
    pub(super) end: usize,
    /// What it takes to read it.
    pub(super) kind: Kind,
}

/// What it takes to read a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing.
    Ascii,
    /// It, or what follows it closely, has a byte over 127, so it may not be UTF-8.
    High,
    /// It has a backslash, and perhaps a byte over 127.
    Escaped,
}

const WIDTH: usize = 16;

/// The string whose first byte (after the quote) is at `from`; `None` if it holds a control character or has no end.
#[inline]
pub(super) fn string_end(text: &[u8], from: usize) -> Option<Span> {
    let mut at = from;
    let mut any_high = 0;
    while let Some(chunk) = text.get(at..).and_then(|rest| rest.first_chunk()) {
        let (special, high) = marks(chunk);
        any_high |= high;
        if special != 0 {
            return special_end(text, at + special.trailing_zeros() as usize, any_high != 0);
        }
        at += WIDTH;
    }
    short_end(text, at, any_high != 0)
}

#[cold]
fn short_end(text: &[u8], at: usize, high: bool) -> Option<Span> {
    let rest = text.get(at..)?;
    special_end(text, at + rest.iter().position(|byte| is_special(*byte))?, high || !rest.is_ascii())
}

/// The string with its first quote, backslash or control character at `at`.
#[inline]
fn special_end(text: &[u8], at: usize, high: bool) -> Option<Span> {
    match text.get(at) {
        Some(b'"') => Some(Span { end: at, kind: if high { Kind::High } else { Kind::Ascii } }),
        Some(b'\\') => escaped_end(text, at).map(|end| Span { end, kind: Kind::Escaped }),
        _ => None,
    }
}

/// The closing quote of a string with a backslash at `at`; escapes are only stepped over, [`unescape`] judges them.
#[cold]
fn escaped_end(text: &[u8], mut at: usize) -> Option<usize> {
    loop {
        if let Some(chunk) = text.get(at..)?.first_chunk()
            && marks(chunk).0 == 0
        {
            at += WIDTH;
            continue;
        }
        at += text.get(at..)?.iter().position(|byte| is_special(*byte))?;
        match text.get(at) {
            Some(b'"') => return Some(at),
            Some(b'\\') if text.get(at + 1).is_some_and(|byte| *byte >= b' ') => at += 2,
            _ => return None,
        }
    }
}

fn is_special(byte: u8) -> bool {
    (byte == b'"') | (byte == b'\\') | (byte < b' ')
}

/// Appends what a string means; a lone surrogate becomes U+FFFD. `None` if an escape is no JSON.
pub(super) fn unescape(string: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let mut rest = string;
    out.reserve(string.len());
    while let Some(plain) = rest.iter().position(|byte| *byte == b'\\') {
        out.extend_from_slice(rest.get(..plain)?);
        let kind = *rest.get(plain + 1)?;
        rest = rest.get(plain + 2..)?;
        let byte = match kind {
            b'"' | b'\\' | b'/' => kind,
            b'b' => 8,
            b'f' => 12,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'u' => {
                let (letter, used) = unicode(rest)?;
                out.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
                rest = rest.get(used..)?;
                continue;
            }
            _ => return None,
        };
        out.push(byte);
    }
    out.extend_from_slice(rest);
    Some(())
}

/// The letter after `\u` and how many bytes name it.
fn unicode(rest: &[u8]) -> Option<(char, usize)> {
    let first = hex4(rest)?;
    if let (0xd800..0xdc00, Some(tail)) = (first, rest.get(4..).and_then(|tail| tail.strip_prefix(b"\\u"))) {
        let second = hex4(tail)?;
        if (0xdc00..0xe000).contains(&second) {
            return Some((char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00))?, 10));
        }
    }
    Some((char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER), 4))
}

fn hex4(rest: &[u8]) -> Option<u32> {
    rest.get(..4)?.iter().try_fold(0, |sum, byte| Some(sum << 4 | (*byte as char).to_digit(16)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_are_found_at_every_distance() {
        for length in 0..70 {
            let plain = "x".repeat(length);
            let span = |text: String| string_end(text.as_bytes(), 0);
            assert_eq!(span(format!("{plain}\"{}", "x".repeat(WIDTH))), Some(Span { end: length, kind: Kind::Ascii }));
            assert_eq!(span(format!("{plain}é\"")), Some(Span { end: length + 2, kind: Kind::High }));
            assert_eq!(span(format!("{plain}\\\"{plain}\\\\\"")).map(|s| (s.end, s.kind)), Some((2 * length + 4, Kind::Escaped)));
            for broken in ["", "\n\"", "\\", "\\\"", "\\\u{1}\""] {
                assert_eq!(span(format!("{plain}{broken}")), None, "{length} {broken:?}");
            }
        }
    }

    #[test]
    fn escapes_mean_what_json_says() {
        let read = |text: &str| {
            let mut out = Vec::new();
            unescape(text.as_bytes(), &mut out).map(|()| String::from_utf8(out).unwrap())
        };
        for text in [r#"a\"\\\/\b\f\n\r\tz"#, r"\u00e9\u0000\uFFFF", r"\ud83d\ude00!", "plain é"] {
            assert_eq!(read(text), Some(serde_json::from_str(&format!("\"{text}\"")).unwrap()));
        }
        for (text, means) in [
            (r"\ud83d", "\u{fffd}"),
            (r"\ude00x", "\u{fffd}x"),
            (r"\ud83d\ud83d\ude00", "\u{fffd}😀"),
            (r"\ud83dA", "\u{fffd}A"),
            (r"\ud83d\u0041", "\u{fffd}A"),
            (r"\ud83d\n", "\u{fffd}\n"),
        ] {
            assert_eq!(read(text).as_deref(), Some(means), "{text}");
        }
        for broken in [r"\x", r"\u12", r"\u12g4", r"\u+123", r"\ud83d\u12", "\\"] {
            assert_eq!(read(broken), None, "{broken}");
        }
    }
}
