//! Walks a search from command to command and notes what it reads, tests and selects.

use super::commands;
use super::lexer::{Kind, Mode, Token, stages, tokens};
use super::scope::{Origin, Scope};
use super::source::{Call, Source};
use crate::rules::rule::{Condition, Field, Literal, Operator, Place, Predicate, Role, Rule, Selection};
use std::ops::Range;

/// How deep searches may stand in searches.
const MAX_DEPTH: usize = 8;

/// A search on its way into a rule.
pub(super) struct Reader<'a> {
    pub(super) source: &'a Source,
    pub(super) rule: &'a mut Rule,
    pub(super) scope: Scope,
    depth: usize,
}

/// Where an expression stands.
#[derive(Clone, Copy)]
pub(super) struct Within<'a> {
    /// Whether `not` is around it.
    pub(super) negated: bool,
    /// The function that sorts or counts records by it; `None` if it decides which records go on.
    pub(super) function: Option<&'a str>,
    /// Whether it is one of several alternatives.
    pub(super) is_alternative: bool,
}

impl<'a> Within<'a> {
    /// Sorts or counts records.
    pub(super) const fn of(function: &'a str) -> Self {
        Self { function: Some(function), ..Self::ROW }
    }

    pub(super) fn alternative(self) -> Self {
        Self { is_alternative: true, ..self }
    }

    /// Decides which records go on.
    pub(super) const ROW: Self = Self { negated: false, function: None, is_alternative: false };

    pub(super) fn not(self) -> Self {
        Self { negated: !self.negated, ..self }
    }
}

/// A comparison to be noted.
pub(super) struct Test {
    /// What is compared, in the words of the search.
    pub(super) name: String,
    pub(super) origin: Origin,
    pub(super) operator: Operator,
    /// Its own negation: `!=`.
    pub(super) negated: bool,
    pub(super) ignores_case: bool,
    /// Texts of the values and where they stand.
    pub(super) values: Vec<(String, Token)>,
    pub(super) open: Option<String>,
    pub(super) at: Range<usize>,
}

impl Test {
    /// A comparison with no value, in which capital letters do not count.
    pub(super) fn new(name: &str, origin: Origin, operator: Operator, at: &Range<usize>) -> Self {
        let name = name.to_owned();
        Self { name, origin, operator, negated: false, ignores_case: true, values: Vec::new(), open: None, at: at.clone() }
    }
}

impl<'a> Reader<'a> {
    pub(super) fn new(source: &'a Source, rule: &'a mut Rule) -> Self {
        Self { source, rule, scope: Scope::default(), depth: 0 }
    }

    /// Reads a whole search; what it selects goes into the rule.
    pub(super) fn run(&mut self, range: Range<usize>) {
        self.scope.at = range.clone();
        for (number, stage) in stages(&self.source.text, range).into_iter().enumerate() {
            self.stage(number == 0, stage);
        }
    }

    /// Reads a search in brackets with a view of its own, which it gives back.
    pub(super) fn inner(&mut self, range: Range<usize>, needed: bool) -> Scope {
        if self.depth >= MAX_DEPTH {
            self.miss(&range, format!("searches nested deeper than {MAX_DEPTH} levels"));
            return Scope::default();
        }
        self.depth += 1;
        let outer = std::mem::take(&mut self.scope);
        self.run(range);
        self.finish(needed);
        self.depth -= 1;
        std::mem::replace(&mut self.scope, outer)
    }

    /// Notes which records of the log the search went on with.
    pub(super) fn finish(&mut self, needed: bool) {
        let conditions = std::mem::take(&mut self.scope.conditions);
        let is_of_others = self.scope.tables.is_empty() && !self.scope.brought.is_empty();
        if !self.scope.reads_log || is_of_others {
            return;
        }
        let at = self.source.span(self.scope.at.clone());
        let mut tables: Vec<Option<String>> = self.scope.tables.iter().cloned().map(Some).collect();
        if tables.is_empty() {
            tables.push(None);
        }
        for table in tables {
            self.rule.tables.extend(table.clone());
            let condition = all(conditions.clone());
            self.rule.selections.push(Selection { table, condition, needed, at: at.clone() });
        }
    }

    fn stage(&mut self, is_first: bool, stage: Range<usize>) {
        let text = self.source.text.get(stage.clone()).unwrap_or("");
        let from = stage.start + (text.len() - text.trim_start().len());
        let stage = from..(stage.start + text.trim_end().len()).max(from);
        let text = self.source.text.get(stage.clone()).unwrap_or("");
        if text.is_empty() {
            return;
        }
        let word: String = text.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
        let name = word.to_ascii_lowercase();
        let rest = text.get(word.len()..).unwrap_or("").trim_start();
        let is_comparison = rest.starts_with(['=', '!', '<', '>', '.', ':', '{']);
        let arguments = stage.start + word.len()..stage.end;
        match commands::find(&name).filter(|_| !is_comparison) {
            Some(command) if !is_first || self.depth > 0 || name == "search" => (command.read)(self, arguments),
            _ if is_first => commands::search(self, stage),
            _ if text.starts_with('`') => self.call(&stage),
            _ => self.miss(&stage, format!("the command `{name}` is not known")),
        }
    }

    /// A macro that nobody defines, in the place of a command.
    fn call(&mut self, at: &Range<usize>) {
        let text = self.source.text.get(at.clone()).unwrap_or("").to_owned();
        if !self.is_left_open(Call::parse(&text).name, at) {
            self.unknown_macro(Call::parse(&text).name, at);
        }
    }

    pub(super) fn unknown_macro(&mut self, name: &str, at: &Range<usize>) {
        self.miss(at, format!("the macro `{name}` is not defined in the files at hand"));
    }

    /// By convention a macro whose name ends with `_filter` is empty until somebody excludes what is usual with them: it is noted as
    /// a comparison that is open, and nothing more.
    pub(super) fn is_left_open(&mut self, name: &str, at: &Range<usize>) -> bool {
        if !name.ends_with("_filter") {
            return false;
        }
        let open = format!("the macro `{name}`, which is empty unless it was filled in");
        let mut test = Test::new("*", Origin { counted: self.scope.counted, ..Origin::default() }, Operator::Like, at);
        test.open = Some(open);
        self.note(test, Within::ROW);
        true
    }

    pub(super) fn miss(&mut self, at: &Range<usize>, what: impl Into<String>) {
        let line = self.source.span(at.clone()).line;
        self.rule.miss(line, what);
    }

    /// The tokens of a stretch.
    pub(super) fn tokens(&self, range: Range<usize>, mode: Mode) -> Vec<Token> {
        tokens(&self.source.text, range, mode)
    }

    /// Where the values of a name come from; the fields of the log behind it are noted as read.
    pub(super) fn reads(&mut self, name: &str, role: Role, at: &Range<usize>) -> Origin {
        let (origin, is_unsure) = self.scope.resolve(name);
        if is_unsure {
            self.miss(at, format!("`{name}` may be a field of more than one object after what was renamed"));
        }
        self.uses(&origin, role, at);
        origin
    }

    /// Notes a role of the fields behind some values. A number of values filters groups and not by the values.
    fn uses(&mut self, origin: &Origin, role: Role, at: &Range<usize>) {
        if role == Role::Filter && origin.counted && origin.derived.is_some() {
            return;
        }
        let span = self.source.span(at.clone());
        for name in &origin.fields {
            self.scope.mention(name);
            self.rule.reads(Field { table: self.table(), name: name.clone() }, role, &span);
        }
    }

    /// The one table that is read.
    pub(super) fn table(&self) -> Option<String> {
        let mut tables = self.scope.tables.union(&self.scope.brought);
        tables.next().filter(|_| tables.next().is_none()).cloned()
    }

    /// Notes a comparison. What it says of a record alone is given back.
    pub(super) fn test(&mut self, test: Test, within: Within<'_>) -> Condition {
        let origin = test.origin.clone();
        if origin.fields.is_empty() && origin.derived.as_deref() == Some("splunk") {
            return Condition::Unknown("what Splunk keeps of an event".to_owned());
        }
        let name = test.name.clone();
        let number = self.note(test, within);
        match (&origin.derived, origin.fields.len(), origin.counted) {
            (None, 1, false) => Condition::Test(number),
            (_, _, true) => Condition::Unknown("what is known after records were counted".to_owned()),
            (derived, ..) => Condition::Unknown(format!("`{name}`, which {} makes", derived.as_deref().unwrap_or("the search"))),
        }
    }

    fn note(&mut self, test: Test, within: Within<'_>) -> usize {
        let single = match test.origin.fields.as_slice() {
            [field] if !test.origin.counted || test.origin.derived.is_none() => Some(field.clone()),
            _ => None,
        };
        let place = match within.function {
            _ if test.origin.counted => Place::Aggregate,
            Some(function) => Place::Inside(function.to_owned()),
            None => Place::Row,
        };
        let brought_by = test.values.first().and_then(|(_, token)| self.source.brought_by(token.at.start));
        let list = brought_by.map(|name| format!("`{name}`"));
        let values = test.values.iter().map(|(text, token)| self.literal(text, token)).collect();
        let derived = test.origin.derived.clone().or_else(|| (single.is_none() && test.name != "*").then(|| "eval".to_owned()));
        self.rule.predicates.push(Predicate {
            tables: self.scope.tables.union(&self.scope.brought).cloned().collect(),
            field: single.unwrap_or(test.name),
            operator: test.operator,
            negated: test.negated != within.negated,
            ignores_case: test.ignores_case || test.origin.folded,
            values,
            open: test.open,
            derived,
            list,
            place,
            clause: self.source.quote(test.at.clone()),
            at: self.source.span(test.at),
        });
        self.rule.predicates.len() - 1
    }

    /// A value; one that a macro brought has no letters of its own in the file.
    fn literal(&self, text: &str, token: &Token) -> Literal {
        let mut at = self.source.span(token.at.clone());
        if self.source.brought_by(token.at.start).is_some() {
            at.bytes.end = at.bytes.start;
        }
        Literal { text: text.to_owned(), quoted: token.kind == Kind::Text, at }
    }
}

/// Conditions that must all hold, without those that always do.
pub(super) fn all(parts: Vec<Condition>) -> Condition {
    let mut flat = Vec::new();
    for part in parts {
        match part {
            Condition::All(inner) => flat.extend(inner),
            other => flat.push(other),
        }
    }
    if flat.len() == 1 { flat.remove(0) } else { Condition::All(flat) }
}
