//! Changes of what a baseline holds, and the list of those that were made.

use crate::cli::args::{OneBaseline, WaitArgs};
use crate::cli::output::table;
use crate::cli::{Context, Outcome};
use crate::error::{Error, Result};
use crate::model::Granularity;
use crate::report::{escape_terminal, rfc3339};
use crate::store::{Access, Ingest, Store, WindowRow};

/// The changes of a baseline, as a table.
pub(super) fn listed(store: &Store, source: &str) -> Result<String> {
    let mut rows = vec![["version", "changed", "by", "what", "why"].map(String::from)];
    for change in store.changes(source)? {
        let at = rfc3339(change.at).unwrap_or_else(|| change.at.to_string());
        let row = [change.version.to_string(), at, change.who, change.what, change.why];
        rows.push(row.map(|cell| escape_terminal(&cell, usize::MAX)));
    }
    Ok(table(&rows))
}

pub(super) fn log(args: &OneBaseline, context: &Context) -> Result<Outcome> {
    let store = Store::open(&args.store.store, Access::Read)?;
    if store.version(&args.source)? == 0 {
        return Err(super::nothing_of(&args.store, &args.source));
    }
    context.out.data(&listed(&store, &args.source)?)?;
    Ok(Outcome::Clean)
}

/// A change of a baseline that is there, in one transaction; says what it came to.
fn change(
    args: &OneBaseline,
    wait: WaitArgs,
    context: &Context,
    work: impl FnOnce(&mut Ingest<'_>, &str) -> Result<String>,
) -> Result<Outcome> {
    // A store or a baseline that is not there must not be made.
    if Store::open(&args.store.store, Access::Read)?.version(&args.source)? == 0 {
        return Err(super::nothing_of(&args.store, &args.source));
    }
    let mut store = Store::open(&args.store.store, Access::Write)?;
    let mut ingest = context.begin(&mut store, wait)?;
    let said = work(&mut ingest, &args.source)?;
    ingest.commit()?;
    context.out.say(&said);
    Ok(Outcome::Clean)
}

pub(super) fn exclude(windows: &[String], args: &OneBaseline, reason: &str, wait: WaitArgs, context: &Context) -> Result<Outcome> {
    change(args, wait, context, |ingest, source| {
        let rows = ingest.windows(source)?;
        let rows: Vec<&WindowRow> = named(windows, &rows, source)?.into_iter().filter(|row| !row.excluded).collect();
        rows.iter().try_for_each(|row| ingest.exclude(source, row.window, true))?;
        told(ingest, source, "excluded", &rows, reason, context)
    })
}

pub(super) fn include(windows: &[String], args: &OneBaseline, reason: &str, wait: WaitArgs, context: &Context) -> Result<Outcome> {
    change(args, wait, context, |ingest, source| {
        let (rows, acceptances) = (ingest.windows(source)?, ingest.acceptances(source)?);
        let rows: Vec<&WindowRow> =
            named(windows, &rows, source)?.into_iter().filter(|row| !row.counts(&acceptances, context.now)).collect();
        for row in &rows {
            ingest.exclude(source, row.window, false)?;
            // Whoever brings a window back stands for it; no acceptance needs to.
            let holds = |key: &&_| acceptances.iter().any(|one| one.key == **key && one.holds(context.now));
            ingest.mark(source, row.window, &row.under.iter().filter(holds).cloned().collect::<Vec<_>>())?;
        }
        told(ingest, source, "included", &rows, reason, context)
    })
}

pub(super) fn roll_back(version: u64, args: &OneBaseline, reason: &str, wait: WaitArgs, context: &Context) -> Result<Outcome> {
    change(args, wait, context, |ingest, source| {
        ingest.roll_back(source, version, context.by(reason))?;
        let (windows, new) = (ingest.windows(source)?.len(), ingest.version(source)?);
        Ok(format!("went back to version {version} of {source}, which has {windows} windows and is version {new} now"))
    })
}

/// The windows of these names; a day names all its hours too.
fn named<'a>(names: &[String], rows: &'a [WindowRow], source: &str) -> Result<Vec<&'a WindowRow>> {
    let is = |row: &WindowRow, name: &str| {
        let own = row.window.to_string();
        own == name || (row.window.granularity == Granularity::Hour && own.split('T').next() == Some(name))
    };
    if let Some(name) = names.iter().find(|name| !rows.iter().any(|row| is(row, name))) {
        return Err(Error::Usage(format!(
            "the baseline of {source} has no window {name}; nothing was changed; `logdrift baseline show --source {source}` lists them"
        )));
    }
    Ok(rows.iter().filter(|row| names.iter().any(|name| is(row, name))).collect())
}

/// Notes which windows were changed, if some were.
fn told(ingest: &mut Ingest<'_>, source: &str, verb: &str, rows: &[&WindowRow], reason: &str, context: &Context) -> Result<String> {
    if rows.is_empty() {
        return Ok(format!("all of these windows of {source} were {verb} already"));
    }
    let windows: Vec<String> = rows.iter().map(|row| row.window.to_string()).collect();
    let what = format!("{verb} {}", windows.join(", "));
    ingest.note(source, &what, context.by(reason))?;
    Ok(what)
}
