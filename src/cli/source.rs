//! Which source the arguments name.

use super::args::{GENERIC, SourceArgs};
use crate::error::{Error, Result};
use crate::sources::{SOURCES, Source};

/// The source of `--source`: a built-in one, a user's file, or any JSON with the paths given.
pub(super) fn source(args: &SourceArgs) -> Result<Source> {
    if args.source == GENERIC {
        let path = |path: &Option<String>| path.clone();
        let (time, code, id, actor) = (path(&args.time), path(&args.code), path(&args.id), path(&args.actor));
        return Source::generic(time.as_deref(), code.as_deref(), &args.cohort, id.as_deref(), actor.as_deref()).map_err(Error::Usage);
    }
    if args.is_file() {
        let text =
            std::fs::read_to_string(&args.source).map_err(|source| Error::File { action: "read", path: (&args.source).into(), source })?;
        return Source::from_toml(&text, &args.source).map_err(Error::Usage);
    }
    Source::named(&args.source).ok_or_else(|| {
        let known: Vec<&str> = SOURCES.iter().map(|row| row.name).collect();
        Error::Usage(format!("there is no source {:?}; known are {}, or the name of a .toml file", args.source, known.join(", ")))
    })
}
