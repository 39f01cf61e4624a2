//! Whole inputs, read from files as users have them.

mod damage;
mod forms;
mod limits;
mod resume;
mod soup;

use super::*;
use crate::error::Error;
use flate2::write::GzEncoder;
use std::io::Write;
use std::path::Path;
use tempfile::TempDir;

/// Keeps all it is given, and judges as the scanner does.
#[derive(Debug, Default, PartialEq)]
struct Kept {
    records: Vec<(u64, u64, String)>,
    rejects: Vec<(u64, u64, RejectReason)>,
    /// Whether records are only counted, and their longest length kept.
    lengths: Option<(usize, usize)>,
}

impl Sink for Kept {
    fn record(&mut self, place: Place, bytes: &[u8]) -> std::result::Result<(), RejectReason> {
        if let Some((count, longest)) = &mut self.lengths {
            (*count, *longest) = (*count + 1, bytes.len().max(*longest));
            return Ok(());
        }
        let text = std::str::from_utf8(bytes).map_err(|_| RejectReason::NotUtf8)?;
        serde_json::from_str::<serde_json::Value>(text).map_err(|_| RejectReason::NotJson)?;
        if !text.starts_with('{') {
            return Err(RejectReason::NotAnObject);
        }
        self.records.push((place.ordinal, place.offset, text.to_owned()));
        Ok(())
    }

    fn reject(&mut self, reject: Reject) {
        self.rejects.push((reject.ordinal, reject.offset, reject.reason));
    }
}

impl Kept {
    fn texts(&self) -> Vec<&str> {
        self.records.iter().map(|record| record.2.as_str()).collect()
    }

    fn reasons(&self) -> Vec<RejectReason> {
        self.rejects.iter().map(|reject| reject.2).collect()
    }
}

/// A file in a directory of its own.
struct Log {
    root: TempDir,
    input: Input,
}

impl Log {
    fn new(content: &[u8]) -> Self {
        let root = tempfile::tempdir().unwrap();
        let input = Input::File(root.path().join("log"));
        let log = Self { root, input };
        log.set(content);
        log
    }

    fn path(&self) -> PathBuf {
        self.root.path().join("log")
    }

    fn set(&self, content: &[u8]) {
        std::fs::write(self.path(), content).unwrap();
    }

    fn append(&self, content: &[u8]) {
        std::fs::OpenOptions::new().append(true).open(self.path()).unwrap().write_all(content).unwrap();
    }

    fn read(&self, block: usize) -> Result<(Summary, Kept)> {
        self.read_on(0, block)
    }

    /// What is known of it after these were read.
    fn known(&self, before: &[Summary]) -> Known {
        let heads = heads(&self.input, &key()).unwrap().unwrap();
        let contents = before.iter().map(|summary| summary.content);
        recognise(&self.input, &contents.filter(|content| heads.contains(&content.head_hash)).collect::<Vec<_>>(), &key()).unwrap()
    }

    fn read_on(&self, skip: u64, block: usize) -> Result<(Summary, Kept)> {
        let mut kept = Kept::default();
        let summary = read_in_blocks(&self.input, skip, &key(), &mut kept, block)?;
        assert_eq!(summary.records, kept.records.len() as u64);
        assert_eq!(summary.rejects, kept.rejects.len() as u64);
        Ok((summary, kept))
    }
}

impl Log {
    /// What several sinks get in batches of so many bytes, put together in order.
    fn read_by(&self, sinks: usize, batch: usize) -> (Summary, Kept) {
        let mut all: Vec<Kept> = (0..sinks).map(|_| Kept::default()).collect();
        let summary = read_in_batches(&self.input, 0, &key(), &mut all, &mut |_| {}, batch).unwrap();
        let mut kept = Kept::default();
        for sink in all {
            assert!(sink.records.is_sorted() && sink.rejects.is_sorted(), "each sink sees the order of the input");
            kept.records.extend(sink.records);
            kept.rejects.extend(sink.rejects);
        }
        kept.records.sort();
        kept.rejects.sort();
        (summary, kept)
    }
}

fn key() -> HashKey {
    HashKey::new([3; 32])
}

fn kept(content: &[u8]) -> (Summary, Kept) {
    Log::new(content).read(BLOCK_BYTES).unwrap()
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

fn zst(content: &[u8]) -> Vec<u8> {
    zstd::encode_all(content, 1).unwrap()
}
