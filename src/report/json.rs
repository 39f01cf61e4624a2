//! The report as JSON, for machines; every character of it is one that a reader sees.

use super::inert::escape_json;
use super::{Format, Report, Style};
use crate::error::{Error, Result};

/// Row of the table of formats.
pub(super) static FORMAT: Format =
    Format { name: "json", extension: "json", summary: "all there is to know, for scripts (see `logdrift schema report`)", render };

fn render(report: &Report, _style: &Style) -> Result<String> {
    report.to_json()
}

impl Report {
    /// The report as this format writes it.
    ///
    /// # Errors
    /// None is known: all of a report can be written.
    pub fn to_json(&self) -> Result<String> {
        let text = serde_json::to_string_pretty(self).map_err(|error| Error::Usage(format!("cannot write the report as JSON: {error}")))?;
        Ok(escape_json(&text).into_owned() + "\n")
    }

    /// The report that this format wrote.
    ///
    /// # Errors
    /// It is no report, or one of another form.
    pub fn from_json(text: &str) -> Result<Self> {
        serde_json::from_str(text).map_err(|error| {
            Error::Usage(format!("this is no report that this version of logdrift reads ({error}); read it with the version that wrote it"))
        })
    }
}
