//! `logdrift report`: what earlier checks reported.

use super::args::StoredArgs;
use super::output::{must_be_writable, table};
use super::{Context, Outcome};
use crate::error::{Error, Result};
use crate::report::{Report, escape_terminal, rfc3339};
use crate::store::{Access, RunRow, Store};
use std::path::Path;

pub(super) fn run(args: &StoredArgs, context: &Context) -> Result<Outcome> {
    must_be_writable(&args.to.output)?;
    if let Some(file) = args.run.as_ref().map(Path::new).filter(|name| name.is_file()) {
        context.out.report(&of_file(file)?, &args.to)?;
        return Ok(Outcome::Clean);
    }
    let store = Store::open(&args.store.store, Access::Read)?;
    let mut runs = store.runs_named(args.run.as_deref().unwrap_or_default())?;
    runs.retain(|run| args.source.as_ref().is_none_or(|only| *only == run.source));
    if runs.is_empty() {
        return Err(nothing(args));
    }
    if args.list {
        context.out.data(&list(&runs))?;
        return Ok(Outcome::Clean);
    }
    let run = chosen(&runs, args)?;
    let text = store.report(&run.id)?.ok_or_else(|| nothing(args))?;
    context.out.report(&Report::from_json(&text)?, &args.to)?;
    Ok(Outcome::Clean)
}

/// The report that a check wrote as JSON.
fn of_file(file: &Path) -> Result<Report> {
    let text = std::fs::read_to_string(file).map_err(|source| Error::File { action: "read", path: file.to_owned(), source })?;
    Report::from_json(&text).map_err(|error| Error::Usage(format!("{}: {error}", file.display())))
}

fn nothing(args: &StoredArgs) -> Error {
    let store = args.store.store.display();
    let of = args.source.as_ref().map(|source| format!(" of {source}")).unwrap_or_default();
    match &args.run {
        None => Error::Nothing(format!("the store {store} keeps no run{of} yet; every `logdrift check` against it is kept")),
        Some(run) => {
            Error::Usage(format!("the store {store} keeps no run{of} whose id begins with {run:?}; `logdrift report --list` lists them"))
        }
    }
}

/// The run of this very id, else the only one that begins so; without an id the latest.
fn chosen<'a>(runs: &'a [RunRow], args: &StoredArgs) -> Result<&'a RunRow> {
    let Some(typed) = &args.run else { return runs.last().ok_or_else(|| nothing(args)) };
    match runs {
        [only] => Ok(only),
        several => several.iter().find(|run| run.id == *typed).ok_or_else(|| {
            Error::Usage(format!(
                "{} runs have an id that begins with {typed:?}; give more of it (`logdrift report --list`)",
                several.len()
            ))
        }),
    }
}

fn list(runs: &[RunRow]) -> String {
    let mut rows = vec![["run", "checked", "by", "source", "from", "to", "verdict", "findings", "new"].map(String::from)];
    for run in runs {
        let end = |moment: &Option<String>| moment.clone().unwrap_or_else(|| "undated".into());
        let (at, (from, to)) = (rfc3339(run.at).unwrap_or_default(), (end(&run.period.0), end(&run.period.1)));
        let counts = (run.findings.to_string(), run.new.to_string());
        let row = [run.id.clone(), at, run.who.clone(), run.source.clone(), from, to, run.verdict.clone(), counts.0, counts.1];
        rows.push(row.map(|cell| escape_terminal(&cell, usize::MAX)));
    }
    table(&rows)
}
