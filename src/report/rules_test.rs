//! Records that a check handed over, tried on the rules as they are now.

use super::inert::escape_json;
use super::page::{Page, Span, name, text};
use super::words::number;
use super::{FailingRow, FindingRow, Report, RuleRow, RulesTest, Style, TestRow, WitnessRow};
use crate::error::{Error, Result};
use crate::rules::impact::Effect;
use crate::rules::{Record, Rule, RuleSet, Tried, Truth, tried};
use crate::sources::Source;
use anstyle::AnsiColor;

/// Name and version of the form.
const SCHEMA: &str = "logdrift.rules-test/1";
/// Column at which everything below a rule begins.
const INDENT: usize = 4;

const SEES: &str = "sees";
const MAY_SEE: &str = "may-see";
const MISSES: &str = "misses";
const OTHER_RECORDS: &str = "other-records";
const GONE: &str = "gone";

impl RulesTest {
    /// Tries the records of a report on rules.
    #[must_use]
    pub fn new(set: &RuleSet, reports: &[Report], source: &Source) -> Self {
        let mut done = Self { schema: SCHEMA.into(), ..Self::default() };
        for finding in reports.iter().flat_map(|report| &report.findings) {
            for row in finding.rules.iter().filter(|row| [Effect::Blind, Effect::Unreached].iter().any(|effect| effect.id() == row.effect))
            {
                match &row.witness {
                    Some(witness) => done.tests.push(test(set, finding, row, witness, source)),
                    None => done.without_records += 1,
                }
            }
        }
        let count = |results: &[&str]| done.tests.iter().filter(|test| results.contains(&test.result.as_str())).count() as u64;
        (done.seen, done.missed, done.untested) = (count(&[SEES, MAY_SEE]), count(&[MISSES]), count(&[OTHER_RECORDS, GONE]));
        done
    }

    /// As JSON, for scripts.
    ///
    /// # Errors
    /// None is known: all of it can be written.
    pub fn to_json(&self) -> Result<String> {
        let text = serde_json::to_string_pretty(self).map_err(|error| Error::Usage(format!("cannot write the tests as JSON: {error}")))?;
        Ok(escape_json(&text).into_owned() + "\n")
    }

    /// For a reader at a terminal: what is missed first.
    #[must_use]
    pub fn to_terminal(&self, style: &Style) -> String {
        let mut page = Page::new(*style);
        let mut words = format!("{} of records: {} seen, {} missed", number(self.tests.len() as u64, "pair"), self.seen, self.missed);
        if self.untested > 0 {
            words.push_str(&format!(", {} not tested", self.untested));
        }
        page.wrapped(0, 0, &[text(words).bold()]);
        if self.without_records > 0 {
            let rules = number(self.without_records, "rule");
            page.wrapped(0, 0, &[text(format!("{rules} named by a finding without records that show it: joins, codes that are gone"))]);
        }
        for result in [MISSES, OTHER_RECORDS, GONE, MAY_SEE, SEES] {
            self.tests.iter().filter(|test| test.result == result).for_each(|test| one(&mut page, test));
        }
        page.finish()
    }
}

fn test(set: &RuleSet, finding: &FindingRow, row: &RuleRow, witness: &WitnessRow, source: &Source) -> TestRow {
    let mut test = TestRow {
        result: GONE.into(),
        id: row.id.clone(),
        title: row.title.clone(),
        file: row.file.clone(),
        finding: finding.key.clone(),
        check: finding.check.clone(),
        ..TestRow::default()
    };
    let Some((rule, tried)) = best(set, row, witness, source) else { return test };
    let result = match (tried.before, tried.after) {
        (Truth::No, _) => OTHER_RECORDS,
        (_, Truth::No) => MISSES,
        (Truth::Yes, Truth::Yes) => SEES,
        _ => MAY_SEE,
    };
    result.clone_into(&mut test.result);
    test.file.clone_from(&rule.file);
    test.assumed.clone_from(&witness.assumed);
    let failing = tried.failing.iter().filter_map(|place| rule.predicates.get(*place));
    test.failing = failing.map(|predicate| FailingRow { clause: predicate.clause.clone(), line: predicate.at.line as u64 }).collect();
    test
}

/// The rule of a row as it is now, and what it makes of the records. Several queries of a file go by one id, so that the one that looks
/// at the first record is meant; a rule without an id of its own goes by its file.
fn best<'a>(set: &'a RuleSet, row: &RuleRow, witness: &WitnessRow, source: &Source) -> Option<(&'a Rule, Tried)> {
    let before = Record::new(&witness.before, source);
    let after = Record::new(&witness.after, source);
    let of_file: Vec<&Rule> = set.rules.iter().filter(|rule| rule.id == row.id && rule.file == row.file).collect();
    let moved = || set.rules.iter().filter(|rule| rule.id == row.id).collect();
    let rules = if of_file.is_empty() { moved() } else { of_file };
    let tried = rules.into_iter().map(|rule| (rule, tried(rule, &before, &after)));
    tried.min_by_key(|(_, tried)| (tried.before == Truth::No, tried.after == Truth::No))
}

fn one(page: &mut Page, test: &TestRow) {
    let (word, color) = match test.result.as_str() {
        SEES => ("SEES      ", AnsiColor::Green),
        MAY_SEE => ("MAY SEE   ", AnsiColor::Green),
        MISSES => ("MISSES    ", AnsiColor::Red),
        OTHER_RECORDS => ("NOT TESTED", AnsiColor::Yellow),
        _ => ("GONE      ", AnsiColor::Yellow),
    };
    let mut head: Vec<Span> = vec![text(word).color(color), text("  "), name(&test.title).bold(), text("  "), name(&test.file).dim()];
    head.push(text(format!("  ({} {})", test.check, test.finding)).dim());
    page.wrapped(0, INDENT, &head);
    match test.result.as_str() {
        MISSES => {
            for failing in &test.failing {
                page.wrapped(INDENT, INDENT + 2, &[text(format!("line {}: ", failing.line)), name(&failing.clause)]);
            }
        }
        OTHER_RECORDS => {
            page.wrapped(INDENT, INDENT, &[text("passes over the record as it was, too: the rule was changed since the report")])
        }
        GONE => page.wrapped(INDENT, INDENT, &[text("no rule of this id is in the folder")]),
        _ => {}
    }
}
