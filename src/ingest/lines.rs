//! Lines: each a record, or an envelope of records.

use super::envelope::{Head, head};
use super::framer::Framer;
use super::skim::{is_blank, is_one_value};
use super::{Form, MAX_RECORD_BYTES};
use crate::error::Result;
use crate::model::RejectReason;
use memchr::memchr;

/// The byte order mark of UTF-8, which also stands within files that were put together of several.
const MARK: &[u8] = "\u{feff}".as_bytes();

/// The part of a line without blanks around it.
fn trim(line: &[u8]) -> (usize, usize) {
    let from = if line.starts_with(MARK) { MARK.len() } else { 0 };
    let Some(first) = line[from..].iter().position(|&byte| !is_blank(byte)) else { return (from, from) };
    let to = line.iter().rposition(|&byte| !is_blank(byte)).map_or(from, |last| last + 1);
    (from + first, to)
}

impl Framer<'_> {
    /// Leaves a byte order mark behind.
    pub(super) fn skip_mark(&mut self) -> Result<()> {
        while self.feed.rest().len() < MARK.len() && self.more()? {}
        if self.feed.rest().starts_with(MARK) {
            self.feed.consume(MARK.len());
        }
        Ok(())
    }

    /// Reads line by line.
    pub(super) fn lines(&mut self) -> Result<()> {
        let mut line = 0;
        let mut looked = 0;
        loop {
            self.tally.line = Some(line + 1);
            let rest = self.feed.rest();
            let end = memchr(b'\n', &rest[looked..]).map(|at| looked + at);
            if end.unwrap_or(rest.len()) > MAX_RECORD_BYTES {
                self.long_line()?;
            } else if let Some(end) = end {
                self.line(end)?;
            } else {
                looked = rest.len();
                if self.more()? {
                    continue;
                }
                return self.last_line();
            }
            line += 1;
            looked = 0;
        }
    }

    /// A line of which all is in view.
    fn line(&mut self, length: usize) -> Result<()> {
        let (from, to) = trim(&self.feed.rest()[..length]);
        let text = &self.feed.rest()[from..to];
        if let Head::Envelope(form, body) = head(text) {
            self.feed.consume(from);
            self.envelope_line(form, body)?;
            return self.skip_line();
        }
        if !text.is_empty() {
            let place = self.tally.place(self.feed.offset() + from as u64);
            self.tally.record(place, text);
        }
        self.feed.consume(length + 1);
        self.feed.settle();
        Ok(())
    }

    /// A line of more bytes than a record may have. An envelope may; only its records may not.
    fn long_line(&mut self) -> Result<()> {
        let (from, to) = trim(self.feed.rest());
        let start = self.feed.offset();
        if let Head::Envelope(form, body) = head(&self.feed.rest()[from..to]) {
            self.feed.consume(from);
            self.envelope_line(form, body)?;
        } else {
            let place = self.tally.place(start + from as u64);
            self.tally.reject(place, RejectReason::TooLong);
        }
        self.skip_line()
    }

    /// The last line, if no line end follows it: perhaps somebody is still writing it.
    fn last_line(&mut self) -> Result<()> {
        let (from, to) = trim(self.feed.rest());
        let start = self.feed.offset();
        let text = &self.feed.rest()[from..to];
        if text.is_empty() {
            return Ok(());
        }
        let outcome = match head(text) {
            Head::Envelope(form, body) if is_one_value(text) => {
                self.feed.consume(from);
                return self.envelope_line(form, body);
            }
            Head::Envelope(..) => Err((self.tally.place(start + from as u64), RejectReason::NotJson)),
            // What grows behind a record that was read, in its line, settles nothing before the line is whole.
            _ if start + (from as u64) < self.tally.skip => return Ok(()),
            _ => {
                let place = self.tally.place(start + from as u64);
                self.tally.offer(place, text).map_err(|reason| (place, reason))
            }
        };
        let Err((place, reason)) = outcome else {
            self.feed.consume(to);
            self.feed.settle();
            return Ok(());
        };
        // What is no object now may be the beginning of anything; what is one cannot grow into something else.
        let reason = match reason {
            RejectReason::NotJson | RejectReason::NotUtf8 => RejectReason::CutOff,
            reason => reason,
        };
        self.tally.reject(place, reason);
        if !matches!(reason, RejectReason::CutOff | RejectReason::NotAnObject) {
            self.feed.consume(to);
            self.feed.settle();
        }
        Ok(())
    }

    /// The records of an envelope, up to the end of its line.
    fn envelope_line(&mut self, form: Form, body: usize) -> Result<()> {
        self.feed.bind_line();
        let rejects = self.tally.rejects;
        if self.envelope(form, body)? && self.peek()?.is_some() && self.tally.rejects == rejects {
            let place = self.tally.place(self.feed.offset());
            self.tally.reject(place, RejectReason::NotJson);
        }
        Ok(())
    }

    /// Leaves behind what is left of the line; false if the input ends before the line does.
    fn seek_line_end(&mut self) -> Result<bool> {
        loop {
            let rest = self.feed.rest();
            let (length, end) = (rest.len(), memchr(b'\n', rest));
            self.feed.consume(end.unwrap_or(length));
            if end.is_some() {
                return Ok(true);
            }
            if !self.more()? {
                return Ok(false);
            }
        }
    }

    /// Goes to the next line.
    pub(super) fn skip_line(&mut self) -> Result<()> {
        self.feed.unbind_line();
        if self.seek_line_end()? {
            self.feed.consume(1);
            self.feed.settle();
        }
        Ok(())
    }
}
