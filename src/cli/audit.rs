//! `logdrift audit`: the checks that are configured, one after the other.

use super::args::{AuditArgs, CheckArgs, Cli, Command};
use super::config::{Audit, Config};
use super::unattended::{self, Ended};
use super::{Context, Outcome};
use crate::error::{Error, Result};
use crate::report::escape_terminal;
use std::ffi::OsString;

pub(super) fn run(args: &AuditArgs, context: &Context) -> Result<Outcome> {
    let config = &context.found.config;
    let audits = config.audits(&args.names).map_err(|why| Error::Usage(in_file(&why, context)))?;
    let width = audits.iter().map(|audit| audit.name.chars().count()).max().unwrap_or(0);
    let mut worst = Outcome::Clean;
    for audit in audits {
        let Ended { outcome, line } = match check_args(audit, config) {
            Ok(check) => unattended::run(&check, Some(&audit.name), context),
            Err(error) => {
                context.out.say_error(&error);
                Ended { outcome: Outcome::Failed, line: error.to_string() }
            }
        };
        let line = format!("{:width$}  exit {}  {line}", audit.name, outcome.code());
        context.out.data(&format!("{}\n", escape_terminal(&line, usize::MAX)))?;
        worst = if rank(outcome) > rank(worst) { outcome } else { worst };
    }
    Ok(worst)
}

/// What hides most comes first: nobody knows what a check that could not run would have found; who was not told of drift does
/// not know of it; what could not be compared may be so on any quiet day.
const fn rank(outcome: Outcome) -> u8 {
    match outcome {
        Outcome::Failed => 4,
        Outcome::Untold => 3,
        Outcome::Drift => 2,
        Outcome::NotCheckable => 1,
        Outcome::Clean => 0,
    }
}

/// The check that an audit stands for.
fn check_args(audit: &Audit, config: &Config) -> Result<CheckArgs> {
    let words = ["logdrift", "check", "--"].map(OsString::from).into_iter().chain(audit.inputs());
    let refused = |why: String| Error::Usage(format!("audit {}: {}", audit.name, why.trim().replace('\n', " ")));
    match Cli::read_with(words, &config.defaults_of(audit)).map_err(|error| refused(error.to_string()))?.command {
        Command::Check(args) => Ok(args),
        _ => Err(refused("it is no check".into())),
    }
}

fn in_file(why: &str, context: &Context) -> String {
    context.found.path.as_ref().map_or_else(|| format!("there is no logdrift.toml: {why}"), |path| format!("{}: {why}", path.display()))
}
