//! Arguments of `rules`.

use super::examples;
use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// Arguments of `rules`.
#[derive(Clone, Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct RulesArgs {
    /// What to do with rules other than to tell what they depend on
    #[command(subcommand)]
    pub command: Option<RulesCommand>,
    /// What to read
    #[command(flatten)]
    pub told: RulesToldArgs,
}

/// Arguments of `rules` without a command of its own.
#[derive(Clone, Debug, Args)]
pub struct RulesToldArgs {
    /// Folder of rules, or one file
    #[arg(value_name = "DIR", required = true)]
    pub folder: Option<PathBuf>,
    /// Say also which rules the baseline of the source in this store already blinds, and exit with 1 if there is one
    #[arg(long, value_name = "DB")]
    pub store: Option<PathBuf>,
    /// Source and format
    #[command(flatten)]
    pub common: RulesCommonArgs,
}

/// What all commands about rules take.
#[derive(Clone, Debug, Args)]
pub struct RulesCommonArgs {
    /// Source whose records the rules read: a name that `logdrift sources` lists, or a source file that ends in .toml
    #[arg(short, long, value_name = "SOURCE", default_value = "entra-signin")]
    pub source: String,
    /// Format on stdout [default: terminal]
    #[arg(short, long, value_name = "FORMAT", value_parser = PossibleValuesParser::new(["terminal", "json"]))]
    pub format: Option<String>,
}

/// Commands of `rules`.
#[derive(Clone, Debug, Subcommand)]
pub enum RulesCommand {
    /// Try the records that a check handed over for each rule it named: does the rule look at them, as they were and as they are now?
    #[command(after_help = examples::RULES_TEST)]
    Test(RulesTestArgs),
    /// Count how many records each rule looks at in two logs, and say which rules fell silent
    #[command(after_help = examples::RULES_MATCH)]
    Match(RulesMatchArgs),
}

/// Arguments of `rules match`.
#[derive(Clone, Debug, Args)]
pub struct RulesMatchArgs {
    /// Folder of rules, or one file
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// The log as it was: a file, a directory, a quoted pattern
    #[arg(value_name = "BEFORE")]
    pub before: String,
    /// The log as it is
    #[arg(value_name = "AFTER")]
    pub after: String,
    /// Records of each log that are tried, drawn by their hashes
    #[arg(long, value_name = "N", default_value_t = 20_000)]
    pub sample: usize,
    /// Source and format
    #[command(flatten)]
    pub common: RulesCommonArgs,
}

/// Arguments of `rules test`.
#[derive(Clone, Debug, Args)]
pub struct RulesTestArgs {
    /// Folder of rules, or one file
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// JSON reports of `check --rules` or `diff --rules`; `-` for stdin
    #[arg(value_name = "REPORT", required = true)]
    pub reports: Vec<PathBuf>,
    /// Source and format
    #[command(flatten)]
    pub common: RulesCommonArgs,
}
