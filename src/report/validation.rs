//! Records that do not fit a schema, gathered by path and keyword.

use super::inert::escape_json;
use super::page::{Page, name, text};
use super::words::{ENTRIES, more, number};
use super::{FoundRow, PlaceRow, Style, Validation, ViolationRow};
use crate::error::{Error, Result};
use crate::schema::Fault;
use anstyle::AnsiColor;
use std::collections::{BTreeMap, BTreeSet};

/// Name and version of the form.
const SCHEMA: &str = "logdrift.validation/1";
/// Paths and keywords that are told apart; of more the first in their order are, whatever the order of the records.
const MOST: usize = 2_000;
/// Values shown of each, and letters of one.
const VALUES: usize = 3;
const LONGEST: usize = 120;

/// Gathers what does not fit.
pub struct Violations {
    report: Validation,
    rows: BTreeMap<(String, String), Gathered>,
    shows_values: bool,
}

#[derive(Default)]
struct Gathered {
    expected: BTreeSet<String>,
    records: u64,
    found: BTreeMap<String, u64>,
    first: PlaceRow,
    values: BTreeSet<String>,
}

impl Violations {
    /// Of no records yet; `against` names the schema. Values are kept for those who may see them only.
    #[must_use]
    pub fn new(against: String, source: Option<String>, shows_values: bool) -> Self {
        let report = Validation { schema: SCHEMA.into(), source, against, ..Validation::default() };
        Self { report, rows: BTreeMap::new(), shows_values }
    }

    /// Counts a piece of input that is no record.
    pub fn refuse(&mut self) {
        self.report.rejects += 1;
    }

    /// Counts a record of a type that the source does not read.
    pub fn set_apart(&mut self) {
        self.report.apart += 1;
    }

    /// Counts a record and what does not fit in it.
    pub fn add(&mut self, input: &str, record: u64, faults: &[Fault]) {
        self.report.records += 1;
        self.report.invalid += u64::from(!faults.is_empty());
        let mut of_record: BTreeMap<(String, String), Vec<&Fault>> = BTreeMap::new();
        for fault in faults {
            of_record.entry((fault.path.to_string(), fault.keyword.clone())).or_default().push(fault);
        }
        for (key, faults) in of_record {
            let row = self
                .rows
                .entry(key)
                .or_insert_with(|| Gathered { first: PlaceRow { input: input.to_owned(), record }, ..Gathered::default() });
            row.records += 1;
            let found: BTreeSet<&str> = faults.iter().map(|fault| fault.found.as_str()).collect();
            found.into_iter().for_each(|found| *row.found.entry(found.to_owned()).or_default() += 1);
            for fault in faults {
                row.expected.insert(fault.expected.clone());
                if self.shows_values && !fault.value.is_empty() {
                    row.values.insert(fault.value.chars().take(LONGEST).collect());
                }
                if row.values.len() > VALUES {
                    row.values.pop_last();
                }
            }
            if self.rows.len() > MOST {
                self.report.others += self.rows.pop_last().map_or(0, |(_, row)| row.records);
            }
        }
    }

    /// The report.
    #[must_use]
    pub fn done(self) -> Validation {
        let rows = self.rows.into_iter().map(|((path, keyword), row)| {
            let mut found: Vec<FoundRow> = row.found.into_iter().map(|(what, records)| FoundRow { what, records }).collect();
            found.sort_by(|a, b| b.records.cmp(&a.records).then_with(|| a.what.cmp(&b.what)));
            ViolationRow {
                path,
                keyword,
                expected: row.expected.into_iter().collect::<Vec<_>>().join(", or "),
                records: row.records,
                found,
                first: row.first,
                values: row.values.into_iter().collect(),
            }
        });
        Validation { violations: rows.collect(), ..self.report }
    }
}

impl Validation {
    /// As JSON, for scripts.
    ///
    /// # Errors
    /// None is known: all of it can be written.
    pub fn to_json(&self) -> Result<String> {
        let text = serde_json::to_string_pretty(self).map_err(|error| Error::Usage(format!("cannot write the violations: {error}")))?;
        Ok(escape_json(&text).into_owned() + "\n")
    }

    /// For a reader at a terminal: the paths that most records break first.
    #[must_use]
    pub fn to_terminal(&self, style: &Style) -> String {
        let mut page = Page::new(*style);
        let (word, color) = if self.invalid == 0 { ("VALID    ", AnsiColor::Green) } else { ("INVALID  ", AnsiColor::Red) };
        let fit = if self.invalid == 0 { "all fit".to_owned() } else { format!("{} do not fit", self.invalid) };
        let head = format!("{}, {fit}: ", number(self.records, "record"));
        page.wrapped(0, 9, &[text(word).color(color).bold(), text(head), name(&self.against)]);
        let mut rows: Vec<&ViolationRow> = self.violations.iter().collect();
        rows.sort_by(|a, b| b.records.cmp(&a.records).then_with(|| (&a.path, &a.keyword).cmp(&(&b.path, &b.keyword))));
        for row in rows.iter().take(ENTRIES) {
            let records = number(row.records, "record");
            page.wrapped(0, 4, &[name(&row.path).bold(), text(format!("  {}, {records}", row.keyword))]);
            let found: Vec<String> = row.found.iter().map(|found| format!("{} {}", found.what, found.records)).collect();
            page.wrapped(4, 8, &[text("expected "), name(&row.expected), text("; found "), text(found.join(", "))]);
            row.values.iter().for_each(|value| page.cut(8, &[name(value).dim()]));
            page.wrapped(
                4,
                8,
                &[text("first in ").dim(), name(&row.first.input).dim(), text(format!(", record {}", row.first.record)).dim()],
            );
        }
        more(rows.len(), ENTRIES, "paths; --format json has all").into_iter().for_each(|line| page.wrapped(0, 4, &[text(line)]));
        let beside = [
            (self.others, "violations at further paths were only counted"),
            (self.rejects, "pieces of input were no record"),
            (self.apart, "records are of types that the source does not read"),
        ];
        for (count, what) in beside.into_iter().filter(|entry| entry.0 > 0) {
            page.wrapped(0, 4, &[text(format!("{count} {what}"))]);
        }
        page.finish()
    }
}
