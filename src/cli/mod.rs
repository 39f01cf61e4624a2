//! The edge to the user: arguments in, exit code out.

pub mod args;
pub mod terminal;

mod accept;
mod asked;
mod assess;
mod baseline;
mod check;
mod conclude;
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
mod learn;
mod life;
mod lists;
mod marks;
mod nearest;
mod notes;
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

use crate::error::{Error, Result};
use crate::store::{By, Ingest, Store};
use args::{Cli, Command, Global, WaitArgs};
use output::Output;
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
        }
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

    /// Begins to change a store; says so if that takes a while.
    fn begin<'a>(&self, store: &'a mut Store, wait: WaitArgs) -> Result<Ingest<'a>> {
        store.begin(Duration::from_secs(wait.wait), &mut |message| self.out.say(message))
    }
}

/// Runs the program with the arguments of the process.
pub fn main() -> ExitCode {
    let cli = match Cli::read(std::env::args_os()) {
        Ok(cli) => cli,
        Err(error) => {
            // A closed pipe is no trouble of ours.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let seconds = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let context = Context {
        out: Output::new(&cli.global),
        global: cli.global,
        now: i64::try_from(seconds).unwrap_or(0),
        who: ["USER", "LOGNAME", "USERNAME"].iter().find_map(|name| std::env::var(name).ok()).unwrap_or_else(|| "unknown".into()),
    };
    let outcome = match run(cli.command, &context) {
        Ok(outcome) => outcome,
        Err(error) => {
            context.out.say_error(&error);
            if matches!(error, Error::Nothing(_)) { Outcome::NotCheckable } else { Outcome::Failed }
        }
    };
    ExitCode::from(outcome.code())
}

fn run(command: Command, context: &Context) -> Result<Outcome> {
    match command {
        Command::Learn(args) => learn::run(&args, context),
        Command::Check(args) => check::run(&args, context),
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
