//! The part of an input that is being looked at: a buffer that slides over the decompressed bytes.

use super::raw::{Prefix, Raw, SharedMeter, unreadable};
use super::unpack::{compression, unpack};
use super::{Compression, Input, Resume};
use crate::error::{Error, Result};
use crate::hash::HashKey;
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
    /// Stream offset of `start`, and where the stream was when this feed took it up.
    offset: u64,
    origin: u64,
    /// Lines that lie before the origin.
    pub(super) lines_before: u64,
    ended: bool,
    line: Line,
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
        let mut raw = Raw::open(input, key)?;
        let packed = compression(&mut raw).map_err(|source| unreadable(input, source))?;
        Self::new(raw, packed, block).map_err(|source| unreadable(input, source))
    }

    /// From where an earlier run stopped; `None` if what it read has changed, or if what follows cannot be read on.
    pub(super) fn resume(&self, input: &Input, resume: &Resume, only_lines: bool, key: &HashKey) -> Result<Option<Self>> {
        let Some(prefix) = Prefix::read(input, resume.offset, key)? else { return Ok(None) };
        if prefix.hash() != resume.hash {
            return Ok(None);
        }
        let (offset, lines) = if self.compression == Compression::Plain { (resume.offset, prefix.lines) } else { (0, 0) };
        let mut raw = prefix.rest();
        let fail = |source| unreadable(input, source);
        let unchanged = raw.peek(1).map_err(fail)?.is_empty();
        // A member that begins where the earlier run ended can be unpacked by itself; anything else cannot.
        let readable = only_lines && (self.compression == Compression::Plain || compression(&mut raw).map_err(fail)? == self.compression);
        if !unchanged && !readable {
            return Ok(None);
        }
        let packed = if unchanged { Compression::Plain } else { self.compression };
        let feed = Self::new(raw, packed, self.block).map_err(fail)?;
        Ok(Some(Self { offset, origin: offset, lines_before: lines, ..feed }))
    }

    fn new(raw: Raw, compression: Compression, block: usize) -> io::Result<Self> {
        Ok(Self {
            meter: raw.meter(),
            source: unpack(raw, compression, block)?,
            compression,
            block,
            buffer: Vec::new(),
            start: 0,
            end: 0,
            offset: 0,
            origin: 0,
            lines_before: 0,
            ended: false,
            line: Line::Unbound,
        })
    }

    /// How the bytes are packed.
    pub(super) fn compression(&self) -> Compression {
        self.compression
    }

    /// How many raw bytes have been read, and their hash.
    pub(super) fn raw(&self) -> (u64, u128) {
        let meter = self.meter.borrow();
        (meter.bytes, meter.hash.finish())
    }

    /// How many raw bytes have been read.
    pub(super) fn raw_bytes(&self) -> u64 {
        self.meter.borrow().bytes
    }

    /// How many decompressed bytes have been read.
    pub(super) fn bytes(&self) -> u64 {
        self.offset - self.origin + (self.end - self.start) as u64
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
        self.end += read;
        self.ended = read == 0;
        if self.line == Line::Open {
            self.find_line_end(from);
        }
        Ok(read > 0)
    }

    /// What an error of [`Feed::more`] means to the user.
    pub(super) fn explain(&self, input: &Input, records: u64, error: io::Error) -> Error {
        if self.compression == Compression::Plain || self.meter.borrow().failed {
            return unreadable(input, error);
        }
        let reason = match error.kind() {
            io::ErrorKind::UnexpectedEof => format!("its {} data ends too early; get the whole file again", self.compression),
            _ => format!("its {} data is broken ({error}); get the file again", self.compression),
        };
        Error::Damaged { input: input.to_string(), records, reason }
    }
}
