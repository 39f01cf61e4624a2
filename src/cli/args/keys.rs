//! The arguments that can also be given by the environment and by the configuration file.
//!
//! The command line goes before the environment, the environment before the file, the file before what is built in: values of
//! the file become the defaults of the arguments, so that they are read and judged as if they had been typed.

use clap::builder::BoolishValueParser;
use clap::{Arg, ArgAction, Command};
use std::ffi::OsString;

/// Environment variables by the id of the argument that they give.
pub const KEYS: &[(&str, &str)] = &[
    ("threads", "LOGDRIFT_THREADS"),
    ("quiet", "LOGDRIFT_QUIET"),
    ("no_progress", "LOGDRIFT_NO_PROGRESS"),
    ("color", "LOGDRIFT_COLOR"),
    ("show_values", "LOGDRIFT_SHOW_VALUES"),
    ("store", "LOGDRIFT_STORE"),
    ("source", "LOGDRIFT_SOURCE"),
    ("name", "LOGDRIFT_SOURCE_NAME"),
    ("time", "LOGDRIFT_TIME"),
    ("code", "LOGDRIFT_CODE"),
    ("cohort", "LOGDRIFT_COHORT"),
    ("id", "LOGDRIFT_ID"),
    ("actor", "LOGDRIFT_ACTOR"),
    ("window", "LOGDRIFT_WINDOW"),
    ("wait", "LOGDRIFT_WAIT"),
    ("baseline", "LOGDRIFT_BASELINE"),
    ("learn", "LOGDRIFT_LEARN"),
    ("format", "LOGDRIFT_FORMAT"),
    ("output", "LOGDRIFT_OUTPUT"),
    ("fail_on", "LOGDRIFT_FAIL_ON"),
    ("expect", "LOGDRIFT_EXPECT"),
    ("rules", "LOGDRIFT_RULES"),
    ("exit_zero", "LOGDRIFT_EXIT_ZERO"),
    ("metrics", "LOGDRIFT_METRICS"),
    ("ping", "LOGDRIFT_PING"),
    ("no_notify", "LOGDRIFT_NO_NOTIFY"),
];

/// Arguments of every command that has them; the others are for `check` alone.
const SHARED: &[&str] = &["store", "source", "name", "time", "code", "cohort", "id", "actor", "window", "wait"];

/// Words that are the default of an argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preset {
    /// Id of the argument.
    pub id: &'static str,
    /// What would be typed behind it.
    pub words: Vec<OsString>,
}

/// The command line with environment variables and other defaults.
pub(super) fn configured(root: Command, presets: &[Preset]) -> Command {
    root.mut_args(|arg| with(arg, presets)).mut_subcommands(|command| below(command, presets))
}

fn below(command: Command, presets: &[Preset]) -> Command {
    let is_check = command.get_name() == "check";
    // To name a store is a question of its own there.
    if command.get_name() == "rules" {
        return command;
    }
    // Where no logs are read, a source that may be left out chooses among those of a store.
    let reads_logs = command.get_arguments().any(|arg| arg.get_id() == "time");
    let is_choice = move |arg: &Arg| arg.get_id() == "source" && !arg.is_required_set() && !reads_logs;
    let applies = |arg: &Arg| (is_check || SHARED.contains(&arg.get_id().as_str())) && !is_choice(arg);
    command.mut_args(|arg| if applies(&arg) { with(arg, presets) } else { arg }).mut_subcommands(|command| below(command, presets))
}

fn with(arg: Arg, presets: &[Preset]) -> Arg {
    let id = arg.get_id().as_str();
    let Some((_, variable)) = KEYS.iter().find(|key| key.0 == id) else { return arg };
    // Without an option it is an input.
    if arg.get_long().is_none() {
        return arg;
    }
    let preset = presets.iter().find(|preset| preset.id == id);
    let arg = switchable(arg.env(variable).hide_env_values(true));
    match preset {
        Some(preset) => arg.required(false).hide_default_value(true).default_values(preset.words.iter().cloned()),
        None => arg,
    }
}

/// A switch that can also be turned off, as it must be where a file turned it on: `--learn=false`.
fn switchable(arg: Arg) -> Arg {
    if !matches!(arg.get_action(), ArgAction::SetTrue) {
        return arg;
    }
    let arg = arg.action(ArgAction::Set).num_args(0..=1).require_equals(true).default_missing_value("true").default_value("false");
    arg.value_parser(BoolishValueParser::new()).value_name("BOOL").hide_possible_values(true).hide_default_value(true)
}
