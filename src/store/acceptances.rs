//! Which findings were accepted, by whom, why and until when.

use super::rows::{ensure_source, source_id};
use super::trouble::Outcome;
use super::versions::{By, next_version};
use super::{Ingest, Store};
use crate::error::Result;
use crate::model::{Acceptance, FindingKey};
use rusqlite::{Connection, Row, params};

impl Store {
    /// The acceptances of a source that were not withdrawn, in the order of their keys; some may have ended.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn acceptances(&self, source: &str) -> Result<Vec<Acceptance>> {
        self.told(acceptances(&self.conn, source))
    }
}

impl Ingest<'_> {
    /// The acceptances of a source as this ingest sees them, as [`Store::acceptances`] lists them.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn acceptances(&self, source: &str) -> Result<Vec<Acceptance>> {
        self.told(acceptances(&self.transaction, source))
    }

    /// Accepts a finding of a source, in the place of an acceptance that is there.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn accept(&mut self, source: &str, acceptance: &Acceptance) -> Result<()> {
        let by = By { at: acceptance.at, who: &acceptance.who, why: &acceptance.reason };
        self.told(put(&self.transaction, source, &acceptance.key, by, acceptance.ends, false))
    }

    /// Ends the acceptance of a finding.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn withdraw(&mut self, source: &str, key: &FindingKey, by: By<'_>) -> Result<()> {
        self.told(put(&self.transaction, source, key, by, None, true))
    }
}

fn acceptances(conn: &Connection, source: &str) -> Outcome<Vec<Acceptance>> {
    let Some(source) = source_id(conn, source)? else { return Ok(Vec::new()) };
    let acceptance = |row: &Row<'_>| {
        let key: String = row.get(0)?;
        Ok(Acceptance { key: FindingKey::from_text(&key), at: row.get(1)?, who: row.get(2)?, reason: row.get(3)?, ends: row.get(4)? })
    };
    let sql = "SELECT key, at, who, why, ends FROM acceptances WHERE source = ?1 AND gone IS NULL AND NOT withdrawn ORDER BY key";
    let mut select = conn.prepare(sql)?;
    Ok(select.query_map([source], acceptance)?.collect::<std::result::Result<_, _>>()?)
}

/// The next version gets its own row; one that it has already goes, as no version ever held it.
fn put(conn: &Connection, source: &str, key: &FindingKey, by: By<'_>, ends: Option<i64>, withdrawn: bool) -> Outcome<()> {
    let source = ensure_source(conn, source)?;
    let next = next_version(conn, source)?;
    conn.execute("DELETE FROM acceptances WHERE source = ?1 AND key = ?2 AND since = ?3", params![source, key.as_str(), next])?;
    let theirs = "UPDATE acceptances SET gone = ?3 WHERE source = ?1 AND key = ?2 AND gone IS NULL";
    conn.execute(theirs, params![source, key.as_str(), next])?;
    let sql = "INSERT INTO acceptances (source, key, since, withdrawn, at, who, why, ends) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    conn.execute(sql, params![source, key.as_str(), next, withdrawn, by.at, by.who, by.why, ends])?;
    Ok(())
}
