//! Codes that rules list: new ones beside them, silent ones, reworded ones; and record types that rules wait for.

use super::super::evaluate::{Known, Truth, test};
use super::super::{Operator, Predicate};
use super::watch::Watch;
use super::words::{list, percent};
use super::{Effect, Impact, decides};
use crate::model::Change;
use crate::sources::Role;

/// The comparisons of a rule with codes of failures that it writes itself.
fn listing<'a>(watch: &'a Watch<'_>, kinds: &'a [String]) -> impl Iterator<Item = (&'a Predicate, Vec<&'a str>)> {
    watch.rule.predicates.iter().filter_map(move |predicate| {
        let lists = matches!(predicate.operator, Operator::Equal | Operator::In | Operator::Has | Operator::Contains | Operator::Like);
        let is_code = lists && predicate.derived.is_none() && watch.plays(Role::Code, &predicate.field);
        let values = predicate.values.iter().map(|value| value.text.as_str());
        let failures: Vec<&str> = values.filter(|value| !value.is_empty() && !watch.source.is_success(value)).collect();
        (is_code && !failures.is_empty() && watch.is_of(predicate, kinds)).then_some((predicate, failures))
    })
}

/// A new code that a rule does not list though it lists codes that the new one is a kind of. Rules that list no failure, or leave
/// out success only, see the new code or are not meant for it.
pub(super) fn unlisted(watch: &Watch<'_>, code: &str, siblings: &[String], replaces: bool) -> Option<Impact> {
    let kinds = watch.code(code).map(|cohort| watch.kinds_of(cohort)).unwrap_or_default();
    let value = Known::Values(vec![code.to_owned()]);
    let all: Vec<(&Predicate, Vec<&str>)> = listing(watch, &kinds).collect();
    let covers = |predicate: &Predicate| !predicate.negated && decides(watch.rule, predicate) && test(predicate, &value) == Truth::Yes;
    if all.iter().any(|(predicate, _)| covers(predicate)) {
        return None;
    }
    let found = all.iter().filter_map(|(predicate, failures)| {
        let known: Vec<&str> = failures.iter().copied().filter(|failure| siblings.iter().any(|sibling| sibling == failure)).collect();
        if known.is_empty() || test(predicate, &value) == Truth::Yes && !predicate.negated {
            return None;
        }
        let (listed, kin) = (list(&known), if replaces { "took their place" } else { "looks like them or took their records" });
        Some(if predicate.negated {
            let why = format!("leaves out {listed}, and not {code}, which {kin}");
            watch.through(predicate, Effect::Noisy, why, None)
        } else if decides(watch.rule, predicate) {
            let only = replaces && failures.len() == known.len();
            let effect = if only { Effect::Blind } else { Effect::Unreached };
            let lost = lost(watch, code, failures);
            let much = lost.map(|lost| format!("; {} of what it should see", percent(lost))).unwrap_or_default();
            watch.through(predicate, effect, format!("lists {listed}, and not {code}, which {kin}{much}"), lost)
        } else {
            let why = format!("sorts {listed} into a class of their own, and {code}, which {kin}, into that of the rest");
            watch.through(predicate, Effect::Weakened, why, None)
        })
    });
    found.max_by_key(|impact| (impact.effect, std::cmp::Reverse(impact.at.bytes.start)))
}

/// Of the records with the codes that a rule lists and with a new one that it should list, the share of the new one.
#[expect(clippy::cast_precision_loss, reason = "a share")]
fn lost(watch: &Watch<'_>, code: &str, listed: &[&str]) -> Option<f64> {
    let count = |code: &str| watch.code(code).map_or(0, |cohort| watch.comparison.now.total(cohort).count) as f64;
    let new = count(code);
    let all = new + listed.iter().map(|code| count(code)).sum::<f64>();
    (all > 0.0).then(|| new / all)
}

/// A code that a rule waits for and that is no longer logged.
pub(super) fn silent(watch: &Watch<'_>, code: &str, left: u64) -> Option<Impact> {
    let kinds = watch.code(code).map(|cohort| watch.kinds_of(cohort)).unwrap_or_default();
    let all: Vec<(&Predicate, Vec<&str>)> = listing(watch, &kinds).collect();
    let (predicate, failures) =
        all.into_iter().find(|(predicate, failures)| !predicate.negated && decides(watch.rule, predicate) && failures.contains(&code))?;
    let only = failures.len() == 1 && left == 0;
    let why = if only {
        format!("waits for {code} alone, which is no longer logged")
    } else {
        format!("waits for {code}, which is hardly logged any more, and for others")
    };
    Some(watch.through(predicate, if only { Effect::Blind } else { Effect::Weakened }, why, None))
}

/// A rule that quotes the description of a code as it used to be.
pub(super) fn reworded(watch: &Watch<'_>, code: &str, change: &Change<String>) -> Option<Impact> {
    let quotes = |predicate: &&Predicate| watch.plays(Role::CodeText, &predicate.field) && predicate.derived.is_none();
    let known = |texts: &[String]| Known::Values(texts.to_vec());
    let found = watch.rule.predicates.iter().filter(quotes).find(|predicate| {
        let (before, now) = (test(predicate, &known(&change.from)), test(predicate, &known(&change.to)));
        (before, now) == if predicate.negated { (Truth::No, Truth::Yes) } else { (Truth::Yes, Truth::No) }
    })?;
    let (effect, what) = if found.negated { (Effect::Noisy, "leaves out") } else { (Effect::Blind, "waits for") };
    Some(watch.through(found, effect, format!("{what} the old description of {code}, which is worded otherwise now"), None))
}

/// A rule that reads records of a type that is no longer logged.
pub(super) fn without_type(watch: &Watch<'_>, kind: &str) -> Option<Impact> {
    let aliases = watch.source.aliases();
    let of_type = |table: &str| aliases.holds(table, kind) && aliases.record_types(table) != Some("*");
    let selection = watch.rule.selections.iter().find(|selection| selection.table.as_deref().is_some_and(of_type))?;
    let others = watch
        .rule
        .selections
        .iter()
        .any(|other| other.table.as_deref().is_some_and(|table| aliases.record_types(table).is_some() && !of_type(table)));
    let table = selection.table.clone().unwrap_or_default();
    let effect = if others || !selection.needed { Effect::Weakened } else { Effect::Blind };
    let why = format!("reads {table}, and no {kind} is logged any more");
    Some(Impact { rule: watch.place, effect, clause: table, at: selection.at.clone(), why, lost: None, witness: None })
}
