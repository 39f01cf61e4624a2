//! Whether an input was read before, whole or up to where it has grown since: by its content, whatever its name and compression.

use super::raw::{Raw, can_be_read_again, hash_file, unreadable};
use super::unpack::{compression, unpack};
use super::{BLOCK_BYTES, Input};
use crate::error::Result;
use crate::hash::HashKey;
use crate::model::{Content, HEAD_BYTES};
use std::collections::BTreeMap;
use std::io::{self, Read};

/// What earlier runs have read of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// Nothing that could be told.
    Nothing,
    /// Its beginning, of so many bytes after decompression.
    Beginning(u64),
    /// All of it.
    All,
}

/// Hashes of the beginnings by which an input may be known ([`Content::head_hash`]), of 1, 2, 4 bytes and so on. `None` of an
/// input that can be read only once: standard input, a pipe.
///
/// # Errors
/// [`Error::File`](crate::error::Error::File) if it cannot be opened. One that is damaged has fewer beginnings.
pub fn heads(input: &Input, key: &HashKey) -> Result<Option<Vec<u128>>> {
    if !can_be_read_again(input) {
        return Ok(None);
    }
    let mut head = Vec::new();
    let unpacked = unpacked(input, HEAD_BYTES as usize)?;
    // Whatever is wrong further on comes to light when the input is read.
    let _ = unpacked.and_then(|bytes| bytes.take(HEAD_BYTES).read_to_end(&mut head));
    let lengths = (0..).map(|power| 1usize << power).take_while(|length| *length <= head.len());
    Ok(Some(lengths.map(|length| key.wide(&head[..length])).collect()))
}

/// What is known of an input that begins as these do, which were read before.
///
/// # Errors
/// [`Error::File`](crate::error::Error::File) if it cannot be opened. Of one that is damaged nothing is known.
pub fn recognise(input: &Input, before: &[Content], key: &HashKey) -> Result<Known> {
    if before.is_empty() {
        return Ok(Known::Nothing);
    }
    if is_same_file(input, before, key)? {
        return Ok(Known::All);
    }
    let mut hashes: BTreeMap<u64, u128> = before.iter().flat_map(|content| [content.settled, content.bytes]).map(|at| (at, 0)).collect();
    let Ok(end) = unpacked(input, BLOCK_BYTES)?.and_then(|bytes| hash_up_to(bytes, &mut hashes, key)) else {
        return Ok(Known::Nothing);
    };
    let is = |at: u64, hash: u128| end.is_none_or(|end| at <= end) && hashes.get(&at) == Some(&hash);
    if before.iter().any(|content| end == Some(content.bytes) && is(content.bytes, content.hash)) {
        return Ok(Known::All);
    }
    let beginnings = before.iter().filter(|content| content.settled > 0 && is(content.settled, content.settled_hash));
    Ok(beginnings.map(|content| content.settled).max().map_or(Known::Nothing, Known::Beginning))
}

/// Whether the bytes are those of an earlier input as they lie there, which is quicker to tell than what is packed in them.
fn is_same_file(input: &Input, before: &[Content], key: &HashKey) -> Result<bool> {
    let Input::File(path) = input else { return Ok(false) };
    let size = std::fs::metadata(path).map_err(|source| unreadable(input, source))?.len();
    let mut same_size = before.iter().filter(|content| content.raw_bytes == size).peekable();
    let hash = if same_size.peek().is_some() { hash_file(input, key)? } else { None };
    Ok(same_size.any(|content| Some(content.raw_hash) == hash))
}

fn unpacked(input: &Input, block: usize) -> Result<io::Result<Box<dyn Read + Send>>> {
    let mut raw = Raw::open(input, None)?;
    let packed = compression(&mut raw).map_err(|source| unreadable(input, source))?;
    Ok(unpack(raw, packed, block))
}

/// Fills in the hashes of what stands before some bytes; says where the input ends, unless it goes on behind the last of them.
fn hash_up_to(mut bytes: Box<dyn Read>, hashes: &mut BTreeMap<u64, u128>, key: &HashKey) -> io::Result<Option<u64>> {
    let (mut stream, mut at) = (key.stream(), 0);
    let mut block = vec![0; BLOCK_BYTES];
    for (stop, hash) in hashes {
        while at < *stop {
            let wanted = usize::try_from(*stop - at).map_or(block.len(), |left| left.min(block.len()));
            match bytes.read(&mut block[..wanted]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => match read? {
                    0 => return Ok(Some(at)),
                    read => {
                        stream.update(&block[..read]);
                        at += read as u64;
                    }
                },
            }
        }
        *hash = stream.finish();
    }
    let goes_on = bytes.take(1).read_to_end(&mut Vec::new())? > 0;
    Ok((!goes_on).then_some(at))
}
