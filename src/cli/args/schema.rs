//! What can be asked of schemas.

use super::{SourceArgs, StoreArgs, examples};
use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// Arguments of `schema`.
#[derive(Clone, Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct SchemaArgs {
    /// What to do with schemas other than to print one of logdrift's own
    #[command(subcommand)]
    pub command: Option<SchemaCommand>,
    /// Which schema
    #[arg(value_name = "NAME", required = true, value_parser = PossibleValuesParser::new(crate::cli::lists::schemas()))]
    pub name: Option<String>,
}

/// Commands of `schema`.
#[derive(Clone, Debug, Subcommand)]
pub enum SchemaCommand {
    /// Infer the JSON Schema of a stream from its baseline
    #[command(after_help = examples::SCHEMA_INFER)]
    Infer(InferArgs),
    /// Hold records against the schema of their baseline, or against a given one
    #[command(after_help = examples::SCHEMA_VALIDATE)]
    Validate(Box<ValidateArgs>),
    /// Say which documented codes and fields a baseline never saw, and which it saw are not documented
    #[command(after_help = examples::SCHEMA_COVERAGE)]
    Coverage(CoverageArgs),
}

/// Arguments of `schema infer`.
#[derive(Clone, Debug, Args)]
pub struct InferArgs {
    /// Where the baselines are.
    #[command(flatten)]
    pub store: StoreArgs,
    /// Name of the source under which the baseline is kept
    #[arg(short, long, value_name = "SOURCE")]
    pub source: String,
    /// File for the schema [default: stdout]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// Arguments of `schema validate`.
#[derive(Clone, Debug, Args)]
pub struct ValidateArgs {
    /// Files, directories, quoted patterns, or - for stdin
    #[arg(value_name = "INPUT", required = true)]
    pub inputs: Vec<String>,
    /// A JSON Schema, instead of the one of the baseline; with --source too, records of types that the source does not read are left
    /// out
    #[arg(long, value_name = "FILE")]
    pub schema: Option<PathBuf>,
    /// Where the baselines are.
    #[command(flatten)]
    pub store: StoreArgs,
    /// The source.
    #[command(flatten)]
    pub source: SourceArgs,
    /// Format [default: terminal]
    #[arg(short, long, value_name = "FORMAT", value_parser = PossibleValuesParser::new(["terminal", "json"]))]
    pub format: Option<String>,
    /// File for the report, as JSON unless --format says otherwise [default: stdout]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// Arguments of `schema coverage`.
#[derive(Clone, Debug, Args)]
pub struct CoverageArgs {
    /// Where the baselines are.
    #[command(flatten)]
    pub store: StoreArgs,
    /// Source of the baseline: a name that `logdrift sources` lists, or a source file that ends in .toml
    #[arg(short, long, value_name = "SOURCE")]
    pub source: String,
    /// Format on stdout [default: terminal]
    #[arg(short, long, value_name = "FORMAT", value_parser = PossibleValuesParser::new(["terminal", "json"]))]
    pub format: Option<String>,
}
