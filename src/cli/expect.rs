//! `--expect FILE`: the sign-ins of a roll-out.

use super::Context;
use super::args::ReportArgs;
use super::fingerprint_file::FingerprintFile;
use crate::error::{Error, Result};
use crate::expect::{Manifest, Watcher};
use crate::hash::HashKey;
use crate::sources::Source;

/// The manifest that was named, if one was.
pub(super) struct Expected(Option<(String, Manifest)>);

impl Expected {
    /// Reads the manifest before the work is done; `files` are files of fingerprints among the inputs, which hold no record.
    pub(super) fn read(args: &ReportArgs, files: &[FingerprintFile]) -> Result<Self> {
        let Some(path) = &args.expect else { return Ok(Self(None)) };
        if let Some(file) = files.first() {
            return Err(Error::Usage(format!(
                "{} is a file of fingerprints, which holds no records to look sign-ins up in; give --expect with the log itself",
                file.path.display()
            )));
        }
        let text = std::fs::read_to_string(path).map_err(|source| Error::File { action: "read", path: path.clone(), source })?;
        let origin = path.display().to_string();
        let manifest = Manifest::read(&text, &origin).map_err(Error::Usage)?;
        Ok(Self(Some((origin, manifest))))
    }

    /// Somebody who watches the records of a source for its sign-ins.
    pub(super) fn watcher<'s>(&self, source: &'s Source, key: &HashKey, context: &Context) -> Result<Option<Watcher<'s>>> {
        let Some((origin, manifest)) = &self.0 else { return Ok(None) };
        let watcher = Watcher::new(manifest, source, key.clone(), context.global.show_values);
        watcher.map(Some).map_err(|why| Error::Usage(format!("{origin}: {why}")))
    }
}
