//! A quick look at the bytes of a record: can it belong to a sign-in at all? Most records cannot, and are not read again.

use super::values::Values;
use memchr::{memchr2_iter, memmem};

/// Letters, the rarest first: where few of them stand, few places need a closer look.
const RAREST: &[u8] = b"zqxjkvywbgpfhumcdlrsnioate";

/// A run of characters that JSON writes as they are, which stands in a record if one of its values does; the case of letters
/// does not count.
#[derive(Clone, Debug)]
pub(super) struct Needle {
    text: Vec<u8>,
    /// Place of its rarest letter; of its first character where it has none.
    anchor: usize,
}

impl Needle {
    /// The longest run of a value; `None` for a value without any.
    fn of(value: &str) -> Option<Self> {
        let is_plain = |c: char| (c.is_ascii_graphic() || c == ' ') && !matches!(c, '"' | '\\' | '/');
        let run = value.split(|c| !is_plain(c)).filter(|run| !run.is_empty()).max_by_key(|run| run.len())?;
        let text = run.as_bytes().to_ascii_lowercase();
        let anchor = RAREST.iter().find_map(|rare| text.iter().position(|byte| byte == rare)).unwrap_or(0);
        Some(Self { text, anchor })
    }

    /// One for each of several values; `None` if one of them has none, so that every record may hold it.
    pub(super) fn of_any(values: &Values) -> Option<Vec<Self>> {
        values.0.iter().map(|value| Self::of(value)).collect()
    }

    /// How much it tells: its length.
    pub(super) fn length(&self) -> usize {
        self.text.len()
    }

    fn is_in(&self, record: &[u8]) -> bool {
        let Some(&rare) = self.text.get(self.anchor) else { return true };
        memchr2_iter(rare, rare.to_ascii_uppercase(), record).any(|at| {
            let start = at.checked_sub(self.anchor);
            let piece = start.and_then(|start| record.get(start..start + self.text.len()));
            piece.is_some_and(|piece| piece.eq_ignore_ascii_case(&self.text))
        })
    }
}

/// Whether a record may hold one of the needles. Every character can stand as an escape such as `\u0041`, so that a record with
/// one may hold anything.
pub(super) fn may_hold(record: &[u8], needles: &[Needle]) -> bool {
    needles.iter().any(|needle| needle.is_in(record)) || memmem::find(record, b"\\u").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_needle_is_the_longest_run_without_escapes_and_is_found_wherever_it_stands() {
        let needle = |text: &str| Needle::of(text).map(|needle| String::from_utf8(needle.text).unwrap());
        for (value, run) in [("Ada@X.org", "ada@x.org"), ("a/bcd/ef", "bcd"), ("C:\\Users\\x", "users"), ("50126", "50126"), ("日本z", "z")]
        {
            assert_eq!(needle(value).as_deref(), Some(run));
        }
        assert_eq!((needle("日本"), needle("//\"")), (None, None));
        let ada = [Needle::of("ada@x.org").unwrap()];
        for (record, holds) in [
            ("ada@x.org", true),
            ("{\"u\":\"ADA@X.ORG\"}", true),
            ("x@x ada@x.or", false),
            ("da@x.org", false),
            ("x.orgx xada@x.orgx", true),
            ("", false),
            ("nothing \\u0061 here", true),
            ("nothing u0061 here", false),
        ] {
            assert_eq!(may_hold(record.as_bytes(), &ada), holds, "{record}");
        }
        // One value that cannot be looked for makes the others useless.
        assert!(Needle::of_any(&Values(vec!["ada".into(), "日本".into()])).is_none());
    }
}
