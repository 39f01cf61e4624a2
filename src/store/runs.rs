//! What earlier runs reported.

use super::blob::Sealed;
use super::rows::ensure_source;
use super::trouble::{Outcome, Trouble};
use super::{Ingest, Store};
use crate::error::Result;
use rusqlite::{Connection, OptionalExtension, Row, params};

/// Runs of one source that are kept; older ones go.
pub const RUNS_KEPT: u64 = 1_000;

/// One stored run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunRow {
    /// Its name.
    pub id: String,
    /// The source it was about.
    pub source: String,
    /// When, in seconds since 1970.
    pub at: i64,
    /// Who ran it.
    pub who: String,
    /// First second of the records that were checked and first second after them, as the report spells them; none if undated.
    pub period: (Option<String>, Option<String>),
    /// Its verdict, in the report's word.
    pub verdict: String,
    /// Findings that are no echoes.
    pub findings: u64,
    /// New ones among them.
    pub new: u64,
}

/// Columns of a [`RunRow`].
const COLUMNS: &str = "runs.id, sources.name, at, who, opens, closes, verdict, findings, fresh";

impl Store {
    /// All stored runs whose id begins in this way, oldest first.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn runs_named(&self, prefix: &str) -> Result<Vec<RunRow>> {
        self.told(runs_named(&self.conn, prefix))
    }

    /// The report of a stored run.
    ///
    /// # Errors
    /// The store cannot be read or the report is damaged.
    pub fn report(&self, id: &str) -> Result<Option<String>> {
        self.told(report(&self.conn, id))
    }
}

impl Ingest<'_> {
    /// Whether there is a run of this id.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn has_run(&self, id: &str) -> Result<bool> {
        self.told(has_run(&self.transaction, id))
    }

    /// Keeps a run and its report, and the latest [`RUNS_KEPT`] of its source.
    ///
    /// # Errors
    /// The store cannot be written, or has a run of this id.
    pub fn save_run(&mut self, run: &RunRow, report: &str) -> Result<()> {
        self.told(save_run(&self.transaction, run, report))
    }
}

fn has_run(conn: &Connection, id: &str) -> Outcome<bool> {
    Ok(conn.query_row("SELECT count(*) FROM runs WHERE id = ?1", [id], |row| row.get::<_, i64>(0))? > 0)
}

fn run_of_row(row: &Row<'_>) -> rusqlite::Result<RunRow> {
    let count = |column| Ok::<_, rusqlite::Error>(row.get::<_, i64>(column)?.cast_unsigned());
    Ok(RunRow {
        id: row.get(0)?,
        source: row.get(1)?,
        at: row.get(2)?,
        who: row.get(3)?,
        period: (row.get(4)?, row.get(5)?),
        verdict: row.get(6)?,
        findings: count(7)?,
        new: count(8)?,
    })
}

fn save_run(conn: &Connection, run: &RunRow, report: &str) -> Outcome<()> {
    let sealed = Sealed::new(format_args!("the report of run {:?}", run.id), report.as_bytes())?;
    let source = ensure_source(conn, &run.source)?;
    let sql = "INSERT INTO runs (id, source, at, who, opens, closes, verdict, findings, fresh, size, digest, body)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
    let (findings, new) = (run.findings.cast_signed(), run.new.cast_signed());
    let (opens, closes) = &run.period;
    let seal = (sealed.size, sealed.digest, sealed.body);
    conn.execute(sql, params![run.id, source, run.at, run.who, opens, closes, run.verdict, findings, new, seal.0, seal.1, seal.2])?;
    let old = "DELETE FROM runs WHERE source = ?1
        AND number NOT IN (SELECT number FROM runs WHERE source = ?1 ORDER BY number DESC LIMIT ?2)";
    conn.execute(old, [source, RUNS_KEPT.cast_signed()])?;
    Ok(())
}

fn runs_named(conn: &Connection, prefix: &str) -> Outcome<Vec<RunRow>> {
    let named = "substr(runs.id, 1, length(?1)) = ?1";
    let sql = format!("SELECT {COLUMNS} FROM runs JOIN sources ON sources.id = source WHERE {named} ORDER BY number");
    Ok(conn.prepare(&sql)?.query_map([prefix], run_of_row)?.collect::<std::result::Result<_, _>>()?)
}

fn report(conn: &Connection, id: &str) -> Outcome<Option<String>> {
    let sql = "SELECT size, digest, body FROM runs WHERE id = ?1";
    let Some(sealed) = conn.query_row(sql, [id], |row| Sealed::of_row(row, 0)).optional()? else { return Ok(None) };
    let what = format!("the report of run {id:?}");
    Ok(Some(String::from_utf8(sealed.open(&what)?).map_err(|_| Trouble::damaged(what))?))
}
