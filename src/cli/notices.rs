//! Telling people of new and ended findings, and of those of earlier runs of which they could not be told then.
//!
//! Whom to tell of a run is written down in the transaction that keeps the run, and crossed out when it was told. A process that
//! dies in between leaves it owed; two that meet tell it once, since what is owed is taken before it is told.

use super::args::CheckArgs;
use super::conclude::Done;
use super::{Context, now, source};
use crate::error::Result;
use crate::notify::{self, Notice, Settings, Undelivered};
use crate::report::Report;
use crate::store::{Access, OwedRow, Store};

/// Seconds for which what is owed is left to the process that took it: longer than all attempts for a notice take.
const TAKEN: i64 = 1_800;

/// Tells what is to be told after a check; whether somebody could not be told. Without a run that is kept all findings are new
/// to every check, so they are told at once.
pub(super) fn tell(args: &CheckArgs, done: Option<&Done>, context: &Context) -> bool {
    let targets = context.targets(&args.heard);
    if targets.is_empty() {
        return false;
    }
    match done {
        Some(done) if !done.kept => {
            let told =
                targets.iter().map(|target| tell_one(target, &done.masked, "this run is not kept, so they are not tried again", context));
            told.filter(|told| !told).count() > 0
        }
        // Where nothing could be compared nothing is new, but something may be owed since before.
        _ if args.baseline.is_none() && std::fs::metadata(&args.store.store).is_ok_and(|about| about.len() > 0) => {
            tell_owed(args, done.map(|done| &done.masked), targets, context).unwrap_or_else(|error| {
                context.out.warn(&format!("of notifications no account could be kept, so some may come late or twice: {error}"));
                true
            })
        }
        _ => false,
    }
}

/// Notices that a target does not take before it counts as out of reach for this run.
const FAILURES: usize = 3;

/// Tells what the store says is owed, and what came of it.
fn tell_owed(args: &CheckArgs, report: Option<&Report>, targets: &[Settings], context: &Context) -> Result<bool> {
    // Of logs that look like no source nothing can be owed.
    let Some(name) = source::name_of(&args.source, report) else { return Ok(false) };
    let mut store = Store::open(&args.store.store, Access::Write)?;
    let taken = {
        let mut ingest = context.begin(&mut store, args.window.wait)?;
        let taken = ingest.take_owed(&name, now(), now() + TAKEN)?;
        ingest.commit()?;
        taken
    };
    let mut settled: Vec<(&OwedRow, bool)> = Vec::new();
    for owed in &taken {
        // Who could not be reached just now need not be tried again at once; but a notice that is refused for what is in it must not
        // hold up the others.
        let is_lost = settled.iter().filter(|(other, told)| other.target == owed.target && !told).count() >= FAILURES;
        let target = targets.iter().find(|target| target.name() == owed.target).filter(|_| !is_lost);
        let report = store.report(&owed.run).and_then(|text| text.map(|text| Report::from_json(&text)).transpose());
        let told = match (target, report) {
            (Some(target), Ok(Some(report))) => tell_one(target, &report, &format!("the next check of {name} tries again"), context),
            (None, _) => false,
            // What cannot be read again can never be told, and must not stand before what can.
            (Some(_), Ok(None)) => true,
            (Some(target), Err(error)) => {
                context.out.warn(&format!("{} is not told of run {}: {error}", target.name(), owed.run));
                true
            }
        };
        settled.push((owed, told));
        // At once, so that a store that cannot be written later has as little as possible told twice.
        let mut ingest = context.begin(&mut store, args.window.wait)?;
        ingest.settle(&name, owed, told)?;
        ingest.commit()?;
    }
    // Whom nobody names any more is not missing.
    Ok(settled.iter().any(|(owed, told)| !told && targets.iter().any(|target| target.name() == owed.target)))
}

/// Whether somebody was told of a run, or had nothing to be told of.
fn tell_one(target: &Settings, report: &Report, next: &str, context: &Context) -> bool {
    let Some(notice) = Notice::of(report, target.min_severity()) else { return true };
    match notify::send(target, &notice) {
        Ok(()) => true,
        Err(Undelivered(why)) => {
            context.out.warn(&format!("{} was not told of run {}: {why}; {next}", target.name(), report.run.id));
            false
        }
    }
}
