//! By what an input is known again.

/// Most bytes of a beginning by which inputs are looked up.
pub const HEAD_BYTES: u64 = 64 << 10;

/// What an input held, in lengths and keyed hashes of its bytes before compression. By it the same content is known again under
/// any name and compression, and as the beginning of an input that grew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Content {
    /// All bytes.
    pub bytes: u64,
    /// Hash of all bytes.
    pub hash: u128,
    /// Bytes up to the end of the last record or other piece that was whole: these stay as they are when the input grows.
    pub settled: u64,
    /// Hash of the settled bytes.
    pub settled_hash: u128,
    /// Hash of the first [`Content::head_bytes`].
    pub head_hash: u128,
    /// Bytes as they lay there, compressed or not: the same file is known by them without being unpacked again.
    pub raw_bytes: u64,
    /// Hash of the bytes as they lay there.
    pub raw_hash: u128,
}

impl Content {
    /// How many settled bytes the head has: a power of two, so that whoever looks an input up has few lengths to try; 0 of none.
    #[must_use]
    pub fn head_bytes(settled: u64) -> u64 {
        settled.checked_ilog2().map_or(0, |power| (1 << power).min(HEAD_BYTES))
    }
}
