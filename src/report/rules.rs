//! The team's detections for readers and scripts: what each depends on, and which can no longer speak.

use super::Style;
use super::inert::escape_json;
use super::page::{Page, name, text};
use super::wire::rules::{BlindRow, LiteralRow, RefusedRow, RuleEntry, RulesRead, RulesReport, SelectRow, UseRow};
use super::words::number;
use crate::error::{Error, Result};
use crate::rules::impact::{Already, Effect};
use crate::rules::{Condition, Parsed, Place, Predicate, Rule, RuleSet};
use crate::sources::{Role, Source};
use anstyle::AnsiColor;
use std::collections::BTreeMap;

/// Name and version of the form.
const SCHEMA: &str = "logdrift.rules/1";
/// Column at which everything below a title begins.
const INDENT: usize = 4;
/// Entries of a list that a reader is shown.
const ENTRIES: usize = 12;

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

impl RulesReport {
    /// What the rules of a folder depend on, the fields compared as a source spells them.
    #[must_use]
    pub fn new(set: &RuleSet, source: &Source) -> Self {
        let [full, partial, failed] = set.tally().map(count);
        let refused = set.refused.iter().map(|(file, why)| RefusedRow { file: file.clone(), why: why.clone() }).collect();
        let read = RulesRead { rules: count(set.rules.len()), full, partial, failed, blind: None, other_files: count(set.others), refused };
        Self { schema: SCHEMA.into(), read, rules: set.rules.iter().map(|rule| entry(rule, source)).collect() }
    }

    /// The report with what a baseline says against each rule, by its place.
    #[must_use]
    pub fn with_baseline(mut self, found: &BTreeMap<usize, Vec<Already>>) -> Self {
        for (place, rows) in found {
            let Some(rule) = self.rules.get_mut(*place) else { continue };
            rule.blind = rows.iter().map(blind_row).collect();
            rule.blind.sort_by_key(|row| (BLIND.iter().position(|effect| *effect == row.effect), row.line));
        }
        let is_blind = |rule: &&RuleEntry| rule.blind.iter().any(|row| row.effect == Effect::Blind.id());
        self.read.blind = Some(count(self.rules.iter().filter(is_blind).count()));
        self
    }

    /// As JSON, for scripts.
    ///
    /// # Errors
    /// None is known: all of it can be written.
    pub fn to_json(&self) -> Result<String> {
        let text = serde_json::to_string_pretty(self).map_err(|error| Error::Usage(format!("cannot write the rules as JSON: {error}")))?;
        Ok(escape_json(&text).into_owned() + "\n")
    }

    /// For a reader at a terminal: what could not be read and what is blind first.
    #[must_use]
    pub fn to_terminal(&self, style: &Style) -> String {
        let mut page = Page::new(*style);
        summary(&mut page, &self.read);
        for rule in &self.rules {
            page.blank();
            one(&mut page, rule);
        }
        page.finish()
    }
}

fn entry(rule: &Rule, source: &Source) -> RuleEntry {
    let mut fields: Vec<String> = rule.fields.keys().map(|field| field.name.clone()).filter(|field| field != "*").collect();
    fields.dedup();
    fields.sort();
    fields.dedup();
    RuleEntry {
        id: rule.id.clone(),
        title: rule.title.clone(),
        file: rule.file.clone(),
        line: count(rule.line),
        block: count(rule.block),
        dialect: rule.language.id().into(),
        severity: rule.severity.clone(),
        parsed: rule.parsed.id().into(),
        unread: rule.unread.iter().map(|unread| format!("line {}: {}", unread.line, unread.what)).collect(),
        tables: rule.tables.iter().cloned().collect(),
        fields,
        literals: rule.predicates.iter().map(|predicate| literal(predicate, source)).collect(),
        uses: rule
            .fields
            .iter()
            .map(|(field, used)| UseRow {
                table: field.table.clone(),
                field: field.name.clone(),
                path: source.aliases().common(&field.name),
                roles: used.roles.keys().map(|role| role.id().to_owned()).collect(),
                optional: used.optional,
            })
            .collect(),
        selects: rule
            .selections
            .iter()
            .map(|selection| SelectRow {
                table: selection.table.clone(),
                condition: in_words(&selection.condition, rule),
                needed: selection.needed,
            })
            .collect(),
        blind: Vec::new(),
    }
}

/// Words for what a baseline says against a clause, the worst first.
const BLIND: [&str; 4] = ["blind", "weakened", "noisy", "quiet"];

fn blind_row(already: &Already) -> BlindRow {
    BlindRow {
        effect: already.effect.map_or("quiet", Effect::id).into(),
        clause: already.clause.clone(),
        line: count(already.at.line),
        why: already.why.clone(),
    }
}

fn literal(predicate: &Predicate, source: &Source) -> LiteralRow {
    let is_code = source.plays(Role::Code, &source.aliases().common(&predicate.field));
    let field = match &predicate.derived {
        Some(function) if is_code => format!("{function}({})", predicate.field),
        _ => predicate.field.clone(),
    };
    LiteralRow {
        field,
        op: predicate.operator.id(predicate.negated).into(),
        values: predicate.values.iter().map(|value| value.text.clone()).collect(),
        derived: predicate.derived.clone(),
        place: match &predicate.place {
            Place::Row => "row".into(),
            Place::Inside(function) => format!("inside {function}"),
            Place::Aggregate => "aggregate".into(),
        },
        list: predicate.list.clone(),
        open: predicate.open.clone(),
        clause: predicate.clause.clone(),
        line: count(predicate.at.line),
    }
}

/// A condition as a sentence of its clauses.
fn in_words(condition: &Condition, rule: &Rule) -> String {
    let joined = |all: &[Condition], word: &str, none: &str| match all {
        [] => none.to_owned(),
        [one] => in_words(one, rule),
        _ => {
            let parts = all.iter().map(|one| {
                let words = in_words(one, rule);
                if matches!(one, Condition::Any(several) if several.len() > 1) { format!("({words})") } else { words }
            });
            parts.collect::<Vec<_>>().join(word)
        }
    };
    match condition {
        Condition::All(all) => joined(all, " and ", "all"),
        Condition::Any(any) => joined(any, " or ", "none"),
        Condition::Not(inner) => format!("not ({})", in_words(inner, rule)),
        Condition::Test(place) => rule.predicates.get(*place).map_or_else(String::new, |predicate| predicate.clause.clone()),
        Condition::Unknown(why) => format!("{{{why}}}"),
    }
}

fn summary(page: &mut Page, read: &RulesRead) {
    let mut words =
        format!("{}: {} read in full, {} in part, {} not at all", number(read.rules, "rule"), read.full, read.partial, read.failed);
    if let Some(blind) = read.blind {
        words.push_str(&format!("; {blind} blind"));
    }
    if read.other_files > 0 {
        words.push_str(&format!("; {} of no known dialect", number(read.other_files, "other file")));
    }
    page.wrapped(0, 0, &[text(words).bold()]);
    for refused in &read.refused {
        page.wrapped(0, INDENT, &[text("not read: ").color(AnsiColor::Red), name(&refused.file), text(format!(": {}", refused.why))]);
    }
}

fn one(page: &mut Page, rule: &RuleEntry) {
    let mut head =
        vec![name(&rule.title).bold(), text(format!("  {} ", rule.dialect)).dim(), name(format!("{}:{}", rule.file, rule.line)).dim()];
    if rule.parsed != Parsed::Full.id() {
        head.push(text(format!("  {}", rule.parsed)).color(AnsiColor::Yellow));
    }
    page.wrapped(0, INDENT, &head);
    for blind in &rule.blind {
        let color = if blind.effect == "blind" { AnsiColor::Red } else { AnsiColor::Yellow };
        let spans = [
            text(format!("{} ", blind.effect)).color(color),
            text(format!("line {}: ", blind.line)),
            name(&blind.clause),
            text(format!(": {}", blind.why)),
        ];
        page.wrapped(INDENT, INDENT + 2, &spans);
    }
    let some = |list: &[String]| {
        let more = list.len().saturating_sub(ENTRIES);
        let shown = list.iter().take(ENTRIES).cloned().collect::<Vec<_>>().join(", ");
        if more > 0 { format!("{shown} and {more} more") } else { shown }
    };
    for (what, list) in [("tables", &rule.tables), ("fields", &rule.fields)] {
        if !list.is_empty() {
            page.wrapped(INDENT, INDENT + 8, &[text(format!("{what:<8}")).dim(), text(some(list))]);
        }
    }
    for select in rule.selects.iter().filter(|select| select.condition != "all").take(ENTRIES) {
        let table = select.table.as_deref().unwrap_or("records");
        page.wrapped(INDENT, INDENT + 8, &[text("selects ").dim(), name(table), text(format!(" where {}", select.condition))]);
    }
    for unread in rule.unread.iter().take(ENTRIES) {
        page.wrapped(INDENT, INDENT + 8, &[text("unread  ").color(AnsiColor::Yellow), text(unread)]);
    }
}
