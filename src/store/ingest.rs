//! One change of the store: everything of it or nothing.

use super::Store;
use super::ids::{MAX_IDS_IN_MEMORY, Sighting};
use super::rows::{self, InputRow, WindowRow};
use super::seen::SeenIds;
use super::trouble::{Outcome, Trouble};
use crate::error::Result;
use crate::model::{FindingKey, Granularity, Window};
use rusqlite::Connection;
use std::ops::Deref;
use std::path::Path;
use std::time::Duration;

/// Time between two attempts to get the store's lock.
const PAUSE: Duration = Duration::from_millis(100);

/// A transaction of a connection that nobody else uses meanwhile, so that it may go from thread to thread, as that of `rusqlite` may
/// not. What was not committed is undone when it is dropped.
pub(super) struct Transaction<'a>(&'a mut Connection);

impl Transaction<'_> {
    fn commit(self) -> rusqlite::Result<()> {
        self.0.execute_batch("COMMIT")
    }
}

impl Deref for Transaction<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.0
    }
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        if !self.0.is_autocommit() {
            // Whatever is wrong with the connection: what is not committed is undone when it is opened next.
            let _ = self.0.execute_batch("ROLLBACK");
        }
    }
}

/// An exclusive transaction. Dropped without [`Ingest::commit`], or killed, it leaves the store as it was.
pub struct Ingest<'a> {
    path: &'a Path,
    pub(super) transaction: Transaction<'a>,
    pub(super) seen: SeenIds,
    /// Latest time that was told, which bounds how new a window can be.
    now: Option<i64>,
}

impl Store {
    /// Begins the only ingest that may run now.
    ///
    /// While another process holds the store, `on_wait` is told once that this takes a while, and the lock is tried for
    /// again until `wait` is over. With a `wait` of zero there is one attempt and no message.
    ///
    /// # Errors
    /// The store stayed locked for all of `wait`, was opened to read only, or cannot be written.
    pub fn begin(&mut self, wait: Duration, on_wait: &mut dyn FnMut(&str)) -> Result<Ingest<'_>> {
        self.begin_with(wait, on_wait, &mut std::thread::sleep, MAX_IDS_IN_MEMORY)
    }

    /// [`Store::begin`] with the pause between two attempts and the number of ids kept in memory.
    pub(super) fn begin_with(
        &mut self,
        wait: Duration,
        on_wait: &mut dyn FnMut(&str),
        pause: &mut dyn FnMut(Duration),
        ids_in_memory: usize,
    ) -> Result<Ingest<'_>> {
        let locked = self.lock(wait, on_wait, pause);
        let Self { path, conn, .. } = self;
        let begun = locked.and_then(|()| {
            let transaction = Transaction(conn);
            Ok((SeenIds::new(&transaction, ids_in_memory)?, transaction))
        });
        let (seen, transaction) = begun.map_err(|trouble| trouble.about(path))?;
        Ok(Ingest { path, transaction, seen, now: None })
    }

    /// Begins a transaction that only one process at a time can have.
    fn lock(&self, wait: Duration, on_wait: &mut dyn FnMut(&str), pause: &mut dyn FnMut(Duration)) -> Outcome<()> {
        self.must_write()?;
        let mut left = wait;
        loop {
            match self.try_lock() {
                Err(trouble) if trouble.is_locked() && left.is_zero() => {
                    let sentence = format!("is still being written by another logdrift after a wait of {wait:?}; try again later");
                    return Err(Trouble::Says(sentence));
                }
                Err(trouble) if trouble.is_locked() => {
                    if left == wait {
                        on_wait(&format!("the store {} is being written by another logdrift; waiting up to {wait:?}", self.path.display()));
                    }
                    pause(PAUSE.min(left));
                    left = left.saturating_sub(PAUSE);
                }
                other => return other,
            }
        }
    }

    /// One attempt that does not wait.
    fn try_lock(&self) -> Outcome<()> {
        self.conn.busy_timeout(Duration::ZERO)?;
        let begun = self.conn.execute_batch("BEGIN IMMEDIATE");
        self.conn.busy_timeout(super::open::PATIENCE)?;
        Ok(begun?)
    }
}

impl Ingest<'_> {
    /// The fingerprint of a window as this ingest sees it.
    ///
    /// # Errors
    /// The store cannot be read or the fingerprint is damaged.
    pub fn load(&self, source: &str, window: Window) -> Result<Option<Vec<u8>>> {
        self.told(rows::load(&self.transaction, source, window))
    }

    /// The windows of a source, in order of time; those that are excluded too.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn windows(&self, source: &str) -> Result<Vec<WindowRow>> {
        self.told(rows::windows(&self.transaction, source))
    }

    /// How often the baseline of a source was changed; 0 for an unknown source.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn version(&self, source: &str) -> Result<u64> {
        self.told(rows::version(&self.transaction, source))
    }

    /// The text that [`Ingest::define`] kept of a source.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn definition(&self, source: &str) -> Result<Option<String>> {
        self.told(rows::definition(&self.transaction, source))
    }

    /// Keeps what a source is read by, so that it can be told from another of its name.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn define(&mut self, source: &str, definition: &str) -> Result<()> {
        self.told(rows::define(&self.transaction, source, definition))
    }

    /// Makes sure that windows of this length can be put: a baseline has windows of one length, but for the undated one.
    ///
    /// # Errors
    /// The source has windows of another length, or the store cannot be read.
    pub fn must_fit(&self, source: &str, granularity: Granularity) -> Result<()> {
        self.told(rows::must_fit(&self.transaction, source, granularity))
    }

    /// Makes sure that all windows of a source are as they were written.
    ///
    /// # Errors
    /// A fingerprint is damaged, or the store cannot be read.
    pub fn verify(&self, source: &str) -> Result<()> {
        self.told(rows::verify(&self.transaction, source))
    }

    /// Puts the fingerprint of a window, made of so many records, in the place of the one that is there. `now` is in seconds
    /// since 1970.
    ///
    /// # Errors
    /// The store cannot be written, the fingerprint has more than 256 MiB, or [`Ingest::must_fit`] fails.
    pub fn put(&mut self, source: &str, window: Window, records: u64, fingerprint: &[u8], now: i64) -> Result<()> {
        if window != Window::UNDATED {
            self.must_fit(source, window.granularity)?;
        }
        self.now = self.now.max(Some(now));
        self.told(rows::put(&self.transaction, source, window, records, fingerprint, now))
    }

    /// Closes a window: it was imported, and nothing tells which records are in it, so none may be added.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn close(&mut self, source: &str, window: Window) -> Result<()> {
        self.told(rows::close(&self.transaction, source, window))
    }

    /// Inputs with this head ([`Content::head_hash`](crate::model::Content)) that were learnt for a source, in the order of
    /// learning.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn inputs(&self, source: &str, head_hash: u128) -> Result<Vec<InputRow>> {
        self.told(rows::inputs(&self.transaction, source, head_hash))
    }

    /// Remembers that an input was learnt.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn add_input(&mut self, source: &str, input: &InputRow) -> Result<()> {
        self.told(rows::add_input(&self.transaction, source, input))
    }

    /// Takes a window out of the baseline, or brings it back.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn exclude(&mut self, source: &str, window: Window, excluded: bool) -> Result<()> {
        self.told(rows::exclude(&self.transaction, source, window, excluded))
    }

    /// Keeps the findings under whose acceptance a window was learnt, in the place of those that were kept.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn mark(&mut self, source: &str, window: Window, under: &[FindingKey]) -> Result<()> {
        self.told(rows::mark(&self.transaction, source, window, under))
    }

    /// Looks a record up among all records that this and earlier ingests saw in its window, and remembers it. `id` and
    /// `body` are keyed hashes. The answer is exact for windows of the last [`super::ID_WINDOWS_KEPT`] days of the source.
    ///
    /// # Errors
    /// The store cannot be read or written, or what it keeps of the window's ids is damaged.
    pub fn see(&mut self, source: &str, window: Window, id: u64, body: u64) -> Result<Sighting> {
        match self.seen.see(&self.transaction, source, window, (id, body)) {
            Ok(sighting) => Ok(sighting),
            Err(trouble) => Err(trouble.about(self.path)),
        }
    }

    /// Makes everything of this ingest visible and lasting.
    ///
    /// # Errors
    /// The store cannot be written; then nothing of this ingest is in it.
    pub fn commit(mut self) -> Result<()> {
        let path = self.path;
        let written = self.seen.write_runs(&self.transaction);
        let tidied = written.and_then(|()| self.now.map_or(Ok(()), |now| self.seen.remove_old(&self.transaction, now)));
        tidied.and_then(|()| Ok(self.transaction.commit()?)).map_err(|trouble| trouble.about(path))
    }

    pub(super) fn told<T>(&self, outcome: Outcome<T>) -> Result<T> {
        outcome.map_err(|trouble| trouble.about(self.path))
    }
}
