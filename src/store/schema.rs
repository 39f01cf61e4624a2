//! Shape of the database and the steps that lead to it.

use super::trouble::{Outcome, Trouble};
use rusqlite::{Connection, Transaction, TransactionBehavior};

/// Marks a database as a store of logdrift ("ldrf"), so that no other program's data is touched.
const APPLICATION: i64 = 0x6c64_7266;

/// Steps from an empty file to the newest version, which is their number. Append only: stores of every version are around.
const MIGRATIONS: [&str; 2] = [FIRST, OWED];

/// `seconds` is the length of a window. Bodies come last in a row: a listing then never reads them.
/// `since` is the version of the baseline that brought a row, `gone` the one that last replaced it or went back behind it, null
/// for the rows that count now (`versions`). `under` names the acceptances under which a window was learnt.
/// `id_pages.id` is run * 2^24 + number of the page, so that a page is found and a run dropped without another index.
const FIRST: &str = "
CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE sources (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, version INTEGER NOT NULL DEFAULT 0, definition TEXT
) STRICT;
CREATE TABLE windows (
    id INTEGER PRIMARY KEY, source INTEGER NOT NULL REFERENCES sources (id),
    start INTEGER NOT NULL, seconds INTEGER NOT NULL, since INTEGER NOT NULL, gone INTEGER,
    records INTEGER NOT NULL, updated INTEGER NOT NULL,
    closed INTEGER NOT NULL DEFAULT 0, excluded INTEGER NOT NULL DEFAULT 0, under TEXT NOT NULL DEFAULT '',
    size INTEGER NOT NULL, digest BLOB NOT NULL, body BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX windows_now ON windows (source, start, seconds) WHERE gone IS NULL;
CREATE TABLE inputs (
    id INTEGER PRIMARY KEY, source INTEGER NOT NULL REFERENCES sources (id), since INTEGER NOT NULL, gone INTEGER,
    name TEXT NOT NULL, bytes INTEGER NOT NULL, hash BLOB NOT NULL,
    settled INTEGER NOT NULL, settled_hash BLOB NOT NULL, head_hash BLOB NOT NULL,
    raw_bytes INTEGER NOT NULL, raw_hash BLOB NOT NULL, records INTEGER NOT NULL, learnt_at INTEGER NOT NULL
) STRICT;
CREATE INDEX inputs_by_head ON inputs (source, head_hash);
CREATE TABLE changes (
    source INTEGER NOT NULL REFERENCES sources (id), version INTEGER NOT NULL, back_to INTEGER,
    at INTEGER NOT NULL, who TEXT NOT NULL, what TEXT NOT NULL, why TEXT NOT NULL,
    PRIMARY KEY (source, version)
) STRICT, WITHOUT ROWID;
CREATE TABLE acceptances (
    id INTEGER PRIMARY KEY, source INTEGER NOT NULL REFERENCES sources (id),
    key TEXT NOT NULL, since INTEGER NOT NULL, gone INTEGER, withdrawn INTEGER NOT NULL,
    at INTEGER NOT NULL, who TEXT NOT NULL, why TEXT NOT NULL, ends INTEGER
) STRICT;
CREATE UNIQUE INDEX acceptances_now ON acceptances (source, key) WHERE gone IS NULL;
CREATE TABLE id_runs (
    id INTEGER PRIMARY KEY, source INTEGER NOT NULL REFERENCES sources (id), since INTEGER NOT NULL, gone INTEGER,
    start INTEGER NOT NULL, seconds INTEGER NOT NULL, entries INTEGER NOT NULL,
    digest BLOB NOT NULL, body BLOB NOT NULL
) STRICT;
CREATE INDEX id_runs_by_window ON id_runs (source, start, seconds);
CREATE TABLE id_pages (id INTEGER PRIMARY KEY, digest BLOB NOT NULL, body BLOB NOT NULL) STRICT;
CREATE TABLE runs (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, source INTEGER NOT NULL REFERENCES sources (id),
    at INTEGER NOT NULL, who TEXT NOT NULL, opens TEXT, closes TEXT, verdict TEXT NOT NULL,
    findings INTEGER NOT NULL, fresh INTEGER NOT NULL,
    size INTEGER NOT NULL, digest BLOB NOT NULL, body BLOB NOT NULL
) STRICT;
CREATE INDEX runs_by_source ON runs (source);
CREATE TABLE findings (
    source INTEGER NOT NULL REFERENCES sources (id), key TEXT NOT NULL, status TEXT NOT NULL, kind TEXT NOT NULL,
    severity TEXT NOT NULL, path TEXT, field TEXT, cohort TEXT, value TEXT, cause TEXT, share REAL NOT NULL,
    first_window INTEGER, last_window INTEGER, first_run TEXT NOT NULL, last_run TEXT NOT NULL, ended_run TEXT,
    PRIMARY KEY (source, key)
) STRICT, WITHOUT ROWID;
";

/// Notices that are owed; `held` is the second until which a process may still be telling one.
const OWED: &str = "
CREATE TABLE owed (
    number INTEGER PRIMARY KEY, source INTEGER NOT NULL REFERENCES sources (id),
    target TEXT NOT NULL, run TEXT NOT NULL, held INTEGER NOT NULL, UNIQUE (source, target, run)
) STRICT;
";

/// What a database file is to this version of logdrift.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Nothing is in it.
    Empty,
    /// A store of an earlier version.
    Older,
    /// A store of this version.
    Current,
}

/// Looks at a database without changing it. Another program's database and a store of a newer version are refused.
pub(super) fn state(conn: &Connection) -> Outcome<State> {
    let latest = MIGRATIONS.len();
    let application: i64 = conn.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let found = version(conn)?;
    let tables: i64 = conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    match found {
        0 if application == 0 && tables == 0 => Ok(State::Empty),
        _ if application != APPLICATION => {
            Err(Trouble::Says("is a database of another program, which was left alone; check the path".into()))
        }
        _ if found == latest => Ok(State::Current),
        _ if found < latest => Ok(State::Older),
        _ => Err(Trouble::Says(format!(
            "has schema version {found}, this logdrift knows versions up to {latest}; upgrade logdrift (the store was left alone)"
        ))),
    }
}

/// Brings a store to the newest version, all steps in one transaction, so that a killed process leaves it as it was or as it should
/// be: a new store of an earlier version would be told as one that somebody has to bring up to date.
pub(super) fn migrate(conn: &Connection) -> Outcome<()> {
    if state(conn)? == State::Current {
        return Ok(());
    }
    let steps = Transaction::new_unchecked(conn, TransactionBehavior::Immediate)?;
    // Another process may have been quicker while this one waited for the lock, and of a newer version.
    if state(&steps)? == State::Current {
        return Ok(());
    }
    for sql in MIGRATIONS.iter().skip(version(&steps)?) {
        steps.execute_batch(sql)?;
    }
    steps.pragma_update(None, "application_id", APPLICATION)?;
    steps.pragma_update(None, "user_version", i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX))?;
    Ok(steps.commit()?)
}

fn version(conn: &Connection) -> Outcome<usize> {
    let version: i64 = conn.pragma_query_value(None, "user_version", |row| row.get(0))?;
    // Negative numbers are nobody's; they count as newer than everything.
    Ok(usize::try_from(version).unwrap_or(usize::MAX))
}
