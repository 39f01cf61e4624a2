//! Findings beside the team's rules: which of them they touch, and what to do about it.

use super::reveal::Reveal;
use super::words::number;
use super::{Report, RuleRow, Suggestion, WitnessRow};
use crate::model::{Evidence, Finding, FindingKey};
use crate::rules::impact::{Effect, Impact};
use crate::rules::witness::Witness;
use crate::rules::{Rule, RuleSet, hunt};
use crate::sources::{Role, Source};
use std::cmp::Reverse;
use std::collections::BTreeMap;

impl Report {
    /// The report with the rules that its findings touch, the worst first, and with what could not be said of rules.
    #[must_use]
    pub fn with_rules(
        mut self,
        set: &RuleSet,
        findings: &[Finding],
        impacts: &BTreeMap<FindingKey, Vec<Impact>>,
        source: &Source,
        reveal: Reveal,
    ) -> Self {
        for (key, impacts) in impacts {
            let Some(row) = self.findings.iter_mut().find(|row| row.key == key.as_str()) else { continue };
            let code = findings.iter().find(|finding| finding.key == *key).and_then(|finding| match &finding.evidence {
                Evidence::NewCode { code, .. } | Evidence::CodeRenamed { to: code, .. } => Some(code.as_str()),
                _ => None,
            });
            let mut impacts: Vec<&Impact> = impacts.iter().collect();
            impacts.sort_by_key(|impact| (Reverse(impact.effect), impact.rule));
            row.rules = impacts.into_iter().filter_map(|impact| rule_row(set, impact, code, reveal)).collect();
        }
        for finding in findings {
            let Some(row) = self.findings.iter_mut().find(|row| row.key == finding.key.as_str()) else { continue };
            let query = hunt::query(finding, source, &|value| reveal.text(value).into_owned()).unwrap_or_default();
            let patch = patch(set, finding, impacts.get(&finding.key).map_or(&[], Vec::as_slice), source);
            row.suggestion = (!query.is_empty() || !patch.is_empty()).then_some(Suggestion { query, patch });
        }
        self.checked.not_checked.extend(gaps(set));
        self
    }
}

/// One patch for all rules that should list a new code, file by file; empty if there is none.
fn patch(set: &RuleSet, finding: &Finding, impacts: &[Impact], source: &Source) -> String {
    let (code, siblings) = match &finding.evidence {
        Evidence::NewCode { code, siblings, .. } => (code, siblings.as_slice()),
        Evidence::CodeRenamed { from, to, .. } => (to, std::slice::from_ref(from)),
        _ => return String::new(),
    };
    let mut by_file: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for impact in impacts.iter().filter(|impact| impact.effect != Effect::Noisy) {
        if let Some(rule) = set.rules.get(impact.rule) {
            by_file.entry(&rule.file).or_default().push(impact.rule);
        }
    }
    let is_code = |field: &str| source.plays(Role::Code, &source.aliases().common(field));
    by_file.into_iter().filter_map(|(file, rules)| set.add_code(file, &rules, siblings, code, &is_code)).collect()
}

/// A query of the rule's own language for the records with a code, by the field of the comparison through which it is hit.
fn query_of(rule: &Rule, impact: &Impact, code: Option<&str>) -> Option<String> {
    let through = rule.predicates.iter().find(|predicate| predicate.at == impact.at && predicate.clause == impact.clause)?;
    hunt::in_language(rule, &through.field, code?)
}

fn rule_row(set: &RuleSet, impact: &Impact, code: Option<&str>, reveal: Reveal) -> Option<RuleRow> {
    let rule = set.rules.get(impact.rule)?;
    Some(RuleRow {
        id: rule.id.clone(),
        title: rule.title.clone(),
        file: rule.file.clone(),
        line: u64::try_from(impact.at.line).unwrap_or(0),
        effect: impact.effect.id().into(),
        clause: reveal.text(&impact.clause).into_owned(),
        why: reveal.text(&impact.why).into_owned(),
        lost: impact.lost,
        query: query_of(rule, impact, code).filter(|query| reveal.text(query) == query.as_str()),
        witness: impact.witness.as_ref().and_then(|witness| witness_row(witness, reveal)),
    })
}

/// The records, unless one of their texts may not be shown: with a name in its place the rule would not look at them.
fn witness_row(witness: &Witness, reveal: Reveal) -> Option<WitnessRow> {
    let is_shown = |text: &String| reveal.text(text) == text.as_str();
    witness.told.iter().all(is_shown).then(|| WitnessRow {
        before: witness.before.clone(),
        after: witness.after.clone(),
        assumed: witness.assumed.iter().map(|text| reveal.text(text).into_owned()).collect(),
    })
}

/// What was not read of the rules: whatever is hit there is not named.
fn gaps(set: &RuleSet) -> Vec<String> {
    let [_, partial, failed] = set.tally();
    let count = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    let mut gaps = Vec::new();
    if partial + failed > 0 {
        let rules = number(count(partial + failed), "rule");
        gaps.push(format!("{rules} of {} that were not read in full; `logdrift rules` says what is missing", set.rules.len()));
    }
    if !set.refused.is_empty() {
        gaps.push(format!("{} of rules that could not be read, {} first", number(count(set.refused.len()), "file"), set.refused[0].0));
    }
    gaps
}
