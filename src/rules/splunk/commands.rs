//! The table of commands, and those that look at one record after the other.

use super::expr;
use super::lexer::{Kind, Mode, Token};
use super::reader::{Reader, Test, Within};
use super::scope::Origin;
use super::search as search_expression;
use super::{combine, stats};
use crate::rules::rule::{Condition, Operator, Role};
use std::collections::BTreeMap;
use std::ops::Range;

/// A command of a search.
pub(super) struct Command {
    name: &'static str,
    /// Reads what stands behind its name.
    pub(super) read: fn(&mut Reader<'_>, Range<usize>),
}

const fn row(name: &'static str, read: fn(&mut Reader<'_>, Range<usize>)) -> Command {
    Command { name, read }
}

/// All commands that are known.
const COMMANDS: &[Command] = &[
    row("addinfo", nothing),
    row("addtotals", nothing),
    row("append", combine::append),
    row("appendcols", combine::append),
    row("appendpipe", combine::append),
    row("bin", bin),
    row("bucket", bin),
    row("chart", stats::stats),
    row("collect", nothing),
    row("convert", convert),
    row("datamodel", combine::datamodel),
    row("dedup", dedup),
    row("eval", eval),
    row("eventstats", stats::eventstats),
    row("extract", nothing),
    row("fieldformat", nothing),
    row("fields", fields),
    row("fillnull", multivalue),
    row("filldown", multivalue),
    row("format", nothing),
    row("from", combine::from),
    row("gentimes", combine::made),
    row("head", head),
    row("inputlookup", combine::inputlookup),
    row("iplocation", iplocation),
    row("join", combine::join),
    row("kv", nothing),
    row("lookup", combine::lookup),
    row("makemv", multivalue),
    row("makeresults", combine::made),
    row("multisearch", combine::append),
    row("mvcombine", multivalue),
    row("mvexpand", multivalue),
    row("nomv", multivalue),
    row("outputcsv", nothing),
    row("outputlookup", nothing),
    row("rare", stats::top),
    row("regex", regex),
    row("rename", rename),
    row("return", table),
    row("reverse", nothing),
    row("rex", rex),
    row("search", search),
    row("sendalert", nothing),
    row("sendemail", nothing),
    row("sistats", stats::stats),
    row("sort", sort),
    row("spath", spath),
    row("stats", stats::stats),
    row("streamstats", stats::eventstats),
    row("table", table),
    row("tail", nothing),
    row("timechart", stats::stats),
    row("top", stats::top),
    row("transaction", stats::transaction),
    row("tstats", stats::tstats),
    row("union", combine::append),
    row("uniq", nothing),
    row("where", filter),
];

/// A command by its name in small letters.
pub(super) fn find(name: &str) -> Option<&'static Command> {
    COMMANDS.iter().find(|command| command.name == name)
}

/// Commands that neither choose records nor read fields by name.
fn nothing(_: &mut Reader<'_>, _: Range<usize>) {}

/// What a row-level condition adds: nothing once records were counted.
pub(super) fn keep(reader: &mut Reader<'_>, condition: Condition) {
    if !reader.scope.counted {
        reader.scope.conditions.push(condition);
    }
}

pub(super) fn search(reader: &mut Reader<'_>, range: Range<usize>) {
    if !reader.scope.closed && !reader.scope.counted {
        reader.scope.reads_log = true;
    }
    let tokens = reader.tokens(range.clone(), Mode::Search);
    searched(reader, &tokens, &range);
}

/// Reads the tokens of a search expression.
pub(super) fn searched(reader: &mut Reader<'_>, tokens: &[Token], at: &Range<usize>) {
    match search_expression::parse(tokens) {
        Ok(None) => {}
        Ok(Some(search)) => {
            reader.names_tables(&search);
            let condition = reader.search(&search, Within::ROW);
            keep(reader, condition);
        }
        Err(what) => reader.miss(at, what),
    }
}

fn filter(reader: &mut Reader<'_>, range: Range<usize>) {
    let tokens = reader.tokens(range.clone(), Mode::Eval);
    match expr::parse_all(&tokens) {
        Ok(expr) => {
            let condition = reader.condition(&expr, Within::ROW);
            keep(reader, condition);
        }
        Err(what) => unknown(reader, &range, what),
    }
}

/// A filter that could not be read leaves open which records go on.
fn unknown(reader: &mut Reader<'_>, at: &Range<usize>, what: String) {
    reader.miss(at, what.clone());
    keep(reader, Condition::Unknown(what));
}

/// `a=expression, b=expression`.
fn eval(reader: &mut Reader<'_>, range: Range<usize>) {
    let tokens = reader.tokens(range.clone(), Mode::Eval);
    let mut rest = tokens.as_slice();
    while let [name, sign, after @ ..] = rest {
        if !name.is_name() || !sign.is("=") {
            break;
        }
        match expr::parse(after) {
            Ok((expr, taken)) => {
                let mut origin = reader.value(&expr, Role::Computed);
                origin.counted |= reader.scope.counted;
                if origin.fields.is_empty() {
                    origin.derived = Some("eval".to_owned());
                }
                reader.scope.set(&name.text, origin);
                rest = after.get(taken..).unwrap_or_default();
            }
            Err(what) => return reader.miss(&range, what),
        }
        match rest {
            [comma, after @ ..] if comma.kind == Kind::Comma => rest = after,
            _ => break,
        }
    }
    if let Some(token) = rest.first() {
        reader.miss(&token.at, format!("`eval` goes on with `{}`", token.text));
    }
}

/// Names in a list, without commas and options (`key=value`).
pub(super) fn names(tokens: &[Token]) -> Vec<Token> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let is_option = tokens.get(at + 1).is_some_and(|next| next.kind == Kind::Sign);
        if token.is_name() && !is_option {
            found.push(token.clone());
        }
        at += if is_option { 3 } else { 1 };
    }
    found
}

/// The value of an option.
pub(super) fn option<'t>(tokens: &'t [Token], name: &str) -> Option<&'t Token> {
    tokens.windows(3).find(|three| three[0].is_word(name) && three[1].kind == Kind::Sign).map(|three| &three[2])
}

/// Notes the names of a list in a role; names with wildcards are no names.
pub(super) fn read_all(reader: &mut Reader<'_>, names: &[Token], role: Role) -> BTreeMap<String, Origin> {
    let plain = names.iter().filter(|name| !name.text.contains('*'));
    plain.map(|name| (name.text.clone(), reader.reads(&name.text, role, &name.at))).collect()
}

fn table(reader: &mut Reader<'_>, range: Range<usize>) {
    let names = names(&reader.tokens(range, Mode::Search));
    let is_open = names.iter().any(|name| name.text.contains('*'));
    let kept = read_all(reader, &names, Role::Output);
    reader.scope.keep(kept, !is_open);
}

fn fields(reader: &mut Reader<'_>, range: Range<usize>) {
    let names = names(&reader.tokens(range, Mode::Search));
    match names.split_first() {
        Some((first, dropped)) if first.text == "-" => dropped.iter().for_each(|name| reader.scope.drop(&name.text)),
        Some((first, _)) if first.text.starts_with('-') => {
            names.iter().for_each(|name| reader.scope.drop(name.text.trim_start_matches('-')));
        }
        Some((first, rest)) if first.text == "+" => keep_only(reader, rest),
        _ => keep_only(reader, &names),
    }
}

fn keep_only(reader: &mut Reader<'_>, names: &[Token]) {
    let is_open = names.iter().any(|name| name.text.contains('*'));
    let kept = read_all(reader, names, Role::Output);
    reader.scope.keep(kept, !is_open);
}

/// `a as b, c.* as *`.
fn rename(reader: &mut Reader<'_>, range: Range<usize>) {
    let tokens: Vec<Token> = reader.tokens(range, Mode::Search).into_iter().filter(|token| token.kind != Kind::Comma).collect();
    let mut rest = tokens.as_slice();
    while let [old, word, new, after @ ..] = rest {
        if !word.is_word("as") || !old.is_name() || !new.is_name() {
            break;
        }
        if old.text.contains('*') || new.text.contains('*') {
            reader.scope.rename_all(&old.text, &new.text);
        } else {
            let origin = reader.reads(&old.text, Role::Computed, &old.at);
            reader.scope.drop(&old.text);
            reader.scope.set(&new.text, origin);
        }
        rest = after;
    }
    if let Some(token) = rest.first() {
        reader.miss(&token.at, format!("`rename` goes on with `{}`", token.text));
    }
}

/// Names of the groups of a regular expression.
fn groups(pattern: &str) -> Vec<&str> {
    let marks = pattern
        .match_indices("(?<")
        .map(|(at, mark)| at + mark.len())
        .chain(pattern.match_indices("(?P<").map(|(at, mark)| at + mark.len()));
    let name = |at: usize| pattern.get(at..).and_then(|rest| rest.split_once('>')).map(|(name, _)| name);
    marks.filter_map(name).filter(|name| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_')).collect()
}

fn rex(reader: &mut Reader<'_>, range: Range<usize>) {
    let tokens = reader.tokens(range.clone(), Mode::Search);
    let from = option(&tokens, "field").cloned();
    let mut origin = match &from {
        Some(field) => reader.reads(&field.text, Role::Computed, &field.at),
        None => Origin { counted: reader.scope.counted, ..Origin::made("rex") },
    };
    origin.derived = Some("rex".to_owned());
    if let (Some(_), Some(field)) = (option(&tokens, "mode"), &from) {
        return reader.scope.set(&field.text, origin);
    }
    let Some(pattern) = tokens.iter().rfind(|token| token.kind == Kind::Text) else {
        return reader.miss(&range, "`rex` without a pattern in quotes");
    };
    for name in groups(&pattern.text) {
        reader.scope.set(name, origin.clone());
    }
}

fn regex(reader: &mut Reader<'_>, range: Range<usize>) {
    let tokens = reader.tokens(range.clone(), Mode::Search);
    let (field, sign, pattern) = match tokens.as_slice() {
        [field, sign, pattern] if sign.kind == Kind::Sign && pattern.kind == Kind::Text => (Some(field), sign.text.as_str(), pattern),
        [pattern] if pattern.kind == Kind::Text => (None, "=", pattern),
        _ => return unknown(reader, &range, "`regex` is not of the form `field=\"pattern\"`".to_owned()),
    };
    let origin = field.map_or_else(Origin::default, |field| reader.reads(&field.text, Role::Filter, &field.at));
    let name = field.map_or("*", |field| field.text.as_str());
    let mut test = Test::new(name, origin, Operator::Matches, &range);
    (test.negated, test.ignores_case, test.values) = (sign == "!=", false, vec![(pattern.text.clone(), pattern.clone())]);
    let condition = reader.test(test, Within::ROW);
    keep(reader, condition);
}

/// `spath input=a path=b output=c`.
fn spath(reader: &mut Reader<'_>, range: Range<usize>) {
    let tokens = reader.tokens(range, Mode::Search);
    let plain = names(&tokens);
    let path = option(&tokens, "path").or(plain.first());
    let output = option(&tokens, "output").or(path);
    match (option(&tokens, "input"), path, output) {
        (Some(input), path, output) => {
            let mut origin = reader.reads(&input.text, Role::Computed, &input.at);
            origin.derived = Some("spath".to_owned());
            match (path, output) {
                (Some(_), Some(output)) => reader.scope.set(&output.text, origin),
                _ => reader.scope.unfold(origin),
            }
        }
        (None, Some(path), Some(output)) => {
            let origin = reader.reads(&path.text, Role::Computed, &path.at);
            reader.scope.set(&output.text, origin);
        }
        _ => {}
    }
}

/// Commands that take values apart or put them together and leave the names as they are.
fn multivalue(reader: &mut Reader<'_>, range: Range<usize>) {
    let names = names(&reader.tokens(range, Mode::Search));
    read_all(reader, &names, Role::Computed);
}

fn bin(reader: &mut Reader<'_>, range: Range<usize>) {
    let names = names(&reader.tokens(range, Mode::Search));
    let Some(field) = names.first() else { return };
    let mut origin = reader.reads(&field.text, Role::Computed, &field.at);
    origin.derived = Some("bin".to_owned());
    let new = names.iter().position(|name| name.is_word("as")).and_then(|at| names.get(at + 1)).unwrap_or(field);
    reader.scope.set(&new.text, origin);
}

fn dedup(reader: &mut Reader<'_>, range: Range<usize>) {
    let names = names(&reader.tokens(range, Mode::Search));
    let (fields, sorted): (Vec<Token>, Vec<Token>) = match names.iter().position(|name| name.is_word("sortby")) {
        Some(at) => (names[..at].to_vec(), names[at + 1..].to_vec()),
        None => (names, Vec::new()),
    };
    let fields: Vec<Token> = fields.into_iter().filter(|name| name.text.parse::<u64>().is_err()).collect();
    read_all(reader, &fields, Role::Group);
    sorts(reader, &sorted);
}

fn sort(reader: &mut Reader<'_>, range: Range<usize>) {
    let names = names(&reader.tokens(range, Mode::Search));
    sorts(reader, &names);
}

/// `-a`, `+ b`, `num(c)`.
fn sorts(reader: &mut Reader<'_>, names: &[Token]) {
    for (number, token) in names.iter().enumerate() {
        let name = token.text.trim_start_matches(['-', '+']);
        let is_word = ["auto", "str", "ip", "num", "desc", "d", "limit"].contains(&name);
        if name.is_empty() || (number == 0 && name.parse::<u64>().is_ok()) || is_word || name.contains('*') {
            continue;
        }
        reader.reads(name, Role::Sort, &token.at);
    }
}

fn head(reader: &mut Reader<'_>, range: Range<usize>) {
    let text = reader.source.text.get(range.clone()).unwrap_or("").trim();
    if !text.is_empty() && text.trim_start_matches("limit=").parse::<u64>().is_err() {
        unknown(reader, &range, "`head` with an expression".to_owned());
    }
}

/// `ctime(a) as b`: times are written in another way.
fn convert(reader: &mut Reader<'_>, range: Range<usize>) {
    let tokens = reader.tokens(range, Mode::Search);
    for five in tokens.windows(4).filter(|four| four[1].kind == Kind::Open && four[3].kind == Kind::Close && !four[2].text.contains('*')) {
        let [function, _, field, _] = five else { continue };
        let mut origin = reader.reads(&field.text, Role::Computed, &field.at);
        origin.derived = Some(function.text.clone());
        let end = tokens.iter().position(|token| token.at.start > field.at.end).map_or(tokens.len(), |at| at);
        let new = match tokens.get(end..) {
            Some([word, new, ..]) if word.is_word("as") => new,
            _ => field,
        };
        reader.scope.set(&new.text, origin);
    }
}

fn iplocation(reader: &mut Reader<'_>, range: Range<usize>) {
    let tokens = reader.tokens(range, Mode::Search);
    let prefix = option(&tokens, "prefix").map_or("", |token| token.text.as_str()).to_owned();
    let Some(field) = names(&tokens).into_iter().next() else { return };
    let mut origin = reader.reads(&field.text, Role::Computed, &field.at);
    origin.derived = Some("iplocation".to_owned());
    for name in ["City", "Continent", "Country", "MetroCode", "Region", "Timezone", "lat", "lon"] {
        reader.scope.set(&format!("{prefix}{name}"), origin.clone());
    }
}
