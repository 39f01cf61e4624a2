//! What must hold of every run, whatever the logs: order and pieces do not matter, and nobody's data is kept.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod place;

use place::{Place, lines, records};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;

/// The report of a check against a copy of the store that knows no earlier check, without what tells one run from another.
fn report(place: &Place, input: &str) -> Value {
    for end in ["", ".key"] {
        fs::copy(place.path(&format!("logdrift.db{end}")), place.path(&format!("{input}.db{end}"))).unwrap();
    }
    let mut report: Value =
        serde_json::from_str(&place.run(&["check", input, "--format", "json", "--store", &format!("{input}.db")]).out).unwrap();
    report["run"]["id"] = Value::Null;
    report
}

#[test]
fn the_order_of_lines_changes_no_byte_of_a_report() {
    let place = Place::with_baseline(14);
    place.incident("incident.json");
    let lines = fs::read_to_string(place.path("incident.json")).unwrap();
    let mut turned: Vec<&str> = lines.lines().rev().collect();
    turned.rotate_left(lines.lines().count() / 3);
    place.put("turned.json", turned.join("\n") + "\n");
    let straight = report(&place, "incident.json");
    assert_eq!(straight["verdict"], "drift");
    assert_eq!(straight.to_string(), report(&place, "turned.json").to_string());
}

#[test]
fn a_log_against_itself_is_silent() {
    let place = Place::with_baseline(14);
    place.incident("incident.json");
    for log in ["logs", "incident.json"] {
        let ran = place.run(&["diff", log, log, "--format", "json"]).succeeds();
        let report: Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!((&report["verdict"], &report["findings"]), (&"clean".into(), &Value::Array(Vec::new())));
    }
}

#[test]
fn parts_that_are_merged_give_the_bytes_of_one_pass() {
    let place = Place::new();
    let all = [records(0), records(1)].concat();
    // No record may be in two parts: what comes twice is known by its id within one pass only.
    let mut seen = BTreeSet::new();
    let once: Vec<Value> = all.into_iter().filter(|record| seen.insert(record.to_string())).collect();
    let parts: Vec<Vec<Value>> = (0..3).map(|part| once.iter().skip(part).step_by(3).cloned().collect()).collect();
    place.put("all.json", lines(&once));
    place.run(&["fingerprint", "all.json", "-o", "all.fp", "--key", "key"]).succeeds();
    for (part, records) in parts.iter().enumerate() {
        place.put(&format!("{part}.json"), lines(records));
        place.run(&["fingerprint", &format!("{part}.json"), "-o", &format!("{part}.fp"), "--key", "key"]).succeeds();
    }
    let bytes = |name: &str| fs::read(place.path(name)).unwrap();
    for order in [["0.fp", "1.fp", "2.fp"], ["2.fp", "0.fp", "1.fp"]] {
        place.run(&[&["merge"], &order[..], &["-o", "merged.fp"]].concat()).succeeds();
        assert!(bytes("merged.fp") == bytes("all.fp"), "{order:?}");
    }
    place.run(&["merge", "0.fp", "1.fp", "-o", "some.fp"]).succeeds();
    place.run(&["merge", "some.fp", "2.fp", "-o", "grouped.fp"]).succeeds();
    assert!(bytes("grouped.fp") == bytes("all.fp"));
}

#[test]
fn what_is_remembered_changes_no_byte() {
    let place = Place::new();
    // Enough records that containers come again: days of the same people and policies.
    (0..4).for_each(|day| place.day(&format!("logs/{day}.json"), day));
    let made = |name: &str, more: &[&str]| {
        place.run(&[&["fingerprint", "logs", "-o", name, "--key", "key"], more].concat()).succeeds();
        fs::read(place.path(name)).unwrap()
    };
    assert!(made("with.fp", &[]) == made("without.fp", &["--no-memo"]));
}

/// The texts of some fields of all records.
fn texts(records: &[Value], pointers: &[&str]) -> BTreeSet<String> {
    let found = records.iter().flat_map(|record| pointers.iter().filter_map(|pointer| record.pointer(pointer)));
    found.filter_map(Value::as_str).filter(|text| text.len() >= 6).map(str::to_owned).collect()
}

#[test]
fn nobody_of_the_logs_is_in_a_fingerprint_an_export_or_a_report() {
    let place = Place::with_baseline(2);
    let personal = texts(
        &[records(0), records(1)].concat(),
        &[
            "/identity",
            "/callerIpAddress",
            "/correlationId",
            "/properties/id",
            "/properties/userId",
            "/properties/userPrincipalName",
            "/properties/userDisplayName",
            "/properties/ipAddress",
            "/properties/location/city",
            "/properties/deviceDetail/deviceId",
            "/properties/deviceDetail/displayName",
            "/properties/userAgent",
            "/properties/servicePrincipalId",
        ],
    );
    assert!(personal.len() > 500, "{}", personal.len());
    // The wire form is what the store keeps of a window, packed.
    place.run(&["fingerprint", "logs", "-o", "logs.fp"]).succeeds();
    place.run(&["diff", "logs/0.json", "logs/1.json", "--format", "json", "--output", "report.json", "--exit-zero"]).succeeds();
    place.run(&[&["baseline", "export", "-o", "logs.baseline"], &place::SOURCE[..]].concat()).succeeds();
    for name in ["logs.fp", "logs.baseline", "report.json"] {
        let bytes = fs::read(place.path(name)).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        let given_away: Vec<&String> = personal.iter().filter(|value| text.contains(value.as_str())).collect();
        assert!(given_away.is_empty(), "{name} holds {given_away:?}");
    }
}
