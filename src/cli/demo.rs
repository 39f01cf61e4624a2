//! `logdrift demo`: the whole job on logs made up on the spot.

use super::{Context, Outcome};
use crate::error::{Error, Result};
use std::path::Path;

pub(super) fn run(_write: Option<&Path>, _context: &Context) -> Result<Outcome> {
    Err(Error::Usage("not built yet".into()))
}
