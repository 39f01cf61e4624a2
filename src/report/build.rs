//! Findings made into a report: their texts, their order, the verdict.

use super::reveal::Reveal;
use super::wire::{BaselineInfo, Checked, CohortRow, FindingRow, FormId, Report, Run, Verdict, rfc3339};
use super::word_diff::word_diff;
use crate::model::{Evidence, Finding, Severity, Status};
use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

impl Report {
    /// A report of these findings. The verdict is `drift` if a finding that was not accepted reaches `fail_on`, else
    /// `not-checkable` if nothing could be compared (`checked.comparisons` is 0), else `clean`.
    #[must_use]
    pub fn new(
        run: Run,
        baseline: Option<BaselineInfo>,
        mut checked: Checked,
        findings: &[Finding],
        fail_on: Severity,
        reveal: Reveal,
    ) -> Self {
        let fails = |finding: &Finding| finding.status != Status::Accepted && finding.severity >= fail_on;
        let verdict = if findings.iter().any(fails) {
            Verdict::Drift
        } else if checked.comparisons == 0 {
            Verdict::NotCheckable
        } else {
            Verdict::Clean
        };
        checked.not_checked = reveal.texts(&checked.not_checked);
        Self {
            schema: FormId::V1,
            run: reveal.run(run),
            baseline,
            checked,
            sign_ins: None,
            findings: in_order(findings).into_iter().map(|finding| row(finding, reveal)).collect(),
            verdict,
        }
    }

    /// The worst severity among the findings that were not accepted.
    #[must_use]
    pub fn worst(&self) -> Option<Severity> {
        self.findings.iter().filter(|row| row.status != Status::Accepted).map(|row| row.severity).max()
    }
}

fn row(finding: &Finding, reveal: Reveal) -> FindingRow {
    let show = |text: &String| reveal.text(text).into_owned();
    FindingRow {
        key: finding.key.to_string(),
        check: finding.check.to_owned(),
        severity: finding.severity,
        status: finding.status,
        path: finding.path.as_ref().map(|path| show(&path.to_string())),
        cohort: finding.cohort.as_ref().map(|cohort| CohortRow { path: show(&cohort.path), value: show(&cohort.value) }),
        value: finding.value.as_ref().map(show),
        code: finding.code.as_ref().map(show),
        before: finding.before.into(),
        after: finding.after.into(),
        actors: finding.actors,
        first_seen: finding.first_seen.and_then(rfc3339),
        summary: reveal.evidence(&finding.evidence).to_string(),
        text_change: text_change(&reveal.evidence(&finding.evidence)),
        caused_by: finding.caused_by.as_ref().map(ToString::to_string),
        echoes: finding.echoes.iter().map(ToString::to_string).collect(),
        rules: Vec::new(),
        suggestion: None,
    }
}

/// The change of a text whose words may be shown.
fn text_change(evidence: &Evidence) -> Option<String> {
    match evidence {
        Evidence::CodeText { change, .. } => Some(word_diff(change.from.first()?, change.to.first()?)),
        _ => None,
    }
}

/// Roots before echoes without a root here, then worst first, then most records first, then by what and where.
fn in_order(findings: &[Finding]) -> Vec<&Finding> {
    let mut sorted: Vec<&Finding> = findings.iter().collect();
    sorted.sort_by_cached_key(|finding| {
        (
            finding.caused_by.is_some(),
            Reverse(finding.severity),
            Reverse(finding.after.count),
            finding.check,
            finding.path.as_ref().map(ToString::to_string),
            finding.cohort.clone(),
            finding.value.clone(),
            finding.key.clone(),
        )
    });
    let mut echoes: HashMap<&str, Vec<usize>> = HashMap::new();
    let keys: HashSet<&str> = findings.iter().map(|finding| finding.key.as_str()).collect();
    let root = |at: usize| sorted[at].caused_by.as_ref().filter(|key| keys.contains(key.as_str()));
    for at in 0..sorted.len() {
        if let Some(key) = root(at) {
            echoes.entry(key.as_str()).or_default().push(at);
        }
    }
    // Roots come first; the second pass picks up findings that only cause each other, so that none is ever lost.
    let (roots, others): (Vec<usize>, Vec<usize>) = (0..sorted.len()).partition(|&at| root(at).is_none());
    let mut order = Vec::with_capacity(sorted.len());
    let mut placed = vec![false; sorted.len()];
    for start in roots.into_iter().chain(others) {
        let mut stack = vec![start];
        while let Some(at) = stack.pop() {
            if std::mem::replace(&mut placed[at], true) {
                continue;
            }
            order.push(sorted[at]);
            stack.extend(echoes.get(sorted[at].key.as_str()).into_iter().flatten().rev());
        }
    }
    order
}
