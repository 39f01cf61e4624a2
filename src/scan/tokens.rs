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
    let classes = classes(body);
    let fits = text.len() >= TOKEN && whole && classes & !(ALNUM | SIGN) == 0;
    let shown = padding > 0 || classes & SIGN != 0;
    let mixed = classes & CASES == CASES && (classes & DIGIT != 0 || padding > 0);
    (fits && shown && mixed && is_jumbled(body)).then(|| Shape::base64(text.len()))
}

/// Base64url that shows itself by `-` or `_`.
pub(super) fn base64_url(text: &[u8]) -> Option<Shape> {
    (text.len() >= TOKEN && classes(text) == ALNUM | DASH && is_jumbled(text)).then(|| Shape::base64_url(text.len()))
}

/// Letters of both cases and digits.
pub(super) fn alphanumeric(text: &[u8]) -> Option<Shape> {
    (text.len() >= TOKEN && classes(text) == ALNUM).then(|| Shape::alphanumeric(text.len()))
}

/// Three base64url parts, the first of which is JSON.
pub(super) fn jwt(text: &[u8]) -> Option<Shape> {
    let parts = text.split(|byte| *byte == b'.');
    let fits = text.starts_with(b"eyJ")
        && parts.clone().count() == 3
        && parts.clone().all(|part| all(part, |byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
    fits.then_some(Shape::JWT)
}

/// Classes of characters, a bit for each.
const CASES: u8 = 1 | 2;
const DIGIT: u8 = 4;
const ALNUM: u8 = CASES | DIGIT;
const DASH: u8 = 8;
const SIGN: u8 = 16;
const CLASSES: [u8; 256] = classes_of_bytes();

const fn classes_of_bytes() -> [u8; 256] {
    let mut classes = [32; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            b'a'..=b'z' => 1,
            b'A'..=b'Z' => 2,
            b'0'..=b'9' => DIGIT,
            b'-' | b'_' => DASH,
            b'+' | b'/' => SIGN,
            _ => 32,
        };
        byte += 1;
    }
    classes
}

/// The classes that a text has characters of.
fn classes(text: &[u8]) -> u8 {
    text.iter().fold(0, |classes, byte| classes | CLASSES[usize::from(*byte)])
}

/// Whether the kind of character (of case, digit or neither) changes at every third place or more often: it does at two of three in
/// random base64 and at one of five in words glued together.
fn is_jumbled(text: &[u8]) -> bool {
    let kind = |byte: u8| CLASSES[usize::from(byte)] & ALNUM;
    let changes = text.iter().zip(text.iter().skip(1)).filter(|(a, b)| kind(**a) != kind(**b)).count();
    changes * 10 >= text.len() * 3
}
