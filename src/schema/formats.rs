//! Shapes of texts in the words of JSON Schema: formats, and patterns for what says nothing.

use crate::model::{Offset, Shape};
use crate::scan;

/// The formats that shapes stand for.
pub(super) const FORMATS: [&str; 9] = ["date", "date-time", "duration", "email", "hostname", "ipv4", "ipv6", "uri", "uuid"];

/// The texts that are not empty.
pub(super) const SOMETHING: &str = r"\S";

/// The format of JSON Schema that a filled text of this shape has; `None` where there is none.
pub(super) fn format(shape: Shape) -> Option<&'static str> {
    Some(match shape {
        Shape::GUID | Shape::GUID_UPPER => "uuid",
        Shape::EMAIL | Shape::EXTERNAL_UPN => "email",
        Shape::IPV4 => "ipv4",
        Shape::IPV6 => "ipv6",
        Shape::URL => "uri",
        Shape::ISO_DATE => "date",
        Shape::DURATION => "duration",
        Shape::HOSTNAME => "hostname",
        time if is_moment(time) => "date-time",
        _ => return None,
    })
}

/// Whether a time is written as RFC 3339 has it: with an offset, and a `T` before the hours.
fn is_moment(shape: Shape) -> bool {
    let offsets = [Offset::Zulu, Offset::Zero, Offset::Other];
    (0..=9).any(|digits| offsets.iter().any(|offset| Shape::iso_time(digits, *offset, false) == shape))
}

/// The texts without content that look so, as a regular expression; `None` of any other shape.
pub(super) fn pattern(unfilled: Shape) -> Option<String> {
    match unfilled {
        Shape::EMPTY_TEXT => Some(r"^\s*$".to_owned()),
        Shape::EMPTY_JSON => Some(r"^\s*(\[\s*\]|\{\s*\})\s*$".to_owned()),
        Shape::PLACEHOLDER_TEXT => {
            let any_case = |c: char| match c.is_ascii_alphabetic() {
                true => format!("[{}{}]", c.to_ascii_lowercase(), c.to_ascii_uppercase()),
                false => c.to_string(),
            };
            let words: Vec<String> = scan::placeholders().map(|word| word.chars().map(any_case).collect()).collect();
            Some(format!(r"^\s*({})\s*$", words.join("|")))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_those_that_readers_of_schemas_know() {
        for (text, expected) in [
            ("2026-03-01T10:00:00.1234567Z", Some("date-time")),
            ("2026-03-01T10:00:00+02:00", Some("date-time")),
            ("2026-03-01 10:00:00", None),
            ("2026-03-01T10:00:00", None),
            ("2026-03-01", Some("date")),
            ("910a2dec-8902-4cc1-b62d-d8916387443f", Some("uuid")),
            ("a@b.example", Some("email")),
            ("10.0.0.1", Some("ipv4")),
            ("2001:db8::1", Some("ipv6")),
            ("https://a.example/b", Some("uri")),
            ("Success", None),
        ] {
            assert_eq!(format(scan::shape_of(text)), expected, "{text}");
            assert!(expected.is_none_or(|format| FORMATS.contains(&format)));
        }
    }
}
