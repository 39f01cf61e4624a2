//! Comma separated values under a header (RFC 4180): every row becomes an object whose values are texts.
//!
//! Cut by hand and not by a library, so that a quote that is never closed cannot make a row grow without bound.

use super::MAX_RECORD_BYTES;
use super::framer::Framer;
use super::skim::is_blank;
use crate::error::Result;
use crate::model::RejectReason;
use memchr::{memchr, memchr2};
use std::collections::HashSet;

/// What the Entra portal appends to the names of columns with times.
const UNIT: &[u8] = b" [UTC]";

/// Where in a cell one is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Start,
    Bare,
    Quoted,
    /// After a quote that either ends the cell or is the first of two that mean one.
    Quote,
}

/// What a byte is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Token {
    Content,
    Quote,
    CellEnd,
    RowEnd,
}

impl State {
    /// How many of the next bytes are content and change nothing.
    fn run(self, bytes: &[u8]) -> usize {
        let end = match self {
            Self::Quoted => memchr(b'"', bytes),
            Self::Bare => memchr2(b',', b'\n', bytes),
            Self::Start | Self::Quote => Some(0),
        };
        end.unwrap_or(bytes.len())
    }

    fn step(self, byte: u8) -> (Self, Token) {
        match (self, byte) {
            (Self::Quoted, b'"') => (Self::Quote, Token::Quote),
            (Self::Quoted, _) | (Self::Quote, b'"') => (Self::Quoted, Token::Content),
            (Self::Start, b'"') => (Self::Quoted, Token::Quote),
            (_, b',') => (Self::Start, Token::CellEnd),
            (_, b'\n') => (Self::Start, Token::RowEnd),
            _ => (Self::Bare, Token::Content),
        }
    }
}

/// What comes next.
enum Row {
    End,
    /// A row of so many bytes in view, with its line end.
    Whole(usize),
    /// One without a line end, perhaps within quotes.
    Last(usize, State),
    /// One that is longer than a record may be.
    Long,
}

/// The text of all columns up to their values: `{"first":"`, `","second":"`.
struct Header(Vec<Vec<u8>>);

impl Header {
    fn of(row: &[u8]) -> Self {
        let mut taken = HashSet::new();
        let names = cells(row).into_iter().enumerate().map(|(index, cell)| {
            let name = unique(cell.trim_ascii(), index + 1, &taken);
            taken.insert(name.clone());
            let mut text = if index == 0 { b"{\"".to_vec() } else { b"\",\"".to_vec() };
            push(&mut text, &name);
            text.extend_from_slice(b"\":\"");
            text
        });
        Self(names.collect())
    }

    /// Makes an object of a row; false if it has other columns.
    fn object(&self, row: &[u8], object: &mut Vec<u8>) -> bool {
        object.clear();
        let mut names = self.0.iter();
        object.extend_from_slice(names.next().map_or(b"", Vec::as_slice));
        for piece in pieces(row) {
            match piece {
                Piece::Content(bytes) => push(object, bytes),
                Piece::CellEnd => match names.next() {
                    Some(name) => object.extend_from_slice(name),
                    None => return false,
                },
            }
        }
        object.extend_from_slice(b"\"}");
        names.len() == 0
    }
}

/// The name of a column: cleaned, and other than those before it.
fn unique(cell: &[u8], number: usize, taken: &HashSet<Vec<u8>>) -> Vec<u8> {
    let name = match cell.strip_suffix(UNIT).unwrap_or(cell) {
        b"" => format!("column_{number}").into_bytes(),
        name => name.to_vec(),
    };
    let later = (2..).map(|again: usize| [&name, format!("_{again}").as_bytes()].concat());
    std::iter::once(name.clone()).chain(later).find(|name| !taken.contains(name)).unwrap_or_default()
}

/// A part of a row.
enum Piece<'a> {
    Content(&'a [u8]),
    CellEnd,
}

/// A row in parts, without its quotes.
fn pieces(row: &[u8]) -> impl Iterator<Item = Piece<'_>> {
    let (mut state, mut at) = (State::Start, 0);
    std::iter::from_fn(move || {
        while at < row.len() {
            let start = at;
            at += state.run(&row[at..]);
            if at > start {
                return Some(Piece::Content(&row[start..at]));
            }
            let (next, token) = state.step(row[at]);
            (state, at) = (next, at + 1);
            match token {
                Token::Quote => {}
                Token::CellEnd => return Some(Piece::CellEnd),
                Token::Content | Token::RowEnd => return Some(Piece::Content(&row[start..at])),
            }
        }
        None
    })
}

/// The cells of a row.
fn cells(row: &[u8]) -> Vec<Vec<u8>> {
    let mut cells = vec![Vec::new()];
    for piece in pieces(row) {
        match (piece, cells.last_mut()) {
            (Piece::Content(bytes), Some(cell)) => cell.extend_from_slice(bytes),
            _ => cells.push(Vec::new()),
        }
    }
    cells
}

/// Appends bytes to a JSON text.
fn push(text: &mut Vec<u8>, mut bytes: &[u8]) {
    while let Some(at) = bytes.iter().position(|&byte| byte < 0x20 || byte == b'"' || byte == b'\\') {
        text.extend_from_slice(&bytes[..at]);
        match bytes[at] {
            byte @ (b'"' | b'\\') => text.extend_from_slice(&[b'\\', byte]),
            b'\n' => text.extend_from_slice(b"\\n"),
            b'\r' => text.extend_from_slice(b"\\r"),
            b'\t' => text.extend_from_slice(b"\\t"),
            byte => text.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
        }
        bytes = &bytes[at + 1..];
    }
    text.extend_from_slice(bytes);
}

/// A row without its line end.
fn trim(row: &[u8]) -> &[u8] {
    let row = row.strip_suffix(b"\n").unwrap_or(row);
    row.strip_suffix(b"\r").unwrap_or(row)
}

impl Framer<'_> {
    /// Reads row by row; the first row that is not blank is the header.
    pub(super) fn csv(&mut self) -> Result<()> {
        let mut header = None;
        let mut object = Vec::new();
        loop {
            let (length, open) = match self.next_row()? {
                Row::End => return Ok(()),
                Row::Whole(length) => (length, None),
                Row::Last(length, state) => (length, Some(state)),
                Row::Long => {
                    let place = self.tally.place(self.feed.offset());
                    self.tally.reject(place, RejectReason::TooLong);
                    self.feed.consume(MAX_RECORD_BYTES);
                    self.skip_line()?;
                    continue;
                }
            };
            let row = trim(&self.feed.rest()[..length]);
            let mut whole = true;
            if !row.iter().all(|&byte| is_blank(byte)) {
                match &header {
                    None => header = Some(Header::of(row)),
                    Some(header) => {
                        // The beginning of an object may show, once its line is whole, that these are lines and not rows.
                        let fits = header.object(row, &mut object) && (open.is_none() || !row.starts_with(b"{"));
                        whole = self.row_of_cells(fits, open, &object);
                    }
                }
            }
            self.feed.consume(length);
            if whole {
                self.feed.settle();
            }
        }
    }

    /// Hands over a row; `open` is the state in which the input ended, if it ended within this row. False if it is cut off.
    fn row_of_cells(&mut self, fits: bool, open: Option<State>, object: &[u8]) -> bool {
        let place = self.tally.place(self.feed.offset());
        let cut_off = open.is_some_and(|state| state == State::Quoted || !fits);
        match fits {
            _ if cut_off => self.cut_off_at(place),
            false => self.tally.reject(place, RejectReason::WrongColumns),
            true => self.tally.record(place, object),
        }
        !cut_off
    }

    fn next_row(&mut self) -> Result<Row> {
        let mut state = State::Start;
        let mut looked = 0;
        loop {
            let rest = self.feed.rest();
            let seen = &rest[..rest.len().min(MAX_RECORD_BYTES + 1)];
            while looked < seen.len() {
                looked += state.run(&seen[looked..]);
                let Some(&byte) = seen.get(looked) else { break };
                let (next, token) = state.step(byte);
                (state, looked) = (next, looked + 1);
                if token == Token::RowEnd {
                    return Ok(Row::Whole(looked));
                }
            }
            if looked > MAX_RECORD_BYTES {
                return Ok(Row::Long);
            }
            if !self.more()? {
                return Ok(if looked == 0 { Row::End } else { Row::Last(looked, state) });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_get_names_that_can_be_told_apart() {
        let header = Header::of(br#"Date [UTC],"User ""x""",,User,User,User_2,"#);
        let mut object = Vec::new();
        assert!(header.object(b"1,2,3,4,5,6,7", &mut object));
        let expected = r#"{"Date":"1","User \"x\"":"2","column_3":"3","User":"4","User_2":"5","User_2_2":"6","column_7":"7"}"#;
        assert_eq!(String::from_utf8_lossy(&object), expected);
    }

    #[test]
    fn cells_keep_their_content_and_nothing_else() {
        let header = Header::of(b"a,b");
        let mut object = Vec::new();
        for (row, expected) in [
            (r#""x,""y""",z"#, Some(r#"{"a":"x,\"y\"","b":"z"}"#)),
            ("\"two\r\nlines\",\t\u{1}\\", Some(r#"{"a":"two\r\nlines","b":"\t\u0001\\"}"#)),
            (r#"5" disk,"#, Some(r#"{"a":"5\" disk","b":""}"#)),
            (",", Some(r#"{"a":"","b":""}"#)),
            ("x", None),
            ("x,y,z", None),
        ] {
            let fits = header.object(row.as_bytes(), &mut object);
            assert_eq!(fits.then(|| String::from_utf8_lossy(&object).into_owned()).as_deref(), expected, "{row}");
        }
    }
}
