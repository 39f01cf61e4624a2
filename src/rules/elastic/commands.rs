//! The commands of ES|QL: what each reads, and which names it leaves to the next.

use super::esql::Pipeline;
use super::expr::{Expr, Fault, Parser, What};
use super::names::{fits, made};
use super::token::{Kind, Token};
use crate::rules::rule::Role;
use std::collections::BTreeSet;

type Command = fn(&mut Pipeline<'_, '_>, &mut Parser<'_>) -> Result<(), Fault>;

/// The words that begin a command, and its reader. The longer ones stand before those that they begin with.
pub(super) const COMMANDS: &[(&str, Command)] = &[
    ("from", from),
    ("ts", from),
    ("row", row),
    ("where", filter),
    ("eval", eval),
    ("stats", stats),
    ("inlinestats", inline_stats),
    ("inline stats", inline_stats),
    ("keep", keep),
    ("drop", drop_names),
    ("rename", rename),
    ("sort", sort),
    ("limit", limit),
    ("sample", limit),
    ("dissect", dissect),
    ("grok", grok),
    ("enrich", enrich),
    ("lookup join", lookup),
    ("mv_expand", expand),
    ("fork", fork),
    ("completion", completion),
    ("change_point", change_point),
];

/// What stands up to a comma or a word, its blanks and quotes left out.
fn raw(parser: &mut Parser<'_>, ends: &[&str]) -> String {
    let mut found = String::new();
    while let Some(token) = parser.peek().filter(|token| !token.is_sign(",") && !ends.iter().any(|end| token.is(end) || token.is_sign(end)))
    {
        match &token.kind {
            Kind::Text(name) | Kind::Name { name, .. } => found.push_str(name),
            _ => found.push_str(&parser.text[token.at.clone()]),
        }
        parser.at += 1;
    }
    found
}

fn raws(parser: &mut Parser<'_>, ends: &[&str]) -> Result<Vec<String>, Fault> {
    parser.list(|parser| {
        let found = raw(parser, ends);
        if found.is_empty() { parser.fault("a name") } else { Ok(found) }
    })
}

fn nothing(at: &Expr, by: &str) -> Expr {
    Expr { what: What::Made { fields: BTreeSet::new(), by: by.to_owned(), is_counted: false }, at: at.at.clone() }
}

fn from(pipeline: &mut Pipeline<'_, '_>, parser: &mut Parser<'_>) -> Result<(), Fault> {
    let sources = raws(parser, &["metadata", "[", "("])?;
    pipeline.reader.indices = sources.into_iter().collect();
    let is_bracketed = parser.takes_sign("[");
    if parser.takes("metadata") {
        for name in parser.list(Parser::name)? {
            if let What::Name { name: own, .. } = &name.what {
                pipeline.names.set(own, nothing(&name, "the index"));
            }
        }
    }
    if is_bracketed { parser.needs_sign("]") } else { Ok(()) }
}

fn row(pipeline: &mut Pipeline<'_, '_>, parser: &mut Parser<'_>) -> Result<(), Fault> {
    pipeline.names.is_closed = true;
    eval(pipeline, parser)
}

fn filter(pipeline: &mut Pipeline<'_, '_>, parser: &mut Parser<'_>) -> Result<(), Fault> {
    let expr = parser.expr()?;
    pipeline.filter(&expr);
    Ok(())
}

/// `name = expression`, or an expression that is its own name.
fn assignment(parser: &mut Parser<'_>) -> Result<(String, Expr), Fault> {
    let (start, begin) = (parser.at, parser.place());
    if let Ok(Expr { what: What::Name { name, .. }, .. }) = parser.name()
        && parser.takes_sign("=")
    {
        return Ok((name, parser.expr()?));
    }
    parser.at = start;
    let expr = parser.expr()?;
    let own = match &expr.what {
        What::Name { name, .. } => name.clone(),
        _ => parser.text[begin..parser.end()].to_owned(),
    };
    Ok((own, expr))
}

fn eval(pipeline: &mut Pipeline<'_, '_>, parser: &mut Parser<'_>) -> Result<(), Fault> {
    for (name, expr) in parser.list(assignment)? {
        let expr = pipeline.use_in(&expr, Role::Computed, "eval");
        pipeline.names.set(&name, expr);
    }
    Ok(())
}

fn stats(pipeline: &mut Pipeline<'_, '_>, parser: &mut Parser<'_>) -> Result<(), Fault> {
    let (counted, groups) = aggregates(pipeline, parser)?;
    pipeline.names.remove(|_| false);
    (pipeline.names.is_closed, pipeline.names.foreign, pipeline.is_counted) = (true, None, true);
    counted.into_iter().chain(groups).for_each(|(name, expr)| pipeline.names.set(&name, expr));
    Ok(())
}

fn inline_stats(pipeline: &mut Pipeline<'_, '_>, parser: &mut Parser<'_>) -> Result<(), Fault> {
    let (counted, groups) = aggregates(pipeline, parser)?;
    counted.into_iter().chain(groups).for_each(|(name, expr)| pipeline.names.set(&name, expr));
    Ok(())
}

type Named = Vec<(String, Expr)>;

/// What is counted and by what.
fn aggregates(pipeline: &mut Pipeline<'_, '_>, parser: &mut Parser<'_>) -> Result<(Named, Named), Fault> {
    let mut counted = Vec::new();
    if !parser.is("by") {
        let aggregate = |parser: &mut Parser<'_>| {
            let named = assignment(parser)?;
            let only = if parser.takes("where") { Some(parser.expr()?) } else { None };
            Ok((named, only))
        };
        for ((name, expr), only) in parser.list(aggregate)? {
            let by = if let What::Call { name, .. } = &expr.what { name.clone() } else { "stats".to_owned() };
            let expr = pipeline.use_in(&expr, Role::Aggregate, &by);
            if let Some(only) = only {
                pipeline.use_in(&only, Role::Aggregate, &by);
            }
            counted.push((name, made(&expr, &by, true)));
        }
    }
    let groups = if parser.takes("by") { parser.list(assignment)? } else { Vec::new() };
    let groups = groups.into_iter().map(|(name, expr)| (name, pipeline.use_in(&expr, Role::Group, "by"))).collect();
    Ok((counted, groups))
}

fn keep(pipeline: &mut Pipeline<'_, '_>, parser: &mut Parser<'_>) -> Result<(), Fault> {
    let (mut kept, mut is_open, mut plain) = (Vec::new(), false, Vec::new());
    let start = parser.at;
    for name in raws(parser, &[])? {
        is_open |= name.contains('*');
        kept.push(name);
    }
    let tokens = &parser.tokens[start..parser.at];
    for part in tokens.split(|token| token.is_sign(",")) {
        if let [Token { kind: Kind::Name { name, is_optional, .. }, at, .. }] = part {
            let expr = Expr { what: What::Name { name: name.clone(), is_optional: *is_optional }, at: at.clone() };
            plain.push((name.clone(), pipeline.use_in(&expr, Role::Output, "keep")));
        }
    }
    pipeline.names.remove(|name| kept.iter().any(|pattern| fits(name, pattern)));
    plain.into_iter().for_each(|(name, expr)| pipeline.names.set(&name, expr));
    if !is_open {
        (pipeline.names.is_closed, pipeline.names.foreign) = (true, None);
    }
    Ok(())
}

fn drop_names(pipeline: &mut Pipeline<'_, '_>, parser: &mut Parser<'_>) -> Result<(), Fault> {
    let dropped = raws(parser, &[])?;
    pipeline.names.remove(|name| !dropped.iter().any(|pattern| fits(name, pattern)));
    Ok(())
}

fn rename(pipeline: &mut Pipeline<'_, '_>, parser: &mut Parser<'_>) -> Result<(), Fault> {
    let pairs = parser.list(|parser| {
        let first = parser.name()?;
        if parser.takes("as") {
            return Ok((first, parser.name()?));
        }
        parser.needs_sign("=")?;
        Ok((parser.name()?, first))
    })?;
    for (old, new) in pairs {
        let expr = pipeline.use_in(&old, Role::Computed, "rename");
        if let (What::Name { name: old, .. }, What::Name { name: new, .. }) = (&old.what, &new.what) {
            pipeline.names.remove(|name| name != old);
            pipeline.names.set(new, expr);
        }
    }
    Ok(())
}

fn sort(pipeline: &mut Pipeline<'_, '_>, parser: &mut Parser<'_>) -> Result<(), Fault> {
    let keys = parser.list(|parser| {
        let expr = parser.expr()?;
        let _ = parser.takes("asc") || parser.takes("desc");
        if parser.takes("nulls") && !parser.takes("first") && !parser.takes("last") {
            return parser.fault("first or last");
        }
        Ok(expr)
    })?;
    keys.iter().for_each(|key| drop(pipeline.use_in(key, Role::Sort, "sort")));
    Ok(())
}

fn limit(_: &mut Pipeline<'_, '_>, parser: &mut Parser<'_>) -> Result<(), Fault> {
    match parser.expr()?.what {
        What::Value { .. } | What::Opaque => Ok(()),
        _ => parser.fault("a number"),
    }
}

/// A field and the pattern that cuts names out of it.
fn cut(pipeline: &mut Pipeline<'_, '_>, parser: &mut Parser<'_>, by: &str, names: fn(&str) -> Vec<String>) -> Result<(), Fault> {
    let expr = parser.expr()?;
    let expr = pipeline.use_in(&expr, Role::Computed, by);
    let patterns = parser.list(|parser| match parser.peek().map(|token| &token.kind) {
        Some(Kind::Text(pattern)) => {
            parser.at += 1;
            Ok(pattern)
        }
        _ => parser.fault("a pattern"),
    })?;
    for name in patterns.into_iter().flat_map(|pattern| names(pattern)) {
        pipeline.names.set(&name, made(&expr, by, false));
    }
    Ok(())
}

fn dissect(pipeline: &mut Pipeline<'_, '_>, parser: &mut Parser<'_>) -> Result<(), Fault> {
    cut(pipeline, parser, "dissect", |pattern| {
        let parts = pattern.split("%{").skip(1).filter_map(|part| part.split_once('}'));
        let names = parts.map(|(name, _)| name.trim_matches(|c| "?+*&".contains(c)).split("->").next().unwrap_or("").to_owned());
        names.map(|name| name.split('/').next().unwrap_or("").to_owned()).filter(|name| !name.is_empty()).collect()
    })?;
    if parser.takes("append_separator") {
        parser.needs_sign("=")?;
        parser.expr()?;
    }
    Ok(())
}

fn grok(pipeline: &mut Pipeline<'_, '_>, parser: &mut Parser<'_>) -> Result<(), Fault> {
    cut(pipeline, parser, "grok", |pattern| {
        let parts = pattern.split("%{").skip(1).filter_map(|part| part.split_once('}'));
        let mut names: Vec<String> = parts.filter_map(|(part, _)| Some(part.split(':').nth(1)?.to_owned())).collect();
        let groups = pattern.split("(?<").skip(1).filter_map(|part| part.split_once('>'));
        names.extend(groups.map(|(name, _)| name.to_owned()).filter(|name| !name.starts_with(['=', '!'])));
        names
    })
}

fn enrich(pipeline: &mut Pipeline<'_, '_>, parser: &mut Parser<'_>) -> Result<(), Fault> {
    let start = parser.place();
    let policy = raw(parser, &["on", "with"]);
    let mut from = nothing(&Expr { what: What::Opaque, at: start..parser.end() }, "enrich");
    if parser.takes("on") {
        let key = parser.name()?;
        let key = pipeline.use_in(&key, Role::JoinKey, "enrich");
        from = made(&key, "enrich", false);
    } else {
        pipeline.reader.miss(start, format!("the field that {policy} is looked up by is known to the policy alone"));
    }
    if parser.takes("with") {
        for (name, _) in parser.list(assignment)? {
            pipeline.names.set(&name, from.clone());
        }
    } else {
        pipeline.names.foreign = Some(policy);
    }
    Ok(())
}

fn lookup(pipeline: &mut Pipeline<'_, '_>, parser: &mut Parser<'_>) -> Result<(), Fault> {
    let table = raw(parser, &["on", "as"]);
    if parser.takes("as") {
        parser.name()?;
    }
    if !parser.takes("on") {
        return parser.fault("on");
    }
    for key in parser.list(Parser::expr)? {
        pipeline.use_in(&key, Role::JoinKey, "lookup join");
        if !matches!(key.what, What::Name { .. }) {
            pipeline.reader.miss(key.at.start, format!("which side of the comparison is of {table} is not known"));
        }
    }
    pipeline.reader.rule.tables.insert(table.clone());
    pipeline.names.foreign = Some(table);
    Ok(())
}

fn expand(pipeline: &mut Pipeline<'_, '_>, parser: &mut Parser<'_>) -> Result<(), Fault> {
    let field = parser.name()?;
    pipeline.use_in(&field, Role::Computed, "mv_expand");
    Ok(())
}

fn fork(pipeline: &mut Pipeline<'_, '_>, parser: &mut Parser<'_>) -> Result<(), Fault> {
    let (at, tokens) = (parser.place(), parser.tokens);
    let mut branches = Vec::new();
    while parser.takes_sign("(") {
        let (start, mut depth) = (parser.at, 1);
        while let Some(token) = parser.peek() {
            depth += i32::from(token.is_sign("(")) - i32::from(token.is_sign(")"));
            if depth == 0 {
                break;
            }
            parser.at += 1;
        }
        branches.push(&tokens[start..parser.at]);
        parser.needs_sign(")")?;
    }
    pipeline.fork(&branches, at);
    Ok(())
}

fn completion(pipeline: &mut Pipeline<'_, '_>, parser: &mut Parser<'_>) -> Result<(), Fault> {
    let (name, prompt) = assignment(parser)?;
    let prompt = pipeline.use_in(&prompt, Role::Computed, "completion");
    pipeline.names.set("completion", made(&prompt, "completion", false));
    pipeline.names.set(&name, made(&prompt, "completion", false));
    if parser.takes("with") {
        parser.expr()?;
    }
    Ok(())
}

fn change_point(pipeline: &mut Pipeline<'_, '_>, parser: &mut Parser<'_>) -> Result<(), Fault> {
    let value = parser.name()?;
    let value = pipeline.use_in(&value, Role::Aggregate, "change_point");
    if parser.takes("on") {
        let key = parser.name()?;
        pipeline.use_in(&key, Role::Sort, "change_point");
    }
    let names = if parser.takes("as") { raws(parser, &[])? } else { vec!["type".to_owned(), "pvalue".to_owned()] };
    names.iter().for_each(|name| pipeline.names.set(name, made(&value, "change_point", true)));
    Ok(())
}
