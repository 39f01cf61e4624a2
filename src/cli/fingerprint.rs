//! `logdrift fingerprint` and `logdrift merge`: map and reduce, for logs that lie on many machines.

use super::args::{FingerprintArgs, MergeArgs};
use super::fingerprint_file::{self, FingerprintFile};
use super::output::write_file;
use super::{Context, Outcome, notes, read, source};
use crate::error::{Error, Result};
use crate::fingerprint::{Settings, Windows};
use crate::hash::HashKey;
use crate::ingest;
use crate::sources::Definition;
use crate::store::SeenInMemory;
use std::path::PathBuf;

pub(super) fn run(args: &FingerprintArgs, context: &Context) -> Result<Outcome> {
    let given = source::given(&args.source)?;
    let inputs = fingerprint_file::logs_only(ingest::expand(&args.inputs)?, "`logdrift merge` makes one file of several")?;
    let source = source::of_logs(given, &inputs, context)?;
    super::check::must_take_outputs(std::slice::from_ref(&args.output), &inputs)?;
    notes::undated(&source).into_iter().for_each(|note| context.out.say(&format!("note: {note}")));
    let key = key(args, context)?;
    let settings = Settings { granularity: args.window, ..Settings::default() };
    let reading = read::read(&inputs, &source, &key, settings, &mut SeenInMemory::default(), context)?;
    reading.must_have_records(&source)?;
    let (count, records) = (reading.fingerprints.len(), reading.records());
    let definition = Some(Definition::of(&source));
    let windows = Windows { source: source.name, definition, key: key.id(), fingerprints: reading.fingerprints };
    write_file(&args.output, &windows.to_bytes())?;
    context.out.say(&format!("wrote {count} windows of {records} records to {}", args.output.display()));
    Ok(Outcome::Clean)
}

pub(super) fn merge(args: &MergeArgs, context: &Context) -> Result<Outcome> {
    let files: Vec<FingerprintFile> = args.inputs.iter().map(|path| FingerprintFile::read(path)).collect::<Result<_>>()?;
    let Some(first) = files.first() else { return Ok(Outcome::Clean) };
    files.iter().try_for_each(|file| file.must_go_with(first))?;
    let (source, definition, key) = (first.windows.source.clone(), first.windows.definition.clone(), first.windows.key);
    let windows = Windows { source, definition, key, fingerprints: fingerprint_file::merged(files, context)? };
    write_file(&args.output, &windows.to_bytes())?;
    context.out.say(&format!("wrote {} windows of {} to {}", windows.fingerprints.len(), windows.source, args.output.display()));
    Ok(Outcome::Clean)
}

/// The key of the hashes: a file given, else one beside the output, made if it is not there, so that parts of one job can share it.
fn key(args: &FingerprintArgs, context: &Context) -> Result<HashKey> {
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
            context.out.say(&format!("made a new key in {}; only fingerprints made with it can be compared with these", path.display()));
            Ok(key)
        }
        Err(source) => Err(Error::File { action: "read", path, source }),
    }
}
