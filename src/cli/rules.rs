//! `logdrift rules`: what the team's detections depend on.

use super::args::{RulesArgs, RulesCommand, RulesCommonArgs, RulesMatchArgs, RulesTestArgs, RulesToldArgs};
use super::life::Past;
use super::sample::Sample;
use super::{Context, Outcome, check};
use crate::compare::Comparison;
use crate::error::{Error, Result};
use crate::fingerprint::Fingerprint;
use crate::ingest::{self, texts};
use crate::report::{Report, RulesMatch, RulesReport, RulesTest, Style};
use crate::rules::{Matches, RuleSet, impact};
use crate::sources::Source;
use crate::store::{Access, Store};
use std::path::Path;

pub(super) fn run(args: &RulesArgs, context: &Context) -> Result<Outcome> {
    match &args.command {
        Some(RulesCommand::Test(args)) => test(args, context),
        Some(RulesCommand::Match(args)) => matches(args, context),
        None => tell(&args.told, context),
    }
}

/// Tries the records of reports on the rules.
fn test(args: &RulesTestArgs, context: &Context) -> Result<Outcome> {
    let set = read(&args.folder)?;
    let source = super::source::named(&args.common.source)?;
    let reports = args.reports.iter().map(|path| report(path)).collect::<Result<Vec<Report>>>()?;
    let done = RulesTest::new(&set, &reports, &source);
    if done.tests.is_empty() {
        let rules = done.without_records;
        return Err(Error::Nothing(format!(
            "no record to try: the findings name {rules} blind or unreached rules, none of which a record shows; write the report with \
             `logdrift check INPUT... --rules {} --format json`",
            args.folder.display()
        )));
    }
    write(&args.common, context, || done.to_json(), |style| done.to_terminal(style))?;
    Ok(match (done.missed, done.seen) {
        (0, 0) => Outcome::NotCheckable,
        (0, _) => Outcome::Clean,
        _ => Outcome::Drift,
    })
}

/// Counts what rules look at in two logs.
fn matches(args: &RulesMatchArgs, context: &Context) -> Result<Outcome> {
    let set = read(&args.folder)?;
    let source = super::source::named(&args.common.source)?;
    let count = |log: &String| -> Result<Matches<'_>> {
        let sample = Sample::of(&ingest::expand(std::slice::from_ref(log))?, args.sample)?;
        let (mut others, mut matches) = (sample.rejects, Matches::new(&set, &source));
        sample.records().for_each(|record| others += u64::from(!matches.take(&record)));
        if matches.records == 0 {
            let name = &source.name;
            return Err(Error::Nothing(format!(
                "{log} has no record that could be tried ({others} pieces that are none); name a log of {name}"
            )));
        }
        if others > 0 {
            context.out.say(&format!("{others} pieces of {log} are no records and were not tried"));
        }
        Ok(matches)
    };
    let done = RulesMatch::new(&count(&args.before)?, &count(&args.after)?);
    write(&args.common, context, || done.to_json(), |style| done.to_terminal(style))?;
    Ok(if done.silent > 0 { Outcome::Drift } else { Outcome::Clean })
}

/// Writes what was found in the format that was asked for.
fn write(
    args: &RulesCommonArgs,
    context: &Context,
    json: impl FnOnce() -> Result<String>,
    terminal: impl FnOnce(&Style) -> String,
) -> Result<()> {
    let is_json = args.format.as_deref() == Some("json");
    context.out.data(&if is_json { json()? } else { terminal(context.out.style()) })
}

/// A report that was written as JSON.
fn report(path: &Path) -> Result<Report> {
    let read = if path.as_os_str() == "-" { std::io::read_to_string(std::io::stdin()) } else { std::fs::read_to_string(path) };
    let text = read.map_err(|source| Error::File { action: "read", path: path.to_owned(), source })?;
    Report::from_json(&text).map_err(|error| Error::Usage(format!("{}: {error}", path.display())))
}

/// Says what rules depend on.
fn tell(args: &RulesToldArgs, context: &Context) -> Result<Outcome> {
    let folder = args.folder.as_deref().ok_or_else(|| Error::Usage("name a folder of rules".into()))?;
    let set = read(folder)?;
    let source = super::source::named(&args.common.source)?;
    let mut report = RulesReport::new(&set, &source);
    if let Some(store) = &args.store {
        let baseline = Comparison::new(baseline(store, &source, context)?, Vec::new());
        report = report.with_baseline(&impact::already(&set, &baseline, &source));
    }
    let is_blind = report.read.blind.is_some_and(|blind| blind > 0);
    write(&args.common, context, || report.to_json(), |style| report.to_terminal(style))?;
    Ok(if is_blind { Outcome::Drift } else { Outcome::Clean })
}

/// The windows of a source's baseline in a store.
///
/// # Errors
/// The store cannot be read, or has no baseline of the source.
fn baseline(path: &Path, source: &Source, context: &Context) -> Result<Vec<Fingerprint>> {
    let name = &source.name;
    let none =
        || Error::Nothing(format!("{} has no baseline of {name}; make one with `logdrift learn INPUT... --source {name}`", path.display()));
    if std::fs::metadata(path).map_or(true, |meta| meta.len() == 0) {
        return Err(none());
    }
    let store = Store::open(path, Access::Read)?;
    check::must_be_read_alike(source, store.definition(name)?)?;
    let past = Past::of_store(&store, name, context.now)?;
    let rows = store.windows(name)?.into_iter().filter(|row| row.counts(&past.acceptances, context.now));
    let windows = check::decoded(rows.map(|row| row.window), |window| store.load(name, window), source)?;
    let windows: Vec<Fingerprint> = windows.into_iter().filter(|window| window.records > 0).collect();
    if windows.is_empty() { Err(none()) } else { Ok(windows) }
}

/// The rules of a folder.
///
/// # Errors
/// The folder cannot be read, or holds nothing that could be read as a rule.
pub(super) fn read(folder: &Path) -> Result<RuleSet> {
    let found = texts(folder)?;
    let set = RuleSet::read(found.files, found.refused);
    if set.rules.is_empty() {
        let first = set.refused.first().map(|(file, why)| format!("; {file}: {why}")).unwrap_or_default();
        let tried = set.others + set.refused.len();
        let folder = folder.display();
        return Err(Error::Usage(format!(
            "{folder} holds no rule that could be read ({tried} files looked at{first}); name a folder of rules"
        )));
    }
    Ok(set)
}
