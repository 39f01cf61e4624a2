//! What is counted of one path over the whole stream while records are read.

use crate::stats::{Bottom, Histogram, length_bucket, number_bucket};

/// What is counted of one path over the whole stream.
#[derive(Debug, Default)]
pub(super) struct PathCounters {
    pub(super) occurrences: u64,
    lengths: Vec<u64>,
    /// Only the buckets that numbers fell into: with a place for each, logs of many fields of numbers would take half a gigabyte.
    numbers: Histogram,
    pub(super) distinct: Bottom,
    /// Distinct words; once there are more than a closed set may have, the set is open.
    pub(super) words: usize,
}

impl PathCounters {
    #[inline]
    pub(super) fn add_length(&mut self, length: u32, times: u64) {
        let bucket = usize::from(length_bucket(length));
        if bucket >= self.lengths.len() {
            self.lengths.resize(bucket + 1, 0);
        }
        self.lengths[bucket] += times;
    }

    #[inline]
    pub(super) fn add_number(&mut self, number: f64, times: u64) {
        self.numbers.add(number_bucket(number), times);
    }

    pub(super) fn lengths(&self) -> Histogram {
        Histogram::from_counts((0..).zip(self.lengths.iter().copied()))
    }

    pub(super) fn numbers(&self) -> Histogram {
        self.numbers.clone()
    }
}
