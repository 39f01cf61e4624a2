//! `logdrift diff`: two inputs, no store.

use super::args::DiffArgs;
use super::assess::Baseline;
use super::conclude::conclude;
use super::fingerprint_file::{self, FingerprintFile};
use super::read::{self, Reading};
use super::{Context, Outcome, asked, check, source};
use crate::error::{Error, Result};
use crate::fingerprint::Settings;
use crate::hash::{self, HashKey};
use crate::ingest::{self, Input};
use crate::sources::Source;
use crate::store::SeenInMemory;

pub(super) fn run(args: &DiffArgs, context: &Context) -> Result<Outcome> {
    let given = source::given(&args.source)?;
    let (before, after) = (ingest::expand(std::slice::from_ref(&args.before))?, ingest::expand(std::slice::from_ref(&args.after))?);
    check::must_take_outputs(&args.report.to.output, &[before.as_slice(), after.as_slice()].concat())?;
    let ((before, first), (after, second)) = (fingerprint_file::apart(before)?, fingerprint_file::apart(after)?);
    let source = source::of_inputs(given, &before, &first, context)?;
    let source = source::of_logs(Some(source), &after, context)?;
    must_go_together(&before, &first, &after, &second, &source)?;
    let asked = asked::Asked::read(&args.report, &second)?;
    let key = key_of(&before, &after)?;
    let side = |inputs: &[Input], files, watcher| -> Result<Reading> {
        let ids = &mut SeenInMemory::default();
        let mut reading = read::read_watched(inputs, &source, &key, Settings::default(), ids, watcher, context)?;
        reading.add(files, context)?;
        Ok(reading)
    };
    let watcher = asked.watcher(&source, &key, context)?;
    let (before, mut after) = (side(&before, first, None)?, side(&after, second, watcher)?);
    before.must_have_records(&source)?;
    after.fingerprints = read::pooled(std::mem::take(&mut after.fingerprints))?;
    let baseline = Baseline::new(&args.before, 0, before.fingerprints);
    Ok(conclude(baseline, &after, &source, asked.rules.as_ref(), &args.report, context)?.outcome)
}

/// That files of fingerprints are of the source, of one key, and not to be compared with logs, whose hashes have another.
fn must_go_together(
    before: &[Input],
    first: &[FingerprintFile],
    after: &[Input],
    second: &[FingerprintFile],
    source: &Source,
) -> Result<()> {
    let files: Vec<&FingerprintFile> = first.iter().chain(second).collect();
    let Some(one) = files.first() else { return Ok(()) };
    files.iter().try_for_each(|file| file.must_be_of(source).and_then(|()| file.must_go_with(one)))?;
    let Some(log) = before.iter().chain(after).next() else { return Ok(()) };
    let (file, name) = (one.path.display(), &source.name);
    Err(Error::Usage(format!(
        "{file} is a file of fingerprints and {log} is a log; make fingerprints of both with one key: `logdrift fingerprint {log} --source \
         {name} -o FP --key KEY`, KEY being the key file of {file}"
    )))
}

/// A key that whoever wrote the logs could not know, and that is the same whenever the same inputs are compared.
fn key_of(before: &[Input], after: &[Input]) -> Result<HashKey> {
    let fixed = HashKey::new([0; 32]);
    let mut all = Vec::new();
    for input in before.iter().chain(after) {
        all.extend_from_slice(&ingest::hash_file(input, &fixed)?.unwrap_or_default().to_le_bytes());
    }
    Ok(HashKey::new(hash::digest(&all)))
}
