//! What all forms share: looking ahead, cutting out one value, and handing it over.

use super::envelope::{Head, head};
use super::feed::Feed;
use super::skim::{Skim, is_blank};
use super::{Form, Input, MAX_DEPTH, MAX_RECORD_BYTES, Place, Sink};
use crate::error::Result;
use crate::model::{Reject, RejectReason};

/// Cuts a feed into records.
pub(super) struct Framer<'a> {
    pub(super) input: &'a Input,
    pub(super) feed: Feed,
    pub(super) tally: Tally<'a>,
}

/// Hands records and rejects to the sink and counts them.
pub(super) struct Tally<'a> {
    sink: &'a mut dyn Sink,
    /// What begins before this byte was read by an earlier run.
    pub(super) skip: u64,
    pub(super) records: u64,
    pub(super) rejects: u64,
    /// The number of the line, in a file of lines.
    pub(super) line: Option<u64>,
    ordinal: u64,
}

impl Tally<'_> {
    /// The place of the next piece.
    pub(super) fn place(&mut self, offset: u64) -> Place {
        self.ordinal += 1;
        Place { ordinal: self.line.unwrap_or(self.ordinal), offset }
    }

    /// Hands over a record, and what the sink says of it back to the sink.
    pub(super) fn record(&mut self, place: Place, bytes: &[u8]) {
        if place.offset < self.skip {
            return;
        }
        match self.sink.record(place, bytes) {
            Ok(()) => self.records += 1,
            Err(reason) => self.reject(place, reason),
        }
    }

    /// Hands over what may be a record; the caller rejects it if the sink does not take it.
    pub(super) fn offer(&mut self, place: Place, bytes: &[u8]) -> std::result::Result<(), RejectReason> {
        if place.offset < self.skip {
            return Ok(());
        }
        self.sink.offer(place, bytes)?;
        self.records += 1;
        Ok(())
    }

    pub(super) fn reject(&mut self, place: Place, reason: RejectReason) {
        if place.offset < self.skip {
            return;
        }
        self.rejects += 1;
        self.sink.reject(Reject { ordinal: place.ordinal, offset: place.offset, reason });
    }
}

/// What was found where a value begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Frame {
    /// A value of this many bytes, all in view and not yet consumed.
    Whole(usize),
    /// One that is not to be read; it is consumed.
    Bad(RejectReason),
    /// One that does not end; it is consumed, and so is all there is.
    Cut,
}

impl<'a> Framer<'a> {
    pub(super) fn new(input: &'a Input, feed: Feed, skip: u64, sink: &'a mut dyn Sink) -> Self {
        Self { input, feed, tally: Tally { sink, skip, records: 0, rejects: 0, line: None, ordinal: 0 } }
    }

    /// Reads all records.
    pub(super) fn run(&mut self, form: Form) -> Result<()> {
        match form {
            Form::Lines => self.lines(),
            Form::Csv => self.csv(),
            Form::Values | Form::Array | Form::Envelope | Form::Table => self.values(),
        }
    }

    /// Brings more bytes into view; false at the end.
    pub(super) fn more(&mut self) -> Result<bool> {
        let more = self.feed.more().map_err(|error| self.feed.explain(self.input, self.tally.records, error))?;
        if more {
            self.tally.sink.progress(self.feed.raw_bytes());
        }
        Ok(more)
    }

    /// How far ahead the first byte of a kind stands, from `from` on and before `limit`.
    pub(super) fn find(&mut self, from: usize, limit: usize, wanted: impl Fn(u8) -> bool) -> Result<Option<usize>> {
        let mut looked = from;
        loop {
            let rest = self.feed.rest();
            let seen = rest.len().min(limit);
            if let Some(at) = rest.get(looked..seen).and_then(|piece| piece.iter().position(|&byte| wanted(byte))) {
                return Ok(Some(looked + at));
            }
            looked = looked.max(seen);
            if seen == limit || !self.more()? {
                return Ok(None);
            }
        }
    }

    /// Leaves blanks behind and says what comes then; nothing at the end.
    pub(super) fn peek(&mut self) -> Result<Option<u8>> {
        loop {
            let rest = self.feed.rest();
            let blanks = rest.iter().position(|&byte| !is_blank(byte)).unwrap_or(rest.len());
            let next = rest.get(blanks).copied();
            self.feed.consume(blanks);
            if next.is_some() || !self.more()? {
                return Ok(next);
            }
        }
    }

    /// How the object that the view begins with begins, seeing as much of it as that takes.
    pub(super) fn head(&mut self, from: usize) -> Result<Head> {
        loop {
            match head(self.feed.rest().get(from..).unwrap_or_default()) {
                Head::Unknown if self.more()? => {}
                Head::Unknown => return Ok(Head::Record),
                known => return Ok(known),
            }
        }
    }

    /// Cuts out the value that the view begins with.
    pub(super) fn frame(&mut self) -> Result<Frame> {
        let mut skim = Skim::default();
        let mut fault = None;
        let mut looked = 0;
        loop {
            let rest = self.feed.rest();
            let end = skim.run(&rest[looked..]);
            looked = end.map_or(rest.len(), |end| looked + end);
            if fault.is_none() && looked > MAX_RECORD_BYTES {
                fault = Some(RejectReason::TooLong);
            } else if fault.is_none() && skim.deepest() > MAX_DEPTH {
                fault = Some(RejectReason::TooDeep);
            }
            if fault.is_some() {
                self.feed.consume(looked);
                looked = 0;
            }
            match end {
                Some(_) => break,
                None if self.more()? => {}
                None if skim.may_end() => break,
                None => {
                    self.feed.consume(looked);
                    return Ok(fault.map_or(Frame::Cut, Frame::Bad));
                }
            }
        }
        Ok(fault.map_or(Frame::Whole(looked), Frame::Bad))
    }

    /// Leaves behind the rest of so many containers; false, with a reject, if they do not end.
    pub(super) fn leave(&mut self, depth: usize) -> Result<bool> {
        let mut skim = Skim::inside(depth);
        loop {
            let rest = self.feed.rest();
            let (length, end) = (rest.len(), skim.run(rest));
            self.feed.consume(end.unwrap_or(length));
            if end.is_some() {
                return Ok(true);
            }
            if !self.more()? {
                self.cut_off();
                return Ok(false);
            }
        }
    }

    /// Hands over the value that the view begins with; false if it does not end.
    pub(super) fn value(&mut self) -> Result<bool> {
        self.framed(|tally, place, value| tally.record(place, value))
    }

    /// Frames what the view begins with and has it taken; false if it does not end.
    pub(super) fn framed(&mut self, take: impl FnOnce(&mut Tally, Place, &[u8])) -> Result<bool> {
        let place = self.tally.place(self.feed.offset());
        match self.frame()? {
            Frame::Whole(length) => {
                take(&mut self.tally, place, &self.feed.rest()[..length]);
                self.feed.consume(length);
            }
            Frame::Bad(reason) => self.tally.reject(place, reason),
            Frame::Cut => {
                self.cut_off_at(place);
                return Ok(false);
            }
        }
        self.feed.settle();
        Ok(true)
    }

    /// Rejects what would come here.
    pub(super) fn cut_off(&mut self) {
        let place = self.tally.place(self.feed.offset());
        self.cut_off_at(place);
    }

    /// Rejects what began at a place and does not end. Where a line ends there is more to read, so nothing is cut off.
    pub(super) fn cut_off_at(&mut self, place: Place) {
        let reason = if self.feed.ends_with_line() { RejectReason::NotJson } else { RejectReason::CutOff };
        self.tally.reject(place, reason);
    }
}
