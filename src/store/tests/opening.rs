//! Opening: creation, refusals, keys, permissions, migrations.

use super::*;
use std::fs;

#[test]
fn the_definition_of_a_source_is_kept_and_replaced() {
    let (_folder, path) = place();
    let mut store = writer(&path);
    assert_eq!(store.definition("a").unwrap(), None);
    let mut ingest = begin(&mut store);
    ingest.define("a", "time: x").unwrap();
    ingest.define("a", "time: y\ncohort: z").unwrap();
    ingest.define("b", "").unwrap();
    assert_eq!(ingest.definition("a").unwrap().as_deref(), Some("time: y\ncohort: z"));
    ingest.commit().unwrap();
    let store = Store::open(&path, Access::Read).unwrap();
    assert_eq!(
        (store.definition("a").unwrap().as_deref(), store.definition("b").unwrap().as_deref()),
        (Some("time: y\ncohort: z"), Some(""))
    );
    assert_eq!(store.definition("c").unwrap(), None);
}

#[test]
fn reading_a_missing_or_empty_store_says_how_to_make_a_baseline() {
    let (_folder, path) = place();
    let text = message(Store::open(&path, Access::Read));
    assert!(text.contains("no baseline yet") && text.contains(&format!("logdrift learn INPUT... --store {}", path.display())), "{text}");
    assert!(!path.exists(), "reading creates nothing");
    fs::write(&path, b"").unwrap();
    assert!(message(Store::open(&path, Access::Read)).contains("is empty, so there is no baseline yet"));
    drop(writer(&path));
    Store::open(&path, Access::Read).unwrap();
}

#[test]
fn migrates_from_nothing_and_opens_again_unchanged() {
    let (_folder, path) = place();
    drop(with_window(&path, b"one"));
    let conn = raw(&path);
    let number = |name| conn.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!((number("user_version"), number("application_id")), (2, 0x6c64_7266));
    let mode: String = conn.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
    let before = dump(&conn);
    drop(writer(&path));
    assert_eq!(dump(&conn), before);
    assert_eq!(writer(&path).load("entra", day(1)).unwrap().unwrap(), b"one");
}

#[test]
fn a_newer_store_is_refused_and_left_alone() {
    let (_folder, path) = place();
    drop(with_window(&path, b"one"));
    raw(&path).pragma_update(None, "user_version", 7).unwrap();
    for access in [Access::Read, Access::Write] {
        let text = message(Store::open(&path, access));
        assert!(text.contains("schema version 7") && text.contains("up to 2") && text.contains("upgrade logdrift"), "{text}");
    }
}

#[test]
fn files_of_others_are_refused_and_left_alone() {
    let (_folder, path) = place();
    let long = "no database at all, but a longer text. ".repeat(100);
    for text in ["short", &long] {
        fs::write(&path, text).unwrap();
        for access in [Access::Read, Access::Write] {
            let text = message(Store::open(&path, access));
            assert!(text.contains("is no logdrift store") && text.contains(&path.display().to_string()), "{text}");
        }
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
    fs::remove_file(&path).unwrap();
    raw(&path).execute_batch("CREATE TABLE theirs (a); INSERT INTO theirs VALUES (1)").unwrap();
    let bytes = fs::read(&path).unwrap();
    for access in [Access::Read, Access::Write] {
        assert!(message(Store::open(&path, access)).contains("another program"));
    }
    assert_eq!(fs::read(&path).unwrap(), bytes);
    let folder = path.parent().unwrap();
    for access in [Access::Read, Access::Write] {
        assert!(message(Store::open(folder, access)).contains("is a folder"));
    }
}

#[test]
fn a_missing_folder_is_named() {
    let (folder, _) = place();
    let text = message(Store::open(&folder.path().join("none/base.store"), Access::Write));
    assert!(text.contains(&format!("in the folder {}", folder.path().join("none").display())), "{text}");
    assert!(text.contains("make the folder first"), "{text}");
}

#[test]
fn the_key_is_kept_and_must_be_the_right_one() {
    let (_folder, path) = place();
    let file = key::beside(&path, ".key");
    let id = with_window(&path, b"one").key().id();
    assert_eq!(Store::open(&path, Access::Read).unwrap().key().id(), id);
    let text = fs::read_to_string(&file).unwrap();
    assert_eq!(text.trim_end().len(), 64);

    let expect = |words: &str| {
        for access in [Access::Read, Access::Write] {
            let text = message(Store::open(&path, access));
            assert!(text.contains(words) && text.contains(&file.display().to_string()), "{text}");
        }
    };
    fs::remove_file(&file).unwrap();
    expect("lacks its key file");
    assert!(!file.exists(), "no other key is made for a store that has one");
    fs::write(&file, "00".repeat(32)).unwrap();
    expect("was made with another key");
    fs::write(&file, &text[..40]).unwrap();
    expect("damaged key file");
    fs::write(&file, &text).unwrap();
    assert_eq!(Store::open(&path, Access::Read).unwrap().key().id(), id);
}

#[test]
fn a_store_whose_maker_was_killed_before_it_had_a_key_has_no_baseline_and_gets_one() {
    let (_folder, path) = place();
    drop(writer(&path));
    raw(&path).execute("DELETE FROM meta", []).unwrap();
    for _ in 0..2 {
        assert!(message(Store::open(&path, Access::Read)).contains("is empty, so there is no baseline yet"));
        // Whether or not the key file had been made by then.
        let _ = fs::remove_file(key::beside(&path, ".key"));
    }
    let id = writer(&path).key().id();
    assert_eq!(Store::open(&path, Access::Read).unwrap().key().id(), id);
}

#[test]
fn two_stores_have_two_keys_and_a_left_key_is_used() {
    let ((_one, one), (_two, two)) = (place(), place());
    let id = writer(&one).key().id();
    assert_ne!(id, writer(&two).key().id());
    fs::remove_file(&one).unwrap();
    assert_eq!(writer(&one).key().id(), id);
}

#[test]
fn odd_paths_are_files_and_nothing_else() {
    let (folder, _) = place();
    for name in ["a b?mode=memory#x%41.store", "file:odd", ":memory:"] {
        let path = folder.path().join(name);
        drop(with_window(&path, b"one"));
        assert_eq!(Store::open(&path, Access::Read).unwrap().load("entra", day(1)).unwrap().unwrap(), b"one");
        assert!(path.exists(), "{name}");
    }
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::CommandExt;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    fn set_mode(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn files_are_for_the_owner_alone() {
        let (folder, path) = place();
        let mut store = with_window(&path, b"one");
        let ingest = begin(&mut store);
        let files: Vec<PathBuf> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert_eq!(files.len(), 4, "store, key, log and shared memory: {files:?}");
        for file in files {
            assert_eq!(mode(&file), 0o600, "{}", file.display());
        }
        drop(ingest);
    }

    /// Set for a second process of this test, which is not root and so is bound by permissions.
    const BOUND: &str = "LOGDRIFT_TEST_BOUND_STORE";

    #[test]
    fn a_read_only_folder_can_be_read_and_is_named_when_written() {
        if let Some(path) = std::env::var_os(BOUND) {
            return check_bound(Path::new(&path));
        }
        let (folder, _) = place();
        let path = folder.path().join("odd ?#%41.store");
        drop(with_window(&path, b"one"));
        set_mode(&path, 0o644);
        set_mode(&key::beside(&path, ".key"), 0o644);
        set_mode(folder.path(), 0o555);
        if fs::write(folder.path().join("probe"), "").is_err() {
            check_bound(&path);
        } else {
            check_as_nobody(&path);
        }
        set_mode(folder.path(), 0o755);
    }

    #[expect(clippy::print_stderr, reason = "a skipped test says so")]
    fn check_as_nobody(path: &Path) {
        let name = "store::tests::opening::unix::a_read_only_folder_can_be_read_and_is_named_when_written";
        let program = std::env::current_exe().unwrap();
        match std::process::Command::new(program).args(["--exact", name]).env(BOUND, path).uid(65_534).output() {
            Ok(output) => {
                let text = String::from_utf8_lossy(&output.stdout);
                assert!(output.status.success() && text.contains("1 passed"), "{text}");
            }
            Err(error) => eprintln!("SKIPPED: root is not bound by permissions, and no other user could run this test ({error})"),
        }
    }

    fn check_bound(path: &Path) {
        let folder = path.parent().unwrap().display().to_string();
        let store = Store::open(path, Access::Read).unwrap();
        assert_eq!(store.load("entra", day(1)).unwrap().unwrap(), b"one");
        assert_eq!(store.sources().unwrap(), ["entra"]);
        let opened = Store::open(path, Access::Write);
        let text = message(opened.and_then(|mut store| store.begin(Duration::ZERO, &mut |_| {}).map(|_| ())));
        assert!(text.contains(&folder), "{text}");
        let text = message(Store::open(&path.with_file_name("other.store"), Access::Write));
        assert!(text.contains(&format!("in the folder {folder} (")) && text.contains("permissions"), "{text}");
    }
}
