//! The answer of the Log Analytics query service, `{"tables":[{"name":…,"columns":[{"name":…}],"rows":[[…]]}]}`
//! (<https://learn.microsoft.com/azure/azure-monitor/logs/api/response-format>). Only the first table holds the records.

use super::framer::{Frame, Framer};
use super::skim::tokens;
use crate::error::Result;
use crate::model::RejectReason;

/// Names of the columns, as they stand there: in quotes.
pub(super) struct Columns(Vec<Vec<u8>>);

impl Columns {
    fn of(list: &[u8]) -> Self {
        Self(tokens(list).filter_map(name).map(<[u8]>::to_vec).collect())
    }

    /// The row as an object, its cells as they stand there; `None` if it has other columns.
    fn object(&self, row: &[u8]) -> Option<Vec<u8>> {
        if !row.starts_with(b"[") {
            return None;
        }
        let mut object = Vec::with_capacity(row.len() * 2);
        let mut names = self.0.iter();
        for cell in tokens(row) {
            object.push(if object.is_empty() { b'{' } else { b',' });
            object.extend_from_slice(names.next()?);
            object.push(b':');
            object.extend_from_slice(cell);
        }
        object.push(b'}');
        (names.len() == 0 && object.len() > 1).then_some(object)
    }
}

/// The name in the description of a column.
fn name(column: &[u8]) -> Option<&[u8]> {
    let mut parts = tokens(column);
    while let (Some(key), Some(value)) = (parts.next(), parts.next()) {
        if key == br#""name""# {
            return value.starts_with(b"\"").then_some(value);
        }
    }
    None
}

impl Framer<'_> {
    /// The rows of the first table of a list, after its bracket; false if it is cut off.
    pub(super) fn tables(&mut self) -> Result<bool> {
        if self.peek()? != Some(b'{') {
            return self.leave(2);
        }
        self.feed.consume(1);
        let mut columns = None;
        loop {
            match self.peek()? {
                Some(b'"') => {}
                Some(b',') => {
                    self.feed.consume(1);
                    continue;
                }
                _ => return self.leave(3),
            }
            let Some(key) = self.part()? else { return Ok(false) };
            if self.peek()? == Some(b':') {
                self.feed.consume(1);
            }
            match (key.as_slice(), self.peek()?, &columns) {
                (_, None, _) => return self.leave(3),
                (br#""columns""#, ..) => match self.part()? {
                    Some(list) => columns = Some(Columns::of(&list)),
                    None => return Ok(false),
                },
                (br#""rows""#, Some(b'['), Some(columns)) => {
                    self.feed.consume(1);
                    return Ok(self.elements(Some(columns))? && self.leave(3)?);
                }
                (br#""rows""#, ..) => {
                    let place = self.tally.place(self.feed.offset());
                    self.tally.reject(place, RejectReason::WrongColumns);
                    return self.leave(3);
                }
                _ => {
                    if self.part()?.is_none() {
                        return Ok(false);
                    }
                }
            }
        }
    }
    /// The value that the view begins with, which is left behind; empty if it is not to be read, nothing if it is cut off.
    fn part(&mut self) -> Result<Option<Vec<u8>>> {
        Ok(match self.frame()? {
            Frame::Whole(length) => {
                let part = self.feed.rest()[..length].to_vec();
                self.feed.consume(length);
                Some(part)
            }
            Frame::Bad(_) => Some(Vec::new()),
            Frame::Cut => {
                self.cut_off();
                None
            }
        })
    }

    /// Hands over the row that the view begins with as an object; false if it is cut off.
    pub(super) fn row(&mut self, columns: &Columns) -> Result<bool> {
        self.framed(|tally, place, row| match columns.object(row) {
            Some(object) => tally.record(place, &object),
            None => tally.reject(place, RejectReason::WrongColumns),
        })
    }
}
