//! The Event Query Language: one event, or a sequence or sample of them, and pipes behind.

use super::expr::{Expr, Fault, Parser, What};
use super::meaning::Stand;
use super::reader::{Reader, join};
use super::token::{Kind, Token, Tongue, tokens};
use crate::rules::rule::{Condition, Place, Role};

const FILTER: Stand = Stand { role: Role::Filter, place: Place::Row };

/// Reads a query into the rule.
pub(super) fn read(reader: &mut Reader<'_>) {
    let text = reader.query.text.as_str();
    let (tokens, fault) = tokens(text, Tongue::Eql);
    if let Some((at, what)) = fault {
        reader.miss(at, format!("{what}; the rest of the query is not read"));
    }
    let mut query = Query { reader, parser: Parser::new(text, &tokens, Tongue::Eql), keys: Vec::new() };
    if let Err(fault) = query.read() {
        query.lose(&fault, tokens.len());
    }
}

struct Query<'a, 'b> {
    reader: &'a mut Reader<'b>,
    parser: Parser<'a>,
    /// What joins all steps.
    keys: Vec<Expr>,
}

/// What a step of a sequence is to it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Present,
    /// Its absence is what is looked for, or it ends the sequence.
    Other,
}

impl Query<'_, '_> {
    fn read(&mut self) -> Result<(), Fault> {
        let is_many = ["sequence", "sample", "join"].iter().any(|word| {
            let next = self.parser.tokens.get(1);
            self.parser.is(word) && !next.is_some_and(|next| next.is("where"))
        });
        if is_many { self.sequence() } else { self.event_query().inspect_err(|_| self.parser.at = 0) }
    }

    /// One event and the pipes behind it, whose filters decide on the same event.
    fn event_query(&mut self) -> Result<(), Fault> {
        let start = self.parser.place();
        let mut parts = vec![self.event()?];
        while self.parser.takes_sign("|") {
            parts.extend(self.pipe(&FILTER)?);
        }
        if self.parser.peek().is_some() {
            return self.parser.fault("a pipe");
        }
        let condition = join(parts, true);
        self.reader.end_part(condition, &(start..self.parser.end()), true);
        Ok(())
    }

    /// `category where condition`. The category is no test of a field of the log: the integration that ships the log sets it.
    fn event(&mut self) -> Result<Condition, Fault> {
        match self.parser.peek().map(|token| &token.kind) {
            Some(Kind::Name { .. } | Kind::Text(_)) => self.parser.at += 1,
            _ => return self.parser.fault("an event category"),
        }
        if !self.parser.takes("where") {
            return self.parser.fault("where");
        }
        let expr = self.parser.expr()?;
        Ok(self.reader.condition(&expr, false, &FILTER))
    }

    fn sequence(&mut self) -> Result<(), Fault> {
        self.parser.at += 1;
        self.keys = self.options()?;
        if !self.parser.is_sign("[") && !self.parser.is_sign("![") {
            return self.parser.fault("a step");
        }
        while self.parser.is_sign("[") || self.parser.is_sign("![") || self.parser.is("until") {
            let mut step = if self.parser.takes("until") { Step::Other } else { Step::Present };
            step = if self.parser.is_sign("![") { Step::Other } else { step };
            self.step(step)?;
        }
        let late = Stand { role: Role::Filter, place: Place::Aggregate };
        while self.parser.takes_sign("|") {
            self.pipe(&late)?;
        }
        if self.parser.peek().is_some() {
            return self.parser.fault("a step");
        }
        self.reader.end_part(Condition::All(Vec::new()), &(0..0), false);
        Ok(())
    }

    /// A step in brackets. One that is not understood does not hide the others.
    fn step(&mut self, step: Step) -> Result<(), Fault> {
        let start = self.parser.at;
        if !self.parser.takes_sign("[") && !self.parser.takes_sign("![") {
            return self.parser.fault("[");
        }
        let (begin, close) = (self.parser.place(), self.close());
        let read = self.event().and_then(|found| if self.parser.at == close { Ok(found) } else { self.parser.fault("]") });
        let condition = read.unwrap_or_else(|fault| {
            self.parser.at = start + 1;
            self.lose_tokens(&fault, close);
            Condition::Unknown("a step that was not understood".to_owned())
        });
        let end = self.parser.end();
        self.parser.needs_sign("]")?;
        let keys = [self.keys.clone(), self.options()?].concat();
        for key in &keys {
            if let What::Name { name, is_optional } = &key.what {
                self.reader.reads(name, Role::JoinKey, &key.at, *is_optional);
            }
        }
        self.reader.end_part(condition, &(begin..end), step == Step::Present);
        Ok(())
    }

    /// Number of the token that closes the bracket before this one, or of the end.
    fn close(&self) -> usize {
        let mut depth = 1;
        let rest = self.parser.tokens.iter().enumerate().skip(self.parser.at);
        let close = rest.map(|(number, token)| {
            depth += i32::from(token.is_sign("[") || token.is_sign("![")) - i32::from(token.is_sign("]"));
            (number, depth)
        });
        let mut ends = close.filter(|(_, depth)| *depth == 0);
        ends.next().map_or(self.parser.tokens.len(), |(number, _)| number)
    }

    /// `by` with its keys, and `with` what limits time and number, in any order.
    fn options(&mut self) -> Result<Vec<Expr>, Fault> {
        let mut keys = Vec::new();
        loop {
            if self.parser.takes("by") {
                keys.extend(self.parser.list(Parser::name)?);
            } else if self.parser.takes("with") {
                self.limit()?;
            } else {
                return Ok(keys);
            }
        }
    }

    /// `maxspan=5m` or `runs=3`, one or more of them.
    fn limit(&mut self) -> Result<(), Fault> {
        while self.parser.takes("maxspan") || self.parser.takes("runs") {
            self.parser.needs_sign("=")?;
            if self.parser.peek().is_none_or(|token| token.kind != Kind::Number) {
                return self.parser.fault("a number");
            }
            self.parser.at += 1;
            let end = self.parser.end();
            let is_unit = |token: &Token| token.at.start == end && matches!(token.kind, Kind::Name { .. });
            self.parser.at += usize::from(self.parser.peek().is_some_and(is_unit));
            self.parser.takes_sign(",");
        }
        Ok(())
    }

    /// What follows `|`; the condition of a filter.
    fn pipe(&mut self, stand: &Stand) -> Result<Option<Condition>, Fault> {
        if self.parser.takes("head") || self.parser.takes("tail") {
            self.parser.at += usize::from(self.parser.peek().is_some_and(|token| token.kind == Kind::Number));
            return Ok(None);
        }
        if self.parser.takes("filter") {
            let expr = self.parser.expr()?;
            return Ok(Some(self.reader.condition(&expr, false, stand)));
        }
        let roles = [("unique_count", Role::Group), ("unique", Role::Group), ("count", Role::Group), ("sort", Role::Sort)];
        let Some((_, role)) = roles.into_iter().find(|(word, _)| self.parser.takes(word)) else {
            return self.parser.fault("a known pipe");
        };
        if self.parser.peek().is_some_and(|token| !token.is_sign("|")) {
            let stand = Stand { role, place: Place::Aggregate };
            self.parser.list(Parser::expr)?.iter().for_each(|expr| self.reader.visit(expr, &stand));
        }
        Ok(None)
    }

    /// Ends the query where it was not understood. The fields of the rest are kept, whatever it does with them.
    fn lose(&mut self, fault: &Fault, end: usize) {
        self.lose_tokens(fault, end);
        self.reader.end_part(Condition::Unknown("a query that was not understood".to_owned()), &(0..self.parser.end()), true);
    }

    fn lose_tokens(&mut self, fault: &Fault, end: usize) {
        self.reader.miss(fault.at, fault.what.clone());
        let rest = self.parser.tokens.get(self.parser.at..end).unwrap_or_default();
        self.reader.sweep(rest);
        self.parser.at = end.max(self.parser.at);
    }
}
