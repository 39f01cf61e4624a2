//! KQL's operators with a grammar of their own: `parse`, `datatable`, `search` and their like.

use super::ast::{Does, Expr, Is, Pipeline};
use super::parse::Parser;
use super::token::Kind;

impl Parser {
    pub(super) fn parse_step(&mut self, filters: bool) -> Does {
        self.hints();
        let what = self.expr();
        let mut into = Vec::new();
        if !self.take_word("with") {
            self.fault("`with` expected in `parse`");
        }
        while let Some(token) = self.peek() {
            match token.kind {
                Kind::Text | Kind::Number => self.place += 1,
                Kind::Sign if token.is_sign("*") => self.place += 1,
                Kind::Name | Kind::Quoted if token.lines == 0 || !self.ahead(1).is_some_and(|next| next.is_sign("|")) => {
                    into.extend(self.take_name());
                    if self.take(":") {
                        self.place += 1;
                    }
                }
                _ => break,
            }
        }
        Does::Parse { what, into, filters }
    }

    pub(super) fn parse_keys(&mut self) -> Does {
        let what = self.expr();
        let into = if self.take_word("as") { self.columns() } else { Vec::new() };
        if self.take_word("with") && self.sees("(") {
            self.bracketed();
        }
        Does::Parse { what, into, filters: false }
    }

    /// `(name:type, name:type)`: the names.
    fn columns(&mut self) -> Vec<String> {
        let mut found = Vec::new();
        self.expect("(");
        while self.peek().is_some() && !self.sees(")") {
            let before = self.place;
            found.extend(self.take_name());
            if self.take(":") {
                self.place += 1;
            }
            self.take(",");
            if self.place == before {
                self.fault("a column that is not understood");
                self.pass_over(&[]);
            }
        }
        self.expect(")");
        found
    }

    pub(super) fn datatable(&mut self) -> Does {
        let columns = self.columns();
        let rows = self.values_in_brackets();
        Does::Datatable(columns, rows)
    }

    /// `[a, b]`, also of one text, which looks like a quoted name.
    fn values_in_brackets(&mut self) -> Vec<Expr> {
        let was = std::mem::replace(&mut self.in_values, true);
        let rows = match self.expr().is {
            Is::List(rows) => rows,
            _ => Vec::new(),
        };
        self.in_values = was;
        rows
    }

    pub(super) fn external(&mut self) -> Does {
        let columns = self.columns();
        self.values_in_brackets();
        if self.take_word("with") && self.sees("(") {
            self.bracketed();
        }
        Does::External(columns)
    }

    pub(super) fn range(&mut self) -> Does {
        let name = self.take_name().unwrap_or_default();
        let mut found = Vec::new();
        for word in ["from", "to", "step"] {
            if self.take_word(word) {
                found.push(self.expr());
            }
        }
        Does::Range(name, found)
    }

    /// `in (A, B)`, if it comes: the tables.
    fn tables(&mut self) -> Vec<Pipeline> {
        let mut found = Vec::new();
        if self.sees_word("in") && self.ahead(1).is_some_and(|token| token.is_sign("(")) {
            self.place += 2;
            while self.peek().is_some() && !self.sees(")") {
                found.push(self.side());
                if !self.take(",") {
                    break;
                }
            }
            self.expect(")");
        }
        found
    }

    pub(super) fn search(&mut self) -> Does {
        self.hints();
        let tables = self.tables();
        Does::Search(tables, self.expr())
    }

    pub(super) fn find(&mut self) -> Does {
        self.hints();
        let tables = self.tables();
        self.take_word("where");
        let condition = self.expr();
        let shown = if self.take_word("project") { self.list() } else { Vec::new() };
        Does::Find(tables, condition, shown)
    }

    pub(super) fn branches(&mut self) -> Does {
        self.hints();
        let by = if self.take_word("by") { self.list() } else { Vec::new() };
        self.take_word("with");
        let mut found = Vec::new();
        while self.sees("(")
            || self.ahead(1).is_some_and(|token| token.is_sign("=")) && self.ahead(2).is_some_and(|token| token.is_sign("("))
        {
            if !self.sees("(") {
                self.place += 2;
            }
            self.place += 1;
            self.take("|");
            let mut steps = vec![self.step()];
            steps.extend(self.steps());
            self.expect(")");
            found.push(Pipeline { source: None, steps });
        }
        Does::Branches(by, found)
    }
}
