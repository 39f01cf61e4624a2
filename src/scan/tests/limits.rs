//! Where a scan ends: bad grammar, bad letters, depth, the path space, and the roles.

use super::*;
use crate::scan::{MAX_LEVELS, MAX_PATHS, MAX_RECORD};

fn reason(record: &[u8]) -> Option<RejectReason> {
    rows(&mut scanner(), record).err()
}

#[test]
fn what_is_no_record_is_refused_for_its_reason() {
    for record in ["", " ", "{", "{}x", "{} {}", "{\"a\":1,}", "{\"a\" 1}", "{a:1}", "{\"a\":01}", "{\"a\":tru}", "{\"a\":[1,]}", "[1", "x"]
    {
        assert_eq!(reason(record.as_bytes()), Some(RejectReason::NotJson), "{record}");
    }
    for record in
        ["{\"a\":[1}", "{\"a\":{]}", "{\"a\":\"\t\"}", "{\"a\":\"\\x\"}", "{\"a\\q\":1}", "{\"a\":nul}", "{\"a\":1 2}", "{,}", "true x"]
    {
        assert_eq!(reason(record.as_bytes()), Some(RejectReason::NotJson), "{record}");
    }
    for record in ["[]", "[{\"a\":1}]", " \"text\"", "1", "true", "null"] {
        assert_eq!(reason(record.as_bytes()), Some(RejectReason::NotAnObject), "{record}");
    }
    for record in
        [&b"{\"a\":\"\xff\"}"[..], b"{\"a\xff\":1}", b"{\"a\":\"\\n\xff\"}", b"{\"a\":1}\xff", b"{\"\xe9\":1", b"{\"a\":\"\xed\xa0\x80\"}"]
    {
        assert_eq!(reason(record), Some(RejectReason::NotUtf8), "{record:?}");
    }
    let long = format!("{{\"a\":\"{}\"}}", "x".repeat(MAX_RECORD - 8));
    assert_eq!((long.len(), reason(long.as_bytes())), (MAX_RECORD, None));
    assert_eq!(reason(format!("{long} ").as_bytes()), Some(RejectReason::TooLong));
}

#[test]
fn what_serde_json_refuses_but_real_logs_hold_is_read() {
    let rows = rows(&mut scanner(), br#"{"a":"x\ud800y","b\udfff":1e999,"c":"{\"d\":\"\\ud83d\"}"}"#).unwrap();
    assert_eq!((rows[0].2, rows[0].3.as_slice()), (5, "x\u{fffd}y".as_bytes()));
    assert_eq!((rows[1].0.as_str(), rows[1].1), ("[\"b\u{fffd}\"]", Shape::FLOAT));
    assert_eq!((rows[3].0.as_str(), rows[3].3.as_slice()), ("c.d", "\u{fffd}".as_bytes()));
    let mut seen = Observations::new();
    let mut scanner = scanner();
    scanner.scan(br#"{"a":-1e999,"b":2.5}"#, &mut seen).unwrap();
    assert_eq!(observations(&scanner, &seen).iter().map(|item| item.number).collect::<Vec<_>>(), [f64::MIN, 2.5]);
}

#[test]
fn depth_is_limited_at_128_levels_with_json_in_texts_counted() {
    let nested = |levels: u32, inner: &str| format!("{}{inner}{}", "{\"a\":".repeat(levels as usize), "}".repeat(levels as usize));
    assert_eq!(reason(nested(MAX_LEVELS, "1").as_bytes()), None);
    assert_eq!(reason(nested(MAX_LEVELS + 1, "1").as_bytes()), Some(RejectReason::TooDeep));
    assert_eq!(reason(nested(MAX_LEVELS - 1, "[]").as_bytes()), None);
    assert_eq!(reason(nested(MAX_LEVELS, "[]").as_bytes()), Some(RejectReason::TooDeep));
    assert_eq!(reason(nested(MAX_LEVELS - 2, "[{\"key\":\"k\",\"value\":1}]").as_bytes()), None);
    assert_eq!(reason(nested(MAX_LEVELS - 1, "[{\"key\":\"k\",\"value\":1}]").as_bytes()), Some(RejectReason::TooDeep));
    assert_eq!(reason("[".repeat(1_000_000).as_bytes()), Some(RejectReason::TooDeep));
    let last = |record: String| rows(&mut scanner(), record.as_bytes()).unwrap().pop().unwrap();
    assert_eq!(last(nested(MAX_LEVELS - 2, "\"[[7]]\"")).3, b"7");
    assert_eq!(last(nested(MAX_LEVELS - 1, "\"[[7]]\"")).1, Shape::TEXT_OTHER);
}

#[test]
fn values_beyond_the_path_space_are_counted_and_known_ones_still_seen() {
    let mut scanner = Scanner::new(HashKey::new([3; 32]), &[vec![path("role.late")]]);
    let mut seen = Observations::new();
    let members: Vec<String> = (0..MAX_PATHS).map(|i| format!("\"k{i}\":{i}")).collect();
    scanner.scan(format!("{{{}}}", members.join(",")).as_bytes(), &mut seen).unwrap();
    assert_eq!(scanner.paths().len(), MAX_PATHS);
    assert_eq!((seen.values().len(), seen.lost), (MAX_PATHS - 3, 3));
    let record = br#"{"k5":1,"new":{"x":[1,"{\"a\":1}",{"key":"k","value":2}]},"role":{"late":"there","not":[{}]},"k6":[0]}"#;
    scanner.scan(record, &mut seen).unwrap();
    let names: Vec<String> =
        observations(&scanner, &seen).iter().map(|item| scanner.paths().name(item.path).unwrap().to_string()).collect();
    assert_eq!(names, ["k5", "role", "role.late", "k6"]);
    assert_eq!(seen.lost, 8);
    assert_eq!(seen.bytes(seen.role(0).unwrap(), record), b"there");
}

#[test]
fn long_hostile_keys_do_not_fill_the_memory() {
    let mut scanner = scanner();
    let mut seen = Observations::new();
    for i in 0..80 {
        let record = format!("{{\"{i}{}\":1}}", "k".repeat(1 << 20));
        scanner.scan(record.as_bytes(), &mut seen).unwrap();
        assert_eq!(seen.lost, u32::from(i >= 63), "{i}");
    }
}

#[test]
fn roles_go_to_the_first_filled_alternative_and_its_first_filled_value() {
    let roles = [vec![path("a"), path("b.c"), path("l[].x")], vec![path("l[].x")], vec![path("gone")], vec![path("b.c"), path("a")]];
    let mut scanner = Scanner::new(HashKey::new([3; 32]), &roles);
    let mut role = |record: &str, role: usize| {
        let mut seen = Observations::new();
        scanner.scan(record.as_bytes(), &mut seen).unwrap();
        seen.role(role).map(|item| String::from_utf8_lossy(seen.bytes(item, record.as_bytes())).into_owned())
    };
    let all = r#"{"l":[{"x":""},{"x":"-"},{"y":1,"x":"third"},{"x":"fourth"}],"b":{"c":"see"},"a":"ey"}"#;
    assert_eq!(role(all, 0).as_deref(), Some("ey"));
    assert_eq!(role(all, 1).as_deref(), Some("third"));
    assert_eq!(role(all, 2), None);
    assert_eq!(role(all, 3).as_deref(), Some("see"));
    assert_eq!(role(all, 4), None);
    let poor = r#"{"a":"unknown","b":{"c":null},"l":[{"x":5}]}"#;
    assert_eq!(role(poor, 0).as_deref(), Some("5"));
    assert_eq!(role(poor, 3), None);
    assert_eq!(role("{}", 0), None);
    assert_eq!(role(r#"{"a":"{\"x\":1,"}"#, 0).as_deref(), Some("{\"x\":1,"));
}

#[test]
fn record_numbers_that_begin_anew_do_not_make_first_values_seem_repeated() {
    let mut scanner = scanner();
    check(&mut scanner, r#"{"a":1}"#);
    scanner.record = u32::MAX - 1;
    for _ in 0..4 {
        check(&mut scanner, r#"{"a":1,"b":2}"#);
    }
}
