//! What a vendor documents beside what a baseline has seen, for readers and scripts.

use super::inert::escape_json;
use super::page::{Page, name, text};
use super::words::{ENTRIES, more, number};
use super::{CoverageReport, CoverageRow, Reveal, SeenRow, Style};
use crate::error::{Error, Result};
use crate::schema::Coverage;

/// Name and version of the form.
const SCHEMA: &str = "logdrift.coverage/1";

impl CoverageReport {
    /// The report of a source's baseline of so many records.
    #[must_use]
    pub fn new(source: &str, records: u64, coverage: &Coverage, reveal: Reveal) -> Self {
        let named = |(code, name): &(String, String)| if name.is_empty() { code.clone() } else { format!("{code} {name}") };
        let seen = |(name, records): (&String, &u64)| SeenRow { name: reveal.text(name).into_owned(), records: *records };
        let codes = CoverageRow {
            documented: coverage.codes.0 as u64,
            seen: coverage.codes.1 as u64,
            unseen: coverage.codes_unseen.iter().map(named).collect(),
            empty: Vec::new(),
            undocumented: coverage.codes_undocumented.iter().map(|(code, records)| seen((code, records))).collect(),
        };
        let fields = CoverageRow {
            documented: coverage.fields.0 as u64,
            seen: coverage.fields.1 as u64,
            unseen: coverage.fields_unseen.clone(),
            empty: coverage.fields_empty.clone(),
            undocumented: coverage.fields_undocumented.iter().map(|field| seen((&field.path, &field.records))).collect(),
        };
        let listed = |row: CoverageRow| (row.documented > 0).then_some(row);
        Self { schema: SCHEMA.into(), source: source.to_owned(), records, codes: listed(codes), fields: listed(fields) }
    }

    /// As JSON, for scripts.
    ///
    /// # Errors
    /// None is known: all of it can be written.
    pub fn to_json(&self) -> Result<String> {
        let text = serde_json::to_string_pretty(self).map_err(|error| Error::Usage(format!("cannot write the coverage: {error}")))?;
        Ok(escape_json(&text).into_owned() + "\n")
    }

    /// For a reader at a terminal: what was seen and is not documented first.
    #[must_use]
    pub fn to_terminal(&self, style: &Style) -> String {
        let mut page = Page::new(*style);
        page.wrapped(0, 0, &[name(&self.source).bold(), text(format!(", {}", number(self.records, "record"))).bold()]);
        for (what, row) in [("codes", &self.codes), ("fields", &self.fields)] {
            let Some(row) = row else { continue };
            page.blank();
            page.wrapped(0, 4, &[text(format!("{} documented {what}, {} of them seen", row.documented, row.seen)).bold()]);
            let seen: Vec<String> =
                row.undocumented.iter().map(|seen| format!("{} ({})", seen.name, number(seen.records, "record"))).collect();
            list(&mut page, "seen and not documented", &seen);
            list(&mut page, "documented, there and never filled", &row.empty);
            list(&mut page, "documented and never seen", &row.unseen);
        }
        page.finish()
    }
}

fn list(page: &mut Page, what: &str, entries: &[String]) {
    if entries.is_empty() {
        return;
    }
    let shown = &entries[..entries.len().min(ENTRIES)];
    let more = more(entries.len(), shown.len(), "(--format json has all)").map(|more| format!(" {more}")).unwrap_or_default();
    page.wrapped(2, 4, &[text(format!("{what}: ")), text(shown.join(", ")), text(more)]);
}
