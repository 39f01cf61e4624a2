//! What a check comes to: judged, told beside earlier runs, written, made into an exit code.

use super::args::{FailOn, ReportArgs};
use super::assess::{self, Assessment, Baseline};
use super::life::Past;
use super::read::Reading;
use super::{Context, Outcome, notes};
use crate::error::{Error, Result};
use crate::model::{FindingState, Policy, Severity, Status};
use crate::report::{BaselineInfo, Report, Reveal, Verdict};
use crate::rules::{RuleSet, impact};
use crate::sources::Source;

/// A reading judged.
pub(super) struct Judged<'a> {
    pub(super) assessment: Assessment,
    pub(super) rules: Option<&'a RuleSet>,
    info: Option<BaselineInfo>,
    notes: Vec<String>,
}

/// What the user's rules say about how to judge.
pub(super) fn policy(rules: Option<&RuleSet>, source: &Source) -> Policy {
    Policy { named_codes: rules.map(|rules| impact::named_codes(rules, source)).unwrap_or_default(), ..Policy::default() }
}

/// A judged reading beside earlier runs.
pub(super) struct Told {
    /// The report for the user.
    pub(super) report: Report,
    /// The report to be kept, in which nothing personal is shown.
    pub(super) masked: Report,
    /// What is remembered of its findings and of those that ended.
    pub(super) states: Vec<FindingState>,
}

impl<'a> Judged<'a> {
    pub(super) fn new(baseline: Baseline, reading: &Reading, source: &Source, rules: Option<&'a RuleSet>) -> Result<Self> {
        reading.must_have_records(source)?;
        if reading.records() == 0 {
            return Err(Error::Nothing("there is nothing new to compare: everything in the input had been learnt before".into()));
        }
        must_fit(&baseline, reading)?;
        let (info, notes) = (baseline.info(), notes::of(&baseline, reading, source));
        Ok(Self { assessment: assess::assess(baseline, reading, source, rules, &policy(rules, source)), rules, info, notes })
    }

    /// Tells new findings from known and accepted ones.
    pub(super) fn tell(&mut self, past: &Past, id: &str, reading: &Reading, source: &Source, args: &ReportArgs, context: &Context) -> Told {
        past.tell(&mut self.assessment);
        let ended = past.ended(&self.assessment, reading.windows(), id);
        let report = |reveal| {
            let run = assess::run(id.to_owned(), reading, source, self.notes.clone(), args.rules.as_deref());
            let (info, checked) = (self.info.clone(), self.assessment.checked.clone());
            let severity = args.fail_on.severity();
            let report = Report::new(run, info, checked, &self.assessment.findings, severity, reveal);
            let report = report.with_history(&ended, &past.acceptances, reveal);
            let report = match self.rules {
                Some(rules) => report.with_rules(rules, &self.assessment.findings, &self.assessment.impacts, source, reveal),
                None => report,
            };
            match (&args.expect, &reading.sign_ins) {
                (Some(file), Some(outcomes)) => report.with_sign_ins(file.display().to_string(), outcomes, severity, reveal),
                _ => report,
            }
        };
        let reveal = context.reveal();
        let (report, masked) = (report(reveal), report(Reveal::Hidden).unquoted());
        let mut states = past.states(&self.assessment, id);
        states.extend(ended);
        Told { report, masked, states }
    }

    /// Whether windows were compared and nothing of medium or worse was found in them but what was accepted.
    pub(super) fn is_clean(&self) -> bool {
        let passes = |finding: &crate::model::Finding| finding.severity < Severity::Medium || finding.status == Status::Accepted;
        self.assessment.judged && self.assessment.findings.iter().all(passes)
    }
}

/// A check that came to its end.
pub(super) struct Done {
    pub(super) outcome: Outcome,
    /// The report, personal values masked, without what a manifest quotes.
    pub(super) masked: Report,
    /// Whether the run is kept in the store.
    pub(super) kept: bool,
}

impl Done {
    pub(super) fn new(told: Told, args: &ReportArgs, kept: bool) -> Self {
        Self { outcome: outcome(&told.report, args), masked: told.masked, kept }
    }
}

/// Judges and reports without a store.
pub(super) fn conclude(
    baseline: Baseline,
    reading: &Reading,
    source: &Source,
    rules: Option<&RuleSet>,
    args: &ReportArgs,
    context: &Context,
) -> Result<Done> {
    let told = Judged::new(baseline, reading, source, rules)?.tell(&Past::default(), &run_id(context.now), reading, source, args, context);
    context.out.report(&told.report, &args.to)?;
    Ok(Done::new(told, args, false))
}

/// The outcome of a report.
fn outcome(report: &Report, args: &ReportArgs) -> Outcome {
    match report.verdict {
        Verdict::Drift if args.exit_zero || args.fail_on == FailOn::Never => Outcome::Clean,
        Verdict::Drift => Outcome::Drift,
        Verdict::NotCheckable => Outcome::NotCheckable,
        Verdict::Clean => Outcome::Clean,
    }
}

/// Days are compared with days and hours with hours.
fn must_fit(baseline: &Baseline, reading: &Reading) -> Result<()> {
    let of_baseline = baseline.windows.iter().map(|window| window.window.granularity).max();
    let of_reading = reading.windows().map(|window| window.window.granularity).max();
    match (of_baseline, of_reading) {
        (Some(known), Some(read)) if known != read => Err(Error::Usage(format!(
            "the baseline {} was learnt by the {}, and the {} cannot be compared with it; give --window {}",
            baseline.name,
            known.id(),
            read.id(),
            known.id()
        ))),
        _ => Ok(()),
    }
}

/// A name for a run: when it began and which process it was.
pub(super) fn run_id(now: i64) -> String {
    format!("{now:x}-{:x}", std::process::id())
}
