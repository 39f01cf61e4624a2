//! Descriptions of result codes: the vendor's words, without the names and numbers it puts into them.

use super::{Description, MAX_DESCRIPTIONS};
use crate::hash::HashKey;
use std::collections::BTreeMap;

const LONGEST: usize = 400;

/// Adds a description to those of its code; of more than [`MAX_DESCRIPTIONS`] those with the smallest hashes stay, so that the
/// outcome does not depend on their order.
pub(super) fn add(known: &mut BTreeMap<u64, Description>, hash: u64, description: &Description) {
    if let Some(entry) = known.get_mut(&hash) {
        entry.records += description.records;
        return;
    }
    known.insert(hash, description.clone());
    if known.len() > MAX_DESCRIPTIONS {
        known.pop_last();
    }
}

/// The masked text of a description and its hash.
pub(super) fn masked(key: &HashKey, text: &[u8]) -> (u64, String) {
    let text = mask(&String::from_utf8_lossy(text));
    (key.secret(text.as_bytes()), text)
}

/// The text with every word that may name somebody or something replaced: words with digits, `@` or a backslash, and whatever
/// stands in quotes or braces.
fn mask(text: &str) -> String {
    let mut out = String::new();
    let mut quoted_until: Option<char> = None;
    for word in text.split_whitespace() {
        if let Some(end) = quoted_until {
            if word.contains(end) {
                quoted_until = None;
            }
            continue;
        }
        if out.len() > LONGEST {
            break;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        match word.chars().next() {
            Some(open @ ('\'' | '"' | '{' | '<' | '[')) => {
                let close = match open {
                    '{' => '}',
                    '<' => '>',
                    '[' => ']',
                    quote => quote,
                };
                out.push('…');
                if !word[1..].contains(close) {
                    quoted_until = Some(close);
                }
            }
            _ if word.chars().any(|c| c.is_ascii_digit() || "@\\/=".contains(c)) => out.push('…'),
            _ => out.push_str(word),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_do_not_get_through() {
        for (text, masked) in [
            ("The remote NGC session was denied.", "The remote NGC session was denied."),
            ("User account 'ada@contoso.example' from identity provider", "User account … from identity provider"),
            ("Application 'Line of business 7' is not assigned", "Application … is not assigned"),
            ("Unknown {identifier} given", "Unknown … given"),
            ("Trace ID: 0a1b2c Timestamp: 2024-01-01 10:00:00Z", "Trace ID: … Timestamp: … …"),
            ("DOMAIN\\ada was refused", "… was refused"),
            ("  ", ""),
        ] {
            assert_eq!(mask(text), masked);
        }
        assert!(mask(&"word ".repeat(10_000)).len() < 2 * LONGEST);
    }

    #[test]
    fn the_smallest_hashes_stay_whatever_the_order() {
        let describe = |hash: u64| Description { records: 1, text: hash.to_string() };
        let (mut up, mut down) = (BTreeMap::new(), BTreeMap::new());
        (0..20).for_each(|hash| add(&mut up, hash, &describe(hash)));
        (0..20).rev().for_each(|hash| add(&mut down, hash, &describe(hash)));
        assert_eq!(up, down);
        assert_eq!(up.len(), MAX_DESCRIPTIONS);
    }
}
