//! `logdrift accept`: findings that are all right.

use super::args::AcceptArgs;
use super::output::table;
use super::{Context, Outcome};
use crate::error::{Error, Result};
use crate::model::{Acceptance, FindingKey, FindingState, Status, Window};
use crate::report::{escape_terminal, rfc3339};
use crate::store::{Access, Ingest, Store};
use std::collections::BTreeMap;

/// Findings named where a key fits several.
const NAMED: usize = 5;

pub(super) fn run(args: &AcceptArgs, context: &Context) -> Result<Outcome> {
    if args.list {
        return list(args, context);
    }
    if args.until.is_some_and(|ends| ends <= context.now) {
        return Err(Error::Usage("the date of --until is over; give the last day on which the finding is accepted, in UTC".into()));
    }
    // A store that is not there must not be made.
    let sources = sources(&Store::open(&args.store.store, Access::Read)?, args)?;
    let mut store = Store::open(&args.store.store, Access::Write)?;
    let mut ingest = context.begin(&mut store, args.wait)?;
    let mut known = Vec::new();
    for source in &sources {
        let accepted = ingest.acceptances(source)?;
        let states = ingest.finding_states(source)?.into_iter();
        let in_question = states.filter(|state| !args.withdraw || accepted.iter().any(|one| one.key == state.key));
        known.extend(in_question.map(|state| (source.clone(), state)));
    }
    let mut chosen: BTreeMap<&str, BTreeMap<&FindingKey, &FindingState>> = BTreeMap::new();
    for key in &args.keys {
        let (source, state) = named(key, &known, args)?;
        chosen.entry(source).or_default().insert(&state.key, state);
    }
    for (source, states) in chosen {
        let states: Vec<&FindingState> = states.into_values().collect();
        if args.withdraw {
            withdraw(&mut ingest, source, &states, args, context)?
        } else {
            accept(&mut ingest, source, &states, args, context)?
        }
    }
    ingest.commit()?;
    Ok(Outcome::Clean)
}

fn sources(store: &Store, args: &AcceptArgs) -> Result<Vec<String>> {
    let mut sources = store.sources()?;
    sources.retain(|name| args.source.as_ref().is_none_or(|only| only == name));
    Ok(sources)
}

/// The finding whose key begins with what was typed.
fn named<'a>(typed: &str, known: &'a [(String, FindingState)], args: &AcceptArgs) -> Result<(&'a str, &'a FindingState)> {
    let prefix = typed.to_ascii_lowercase();
    let found: Vec<_> = known.iter().filter(|(_, state)| !prefix.is_empty() && state.key.as_str().starts_with(&prefix)).collect();
    match found.as_slice() {
        [(source, state)] => Ok((source, state)),
        [] if args.withdraw => {
            Err(Error::Usage(format!("no accepted finding has a key that begins with {typed:?}; `logdrift accept --list` shows them")))
        }
        [] => Err(Error::Usage(format!(
            "no finding that a check found has a key that begins with {typed:?}; `logdrift report` shows the findings of the last check \
             with their keys"
        ))),
        several => {
            let names: Vec<String> =
                several.iter().take(NAMED).map(|(source, state)| format!("{} of {source} ({})", state.key, what(state))).collect();
            Err(Error::Usage(format!(
                "{typed:?} fits {} findings: {}; give more digits, or the source with --source",
                several.len(),
                names.join(", ")
            )))
        }
    }
}

fn accept(ingest: &mut Ingest<'_>, source: &str, states: &[&FindingState], args: &AcceptArgs, context: &Context) -> Result<()> {
    let reason = args.reason.as_deref().unwrap_or_default();
    for state in states {
        let (key, who) = (state.key.clone(), context.who.clone());
        ingest.accept(source, &Acceptance { key, at: context.now, who, reason: reason.to_owned(), ends: args.until })?;
    }
    // Also where no run sees it as accepted, it is new when the acceptance is over.
    let accepted: Vec<FindingState> = states.iter().map(|state| FindingState { status: Status::Accepted, ..(*state).clone() }).collect();
    ingest.put_finding_states(source, &accepted)?;
    let until = args.until.map(|ends| format!(", until {}", last_day(ends))).unwrap_or_default();
    let text = format!("accepted {}{until}", names(states));
    ingest.note(source, &text, context.by(reason))?;
    context.out.say(&format!("{text}; windows in which nothing else is found are learnt by `logdrift check --learn`"));
    Ok(())
}

fn withdraw(ingest: &mut Ingest<'_>, source: &str, states: &[&FindingState], args: &AcceptArgs, context: &Context) -> Result<()> {
    let by = context.by(args.reason.as_deref().unwrap_or("accept --withdraw"));
    let counted = |ingest: &Ingest<'_>| -> Result<usize> {
        let acceptances = ingest.acceptances(source)?;
        Ok(ingest.windows(source)?.iter().filter(|row| row.counts(&acceptances, context.now)).count())
    };
    let before = counted(ingest)?;
    states.iter().try_for_each(|state| ingest.withdraw(source, &state.key, by))?;
    let left = before.saturating_sub(counted(ingest)?);
    let text = format!("withdrew the acceptance of {}; windows learnt under it that left: {left}", names(states));
    ingest.note(source, &text, by)?;
    context.out.say(&text);
    Ok(())
}

fn names(states: &[&FindingState]) -> String {
    states.iter().map(|state| format!("{} ({})", state.key, what(state))).collect::<Vec<_>>().join(", ")
}

/// `field-emptied properties.city in resultType = 50126`
fn what(state: &FindingState) -> String {
    let mut text = state.check.clone();
    if let Some(path) = &state.path {
        text += &format!(" {path}");
    }
    match (&state.value, &state.cohort) {
        (Some(value), _) => text += &format!(" = {value}"),
        (None, Some(cohort)) => text += &format!(" in {cohort}"),
        (None, None) => {}
    }
    text
}

/// The day before the moment at which an acceptance ends.
fn last_day(ends: i64) -> String {
    Window::of(ends - 1, crate::model::Granularity::Day).to_string()
}

fn list(args: &AcceptArgs, context: &Context) -> Result<Outcome> {
    let store = Store::open(&args.store.store, Access::Read)?;
    let mut rows = vec![["key", "source", "accepted", "by", "until", "finding", "reason"].map(String::from)];
    for source in sources(&store, args)? {
        let states = store.finding_states(&source)?;
        for acceptance in store.acceptances(&source)? {
            let until = acceptance.ends.map_or_else(|| "withdrawn".into(), last_day);
            let over = if acceptance.holds(context.now) { "" } else { " (over)" };
            let finding = states.iter().find(|state| state.key == acceptance.key).map(what).unwrap_or_default();
            let at = rfc3339(acceptance.at).unwrap_or_default();
            let row = [acceptance.key.to_string(), source.clone(), at, acceptance.who, until + over, finding, acceptance.reason];
            rows.push(row.map(|cell| escape_terminal(&cell, usize::MAX)));
        }
    }
    if rows.len() == 1 {
        context.out.say("no finding is accepted");
        return Ok(Outcome::Clean);
    }
    context.out.data(&table(&rows))?;
    Ok(Outcome::Clean)
}
