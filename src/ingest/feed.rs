//! The part of an input that is being looked at: a buffer that slides over the decompressed bytes.

use super::aside::Aside;
use super::raw::{Raw, SharedMeter, unreadable};
use super::unpack::{compression, unpack};
use super::{Compression, Input};
use crate::error::{Error, Result};
use crate::hash::{HashKey, HashStream};
use crate::model::{Content, HEAD_BYTES};
use memchr::memchr;
use std::io::{self, Read};

/// A sliding view of the decompressed bytes. It grows only as far as somebody asks for more without consuming.
pub(super) struct Feed {
    source: Box<dyn Read>,
    meter: SharedMeter,
    compression: Compression,
    block: usize,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// Stream offset of `start`.
    offset: u64,
    ended: bool,
    line: Line,
    key: HashKey,
    /// The beginning, of at most [`HEAD_BYTES`].
    head: Vec<u8>,
    /// Hash of what stands before the stream offset `hashed`. Bytes go in when they leave the buffer, not when they come into
    /// it, so that there is a hash of what stands before a piece that turns out to be cut off.
    hash: HashStream,
    hashed: u64,
    /// Stream offset up to which all is settled, never less than `hashed` until the hash of what stands before it is known.
    settled: u64,
    settled_hash: Option<u128>,
}

/// Whether the view ends with the line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Line {
    Unbound,
    /// It does, and the line's end has not been read yet.
    Open,
    /// The line ends at this stream offset.
    Until(u64),
}

impl Feed {
    /// From the start of an input.
    pub(super) fn open(input: &Input, key: &HashKey, block: usize) -> Result<Self> {
        let mut raw = Raw::open(input, Some(key.stream()))?;
        let packed = compression(&mut raw).map_err(|source| unreadable(input, source))?;
        if packed == Compression::Plain {
            // They are hashed as they leave the buffer.
            raw.meter().get().hash = None;
        }
        Self::new(raw, packed, key.clone(), block).map_err(|source| unreadable(input, source))
    }

    fn new(raw: Raw, compression: Compression, key: HashKey, block: usize) -> io::Result<Self> {
        Ok(Self {
            meter: raw.meter(),
            source: match compression {
                Compression::Plain => Box::new(raw),
                _ => Box::new(Aside::new(unpack(raw, compression, block)?, block)),
            },
            compression,
            block,
            buffer: Vec::new(),
            start: 0,
            end: 0,
            offset: 0,
            ended: false,
            line: Line::Unbound,
            head: Vec::new(),
            hash: key.stream(),
            hashed: 0,
            settled: 0,
            settled_hash: None,
            key,
        })
    }

    /// Ends the input after so many bytes.
    pub(super) fn limit(&mut self, bytes: u64) {
        let source = std::mem::replace(&mut self.source, Box::new(io::empty()));
        self.source = Box::new(source.take(bytes));
    }

    /// How the bytes are packed.
    pub(super) fn compression(&self) -> Compression {
        self.compression
    }

    /// How many raw bytes have been read.
    pub(super) fn raw_bytes(&self) -> u64 {
        self.meter.get().bytes
    }

    /// Takes note that nothing before the view will change when the input grows.
    pub(super) fn settle(&mut self) {
        (self.settled, self.settled_hash) = (self.offset, None);
    }

    /// What has been read, up to the end of the view.
    pub(super) fn content(&mut self) -> Content {
        let settled_hash = self.hash_consumed();
        self.hash_up_to(self.offset + (self.end - self.start) as u64);
        let head = usize::try_from(Content::head_bytes(self.settled)).unwrap_or(usize::MAX).min(self.head.len());
        let hash = self.hash.finish();
        let meter = self.meter.get();
        Content {
            bytes: self.hashed,
            hash,
            raw_bytes: meter.bytes,
            raw_hash: meter.hash.as_ref().map_or(hash, HashStream::finish),
            settled: self.settled,
            settled_hash,
            head_hash: self.key.wide(&self.head[..head]),
        }
    }

    /// Hashes what was left behind, stopping where all is settled; says the hash of what stands before that.
    fn hash_consumed(&mut self) -> u128 {
        let settled = match self.settled_hash {
            Some(hash) => hash,
            None => {
                self.hash_up_to(self.settled);
                self.hash.finish()
            }
        };
        self.settled_hash = Some(settled);
        self.hash_up_to(self.offset);
        settled
    }

    fn hash_up_to(&mut self, offset: u64) {
        let place = |offset: u64| (self.start as u64 + offset - self.offset) as usize;
        self.hash.update(&self.buffer[place(self.hashed)..place(offset)]);
        self.hashed = offset;
    }

    /// Stream offset of the first byte in view.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// The bytes in view.
    pub(super) fn rest(&self) -> &[u8] {
        let end = match self.line {
            Line::Until(line_end) => self.start + (line_end - self.offset) as usize,
            _ => self.end,
        };
        &self.buffer[self.start..end]
    }

    /// Bytes of memory it holds.
    #[cfg(test)]
    pub(super) fn capacity(&self) -> usize {
        self.buffer.capacity()
    }

    /// Leaves bytes behind.
    pub(super) fn consume(&mut self, length: usize) {
        self.start += length;
        self.offset += length as u64;
    }

    /// Ends the view with the line it begins in.
    pub(super) fn bind_line(&mut self) {
        self.line = Line::Open;
        self.find_line_end(self.start);
    }

    /// Lets the view go beyond the line again.
    pub(super) fn unbind_line(&mut self) {
        self.line = Line::Unbound;
    }

    /// Whether the view ends because a line does, and not the input.
    pub(super) fn ends_with_line(&self) -> bool {
        matches!(self.line, Line::Until(_))
    }

    fn find_line_end(&mut self, from: usize) {
        if let Some(at) = memchr(b'\n', &self.buffer[from..self.end]) {
            self.line = Line::Until(self.offset + (from + at - self.start) as u64);
        }
    }

    /// Reads one more block into view; false if there is nothing more.
    pub(super) fn more(&mut self) -> io::Result<bool> {
        if self.ended || self.ends_with_line() {
            return Ok(false);
        }
        if self.buffer.len() - self.end < self.block {
            self.hash_consumed();
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
            self.buffer.resize(self.buffer.len().max(self.end + self.block), 0);
        }
        let from = self.end;
        let read = loop {
            match self.source.read(&mut self.buffer[from..from + self.block]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other?,
            }
        };
        let missing = (HEAD_BYTES as usize - self.head.len()).min(read);
        self.head.extend_from_slice(&self.buffer[from..from + missing]);
        self.end += read;
        self.ended = read == 0;
        if self.line == Line::Open {
            self.find_line_end(from);
        }
        Ok(read > 0)
    }

    /// What an error of [`Feed::more`] means to the user.
    pub(super) fn explain(&self, input: &Input, records: u64, error: io::Error) -> Error {
        if self.compression == Compression::Plain || self.meter.get().failed {
            return unreadable(input, error);
        }
        let reason = match error.kind() {
            io::ErrorKind::UnexpectedEof => format!("its {} data ends too early; get the whole file again", self.compression),
            _ => format!("its {} data is broken ({error}); get the file again", self.compression),
        };
        Error::Damaged { input: input.to_string(), records, reason }
    }
}
