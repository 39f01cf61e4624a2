//! What was looked at and how it was found, a line each: for `logdrift doctor`.

use super::page::{Page, Style, text};
use anstyle::AnsiColor;

/// Column at which the sentence behind the word begins.
const INDENT: usize = 8;

/// How a thing was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Health {
    /// As it should be.
    Fine,
    /// Usable, but worth a look.
    Note,
    /// Not usable.
    Broken,
}

impl Health {
    const fn word(self) -> (&'static str, AnsiColor) {
        match self {
            Self::Fine => ("fine", AnsiColor::Green),
            Self::Note => ("note", AnsiColor::Yellow),
            Self::Broken => ("broken", AnsiColor::Red),
        }
    }
}

/// A thing that was looked at: how it was found, and a sentence that names it and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// How it was found.
    pub health: Health,
    /// The sentence.
    pub text: String,
}

/// All points for a terminal, in their order.
#[must_use]
pub fn checklist(points: &[Point], style: &Style) -> String {
    let mut page = Page::new(*style);
    for point in points {
        let (word, color) = point.health.word();
        let padding = " ".repeat(INDENT - word.len());
        page.wrapped(0, INDENT, &[text(word).color(color), text(padding), text(point.text.as_str())]);
    }
    page.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_point_is_a_line_that_hangs_below_its_sentence_and_is_inert() {
        let point = |health, text: &str| Point { health, text: text.into() };
        let long = "word ".repeat(15);
        let points = [point(Health::Fine, "a\nb\u{1b}[31m"), point(Health::Note, long.trim_end()), point(Health::Broken, "c")];
        let shown = checklist(&points, &Style { color: false, width: 60 });
        let lines: Vec<&str> = shown.lines().collect();
        assert_eq!(lines[0], "fine    a\\u{a}b\\u{1b}[31m");
        assert!(lines[1].starts_with("note    word") && lines[2].starts_with("        word"), "{shown}");
        assert_eq!(lines[3..], ["broken  c"]);
    }
}
