//! Behaviour of the store at its edges.

mod dedupe;
mod ingesting;
mod opening;
mod owed;
mod versions;

use super::*;
use crate::model::Granularity;
use std::time::Duration;
use tempfile::TempDir;

/// A folder of its own, and the path of a store in it.
fn place() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("base.store");
    (folder, path)
}

fn writer(path: &Path) -> Store {
    Store::open(path, Access::Write).unwrap()
}

fn begin(store: &mut Store) -> Ingest<'_> {
    store.begin(Duration::ZERO, &mut |_| {}).unwrap()
}

/// A store with one window of source `entra`.
fn with_window(path: &Path, fingerprint: &[u8]) -> Store {
    let mut store = writer(path);
    let mut ingest = begin(&mut store);
    ingest.put("entra", day(1), 10, fingerprint, 1_000).unwrap();
    ingest.commit().unwrap();
    store
}

fn by<'a>(at: i64, who: &'a str, why: &'a str) -> By<'a> {
    By { at, who, why }
}

fn day(number: i64) -> Window {
    Window::of(number * 86_400, Granularity::Day)
}

fn message<T>(result: Result<T>) -> String {
    match result {
        Err(crate::error::Error::Store(text)) => text,
        Err(other) => panic!("another error: {other}"),
        Ok(_) => panic!("no error"),
    }
}

/// The database without any of the store's care.
fn raw(path: &Path) -> Connection {
    Connection::open(path).unwrap()
}

/// Every row of every table, as text.
fn dump(conn: &Connection) -> Vec<String> {
    let mut names = conn.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").unwrap();
    let names: Vec<String> = names.query_map([], |row| row.get(0)).unwrap().collect::<rusqlite::Result<_>>().unwrap();
    let mut lines = Vec::new();
    for name in names {
        let mut select = conn.prepare(&format!("SELECT * FROM {name}")).unwrap();
        let columns = select.column_count();
        let mut rows = select.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let values: Vec<_> = (0..columns).map(|column| row.get_ref(column).unwrap()).collect();
            lines.push(format!("{name} {values:?}"));
        }
    }
    lines
}
