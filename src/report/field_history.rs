//! A field, or the records of a cohort, over the windows of a baseline: for scripts, for a terminal, for a browser.

use super::inert::{columns_of, escape_json, escape_terminal};
use super::page::{NAME, Page, name, text};
use super::subject::line;
use super::words::{number, percent, short};
use super::{CohortRow, FieldCounts, FieldHistory, HistoryRow, PointRow, Reveal, Style, rfc3339};
use crate::compare::{CohortPlace, Comparison, PathPlace, Side, View, WHOLE};
use crate::error::{Error, Result};
use crate::model::Counts;

/// Name and version of the form.
const SCHEMA: &str = "logdrift.history/1";
/// Eighths of a line's height.
const EIGHTHS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

impl FieldHistory {
    /// What the windows of a baseline show of a field in a cohort; without a field the records of the cohort are counted.
    #[must_use]
    pub fn new(source: &str, baseline: &Comparison, path: Option<PathPlace>, cohort: CohortPlace, reveal: Reveal) -> Self {
        let shown = |text: &str| reveal.text(text).into_owned();
        let (field, value) = &baseline.cohorts[cohort.0];
        let row = |side: &Side| HistoryRow {
            from: rfc3339(side.fingerprint().window.start),
            all: side.total(WHOLE).count,
            records: side.total(cohort).count,
            field: path.map(|path| counts(side.total(cohort).count, &View::of(side, &baseline.axis, cohort, path))),
        };
        Self {
            schema: SCHEMA.into(),
            source: source.into(),
            path: path.map(|path| shown(baseline.axis.name(path))),
            cohort: (cohort != WHOLE).then(|| CohortRow { path: shown(field), value: shown(value) }),
            windows: baseline.windows.iter().map(row).collect(),
        }
    }

    /// As JSON, for scripts.
    ///
    /// # Errors
    /// None is known: all of it can be written.
    pub fn to_json(&self) -> Result<String> {
        let text =
            serde_json::to_string_pretty(self).map_err(|error| Error::Usage(format!("cannot write the history as JSON: {error}")))?;
        Ok(escape_json(&text).into_owned() + "\n")
    }

    /// For a reader at a terminal: the line of the windows first, then their numbers.
    #[must_use]
    pub fn to_terminal(&self, style: &Style) -> String {
        let mut page = Page::new(*style);
        page.wrapped(0, 4, &[name(self.subject()).bold(), text(format!(" of {}", escape_terminal(&self.source, NAME)))]);
        let points = self.points();
        let lines: Vec<char> = points.iter().map(|point| eighth(point, self.highest(&points))).collect();
        // As many windows as fit on a line.
        for (at, part) in lines.chunks(page.width()).enumerate() {
            page.blank();
            page.cut(0, &[text(part.iter().collect::<String>())]);
            let ends = (&self.windows[at * page.width()], &self.windows[at * page.width() + part.len() - 1]);
            page.cut(0, &[text(format!("{} to {}; {}", day(ends.0), day(ends.1), self.range())).dim()]);
        }
        page.blank();
        let table = self.table();
        let width = |column: usize| table.iter().map(|row| row[column].chars().map(columns_of).sum()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..table[0].len()).map(width).collect();
        for (at, row) in table.iter().enumerate() {
            let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:width$}")).collect();
            let cells = text(cells.join("  ").trim_end());
            page.cut(0, &[if at == 0 { cells.dim() } else { cells }]);
        }
        page.finish()
    }

    /// What is counted: the field and the cohort.
    pub(super) fn subject(&self) -> String {
        let cohort = self.cohort.as_ref().map(|cohort| format!("{} = {}", cohort.path, cohort.value));
        match (&self.path, cohort) {
            (Some(path), None) => path.clone(),
            (Some(path), Some(cohort)) => format!("{path} in {cohort}"),
            (None, cohort) => cohort.unwrap_or_default(),
        }
    }

    /// The measure of each window: records of the cohort that fill the field, or records of the cohort of all.
    pub(super) fn points(&self) -> Vec<PointRow> {
        let point = |row: &HistoryRow| {
            let (count, records) = row.field.map_or((row.records, row.all), |field| (field.filled, row.records));
            PointRow { from: row.from.clone(), records, count }
        };
        self.windows.iter().map(point).collect()
    }

    /// What a full column stands for: all records for a field, the highest share for a cohort.
    fn highest(&self, points: &[PointRow]) -> f64 {
        if self.path.is_some() { 1.0 } else { points.iter().map(share).fold(0.0, f64::max) }
    }

    /// `filled 97 % to 99 %`
    pub(super) fn range(&self) -> String {
        let shares = || self.points().into_iter().filter(|point| point.records > 0).map(|point| share(&point));
        let (from, to) = (shares().fold(f64::INFINITY, f64::min), shares().fold(0.0, f64::max));
        let what = if self.path.is_some() { "filled" } else { "share" };
        if shares().next().is_none() {
            return "no records".into();
        }
        format!("{what} {} to {}", percent(from), percent(to))
    }

    /// The numbers, with a headline.
    pub(super) fn table(&self) -> Vec<Vec<String>> {
        let head: &[&str] =
            if self.path.is_some() { &["window", "records", "filled", "empty", "absent"] } else { &["window", "records", "of", "share"] };
        let part = |count, records| percent(Counts { records, count }.share());
        let row = |row: &HistoryRow| match row.field {
            None => vec![day(row), row.records.to_string(), row.all.to_string(), part(row.records, row.all)],
            Some(FieldCounts { filled, empty, absent }) => {
                let [filled, empty, absent] = [filled, empty, absent].map(|count| format!("{count} ({})", part(count, row.records)));
                vec![day(row), row.records.to_string(), filled, empty, absent]
            }
        };
        std::iter::once(head.iter().map(|&word| word.to_owned()).collect()).chain(self.windows.iter().map(row)).collect()
    }

    /// `14 windows, 4575 records`
    pub(super) fn size(&self) -> String {
        let records = self.windows.iter().map(|row| row.records).sum();
        format!("{}, {}", number(self.windows.len() as u64, "window"), number(records, "record"))
    }
}

fn counts(records: u64, view: &View) -> FieldCounts {
    let (filled, present) = (view.filled.count, view.present.count);
    FieldCounts { filled, empty: present.saturating_sub(filled), absent: records.saturating_sub(present) }
}

fn share(point: &PointRow) -> f64 {
    Counts { records: point.records, count: point.count }.share()
}

/// A blank for a window without records; what is there at all is seen.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "one of eight")]
fn eighth(point: &PointRow, highest: f64) -> char {
    if point.records == 0 {
        return ' ';
    }
    let part = if highest > 0.0 { share(point) / highest } else { 0.0 };
    EIGHTHS[((part * 7.0).round().clamp(0.0, 7.0)) as usize]
}

/// The window by its first moment.
fn day(row: &HistoryRow) -> String {
    row.from.as_deref().map_or_else(|| "undated".into(), |moment| line(&short(moment)))
}
