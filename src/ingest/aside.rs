//! Decompression in a thread of its own, so that records are counted while the next ones are unpacked.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};

/// Blocks that are unpacked ahead.
const AHEAD: usize = 2;

/// What the thread hands over: a block, the end as an empty one, or why there is no more.
type Handed = io::Result<Vec<u8>>;

/// A reader whose work is done in another thread from its second block on: what fits into one block starts none.
pub(super) enum Aside {
    /// Nothing, or one block, has been read.
    Here {
        /// The reader, until the thread has it.
        reader: Option<Box<dyn Read + Send>>,
        /// Bytes read so far.
        read: usize,
        /// Bytes of a block.
        block: usize,
    },
    /// The thread reads.
    There(Blocks),
}

/// Blocks that come from the thread.
pub(super) struct Blocks {
    coming: Receiver<Handed>,
    /// The way back for blocks to be filled again.
    back: Sender<Vec<u8>>,
    block: Vec<u8>,
    at: usize,
    ended: bool,
}

impl Aside {
    pub(super) fn new(reader: Box<dyn Read + Send>, block: usize) -> Self {
        Self::Here { reader: Some(reader), read: 0, block }
    }
}

impl Read for Aside {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if let Self::Here { reader, read, block } = self {
            if *read < *block {
                let Some(reader) = reader else { return Ok(0) };
                let length = reader.read(into)?;
                *read += length;
                return Ok(length);
            }
            if let Some(reader) = reader.take() {
                *self = Self::There(Blocks::start(reader, *block)?);
            }
        }
        match self {
            Self::There(blocks) => blocks.read(into),
            Self::Here { .. } => Ok(0),
        }
    }
}

impl Blocks {
    fn start(reader: Box<dyn Read + Send>, block: usize) -> io::Result<Self> {
        let (hand, coming) = sync_channel(AHEAD);
        let (back, again) = channel();
        std::thread::Builder::new().name("unpack".into()).spawn(move || unpack(reader, block, &hand, &again))?;
        Ok(Self { coming, back, block: Vec::new(), at: 0, ended: false })
    }

    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.at == self.block.len() {
            if self.ended {
                return Ok(0);
            }
            // Whoever reads to the end needs no blocks back, and then nobody takes them.
            let _ = self.back.send(std::mem::take(&mut self.block));
            // A thread that is gone without a word has panicked.
            let handed = self.coming.recv().unwrap_or_else(|_| Err(io::Error::other("decompression ended without a result")));
            (self.at, self.ended) = (0, handed.as_ref().map_or(true, Vec::is_empty));
            self.block = handed?;
        }
        let length = into.len().min(self.block.len() - self.at);
        into[..length].copy_from_slice(&self.block[self.at..self.at + length]);
        self.at += length;
        Ok(length)
    }
}

/// Fills blocks until the end, an error, or until nobody wants them any more.
fn unpack(mut reader: Box<dyn Read + Send>, size: usize, hand: &SyncSender<Handed>, again: &Receiver<Vec<u8>>) {
    loop {
        let mut block = again.try_recv().unwrap_or_default();
        block.resize(size, 0);
        let (filled, trouble) = fill(&mut *reader, &mut block);
        block.truncate(filled);
        let is_last = filled == 0 || trouble.is_some();
        if (filled > 0 || trouble.is_none()) && hand.send(Ok(block)).is_err() {
            return;
        }
        if let Some(error) = trouble {
            // What came before it was handed over, so that the error comes where it came without a thread.
            let _ = hand.send(Err(error));
        }
        if is_last {
            return;
        }
    }
}

/// Fills a block as far as there is something to read; how far that was, and what went wrong then.
fn fill(reader: &mut dyn Read, block: &mut [u8]) -> (usize, Option<io::Error>) {
    let mut filled = 0;
    while filled < block.len() {
        match reader.read(&mut block[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return (filled, Some(error)),
        }
    }
    (filled, None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Cursor, ErrorKind};

    fn bytes(length: usize) -> Vec<u8> {
        (0..length).map(|at| (at % 251) as u8).collect()
    }

    fn aside(reader: impl Read + Send + 'static, block: usize) -> Aside {
        Aside::new(Box::new(reader), block)
    }

    #[test]
    fn all_bytes_come_in_order_whatever_the_sizes() {
        for length in [0, 1, 9, 10, 11, 20, 99, 1_000] {
            for block in [1, 10, 64] {
                for piece in [1, 7, 100] {
                    let (mut reader, mut got, mut into) = (aside(Cursor::new(bytes(length)), block), Vec::new(), vec![0; piece]);
                    loop {
                        match reader.read(&mut into).expect("reads") {
                            0 => break,
                            read => got.extend_from_slice(&into[..read]),
                        }
                    }
                    assert_eq!(got, bytes(length), "{length} in blocks of {block}");
                    assert_eq!(reader.read(&mut into).expect("stays at the end"), 0);
                }
            }
        }
    }

    #[test]
    fn what_fits_into_a_block_starts_no_thread() {
        let mut reader = aside(Cursor::new(bytes(9)), 10);
        assert_eq!(io::copy(&mut reader, &mut io::sink()).expect("reads"), 9);
        assert!(matches!(reader, Aside::Here { .. }));
    }

    /// Some bytes, then an error.
    struct Broken(Cursor<Vec<u8>>);

    impl Read for Broken {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            match self.0.read(into)? {
                0 => Err(ErrorKind::UnexpectedEof.into()),
                read => Ok(read),
            }
        }
    }

    #[test]
    fn an_error_comes_behind_the_bytes_before_it_and_nothing_after_it() {
        for length in [0, 5, 10, 25, 40] {
            let (mut reader, mut got) = (aside(Broken(Cursor::new(bytes(length))), 10), Vec::new());
            let error = reader.read_to_end(&mut got).expect_err("is broken");
            assert_eq!((got, error.kind()), (bytes(length), ErrorKind::UnexpectedEof), "{length}");
        }
    }

    #[test]
    fn a_thread_that_dies_is_an_error_and_no_end() {
        struct Dies(u32);
        impl Read for Dies {
            fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
                self.0 += 1;
                assert!(self.0 < 3, "as planned");
                Ok(into.len())
            }
        }
        let mut reader = aside(Dies(0), 4);
        let error = io::copy(&mut reader, &mut io::sink()).expect_err("is no end");
        assert!(error.to_string().contains("without a result"), "{error}");
    }
}
