//! The report as JSON, for machines; every character of it is one that a reader sees.

use super::inert::escape_json;
use super::{Format, Report, Style};
use crate::error::{Error, Result};

/// Row of the table of formats.
pub(super) static FORMAT: Format =
    Format { name: "json", extension: "json", summary: "all there is to know, for scripts (see `logdrift schema report`)", render };

fn render(report: &Report, _style: &Style) -> Result<String> {
    let text = serde_json::to_string_pretty(report).map_err(|error| Error::Usage(format!("cannot write the report as JSON: {error}")))?;
    Ok(escape_json(&text).into_owned() + "\n")
}
