//! The life of a baseline, told as stories: what runs remember, what users accept, and how a baseline is changed and gone back.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod place;

use place::{Place, SOURCE, lines, records};
use serde_json::Value;
use std::fs;

/// The program with the source of the made-up logs.
fn run(place: &Place, arguments: &[&str]) -> place::Ran {
    place.run(&[arguments, &SOURCE].concat())
}

/// The report of a check, and its exit code.
fn check(place: &Place, arguments: &[&str]) -> (Value, i32) {
    let ran = run(place, &[&["check", "--format", "json"], arguments].concat());
    (serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{}", ran.err)), ran.code)
}

/// The finding about the new code of the incident, if a report has it.
fn new_code(report: &Value) -> Option<&Value> {
    report["findings"].as_array().unwrap().iter().find(|finding| finding["check"] == "new-code" && finding["code"] == "1003033")
}

fn status(report: &Value) -> Option<&str> {
    new_code(report).map(|finding| finding["status"].as_str().unwrap())
}

/// A day in whose records some refused prompts have the code that nobody had seen; the days begin with the incident.
fn drifted(place: &Place, name: &str, day: u32) {
    let mut records = records(day);
    logdrift::demo::passwordless_rollout(&mut records, 12, 7);
    place.put(name, lines(&records));
}

/// Two weeks of baseline, the day of the incident and its key.
fn incident() -> (Place, String) {
    let place = Place::with_baseline(14);
    drifted(&place, "14.json", 14);
    let (report, code) = check(&place, &["14.json"]);
    assert_eq!((status(&report), code), (Some("new"), 1));
    let key = new_code(&report).unwrap()["key"].as_str().unwrap().to_owned();
    (place, key)
}

fn execute(place: &Place, sql: &str) {
    rusqlite::Connection::open(place.path("logdrift.db")).unwrap().execute_batch(sql).unwrap();
}

fn windows(place: &Place) -> usize {
    let list = place.run(&["baseline", "list"]).succeeds().out;
    list.lines().nth(1).unwrap().split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// A text without its line ends and columns.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn log(place: &Place) -> String {
    run(place, &["baseline", "log"]).succeeds().out
}

#[test]
fn a_finding_is_new_once_then_known_until_it_ends_and_its_end_is_told_once() {
    let (place, key) = incident();
    let (again, code) = check(&place, &["14.json"]);
    // The drift is still there, so the exit code stays.
    assert_eq!((status(&again), code, &again["verdict"]), (Some("known"), 1, &"drift".into()));
    assert!(again["findings"].as_array().unwrap().iter().all(|finding| finding["status"] == "known"));
    drifted(&place, "15.json", 15);
    let (next, _) = check(&place, &["15.json"]);
    assert_eq!((status(&next), &next["ended"]), (Some("known"), &Value::Array(vec![])));
    let seen = |report: &Value| new_code(report).unwrap()["first_seen"].clone();
    assert_eq!((seen(&next), seen(&again)), ("2023-03-06T00:00:00Z".into(), "2023-03-06T00:00:00Z".into()));

    // An earlier day says nothing of what comes later, nor do few records.
    place.day("early.json", 13);
    place.put("few.json", lines(&records(16)[..9]));
    for name in ["early.json", "few.json"] {
        let (report, _) = check(&place, &[name]);
        let ended = report["ended"].as_array().unwrap();
        assert!(!ended.iter().any(|row| row["key"] == key.as_str()), "{name}: {ended:?}");
    }
    place.day("16.json", 16);
    let text = run(&place, &["check", "16.json", "--output", "16.txt", "--output", "16-report.json"]);
    assert_eq!(text.code, 0, "{}", text.err);
    let page = words(&fs::read_to_string(place.path("16.txt")).unwrap());
    assert!(page.contains(" Ended new-code resultType = 1003033 (high, ") && page.contains(" last seen 2023-03-07 UTC, key "), "{page}");
    let report: Value = serde_json::from_slice(&fs::read(place.path("16-report.json")).unwrap()).unwrap();
    let ended = report["ended"].as_array().unwrap();
    let root = ended.iter().find(|row| row["key"] == key.as_str()).unwrap();
    assert_eq!((&root["last_seen"], &root["caused_by"]), (&"2023-03-07T00:00:00Z".into(), &Value::Null));
    assert!(ended.iter().any(|row| row["caused_by"] == key.as_str()), "{ended:?}");
    assert_eq!(check(&place, &["16.json"]).0["ended"], Value::Array(vec![]));

    // The day on which it was seen says nothing new; a later one does.
    assert_eq!(status(&check(&place, &["15.json"]).0), Some("known"));
    drifted(&place, "17.json", 17);
    let (back, _) = check(&place, &["17.json"]);
    assert_eq!((status(&back), seen(&back)), (Some("new"), "2023-03-09T00:00:00Z".into()));
}

#[test]
fn where_a_run_cannot_be_kept_it_is_reported_all_the_same() {
    let (place, _) = incident();
    let runs = || place.run(&["report", "--list"]).succeeds().out;
    let before = runs();
    let writer = rusqlite::Connection::open(place.path("logdrift.db")).unwrap();
    writer.execute_batch("BEGIN IMMEDIATE").unwrap();
    let ran = run(&place, &["check", "14.json", "--wait", "0", "--format", "json"]);
    assert_eq!((ran.code, status(&serde_json::from_str(&ran.out).unwrap())), (1, Some("known")), "{}", ran.err);
    ran.says(&["note: this run is not kept", "being written by another logdrift"]);
    drop(writer);
    assert_eq!(runs(), before);
}

#[test]
fn runs_are_kept_and_shown_again_in_any_format() {
    let (place, key) = incident();
    let first = run(&place, &["check", "14.json"]);
    let second = run(&place, &["check", "logs/3.json", "--fail-on", "never"]);
    let list = place.run(&["report", "--list"]).succeeds().out;
    let rows: Vec<Vec<&str>> = list.lines().skip(1).map(|row| row.split_whitespace().collect()).collect();
    assert_eq!(rows.len(), 3, "{list}");
    assert_eq!(rows[1][3..], ["entra-signin", "2023-03-06T00:00:00Z", "2023-03-07T00:00:00Z", "drift", "1", "0"]);
    assert_eq!(place.run(&["report"]).succeeds().out, second.out);
    assert_eq!(place.run(&["report", rows[1][0]]).succeeds().out, first.out);
    place.run(&["report", rows[1][0], "-o", "a.json", "-o", "b.txt"]).succeeds();
    let report: Value = serde_json::from_slice(&fs::read(place.path("a.json")).unwrap()).unwrap();
    assert_eq!((new_code(&report).unwrap()["key"].as_str(), &report["run"]["id"]), (Some(key.as_str()), &rows[1][0].into()));
    assert!(fs::read_to_string(place.path("b.txt")).unwrap().contains(&key));
    place.run(&["report", "nothing"]).fails(2, &["keeps no run whose id begins with \"nothing\"", "`logdrift report --list`"]);
    let prefix = &rows[1][0][..3];
    place.run(&["report", prefix]).fails(2, &["3 runs have an id that begins with", "give more of it"]);
    place.run(&["report", "--source", "generic"]).fails(3, &["keeps no run of generic yet"]);
}

#[test]
fn no_personal_value_is_kept_with_a_run() {
    let place = Place::with_baseline(3);
    let day = records(3).iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    place.put("day.json", day.replace("\"NonInteractiveUserSignInLogs\"", "\"ada@contoso.com\""));
    let shown = run(&place, &["check", "day.json", "--show-values", "--format", "json"]);
    assert!(shown.out.contains("ada@contoso.com"), "{}", shown.out);
    let kept = place.run(&["report", "--format", "json", "--show-values"]).succeeds().out;
    assert!(kept.contains("(mail address)") && !kept.contains("ada@contoso.com"), "{kept}");
}

#[test]
fn an_accepted_finding_fails_no_check_and_its_shape_joins_the_baseline() {
    let (place, key) = incident();
    assert_eq!(check(&place, &["14.json", "--learn"]).1, 1);
    assert_eq!(windows(&place), 14);
    place.run(&["accept", &key[..6], "--reason", "roll-out, see SOC-812"]).succeeds().says(&["accepted", &key, "check --learn"]);
    let (report, code) = check(&place, &["14.json"]);
    let finding = new_code(&report).unwrap();
    assert_eq!((code, &report["verdict"], &finding["status"]), (0, &"clean".into(), &"accepted".into()));
    assert_eq!((&finding["acceptance"]["reason"], &finding["acceptance"]["ends"]), (&"roll-out, see SOC-812".into(), &Value::Null));
    let echoes = report["findings"].as_array().unwrap().iter().filter(|row| row["caused_by"] == key.as_str());
    assert!(echoes.clone().count() > 3 && echoes.into_iter().all(|row| row["status"] == "accepted"));
    let page = run(&place, &["check", "14.json"]).succeeds().out;
    assert!(words(&page).contains("no drift but what was accepted") && !page.contains("\nHIGH"), "{page}");
    assert!(page.contains("\nAccepted     new-code resultType = 1003033 (high, "), "{page}");
    let list = place.run(&["accept", "--list"]).succeeds().out;
    assert!(list.contains(&key) && list.contains("withdrawn") && list.contains("SOC-812"), "{list}");

    assert_eq!(check(&place, &["14.json", "--learn"]).1, 0);
    assert_eq!(windows(&place), 15);
    // The baseline knows the code now, and a window with it is learnt under the acceptance all the same.
    drifted(&place, "15.json", 15);
    let (learnt, code) = check(&place, &["15.json", "--learn"]);
    assert_eq!((status(&learnt), code, windows(&place)), (None, 0, 16));
    let log = log(&place);
    assert_eq!(log.matches(&format!("that checked clean under the acceptance of {key}")).count(), 2, "{log}");
    // One without it is learnt for good.
    place.day("16.json", 16);
    assert_eq!(check(&place, &["16.json", "--learn"]).1, 0);
    assert_eq!(windows(&place), 17);

    let withdrawn = place.run(&["accept", "--withdraw", &key, "--reason", "a mistake"]).succeeds();
    withdrawn.says(&["withdrew", "that left: 2"]);
    assert_eq!(windows(&place), 15);
    drifted(&place, "17.json", 17);
    let (report, code) = check(&place, &["17.json"]);
    assert_eq!((status(&report), code, &report["baseline"]["windows"]), (Some("new"), 1, &15.into()));
    assert_eq!(status(&check(&place, &["17.json"]).0), Some("known"));
    place.run(&["accept", "--withdraw", &key]).fails(2, &["no accepted finding has a key that begins with", "`logdrift accept --list`"]);
    // Accepted again, what was learnt is part of the baseline again.
    place.run(&["accept", &key, "--reason", "no mistake"]).succeeds();
    assert_eq!((windows(&place), status(&check(&place, &["17.json"]).0)), (17, None));
}

#[test]
fn when_an_acceptance_is_over_the_finding_is_new_against_the_baseline_as_it_was() {
    let (place, key) = incident();
    place.run(&["accept", &key, "--reason", "for a while", "--until", "2099-12-31"]).succeeds().says(&["until 2099-12-31"]);
    for day in [14, 15] {
        drifted(&place, "day.json", day);
        assert_eq!(check(&place, &["day.json", "--learn"]).1, 0);
    }
    assert_eq!(windows(&place), 16);
    drifted(&place, "16.json", 16);
    assert_eq!(status(&check(&place, &["16.json"]).0), None);
    // Its last day goes by.
    execute(&place, "UPDATE acceptances SET ends = 1700000000 WHERE gone IS NULL");
    assert_eq!(windows(&place), 14);
    let show = run(&place, &["baseline", "show"]).succeeds().out;
    assert_eq!(show.matches(&format!("left with the acceptance of {key}")).count(), 2, "{show}");
    let (report, code) = check(&place, &["16.json"]);
    assert_eq!((status(&report), code, &report["baseline"]["windows"]), (Some("new"), 1, &14.into()));
    assert!(log(&place).contains(&format!("the acceptance of {key} ended; windows learnt under it that left: 2")), "{}", log(&place));
    // Whoever stands for a window may have it back.
    run(&place, &["baseline", "include", "2023-03-07", "--reason", "it stays"]).succeeds().says(&["included 2023-03-07"]);
    assert_eq!((windows(&place), status(&check(&place, &["16.json"]).0)), (15, None));
}

#[test]
fn what_cannot_be_accepted_is_refused_and_nothing_is_changed() {
    let (place, key) = incident();
    let before = place.store();
    let accept = |more: &[&str]| place.run(&[&["accept", "--reason", "fine"], more].concat());
    accept(&["ffffffffffffffff"]).fails(2, &["no finding that a check found has a key", "`logdrift report`"]);
    accept(&[&key, "zzz"]).fails(2, &["begins with \"zzz\""]);
    accept(&[""]).fails(2, &["begins with \"\""]);
    accept(&[&key, "--until", "2020-01-01"]).fails(2, &["the date of --until is over"]);
    accept(&[&key, "--store", "nowhere.db"]).fails(2, &["nowhere.db does not exist"]);
    assert!(!place.path("nowhere.db").exists());
    let keys: Vec<String> = {
        let (report, _) = check(&place, &["14.json"]);
        report["findings"].as_array().unwrap().iter().map(|row| row["key"].as_str().unwrap().to_owned()).collect()
    };
    let twice = keys.iter().find(|one| keys.iter().any(|other| other != *one && other[..1] == one[..1])).unwrap();
    accept(&[&twice[..1]]).fails(2, &["fits ", " findings: ", "give more digits"]);
    assert_eq!(place.store(), before);
    place.run(&["accept", "--list"]).succeeds().says(&["no finding is accepted"]);
}

#[test]
fn windows_are_taken_out_and_brought_back() {
    let (place, _) = incident();
    run(&place, &["baseline", "export", "-o", "all.baseline"]).succeeds();
    let exclude = |windows: &[&str]| run(&place, &[&["baseline", "exclude", "--reason", "INC-7"], windows].concat());
    exclude(&["2023-03-01", "2023-04-01"]).fails(2, &["has no window 2023-04-01; nothing was changed", "baseline show"]);
    assert_eq!(windows(&place), 14);
    exclude(&["2023-03-01", "2023-03-02"]).succeeds().says(&["excluded 2023-03-01, 2023-03-02"]);
    exclude(&["2023-03-02"]).succeeds().says(&["were excluded already"]);
    assert_eq!(windows(&place), 12);
    assert_eq!(check(&place, &["14.json"]).0["baseline"]["windows"], 12);
    // They are there, with their records: nothing of them is learnt or imported again.
    run(&place, &["learn", "logs"]).succeeds().says(&["learnt nothing new"]);
    assert_eq!(run(&place, &["baseline", "show"]).succeeds().out.matches("  excluded\n").count(), 2);
    run(&place, &["baseline", "export", "-o", "some.baseline"]).succeeds();
    let size = |name: &str| fs::metadata(place.path(name)).unwrap().len();
    assert!(size("some.baseline") < size("all.baseline"));
    run(&place, &["baseline", "include", "2023-03-01", "2023-03-02"]).succeeds();
    run(&place, &["baseline", "export", "-o", "some.baseline"]).succeeds();
    assert!(fs::read(place.path("some.baseline")).unwrap() == fs::read(place.path("all.baseline")).unwrap());
    // Late records join a window that stays out.
    exclude(&["2023-03-01"]).succeeds();
    let late = String::from_utf8(lines(&records(9)[..3])).unwrap().replace("\"id\":\"", "\"id\":\"late-");
    place.put("late.json", late);
    run(&place, &["learn", "late.json"]).succeeds().says(&["note: the window 2023-03-01 stays excluded", "learnt 3 records"]);
    assert_eq!(windows(&place), 13);
    let all: Vec<String> = (20..=28).map(|day| format!("2023-02-{day}")).chain((1..=5).map(|day| format!("2023-03-0{day}"))).collect();
    exclude(&all.iter().map(String::as_str).collect::<Vec<_>>()).succeeds();
    run(&place, &["check", "14.json"]).fails(3, &["all windows of entra-signin were taken out", "baseline include"]);
    let log = log(&place);
    let rows: Vec<&str> = log.lines().collect();
    assert_eq!(rows.len(), 7, "{log}");
    assert!(rows[2].starts_with("2        ") && rows[2].contains("excluded 2023-03-01, 2023-03-02") && rows[2].ends_with("INC-7"), "{log}");
}

#[test]
fn a_baseline_goes_back_and_learns_again_what_came_after() {
    let (place, key) = incident();
    place.day("clean.json", 14);
    run(&place, &["learn", "clean.json"]).succeeds(); // 2
    let two = run(&place, &["baseline", "show"]).succeeds().out;
    place.run(&["accept", &key, "--reason", "fine"]).succeeds(); // 3
    run(&place, &["baseline", "exclude", "2023-03-01", "--reason", "INC-7"]).succeeds(); // 4
    let back = |version: &str| run(&place, &["baseline", "rollback", version, "--reason", "wrong folder"]);
    back("1").succeeds().says(&["went back to version 1 of entra-signin, which has 14 windows and is version 5 now"]);
    assert_eq!(windows(&place), 14);
    assert_eq!(status(&check(&place, &["14.json"]).0), Some("new"), "the acceptance is none any more");
    run(&place, &["learn", "clean.json"]).succeeds().says(&["in the window 2023-03-06"]); // 6
    let six = run(&place, &["baseline", "show"]).succeeds().out;
    let table = |text: &str| text.split("\n\n").next().unwrap().to_owned();
    assert_eq!(table(&six), table(&two));
    run(&place, &["learn", "clean.json"]).succeeds().says(&["learnt nothing new"]);
    back("4").succeeds();
    assert_eq!((windows(&place), status(&check(&place, &["14.json"]).0)), (14, Some("accepted")));
    for version in ["0", "7", "99"] {
        back(version).fails(2, &["has no version", "the versions 1 to 6 are kept, 7 is the present one", "`logdrift baseline log`"]);
    }
    run(&place, &["baseline", "rollback", "1", "--store", "nowhere.db"]).fails(2, &["nowhere.db does not exist"]);
    let log = log(&place);
    assert!(log.contains("went back to version 1") && log.contains("went back to version 4") && log.contains("wrong folder"), "{log}");
}

#[test]
fn nothing_joins_an_undated_window_under_an_acceptance() {
    let place = Place::new();
    let rows = |field: &str| (0..80).map(|n| format!("{{\"user\":\"u{n}\",\"{field}\":\"word\"}}\n")).collect::<String>();
    place.put("before.json", rows("city"));
    place.put("after.json", rows("town"));
    let undated = |command: &[&str]| place.run(&[command, &["--source", "generic", "--actor", "user"]].concat());
    undated(&["learn", "before.json"]).succeeds();
    let report: Value = serde_json::from_str(&undated(&["check", "after.json", "--format", "json"]).out).unwrap();
    let keys = report["findings"].as_array().unwrap().iter().map(|finding| finding["key"].as_str().unwrap());
    let keys: Vec<&str> = keys.collect();
    assert!(!keys.is_empty());
    place.run(&[&["accept", "--reason", "fine"], &keys[..]].concat()).succeeds();
    let before = place.run(&["baseline", "list"]).succeeds().out;
    undated(&["check", "after.json", "--learn"]).succeeds().says(&["nothing was learnt", "could not be taken out of an undated window"]);
    assert_eq!(place.run(&["baseline", "list"]).succeeds().out, before);
}
