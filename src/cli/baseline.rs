//! `logdrift baseline`: what a store holds, out of it and into it.

use super::args::BaselineCommand;
use super::assess::Baseline;
use super::{Context, Outcome};
use crate::error::{Error, Result};
use crate::hash::HashKey;
use crate::sources::Source;
use std::path::Path;

pub(super) fn run(_command: BaselineCommand, _context: &Context) -> Result<Outcome> {
    Err(Error::Usage("not built yet".into()))
}

/// The baseline in an exported file, and the key its hashes were made with on the way in.
pub(super) fn of_file(_file: &Path, _source: &Source) -> Result<(HashKey, Baseline)> {
    Err(Error::Usage("not built yet".into()))
}
