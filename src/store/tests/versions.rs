//! Versions: what going back brings back and takes away, for how long, and that history stays as it was.

use super::*;
use crate::model::{Acceptance, Content, FindingKey};

fn key(text: &str) -> FindingKey {
    FindingKey::from_text(text)
}

/// Puts a window of one byte, as one change.
fn put(store: &mut Store, number: i64, content: u8) {
    let mut ingest = begin(store);
    ingest.put("entra", day(number), 1, &[content], 1_000).unwrap();
    ingest.note("entra", "put", by(1, "ann", "")).unwrap();
    ingest.commit().unwrap();
}

fn roll_back(store: &mut Store, version: u64) -> Result<()> {
    let mut ingest = begin(store);
    ingest.roll_back("entra", version, by(2, "bob", "oops"))?;
    ingest.commit()
}

/// The windows that are there and their contents.
fn held(store: &Store) -> Vec<(i64, u8)> {
    let rows = store.windows("entra").unwrap();
    rows.iter().map(|row| (row.window.start / 86_400, store.load("entra", row.window).unwrap().unwrap()[0])).collect()
}

#[test]
fn any_version_comes_back_and_those_behind_it_stay() {
    let (_folder, path) = place();
    let mut store = writer(&path);
    // Version 1 to 4.
    for (number, content) in [(1, 10), (2, 20), (1, 11), (3, 30)] {
        put(&mut store, number, content);
    }
    assert_eq!(held(&store), [(1, 11), (2, 20), (3, 30)]);
    roll_back(&mut store, 2).unwrap(); // 5
    assert_eq!(held(&store), [(1, 10), (2, 20)]);
    put(&mut store, 2, 21); // 6
    put(&mut store, 4, 40); // 7
    assert_eq!(held(&store), [(1, 10), (2, 21), (4, 40)]);
    for (back, windows) in [
        (4, vec![(1, 11), (2, 20), (3, 30)]),
        (7, vec![(1, 10), (2, 21), (4, 40)]),
        (6, vec![(1, 10), (2, 21)]),
        (1, vec![(1, 10)]),
        (3, vec![(1, 11), (2, 20)]),
        (5, vec![(1, 10), (2, 20)]),
        (8, vec![(1, 11), (2, 20), (3, 30)]),
    ] {
        roll_back(&mut store, back).unwrap();
        assert_eq!(held(&store), windows, "version {back}");
    }
    let changes = store.changes("entra").unwrap();
    assert!(changes.iter().map(|change| change.version).eq(1..=14));
    assert_eq!((changes[4].what.as_str(), changes[4].why.as_str(), changes[4].who.as_str()), ("went back to version 2", "oops", "bob"));
    for version in [0, 14, 15, u64::MAX] {
        let refused = message(roll_back(&mut store, version));
        assert!(refused.contains("to go back to: of entra the versions 1 to 13 are kept, 14 is the present one"), "{refused}");
    }
}

#[test]
fn what_was_learnt_since_is_forgotten_and_known_again_when_it_comes_back() {
    let (_folder, path) = place();
    let mut store = writer(&path);
    put(&mut store, 1, 10);
    let mut ingest = begin(&mut store);
    ingest.see("entra", day(1), 77, 1).unwrap();
    let content = Content { bytes: 1, hash: 1, settled: 1, settled_hash: 1, head_hash: 9, raw_bytes: 1, raw_hash: 1 };
    ingest.add_input("entra", &InputRow { name: "a".into(), content, records: 1, learnt_at: 1 }).unwrap();
    ingest.note("entra", "learnt", by(1, "ann", "")).unwrap();
    ingest.commit().unwrap();
    let knows = |store: &mut Store| {
        let mut ingest = begin(store);
        (ingest.see("entra", day(1), 77, 1).unwrap().seen == Seen::Repeat, ingest.inputs("entra", 9).unwrap().len())
    };
    assert_eq!(knows(&mut store), (true, 1));
    roll_back(&mut store, 1).unwrap();
    assert_eq!(knows(&mut store), (false, 0));
    roll_back(&mut store, 2).unwrap();
    assert_eq!(knows(&mut store), (true, 1));
}

#[test]
fn acceptances_exclusions_and_marks_belong_to_versions() {
    let (_folder, path) = place();
    let mut store = writer(&path);
    put(&mut store, 1, 10); // 1
    let accepted = |ends| Acceptance { key: key("a"), at: 5, who: "ann".into(), reason: "fine".into(), ends };
    let change = |store: &mut Store, work: &dyn Fn(&mut Ingest<'_>)| {
        let mut ingest = begin(store);
        work(&mut ingest);
        ingest.note("entra", "changed", by(1, "ann", "")).unwrap();
        ingest.commit().unwrap();
    };
    change(&mut store, &|ingest| ingest.accept("entra", &accepted(None)).unwrap()); // 2
    change(&mut store, &|ingest| ingest.mark("entra", day(1), &[key("a"), key("b")]).unwrap()); // 3
    change(&mut store, &|ingest| ingest.accept("entra", &accepted(Some(50))).unwrap()); // 4
    change(&mut store, &|ingest| ingest.withdraw("entra", &key("a"), by(6, "bob", "no")).unwrap()); // 5
    change(&mut store, &|ingest| ingest.exclude("entra", day(1), true).unwrap()); // 6
    let state = |store: &Store| {
        let row = store.windows("entra").unwrap().remove(0);
        (store.acceptances("entra").unwrap(), row.under, row.excluded)
    };
    let marks = vec![key("a"), key("b")];
    let wanted = [
        (vec![], vec![], false),
        (vec![accepted(None)], vec![], false),
        (vec![accepted(None)], marks.clone(), false),
        (vec![accepted(Some(50))], marks.clone(), false),
        (vec![], marks.clone(), false),
        (vec![], marks, true),
    ];
    assert_eq!(state(&store), wanted[5]);
    for version in [4, 1, 6, 3, 2, 5] {
        roll_back(&mut store, version).unwrap();
        assert_eq!(state(&store), wanted[version as usize - 1], "version {version}");
    }
}

#[test]
fn a_window_counts_while_nobody_excluded_it_and_all_its_acceptances_hold() {
    let row = |excluded, under: &[&str]| WindowRow {
        window: day(1),
        records: 1,
        bytes: 1,
        updated: 1,
        closed: false,
        excluded,
        under: under.iter().map(|text| key(text)).collect(),
    };
    let accepted = |text, ends| Acceptance { key: key(text), at: 0, who: String::new(), reason: String::new(), ends };
    let both = [accepted("a", None), accepted("b", Some(100))];
    assert!(row(false, &[]).counts(&[], 0) && !row(true, &[]).counts(&[], 0));
    assert!(row(false, &["a", "b"]).counts(&both, 99) && !row(false, &["a", "b"]).counts(&both, 100));
    assert!(row(false, &["a"]).counts(&both, 100) && !row(false, &["a", "c"]).counts(&both, 0));
}

#[test]
fn what_no_version_holds_any_more_goes() {
    let (_folder, path) = place();
    let mut store = writer(&path);
    (0..=VERSIONS_KEPT + 1).for_each(|number| put(&mut store, 1, number as u8));
    let rows = |path: &Path| raw(path).query_row("SELECT count(*) FROM windows", [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(rows(&path), VERSIONS_KEPT as i64 + 1);
    assert!(message(roll_back(&mut store, 1)).contains("the versions 2 to 101 are kept"));
    roll_back(&mut store, 2).unwrap();
    assert_eq!(held(&store), [(1, 1)]);
}
