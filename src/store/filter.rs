//! A Bloom filter over keyed hashes: says for sure that an id is absent, or that it may be there.

/// Bits for an entry: with [`PROBES`] about one absent id in a hundred is taken for present.
const BITS: usize = 10;

/// Bits looked at for an id; ln 2 times [`BITS`].
const PROBES: u32 = 7;

/// The filter of one run of ids.
pub(super) struct Filter {
    words: Vec<u64>,
}

impl Filter {
    /// An empty filter for so many entries.
    pub(super) fn new(entries: usize) -> Self {
        Self { words: vec![0; (entries * BITS).div_ceil(64).max(1)] }
    }

    pub(super) fn add(&mut self, id: u64) {
        for probe in 0..PROBES {
            let (word, bit) = self.place(id, probe);
            self.words[word] |= bit;
        }
    }

    /// False only if the id was never added.
    pub(super) fn may_hold(&self, id: u64) -> bool {
        (0..PROBES).all(|probe| {
            let (word, bit) = self.place(id, probe);
            self.words[word] & bit != 0
        })
    }

    /// Size in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.words.len() * 8
    }

    /// The words, least significant byte first.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        self.words.iter().for_each(|word| out.extend_from_slice(&word.to_le_bytes()));
    }

    /// The filter that [`Filter::write`] wrote; none if the length is no filter's.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let (words, rest) = bytes.as_chunks::<8>();
        let whole = rest.is_empty() && !words.is_empty();
        whole.then(|| Self { words: words.iter().map(|word| u64::from_le_bytes(*word)).collect() })
    }

    /// The id is random already, so its halves serve as the two hashes that the probes are made of.
    fn place(&self, id: u64, probe: u32) -> (usize, u64) {
        let hash = id.wrapping_add(u64::from(probe).wrapping_mul(id.rotate_left(32) | 1));
        let bits = self.words.len() as u128 * 64;
        let place = ((u128::from(hash) * bits) >> 64) as usize;
        (place / 64, 1 << (place % 64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::HashKey;

    #[test]
    fn never_denies_what_was_added_and_seldom_claims_what_was_not() {
        let key = HashKey::new([3; 32]);
        let ids: Vec<u64> = (0..20_000u32).map(|number| key.fast(&number.to_le_bytes())).collect();
        let (present, absent) = ids.split_at(10_000);
        let mut filter = Filter::new(present.len());
        present.iter().for_each(|id| filter.add(*id));
        let mut bytes = Vec::new();
        filter.write(&mut bytes);
        assert_eq!(bytes.len(), 12_504);
        let filter = Filter::read(&bytes).unwrap();
        assert!(present.iter().all(|id| filter.may_hold(*id)));
        let claimed = absent.iter().filter(|id| filter.may_hold(**id)).count();
        assert!((20..200).contains(&claimed), "{claimed} of 10000");
        assert!(Filter::read(&bytes[1..]).is_none() && Filter::read(&[]).is_none());
    }
}
