//! Counts in buckets whose width grows with the value, so that quantiles have a bounded relative error and histograms merge by
//! adding (the log-linear scheme of HdrHistogram and of Masson, Rim and Lee, "DDSketch", 2019).

/// Counts by bucket number, ascending, zeros left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Histogram(Vec<(i16, u64)>);

/// Bucket of a length: itself below 64, then four buckets to an octave.
#[inline]
#[must_use]
#[expect(clippy::cast_possible_truncation, reason = "at most 64 + 4 * 26")]
pub const fn length_bucket(length: u32) -> u8 {
    if length < 64 {
        return length as u8;
    }
    let octave = 31 - length.leading_zeros();
    (64 + (octave - 6) * 4 + ((length >> (octave - 2)) & 3)) as u8
}

/// Smallest length of a bucket.
#[must_use]
pub const fn length_of_bucket(bucket: u8) -> u32 {
    if bucket < 64 {
        return bucket as u32;
    }
    let (octave, quarter) = ((bucket as u32 - 64) / 4 + 6, (bucket as u32 - 64) % 4);
    (4 + quarter) << (octave - 2)
}

/// Buckets below this magnitude's are all bucket 0.
const SMALLEST: f64 = 1.0 / 1_048_576.0;
/// Exponent and three digits of the fraction of [`SMALLEST`], as they stand in the bits of an `f64`.
const FIRST: i64 = (1023 - 20) << 3;
const LAST: i64 = 1_760;

/// Bucket of a number: 0 for 0, eight to an octave away from it, the sign of the number; magnitudes are taken from 2^-20 to 2^200.
#[inline]
#[must_use]
pub fn number_bucket(number: f64) -> i16 {
    let magnitude = number.abs();
    if magnitude < SMALLEST || number.is_nan() {
        return 0;
    }
    let bucket = ((magnitude.to_bits() >> 49).cast_signed() - FIRST).clamp(0, LAST - 1) as i16 + 1;
    if number < 0.0 { -bucket } else { bucket }
}

/// Smallest magnitude of a bucket of [`number_bucket`], with its sign.
#[must_use]
pub fn number_of_bucket(bucket: i16) -> f64 {
    let steps = (i64::from(bucket.abs()) - 1 + FIRST).cast_unsigned();
    match bucket {
        0 => 0.0,
        b if b < 0 => -f64::from_bits(steps << 49),
        _ => f64::from_bits(steps << 49),
    }
}

impl Histogram {
    /// Counts by bucket, in any order.
    #[must_use]
    pub fn from_counts(counts: impl IntoIterator<Item = (i16, u64)>) -> Self {
        let mut histogram = Self(counts.into_iter().filter(|&(_, count)| count > 0).collect());
        histogram.0.sort_unstable();
        histogram
    }

    /// Adds to one bucket.
    pub fn add(&mut self, bucket: i16, count: u64) {
        match self.0.binary_search_by_key(&bucket, |entry| entry.0) {
            Ok(place) => self.0[place].1 += count,
            Err(place) => self.0.insert(place, (bucket, count)),
        }
    }

    /// Adds another.
    pub fn merge(&mut self, other: &Self) {
        other.0.iter().for_each(|&(bucket, count)| self.add(bucket, count));
    }

    /// Counts by bucket, ascending.
    #[must_use]
    pub fn counts(&self) -> &[(i16, u64)] {
        &self.0
    }

    /// All counts together.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.iter().map(|entry| entry.1).sum()
    }

    /// Bucket of the value below which the given share (0 to 1) lies; `None` of an empty histogram.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a share of a count")]
    pub fn quantile(&self, share: f64) -> Option<i16> {
        let wanted = share * self.total() as f64;
        let mut below = 0;
        self.0
            .iter()
            .find(|entry| {
                below += entry.1;
                below as f64 >= wanted
            })
            .map(|entry| entry.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_hold_their_own_lower_ends_and_never_go_down() {
        let mut last = 0;
        for length in (0..5_000).chain([1 << 20, u32::MAX]) {
            let bucket = length_bucket(length);
            assert!(bucket >= last, "{length}");
            assert!(length_of_bucket(bucket) <= length && length_bucket(length_of_bucket(bucket)) == bucket, "{length}");
            last = bucket;
        }
        for number in [1e-3, 0.5, 1.0, 7.3, 1e9, 1e300] {
            let low = number_of_bucket(number_bucket(number));
            assert!(low <= number * 1.0001 && (number > 1e60 || low > number * 0.9), "{number}: {low}");
            assert_eq!(number_bucket(-number), -number_bucket(number));
        }
        assert_eq!((number_bucket(0.0), number_bucket(f64::NAN)), (0, 0));
    }

    #[test]
    fn quantiles_and_merge() {
        let mut a = Histogram::from_counts([(3, 1), (1, 2)]);
        a.merge(&Histogram::from_counts([(2, 7), (3, 0)]));
        assert_eq!(a.counts(), [(1, 2), (2, 7), (3, 1)]);
        assert_eq!((a.quantile(0.0), a.quantile(0.2), a.quantile(0.9), a.quantile(1.0)), (Some(1), Some(1), Some(2), Some(3)));
        assert_eq!(Histogram::default().quantile(0.5), None);
    }
}
