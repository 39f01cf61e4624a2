//! Notices that are owed: runs whose new and ended findings have not been told yet, by the name of whom to tell.

use super::Ingest;
use super::rows::{ensure_source, source_id};
use super::trouble::Outcome;
use crate::error::Result;
use rusqlite::{Connection, params};

/// A run that somebody has not been told of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwedRow {
    /// Whom to tell.
    pub target: String,
    /// Id of the run.
    pub run: String,
}

impl Ingest<'_> {
    /// Remembers that somebody is to be told of a run.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn owe(&mut self, source: &str, owed: &OwedRow) -> Result<()> {
        self.told(owe(&self.transaction, source, owed))
    }

    /// Takes what is owed for a source, oldest first, so that nobody else takes it before the second `until`; what someone
    /// else has taken and may still be telling is left out. Of runs that are no longer kept nothing is owed.
    ///
    /// # Errors
    /// The store cannot be read or written.
    pub fn take_owed(&mut self, source: &str, now: i64, until: i64) -> Result<Vec<OwedRow>> {
        self.told(take(&self.transaction, source, now, until))
    }

    /// Ends what was taken: it was told and is not owed any more, or can be taken again at once.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn settle(&mut self, source: &str, owed: &OwedRow, told: bool) -> Result<()> {
        self.told(settle(&self.transaction, source, owed, told))
    }
}

fn owe(conn: &Connection, source: &str, owed: &OwedRow) -> Outcome<()> {
    let sql = "INSERT OR IGNORE INTO owed (source, target, run, held) VALUES (?1, ?2, ?3, 0)";
    conn.execute(sql, params![ensure_source(conn, source)?, owed.target, owed.run])?;
    Ok(())
}

fn take(conn: &Connection, source: &str, now: i64, until: i64) -> Outcome<Vec<OwedRow>> {
    let Some(source) = source_id(conn, source)? else { return Ok(Vec::new()) };
    conn.execute("DELETE FROM owed WHERE source = ?1 AND run NOT IN (SELECT id FROM runs)", [source])?;
    let mut select = conn.prepare("SELECT target, run FROM owed WHERE source = ?1 AND held <= ?2 ORDER BY number")?;
    let rows = select.query_map([source, now], |row| Ok(OwedRow { target: row.get(0)?, run: row.get(1)? }))?;
    let rows = rows.collect::<std::result::Result<Vec<_>, _>>()?;
    conn.execute("UPDATE owed SET held = ?3 WHERE source = ?1 AND held <= ?2", [source, now, until])?;
    Ok(rows)
}

fn settle(conn: &Connection, source: &str, owed: &OwedRow, told: bool) -> Outcome<()> {
    let Some(source) = source_id(conn, source)? else { return Ok(()) };
    let row = params![source, owed.target, owed.run];
    match told {
        true => conn.execute("DELETE FROM owed WHERE source = ?1 AND target = ?2 AND run = ?3", row)?,
        false => conn.execute("UPDATE owed SET held = 0 WHERE source = ?1 AND target = ?2 AND run = ?3", row)?,
    };
    Ok(())
}
