//! What is counted of one path over the whole stream while records are read.

use crate::stats::{Bottom, Histogram, length_bucket, number_bucket};

/// Lowest number bucket, and how many there are.
const FIRST_BUCKET: i32 = -1_760;
const BUCKETS: usize = 2 * 1_760 + 1;

/// What is counted of one path over the whole stream.
#[derive(Debug, Default)]
pub(super) struct PathCounters {
    pub(super) occurrences: u64,
    lengths: Vec<u64>,
    /// By number bucket, counted from [`FIRST_BUCKET`]; empty until a number comes.
    numbers: Vec<u64>,
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
        if self.numbers.is_empty() {
            self.numbers = vec![0; BUCKETS];
        }
        let place = usize::try_from(i32::from(number_bucket(number)) - FIRST_BUCKET).unwrap_or(0);
        if let Some(count) = self.numbers.get_mut(place) {
            *count += times;
        }
    }

    pub(super) fn lengths(&self) -> Histogram {
        Histogram::from_counts((0..).zip(self.lengths.iter().copied()))
    }

    pub(super) fn numbers(&self) -> Histogram {
        let buckets = (FIRST_BUCKET..).map(|bucket| i16::try_from(bucket).unwrap_or(0));
        Histogram::from_counts(buckets.zip(self.numbers.iter().copied()))
    }
}
