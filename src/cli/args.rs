//! The command line: what can be asked, with examples; no work is done here.

mod baseline;
mod derived;
mod examples;
mod generated;
mod history;
mod keys;
mod life;
mod reading;
mod rules;
mod scheduled;
mod schema;
mod values;

pub use baseline::{BaselineCommand, OneBaseline};
pub use generated::{ManPage, Shell, completions, man_pages};
pub use history::HistoryArgs;
pub use keys::{KEYS, Preset};
pub use life::{AcceptArgs, StoredArgs};
pub use rules::{RulesArgs, RulesCommand, RulesCommonArgs, RulesMatchArgs, RulesTestArgs, RulesToldArgs};
pub use scheduled::{AuditArgs, HeardArgs, InitArgs};
pub use schema::{CoverageArgs, InferArgs, SchemaArgs, SchemaCommand, ValidateArgs};
pub use values::{ColorWhen, FailOn};

use crate::model::Granularity;
use crate::report::Format;
use clap::{Args, Parser, Subcommand, ValueHint};
use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::PathBuf;

/// Name of the source whose fields are named by arguments.
pub const GENERIC: &str = "generic";

/// Finds schema drift in sign-in logs before detections go blind.
#[derive(Clone, Debug, Parser)]
#[command(name = "logdrift", version, after_help = examples::TOP, arg_required_else_help = true, max_term_width = 100)]
pub struct Cli {
    /// What holds for every command.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What holds for every command.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Options of every command")]
pub struct Global {
    /// Threads that count records, eight at most [default: 1]; several are done sooner and take more processor time in all. What is
    /// said and kept never depends on them
    #[arg(long, global = true, value_name = "N")]
    pub threads: Option<NonZeroUsize>,
    /// Say nothing on stderr but errors
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Read and count containers that come again byte for byte anew each time: slower, with the same outcome; to measure and to tell
    /// where a fault lies
    #[arg(long, global = true, hide = true)]
    pub no_memo: bool,
    /// Show no progress
    #[arg(long, global = true)]
    pub no_progress: bool,
    /// When to colour; NO_COLOR in the environment counts for auto
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", value_parser = values::color())]
    pub color: ColorWhen,
    /// Show values that look like personal data (mail and network addresses, telephone numbers) as they are, and with --expect
    /// every value that differs, with `schema validate` some of those that do not fit
    #[arg(long, global = true)]
    pub show_values: bool,
    /// Configuration [default: the first logdrift.toml upward from here, else ~/.config/logdrift/logdrift.toml]
    #[arg(long, global = true, value_name = "FILE", env = "LOGDRIFT_CONFIG", hide_env_values = true)]
    pub config: Option<OsString>,
}

/// What to do.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Add logs to the baseline of their source
    #[command(after_help = examples::LEARN)]
    Learn(LearnArgs),
    /// Compare logs with the baseline and report what drifted
    #[command(after_help = examples::CHECK)]
    Check(CheckArgs),
    /// Run the checks that the configuration names, one line of summary each
    #[command(after_help = examples::AUDIT)]
    Audit(AuditArgs),
    /// Write a logdrift.toml with every key and what it does
    #[command(after_help = examples::INIT)]
    Init(InitArgs),
    /// Compare two sets of logs with each other, without a store
    #[command(after_help = examples::DIFF)]
    Diff(DiffArgs),
    /// Accept findings, so that they do not fail checks any more and their shape joins the baseline
    #[command(after_help = examples::ACCEPT)]
    Accept(AcceptArgs),
    /// Show the report of an earlier check again, in any format
    #[command(after_help = examples::REPORT)]
    Report(StoredArgs),
    /// Show one field, or one cohort, over the windows of the baseline
    #[command(after_help = examples::HISTORY)]
    History(HistoryArgs),
    /// Look at baselines, change what they hold, take them out of a store and put them into one
    #[command(subcommand, after_help = examples::BASELINE)]
    Baseline(BaselineCommand),
    /// Write the fingerprint of logs to a file, to be merged and compared elsewhere
    #[command(after_help = examples::FINGERPRINT)]
    Fingerprint(FingerprintArgs),
    /// Make one fingerprint of several
    #[command(after_help = examples::MERGE)]
    Merge(MergeArgs),
    /// Say what the team's detections depend on: tables, fields, codes and values, and what of them could not be read
    #[command(after_help = examples::RULES)]
    Rules(RulesArgs),
    /// Print the JSON Schema of what logdrift writes or is given; infer that of a stream, and hold records against it
    #[command(after_help = examples::SCHEMA)]
    Schema(SchemaArgs),
    /// Say what a check looks for and what to do about its findings
    #[command(after_help = examples::EXPLAIN)]
    Explain {
        /// Id of the check; all are listed without it
        #[arg(value_parser = values::suggested(crate::checks::CHECKS.iter().map(|check| check.id)), hide_possible_values = true)]
        check: Option<String>,
    },
    /// List the sources logdrift knows, or say how it reads one
    #[command(after_help = examples::SOURCES)]
    Sources {
        /// Name of the source; all are listed without it
        #[arg(value_parser = values::source(), hide_possible_values = true)]
        name: Option<String>,
    },
    /// Print what has a shell complete the command line
    #[command(after_help = examples::COMPLETIONS)]
    Completions {
        /// Which shell
        #[arg(value_name = "SHELL")]
        shell: Shell,
    },
    /// Print a page of the manual, or write all of them to a folder
    #[command(after_help = examples::MAN)]
    Man(ManArgs),
    /// Say whether configuration, store, key, baselines, clock and rules are fit for use, and what to do where they are not
    #[command(after_help = examples::DOCTOR)]
    Doctor(DoctorArgs),
    /// Learn two generated weeks and check the day after a passwordless roll-out
    #[command(after_help = examples::DEMO)]
    Demo {
        /// Keep the generated logs in this directory
        #[arg(long, value_name = "DIR")]
        write: Option<PathBuf>,
    },
}

/// Which fields of the records mean what.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Source")]
pub struct SourceArgs {
    /// Source of the logs: a name that `logdrift sources` lists, or a source file that ends in .toml [default: the built-in source
    /// that the first records look like, if they look like one only]
    #[arg(short, long, value_name = "SOURCE", value_parser = values::source(), hide_possible_values = true)]
    pub source: Option<String>,
    /// Name of the logs that the paths describe, under which their baseline is kept (with --source generic) [default: generic]
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// Path of the event time; without it all records stand in one undated window (with --source generic)
    #[arg(long, value_name = "PATH")]
    pub time: Option<String>,
    /// Path of the result code (with --source generic)
    #[arg(long, value_name = "PATH")]
    pub code: Option<String>,
    /// Path of a field that cuts the stream into cohorts; may be given more than once (with --source generic)
    #[arg(long, value_name = "PATH")]
    pub cohort: Vec<String>,
    /// Path of the record's id (with --source generic)
    #[arg(long, value_name = "PATH")]
    pub id: Option<String>,
    /// Path of who acted (with --source generic)
    #[arg(long, value_name = "PATH")]
    pub actor: Option<String>,
}

/// Where the baselines are.
#[derive(Clone, Debug, Args)]
pub struct StoreArgs {
    /// The store, an SQLite database
    #[arg(long, value_name = "DB", default_value = "logdrift.db", env = "LOGDRIFT_STORE", hide_env_values = true)]
    pub store: PathBuf,
}

/// How a stream is cut, and how long to wait for a store in use.
#[derive(Clone, Copy, Debug, Args)]
pub struct WindowArgs {
    /// Length of a window of event time
    #[arg(long, value_name = "LENGTH", default_value = "day", value_parser = values::granularity())]
    pub window: Granularity,
    /// Waiting.
    #[command(flatten)]
    pub wait: WaitArgs,
}

/// How long to wait for a store in use.
#[derive(Clone, Copy, Debug, Args)]
pub struct WaitArgs {
    /// How long to wait for another writer of the store, seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    pub wait: u64,
}

/// How a report is written.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Report")]
pub struct OutputArgs {
    /// Format of the report on stdout [default: terminal], and of files whose ending names no format
    #[arg(short, long, value_name = "FORMAT", value_parser = values::format())]
    pub format: Option<&'static Format>,
    /// Files for the report, each in the format of its ending; none: stdout
    #[arg(short, long, value_name = "FILE", help = derived::output_help())]
    pub output: Vec<PathBuf>,
}

/// How the outcome is written and judged.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Report")]
pub struct ReportArgs {
    /// How it is written.
    #[command(flatten)]
    pub to: OutputArgs,
    /// Least severity of a finding that makes the outcome drift and the exit code 1; never: exit with 0 despite findings
    #[arg(long, value_name = "SEVERITY", default_value = "medium", value_parser = values::fail_on())]
    pub fail_on: FailOn,
    /// Look up the sign-ins of a roll-out that FILE names (TOML or JSON) in the records under check, and say of each whether it
    /// was logged as it should be
    #[arg(long, value_name = "FILE")]
    pub expect: Option<PathBuf>,
    /// Say which detections of a folder (or one file) each finding blinds, through which clause, and how to mend them
    #[arg(long, value_name = "DIR")]
    pub rules: Option<PathBuf>,
    /// Exit with 0 where drift would exit with 1, for steps that only upload the report; other exit codes stay
    #[arg(long)]
    pub exit_zero: bool,
}

/// Arguments of `learn`.
#[derive(Clone, Debug, Args)]
pub struct LearnArgs {
    /// Files, directories, quoted patterns, or - for stdin
    #[arg(value_name = "INPUT", required = true, value_hint = ValueHint::AnyPath)]
    pub inputs: Vec<String>,
    /// Where the baselines are.
    #[command(flatten)]
    pub store: StoreArgs,
    /// Windows and waiting.
    #[command(flatten)]
    pub window: WindowArgs,
    /// The source.
    #[command(flatten)]
    pub source: SourceArgs,
}

/// Arguments of `check`.
#[derive(Clone, Debug, Args)]
pub struct CheckArgs {
    /// Files, directories, quoted patterns, or - for stdin; files of fingerprints too, made with the key of the store
    #[arg(value_name = "INPUT", required = true, value_hint = ValueHint::AnyPath)]
    pub inputs: Vec<String>,
    /// Where the baselines are.
    #[command(flatten)]
    pub store: StoreArgs,
    /// Compare with an exported baseline instead of the store's
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// Learn the logs after the check, if it found nothing of medium or worse but what was accepted
    #[arg(long)]
    pub learn: bool,
    /// Windows and waiting.
    #[command(flatten)]
    pub window: WindowArgs,
    /// The source.
    #[command(flatten)]
    pub source: SourceArgs,
    /// The outcome.
    #[command(flatten)]
    pub report: ReportArgs,
    /// Who hears of it.
    #[command(flatten)]
    pub heard: HeardArgs,
}

/// Arguments of `diff`.
#[derive(Clone, Debug, Args)]
pub struct DiffArgs {
    /// Logs as they were: a file, a directory, a quoted pattern; or their fingerprints
    #[arg(value_name = "BEFORE", value_hint = ValueHint::AnyPath)]
    pub before: String,
    /// Logs as they are: a file, a directory, a quoted pattern; or their fingerprints, made with the same key
    #[arg(value_name = "AFTER", value_hint = ValueHint::AnyPath)]
    pub after: String,
    /// The source.
    #[command(flatten)]
    pub source: SourceArgs,
    /// The outcome.
    #[command(flatten)]
    pub report: ReportArgs,
}

/// Arguments of `fingerprint`.
#[derive(Clone, Debug, Args)]
pub struct FingerprintArgs {
    /// Files, directories, quoted patterns, or - for stdin
    #[arg(value_name = "INPUT", required = true, value_hint = ValueHint::AnyPath)]
    pub inputs: Vec<String>,
    /// The file to write
    #[arg(short, long, value_name = "FP")]
    pub output: PathBuf,
    /// File with the key of the hashes, such as logdrift.db.key of a store; only fingerprints of one key can be merged and
    /// compared [default: the key beside the output, made if it is not there]
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
    /// Length of a window of event time
    #[arg(long, value_name = "LENGTH", default_value = "day", value_parser = values::granularity())]
    pub window: Granularity,
    /// The source.
    #[command(flatten)]
    pub source: SourceArgs,
}

/// Arguments of `merge`.
#[derive(Clone, Debug, Args)]
pub struct MergeArgs {
    /// Fingerprints of one source and one key
    #[arg(value_name = "FP", required = true)]
    pub inputs: Vec<PathBuf>,
    /// The file to write
    #[arg(short, long, value_name = "FP")]
    pub output: PathBuf,
}

/// Arguments of `man`.
#[derive(Clone, Debug, Args)]
pub struct ManArgs {
    /// Command that the page is about, such as `baseline diff`; without one that of the program
    #[arg(value_name = "COMMAND")]
    pub command: Vec<String>,
    /// Write all pages to a folder instead
    #[arg(short, long, value_name = "DIR", conflicts_with = "command")]
    pub output: Option<PathBuf>,
}

/// Arguments of `doctor`.
#[derive(Clone, Debug, Args)]
pub struct DoctorArgs {
    /// Where the baselines are.
    #[command(flatten)]
    pub store: StoreArgs,
    /// Detections to look at too: a folder or one file
    #[arg(long, value_name = "DIR")]
    pub rules: Option<PathBuf>,
}

#[cfg(test)]
mod tests;
