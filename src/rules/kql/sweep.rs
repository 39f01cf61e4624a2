//! The net below the parser: names of columns and codes that stand in a query and that nothing was made of.

use super::tables::{self, Known};
use super::token::{Kind, Token};
use crate::rules::rule::Rule;
use crate::rules::snippet::Snippet;
use std::collections::BTreeSet;

/// Lists what the words of a query have and the rule lacks. Nothing is taken away, and a rule that lacks something is `partial`.
pub(super) fn sweep(rule: &mut Rule, snippet: &Snippet, tokens: &[Token], defined: &BTreeSet<String>) {
    let read: BTreeSet<String> = rule.fields.keys().flat_map(|field| parts(&field.name)).collect();
    let compared: BTreeSet<String> =
        rule.predicates.iter().flat_map(|predicate| &predicate.values).map(|value| value.text.clone()).collect();
    let made: BTreeSet<&str> = made(tokens);
    for (place, token) in tokens.iter().enumerate() {
        let is_name = matches!(token.kind, Kind::Name | Kind::Quoted);
        let is_part = place > 0 && tokens[place - 1].is_sign(".");
        let is_own = made.contains(token.text.as_str()) || defined.contains(&token.text) || read.contains(&token.text);
        if is_name && !is_part && !is_own && is_column_of(rule, &token.text) {
            rule.miss(snippet.line(token.at.start), format!("`{}` is named, but what for was not found", token.text));
        }
        if is_code(token) && !compared.contains(&token.text) {
            rule.miss(snippet.line(token.at.start), format!("{} stands here, but what it is compared with was not found", token.text));
        }
    }
}

/// The keys of a path.
fn parts(field: &str) -> Vec<String> {
    field.split(['.', '[']).map(|part| part.trim_end_matches(']').to_owned()).collect()
}

/// Names that the query gives to something: before `=`, and the parameters before `:`.
fn made(tokens: &[Token]) -> BTreeSet<&str> {
    let pairs = tokens.iter().zip(tokens.iter().skip(1));
    pairs.filter(|(_, next)| next.is_sign("=") || next.is_sign(":")).map(|(name, _)| name.text.as_str()).collect()
}

fn is_column_of(rule: &Rule, name: &str) -> bool {
    let known = rule.tables.iter().any(|table| tables::has(table, name) == Known::Yes);
    known || rule.tables.is_empty() && tables::is_column(name)
}

/// Whether a word looks like a result code: five to seven digits, which no threshold of a rule has.
fn is_code(token: &Token) -> bool {
    let is_value = matches!(token.kind, Kind::Text | Kind::Number);
    is_value && (5..=7).contains(&token.text.len()) && token.text.bytes().all(|byte| byte.is_ascii_digit()) && !token.text.ends_with("000")
}
