//! Two texts side by side, to see what one has and the other has not.

use super::inert::{columns_of, escape_terminal};
use super::page::{Page, Style, text};
use anstyle::AnsiColor;
use diff::Result::{Both, Left, Right};

/// Lines of a text that are compared; the comparison takes the square of it in memory.
const LINES: usize = 2_000;
/// Unchanged lines shown around a change.
const AROUND: usize = 2;

type Row<'a> = (Option<&'a str>, Option<&'a str>);

/// The lines in which two texts differ, in two columns with a mark between them: `<` only in the first, `>` only in the
/// second, `|` changed; two unchanged lines stand around each change. Equal texts give an empty text; of longer texts
/// the first 2000 lines are compared and the last line says so.
#[must_use]
pub fn side_by_side(before: &str, after: &str, style: &Style) -> String {
    let rows = rows(before, after);
    let mut page = Page::new(*style);
    let column = (page.width() - 3) / 2;
    let mut last = None;
    for (at, row) in rows.iter().enumerate().filter(|&(at, _)| near_change(&rows, at)) {
        if last.is_some_and(|last| last + 1 < at) {
            page.cut(0, &[text("...").dim()]);
        }
        last = Some(at);
        let (mark, color) = match row {
            (Some(a), Some(b)) if a == b => (" ", None),
            (Some(_), Some(_)) => ("|", Some(AnsiColor::Yellow)),
            (Some(_), None) => ("<", Some(AnsiColor::Red)),
            (None, _) => (">", Some(AnsiColor::Green)),
        };
        let look = |shown: String| color.map_or_else(|| text(&shown).dim(), |color| text(&shown).color(color));
        let right = escape_terminal(row.1.unwrap_or(""), column);
        page.cut(0, &[look(format!("{} {mark} {right}", pad(row.0.unwrap_or(""), column)).trim_end().to_owned())]);
    }
    if before.lines().nth(LINES).is_some() || after.lines().nth(LINES).is_some() {
        page.wrapped(0, 0, &[text(format!("only the first {LINES} lines were compared"))]);
    }
    page.finish()
}

fn pad(line: &str, column: usize) -> String {
    let mut shown = escape_terminal(line, column);
    let used: usize = shown.chars().map(columns_of).sum();
    shown.extend(std::iter::repeat_n(' ', column.saturating_sub(used)));
    shown
}

fn near_change(rows: &[Row], at: usize) -> bool {
    rows[at.saturating_sub(AROUND)..rows.len().min(at + AROUND + 1)].iter().any(|(a, b)| a != b)
}

/// Lines that changed stand opposite each other, in order.
fn rows<'a>(before: &'a str, after: &'a str) -> Vec<Row<'a>> {
    let (left, right): (Vec<&str>, Vec<&str>) = (before.lines().take(LINES).collect(), after.lines().take(LINES).collect());
    let (mut rows, mut gone, mut come) = (Vec::new(), Vec::new(), Vec::new());
    let flush = |rows: &mut Vec<Row<'a>>, gone: &mut Vec<&'a str>, come: &mut Vec<&'a str>| {
        rows.extend((0..gone.len().max(come.len())).map(|i| (gone.get(i).copied(), come.get(i).copied())));
        gone.clear();
        come.clear();
    };
    for step in diff::slice(&left, &right) {
        match step {
            Left(line) => gone.push(*line),
            Right(line) => come.push(*line),
            Both(line, _) => {
                flush(&mut rows, &mut gone, &mut come);
                rows.push((Some(line), Some(line)));
            }
        }
    }
    flush(&mut rows, &mut gone, &mut come);
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    const STYLE: Style = Style { color: false, width: 61 };

    #[test]
    fn changes_stand_side_by_side_with_two_lines_around() {
        let before = "1\n2\n3\n4\nold\n6\n7\n8\n9\n10\n11\ngone\n";
        let after = "1\n2\n3\n4\nnew\n6\n7\n8\n9\n10\n11\n";
        let shown = side_by_side(before, after, &STYLE);
        let line = |left: &str, mark: &str, right: &str| format!("{left:29} {mark} {right}").trim_end().to_owned();
        let wanted = [
            line("3", " ", "3"),
            line("4", " ", "4"),
            line("old", "|", "new"),
            line("6", " ", "6"),
            line("7", " ", "7"),
            "...".into(),
            line("10", " ", "10"),
            line("11", " ", "11"),
            line("gone", "<", ""),
        ];
        assert_eq!(shown.lines().collect::<Vec<_>>(), wanted);
        assert_eq!(side_by_side("", "come", &STYLE), line("", ">", "come") + "\n");
        assert_eq!(side_by_side(before, before, &STYLE), "");
    }

    #[test]
    fn hostile_and_wide_lines_stay_in_their_column() {
        let shown = side_by_side("\u{1b}[2J\u{202e}", &"山".repeat(40), &STYLE);
        assert_eq!(shown, format!("{:29} | {}…\n", r"\u{1b}[2J\u{202e}", "山".repeat(14)));
    }

    #[test]
    fn long_texts_say_where_the_comparison_ended() {
        let text = "same\n".repeat(LINES);
        assert_eq!(side_by_side(&text, &text, &STYLE), "");
        assert_eq!(side_by_side(&text, &(text.clone() + "more"), &STYLE), "only the first 2000 lines were compared\n");
    }
}
