//! Named formats with a fixed build: GUIDs, numbers, versions, phones, hardware and Windows names, durations, user agents.

use super::time::is_epoch;
use crate::model::Shape;

/// Whether a text has bytes and all of them pass.
pub(super) fn all(text: &[u8], pass: impl Fn(u8) -> bool) -> bool {
    !text.is_empty() && text.iter().all(|byte| pass(*byte))
}

/// What stands before and after the first such byte.
pub(super) fn cut(text: &[u8], at: u8) -> Option<(&[u8], &[u8])> {
    let place = text.iter().position(|byte| *byte == at)?;
    Some((text.get(..place)?, text.get(place + 1..)?))
}

fn is_digits(text: &[u8]) -> bool {
    all(text, |byte| byte.is_ascii_digit())
}

/// A GUID of any style.
pub(super) fn guid(text: &[u8]) -> Option<Shape> {
    match text {
        [b'{', inner @ .., b'}'] => bare_guid(inner).map(|_| Shape::GUID_OTHER),
        _ => bare_guid(text),
    }
}

fn bare_guid(text: &[u8]) -> Option<Shape> {
    let text: &[u8; 36] = text.try_into().ok()?;
    let (mut fits, mut lower, mut upper) = (true, false, false);
    for (place, byte) in text.iter().enumerate() {
        let dash = matches!(place, 8 | 13 | 18 | 23);
        fits &= if dash { *byte == b'-' } else { byte.is_ascii_hexdigit() };
        lower |= byte.is_ascii_lowercase();
        upper |= byte.is_ascii_uppercase();
    }
    fits.then_some(match (lower, upper) {
        (true, true) => Shape::GUID_OTHER,
        (false, true) => Shape::GUID_UPPER,
        _ => Shape::GUID,
    })
}

/// Digits with a sign or a point, and counts since 1970.
pub(super) fn numeric(text: &[u8]) -> Option<Shape> {
    if is_epoch(text) {
        return Some(Shape::EPOCH_TEXT);
    }
    let unsigned = match text {
        [b'+', rest @ ..] if is_digits(rest) && rest.len() >= 7 => return Some(Shape::PHONE),
        [b'+' | b'-', rest @ ..] => rest,
        _ => text,
    };
    if is_digits(unsigned) {
        return Some(Shape::INTEGER_TEXT);
    }
    let (whole, fraction) = cut(unsigned, b'.')?;
    (is_digits(whole) && is_digits(fraction)).then_some(Shape::DECIMAL_TEXT)
}

/// Three or more numbers between dots.
pub(super) fn version(text: &[u8]) -> Option<Shape> {
    let groups = text.split(|byte| *byte == b'.');
    (groups.clone().count() >= 3 && groups.clone().all(is_digits)).then_some(Shape::VERSION)
}

/// A phone number that begins with `+`, with or without masked digits.
pub(super) fn phone(text: &[u8]) -> Option<Shape> {
    let rest = text.strip_prefix(b"+")?;
    let masked = rest.iter().any(|byte| b"Xx*".contains(byte));
    let digits = rest.iter().filter(|byte| byte.is_ascii_digit()).count();
    let fits = all(rest, |byte| byte.is_ascii_digit() || b"Xx* -().".contains(&byte));
    match (fits, masked) {
        (true, true) => Some(Shape::PHONE_MASK),
        (true, false) if digits >= 7 => Some(Shape::PHONE),
        _ => None,
    }
}

/// Six pairs of hexadecimal digits.
pub(super) fn mac(text: &[u8]) -> Option<Shape> {
    let parted = *text.get(2)?;
    let fits = text.len() == 17
        && b":-".contains(&parted)
        && text.iter().enumerate().all(|(i, byte)| if i % 3 == 2 { *byte == parted } else { byte.is_ascii_hexdigit() });
    fits.then_some(Shape::MAC)
}

/// A Windows security identifier.
pub(super) fn sid(text: &[u8]) -> Option<Shape> {
    let rest = text.strip_prefix(b"S-1-")?;
    rest.split(|byte| *byte == b'-').all(is_digits).then_some(Shape::SID)
}

/// An ISO 8601 duration.
pub(super) fn duration(text: &[u8]) -> Option<Shape> {
    let rest = text.strip_prefix(b"P")?;
    let (days, clock) = match cut(rest, b'T') {
        Some((days, clock)) => (days, Some(clock)),
        None => (rest, None),
    };
    let fits = match clock {
        Some(clock) => (days.is_empty() || parts(days, b"YMWD")) && parts(clock, b"HMS"),
        None => parts(days, b"YMWD"),
    };
    fits.then_some(Shape::DURATION)
}

/// Whether a text is one or more numbers, each followed by the next of the units that it has.
fn parts(mut text: &[u8], mut units: &[u8]) -> bool {
    let some = !text.is_empty();
    while let Some(end) = text.iter().position(u8::is_ascii_alphabetic) {
        let (number, rest) = text.split_at(end);
        let Some(unit) = rest.first().and_then(|byte| units.iter().position(|unit| unit == byte)) else { return false };
        if numeric(number).is_none() {
            return false;
        }
        units = units.get(unit + 1..).unwrap_or_default();
        text = rest.get(1..).unwrap_or_default();
    }
    some && text.is_empty()
}

/// `scheme://...`
pub(super) fn url(text: &[u8]) -> Option<Shape> {
    let (scheme, rest) = cut(text, b':')?;
    let fits = scheme.first()?.is_ascii_alphabetic() && all(scheme, |byte| byte.is_ascii_alphanumeric() || b"+.-".contains(&byte));
    (fits && rest.strip_prefix(b"//").is_some_and(|rest| !rest.is_empty())).then_some(Shape::URL)
}

/// A path with two steps or more, or a name of AWS.
pub(super) fn resource(text: &[u8]) -> Option<Shape> {
    let path = text.strip_prefix(b"/").is_some_and(|rest| rest.contains(&b'/'));
    (path || text.starts_with(b"arn:")).then_some(Shape::RESOURCE)
}

/// `Product/1.2 ...`; a product of several words is one only with a point in its version.
pub(super) fn user_agent(text: &[u8]) -> Option<Shape> {
    let (product, rest) = cut(text, b'/')?;
    let end = rest.iter().position(|byte| !byte.is_ascii_digit() && *byte != b'.').unwrap_or(rest.len());
    let (version, after) = rest.split_at(end);
    let pointed = version.contains(&b'.');
    let word = |word: &[u8]| {
        word.first().is_some_and(u8::is_ascii_alphabetic) && all(word, |byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
    };
    let mut words = product.split(|byte| *byte == b' ');
    let named = if pointed { words.all(word) } else { word(product) };
    let closed = pointed || matches!(after.first(), None | Some(b' ' | b';' | b'(' | b','));
    (named && closed && version.first().is_some_and(u8::is_ascii_digit)).then_some(Shape::USER_AGENT)
}
