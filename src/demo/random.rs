//! A small random number generator whose numbers no crate, platform or version changes.
//!
//! Only exact operations are used (integers, and `+ - * /` on floats): logarithms and powers differ between platforms.

/// Xoshiro256** (Blackman and Vigna), seeded through `SplitMix64`.
#[derive(Clone, Debug)]
pub(super) struct Random([u64; 4]);

impl Random {
    /// A generator for one purpose; equal parts give equal numbers.
    pub(super) fn new(parts: &[u64]) -> Self {
        let mut state = 0;
        for part in parts {
            state = split_mix(state ^ part).1;
        }
        let words = std::array::from_fn(|_| {
            let (next, word) = split_mix(state);
            state = next;
            word
        });
        Self(words)
    }

    /// 64 random bits.
    pub(super) fn bits(&mut self) -> u64 {
        let s = &mut self.0;
        let out = s[1].wrapping_mul(5).rotate_left(7).wrapping_mul(9);
        let shifted = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= shifted;
        s[3] = s[3].rotate_left(45);
        out
    }

    /// From 0 up to, but not, `end`; 0 if there is no room.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        let wide = u128::from(self.bits()) * u128::from(end);
        u64::try_from(wide >> 64).unwrap_or(0)
    }

    /// From `start` up to, but not, `end`.
    pub(super) fn between(&mut self, start: u64, end: u64) -> u64 {
        start + self.below(end.saturating_sub(start))
    }

    /// From 0 up to, but not, 1.
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
    pub(super) fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// True with this probability.
    pub(super) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// Bell-shaped around 0 with standard deviation 1, within -6 and 6.
    pub(super) fn bell(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }

    /// An index, each as likely as its weight says; 0 if there are none.
    pub(super) fn weighted(&mut self, weights: impl Iterator<Item = f64> + Clone) -> usize {
        let mut left = self.unit() * weights.clone().sum::<f64>();
        let mut last = 0;
        for (i, weight) in weights.enumerate() {
            if left < weight {
                return i;
            }
            left -= weight;
            last = i;
        }
        last
    }

    /// An index into running totals of weights, each as likely as its step; for long lists that are drawn from often.
    pub(super) fn step(&mut self, totals: &[f64]) -> usize {
        let at = self.unit() * totals.last().copied().unwrap_or(0.0);
        totals.partition_point(|total| *total <= at).min(totals.len().saturating_sub(1))
    }

    /// An index below `count`, the k-th with weight 1/k.
    pub(super) fn zipf(&mut self, count: usize) -> usize {
        self.weighted((0..count).map(|i| 1.0 / f64::from(u32::try_from(i).unwrap_or(u32::MAX) + 1)))
    }

    /// One of a list that is not empty.
    pub(super) fn pick<'a, T: ?Sized>(&mut self, list: &[&'a T]) -> &'a T {
        list[usize::try_from(self.below(list.len() as u64)).unwrap_or(0)]
    }

    /// A random GUID in lower case.
    pub(super) fn guid(&mut self) -> String {
        let (a, b) = (self.bits(), self.bits());
        let (version, variant) = (a & 0xfff | 0x4000, b >> 48 & 0x3fff | 0x8000);
        format!("{:08x}-{:04x}-{version:04x}-{variant:04x}-{:012x}", a >> 32, a >> 16 & 0xffff, b & 0xffff_ffff_ffff)
    }

    /// Random letters of the URL-safe base64 alphabet.
    pub(super) fn token(&mut self, letters: usize) -> String {
        const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        (0..letters).map(|_| char::from(ALPHABET[(self.bits() >> 58) as usize])).collect()
    }
}

/// The next state and its output.
fn split_mix(state: u64) -> (u64, u64) {
    let next = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let a = (next ^ next >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let b = (a ^ a >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    (next, b ^ b >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_numbers_never_change() {
        // The first outputs of SplitMix64 for seed 0, as its authors publish them.
        let (state, first) = split_mix(0);
        assert_eq!((first, split_mix(state).1), (0xe220_a839_7b1d_cdaf, 0x6e78_9e6a_a1b9_65f4));
        // Of xoshiro256** for the state 1, 2, 3, 4: the reference implementation's.
        let mut random = Random([1, 2, 3, 4]);
        assert_eq!([random.bits(), random.bits(), random.bits()], [11_520, 0, 1_509_978_240]);
    }

    #[test]
    fn shapes_are_as_promised() {
        let mut random = Random::new(&[1]);
        let mean = (0..4000).map(|_| random.bell()).sum::<f64>() / 4000.0;
        assert!(mean.abs() < 0.1, "{mean}");
        let mut hits = [0_u32; 3];
        (0..6000).for_each(|_| hits[random.weighted([1.0, 0.0, 2.0].into_iter())] += 1);
        assert_eq!(hits[1], 0);
        assert!((1800..2200).contains(&hits[0]), "{hits:?}");
        let mut steps = [0_u32; 4];
        (0..6000).for_each(|_| steps[random.step(&[0.0, 1.0, 1.0, 3.0])] += 1);
        assert_eq!((steps[0], steps[2]), (0, 0));
        assert!((1800..2200).contains(&steps[1]), "{steps:?}");
        assert!((0..1000).all(|_| random.below(7) < 7) && random.below(0) == 0);
        let guid = random.guid();
        assert_eq!((guid.len(), guid.as_bytes()[14]), (36, b'4'));
        assert_ne!(Random::new(&[1, 2]).bits(), Random::new(&[2, 1]).bits());
    }
}
