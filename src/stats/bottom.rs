//! The k smallest hashes of a set: a sketch that merges exactly, whatever the order, and estimates the number of distinct
//! values (Bar-Yossef et al., "Counting distinct elements in a data stream", 2002; the estimator (k-1)/x is Beyer et al.'s, 2007).

/// The 64 smallest hashes of a set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bottom {
    hashes: Vec<u64>,
    /// Hashes from here on are not among the smallest; the largest number while there is room.
    limit: u64,
}

impl Default for Bottom {
    fn default() -> Self {
        Self { hashes: Vec::new(), limit: u64::MAX }
    }
}

impl Bottom {
    /// Hashes kept; the estimate's relative standard error beyond them is about 1/8.
    pub const KEPT: usize = 64;

    /// Adds a hash.
    #[inline]
    pub fn add(&mut self, hash: u64) {
        if hash < self.limit {
            self.insert(hash);
        }
    }

    fn insert(&mut self, hash: u64) {
        if let Err(place) = self.hashes.binary_search(&hash) {
            self.hashes.insert(place, hash);
            self.hashes.truncate(Self::KEPT);
            if let Some(&last) = self.hashes.get(Self::KEPT - 1) {
                self.limit = last;
            }
        }
    }

    /// Adds all hashes of another.
    pub fn merge(&mut self, other: &Self) {
        other.hashes.iter().for_each(|&hash| self.add(hash));
    }

    /// The hashes kept, in order.
    #[must_use]
    pub fn hashes(&self) -> &[u64] {
        &self.hashes
    }

    /// Estimated number of distinct values: exact below 64.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    pub fn estimate(&self) -> f64 {
        match self.hashes.last() {
            Some(&last) if self.hashes.len() == Self::KEPT => {
                (Self::KEPT - 1) as f64 / (last as f64 / u64::MAX as f64).max(f64::MIN_POSITIVE)
            }
            _ => self.hashes.len() as f64,
        }
    }
}

impl FromIterator<u64> for Bottom {
    fn from_iter<I: IntoIterator<Item = u64>>(hashes: I) -> Self {
        let mut bottom = Self::default();
        hashes.into_iter().for_each(|hash| bottom.add(hash));
        bottom
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::HashKey;

    fn of(range: std::ops::Range<u64>) -> Bottom {
        let key = HashKey::new([3; 32]);
        range.map(|i| key.fast(&i.to_le_bytes())).collect()
    }

    #[test]
    fn small_sets_are_exact_and_large_ones_near() {
        assert_eq!(of(0..0).estimate(), 0.0);
        assert_eq!(of(0..63).estimate(), 63.0);
        for size in [200u64, 5_000, 100_000] {
            let ratio = of(0..size).estimate() / size as f64;
            assert!((0.6..1.6).contains(&ratio), "{size}: {ratio}");
        }
    }

    #[test]
    fn any_split_and_order_gives_the_same_sketch() {
        let whole = of(0..1_000);
        let mut merged = of(400..1_000);
        merged.merge(&of(0..500));
        assert_eq!(merged, whole);
        let key = HashKey::new([3; 32]);
        assert_eq!((0..1_000u64).rev().map(|i| key.fast(&i.to_le_bytes())).collect::<Bottom>(), whole);
    }
}
