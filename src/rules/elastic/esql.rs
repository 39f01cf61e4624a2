//! ES|QL: a source and commands behind it, each of which gives the next one its names.

use super::commands::COMMANDS;
use super::expr::{Expr, Fault, Parser};
use super::meaning::Stand;
use super::names::Names;
use super::reader::{Reader, join};
use super::token::{Token, Tongue, tokens};
use crate::rules::rule::{Condition, Place, Role};

/// Deepest nesting of pipelines.
const MAX_DEPTH: usize = 8;

/// Reads a query into the rule.
pub(super) fn read(reader: &mut Reader<'_>) {
    let text = reader.query.text.as_str();
    let (tokens, fault) = tokens(text, Tongue::Esql);
    if let Some((at, what)) = fault {
        reader.miss(at, format!("{what}; the rest of the query is not read"));
    }
    let mut pipeline = Pipeline { reader, text, names: Names::default(), conditions: Vec::new(), is_counted: false, depth: 0 };
    pipeline.run(&tokens);
    let condition = join(std::mem::take(&mut pipeline.conditions), true);
    pipeline.reader.end_part(condition, &(0..text.len()), true);
}

/// What is known of a query up to a command.
pub(super) struct Pipeline<'a, 'b> {
    pub(super) reader: &'a mut Reader<'b>,
    pub(super) text: &'a str,
    pub(super) names: Names,
    /// What records must meet before they are counted.
    pub(super) conditions: Vec<Condition>,
    /// Whether records were counted together.
    pub(super) is_counted: bool,
    depth: usize,
}

impl<'a> Pipeline<'a, '_> {
    /// Runs commands separated by `|`.
    pub(super) fn run(&mut self, tokens: &[Token]) {
        for command in commands(tokens) {
            if let Err(fault) = self.command(command) {
                self.lose(&fault, command);
            }
        }
    }

    fn command(&mut self, tokens: &[Token]) -> Result<(), Fault> {
        let mut parser = Parser::new(self.text, tokens, Tongue::Esql);
        let known = COMMANDS.iter().find(|(words, _)| {
            let words = words.split(' ').enumerate();
            words.into_iter().all(|(number, word)| tokens.get(number).is_some_and(|token| token.is(word)))
        });
        let Some((words, read)) = known else { return parser.fault("a known command") };
        parser.at = words.split(' ').count();
        read(self, &mut parser)?;
        if parser.peek().is_some() { parser.fault("|") } else { Ok(()) }
    }

    /// Notes a command that was not understood, and the fields that it names, whatever it does with them.
    fn lose(&mut self, fault: &Fault, command: &[Token]) {
        self.reader.miss(fault.at, fault.what.clone());
        let is_own = |token: &&Token| !matches!(&token.kind, super::token::Kind::Name { name, .. } if self.names.has(name));
        let rest: Vec<Token> = command.iter().filter(is_own).cloned().collect();
        self.reader.sweep(&rest);
        let stays = command.first().is_some_and(|first| ["where", "keep", "drop", "sort", "limit"].iter().any(|word| first.is(word)));
        if !stays {
            // Names that it made are taken for fields of the log otherwise.
            self.names.foreign = Some("a command that was not understood".to_owned());
        }
        if !self.is_counted {
            self.conditions.push(Condition::Unknown("a command that was not understood".to_owned()));
        }
    }

    /// An expression with its names resolved.
    pub(super) fn resolve(&mut self, expr: &Expr) -> Expr {
        let mut doubts = Vec::new();
        let found = self.names.resolve(expr, &mut doubts);
        doubts.into_iter().for_each(|(at, what)| self.reader.miss(at, what));
        found
    }

    /// Resolves an expression and notes its fields in a role, and its comparisons as being inside something.
    pub(super) fn use_in(&mut self, expr: &Expr, role: Role, inside: &str) -> Expr {
        let found = self.resolve(expr);
        let place = if self.is_counted { Place::Aggregate } else { Place::Inside(inside.to_owned()) };
        self.reader.visit(&found, &Stand { role, place });
        found
    }

    /// Notes which records go on.
    pub(super) fn filter(&mut self, expr: &Expr) {
        let found = self.resolve(expr);
        let place = if self.is_counted { Place::Aggregate } else { Place::Row };
        let condition = self.reader.condition(&found, false, &Stand { role: Role::Filter, place });
        if !self.is_counted {
            self.conditions.push(condition);
        }
    }

    /// Runs pipelines side by side on what came before; their records are put together.
    pub(super) fn fork(&mut self, branches: &[&[Token]], at: usize) {
        if self.depth >= MAX_DEPTH {
            self.reader.miss(at, "pipelines are nested too deeply to be read");
            return;
        }
        let (names, conditions, was_counted) = (self.names.clone(), std::mem::take(&mut self.conditions), self.is_counted);
        let (mut joined, mut any, mut is_counted): (Option<Names>, Vec<Condition>, bool) = (None, Vec::new(), was_counted);
        self.depth += 1;
        for branch in branches {
            (self.names, self.is_counted) = (names.clone(), was_counted);
            self.run(branch);
            any.push(join(std::mem::take(&mut self.conditions), true));
            is_counted |= self.is_counted;
            let own = std::mem::take(&mut self.names);
            match &mut joined {
                Some(joined) => joined.join(own),
                None => joined = Some(own),
            }
        }
        self.depth -= 1;
        (self.names, self.conditions) = (joined.unwrap_or(names), conditions);
        if !was_counted {
            self.conditions.push(join(any, false));
        }
        self.is_counted = is_counted;
    }
}

/// The commands of a pipeline: what stands between bars that no bracket encloses.
fn commands(tokens: &[Token]) -> Vec<&[Token]> {
    let mut depth = 0;
    let is_end = |token: &Token| {
        let is = |signs: &[&str]| signs.iter().any(|sign| token.is_sign(sign));
        depth += i32::from(is(&["(", "[", "{"])) - i32::from(is(&[")", "]", "}"]));
        depth <= 0 && token.is_sign("|")
    };
    tokens.split(is_end).filter(|command| !command.is_empty()).collect()
}
