//! Personal data kept out of reports, unless the user asks for it.
//!
//! Fingerprints keep words of closed sets only. This is the second line: a value that slipped through and looks like a
//! person (mail address, network address, telephone number) is named by its kind.

use super::wire::Run;
use crate::model::{Change, Evidence};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// Whether a report shows values that look like personal data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reveal {
    /// They are named by their kind: `(mail address)`.
    #[default]
    Hidden,
    /// They stand as they were logged.
    Shown,
}

/// Characters that part words inside a text; none of them stands in an address.
const PARTS: &[char] = &[' ', '\t', '\r', '\n', '"', '\'', '<', '>', '(', ')', '{', '}', ',', ';', '|', '='];

/// Fewest digits of a telephone number.
const PHONE_DIGITS: usize = 7;

impl Reveal {
    /// The text as it may be shown.
    pub(crate) fn text(self, text: &str) -> Cow<'_, str> {
        if self == Self::Shown {
            return text.into();
        }
        if is_phone(text) {
            return "(telephone number)".into();
        }
        if !text.split(PARTS).any(|word| kind(word).is_some()) {
            return text.into();
        }
        let shown = |piece: &str| -> String {
            let word = piece.trim_end_matches(PARTS);
            kind(word).map_or_else(|| piece.to_owned(), |kind| format!("{kind}{}", &piece[word.len()..]))
        };
        text.split_inclusive(PARTS).map(shown).collect::<String>().into()
    }

    /// What was read, with its texts as they may be shown.
    pub(super) fn run(self, run: Run) -> Run {
        Run {
            record_types: self.names(run.record_types),
            other_record_types: self.names(run.other_record_types),
            notes: self.texts(&run.notes),
            rules: run.rules.map(|folder| self.text(&folder).into_owned()),
            ..run
        }
    }

    /// Names that became equal are counted as one.
    fn names(self, counts: BTreeMap<String, u64>) -> BTreeMap<String, u64> {
        let mut shown = BTreeMap::new();
        for (name, count) in counts {
            let total: &mut u64 = shown.entry(self.text(&name).into_owned()).or_default();
            *total = total.saturating_add(count);
        }
        shown
    }

    pub(super) fn texts(self, texts: &[String]) -> Vec<String> {
        texts.iter().map(|text| self.text(text).into_owned()).collect()
    }

    /// What was seen, with every text from the logs as it may be shown.
    pub(super) fn evidence(self, evidence: &Evidence) -> Evidence {
        let one = |text: &mut String| *text = self.text(text).into_owned();
        let change = |change: &mut Change<String>| {
            change.from = self.texts(&change.from);
            change.to = self.texts(&change.to);
        };
        let mut shown = evidence.clone();
        match &mut shown {
            Evidence::NewCode { code, name, text, emptied, reshaped, siblings, records: _ } => {
                [Some(code), name.as_mut(), text.as_mut()].into_iter().flatten().for_each(one);
                *emptied = self.texts(emptied);
                *siblings = self.texts(siblings);
                reshaped.iter_mut().for_each(|(path, shape)| [path, shape].into_iter().for_each(one));
            }
            Evidence::CodeText { code, change: texts } => {
                one(code);
                change(texts);
            }
            Evidence::CodeVanished { code: text, .. }
            | Evidence::CodeSurged { code: text, .. }
            | Evidence::RecordTypeAppeared { name: text, .. }
            | Evidence::RecordTypeVanished { name: text, .. }
            | Evidence::ValueAppeared { value: text, .. }
            | Evidence::ValueVanished { value: text }
            | Evidence::RelationChanged { other: text, .. }
            | Evidence::RejectsRose { reason: text } => one(text),
            Evidence::CodeRenamed { from, to, records: _ } | Evidence::FieldRenamed { from, to } => [from, to].into_iter().for_each(one),
            Evidence::ValueRenamed(values) => change(values),
            Evidence::FieldAppeared { .. }
            | Evidence::FieldVanished
            | Evidence::FieldEmptied { .. }
            | Evidence::TypeChanged(_)
            | Evidence::FormatChanged(_)
            | Evidence::VolumeDropped { .. }
            | Evidence::HoursSilent { .. }
            | Evidence::ValuesReplaced { .. }
            | Evidence::DeliveryLate { .. }
            | Evidence::DuplicatesRose => {}
        }
        shown
    }
}

/// What a word looks like, as it stands or without the punctuation around it, if it looks like a person.
fn kind(word: &str) -> Option<&'static str> {
    let words = [word, word.trim_matches(['.', ':', '?', '!', '[', ']'])];
    if words.into_iter().any(is_mail) {
        Some("(mail address)")
    } else if words.into_iter().any(is_address) {
        Some("(network address)")
    } else {
        None
    }
}

/// `name@domain.tld`; the annotations of OData (`field@odata.type`) only look like one.
fn is_mail(word: &str) -> bool {
    word.rsplit_once('@').is_some_and(|(name, domain)| !name.is_empty() && domain.contains('.') && !domain.starts_with("odata."))
}

fn is_address(word: &str) -> bool {
    let v4 = |address: Ipv4Addr| {
        // Browsers name versions like 120.0.0.0; no host ends in two zeros.
        let [.., c, d] = address.octets();
        (c, d) != (0, 0)
    };
    let any = |address| match address {
        IpAddr::V4(address) => v4(address),
        IpAddr::V6(_) => true,
    };
    word.parse().map(any).or_else(|_| word.parse::<SocketAddr>().map(|socket| any(socket.ip()))).unwrap_or(false)
}

fn is_phone(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|rest| {
        rest.chars().all(|c| c.is_ascii_digit() || " -()/".contains(c)) && rest.chars().filter(char::is_ascii_digit).count() >= PHONE_DIGITS
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn persons_are_named_by_their_kind_and_nothing_else_is_touched() {
        for (text, shown) in [
            ("ada@contoso.com", "(mail address)"),
            ("Ada <ada@contoso.com>, away", "Ada <(mail address)>, away"),
            ("upn=ada@contoso.com;", "upn=(mail address);"),
            ("ada_x.com#EXT#@contoso.onmicrosoft.com", "(mail address)"),
            ("[\"ada@contoso.com\"].n", "[\"(mail address)\"].n"),
            ("blocked from 203.0.113.9.", "blocked from (network address)"),
            ("203.0.113.9:443", "(network address)"),
            ("2001:db8::1", "(network address)"),
            ("[2001:db8::1]:443", "(network address)"),
            ("+49 30 1234567", "(telephone number)"),
            ("Chrome 120.0.0.0", "Chrome 120.0.0.0"),
            ("properties.roles@odata.type", "properties.roles@odata.type"),
            ("@odata.type", "@odata.type"),
            ("1003033", "1003033"),
            ("+1", "+1"),
            ("12:34:56", "12:34:56"),
            ("a @ b", "a @ b"),
            ("::1", "(network address)"),
            ("[ada@contoso.com]:", "(mail address)"),
            ("", ""),
        ] {
            assert_eq!(Reveal::Hidden.text(text), shown);
            assert_eq!(Reveal::Shown.text(text), text);
        }
    }

    #[test]
    fn record_types_that_became_equal_keep_their_sum() {
        let counts = [("a@x.org".to_owned(), 2), ("b@x.org".to_owned(), 3), ("SignInLogs".to_owned(), 9)];
        let run = Run { record_types: counts.clone().into(), other_record_types: counts.into(), ..Run::default() };
        let shown = Reveal::Hidden.run(run);
        assert_eq!(shown.record_types, [("(mail address)".to_owned(), 5), ("SignInLogs".to_owned(), 9)].into());
        assert_eq!(shown.other_record_types, shown.record_types);
    }

    #[test]
    fn no_sentence_gives_a_person_away() {
        let who = || "ada@contoso.com".to_owned();
        let change = || Change { from: vec![who()], to: vec![who()] };
        for evidence in [
            Evidence::NewCode {
                code: who(),
                name: Some(who()),
                text: Some(who()),
                records: 1,
                emptied: vec![who()],
                reshaped: vec![(who(), who())],
                siblings: vec![who()],
            },
            Evidence::CodeVanished { code: who(), expected: 1.0, left: 0 },
            Evidence::CodeRenamed { from: who(), to: who(), records: 1 },
            Evidence::CodeText { code: who(), change: change() },
            Evidence::CodeSurged { code: who(), expected: 1.0, records: 9 },
            Evidence::RecordTypeAppeared { name: who(), records: 1, read: true },
            Evidence::RecordTypeVanished { name: who(), expected: 1.0 },
            Evidence::FieldRenamed { from: who(), to: who() },
            Evidence::ValueAppeared { value: who(), records: 1 },
            Evidence::ValueVanished { value: who() },
            Evidence::ValueRenamed(change()),
            Evidence::RelationChanged { other: who(), equal: true },
            Evidence::RejectsRose { reason: who() },
        ] {
            let sentence = Reveal::Hidden.evidence(&evidence).to_string();
            assert!(sentence.contains("(mail address)") && !sentence.contains('@'), "{sentence}");
            assert_eq!(Reveal::Shown.evidence(&evidence), evidence);
        }
    }
}
