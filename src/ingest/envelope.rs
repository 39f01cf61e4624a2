//! Tells an envelope of records from a record that has a list among its fields.

use super::Form;
use super::skim::{Skim, is_blank};

/// Members of an envelope besides its list; names that begin with `@` count as such, too.
const BESIDE: [&[u8]; 11] =
    [b"count", b"nextLink", b"name", b"next", b"kind", b"schema", b"status", b"total", b"totalCount", b"etag", b"nextPageToken"];

/// Bytes before the list of an envelope; who has more of them is none.
const MAX_HEAD: usize = 64 << 10;

/// How an object begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Head {
    /// It is a record.
    Record,
    /// It is an envelope: of which form, and how many bytes come before its first element.
    Envelope(Form, usize),
    /// More of it has to be seen.
    Unknown,
}

/// How the object that begins with these bytes begins.
pub(super) fn head(object: &[u8]) -> Head {
    let bytes = &object[..object.len().min(MAX_HEAD)];
    match (Walk { bytes, at: 0 }).head() {
        None if bytes.len() < MAX_HEAD => Head::Unknown,
        None => Head::Record,
        Some(head) => head,
    }
}

/// A walk over tokens; `None` where the bytes run out.
struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Walk<'a> {
    fn head(&mut self) -> Option<Head> {
        if self.next()? != b'{' {
            return Some(Head::Record);
        }
        loop {
            let key = match self.next()? {
                b'"' => self.key()?,
                _ => return Some(Head::Record),
            };
            let form = match key {
                b"records" | b"Records" | b"value" | b"items" => Form::Envelope,
                b"tables" => Form::Table,
                key if is_beside(key) => {
                    if !self.skip_scalar()? || self.next()? != b',' {
                        return Some(Head::Record);
                    }
                    continue;
                }
                _ => return Some(Head::Record),
            };
            return self.list(form);
        }
    }

    /// After the key of a list: whether there is a list of objects.
    fn list(&mut self, form: Form) -> Option<Head> {
        if self.next()? != b':' || self.next()? != b'[' {
            return Some(Head::Record);
        }
        let body = self.at;
        let is_envelope = match self.next()? {
            b'{' if form == Form::Table => self.next()? == b'"' && matches!(self.key()?, b"name" | b"columns" | b"rows"),
            b'{' => true,
            b']' => self.is_bare_end()?,
            _ => false,
        };
        Some(if is_envelope { Head::Envelope(form, body) } else { Head::Record })
    }

    /// After an empty list: whether the object holds nothing that a record would.
    fn is_bare_end(&mut self) -> Option<bool> {
        Some(match self.next()? {
            b'}' => true,
            b',' => self.next()? == b'"' && is_beside(self.key()?),
            _ => false,
        })
    }

    /// The next byte that is not blank.
    fn next(&mut self) -> Option<u8> {
        loop {
            let byte = *self.bytes.get(self.at)?;
            self.at += 1;
            if !is_blank(byte) {
                return Some(byte);
            }
        }
    }

    /// A key, after its first quote. One with escapes in it is no key of an envelope, and passes for one without a name.
    fn key(&mut self) -> Option<&'a [u8]> {
        let rest = &self.bytes[self.at..];
        let length = memchr::memchr2(b'"', b'\\', rest)?;
        self.at += length + 1;
        Some(if rest[length] == b'"' { &rest[..length] } else { &[] })
    }

    /// A colon and a value; false if it is a container.
    fn skip_scalar(&mut self) -> Option<bool> {
        if self.next()? != b':' || matches!(self.next()?, b'{' | b'[') {
            return Some(false);
        }
        self.at -= 1;
        self.at += Skim::default().run(&self.bytes[self.at..])?;
        Some(true)
    }
}

fn is_beside(key: &[u8]) -> bool {
    key.first() == Some(&b'@') || BESIDE.contains(&key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn envelopes_and_records() {
        let envelope = |body| Head::Envelope(Form::Envelope, body);
        for (text, expected) in [
            (r#"{"records":[{"a":1}]}"#, envelope(12)),
            (r#"{ "Records" : [ {"#, envelope(15)),
            (r#"{"@odata.context":"https://x/,[{","@odata.count":2,"value":[{"#, envelope(60)),
            (r#"{"count":2,"value":[{"#, envelope(20)),
            (r#"{"kind":"k","etag":"e","nextPageToken":"n","items":[{"#, envelope(52)),
            (r#"{"value":[]}"#, envelope(10)),
            (r#"{"value":[],"@odata.nextLink":"x"}"#, envelope(10)),
            (r#"{"tables":[{"name":"PrimaryResult""#, Head::Envelope(Form::Table, 11)),
            (r#"{"tables":[{"id":1}]}"#, Head::Record),
            (r#"{"value":[],"id":"x"}"#, Head::Record),
            (r#"{"value":["a"]}"#, Head::Record),
            (r#"{"value":3}"#, Head::Record),
            (r#"{"id":"x","value":[{"a":1}]}"#, Head::Record),
            (r#"{"@odata.type":{"a":1},"value":[{"a":1}]}"#, Head::Record),
            (r#"{"\u0040x":1,"value":[{"a":1}]}"#, Head::Record),
            ("{}", Head::Record),
        ] {
            assert_eq!(head(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn what_is_not_seen_yet_is_not_decided() {
        let whole = br#"{"@odata.context":"x","value":[{"#;
        for cut in 1..whole.len() {
            assert_eq!(head(&whole[..cut]), Head::Unknown, "cut at {cut}");
        }
        let endless = [br#"{"@odata.context":""#.as_slice(), &vec![b'x'; MAX_HEAD]].concat();
        assert_eq!(head(&endless), Head::Record);
    }
}
