//! What the program says and how it exits when something is wrong with what it was given, and in the plain cases of every day.

mod place;

use place::Place;
use std::fs;
use std::io::Write as _;
use std::path::Path;

#[test]
fn a_missing_input_is_named_and_no_store_is_made() {
    let place = Place::new();
    for command in ["learn", "check"] {
        place.run(&[command, "nowhere.json"]).fails(2, &["cannot read nowhere.json", "check the spelling"]);
    }
    place.run(&["learn", "no*.json"]).fails(3, &["no*.json", "no file matches", "check the spelling"]);
    assert_eq!(fs::read_dir(place.path("")).unwrap().count(), 0);
}

#[test]
fn a_name_cannot_steer_the_terminal() {
    let ran = Place::new().run(&["learn", "\u{1b}[31mred\u{7}.json"]);
    ran.fails(2, &["red"]);
    assert!(!ran.err.contains(['\u{1b}', '\u{7}']), "{:?}", ran.err);
}

#[test]
fn an_unknown_source_names_the_known_ones() {
    let place = Place::new();
    place.day("day.json", 0);
    place.run(&["check", "day.json", "--source", "okta"]).fails(2, &["no source \"okta\"", "entra-signin", "generic", ".toml"]);
    place.run(&["check", "day.json", "--source", "mine.toml"]).fails(2, &["cannot read mine.toml", "check the spelling"]);
}

#[test]
fn a_folder_is_no_store() {
    let place = Place::new();
    place.day("day.json", 0);
    fs::create_dir(place.path("folder")).unwrap();
    for command in ["learn", "check"] {
        place.run(&[command, "day.json", "--store", "folder"]).fails(2, &["the store folder is a folder", "name a file in it"]);
    }
}

#[test]
fn files_of_others_are_no_stores_and_stay_as_they_are() {
    let place = Place::new();
    place.day("day.json", 0);
    place.put("notes.txt", "not a database, and long enough to be taken for one by its size alone\n".repeat(99));
    rusqlite::Connection::open(place.path("other.db")).unwrap().execute_batch("CREATE TABLE mail (text)").unwrap();
    for (name, what) in [("notes.txt", "no logdrift store"), ("other.db", "a database of another program")] {
        let before = fs::read(place.path(name)).unwrap();
        for command in ["learn", "check"] {
            place.run(&[command, "day.json", "--store", name]).fails(2, &[name, what, "left alone; check the path"]);
        }
        assert!(fs::read(place.path(name)).unwrap() == before, "{name} was changed");
    }
}

#[test]
fn a_store_of_a_newer_version_asks_for_an_upgrade() {
    let place = Place::with_baseline(1);
    let store = rusqlite::Connection::open(place.path("logdrift.db")).unwrap();
    store.pragma_update(None, "user_version", 99).unwrap();
    drop(store);
    for command in ["learn", "check"] {
        place.run(&[command, "logs"]).fails(2, &["logdrift.db", "version 99", "upgrade logdrift"]);
    }
}

#[test]
fn a_lost_key_is_named() {
    let place = Place::with_baseline(1);
    fs::remove_file(place.path("logdrift.db.key")).unwrap();
    place.run(&["check", "logs"]).fails(2, &["logdrift.db.key", "put the file back", "learn into a new store"]);
}

#[test]
fn without_a_baseline_the_next_step_is_told() {
    let place = Place::new();
    place.day("day.json", 0);
    let ran = place.run(&["check", "day.json"]);
    ran.fails(3, &["no baseline of entra-signin yet", "logdrift learn INPUT... --source entra-signin --store logdrift.db"]);
    place.put("mine.toml", "name = \"mine\"\ntitle = \"mine\"\n[roles]\ntime = [\"time\"]\n");
    place.run(&["learn", "day.json", "--source", "mine.toml"]).succeeds();
    for learn in [&[][..], &["--learn"]] {
        let ran = place.run(&[&["check", "day.json"], learn].concat());
        ran.fails(3, &["no baseline of entra-signin yet", "holds windows of mine only"]);
    }
    let generic = ["check", "day.json", "--source", "generic", "--time", "time", "--store", "other.db"];
    place.run(&generic).fails(3, &["logdrift learn INPUT... --source generic --time time --store other.db"]);
}

#[test]
fn inputs_without_records_are_not_checkable_and_say_why() {
    let place = Place::with_baseline(1);
    place.put("empty.json", "");
    place.put("text.json", "hello\nworld\n");
    place.put("undated.json", "{\"a\":1}\n");
    place.put("audit.json", "{\"category\":\"AuditLogs\",\"time\":\"2023-02-20T10:00:00Z\"}\n");
    let next = "`logdrift sources` lists the sources";
    for (name, why) in [
        ("empty.json", "the input is empty"),
        ("text.json", "2 of 2 pieces of input were refused: not JSON"),
        ("undated.json", "1 of 1 pieces of input were refused: no event time; the time is looked for at "),
        ("audit.json", "all 1 records are of types that the source does not read: AuditLogs"),
    ] {
        for command in ["learn", "check"] {
            place.run(&[command, name]).fails(3, &[&format!("no record of source entra-signin was recognised in {name}"), why, next]);
        }
        place.run(&["diff", "logs", name]).fails(3, &[&format!("recognised in {name}"), why, next]);
    }
    place.put("both.json", b"text\n\xff\ntext\n");
    place.run(&["learn", "both.json"]).fails(3, &["3 of 3 pieces of input were refused: not JSON (2), not UTF-8 (1)"]);
}

#[test]
fn broken_lines_are_named_and_counted_and_the_good_ones_learnt() {
    let place = Place::new();
    place.day("day.json", 0);
    let day = fs::read(place.path("day.json")).unwrap();
    let mut lines: Vec<&[u8]> = day.split_inclusive(|&byte| byte == b'\n').collect();
    lines.splice(1..1, [&b"{\"user\":\"\xff\xfe\"}\n"[..], b"no JSON at all\n"]);
    place.put("mixed.json", lines.concat());
    let mixed = place.run(&["learn", "mixed.json", "--store", "mixed.db"]).succeeds();
    mixed.says(&["mixed.json: record 2 (byte ", "not UTF-8", "mixed.json: record 3 (byte ", "not JSON", "2 pieces of input were refused"]);
    let alone = place.run(&["learn", "day.json", "--store", "alone.db"]).succeeds();
    assert_eq!(mixed.err.lines().last().unwrap(), format!("{}; 2 pieces of input were refused", alone.err.trim_end()));
    assert_eq!(mixed.out, "");
}

#[test]
fn a_truncated_file_changes_nothing() {
    let place = Place::with_baseline(1);
    let before = place.store();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    place.day("next.json", 1);
    gzip.write_all(&fs::read(place.path("next.json")).unwrap()).unwrap();
    let gzip = gzip.finish().unwrap();
    place.put("next.json.gz", &gzip[..gzip.len() / 2]);
    let ran = place.run(&["learn", "next.json", "next.json.gz"]);
    ran.fails(2, &["next.json.gz is damaged", "gzip data ends too early", "get the whole file again", "nothing of it was kept"]);
    assert_eq!(place.store(), before);
    place.put("next.json.gz", &gzip);
    place.run(&["learn", "next.json.gz"]).succeeds();
    assert_ne!(place.store(), before);
}

#[test]
fn utf_16_says_how_to_convert_it() {
    let place = Place::new();
    place.put("wide.csv", b"\xff\xfea\0,\0b\0\n\0");
    place.run(&["learn", "wide.csv"]).fails(2, &["wide.csv is UTF-16", "iconv"]);
}

#[test]
fn a_log_learnt_twice_counts_once() {
    let place = Place::with_baseline(2);
    let before = place.store();
    let again = place.run(&["learn", "logs"]).succeeds();
    again.says(&["learnt nothing new of entra-signin", "2 of the inputs had been learnt before"]);
    assert_eq!(place.store(), before);
    fs::copy(place.path("logs/1.json"), place.path("copy.json")).unwrap();
    place.run(&["learn", "copy.json"]).succeeds().says(&["learnt nothing new"]);
    assert_eq!(place.store(), before);
}

#[cfg(unix)]
#[test]
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn a_folder_that_may_not_be_written_is_named_and_can_still_be_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::with_baseline(3);
    place.run(&["check", "logs"]).succeeds();
    fs::set_permissions(place.path(""), fs::Permissions::from_mode(0o555)).unwrap();
    if fs::write(place.path("probe"), "").is_ok() {
        eprintln!("skipped: this user may write into any folder");
    } else {
        place.run(&["learn", "logs", "--store", "new.db"]).fails(2, &["the store new.db", "permissions"]);
        place.run(&["check", "logs"]).succeeds();
        place.run(&["check", "logs", "--output", "report.json"]).fails(2, &["cannot write report.json", "choose another place"]);
    }
    fs::set_permissions(place.path(""), fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn quiet_means_silent_but_for_errors() {
    let place = Place::new();
    place.day("day.json", 0);
    let ran = place.run(&["learn", "day.json", "--quiet"]).succeeds();
    assert_eq!((ran.out.as_str(), ran.err.as_str()), ("", ""));
    place.run(&["learn", "nowhere.json", "--quiet"]).fails(2, &["cannot read nowhere.json"]);
}

#[test]
fn nobody_reading_is_no_trouble() {
    let place = Place::with_baseline(1);
    for arguments in [&["explain"][..], &["--help"], &["baseline", "list"], &["check", "logs"], &["schema", "report"]] {
        let (reader, out) = std::io::pipe().unwrap();
        let (other_reader, err) = std::io::pipe().unwrap();
        drop((reader, other_reader));
        assert_eq!(place.command(arguments).stdout(out).stderr(err).status().unwrap().code(), Some(0), "{arguments:?}");
    }
}

#[test]
fn exit_codes_tell_clean_from_drift_and_reports_go_where_they_are_sent() {
    let place = Place::with_baseline(14);
    place.day("clean.json", 14);
    place.incident("incident.json");
    let clean = place.run(&["check", "clean.json"]).succeeds();
    assert!(clean.out.starts_with("CLEAN"), "{}", clean.out);
    let drift = place.run(&["check", "incident.json"]);
    assert_eq!(drift.code, 1, "{}", drift.err);
    assert!(drift.out.starts_with("DRIFT") && drift.out.contains("1003033"), "{}", drift.out);
    place.run(&["check", "incident.json", "--exit-zero"]).succeeds();
    place.run(&["check", "incident.json", "--fail-on", "never"]).succeeds();
    let filed = place.run(&["check", "incident.json", "--output", "report.json", "--output", "report.txt"]);
    assert_eq!((filed.code, filed.out.as_str()), (1, ""));
    let report: serde_json::Value = serde_json::from_slice(&fs::read(place.path("report.json")).unwrap()).unwrap();
    assert_eq!(report["verdict"], "drift");
    assert!(fs::read_to_string(place.path("report.txt")).unwrap().starts_with("DRIFT"));
}

#[test]
fn a_window_under_suspicion_is_not_learnt_and_a_clean_one_is() {
    let place = Place::with_baseline(14);
    let before = place.store();
    place.incident("incident.json");
    assert_eq!(place.run(&["check", "incident.json", "--learn"]).code, 1);
    assert_eq!(place.store(), before);
    place.day("clean.json", 14);
    place.run(&["check", "clean.json", "--learn"]).succeeds();
    assert_ne!(place.store(), before);
    place.run(&["learn", "clean.json"]).succeeds().says(&["learnt nothing new"]);
}

#[test]
fn two_logs_are_compared_without_a_store() {
    let place = Place::new();
    (0..14).for_each(|day| place.day(&format!("before/{day}.json"), day));
    place.incident("incident.json");
    let ran = place.run(&["diff", "before", "incident.json", "--format", "json"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let mut roots = report["findings"].as_array().unwrap().iter().filter(|finding| finding["caused_by"].is_null());
    assert!(roots.any(|root| root["check"] == "new-code" && root["code"] == "1003033"), "{}", ran.out);
    assert!(!place.path("logdrift.db").exists());
}

#[test]
fn the_demo_shows_what_the_readme_says_it_shows() {
    let place = Place::new();
    let ran = place.run(&["demo"]).succeeds();
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let shown = readme.split("```text\nDRIFT").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    for line in format!("DRIFT{shown}").lines().filter(|line| *line != "[...]") {
        assert!(ran.out.lines().any(|written| written == line), "the README shows {line:?}, the demo:\n{}", ran.out);
    }
    assert_eq!(fs::read_dir(place.path("")).unwrap().count(), 0);
}

#[test]
fn standard_input_learnt_twice_counts_once_however_old_it_is() {
    let place = Place::new();
    place.day("old.json", 0);
    // A window far newer than the logs: ids of records as old as theirs are not kept.
    let newer = String::from_utf8(place::lines(&place::records(1))).expect("UTF-8").replace("2023-02-2", "2026-02-2");
    place.put("new.json", &newer);
    place.run(&["learn", "new.json"]).succeeds();
    let old = fs::File::open(place.path("old.json")).expect("the log");
    place.command(&["learn", "-"]).stdin(old).status().expect("a run");
    let once = place.store();
    let old = fs::File::open(place.path("old.json")).expect("the log");
    let ran = place.command(&["learn", "-"]).stdin(old).output().expect("a run");
    assert!(
        String::from_utf8_lossy(&ran.stderr).contains("1 of the inputs had been learnt before"),
        "{}",
        String::from_utf8_lossy(&ran.stderr)
    );
    assert_eq!(place.store(), once);
}

#[test]
fn drift_is_never_learnt_whatever_the_user_lets_pass() {
    let place = Place::with_baseline(4);
    place.incident("after.json");
    let before = place.store();
    for more in [&["--exit-zero"][..], &["--fail-on", "never"], &["--fail-on", "critical"]] {
        place.run(&[&["check", "after.json", "--learn"], more].concat()).succeeds();
        assert_eq!(place.store(), before, "{more:?}");
    }
}

#[test]
fn a_file_that_grew_is_read_on_from_the_run_that_knew_its_beginning() {
    let place = Place::new();
    let lines = String::from_utf8(place::lines(&place::records(0))).expect("UTF-8");
    let other = String::from_utf8(place::lines(&place::records(1))).expect("UTF-8");
    let half = lines.len() / 2 + lines[lines.len() / 2..].find('\n').expect("a line ends") + 1;
    place.put("log.json", &other);
    place.run(&["learn", "log.json"]).succeeds();
    for text in [&lines[..half], &lines] {
        place.put("log.json", text);
        place.run(&["learn", "log.json"]).succeeds();
    }
    let whole = Place::new();
    whole.put("a.json", &other);
    whole.put("b.json", &lines);
    whole.run(&["learn", "a.json", "b.json"]).succeeds();
    let windows =
        |place: &Place| place.run(&["baseline", "list"]).succeeds().out.split_whitespace().take(9).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(windows(&place), windows(&whole));
}

#[test]
fn an_output_takes_the_place_of_no_input_and_no_store() {
    let place = Place::with_baseline(3);
    place.day("day.json", 3);
    place.run(&["check", "day.json", "-o", "day.json"]).fails(2, &["day.json is an input"]);
    place.run(&["check", "day.json", "-o", "logdrift.db", "--format", "json"]).fails(2, &["logdrift.db is a store"]);
    place.run(&["check", "day.json"]).succeeds();
}

#[test]
fn no_two_reports_go_to_one_file() {
    let place = Place::with_baseline(3);
    place.day("day.json", 3);
    fs::create_dir(place.path("sub")).unwrap();
    for (first, second) in [("r.json", "./r.json"), ("sub/r.md", "sub/../sub/r.md"), ("day.txt", "day.txt")] {
        for command in [&["check", "day.json"][..], &["diff", "logs", "day.json"], &["report"]] {
            let ran = place.run(&[command, &["-o", "first.txt", "-o", first, "-o", second]].concat());
            ran.fails(2, &[&format!("--output {first} and --output {second} are one file")]);
        }
    }
    assert!(["r.json", "sub/r.md", "day.txt", "first.txt"].iter().all(|name| !place.path(name).exists()));
}

#[test]
fn outputs_that_cannot_be_written_are_told_before_the_work() {
    let place = Place::with_baseline(1);
    place.put("text.json", "hello\n");
    fs::create_dir(place.path("dir.json")).unwrap();
    for (name, why) in
        [("nowhere/r.json", "make the folder first"), ("text.json/r.json", "make the folder first"), ("dir.json", "name a file in it")]
    {
        for command in [&["check", "text.json"][..], &["diff", "logs", "text.json"], &["fingerprint", "text.json"]] {
            place.run(&[command, &["-o", name]].concat()).fails(2, &[&format!("cannot write {name}"), why]);
        }
    }
    let left: Vec<_> = fs::read_dir(place.path("")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().contains("part") && name != "nowhere"), "{left:?}");
}

#[cfg(unix)]
#[test]
fn an_output_that_is_no_plain_file_is_written_to_and_not_replaced() {
    let place = Place::with_baseline(3);
    std::os::unix::fs::symlink("/dev/null", place.path("device.json")).unwrap();
    std::os::unix::fs::symlink("real.json", place.path("link.json")).unwrap();
    place.put("real.json", "");
    place.run(&["check", "logs", "-o", "device.json", "-o", "link.json", "--fail-on", "never"]).succeeds();
    let is_link = |name: &str| fs::symlink_metadata(place.path(name)).unwrap().is_symlink();
    assert!(is_link("device.json") && is_link("link.json"));
    assert!(fs::read_to_string(place.path("real.json")).unwrap().contains("logdrift.report/1"));
}
