//! A query as its language sees it, and where its letters stand in the file.

use super::rule::Span;
use std::ops::Range;

/// A text taken out of a file, perhaps indented, folded or escaped there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Snippet {
    /// The text.
    pub(super) text: String,
    /// Where stretches of it begin: in the text, in the file, and on which line of the file. In order, the first at 0.
    pieces: Vec<Piece>,
    /// Where the file ends: a block of YAML may have a line end that the file lacks.
    end: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Piece {
    text: usize,
    file: usize,
    line: usize,
}

impl Snippet {
    /// A text that stands in the file as it is, from a byte on that lies on a line (from 1).
    #[must_use]
    pub(super) fn verbatim(text: &str, file: usize, line: usize) -> Self {
        let mut pieces = vec![Piece { text: 0, file, line }];
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        pieces.extend(ends.enumerate().map(|(count, at)| Piece { text: at, file: file + at, line: line + count + 1 }));
        Self { text: text.to_owned(), pieces, end: file + text.len() }
    }

    /// A text whose letters, blanks aside, follow each other in the file from a byte on, with nothing between them but blanks and
    /// what escapes them. Whatever cannot be found there is taken to stand where the search began.
    #[must_use]
    pub(super) fn aligned(text: &str, file: &str, from: usize) -> Self {
        let source = file.as_bytes();
        let from = from.min(file.len());
        let mut line = 1 + source.iter().take(from).filter(|byte| **byte == b'\n').count();
        let (mut at, mut pieces) = (from, vec![Piece { text: 0, file: from, line }]);
        for (place, byte) in text.bytes().enumerate().filter(|(_, byte)| !byte.is_ascii_whitespace()) {
            let Some(ahead) = source.get(at..).and_then(|rest| rest.iter().position(|found| *found == byte)) else {
                break;
            };
            line += source[at..at + ahead].iter().filter(|byte| **byte == b'\n').count();
            at += ahead;
            if pieces.last().is_none_or(|last| last.file + (place - last.text) != at || last.line != line) {
                pieces.push(Piece { text: place, file: at, line });
            }
            at += 1;
        }
        Self { text: text.to_owned(), pieces, end: file.len() }
    }

    /// As [`Snippet::aligned`], for a text between quotes in which a backslash always begins an escape, as in JSON and TOML. A letter
    /// that is escaped stands where its escape ends.
    #[must_use]
    pub(super) fn escaped(text: &str, file: &str, from: usize) -> Self {
        let (mut at, mut line) = (from, 1 + file.bytes().take(from).filter(|byte| *byte == b'\n').count());
        let mut pieces = vec![Piece { text: 0, file: from, line }];
        for (place, letter) in text.char_indices().filter(|(_, letter)| !letter.is_whitespace()) {
            let mut rest = file.get(at..).unwrap_or("");
            while let Some((found, length)) = unit(rest).filter(|(found, _)| found.is_none_or(|found| found != letter)) {
                if found.is_none() && !letter.is_ascii() {
                    break;
                }
                let passed;
                (passed, rest) = rest.split_at(length);
                line += usize::from(passed.ends_with('\n'));
                at += length;
            }
            let Some((_, length)) = unit(rest) else { break };
            let stands = at + if rest.starts_with('\\') { length - 1 } else { 0 };
            if pieces.last().is_none_or(|last| last.file + (place - last.text) != stands || last.line != line) {
                pieces.push(Piece { text: place, file: stands, line });
            }
            at += length;
        }
        Self { text: text.to_owned(), pieces, end: file.len() }
    }

    /// Where a stretch of the text stands in the file.
    #[must_use]
    pub(super) fn span(&self, bytes: Range<usize>) -> Span {
        let (start, line) = self.place(bytes.start);
        let end = if bytes.is_empty() { start } else { (self.place(bytes.end - 1).0 + 1).min(self.end) };
        Span { line, bytes: start..end.max(start) }
    }

    /// The line of the file (from 1) on which a byte of the text stands.
    #[must_use]
    pub(super) fn line(&self, at: usize) -> usize {
        self.place(at).1
    }

    fn place(&self, at: usize) -> (usize, usize) {
        let after = self.pieces.partition_point(|piece| piece.text <= at);
        match self.pieces.get(after.saturating_sub(1)) {
            Some(piece) => ((piece.file + at.saturating_sub(piece.text)).min(self.end), piece.line),
            None => (at, 1),
        }
    }

    /// The text of a stretch, its blanks and line ends drawn together: how a clause is quoted.
    #[must_use]
    pub(super) fn quote(&self, bytes: Range<usize>) -> String {
        let words: Vec<&str> = self.text.get(bytes).unwrap_or("").split_whitespace().collect();
        words.join(" ")
    }
}

/// The letter that a text between quotes begins with and its length there. There is none for escapes that need their neighbour.
fn unit(rest: &str) -> Option<(Option<char>, usize)> {
    let letter = rest.chars().next()?;
    let Some(escape) = rest.strip_prefix('\\').and_then(|rest| rest.chars().next()) else {
        return Some((Some(letter), letter.len_utf8()));
    };
    let hex = match escape {
        'x' => 2,
        'u' => 4,
        'U' => 8,
        'n' | 'r' | 't' | 'b' | 'f' => return Some((Some(' '), 2)),
        other => return Some((Some(other), 1 + other.len_utf8())),
    };
    let letter = |digits: &str| char::from_u32(u32::from_str_radix(digits, 16).ok()?);
    Some(rest.get(2..2 + hex).map_or((None, 2), |digits| match letter(digits) {
        // A character in two halves, as JSON writes those that need more than sixteen bits.
        None if rest[2 + hex..].starts_with("\\u") => (None, rest.len().min(2 * (2 + hex))),
        found => (found, 2 + hex),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_an_indented_block_are_found_where_they_stand() {
        let file = "query: |\n    A\n    | where x == 5\nname: y\n";
        let snippet = Snippet::aligned("A\n| where x == 5\n", file, 9);
        let at = snippet.text.find("x == 5").unwrap();
        let span = snippet.span(at..at + 6);
        assert_eq!((span.line, &file[span.bytes]), (3, "x == 5"));
    }

    #[test]
    fn letters_behind_escapes_are_found_where_they_stand() {
        let file = r#"query: "x == \"50074\" or y""#;
        let snippet = Snippet::aligned("x == \"50074\" or y", file, 8);
        let at = snippet.text.find("50074").unwrap();
        assert_eq!(&file[snippet.span(at..at + 5).bytes], "50074");
        let at = snippet.text.find('y').unwrap();
        assert_eq!(&file[snippet.span(at..at + 1).bytes], "y");
    }

    #[test]
    fn letters_are_not_taken_for_those_of_escapes() {
        let file = "{\"query\": \"a\\nn == \\\"\\u00e4\\\\t\\\" or\\tt\"}";
        let text = "a\nn == \"\u{e4}\\t\" or\tt";
        let snippet = Snippet::escaped(text, file, 11);
        let found = |part: &str| &file[snippet.span(text.find(part).unwrap()..text.find(part).unwrap() + part.len()).bytes];
        assert_eq!((found("n == "), found("or"), found("\\t")), ("n == ", "or", "\\t"));
        assert_eq!(found("\"\u{e4}\\t\""), "\"\\u00e4\\\\t\\\"");
        assert_eq!(snippet.span(text.len() - 1..text.len()).bytes, file.len() - 3..file.len() - 2);
    }

    #[test]
    fn a_line_that_ends_in_a_backslash_is_counted() {
        let file = "q = \"\"\"\nö: \\\n  b or\nc\"\"\"";
        let snippet = Snippet::escaped("ö: b or\nc", file, 7);
        let found = |part: &str| {
            let at = snippet.text.find(part).unwrap();
            let span = snippet.span(at..at + part.len());
            (span.line, &file[span.bytes])
        };
        assert_eq!((found("ö"), found("b"), found("c")), ((2, "ö"), (3, "b"), (4, "c")));
    }

    #[test]
    fn a_text_that_stands_as_it_is_keeps_its_lines() {
        let snippet = Snippet::verbatim("ab\ncd\n", 10, 4);
        assert_eq!(snippet.span(3..5), Span { line: 5, bytes: 13..15 });
        assert_eq!(snippet.span(0..5), Span { line: 4, bytes: 10..15 });
        assert_eq!(snippet.quote(0..5), "ab cd");
    }
}
