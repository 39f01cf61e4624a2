//! Nothing trains a baseline twice, whatever it is called, however it is packed, and wherever it has been in between.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod place;

use place::{Place, Ran};
use std::fs;
use std::io::Write as _;

/// A source without record ids.
const NAMELESS: [&str; 8] = ["--source", "generic", "--time", "time", "--code", "code", "--actor", "user"];

fn learn(place: &Place, arguments: &[&str]) -> Ran {
    place.run(&[&["learn"], arguments, &NAMELESS].concat()).succeeds()
}

/// Records in the windows of the source without ids.
fn counted(place: &Place) -> u64 {
    let shown = place.run(&["baseline", "show", "--source", "generic"]).succeeds().out;
    let rows = shown.lines().skip(1).take_while(|line| !line.is_empty());
    rows.map(|row| row.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap()).sum()
}

fn rows(range: std::ops::Range<u32>) -> Vec<[String; 3]> {
    range.map(|n| [format!("2026-03-0{}T10:{:02}:00Z", 1 + n / 20, n % 60), format!("{}", n % 3), format!("user-{}", n % 7)]).collect()
}

fn csv(range: std::ops::Range<u32>) -> String {
    rows(range).iter().fold("time,code,user\n".to_owned(), |text, row| text + &row.join(",") + "\n")
}

fn objects(range: std::ops::Range<u32>) -> Vec<String> {
    rows(range).iter().map(|[time, code, user]| format!(r#"{{"time":"{time}","code":"{code}","user":"{user}"}}"#)).collect()
}

fn array(range: std::ops::Range<u32>) -> String {
    format!("[\n  {}\n]\n", objects(range).join(",\n  "))
}

fn envelope(range: std::ops::Range<u32>) -> String {
    format!("{{\"value\":[{}],\"@odata.nextLink\":\"https://x\"}}", objects(range).join(","))
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn zst(text: &str) -> Vec<u8> {
    zstd::encode_all(text.as_bytes(), 1).unwrap()
}

#[test]
fn the_same_content_counts_once_under_any_name_and_compression() {
    for text in [csv(0..40), array(0..40), objects(0..40).join("\n")] {
        let place = Place::new();
        place.put("log", &text);
        learn(&place, &["log"]);
        assert_eq!(counted(&place), 40);
        let before = place.run(&["baseline", "show", "--source", "generic"]).out;
        place.put("copy", &text);
        place.put("log.gz", gzip(&text));
        place.put("other.zst", zst(&text));
        for name in ["log", "copy", "log.gz", "other.zst"] {
            learn(&place, &[name]).says(&["learnt nothing new", "1 of the inputs had been learnt before"]);
            assert_eq!(place.run(&["baseline", "show", "--source", "generic"]).out, before, "{name}");
        }
        let packed_first = Place::new();
        packed_first.put("log.gz", gzip(&text));
        packed_first.put("log", &text);
        let both = learn(&packed_first, &["log.gz", "log"]);
        both.says(&["learnt 40 records", "1 of the inputs had been learnt before or came twice"]);
        assert_eq!(counted(&packed_first), 40);
    }
}

#[test]
fn what_grew_at_its_end_is_read_on_in_every_form() {
    for form in [csv, array, envelope, |range| objects(range).join("\n")] {
        for pack in [|text: &str| text.as_bytes().to_vec(), gzip, zst] {
            let place = Place::new();
            place.put("log", pack(&form(0..25)));
            learn(&place, &["log"]);
            place.put("log", pack(&form(0..40)));
            let grown = learn(&place, &["log"]);
            grown.says(&["learnt 15 records"]);
            assert!(!grown.err.contains("warning"), "{}", grown.err);
            assert_eq!(counted(&place), 40, "{}", form(0..1));
        }
    }
}

#[test]
fn what_grew_by_nothing_that_counts_was_learnt_before() {
    let place = Place::new();
    place.put("log", objects(0..5).join("\n"));
    learn(&place, &["log"]);
    place.put("log", objects(0..5).join("\n") + "\n\n");
    learn(&place, &["log"]).says(&["learnt nothing new", "1 of the inputs had been learnt before"]);
    assert_eq!(counted(&place), 5);
}

#[test]
fn records_that_come_again_in_another_shape_are_told_and_equal_ones_within_an_input_count() {
    let place = Place::new();
    let twice = [objects(0..40), objects(3..4)].concat();
    place.put("log", twice.join("\n"));
    let first = learn(&place, &["log"]);
    assert!(!first.err.contains("warning"), "{}", first.err);
    assert_eq!(counted(&place), 41);
    // An export that overlaps the earlier one, the newest first: nothing tells its old records from new ones that look alike.
    let overlapping: Vec<String> = objects(30..50).into_iter().rev().collect();
    place.put("next", overlapping.join("\n"));
    learn(&place, &["next"]).says(&["warning: 10 records without an id are in another input too", "count again", "the id in the source"]);
    assert_eq!(counted(&place), 61);
    let one_run = Place::new();
    one_run.put("a", objects(0..20).join("\n"));
    one_run.put("b", objects(15..30).join("\n"));
    learn(&one_run, &["a", "b"]).says(&["warning: 5 records without an id"]);
}

#[test]
fn standard_input_is_known_by_its_content_too() {
    let place = Place::new();
    place.put("log.gz", gzip(&csv(0..40)));
    place.put("log", csv(0..40));
    learn(&place, &["log.gz"]);
    for name in ["log", "log.gz"] {
        let file = fs::File::open(place.path(name)).unwrap();
        let arguments = [&["learn", "-"][..], &NAMELESS].concat();
        let ran = place.command(&arguments).stdin(file).output().unwrap();
        let err = String::from_utf8_lossy(&ran.stderr);
        assert!(err.contains("learnt nothing new") && !err.contains("warning"), "{err}");
    }
    assert_eq!(counted(&place), 40);
}

#[test]
fn a_baseline_is_cut_into_days_or_into_hours_and_not_into_both() {
    let place = Place::with_baseline(1);
    let before = place.store();
    place.day("next.json", 1);
    let text = ["holds the baseline of entra-signin by the day", "would count twice", "--window day", "--store"];
    place.run(&["learn", "logs", "--window", "hour"]).fails(2, &text);
    place.run(&["learn", "next.json", "--window", "hour"]).fails(2, &text);
    for more in [&["--learn"][..], &[]] {
        let check = place.run(&[&["check", "next.json", "--window", "hour"], more].concat());
        check.fails(2, &["was learnt by the day, and the hour cannot be compared with it", "--window day"]);
    }
    assert_eq!(place.store(), before);
    place.run(&["learn", "next.json", "--window", "hour", "--store", "hours.db"]).succeeds();
    let export = |store: &str, file: &str| {
        let arguments = [&["baseline", "export", "--store", store, "-o", file][..], &place::SOURCE].concat();
        place.run(&arguments).succeeds();
    };
    export("hours.db", "hours.baseline");
    let import = place.run(&[&["baseline", "import", "hours.baseline"][..], &place::SOURCE].concat());
    import.fails(2, &["by the day", "by the hour would count twice"]);
    assert_eq!(place.store(), before);
}

#[test]
fn no_record_joins_a_window_that_was_imported() {
    let place = Place::with_baseline(2);
    place.run(&[&["baseline", "export", "-o", "two.baseline"][..], &place::SOURCE].concat()).succeeds();
    let other = ["--store", "other.db"];
    place.run(&[&["baseline", "import", "two.baseline"][..], &place::SOURCE, &other].concat()).succeeds();
    let list = || place.run(&[&["baseline", "list"][..], &other].concat()).succeeds().out;
    let imported = list();
    let again = place.run(&[&["learn", "logs"][..], &other].concat()).succeeds();
    again.says(&["records were not learnt", "2023-02-20 to 2023-02-21", "were imported", "another store", "learnt nothing new"]);
    assert_eq!(list(), imported);
    // Late records of a day that was imported, among those of the next.
    let late = String::from_utf8(place::lines(&place::records(1)[..9])).unwrap().replace("\"id\":\"", "\"id\":\"late-").into_bytes();
    place.put("mixed.json", [late, place::lines(&place::records(2))].concat());
    let mixed = place.run(&[&["learn", "mixed.json"][..], &other].concat()).succeeds();
    mixed.says(&["records were not learnt", "(2023-02-21)", "in the window 2023-02-22"]);
    place.run(&[&["learn", "mixed.json"][..], &other].concat()).succeeds().says(&["learnt nothing new"]);
    // The store's own bytes and version differ; its windows and records are those of the three days, each counted once.
    place.day("logs/2.json", 2);
    place.run(&["learn", "logs/2.json"]).succeeds();
    let windows = |text: String| text.lines().nth(1).map(|row| row.split_whitespace().take(5).map(str::to_owned).collect::<Vec<_>>());
    assert_eq!(windows(list()), windows(place.run(&["baseline", "list"]).succeeds().out));
}

#[test]
fn a_damaged_window_is_named_whatever_is_learnt() {
    let place = Place::with_baseline(3);
    place.run(&[&["baseline", "export", "-o", "three.baseline"][..], &place::SOURCE].concat()).succeeds();
    let store = rusqlite::Connection::open(place.path("logdrift.db")).unwrap();
    let second = "(SELECT start FROM windows ORDER BY start LIMIT 1 OFFSET 1)";
    store.execute(&format!("UPDATE windows SET digest = zeroblob(32) WHERE start = {second}"), []).unwrap();
    drop(store);
    let list = || place.run(&["baseline", "list"]).succeeds().out;
    let before = list();
    place.day("next.json", 3);
    let text = ["the fingerprint of \"entra-signin\" 2023-02-21 is not what was written", "from a backup, or learn into a new one"];
    place.run(&["learn", "next.json"]).fails(2, &text);
    place.run(&["check", "next.json", "--learn"]).fails(2, &text);
    place.run(&[&["baseline", "import", "three.baseline"][..], &place::SOURCE].concat()).fails(2, &["2023-02-21"]);
    assert_eq!(list(), before);
}
