//! Fields that rules read: emptied ones, reshaped ones, values that are gone.

use super::super::evaluate::{Known, Truth, test, test_of};
use super::super::{Condition, Field, Operator, Predicate, Role, Use};
use super::watch::Watch;
use super::words::{list, percent};
use super::{Effect, Impact, decides};
use crate::model::{Family, Finding, Shape};

/// Share of what a rule used to look at from which the loss of a field in it makes the rule blind, not merely weak.
const MOST: f64 = 0.5;

/// How a field of a rule lies to the field of a finding.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Relation {
    /// It is the field, or lies in it.
    Within,
    /// The field lies in it.
    Around,
}

fn relation(field: &str, drifted: &str) -> Option<Relation> {
    let below = |inner: &str, outer: &str| inner.strip_prefix(outer).is_some_and(|rest| rest.starts_with('.'));
    if field == drifted || below(field, drifted) { Some(Relation::Within) } else { below(drifted, field).then_some(Relation::Around) }
}

/// The field of a finding in the common spelling, and the share of the rule's records that lie in the finding's slice; `None` if
/// the finding has no field or the rule looks at nothing of the slice.
fn place(watch: &Watch<'_>, finding: &Finding) -> Option<(String, Option<f64>)> {
    let path = watch.common(&finding.path.as_ref()?.to_string());
    let share = watch.share_of(finding.cohort.as_ref());
    (share != Some(0.0)).then_some((path, share))
}

fn slice(finding: &Finding) -> String {
    finding.cohort.as_ref().map_or_else(|| "all records".to_owned(), |cohort| format!("records of {} {}", cohort.path, cohort.value))
}

/// How much of the rule is hit, in words.
fn part(share: Option<f64>) -> String {
    share.map(|share| format!("; {} of the records that it used to look at", percent(share))).unwrap_or_default()
}

/// Whether the rule is written for the slice: most of what it looks at lies there, or it names the slice's value itself.
fn is_meant(watch: &Watch<'_>, finding: &Finding, share: Option<f64>) -> bool {
    let names = finding.cohort.as_ref().is_some_and(|cohort| {
        let is_it = |predicate: &&Predicate| !predicate.negated && decides(watch.rule, predicate) && predicate.derived.is_none();
        watch.rule.predicates.iter().filter(is_it).any(|predicate| {
            let is_field = watch.common(&predicate.field) == watch.common(&cohort.path);
            is_field && predicate.values.iter().any(|value| value.text == cohort.value)
        })
    });
    names || share.is_none_or(|share| share >= MOST)
}

/// A field that holds nothing any more, or not where it was.
pub(super) fn emptied(watch: &Watch<'_>, finding: &Finding) -> Option<Impact> {
    let (path, share) = place(watch, finding)?;
    let mut found: Vec<Impact> = Vec::new();
    let what = || format!("holds nothing any more in {}{}", slice(finding), part(share));
    for predicate in &watch.rule.predicates {
        let Some(Relation::Within) = relation(&watch.common(&predicate.field), &path) else { continue };
        let truth = if predicate.derived.is_some() { Truth::No } else { test_of(watch.rule, predicate, &Known::Nothing) };
        let effect = match (predicate.operator, predicate.negated) {
            (Operator::Empty | Operator::Null, false) => Effect::Noisy,
            // What is not in a list that nobody knows is left in.
            (_, true) if truth != Truth::No => Effect::Noisy,
            _ if truth == Truth::Yes => continue,
            _ if decides(watch.rule, predicate) && predicate.derived.is_none() && is_meant(watch, finding, share) => Effect::Blind,
            _ => Effect::Weakened,
        };
        found.push(watch.through(predicate, effect, format!("{} {}", predicate.field, what()), share));
    }
    for (field, used) in &watch.rule.fields {
        if relation(&watch.common(&field.name), &path) == Some(Relation::Within) {
            found.extend(used_for(watch, field, used, is_meant(watch, finding, share), &what(), share));
        }
    }
    worst(found)
}

/// What a rule loses that groups by a field, joins by it or shows it.
fn used_for(watch: &Watch<'_>, field: &Field, used: &Use, is_meant: bool, what: &str, share: Option<f64>) -> Option<Impact> {
    if used.optional {
        return None;
    }
    let (role, at) = used.roles.iter().find(|(role, _)| **role != Role::Filter)?;
    let joins = *role == Role::JoinKey && watch.rule.selections.iter().any(|selection| joins_inner(&selection.condition));
    let effect = if joins && is_meant { Effect::Blind } else { Effect::Weakened };
    let why = format!("{}, {}, {what}", field.name, words(*role));
    Some(Impact { rule: watch.place, effect, clause: field.name.clone(), at: at.clone(), why, lost: share, witness: None })
}

fn joins_inner(condition: &Condition) -> bool {
    match condition {
        Condition::All(all) | Condition::Any(all) => all.iter().any(joins_inner),
        Condition::Not(inner) => joins_inner(inner),
        Condition::Unknown(why) => why.starts_with("a join (inner"),
        Condition::Test(_) => false,
    }
}

const fn words(role: Role) -> &'static str {
    match role {
        Role::Filter => "by which it filters",
        Role::Group => "by which it groups",
        Role::JoinKey => "by which it joins",
        Role::Aggregate => "which it counts or lists",
        Role::Computed => "of which it computes something",
        Role::Output => "which it shows",
        Role::Entity => "which names the entity of its alert",
        Role::Sort => "by which it sorts",
    }
}

fn worst(found: Vec<Impact>) -> Option<Impact> {
    found.into_iter().max_by_key(|impact| (impact.effect, std::cmp::Reverse((impact.at.bytes.start, impact.clause.clone()))))
}

/// A field whose values look otherwise.
pub(super) fn reshaped(watch: &Watch<'_>, finding: &Finding, to: &[Shape]) -> Option<Impact> {
    let (path, share) = place(watch, finding)?;
    let shapes: Vec<String> = to.iter().map(ToString::to_string).collect();
    let shapes: Vec<&str> = shapes.iter().map(String::as_str).collect();
    let what = || format!("now looks like {} in {}{}", list(&shapes), slice(finding), part(share));
    let mut found = Vec::new();
    for predicate in &watch.rule.predicates {
        if relation(&watch.common(&predicate.field), &path) != Some(Relation::Within) || predicate.values.is_empty() {
            continue;
        }
        let may = to.iter().any(|shape| predicate.values.iter().any(|value| may_hold(*shape, &value.text)));
        let effect = match (may, predicate.negated) {
            (false, true) => Effect::Noisy,
            (false, false) if decides(watch.rule, predicate) && predicate.derived.is_none() && is_meant(watch, finding, share) => {
                Effect::Blind
            }
            _ => Effect::Weakened,
        };
        found.push(watch.through(predicate, effect, format!("{} {}", predicate.field, what()), share));
    }
    for (field, used) in &watch.rule.fields {
        if relation(&watch.common(&field.name), &path) == Some(Relation::Within) {
            found.extend(used_for(watch, field, used, is_meant(watch, finding, share), &what(), share));
        }
    }
    worst(found)
}

/// Whether values of a shape can hold such a text, as far as their letters tell.
pub(super) fn may_hold(shape: Shape, text: &str) -> bool {
    let all = |of: &dyn Fn(char) -> bool| text.chars().all(of);
    match shape.family() {
        Family::Guid => all(&|c| c.is_ascii_hexdigit() || "-{}".contains(c)),
        Family::Number => all(&|c| c.is_ascii_digit() || "-+.eE".contains(c)),
        Family::Boolean => matches!(text.to_ascii_lowercase().as_str(), "true" | "false"),
        Family::Time => all(&|c| c.is_ascii_digit() || "-+:./ TZAPM".contains(c)),
        Family::Address => all(&|c| c.is_ascii_hexdigit() || ".:[]/%".contains(c)),
        Family::None => !matches!(shape, Shape::OBJECT | Shape::ARRAY | Shape::NULL),
        _ => true,
    }
}

/// A word of a closed set that is gone, perhaps because it is written otherwise now.
pub(super) fn without_value(watch: &Watch<'_>, finding: &Finding, value: &str, now: Option<&String>) -> Option<Impact> {
    let (path, share) = place(watch, finding)?;
    let known = |text: &str| Known::Values(vec![text.to_owned()]);
    let waits = |predicate: &&Predicate| {
        relation(&watch.common(&predicate.field), &path) == Some(Relation::Within)
            && predicate.derived.is_none()
            && predicate.values.iter().any(|listed| listed.text.eq_ignore_ascii_case(value))
    };
    let found = watch.rule.predicates.iter().filter(waits).filter_map(|predicate| {
        let (before, after) = (test(predicate, &known(value)), now.map(|now| test(predicate, &known(now))));
        let gone = match now {
            Some(now) => format!("{value} is written {now} now in {}", slice(finding)),
            None => format!("{value} is no longer logged in {}", slice(finding)),
        };
        let effect = match (before, after, predicate.negated) {
            (Truth::Yes, Some(Truth::Yes), _) => return None,
            (Truth::No, Some(Truth::Yes), true) => Effect::Noisy,
            (Truth::Yes, _, false) if decides(watch.rule, predicate) && predicate.values.len() == 1 && is_meant(watch, finding, share) => {
                Effect::Blind
            }
            (Truth::Yes, _, false) => Effect::Weakened,
            _ => return None,
        };
        Some(watch.through(predicate, effect, format!("{gone}{}", part(share)), share))
    });
    worst(found.collect())
}

/// Two fields that hold the same now: whoever groups by one of them or shows it, learns less.
pub(super) fn equal(watch: &Watch<'_>, finding: &Finding) -> Option<Impact> {
    let (path, share) = place(watch, finding)?;
    let field = watch.rule.fields.iter().find(|(field, _)| watch.common(&field.name) == path)?;
    used_for(watch, field.0, field.1, false, &format!("holds what another field holds in {}{}", slice(finding), part(share)), share)
}
