//! A bounded sample of the records of a log: those whose bytes have the smallest hashes, so that it is the same whatever the order.

use crate::error::Result;
use crate::hash::HashKey;
use crate::ingest::{self, Input, Place, Sink};
use crate::model::{Reject, RejectReason};
use std::collections::BinaryHeap;

/// Records of a log.
pub(super) struct Sample {
    /// Hash and bytes, the largest hash on top.
    kept: BinaryHeap<(u64, Vec<u8>)>,
    most: usize,
    key: HashKey,
    /// Pieces that were no records.
    pub(super) rejects: u64,
}

impl Sample {
    /// At most so many records of inputs.
    ///
    /// # Errors
    /// An input cannot be read.
    pub(super) fn of(inputs: &[Input], most: usize) -> Result<Self> {
        let key = HashKey::new([0; 32]);
        let mut sample = Self { kept: BinaryHeap::new(), most: most.max(1), key: key.clone(), rejects: 0 };
        for input in inputs {
            ingest::read(input, 0, &key, &mut sample)?;
        }
        Ok(sample)
    }

    /// The records, in an order that does not depend on that of the log.
    pub(super) fn records(self) -> impl Iterator<Item = Vec<u8>> {
        self.kept.into_sorted_vec().into_iter().map(|(_, record)| record)
    }
}

impl Sink for Sample {
    fn record(&mut self, _: Place, bytes: &[u8]) -> std::result::Result<(), RejectReason> {
        let hash = self.key.fast(bytes);
        if self.kept.len() < self.most || self.kept.peek().is_some_and(|last| hash < last.0) {
            self.kept.push((hash, bytes.to_vec()));
        }
        if self.kept.len() > self.most {
            self.kept.pop();
        }
        Ok(())
    }

    fn reject(&mut self, _: Reject) {
        self.rejects += 1;
    }
}
