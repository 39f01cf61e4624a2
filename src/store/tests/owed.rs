//! Notices that are owed: taken by one at a time, told once, and not lost with whoever took them.

use super::*;
use crate::store::OwedRow;

fn owed(target: &str, run: &str) -> OwedRow {
    OwedRow { target: target.into(), run: run.into() }
}

/// Keeps runs of these names and owes each of them to `slack`.
fn with_runs(path: &Path, runs: &[&str]) {
    let mut store = writer(path);
    let mut ingest = begin(&mut store);
    for run in runs {
        let row = RunRow {
            id: (*run).into(),
            source: "entra".into(),
            at: 1,
            who: "ann".into(),
            period: (None, None),
            verdict: "drift".into(),
            findings: 1,
            new: 1,
        };
        ingest.save_run(&row, "{}").unwrap();
        ingest.owe("entra", &owed("slack", run)).unwrap();
        // Twice is once.
        ingest.owe("entra", &owed("slack", run)).unwrap();
    }
    ingest.commit().unwrap();
}

fn take(path: &Path, now: i64) -> Vec<String> {
    let mut store = writer(path);
    let mut ingest = begin(&mut store);
    let taken = ingest.take_owed("entra", now, now + 100).unwrap();
    ingest.commit().unwrap();
    taken.into_iter().map(|owed| owed.run).collect()
}

fn settle(path: &Path, run: &str, told: bool) {
    let mut store = writer(path);
    let mut ingest = begin(&mut store);
    ingest.settle("entra", &owed("slack", run), told).unwrap();
    ingest.commit().unwrap();
}

#[test]
fn what_is_owed_is_taken_by_one_at_a_time_and_comes_back_when_it_was_not_told() {
    let (_folder, path) = place();
    with_runs(&path, &["b", "a"]);
    assert_eq!(take(&path, 1_000), ["b", "a"], "oldest first");
    assert!(take(&path, 1_050).is_empty(), "somebody may be telling it");
    settle(&path, "b", true);
    settle(&path, "a", false);
    assert_eq!(take(&path, 1_050), ["a"]);
    // Whoever took it died.
    assert_eq!(take(&path, 1_151), ["a"]);
    settle(&path, "a", true);
    assert!(take(&path, 9_000).is_empty());
}

#[test]
fn of_runs_that_are_gone_nothing_is_owed() {
    let (_folder, path) = place();
    with_runs(&path, &["a", "b"]);
    raw(&path).execute("DELETE FROM runs WHERE id = 'a'", []).unwrap();
    assert_eq!(take(&path, 1_000), ["b"]);
    let left: i64 = raw(&path).query_row("SELECT count(*) FROM owed", [], |row| row.get(0)).unwrap();
    assert_eq!(left, 1);
}

#[test]
fn a_store_from_before_notices_is_brought_up_to_date_by_the_first_writer() {
    let (_folder, path) = place();
    drop(with_window(&path, b"one"));
    raw(&path).execute_batch("DROP TABLE owed; PRAGMA user_version = 1").unwrap();
    assert!(message(Store::open(&path, Access::Read)).contains("was made by an earlier version of logdrift"));
    assert_eq!(writer(&path).load("entra", day(1)).unwrap().unwrap(), b"one");
    with_runs(&path, &["a"]);
    assert_eq!(take(&path, 1), ["a"]);
}
