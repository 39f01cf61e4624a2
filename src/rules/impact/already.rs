//! Rules that can no longer speak, or never could, given what a baseline holds.

use super::super::evaluate::{Known, Truth, test};
use super::super::{Operator, Predicate, Role as UseRole, RuleSet, Span};
use super::watch::Watch;
use super::words::list;
use super::{Effect, decides};
use crate::compare::{CohortPlace, Comparison, PathPlace, View, WHOLE};
use crate::fingerprint::AtomKind;
use crate::model::Shape;
use crate::sources::{Role, Source};
use std::collections::{BTreeMap, BTreeSet};

/// What a baseline says against a clause of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Already {
    /// What it does to the rule; `None` for what may merely be rare.
    pub effect: Option<Effect>,
    /// The clause, as the rule writes it.
    pub clause: String,
    /// Where it stands.
    pub at: Span,
    /// Why, in a sentence.
    pub why: String,
}

/// What a baseline says against each rule that reads its source, by the place of the rule. Fields speak loudly, since records are
/// many; codes and values quietly, since they may be rare.
#[must_use]
pub fn already(set: &RuleSet, comparison: &Comparison, source: &Source) -> BTreeMap<usize, Vec<Already>> {
    let facts = Facts::new(comparison, source);
    let watches = set.rules.iter().enumerate().filter(|(_, rule)| !rule.tables.is_empty());
    let watches = watches.filter_map(|(place, rule)| Watch::new(place, rule, comparison, source));
    watches.map(|watch| (watch.place, of_rule(&watch, &facts))).filter(|(_, found)| !found.is_empty()).collect()
}

/// How the sentence begins that no record has a field.
const NOWHERE: &str = "in none of";

/// What a baseline holds, by the common spelling of its fields.
struct Facts {
    fields: BTreeMap<String, Vec<PathPlace>>,
    codes: BTreeSet<String>,
}

impl Facts {
    fn new(comparison: &Comparison, source: &Source) -> Self {
        let mut fields: BTreeMap<String, Vec<PathPlace>> = BTreeMap::new();
        for path in comparison.paths() {
            fields.entry(source.aliases().common(comparison.axis.name(path))).or_default().push(path);
        }
        let of_code = |dimension: &&crate::sources::Dimension| dimension.kind == crate::sources::DimensionKind::Code;
        let names = source.dimensions().iter().filter(of_code).flat_map(|dimension| comparison.cohorts_of(&dimension.name));
        let codes = names.map(|code: CohortPlace| comparison.cohorts[code.0].1.clone()).collect();
        Self { fields, codes }
    }
}

fn of_rule(watch: &Watch<'_>, facts: &Facts) -> Vec<Already> {
    let mut found = Vec::new();
    for (field, used) in &watch.rule.fields {
        let is_of_source = field.table.as_ref().is_none_or(|table| watch.reads(table, &[]));
        let common = watch.common(&field.name);
        if !is_of_source || used.optional || watch.source.aliases().is_added(&common) {
            continue;
        }
        let Some(why) = never_filled(watch, facts, &common, field.table.as_deref()) else { continue };
        // A data set of many logs has records that are not in this one, and other products add columns of their own.
        let is_own = field.table.as_ref().is_some_and(|table| watch.source.aliases().is_own(table));
        let is_quiet = !is_own && why.starts_with(NOWHERE);
        let filters = |predicate: &&Predicate| predicate.field == field.name && decides(watch.rule, predicate) && !fits_nothing(predicate);
        let (effect, clause, at) = match watch.rule.predicates.iter().find(filters) {
            Some(predicate) => (Effect::Blind, predicate.clause.clone(), predicate.at.clone()),
            None => {
                let at = used.roles.values().next().cloned().unwrap_or_default();
                let joins = used.roles.contains_key(&UseRole::JoinKey);
                (if joins { Effect::Blind } else { Effect::Weakened }, field.name.clone(), at)
            }
        };
        found.push(Already { effect: (!is_quiet).then_some(effect), clause, at, why: format!("{}: {why}", field.name) });
    }
    for predicate in watch.rule.predicates.iter().filter(|predicate| predicate.derived.is_none() && watch.is_of(predicate, &[])) {
        found.extend(of_values(watch, facts, predicate));
    }
    found.extend(watch.rule.torn.iter().map(|(column, at)| Already {
        effect: Some(Effect::Blind),
        clause: column.clone(),
        at: at.clone(),
        why: format!("{column}: of one type in some of the united tables and of another in others; the union calls it {column}_dynamic and {column}_string, and nothing {column}"),
    }));
    found
}

/// Whether a comparison holds of an empty field as well.
fn fits_nothing(predicate: &Predicate) -> bool {
    test(predicate, &Known::Nothing) == Truth::Yes
}

/// Why a field never held anything; `None` if it did in some record that the table may hold.
fn never_filled(watch: &Watch<'_>, facts: &Facts, common: &str, table: Option<&str>) -> Option<String> {
    let before = &watch.comparison.before;
    let slices = slices(watch, table);
    // Lists of keys and values are kept as the maps that they are.
    let common = [".key", ".value"].iter().find_map(|end| common.strip_suffix(end)).unwrap_or(common);
    if slices.iter().all(|slice| before.total(*slice).count == 0) {
        return None;
    }
    let inside = format!("{common}.");
    let mut there = false;
    for (_, paths) in facts
        .fields
        .range(common.to_owned()..)
        .take_while(|(name, _)| *name == common || name.starts_with(&inside) || name.starts_with(common))
    {
        for path in paths {
            let name = watch.common(watch.comparison.axis.name(*path));
            if name != common && !name.starts_with(&inside) {
                continue;
            }
            let views: Vec<View> = slices.iter().map(|slice| View::of(before, &watch.comparison.axis, *slice, *path)).collect();
            if views.iter().any(|view| view.filled.count > 0) {
                return None;
            }
            there |= views.iter().any(|view| view.present.count > 0);
        }
    }
    let records: u64 = slices.iter().map(|slice| before.total(*slice).count).sum();
    Some(if there { format!("never filled in {records} records") } else { format!("{NOWHERE} {records} records") })
}

/// The record types that a table holds, as far as the baseline has them; all records if it has no types.
fn slices(watch: &Watch<'_>, table: Option<&str>) -> Vec<CohortPlace> {
    let comparison = watch.comparison;
    let of_type = |dimension: &&crate::sources::Dimension| dimension.kind == crate::sources::DimensionKind::RecordType;
    let Some(dimension) = watch.source.dimensions().iter().find(of_type) else { return vec![WHOLE] };
    let holds = |kind: &CohortPlace| table.is_none_or(|table| watch.source.aliases().holds(table, &comparison.cohorts[kind.0].1));
    let kinds: Vec<CohortPlace> = comparison.cohorts_of(&dimension.name).collect();
    if kinds.is_empty() { vec![WHOLE] } else { kinds.into_iter().filter(holds).collect() }
}

/// What is wrong with the values that a comparison waits for.
fn of_values(watch: &Watch<'_>, facts: &Facts, predicate: &Predicate) -> Option<Already> {
    if predicate.negated || predicate.values.is_empty() || predicate.open.is_some() {
        return None;
    }
    let say = |effect, why: String| Some(Already { effect, clause: predicate.clause.clone(), at: predicate.at.clone(), why });
    if watch.plays(Role::Code, &predicate.field) {
        return unseen_codes(watch, facts, predicate).and_then(|why| say(None, why));
    }
    let paths = facts.fields.get(&watch.common(&predicate.field))?;
    let views: Vec<View> = paths.iter().map(|path| View::of(&watch.comparison.before, &watch.comparison.axis, WHOLE, *path)).collect();
    if views.iter().all(|view| view.filled.count == 0) {
        return None;
    }
    let words: Vec<String> = paths.iter().flat_map(|path| words(watch, *path)).collect();
    let compares = matches!(predicate.operator, Operator::Equal | Operator::In);
    if compares && !words.is_empty() {
        let holds = |word: &String| test(predicate, &Known::Values(vec![word.clone()])) == Truth::Yes;
        if words.iter().any(holds) {
            return None;
        }
        let alike = words.iter().find(|word| predicate.values.iter().any(|value| value.text.eq_ignore_ascii_case(word)));
        return match alike {
            Some(word) if decides(watch.rule, predicate) => say(Some(Effect::Blind), format!("is written {word} in the log")),
            _ => say(None, format!("{} never stood in {}", list(&texts(predicate)), predicate.field)),
        };
    }
    let shapes: Vec<Shape> =
        views.iter().flat_map(|view| view.shapes.iter().map(|(shape, _)| *shape)).filter(|shape| shape.is_filled()).collect();
    let is_text = matches!(
        predicate.operator,
        Operator::Equal | Operator::In | Operator::Has | Operator::Contains | Operator::StartsWith | Operator::EndsWith
    );
    // What is looked for in an object or a list is looked for in its text; what is no value of a rule's own is not judged.
    let in_text =
        |shape: &Shape| matches!(*shape, Shape::OBJECT | Shape::ARRAY) && !matches!(predicate.operator, Operator::Equal | Operator::In);
    let is_open = |text: &str| matches!(text, "[]" | "{}" | "") || text.starts_with('<') && text.ends_with('>');
    let fits = |shape: &Shape| predicate.values.iter().any(|value| is_open(&value.text) || super::fields::may_hold(*shape, &value.text));
    let may = shapes.iter().any(|shape| in_text(shape) || fits(shape));
    if !is_text || may || shapes.is_empty() || !decides(watch.rule, predicate) {
        return None;
    }
    let shown: BTreeSet<String> = shapes.iter().map(ToString::to_string).collect();
    let shown: Vec<&str> = shown.iter().map(String::as_str).collect();
    say(Some(Effect::Blind), format!("{} looks like {}, which cannot hold {}", predicate.field, list(&shown), list(&texts(predicate))))
}

fn texts(predicate: &Predicate) -> Vec<&str> {
    predicate.values.iter().map(|value| value.text.as_str()).collect()
}

/// The words of a path whose values form a closed set.
fn words(watch: &Watch<'_>, path: PathPlace) -> Vec<String> {
    let comparison = watch.comparison;
    if !comparison.is_closed(path) {
        return Vec::new();
    }
    let values = comparison
        .axis
        .atoms_of(path)
        .filter_map(|(_, kind)| if let AtomKind::Value(id) = kind { comparison.axis.value(path, id) } else { None });
    values.filter_map(|value| value.word.clone()).collect()
}

/// Codes of failures of which the baseline has none.
fn unseen_codes(watch: &Watch<'_>, facts: &Facts, predicate: &Predicate) -> Option<String> {
    let codes = texts(predicate).into_iter().filter(|code| !watch.source.is_success(code));
    let codes: Vec<&str> = codes.collect();
    let unseen: Vec<&str> = codes.iter().copied().filter(|code| !facts.codes.contains(*code)).collect();
    let unknown: Vec<&str> = unseen.iter().copied().filter(|code| watch.source.has_catalogue() && !watch.source.documents(code)).collect();
    match (unseen.is_empty(), unknown.is_empty()) {
        (true, _) => None,
        (false, true) => Some(format!("{} was never logged, which may be its nature", list(&unseen))),
        (false, false) => Some(format!("{} was never logged, and {} is documented nowhere", list(&unseen), list(&unknown))),
    }
}
