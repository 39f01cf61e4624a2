//! Sixteen and thirty-two bytes at once, with the instructions that every x86-64 processor has, and in plain Rust elsewhere.
#![cfg_attr(target_arch = "x86_64", expect(unsafe_code, reason = "SSE2 is part of x86-64; see the only block of each function"))]

/// A bit for each quote, backslash and control character, and one for each byte over 127.
#[cfg(target_arch = "x86_64")]
#[inline]
pub(super) fn marks(bytes: &[u8; 16]) -> (u32, u32) {
    // SAFETY: the function asks for nothing but SSE2, without which no x86-64 program runs.
    unsafe { sse2::marks(bytes) }
}

/// A bit for each byte that two blocks share at one place.
#[cfg(target_arch = "x86_64")]
#[inline]
pub(super) fn equal(a: &[u8; 32], b: &[u8; 32]) -> u32 {
    // SAFETY: the function asks for nothing but SSE2, without which no x86-64 program runs.
    unsafe { sse2::equal(a, b) }
}

#[cfg(target_arch = "x86_64")]
mod sse2 {
    use std::arch::x86_64::{__m128i, _mm_cmpeq_epi8, _mm_min_epu8, _mm_movemask_epi8, _mm_or_si128, _mm_set_epi64x, _mm_set1_epi8};

    #[inline]
    #[target_feature(enable = "sse2")]
    fn load(bytes: &[u8; 16]) -> __m128i {
        let both = u128::from_le_bytes(*bytes);
        _mm_set_epi64x(((both >> 64) as u64).cast_signed(), (both as u64).cast_signed())
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    pub(super) fn marks(bytes: &[u8; 16]) -> (u32, u32) {
        let bytes = load(bytes);
        let quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(b'"'.cast_signed()));
        let backslash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(b'\\'.cast_signed()));
        let control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes);
        let special = _mm_or_si128(_mm_or_si128(quote, backslash), control);
        (_mm_movemask_epi8(special).cast_unsigned(), _mm_movemask_epi8(bytes).cast_unsigned())
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    pub(super) fn equal(a: &[u8; 32], b: &[u8; 32]) -> u32 {
        let ([a, c], [b, d]) = (a.as_chunks().0, b.as_chunks().0) else { return 0 };
        let low = _mm_movemask_epi8(_mm_cmpeq_epi8(load(a), load(b))).cast_unsigned();
        low | (_mm_movemask_epi8(_mm_cmpeq_epi8(load(c), load(d))).cast_unsigned() << 16)
    }
}

#[cfg(not(target_arch = "x86_64"))]
pub(super) use plain::{equal, marks};

/// The same without special instructions; tested wherever the tests run.
#[cfg(any(test, not(target_arch = "x86_64")))]
mod plain {
    fn bits<'a>(bytes: impl DoubleEndedIterator<Item = &'a u8>, is: impl Fn(u8) -> bool) -> u32 {
        bytes.rev().fold(0, |bits, &byte| (bits << 1) | u32::from(is(byte)))
    }

    pub(in super::super) fn marks(bytes: &[u8; 16]) -> (u32, u32) {
        (bits(bytes.iter(), |byte| byte == b'"' || byte == b'\\' || byte < b' '), bits(bytes.iter(), |byte| byte > 127))
    }

    pub(in super::super) fn equal(a: &[u8; 32], b: &[u8; 32]) -> u32 {
        a.iter().zip(b).rev().fold(0, |bits, (a, b)| (bits << 1) | u32::from(a == b))
    }
}

#[cfg(test)]
mod tests {
    use super::{equal, marks, plain};

    #[test]
    fn special_and_high_bytes_are_found_at_every_place() {
        for place in 0..16 {
            for byte in 0..=u8::MAX {
                let mut chunk = *b"!\x7f# []\x80 AZaz09:,";
                chunk[place] = byte;
                let special = byte < b' ' || byte == b'"' || byte == b'\\';
                let high = if place == 6 { 0 } else { 1 << 6 } | (u32::from(byte > 127) << place);
                assert_eq!(marks(&chunk), (u32::from(special) << place, high), "{chunk:?}");
                assert_eq!(marks(&chunk), plain::marks(&chunk), "{chunk:?}");
            }
        }
    }

    #[test]
    fn every_byte_is_compared() {
        let a: [u8; 32] = std::array::from_fn(|place| place as u8);
        for place in 0..32 {
            let mut b = a;
            b[place] = 255;
            assert_eq!((equal(&a, &b), plain::equal(&a, &b)), (!(1 << place), !(1 << place)));
        }
        assert_eq!(equal(&a, &a), u32::MAX);
    }
}
