//! A rule as it watches a stream: which record types it reads, and how many records of which codes it used to look at.

use super::super::evaluate::{Known, Truth, holds, test_of};
use super::super::{Predicate, Rule, Selection};
use super::{Effect, Impact, decides};
use crate::compare::{CohortPlace, Comparison, Side, WHOLE};
use crate::model::Cohort;
use crate::sources::{Dimension, DimensionKind, Role, Source};

/// A rule that reads a stream.
pub(super) struct Watch<'a> {
    pub(super) place: usize,
    pub(super) rule: &'a Rule,
    pub(super) comparison: &'a Comparison,
    pub(super) source: &'a Source,
}

/// A part of the stream: records of one type with one code, and how many there are.
struct Part {
    kind: Option<String>,
    code: Option<String>,
    records: f64,
}

#[expect(clippy::cast_precision_loss, reason = "counts of records, for shares")]
const fn to_f64(count: u64) -> f64 {
    count as f64
}

impl<'a> Watch<'a> {
    /// The rule, if one of its tables holds records of the source, or if it names none.
    pub(super) fn new(place: usize, rule: &'a Rule, comparison: &'a Comparison, source: &'a Source) -> Option<Self> {
        let of_source = |table: &String| source.aliases().record_types(table).is_some();
        let reads = rule.tables.is_empty() || rule.tables.iter().any(of_source);
        reads.then_some(Self { place, rule, comparison, source })
    }

    /// A field of the rule in the spelling that all products share.
    pub(super) fn common(&self, field: &str) -> String {
        self.source.aliases().common(field)
    }

    /// Whether a field of the rule has a role in the source.
    pub(super) fn plays(&self, role: Role, field: &str) -> bool {
        self.source.plays(role, &self.common(field))
    }

    /// Whether a comparison may be of a table that holds such records.
    pub(super) fn is_of(&self, predicate: &Predicate, kinds: &[String]) -> bool {
        predicate.tables.is_empty() || predicate.tables.iter().any(|table| self.reads(table, kinds))
    }

    /// Whether a table holds records of one of these types; without types, whether it is one of the source.
    pub(super) fn reads(&self, table: &str, kinds: &[String]) -> bool {
        let aliases = self.source.aliases();
        if kinds.is_empty() { aliases.record_types(table).is_some() } else { kinds.iter().any(|kind| aliases.holds(table, kind)) }
    }

    fn dimension(&self, kind: DimensionKind) -> Option<&'a str> {
        self.source.dimensions().iter().find(|dimension| dimension.kind == kind).map(|dimension| dimension.name.as_str())
    }

    /// The place of a result code.
    pub(super) fn code(&self, code: &str) -> Option<CohortPlace> {
        self.comparison.cohort(self.dimension(DimensionKind::Code)?, code)
    }

    /// The record types that share records with a cohort on either side.
    pub(super) fn kinds_of(&self, cohort: CohortPlace) -> Vec<String> {
        let Some(field) = self.dimension(DimensionKind::RecordType) else { return Vec::new() };
        let shares = |kind: &CohortPlace| [&self.comparison.now, &self.comparison.before].iter().any(|side| side.shared(cohort, *kind) > 0);
        self.comparison.cohorts_of(field).filter(shares).map(|kind| self.comparison.cohorts[kind.0].1.clone()).collect()
    }

    /// Records of the slice that the rule's selections do not leave out, and of all that they do not, on one side; `None` if the
    /// rule selects by nothing that is known.
    fn reached(&self, side: &Side, slice: CohortPlace, cohort: Option<&Cohort>) -> Option<(f64, f64)> {
        let passing = |parts: &[Part], cohort| parts.iter().filter(|part| self.passes(part, cohort)).map(|part| part.records).sum::<f64>();
        let parts = self.parts(side, slice);
        let (inside, all) = (passing(&parts, cohort), passing(&self.parts(side, WHOLE), None));
        // A rule that waits for what is not in the stream looks at nothing of the slice either.
        if !parts.is_empty() && inside == 0.0 {
            return Some((0.0, all.max(1.0)));
        }
        let of_slice: f64 = parts.iter().map(|part| part.records).sum();
        let named = self.named(cohort);
        if named.is_empty() || of_slice == 0.0 || slice == WHOLE {
            return (all > 0.0).then_some((inside, all));
        }
        // The rule waits for some cohorts by name: what they share with the slice is counted.
        let shared: f64 = named.iter().map(|place| to_f64(side.shared(*place, slice))).sum();
        let all: f64 = named.iter().map(|place| passing(&self.parts(side, *place), None)).sum();
        (all > 0.0).then_some((shared * inside / of_slice, all))
    }

    /// The cohorts that the rule waits for by name, of one field beside the record type, the code and that of the slice.
    fn named(&self, slice: Option<&Cohort>) -> Vec<CohortPlace> {
        let fields = self.source.dimensions().iter().filter(|dimension| dimension.kind == DimensionKind::Other);
        let others = fields.filter(|dimension| slice.is_none_or(|slice| slice.path != dimension.name));
        let of_field = |dimension: &Dimension| -> Vec<CohortPlace> {
            let is_it = |field: &str| dimension.paths.iter().any(|path| self.common(&path.to_string()) == self.common(field));
            let waits = |predicate: &&Predicate| !predicate.negated && predicate.derived.is_none() && is_it(&predicate.field);
            let Some(predicate) = self.rule.predicates.iter().filter(waits).find(|predicate| decides(self.rule, predicate)) else {
                return Vec::new();
            };
            let fits = |place: &CohortPlace| {
                let value = self.comparison.cohorts[place.0].1.clone();
                test_of(self.rule, predicate, &Known::Values(vec![value])) == Truth::Yes
            };
            self.comparison.cohorts_of(&dimension.name).filter(fits).collect()
        };
        others.map(of_field).find(|named| !named.is_empty()).unwrap_or_default()
    }

    /// The parts of a slice, by type and code.
    fn parts(&self, side: &Side, slice: CohortPlace) -> Vec<Part> {
        let comparison = self.comparison;
        let name = |cohort: CohortPlace| comparison.cohorts[cohort.0].1.clone();
        let codes: Vec<CohortPlace> =
            self.dimension(DimensionKind::Code).into_iter().flat_map(|field| comparison.cohorts_of(field)).collect();
        let kinds: Vec<CohortPlace> =
            self.dimension(DimensionKind::RecordType).into_iter().flat_map(|field| comparison.cohorts_of(field)).collect();
        let share = |part: u64, of: u64| if of == 0 { 0.0 } else { to_f64(part) / to_f64(of) };
        let total = side.total(slice).count;
        let mut parts = Vec::new();
        for &code in &codes {
            let of_code = side.shared(slice, code);
            if of_code == 0 {
                continue;
            }
            // Of three fields at once only pairs are counted: the code's records are spread over its types as all of them are.
            let spread: Vec<&CohortPlace> =
                kinds.iter().filter(|&&kind| side.shared(kind, code) > 0 && side.shared(kind, slice) > 0).collect();
            for &&kind in &spread {
                let records = to_f64(of_code) * share(side.shared(kind, code), side.total(code).count);
                parts.push(Part { kind: Some(name(kind)), code: Some(name(code)), records });
            }
            if spread.is_empty() {
                parts.push(Part { kind: None, code: Some(name(code)), records: to_f64(of_code) });
            }
        }
        if parts.is_empty() && total > 0 {
            parts.push(Part { kind: None, code: None, records: to_f64(total) });
        }
        parts
    }

    /// Whether some selection of the rule does not leave a part out.
    fn passes(&self, part: &Part, cohort: Option<&Cohort>) -> bool {
        let known = |field: &str| self.known(field, part, cohort);
        let reads = |selection: &Selection| match (&selection.table, &part.kind) {
            (Some(table), Some(kind)) => self.reads(table, std::slice::from_ref(kind)),
            (Some(table), None) => self.reads(table, &[]),
            (None, _) => true,
        };
        let selections = || self.rule.selections.iter().filter(|selection| reads(selection));
        selections().any(|selection| holds(&selection.condition, self.rule, &known) != Truth::No)
    }

    /// What is known of a field in a part of a slice.
    fn known(&self, field: &str, part: &Part, cohort: Option<&Cohort>) -> Known {
        let common = self.common(field);
        let one = |value: &Option<String>| value.clone().map_or(Known::Unknown, |value| Known::Values(vec![value]));
        if self.source.plays(Role::Code, &common) {
            return one(&part.code);
        }
        if self.source.plays(Role::RecordType, &common) {
            return one(&part.kind);
        }
        let Some(cohort) = cohort else { return Known::Unknown };
        let dimension = self.source.dimensions().iter().find(|dimension| dimension.name == cohort.path);
        let is_it = dimension.is_some_and(|dimension| dimension.paths.iter().any(|path| self.common(&path.to_string()) == common));
        if is_it { Known::Values(vec![cohort.value.clone()]) } else { Known::Unknown }
    }

    /// Share (0 to 1) of the records that the rule used to look at which lie in a slice of the stream; 0 if it looks at none of it.
    pub(super) fn share_of(&self, cohort: Option<&Cohort>) -> Option<f64> {
        let slice = match cohort {
            None => WHOLE,
            Some(cohort) => self.comparison.cohort(&cohort.path, &cohort.value)?,
        };
        // What is new now was not there before.
        let side = if self.comparison.before.total(slice).count > 0 { &self.comparison.before } else { &self.comparison.now };
        self.reached(side, slice, cohort).map(|(inside, all)| (inside / all).min(1.0))
    }

    /// An impact through a comparison.
    pub(super) fn through(&self, predicate: &Predicate, effect: Effect, why: String, lost: Option<f64>) -> Impact {
        Impact { rule: self.place, effect, clause: predicate.clause.clone(), at: predicate.at.clone(), why, lost, witness: None }
    }
}
