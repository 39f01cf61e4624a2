//! What a check is asked beside the comparison: the sign-ins of `--expect FILE`, the detections of `--rules DIR`.

use super::Context;
use super::args::ReportArgs;
use super::fingerprint_file::FingerprintFile;
use crate::error::{Error, Result};
use crate::expect::{Manifest, Watcher};
use crate::hash::HashKey;
use crate::rules::RuleSet;
use crate::sources::Source;

/// The manifest and the rules that were named, if any were.
pub(super) struct Asked {
    manifest: Option<(String, Manifest)>,
    pub(super) rules: Option<RuleSet>,
}

impl Asked {
    /// Reads both before the work is done; `files` are files of fingerprints among the inputs, which hold no record.
    pub(super) fn read(args: &ReportArgs, files: &[FingerprintFile]) -> Result<Self> {
        let rules = args.rules.as_deref().map(super::rules::read).transpose()?;
        let Some(path) = &args.expect else { return Ok(Self { manifest: None, rules }) };
        if let Some(file) = files.first() {
            return Err(Error::Usage(format!(
                "{} is a file of fingerprints, which holds no records to look sign-ins up in; give --expect with the log itself",
                file.path.display()
            )));
        }
        let text = std::fs::read_to_string(path).map_err(|source| Error::File { action: "read", path: path.clone(), source })?;
        let origin = path.display().to_string();
        let manifest = Manifest::read(&text, &origin).map_err(Error::Usage)?;
        Ok(Self { manifest: Some((origin, manifest)), rules })
    }

    /// Somebody who watches the records of a source for its sign-ins.
    pub(super) fn watcher<'s>(&self, source: &'s Source, key: &HashKey, context: &Context) -> Result<Option<Watcher<'s>>> {
        let Some((origin, manifest)) = &self.manifest else { return Ok(None) };
        let watcher = Watcher::new(manifest, source, key.clone(), context.global.show_values);
        watcher.map(Some).map_err(|why| Error::Usage(format!("{origin}: {why}")))
    }
}
