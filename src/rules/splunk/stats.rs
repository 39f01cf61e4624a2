//! Commands that count records together.

use super::commands::{self, names, read_all, searched};
use super::expr::{self, Expr, ExprKind};
use super::lexer::{Kind, Mode, Token};
use super::reader::{Reader, Within};
use super::scope::Origin;
use super::search;
use crate::rules::rule::Role;
use std::collections::BTreeMap;
use std::ops::Range;

/// Functions that need no argument.
const BARE: &[&str] = &["c", "count"];

/// Splits at words that stand outside parentheses: the part before the first, and each word with the part behind it.
fn split<'t>(tokens: &'t [Token], words: &[&str]) -> (&'t [Token], Vec<(String, &'t [Token])>) {
    let mut depth = 0_usize;
    let mut marks = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            Kind::Open => depth += 1,
            Kind::Close => depth = depth.saturating_sub(1),
            Kind::Word if depth == 0 && words.iter().any(|word| token.is_word(word)) => marks.push(at),
            _ => {}
        }
    }
    let head = tokens.get(..marks.first().copied().unwrap_or(tokens.len())).unwrap_or_default();
    let parts = marks.iter().enumerate().map(|(number, at)| {
        let end = marks.get(number + 1).copied().unwrap_or(tokens.len());
        (tokens[*at].text.to_ascii_lowercase(), tokens.get(at + 1..end).unwrap_or_default())
    });
    (head, parts.collect())
}

/// Position of the parenthesis that closes the one at a position.
fn closing(tokens: &[Token], open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token.kind {
            Kind::Open => depth += 1,
            Kind::Close if depth == 1 => return Some(at),
            Kind::Close => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

/// `count(eval(a="b")) as x values(c)`: the names that are made, and whether names with wildcards are among them.
fn aggregates(reader: &mut Reader<'_>, tokens: &[Token]) -> (BTreeMap<String, Origin>, bool) {
    let (mut made, mut is_open) = (BTreeMap::new(), false);
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let next = tokens.get(at + 1).map(|next| next.kind);
        let end = match next {
            _ if token.kind == Kind::Comma => {
                at += 1;
                continue;
            }
            Some(Kind::Sign) => {
                at += 3;
                continue;
            }
            Some(Kind::Open) if token.kind == Kind::Word => closing(tokens, at + 1),
            _ if token.kind == Kind::Word && BARE.contains(&token.text.to_ascii_lowercase().as_str()) => Some(at),
            _ => None,
        };
        let Some(end) = end else {
            reader.miss(&token.at, format!("`{}` where something should be counted", token.text));
            // What is not closed goes on to the end.
            at = if next == Some(Kind::Open) { tokens.len() } else { at + 1 };
            continue;
        };
        let inner = tokens.get(at + 2..end).unwrap_or_default();
        let name = match tokens.get(end + 1..end + 3) {
            Some([word, name]) if word.is_word("as") && name.is_name() => Some(name.text.clone()),
            _ => None,
        };
        is_open |= inner.iter().chain(tokens.get(end + 2).filter(|_| name.is_some())).any(|token| token.text.contains('*'));
        let origin = aggregate(reader, &token.text, inner);
        at = if name.is_some() { end + 3 } else { end + 1 };
        let written = reader.source.quote(token.at.start..tokens[end].at.end);
        made.insert(name.unwrap_or(written), origin);
    }
    (made, is_open)
}

/// What a function makes of its argument.
fn aggregate(reader: &mut Reader<'_>, function: &str, inner: &[Token]) -> Origin {
    let function = function.to_ascii_lowercase();
    let parts = match inner {
        [] => Vec::new(),
        [word, open, .., close] if word.is_word("eval") && open.kind == Kind::Open && close.kind == Kind::Close => {
            let range = open.at.end..close.at.start;
            let tokens = reader.tokens(range.clone(), Mode::Eval);
            match expr::parse_all(&tokens) {
                Ok(expr) => vec![counted_value(reader, &function, &expr)],
                Err(what) => {
                    reader.miss(&range, what);
                    Vec::new()
                }
            }
        }
        [name, ..] if name.is_name() && !name.text.contains('*') => vec![reader.reads(&name.text, Role::Aggregate, &name.at)],
        _ => Vec::new(),
    };
    let origin = Origin::through(&function, &parts);
    let derived = if origin.fields.is_empty() { Some(function) } else { origin.derived };
    Origin { counted: true, derived, ..origin }
}

/// An expression that is counted: the records for which it is true, or its values.
fn counted_value(reader: &mut Reader<'_>, function: &str, expr: &Expr) -> Origin {
    let is_boolean = matches!(expr.kind, ExprKind::All(_) | ExprKind::Any(_) | ExprKind::Not(_) | ExprKind::Compare(..) | ExprKind::In(..));
    if is_boolean
        || matches!(&expr.kind, ExprKind::Call(name, _) if matches!(name.as_str(), "match" | "like" | "isnull" | "isnotnull" | "searchmatch"))
    {
        reader.condition(expr, Within::of(function));
        return Origin::made(function);
    }
    reader.value(expr, Role::Aggregate)
}

/// `stats`, `chart`, `timechart`: only groups and what was counted are left.
pub(super) fn stats(reader: &mut Reader<'_>, range: Range<usize>) {
    let tokens = reader.tokens(range, Mode::Search);
    grouped(reader, &tokens, true);
}

/// `eventstats`, `streamstats`: what was counted comes on top.
pub(super) fn eventstats(reader: &mut Reader<'_>, range: Range<usize>) {
    let tokens = reader.tokens(range, Mode::Search);
    grouped(reader, &tokens, false);
}

fn grouped(reader: &mut Reader<'_>, tokens: &[Token], only: bool) {
    let (head, parts) = split(tokens, &["by", "over"]);
    let (mut made, is_open) = aggregates(reader, head);
    for (_, by) in parts {
        let groups = read_all(reader, &names(by), Role::Group);
        if only {
            made.extend(groups.into_iter().map(|(name, origin)| (name, Origin { counted: true, ..origin })));
        }
    }
    if only {
        reader.scope.count();
    }
    reader.scope.keep(made, only && !is_open);
}

/// `top 5 a, b by c`.
pub(super) fn top(reader: &mut Reader<'_>, range: Range<usize>) {
    let tokens = reader.tokens(range, Mode::Search);
    let names: Vec<Token> = names(&tokens).into_iter().filter(|name| !name.is_word("by") && name.text.parse::<u64>().is_err()).collect();
    let mut made = read_all(reader, &names, Role::Group);
    for name in ["count", "percent"] {
        made.insert(name.to_owned(), Origin::made(name));
    }
    for origin in made.values_mut() {
        origin.counted = true;
    }
    reader.scope.count();
    reader.scope.keep(made, true);
}

/// `tstats count from datamodel=X where a=1 by b`.
pub(super) fn tstats(reader: &mut Reader<'_>, range: Range<usize>) {
    let tokens = reader.tokens(range.clone(), Mode::Search);
    let (head, parts) = split(&tokens, &["from", "where", "by", "groupby"]);
    let part = |word: &str| parts.iter().find(|(own, _)| own == word).map(|(_, tokens)| *tokens);
    let is_more = commands::option(&tokens, "append").is_some_and(|value| value.is_word("t") || value.is_word("true"));
    if !is_more {
        reader.scope.reads_log = true;
    }
    match part("from") {
        Some([word, sign, name, ..]) if word.is_word("datamodel") && sign.kind == Kind::Sign => {
            reader.scope.tables.insert(format!("datamodel={}", name.text));
        }
        Some([name, ..]) => {
            reader.scope.tables.insert(name.text.clone());
        }
        _ => {}
    }
    if let Some(filter) = part("where") {
        if part("from").is_some() {
            filtered(reader, filter, &range);
        } else {
            searched(reader, filter, &range);
        }
    }
    let (mut made, is_open) = aggregates(reader, head);
    for word in ["by", "groupby"] {
        let groups = read_all(reader, &names(part(word).unwrap_or_default()), Role::Group);
        made.extend(groups.into_iter().map(|(name, origin)| (name, Origin { counted: true, ..origin })));
    }
    reader.scope.count();
    reader.scope.keep(made, !is_open);
}

/// The filter of a data model, which names no tables of its own.
fn filtered(reader: &mut Reader<'_>, tokens: &[Token], at: &Range<usize>) {
    match search::parse(tokens) {
        Ok(Some(search)) => {
            let condition = reader.search(&search, Within::ROW);
            commands::keep(reader, condition);
        }
        Ok(None) => {}
        Err(what) => reader.miss(at, what),
    }
}

/// `transaction a b startswith=(...) endswith=(...)`.
pub(super) fn transaction(reader: &mut Reader<'_>, range: Range<usize>) {
    let tokens = reader.tokens(range, Mode::Search);
    let mut at = 0;
    let mut groups = Vec::new();
    while let Some(token) = tokens.get(at) {
        let is_option = tokens.get(at + 1).is_some_and(|next| next.kind == Kind::Sign);
        match tokens.get(at + 2) {
            Some(open) if is_option && open.kind == Kind::Open => {
                let end = closing(&tokens, at + 2).unwrap_or(tokens.len().saturating_sub(1));
                bounds(reader, tokens.get(at + 2..=end).unwrap_or_default());
                at = end + 1;
            }
            Some(word) if is_option && word.is_word("eval") && tokens.get(at + 3).is_some_and(|next| next.kind == Kind::Open) => {
                let end = closing(&tokens, at + 3).unwrap_or(tokens.len().saturating_sub(1));
                if let (Some(open), Some(close)) = (tokens.get(at + 3), tokens.get(end)) {
                    bound(reader, open.at.end..close.at.start.max(open.at.end));
                }
                at = end + 1;
            }
            Some(text) if is_option && text.kind == Kind::Text => {
                reader.searches(text, Within::of("transaction"));
                at += 3;
            }
            _ if is_option => at += 3,
            _ => {
                groups.extend(token.is_name().then(|| token.clone()));
                at += 1;
            }
        }
    }
    read_all(reader, &groups, Role::Group);
    reader.scope.count();
    let made = ["duration", "eventcount"].map(|name| (name.to_owned(), Origin { counted: true, ..Origin::made(name) }));
    reader.scope.keep(BTreeMap::from(made), false);
}

/// The expression that the first or last record of a transaction fits.
fn bound(reader: &mut Reader<'_>, range: Range<usize>) {
    let tokens = reader.tokens(range.clone(), Mode::Eval);
    match expr::parse_all(&tokens) {
        Ok(expr) => {
            reader.condition(&expr, Within::of("transaction"));
        }
        Err(what) => reader.miss(&range, what),
    }
}

/// The search that the first or last record of a transaction fits.
fn bounds(reader: &mut Reader<'_>, tokens: &[Token]) {
    match search::parse(tokens) {
        Ok(Some(search)) => {
            reader.search(&search, Within::of("transaction"));
        }
        Ok(None) => {}
        Err(what) => reader.miss(&search::range(tokens), what),
    }
}
