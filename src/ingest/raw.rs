//! The raw bytes of an input, hashed and counted on their way in.

use super::Input;
use crate::error::{Error, Result};
use crate::hash::{HashKey, HashStream};
use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;
use std::rc::Rc;

/// What is known of the raw bytes read so far.
pub(super) struct Meter {
    pub(super) hash: HashStream,
    pub(super) bytes: u64,
    /// Whether an error came from the file itself and not from what is in it.
    pub(super) failed: bool,
}

/// A meter that decoders, which own their reader, share with whoever asks for its numbers.
pub(super) type SharedMeter = Rc<RefCell<Meter>>;

/// Reads raw bytes and keeps the meter.
pub(super) struct Raw {
    /// Bytes that were looked at ahead and not yet handed out.
    head: Vec<u8>,
    inner: Box<dyn Read>,
    meter: SharedMeter,
}

impl Raw {
    /// From the start of an input.
    pub(super) fn open(input: &Input, key: &HashKey) -> Result<Self> {
        let inner: Box<dyn Read> = match input {
            Input::Stdin => Box::new(io::stdin().lock()),
            Input::File(path) => Box::new(File::open(path).map_err(|source| unreadable(input, source))?),
        };
        Ok(Self::new(inner, key.stream(), 0))
    }

    fn new(inner: Box<dyn Read>, hash: HashStream, bytes: u64) -> Self {
        Self { head: Vec::new(), inner, meter: Rc::new(RefCell::new(Meter { hash, bytes, failed: false })) }
    }

    pub(super) fn meter(&self) -> SharedMeter {
        Rc::clone(&self.meter)
    }

    /// The next bytes, which stay unread; fewer than asked for at the end of the input.
    pub(super) fn peek(&mut self, length: usize) -> io::Result<&[u8]> {
        let mut piece = [0; 8];
        while self.head.len() < length {
            let wanted = (length - self.head.len()).min(piece.len());
            match self.pull(&mut piece[..wanted])? {
                0 => break,
                read => self.head.extend_from_slice(&piece[..read]),
            }
        }
        Ok(&self.head)
    }

    fn pull(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = loop {
            match self.inner.read(into) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other,
            }
        };
        let mut meter = self.meter.borrow_mut();
        match read {
            Ok(read) => {
                meter.hash.update(&into[..read]);
                meter.bytes += read as u64;
            }
            Err(_) => meter.failed = true,
        }
        read
    }
}

impl Read for Raw {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.head.is_empty() {
            return self.pull(into);
        }
        let length = self.head.len().min(into.len());
        into[..length].copy_from_slice(&self.head[..length]);
        self.head.drain(..length);
        Ok(length)
    }
}

/// The beginning of a file, read once more.
pub(super) struct Prefix {
    file: File,
    hash: HashStream,
    length: u64,
    /// Line ends in it.
    pub(super) lines: u64,
}

impl Prefix {
    /// The first `length` bytes; `None` if there are fewer, or if it is no file that can be read twice.
    pub(super) fn read(input: &Input, length: u64, key: &HashKey) -> Result<Option<Self>> {
        let Input::File(path) = input else { return Ok(None) };
        let fail = |source| unreadable(input, source);
        let metadata = std::fs::metadata(path).map_err(fail)?;
        if !metadata.is_file() || metadata.len() < length {
            return Ok(None);
        }
        let mut prefix = Self { file: File::open(path).map_err(fail)?, hash: key.stream(), length, lines: 0 };
        Ok(prefix.take_in().map_err(fail)?.then_some(prefix))
    }

    fn take_in(&mut self) -> io::Result<bool> {
        let mut block = vec![0; super::BLOCK_BYTES];
        let mut left = self.length;
        while left > 0 {
            let wanted = usize::try_from(left).map_or(block.len(), |left| left.min(block.len()));
            let read = match self.file.read(&mut block[..wanted]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                other => other?,
            };
            if read == 0 {
                return Ok(false);
            }
            self.hash.update(&block[..read]);
            self.lines += memchr::memchr_iter(b'\n', &block[..read]).count() as u64;
            left -= read as u64;
        }
        Ok(true)
    }

    pub(super) fn hash(&self) -> u128 {
        self.hash.finish()
    }

    /// Reads on where the prefix ends.
    pub(super) fn rest(self) -> Raw {
        Raw::new(Box::new(self.file), self.hash, self.length)
    }
}

/// Hash ([`HashKey::stream`]) of the first `length` raw bytes of a file; `None` if it is shorter or cannot be read twice.
///
/// # Errors
/// The file cannot be opened or read.
pub fn hash_prefix(input: &Input, length: u64, key: &HashKey) -> Result<Option<u128>> {
    Ok(Prefix::read(input, length, key)?.map(|prefix| prefix.hash()))
}

/// The error of an input that cannot be read.
pub(super) fn unreadable(input: &Input, source: io::Error) -> Error {
    let path = match input {
        Input::Stdin => PathBuf::from(input.to_string()),
        Input::File(path) => path.clone(),
    };
    Error::File { action: "read", path, source }
}
