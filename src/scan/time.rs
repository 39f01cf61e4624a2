//! Dates and times as texts: their formats and the moments they name.

use super::formats::{all, cut};
use crate::model::{Offset, Shape};

/// What a time text names and how it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Time {
    /// Microseconds since 1970; `None` where the month could not be told from the day.
    micros: Option<i64>,
    /// How it is written.
    pub(super) shape: Shape,
}

/// The moment a text or number names, in microseconds since 1970; a text without an offset is taken as UTC.
///
/// Reads ISO dates and times, US times (`11/14/2025 1:48:53 AM`), times with slashes (month first) and counts since 1970
/// in seconds (10 digits, a fraction allowed), milliseconds (13) or microseconds (16).
#[must_use]
pub fn moment(text: &[u8]) -> Option<i64> {
    match time(text) {
        Some(time) => time.micros,
        None => epoch(text),
    }
}

/// The time that a text is, if it is one.
pub(super) fn time(text: &[u8]) -> Option<Time> {
    if text.get(4) == Some(&b'-') { iso(text) } else { slashes(text) }
}

fn iso(text: &[u8]) -> Option<Time> {
    let (date, rest) = text.split_first_chunk::<10>()?;
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *date else { return None };
    let year = two(y1, y2)? * 100 + two(y3, y4)?;
    let midnight = day(year, two(m1, m2)?, two(d1, d2)?)? * 86_400;
    let Some((parted, rest)) = rest.split_first() else {
        return Some(Time { micros: Some(midnight * 1_000_000), shape: Shape::ISO_DATE });
    };
    let blank = match parted {
        b'T' => false,
        b' ' => true,
        _ => return None,
    };
    let (clock, rest) = rest.split_first_chunk::<8>()?;
    let [h1, h2, b':', m1, m2, b':', s1, s2] = *clock else { return None };
    let seconds = seconds(two(h1, h2)?, two(m1, m2)?, two(s1, s2)?)?;
    let (micros, decimals, rest) = fraction(rest)?;
    let (offset, ahead) = offset(rest)?;
    let shape = Shape::iso_time(decimals, offset, blank);
    Some(Time { micros: Some((midnight + seconds - ahead) * 1_000_000 + micros), shape })
}

/// The number of two digits.
#[inline]
fn two(tens: u8, ones: u8) -> Option<i64> {
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then(|| i64::from(tens) * 10 + i64::from(ones))
}

/// Reads `M/D/YYYY h:mm[:ss[.fff]]`, a comma after the date allowed, with AM or PM or without.
fn slashes(text: &[u8]) -> Option<Time> {
    let (first, rest) = cut(text, b'/')?;
    let (second, rest) = cut(rest, b'/')?;
    let (year, rest) = rest.split_at_checked(4)?;
    let rest = rest.strip_prefix(b", ").or_else(|| rest.strip_prefix(b" "))?;
    let (hour, rest) = cut(rest, b':')?;
    let (minute, rest) = rest.split_at_checked(2)?;
    let (second_of_minute, rest) = match rest.strip_prefix(b":") {
        Some(rest) => rest.split_at_checked(2)?,
        None => (&b"00"[..], rest),
    };
    let (micros, _, rest) = fraction(rest)?;
    let (first, second, year) = (short(first)?, short(second)?, digits(year)?);
    let (hour, shape) = match half(rest) {
        Some(afternoon) => {
            ((1..=12).contains(&short(hour)?).then_some(short(hour)? % 12 + if afternoon { 12 } else { 0 })?, Shape::US_TIME)
        }
        None if rest.is_empty() => (short(hour)?, Shape::SLASH_TIME),
        None => return None,
    };
    let seconds = seconds(hour, digits(minute)?, digits(second_of_minute)?)?;
    let midnight = day(year, first, second).map(|day| day * 86_400);
    // A log that writes the day first is a time as well, but which of the two is the day would be a guess.
    midnight.or_else(|| day(year, second, first))?;
    Some(Time { micros: midnight.map(|midnight| (midnight + seconds) * 1_000_000 + micros), shape })
}

/// Whether a time ends in PM; newer runtimes write a narrow no-break space before it.
fn half(rest: &[u8]) -> Option<bool> {
    let name = rest.strip_prefix(b" ").or_else(|| rest.strip_prefix("\u{202f}".as_bytes()))?;
    match name {
        b"AM" | b"am" => Some(false),
        b"PM" | b"pm" => Some(true),
        _ => None,
    }
}

/// What so many digits of a fraction have to be multiplied with to count millionths.
const TENS: [i64; 6] = [0, 100_000, 10_000, 1_000, 100, 10];

/// Microseconds, number of digits and the rest after an optional fraction of a second.
fn fraction(text: &[u8]) -> Option<(i64, u8, &[u8])> {
    let Some(rest) = text.strip_prefix(b".") else { return Some((0, 0, text)) };
    let (mut micros, mut end) = (0, 0);
    while let Some(byte @ b'0'..=b'9') = rest.get(end) {
        micros = if end < 6 { micros * 10 + i64::from(byte - b'0') } else { micros };
        end += 1;
    }
    let micros = micros * TENS.get(end).copied().unwrap_or(1);
    (end > 0).then_some((micros, u8::try_from(end).unwrap_or(u8::MAX), &rest[end..]))
}

/// How an offset is written and by how many seconds it is ahead of UTC.
fn offset(text: &[u8]) -> Option<(Offset, i64)> {
    let (sign, rest) = match text {
        b"" => return Some((Offset::None, 0)),
        b"Z" => return Some((Offset::Zulu, 0)),
        b"+00:00" => return Some((Offset::Zero, 0)),
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = match rest {
        [h1, h2] => (digits(&[*h1, *h2])?, 0),
        [h1, h2, m1, m2] | [h1, h2, b':', m1, m2] => (digits(&[*h1, *h2])?, digits(&[*m1, *m2])?),
        _ => return None,
    };
    (hours < 24 && minutes < 60).then_some((Offset::Other, sign * (hours * 3_600 + minutes * 60)))
}

/// Days since 1970 (<https://howardhinnant.github.io/date_algorithms.html>, `days_from_civil`).
fn day(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let longest = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + i64::from(leap),
        _ => return None,
    };
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
    (1..=longest).contains(&day).then_some(era * 146_097 + days - 719_468)
}

/// Seconds since midnight; a leap second counts as the one after it.
fn seconds(hour: i64, minute: i64, second: i64) -> Option<i64> {
    (hour < 24 && minute < 60 && second <= 60).then_some(hour * 3_600 + minute * 60 + second)
}

/// One or two digits.
fn short(text: &[u8]) -> Option<i64> {
    matches!(text.len(), 1 | 2).then(|| digits(text))?
}

fn digits(text: &[u8]) -> Option<i64> {
    text.iter().try_fold(0, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + i64::from(byte - b'0')))
}

/// Microseconds since 1970 of a count of seconds, milliseconds or microseconds.
fn epoch(text: &[u8]) -> Option<i64> {
    let (whole, rest) = text.split_at(text.iter().position(|byte| *byte == b'.').unwrap_or(text.len()));
    let scale = match whole.len() {
        10 => 1_000_000,
        13 => 1_000,
        16 => 1,
        _ => return None,
    };
    let (micros, _, []) = fraction(rest)? else { return None };
    let since = digits(whole)? * scale;
    is_recent(since / 1_000_000).then_some(since + if scale == 1_000_000 { micros } else { 0 })
}

/// Whether a count of seconds since 1970 lies in the years 2001 to 2036.
pub(super) fn is_recent(seconds: i64) -> bool {
    (1_000_000_000..2_100_000_000).contains(&seconds)
}

/// Whether a text of digits counts seconds or milliseconds since 1970.
pub(super) fn is_epoch(text: &[u8]) -> bool {
    matches!(text.len(), 10 | 13) && all(text, |byte| byte.is_ascii_digit()) && epoch(text).is_some()
}
