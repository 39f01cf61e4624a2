//! What earlier runs reported, and what is known about each finding.

use super::Store;
use super::blob::Sealed;
use super::rows::{ensure_source, source_id};
use super::trouble::{Outcome, Trouble};
use crate::error::Result;
use crate::model::{FindingKey, Status};
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};

/// One stored run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunRow {
    /// Its name.
    pub id: String,
    /// The source it was about.
    pub source: String,
    /// When, in seconds since 1970.
    pub at: i64,
}

/// What is known about a finding of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindingState {
    /// Which finding.
    pub key: FindingKey,
    /// Whether somebody has seen it before.
    pub status: Status,
    /// Name of the first run that reported it.
    pub first_seen_run: String,
    /// Name of the latest run that reported it.
    pub last_seen_run: String,
    /// Why it was accepted.
    pub reason: Option<String>,
    /// When the acceptance ends, in seconds since 1970.
    pub until: Option<i64>,
}

impl Store {
    /// Stores the report of a run, in the place of one of the same name. `at` is in seconds since 1970.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn save_run(&mut self, source: &str, id: &str, at: i64, report_json: &str) -> Result<()> {
        self.told(self.change(|conn| save_run(conn, source, id, at, report_json)))
    }

    /// The stored runs of a source, oldest first.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn runs(&self, source: &str) -> Result<Vec<RunRow>> {
        self.told(runs(&self.conn, source))
    }

    /// A stored run and its report.
    ///
    /// # Errors
    /// The store cannot be read or the report is damaged.
    pub fn run(&self, id: &str) -> Result<Option<(RunRow, String)>> {
        self.told(run(&self.conn, id))
    }

    /// What is known about the findings of a source, by key.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn finding_states(&self, source: &str) -> Result<Vec<FindingState>> {
        self.told(finding_states(&self.conn, source))
    }

    /// Stores what is known about findings of a source, all of it or nothing, in the place of what was known.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn put_finding_states(&mut self, source: &str, states: &[FindingState]) -> Result<()> {
        self.told(self.change(|conn| states.iter().try_for_each(|state| put_finding_state(conn, source, state))))
    }

    fn change(&self, work: impl FnOnce(&Connection) -> Outcome<()>) -> Outcome<()> {
        self.must_write()?;
        let transaction = Transaction::new_unchecked(&self.conn, TransactionBehavior::Immediate)?;
        work(&transaction)?;
        Ok(transaction.commit()?)
    }
}

fn save_run(conn: &Connection, source: &str, id: &str, at: i64, report: &str) -> Outcome<()> {
    let sealed = Sealed::new(format_args!("the report of run {id:?}"), report.as_bytes())?;
    let sql = "INSERT OR REPLACE INTO runs (id, source, at, size, digest, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    conn.execute(sql, params![id, ensure_source(conn, source)?, at, sealed.size, sealed.digest, sealed.body])?;
    Ok(())
}

fn runs(conn: &Connection, source: &str) -> Outcome<Vec<RunRow>> {
    let Some(number) = source_id(conn, source)? else { return Ok(Vec::new()) };
    let mut select = conn.prepare("SELECT id, at FROM runs WHERE source = ?1 ORDER BY at, id")?;
    let run = |row: &rusqlite::Row<'_>| Ok(RunRow { id: row.get(0)?, source: source.to_owned(), at: row.get(1)? });
    Ok(select.query_map([number], run)?.collect::<std::result::Result<_, _>>()?)
}

fn run(conn: &Connection, id: &str) -> Outcome<Option<(RunRow, String)>> {
    let sql = "SELECT sources.name, at, size, digest, body FROM runs JOIN sources ON sources.id = source WHERE runs.id = ?1";
    let found = conn.query_row(sql, [id], |row| {
        let run = RunRow { id: id.to_owned(), source: row.get(0)?, at: row.get(1)? };
        Ok((run, Sealed::of_row(row, 2)?))
    });
    let Some((run, sealed)) = found.optional()? else { return Ok(None) };
    let what = format!("the report of run {id:?}");
    let report = String::from_utf8(sealed.open(&what)?).map_err(|_| Trouble::damaged(what))?;
    Ok(Some((run, report)))
}

fn finding_states(conn: &Connection, source: &str) -> Outcome<Vec<FindingState>> {
    let Some(source) = source_id(conn, source)? else { return Ok(Vec::new()) };
    let sql = "SELECT key, status, first_seen_run, last_seen_run, reason, until FROM findings WHERE source = ?1 ORDER BY key";
    let mut select = conn.prepare(sql)?;
    let mut rows = select.query([source])?;
    let mut states = Vec::new();
    while let Some(row) = rows.next()? {
        let (key, status): (String, String) = (row.get(0)?, row.get(1)?);
        states.push(FindingState {
            status: status_of(&status).ok_or_else(|| Trouble::damaged(format!("status {status:?} of finding {key}")))?,
            key: FindingKey::from_text(&key),
            first_seen_run: row.get(2)?,
            last_seen_run: row.get(3)?,
            reason: row.get(4)?,
            until: row.get(5)?,
        });
    }
    Ok(states)
}

fn put_finding_state(conn: &Connection, source: &str, state: &FindingState) -> Outcome<()> {
    let sql = "INSERT OR REPLACE INTO findings (source, key, status, first_seen_run, last_seen_run, reason, until)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let source = ensure_source(conn, source)?;
    let (key, status) = (state.key.as_str(), state.status.id());
    let values = params![source, key, status, state.first_seen_run, state.last_seen_run, state.reason, state.until];
    conn.prepare_cached(sql)?.execute(values)?;
    Ok(())
}

fn status_of(text: &str) -> Option<Status> {
    [Status::New, Status::Known, Status::Accepted].into_iter().find(|status| status.id() == text)
}
