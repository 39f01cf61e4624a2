//! What goes out comes back; nothing that a key made goes out; what was damaged is refused with its line.

use super::*;
use crate::demo::{Tenant, write_lines};
use crate::fingerprint::{Fingerprint, Fingerprinter, Outcome, Settings, Windows};
use crate::sources::{Definition, Source};
use crate::stats::Bottom;

fn key(byte: u8) -> HashKey {
    HashKey::new([byte; 32])
}

fn fingerprints(source: &Source, key: &HashKey, records: &str) -> Vec<Fingerprint> {
    let mut fingerprinter = Fingerprinter::new(source, key.clone(), Settings::default());
    for record in records.lines().map(str::as_bytes) {
        match fingerprinter.read(record) {
            Ok(Outcome::Record { window, .. }) => fingerprinter.count(record, window, false),
            Ok(Outcome::Apart) => {}
            Err(reason) => fingerprinter.reject(reason),
        }
    }
    fingerprinter.finish()
}

/// Two days of sign-ins, a record type apart, a reject, and a code too long for a name.
fn sign_ins(key: &HashKey) -> Vec<Fingerprint> {
    let mut bytes = Vec::new();
    (0..2).for_each(|day| write_lines(&Tenant::new(5, 80).day(day), &mut bytes).unwrap());
    let mut records = String::from_utf8(bytes).unwrap();
    records.push_str("{\"time\":\"2023-02-20T00:00:00Z\",\"category\":\"AuditLogs\"}\nno json\n");
    let strange = format!("{}\u{202e}\u{1b}", "x".repeat(300));
    records.push_str(&serde_json::json!({"time": "2023-02-20T00:00:00Z", "category": "SignInLogs", "resultType": strange}).to_string());
    fingerprints(&Source::named("entra-signin").unwrap(), key, &records)
}

/// Records of a source whose closed values all have words.
fn plain(key: &HashKey) -> Vec<Fingerprint> {
    let source = Source::generic(Some("ts"), Some("code"), &["app".into()], None, Some("who")).unwrap();
    let mut records = String::new();
    for i in 0..60 {
        let app = ["mail", "(none)", "山\u{202e}\u{7f}"][i % 3];
        let guid = format!("{i:08x}-0000-4000-8000-000000000000");
        let mode = if i % 4 == 0 { serde_json::json!(true) } else { serde_json::json!(["on", "off"][i % 2]) };
        let mut record = serde_json::json!({"ts": format!("2026-03-0{}T01:02:03Z", 1 + i % 2), "code": i % 5, "app": app, "who": guid,
            "mode": mode, "tags": [{"k": "a"}, {"k": i}], "copy": guid, "deep": {"empty": ""}});
        if i % 7 == 0 {
            record.as_object_mut().unwrap().remove("app");
        }
        records.push_str(&format!("{record}\n"));
    }
    fingerprints(&source, key, &records)
}

fn windows(source: &str, fingerprints: Vec<Fingerprint>) -> Windows {
    let definition = Source::named("entra-signin").map(|source| Definition::of(&source));
    Windows { source: source.to_owned(), definition, key: 1, fingerprints }
}

#[test]
fn what_goes_out_comes_back() {
    for (made, reader) in [(1, 1), (1, 2)] {
        for fingerprints in [sign_ins(&key(made)), plain(&key(made))] {
            let text = to_lines(&windows("some \"source\"", fingerprints.clone()));
            let back = from_lines(&text, &key(reader)).unwrap();
            assert_eq!((back.source.as_str(), &back.definition), ("some \"source\"", &windows("", Vec::new()).definition));
            assert!(back.fingerprints.iter().all(|fingerprint| fingerprint.key == key(reader).id()));
            same(&to_lines(&back), &text);
        }
    }
}

/// Tells the first line that differs instead of two whole texts.
fn same(text: &str, wanted: &str) {
    let differs = text.lines().zip(wanted.lines()).find(|(line, wanted)| line != wanted);
    assert_eq!((differs, text.len()), (None, wanted.len()));
}

#[test]
fn with_the_same_key_and_words_everything_but_the_sketch_of_distinct_values_comes_back() {
    let mut fingerprints = plain(&key(1));
    let closed = fingerprints.iter().flat_map(|fingerprint| &fingerprint.paths).filter_map(|stats| stats.tally.as_ref());
    assert!(closed.flat_map(BTreeMap::values).all(|value| value.word.is_some()));
    assert!(fingerprints.len() == 2 && fingerprints.iter().all(|fingerprint| fingerprint.cohorts.len() > 8));
    let back = from_lines(&to_lines(&windows("s", fingerprints.clone())), &key(1)).unwrap().fingerprints;
    fingerprints.iter_mut().flat_map(|fingerprint| &mut fingerprint.paths).for_each(|stats| stats.distinct = Bottom::default());
    for (back, fingerprint) in back.iter().zip(&fingerprints) {
        assert_eq!(back, fingerprint);
    }
}

#[test]
fn another_key_makes_the_hashes_it_would_have_made_itself() {
    let back = from_lines(&to_lines(&windows("s", plain(&key(1)))), &key(2)).unwrap().fingerprints;
    for (back, own) in back.iter().zip(plain(&key(2))) {
        assert_eq!(back.codes, own.codes);
        let ranks = |fingerprint: &Fingerprint| fingerprint.cohorts.iter().map(|cohort| cohort.rank).collect::<Vec<_>>();
        assert_eq!(ranks(back), ranks(&own));
        assert!(back.paths.iter().zip(&own.paths).all(|(back, own)| back.tally == own.tally));
        assert_eq!(back.atoms, own.atoms);
    }
}

#[test]
fn no_hash_and_nothing_that_steers_a_terminal_goes_out() {
    let fingerprints = sign_ins(&key(1));
    let text = to_lines(&windows("s", fingerprints.clone()));
    let mut hashes: Vec<u64> = vec![key(1).id()];
    for fingerprint in &fingerprints {
        hashes.extend(fingerprint.ids.hashes());
        for stats in &fingerprint.paths {
            hashes.extend(stats.distinct.hashes());
            hashes.extend(stats.tally.iter().flat_map(BTreeMap::keys));
        }
        hashes.extend(fingerprint.cohorts.iter().map(|cohort| cohort.rank).filter(|&rank| rank != 0));
        hashes.extend(fingerprint.codes.values().flat_map(BTreeMap::keys));
    }
    assert!(hashes.len() > 1_000 && fingerprints.iter().flat_map(|f| &f.cohorts).any(|cohort| cohort.value.contains('…')));
    for hash in hashes {
        assert!(!text.contains(&format!("{hash:016x}")) && !text.contains(&hash.to_string()), "{hash:016x}");
    }
    assert!(text.chars().all(|c| matches!(c, ' '..='~' | '\n')));
    assert!(!text.contains("@"), "no mail address and no name of an open set");
}

#[test]
fn a_set_with_a_value_without_words_goes_out_as_an_open_one() {
    let mut fingerprints = plain(&key(1));
    let place = fingerprints[0].paths.iter().position(|stats| stats.path.to_string() == "mode").unwrap();
    fingerprints[0].paths[place].tally.as_mut().unwrap().values_mut().next().unwrap().word = None;
    let back = from_lines(&to_lines(&windows("s", fingerprints.clone())), &key(1)).unwrap().fingerprints;
    assert_eq!(back[0].paths[place].tally, None);
    let of_path = |atom: &&Atom| atom.path as usize == place;
    assert!(back[0].atoms.iter().filter(of_path).all(|atom| !matches!(atom.kind, AtomKind::Value(_))));
    assert!(back[1].paths[place].tally.is_some());
}

#[test]
fn order_within_a_window_does_not_matter() {
    let text = to_lines(&windows("s", plain(&key(1))));
    let mut sorted: Vec<&str> = text.lines().collect();
    for run in sorted.chunk_by_mut(|a, b| a.starts_with("{\"path\"") && b.starts_with("{\"path\"")) {
        run.reverse();
    }
    for run in sorted.chunk_by_mut(|a, b| a.starts_with("{\"at\"") && b.starts_with("{\"at\"")) {
        run.reverse();
    }
    assert_ne!(sorted.join("\n") + "\n", text);
    let back = from_lines(&(sorted.join("\r\n") + "\r\n"), &key(1)).unwrap();
    same(&to_lines(&back), &text);
}

#[test]
fn what_is_no_baseline_of_ours_is_refused_with_its_line() {
    let text = to_lines(&windows("s", plain(&key(1))));
    let lines: Vec<&str> = text.lines().collect();
    let find = |start: &str| lines.iter().position(|line| line.starts_with(start)).unwrap();
    let (path, cohort, at, end) = (find("{\"path\""), find("{\"cohort\""), find("{\"at\""), lines.len() - 1);
    let second = lines.iter().rposition(|line| line.starts_with("{\"window\"")).unwrap();
    let with = |line: usize, text: &str| [&lines[..line], &[text], &lines[line..]].concat().join("\n");
    let instead = |line: usize, text: &str| [&lines[..line], &[text], &lines[line + 1..]].concat().join("\n");
    for (text, line, says) in [
        (String::new(), 1, "no exported baseline"),
        ("{\"a\":1}".into(), 1, "no exported baseline"),
        (text.replacen("baseline/1", "baseline/2", 1), 1, "newer logdrift"),
        (lines[..end].join("\n"), end, "cut off"),
        (text[..text.len() - 4].to_owned(), end + 1, "cut off or damaged"),
        (with(end + 1, lines[1]), end + 2, "behind the end"),
        (instead(end, "{\"end\":3}"), end + 1, "had 3 windows and has 2"),
        (with(path, lines[path]), path + 2, "a second time"),
        (with(at, lines[at]), at + 2, "a second time"),
        (with(cohort, lines[cohort]), cohort + 2, "a second time"),
        (with(end, &lines[1..second].join("\n")), end + 1, "the window 2026-03-01 stands here a second time"),
        (with(at, "{\"at\":\"app\",\"unheard of\":1}"), at + 1, "\"unheard of\" is no shape"),
        (with(at, "{\"at\":\"nowhere\",\"text\":1}"), at + 1, "the path \"nowhere\""),
        (with(at, "{\"at\":\"app\",\"text\":1000}"), at + 1, "more than those of the cohort"),
        (with(at, "{\"at\":\"app\",\"values\":{\"never\":1}}"), at + 1, "no value of"),
        (with(at, "{\"with\":\"app\",\"values\":{\"never\":1}}"), at + 1, "no cohort"),
        (with(at, "{\"at\":\"app\",\"text\":[1,\"xyz\"]}"), at + 1, "no actors"),
        (with(1, "{\"path\":\"a\",\"occurrences\":1}"), 2, "no window"),
        (with(at, "{}"), at + 1, "no line of a baseline"),
    ] {
        let error = from_lines(&text, &key(1)).map(|_| ()).unwrap_err();
        assert!(error.contains(says) && error.starts_with(&format!("line {line}: ")), "{line} {says}: {error}");
    }
}

#[test]
fn actors_read_back() {
    for actors in [(0, 0, 0), (1, 0, 0), (u64::MAX, 5, 0), (7, 0, 1), (0, 0, 9)].map(|(near, mid, far)| Actors { near, mid, far }) {
        assert_eq!(actors_from_text(&actors_to_text(actors)), Some(actors));
    }
    assert_eq!(actors_to_text(Actors { near: 0xa0, mid: 0, far: 2 }), "a0..2");
    assert!(["1.2.3.4", "g", "11111111111111111"].iter().all(|text| actors_from_text(text).is_none()));
}
