//! How many records each rule looks at in two logs.

use super::inert::escape_json;
use super::page::{Page, name, text};
use super::words::number;
use super::{LookedRow, MatchRow, RulesMatch, Style};
use crate::error::{Error, Result};
use crate::rules::{Looked, Matches};
use anstyle::AnsiColor;

/// Name and version of the form.
const SCHEMA: &str = "logdrift.rules-match/1";
/// Records that a rule should have looked at from which none at all is no chance: of seven, none comes once in a thousand times.
const EXPECTED: f64 = 7.0;
/// Rules that a reader is shown.
const SHOWN: usize = 20;

impl RulesMatch {
    /// Two logs beside each other: the same rules, counted in both.
    #[must_use]
    pub fn new(before: &Matches<'_>, after: &Matches<'_>) -> Self {
        let rows = before.rules.iter().zip(&after.rules).map(|((_, rule, was), (_, _, is))| {
            let expected = share(was.certainly, before.records) * to_f64(after.records);
            MatchRow {
                id: rule.id.clone(),
                title: rule.title.clone(),
                file: rule.file.clone(),
                line: rule.line as u64,
                before: looked(*was),
                after: looked(*is),
                expected,
                silent: expected >= EXPECTED && is.certainly + is.perhaps == 0,
            }
        });
        let rules: Vec<MatchRow> = rows.collect();
        let silent = rules.iter().filter(|rule| rule.silent).count() as u64;
        Self { schema: SCHEMA.into(), before: before.records, after: after.records, silent, rules }
    }

    /// As JSON, for scripts.
    ///
    /// # Errors
    /// None is known: all of it can be written.
    pub fn to_json(&self) -> Result<String> {
        let text = serde_json::to_string_pretty(self).map_err(|error| Error::Usage(format!("cannot write the counts as JSON: {error}")))?;
        Ok(escape_json(&text).into_owned() + "\n")
    }

    /// For a reader at a terminal: the silent rules, then those that look at most.
    #[must_use]
    pub fn to_terminal(&self, style: &Style) -> String {
        let mut page = Page::new(*style);
        let records = format!("{} before and {} after", number(self.before, "record"), self.after);
        let head = format!("{} over {records}: {} silent", number(self.rules.len() as u64, "rule"), self.silent);
        page.wrapped(0, 0, &[text(head).bold()]);
        let mut rules: Vec<&MatchRow> = self.rules.iter().filter(|rule| rule.before.certainly + rule.after.certainly > 0).collect();
        rules.sort_by(|a, b| b.silent.cmp(&a.silent).then(b.before.certainly.cmp(&a.before.certainly)).then(a.file.cmp(&b.file)));
        let shown = rules.len().min(SHOWN.max(usize::try_from(self.silent).unwrap_or(SHOWN)));
        for rule in &rules[..shown] {
            let word = if rule.silent { text("SILENT  ").color(AnsiColor::Red) } else { text("        ") };
            let counts = format!("{:>7} {:>7}  ", rule.before.certainly, rule.after.certainly);
            page.wrapped(0, 4, &[word, text(counts), name(&rule.title).bold(), text("  "), name(&rule.file).dim()]);
        }
        if rules.len() > shown {
            page.wrapped(8, 8, &[text(format!("and {} more", rules.len() - shown)).dim()]);
        }
        page.finish()
    }
}

const fn looked(looked: Looked) -> LookedRow {
    LookedRow { certainly: looked.certainly, perhaps: looked.perhaps }
}

fn share(part: u64, of: u64) -> f64 {
    if of == 0 { 0.0 } else { to_f64(part) / to_f64(of) }
}

#[expect(clippy::cast_precision_loss, reason = "counts of records, for shares")]
const fn to_f64(count: u64) -> f64 {
    count as f64
}
