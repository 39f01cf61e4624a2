//! The input edge: names to inputs, bytes to records. Decompression, form and framing; no JSON is judged here.
//!
//! `expand` finds the inputs; `known` tells those that were read before; `raw` reads their bytes; `unpack` decompresses, `aside` in a
//! thread of its own; `feed` hashes them and holds the part that is looked at; `sniff` tells the form; `lines`, `values`, `table` and
//! `csv` cut it into records, which go to a [`Sink`] one by one; `share` shares them out among several.

mod aside;
mod csv;
mod envelope;
mod expand;
mod feed;
mod framer;
mod known;
mod lines;
mod raw;
mod share;
mod skim;
mod sniff;
mod table;
mod texts;
mod unpack;
mod values;

#[cfg(test)]
mod tests;

use crate::error::{Error, Result};
use crate::hash::HashKey;
use crate::model::{Content, Reject, RejectReason};
use feed::Feed;
use framer::Framer;
use share::Shared;
use std::fmt;
use std::path::PathBuf;

pub use expand::expand;
pub use known::{Known, heads, recognise};
pub use raw::hash_file;
pub use texts::{Texts, texts};

/// Longest record that is read, in bytes; a longer one is rejected ([`RejectReason::TooLong`]) and never held in memory.
pub const MAX_RECORD_BYTES: usize = 16 << 20;

/// Deepest nesting of a record; the record itself is level 1. Lines are not looked into here: their sink has to mind it.
pub const MAX_DEPTH: usize = 128;

/// Bytes after decompression that [`read_beginning`] reads.
pub const BEGINNING_BYTES: u64 = 1 << 20;

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
    /// Byte at which it begins, after decompression.
    pub offset: u64,
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
    /// A JSON object with the records in one member: `records`, `Records`, `items` or `value`.
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
    /// By what the input is known again.
    pub content: Content,
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

    /// Takes the bytes of what may be a record or the beginning of one: the reader has to know before it goes on.
    ///
    /// # Errors
    /// As those of [`Sink::record`].
    fn offer(&mut self, place: Place, bytes: &[u8]) -> std::result::Result<(), RejectReason> {
        self.record(place, bytes)
    }

    /// Takes note of a piece that is no record.
    fn reject(&mut self, reject: Reject);

    /// Takes note of how many raw bytes have been read so far.
    fn progress(&mut self, raw_bytes: u64) {
        let _ = raw_bytes;
    }
}

/// Reads one input into a sink, but for records and other pieces that begin before the byte `skip` after decompression: an
/// earlier run had them ([`Content::settled`]).
///
/// What is left out is still cut into records, since the form, a header or the columns of a table stand there.
///
/// # Errors
/// [`Error::File`] if it cannot be opened or read, [`Damaged`](crate::error::Error::Damaged) if its
/// compression is broken (what the sink got has to be dropped), [`Usage`](crate::error::Error::Usage) if it is UTF-16.
pub fn read(input: &Input, skip: u64, key: &HashKey, sink: &mut dyn Sink) -> Result<Summary> {
    read_in_blocks(input, skip, key, sink, BLOCK_BYTES)
}

/// Reads the first [`BEGINNING_BYTES`] of an input that can be read again into a sink; what is cut off there is no reject of the
/// input's. Nothing is read of an input that can be read only once.
///
/// # Errors
/// As those of [`read`].
pub fn read_beginning(input: &Input, key: &HashKey, sink: &mut dyn Sink) -> Result<()> {
    if !raw::can_be_read_again(input) {
        return Ok(());
    }
    let mut feed = Feed::open(input, key, BLOCK_BYTES)?;
    feed.limit(BEGINNING_BYTES);
    let mut framer = Framer::new(input, feed, 0, sink);
    let form = framer.sniff()?;
    framer.run(form)
}

/// [`read`] into several sinks, each in a thread of its own unless there is little to read; `progress` is told how many raw bytes
/// have been read. Each sink gets some of the records and rejects, in the order of the input.
///
/// # Errors
/// As those of [`read`].
pub fn read_shared<S: Sink + Send>(
    input: &Input,
    skip: u64,
    key: &HashKey,
    sinks: &mut [S],
    progress: &mut dyn FnMut(u64),
) -> Result<Summary> {
    read_in_batches(input, skip, key, sinks, progress, share::BATCH_BYTES)
}

/// [`read_shared`] with batches of any size.
fn read_in_batches<S: Sink + Send>(
    input: &Input,
    skip: u64,
    key: &HashKey,
    sinks: &mut [S],
    progress: &mut dyn FnMut(u64),
    batch: usize,
) -> Result<Summary> {
    std::thread::scope(|scope| {
        let mut shared = Shared::new(scope, sinks, progress, batch);
        let mut outcome = read(input, skip, key, &mut shared);
        // They were taken for records when they were handed over.
        let refused = shared.finish();
        match &mut outcome {
            Ok(summary) => (summary.records, summary.rejects) = (summary.records - refused, summary.rejects + refused),
            Err(Error::Damaged { records, .. }) => *records -= refused,
            Err(_) => {}
        }
        outcome
    })
}

/// [`read`] with blocks of any size.
fn read_in_blocks(input: &Input, skip: u64, key: &HashKey, sink: &mut dyn Sink, block: usize) -> Result<Summary> {
    let mut framer = Framer::new(input, Feed::open(input, key, block)?, skip, sink);
    let form = framer.sniff()?;
    framer.run(form)?;
    Ok(Summary {
        content: framer.feed.content(),
        records: framer.tally.records,
        rejects: framer.tally.rejects,
        form,
        compression: framer.feed.compression(),
    })
}
