//! Text to fingerprints.

use super::draft::{Draft, Trouble};
use super::{EndLine, FORM, Header, VERSION};
use crate::fingerprint::{Fingerprint, Windows};
use crate::hash::HashKey;
use crate::model::Window;
use crate::sources::Definition;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

const AGAIN: &str = "export the baseline again";

/// Reads what [`super::to_lines`] writes, in order of time, the hashes made with `key`. Within a window paths, codes and
/// cohorts may stand in any order, paths before cohorts.
///
/// # Errors
/// `line N: what is wrong; what to do`.
pub fn from_lines(text: &str, key: &HashKey) -> Result<Windows, String> {
    let mut lines = (1usize..).zip(text.lines());
    let (source, definition) = header(lines.next().map_or("", |first| first.1)).map_err(|reason| format!("line 1: {reason}"))?;
    let mut reader = Reader { key, windows: BTreeMap::new(), draft: None, ended: false };
    let mut last = 1;
    for (number, line) in lines {
        last = number;
        reader.take(number, line).map_err(|(line, reason)| format!("line {line}: {reason}"))?;
    }
    if !reader.ended {
        return Err(format!("line {last}: the file is cut off after this line; {AGAIN}"));
    }
    Ok(Windows { source, definition, key: key.id(), fingerprints: reader.windows.into_values().collect() })
}

/// Whether an export is one that [`super::to_anonymous_lines`] wrote: it shows what a log looks like, and is no baseline to judge by.
#[must_use]
pub fn is_anonymous(text: &str) -> bool {
    serde_json::from_str::<Header>(text.lines().next().unwrap_or_default()).is_ok_and(|header| header.anonymous)
}

fn header(line: &str) -> Result<(String, Option<Definition>), String> {
    let foreign = || "this is no exported baseline; `logdrift baseline export` writes them, `logdrift learn` takes logs".to_owned();
    let header: serde_json::Value = serde_json::from_str(line).map_err(|_| foreign())?;
    let form = header.get("logdrift").and_then(|form| form.as_str()?.strip_prefix(FORM));
    let version: u32 = form.and_then(|version| version.parse().ok()).ok_or_else(foreign)?;
    if version > VERSION {
        return Err(format!(
            "the baseline was written by a newer logdrift (version {version}, this one reads up to {VERSION}); upgrade logdrift"
        ));
    }
    let Header { source, definition, .. } = typed(header)?;
    let definition = definition.map(|lines| Definition::from_lines(lines.iter().map(String::as_str)));
    match definition {
        Some(None) => Err(format!("the definition of the source is damaged; {AGAIN}")),
        known => Ok((source, known.flatten())),
    }
}

fn typed<T: DeserializeOwned>(value: serde_json::Value) -> Result<T, String> {
    serde_json::from_value(value).map_err(|error| format!("{error}; {AGAIN}"))
}

struct Reader<'k> {
    key: &'k HashKey,
    windows: BTreeMap<Window, Fingerprint>,
    draft: Option<Draft<'k>>,
    ended: bool,
}

impl Reader<'_> {
    fn take(&mut self, number: usize, line: &str) -> Result<(), Trouble> {
        let here = |reason: String| (number, reason);
        if self.ended {
            return Err(here(format!("nothing may stand behind the end; {AGAIN}")));
        }
        let value: serde_json::Value =
            serde_json::from_str(line).map_err(|error| here(format!("the line is cut off or damaged ({error}); {AGAIN}")))?;
        match ["window", "path", "code", "cohort", "at", "with", "end"].into_iter().find(|kind| value.get(kind).is_some()) {
            Some("window") => {
                self.close()?;
                self.draft = Some(typed(value).and_then(|line| Draft::new(number, self.key, line)).map_err(here)?);
                Ok(())
            }
            Some("end") => {
                self.close()?;
                self.end(&typed(value).map_err(here)?).map_err(here)
            }
            Some(kind) => self.take_in_window(number, kind, value).map_err(here),
            None => Err(here(format!("this is no line of a baseline; {AGAIN}"))),
        }
    }

    fn take_in_window(&mut self, number: usize, kind: &str, value: serde_json::Value) -> Result<(), String> {
        let draft = self.draft.as_mut().ok_or_else(|| format!("the line belongs to no window; {AGAIN}"))?;
        match kind {
            "path" => draft.path(typed(value)?),
            "code" => draft.code(typed(value)?),
            "cohort" => draft.cohort(typed(value)?),
            "at" => draft.cells(&typed(value)?),
            _ => draft.with(number, typed(value)?),
        }
    }

    fn close(&mut self) -> Result<(), Trouble> {
        let Some(draft) = self.draft.take() else { return Ok(()) };
        let (line, fingerprint) = (draft.line, draft.finish()?);
        let window = fingerprint.window;
        match self.windows.insert(window, fingerprint) {
            None => Ok(()),
            Some(_) => Err((line, format!("the window {window} stands here a second time; leave one of them"))),
        }
    }

    fn end(&mut self, line: &EndLine) -> Result<(), String> {
        let windows = self.windows.len();
        if line.end != windows {
            return Err(format!("the file had {} windows and has {windows}; {AGAIN}", line.end));
        }
        self.ended = true;
        Ok(())
    }
}
