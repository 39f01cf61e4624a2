//! Whole records: by hand, from real logs, and cut at every byte.

use super::*;
use std::path::Path;

const RECORD: &str = r#"{"time":"2026-01-01T00:03:07.4631046Z","Level":4,"ok":true,"no":false,"nil":null,"durationMs":1700000000,
 "p":{"ip":"10.0.0.1","geo":{"latitude":0,"longitude":-8.5e0},"list":["a","b\n",{},[],[1,2.5]],"status":{},"empty":""},
 "details":[{"key":"Is CAE Token","value":"False"},{"key":"Is CAE Token","value":[1]},{"Name":"q\"","Value":{"x":1}},
 {"name":"flag","boolValue":true},{"key":"k","value":1,"more":2},{"key":7,"value":1},{"name":"n"}],
 "json":"[{\"m\":\"x\\ny\",\"n\":[{\"key\":\"a\",\"value\":\" {\\\"deep\\\":\\\"\\\\u00e9\\\"} \"}]}]","raw":"[1,[2]]","none":"{ }",
 "not":"[{'a': 1}]","half":"{\"m\":\"once\",\"x\":","by":{"910a2dec-8902-4cc1-b62d-d8916387443f":1,"17":2,"a@b.example":3},
 "\u006dey \"q\\":1,"é":"ü","json":"{\"m\":2}","time":"-"} "#;

#[test]
fn a_record_with_everything_is_read_as_serde_json_reads_it() {
    let mut scanner = scanner();
    check(&mut scanner, RECORD);
    check(&mut scanner, &RECORD.replace(": ", ":").replace(":", " :\t").replace(",", "\n, "));
    check(&mut scanner, "{}");
    check(&mut scanner, RECORD);
}

#[test]
fn paths_and_flags_are_those_meant() {
    let rows = rows(&mut scanner(), RECORD.as_bytes()).unwrap();
    let all = |name: &str| rows.iter().filter(|row| row.0 == name).map(|row| (row.1, row.2, row.4)).collect::<Vec<_>>();
    assert_eq!(all("time"), [(Shape::iso_time(7, crate::model::Offset::Zulu, false), 28, false), (Shape::PLACEHOLDER_TEXT, 1, true)]);
    assert_eq!(all("details"), [(Shape::ARRAY, 7, false)]);
    assert_eq!(all("details.flag"), [(Shape::BOOLEAN, 4, false)]);
    assert_eq!(all("details[\"Is CAE Token\"]"), [(Shape::BOOLEAN_TITLE, 5, false), (Shape::ARRAY, 1, true)]);
    assert_eq!(all("details[\"q\\\"\"].x"), [(Shape::INTEGER, 1, false)]);
    assert_eq!(all("details[]").len(), 3);
    assert_eq!(all("details[].more"), [(Shape::INTEGER, 1, false)]);
    assert_eq!(all("json[]"), [(Shape::OBJECT, 2, false)]);
    assert_eq!(all("json[].n.a.deep"), [(Shape::WORD_LOWER, 2, false)]);
    assert_eq!(all("raw[][]"), [(Shape::INTEGER, 1, false)]);
    assert_eq!(all("none"), [(Shape::EMPTY_JSON, 3, false)]);
    assert_eq!(all("half"), [(Shape::TEXT_LOWER, 16, false)]);
    assert_eq!(all("by.*").iter().map(|row| row.2).collect::<Vec<_>>(), [false, true, true]);
    assert_eq!(all("p.geo.latitude"), [(Shape::PLACEHOLDER_NUMBER, 1, false)]);
    assert_eq!(all(""), []);
}

#[test]
fn a_text_that_only_begins_as_json_leaves_no_trace() {
    let record = r#"{"a":"{\"b\":1,\"c\":[\"\\n\"],","a":"{\"b\":2}"}"#;
    let rows = rows(&mut scanner(), record.as_bytes()).unwrap();
    assert_eq!(rows.iter().map(|row| (row.0.as_str(), row.4)).collect::<Vec<_>>(), [("a", false), ("a", true), ("a.b", false)]);
}

#[test]
fn a_record_cut_at_any_byte_is_refused() {
    let mut scanner = scanner();
    let end = RECORD.trim_end().len();
    for cut in 0..end {
        let reason = rows(&mut scanner, &RECORD.as_bytes()[..cut]).unwrap_err();
        let whole = RECORD.is_char_boundary(cut);
        assert_eq!(reason, if whole { RejectReason::NotJson } else { RejectReason::NotUtf8 }, "at {cut}");
    }
    check(&mut scanner, RECORD);
}

#[test]
fn keys_in_another_order_or_missing_are_still_found() {
    let mut scanner = scanner();
    for record in [
        r#"{"a":1,"b":{"c":2,"d":3},"e":4}"#,
        r#"{"e":1,"b":{"d":2,"c":3},"a":4}"#,
        r#"{"b":{"d":3}}"#,
        r#"{"b":{"d":3,"x":{"a":1}},"bb":1,"a":2}"#,
        r#"{"a":1,"b":{"c":2,"d":3},"e":4}"#,
    ] {
        check(&mut scanner, record);
    }
}

#[test]
#[expect(clippy::print_stderr, reason = "a test that was skipped should say so")]
fn real_samples_are_read_as_serde_json_reads_them() {
    let samples = Path::new("../shared/data/samples");
    if !samples.exists() {
        eprintln!("skipped: {} is not there", samples.display());
        return;
    }
    let mut scanner = scanner();
    let mut records = 0;
    for file in walkdir::WalkDir::new(samples).into_iter().map(Result::unwrap) {
        if file.path().extension().is_some_and(|end| end == "ndjson") {
            for line in std::fs::read_to_string(file.path()).unwrap().lines() {
                check(&mut scanner, line);
                records += 1;
            }
        }
    }
    assert!(records > 100, "{records}");
}
