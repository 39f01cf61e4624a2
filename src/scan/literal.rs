//! Bytes that a text is expected to go on with, compared thirty-two at a time.

use super::vector::equal;

/// Bytes compared at once.
const WIDTH: usize = 32;

/// The expected bytes.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub(super) struct Literal {
    /// The first of them, and a bit for each.
    bytes: [u8; WIDTH],
    mask: u32,
    pub(super) length: u32,
    /// Where all of them lie in their [`Literals`], if they are more.
    start: u32,
}

impl Literal {
    /// What no text goes on with.
    pub(super) const NONE: Self = Self { bytes: [0; WIDTH], mask: 0, length: 0, start: 0 };
}

/// The bytes of literals longer than [`WIDTH`].
#[derive(Debug, Default)]
pub(super) struct Literals(Vec<u8>);

impl Literals {
    /// A literal of these bytes.
    pub(super) fn add(&mut self, all: &[u8]) -> Literal {
        let mut bytes = [0; WIDTH];
        bytes.iter_mut().zip(all).for_each(|(byte, &of)| *byte = of);
        let mask = if all.len() < WIDTH { (1 << all.len()) - 1 } else { u32::MAX };
        let start = self.0.len() as u32;
        if all.len() > WIDTH {
            self.0.extend_from_slice(all);
        }
        Literal { bytes, mask, length: all.len() as u32, start }
    }

    /// Whether a text goes on with a literal at `at`; never so with [`Literal::NONE`].
    #[inline]
    pub(super) fn goes_on(&self, text: &[u8], at: usize, literal: &Literal) -> bool {
        let Some(rest) = text.get(at..) else { return false };
        let length = literal.length as usize;
        let Some(chunk) = rest.first_chunk() else { return self.short(rest, literal) };
        equal(chunk, &literal.bytes) & literal.mask == literal.mask
            && (length.wrapping_sub(1) < WIDTH || (length > 0 && self.rest_goes_on(rest, literal)))
    }

    /// Compares what does not fit into the width.
    #[cold]
    fn rest_goes_on(&self, rest: &[u8], literal: &Literal) -> bool {
        let (start, length) = (literal.start as usize, literal.length as usize);
        self.0.get(start..start + length).is_some_and(|bytes| rest.starts_with(bytes))
    }

    /// Compares with the last bytes of a text.
    #[cold]
    fn short(&self, rest: &[u8], literal: &Literal) -> bool {
        let length = literal.length as usize;
        length > 0 && length < WIDTH && rest.get(..length) == literal.bytes.get(..length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_of_all_lengths_are_found_at_all_distances_from_the_end() {
        let text: Vec<u8> = (0..120u8).collect();
        for length in 1..100 {
            for at in [0, 1, 19] {
                let mut literals = Literals::default();
                let mut expected = text[at..at + length].to_vec();
                let literal = literals.add(&expected);
                assert!(literals.goes_on(&text, at, &literal) && !literals.goes_on(&text, at + 1, &literal));
                for end in [at + length, at + length + 1, at + length + 40] {
                    assert!(literals.goes_on(&text[..end.min(text.len())], at, &literal), "{length} at {at} before {end}");
                }
                assert!(!literals.goes_on(&text[..at + length - 1], at, &literal));
                for changed in [0, length / 2, length - 1] {
                    expected[changed] ^= 128;
                    let (others, other) = literals_of(&expected);
                    assert!(!others.goes_on(&text, at, &other), "{length}, byte {changed}");
                    expected[changed] ^= 128;
                }
            }
        }
        assert!(!Literals::default().goes_on(&text, 0, &Literal::NONE) && !Literals::default().goes_on(b"", 0, &Literal::NONE));
    }

    fn literals_of(bytes: &[u8]) -> (Literals, Literal) {
        let mut literals = Literals::default();
        let literal = literals.add(bytes);
        (literals, literal)
    }
}
