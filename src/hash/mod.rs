//! Keyed hashes: the only form in which a value leaves a record.
//!
//! Two strengths under one key. `fast` (XXH3 with a secret, <https://github.com/Cyan4973/xxHash>) is for sketches and
//! look-ups made a hundred times a record. `secret` (BLAKE3 in keyed mode) is for values that are kept one by one.

use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasherDefault, Hasher};
use xxhash_rust::xxh3;

/// The random key of one store; whoever lacks it cannot test a guess against a stored hash.
#[derive(Clone)]
pub struct HashKey {
    bytes: [u8; 32],
    secret: [u8; 192],
}

/// Name of a key that tells two keys apart and gives neither away.
pub type KeyId = u64;

impl HashKey {
    /// A key from 32 random bytes.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        let mut secret = [0; 192];
        blake3::Hasher::new_derive_key("logdrift 2026 fast hash secret").update(&bytes).finalize_xof().fill(&mut secret);
        Self { bytes, secret }
    }

    /// A key nobody else has, from the operating system's random numbers.
    ///
    /// # Errors
    /// The system could not supply random numbers.
    pub fn random() -> std::io::Result<Self> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(std::io::Error::other)?;
        Ok(Self::new(bytes))
    }

    /// The 32 bytes the key was made from.
    #[must_use]
    pub fn bytes(&self) -> &[u8; 32] {
        &self.bytes
    }

    /// The key as 64 hexadecimal digits.
    #[must_use]
    pub fn to_hex(&self) -> String {
        self.bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The key of 64 hexadecimal digits; `None` of any other text.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        if text.len() != 64 || !text.is_ascii() {
            return None;
        }
        for (place, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(text.get(2 * place..2 * place + 2)?, 16).ok()?;
        }
        Some(Self::new(bytes))
    }

    /// The key's name: equal for equal keys.
    #[must_use]
    pub fn id(&self) -> KeyId {
        let digest = blake3::derive_key("logdrift 2026 key id", &self.bytes);
        u64::from_le_bytes([digest[0], digest[1], digest[2], digest[3], digest[4], digest[5], digest[6], digest[7]])
    }

    /// 64-bit hash for sketches and look-ups.
    #[inline]
    #[must_use]
    pub fn fast(&self, bytes: &[u8]) -> u64 {
        xxh3::xxh3_64_with_secret(bytes, &self.secret)
    }

    /// 128-bit hash of a whole input or record, made in one go.
    #[inline]
    #[must_use]
    pub fn wide(&self, bytes: &[u8]) -> u128 {
        xxh3::xxh3_128_with_secret(bytes, &self.secret)
    }

    /// 128-bit hash of a long input, fed piece by piece; equal to [`HashKey::wide`] of the whole.
    #[must_use]
    pub fn stream(&self) -> HashStream {
        HashStream(xxh3::Xxh3Builder::new().with_secret(self.secret).build())
    }

    /// 64-bit hash of a value that is kept.
    #[must_use]
    pub fn secret(&self, bytes: &[u8]) -> u64 {
        let digest = blake3::keyed_hash(&self.bytes, bytes);
        let b = digest.as_bytes();
        u64::from_le_bytes([b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]])
    }
}

impl fmt::Debug for HashKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HashKey({:016x})", self.id())
    }
}

/// A 128-bit hash in the making.
pub struct HashStream(xxh3::Xxh3);

impl HashStream {
    /// Adds the next piece.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The hash of all pieces so far.
    #[must_use]
    pub fn finish(&self) -> u128 {
        self.0.digest128()
    }
}

/// A map whose keys are hashes already, or small numbers.
pub type HashedMap<V> = HashMap<u64, V, AlreadyHashed>;

/// Builds the hasher of [`HashedMap`].
pub type AlreadyHashed = BuildHasherDefault<AsIs>;

/// Takes 64-bit keys for their own hash, spread so that small numbers serve too.
#[derive(Default)]
pub struct AsIs(u64);

impl Hasher for AsIs {
    fn finish(&self) -> u64 {
        self.0.wrapping_mul(0x9E37_79B9_7F4A_7C15)
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.write_u64(u64::from(byte)));
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = self.0.rotate_left(32) ^ key;
    }
}

/// Digest of stored bytes, to notice damage that the database does not.
#[must_use]
pub fn digest(bytes: &[u8]) -> [u8; 32] {
    *blake3::hash(bytes).as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_hash_as_the_whole() {
        let key = HashKey::new([7; 32]);
        let text: Vec<u8> = (0..10_000u32).map(|i| (i % 251) as u8).collect();
        for cut in [0, 1, 16, 240, 241, 4096, 9_999] {
            let mut stream = key.stream();
            stream.update(&text[..cut]);
            stream.update(&text[cut..]);
            assert_eq!(stream.finish(), key.wide(&text));
        }
    }

    #[test]
    fn hexadecimal_reads_back() {
        let key = HashKey::new([0xA7; 32]);
        assert_eq!(HashKey::from_hex(&key.to_hex()).map(|key| key.id()), Some(key.id()));
        assert!(
            HashKey::from_hex("a7").is_none()
                && HashKey::from_hex(&"g".repeat(64)).is_none()
                && HashKey::from_hex(&"é".repeat(32)).is_none()
        );
    }

    #[test]
    fn another_key_gives_other_hashes_and_another_name() {
        let (a, b) = (HashKey::new([1; 32]), HashKey::new([2; 32]));
        assert_ne!(a.fast(b"x"), b.fast(b"x"));
        assert_ne!(a.secret(b"x"), b.secret(b"x"));
        assert_ne!(a.id(), b.id());
        assert_eq!(a.id(), HashKey::new([1; 32]).id());
    }
}
