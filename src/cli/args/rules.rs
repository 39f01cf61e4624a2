//! Arguments of `rules`.

use clap::Args;
use clap::builder::PossibleValuesParser;
use std::path::PathBuf;

/// Arguments of `rules`.
#[derive(Clone, Debug, Args)]
pub struct RulesArgs {
    /// Folder of rules, or one file
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// Source whose records the rules read: a name that `logdrift sources` lists, or a source file that ends in .toml
    #[arg(short, long, value_name = "SOURCE", default_value = "entra-signin")]
    pub source: String,
    /// Say also which rules the baseline of the source in this store already blinds, and exit with 1 if there is one
    #[arg(long, value_name = "DB")]
    pub store: Option<PathBuf>,
    /// Format on stdout [default: terminal]
    #[arg(short, long, value_name = "FORMAT", value_parser = PossibleValuesParser::new(["terminal", "json"]))]
    pub format: Option<String>,
}
