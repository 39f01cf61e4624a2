//! What is remembered of each finding between runs.

use super::rows::{ensure_source, source_id};
use super::trouble::{Outcome, Trouble};
use super::{Ingest, Store};
use crate::error::Result;
use crate::model::{Cohort, FindingKey, FindingState, Status};
use rusqlite::{Connection, Row, params};

impl Store {
    /// What is remembered of the findings of a source, by key.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn finding_states(&self, source: &str) -> Result<Vec<FindingState>> {
        self.told(finding_states(&self.conn, source))
    }
}

impl Ingest<'_> {
    /// What is remembered of the findings of a source, as this ingest sees it.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn finding_states(&self, source: &str) -> Result<Vec<FindingState>> {
        self.told(finding_states(&self.transaction, source))
    }

    /// Remembers findings of a source, in the place of what was remembered of them.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn put_finding_states(&mut self, source: &str, states: &[FindingState]) -> Result<()> {
        self.told(states.iter().try_for_each(|state| put(&self.transaction, source, state)))
    }
}

fn finding_states(conn: &Connection, source: &str) -> Outcome<Vec<FindingState>> {
    let Some(source) = source_id(conn, source)? else { return Ok(Vec::new()) };
    let sql = "SELECT key, status, severity, kind, path, field, cohort, value, cause, share, first_window, last_window, first_run,
        last_run, ended_run FROM findings WHERE source = ?1 ORDER BY key";
    let mut select = conn.prepare(sql)?;
    let mut rows = select.query([source])?;
    let mut states = Vec::new();
    while let Some(row) = rows.next()? {
        states.push(state_of_row(row)?);
    }
    Ok(states)
}

fn state_of_row(row: &Row<'_>) -> Outcome<FindingState> {
    let (key, status, severity): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
    let damaged = |what: &str, word: &str| Trouble::damaged(format!("{what} {word:?} of finding {key}"));
    let (field, value): (Option<String>, Option<String>) = (row.get(5)?, row.get(6)?);
    Ok(FindingState {
        status: Status::ALL.into_iter().find(|known| known.id() == status).ok_or_else(|| damaged("status", &status))?,
        severity: severity.parse().map_err(|_| damaged("severity", &severity))?,
        key: FindingKey::from_text(&key),
        check: row.get(3)?,
        path: row.get(4)?,
        cohort: field.zip(value).map(|(path, value)| Cohort { path, value }),
        value: row.get(7)?,
        caused_by: row.get::<_, Option<String>>(8)?.map(|cause| FindingKey::from_text(&cause)),
        share: row.get(9)?,
        first_window: row.get(10)?,
        last_window: row.get(11)?,
        first_run: row.get(12)?,
        last_run: row.get(13)?,
        ended_run: row.get(14)?,
    })
}

fn put(conn: &Connection, source: &str, state: &FindingState) -> Outcome<()> {
    let sql = "INSERT OR REPLACE INTO findings (source, key, status, severity, kind, path, field, cohort, value, cause, share,
        first_window, last_window, first_run, last_run, ended_run)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)";
    let cohort = state.cohort.as_ref();
    conn.prepare_cached(sql)?.execute(params![
        ensure_source(conn, source)?,
        state.key.as_str(),
        state.status.id(),
        state.severity.id(),
        state.check,
        state.path,
        cohort.map(|cohort| &cohort.path),
        cohort.map(|cohort| &cohort.value),
        state.value,
        state.caused_by.as_ref().map(FindingKey::as_str),
        state.share,
        state.first_window,
        state.last_window,
        state.first_run,
        state.last_run,
        state.ended_run
    ])?;
    Ok(())
}
