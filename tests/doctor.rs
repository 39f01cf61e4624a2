//! The doctor: what it says of a place in order, and of each thing that may be out of order.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod place;

use place::Place;
use std::fs;

/// What the doctor says of a place, and the exit code.
fn doctor(place: &Place, arguments: &[&str]) -> (String, i32) {
    let ran = place.command(&[&["doctor"], arguments].concat()).env("COLUMNS", "1000").output().unwrap();
    (String::from_utf8(ran.stdout).unwrap(), ran.status.code().unwrap())
}

/// Whether a line has this word in front and all these texts behind it.
fn has(said: &str, word: &str, texts: &[&str]) -> bool {
    said.lines().any(|line| line.starts_with(word) && texts.iter().all(|text| line.contains(text)))
}

#[test]
fn of_a_place_in_order_nothing_is_broken_and_nothing_is_changed() {
    let place = Place::with_baseline(14);
    place.put("rules/a.kql", "SigninLogs | where ResultType == 1");
    let before = place.store();
    let (said, code) = doctor(&place, &["--rules", "rules"]);
    assert_eq!(code, 0, "{said}");
    for texts in [
        &["the store logdrift.db is whole"] as &[&str],
        &["the store logdrift.db can be written"],
        &["entra-signin: 14 windows"],
        &["entra-signin: is read as its baseline was"],
        &["logdrift.db.key is for its owner alone"],
        &["rules: 1 rules are read in full, 0 in part"],
    ] {
        assert!(has(&said, "fine", texts), "{texts:?}: {said}");
    }
    // The made-up days are years ago.
    assert!(has(&said, "note", &["the newest window", "days old"]) && !said.contains("broken"), "{said}");
    assert_eq!(place.store(), before);
}

#[test]
fn where_there_is_no_store_the_next_step_is_told_and_none_is_made() {
    let place = Place::new();
    let (said, code) = doctor(&place, &[]);
    assert!(code == 0 && has(&said, "note", &["does not exist", "logdrift learn INPUT... --store logdrift.db"]), "{said}");
    assert!(!place.path("logdrift.db").exists() && !place.path("logdrift.db.key").exists());
}

#[test]
fn what_is_broken_is_named_with_the_next_step() {
    let place = Place::with_baseline(3);
    let (said, _) = doctor(&place, &[]);
    assert!(has(&said, "note", &["entra-signin: 3 windows are few"]), "{said}");

    let (said, code) = doctor(&place, &["--rules", "none"]);
    assert!(code == 2 && has(&said, "broken", &["none"]), "{said}");

    let bytes = fs::read(place.path("logdrift.db")).unwrap();
    let mut torn = bytes.clone();
    // The middle of the file: fingerprints, or the pages that lead to them.
    let middle = torn.len() / 2;
    torn[middle..middle + 4096].fill(0xa5);
    place.put("torn.db", &torn);
    fs::copy(place.path("logdrift.db.key"), place.path("torn.db.key")).unwrap();
    let (said, code) = doctor(&place, &["--store", "torn.db"]);
    assert!(code == 2 && has(&said, "broken", &["damaged"]), "{said}");

    fs::remove_file(place.path("torn.db.key")).unwrap();
    place.put("torn.db", &bytes);
    let (said, code) = doctor(&place, &["--store", "torn.db"]);
    assert!(code == 2 && has(&said, "broken", &["lacks its key file", "put the file back"]), "{said}");

    place.put("text.db", "no database, but more than a hundred bytes of text ".repeat(20));
    let (said, code) = doctor(&place, &["--store", "text.db"]);
    assert!(code == 2 && has(&said, "broken", &["no logdrift store"]), "{said}");
}

#[test]
fn the_configuration_that_holds_is_told_and_a_broken_one_is_named() {
    let place = Place::with_baseline(1);
    assert!(has(&doctor(&place, &[]).0, "fine", &["there is no configuration"]));
    place.put("logdrift.toml", "source = \"entra-signin\"\n[[audit]]\nname = \"a\"\ninputs = [\"logs\"]\n");
    let (said, code) = doctor(&place, &["--config", "logdrift.toml"]);
    assert!(code == 0 && has(&said, "fine", &["logdrift.toml is read; audits in it: 1, notifications: 0"]), "{said}");
    place.put("logdrift.toml", "sorce = \"entra-signin\"\n");
    let (said, code) = doctor(&place, &["--config", "logdrift.toml"]);
    assert!(code == 2 && has(&said, "broken", &["logdrift.toml:1:1", "did you mean `source`?"]), "{said}");
}

#[cfg(unix)]
#[test]
fn files_that_others_may_read_are_named_with_what_closes_them() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::with_baseline(1);
    fs::set_permissions(place.path("logdrift.db.key"), fs::Permissions::from_mode(0o644)).unwrap();
    let (said, code) = doctor(&place, &[]);
    assert!(code == 0 && has(&said, "note", &["open to others (mode 644)", "chmod 600 logdrift.db.key"]), "{said}");
}
