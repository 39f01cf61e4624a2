//! Text from logs made harmless: whoever writes a user agent must not steer a reader's terminal or hide from his eye.

use std::borrow::Cow;
use std::fmt::Write as _;
use unicode_width::UnicodeWidthChar as _;

/// Marks without a width of their own that may follow each other; more are a trick, not a script.
const MARKS_IN_A_ROW: usize = 3;

/// Ranges of characters that are not seen, or that turn, hide or reserve what is: everything a reader cannot judge.
/// Characters of category Cc are told by `char::is_control`.
const UNSEEN: &[(u32, u32)] = &[
    (0x00AD, 0x00AD),     // soft hyphen
    (0x034F, 0x034F),     // grapheme joiner
    (0x061C, 0x061C),     // Arabic letter mark
    (0x115F, 0x1160),     // Hangul fillers
    (0x17B4, 0x17B5),     // Khmer inherent vowels
    (0x180B, 0x180F),     // Mongolian selectors
    (0x200B, 0x200F),     // zero-width space and joiners, direction marks
    (0x2028, 0x202E),     // line and paragraph separator, direction overrides
    (0x2060, 0x206F),     // word joiner, invisible operators, direction isolates
    (0x2800, 0x2800),     // blank Braille cell
    (0x3164, 0x3164),     // Hangul filler
    (0xE000, 0xF8FF),     // private use
    (0xFE00, 0xFE0F),     // variation selectors
    (0xFEFF, 0xFEFF),     // byte order mark
    (0xFFA0, 0xFFA0),     // half-width Hangul filler
    (0xFFF0, 0xFFFB),     // specials, annotations
    (0xFFFE, 0xFFFF),     // no characters
    (0x1BCA0, 0x1BCA3),   // shorthand format controls
    (0x1D173, 0x1D17A),   // musical format controls
    (0xE0000, 0x10_FFFF), // tags, variation selectors, private use
];

/// Whether a character must not reach a reader as it is.
pub(super) fn is_unseen(c: char) -> bool {
    let code = u32::from(c);
    c.is_control() || UNSEEN.iter().any(|&(from, to)| (from..=to).contains(&code))
}

/// Columns a character takes on a terminal.
pub(super) fn columns_of(c: char) -> usize {
    c.width().unwrap_or(0)
}

/// Text from a log for a terminal: characters that are not seen or that steer stand as `\u{..}`, so that nothing but
/// graphic characters and blanks is left, and what needs more than `columns` columns ends with `…`.
#[must_use]
pub fn escape_terminal(text: &str, columns: usize) -> String {
    let mut out = String::new();
    let (mut used, mut marks, mut kept) = (0, 0, 0);
    for c in text.chars() {
        let width = columns_of(c);
        marks = if width == 0 { marks + 1 } else { 0 };
        let before = out.len();
        if is_unseen(c) || marks > MARKS_IN_A_ROW {
            // Writing to a string cannot fail.
            let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            used += out.len() - before;
        } else {
            out.push(c);
            used += width;
        }
        if used > columns {
            out.truncate(kept);
            out.push('…');
            return out;
        }
        if used < columns {
            kept = out.len();
        }
    }
    out
}

/// Text from a log that keeps its lines and tabs, for blocks to be copied; however long it is.
pub(super) fn escape_lines(text: &str) -> String {
    let shown = |line: &str| line.split('\t').map(|part| escape_terminal(part, usize::MAX)).collect::<Vec<_>>().join("\t");
    text.lines().map(shown).collect::<Vec<_>>().join("\n")
}

/// JSON text whose strings hold no such character any more but its `\uXXXX`; a parser reads the same as before.
pub fn escape_json(json: &str) -> Cow<'_, str> {
    // JSON's own white space may stay; inside strings it was escaped when the text was made.
    let must_go = |c: char| is_unseen(c) && !matches!(c, '\n' | '\r' | '\t');
    if !json.contains(must_go) {
        return json.into();
    }
    let mut out = String::with_capacity(json.len() + 64);
    for c in json.chars() {
        if must_go(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    out.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn width(text: &str) -> usize {
        text.chars().map(columns_of).sum()
    }

    #[test]
    fn what_steers_or_hides_is_spelled_out() {
        for (text, shown) in [
            ("\u{1b}[31mred", r"\u{1b}[31mred"),
            ("a\r\n\tb\0", r"a\u{d}\u{a}\u{9}b\u{0}"),
            ("\u{7f}\u{9b}2J\u{85}", r"\u{7f}\u{9b}2J\u{85}"),
            ("exe\u{202e}gpj\u{2066}", r"exe\u{202e}gpj\u{2066}"),
            ("ad\u{200b}min\u{feff}\u{2060}", r"ad\u{200b}min\u{feff}\u{2060}"),
            ("\u{e000}\u{f0000}\u{10ffff}", r"\u{e000}\u{f0000}\u{10ffff}"),
            ("\u{2028}\u{2029}", r"\u{2028}\u{2029}"),
            ("\u{e0041}\u{e01ef}\u{fe0f}", r"\u{e0041}\u{e01ef}\u{fe0f}"),
            ("Jürgen 山田 Nguyễn 🙂", "Jürgen 山田 Nguyễn 🙂"),
            ("e\u{301}a\u{302}\u{309}", "e\u{301}a\u{302}\u{309}"),
            ("a\u{301}\u{301}\u{301}\u{301}\u{301}b", "a\u{301}\u{301}\u{301}\\u{301}\\u{301}b"),
        ] {
            assert_eq!(escape_terminal(text, 200), shown);
            assert_eq!(escape_terminal(shown, 200), shown, "escaping again changes nothing");
        }
    }

    #[test]
    fn no_character_at_all_gets_through_unseen() {
        for c in (0..=0x10_FFFF).filter_map(char::from_u32) {
            let shown = escape_terminal(&c.to_string(), 20);
            assert!(!shown.chars().any(|c| c.is_control() || is_unseen(c)), "{c:?}");
            assert!(shown == c.to_string() || shown.starts_with("\\u{"), "{c:?}");
        }
    }

    #[test]
    fn long_texts_end_at_the_column_never_inside_an_escape_or_a_wide_character() {
        assert_eq!(escape_terminal("abcdef", 6), "abcdef");
        assert_eq!(escape_terminal("abcdefg", 6), "abcde…");
        assert_eq!(escape_terminal("山田太郎", 8), "山田太郎");
        assert_eq!(escape_terminal("山田太郎", 7), "山田太…");
        assert_eq!(escape_terminal("山田太郎", 6), "山田…");
        assert_eq!(escape_terminal("ab\u{202e}cd", 9), "ab…");
        assert_eq!(escape_terminal("ab\u{202e}cd", 11), r"ab\u{202e}…");
        for columns in 1..40 {
            let marks = format!("a{}", "\u{301}".repeat(10_000));
            for text in ["\u{1b}[2J山\u{202e}田x\u{200b}", "plain text of some length here", marks.as_str()] {
                assert!(width(&escape_terminal(text, columns)) <= columns);
                assert!(escape_terminal(text, columns).len() < 200);
            }
        }
    }

    #[test]
    fn json_says_the_same_in_characters_that_are_seen() {
        for text in ["\u{202e}a\u{9b}b\u{7f}", "\u{e0041}\u{10ffff}\u{feff}", "\u{0}\n\u{1b}\"\\", "Jürgen 🙂"] {
            let plain = serde_json::to_string(text).unwrap();
            let inert = escape_json(&plain);
            assert!(!inert.contains(is_unseen), "{inert}");
            assert_eq!(serde_json::from_str::<String>(&inert).unwrap(), text);
        }
        assert_eq!(escape_json("\"\u{e0041}\""), r#""\udb40\udc41""#);
        assert!(matches!(escape_json("{\n \"a\": \"b\"\n}"), Cow::Borrowed(_)));
    }
}
