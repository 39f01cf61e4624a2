//! What can be asked of baselines.

use super::{StoreArgs, WaitArgs, examples};
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// What to do with baselines.
#[derive(Clone, Debug, Subcommand)]
pub enum BaselineCommand {
    /// List the baselines of a store
    #[command(after_help = examples::BASELINE_LIST)]
    List {
        /// Where the baselines are.
        #[command(flatten)]
        store: StoreArgs,
        /// Only of this source
        #[arg(short, long, value_name = "SOURCE")]
        source: Option<String>,
    },
    /// Show what a baseline holds (windows, cohorts, paths) and how it came about
    #[command(after_help = examples::BASELINE_SHOW)]
    Show(OneBaseline),
    /// List the changes of a baseline: version, when, who, what and why
    #[command(after_help = examples::BASELINE_LOG)]
    Log(OneBaseline),
    /// Take windows out of the baseline without deleting them: an incident, an outage
    #[command(after_help = examples::BASELINE_EXCLUDE)]
    Exclude {
        /// Days (2026-03-01) or hours (2026-03-01T04:00Z) that the baseline holds; a day stands for all its hours
        #[arg(value_name = "WINDOW", required = true)]
        windows: Vec<String>,
        /// Which baseline.
        #[command(flatten)]
        baseline: OneBaseline,
        /// Why, for `baseline log`
        #[arg(long, value_name = "TEXT")]
        reason: String,
        /// Waiting.
        #[command(flatten)]
        wait: WaitArgs,
    },
    /// Bring windows back into the baseline that were excluded, or that left it with an acceptance
    #[command(after_help = examples::BASELINE_INCLUDE)]
    Include {
        /// Days (2026-03-01) or hours (2026-03-01T04:00Z); a day stands for all its hours
        #[arg(value_name = "WINDOW", required = true)]
        windows: Vec<String>,
        /// Which baseline.
        #[command(flatten)]
        baseline: OneBaseline,
        /// Why, for `baseline log`
        #[arg(long, value_name = "TEXT", default_value = "baseline include")]
        reason: String,
        /// Waiting.
        #[command(flatten)]
        wait: WaitArgs,
    },
    /// Go back to an earlier version of the baseline, its windows and acceptances as they were; that is a new version
    #[command(after_help = examples::BASELINE_ROLLBACK)]
    Rollback {
        /// The version, as `baseline log` lists it
        #[arg(value_name = "VERSION")]
        version: u64,
        /// Which baseline.
        #[command(flatten)]
        baseline: OneBaseline,
        /// Why, for `baseline log`
        #[arg(long, value_name = "TEXT", default_value = "baseline rollback")]
        reason: String,
        /// Waiting.
        #[command(flatten)]
        wait: WaitArgs,
    },
    /// Show where two windows of a baseline, or two exported baselines, differ
    #[command(after_help = examples::BASELINE_DIFF)]
    Diff {
        /// A date (2026-03-01), an hour (2026-03-01T04:00Z) or an exported file
        #[arg(value_name = "A")]
        before: String,
        /// Another one of the same kind
        #[arg(value_name = "B")]
        after: String,
        /// Where the baselines are.
        #[command(flatten)]
        store: StoreArgs,
        /// Source of the windows; not needed for files
        #[arg(short, long, value_name = "SOURCE")]
        source: Option<String>,
    },
    /// Write a baseline to a file
    #[command(after_help = examples::BASELINE_EXPORT)]
    Export {
        /// Which one.
        #[command(flatten)]
        baseline: OneBaseline,
        /// The file to write
        #[arg(short, long, value_name = "FILE")]
        output: PathBuf,
        /// Leave out all that depends on the key or may name the organisation or people in it (actors, apps, descriptions of codes,
        /// rare fields), to show others what a log looks like; such a file can be compared by `baseline diff` and is no baseline to
        /// check against
        #[arg(long)]
        anonymous: bool,
    },
    /// Put an exported baseline, or the windows of a file of fingerprints, into a store
    #[command(after_help = examples::BASELINE_IMPORT)]
    Import {
        /// The exported file, or a file of fingerprints made with the key of the store
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// Which one it becomes.
        #[command(flatten)]
        baseline: OneBaseline,
        /// Waiting.
        #[command(flatten)]
        wait: WaitArgs,
    },
}

/// The baseline of one source in one store.
#[derive(Clone, Debug, Args)]
pub struct OneBaseline {
    /// Where the baselines are.
    #[command(flatten)]
    pub store: StoreArgs,
    /// Name of the source
    #[arg(short, long, value_name = "SOURCE")]
    pub source: String,
}
