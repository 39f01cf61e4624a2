//! Errors of files that people write: where to look, and what was probably meant.

use super::alike::alike;

/// Line and column, counted from 1, of a byte of a text.
pub(crate) fn place(text: &str, byte: usize) -> (usize, usize) {
    let before = text.get(..byte).unwrap_or(text);
    (before.matches('\n').count() + 1, before.rsplit('\n').next().unwrap_or("").chars().count() + 1)
}

/// `origin:line:column: key: what is wrong; a hint`, of what serde said about a file.
pub(crate) fn explain(origin: &str, place: Option<(usize, usize)>, key: Option<&str>, message: &str) -> String {
    let message = message.trim().replace('\n', "; ");
    let place = place.map_or_else(String::new, |(line, column)| format!(":{line}:{column}"));
    let key = key.map_or_else(String::new, |key| format!("{key}: "));
    // A quoted key can hold what a terminal would obey.
    let said = format!("{key}{}", unknown_key(&message).unwrap_or(message)).replace(char::is_control, "?");
    format!("{origin}{place}: {said}")
}

/// A kinder text for keys and words that a source file does not have: names the nearest one it has.
fn unknown_key(message: &str) -> Option<String> {
    let what = if message.starts_with("unknown field") { "key" } else { "word" };
    if !message.starts_with("unknown field") && !message.starts_with("unknown variant") {
        return None;
    }
    let mut quoted = message.split('`').skip(1).step_by(2);
    let (given, known) = (quoted.next()?, quoted.collect::<Vec<_>>());
    Some(format!("unknown {what} `{given}`; {}", nearest(given, &known)?))
}

/// The word that was probably meant, or all there are.
pub(crate) fn nearest(given: &str, known: &[&str]) -> Option<String> {
    if known.is_empty() {
        return None;
    }
    Some(match alike(given, known.iter().copied()).first() {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => format!("known here: {}", known.join(", ")),
    })
}
