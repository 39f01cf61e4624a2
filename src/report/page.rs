//! Lines on a terminal: the one place through which every text passes, made harmless, wrapped and coloured.

use super::inert::{columns_of, escape_terminal};
use anstyle::{AnsiColor, Style as Look};

/// Narrowest terminal that is written for.
const NARROWEST: usize = 60;
/// Columns of a sentence, however long it is.
pub(super) const SENTENCE: usize = 1_000;
/// Columns of a path, a value, a name.
pub(super) const NAME: usize = 160;

/// What the reader's terminal can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whether to colour.
    pub color: bool,
    /// Columns of a line; fewer than 60 count as 60.
    pub width: usize,
}

impl Default for Style {
    fn default() -> Self {
        Self { color: false, width: 100 }
    }
}

/// A text with a look.
pub(super) struct Span {
    text: String,
    columns: usize,
    look: Look,
}

/// A sentence or a piece of one.
pub(super) fn text(text: impl Into<String>) -> Span {
    Span { text: text.into(), columns: SENTENCE, look: Look::new() }
}

/// A path, a value, a name: cut if it is very long.
pub(super) fn name(name: impl Into<String>) -> Span {
    Span { columns: NAME, ..text(name) }
}

impl Span {
    pub(super) fn bold(self) -> Self {
        Self { look: self.look.bold(), ..self }
    }

    pub(super) fn dim(self) -> Self {
        Self { look: self.look.dimmed(), ..self }
    }

    pub(super) fn color(self, color: AnsiColor) -> Self {
        Self { look: self.look.fg_color(Some(color.into())), ..self }
    }
}

#[derive(Clone, Copy)]
struct Cell {
    c: char,
    look: Look,
}

/// A text for a terminal in the making.
pub(super) struct Page {
    style: Style,
    out: String,
}

/// Paragraphs for a reader, wrapped at the width of the style, with a blank line between them.
#[must_use]
pub fn paragraphs(texts: &[&str], style: &Style) -> String {
    let mut page = Page::new(*style);
    for (place, paragraph) in texts.iter().enumerate() {
        if place > 0 {
            page.blank();
        }
        page.wrapped(0, 0, &[text(*paragraph)]);
    }
    page.finish()
}

impl Page {
    pub(super) fn new(style: Style) -> Self {
        Self { style: Style { width: style.width.max(NARROWEST), ..style }, out: String::new() }
    }

    pub(super) fn width(&self) -> usize {
        self.style.width
    }

    pub(super) fn finish(self) -> String {
        self.out
    }

    pub(super) fn blank(&mut self) {
        self.out.push('\n');
    }

    /// Spans one after the other, wrapped at blanks; the first line begins at column `first`, the others at `others`.
    pub(super) fn wrapped(&mut self, first: usize, others: usize, spans: &[Span]) {
        let cells = cells(spans);
        let width = self.style.width;
        let mut rest = cells.as_slice();
        let mut indent = first;
        loop {
            let (line, tail) = break_line(rest, width.saturating_sub(indent));
            self.write(indent, line);
            if tail.is_empty() {
                return;
            }
            (rest, indent) = (tail, others);
        }
    }

    /// Spans on one line, which ends with `…` where they do not fit.
    pub(super) fn cut(&mut self, indent: usize, spans: &[Span]) {
        let mut cells = cells(spans);
        let room = self.style.width.saturating_sub(indent);
        if columns(&cells) > room {
            while columns(&cells) >= room {
                cells.pop();
            }
            cells.push(Cell { c: '…', look: Look::new() });
        }
        self.write(indent, &cells);
    }

    fn write(&mut self, indent: usize, line: &[Cell]) {
        self.out.extend(std::iter::repeat_n(' ', indent));
        for run in line.chunk_by(|a, b| a.look == b.look) {
            let look = if self.style.color { run[0].look } else { Look::new() };
            self.out.push_str(&look.render().to_string());
            self.out.extend(run.iter().map(|cell| cell.c));
            self.out.push_str(&look.render_reset().to_string());
        }
        self.out.push('\n');
    }
}

fn cells(spans: &[Span]) -> Vec<Cell> {
    let mut cells = Vec::new();
    for span in spans {
        cells.extend(escape_terminal(&span.text, span.columns).chars().map(|c| Cell { c, look: span.look }));
    }
    cells
}

fn columns(cells: &[Cell]) -> usize {
    cells.iter().map(|cell| columns_of(cell.c)).sum()
}

/// As many cells as fit, up to a blank if there is one, and the rest without that blank.
fn break_line(cells: &[Cell], room: usize) -> (&[Cell], &[Cell]) {
    let mut used = 0;
    let full = cells.iter().position(|cell| {
        used += columns_of(cell.c);
        used > room
    });
    let Some(full) = full else { return (cells, &[]) };
    match cells[..=full].iter().rposition(|cell| cell.c == ' ').filter(|&blank| blank > 0) {
        Some(blank) => (&cells[..blank], &cells[blank + 1..]),
        None => cells.split_at(full.max(1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(width: usize, color: bool, fill: impl Fn(&mut Page)) -> String {
        let mut page = Page::new(Style { color, width });
        fill(&mut page);
        page.finish()
    }

    #[test]
    fn lines_break_at_blanks_and_hang() {
        let words = "word ".repeat(30);
        let shown = page(60, false, |page| page.wrapped(2, 4, &[text(words.trim_end())]));
        let lines: Vec<&str> = shown.lines().collect();
        assert_eq!(lines.len(), 3);
        assert!(lines[0].starts_with("  word") && lines[1].starts_with("    word"));
        assert!(lines.iter().all(|line| line.len() <= 60 && line.ends_with("word")), "{shown}");
        assert_eq!(shown.matches("word").count(), 30);
    }

    #[test]
    fn a_line_that_just_fits_is_not_broken_and_one_column_more_breaks_it() {
        let just = format!("{} {}", "a".repeat(30), "b".repeat(29));
        assert_eq!(page(60, false, |page| page.wrapped(0, 0, &[text(&just)])).lines().count(), 1);
        let shown = page(60, false, |page| page.wrapped(0, 0, &[text(format!("{just}b"))]));
        assert_eq!(shown, format!("{}\n{}\n", "a".repeat(30), "b".repeat(30)));
    }

    #[test]
    fn words_without_blanks_break_at_the_edge_and_wide_characters_count_twice() {
        let shown = page(60, false, |page| page.wrapped(0, 1, &[name("山".repeat(45))]));
        let widths: Vec<usize> = shown.lines().map(|line| line.chars().map(columns_of).sum()).collect();
        assert_eq!(widths, [60, 31]);
    }

    #[test]
    fn a_cut_line_ends_with_an_ellipsis_at_the_edge() {
        let line = |n: usize| page(60, false, |page| page.cut(2, &[text("x".repeat(n)).bold()]));
        assert_eq!(line(58), format!("  {}\n", "x".repeat(58)));
        assert_eq!(line(59), format!("  {}…\n", "x".repeat(57)));
    }

    #[test]
    fn narrow_terminals_count_as_sixty_columns() {
        let line = "x".repeat(59);
        assert_eq!(page(10, false, |page| page.wrapped(0, 0, &[text(&line)])), format!("{line}\n"));
    }

    #[test]
    fn looks_are_closed_on_each_line_and_absent_without_colours() {
        let words = "word ".repeat(20);
        let fill = |page: &mut Page| page.wrapped(0, 0, &[text(&words).color(AnsiColor::Red), text("plain")]);
        let shown = page(60, true, fill);
        for line in shown.lines() {
            assert!(line.starts_with("\u{1b}[31m") && line.matches("\u{1b}[31m").count() == line.matches("\u{1b}[0m").count(), "{line:?}");
        }
        assert_eq!(page(60, false, fill), shown.replace("\u{1b}[31m", "").replace("\u{1b}[0m", ""));
    }

    #[test]
    fn the_text_of_an_attacker_cannot_begin_a_line_or_a_colour() {
        let shown = page(60, true, |page| {
            page.wrapped(0, 0, &[name("a\nCLEAN\u{1b}[32m")]);
            page.cut(0, &[text("a\nCLEAN\u{1b}[32m")]);
        });
        assert_eq!(shown, "a\\u{a}CLEAN\\u{1b}[32m\n".repeat(2));
    }
}
