//! Opening the database file: creation, settings, and reading where nothing may be written.

use super::key::{beside, owner_only};
use super::schema::{self, State};
use super::trouble::{Outcome, Trouble, folder};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

/// How long an ordinary statement waits for another process; an ingest has its own limit.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// Opens a store to write, creating and migrating it as needed.
pub(super) fn to_write(path: &Path) -> Outcome<Connection> {
    create(path)?;
    let conn = Connection::open_with_flags(absolute(path)?, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    configure(&conn)?;
    // First of all, as everything below would change another program's database.
    schema::state(&conn)?;
    if conn.is_readonly("main")? {
        return Err(Trouble::Says(format!("may only be read; see to the permissions of its file in {}", folder(path).display())));
    }
    choose_journal(&conn)?;
    schema::migrate(&conn)?;
    Ok(conn)
}

/// Opens a store to read: one snapshot of what is committed now.
pub(super) fn to_read(path: &Path) -> Outcome<Connection> {
    match std::fs::metadata(path) {
        Ok(about) if about.is_dir() => return Err(Trouble::Says("is a folder; name a file in it".into())),
        Err(error) if error.kind() == ErrorKind::NotFound => return Err(no_baseline(path, "does not exist")),
        Err(error) => return Err(unreachable(path, &error)),
        Ok(_) => {}
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let opened = Connection::open_with_flags(absolute(path)?, flags).map_err(Trouble::Sql).and_then(|conn| begin_reading(conn, path));
    match opened {
        // A log of changes not yet moved into the file must be read as well, which `immutable` would not do.
        Err(trouble) if trouble.is_forbidden() && !has_log(path) => {
            let conn = Connection::open_with_flags(immutable_uri(&absolute(path)?), flags | OpenFlags::SQLITE_OPEN_URI)?;
            begin_reading(conn, path)
        }
        other => other,
    }
}

fn begin_reading(conn: Connection, path: &Path) -> Outcome<Connection> {
    configure(&conn)?;
    conn.execute_batch("BEGIN")?;
    match schema::state(&conn)? {
        State::Current => Ok(conn),
        State::Empty => Err(no_baseline(path, "is empty")),
        State::Older => Err(Trouble::Says("was made by an earlier version of logdrift; one `logdrift learn` brings it up to date".into())),
    }
}

/// The store has nothing to read.
pub(super) fn no_baseline(path: &Path, why: &str) -> Trouble {
    Trouble::Says(format!("{why}, so there is no baseline yet; make one with `logdrift learn INPUT... --store {}`", path.display()))
}

/// The file must be there before the database is opened: its log and shared memory get the same permissions.
fn create(path: &Path) -> Outcome<()> {
    match owner_only().open(path) {
        Ok(_) => Ok(()),
        Err(_) if path.is_dir() => Err(Trouble::Says("is a folder; name a file in it".into())),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(unreachable(path, &error)),
    }
}

fn unreachable(path: &Path, error: &std::io::Error) -> Trouble {
    let next = match error.kind() {
        ErrorKind::NotFound => "make the folder first, or name another",
        _ => "see to its permissions, or name another",
    };
    Trouble::Says(format!("cannot be reached in the folder {} ({error}); {next}", folder(path).display()))
}

/// Settings of every connection. The file may have been tampered with, so the schema in it is not trusted.
/// A commit waits for the disk (`FULL`): one ingest is one commit, and what was reported as learnt must stay learnt.
fn configure(conn: &Connection) -> Outcome<()> {
    conn.busy_timeout(PATIENCE)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    conn.execute_batch("PRAGMA foreign_keys = ON; PRAGMA cell_size_check = ON; PRAGMA synchronous = FULL")?;
    Ok(())
}

/// With a write-ahead log readers go on while an ingest writes; some file systems refuse it, and then they wait.
fn choose_journal(conn: &Connection) -> Outcome<()> {
    let set = |mode: &str| conn.pragma_update_and_check(None, "journal_mode", mode, |row| row.get::<_, String>(0));
    if !set("WAL").is_ok_and(|mode| mode == "wal") {
        set("DELETE")?;
    }
    Ok(())
}

fn has_log(path: &Path) -> bool {
    std::fs::metadata(beside(path, "-wal")).is_ok_and(|about| about.len() > 0)
}

/// An absolute path starts with no word that the database would take for a name of its own, such as `:memory:`.
fn absolute(path: &Path) -> Outcome<OsString> {
    match std::path::absolute(path) {
        Ok(path) => Ok(path.into_os_string()),
        Err(error) => Err(Trouble::Says(format!("has no usable path ({error})"))),
    }
}

/// The path as a URI that lets the database read without locks and without files beside it.
fn immutable_uri(absolute: &OsString) -> String {
    let mut uri = String::from(if cfg!(windows) { "file:///" } else { "file://" });
    for byte in absolute.as_encoded_bytes() {
        match byte {
            b'\\' if cfg!(windows) => uri.push('/'),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b':' => uri.push(char::from(*byte)),
            _ => uri.push_str(&format!("%{byte:02x}")),
        }
    }
    uri.push_str("?immutable=1");
    uri
}
