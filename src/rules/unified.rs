//! The difference of two texts as a patch.

use diff::Result::{Both, Left, Right};

/// Unchanged lines around a change.
const AROUND: usize = 3;
/// Lines between the first and the last change that are compared one by one; the comparison takes the square of it in memory.
const COMPARED: usize = 1_500;

/// A line of the patch: its sign and its text with its line end, if it has one.
type Line<'a> = (char, &'a str);

/// A unified diff that makes `after` of `before` when it is applied with `patch -p1`; `None` if they are equal.
pub(super) fn unified(file: &str, before: &str, after: &str) -> Option<String> {
    if before == after {
        return None;
    }
    let lines = lines(before, after);
    let mut out = format!("--- {}\n+++ {}\n", name("a", file), name("b", file));
    let changed: Vec<usize> = lines.iter().enumerate().filter(|(_, line)| line.0 != ' ').map(|(at, _)| at).collect();
    let mut rest = changed.as_slice();
    while let [first, ..] = rest {
        let near = rest.windows(2).take_while(|pair| pair[1] - pair[0] <= 2 * AROUND).count();
        let (from, to) = (first.saturating_sub(AROUND), (rest[near] + AROUND + 1).min(lines.len()));
        hunk(&mut out, &lines, from, to);
        rest = &rest[near + 1..];
    }
    Some(out)
}

/// A file as the head of a patch names it. A name with a blank ends at a tab, and one that could be taken for something else stands
/// between quotes, as `git` and GNU `patch` write it.
fn name(side: &str, file: &str) -> String {
    if !file.contains(|c: char| c.is_control() || matches!(c, '"' | '\\')) {
        let end = if file.contains(char::is_whitespace) { "\t" } else { "" };
        return format!("{side}/{file}{end}");
    }
    let mut quoted = format!("\"{side}/");
    for c in file.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => c.encode_utf8(&mut [0; 4]).bytes().for_each(|byte| quoted.push_str(&format!("\\{byte:03o}"))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// All lines of both texts, in the order of a patch.
fn lines<'a>(before: &'a str, after: &'a str) -> Vec<Line<'a>> {
    let (old, new): (Vec<&str>, Vec<&str>) = (before.split_inclusive('\n').collect(), after.split_inclusive('\n').collect());
    let head = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let left = |all: usize| all - head;
    let tail = old.iter().rev().zip(new.iter().rev()).take(left(old.len().min(new.len()))).take_while(|(a, b)| a == b).count();
    let (a, b) = (&old[head..old.len() - tail], &new[head..new.len() - tail]);
    let mut lines: Vec<Line<'_>> = old[..head].iter().map(|line| (' ', *line)).collect();
    if a.len().max(b.len()) > COMPARED {
        lines.extend(a.iter().map(|line| ('-', *line)).chain(b.iter().map(|line| ('+', *line))));
    } else {
        lines.extend(diff::slice(a, b).into_iter().map(|step| match step {
            Left(line) => ('-', *line),
            Right(line) => ('+', *line),
            Both(line, _) => (' ', *line),
        }));
    }
    lines.extend(old[old.len() - tail..].iter().map(|line| (' ', *line)));
    lines
}

fn hunk(out: &mut String, lines: &[Line<'_>], from: usize, to: usize) {
    let count = |lines: &[Line<'_>], sign: char| lines.iter().filter(|line| line.0 == ' ' || line.0 == sign).count();
    let range = |sign: char| {
        let (before, inside) = (count(&lines[..from], sign), count(&lines[from..to], sign));
        // An empty range is said by the line before it.
        format!("{},{inside}", if inside == 0 { before } else { before + 1 })
    };
    out.push_str(&format!("@@ -{} +{} @@\n", range('-'), range('+')));
    for (sign, text) in &lines[from..to] {
        out.push(*sign);
        out.push_str(text);
        if !text.ends_with('\n') {
            out.push_str("\n\\ No newline at end of file\n");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::unified;

    #[test]
    fn changes_stand_between_three_lines_and_far_ones_apart() {
        let before: String = (1..=20).map(|line| format!("{line}\n")).collect();
        let after = before.replace("\n5\n", "\nfive\n").replace("\n8\n", "\n8\n8b\n").replace("\n18\n", "\n");
        let expected = "--- a/x\n+++ b/x\n@@ -2,10 +2,11 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n+8b\n 9\n 10\n 11\n@@ -15,6 +16,5 @@\n 15\n 16\n 17\n-18\n 19\n 20\n";
        assert_eq!(unified("x", &before, &after).as_deref(), Some(expected));
        assert_eq!(unified("x", &before, &before), None);
    }

    #[test]
    fn names_with_blanks_end_at_a_tab_and_odd_ones_are_quoted() {
        let head = |file: &str| unified(file, "a\n", "b\n").unwrap().split("@@").next().unwrap().to_owned();
        assert_eq!(head("x y/z.yaml"), "--- a/x y/z.yaml\t\n+++ b/x y/z.yaml\t\n");
        assert_eq!(head("x\n+++ b/y \"\\"), "--- \"a/x\\012+++ b/y \\\"\\\\\"\n+++ \"b/x\\012+++ b/y \\\"\\\\\"\n");
    }

    #[test]
    fn a_last_line_without_an_end_is_told() {
        let expected = "--- a/x\n+++ b/x\n@@ -1,1 +1,1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n";
        assert_eq!(unified("x", "a", "b").as_deref(), Some(expected));
        let expected = "--- a/x\n+++ b/x\n@@ -0,0 +1,1 @@\n+a\n";
        assert_eq!(unified("x", "", "a\n").as_deref(), Some(expected));
    }
}
