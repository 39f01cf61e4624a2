//! Arguments of `history`.

use super::StoreArgs;
use clap::Args;
use clap::builder::PossibleValuesParser;

/// Arguments of `history`.
#[derive(Clone, Debug, Args)]
pub struct HistoryArgs {
    /// Path of a field (properties.location.city), a name by which the source knows one (code), or a cohort (resultType=50074)
    #[arg(value_name = "PATH")]
    pub path: String,
    /// Only the records of this cohort
    #[arg(long, value_name = "FIELD=VALUE")]
    pub cohort: Option<String>,
    /// Source whose baseline is looked at [default: the only one of the store]
    #[arg(short, long, value_name = "SOURCE")]
    pub source: Option<String>,
    /// Where the baselines are.
    #[command(flatten)]
    pub store: StoreArgs,
    /// Format on stdout [default: terminal]
    #[arg(short, long, value_name = "FORMAT", value_parser = PossibleValuesParser::new(["terminal", "json", "html"]))]
    pub format: Option<String>,
}
