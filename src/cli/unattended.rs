//! A check with what surrounds it where nobody looks on: people are told, metrics are written, a monitor gets a sign of life.

use super::args::CheckArgs;
use super::metrics::{self, Measured};
use super::{Context, Outcome, check, notices};
use crate::notify::{Secret, Undelivered, ping};

/// What a check came to.
pub(super) struct Ended {
    pub(super) outcome: Outcome,
    /// The same in one line.
    pub(super) line: String,
}

/// Runs a check; `audit` is its name, if it has one. Why it failed is told on stderr.
pub(super) fn run(args: &CheckArgs, audit: Option<&str>, context: &Context) -> Ended {
    let (outcome, done, line) = match check::run(args, context) {
        Ok(done) => {
            let line = done.masked.line();
            (done.outcome, Some(done), line)
        }
        Err(error) => {
            context.out.say_error(&error);
            (Outcome::from(&error), None, error.to_string())
        }
    };
    let untold = outcome != Outcome::Failed && notices::tell(args, done.as_ref(), context);
    let mut outcome = if untold { untold_of(outcome, context) } else { outcome };
    if let Some(file) = &args.heard.metrics {
        let measured = Measured { audit, source: &args.source, report: done.as_ref().map(|done| &done.masked), outcome, untold };
        if let Err(error) = metrics::write(file, &measured) {
            context.out.say_error(&error);
            outcome = untold_of(outcome, context);
        }
    }
    if let Some(url) = &args.heard.ping {
        let succeeded = matches!(outcome, Outcome::Clean | Outcome::Drift);
        // The monitor notices by itself what it was not told.
        if let Err(Undelivered(why)) = ping(&Secret::new(url.clone()), succeeded, outcome.code()) {
            context.out.warn(&format!("the monitor was not told that the check is over: {why}"));
        }
    }
    Ended { outcome, line }
}

/// The outcome of a check of which somebody was not told. That drift was found is said, since the exit code says it no longer.
fn untold_of(outcome: Outcome, context: &Context) -> Outcome {
    match outcome {
        Outcome::Drift => {
            context.out.warn("drift was found, and not everybody who should know was told: the exit code is 4, not 1");
            Outcome::Untold
        }
        Outcome::Clean => Outcome::Untold,
        other => other,
    }
}
