//! Records seen before: in memory, over spilled runs, over commits and windows.

use super::*;
use crate::store::ids::WINDOW_COST;

fn new() -> Sighting {
    Sighting { seen: Seen::New, earlier_run: false }
}

fn repeat(earlier_run: bool) -> Sighting {
    Sighting { seen: Seen::Repeat, earlier_run }
}

fn twin(earlier_run: bool) -> Sighting {
    Sighting { seen: Seen::Twin, earlier_run }
}

fn begin_small(store: &mut Store, entries: usize) -> Ingest<'_> {
    store.begin_with(Duration::ZERO, &mut |_| {}, &mut |_| {}, WINDOW_COST + entries).unwrap()
}

fn hashes(range: std::ops::Range<u32>) -> Vec<u64> {
    let key = HashKey::new([5; 32]);
    range.map(|number| key.fast(&number.to_le_bytes())).collect()
}

fn count(conn: &Connection, table: &str) -> i64 {
    conn.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
}

#[test]
fn answers_are_the_same_wherever_the_ids_lie() {
    // The cap decides how much lies in memory and how much in runs: all in memory, some, one entry a run.
    for cap in [1_000, 3, 1] {
        let (_folder, path) = place();
        let mut store = writer(&path);
        let mut ingest = begin_small(&mut store, cap);
        let mut see = |window, id, body| ingest.see("entra", window, id, body).unwrap();
        assert_eq!(see(day(1), 7, 1), new());
        assert_eq!(see(day(1), 7, 1), repeat(false));
        assert_eq!(see(day(1), 7, 2), twin(false));
        assert_eq!(see(day(1), 7, 0), twin(false));
        assert_eq!(see(day(1), 0, 0), new());
        assert_eq!(see(day(1), u64::MAX, u64::MAX), new());
        assert_eq!(see(day(2), 7, 1), new());
        assert_eq!(see(day(1), 7, 2), repeat(false));
        ingest.commit().unwrap();

        let mut ingest = begin_small(&mut store, cap);
        let mut see = |window, id, body| ingest.see("entra", window, id, body).unwrap();
        for (id, body) in [(7, 0), (7, 1), (7, 2), (0, 0), (u64::MAX, u64::MAX)] {
            assert_eq!(see(day(1), id, body), repeat(true), "cap {cap}: {id} {body}");
        }
        assert_eq!(see(day(1), 7, 9), twin(true));
        assert_eq!(see(day(1), 7, 9), repeat(false), "learnt by this ingest");
        assert_eq!(see(day(1), 7, 8), twin(true));
        assert_eq!(see(day(2), 7, 2), twin(true));
        assert_eq!(see(day(3), 7, 1), new());
        assert_eq!(ingest.see("okta", day(1), 7, 1).unwrap(), new());
    }
}

#[test]
fn many_ids_over_many_pages_and_runs_are_told_exactly() {
    let (_folder, path) = place();
    let mut store = writer(&path);
    let ids = hashes(0..5_000);
    let mut ingest = begin_small(&mut store, 1_500);
    assert!(ids.iter().all(|id| ingest.see("entra", day(1), *id, !id).unwrap() == new()));
    assert!(ids.iter().all(|id| ingest.see("entra", day(1), *id, !id).unwrap() == repeat(false)));
    ingest.commit().unwrap();
    assert_eq!((count(&store.conn, "id_runs"), count(&store.conn, "id_pages")), (4, 6 + 6 + 6 + 2));

    let mut ingest = begin_small(&mut store, 1_500);
    assert!(ids.iter().all(|id| ingest.see("entra", day(1), *id, !id).unwrap() == repeat(true)));
    assert!(ids.iter().all(|id| ingest.see("entra", day(1), *id, 0).unwrap() == twin(true)));
    assert!(hashes(5_000..9_000).iter().all(|id| ingest.see("entra", day(1), *id, 0).unwrap() == new()));
}

#[test]
fn one_id_with_more_bodies_than_a_page_holds_is_told_exactly() {
    let (_folder, path) = place();
    let mut store = writer(&path);
    let mut ingest = begin_small(&mut store, 10_000);
    for body in 0..1_000 {
        let expected = if body == 0 { new() } else { twin(false) };
        assert_eq!(ingest.see("entra", day(1), 50, 10 * body).unwrap(), expected);
    }
    ingest.see("entra", day(1), 49, 0).unwrap();
    ingest.see("entra", day(1), 51, 0).unwrap();
    ingest.commit().unwrap();
    let mut ingest = begin_small(&mut store, 10_000);
    for body in 0..1_000 {
        assert_eq!(ingest.see("entra", day(1), 50, 10 * body).unwrap(), repeat(true));
        assert_eq!(ingest.see("entra", day(1), 50, 10 * body + 1).unwrap(), twin(true));
    }
    assert_eq!(ingest.see("entra", day(1), 49, 1).unwrap(), twin(true));
    assert_eq!(ingest.see("entra", day(1), 48, 0).unwrap(), new());
    assert_eq!(ingest.see("entra", day(1), 52, 0).unwrap(), new());
}

#[test]
fn the_first_entry_of_the_next_page_tells_a_twin() {
    let (_folder, path) = place();
    let mut store = writer(&path);
    let mut ingest = begin_small(&mut store, 10_000);
    for id in 0..251 {
        assert_eq!(ingest.see("entra", day(1), id, 5).unwrap(), new());
    }
    ingest.commit().unwrap();
    assert_eq!(count(&store.conn, "id_pages"), 2);
    let mut ingest = begin_small(&mut store, 10_000);
    assert_eq!(ingest.see("entra", day(1), 250, 4).unwrap(), twin(true));
    assert_eq!(ingest.see("entra", day(1), 0, 4).unwrap(), twin(true));
}

#[test]
fn every_record_in_its_own_window_fills_the_memory_sooner() {
    let (_folder, path) = place();
    let mut store = writer(&path);
    let mut ingest = begin_small(&mut store, 3 * (WINDOW_COST + 1) - WINDOW_COST);
    for number in 0..7 {
        assert_eq!(ingest.see("entra", day(number), 1, 1).unwrap(), new());
    }
    assert_eq!(count(&ingest.transaction, "id_runs"), 6, "twice three windows");
}

#[test]
fn ids_of_old_windows_are_dropped_at_commit() {
    let (_folder, path) = place();
    let mut store = writer(&path);
    let learn = |store: &mut Store, windows: &[Window], now: i64| {
        let mut ingest = begin(store);
        for window in windows {
            ingest.put("entra", *window, 1, b"x", now).unwrap();
            ingest.see("entra", *window, 1, 1).unwrap();
        }
        ingest.commit().unwrap();
    };
    let now = 2_000 * 86_400;
    learn(&mut store, &[day(54), day(55), day(100), Window::UNDATED], now);
    let known = |store: &mut Store, window| begin(store).see("entra", window, 1, 1).unwrap() == repeat(true);
    assert!(!known(&mut store, day(54)), "46 days before the newest");
    assert!(known(&mut store, day(55)), "45 days before the newest");
    assert!(known(&mut store, day(100)) && known(&mut store, Window::UNDATED));
    assert_eq!((count(&store.conn, "id_runs"), count(&store.conn, "id_pages")), (3, 3));

    learn(&mut store, &[day(101)], now);
    assert!(!known(&mut store, day(55)));
    learn(&mut store, &[day(9_999)], now);
    assert!(!known(&mut store, day(101)), "now is day 2000");
    assert!(known(&mut store, day(9_999)));
}

#[test]
fn a_record_from_the_future_does_not_push_true_windows_out() {
    let (_folder, path) = place();
    let mut store = writer(&path);
    let mut ingest = begin(&mut store);
    for number in [100, 99_999] {
        ingest.put("entra", day(number), 1, b"x", 101 * 86_400).unwrap();
        ingest.see("entra", day(number), 1, 1).unwrap();
    }
    ingest.commit().unwrap();
    assert_eq!(begin(&mut store).see("entra", day(100), 1, 1).unwrap(), repeat(true));
}

#[test]
fn damaged_ids_are_noticed() {
    let (_folder, path) = place();
    let mut store = writer(&path);
    let mut ingest = begin(&mut store);
    ingest.see("entra", day(1), 1, 1).unwrap();
    ingest.commit().unwrap();
    raw(&path).execute("UPDATE id_pages SET body = zeroblob(16)", []).unwrap();
    assert!(message(begin(&mut store).see("entra", day(1), 1, 1)).contains("is damaged: page"));
    raw(&path).execute("UPDATE id_runs SET body = zeroblob(24)", []).unwrap();
    assert!(message(begin(&mut store).see("entra", day(1), 1, 1)).contains("is damaged: the filter"));
}
