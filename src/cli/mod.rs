//! The edge to the user: arguments in, exit code out.

pub mod args;
pub mod terminal;

mod accept;
mod asked;
mod assess;
mod audit;
mod baseline;
mod check;
mod conclude;
mod config;
mod count;
mod coverage;
mod demo;
mod diff;
mod doctor;
mod exported;
mod fingerprint;
mod fingerprint_file;
mod history;
mod ids;
mod init;
mod learn;
mod life;
mod lists;
mod marks;
mod metrics;
mod notes;
mod notices;
mod output;
mod progress;
mod read;
mod reader;
mod recognise;
mod rules;
mod runs;
mod sample;
mod schema;
mod source;
mod unattended;

use crate::error::{Error, Result};
use crate::notify::Settings;
use crate::report::Reveal;
use crate::store::{By, Ingest, Store};
use args::{Cli, Command, Global, HeardArgs, WaitArgs};
use config::Found;
use output::Output;
use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::process::ExitCode;
use std::time::Duration;

/// What a command came to, as the exit code tells it to scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Done, or compared with nothing that fails the check.
    Clean,
    /// Drift at or over the severity that fails the check.
    Drift,
    /// It could not run.
    Failed,
    /// Nothing could be compared.
    NotCheckable,
    /// Compared, but somebody who was to be told could not be.
    Untold,
}

impl Outcome {
    /// The exit code.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Drift => 1,
            Self::Failed => 2,
            Self::NotCheckable => 3,
            Self::Untold => 4,
        }
    }
}

impl From<&Error> for Outcome {
    fn from(error: &Error) -> Self {
        if matches!(error, Error::Nothing(_)) { Self::NotCheckable } else { Self::Failed }
    }
}

/// Most threads that count records: the one that reads has no work for more.
const MOST_THREADS: usize = 8;

/// What every command may use of the outside world.
pub(crate) struct Context {
    global: Global,
    out: Output,
    /// Seconds since 1970.
    now: i64,
    /// Who runs this, for the trail of changes.
    who: String,
    /// What is configured.
    found: Found,
}

impl Context {
    /// Who changes a baseline now, and why.
    fn by<'a>(&'a self, why: &'a str) -> By<'a> {
        By { at: self.now, who: &self.who, why }
    }

    /// Threads that count records: one unless more are asked for, since several take more processor time in all.
    fn threads(&self) -> usize {
        self.global.threads.map_or(1, NonZeroUsize::get).min(MOST_THREADS)
    }

    /// Whether values that look like personal data stand as they were logged.
    const fn reveal(&self) -> Reveal {
        if self.global.show_values { Reveal::Shown } else { Reveal::Hidden }
    }

    /// Who is told of new and ended findings.
    fn targets(&self, args: &HeardArgs) -> &[Settings] {
        if args.no_notify { &[] } else { &self.found.config.notify }
    }

    /// Begins to change a store; says so if that takes a while.
    fn begin<'a>(&self, store: &'a mut Store, wait: WaitArgs) -> Result<Ingest<'a>> {
        store.begin(Duration::from_secs(wait.wait), &mut |message| self.out.say(message))
    }
}

/// Runs the program with the arguments of the process.
pub fn main() -> ExitCode {
    let words: Vec<OsString> = std::env::args_os().collect();
    let found = config::find(&words);
    let presets = found.as_ref().map(|found| found.config.defaults()).unwrap_or_default();
    let cli = match (Cli::read_with(words, &presets), &found) {
        (Ok(cli), _) => cli,
        // What is missing may be what the configuration says.
        (Err(error), Err(why)) if error.exit_code() != 0 => return failed(why),
        (Err(error), _) => {
            // A closed pipe is no trouble of ours.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let found = match (cli.command.is_configured(), found) {
        (true, Err(error)) => return failed(&error),
        (true, Ok(found)) => found,
        (false, _) => Found::default(),
    };
    let mut context = Context {
        out: Output::new(&cli.global),
        global: cli.global,
        now: now(),
        who: ["USER", "LOGNAME", "USERNAME"].iter().find_map(|name| std::env::var(name).ok()).unwrap_or_else(|| "unknown".into()),
        found,
    };
    if matches!(cli.command, Command::Audit(_)) {
        context.out.summaries_only();
    }
    let outcome = run(cli.command, &context).unwrap_or_else(|error| {
        context.out.say_error(&error);
        Outcome::from(&error)
    });
    ExitCode::from(outcome.code())
}

fn failed(error: &Error) -> ExitCode {
    output::say_error(error);
    ExitCode::from(Outcome::Failed.code())
}

/// Seconds since 1970.
fn now() -> i64 {
    let seconds = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    i64::try_from(seconds).unwrap_or(0)
}

fn run(command: Command, context: &Context) -> Result<Outcome> {
    match command {
        Command::Learn(args) => learn::run(&args, context),
        Command::Check(args) => Ok(unattended::run(&args, None, context).outcome),
        Command::Audit(args) => audit::run(&args, context),
        Command::Init(args) => init::run(&args, context),
        Command::Accept(args) => accept::run(&args, context),
        Command::Report(args) => runs::run(&args, context),
        Command::History(args) => history::run(&args, context),
        Command::Diff(args) => diff::run(&args, context),
        Command::Baseline(command) => baseline::run(command, context),
        Command::Fingerprint(args) => fingerprint::run(&args, context),
        Command::Merge(args) => fingerprint::merge(&args, context),
        Command::Rules(args) => rules::run(&args, context),
        Command::Schema(args) => schema::run(&args, context),
        Command::Explain { check } => lists::explain(check.as_deref(), context),
        Command::Sources { name } => lists::sources(name.as_deref(), context),
        Command::Completions { shell } => lists::completions(shell, context),
        Command::Man(args) => lists::man(&args, context),
        Command::Doctor(args) => doctor::run(&args, context),
        Command::Demo { write } => demo::run(write.as_deref(), context),
    }
}
