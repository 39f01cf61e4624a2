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
    /// Format on stdout [default: terminal]
    #[arg(short, long, value_name = "FORMAT", value_parser = PossibleValuesParser::new(["terminal", "json"]))]
    pub format: Option<String>,
}
