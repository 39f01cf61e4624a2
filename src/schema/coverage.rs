//! What a vendor documents beside what a baseline has seen: codes and fields of the one that the other lacks.

use crate::fingerprint::Fingerprint;
use crate::model::Segment;
use crate::sources::{DimensionKind, Source};
use std::collections::{BTreeMap, BTreeSet};

/// Codes and fields, documented and seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Documented codes that no record had, and their symbolic names, in the order of the catalogue.
    pub codes_unseen: Vec<(String, String)>,
    /// Codes of records that are not documented, and how many records had them; empty without a catalogue.
    pub codes_undocumented: Vec<(String, u64)>,
    /// How many codes are documented, and how many of them were seen.
    pub codes: (usize, usize),
    /// Documented fields that no record had.
    pub fields_unseen: Vec<String>,
    /// Documented fields that were there and never held anything.
    pub fields_empty: Vec<String>,
    /// Fields of records that are not documented and lie in nothing that is; empty without a list of fields.
    pub fields_undocumented: Vec<FieldSeen>,
    /// How many fields are documented, and how many of them were seen.
    pub fields: (usize, usize),
}

/// A field that was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldSeen {
    /// Its path.
    pub path: String,
    /// Records that had it.
    pub records: u64,
}

impl Coverage {
    /// What the records of a fingerprint show of what the vendor of a source documents.
    #[must_use]
    pub fn of(fingerprint: &Fingerprint, source: &Source) -> Self {
        let mut coverage = Self::default();
        coverage.tell_codes(fingerprint, source);
        coverage.tell_fields(fingerprint, source);
        coverage
    }

    fn tell_codes(&mut self, fingerprint: &Fingerprint, source: &Source) {
        if !source.has_catalogue() {
            return;
        }
        let field = source.dimensions().iter().find(|dimension| dimension.kind == DimensionKind::Code).map(|dimension| &dimension.name);
        let of_field = fingerprint.cohorts.iter().filter(|cohort| Some(&cohort.field) == field);
        let seen: BTreeMap<&str, u64> = of_field.map(|cohort| (cohort.value.as_str(), cohort.total.count)).collect();
        let documented = source.documented_codes();
        let unseen = documented.iter().filter(|(code, _)| !seen.contains_key(code));
        self.codes_unseen = unseen.map(|(code, name)| ((*code).to_owned(), (*name).to_owned())).collect();
        self.codes = (documented.len(), documented.len() - self.codes_unseen.len());
        // What stands for no code, or for several, is in parentheses.
        let undocumented = seen.into_iter().filter(|(code, _)| !code.starts_with('(') && !source.documents(code));
        self.codes_undocumented = undocumented.map(|(code, records)| (code.to_owned(), records)).collect();
    }

    fn tell_fields(&mut self, fingerprint: &Fingerprint, source: &Source) {
        let documented = source.documented_fields();
        if documented.is_empty() {
            return;
        }
        let common = |text: &str| source.aliases().common(text);
        // What is common to all spellings of a field, whatever the shape of the log.
        let known: BTreeMap<String, String> = documented.iter().map(|path| (common(&path.to_string()), path.to_string())).collect();
        let (mut seen, mut filled) = (BTreeSet::new(), BTreeSet::new());
        let root = super::tree::Node::of(fingerprint);
        let mut undocumented = BTreeMap::new();
        for stats in &fingerprint.paths {
            let (bare, mut node) = (source.bare(&stats.path), Some(&root));
            for segment in stats.path.segments() {
                node = node.and_then(|node| node.children.get(segment));
            }
            let Some(node) = node else { continue };
            let above = (1..=bare.segments().len()).map(|length| {
                let path = bare.segments()[..length].iter().fold(crate::model::FieldPath::root(), |path, step| path.join(step.clone()));
                common(&path.to_string())
            });
            let above: Vec<String> = above.collect();
            let Some(own) = above.last() else { continue };
            let is_filled = node.shapes.keys().any(|shape| shape.is_filled());
            if known.contains_key(own) {
                seen.insert(own.clone());
                filled.extend(is_filled.then(|| own.clone()));
            }
            let holds_some = known.keys().any(|field| field.starts_with(&format!("{own}.")));
            let is_part = !matches!(stats.path.segments().last(), Some(Segment::Key(_)));
            if !source.is_envelope(&stats.path)
                && !is_part
                && !holds_some
                && !above.iter().any(|path| known.contains_key(path))
                && !source.aliases().is_added(own)
            {
                undocumented.insert(stats.path.to_string(), node.present);
            }
        }
        self.fields = (known.len(), seen.len());
        self.fields_unseen = known.iter().filter(|(field, _)| !seen.contains(*field)).map(|(_, path)| path.clone()).collect();
        self.fields_empty =
            known.iter().filter(|(field, _)| seen.contains(*field) && !filled.contains(*field)).map(|(_, path)| path.clone()).collect();
        self.fields_undocumented = undocumented.into_iter().map(|(path, records)| FieldSeen { path, records }).collect();
        [&mut self.fields_unseen, &mut self.fields_empty].into_iter().for_each(|list| list.sort_unstable());
    }
}
