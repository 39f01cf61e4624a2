//! Rows of windows and inputs, and the statements that read and write them.

use super::blob::Sealed;
use super::trouble::{Outcome, Trouble};
use super::versions::{next_version, own};
use crate::model::{Acceptance, Content, FindingKey, Granularity, Window};
use rusqlite::{Connection, OptionalExtension, Row, params};

/// One window of a baseline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WindowRow {
    /// Which window.
    pub window: Window,
    /// Records its fingerprint was made of.
    pub records: u64,
    /// Bytes its fingerprint takes in the store, compressed.
    pub bytes: u64,
    /// When it was last written, in seconds since 1970.
    pub updated: i64,
    /// Whether no record may be added: it was imported, without the ids that tell which records are in it.
    pub closed: bool,
    /// Whether it was taken out of the baseline.
    pub excluded: bool,
    /// Keys of the findings under whose acceptance records of it were learnt, in order.
    pub under: Vec<FindingKey>,
}

/// One input that was learnt, so that learning it again changes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputRow {
    /// Its name.
    pub name: String,
    /// By what it is known again.
    pub content: Content,
    /// Records that were learnt.
    pub records: u64,
    /// When, in seconds since 1970.
    pub learnt_at: i64,
}

impl WindowRow {
    /// Whether the window is part of the baseline: nobody excluded it, and all acceptances under which it was learnt hold.
    #[must_use]
    pub fn counts(&self, acceptances: &[Acceptance], now: i64) -> bool {
        let holds = |key: &FindingKey| acceptances.iter().any(|acceptance| acceptance.key == *key && acceptance.holds(now));
        !self.excluded && self.under.iter().all(holds)
    }
}

pub(super) fn seconds(window: Window) -> i64 {
    window.granularity.seconds()
}

/// The window in the columns `start`, `seconds` that start at column `first`.
fn window_of_row(row: &Row<'_>, first: usize) -> Outcome<Window> {
    let (start, seconds): (i64, i64) = (row.get(first)?, row.get(first + 1)?);
    let granularity = [Granularity::Day, Granularity::Hour].into_iter().find(|granularity| granularity.seconds() == seconds);
    granularity.map(|granularity| Window { start, granularity }).ok_or_else(|| Trouble::damaged(format!("a window of {seconds} seconds")))
}

pub(super) fn source_id(conn: &Connection, source: &str) -> Outcome<Option<i64>> {
    Ok(conn.prepare_cached("SELECT id FROM sources WHERE name = ?1")?.query_row([source], |row| row.get(0)).optional()?)
}

pub(super) fn ensure_source(conn: &Connection, source: &str) -> Outcome<i64> {
    if let Some(id) = source_id(conn, source)? {
        return Ok(id);
    }
    conn.execute("INSERT INTO sources (name) VALUES (?1)", [source])?;
    Ok(conn.last_insert_rowid())
}

/// Sources that have a baseline, by name.
pub(super) fn sources(conn: &Connection) -> Outcome<Vec<String>> {
    let sql = "SELECT name FROM sources WHERE id IN (SELECT source FROM windows WHERE gone IS NULL) ORDER BY name";
    Ok(conn.prepare(sql)?.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
}

pub(super) fn version(conn: &Connection, source: &str) -> Outcome<u64> {
    let version = conn.query_row("SELECT version FROM sources WHERE name = ?1", [source], |row| row.get::<_, i64>(0)).optional()?;
    Ok(version.unwrap_or(0).cast_unsigned())
}

/// What the baseline of a source was read by, if that is known.
pub(super) fn definition(conn: &Connection, source: &str) -> Outcome<Option<String>> {
    let sql = "SELECT definition FROM sources WHERE name = ?1";
    Ok(conn.query_row(sql, [source], |row| row.get(0)).optional()?.flatten())
}

pub(super) fn define(conn: &Connection, source: &str, definition: &str) -> Outcome<()> {
    let source = ensure_source(conn, source)?;
    conn.execute("UPDATE sources SET definition = ?2 WHERE id = ?1", params![source, definition])?;
    Ok(())
}

pub(super) fn windows(conn: &Connection, source: &str) -> Outcome<Vec<WindowRow>> {
    let Some(source) = source_id(conn, source)? else { return Ok(Vec::new()) };
    let sql = "SELECT start, seconds, records, length(body), updated, closed, excluded, under FROM windows
        WHERE source = ?1 AND gone IS NULL ORDER BY start, seconds DESC";
    let mut select = conn.prepare(sql)?;
    let mut rows = select.query([source])?;
    let mut windows = Vec::new();
    while let Some(row) = rows.next()? {
        let (records, bytes): (i64, i64) = (row.get(2)?, row.get(3)?);
        let window = window_of_row(row, 0)?;
        let (records, bytes) = (records.cast_unsigned(), bytes.cast_unsigned());
        let under = row.get_ref(7)?.as_str().map_err(rusqlite::Error::from)?.split_whitespace().map(FindingKey::from_text).collect();
        windows.push(WindowRow { window, records, bytes, updated: row.get(4)?, closed: row.get(5)?, excluded: row.get(6)?, under });
    }
    Ok(windows)
}

/// First second of the newest window of a source that has a date.
pub(super) fn newest_window(conn: &Connection, source: i64) -> Outcome<Option<i64>> {
    let sql = "SELECT max(start) FROM windows WHERE source = ?1 AND start <> ?2 AND gone IS NULL";
    Ok(conn.query_row(sql, [source, Window::UNDATED.start], |row| row.get(0))?)
}

pub(super) fn load(conn: &Connection, source: &str, window: Window) -> Outcome<Option<Vec<u8>>> {
    let Some(id) = source_id(conn, source)? else { return Ok(None) };
    let sql = "SELECT size, digest, body FROM windows WHERE source = ?1 AND start = ?2 AND seconds = ?3 AND gone IS NULL";
    let key = [id, window.start, seconds(window)];
    let sealed = conn.prepare_cached(sql)?.query_row(key, |row| Sealed::of_row(row, 0)).optional()?;
    sealed.map(|sealed| sealed.open(format_args!("the fingerprint of {source:?} {window}"))).transpose()
}

pub(super) fn put(conn: &Connection, source: &str, window: Window, records: u64, fingerprint: &[u8], now: i64) -> Outcome<()> {
    let sealed = Sealed::new(format_args!("the fingerprint of {source:?} {window}"), fingerprint)?;
    let source = ensure_source(conn, source)?;
    own(conn, source, window)?;
    let sql = "INSERT INTO windows (source, start, seconds, since, records, updated, size, digest, body)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
        ON CONFLICT (source, start, seconds) WHERE gone IS NULL DO UPDATE SET records = excluded.records,
            updated = excluded.updated, size = excluded.size, digest = excluded.digest, body = excluded.body";
    let (next, records) = (next_version(conn, source)?, records.cast_signed());
    let key = (source, window.start, seconds(window));
    let values = params![key.0, key.1, key.2, next, records, now, sealed.size, sealed.digest, sealed.body];
    conn.prepare_cached(sql)?.execute(values)?;
    Ok(())
}

/// Refuses windows of another length than those that are there: the same records would train the baseline in both.
pub(super) fn must_fit(conn: &Connection, source: &str, granularity: Granularity) -> Outcome<()> {
    let Some(id) = source_id(conn, source)? else { return Ok(()) };
    let sql = "SELECT start, seconds FROM windows WHERE source = ?1 AND start <> ?2 AND seconds <> ?3 AND gone IS NULL LIMIT 1";
    let mut select = conn.prepare_cached(sql)?;
    let mut rows = select.query([id, Window::UNDATED.start, granularity.seconds()])?;
    let Some(row) = rows.next()? else { return Ok(()) };
    let known = window_of_row(row, 0)?.granularity.id();
    Err(Trouble::Says(format!(
        "holds the baseline of {source} by the {known}, and the same records by the {} would count twice; \
         learn by the {known} (--window {known}), or use another store (--store)",
        granularity.id()
    )))
}

/// Sets one column of the window that counts now.
fn set(conn: &Connection, source: &str, window: Window, column: &str, value: impl rusqlite::ToSql) -> Outcome<()> {
    let source = ensure_source(conn, source)?;
    own(conn, source, window)?;
    let sql = format!("UPDATE windows SET {column} = ?4 WHERE source = ?1 AND start = ?2 AND seconds = ?3 AND gone IS NULL");
    conn.prepare_cached(&sql)?.execute(params![source, window.start, seconds(window), value])?;
    Ok(())
}

pub(super) fn close(conn: &Connection, source: &str, window: Window) -> Outcome<()> {
    set(conn, source, window, "closed", true)
}

pub(super) fn exclude(conn: &Connection, source: &str, window: Window, excluded: bool) -> Outcome<()> {
    set(conn, source, window, "excluded", excluded)
}

/// Keeps under which acceptances a window was learnt, in the place of what was kept of it.
pub(super) fn mark(conn: &Connection, source: &str, window: Window, under: &[FindingKey]) -> Outcome<()> {
    let keys: Vec<&str> = under.iter().map(FindingKey::as_str).collect();
    set(conn, source, window, "under", keys.join(" "))
}

/// Reads all fingerprints of a source, so that damage is noticed.
pub(super) fn verify(conn: &Connection, source: &str) -> Outcome<()> {
    windows(conn, source)?.iter().try_for_each(|row| load(conn, source, row.window).map(drop))
}

/// Inputs that began in this way when they were learnt, in the order of learning.
pub(super) fn inputs(conn: &Connection, source: &str, head_hash: u128) -> Outcome<Vec<InputRow>> {
    let Some(source) = source_id(conn, source)? else { return Ok(Vec::new()) };
    let sql = "SELECT name, bytes, hash, settled, settled_hash, head_hash, raw_bytes, raw_hash, records, learnt_at FROM inputs
        WHERE source = ?1 AND head_hash = ?2 AND gone IS NULL ORDER BY id";
    let rows = conn.prepare_cached(sql)?.query_map(params![source, head_hash.to_le_bytes()], input_of_row)?.collect::<Result<_, _>>()?;
    Ok(rows)
}

fn input_of_row(row: &Row<'_>) -> rusqlite::Result<InputRow> {
    let count = |column| Ok::<_, rusqlite::Error>(row.get::<_, i64>(column)?.cast_unsigned());
    let hash = |column| Ok::<_, rusqlite::Error>(u128::from_le_bytes(row.get(column)?));
    let content = Content {
        bytes: count(1)?,
        hash: hash(2)?,
        settled: count(3)?,
        settled_hash: hash(4)?,
        head_hash: hash(5)?,
        raw_bytes: count(6)?,
        raw_hash: hash(7)?,
    };
    Ok(InputRow { name: row.get(0)?, content, records: count(8)?, learnt_at: row.get(9)? })
}

pub(super) fn add_input(conn: &Connection, source: &str, input: &InputRow) -> Outcome<()> {
    let sql =
        "INSERT INTO inputs (source, since, name, bytes, hash, settled, settled_hash, head_hash, raw_bytes, raw_hash, records, learnt_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
    let source = ensure_source(conn, source)?;
    let content = &input.content;
    conn.prepare_cached(sql)?.execute(params![
        source,
        next_version(conn, source)?,
        input.name,
        content.bytes.cast_signed(),
        content.hash.to_le_bytes(),
        content.settled.cast_signed(),
        content.settled_hash.to_le_bytes(),
        content.head_hash.to_le_bytes(),
        content.raw_bytes.cast_signed(),
        content.raw_hash.to_le_bytes(),
        input.records.cast_signed(),
        input.learnt_at
    ])?;
    Ok(())
}
