//! The laws of fingerprints: any split of the records, in any order, gives the same bytes; the wire form reads back; damage is
//! noticed; nothing personal is kept.

#![allow(clippy::expect_used, reason = "a test that cannot set itself up has failed")]

use logdrift::demo::{Tenant, passwordless_rollout, write_lines};
use logdrift::fingerprint::{AtomKind, Fingerprint, Fingerprinter, MAX_CELLS, Outcome, Settings, WireError, share_records};
use logdrift::hash::HashKey;
use logdrift::model::Window;
use logdrift::sources::Source;
use proptest::prelude::*;
use std::collections::BTreeMap;

fn lines(days: u32, records: usize) -> Vec<Vec<u8>> {
    let tenant = Tenant::new(7, records);
    let mut out = Vec::new();
    for day in 0..days {
        let mut records = tenant.day(day);
        passwordless_rollout(&mut records, 3, 1);
        let mut bytes = Vec::new();
        write_lines(&records, &mut bytes).expect("a vector takes all");
        out.extend(bytes.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()).map(<[u8]>::to_vec));
    }
    out
}

fn fingerprints(source: &Source, lines: &[Vec<u8>]) -> BTreeMap<Window, Fingerprint> {
    fingerprints_with(source, lines, Settings::default())
}

fn fingerprints_with(source: &Source, lines: &[Vec<u8>], settings: Settings) -> BTreeMap<Window, Fingerprint> {
    let mut fingerprinter = Fingerprinter::new(source, HashKey::new([4; 32]), settings);
    for line in lines {
        match fingerprinter.read(line) {
            Ok(Outcome::Record { window, .. }) => fingerprinter.count(line, window, false),
            Ok(Outcome::Apart) => {}
            Err(reason) => fingerprinter.reject(reason),
        }
    }
    fingerprinter.finish().into_iter().map(|fingerprint| (fingerprint.window, fingerprint)).collect()
}

fn merged(parts: Vec<BTreeMap<Window, Fingerprint>>) -> BTreeMap<Window, Fingerprint> {
    let mut all: BTreeMap<Window, Fingerprint> = BTreeMap::new();
    for (window, fingerprint) in parts.into_iter().flatten() {
        match all.get_mut(&window) {
            Some(known) => known.merge(&fingerprint).expect("the same window and key"),
            None => drop(all.insert(window, fingerprint)),
        }
    }
    all
}

fn bytes(fingerprints: &BTreeMap<Window, Fingerprint>) -> Vec<Vec<u8>> {
    fingerprints.values().map(Fingerprint::to_bytes).collect()
}

/// Records made to be awkward: values that open and close sets, equal fields, arrays, doubled keys, junk.
fn awkward() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let record = (0u32..90, 0u32..6, 0u32..3, any::<bool>(), 0u32..4).prop_map(|(word, user, kind, same, steps)| {
        let steps: Vec<String> = (0..steps).map(|step| format!(r#"{{"m":"method{}","n":{step}}}"#, (word + step) % 70)).collect();
        let other = if same { format!("name-of-user-{user}") } else { "somebody-else".into() };
        let again = if word % 17 == 0 { r#","properties":{"policies":[{"id":"a-policy-1","result":"ok 1","more":{"a":[1,1]}},{"id":"name-of-user-3"}]}"# } else { "" };
        let tail = if word % 11 == 0 { r#","word":"twice""# } else { "" };
        format!(
            r#"{{"id":"i{word}","code":"{kind}","createdDateTime":"2026-03-0{}T01:02:03Z","category":"SignInLogs","resultType":"{}","word":"word{}","flag":{},"place":{{"city":"{}"}},"device":{{"name":"{}","system":{{"name":"Windows 10 or newer","build":null,"more":{{"empty":""}}}},"none":{{"a":null}}}},"name":"name-of-user-{user}","other":"{other}","userId":"u{user}","properties":{{"authenticationDetails":[{}],"policies":[{{"id":"a-policy-{}","result":"ok {kind}","more":{{"a":[1,{kind}]}}}},{{"id":"name-of-user-{user}"}}],"facts":[{{"key":"Is It","value":"name-of-user-2"}},{{"key":"Other","value":"{kind}"}}]}}{again}{tail}}}"#,
            1 + kind,
            50_000 + word % 9,
            word % 80,
            if same { format!("\"{}\"", word % 40) } else { (word % 35).to_string() },
            if word % 5 == 0 { "" } else { "Munich" },
            if user == 0 { "name-of-user-0" } else { "" },
            steps.join(","),
            word % 3
        )
        .into_bytes()
    });
    proptest::collection::vec(prop_oneof![30 => record, 1 => Just(b"not json".to_vec()), 1 => Just(b"[1]".to_vec())], 1..160)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn any_split_and_order_gives_the_same_bytes(records in awkward(), cut in 0usize..160, seed in any::<u64>()) {
        let source = Source::named("entra-signin").expect("a built-in source");
        let whole = fingerprints(&source, &records);
        let mut shuffled = records;
        shuffled.sort_by_key(|line| HashKey::new([2; 32]).fast(&[line.as_slice(), &seed.to_le_bytes()].concat()));
        prop_assert_eq!(bytes(&fingerprints(&source, &shuffled)), bytes(&whole));
        let cramped = Settings { memory: 0, ..Settings::default() };
        prop_assert_eq!(bytes(&fingerprints_with(&source, &shuffled, cramped)), bytes(&whole));
        let plainly = Settings { remember: false, ..Settings::default() };
        prop_assert_eq!(bytes(&fingerprints_with(&source, &shuffled, plainly)), bytes(&whole));
        let (a, b) = shuffled.split_at(cut.min(shuffled.len()));
        let (c, d) = b.split_at(b.len() / 2);
        let [a, c, d] = [a, c, d].map(|part| fingerprints(&source, part));
        prop_assert_eq!(bytes(&merged(vec![a.clone(), c.clone(), d.clone()])), bytes(&whole));
        prop_assert_eq!(bytes(&merged(vec![d, merged(vec![c, a])])), bytes(&whole));
    }

    #[test]
    fn damaged_bytes_are_an_error_or_another_fingerprint_never_a_panic(records in awkward(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let source = Source::named("entra-signin").expect("a built-in source");
        for wire in bytes(&fingerprints(&source, &records)) {
            let read = Fingerprint::from_bytes(&wire).expect("what was written can be read");
            prop_assert_eq!(read.to_bytes(), wire.clone());
            let cut = at.index(wire.len());
            prop_assert!(Fingerprint::from_bytes(&wire[..cut]).is_err());
            let mut damaged = wire.clone();
            damaged[cut] = byte;
            if let Ok(other) = Fingerprint::from_bytes(&damaged) {
                prop_assert_eq!(Fingerprint::from_bytes(&other.to_bytes()), Ok(other), "byte {} of {}", cut, wire.len());
            }
        }
    }
}

/// A thousand small records, each of an app of its own, and some as wide as the path space, whose keys are others than those before.
fn wide() -> Vec<Vec<u8>> {
    let head = r#""createdDateTime":"2026-03-01T01:02:03Z","category":"SignInLogs","resultType":"0""#;
    let small = (0..1_000).map(|app| format!(r#"{{"id":"i{app}",{head},"appDisplayName":"app {app}","userId":"u{}"}}"#, app % 90));
    let wide = (0..8u32).map(|part| {
        let keys: Vec<String> = (0..8_500).map(|key| format!(r#""k{part}x{key}":{part}"#, part = part % 2)).collect();
        format!(r#"{{"id":"w{part}",{head},"more":{{{}}}}}"#, keys.join(",").replace(":0", &format!(":{part}")))
    });
    small.chain(wide).map(String::into_bytes).collect()
}

#[test]
fn a_window_of_too_many_cells_folds_the_same_cohorts_whatever_the_order_and_the_pieces() {
    let source = Source::named("entra-signin").expect("a built-in source");
    let apps = |fingerprint: &Fingerprint| fingerprint.cohorts.iter().filter(|cohort| cohort.value.starts_with("app ")).count();
    let records = wide();
    let whole = fingerprints(&source, &records);
    let (small, wide) = records.split_at(1_000);
    let [narrow, broad] = [small, wide].map(|part| fingerprints(&source, part));
    assert!(narrow.values().all(|window| apps(window) == 1_000), "a thousand apps alone are not too many");
    for window in whole.values() {
        assert!((16..1_000).contains(&apps(window)), "{}", apps(window));
        let kept = window.cohorts.len() - 2;
        assert!(kept * window.atoms.len() <= MAX_CELLS, "{kept} cohorts beside (other) and the whole, {} atoms", window.atoms.len());
        let field = window.cohorts.iter().find(|cohort| cohort.value.starts_with("app ")).map_or("", |cohort| &cohort.field);
        let of_apps = window.cohorts.iter().filter(|cohort| cohort.field == field).map(|cohort| cohort.total.count);
        assert_eq!(of_apps.sum::<u64>(), window.records);
    }
    let reversed: Vec<Vec<u8>> = records.iter().rev().cloned().collect();
    let cramped = Settings { memory: 0, ..Settings::default() };
    assert!(bytes(&fingerprints(&source, &reversed)) == bytes(&whole), "reversed");
    assert!(bytes(&fingerprints_with(&source, &reversed, cramped)) == bytes(&whole), "written out in between");
    assert!(bytes(&fingerprints_with(&source, &records, cramped)) == bytes(&whole), "written out at the end");
    assert!(bytes(&merged(vec![narrow.clone(), broad.clone()])) == bytes(&whole), "merged");
    assert!(bytes(&merged(vec![broad, narrow])) == bytes(&whole), "merged the other way round");
}

#[test]
fn a_week_of_sign_ins_splits_and_merges() {
    let source = Source::named("entra-signin").expect("a built-in source");
    let all = lines(7, 150);
    let whole = fingerprints(&source, &all);
    assert_eq!(whole.len(), 7);
    let (odd, even): (Vec<_>, Vec<_>) = all.iter().cloned().enumerate().partition(|(place, _)| place % 2 == 1);
    let [odd, even] = [odd, even].map(|part| fingerprints(&source, &part.into_iter().map(|entry| entry.1).collect::<Vec<_>>()));
    assert_eq!(bytes(&merged(vec![odd, even])), bytes(&whole));
}

#[test]
fn the_empty_fingerprint_changes_nothing() {
    let source = Source::named("entra-signin").expect("a built-in source");
    for (window, fingerprint) in fingerprints(&source, &lines(2, 80)) {
        let mut sum = Fingerprint::empty(fingerprint.key, window);
        sum.merge(&fingerprint).expect("the same window and key");
        assert_eq!(sum, fingerprint);
        sum.merge(&Fingerprint::empty(fingerprint.key, window)).expect("the same window and key");
        assert_eq!(sum, fingerprint);
    }
}

#[test]
fn what_cannot_be_added_or_read_says_why() {
    let source = Source::named("entra-signin").expect("a built-in source");
    let windows: Vec<Fingerprint> = fingerprints(&source, &lines(2, 60)).into_values().collect();
    let mut first = windows[0].clone();
    assert!(first.merge(&windows[1]).expect_err("another window").contains("cannot be added"));
    let other_key = Fingerprint { key: 1, ..windows[0].clone() };
    assert!(first.merge(&other_key).expect_err("another key").contains("different keys"));
    assert_eq!(first, windows[0], "a refused merge changes nothing");
    let mut newer = first.to_bytes();
    newer[4] = 9;
    assert_eq!(Fingerprint::from_bytes(&newer), Err(WireError::Newer(9)));
    assert_eq!(Fingerprint::from_bytes(b"PK"), Err(WireError::NotAFingerprint));
}

#[test]
fn parts_that_hold_the_same_records_are_noticed() {
    let source = Source::named("entra-signin").expect("a built-in source");
    let all = lines(1, 200);
    let part = |range: std::ops::Range<usize>| fingerprints(&source, &all[range]).into_values().next().expect("a window");
    assert!(!share_records(&[part(0..90), part(90..180)]));
    assert!(share_records(&[part(0..120), part(60..180)]));
}

#[test]
fn counts_are_of_records_and_no_personal_value_is_kept() {
    let source = Source::named("entra-signin").expect("a built-in source");
    let all = lines(1, 120);
    let fingerprint = fingerprints(&source, &all).into_values().next().expect("a window");
    let whole = fingerprint.whole().expect("records");
    assert_eq!(whole.total.count, fingerprint.records);
    assert!(whole.cells().all(|(_, cell)| cell.count <= fingerprint.records));
    let of_field =
        |field: &str| fingerprint.cohorts.iter().filter(|cohort| cohort.field == field).map(|cohort| cohort.total.count).sum::<u64>();
    for dimension in source.dimensions() {
        assert_eq!(of_field(&dimension.name), fingerprint.records, "every record is in one cohort of {}", dimension.name);
    }
    assert!(fingerprint.atoms.iter().any(|atom| matches!(atom.kind, AtomKind::Equal(_))), "equal fields are found");
    let wire = fingerprint.to_bytes();
    for line in &all {
        let record: serde_json::Value = serde_json::from_slice(line).expect("JSON");
        for path in [
            "/properties/userPrincipalName",
            "/properties/userDisplayName",
            "/properties/ipAddress",
            "/properties/userId",
            "/properties/deviceDetail/deviceId",
        ] {
            let value = record.pointer(path).and_then(serde_json::Value::as_str).unwrap_or("");
            assert!(
                value.len() < 6 || !wire.windows(value.len()).any(|window| window == value.as_bytes()),
                "{path} = {value} is in the fingerprint"
            );
        }
    }
}
