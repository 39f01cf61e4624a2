//! Whether a store is whole, and which files it is made of.

use super::Store;
use super::key::beside;
use super::trouble::Outcome;
use crate::error::Result;
use std::path::{Path, PathBuf};

/// Complaints that are asked for at most; one is enough to call a store damaged.
const MOST_COMPLAINTS: u32 = 5;

/// The files of a store that are there: the database, what SQLite keeps beside it, the key.
#[must_use]
pub fn files(store: &Path) -> Vec<PathBuf> {
    let all = ["", "-wal", "-shm", "-journal", ".key"].map(|ending| beside(store, ending));
    all.into_iter().filter(|file| file.exists()).collect()
}

impl Store {
    /// What SQLite finds wrong in the file, by going through all of it; nothing in a whole one.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn complaints(&self) -> Result<Vec<String>> {
        self.told(self.complaints_inside())
    }

    fn complaints_inside(&self) -> Outcome<Vec<String>> {
        let mut check = self.conn.prepare(&format!("PRAGMA integrity_check({MOST_COMPLAINTS})"))?;
        let said: Vec<String> = check.query_map([], |row| row.get(0))?.collect::<std::result::Result<_, _>>()?;
        Ok(said.into_iter().filter(|line| line != "ok").collect())
    }
}
