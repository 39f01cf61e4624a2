//! Times: what their texts name and how they are written.

use crate::model::{Offset, Shape};
use crate::scan::moment;
use crate::scan::shapes::classify;

/// 2025-11-14T01:48:53Z in microseconds.
const BASE: i64 = 1_763_084_933_000_000;

#[test]
fn iso_times_are_read_with_every_precision_and_offset() {
    let figures = "987654321";
    for digits in 0..=9 {
        let fraction = if digits == 0 { String::new() } else { format!(".{}", &figures[..digits]) };
        let micros = format!("{:0<6}", &figures[..digits])[..6].parse::<i64>().unwrap();
        for (offset, kind, ahead) in [
            ("Z", Offset::Zulu, 0),
            ("+00:00", Offset::Zero, 0),
            ("", Offset::None, 0),
            ("+02:00", Offset::Other, 7_200),
            ("-05:30", Offset::Other, -19_800),
            ("+0530", Offset::Other, 19_800),
            ("-08", Offset::Other, -28_800),
        ] {
            for parted in ["T", " "] {
                let text = format!("2025-11-14{parted}01:48:53{fraction}{offset}");
                assert_eq!(moment(text.as_bytes()), Some(BASE + micros - ahead * 1_000_000), "{text}");
                let shape = Shape::iso_time(digits as u8, kind, parted == " ");
                assert_eq!(classify(text.as_bytes()), shape, "{text}");
            }
        }
    }
    let long = b"2025-11-14T01:48:53.98765432109Z";
    assert_eq!((moment(long), classify(long)), (Some(BASE + 987_654), Shape::iso_time(9, Offset::Zulu, false)));
}

#[test]
fn other_times_are_read() {
    for (text, micros) in [
        ("11/14/2025 1:48:53 AM", BASE),
        ("11/14/2025 01:48:53 AM", BASE),
        ("11/14/2025 1:48:53 PM", BASE + 12 * 3_600_000_000),
        ("11/14/2025, 1:48:53.25 am", BASE + 250_000),
        ("11/14/2025 1:48:53\u{202f}AM", BASE),
        ("11/14/2025 1:48 AM", BASE - 53_000_000),
        ("11/14/2025 12:48:53 AM", BASE - 3_600_000_000),
        ("11/14/2025 12:48:53 PM", BASE + 11 * 3_600_000_000),
        ("11/14/2025 01:48:53", BASE),
        ("11/14/2025, 1:48:53.5", BASE + 500_000),
        ("11/14/2025 13:48", BASE + 12 * 3_600_000_000 - 53_000_000),
        ("2025-11-14", BASE - 6_533_000_000),
        ("1763084933", BASE),
        ("1763084933.25", BASE + 250_000),
        ("1763084933250", BASE + 250_000),
        ("1763084933250001", BASE + 250_001),
        ("1970-01-01T00:00:00Z", 0),
        ("1969-12-31T23:59:59.5Z", -500_000),
        ("2000-02-29T00:00:00Z", 951_782_400_000_000),
        ("0000-01-01T00:00:00Z", -62_167_219_200_000_000),
        ("2016-12-31T23:59:60Z", 1_483_228_800_000_000),
    ] {
        assert_eq!(moment(text.as_bytes()), Some(micros), "{text}");
    }
}

#[test]
fn what_names_no_moment_is_none() {
    for text in [
        "",
        "2025-11-14T01:48Z",
        "2025-11-14T01:48:65Z",
        "2025-13-14T01:48:53Z",
        "2025-02-29",
        "1900-02-29",
        "2025-11-31",
        "2025-11-00",
        "2025-11-14T24:00:00Z",
        "2025-11-14T01:48:53.Z",
        "2025-11-14T01:48:53z",
        "2025-11-14t01:48:53Z",
        "2025-11-14T01:48:53+24:00",
        "2025-11-14T01:48:53+1:00",
        "2025-11-14T01:48:53Z ",
        " 2025-11-14",
        "2025-11-1",
        "+025-11-14",
        "11/14/2025",
        "11/14/25 1:48:53 AM",
        "11/14/2025 13:48:53 AM",
        "11/14/2025 0:48:53 PM",
        "14/11/2025 01:48:53",
        "11/14/2025 1:48:53 XM",
        "11/14/2025 1:60:53 AM",
        "111/4/2025 1:48:53",
        "176308493",
        "17630849331",
        "2200000000",
        "9999999999999",
        "1763084933.",
        "1763084933.x",
        "-763084933",
        "1.763084933e9",
        "yesterday",
        "01:48:53",
        "2025-11-14Té1:48:53",
    ] {
        assert_eq!(moment(text.as_bytes()), None, "{text}");
    }
}

#[test]
fn a_log_that_writes_the_day_first_keeps_one_shape_though_its_moments_are_unknown() {
    assert_eq!(classify(b"14/11/2025 01:48:53"), Shape::SLASH_TIME);
    assert_eq!(classify(b"14/11/2025 1:48:53 AM"), Shape::US_TIME);
    assert_eq!(classify(b"14/13/2025 01:48:53"), Shape::TEXT_OTHER);
}
