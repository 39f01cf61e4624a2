//! `logdrift check`: a window against the baseline.

use super::args::{CheckArgs, FailOn, ReportArgs};
use super::assess::{self, Baseline};
use super::read::{self, Reading};
use super::{Context, Outcome, learn, source};
use crate::error::{Error, Result};
use crate::fingerprint::{Fingerprint, Settings};
use crate::ingest::{self, Input};
use crate::model::{Policy, Severity, Window};
use crate::report::{Report, Reveal, Verdict};
use crate::sources::Source;
use crate::store::{Access, SeenInMemory, Store};
use std::path::PathBuf;
use std::time::Duration;

pub(super) fn run(args: &CheckArgs, context: &Context) -> Result<Outcome> {
    let source = source::source(&args.source)?;
    let inputs = ingest::expand(&args.inputs)?;
    must_not_be_inputs(&args.report.output, &inputs)?;
    let settings = Settings { granularity: args.window.window, ..Settings::default() };
    if let Some(file) = &args.baseline {
        let (key, baseline) = super::baseline::of_file(file, &source)?;
        let reading = read::read(&inputs, &source, &key, settings, &mut SeenInMemory::default(), context)?;
        return conclude(baseline, &reading, &source, &args.report, context);
    }
    // A learner that was killed at once leaves an empty file.
    if std::fs::metadata(&args.store.store).map_or(true, |meta| meta.len() == 0) {
        return Err(no_baseline(&format!("there is no store {}", args.store.store.display()), &source));
    }
    let mut store = Store::open(&args.store.store, if args.learn { Access::Write } else { Access::Read })?;
    let key = store.key().clone();
    if !args.learn {
        let baseline = of_store(&store, &source)?;
        let reading = read::read(&inputs, &source, &key, settings, &mut SeenInMemory::default(), context)?;
        return conclude(baseline, &reading, &source, &args.report, context);
    }
    let mut ingest = store.begin(Duration::from_secs(args.window.wait), &mut |message| context.out.say(message))?;
    let windows = ingest.windows(&source.name)?;
    let load = |window| ingest.load(&source.name, window);
    let baseline =
        Baseline::new(&source.name, ingest.version(&source.name)?, decoded(windows.iter().map(|row| row.window), load, &source)?);
    let mut reading = read::read(&inputs, &source, &key, settings, &mut ingest, context)?;
    let (outcome, is_clean) = judged(baseline, &reading, &source, &args.report, context)?;
    // A window under suspicion never trains the baseline, whatever the user lets pass.
    if is_clean && learn::keep(&mut ingest, &mut reading, &source, context)? {
        ingest.note(
            &source.name,
            context.now,
            &context.who,
            &format!("learnt {} records that checked clean", reading.records()),
            "check --learn",
        )?;
        ingest.commit()?;
    }
    Ok(outcome)
}

/// The baseline of a source in a store.
pub(super) fn of_store(store: &Store, source: &Source) -> Result<Baseline> {
    let windows = store.windows(&source.name)?;
    let fingerprints = decoded(windows.iter().map(|row| row.window), |window| store.load(&source.name, window), source)?;
    Ok(Baseline::new(&source.name, store.version(&source.name)?, fingerprints))
}

fn decoded(
    windows: impl Iterator<Item = Window>,
    load: impl Fn(Window) -> Result<Option<Vec<u8>>>,
    source: &Source,
) -> Result<Vec<Fingerprint>> {
    let mut fingerprints = Vec::new();
    for window in windows {
        let Some(bytes) = load(window)? else { continue };
        fingerprints
            .push(Fingerprint::from_bytes(&bytes).map_err(|error| Error::Store(format!("window {window} of {}: {error}", source.name)))?);
    }
    Ok(fingerprints)
}

/// Judges, reports and says what it came to.
pub(super) fn conclude(baseline: Baseline, reading: &Reading, source: &Source, args: &ReportArgs, context: &Context) -> Result<Outcome> {
    Ok(judged(baseline, reading, source, args, context)?.0)
}

/// The outcome, and whether the windows were compared and nothing of medium or worse was found in them.
fn judged(baseline: Baseline, reading: &Reading, source: &Source, args: &ReportArgs, context: &Context) -> Result<(Outcome, bool)> {
    reading.must_have_records(source)?;
    if reading.records() == 0 {
        return Err(Error::Nothing("there is nothing new to compare: everything in the input had been learnt before".into()));
    }
    if baseline.windows.is_empty() {
        return Err(no_baseline("the store holds none of its windows", source));
    }
    must_fit(&baseline, reading)?;
    let info = baseline.info();
    let assessment = assess::assess(baseline, reading, source, &Policy::default());
    let run = assess::run(run_id(context.now), reading, source, notes(reading));
    let reveal = if context.global.show_values { Reveal::Shown } else { Reveal::default() };
    let report = Report::new(run, info, assessment.checked, &assessment.findings, args.fail_on.severity(), reveal);
    context.out.report(&report, args)?;
    let is_clean = report.checked.comparisons > 0 && assessment.findings.iter().all(|finding| finding.severity < Severity::Medium);
    let outcome = match report.verdict {
        Verdict::Drift if args.exit_zero || args.fail_on == FailOn::Never => Outcome::Clean,
        Verdict::Drift => Outcome::Drift,
        Verdict::NotCheckable => Outcome::NotCheckable,
        Verdict::Clean => Outcome::Clean,
    };
    Ok((outcome, is_clean))
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

/// An output that is one of the inputs would take its place.
pub(super) fn must_not_be_inputs(outputs: &[PathBuf], inputs: &[Input]) -> Result<()> {
    for output in outputs {
        let Ok(there) = output.canonicalize() else { continue };
        let is_input = |input: &Input| matches!(input, Input::File(path) if path.canonicalize().is_ok_and(|path| path == there));
        if inputs.iter().any(is_input) {
            return Err(Error::Usage(format!("{} is an input and would be overwritten; name another output", output.display())));
        }
    }
    Ok(())
}

fn no_baseline(why: &str, source: &Source) -> Error {
    Error::Nothing(format!(
        "there is no baseline of {} yet: {why}; make one with `logdrift learn INPUT... --source {}`",
        source.name, source.name
    ))
}

/// A name for a run: when it began and which process it was.
fn run_id(now: i64) -> String {
    format!("{now:x}-{:x}", std::process::id())
}

fn notes(reading: &Reading) -> Vec<String> {
    let mut notes = Vec::new();
    let folded = reading.windows().flat_map(|window| &window.cohorts).filter(|cohort| cohort.value == crate::model::OTHER);
    let mut fields: Vec<&str> = folded.map(|cohort| cohort.field.as_str()).collect();
    fields.sort_unstable();
    fields.dedup();
    if !fields.is_empty() {
        let limit = crate::fingerprint::MAX_COHORTS_A_FIELD;
        notes.push(format!(
            "{} had more than {limit} values; those beyond were judged together as {}",
            fields.join(", "),
            crate::model::OTHER
        ));
    }
    let lost: u64 = reading.windows().map(|window| window.lost).sum();
    if lost > 0 {
        notes.push(format!("{lost} values stood at more paths than are told apart and were not read"));
    }
    if !reading.inputs_learnt_before.is_empty() {
        notes.push(format!("{} inputs were left out because they had been learnt before", reading.inputs_learnt_before.len()));
    }
    notes.extend(reading.alike());
    notes
}
