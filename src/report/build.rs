//! Findings made into a report: their texts, their order, the verdict.

use super::reveal::Reveal;
use super::wire::{AcceptanceRow, BaselineInfo, Checked, CohortRow, EndedRow, FindingRow, FormId, Report, Run, Verdict, rfc3339};
use super::word_diff::word_diff;
use crate::model::{Acceptance, Evidence, Finding, FindingState, Severity, Status};
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
            ended: Vec::new(),
            fail_on,
            verdict,
        }
    }

    /// The report with what earlier runs and users have to say: the findings that ended, and by whom others are accepted.
    #[must_use]
    pub fn with_history(mut self, ended: &[FindingState], acceptances: &[Acceptance], reveal: Reveal) -> Self {
        for row in self.findings.iter_mut().filter(|row| row.status == Status::Accepted) {
            row.acceptance = acceptances.iter().find(|one| one.key.as_str() == row.key).map(|one| acceptance(one, reveal));
        }
        let mut ended: Vec<&FindingState> = ended.iter().collect();
        ended.sort_by_key(|state| (Reverse(state.severity), &state.key));
        self.ended = ended.into_iter().map(|state| ended_row(state, reveal)).collect();
        self
    }

    /// The findings, each root with its echoes.
    pub(super) fn groups(&self) -> impl Iterator<Item = (&FindingRow, &[FindingRow])> {
        let mut rest = self.findings.as_slice();
        std::iter::from_fn(move || {
            let (root, others) = rest.split_first()?;
            let mut keys = vec![root.key.as_str()];
            // Echoes of echoes stand behind them.
            for row in others {
                if !row.caused_by.as_deref().is_some_and(|cause| keys.contains(&cause)) {
                    break;
                }
                keys.push(&row.key);
            }
            let (echoes, next) = others.split_at(keys.len() - 1);
            rest = next;
            Some((root, echoes))
        })
    }

    /// The worst severity among the findings that were not accepted.
    #[must_use]
    pub fn worst(&self) -> Option<Severity> {
        self.findings.iter().filter(|row| row.status != Status::Accepted).map(|row| row.severity).max()
    }
}

fn acceptance(acceptance: &Acceptance, reveal: Reveal) -> AcceptanceRow {
    AcceptanceRow {
        by: reveal.text(&acceptance.who).into_owned(),
        at: rfc3339(acceptance.at),
        reason: reveal.text(&acceptance.reason).into_owned(),
        ends: acceptance.ends.and_then(rfc3339),
    }
}

fn ended_row(state: &FindingState, reveal: Reveal) -> EndedRow {
    let show = |text: &String| reveal.text(text).into_owned();
    EndedRow {
        key: state.key.to_string(),
        check: state.check.clone(),
        severity: state.severity,
        path: state.path.as_ref().map(show),
        cohort: state.cohort.as_ref().map(|cohort| CohortRow { path: show(&cohort.path), value: show(&cohort.value) }),
        value: state.value.as_ref().map(show),
        caused_by: state.caused_by.as_ref().map(ToString::to_string),
        last_seen: state.last_window.and_then(rfc3339),
    }
}

fn row(finding: &Finding, reveal: Reveal) -> FindingRow {
    let show = |text: &String| reveal.text(text).into_owned();
    FindingRow {
        key: finding.key.to_string(),
        check: finding.check.to_owned(),
        severity: finding.severity,
        status: finding.status,
        acceptance: None,
        path: finding.path.as_ref().map(|path| show(&path.to_string())),
        cohort: finding.cohort.as_ref().map(|cohort| CohortRow { path: show(&cohort.path), value: show(&cohort.value) }),
        value: finding.value.as_ref().map(show),
        code: finding.code.as_ref().map(show),
        before: finding.before.into(),
        after: finding.after.into(),
        series: finding.series.iter().copied().map(Into::into).collect(),
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

/// Roots before echoes without a root here, then worst first, then what matters most and shows in most records, then by what and where.
fn in_order(findings: &[Finding]) -> Vec<&Finding> {
    let mut sorted: Vec<&Finding> = findings.iter().collect();
    sorted.sort_by_cached_key(|finding| {
        (
            finding.caused_by.is_some(),
            Reverse(finding.severity),
            Reverse((finding.weight, finding.after.count)),
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
