//! A field over the windows of a baseline as a page.

use super::chart::{Chart, chart};
use super::{STYLE, hash};
use crate::error::{Error, Result};
use crate::report::FieldHistory;
use crate::report::inert::escape_terminal;
use crate::report::page::NAME;
use askama::Template;

#[derive(Template)]
#[template(path = "history.html", config = "src/report/html/askama.toml")]
struct HistoryPage {
    policy: String,
    style: &'static str,
    subject: String,
    source: String,
    size: String,
    range: String,
    chart: Option<Chart>,
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl FieldHistory {
    /// For a browser, a mail, a ticket: a page that loads nothing and runs nothing.
    ///
    /// # Errors
    /// None is known: all of it can be written.
    pub fn to_html(&self) -> Result<String> {
        let mut rows = self.table();
        let page = HistoryPage {
            policy: format!("default-src 'none'; style-src {}; base-uri 'none'; form-action 'none'", hash(STYLE)),
            style: STYLE,
            subject: escape_terminal(&self.subject(), NAME),
            source: escape_terminal(&self.source, NAME),
            size: self.size(),
            range: super::capital(&self.range()),
            chart: chart(&self.points()),
            head: rows.remove(0),
            rows,
        };
        page.render().map(|text| text + "\n").map_err(|error| Error::Usage(format!("cannot write the history as HTML: {error}")))
    }
}
