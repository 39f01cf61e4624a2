//! `logdrift check`: a window against the baseline.

use super::args::CheckArgs;
use super::assess::Baseline;
use super::conclude::{Done, Judged, conclude, run_id};
use super::fingerprint_file::FingerprintFile;
use super::life::Past;
use super::output::must_be_writable;
use super::read::{self, Reading};
use super::{Context, asked, fingerprint_file, learn, life, marks, source};
use crate::error::{Error, Result};
use crate::fingerprint::{Fingerprint, Settings};
use crate::ingest::{self, Input};
use crate::model::{FindingKey, Window};
use crate::sources::{Definition, Source};
use crate::store::{Access, Ingest, SeenInMemory, Store, WindowRow};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

pub(super) fn run(args: &CheckArgs, context: &Context) -> Result<Done> {
    let given = source::given(&args.source)?;
    let inputs = ingest::expand(&args.inputs)?;
    let outputs: Vec<PathBuf> = args.report.to.output.iter().chain(&args.heard.metrics).cloned().collect();
    must_take_outputs(&outputs, &inputs)?;
    let (inputs, files) = fingerprint_file::apart(inputs)?;
    let source = source::of_inputs(given, &inputs, &files, context)?;
    files.iter().try_for_each(|file| file.must_be_of(&source))?;
    let asked = asked::Asked::read(&args.report, &files)?;
    let settings = Settings { granularity: args.window.window, ..Settings::default() };
    if let Some(file) = &args.baseline {
        let (key, baseline) = super::baseline::of_file(file, &source)?;
        if let Some(print) = files.first() {
            return Err(needs_a_store(file, &print.path, &source));
        }
        let watcher = asked.watcher(&source, &key, context)?;
        let reading = read::read_watched(&inputs, &source, &key, settings, &mut SeenInMemory::default(), watcher, context)?;
        return conclude(baseline, &reading, &source, asked.rules.as_ref(), &args.report, context);
    }
    // A learner that was killed at once leaves an empty file.
    if std::fs::metadata(&args.store.store).map_or(true, |meta| meta.len() == 0) {
        return Err(no_baseline(&format!("there is no store {}", args.store.store.display()), &source, args));
    }
    if !args.learn {
        return check_only(&inputs, files, settings, &source, &asked, args, context);
    }
    if let Some(file) = files.first() {
        let file = file.path.display();
        return Err(Error::Usage(format!(
            "{file} is a file of fingerprints, of which nobody can tell whether its records were learnt before; check it without --learn, \
             then `logdrift baseline import {file} --source {}`",
            source.name
        )));
    }
    check_and_learn(&inputs, settings, &source, &asked, args, context)
}

/// Checks logs, and keeps the run if the store can be written.
fn check_only(
    inputs: &[Input],
    files: Vec<FingerprintFile>,
    settings: Settings,
    source: &Source,
    asked: &asked::Asked,
    args: &CheckArgs,
    context: &Context,
) -> Result<Done> {
    let store = Store::open(&args.store.store, Access::Read)?;
    let key = store.key().clone();
    files.iter().try_for_each(|file| file.must_have_key(key.id(), &args.store.store))?;
    must_be_read_alike(source, store.definition(&source.name)?)?;
    let (rows, past) = (store.windows(&source.name)?, Past::of_store(&store, &source.name, context.now)?);
    let rows = counting(rows, &past, &store.sources()?, source, args, context)?;
    let fingerprints = decoded(rows.iter().map(|row| row.window), |window| store.load(&source.name, window), source)?;
    let baseline = Baseline::new(&source.name, store.version(&source.name)?, fingerprints);
    let watcher = asked.watcher(source, &key, context)?;
    let mut reading = read::read_watched(inputs, source, &key, settings, &mut SeenInMemory::default(), watcher, context)?;
    reading.add(files, context)?;
    // Some file systems let nobody write while one reads.
    drop(store);
    let judged = Judged::new(baseline, &reading, source, asked.rules.as_ref())?;
    report_and_keep(judged, &past, &reading, source, args, context)
}

/// Reports what was judged and keeps the run. Where it cannot be kept the report is the same, beside what was known before.
fn report_and_keep(
    mut judged: Judged<'_>,
    past: &Past,
    reading: &Reading,
    source: &Source,
    args: &CheckArgs,
    context: &Context,
) -> Result<Done> {
    let mut opened = Store::open(&args.store.store, Access::Write);
    let begun = match &mut opened {
        Ok(store) => context.begin(store, args.window.wait).map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    let mut ingest = match begun {
        Ok(ingest) => ingest,
        Err(error) => {
            let told = judged.tell(past, &run_id(context.now), reading, source, &args.report, context);
            context.out.report(&told.report, &args.report.to)?;
            say_not_kept(&error, context);
            return Ok(Done::new(told, &args.report, false));
        }
    };
    // Another run may have been kept since the store was read.
    let past = Past::of_ingest(&ingest, &source.name, context.now)?;
    let id = life::free_id(&ingest, &run_id(context.now))?;
    let told = judged.tell(&past, &id, reading, source, &args.report, context);
    context.out.report(&told.report, &args.report.to)?;
    // In some folders only the first write shows that nothing may be written.
    let targets = context.targets(&args.heard);
    let kept = life::keep(&mut ingest, &source.name, &told, targets, context).and_then(|()| ingest.commit());
    let is_kept = kept.is_ok();
    kept.unwrap_or_else(|error| say_not_kept(&error.to_string(), context));
    Ok(Done::new(told, &args.report, is_kept))
}

fn say_not_kept(error: &str, context: &Context) {
    context.out.say(&format!("note: this run is not kept, so the next one will not know its findings: {error}"));
}

/// Checks logs, and adds their windows to the baseline if nothing was found in them but what was accepted, in one ingest.
fn check_and_learn(
    inputs: &[Input],
    settings: Settings,
    source: &Source,
    asked: &asked::Asked,
    args: &CheckArgs,
    context: &Context,
) -> Result<Done> {
    let mut store = Store::open(&args.store.store, Access::Write)?;
    let (key, sources, name) = (store.key().clone(), store.sources()?, &source.name);
    let mut ingest = context.begin(&mut store, args.window.wait)?;
    must_be_read_alike(source, ingest.definition(name)?)?;
    let past = Past::of_ingest(&ingest, name, context.now)?;
    let rows = counting(ingest.windows(name)?, &past, &sources, source, args, context)?;
    let fingerprints = decoded(rows.iter().map(|row| row.window), |window| ingest.load(name, window), source)?;
    let baseline = Baseline::new(name, ingest.version(name)?, fingerprints);
    let mut reading = read::read(inputs, source, &key, settings, &mut ingest, context)?;
    let mut judged = Judged::new(baseline, &reading, source, asked.rules.as_ref())?;
    let told = judged.tell(&past, &life::free_id(&ingest, &run_id(context.now))?, &reading, source, &args.report, context);
    context.out.report(&told.report, &args.report.to)?;
    // A window under suspicion never trains the baseline, whatever the user lets pass.
    let learnt = judged.is_clean() && {
        let under = marks::of(&judged, &past, &rows, &reading, source, &ingest)?;
        learn_checked(&mut ingest, &mut reading, source, &under, context)?
    };
    let mut ingest = if learnt {
        ingest
    } else {
        // Nothing of what was read may stay.
        drop(ingest);
        context.begin(&mut store, args.window.wait)?
    };
    life::keep(&mut ingest, name, &told, context.targets(&args.heard), context)?;
    ingest.commit()?;
    Ok(Done::new(told, &args.report, true))
}

/// Learns a reading that checked clean; whether that changed the baseline.
fn learn_checked(
    ingest: &mut Ingest<'_>,
    reading: &mut Reading,
    source: &Source,
    under: &BTreeSet<FindingKey>,
    context: &Context,
) -> Result<bool> {
    if !under.is_empty() && !source.is_dated() {
        context.out.say("note: nothing was learnt: what is learnt under an acceptance could not be taken out of an undated window again");
        return Ok(false);
    }
    if !learn::keep(ingest, reading, source, context)? {
        return Ok(false);
    }
    let mut what = format!("learnt {} records that checked clean", reading.records());
    if !under.is_empty() {
        marks::put(ingest, under, reading, &source.name)?;
        let keys: Vec<&str> = under.iter().map(FindingKey::as_str).collect();
        what += &format!(" under the acceptance of {}", keys.join(", "));
    }
    ingest.note(&source.name, &what, context.by("check --learn"))?;
    Ok(true)
}

/// That a store's baseline of a source was read as the source reads; the text is what the store keeps of it.
pub(super) fn must_be_read_alike(source: &Source, kept: Option<String>) -> Result<()> {
    let known = source::kept(kept)?;
    source::must_be_alike(Some(&Definition::of(source)), known.as_ref(), &format!("the baseline of {}", source.name))
}

pub(super) fn decoded(
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

/// The windows that are the baseline, some of them with records; `sources` are those that the store has windows of.
fn counting(
    mut rows: Vec<WindowRow>,
    past: &Past,
    sources: &[String],
    source: &Source,
    args: &CheckArgs,
    context: &Context,
) -> Result<Vec<WindowRow>> {
    let there = rows.len();
    rows.retain(|row| row.counts(&past.acceptances, context.now));
    if rows.iter().any(|row| row.records > 0) {
        return Ok(rows);
    }
    let name = &source.name;
    if there > rows.len() {
        return Err(Error::Nothing(format!(
            "all windows of {name} were taken out of the baseline; `logdrift baseline show --source {name}` lists them, `logdrift \
             baseline include` brings them back"
        )));
    }
    let others: Vec<&str> = sources.iter().map(String::as_str).filter(|other| other != name).collect();
    let held = if others.is_empty() { "none of its windows".to_owned() } else { format!("windows of {} only", others.join(", ")) };
    Err(no_baseline(&format!("the store {} holds {held}", args.store.store.display()), source, args))
}

fn no_baseline(why: &str, source: &Source, args: &CheckArgs) -> Error {
    let (name, typed) = (&source.name, args.source.as_typed());
    let arguments = if typed.is_empty() { format!("--source {name}") } else { typed };
    Error::Nothing(format!(
        "there is no baseline of {name} yet: {why}; make one with `logdrift learn INPUT... {arguments} --store {}`",
        args.store.store.display()
    ))
}
