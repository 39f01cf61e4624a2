//! Ends of JSON strings, eight bytes at a time, and the meaning of their escapes.

/// Where a string ends and what is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    /// Index of the closing quote.
    pub(super) end: usize,
    /// Whether it holds a backslash.
    pub(super) escaped: bool,
    /// Whether it holds a byte over 127, so that it may not be UTF-8.
    pub(super) high: bool,
}

const WIDTH: usize = size_of::<u64>();
const ONES: u64 = u64::MAX / 255;
const TOPS: u64 = ONES << 7;

/// The string whose first byte (after the quote) is at `from`; `None` if it holds a control character or has no end.
#[inline]
pub(super) fn string_end(text: &[u8], from: usize) -> Option<Span> {
    let mut at = from;
    let mut high = 0;
    loop {
        let word = word(text, at);
        let marks = specials(word);
        if marks == 0 {
            high |= word;
            at += WIDTH;
            continue;
        }
        high |= word & (marks & marks.wrapping_neg()).wrapping_sub(1);
        at += marks.trailing_zeros() as usize / 8;
        return match text.get(at) {
            Some(b'"') => Some(Span { end: at, escaped: false, high: high & TOPS != 0 }),
            Some(b'\\') => escaped_end(text, at).map(|end| Span { end, escaped: true, high: true }),
            _ => None,
        };
    }
}

/// The closing quote of a string with a backslash at `at`; escapes are only stepped over, [`unescape`] judges them.
#[cold]
fn escaped_end(text: &[u8], mut at: usize) -> Option<usize> {
    loop {
        let marks = specials(word(text, at));
        if marks == 0 {
            at += WIDTH;
            continue;
        }
        at += marks.trailing_zeros() as usize / 8;
        match text.get(at) {
            Some(b'"') => return Some(at),
            Some(b'\\') if text.get(at + 1).is_some_and(|byte| *byte >= b' ') => at += 2,
            _ => return None,
        }
    }
}

/// The next eight bytes; past the end stand zeros, which are control characters and so end every search.
#[inline]
fn word(text: &[u8], at: usize) -> u64 {
    match text.get(at..).and_then(|rest| rest.first_chunk()) {
        Some(chunk) => u64::from_le_bytes(*chunk),
        None => text.get(at..).unwrap_or_default().iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)),
    }
}

/// Sets the top bit of each quote, backslash and control character. Bits above the lowest may be wrong
/// (<https://graphics.stanford.edu/~seander/bithacks.html#ZeroInWord>).
#[inline]
fn specials(word: u64) -> u64 {
    let zeros = |word: u64| word.wrapping_sub(ONES) & !word;
    let quotes = zeros(word ^ (ONES * u64::from(b'"')));
    let slashes = zeros(word ^ (ONES * u64::from(b'\\')));
    let controls = word.wrapping_sub(ONES * u64::from(b' ')) & !word;
    (quotes | slashes | controls) & TOPS
}

/// Appends what a string means; a lone surrogate becomes U+FFFD. `None` if an escape is no JSON.
pub(super) fn unescape(string: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let mut rest = string;
    while let Some(plain) = memchr::memchr(b'\\', rest) {
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
    fn the_lowest_mark_is_right_for_every_byte_at_every_place() {
        for place in 0..WIDTH {
            for byte in 0..=u8::MAX {
                let mut chunk = *b"!\x7f# []\xff ";
                chunk[place] = byte;
                let special = byte < b' ' || byte == b'"' || byte == b'\\';
                let found = specials(u64::from_le_bytes(chunk)).trailing_zeros() as usize / 8;
                assert_eq!(found, if special { place } else { WIDTH }, "{chunk:?}");
            }
        }
    }

    #[test]
    fn ends_are_found_at_every_distance() {
        for length in 0..70 {
            let plain = "x".repeat(length);
            let span = |text: String| string_end(text.as_bytes(), 0);
            assert_eq!(span(format!("{plain}\"é")), Some(Span { end: length, escaped: false, high: false }));
            assert_eq!(span(format!("{plain}é\"")), Some(Span { end: length + 2, escaped: false, high: true }));
            assert_eq!(span(format!("{plain}\\\"{plain}\\\\\"")).map(|s| (s.end, s.escaped)), Some((2 * length + 4, true)));
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
