//! Strings without words: hexadecimal, base64 and their kin.

use super::formats::all;
use crate::model::Shape;

/// Shortest base64 or alphanumeric token; shorter ones look like names.
const TOKEN: usize = 16;

/// Hexadecimal digits of one case, with a letter and a digit among them.
pub(super) fn hex(text: &[u8]) -> Option<Shape> {
    let digit = text.iter().any(u8::is_ascii_digit);
    let (lower, upper) = (text.iter().any(u8::is_ascii_lowercase), text.iter().any(u8::is_ascii_uppercase));
    let fits = text.len() >= 8 && digit && lower != upper && all(text, |byte| byte.is_ascii_hexdigit());
    fits.then(|| Shape::hex(text.len()))
}

/// Base64 that shows itself by `+`, `/` or `=`.
pub(super) fn base64(text: &[u8]) -> Option<Shape> {
    let padding = text.iter().rev().take_while(|byte| **byte == b'=').count();
    let body = text.get(..text.len() - padding)?;
    let whole = padding == 0 || (padding <= 2 && text.len().is_multiple_of(4));
    let fits = text.len() >= TOKEN && whole && all(body, |byte| byte.is_ascii_alphanumeric() || b"+/".contains(&byte));
    let shown = padding > 0 || body.iter().any(|byte| b"+/".contains(byte));
    let (lower, upper, digit) = classes(body);
    let mixed = lower && upper && (digit || padding > 0) && is_jumbled(body);
    (fits && shown && mixed).then(|| Shape::base64(text.len()))
}

/// Base64url that shows itself by `-` or `_`.
pub(super) fn base64_url(text: &[u8]) -> Option<Shape> {
    let shown = text.iter().any(|byte| b"-_".contains(byte));
    let fits = text.len() >= TOKEN && shown && all(text, |byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    (fits && classes(text) == (true, true, true) && is_jumbled(text)).then(|| Shape::base64_url(text.len()))
}

/// Letters of both cases and digits.
pub(super) fn alphanumeric(text: &[u8]) -> Option<Shape> {
    let fits = text.len() >= TOKEN && all(text, |byte| byte.is_ascii_alphanumeric());
    (fits && classes(text) == (true, true, true)).then(|| Shape::alphanumeric(text.len()))
}

/// Three base64url parts, the first of which is JSON.
pub(super) fn jwt(text: &[u8]) -> Option<Shape> {
    let parts = text.split(|byte| *byte == b'.');
    let fits = text.starts_with(b"eyJ")
        && parts.clone().count() == 3
        && parts.clone().all(|part| all(part, |byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
    fits.then_some(Shape::JWT)
}

fn classes(text: &[u8]) -> (bool, bool, bool) {
    (text.iter().any(u8::is_ascii_lowercase), text.iter().any(u8::is_ascii_uppercase), text.iter().any(u8::is_ascii_digit))
}

/// Whether the kind of character changes at every third place or more often: it does at two of three in random base64
/// and at one of five in words glued together.
fn is_jumbled(text: &[u8]) -> bool {
    let class = |byte: u8| match byte {
        b'a'..=b'z' => 0,
        b'A'..=b'Z' => 1,
        b'0'..=b'9' => 2,
        _ => 3,
    };
    let changes = text.windows(2).filter(|pair| matches!(pair, [a, b] if class(*a) != class(*b))).count();
    changes * 10 >= text.len() * 3
}
