//! The shipped baseline is the one the demo makes, and judges as the store it came from does.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use logdrift::demo::{Tenant, write_lines};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

const SOURCE: &str = "entra-signin";
/// Seed and records of a day of the demo.
const TENANT: (u64, usize) = (2023, 400);

/// The demo's logs and store, the store with a key of zeros, so that its bitmaps of actors are always the same.
static DEMO: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("baseline-demo");
    // What an earlier run left, if one did.
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("logdrift.db.key"), "0".repeat(64)).unwrap();
    let made = logdrift(&["demo", "--write", text(&folder)]);
    assert_eq!(made.status.code(), Some(0), "{}", said(&made));
    folder
});

fn logdrift(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_logdrift")).args(arguments).env_remove("LOGDRIFT_STORE").output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn demo(name: &str) -> String {
    text(&DEMO.join(name)).to_owned()
}

/// What the demo's store exports; with UPDATE=1 it becomes the shipped file.
static MADE: LazyLock<String> = LazyLock::new(|| {
    let made = export(&demo("logdrift.db"), &DEMO);
    if is_update() {
        std::fs::write(SHIPPED, &made).unwrap();
    }
    made
});

const SHIPPED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/baselines/demo.baseline");

fn is_update() -> bool {
    std::env::var_os("UPDATE").is_some()
}

fn shipped() -> &'static Path {
    if is_update() {
        LazyLock::force(&MADE);
    }
    Path::new(SHIPPED)
}

fn export(store: &str, folder: &Path) -> String {
    let file = folder.join("out.baseline");
    let exported = logdrift(&["baseline", "export", "--source", SOURCE, "--store", store, "-o", text(&file)]);
    assert_eq!(exported.status.code(), Some(0), "{}", said(&exported));
    std::fs::read_to_string(file).unwrap()
}

/// The exit code of a check and its root findings: check, code, path, cohort, severity, counts.
fn check(log: &str, against: &[&str]) -> (Option<i32>, Vec<Value>) {
    let output = logdrift(&[&["check", log, "--source", SOURCE, "--format", "json"], against].concat());
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", said(&output)));
    let roots = report["findings"].as_array().unwrap().iter().filter(|finding| finding["caused_by"].is_null());
    let telling = ["check", "code", "path", "cohort", "severity", "before", "after"];
    (output.status.code(), roots.map(|finding| telling.iter().map(|name| finding[name].clone()).collect()).collect())
}

#[test]
fn the_shipped_baseline_is_what_the_demo_makes() {
    let stale = std::fs::read_to_string(shipped()).unwrap_or_default() != *MADE;
    assert!(!stale, "baselines/demo.baseline is not what the demo makes; run this test with UPDATE=1 and look at the difference");
    assert!(MADE.len() < 2_100_000, "{} bytes are too many to ship", MADE.len());
}

#[test]
fn the_shipped_baseline_finds_the_incident_and_nothing_in_a_clean_day() {
    let against = ["--baseline", text(shipped())];
    let (code, roots) = check(&demo("signins-after-roll-out.ndjson"), &against);
    assert_eq!((code, &roots[0][0], &roots[0][1]), (Some(1), &"new-code".into(), &"1003033".into()), "{roots:?}");
    let folder = tempfile::tempdir().unwrap();
    let clean = folder.path().join("clean.ndjson");
    write_lines(&Tenant::new(TENANT.0, TENANT.1).day(14), &mut std::fs::File::create(&clean).unwrap()).unwrap();
    let (code, roots) = check(text(&clean), &against);
    assert_eq!(code, Some(0), "{roots:?}");
}

#[test]
fn an_imported_baseline_judges_and_exports_as_the_one_it_came_from() {
    let folder = tempfile::tempdir().unwrap();
    let other = folder.path().join("other.db");
    let imported = logdrift(&["baseline", "import", text(shipped()), "--source", SOURCE, "--store", text(&other)]);
    assert_eq!(imported.status.code(), Some(0), "{}", said(&imported));
    let log = demo("signins-after-roll-out.ndjson");
    let (wanted, found) = (check(&log, &["--store", &demo("logdrift.db")]), check(&log, &["--store", text(&other)]));
    assert_eq!((found.0, &found.1[0]), (wanted.0, &wanted.1[0]));
    assert!(export(text(&other), folder.path()) == std::fs::read_to_string(shipped()).unwrap());
    let shown = logdrift(&["baseline", "show", "--source", SOURCE, "--store", text(&other)]);
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(shown.contains("\n2023-02-20 ") && shown.contains("  baseline import\n"), "{shown}");
}

#[test]
fn an_import_happens_as_a_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let other = folder.path().join("other.db");
    let import = |source: &str, file: &Path| logdrift(&["baseline", "import", text(file), "--source", source, "--store", text(&other)]);
    let list = || String::from_utf8(logdrift(&["baseline", "list", "--store", text(&other)]).stdout).unwrap();
    let wrong = import("other", shipped());
    assert_eq!(wrong.status.code(), Some(2));
    assert!(said(&wrong).contains("of the source entra-signin, not of other") && !other.exists(), "{}", said(&wrong));
    assert_eq!(import(SOURCE, shipped()).status.code(), Some(0));
    let before = list();
    assert!(before.contains("2023-02-20") && before.contains("2023-03-05"), "{before}");
    let again = import(SOURCE, shipped());
    assert_eq!(again.status.code(), Some(2));
    assert!(said(&again).contains("already has the windows 2023-02-20, 2023-02-21"), "{}", said(&again));
    assert_eq!(list(), before);
}

#[test]
fn an_edited_or_cut_export_is_refused_wherever_it_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let (file, other) = (folder.path().join("edited.baseline"), folder.path().join("other.db"));
    let whole = std::fs::read_to_string(shipped()).unwrap();
    let edited = whole.replacen("\"records\":402,", "\"records\":9402,", 1);
    let without = whole.lines().filter(|line| !line.starts_with("{\"digest\"")).fold(String::new(), |text, line| text + line + "\n");
    let log = demo("signins-after-roll-out.ndjson");
    for (changed, why) in [(&edited, "is not as it was exported"), (&without, "the digest is missing")] {
        assert_ne!(*changed, whole);
        std::fs::write(&file, changed).unwrap();
        for arguments in [
            &["baseline", "import", text(&file), "--source", SOURCE, "--store", text(&other)][..],
            &["check", &log, "--source", SOURCE, "--baseline", text(&file)],
            &["baseline", "diff", text(&file), text(shipped())],
        ] {
            let refused = logdrift(arguments);
            assert_eq!(refused.status.code(), Some(2), "{}", said(&refused));
            for part in ["edited.baseline", why, "`logdrift baseline export`"] {
                assert!(said(&refused).contains(part), "{part:?} is missing in {}", said(&refused));
            }
        }
        assert!(!other.exists());
    }
}

#[test]
fn the_difference_of_two_windows_and_of_a_file_and_a_window_is_shown() {
    let store = demo("logdrift.db");
    let diff = |a: &str, b: &str| logdrift(&["baseline", "diff", a, b, "--source", SOURCE, "--store", &store]);
    let shown = diff("2023-02-20", "2023-02-25");
    assert_eq!(shown.status.code(), Some(0), "{}", said(&shown));
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(shown.contains("resultType = "), "{shown}");
    // A working day and a Saturday have other shares of the two kinds of address.
    let changed = shown.lines().find(|line| line.starts_with("  filled") && line.contains("IPv4 address"));
    assert!(changed.is_some_and(|line| line.contains(" | ")), "{shown}");
    let same = diff("2023-02-20", "2023-02-20");
    assert!(same.stdout.is_empty() && said(&same).contains("do not differ"), "{}", said(&same));
    assert_eq!(diff(text(shipped()), "2023-02-20").status.code(), Some(0));
    assert_eq!(diff("2023-02-20", "2024-01-01").status.code(), Some(3));
}

#[test]
fn where_there_is_no_baseline_the_exit_code_is_3() {
    let store = demo("logdrift.db");
    for arguments in [["list", "--source", "generic"], ["show", "--source", "generic"]] {
        let output = logdrift(&[&["baseline"], &arguments[..], &["--store", &store]].concat());
        assert_eq!(output.status.code(), Some(3), "{}", said(&output));
        assert!(said(&output).contains("no baseline of generic"), "{}", said(&output));
    }
}
