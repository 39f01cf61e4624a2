//! `logdrift learn`: windows into the baseline.

use super::args::LearnArgs;
use super::read::{self, Reading};
use super::{Context, Outcome, check, fingerprint_file, notes, source};
use crate::error::{Error, Result};
use crate::fingerprint::{Fingerprint, Settings};
use crate::ingest;
use crate::sources::{Definition, Source};
use crate::store::{Access, Ingest, InputRow, Store};

pub(super) fn run(args: &LearnArgs, context: &Context) -> Result<Outcome> {
    let given = source::given(&args.source)?;
    let inputs =
        fingerprint_file::logs_only(ingest::expand(&args.inputs)?, "put its windows into a store with `logdrift baseline import`")?;
    let source = source::of_logs(given, &inputs, context)?;
    let mut store = Store::open(&args.store.store, Access::Write)?;
    let key = store.key().clone();
    let mut ingest = context.begin(&mut store, args.window.wait)?;
    check::must_be_read_alike(&source, ingest.definition(&source.name)?)?;
    notes::undated(&source).into_iter().for_each(|note| context.out.say(&format!("note: {note}")));
    ingest.must_fit(&source.name, args.window.window)?;
    ingest.verify(&source.name)?;
    let settings = Settings { granularity: args.window.window, ..Settings::default() };
    let mut reading = read::read(&inputs, &source, &key, settings, &mut ingest, context)?;
    reading.must_have_records(&source)?;
    if keep(&mut ingest, &mut reading, &source, context)? {
        let what = format!("learnt {} records of {} inputs", reading.records(), reading.inputs.len());
        ingest.note(&source.name, &what, context.by("learn"))?;
    }
    ingest.commit()?;
    context.out.say(&summary(&reading, &source));
    Ok(Outcome::Clean)
}

/// Adds the windows and inputs of a reading to the store, but for windows that are closed; whether that changed any window.
pub(super) fn keep(ingest: &mut Ingest<'_>, reading: &mut Reading, source: &Source, context: &Context) -> Result<bool> {
    let rows = ingest.windows(&source.name)?;
    reading.leave_out(&rows.iter().filter(|row| row.closed).map(|row| row.window).collect::<Vec<_>>());
    if let Some(left_out) = reading.left_out() {
        context.out.say(&format!("warning: {left_out}"));
    }
    for row in rows.iter().filter(|row| row.excluded && reading.windows().any(|read| read.window == row.window)) {
        context.out.say(&format!("note: the window {} stays excluded from the baseline, with what is learnt for it now", row.window));
    }
    for fingerprint in &reading.fingerprints {
        put(ingest, &source.name, fingerprint, context)?;
    }
    ingest.define(&source.name, &Definition::of(source).to_lines().join("\n"))?;
    for input in reading.inputs.iter().filter(|input| input.content.settled > 0) {
        ingest.add_input(&source.name, &InputRow { learnt_at: context.now, ..input.clone() })?;
    }
    Ok(!reading.fingerprints.is_empty())
}

/// Adds a window to the one that is there.
pub(super) fn put(ingest: &mut Ingest<'_>, source: &str, fingerprint: &Fingerprint, context: &Context) -> Result<()> {
    let window = fingerprint.window;
    let (records, bytes) = match ingest.load(source, window)? {
        None => (fingerprint.records, fingerprint.to_bytes()),
        Some(bytes) => {
            let mut known =
                Fingerprint::from_bytes(&bytes).map_err(|error| Error::Store(format!("window {window} of {source}: {error}")))?;
            known.merge(fingerprint).map_err(Error::Store)?;
            (known.records, known.to_bytes())
        }
    };
    ingest.put(source, window, records, &bytes, context.now)
}

fn summary(reading: &Reading, source: &Source) -> String {
    let windows: Vec<&Fingerprint> = reading.windows().collect();
    let mut text = match (windows.first(), windows.last()) {
        (Some(first), Some(last)) if windows.len() > 1 => {
            format!(
                "learnt {} records of {} in {} windows, {} to {}",
                reading.records(),
                source.name,
                windows.len(),
                first.window,
                last.window
            )
        }
        (Some(only), _) => format!("learnt {} records of {} in the window {}", reading.records(), source.name, only.window),
        _ => format!("learnt nothing new of {}", source.name),
    };
    let repeats: u64 = windows.iter().map(|window| window.repeats).sum();
    let parts = [
        (reading.inputs_learnt_before.len() as u64, "of the inputs had been learnt before or came twice"),
        (reading.learnt_before, "of the records had been learnt before"),
        (repeats, "of the records came twice and count once"),
        (reading.rejects.values().sum(), "pieces of input were refused"),
        (reading.apart().values().sum(), "records of other types were set apart"),
    ];
    for (count, what) in parts.into_iter().filter(|part| part.0 > 0) {
        text.push_str(&format!("; {count} {what}"));
    }
    text
}
