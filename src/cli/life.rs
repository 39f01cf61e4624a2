//! A run beside those before it: which findings are new, known or accepted, and which ended; and the keeping of the run.

use super::Context;
use super::assess::Assessment;
use super::conclude::Told;
use crate::error::Result;
use crate::fingerprint::Fingerprint;
use crate::model::{Acceptance, Counts, Finding, FindingKey, FindingState, Status, Window};
use crate::notify::{Notice, Settings};
use crate::store::{Ingest, OwedRow, RunRow, Store};

/// Records expected to show a finding from which its absence says that it ended: with three the odds of none are one in 20.
const EXPECTED: f64 = 3.0;

/// What is remembered of a source's findings.
#[derive(Default)]
pub(super) struct Past {
    states: Vec<FindingState>,
    /// Those that hold now.
    pub(super) acceptances: Vec<Acceptance>,
}

impl Past {
    pub(super) fn of_store(store: &Store, source: &str, now: i64) -> Result<Self> {
        Ok(Self::new(store.finding_states(source)?, store.acceptances(source)?, now))
    }

    pub(super) fn of_ingest(ingest: &Ingest<'_>, source: &str, now: i64) -> Result<Self> {
        Ok(Self::new(ingest.finding_states(source)?, ingest.acceptances(source)?, now))
    }

    fn new(states: Vec<FindingState>, mut acceptances: Vec<Acceptance>, now: i64) -> Self {
        acceptances.retain(|acceptance| acceptance.holds(now));
        Self { states, acceptances }
    }

    fn state(&self, key: &FindingKey) -> Option<&FindingState> {
        self.states.iter().find(|state| state.key == *key)
    }

    /// The key by whose acceptance a finding is accepted: its own, or that of its cause.
    pub(super) fn accepted_by<'a>(&self, finding: &'a Finding) -> Option<&'a FindingKey> {
        let keys = [Some(&finding.key), finding.caused_by.as_ref()];
        keys.into_iter().flatten().find(|key| self.acceptances.iter().any(|acceptance| acceptance.key == **key))
    }

    /// Gives the findings of a run their status, and the time at which they were seen first.
    pub(super) fn tell(&self, assessment: &mut Assessment) {
        for finding in &mut assessment.findings {
            let state = self.state(&finding.key).filter(|state| !has_begun_again(state, assessment.last_shown.get(&state.key)));
            finding.status = match state {
                _ if self.accepted_by(finding).is_some() => Status::Accepted,
                // The acceptance is over.
                Some(state) if state.status == Status::Accepted => Status::New,
                Some(_) => Status::Known,
                None => Status::New,
            };
            finding.first_seen = finding.first_seen.into_iter().chain(state.and_then(|state| state.first_window)).min();
        }
    }

    /// Findings of earlier runs that these windows would have shown and did not; an echo ends with its cause at the latest, an
    /// accepted finding with its acceptance at the earliest.
    pub(super) fn ended<'a>(
        &self,
        assessment: &Assessment,
        windows: impl Iterator<Item = &'a Fingerprint>,
        run: &str,
    ) -> Vec<FindingState> {
        let windows: Vec<&Fingerprint> = windows.collect();
        let is_found = |state: &FindingState| assessment.findings.iter().any(|finding| finding.key == state.key);
        let is_accepted = |state: &FindingState| {
            let by = |key: &FindingKey| self.acceptances.iter().any(|acceptance| acceptance.key == *key);
            by(&state.key) || state.caused_by.as_ref().is_some_and(by)
        };
        let is_open = |state: &&FindingState| state.ended_run.is_none() && !is_found(state) && !is_accepted(state);
        let is_missed = |state: &FindingState| windows.iter().map(|window| expected(state, window)).sum::<f64>() >= EXPECTED;
        let ends = |state: &&FindingState| {
            let cause = state.caused_by.as_ref().and_then(|cause| self.state(cause));
            is_missed(state) || cause.is_some_and(|cause| is_open(&cause) && is_missed(cause))
        };
        let ended = self.states.iter().filter(is_open).filter(ends);
        ended.map(|state| FindingState { ended_run: Some(run.to_owned()), ..state.clone() }).collect()
    }

    /// What is remembered of the findings of a run from now on.
    pub(super) fn states(&self, assessment: &Assessment, run: &str) -> Vec<FindingState> {
        assessment.findings.iter().map(|finding| self.remembered(finding, assessment.last_shown.get(&finding.key), run)).collect()
    }

    fn remembered(&self, finding: &Finding, last_shown: Option<&i64>, run: &str) -> FindingState {
        let known = self.state(&finding.key);
        let before = known.filter(|state| !has_begun_again(state, last_shown));
        FindingState {
            key: finding.key.clone(),
            status: finding.status,
            check: finding.check.to_owned(),
            severity: finding.severity,
            path: finding.path.as_ref().map(ToString::to_string),
            cohort: finding.cohort.clone(),
            value: finding.value.clone(),
            caused_by: finding.caused_by.clone(),
            share: share(finding.before, finding.after),
            first_window: finding.first_seen,
            last_window: last_shown.copied().max(known.and_then(|state| state.last_window)),
            first_run: before.map_or(run, |state| &state.first_run).to_owned(),
            last_run: run.to_owned(),
            ended_run: before.and_then(|state| state.ended_run.clone()),
        }
    }
}

/// Whether a finding that had ended is there again, in a window after those that showed it before.
fn has_begun_again(state: &FindingState, last_shown: Option<&i64>) -> bool {
    state.ended_run.is_some() && last_shown.is_none_or(|shown| state.last_window.is_none_or(|last| *shown > last))
}

/// Share of the records that show what a finding is about, now or, of what is gone, before.
fn share(before: Counts, after: Counts) -> f64 {
    match before.share().max(after.share()) {
        0.0 => 1.0,
        share => share,
    }
}

/// Records of a window that would show a finding if it went on; none of a window that is not later than the last that did.
#[expect(clippy::cast_precision_loss, reason = "an expected number")]
fn expected(state: &FindingState, window: &Fingerprint) -> f64 {
    if window.window != Window::UNDATED && state.last_window.is_some_and(|last| window.window.start <= last) {
        return 0.0;
    }
    let records = match &state.cohort {
        // A finding about the value of its slice is about which records come, and counted of all.
        Some(slice) if state.value.as_ref() != Some(&slice.value) => {
            let cohort = window.cohorts.iter().find(|cohort| cohort.field == slice.path && cohort.value == slice.value);
            cohort.map_or(0, |cohort| cohort.total.count)
        }
        _ => window.records,
    };
    records as f64 * state.share
}

/// Keeps a run with its report, what is remembered of its findings, and whom to tell of it; acceptances that are over are taken
/// out.
pub(super) fn keep(ingest: &mut Ingest<'_>, source: &str, told: &Told, targets: &[Settings], context: &Context) -> Result<()> {
    let report = &told.masked;
    let roots = || report.findings.iter().filter(|row| row.caused_by.is_none());
    let row = RunRow {
        id: report.run.id.clone(),
        source: source.to_owned(),
        at: context.now,
        who: context.who.clone(),
        period: (report.run.window.from.clone(), report.run.window.to.clone()),
        verdict: report.verdict.id().to_owned(),
        findings: roots().count() as u64,
        new: roots().filter(|row| row.status == Status::New).count() as u64,
    };
    ingest.save_run(&row, &report.to_json()?)?;
    ingest.put_finding_states(source, &told.states)?;
    for target in targets.iter().filter(|target| Notice::of(report, target.min_severity()).is_some()) {
        ingest.owe(source, &OwedRow { target: target.name().to_owned(), run: row.id.clone() })?;
    }
    expire(ingest, source, context)
}

/// Takes out the acceptances whose time is over, so that the changes of the baseline tell it.
fn expire(ingest: &mut Ingest<'_>, source: &str, context: &Context) -> Result<()> {
    let all = ingest.acceptances(source)?;
    for over in all.iter().filter(|acceptance| !acceptance.holds(context.now)) {
        let learnt = ingest.windows(source)?.iter().filter(|row| row.under.contains(&over.key)).count();
        let by = context.by("its last day is over");
        ingest.withdraw(source, &over.key, by)?;
        ingest.note(source, &format!("the acceptance of {} ended; windows learnt under it that left: {learnt}", over.key), by)?;
    }
    Ok(())
}

/// An id that no kept run has.
pub(super) fn free_id(ingest: &Ingest<'_>, wanted: &str) -> Result<String> {
    let mut id = wanted.to_owned();
    let mut number = 1;
    while ingest.has_run(&id)? {
        number += 1;
        id = format!("{wanted}-{number}");
    }
    Ok(id)
}
