//! JSON values one after the other, and the elements of those that hold records.

use super::Form;
use super::envelope::Head;
use super::framer::Framer;
use super::table::Columns;
use crate::error::Result;
use crate::model::RejectReason;

/// What came before, between the elements of a list.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    Nothing,
    Comma,
    Element,
}

impl Framer<'_> {
    /// Reads objects, arrays and envelopes one after the other.
    pub(super) fn values(&mut self) -> Result<()> {
        while let Some(byte) = self.peek()? {
            match byte {
                b'[' => {
                    self.feed.consume(1);
                    self.elements(None)?;
                }
                b'{' => match self.head(0)? {
                    Head::Envelope(form, body) => {
                        self.envelope(form, body)?;
                    }
                    _ => {
                        self.value()?;
                    }
                },
                0xef => self.stray_mark()?,
                _ => self.stray_line()?,
            }
        }
        Ok(())
    }

    /// A byte order mark between two inputs that were put together, or something that only begins like one.
    fn stray_mark(&mut self) -> Result<()> {
        let before = self.feed.offset();
        self.skip_mark()?;
        if self.feed.offset() == before { self.stray_line() } else { Ok(()) }
    }

    /// Text between values: its line is offered as if it were a record, and the sink says what is wrong with it.
    fn stray_line(&mut self) -> Result<()> {
        let place = self.tally.place(self.feed.offset());
        let line_end = self.find(0, super::MAX_RECORD_BYTES, |byte| byte == b'\n')?;
        let end = line_end.unwrap_or(self.feed.rest().len());
        self.tally.record(place, self.feed.rest()[..end].trim_ascii_end());
        self.feed.consume(end);
        if line_end.is_some() {
            self.feed.settle();
        }
        Ok(())
    }

    /// The records of an envelope whose list begins after so many bytes; false if it is cut off.
    pub(super) fn envelope(&mut self, form: Form, body: usize) -> Result<bool> {
        self.feed.consume(body);
        match form {
            Form::Table => self.tables(),
            _ => Ok(self.elements(None)? && self.leave(1)?),
        }
    }

    /// The elements of a list, after its bracket; false if it is cut off. With columns, each element is a row of a table.
    pub(super) fn elements(&mut self, columns: Option<&Columns>) -> Result<bool> {
        let mut before = Before::Nothing;
        while let Some(byte) = self.peek()? {
            before = match (byte, before) {
                (b']', Before::Nothing | Before::Element) => {
                    self.feed.consume(1);
                    return Ok(true);
                }
                (b',', Before::Element) => {
                    self.feed.consume(1);
                    Before::Comma
                }
                (b',' | b']' | b'}' | b':', _) | (_, Before::Element) => self.stray()?,
                _ => {
                    let whole = match columns {
                        None => self.value()?,
                        Some(columns) => self.row(columns)?,
                    };
                    if !whole {
                        return Ok(false);
                    }
                    Before::Element
                }
            };
        }
        self.cut_off();
        Ok(false)
    }

    /// Rejects what stands where a comma or an element should, and goes to the next bracket or comma.
    fn stray(&mut self) -> Result<Before> {
        let place = self.tally.place(self.feed.offset());
        self.tally.reject(place, RejectReason::NotJson);
        loop {
            let rest = self.feed.rest();
            let (length, next) = (rest.len(), memchr::memchr3(b',', b']', b'{', rest));
            let found = next.map(|at| rest[at]);
            self.feed.consume(next.unwrap_or(length));
            if found.is_some() || !self.more()? {
                return Ok(if found == Some(b'{') { Before::Nothing } else { Before::Element });
            }
        }
    }
}
