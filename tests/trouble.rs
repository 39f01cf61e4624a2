//! Where the world does not do as it should: full disks, files that may not be written, clocks that jump, locks that are missing,
//! others at work. What went wrong is said, what to do is said, and nothing is lost.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(clippy::print_stderr, reason = "what is skipped is said")]

mod place;

use place::{Place, SOURCE};
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A user that owns nothing.
const NOBODY: u32 = 65_534;

/// Three days in a store, and three more to be learnt.
fn place() -> Place {
    let place = Place::with_baseline(3);
    (3..6).for_each(|day| place.day(&format!("new/{day}.json"), day));
    place
}

/// What a store exports; it is there and whole.
fn export(place: &Place, store: &str) -> String {
    place.run(&[&["baseline", "export", "--store", store, "-o", "out.baseline"], &SOURCE[..]].concat()).succeeds();
    fs::read_to_string(place.path("out.baseline")).unwrap()
}

/// What a command said, and its exit code.
fn said(command: &mut Command) -> (i32, String) {
    let output = command.output().unwrap();
    (output.status.code().unwrap(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// The program run by a shell script, in which it is "$0", in a world of mounts of its own; none if there cannot be one.
fn in_own_mounts(place: &Place, script: &str) -> Option<(i32, String)> {
    let mut probe = Command::new("unshare");
    let can = probe.args(["--mount", "sh", "-c", "mkdir -p /tmp && mount -t tmpfs none /mnt"]).output().is_ok_and(|it| it.status.success());
    if !can {
        eprintln!("SKIPPED: no file system of its own can be mounted here (`unshare --mount` and root are needed)");
        return None;
    }
    let mut command = Command::new("unshare");
    command.args(["--mount", "sh", "-c", script, env!("CARGO_BIN_EXE_logdrift")]).current_dir(place.path(""));
    Some(said(command.env_remove("LOGDRIFT_STORE").stdin(Stdio::null())))
}

#[test]
fn a_full_disk_is_told_and_nothing_is_lost() {
    let place = place();
    let before = export(&place, "logdrift.db");
    fs::create_dir(place.path("disk")).unwrap();
    fs::create_dir(place.path("after")).unwrap();
    let size = fs::metadata(place.path("logdrift.db")).unwrap().len() / 1024;
    let mut outcomes = [0, 0];
    for room in [8, 48, 96, 160, 256, 400, 700, 20_000] {
        let script = format!(
            "mount -t tmpfs -o size={}k none disk && cp -p logdrift.db logdrift.db.key disk || exit 99
             \"$0\" learn new --source entra-signin --store disk/logdrift.db; code=$?
             rm -f after/* && cp disk/logdrift.db* after || exit 98
             exit $code",
            size + 4 + room
        );
        let Some((code, err)) = in_own_mounts(&place, &script) else { return };
        if code == 0 {
            outcomes[0] += 1;
            assert!(export(&place, "after/logdrift.db") != before);
            continue;
        }
        outcomes[1] += 1;
        assert_eq!(code, 2, "{err}");
        let told = ["no room is left in disk; free some and try again", "see whether room is left in disk"];
        assert!(told.iter().any(|words| err.contains(words)) && !err.contains("backup"), "{room} KiB: {err}");
        assert!(export(&place, "after/logdrift.db") == before, "{room} KiB");
    }
    assert!(outcomes[0] > 0 && outcomes[1] > 1, "{outcomes:?}");
}

#[test]
fn a_limit_on_the_size_of_files_is_told_and_nothing_is_lost() {
    let place = place();
    let before = export(&place, "logdrift.db");
    let blocks = fs::metadata(place.path("logdrift.db")).unwrap().len() / 512;
    // The signal is ignored, so that writing fails as it does on a full disk.
    for limit in [8, blocks / 4, blocks / 2] {
        let script = format!("trap '' XFSZ; ulimit -f {limit}; exec \"$0\" learn new --source entra-signin");
        let mut command = Command::new("sh");
        let (code, err) = said(command.args(["-c", &script, env!("CARGO_BIN_EXE_logdrift")]).current_dir(place.path("")));
        assert_eq!(code, 2, "{err}");
        assert!(err.contains("the store logdrift.db ") && err.contains("a limit on the size of files"), "{limit} blocks: {err}");
        assert!(export(&place, "logdrift.db") == before, "{limit} blocks");
    }
    place.run(&["learn", "new"]).succeeds();
}

#[test]
fn a_report_that_finds_no_room_is_told_and_the_old_one_stays() {
    let place = place();
    place.put("report.json", "old");
    let script = "mount -t tmpfs -o size=8k none disk && cp report.json disk || exit 99
        \"$0\" check new --source entra-signin --output disk/report.json; code=$?
        cp disk/report.json kept.json; ls disk > listed; exit $code";
    fs::create_dir(place.path("disk")).unwrap();
    let Some((code, err)) = in_own_mounts(&place, script) else { return };
    assert_eq!(code, 2, "{err}");
    assert!(err.contains("cannot write disk/report.json") && err.contains("free some room, or choose another place"), "{err}");
    assert_eq!(fs::read_to_string(place.path("kept.json")).unwrap(), "old");
    assert_eq!(fs::read_to_string(place.path("listed")).unwrap(), "report.json\n");
}

#[test]
fn a_read_only_file_system_can_be_checked_against_and_says_that_it_takes_nothing() {
    let place = place();
    fs::create_dir(place.path("disk")).unwrap();
    let mounted = "mount -t tmpfs none disk && cp -p logdrift.db logdrift.db.key disk && mount -o remount,ro disk || exit 99\n";
    let on_it =
        |command: &str| in_own_mounts(&place, &format!("{mounted}exec \"$0\" {command} --source entra-signin --store disk/logdrift.db"));
    for command in ["learn new", "baseline exclude 2023-02-20 --reason x", "baseline rollback 1"] {
        let Some((code, err)) = on_it(command) else { return };
        assert_eq!(code, 2, "{command}: {err}");
        assert!(err.contains("the store disk/logdrift.db ") && err.contains("may"), "{command}: {err}");
    }
    let (code, err) = on_it("check new/3.json --fail-on never").unwrap();
    assert_eq!(code, 0, "{err}");
    assert!(err.contains("note: this run is not kept") && err.contains("disk"), "{err}");
}

/// The program as a user that owns nothing, unless this test may not become one.
fn as_nobody(place: &Place, arguments: &[&str]) -> Option<(i32, String)> {
    let mut command = place.command(arguments);
    command.uid(NOBODY).gid(NOBODY);
    match command.output() {
        Ok(output) => Some((output.status.code().unwrap(), String::from_utf8_lossy(&output.stderr).into_owned())),
        Err(error) => {
            eprintln!("SKIPPED: the program cannot be run as another user ({error})");
            None
        }
    }
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn what_a_user_may_not_read_or_write_is_named() {
    let place = place();
    set_mode(&place.path(""), 0o755);
    let Some((code, err)) = as_nobody(&place, &["learn", "new"]) else { return };
    // Store and key are for their owner alone.
    assert_eq!(code, 2, "{err}");
    assert!(err.contains("logdrift.db ") && err.contains("see to it that you may read and write"), "{err}");
    let refused = |arguments: &[&str], words: &[&str]| {
        let (code, err) = as_nobody(&place, arguments).unwrap();
        assert_eq!(code, 2, "{err}");
        words.iter().for_each(|word| assert!(err.contains(word), "{word:?} is missing in {err}"));
    };
    refused(&["check", "new/3.json"], &["logdrift.db ", "see to it that you may read"]);
    refused(&["learn", "new", "--store", "other.db"], &["other.db", "folder .", "see to its permissions, or name another"]);
    set_mode(&place.path("new/4.json"), 0o000);
    refused(&["diff", "new/3.json", "new/4.json"], &["cannot read new/4.json", "run as a user who may"]);
    refused(&["diff", "new/3.json", "new/5.json", "-o", "report.json"], &["cannot write report.json", "run as a user who may"]);
    // A store that is readable and a key that is not.
    set_mode(&place.path("logdrift.db"), 0o644);
    refused(&["check", "new/3.json"], &["key file", "see to its permissions"]);
    chown(place.path("logdrift.db.key"), Some(NOBODY), None).unwrap();
    let (code, err) = as_nobody(&place, &["check", "new/3.json", "--fail-on", "never"]).unwrap();
    assert!(code == 0 && err.contains("note: this run is not kept"), "{code}: {err}");
}

/// The shim as a library; none without a C compiler.
fn shim(place: &Place) -> Option<PathBuf> {
    let (source, library) = (concat!(env!("CARGO_MANIFEST_DIR"), "/tests/shim.c"), place.path("shim.so"));
    let built = Command::new("cc").args(["-shared", "-fPIC", "-o"]).arg(&library).arg(source).status();
    let there = cfg!(target_os = "linux") && built.is_ok_and(|status| status.success());
    if !there {
        eprintln!("SKIPPED: nothing can be preloaded here (Linux and cc are needed)");
    }
    there.then_some(library)
}

#[test]
fn a_clock_that_jumps_back_loses_nothing_and_forgets_nothing() {
    let place = place();
    let Some(shim) = shim(&place) else { return };
    let at = |seconds: i64, arguments: &[&str]| {
        let mut command = place.command(arguments);
        said(command.env("LD_PRELOAD", &shim).env("SHIM_CLOCK", seconds.to_string()))
    };
    let years = |years: i64| years * 365 * 86_400;
    assert_eq!(at(years(30), &["learn", "new/3.json"]).0, 0);
    let log = place.run(&[&["baseline", "log"], &SOURCE[..]].concat()).succeeds().out;
    assert!(log.lines().last().unwrap().starts_with("2        205"), "the clock did not jump: {log}");
    for (jump, input) in [(years(-20), "new/4.json"), (years(-70), "new/5.json")] {
        assert_eq!(at(jump, &["learn", input]).0, 0);
        assert_eq!(at(jump, &["check", input, "--fail-on", "never"]).0, 0);
    }
    // All is there once, and what was learnt under any clock is known under any other.
    for jump in [0, years(-70), years(30)] {
        let (code, err) = at(jump, &["learn", "logs", "new"]);
        assert!(code == 0 && err.contains("learnt nothing new"), "{err}");
    }
    fs::copy(place.path("logdrift.db.key"), place.path("straight.db.key")).unwrap();
    place.run(&["learn", "logs", "new", "--store", "straight.db"]).succeeds();
    assert!(export(&place, "logdrift.db") == export(&place, "straight.db"));
    // The last run is the one that was kept last, whatever its clock said.
    assert_eq!(place.run(&["report", "--list"]).succeeds().out.lines().count(), 3);
    place.run(&["check", "new/3.json", "--fail-on", "never"]).succeeds();
    let last = place.run(&["report", "--format", "json"]).succeeds().out;
    assert!(last.contains("\"from\": \"2023-02-23T00:00:00Z\""), "{last}");
}

#[test]
fn a_file_system_without_locks_is_told_and_nothing_is_changed() {
    let place = place();
    let Some(shim) = shim(&place) else { return };
    let before = export(&place, "logdrift.db");
    for arguments in [&["learn", "new"][..], &["check", "new/3.json"], &["learn", "new", "--store", "other.db"]] {
        let mut command = place.command(arguments);
        let (code, err) = said(command.env("LD_PRELOAD", &shim).env("SHIM_NOLOCK", "1"));
        assert_eq!(code, 2, "{err}");
        assert!(err.contains("where files cannot be locked") && err.contains("put it on a local disk"), "{err}");
    }
    assert!(export(&place, "logdrift.db") == before);
}

/// Starts as many processes as there are logs, all on one store, and waits for all.
fn all_at_once(place: &Place, logs: &[String]) {
    let start = |log: &String| place.command(&["learn", log, "--store", "crowd.db"]).stderr(Stdio::null()).spawn().unwrap();
    let children: Vec<Child> = logs.iter().map(start).collect();
    children.into_iter().for_each(|mut child| assert_eq!(child.wait().unwrap().code(), Some(0)));
}

#[test]
fn two_and_ten_processes_at_once_add_all_their_windows_once() {
    for count in [2, 10] {
        let place = Place::new();
        let logs: Vec<String> = (0..count).map(|day| format!("logs/{day}.json")).collect();
        (0..count).for_each(|day| place.day(&format!("logs/{day}.json"), day));
        // Nobody made the store before, so they make it together; then all come again, and one log comes from all of them.
        all_at_once(&place, &logs);
        all_at_once(&place, &logs);
        all_at_once(&place, &vec!["logs".to_owned(); count as usize]);
        fs::copy(place.path("crowd.db.key"), place.path("alone.db.key")).unwrap();
        place.run(&["learn", "logs", "--store", "alone.db"]).succeeds();
        assert!(export(&place, "crowd.db") == export(&place, "alone.db"), "{count} processes");
        let log = place.run(&[&["baseline", "log", "--store", "crowd.db"], &SOURCE[..]].concat()).succeeds().out;
        assert_eq!(log.lines().count() as u32, 1 + count, "{log}");
    }
}
