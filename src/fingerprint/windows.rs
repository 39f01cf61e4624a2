//! Windows of one source under one key, and the file in which they travel: map on many machines, reduce on one.
//!
//! A file is a magic word, a digest of what follows, the key's name, the source's name and definition, and the wire forms of the
//! windows one after the other, each piece with its length in front.

use super::Fingerprint;
use crate::hash::{KeyId, digest};
use crate::sources::Definition;

const MAGIC: &[u8; 8] = b"LDFPSET2";
/// What every version of the magic word begins with.
const FAMILY: &[u8; 7] = b"LDFPSET";
const AGAIN: &str = "make it again with `logdrift fingerprint`";

/// Windows of one source, their hashes made with one key.
#[derive(Clone, Debug, PartialEq)]
pub struct Windows {
    /// Name of the source.
    pub source: String,
    /// What the source reads; `None` where that was not kept.
    pub definition: Option<Definition>,
    /// Name of the key.
    pub key: KeyId,
    /// The windows, in order of time.
    pub fingerprints: Vec<Fingerprint>,
}

impl Windows {
    /// Whether a file that begins like this is one of fingerprints; eight bytes tell.
    #[must_use]
    pub fn are_in(start: &[u8]) -> bool {
        start.starts_with(FAMILY)
    }

    /// The bytes of a file: equal windows have equal bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut body = self.key.to_le_bytes().to_vec();
        let mut put = |piece: &[u8]| {
            body.extend_from_slice(&(piece.len() as u64).to_le_bytes());
            body.extend_from_slice(piece);
        };
        put(self.source.as_bytes());
        put(self.definition.as_ref().map(|definition| definition.to_lines().join("\n")).as_deref().unwrap_or(UNKNOWN).as_bytes());
        self.fingerprints.iter().for_each(|fingerprint| put(&fingerprint.to_bytes()));
        [MAGIC.as_slice(), &digest(&body), &body].concat()
    }

    /// Reads the bytes of a file.
    ///
    /// # Errors
    /// What is wrong with them, and what to do.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, String> {
        let Some(rest) = bytes.strip_prefix(MAGIC) else {
            return Err(match bytes.get(FAMILY.len()) {
                Some(b'1') if Self::are_in(bytes) => format!("the file does not say what source its windows are of; {AGAIN}"),
                Some(_) if Self::are_in(bytes) => "the file was written by a newer logdrift; upgrade logdrift".into(),
                _ => "this is no file of fingerprints; `logdrift fingerprint` makes them".into(),
            });
        };
        let whole = rest.split_first_chunk::<32>().filter(|(sum, body)| digest(body) == **sum);
        whole.and_then(|(_, body)| Self::of_body(body)).ok_or_else(|| format!("the file of fingerprints is damaged or cut off; {AGAIN}"))
    }

    fn of_body(body: &[u8]) -> Option<Self> {
        let (key, mut rest) = body.split_first_chunk::<8>()?;
        let key = KeyId::from_le_bytes(*key);
        let mut text = || String::from_utf8(piece(&mut rest)?.to_vec()).ok();
        let (source, definition) = (text()?, text()?);
        let definition = match definition.as_str() {
            UNKNOWN => None,
            lines => Some(Definition::from_lines(lines.lines())?),
        };
        let mut fingerprints = Vec::new();
        while !rest.is_empty() {
            fingerprints.push(Fingerprint::from_bytes(piece(&mut rest)?).ok().filter(|fingerprint| fingerprint.key == key)?);
        }
        Some(Self { source, definition, key, fingerprints })
    }
}

/// Stands for a definition that is not known; no line of a definition is like it.
const UNKNOWN: &str = "?";

fn piece<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, tail) = rest.split_first_chunk::<8>()?;
    let (piece, tail) = tail.split_at_checked(usize::try_from(u64::from_le_bytes(*length)).ok()?)?;
    *rest = tail;
    Some(piece)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Granularity, Window};
    use crate::sources::Source;

    fn windows(definition: Option<Definition>) -> Windows {
        let window = |start| Window::of(start, Granularity::Day);
        let fingerprints = [0, 86_400].map(|start| Fingerprint { records: 3, ..Fingerprint::empty(7, window(start)) }).to_vec();
        Windows { source: "entra-signin".into(), definition, key: 7, fingerprints }
    }

    #[test]
    fn what_goes_into_a_file_comes_out() {
        let entra = Source::named("entra-signin").map(|source| Definition::of(&source));
        for definition in [None, entra, Some(Definition::default())] {
            let windows = windows(definition);
            let bytes = windows.to_bytes();
            assert!(Windows::are_in(&bytes[..8]));
            assert_eq!(Windows::from_bytes(&bytes), Ok(windows));
        }
    }

    #[test]
    fn any_changed_or_missing_byte_is_noticed() {
        let bytes = windows(Some(Definition::default())).to_bytes();
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            assert!(Windows::from_bytes(&changed).is_err(), "byte {at}");
            assert!(Windows::from_bytes(&bytes[..at]).is_err(), "{at} bytes");
        }
        assert!(Windows::from_bytes(&[&bytes[..], b"x"].concat()).is_err());
    }

    #[test]
    fn other_files_and_other_versions_are_told_apart() {
        let said = |bytes: &[u8]| Windows::from_bytes(bytes).unwrap_err();
        assert!(said(b"{}").contains("no file of fingerprints"));
        assert!(said(b"LDFPSET1").contains("does not say what source"));
        assert!(said(b"LDFPSET3").contains("newer logdrift"));
        assert!(Windows::are_in(b"LDFPSET3") && !Windows::are_in(b"{\"logdri"));
    }

    #[test]
    fn a_window_of_another_key_is_damage() {
        let mut windows = windows(None);
        windows.fingerprints[1].key = 8;
        assert!(Windows::from_bytes(&windows.to_bytes()).is_err());
    }
}
