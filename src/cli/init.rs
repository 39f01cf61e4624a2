//! `logdrift init`: a configuration to begin with.

use super::args::InitArgs;
use super::{Context, Outcome, config};
use crate::error::{Error, Result};
use std::io::{ErrorKind, Write as _};

pub(super) fn run(args: &InitArgs, context: &Context) -> Result<Outcome> {
    let (path, mut options) = (&args.file, std::fs::OpenOptions::new());
    options.write(true).create(true).truncate(true).create_new(!args.force);
    let written = options.open(path).and_then(|mut file| file.write_all(config::TEMPLATE.as_bytes()));
    match written {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            Err(Error::Usage(format!("{} is there already and was left alone; name another file, or give --force", path.display())))
        }
        Err(source) => Err(Error::File { action: "write", path: path.clone(), source }),
        Ok(()) => {
            context.out.say(&format!(
                "wrote {}; set store, source and the inputs of the audit, make the baseline with `logdrift learn INPUT...`, then run \
                 `logdrift audit`",
                path.display()
            ));
            Ok(Outcome::Clean)
        }
    }
}
