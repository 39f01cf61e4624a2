//! The raw bytes of an input, counted, and hashed if asked for, on their way in.

use super::Input;
use crate::error::{Error, Result};
use crate::hash::{HashKey, HashStream};
use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What is known of the raw bytes read so far.
pub(super) struct Meter {
    pub(super) bytes: u64,
    /// None if nobody wants to know.
    pub(super) hash: Option<HashStream>,
    /// Whether an error came from the file itself and not from what is in it.
    pub(super) failed: bool,
}

/// A meter that decoders, which own their reader and may run in a thread of their own, share with whoever asks for its numbers.
#[derive(Clone)]
pub(super) struct SharedMeter(Arc<Mutex<Meter>>);

impl SharedMeter {
    /// The meter; also where another thread died with it, since its numbers are whole at all times.
    pub(super) fn get(&self) -> MutexGuard<'_, Meter> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads raw bytes and keeps the meter.
pub(super) struct Raw {
    /// Bytes that were looked at ahead and not yet handed out.
    head: Vec<u8>,
    inner: Box<dyn Read + Send>,
    meter: SharedMeter,
}

impl Raw {
    /// From the start of an input.
    pub(super) fn open(input: &Input, hash: Option<HashStream>) -> Result<Self> {
        let inner: Box<dyn Read + Send> = match input {
            Input::Stdin => Box::new(io::stdin()),
            Input::File(path) => Box::new(File::open(path).map_err(|source| unreadable(input, source))?),
        };
        Ok(Self { head: Vec::new(), inner, meter: SharedMeter(Arc::new(Mutex::new(Meter { bytes: 0, hash, failed: false }))) })
    }

    pub(super) fn meter(&self) -> SharedMeter {
        self.meter.clone()
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
        let mut meter = self.meter.get();
        match read {
            Ok(read) => {
                meter.bytes += read as u64;
                meter.hash.iter_mut().for_each(|hash| hash.update(&into[..read]));
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

/// Whether an input can be read more than once: it is a file, and not a pipe with a name.
pub(super) fn can_be_read_again(input: &Input) -> bool {
    matches!(input, Input::File(path) if std::fs::metadata(path).is_ok_and(|about| about.is_file()))
}

/// Hash ([`HashKey::stream`]) of the bytes of a file as they lie there; `None` of an input that can be read only once.
///
/// # Errors
/// The file cannot be opened or read.
pub fn hash_file(input: &Input, key: &HashKey) -> Result<Option<u128>> {
    if !can_be_read_again(input) {
        return Ok(None);
    }
    let (mut raw, mut hash) = (Raw::open(input, None)?, key.stream());
    let mut block = vec![0; super::BLOCK_BYTES];
    loop {
        match raw.read(&mut block).map_err(|source| unreadable(input, source))? {
            0 => return Ok(Some(hash.finish())),
            read => hash.update(&block[..read]),
        }
    }
}

/// The error of an input that cannot be read.
pub(super) fn unreadable(input: &Input, source: io::Error) -> Error {
    let path = match input {
        Input::Stdin => PathBuf::from(input.to_string()),
        Input::File(path) => path.clone(),
    };
    Error::File { action: "read", path, source }
}
