//! What can be asked of checks that run by themselves.

use clap::Args;
use std::path::PathBuf;

/// Who hears of a check beside its reader.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Scheduled checks")]
pub struct HeardArgs {
    /// Write metrics for the textfile collector of Prometheus
    #[arg(long, value_name = "FILE")]
    pub metrics: Option<PathBuf>,
    /// Tell an address when the check is over, for monitors that raise an alarm when nothing comes; with /fail at its end if the
    /// check failed
    #[arg(long, value_name = "URL")]
    pub ping: Option<String>,
    /// Tell nobody of new and ended findings, whatever `[[notify]]` of the configuration says
    #[arg(long)]
    pub no_notify: bool,
}

/// Arguments of `audit`.
#[derive(Clone, Debug, Args)]
pub struct AuditArgs {
    /// Audits of the configuration; all without a name
    #[arg(value_name = "NAME")]
    pub names: Vec<String>,
}

/// Arguments of `init`.
#[derive(Clone, Debug, Args)]
pub struct InitArgs {
    /// The file to write
    #[arg(value_name = "FILE", default_value = "logdrift.toml")]
    pub file: PathBuf,
    /// Write it even if it is there
    #[arg(long)]
    pub force: bool,
}
