//! Words and texts, told apart by case; words that stand for nothing.

use crate::model::Shape;

/// Words that say "nothing here", in lower case.
pub(super) const PLACEHOLDERS: [&[u8]; 9] =
    [b"-", b"--", b"n/a", b"null", b"hidden", b"unknown", b"undefined", b"not available", b"00000000-0000-0000-0000-000000000000"];

/// A trimmed text that stands for nothing.
pub(super) fn placeholder(text: &[u8]) -> Option<Shape> {
    PLACEHOLDERS.iter().any(|word| word.eq_ignore_ascii_case(text)).then_some(Shape::PLACEHOLDER_TEXT)
}

/// How the letters of a text are cased.
#[derive(Default)]
struct Case {
    upper: bool,
    lower: bool,
    /// Whether the first letter is a capital.
    first: bool,
    /// Whether every word begins with a capital.
    every: bool,
    /// Whether a capital stands inside a word.
    inside: bool,
    words: usize,
}

fn case(text: &str) -> Case {
    let mut case = Case { every: true, ..Case::default() };
    let mut within = false;
    for letter in text.chars() {
        if !letter.is_alphabetic() {
            within = false;
            continue;
        }
        let capital = letter.is_uppercase();
        case.upper |= capital;
        case.lower |= letter.is_lowercase();
        case.inside |= within && capital;
        if !within {
            case.first |= capital && case.words == 0;
            case.every &= capital;
            case.words += 1;
        }
        within = true;
    }
    case
}

/// One word: letters only.
pub(super) fn word(text: &[u8]) -> Option<Shape> {
    match text {
        b"true" | b"false" => return Some(Shape::BOOLEAN_LOWER),
        b"True" | b"False" => return Some(Shape::BOOLEAN_TITLE),
        b"TRUE" | b"FALSE" => return Some(Shape::BOOLEAN_UPPER),
        [b'A'..=b'Z', b'A'..=b'Z'] => return Some(Shape::COUNTRY),
        _ => {}
    }
    let text = std::str::from_utf8(text).ok()?;
    let case = case(text);
    if !text.chars().all(char::is_alphabetic) {
        return None;
    }
    Some(match case {
        Case { upper: false, .. } => Shape::WORD_LOWER,
        Case { lower: false, .. } => Shape::WORD_UPPER,
        Case { first: true, inside: false, .. } => Shape::WORD_TITLE,
        _ => Shape::WORD_MIXED,
    })
}

/// Letters and digits, joined by `-`, `_` and `.` only.
pub(super) fn code(text: &[u8]) -> Option<Shape> {
    let text = std::str::from_utf8(text).ok()?;
    let fits = text.chars().all(|c| c.is_alphanumeric() || "-_.".contains(c)) && text.contains(char::is_alphanumeric);
    fits.then_some(Shape::CODE)
}

/// Anything with words in it, parted by whatever is no letter.
pub(super) fn text(text: &[u8]) -> Shape {
    let Ok(text) = std::str::from_utf8(text) else { return Shape::TEXT_OTHER };
    match case(text) {
        Case { words: 0, .. } => Shape::TEXT_OTHER,
        Case { upper: false, .. } => Shape::TEXT_LOWER,
        Case { lower: false, .. } => Shape::TEXT_UPPER,
        Case { every: true, .. } => Shape::TEXT_TITLE,
        Case { first: true, .. } => Shape::TEXT_SENTENCE,
        _ => Shape::TEXT_OTHER,
    }
}
