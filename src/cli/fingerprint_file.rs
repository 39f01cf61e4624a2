//! Files of fingerprints among the inputs: told from logs by how they begin, held against source and key before they are used.

use crate::error::{Error, Result};
use crate::fingerprint::{Fingerprint, Windows, share_records};
use crate::hash::KeyId;
use crate::ingest::Input;
use crate::sources::{Definition, Source};
use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::Context;
use super::source::must_be_alike;

/// A file of fingerprints.
pub(super) struct FingerprintFile {
    pub(super) path: PathBuf,
    pub(super) windows: Windows,
}

/// Whether a file holds fingerprints. What is no plain file (a pipe) is not asked, since that would take from it.
pub(super) fn is_one(path: &Path) -> bool {
    let mut start = [0; 8];
    let is_plain = std::fs::metadata(path).is_ok_and(|about| about.is_file());
    is_plain && std::fs::File::open(path).is_ok_and(|mut file| file.read_exact(&mut start).is_ok() && Windows::are_in(&start))
}

/// The inputs that are logs, and the files of fingerprints among them.
pub(super) fn apart(inputs: Vec<Input>) -> Result<(Vec<Input>, Vec<FingerprintFile>)> {
    let is_file = |input: &Input| matches!(input, Input::File(path) if is_one(path));
    let (files, logs): (Vec<Input>, Vec<Input>) = inputs.into_iter().partition(is_file);
    let paths = files.into_iter().filter_map(|input| match input {
        Input::File(path) => Some(path),
        Input::Stdin => None,
    });
    Ok((logs, paths.map(|path| FingerprintFile::read(&path)).collect::<Result<_>>()?))
}

/// The inputs, if all are logs.
pub(super) fn logs_only(inputs: Vec<Input>, instead: &str) -> Result<Vec<Input>> {
    let file = inputs.iter().find(|input| matches!(input, Input::File(path) if is_one(path)));
    match file {
        Some(file) => Err(Error::Usage(format!("{file} is a file of fingerprints, not a log; {instead}"))),
        None => Ok(inputs),
    }
}

impl FingerprintFile {
    pub(super) fn read(path: &Path) -> Result<Self> {
        let bytes = std::fs::read(path).map_err(|source| Error::File { action: "read", path: path.to_owned(), source })?;
        let windows = Windows::from_bytes(&bytes).map_err(|reason| Error::Usage(format!("{}: {reason}", path.display())))?;
        Ok(Self { path: path.to_owned(), windows })
    }

    /// That its windows are of a source and were read as it reads.
    pub(super) fn must_be_of(&self, source: &Source) -> Result<()> {
        self.must_be_named(&source.name)?;
        must_be_alike(Some(&Definition::of(source)), self.windows.definition.as_ref(), &self.path.display().to_string())
    }

    /// That its windows are of the source of this name.
    pub(super) fn must_be_named(&self, source: &str) -> Result<()> {
        let (file, own) = (self.path.display(), &self.windows.source);
        if own == source {
            return Ok(());
        }
        Err(Error::Usage(format!("{file} holds fingerprints of the source {own}, not of {source}; give --source {own} or another file")))
    }

    /// That its windows go with those of another file.
    pub(super) fn must_go_with(&self, other: &Self) -> Result<()> {
        let (file, there) = (self.path.display(), other.path.display());
        let (own, known) = (&self.windows, &other.windows);
        if own.source != known.source {
            let (own, known) = (&own.source, &known.source);
            return Err(Error::Usage(format!("{file} is of the source {own}, {there} of {known}; give files of one source")));
        }
        must_be_alike(own.definition.as_ref(), known.definition.as_ref(), &there.to_string())?;
        if own.key == known.key { Ok(()) } else { Err(Error::Usage(other_keys(&file.to_string(), &there.to_string()))) }
    }

    /// That it was made with the key of a store.
    pub(super) fn must_have_key(&self, key: KeyId, store: &Path) -> Result<()> {
        let (file, store) = (self.path.display(), store.display());
        if self.windows.key == key {
            return Ok(());
        }
        let source = &self.windows.source;
        Err(Error::Usage(format!(
            "{file} was made with another key than the store {store}, so their hashes cannot be compared; make it again with `logdrift \
             fingerprint INPUT... --source {source} -o {file} --key {store}.key` (on another machine, with a copy of that file)"
        )))
    }
}

fn other_keys(a: &str, b: &str) -> String {
    format!("{a} and {b} were made with different keys, so their hashes cannot be compared; make both with one --key")
}

/// The windows of files that go together, in order of time; says where some hold the same records.
pub(super) fn merged(files: Vec<FingerprintFile>, context: &Context) -> Result<Vec<Fingerprint>> {
    let mut parts: BTreeMap<_, Vec<Fingerprint>> = BTreeMap::new();
    for fingerprint in files.into_iter().flat_map(|file| file.windows.fingerprints) {
        parts.entry(fingerprint.window).or_default().push(fingerprint);
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
        parts.try_for_each(|part| all.merge(&part)).map_err(Error::Usage)?;
        merged.push(all);
    }
    Ok(merged)
}
