//! REFERENCE.md: commands, checks, sources, formats and schemas as the program's own tables know them.

use clap::{Arg, Command, CommandFactory as _};
use logdrift::checks::CHECKS;
use logdrift::cli::args::Cli;
use logdrift::model::Severity;
use logdrift::report::{FORMATS, SCHEMAS};
use logdrift::sources::{SOURCES, Source};
use std::fs;
use std::path::Path;

const HEAD: &str = "# Reference\n\nMade from the tables of the program (`UPDATE=1 cargo test --test reference`); what is said here the program \
                    says too: `--help`, `man`, `explain`, `sources`, `schema`.\n";

#[test]
fn the_reference_is_what_the_tables_say_today() {
    let text = reference();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("REFERENCE.md");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&file, &text).unwrap();
    }
    let is_kept = fs::read_to_string(&file).unwrap_or_default() == text;
    assert!(is_kept, "REFERENCE.md is stale; refresh it with `UPDATE=1 cargo test --test reference`");
}

fn reference() -> String {
    let mut program = Cli::command();
    program.build();
    let mut text = HEAD.to_owned();
    text.push_str("\n## Commands\n");
    text.push_str(&options("\nOptions of every command:\n", program.get_arguments().filter(|arg| arg.is_global_set())));
    for command in program.get_subcommands() {
        add_command(&mut text, "logdrift", command);
    }
    let severities: Vec<String> = Severity::ALL.iter().rev().map(|severity| format!("`{severity}`")).collect();
    text.push_str(&format!("\n## Checks\n\nA finding has one of the severities {}.\n", severities.join(", ")));
    for check in CHECKS {
        text.push_str(&format!("\n### `{}`\n\n{}.\n\n{}\n", check.id, escaped(check.summary), escaped(check.explain)));
    }
    text.push_str("\n## Sources\n\n| source | logs |\n|---|---|\n");
    for source in SOURCES.iter().filter_map(|row| Source::named(row.name)) {
        text.push_str(&format!("| `{}` | {} |\n", source.name, escaped(&source.title)));
    }
    text.push_str("\n`logdrift sources NAME` says which fields of the log each one reads.\n");
    text.push_str("\n## Formats of reports\n\n| format | ending | for |\n|---|---|---|\n");
    for format in FORMATS {
        text.push_str(&format!("| `{}` | `.{}` | {} |\n", format.name, format.extension, escaped(format.summary)));
    }
    let schemas: Vec<String> = SCHEMAS.iter().map(|name| format!("`{name}`")).collect();
    text.push_str(&format!("\n## Schemas\n\n`logdrift schema NAME` prints a JSON Schema (2020-12): {}.\n", schemas.join(", ")));
    text
}

/// A command and those below it, each under a heading of its own.
fn add_command(text: &mut String, above: &str, command: &Command) {
    // Help on help is no news.
    if command.get_name() == "help" || command.is_hide_set() {
        return;
    }
    let name = format!("{above} {}", command.get_name());
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    text.push_str(&format!("\n### `{name}`\n\n{}.\n", escaped(&about)));
    text.push_str(&options("\n", command.get_arguments().filter(|arg| !arg.is_global_set())));
    if let Some(after) = command.get_after_help() {
        text.push_str(&format!("\n```text\n{after}\n```\n"));
    }
    command.get_subcommands().for_each(|inner| add_command(text, &name, inner));
}

/// A list of arguments under a heading; nothing where there are none.
fn options<'a>(heading: &str, arguments: impl Iterator<Item = &'a Arg>) -> String {
    let told = |arg: &&Arg| !arg.is_hide_set() && !["help", "version"].contains(&arg.get_id().as_str());
    let lines: String = arguments.filter(told).map(option).collect();
    if lines.is_empty() { lines } else { format!("{heading}{lines}") }
}

fn option(arg: &Arg) -> String {
    let mut line = format!("- `{}`", arg.to_string().replace('`', ""));
    if let (Some(short), false) = (arg.get_short(), arg.is_positional()) {
        line = format!("- `-{short}`, `{}`", arg.to_string().replace('`', ""));
    }
    let mut more: Vec<String> = Vec::new();
    let values: Vec<String> = arg.get_possible_values().iter().map(|value| format!("`{}`", value.get_name())).collect();
    if !values.is_empty() && !arg.is_hide_possible_values_set() && arg.get_action().takes_values() {
        more.push(format!("one of {}", values.join(", ")));
    }
    let defaults: Vec<String> = arg.get_default_values().iter().map(|value| format!("`{}`", value.to_string_lossy())).collect();
    if !defaults.is_empty() && arg.get_action().takes_values() {
        more.push(format!("default {}", defaults.join(", ")));
    }
    if let Some(variable) = arg.get_env() {
        more.push(format!("environment `{}`", variable.to_string_lossy()));
    }
    let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
    let more = if more.is_empty() { String::new() } else { format!(" ({})", more.join("; ")) };
    format!("{line}: {}{more}\n", escaped(&help))
}

/// A text in which Markdown sees no marks.
fn escaped(text: &str) -> String {
    text.chars().flat_map(|c| if "*_<>[]|".contains(c) { vec!['\\', c] } else { vec![c] }).collect()
}
