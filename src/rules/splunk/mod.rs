//! Splunk: searches in SPL, in files of contentctl and in `savedsearches.conf`.
//!
//! Macros are filled in where files define them. Of those that none defines, one in the first search stands for a table, any other is
//! unread. Two kinds make no rule partial: those that only write times, objects or options in another way (`source::KNOWN`), and those
//! whose names end with `_filter`. By convention these are empty until somebody excludes what is usual with them; each is noted as an
//! open comparison of any field (`*`), so that it is seen, and not as a part of what the rule selects.

mod combine;
mod commands;
mod expr;
mod files;
mod filter;
mod lexer;
mod reader;
mod scope;
mod search;
mod source;
mod stats;
#[cfg(test)]
mod tests;

use super::dialect::{Dialect, RuleFile, Surroundings};
use super::rule::{Field, Language, Role, Rule};
use files::Found;
use reader::Reader;
use source::Source;

/// The row of the table.
pub(super) const SPLUNK: Dialect = Dialect {
    name: "splunk",
    summary: "Splunk: YAML of contentctl with `search`, and savedsearches.conf; macros from macros.conf and YAML with `definition`",
    recognises,
    read,
    surroundings: Some(|file, surroundings| files::macros(file, &mut surroundings.macros)),
};

fn recognises(file: RuleFile<'_>) -> bool {
    match file.ending().as_str() {
        "yml" | "yaml" => files::has_key(file.text, "search", ':') && files::has_key(file.text, "name", ':'),
        "conf" => file.name.ends_with("savedsearches.conf") && files::has_key(file.text, "search", '='),
        _ => false,
    }
}

fn read(file: RuleFile<'_>, surroundings: &Surroundings) -> Result<Vec<Rule>, String> {
    let found = if file.ending() == "conf" { files::saved_searches(file) } else { files::contentctl(file)? };
    Ok(found.into_iter().enumerate().map(|(block, found)| rule(file, block, found, surroundings)).collect())
}

fn rule(file: RuleFile<'_>, block: usize, found: Found, surroundings: &Surroundings) -> Rule {
    let mut rule = Rule::new(file.name, block, Language::Spl);
    rule.id = found.id.unwrap_or(rule.id);
    rule.title = found.title.unwrap_or(rule.title);
    rule.severity = found.severity;
    let text = &found.search.text;
    let from = text.len() - text.trim_start().len();
    let whole = found.search.span(from..text.trim_end().len().max(from));
    (rule.line, rule.bytes) = (whole.line, whole.bytes);
    let source = Source::new(found.search, &surroundings.macros);
    let mut reader = Reader::new(&source, &mut rule);
    reader.run(0..source.text.len());
    let mut entities = Vec::new();
    for (name, at) in found.entities {
        entities.extend(reader.scope.resolve(&name).0.fields.into_iter().map(|field| (field, at.clone())));
    }
    let table = reader.table();
    reader.finish(true);
    for (name, at) in entities {
        rule.reads(Field { table: table.clone(), name }, Role::Entity, &at);
    }
    rule
}
