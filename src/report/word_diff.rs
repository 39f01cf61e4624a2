//! One sentence with what went and what came, for texts that changed in a few words.

use diff::Result::{Both, Left, Right};

/// Words of a text that are compared; the comparison takes the square of it in memory.
const WORDS: usize = 500;

/// The words of both texts in order: `[-gone-]`, `{+come+}`, and those that stayed as they are.
#[must_use]
pub(super) fn word_diff(before: &str, after: &str) -> String {
    let words = |text: &'_ str| text.split_whitespace().take(WORDS).map(str::to_owned).collect::<Vec<_>>();
    let (left, right) = (words(before), words(after));
    let (mut parts, mut gone, mut come): (Vec<String>, Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new(), Vec::new());
    for step in diff::slice(&left, &right) {
        match step {
            Left(word) => gone.push(word),
            Right(word) => come.push(word),
            Both(word, _) => {
                flush(&mut parts, &mut gone, &mut come);
                parts.push(word.clone());
            }
        }
    }
    flush(&mut parts, &mut gone, &mut come);
    parts.join(" ")
}

fn flush(parts: &mut Vec<String>, gone: &mut Vec<&str>, come: &mut Vec<&str>) {
    if !gone.is_empty() {
        parts.push(format!("[-{}-]", gone.join(" ")));
    }
    if !come.is_empty() {
        parts.push(format!("{{+{}+}}", come.join(" ")));
    }
    gone.clear();
    come.clear();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_went_and_what_came_stand_where_they_stood() {
        for (before, after, shown) in [
            (
                "User account is disabled. Ask an administrator.",
                "The user account is disabled.",
                "[-User-] {+The user+} account is disabled. [-Ask an administrator.-]",
            ),
            ("same words", "same  words", "same words"),
            ("", "new", "{+new+}"),
            ("old", "", "[-old-]"),
        ] {
            assert_eq!(word_diff(before, after), shown);
        }
        assert!(word_diff(&"a ".repeat(10_000), &"b ".repeat(10_000)).len() < 10_000);
    }
}
