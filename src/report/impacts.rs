//! Findings beside the team's rules: which of them they touch, and what to do about it.

use super::reveal::Reveal;
use super::words::number;
use super::{Report, RuleRow};
use crate::model::FindingKey;
use crate::rules::RuleSet;
use crate::rules::impact::Impact;
use std::cmp::Reverse;
use std::collections::BTreeMap;

impl Report {
    /// The report with the rules that its findings touch, the worst first, and with what could not be said of rules.
    #[must_use]
    pub fn with_rules(mut self, set: &RuleSet, impacts: &BTreeMap<FindingKey, Vec<Impact>>, reveal: Reveal) -> Self {
        for (key, impacts) in impacts {
            let Some(row) = self.findings.iter_mut().find(|row| row.key == key.as_str()) else { continue };
            let mut impacts: Vec<&Impact> = impacts.iter().collect();
            impacts.sort_by_key(|impact| (Reverse(impact.effect), impact.rule));
            row.rules = impacts.into_iter().filter_map(|impact| rule_row(set, impact, reveal)).collect();
        }
        self.checked.not_checked.extend(gaps(set));
        self
    }
}

fn rule_row(set: &RuleSet, impact: &Impact, reveal: Reveal) -> Option<RuleRow> {
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
