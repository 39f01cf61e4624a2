//! What belongs together is told by what it was read from, not by its name: sources, keys, files of fingerprints.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod place;

use place::{Place, lines, records};
use serde_json::Value;
use std::fs;

/// Lines of a log that any definition of `generic` can read.
fn generic(day: u32, lines: usize) -> String {
    let line = |n: usize| {
        format!("{{\"ts\":\"2026-03-{day:02}T10:00:00Z\",\"a\":\"{}\",\"b\":\"{}\",\"app\":\"mail\",\"who\":\"u{n}\"}}\n", n % 3, n % 4)
    };
    (0..lines).map(line).collect()
}

fn learn<'a>(log: &'a str, fields: &[&'a str]) -> Vec<&'a str> {
    [&["learn", log, "--source", "generic"], fields].concat()
}

fn report(text: &str) -> Value {
    let mut report: Value = serde_json::from_str(text).unwrap();
    report["run"]["id"] = Value::Null;
    report
}

fn place_with_generic() -> Place {
    let place = Place::new();
    for day in 1..=4 {
        place.put(&format!("{day}.json"), generic(day, 60));
    }
    place.run(&learn("1.json", &["--time", "ts", "--code", "a", "--cohort", "app"])).succeeds();
    place
}

#[test]
fn a_baseline_takes_no_windows_read_from_other_fields() {
    let place = place_with_generic();
    let list = || place.run(&["baseline", "list"]).succeeds().out;
    let before = list();
    for (fields, difference) in [
        (&["--time", "ts", "--code", "b", "--cohort", "app"][..], "result code is read from b, there from a"),
        (&["--time", "ts", "--code", "a"], "cohort app is read from nothing, there from app"),
        (&["--code", "a", "--cohort", "app"], "time is read from nothing, there from ts"),
    ] {
        let next = "keep the two apart, by another name (--name";
        for command in [&["learn"][..], &["check"], &["check", "--learn"]] {
            let ran = place.run(&[command, &["2.json", "--source", "generic"], fields].concat());
            ran.fails(2, &["the baseline of generic was made from other fields", difference, next]);
        }
    }
    assert_eq!(list(), before);
    place.run(&learn("2.json", &["--cohort", "app", "--code", "a", "--time", "ts"])).succeeds();
    place.run(&learn("2.json", &["--time", "ts", "--code", "b", "--name", "by-b"])).succeeds();
    let listed = list();
    assert!(listed.contains("\nby-b  ") && listed.contains("\ngeneric  "), "{listed}");
    place
        .run(&["check", "3.json", "--source", "generic", "--time", "ts", "--code", "b", "--name", "by-b", "--fail-on", "never"])
        .succeeds();
}

#[test]
fn names_of_sources_are_plain_and_not_taken() {
    let place = place_with_generic();
    place.run(&learn("2.json", &["--name", "entra-signin"])).fails(2, &["entra-signin", "built-in source"]);
    place.run(&learn("2.json", &["--name", "My Logs"])).fails(2, &["1 to 64 of a-z"]);
}

#[test]
fn a_source_file_that_changed_its_roles_is_told_from_what_it_was() {
    let place = Place::new();
    place.put("1.json", generic(1, 60));
    let source = |code: &str, title: &str| format!("name = \"mine\"\ntitle = \"{title}\"\n[roles]\ntime = [\"ts\"]\ncode = [\"{code}\"]\n");
    place.put("mine.toml", source("a", "one"));
    place.run(&["learn", "1.json", "--source", "mine.toml"]).succeeds();
    place.put("mine.toml", source("a", "another title"));
    place.run(&["learn", "1.json", "--source", "mine.toml"]).succeeds();
    place.put("mine.toml", source("b", "one"));
    place
        .run(&["learn", "1.json", "--source", "mine.toml"])
        .fails(2, &["the baseline of mine", "result code is read from b, there from a"]);
}

#[test]
fn an_exported_baseline_keeps_what_it_was_read_from() {
    let place = place_with_generic();
    place.run(&["baseline", "export", "--source", "generic", "-o", "g.baseline"]).succeeds();
    let check = ["check", "2.json", "--source", "generic", "--time", "ts", "--baseline", "g.baseline", "--fail-on", "never", "--code"];
    place.run(&[&check[..], &["b", "--cohort", "app"]].concat()).fails(2, &["the baseline g.baseline", "result code is read from b"]);
    place.run(&[&check[..], &["a", "--cohort", "app"]].concat()).succeeds();
    place.run(&["baseline", "import", "g.baseline", "--source", "generic", "--store", "other.db"]).succeeds();
    let other = ["--time", "ts", "--code", "b", "--cohort", "app", "--store", "other.db"];
    place.run(&learn("2.json", &other)).fails(2, &["result code is read from b, there from a"]);
}

#[test]
fn without_a_time_it_is_said_that_there_is_one_undated_window() {
    let place = Place::new();
    place.put("1.json", generic(1, 60));
    place.put("2.json", generic(2, 60));
    let said = "names no time, so all records stand in one undated window, to which learning again adds";
    place.run(&learn("1.json", &["--code", "a"])).succeeds().says(&["note: the source generic", said, "--time PATH"]);
    place.run(&learn("1.json", &["--code", "a", "--time", "ts", "--store", "dated.db"])).succeeds();
    let ran = place.run(&["check", "2.json", "--source", "generic", "--code", "a", "--format", "json"]).succeeds();
    let report = report(&ran.out);
    assert!(report["run"]["notes"][0].as_str().unwrap().contains(said), "{report}");
    assert!(report["checked"]["not_checked"][0].as_str().unwrap().contains("one undated window, which tells nothing of how rates vary"));
    assert!(report["checked"]["comparisons"].as_u64().unwrap() > 0 && report["run"]["window"]["from"].is_null());
    let shown = || place.run(&["baseline", "show", "--source", "generic"]).succeeds().out;
    assert!(shown().contains("\nundated  60 "), "{}", shown());
    place.run(&learn("2.json", &["--code", "a"])).succeeds();
    assert!(shown().contains("\nundated  120 "), "{}", shown());
}

#[test]
fn a_baseline_that_folded_cohorts_is_noted() {
    let place = Place::new();
    let log: String = (0..1_100).map(|n| format!("{{\"ts\":\"2026-03-01T10:00:00Z\",\"a\":\"c{n}\"}}\n")).collect();
    place.put("many.json", log);
    place.put("few.json", "{\"ts\":\"2026-03-02T10:00:00Z\",\"a\":\"c1\"}\n");
    place.run(&learn("many.json", &["--time", "ts", "--code", "a"])).succeeds();
    let check = ["check", "few.json", "--source", "generic", "--time", "ts", "--code", "a", "--format", "json"];
    let report = report(&place.run(&check).out);
    let note = report["run"]["notes"][0].as_str().unwrap();
    assert!(note.starts_with("a had more than 1024 values in the baseline; those beyond were kept together as (other)"), "{note}");
}

/// A store of seven days, and the fingerprints of the day after it made with its key.
fn place_with_fingerprints() -> Place {
    let place = Place::with_baseline(7);
    place.day("next.json", 7);
    fs::create_dir(place.path("elsewhere")).unwrap();
    fs::copy(place.path("logdrift.db.key"), place.path("elsewhere/copied.key")).unwrap();
    place.run(&["fingerprint", "next.json", "-o", "next.dat", "--key", "elsewhere/copied.key"]).succeeds();
    place
}

#[test]
fn fingerprints_are_judged_as_their_logs_would_be() {
    let place = place_with_fingerprints();
    let judged = |input: &str| {
        let mut report = report(&place.run(&["check", input, "--format", "json", "--fail-on", "never"]).succeeds().out);
        report["run"]["bytes"] = Value::Null;
        report["run"]["notes"] = Value::Null;
        report
    };
    assert!(judged("next.json")["checked"]["comparisons"].as_u64().unwrap() > 0);
    assert_eq!(judged("next.dat"), judged("next.json"));
    let noted = place.run(&["check", "next.dat", "--format", "json", "--fail-on", "never"]).out;
    assert!(noted.contains("1 inputs were files of fingerprints"), "{noted}");
}

#[test]
fn fingerprints_become_windows_of_a_baseline() {
    let place = place_with_fingerprints();
    let import = |store: &str| place.run(&["baseline", "import", "next.dat", "--source", "entra-signin", "--store", store]);
    import("logdrift.db").succeeds().says(&["imported"]);
    let windows = |store: &str| place.run(&["baseline", "show", "--source", "entra-signin", "--store", store]).succeeds().out;
    fs::copy(place.path("logdrift.db.key"), place.path("learnt.db.key")).unwrap();
    place.run(&["learn", "logs", "next.json", "--store", "learnt.db"]).succeeds();
    let dated = |text: &str| text.lines().filter(|line| line.starts_with("2023-")).map(str::to_owned).collect::<Vec<_>>();
    let table = |store: &str| dated(windows(store).split("\n\n").next().unwrap());
    assert_eq!(table("logdrift.db"), table("learnt.db"));
    import("logdrift.db").fails(2, &["already has the windows"]);
    import("new.db").fails(2, &["a new store new.db would get a key of its own", "copy the key file of next.dat to new.db.key first"]);
    assert!(!place.path("new.db").exists() && !place.path("new.db.key").exists());
    fs::copy(place.path("elsewhere/copied.key"), place.path("new.db.key")).unwrap();
    import("new.db").succeeds();
}

#[test]
fn fingerprints_of_another_key_say_how_to_make_them_with_the_right_one() {
    let place = Place::with_baseline(3);
    place.run(&["fingerprint", "logs/0.json", "-o", "own.fp"]).succeeds().says(&["made a new key in own.fp.key", "wrote "]);
    let next = "logdrift fingerprint INPUT... --source entra-signin -o own.fp --key logdrift.db.key";
    place.run(&["check", "own.fp"]).fails(2, &["own.fp was made with another key than the store logdrift.db", next]);
    place.run(&["baseline", "import", "own.fp", "--source", "entra-signin"]).fails(2, &["another key", next]);
    place.run(&["fingerprint", "logs/1.json", "-o", "other.fp"]).succeeds();
    place.run(&["diff", "own.fp", "other.fp"]).fails(2, &["own.fp", "other.fp", "different keys", "one --key"]);
    place.run(&["merge", "own.fp", "other.fp", "-o", "all.fp"]).fails(2, &["own.fp", "other.fp", "different keys", "one --key"]);
    assert!(!place.path("all.fp").exists());
}

#[test]
fn fingerprints_of_two_sources_do_not_mix() {
    let place = Place::new();
    place.put("g.json", generic(1, 60));
    place.put("e.json", lines(&records(0)));
    let print = |log: &str, out: &str, fields: &[&str]| {
        place.run(&[&["fingerprint", log, "-o", out, "--key", "key"], fields].concat()).succeeds();
    };
    print("e.json", "e.fp", &place::SOURCE);
    print("g.json", "a.fp", &["--source", "generic", "--time", "ts", "--code", "a"]);
    print("g.json", "b.fp", &["--source", "generic", "--time", "ts", "--code", "b"]);
    place.run(&["merge", "e.fp", "a.fp", "-o", "all.fp"]).fails(2, &["a.fp is of the source generic, e.fp of entra-signin"]);
    place
        .run(&["merge", "a.fp", "b.fp", "-o", "all.fp"])
        .fails(2, &["a.fp was made from other fields", "result code is read from b, there from a"]);
    place.run(&["diff", "a.fp", "a.fp"]).fails(2, &["a.fp holds fingerprints of the source generic, not of entra-signin"]);
    let diff = ["diff", "b.fp", "b.fp", "--source", "generic", "--time", "ts", "--code", "a"];
    place.run(&diff).fails(2, &["b.fp was made from other fields"]);
}

#[test]
fn fingerprints_of_one_key_are_compared_as_their_logs_would_be() {
    let place = Place::new();
    (0..7).for_each(|day| place.day(&format!("before/{day}.json"), day));
    place.incident("after.json");
    for (log, out) in [("before", "before.fp"), ("after.json", "after.fp")] {
        place.run(&["fingerprint", log, "-o", out, "--key", "key"]).succeeds();
    }
    let said = |before: &str, after: &str| {
        let ran = place.run(&["diff", before, after, "--format", "json"]);
        assert_eq!(ran.code, 1, "{}", ran.err);
        let report = report(&ran.out);
        let rows = report["findings"].as_array().unwrap().iter();
        // What the key decides, which bits the actors share, is left out.
        rows.filter(|row| row["check"] == "new-code").map(|row| [row["key"].clone(), row["summary"].clone()]).collect::<Vec<_>>()
    };
    let of_logs = said("before", "after.json");
    assert!(!of_logs.is_empty());
    assert_eq!(said("before.fp", "after.fp"), of_logs);
    place.run(&["diff", "before.fp", "after.json"]).fails(2, &["before.fp is a file of fingerprints and after.json is a log", "--key KEY"]);
}

#[test]
fn where_logs_are_wanted_a_file_of_fingerprints_is_named_with_what_takes_it() {
    let place = place_with_fingerprints();
    place.run(&["learn", "next.dat"]).fails(2, &["next.dat is a file of fingerprints", "baseline import"]);
    place.run(&["fingerprint", "next.dat", "-o", "x.fp"]).fails(2, &["next.dat is a file of fingerprints", "logdrift merge"]);
    place.run(&["check", "next.dat", "--learn"]).fails(2, &["learnt before", "logdrift baseline import next.dat"]);
    place.run(&["baseline", "export", "--source", "entra-signin", "-o", "e.baseline"]).succeeds();
    place.run(&["check", "next.dat", "--baseline", "e.baseline"]).fails(2, &["STORE.key", "baseline import e.baseline"]);
    place.run(&["check", "next.json", "--baseline", "next.dat"]).fails(2, &["next.dat is a file of fingerprints", "logdrift diff"]);
    let bytes = fs::read(place.path("next.dat")).unwrap();
    place.put("cut.fp", &bytes[..bytes.len() / 2]);
    place.run(&["check", "cut.fp"]).fails(2, &["cut.fp", "damaged or cut off", "logdrift fingerprint"]);
}
