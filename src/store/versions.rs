//! Versions of a baseline: every change makes one, and what earlier ones held stays for a while, so that they can come back.
//!
//! Rows are only added. Each says which version brought it; of a window and of an acceptance the latest counts. A version
//! continues all before it, but one that goes back continues only those up to where it went: that is its *line*.

use super::Ingest;
use super::id_runs;
use super::rows::{ensure_source, seconds, source_id};
use super::trouble::{Outcome, Trouble};
use crate::error::Result;
use crate::model::Window;
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::collections::{HashMap, HashSet};
use std::ops::RangeInclusive;

/// How many versions a baseline can go back.
pub const VERSIONS_KEPT: u64 = 100;

/// Tables whose rows belong to versions, and what tells which rows of them take each other's place.
const TABLES: [(&str, &str); 4] =
    [("windows", "start || ' ' || seconds"), ("acceptances", "key"), ("inputs", "cast(id AS TEXT)"), ("id_runs", "cast(id AS TEXT)")];

/// One change of a baseline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeRow {
    /// The version it made.
    pub version: u64,
    /// When, in seconds since 1970.
    pub at: i64,
    /// Who changed the baseline.
    pub who: String,
    /// What was changed.
    pub what: String,
    /// Why.
    pub why: String,
}

/// Who changed a baseline, when and why.
#[derive(Clone, Copy, Debug)]
pub struct By<'a> {
    /// When, in seconds since 1970.
    pub at: i64,
    /// Who.
    pub who: &'a str,
    /// Why.
    pub why: &'a str,
}

impl Ingest<'_> {
    /// Adds to the changes of a source's baseline and raises its version.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn note(&mut self, source: &str, what: &str, by: By<'_>) -> Result<()> {
        // The ids that were seen until now belong to the version that this makes.
        let written = self.seen.write_runs(&self.transaction);
        self.told(written.and_then(|()| note(&self.transaction, source, what, by, None)))
    }

    /// Makes windows, acceptances and what is known of inputs and records what they were in an earlier version, as a new one.
    ///
    /// # Errors
    /// There is no such version, it is not kept any more, or the store cannot be written.
    pub fn roll_back(&mut self, source: &str, version: u64, by: By<'_>) -> Result<()> {
        self.told(roll_back(&self.transaction, source, version.cast_signed(), by))
    }
}

/// The version that the next change of a source's baseline makes.
pub(super) fn next_version(conn: &Connection, source: i64) -> Outcome<i64> {
    Ok(conn.prepare_cached("SELECT version + 1 FROM sources WHERE id = ?1")?.query_row([source], |row| row.get(0))?)
}

/// Gives the next version its own row of a window that is there, so that the row of earlier versions stays as it is.
pub(super) fn own(conn: &Connection, source: i64, window: Window) -> Outcome<()> {
    let which = params![source, window.start, seconds(window), next_version(conn, source)?];
    let theirs = "SELECT id FROM windows WHERE source = ?1 AND start = ?2 AND seconds = ?3 AND gone IS NULL AND since < ?4";
    let Some(id) = conn.prepare_cached(theirs)?.query_row(which, |row| row.get::<_, i64>(0)).optional()? else { return Ok(()) };
    let next = next_version(conn, source)?;
    conn.prepare_cached("UPDATE windows SET gone = ?2 WHERE id = ?1")?.execute([id, next])?;
    let copy = "INSERT INTO windows (source, start, seconds, since, records, updated, closed, excluded, under, size, digest, body)
        SELECT source, start, seconds, ?2, records, updated, closed, excluded, under, size, digest, body FROM windows WHERE id = ?1";
    conn.prepare_cached(copy)?.execute([id, next])?;
    Ok(())
}

pub(super) fn changes(conn: &Connection, source: &str) -> Outcome<Vec<ChangeRow>> {
    let Some(source) = source_id(conn, source)? else { return Ok(Vec::new()) };
    let change = |row: &Row<'_>| {
        let version = row.get::<_, i64>(0)?.cast_unsigned();
        Ok(ChangeRow { version, at: row.get(1)?, who: row.get(2)?, what: row.get(3)?, why: row.get(4)? })
    };
    let mut select = conn.prepare("SELECT version, at, who, what, why FROM changes WHERE source = ?1 ORDER BY version")?;
    Ok(select.query_map([source], change)?.collect::<std::result::Result<_, _>>()?)
}

fn note(conn: &Connection, source: &str, what: &str, by: By<'_>, back_to: Option<i64>) -> Outcome<()> {
    let source = ensure_source(conn, source)?;
    let next = next_version(conn, source)?;
    let sql = "INSERT INTO changes (source, version, back_to, at, who, what, why) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    conn.execute(sql, params![source, next, back_to, by.at, by.who, what, by.why])?;
    conn.execute("UPDATE sources SET version = ?2 WHERE id = ?1", [source, next])?;
    forget(conn, source, next - VERSIONS_KEPT.cast_signed())
}

/// Removes what no version from `oldest` on holds.
fn forget(conn: &Connection, source: i64, oldest: i64) -> Outcome<()> {
    conn.execute("DELETE FROM windows WHERE source = ?1 AND gone <= ?2", [source, oldest])?;
    conn.execute("DELETE FROM inputs WHERE source = ?1 AND gone <= ?2", [source, oldest])?;
    conn.execute("DELETE FROM acceptances WHERE source = ?1 AND gone <= ?2", [source, oldest])?;
    id_runs::remove_gone(conn, source, oldest)
}

fn roll_back(conn: &Connection, source: &str, version: i64, by: By<'_>) -> Outcome<()> {
    let id = ensure_source(conn, source)?;
    let next = next_version(conn, id)?;
    let oldest = (next - 1 - VERSIONS_KEPT.cast_signed()).max(1);
    if version >= next - 1 || version < oldest {
        let kept = format!("of {source} the versions {oldest} to {} are kept, {} is the present one", next - 2, next - 1);
        return Err(Trouble::Says(format!("has no version {version} to go back to: {kept}; `logdrift baseline log` lists them")));
    }
    // Of what was learnt without a change of the baseline nobody can say which version knows it.
    conn.execute("DELETE FROM inputs WHERE source = ?1 AND since >= ?2", [id, next])?;
    id_runs::remove(conn, "source = ?1 AND since >= ?2", &[id, next])?;
    let line = line(conn, id, version)?;
    for (table, place) in TABLES {
        restore(conn, id, table, place, &line, next)?;
    }
    note(conn, source, &format!("went back to version {version}"), by, Some(version))
}

/// The versions that a version continues, itself among them.
fn line(conn: &Connection, source: i64, version: i64) -> Outcome<Vec<RangeInclusive<i64>>> {
    let mut select =
        conn.prepare("SELECT version, back_to FROM changes WHERE source = ?1 AND back_to IS NOT NULL ORDER BY version DESC")?;
    let mut rows = select.query([source])?;
    let (mut line, mut last) = (Vec::new(), version);
    while let Some(row) = rows.next()? {
        let (at, back_to): (i64, i64) = (row.get(0)?, row.get(1)?);
        if at <= last {
            line.push(at..=last);
            last = back_to;
        }
    }
    line.push(0..=last);
    Ok(line)
}

/// Makes those rows count that the end of a line holds: in each place the latest that the line brought.
fn restore(conn: &Connection, source: i64, table: &str, place: &str, line: &[RangeInclusive<i64>], next: i64) -> Outcome<()> {
    let mut select = conn.prepare(&format!("SELECT id, since, {place}, gone IS NULL FROM {table} WHERE source = ?1 ORDER BY since, id"))?;
    let mut rows = select.query([source])?;
    let (mut wanted, mut counting) = (HashMap::new(), Vec::new());
    while let Some(row) = rows.next()? {
        let (id, since): (i64, i64) = (row.get(0)?, row.get(1)?);
        if line.iter().any(|versions| versions.contains(&since)) {
            wanted.insert(row.get::<_, String>(2)?, id);
        }
        if row.get(3)? {
            counting.push(id);
        }
    }
    let wanted: HashSet<i64> = wanted.into_values().collect();
    for id in counting.iter().filter(|id| !wanted.contains(id)) {
        conn.execute(&format!("UPDATE {table} SET gone = ?2 WHERE id = ?1"), [*id, next])?;
    }
    for id in &wanted {
        conn.execute(&format!("UPDATE {table} SET gone = NULL WHERE id = ?1"), [*id])?;
    }
    Ok(())
}
