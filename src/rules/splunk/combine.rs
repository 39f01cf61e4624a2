//! Commands that bring in records or values from elsewhere.

use super::commands::{names, option, read_all};
use super::lexer::{Kind, Mode, Token};
use super::reader::Reader;
use super::scope::Origin;
use crate::rules::rule::Role;
use std::ops::Range;

fn searches(tokens: &[Token]) -> impl Iterator<Item = &Token> {
    tokens.iter().filter(|token| token.kind == Kind::Search)
}

/// `join type=left a b [search ...]`.
pub(super) fn join(reader: &mut Reader<'_>, range: Range<usize>) {
    let tokens = reader.tokens(range.clone(), Mode::Search);
    let keys = names(&tokens);
    read_all(reader, &keys, Role::JoinKey);
    let kind = option(&tokens, "type").map_or("inner", |token| token.text.as_str());
    let needed = kind.eq_ignore_ascii_case("inner");
    let Some(inner) = searches(&tokens).next() else {
        return reader.miss(&range, "`join` without a search in brackets");
    };
    let found = reader.inner(inner.inner(), needed);
    let outer = std::mem::replace(&mut reader.scope, found);
    read_all(reader, &keys, Role::JoinKey);
    let found = std::mem::replace(&mut reader.scope, outer);
    reader.scope.add(&found);
}

/// `append [search ...]`, `union [...] [...]`: records of other searches come on top.
pub(super) fn append(reader: &mut Reader<'_>, range: Range<usize>) {
    let tokens = reader.tokens(range, Mode::Search);
    let begins = !reader.scope.reads_log && !reader.scope.closed;
    let mut is_first = begins;
    for inner in searches(&tokens) {
        let found = reader.inner(inner.inner(), begins);
        if is_first {
            (reader.scope.closed, reader.scope.counted, reader.scope.reads_log) = (found.closed, found.counted, found.reads_log);
            is_first = false;
        }
        reader.scope.add(&found);
        reader.scope.brought.extend(found.tables);
    }
}

/// Records that are made up or come from a table of the user: none of their fields is one of the log.
pub(super) fn made(reader: &mut Reader<'_>, _: Range<usize>) {
    reader.scope.closed = true;
}

/// `inputlookup append=t name where a=1`.
pub(super) fn inputlookup(reader: &mut Reader<'_>, range: Range<usize>) {
    let tokens = reader.tokens(range.clone(), Mode::Search);
    let is_more = option(&tokens, "append").is_some_and(|value| value.is_word("t") || value.is_word("true"));
    if !is_more {
        made(reader, range);
    }
}

/// `lookup name a as b OUTPUT c as d`.
pub(super) fn lookup(reader: &mut Reader<'_>, range: Range<usize>) {
    let tokens = names(&reader.tokens(range.clone(), Mode::Search));
    let fields = tokens.get(1..).unwrap_or_default();
    let cut = fields.iter().position(|token| token.is_word("output") || token.is_word("outputnew")).unwrap_or(fields.len());
    if cut == fields.len() {
        reader.miss(&range, "`lookup` without `OUTPUT`: which names it brings stands in the lookup");
    }
    let mut origins = Vec::new();
    for name in renamed(fields.get(..cut).unwrap_or_default()) {
        origins.push(reader.reads(&name.text, Role::JoinKey, &name.at));
    }
    let mut origin = Origin::through("lookup", &origins);
    origin.derived = Some("lookup".to_owned());
    for name in renamed(fields.get(cut + 1..).unwrap_or_default()) {
        reader.scope.set(&name.text, origin.clone());
    }
}

/// The names of a list as the search knows them: `b` of `a as b`, else `a`.
fn renamed(tokens: &[Token]) -> Vec<&Token> {
    let mut found: Vec<&Token> = Vec::new();
    let mut rest = tokens.iter();
    while let Some(token) = rest.next() {
        if token.is_word("as") {
            found.pop();
            found.extend(rest.next());
        } else {
            found.push(token);
        }
    }
    found
}

/// `from datamodel:"X"`.
pub(super) fn from(reader: &mut Reader<'_>, range: Range<usize>) {
    let text = reader.source.quote(range);
    let name = text.replace(['"', '\''], "").replacen(':', "=", 1).replacen("datamodel ", "datamodel=", 1);
    if name.starts_with("datamodel") {
        reader.scope.reads_log = true;
        reader.scope.tables.insert(name.split_whitespace().next().unwrap_or("datamodel").to_owned());
    } else {
        reader.scope.closed = true;
    }
}

/// `datamodel X Y search`.
pub(super) fn datamodel(reader: &mut Reader<'_>, range: Range<usize>) {
    let names = names(&reader.tokens(range, Mode::Search));
    let parts: Vec<&str> =
        names.iter().map(|name| name.text.as_str()).filter(|name| !["search", "flat", "acceleration_search"].contains(name)).collect();
    reader.scope.reads_log = true;
    reader.scope.tables.insert(format!("datamodel={}", parts.join(".")));
}
