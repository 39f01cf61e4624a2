//! Ingests: round trips, all or nothing, one at a time; stored runs and findings.

use super::*;
use crate::model::{Cohort, Content, FindingKey, FindingState, Severity, Status};
use std::fs;

fn input(name: &str, bytes: u64, head_hash: u128) -> InputRow {
    let (settled, raw_bytes) = (bytes - 1, bytes - 2);
    let content = Content { bytes, hash: u128::MAX - 5, settled, settled_hash: 7 << 90, head_hash, raw_bytes, raw_hash: 6 << 80 };
    InputRow { name: name.into(), content, records: 3, learnt_at: -4 }
}

#[test]
fn everything_put_comes_back() {
    let (_folder, path) = place();
    let hour = Window::of(86_400, Granularity::Hour);
    let long: Vec<u8> = (0..300_000u32).flat_map(|number| number.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    let mut store = writer(&path);
    let mut ingest = begin(&mut store);
    ingest.put("okta", hour, 5, b"hour", 1_000).unwrap();
    for (window, bytes) in [(day(2), &long[..]), (day(1), b""), (Window::UNDATED, b"undated")] {
        ingest.put("entra", window, 5, bytes, 1_000).unwrap();
        assert_eq!(ingest.load("entra", window).unwrap().unwrap(), bytes);
    }
    ingest.add_input("entra", &input("a.json", u64::MAX, 1 << 127)).unwrap();
    ingest.add_input("entra", &input("a.json", 20, 9)).unwrap();
    ingest.add_input("entra", &input("b.json", 20, 9)).unwrap();
    ingest.note("entra", "learnt a.json", by(50, "ann", "first")).unwrap();
    ingest.note("entra", "learnt b.json", by(60, "bob", "")).unwrap();
    ingest.commit().unwrap();

    let reader = Store::open(&path, Access::Read).unwrap();
    assert_eq!(reader.load("entra", day(2)).unwrap().unwrap(), long);
    assert_eq!(reader.load("entra", day(1)).unwrap().unwrap(), b"");
    assert_eq!((reader.load("entra", day(3)).unwrap(), reader.load("okta", day(1)).unwrap()), (None, None));
    let rows = reader.windows("entra").unwrap();
    assert_eq!(rows.iter().map(|row| row.window).collect::<Vec<_>>(), [Window::UNDATED, day(1), day(2)]);
    assert_eq!(reader.windows("okta").unwrap()[0].window, hour);
    assert!(rows.iter().all(|row| (row.records, row.updated) == (5, 1_000)) && rows[2].bytes > 100_000 && rows[0].bytes < 50);
    assert_eq!((reader.version("entra").unwrap(), reader.version("okta").unwrap()), (2, 0));
    let changes = reader.changes("entra").unwrap();
    let change = ChangeRow { version: 1, at: 50, who: "ann".into(), what: "learnt a.json".into(), why: "first".into() };
    assert_eq!((changes.len(), &changes[0], changes[1].at), (2, &change, 60));

    let ingest = begin(&mut store);
    assert_eq!(ingest.inputs("entra", 9).unwrap(), [input("a.json", 20, 9), input("b.json", 20, 9)]);
    assert_eq!(ingest.inputs("entra", 1 << 127).unwrap(), [input("a.json", u64::MAX, 1 << 127)]);
    assert_eq!((ingest.inputs("okta", 9).unwrap(), ingest.inputs("entra", 8).unwrap()), (vec![], vec![]));
}

#[test]
fn a_second_put_replaces() {
    let (_folder, path) = place();
    let mut store = with_window(&path, b"one");
    let mut ingest = begin(&mut store);
    ingest.put("entra", day(1), 11, b"two", 2_000).unwrap();
    ingest.commit().unwrap();
    let rows = store.windows("entra").unwrap();
    assert_eq!((rows.len(), rows[0].records, rows[0].updated), (1, 11, 2_000));
    assert_eq!(store.load("entra", day(1)).unwrap().unwrap(), b"two");
}

#[test]
fn a_baseline_has_windows_of_one_length() {
    let (_folder, path) = place();
    let mut store = with_window(&path, b"one");
    let hour = Window::of(9 * 86_400, Granularity::Hour);
    let mut ingest = begin(&mut store);
    ingest.put("entra", Window::UNDATED, 1, b"no time", 2_000).unwrap();
    ingest.must_fit("entra", Granularity::Day).unwrap();
    let refused = message(ingest.put("entra", hour, 1, b"hour", 2_000));
    assert!(refused.contains("holds the baseline of entra by the day, and the same records by the hour would count twice"), "{refused}");
    assert!(refused.contains("--window day") && refused.contains("--store"), "{refused}");
    ingest.put("okta", hour, 1, b"hour", 2_000).unwrap();
    assert!(message(ingest.put("okta", day(1), 1, b"day", 2_000)).contains("--window hour"));
}

#[test]
fn a_closed_window_stays_closed() {
    let (_folder, path) = place();
    let mut store = with_window(&path, b"one");
    let closed = |store: &Store| store.windows("entra").unwrap().iter().map(|row| row.closed).collect::<Vec<_>>();
    assert_eq!(closed(&store), [false]);
    let mut ingest = begin(&mut store);
    ingest.put("entra", day(2), 1, b"two", 2_000).unwrap();
    ingest.close("entra", day(2)).unwrap();
    ingest.put("entra", day(2), 1, b"again", 3_000).unwrap();
    ingest.commit().unwrap();
    assert_eq!(closed(&store), [false, true]);
}

#[test]
fn one_damaged_byte_is_noticed() {
    let (_folder, path) = place();
    let bytes = b"a fingerprint that is stored with its digest";
    let mut store = with_window(&path, bytes);
    let conn = raw(&path);
    let body: Vec<u8> = conn.query_row("SELECT body FROM windows", [], |row| row.get(0)).unwrap();
    for at in 0..body.len() {
        let mut damaged = body.clone();
        damaged[at] ^= 1;
        conn.execute("UPDATE windows SET body = ?1", [damaged]).unwrap();
        match store.load("entra", day(1)).and_then(|loaded| Ok((loaded, begin(&mut store).verify("entra")?).0)) {
            // A bit of the frame header may mean nothing to the decompressor; what counts is that the bytes are right.
            Ok(loaded) => assert_eq!(loaded.unwrap(), bytes, "byte {at}"),
            Err(error) => {
                let text = error.to_string();
                assert!(text.contains("the fingerprint of \"entra\" 1970-01-02 is not what was written"), "{text}");
            }
        }
    }
    for change in ["digest = zeroblob(32), body = x'00'", "size = -1", "size = 9000000000000"] {
        conn.execute("UPDATE windows SET body = ?1", [&body]).unwrap();
        conn.execute(&format!("UPDATE windows SET {change}"), []).unwrap();
        assert!(message(store.load("entra", day(1))).contains("is damaged"), "{change}");
        let verified = message(begin(&mut store).verify("entra"));
        assert!(verified.contains("1970-01-02") && verified.contains("restore the store from a backup"), "{verified}");
    }
}

#[test]
fn a_dropped_ingest_leaves_nothing() {
    let (_folder, path) = place();
    let mut store = with_window(&path, b"one");
    let before = dump(&store.conn);
    let mut ingest = store.begin_with(Duration::ZERO, &mut |_| {}, &mut |_| {}, 20).unwrap();
    fill(&mut ingest);
    drop(ingest);
    assert_eq!(dump(&store.conn), before);
    assert_eq!(store.sources().unwrap(), ["entra"]);
    begin(&mut store).commit().unwrap();
    assert_eq!(dump(&store.conn), before);
}

/// Writes to every table, and more than the database keeps in memory.
fn fill(ingest: &mut Ingest<'_>) {
    let key = HashKey::new([1; 32]);
    let noise: Vec<u8> = (0..500_000u32).flat_map(|number| key.fast(&number.to_le_bytes()).to_le_bytes()).collect();
    ingest.put("entra", day(1), 12, &noise, 2_000).unwrap();
    ingest.put("okta", day(2), 12, b"x", 2_000).unwrap();
    ingest.add_input("entra", &input("a", 9, 1)).unwrap();
    ingest.note("entra", "a", by(9, "ann", "b")).unwrap();
    for id in 0..100 {
        ingest.see("entra", day(1), id, id).unwrap();
    }
}

#[test]
fn a_killed_ingest_leaves_nothing() {
    let (folder, path) = place();
    let mut store = with_window(&path, b"one");
    let before = dump(&store.conn);
    let mut ingest = store.begin_with(Duration::ZERO, &mut |_| {}, &mut |_| {}, 20).unwrap();
    fill(&mut ingest);
    // What lies on the disk in the middle of it is what a killed process leaves behind.
    let copy = folder.path().join("copy.store");
    for end in ["", "-wal", ".key"] {
        fs::copy(key::beside(&path, end), key::beside(&copy, end)).unwrap();
    }
    assert!(fs::metadata(key::beside(&copy, "-wal")).unwrap().len() > 1_000_000, "part of it was on the disk");
    assert_eq!(dump(&writer(&copy).conn), before);
    assert_eq!(Store::open(&copy, Access::Read).unwrap().load("entra", day(1)).unwrap().unwrap(), b"one");
}

#[test]
fn readers_see_the_state_from_before_an_open_ingest() {
    let (_folder, path) = place();
    let mut store = with_window(&path, b"one");
    let mut ingest = begin(&mut store);
    ingest.put("entra", day(1), 11, b"two", 2_000).unwrap();
    let reader = Store::open(&path, Access::Read).unwrap();
    assert_eq!(reader.load("entra", day(1)).unwrap().unwrap(), b"one");
    ingest.commit().unwrap();
    assert_eq!(reader.load("entra", day(1)).unwrap().unwrap(), b"one", "one snapshot for its life");
    assert_eq!(Store::open(&path, Access::Read).unwrap().load("entra", day(1)).unwrap().unwrap(), b"two");
}

#[test]
fn a_second_writer_waits_and_then_gives_up() {
    let (_folder, path) = place();
    let (mut one, mut two) = (writer(&path), writer(&path));
    let first = begin(&mut one);
    assert!(message(two.begin(Duration::ZERO, &mut |_| panic!("nothing is waited for")).map(|_| ())).contains("after a wait of 0ns"));

    let (mut told, mut paused) = (Vec::new(), Vec::new());
    let mut tell = |text: &str| told.push(text.to_owned());
    let result = two.begin_with(Duration::from_millis(250), &mut tell, &mut |pause| paused.push(pause.as_millis()), 9);
    let text = message(result.map(|_| ()));
    assert!(text.contains(&path.display().to_string()) && text.contains("after a wait of 250ms; try again later"), "{text}");
    assert_eq!(paused, [100, 100, 50]);
    assert_eq!(told, [format!("the store {} is being written by another logdrift; waiting up to 250ms", path.display())]);

    let mut first = Some(first);
    let mut second = two.begin_with(Duration::from_secs(9), &mut |_| {}, &mut |_| first.take().unwrap().commit().unwrap(), 9).unwrap();
    second.put("entra", day(1), 1, b"second", 1).unwrap();
    second.commit().unwrap();
    drop(first);
    assert_eq!(one.load("entra", day(1)).unwrap().unwrap(), b"second");
}

#[test]
fn a_store_opened_to_read_refuses_to_write() {
    let (_folder, path) = place();
    drop(with_window(&path, b"one"));
    let mut store = Store::open(&path, Access::Read).unwrap();
    assert!(message(store.begin(Duration::ZERO, &mut |_| {}).map(|_| ())).contains("read only"));
}

#[test]
fn hostile_names_are_only_names() {
    let (_folder, path) = place();
    let names = ["", "a'; DROP TABLE windows; --", "a\"b", "\u{0}nul", "näme \u{1F512}", "%_"];
    let mut store = writer(&path);
    let mut ingest = begin(&mut store);
    for name in names {
        ingest.put(name, day(1), 1, name.as_bytes(), 1).unwrap();
        ingest.note(name, name, by(1, name, name)).unwrap();
        ingest.add_input(name, &input(name, 5, 1)).unwrap();
        assert_eq!(ingest.inputs(name, 1).unwrap(), [input(name, 5, 1)]);
        assert_eq!(ingest.see(name, day(1), 1, 1).unwrap().seen, Seen::New);
    }
    ingest.commit().unwrap();
    let mut sorted = names.to_vec();
    sorted.sort_unstable();
    assert_eq!(store.sources().unwrap(), sorted);
    for name in names {
        assert_eq!(store.load(name, day(1)).unwrap().unwrap(), name.as_bytes());
        assert_eq!((store.windows(name).unwrap().len(), store.changes(name).unwrap()[0].who.as_str()), (1, name));
    }
}

/// A run of a source.
fn run(id: &str, source: &str) -> RunRow {
    let (who, verdict, period) = ("ann".into(), "drift".into(), (Some("a".into()), None));
    RunRow { id: id.into(), source: source.into(), at: 10, who, period, verdict, findings: 3, new: 1 }
}

#[test]
fn runs_come_back_and_the_latest_of_a_source_are_kept() {
    let (_folder, path) = place();
    let mut store = writer(&path);
    let mut ingest = begin(&mut store);
    for (id, source) in [("r2", "entra"), ("r1", "entra"), ("q3", "okta")] {
        ingest.save_run(&run(id, source), id).unwrap();
    }
    assert!(ingest.save_run(&run("r1", "okta"), "").is_err(), "no run takes the place of another");
    assert_eq!((ingest.has_run("r1").unwrap(), ingest.has_run("r").unwrap()), (true, false));
    ingest.commit().unwrap();
    assert_eq!(store.runs_named("r").unwrap(), [run("r2", "entra"), run("r1", "entra")]);
    assert_eq!(store.runs_named("").unwrap().len(), 3);
    assert_eq!((store.report("r1").unwrap().as_deref(), store.report("r").unwrap()), (Some("r1"), None));
    assert_eq!(store.sources().unwrap(), Vec::<String>::new(), "a run is no baseline");

    let mut ingest = begin(&mut store);
    (0..RUNS_KEPT).for_each(|number| ingest.save_run(&run(&format!("s{number}"), "entra"), "").unwrap());
    ingest.commit().unwrap();
    assert_eq!(store.runs_named("").unwrap().len() as u64, RUNS_KEPT + 1);
    assert_eq!((store.report("r1").unwrap(), store.report("q3").unwrap().as_deref()), (None, Some("q3")));
    raw(&path).execute("UPDATE runs SET body = x'28b52ffd' WHERE id = 'q3'", []).unwrap();
    assert!(message(store.report("q3")).contains("the report of run \"q3\" is not what was written"));
}

#[test]
fn findings_come_back() {
    let (_folder, path) = place();
    let mut store = writer(&path);
    let state = |key: &str, status, full: bool| FindingState {
        key: FindingKey::from_text(key),
        status,
        check: "new-code".into(),
        severity: Severity::High,
        path: full.then(|| "a.b".into()),
        cohort: full.then(|| Cohort { path: "code".into(), value: "5".into() }),
        value: full.then(|| "x".into()),
        caused_by: full.then(|| FindingKey::from_text("c")),
        share: 0.25,
        first_window: full.then_some(-5),
        last_window: full.then_some(7),
        first_run: "r1".into(),
        last_run: "r2".into(),
        ended_run: full.then(|| "r3".into()),
    };
    let mut ingest = begin(&mut store);
    ingest.put_finding_states("entra", &[state("b", Status::New, true), state("a", Status::Known, false)]).unwrap();
    ingest.put_finding_states("entra", &[state("b", Status::Accepted, true)]).unwrap();
    ingest.commit().unwrap();
    assert_eq!(store.finding_states("entra").unwrap(), [state("a", Status::Known, false), state("b", Status::Accepted, true)]);
    assert_eq!(store.finding_states("okta").unwrap(), []);
    raw(&path).execute("UPDATE findings SET status = 'odd'", []).unwrap();
    assert!(message(store.finding_states("entra")).contains("status \"odd\""));
}
