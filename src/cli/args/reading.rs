//! From what was typed, the environment and the configuration to arguments that go together.

use super::{CheckArgs, Cli, Command, DiffArgs, GENERIC, Preset, ReportArgs, StoredArgs, keys};
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory as _, FromArgMatches as _};
use std::ffi::OsString;

impl Cli {
    /// Reads arguments, the program's name first.
    ///
    /// # Errors
    /// What clap says about arguments that cannot be understood or do not go together (its exit code is 2), or the text
    /// asked for with `--help` or `--version` (its exit code is 0).
    pub fn read(arguments: impl IntoIterator<Item = impl Into<OsString> + Clone>) -> Result<Self, clap::Error> {
        Self::of(Self::command(), arguments)
    }

    /// The same, with what the environment and a configuration say where the arguments do not.
    ///
    /// # Errors
    /// As for [`Cli::read`].
    pub fn read_with(arguments: impl IntoIterator<Item = impl Into<OsString> + Clone>, presets: &[Preset]) -> Result<Self, clap::Error> {
        Self::of(keys::configured(Self::command(), presets), arguments)
    }

    fn of(command: clap::Command, arguments: impl IntoIterator<Item = impl Into<OsString> + Clone>) -> Result<Self, clap::Error> {
        let matches = command.try_get_matches_from(arguments)?;
        let mut cli = Self::from_arg_matches(&matches)?;
        cli.choose(&matches)
            .and_then(|()| cli.together(&matches))
            .map_err(|message| Self::command().error(ErrorKind::ArgumentConflict, message))?;
        Ok(cli)
    }

    /// Of `--learn` and `--baseline`, which exclude each other, the one that was asked for more expressly counts.
    fn choose(&mut self, matches: &ArgMatches) -> Result<(), String> {
        let Command::Check(args) = &mut self.command else { return Ok(()) };
        if !args.learn || args.baseline.is_none() {
            return Ok(());
        }
        let (_, inner) = matches.subcommand().unwrap_or(("", matches));
        let asked = |name| match inner.value_source(name) {
            Some(ValueSource::CommandLine) => 2,
            Some(ValueSource::EnvVariable) => 1,
            _ => 0,
        };
        match asked("learn").cmp(&asked("baseline")) {
            std::cmp::Ordering::Greater => args.baseline = None,
            std::cmp::Ordering::Less => args.learn = false,
            std::cmp::Ordering::Equal => return Err("--baseline FILE cannot be learnt into; give one of --baseline and --learn".into()),
        }
        Ok(())
    }

    /// Whether the arguments go together, as far as clap cannot know.
    fn together(&self, matches: &ArgMatches) -> Result<(), String> {
        if let Command::Check(CheckArgs { report: ReportArgs { to, .. }, .. })
        | Command::Diff(DiffArgs { report: ReportArgs { to, .. }, .. })
        | Command::Report(StoredArgs { to, .. }) = &self.command
        {
            to.output.iter().try_for_each(|file| to.format_of(file).map(drop))?;
        }
        let source = match &self.command {
            Command::Learn(args) => &args.source,
            Command::Check(args) => &args.source,
            Command::Diff(args) => &args.source,
            Command::Fingerprint(args) => &args.source,
            _ => return Ok(()),
        };
        let (_, inner) = matches.subcommand().unwrap_or(("", matches));
        let typed = |name: &str| inner.value_source(name) == Some(ValueSource::CommandLine);
        if let Some(field) = ["name", "time", "code", "cohort", "id", "actor"]
            .into_iter()
            .find(|name| source.source.as_deref() != Some(GENERIC) && typed(name))
        {
            return Err(format!("--{field} only goes with --source {GENERIC}; other sources know their fields"));
        }
        if matches!(&self.command, Command::Check(args) if args.learn && args.report.expect.is_some()) {
            return Err("--expect FILE looks at every record and --learn leaves out those learnt before; check with --expect first, then \
                        with --learn (--learn=false goes before a configuration that says learn)"
                .into());
        }
        // A store named by the environment is no contradiction: the baseline file is meant for this one check.
        if matches!(&self.command, Command::Check(args) if args.baseline.is_some()) && typed("store") {
            return Err("--baseline FILE stands in for the store; give one of --baseline and --store".into());
        }
        Ok(())
    }
}
