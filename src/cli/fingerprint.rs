//! `logdrift fingerprint` and `logdrift merge`: map and reduce, for logs that lie on many machines.
//!
//! A fingerprint file holds the wire forms of its windows one after the other, each with its length in front.

use super::args::{FingerprintArgs, MergeArgs};
use super::output::write_file;
use super::{Context, Outcome, read, source};
use crate::error::{Error, Result};
use crate::fingerprint::{Fingerprint, Settings, share_records};
use crate::hash::HashKey;
use crate::ingest;
use crate::model::Window;
use crate::store::SeenInMemory;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

const MAGIC: &[u8; 8] = b"LDFPSET1";

pub(super) fn run(args: &FingerprintArgs, context: &Context) -> Result<Outcome> {
    let source = source::source(&args.source)?;
    let inputs = ingest::expand(&args.inputs)?;
    super::check::must_not_be_inputs(std::slice::from_ref(&args.output), &inputs)?;
    let key = key(args)?;
    let settings = Settings { granularity: args.window, ..Settings::default() };
    let reading = read::read(&inputs, &source, &key, settings, &mut SeenInMemory::default(), context)?;
    reading.must_have_records(&source)?;
    write_file(&args.output, &to_bytes(&reading.fingerprints))?;
    context.out.say(&format!("wrote {} windows of {} records to {}", reading.fingerprints.len(), reading.records(), args.output.display()));
    Ok(Outcome::Clean)
}

pub(super) fn merge(args: &MergeArgs, context: &Context) -> Result<Outcome> {
    let mut parts: BTreeMap<Window, Vec<Fingerprint>> = BTreeMap::new();
    for path in &args.inputs {
        for fingerprint in read_file(path)? {
            parts.entry(fingerprint.window).or_default().push(fingerprint);
        }
    }
    let keys: BTreeSet<u64> = parts.values().flatten().map(|part| part.key).collect();
    if keys.len() > 1 {
        return Err(Error::Usage(
            "the fingerprints were made with different keys, so they cannot be merged; make all with one --key".into(),
        ));
    }
    let mut merged = Vec::new();
    for (window, parts) in parts {
        if share_records(&parts) {
            context.out.say(&format!(
                "warning: some parts of the window {window} hold the same records, which now count twice; merge parts of disjoint inputs"
            ));
        }
        let mut parts = parts.into_iter();
        let Some(mut all) = parts.next() else { continue };
        for part in parts {
            all.merge(&part).map_err(Error::Usage)?;
        }
        merged.push(all);
    }
    write_file(&args.output, &to_bytes(&merged))?;
    Ok(Outcome::Clean)
}

/// The key of the hashes: a file given, else one beside the output, made if it is not there, so that parts of one job can share it.
fn key(args: &FingerprintArgs) -> Result<HashKey> {
    let path = args.key.clone().unwrap_or_else(|| {
        let mut path = args.output.clone().into_os_string();
        path.push(".key");
        PathBuf::from(path)
    });
    match std::fs::read_to_string(&path) {
        Ok(text) => HashKey::from_hex(text.trim()).ok_or_else(|| {
            Error::Usage(format!("{} is no key: 64 hexadecimal digits are expected; leave it out to have one made", path.display()))
        }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let key = HashKey::random().map_err(|source| Error::File { action: "make a key for", path: path.clone(), source })?;
            write_file(&path, format!("{}\n", key.to_hex()).as_bytes())?;
            Ok(key)
        }
        Err(source) => Err(Error::File { action: "read", path, source }),
    }
}

fn to_bytes(fingerprints: &[Fingerprint]) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    for fingerprint in fingerprints {
        let one = fingerprint.to_bytes();
        bytes.extend_from_slice(&(one.len() as u64).to_le_bytes());
        bytes.extend_from_slice(&one);
    }
    bytes
}

/// The fingerprints in a file.
pub(super) fn read_file(path: &Path) -> Result<Vec<Fingerprint>> {
    let bytes = std::fs::read(path).map_err(|source| Error::File { action: "read", path: path.to_owned(), source })?;
    from_bytes(&bytes).map_err(|reason| Error::Usage(format!("{}: {reason}", path.display())))
}

fn from_bytes(bytes: &[u8]) -> std::result::Result<Vec<Fingerprint>, String> {
    let mut rest = bytes.strip_prefix(MAGIC).ok_or("this is no file of fingerprints; `logdrift fingerprint` makes them")?;
    let mut fingerprints = Vec::new();
    while let Some((length, tail)) = rest.split_first_chunk::<8>() {
        let length = usize::try_from(u64::from_le_bytes(*length)).unwrap_or(usize::MAX);
        let one = tail.get(..length).ok_or("the file of fingerprints is cut off")?;
        fingerprints.push(Fingerprint::from_bytes(one).map_err(|error| error.to_string())?);
        rest = &tail[length..];
    }
    if rest.is_empty() { Ok(fingerprints) } else { Err("the file of fingerprints is cut off".into()) }
}
