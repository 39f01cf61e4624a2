//! The store: baselines of sources as windows of opaque fingerprints in one SQLite file, with the key of its hashes beside it.
//!
//! Reading sees one snapshot. Writing is one [`Ingest`] at a time, which happens as a whole or not at all.

mod acceptances;
mod blob;
mod filter;
mod findings;
mod health;
mod id_runs;
mod ids;
mod ingest;
mod key;
mod open;
mod owed;
mod rows;
mod runs;
mod schema;
mod seen;
#[cfg(test)]
mod tests;
mod trouble;
mod versions;

pub use health::files;
pub use ids::{MAX_IDS_IN_MEMORY, Seen, SeenInMemory, Sighting};
pub use ingest::Ingest;
pub use owed::OwedRow;
pub use rows::{InputRow, WindowRow};
pub use runs::{RUNS_KEPT, RunRow};
pub use seen::ID_WINDOWS_KEPT;
pub use versions::{By, ChangeRow, VERSIONS_KEPT};

use crate::error::Result;
use crate::hash::HashKey;
use crate::model::Window;
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use trouble::{Outcome, Trouble};

/// What a store is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// To read what was committed when it was opened; works in a folder that may not be written.
    Read,
    /// To change it; a missing store is created, an older one brought up to date.
    Write,
}

/// An open store.
pub struct Store {
    path: PathBuf,
    access: Access,
    conn: Connection,
    key: HashKey,
}

impl Store {
    /// Opens a store. Its key lies beside it in `PATH.key`; both files are for the owner alone.
    ///
    /// # Errors
    /// There is no store to read; the file is no store, or one of a newer version; the key file is missing or another's; the
    /// folder or a file may not be read or written.
    pub fn open(path: &Path, access: Access) -> Result<Self> {
        Self::open_inside(path, access).map_err(|trouble| trouble.about(path))
    }

    fn open_inside(path: &Path, access: Access) -> Outcome<Self> {
        let conn = match access {
            Access::Read => open::to_read(path)?,
            Access::Write => open::to_write(path)?,
        };
        if access == Access::Write {
            key::make(&conn, path)?;
        }
        let key = key::read(&conn, path)?;
        Ok(Self { path: path.to_owned(), access, conn, key })
    }

    /// The key that all hashes in this store were made with.
    #[must_use]
    pub fn key(&self) -> &HashKey {
        &self.key
    }

    /// Names of the sources that have a baseline, in order.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn sources(&self) -> Result<Vec<String>> {
        self.told(rows::sources(&self.conn))
    }

    /// The windows of a source, ordered by time; those that are excluded too.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn windows(&self, source: &str) -> Result<Vec<WindowRow>> {
        self.told(rows::windows(&self.conn, source))
    }

    /// The fingerprint of a window, if there is one.
    ///
    /// # Errors
    /// The store cannot be read or the fingerprint is damaged.
    pub fn load(&self, source: &str, window: Window) -> Result<Option<Vec<u8>>> {
        self.told(rows::load(&self.conn, source, window))
    }

    /// How often the baseline of a source was changed; 0 for an unknown source.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn version(&self, source: &str) -> Result<u64> {
        self.told(rows::version(&self.conn, source))
    }

    /// The text that [`Ingest::define`] kept of a source.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn definition(&self, source: &str) -> Result<Option<String>> {
        self.told(rows::definition(&self.conn, source))
    }

    /// The changes of a source's baseline, oldest first.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn changes(&self, source: &str) -> Result<Vec<ChangeRow>> {
        self.told(versions::changes(&self.conn, source))
    }

    fn must_write(&self) -> Outcome<()> {
        match self.access {
            Access::Write => Ok(()),
            Access::Read => Err(Trouble::Says("was opened to be read only; open it to write".into())),
        }
    }

    fn told<T>(&self, outcome: Outcome<T>) -> Result<T> {
        outcome.map_err(|trouble| trouble.about(&self.path))
    }
}
