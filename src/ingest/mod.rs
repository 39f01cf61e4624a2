//! The input edge: names to inputs, bytes to records. Decompression, form and framing; no JSON is judged here.
//!
//! `expand` finds the inputs; `raw` reads and hashes their bytes; `unpack` decompresses; `feed` holds the part that is looked at;
//! `sniff` tells the form; `lines`, `values`, `table` and `csv` cut it into records, which go to a [`Sink`] one by one.

mod csv;
mod envelope;
mod expand;
mod feed;
mod framer;
mod lines;
mod raw;
mod skim;
mod sniff;
mod table;
mod unpack;
mod values;

#[cfg(test)]
mod tests;

use crate::error::Result;
use crate::hash::HashKey;
use crate::model::{Reject, RejectReason};
use feed::Feed;
use framer::Framer;
use std::fmt;
use std::path::PathBuf;

pub use expand::expand;
pub use raw::hash_prefix;

/// Longest record that is read, in bytes; a longer one is rejected ([`RejectReason::TooLong`]) and never held in memory.
pub const MAX_RECORD_BYTES: usize = 16 << 20;

/// Deepest nesting of a record; the record itself is level 1. Lines are not looked into here: their sink has to mind it.
pub const MAX_DEPTH: usize = 128;

/// Bytes that are read at a time.
const BLOCK_BYTES: usize = 256 << 10;

/// Where records are read from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Input {
    /// Standard input.
    Stdin,
    /// A file, or something that reads like one (a named pipe).
    File(PathBuf),
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stdin => f.write_str("standard input"),
            Self::File(path) => path.display().fmt(f),
        }
    }
}

/// Where a record stands in its input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Which record it is, counted from 1; in a file of lines the line, for all records of the line.
    pub ordinal: u64,
    /// Byte at which it begins, after decompression. For a resumed compressed input both count from where it was resumed.
    pub offset: u64,
}

/// How far an earlier run got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resume {
    /// Raw bytes it read: its [`Summary::consumed`].
    pub offset: u64,
    /// Their hash: its [`Summary::consumed_hash`].
    pub hash: u128,
}

/// How the records are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// A record, or an envelope of records, a line.
    Lines,
    /// JSON objects one after the other, over several lines.
    Values,
    /// A JSON array.
    Array,
    /// A JSON object with the records in one member: `records`, `Records` or `value`.
    Envelope,
    /// The answer of the Log Analytics query service: columns, and rows of cells.
    Table,
    /// Comma separated values under a header; every cell becomes a text.
    Csv,
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Lines => "JSON lines",
            Self::Values => "JSON values",
            Self::Array => "JSON array",
            Self::Envelope => "JSON envelope",
            Self::Table => "Log Analytics table",
            Self::Csv => "CSV",
        })
    }
}

/// How the bytes are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Compression {
    /// Not at all.
    Plain,
    /// One or more gzip members.
    Gzip,
    /// One or more Zstandard frames.
    Zstd,
}

impl fmt::Display for Compression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Plain => "plain",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        })
    }
}

/// What was read from one input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Length of the input in bytes, as it lies there.
    pub raw_bytes: u64,
    /// Decompressed bytes that were read this time.
    pub bytes: u64,
    /// Hash of all raw bytes ([`HashKey::stream`]).
    pub hash: u128,
    /// Raw byte at which a later run may resume: the end, or the start of a last line that was cut off;
    /// 0 if the input was cut off otherwise and has to be read again as a whole.
    pub consumed: u64,
    /// Hash of the raw bytes before [`Summary::consumed`].
    pub consumed_hash: u128,
    /// Whether the bytes an earlier run had read were left out.
    pub resumed: bool,
    /// Records the sink took.
    pub records: u64,
    /// Pieces that were rejected, here or by the sink.
    pub rejects: u64,
    /// How the records are laid out.
    pub form: Form,
    /// How the bytes are packed.
    pub compression: Compression,
}

/// Takes what is read.
pub trait Sink {
    /// Takes the bytes of one record, without blanks around it. Whether they are UTF-8, JSON and an object is for the sink to tell.
    ///
    /// # Errors
    /// Why the bytes are no record; the reader counts it and calls [`Sink::reject`].
    fn record(&mut self, place: Place, bytes: &[u8]) -> std::result::Result<(), RejectReason>;

    /// Takes note of a piece that is no record.
    fn reject(&mut self, reject: Reject);

    /// Takes note of how many raw bytes have been read so far.
    fn progress(&mut self, raw_bytes: u64) {
        let _ = raw_bytes;
    }
}

/// Reads one input into a sink, from where an earlier run stopped if what that run read is still there unchanged.
///
/// Only files of lines are read on; any other form that grew is read again as a whole, and its records have to be told apart
/// by the caller. A file that did not grow yields no record again, whatever its form.
///
/// # Errors
/// [`Error::File`](crate::error::Error::File) if it cannot be opened or read, [`Damaged`](crate::error::Error::Damaged) if its
/// compression is broken (what the sink got has to be dropped), [`Usage`](crate::error::Error::Usage) if it is UTF-16.
pub fn read(input: &Input, resume: Option<&Resume>, key: &HashKey, sink: &mut dyn Sink) -> Result<Summary> {
    read_in_blocks(input, resume, key, sink, BLOCK_BYTES)
}

/// [`read`] with blocks of any size.
fn read_in_blocks(input: &Input, resume: Option<&Resume>, key: &HashKey, sink: &mut dyn Sink, block: usize) -> Result<Summary> {
    let mut framer = Framer::new(input, Feed::open(input, key, block)?, sink);
    let (form, compression) = (framer.sniff()?, framer.feed.compression());
    let resumed = match resume {
        Some(resume) => framer.resume(resume, form, key)?,
        None => false,
    };
    framer.run(form)?;
    let (raw_bytes, hash) = framer.feed.raw();
    let consumed = match (framer.cut, input) {
        (None, _) | (_, Input::Stdin) => raw_bytes,
        (Some(start), _) if (form, compression) == (Form::Lines, Compression::Plain) => start,
        (Some(_), _) => 0,
    };
    let consumed_hash = if consumed == raw_bytes { Some(hash) } else { hash_prefix(input, consumed, key)? };
    Ok(Summary {
        raw_bytes,
        bytes: framer.feed.bytes(),
        hash,
        consumed: if consumed_hash.is_some() { consumed } else { 0 },
        consumed_hash: consumed_hash.unwrap_or_else(|| key.stream().finish()),
        resumed,
        records: framer.tally.records,
        rejects: framer.tally.rejects,
        form,
        compression,
    })
}
