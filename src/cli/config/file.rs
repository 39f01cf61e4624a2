//! The keys of `logdrift.toml`.

use super::values::{FailAt, FormatName, Length, Place, SourceName, When, Words};
use crate::cli::args::Preset;
use crate::notify::Settings;
use schemars::JsonSchema;
use serde::Deserialize;
use std::num::NonZeroUsize;
use std::path::PathBuf;

/// Both tables that hold options of `check`: the file itself and its audits. A key is an option of the command line; `=> id` is
/// the name by which the arguments know it.
macro_rules! tables {
    ($($(#[$about:meta])* $key:ident: $kind:ty => $id:literal,)*) => {
        /// Configuration of logdrift: defaults of its options, audits, and whom to tell. An option on the command line goes before
        /// an environment variable, which goes before an audit, which goes before the keys at the top of the file. Paths are
        /// relative to the file.
        #[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields, rename_all = "kebab-case")]
        pub(in crate::cli) struct Config {
            /// Threads that count records, eight at most.
            threads: Option<NonZeroUsize>,
            /// Say nothing on stderr but errors.
            quiet: Option<bool>,
            /// Show no progress.
            no_progress: Option<bool>,
            /// When to colour.
            color: Option<When>,
            /// Show values that look like personal data as they are.
            show_values: Option<bool>,
            $($(#[$about])* $key: Option<$kind>,)*
            /// Checks that `logdrift audit` runs. Beside its name and inputs an audit has the keys of the whole file that are
            /// about a check.
            #[serde(default)]
            pub(in crate::cli) audit: Vec<Audit>,
            /// Where new and ended findings are told.
            #[serde(default)]
            pub(in crate::cli) notify: Vec<Settings>,
            /// Folder to which paths are relative; none: the working directory.
            #[serde(skip)]
            pub(super) folder: PathBuf,
        }

        /// One check of `logdrift audit`.
        #[derive(Clone, Debug, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields, rename_all = "kebab-case")]
        pub(in crate::cli) struct Audit {
            /// What `logdrift audit` and its summary call it.
            pub(in crate::cli) name: String,
            /// Files, directories, patterns, or - for stdin.
            #[schemars(length(min = 1))]
            pub(super) inputs: Vec<Place>,
            $($(#[$about])* $key: Option<$kind>,)*
            #[serde(skip)]
            pub(super) folder: PathBuf,
        }

        impl Config {
            /// What the keys of the file make the defaults of arguments.
            pub(in crate::cli) fn defaults(&self) -> Vec<Preset> {
                let mut all = Vec::new();
                self.add("threads", self.threads.as_ref(), &mut all);
                self.add("quiet", self.quiet.as_ref(), &mut all);
                self.add("no_progress", self.no_progress.as_ref(), &mut all);
                self.add("color", self.color.as_ref(), &mut all);
                self.add("show_values", self.show_values.as_ref(), &mut all);
                $(self.add($id, self.$key.as_ref(), &mut all);)*
                all
            }

            fn add(&self, id: &'static str, value: Option<&impl Words>, all: &mut Vec<Preset>) {
                all.extend(value.map(|value| Preset { id, words: value.words(&self.folder) }));
            }
        }

        impl Audit {
            /// What the keys of the audit make the defaults of arguments.
            pub(super) fn defaults(&self) -> Vec<Preset> {
                let mut all = Vec::new();
                $(all.extend(self.$key.as_ref().map(|value| Preset { id: $id, words: value.words(&self.folder) }));)*
                all
            }
        }
    };
}

tables! {
    /// The store, an SQLite database.
    store: Place => "store",
    /// Source of the logs: a name that `logdrift sources` lists, or a source file that ends in .toml.
    source: SourceName => "source",
    /// Source generic: name of the logs, under which their baseline is kept (`--name`).
    source_name: String => "name",
    /// Source generic: path of the event time.
    time: String => "time",
    /// Source generic: path of the result code.
    code: String => "code",
    /// Source generic: paths of fields that cut the stream into cohorts.
    cohort: Vec<String> => "cohort",
    /// Source generic: path of the record's id.
    id: String => "id",
    /// Source generic: path of who acted.
    actor: String => "actor",
    /// Length of a window of event time.
    window: Length => "window",
    /// How long to wait for another writer of the store, seconds.
    wait: u64 => "wait",
    /// Compare with an exported baseline instead of the store's.
    baseline: Place => "baseline",
    /// Learn the logs after the check, if it found nothing of medium or worse but what was accepted.
    learn: bool => "learn",
    /// Format of the report on stdout, and of files whose ending names no format.
    format: FormatName => "format",
    /// Files for the report, each in the format of its ending.
    output: Vec<Place> => "output",
    /// Least severity of a finding that makes the outcome drift and the exit code 1; never: exit with 0 despite findings.
    fail_on: FailAt => "fail_on",
    /// Sign-ins of a roll-out to look up in the records (TOML or JSON).
    expect: Place => "expect",
    /// Folder of detections, or one file: findings say which of them they blind.
    rules: Place => "rules",
    /// Exit with 0 where drift would exit with 1.
    exit_zero: bool => "exit_zero",
    /// File of metrics for the textfile collector of Prometheus.
    metrics: Place => "metrics",
    /// Address that is told of every run, for monitors that raise an alarm when none comes; with /fail if the run failed.
    ping: String => "ping",
    /// Tell nobody of new and ended findings, whatever [[notify]] says.
    no_notify: bool => "no_notify",
}

impl Audit {
    /// The inputs, as arguments.
    pub(in crate::cli) fn inputs(&self) -> Vec<std::ffi::OsString> {
        self.inputs.words(&self.folder)
    }
}
