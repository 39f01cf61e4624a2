//! Stored bytes: compressed, with a digest beside them, because the database does not notice damaged content.

use super::trouble::{Outcome, Trouble};
use crate::hash::digest;
use std::fmt::Display;

/// Most bytes of one blob before compression; a longer one could not be told from damage when it is read.
const MAX_BYTES: usize = 256 << 20;

/// zstd level: the quickest; of the higher ones the usual 3 takes twice as long for fingerprints that are smaller by a thirtieth.
const LEVEL: i32 = 1;

/// A blob as three columns.
pub(super) struct Sealed {
    /// Bytes before compression.
    pub(super) size: i64,
    /// Digest of the bytes before compression.
    pub(super) digest: [u8; 32],
    /// The compressed bytes.
    pub(super) body: Vec<u8>,
}

impl Sealed {
    /// Makes the columns of some bytes.
    pub(super) fn new(what: impl Display, bytes: &[u8]) -> Outcome<Self> {
        if bytes.len() > MAX_BYTES {
            return Err(Trouble::Says(format!("does not take {what}: {} bytes are more than {MAX_BYTES}", bytes.len())));
        }
        let body = zstd::bulk::compress(bytes, LEVEL)
            .map_err(|error| Trouble::Says(format!("cannot take {what}: compressing failed ({error})")))?;
        Ok(Self { size: bytes.len().cast_signed() as i64, digest: digest(bytes), body })
    }

    /// Reads the columns `size`, `digest`, `body` that start at column `first`.
    pub(super) fn of_row(row: &rusqlite::Row<'_>, first: usize) -> rusqlite::Result<Self> {
        Ok(Self { size: row.get(first)?, digest: row.get(first + 1)?, body: row.get(first + 2)? })
    }

    /// The bytes it was made of; damage is an error.
    pub(super) fn open(&self, what: impl Display) -> Outcome<Vec<u8>> {
        let size = usize::try_from(self.size).ok().filter(|size| *size <= MAX_BYTES);
        let bytes = size.and_then(|size| zstd::bulk::decompress(&self.body, size).ok());
        match bytes {
            Some(bytes) if digest(&bytes) == self.digest => Ok(bytes),
            _ => Err(Trouble::damaged(what)),
        }
    }
}
