//! Numbers, texts and lists as bytes, the way the stored form writes them: whole numbers as LEB128 varints, lists with their length
//! in front.

use crate::stats::{Actors, Histogram};
use std::collections::BTreeMap;

/// Writes bytes.
#[derive(Debug, Default)]
pub struct Writer(pub Vec<u8>);

impl Writer {
    /// A whole number, seven bits a byte.
    pub fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push(number.to_le_bytes()[0] | 0x80);
            number >>= 7;
        }
        self.0.push(number.to_le_bytes()[0]);
    }

    /// A whole number with its sign.
    pub fn signed(&mut self, number: i64) {
        self.number(((number << 1) ^ (number >> 63)).cast_unsigned());
    }

    /// Eight bytes.
    pub fn fixed(&mut self, number: u64) {
        self.0.extend_from_slice(&number.to_le_bytes());
    }

    /// A text with its length in front.
    pub fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.0.extend_from_slice(text.as_bytes());
    }

    /// A list with its length in front.
    pub fn list<T>(&mut self, items: impl IntoIterator<Item = T, IntoIter: ExactSizeIterator>, mut write: impl FnMut(&mut Self, T)) {
        let items = items.into_iter();
        self.number(items.len() as u64);
        items.for_each(|item| write(self, item));
    }

    /// Buckets and counts.
    pub fn histogram(&mut self, histogram: &Histogram) {
        let mut last = 0;
        self.list(histogram.counts(), |out, &(bucket, count)| {
            out.signed(i64::from(bucket) - last);
            out.number(count);
            last = i64::from(bucket);
        });
    }

    /// Few bits as their places, many as they are; the sampled levels only where they have any.
    pub fn actors(&mut self, actors: Actors) {
        let few = actors.near.count_ones() < 7;
        let head = if few { actors.near.count_ones() } else { 7 };
        self.0.push(head.to_le_bytes()[0] | u8::from(actors.mid != 0) << 3 | u8::from(actors.far != 0) << 4);
        if few {
            let mut bits = actors.near;
            while bits != 0 {
                self.0.push(bits.trailing_zeros().to_le_bytes()[0]);
                bits &= bits - 1;
            }
        } else {
            self.fixed(actors.near);
        }
        [actors.mid, actors.far].into_iter().filter(|&bits| bits != 0).for_each(|bits| self.fixed(bits));
    }
}

/// Reads bytes; nothing where they are cut off or were not written so.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    /// What is read.
    pub bytes: &'a [u8],
    /// How far it was read.
    pub at: usize,
}

impl Reader<'_> {
    /// One byte.
    pub fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    /// A whole number, as short as it can be written.
    pub fn number(&mut self) -> Option<u64> {
        let mut number = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let part = u64::from(byte & 0x7F);
            if shift == 63 && part > 1 {
                return None;
            }
            number |= part << shift;
            if byte < 0x80 {
                // A longer spelling than needed is none of ours.
                return (byte > 0 || shift == 0).then_some(number);
            }
        }
        None
    }

    /// Yes or no.
    pub fn flag(&mut self) -> Option<bool> {
        match self.byte()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    /// A whole number with its sign.
    pub fn signed(&mut self) -> Option<i64> {
        let number = self.number()?;
        Some((number >> 1).cast_signed() ^ -((number & 1).cast_signed()))
    }

    /// Eight bytes.
    pub fn fixed(&mut self) -> Option<u64> {
        let bytes = self.bytes.get(self.at..self.at + 8)?;
        self.at += 8;
        Some(u64::from_le_bytes(bytes.try_into().ok()?))
    }

    /// A text with its length in front.
    pub fn text(&mut self) -> Option<String> {
        let length = usize::try_from(self.number()?).ok()?;
        let bytes = self.bytes.get(self.at..self.at.checked_add(length)?)?;
        self.at += length;
        String::from_utf8(bytes.to_vec()).ok()
    }

    /// A list; a length that the remaining bytes cannot hold is damage, not a reason to ask for memory.
    pub fn list<T>(&mut self, mut item: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let length = usize::try_from(self.number()?).ok()?;
        if length > self.bytes.len() - self.at {
            return None;
        }
        let mut items = Vec::with_capacity(length);
        for _ in 0..length {
            items.push(item(self)?);
        }
        Some(items)
    }

    /// A list of pairs.
    pub fn map<K: Ord, V>(&mut self, item: impl FnMut(&mut Self) -> Option<(K, V)>) -> Option<BTreeMap<K, V>> {
        Some(self.list(item)?.into_iter().collect())
    }

    /// Buckets and counts.
    pub fn histogram(&mut self) -> Option<Histogram> {
        let mut last = 0i64;
        let counts = self.list(|input| {
            last = last.checked_add(input.signed()?)?;
            Some((i16::try_from(last).ok()?, input.number()?))
        })?;
        Some(Histogram::from_counts(counts))
    }

    /// Passes over what [`Writer::actors`] wrote.
    #[inline]
    pub(super) fn skip_actors(&mut self) -> Option<()> {
        let head = usize::from(self.byte()?);
        let near = if head & 7 == 7 { 8 } else { head & 7 };
        self.at += near + (head & 8) + (head & 16) / 2;
        (self.at <= self.bytes.len()).then_some(())
    }

    /// What [`Writer::actors`] wrote.
    pub fn actors(&mut self) -> Option<Actors> {
        let head = self.byte()?;
        let mut actors = Actors::default();
        if head & 7 == 7 {
            actors.near = self.fixed()?;
        } else {
            for _ in 0..head & 7 {
                actors.near |= 1u64.checked_shl(u32::from(self.byte()?))?;
            }
        }
        if head & 8 != 0 {
            actors.mid = self.fixed()?;
        }
        if head & 16 != 0 {
            actors.far = self.fixed()?;
        }
        Some(actors)
    }
}
