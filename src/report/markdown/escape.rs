//! Text from logs made harmless in Markdown: it marks nothing up, links to nobody and ends no block.

use super::super::inert::{escape_lines, escape_terminal};
use super::super::page::{NAME, SENTENCE};

/// A sentence as running text on one line.
pub(super) fn text(text: &str) -> String {
    let inert = escape_terminal(text, SENTENCE);
    let inert = inert.trim();
    let mut out = String::with_capacity(inert.len());
    for (at, c) in inert.char_indices() {
        let (before, after) = (&inert[..at], inert[at + c.len_utf8()..].chars().next());
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '$' => out.extend(['\\', c]),
            '-' | '+' | '=' if before.is_empty() => out.extend(['\\', c]),
            '.' | ')' if !before.is_empty() && before.bytes().all(|byte| byte.is_ascii_digit()) => out.extend(['\\', c]),
            _ if links(before, c, after) => {
                out.push(c);
                out += "<!-- -->";
            }
            '#' => out += "\\#",
            c => out.push(c),
        }
    }
    out
}

/// Whether a renderer would make a link of what stands around a character, however it is escaped: people and issues that are
/// named, mail addresses, sites. A comment behind the character parts them, and is not shown.
fn links(before: &str, c: char, after: Option<char>) -> bool {
    match c {
        '@' | '#' => after.is_some_and(char::is_alphanumeric),
        ':' => after == Some('/'),
        '.' => before.get(before.len().saturating_sub(3)..).is_some_and(|end| end.eq_ignore_ascii_case("www")),
        _ => false,
    }
}

/// A path, a value, a name as code in a line.
pub(super) fn code(name: &str) -> String {
    inline(&escape_terminal(name, NAME))
}

/// A clause as code in a line.
pub(super) fn clause(clause: &str) -> String {
    inline(&escape_terminal(clause, SENTENCE))
}

fn inline(inert: &str) -> String {
    let ticks = "`".repeat(longest_run(inert) + 1);
    // A renderer takes one blank from each end, and code of nothing is no code.
    let is_bare = !inert.is_empty() && !inert.starts_with(['`', ' ']) && !inert.ends_with(['`', ' ']);
    let pad = if is_bare { "" } else { " " };
    format!("{ticks}{pad}{inert}{pad}{ticks}")
}

/// Lines to be copied, in a block of code that none of them can end.
pub(super) fn fence(language: &str, text: &str) -> String {
    let lines = escape_lines(text);
    let ticks = "`".repeat((longest_run(&lines) + 1).max(3));
    format!("{ticks}{language}\n{lines}\n{ticks}")
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn running_text_marks_nothing_up_and_links_to_nobody() {
        for (from, to) in [
            ("properties.location = 50 %", "properties.location = 50 %"),
            ("<b>&amp;</b>", "&lt;b&gt;&amp;amp;&lt;/b&gt;"),
            ("*a* _b_ `c` ~~d~~ a|b $x$", r"\*a\* \_b\_ \`c\` \~\~d\~\~ a\|b \$x\$"),
            ("![x](y) \\", r"!\[x\](y) \\"),
            ("@octocat, ada@contoso.com @ x", "@<!-- -->octocat, ada@<!-- -->contoso.com @ x"),
            ("#1 ## x", r"#<!-- -->1 \#\# x"),
            ("https://evil.example at 04:00", "https:<!-- -->//evil.example at 04:00"),
            ("WWW.evil.example", "WWW.<!-- -->evil.example"),
            ("- x - y", r"\- x - y"),
            ("    12. x 3. y", r"12\. x 3. y"),
            ("---", r"\---"),
            ("a\nb\u{202e}", r"a\\u{a}b\\u{202e}"),
        ] {
            assert_eq!(text(from), to);
        }
    }

    #[test]
    fn code_ends_where_it_should() {
        for (from, to) in [("a", "`a`"), ("a`b", "``a`b``"), ("`", "`` ` ``"), ("", "`  `"), (" a", "`  a `"), ("<a|b>", "`<a|b>`")] {
            assert_eq!(code(from), to);
        }
        assert_eq!(fence("kql", "a\r\n\tb"), "```kql\na\n\tb\n```");
        assert_eq!(fence("", "```\n````x"), "`````\n```\n````x\n`````");
        assert_eq!(fence("diff", ""), "```diff\n\n```");
    }
}
