//! What could not be read, where and why.

use std::fmt;

/// Why a piece of input is not a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RejectReason {
    /// Not JSON.
    NotJson,
    /// JSON, but not an object.
    NotAnObject,
    /// Not UTF-8.
    NotUtf8,
    /// Longer than the limit of a record.
    TooLong,
    /// Nested deeper than the limit of a record.
    TooDeep,
    /// The input ended inside it.
    CutOff,
    /// A row with more or fewer cells than the header has.
    WrongColumns,
    /// No event time that the source knows.
    NoTime,
    /// A JSON object that is no record of the source.
    NotOfSource,
}

impl RejectReason {
    /// All reasons, in the order of reports.
    pub const ALL: [Self; 9] = [
        Self::NotJson,
        Self::NotAnObject,
        Self::NotUtf8,
        Self::TooLong,
        Self::TooDeep,
        Self::CutOff,
        Self::WrongColumns,
        Self::NoTime,
        Self::NotOfSource,
    ];

    /// One word for scripts.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::NotJson => "not-json",
            Self::NotAnObject => "not-an-object",
            Self::NotUtf8 => "not-utf8",
            Self::TooLong => "too-long",
            Self::TooDeep => "too-deep",
            Self::CutOff => "cut-off",
            Self::WrongColumns => "wrong-columns",
            Self::NoTime => "no-time",
            Self::NotOfSource => "not-of-source",
        }
    }
}

impl fmt::Display for RejectReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotJson => "not JSON",
            Self::NotAnObject => "not a JSON object",
            Self::NotUtf8 => "not UTF-8",
            Self::TooLong => "longer than 16 MiB",
            Self::TooDeep => "nested deeper than 128 levels",
            Self::CutOff => "cut off by the end of the input",
            Self::WrongColumns => "another number of columns than the header",
            Self::NoTime => "no event time",
            Self::NotOfSource => "not a record of this source",
        })
    }
}

/// A piece of input that was not read, with its place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reject {
    /// Which record of the input it would have been, counted from 1 (the line, in a file of lines).
    pub ordinal: u64,
    /// Byte at which it begins, after decompression.
    pub offset: u64,
    /// Why it was not read.
    pub reason: RejectReason,
}

impl fmt::Display for Reject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "record {} (byte {}): {}", self.ordinal, self.offset, self.reason)
    }
}
