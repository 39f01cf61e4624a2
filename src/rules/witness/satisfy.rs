//! Values for a record with which a rule looks at it.

use super::super::evaluate::{Known, Truth, test_of};
use super::super::rule::{Condition, Operator, Predicate, Rule};
use super::super::trial::Record;
use super::draft::{Draft, Stage};
use crate::compare::CohortPlace;
use crate::sources::DimensionKind;
use std::collections::BTreeSet;

/// Most values of the stream that are tried where a rule leaves one out.
const TRIED: usize = 20;

/// One attempt to meet a rule.
pub(super) struct Satisfy<'a> {
    pub(super) stage: &'a Stage<'a>,
    pub(super) rule: &'a Rule,
    /// The comparison that is not met by any other way, where there are several.
    pub(super) wanted: Option<usize>,
    /// What was taken for granted.
    pub(super) assumed: BTreeSet<String>,
}

impl Satisfy<'_> {
    /// Changes a draft so that a condition comes out as `want`; `false` if that cannot be done. `negated` says whether it stands
    /// under an odd number of `not`.
    pub(super) fn meet(&mut self, draft: &mut Draft<'_>, condition: &Condition, want: bool, negated: bool) -> bool {
        match condition {
            Condition::Unknown(why) => {
                self.assumed.insert(why.clone());
                true
            }
            Condition::Not(inner) => self.meet(draft, inner, !want, !negated),
            Condition::All(parts) if want => parts.iter().all(|part| self.meet(draft, part, want, negated)),
            Condition::Any(parts) if !want => parts.iter().all(|part| self.meet(draft, part, want, negated)),
            Condition::All(parts) | Condition::Any(parts) => self.meet_one(draft, parts, want, negated),
            Condition::Test(place) => match self.rule.predicates.get(*place) {
                // In the negated place the comparison counts that negation as its own.
                Some(predicate) => self.meet_test(draft, predicate, want != negated),
                None => false,
            },
        }
    }

    /// Meets one of several conditions: the one that is wanted, else the first that can be met.
    fn meet_one(&mut self, draft: &mut Draft<'_>, parts: &[Condition], want: bool, negated: bool) -> bool {
        let is_wanted = |part: &&Condition| self.wanted.is_some_and(|wanted| asks(part, wanted));
        let (first, rest): (Vec<&Condition>, Vec<&Condition>) = parts.iter().partition(is_wanted);
        for part in first.into_iter().chain(rest) {
            let (mut tried, assumed) = (draft.clone(), self.assumed.clone());
            if self.meet(&mut tried, part, want, negated) {
                *draft = tried;
                return true;
            }
            self.assumed = assumed;
        }
        false
    }

    fn meet_test(&mut self, draft: &mut Draft<'_>, predicate: &Predicate, want: bool) -> bool {
        let wanted = if want { Truth::Yes } else { Truth::No };
        let mut is_open = false;
        let mut fits = |draft: &Draft<'_>| {
            let record = draft.to_json();
            let known = Record::new(&record, self.stage.source).known(self.rule, &predicate.field);
            let truth = test_of(self.rule, predicate, &known);
            is_open |= truth == Truth::Maybe && !matches!(known, Known::Nothing);
            truth == wanted
        };
        if fits(draft) {
            return true;
        }
        let common = self.stage.common(&predicate.field);
        for candidate in self.candidates(predicate, want != predicate.negated, &common) {
            let mut tried = draft.clone();
            let is_changed = match &candidate {
                Some(text) => tried.set(&common, text),
                None => tried.clear(&common),
            };
            if is_changed && fits(&tried) {
                *draft = tried;
                return true;
            }
        }
        if is_open {
            self.assumed.insert(predicate.clause.clone());
        }
        is_open
    }

    /// Values with which a comparison, its negation left aside, may hold, or may not; `None` for nothing.
    fn candidates(&self, predicate: &Predicate, holds: bool, common: &str) -> Vec<Option<String>> {
        let listed = || predicate.values.iter().map(|value| value.text.clone());
        let number = |step: f64| listed().filter_map(move |text| text.parse::<f64>().ok()).map(move |number| (number + step).to_string());
        let texts: Vec<String> = match (predicate.operator, holds) {
            (Operator::Empty | Operator::Null, true) => return vec![None],
            (Operator::HasAll, true) => vec![listed().collect::<Vec<_>>().join(" ")],
            (Operator::Like, true) => listed().map(|pattern| pattern.replace(['*', '?'], "x")).collect(),
            (Operator::Less, true) | (Operator::AtLeast, false) => number(-1.0).collect(),
            (Operator::Greater, true) | (Operator::AtMost, false) => number(1.0).collect(),
            (Operator::AtMost | Operator::AtLeast, true) | (Operator::Less | Operator::Greater, false) => number(0.0).collect(),
            (Operator::True, true) => vec!["true".into()],
            (Operator::True, false) => vec!["false".into()],
            (_, true) => listed().collect(),
            (_, false) => self.others(common),
        };
        let nothing = if holds { None } else { Some(None) };
        texts.into_iter().map(Some).chain(nothing).collect()
    }

    /// Values that the stream has in a field, the most frequent first, and some that it need not have.
    fn others(&self, common: &str) -> Vec<String> {
        let comparison = self.stage.comparison;
        let is_it = |path: &crate::model::FieldPath| self.stage.common(&path.to_string()) == common;
        let dimension = self.stage.source.dimensions().iter().find(|dimension| dimension.paths.iter().any(is_it));
        let mut cohorts: Vec<CohortPlace> = dimension.iter().flat_map(|dimension| comparison.cohorts_of(&dimension.name)).collect();
        cohorts.sort_by_key(|cohort| std::cmp::Reverse(comparison.before.total(*cohort).count));
        let known = cohorts.into_iter().take(TRIED).map(|cohort| comparison.cohorts[cohort.0].1.clone());
        let is_free = dimension.is_none_or(|dimension| dimension.kind == DimensionKind::Other);
        let made_up = ["example", "user@example.com", "7", "192.0.2.1"].map(str::to_owned);
        known.filter(|value| !value.starts_with('(')).chain(made_up.into_iter().filter(|_| is_free)).collect()
    }
}

/// Whether a condition has a comparison in it.
fn asks(condition: &Condition, place: usize) -> bool {
    match condition {
        Condition::Test(known) => *known == place,
        Condition::Not(inner) => asks(inner, place),
        Condition::All(parts) | Condition::Any(parts) => parts.iter().any(|part| asks(part, place)),
        Condition::Unknown(_) => false,
    }
}
