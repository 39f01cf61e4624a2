//! JSON numbers: their grammar and their value.

/// A number as it stands in a text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Number {
    /// Index after its last byte.
    pub(super) end: usize,
    /// Its value; the nearest finite one if it is too large.
    pub(super) value: f64,
    /// Whether it is written without a fraction and an exponent.
    pub(super) whole: bool,
}

/// Powers of ten that a double holds exactly.
const TENS: [f64; 23] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22];

/// The number that begins at `start`; `None` if JSON knows no such number.
#[inline]
pub(super) fn number(text: &[u8], start: usize) -> Option<Number> {
    let negative = text.get(start) == Some(&b'-');
    let first = start + usize::from(negative);
    let (mut at, mut digits) = run(text, first, 0);
    if at == first || (at > first + 1 && text.get(first) == Some(&b'0')) {
        return None;
    }
    let mut fraction = 0;
    let mut whole = true;
    if text.get(at) == Some(&b'.') {
        let (end, more) = run(text, at + 1, digits);
        fraction = end - at - 1;
        if fraction == 0 {
            return None;
        }
        (at, digits, whole) = (end, more, false);
    }
    let mut exponent = false;
    if let Some(b'e' | b'E') = text.get(at) {
        let sign = usize::from(matches!(text.get(at + 1), Some(b'+' | b'-')));
        let (end, _) = run(text, at + 1 + sign, 0);
        if end == at + 1 + sign {
            return None;
        }
        (at, exponent, whole) = (end, true, false);
    }
    // Up to 15 digits and one division by an exact power of ten round once, so this is the nearest double.
    let value = match TENS.get(fraction) {
        Some(tens) if !exponent && at - first <= 16 => digits as f64 / tens,
        _ => return Some(Number { end: at, value: slow(text.get(start..at)?), whole }),
    };
    Some(Number { end: at, value: if negative { -value } else { value }, whole })
}

/// The end of a run of digits and their value on top of `digits`.
#[inline]
fn run(text: &[u8], mut at: usize, mut digits: u64) -> (usize, u64) {
    while let Some(byte @ b'0'..=b'9') = text.get(at) {
        digits = digits.wrapping_mul(10).wrapping_add(u64::from(byte - b'0'));
        at += 1;
    }
    (at, digits)
}

#[cold]
fn slow(text: &[u8]) -> f64 {
    let value: f64 = std::str::from_utf8(text).ok().and_then(|text| text.parse().ok()).unwrap_or(0.0);
    value.clamp(f64::MIN, f64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_what_serde_json_reads() {
        for text in [
            "0",
            "-0",
            "7",
            "-12",
            "50126",
            "1700000000",
            "1700000000123",
            "123456789012345",
            "1234567890123456",
            "9007199254740993",
            "18446744073709551615",
            "0.5",
            "-48.13712",
            "47.68050003051758",
            "0.000001",
            "12345678.9012345",
            "1e5",
            "1E+05",
            "2.5e-3",
            "1e-400",
        ] {
            let number = number(text.as_bytes(), 0).unwrap();
            let oracle: f64 = serde_json::from_str(text).unwrap();
            assert_eq!((number.end, number.value.to_bits()), (text.len(), oracle.to_bits()), "{text}");
            assert_eq!(number.whole, !text.contains(['.', 'e', 'E']));
        }
    }

    #[test]
    fn huge_exponents_stay_finite_and_bad_grammar_is_refused() {
        assert_eq!(number(b"1e999", 0).map(|n| n.value), Some(f64::MAX));
        assert_eq!(number(b"-1e999", 0).map(|n| n.value), Some(f64::MIN));
        for text in ["", "-", "01", "-01", "1.", ".5", "1e", "1e+", "+1", "a", "1.e5", "--1"] {
            assert_eq!(number(text.as_bytes(), 0), None, "{text}");
        }
        assert_eq!(number(b"x12,", 1).map(|n| n.end), Some(3));
    }
}
