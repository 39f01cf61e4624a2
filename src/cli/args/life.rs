//! What can be asked about findings and runs that a store remembers.

use super::{OutputArgs, StoreArgs, WaitArgs, values};
use clap::Args;

/// Arguments of `accept`.
#[derive(Clone, Debug, Args)]
pub struct AcceptArgs {
    /// Keys of findings, as reports show them; the first digits are enough where they fit one finding only
    #[arg(value_name = "KEY", required_unless_present = "list", conflicts_with = "list")]
    pub keys: Vec<String>,
    /// Why they are all right
    #[arg(long, value_name = "TEXT", required_unless_present_any = ["list", "withdraw"])]
    pub reason: Option<String>,
    /// Last day on which they are accepted, a date of UTC (2026-03-31); then they are new findings, and windows learnt under the
    /// acceptance leave the baseline [default: until withdrawn]
    #[arg(long, value_name = "DATE", conflicts_with_all = ["list", "withdraw"], value_parser = values::last_day())]
    pub until: Option<i64>,
    /// List the acceptances
    #[arg(long, conflicts_with_all = ["withdraw", "reason"])]
    pub list: bool,
    /// Take acceptances back; windows learnt under them leave the baseline
    #[arg(long)]
    pub withdraw: bool,
    /// Only findings of this source
    #[arg(short, long, value_name = "SOURCE")]
    pub source: Option<String>,
    /// Where they are remembered.
    #[command(flatten)]
    pub store: StoreArgs,
    /// Waiting.
    #[command(flatten)]
    pub wait: WaitArgs,
}

/// Arguments of `report`.
#[derive(Clone, Debug, Args)]
pub struct StoredArgs {
    /// Id of the run, as `--list` shows it; its first characters are enough where they fit one run only [default: the latest]. Or
    /// the file of a report in JSON
    #[arg(value_name = "RUN")]
    pub run: Option<String>,
    /// List the runs
    #[arg(long, conflicts_with_all = ["run", "format", "output"])]
    pub list: bool,
    /// Only runs of this source
    #[arg(short, long, value_name = "SOURCE")]
    pub source: Option<String>,
    /// Where they are kept.
    #[command(flatten)]
    pub store: StoreArgs,
    /// How it is written.
    #[command(flatten)]
    pub to: OutputArgs,
}
