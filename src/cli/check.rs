//! `logdrift check`: a window against the baseline.

use super::args::{CheckArgs, FailOn, ReportArgs};
use super::assess::{self, Baseline};
use super::output::must_be_writable;
use super::read::{self, Reading};
use super::{Context, Outcome, expect, fingerprint_file, learn, notes, source};
use crate::error::{Error, Result};
use crate::fingerprint::{Fingerprint, Settings};
use crate::ingest::{self, Input};
use crate::model::{Policy, Severity, Window};
use crate::report::{Report, Reveal, Verdict};
use crate::sources::{Definition, Source};
use crate::store::{Access, SeenInMemory, Store, WindowRow};
use std::path::{Path, PathBuf};
use std::time::Duration;

pub(super) fn run(args: &CheckArgs, context: &Context) -> Result<Outcome> {
    let source = source::source(&args.source)?;
    let inputs = ingest::expand(&args.inputs)?;
    must_take_outputs(&args.report.output, &inputs)?;
    let (inputs, files) = fingerprint_file::apart(inputs)?;
    files.iter().try_for_each(|file| file.must_be_of(&source))?;
    let expected = expect::Expected::read(&args.report, &files)?;
    let settings = Settings { granularity: args.window.window, ..Settings::default() };
    if let Some(file) = &args.baseline {
        let (key, baseline) = super::baseline::of_file(file, &source)?;
        if let Some(print) = files.first() {
            return Err(needs_a_store(file, &print.path, &source));
        }
        let watcher = expected.watcher(&source, &key, context)?;
        let reading = read::read_watched(&inputs, &source, &key, settings, &mut SeenInMemory::default(), watcher, context)?;
        return conclude(baseline, &reading, &source, &args.report, context);
    }
    // A learner that was killed at once leaves an empty file.
    if std::fs::metadata(&args.store.store).map_or(true, |meta| meta.len() == 0) {
        return Err(no_baseline(&format!("there is no store {}", args.store.store.display()), &source, args));
    }
    let mut store = Store::open(&args.store.store, if args.learn { Access::Write } else { Access::Read })?;
    let key = store.key().clone();
    files.iter().try_for_each(|file| file.must_have_key(key.id(), &args.store.store))?;
    if !args.learn {
        let baseline = of_store(&store, &source, args)?;
        let watcher = expected.watcher(&source, &key, context)?;
        let mut reading = read::read_watched(&inputs, &source, &key, settings, &mut SeenInMemory::default(), watcher, context)?;
        reading.add(files, context)?;
        return conclude(baseline, &reading, &source, &args.report, context);
    }
    if let Some(file) = files.first() {
        let file = file.path.display();
        return Err(Error::Usage(format!(
            "{file} is a file of fingerprints, of which nobody can tell whether its records were learnt before; check it without --learn, \
             then `logdrift baseline import {file} --source {}`",
            source.name
        )));
    }
    check_and_learn(&mut store, &inputs, settings, &source, args, context)
}

/// Checks logs, and adds their windows to the baseline if nothing was found in them, in one ingest.
fn check_and_learn(
    store: &mut Store,
    inputs: &[Input],
    settings: Settings,
    source: &Source,
    args: &CheckArgs,
    context: &Context,
) -> Result<Outcome> {
    let (key, sources) = (store.key().clone(), store.sources()?);
    let mut ingest = store.begin(Duration::from_secs(args.window.wait), &mut |message| context.out.say(message))?;
    must_be_read_alike(source, ingest.definition(&source.name)?)?;
    let windows = ingest.windows(&source.name)?;
    must_have_records(&windows, &sources, source, args)?;
    let load = |window| ingest.load(&source.name, window);
    let baseline = Baseline::new(&source.name, ingest.version(&source.name)?, decoded(windows.iter().map(|row| row.window), load, source)?);
    let mut reading = read::read(inputs, source, &key, settings, &mut ingest, context)?;
    let (outcome, is_clean) = judged(baseline, &reading, source, &args.report, context)?;
    // A window under suspicion never trains the baseline, whatever the user lets pass.
    if is_clean && learn::keep(&mut ingest, &mut reading, source, context)? {
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

/// The baseline of a source in a store, which has one.
fn of_store(store: &Store, source: &Source, args: &CheckArgs) -> Result<Baseline> {
    must_be_read_alike(source, store.definition(&source.name)?)?;
    let windows = store.windows(&source.name)?;
    must_have_records(&windows, &store.sources()?, source, args)?;
    let fingerprints = decoded(windows.iter().map(|row| row.window), |window| store.load(&source.name, window), source)?;
    Ok(Baseline::new(&source.name, store.version(&source.name)?, fingerprints))
}

/// That a store's baseline of a source was read as the source reads; the text is what the store keeps of it.
pub(super) fn must_be_read_alike(source: &Source, kept: Option<String>) -> Result<()> {
    let known = source::kept(kept)?;
    source::must_be_alike(Some(&Definition::of(source)), known.as_ref(), &format!("the baseline of {}", source.name))
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
    must_fit(&baseline, reading)?;
    let (info, notes) = (baseline.info(), notes::of(&baseline, reading, source));
    let assessment = assess::assess(baseline, reading, source, &Policy::default());
    let run = assess::run(run_id(context.now), reading, source, notes);
    let reveal = if context.global.show_values { Reveal::Shown } else { Reveal::default() };
    let report = Report::new(run, info, assessment.checked, &assessment.findings, args.fail_on.severity(), reveal);
    let report = match (&args.expect, &reading.sign_ins) {
        (Some(file), Some(outcomes)) => report.with_sign_ins(file.display().to_string(), outcomes, args.fail_on.severity(), reveal),
        _ => report,
    };
    context.out.report(&report, args)?;
    let is_clean = assessment.judged && assessment.findings.iter().all(|finding| finding.severity < Severity::Medium);
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

/// That outputs can be written and are none of the inputs, whose place they would take.
pub(super) fn must_take_outputs(outputs: &[PathBuf], inputs: &[Input]) -> Result<()> {
    for output in outputs {
        let Ok(there) = output.canonicalize() else { continue };
        let is_input = |input: &Input| matches!(input, Input::File(path) if path.canonicalize().is_ok_and(|path| path == there));
        if inputs.iter().any(is_input) {
            return Err(Error::Usage(format!("{} is an input and would be overwritten; name another output", output.display())));
        }
    }
    must_be_writable(outputs)
}

/// An export holds no hash, so there is nothing that the hashes of a fingerprint could be held against.
fn needs_a_store(baseline: &Path, file: &Path, source: &Source) -> Error {
    let (baseline, file, name) = (baseline.display(), file.display(), &source.name);
    Error::Usage(format!(
        "{file} holds fingerprints made with a key, {baseline} is an exported baseline without one; put both under one key: copy the key \
         file of {file} to STORE.key, `logdrift baseline import {baseline} --source {name} --store STORE`, then check with --store STORE"
    ))
}

/// That some window of a baseline has records; `sources` are those that the store has windows of.
fn must_have_records(windows: &[WindowRow], sources: &[String], source: &Source, args: &CheckArgs) -> Result<()> {
    if windows.iter().any(|row| row.records > 0) {
        return Ok(());
    }
    let others: Vec<&str> = sources.iter().map(String::as_str).filter(|name| *name != source.name).collect();
    let held = if others.is_empty() { "none of its windows".to_owned() } else { format!("windows of {} only", others.join(", ")) };
    Err(no_baseline(&format!("the store {} holds {held}", args.store.store.display()), source, args))
}

fn no_baseline(why: &str, source: &Source, args: &CheckArgs) -> Error {
    let (name, arguments) = (&source.name, args.source.as_typed());
    Error::Nothing(format!(
        "there is no baseline of {name} yet: {why}; make one with `logdrift learn INPUT... {arguments} --store {}`",
        args.store.store.display()
    ))
}

/// A name for a run: when it began and which process it was.
fn run_id(now: i64) -> String {
    format!("{now:x}-{:x}", std::process::id())
}
