//! What is said and kept does not depend on how many threads counted.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod place;

use place::{Place, Ran, lines, records};
use serde_json::Value;
use std::fs;

const COUNTS: [&str; 3] = ["1", "2", "5"];

/// Days of sign-ins, long enough for many batches, some of them as no log should be: lines that came twice, ids that came with
/// other bytes, junk, records of no time, of another type and cut off.
fn awkward() -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for (number, mut record) in (0..6).flat_map(records).enumerate() {
        lines.push(record.to_string());
        match number % 40 {
            0 => lines.push(record.to_string()),
            1 => {
                record["properties"]["seen"] = Value::from(number);
                lines.push(record.to_string());
            }
            2 => lines.push(format!("junk {number}")),
            3 => lines.push(r#"{"category":"SignInLogs","time":"one day"}"#.to_owned()),
            4 => lines.push(r#"{"category":"AuditLogs","time":"2023-02-22T00:00:00Z"}"#.to_owned()),
            _ => {}
        }
    }
    lines
}

/// Fingerprints of a log by so many threads, and what was said.
fn fingerprints(place: &Place, log: &str, threads: &str) -> (Vec<u8>, String) {
    let ran = place.run(&["fingerprint", log, "-o", "made.fp", "--key", "key", "--threads", threads]).succeeds();
    (fs::read(place.path("made.fp")).unwrap(), ran.err)
}

#[test]
fn any_number_of_threads_gives_the_same_bytes_whatever_the_order_of_lines() {
    let place = Place::new();
    let mut lines = awkward();
    let text = lines.join("\n");
    assert!(text.len() > 12 << 18, "twelve batches, some for each thread");
    place.put("log", text + "\n{\"cut\":");
    place.put("empty", "");
    fingerprints(&place, "log", "1");
    let one = fingerprints(&place, "log", "1");
    assert!(one.1.contains("not JSON"), "{}", one.1);
    COUNTS.iter().for_each(|threads| assert!(fingerprints(&place, "log", threads) == one, "{threads}"));
    lines.reverse();
    place.put("turned", lines.join("\n") + "\n{\"cut\":");
    COUNTS.iter().for_each(|threads| assert!(fingerprints(&place, "turned", threads).0 == one.0, "{threads}, turned"));
}

/// Learns logs by so many threads, with a store of its own but one key for all; what was said and what the store shows.
fn learnt(place: &Place, logs: &[&str], source: &[&str], threads: &str) -> String {
    let store = format!("{threads}.db");
    if !place.path("other.db").exists() {
        place.day("other", 0);
        place.run(&["learn", "other", "--source", "generic", "--name", "other", "--store", "other.db"]).succeeds();
    }
    for end in ["", ".key"] {
        fs::copy(place.path(&format!("other.db{end}")), place.path(&format!("{store}{end}"))).unwrap();
    }
    let mut said = String::new();
    for log in logs {
        let ran: Ran = place.run(&[&["learn", log, "--threads", threads, "--store", &store], source].concat()).succeeds();
        said += &ran.err.replace(&store, "store");
    }
    // Behind the windows stand the changes and when they were made.
    let shown = place.run(&["baseline", "show", "--store", &store, "--source", source[1]]).succeeds().out;
    said + shown.split("\n\n").next().unwrap()
}

#[test]
fn what_was_learnt_before_is_known_to_all_threads() {
    let place = Place::new();
    let lines = awkward();
    let half = lines.len() / 2;
    place.put("first", lines[..half + 100].join("\n") + "\n");
    place.put("second", lines[half..].join("\n") + "\n");
    let one = learnt(&place, &["first", "second", "first"], &place::SOURCE, "1");
    assert!(one.contains("records had been learnt before") && one.contains("came twice and count once"), "{one}");
    COUNTS[1..].iter().for_each(|threads| assert_eq!(learnt(&place, &["first", "second", "first"], &place::SOURCE, threads), one));
}

#[test]
fn records_without_an_id_are_told_alike_by_all_threads() {
    let place = Place::new();
    let nameless = ["--source", "generic", "--time", "time", "--code", "resultType"];
    let log = |days: std::ops::Range<u32>| lines(&days.flat_map(records).collect::<Vec<Value>>());
    place.put("first", log(0..4));
    place.put("second", log(2..6));
    let one = learnt(&place, &["first", "second"], &nameless, "1");
    assert!(one.contains("records without an id are in another input too"), "{one}");
    COUNTS[1..].iter().for_each(|threads| assert_eq!(learnt(&place, &["first", "second"], &nameless, threads), one));
}

#[test]
fn sign_ins_of_a_manifest_are_found_whichever_thread_sees_them() {
    let place = Place::new();
    place.put("before", lines(&(0..4).flat_map(records).collect::<Vec<Value>>()));
    place.put("after", lines(&(4..8).flat_map(records).collect::<Vec<Value>>()));
    let sought = |day: u32| format!("[[sign_in]]\nname = \"{day}\"\ncorrelation_id = {}\n", records(day)[9]["correlationId"]);
    place.put("expect.toml", sought(5) + &sought(7) + "code = 99999\n" + &sought(9));
    let report = |threads: &str| {
        let ran = place.run(&["diff", "before", "after", "--expect", "expect.toml", "--format", "json", "--threads", threads]);
        let mut report: Value = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{}", ran.err));
        report["run"]["id"] = Value::Null;
        report
    };
    let one = report("1");
    assert!(one.to_string().contains("99999"), "{one}");
    COUNTS[1..].iter().for_each(|threads| assert_eq!(report(threads), one));
}
