//! Decompression. What packs the bytes is told by how they begin, never by a name.

use super::Compression;
use super::raw::Raw;
use flate2::bufread::GzDecoder;
use std::io::{self, BufRead, BufReader, Read};

/// How the bytes that a reader is about to hand out are packed.
pub(super) fn compression(raw: &mut Raw) -> io::Result<Compression> {
    Ok(match raw.peek(4)? {
        [0x1f, 0x8b, ..] => Compression::Gzip,
        // A Zstandard file may begin with a frame to be skipped, as parallel compressors write it.
        [0x28, 0xb5, 0x2f, 0xfd] | [0x50..=0x5f, 0x2a, 0x4d, 0x18] => Compression::Zstd,
        _ => Compression::Plain,
    })
}

/// Reads the decompressed bytes; `block` is how many raw bytes are read at a time.
pub(super) fn unpack(raw: Raw, compression: Compression, block: usize) -> io::Result<Box<dyn Read + Send>> {
    Ok(match compression {
        Compression::Plain => Box::new(raw),
        Compression::Gzip => Box::new(Members(Some(GzDecoder::new(BufReader::with_capacity(block, raw))))),
        Compression::Zstd => Box::new(zstd::Decoder::with_buffer(BufReader::with_capacity(block, raw))?),
    })
}

/// All members of a gzip file, one after the other; `None` at the end.
struct Members<R>(Option<GzDecoder<R>>);

impl<R: BufRead> Read for Members<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.0 {
            let read = member.read(into)?;
            if read > 0 || into.is_empty() {
                return Ok(read);
            }
            self.0 = match self.0.take() {
                Some(ended) => next_member(ended.into_inner())?,
                None => None,
            };
        }
        Ok(0)
    }
}

/// What follows a member: another one, or nothing but the zeros with which tapes and block devices fill up.
fn next_member<R: BufRead>(mut reader: R) -> io::Result<Option<GzDecoder<R>>> {
    if reader.fill_buf()?.first() == Some(&0x1f) {
        return Ok(Some(GzDecoder::new(reader)));
    }
    loop {
        let rest = reader.fill_buf()?;
        if rest.iter().any(|&byte| byte != 0) {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "bytes that are no gzip follow its last member"));
        }
        match rest.len() {
            0 => return Ok(None),
            length => reader.consume(length),
        }
    }
}
