//! `logdrift diff`: two inputs, no store.

use super::args::DiffArgs;
use super::assess::Baseline;
use super::read;
use super::{Context, Outcome, check, source};
use crate::error::{Error, Result};
use crate::fingerprint::{Fingerprint, Settings};
use crate::hash::{self, HashKey};
use crate::ingest::{self, Input};
use crate::model::Window;
use crate::store::SeenInMemory;

pub(super) fn run(args: &DiffArgs, context: &Context) -> Result<Outcome> {
    let source = source::source(&args.source)?;
    let (before, after) = (ingest::expand(std::slice::from_ref(&args.before))?, ingest::expand(std::slice::from_ref(&args.after))?);
    check::must_not_be_inputs(&args.report.output, &[before.as_slice(), after.as_slice()].concat())?;
    let key = key_of(&before, &after)?;
    let side = |inputs: &[Input]| read::read(inputs, &source, &key, Settings::default(), &mut SeenInMemory::default(), context);
    let (before, mut after) = (side(&before)?, side(&after)?);
    before.must_have_records(&source)?;
    after.fingerprints = pooled(std::mem::take(&mut after.fingerprints))?;
    let baseline = Baseline::new(&args.before, 0, before.fingerprints);
    check::conclude(baseline, &after, &source, &args.report, context)
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

/// All windows as one: two inputs are compared as wholes, whatever days they are from.
fn pooled(fingerprints: Vec<Fingerprint>) -> Result<Vec<Fingerprint>> {
    let mut pool: Option<Fingerprint> = None;
    for mut fingerprint in fingerprints {
        fingerprint.window = Window::UNDATED;
        match &mut pool {
            None => pool = Some(fingerprint),
            Some(pool) => pool.merge(&fingerprint).map_err(Error::Usage)?,
        }
    }
    Ok(pool.into_iter().collect())
}
