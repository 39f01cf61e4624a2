//! What a drift does to the team's rules: which of them no longer see, through which clause, and how much of what they saw.

mod already;
mod codes;
mod fields;
mod watch;
mod words;

pub use already::{Already, already};

use super::witness::{Stage, Witness, witness};
use super::{Condition, Operator, Place, Predicate, Rule, RuleSet, Span};
use crate::compare::Comparison;
use crate::model::{Evidence, Finding, FindingKey, Severity};
use crate::sources::{Role, Source};
use std::collections::{BTreeMap, BTreeSet};
use watch::Watch;

/// What a drift does to a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// It speaks of what it should leave out.
    Noisy,
    /// It still speaks, but of less, or with less to say.
    Weakened,
    /// Records it is meant for do not reach it.
    Unreached,
    /// It can no longer match what it is written for.
    Blind,
}

impl Effect {
    /// The word of the report.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Noisy => "noisy",
            Self::Weakened => "weakened",
            Self::Unreached => "unreached",
            Self::Blind => "blind",
        }
    }
}

/// What a finding does to one rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Impact {
    /// Place of the rule in [`RuleSet::rules`].
    pub rule: usize,
    /// What it does.
    pub effect: Effect,
    /// The clause, as the rule writes it.
    pub clause: String,
    /// Where the clause stands.
    pub at: Span,
    /// Why, in a sentence.
    pub why: String,
    /// Share (0 to 1) of the records the rule used to match that is lost, or of those it should match that it does not; `None`
    /// where the records alone do not tell.
    pub lost: Option<f64>,
    /// Two records that show it: one that the rule looks at, and the same as it is now, which the rule passes over.
    pub witness: Option<Witness>,
}

/// What findings about a comparison do to the rules, by the finding. Of several effects on one rule the worst is told.
#[must_use]
pub fn impacts(set: &RuleSet, findings: &[Finding], comparison: &Comparison, source: &Source) -> BTreeMap<FindingKey, Vec<Impact>> {
    let watches: Vec<Watch<'_>> =
        set.rules.iter().enumerate().filter_map(|(place, rule)| Watch::new(place, rule, comparison, source)).collect();
    let stage = Stage::new(comparison, source);
    let of = |finding: &Finding| -> Vec<Impact> {
        let impacts = watches.iter().filter_map(|watch| impact(watch, finding));
        impacts.map(|impact| Impact { witness: shown(&stage, set, finding, &impact), ..impact }).collect()
    };
    findings.iter().map(|finding| (finding.key.clone(), of(finding))).filter(|(_, impacts)| !impacts.is_empty()).collect()
}

fn impact(watch: &Watch<'_>, finding: &Finding) -> Option<Impact> {
    match &finding.evidence {
        Evidence::NewCode { code, siblings, .. } => codes::unlisted(watch, code, siblings, false),
        Evidence::CodeRenamed { from, to, .. } => codes::unlisted(watch, to, std::slice::from_ref(from), true),
        Evidence::CodeVanished { code, left, .. } => codes::silent(watch, code, *left),
        Evidence::CodeText { code, change } => codes::reworded(watch, code, change),
        Evidence::RecordTypeVanished { name, .. } => codes::without_type(watch, name),
        Evidence::ValueVanished { value } => fields::without_value(watch, finding, value, None),
        Evidence::ValueRenamed(change) => {
            let (from, to) = (change.from.first()?, change.to.first()?);
            fields::without_value(watch, finding, from, Some(to))
        }
        Evidence::FieldVanished | Evidence::FieldEmptied { .. } | Evidence::FieldRenamed { .. } => fields::emptied(watch, finding),
        Evidence::TypeChanged(change) | Evidence::FormatChanged(change) => fields::reshaped(watch, finding, &change.to),
        Evidence::RelationChanged { .. } => fields::equal(watch, finding),
        _ => None,
    }
}

/// The result codes of failures that rules wait for.
#[must_use]
pub fn named_codes(set: &RuleSet, source: &Source) -> BTreeSet<String> {
    let waits = |predicate: &&Predicate| {
        let lists = matches!(predicate.operator, Operator::Equal | Operator::In);
        let is_code = source.plays(Role::Code, &source.aliases().common(&predicate.field));
        lists && is_code && !predicate.negated && predicate.derived.is_none() && predicate.place != Place::Aggregate
    };
    let values = set.rules.iter().flat_map(|rule| rule.predicates.iter().filter(waits)).flat_map(|predicate| &predicate.values);
    values.map(|value| value.text.clone()).filter(|code| !source.is_success(code)).collect()
}

/// Records that show what a finding does to a rule that no longer sees.
fn shown(stage: &Stage<'_>, set: &RuleSet, finding: &Finding, impact: &Impact) -> Option<Witness> {
    let rule = set.rules.get(impact.rule).filter(|_| impact.effect >= Effect::Unreached)?;
    let through = rule.predicates.iter().find(|predicate| predicate.at == impact.at && predicate.clause == impact.clause)?;
    witness(stage, rule, finding, through)
}

/// Raises findings that blind a rule to `critical`, and the findings that cause them: a detection in force can no longer match.
/// Notes of little weight stay notes.
pub fn raise(findings: &mut [Finding], impacts: &BTreeMap<FindingKey, Vec<Impact>>) {
    let blinds = |key: &FindingKey| impacts.get(key).is_some_and(|impacts| impacts.iter().any(|impact| impact.effect == Effect::Blind));
    let mut raised: Vec<FindingKey> = Vec::new();
    for finding in findings.iter_mut().filter(|finding| finding.severity >= Severity::Medium && blinds(&finding.key)) {
        finding.severity = Severity::Critical;
        raised.extend(finding.caused_by.clone());
    }
    while let Some(key) = raised.pop() {
        if let Some(cause) = findings.iter_mut().find(|finding| finding.key == key && finding.severity < Severity::Critical) {
            cause.severity = Severity::Critical;
            raised.extend(cause.caused_by.clone());
        }
    }
}

/// Whether a rule cannot speak of a record for which a comparison does not hold: it stands on records, and not as one of several
/// ways to be meant.
fn decides(rule: &Rule, predicate: &Predicate) -> bool {
    let place = rule.predicates.iter().position(|known| std::ptr::eq(known, predicate));
    let positions = rule.selections.iter().filter_map(|selection| is_needed(&selection.condition, place?));
    let positions: Vec<bool> = positions.collect();
    predicate.place == Place::Row && (positions.is_empty() || positions.contains(&true))
}

/// Whether a condition needs a comparison to hold; `None` if it does not ask for it.
fn is_needed(condition: &Condition, place: usize) -> Option<bool> {
    match condition {
        Condition::Test(known) => (*known == place).then_some(true),
        Condition::Unknown(_) => None,
        Condition::Not(inner) => is_needed(inner, place),
        Condition::All(all) => all.iter().filter_map(|one| is_needed(one, place)).max(),
        Condition::Any(any) => any.iter().filter_map(|one| is_needed(one, place)).max().map(|needed| needed && any.len() == 1),
    }
}

#[cfg(test)]
mod tests;
