//! A pair of made-up records that shows what a drift does to a rule: it looks at the first, as records were, and not at the
//! second, as they are now.

mod draft;
mod satisfy;

pub use draft::Stage;

use super::evaluate::Truth;
use super::rule::{Predicate, Rule, Selection};
use super::trial::{Record, tried};
use crate::compare::{CohortPlace, PathPlace, WHOLE};
use crate::model::{Change, Cohort, Evidence, Finding, Shape};
use crate::sources::{DimensionKind, Role};
use draft::{Draft, Slice, is_container, made_up, place_of, typical};
use satisfy::Satisfy;
use serde_json::Value;
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// Record types that are tried, those with most of the finding's records first.
const TYPES: usize = 4;

/// Two records in the form of the log, made up but for what the rule and the finding name.
#[derive(Clone, Debug, PartialEq)]
pub struct Witness {
    /// A record as it was: the rule looks at it, as far as its conditions can be told from a record.
    pub before: Value,
    /// The same record as it is now: the rule passes over it.
    pub after: Value,
    /// What of the rule was taken for granted, since no record alone tells it.
    pub assumed: Vec<String>,
    /// Texts in the records that were not made up: values that the rule compares with, codes, record types, words of closed sets.
    pub told: BTreeSet<String>,
}

/// A pair of records for what a finding does to a rule, through one of its comparisons; `None` where no record shows it: a code that is
/// gone, a join, a condition that is met by no record of the stream.
#[must_use]
pub fn witness(stage: &Stage<'_>, rule: &Rule, finding: &Finding, through: &Predicate) -> Option<Witness> {
    let drift = Drift::of(stage, finding, through)?;
    let wanted = rule.predicates.iter().position(|known| std::ptr::eq(known, through));
    let needed = rule.selections.iter().filter(|selection| selection.needed);
    needed.flat_map(|selection| drift.kinds().into_iter().map(move |kind| (selection, kind))).find_map(|(selection, kind)| {
        let reads = |table: &String| kind.as_ref().is_none_or(|(_, name)| stage.source.aliases().holds(table, name));
        if !selection.table.as_ref().is_none_or(reads) {
            return None;
        }
        drift.pair(rule, selection, &kind, wanted)
    })
}

/// A finding as something that happens to records.
struct Drift<'a> {
    stage: &'a Stage<'a>,
    finding: &'a Finding,
    /// The code that records had, if it is told, and the one that they have now.
    codes: Option<(String, String)>,
}

/// A record type by its place and name.
type Kind = Option<(CohortPlace, String)>;

impl<'a> Drift<'a> {
    fn of(stage: &'a Stage<'a>, finding: &'a Finding, through: &Predicate) -> Option<Self> {
        let codes = match &finding.evidence {
            Evidence::NewCode { code, siblings, .. } => {
                let listed = |sibling: &&String| through.values.iter().any(|value| value.text == **sibling);
                Some((siblings.iter().find(listed)?.clone(), code.clone()))
            }
            Evidence::CodeRenamed { from, to, .. } => Some((from.clone(), to.clone())),
            Evidence::CodeText { code, .. } => Some((code.clone(), code.clone())),
            Evidence::ValueRenamed(_)
            | Evidence::FieldVanished
            | Evidence::FieldEmptied { .. }
            | Evidence::FieldRenamed { .. }
            | Evidence::TypeChanged(_)
            | Evidence::FormatChanged(_) => None,
            _ => return None,
        };
        Some(Self { stage, finding, codes })
    }

    fn dimension(&self, kind: DimensionKind) -> Option<&'a str> {
        self.stage.source.dimensions().iter().find(|dimension| dimension.kind == kind).map(|dimension| dimension.name.as_str())
    }

    fn cohort(&self, kind: DimensionKind, value: &str) -> Option<CohortPlace> {
        self.stage.comparison.cohort(self.dimension(kind)?, value)
    }

    /// The part of the stream that is drifted, as it is called on either side.
    fn slices(&self) -> (CohortPlace, CohortPlace) {
        let of_finding = || self.finding.cohort.as_ref().and_then(|cohort| self.stage.comparison.cohort(&cohort.path, &cohort.value));
        match &self.codes {
            Some((from, to)) => {
                let place = |code: &str| self.cohort(DimensionKind::Code, code).unwrap_or(WHOLE);
                (place(from), place(to))
            }
            None => of_finding().map_or((WHOLE, WHOLE), |place| (place, place)),
        }
    }

    /// The record types that records of the drift have; one unknown type, if the source has none.
    fn kinds(&self) -> Vec<Kind> {
        let Some(field) = self.dimension(DimensionKind::RecordType) else { return vec![None] };
        let (comparison, (old, new)) = (self.stage.comparison, self.slices());
        let has = |kind: &CohortPlace| comparison.before.shared(old, *kind) > 0 || comparison.now.shared(new, *kind) > 0;
        let mut kinds: Vec<CohortPlace> = comparison.cohorts_of(field).filter(has).collect();
        kinds.sort_by_key(|kind| Reverse((comparison.now.shared(new, *kind), comparison.before.shared(old, *kind))));
        kinds.into_iter().take(TYPES).map(|kind| Some((kind, comparison.cohorts[kind.0].1.clone()))).collect()
    }

    fn pair(&self, rule: &Rule, selection: &Selection, kind: &Kind, wanted: Option<usize>) -> Option<Witness> {
        let (stage, slices) = (self.stage, self.slices());
        // The more is told of a record, the more of it is as it was: a type, where no slice is named, or one without a past.
        let has_past = slices.0 != WHOLE && stage.comparison.before.total(slices.0).count > 0;
        let cohort = if has_past { slices.0 } else { kind.as_ref().map_or(WHOLE, |(place, _)| *place) };
        let mut draft = Draft::new(stage, Slice { side: &stage.comparison.before, cohort }, &self.interests(rule));
        self.pin(&mut draft, kind.as_ref().map(|(_, name)| name.as_str()));
        let mut satisfy = Satisfy { stage, rule, wanted, assumed: BTreeSet::new() };
        if !satisfy.meet(&mut draft, &selection.condition, true, false) {
            return None;
        }
        let before = draft.to_json();
        let mut now = draft.clone();
        self.happen(&mut now, slices.1)?;
        let after = now.to_json();
        let made_of = tried(rule, &Record::new(&before, stage.source), &Record::new(&after, stage.source));
        let shows = made_of.before != Truth::No && made_of.after == Truth::No;
        let told = draft.told.union(&now.told).cloned().collect();
        shows.then(|| Witness { before, after, assumed: satisfy.assumed.into_iter().collect(), told })
    }

    /// The fields that the rule reads and the finding is about, and what every record has.
    fn interests(&self, rule: &Rule) -> BTreeSet<String> {
        let stage = self.stage;
        let of_rule = rule.fields.keys().map(|field| &field.name).chain(rule.predicates.iter().map(|predicate| &predicate.field));
        let mut interests: BTreeSet<String> = of_rule.map(|field| stage.common(field)).collect();
        let roles = [Role::Time, Role::Code, Role::CodeText, Role::RecordType, Role::Actor];
        let of_roles = roles.into_iter().flat_map(|role| stage.source.fields_of(role));
        interests.extend(of_roles.map(|path| stage.common(&path.to_string())));
        interests.extend(self.finding.path.iter().map(|path| stage.common(&path.to_string())));
        interests
    }

    /// Writes into a draft what makes it a record of the drift's slice.
    fn pin(&self, draft: &mut Draft<'_>, kind: Option<&str>) {
        let paths_of = |kind: DimensionKind| self.stage.source.dimensions().iter().find(move |dimension| dimension.kind == kind);
        let mut pin = |paths: &[crate::model::FieldPath], value: &str| {
            let commons: BTreeSet<String> = paths.iter().map(|path| self.stage.common(&path.to_string())).collect();
            commons.iter().for_each(|common| {
                draft.pin(common, value);
            });
        };
        if let (Some(dimension), Some(kind)) = (paths_of(DimensionKind::RecordType), kind) {
            pin(&dimension.paths, kind);
        }
        if let (Some(dimension), Some((from, _))) = (paths_of(DimensionKind::Code), &self.codes) {
            pin(&dimension.paths, from);
        }
        if let (Some(Cohort { path, value }), None) = (&self.finding.cohort, &self.codes) {
            let dimension = self.stage.source.dimensions().iter().find(|dimension| dimension.name == *path);
            if let Some(dimension) = dimension.filter(|dimension| dimension.kind != DimensionKind::RecordType) {
                pin(&dimension.paths, value);
            }
        }
    }

    /// Lets the drift happen to a record; `None` if it has nothing to happen to.
    fn happen(&self, draft: &mut Draft<'_>, slice: CohortPlace) -> Option<()> {
        let here = || self.finding.path.as_ref().and_then(|path| place_of(self.stage, path));
        match &self.finding.evidence {
            Evidence::NewCode { .. } | Evidence::CodeRenamed { .. } => {
                self.look_as_now(draft, slice);
                let (_, to) = self.codes.as_ref()?;
                self.write_role(draft, Role::Code, to);
            }
            Evidence::CodeText { change, .. } => self.write_role(draft, Role::CodeText, change.to.first()?),
            Evidence::ValueRenamed(Change { to, .. }) => {
                draft.put(here()?, Some(Value::String(to.first()?.clone())));
                draft.told.extend(to.first().cloned());
            }
            Evidence::FieldVanished => draft.put(here()?, None),
            Evidence::FieldEmptied { now } => draft.put(here()?, now.first().map(|shape| made_up(*shape))),
            Evidence::FieldRenamed { from, .. } => draft.put(self.stage.comparison.axis.place(from)?, None),
            Evidence::TypeChanged(change) | Evidence::FormatChanged(change) => draft.put(here()?, Some(made_up(*change.to.first()?))),
            _ => return None,
        }
        Some(())
    }

    fn write_role(&self, draft: &mut Draft<'_>, role: Role, text: &str) {
        let commons: BTreeSet<String> = self.stage.source.fields_of(role).iter().map(|path| self.stage.common(&path.to_string())).collect();
        commons.iter().for_each(|common| draft.write(common, text));
    }

    /// Lets fields look as those of a slice do now, where they look otherwise than they did.
    fn look_as_now(&self, draft: &mut Draft<'_>, cohort: CohortPlace) {
        let comparison = self.stage.comparison;
        if cohort == WHOLE || comparison.now.total(cohort).count == 0 {
            return;
        }
        let slice = Slice { side: &comparison.now, cohort };
        for place in draft.held() {
            let (was, is) = (draft.typical(place), typical(comparison, slice, place));
            if let Some(value) = changed(was, is).or_else(|| self.lost_with(slice, place).then_some(None)) {
                draft.put(place, value);
            }
        }
    }

    /// Whether a container above a path holds nothing any more.
    fn lost_with(&self, slice: Slice<'_>, place: PathPlace) -> bool {
        let axis = &self.stage.comparison.axis;
        std::iter::successors(axis.parent(place), |above| axis.parent(*above))
            .any(|above| !typical(self.stage.comparison, slice, above).is_some_and(is_container))
    }
}

/// What stands in the place of a value now, if it looks otherwise than it did: another value, or none.
fn changed(was: Option<Shape>, is: Option<Shape>) -> Option<Option<Value>> {
    match (was, is) {
        (_, None) => Some(None),
        (_, Some(is)) if !is.is_filled() => Some(Some(made_up(is))),
        (Some(was), Some(is)) if was.is_filled() && was.family() != is.family() && !is_container(is) => Some(Some(made_up(is))),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
