//! `logdrift rules`: what the team's detections depend on.

use super::args::RulesArgs;
use super::{Context, Outcome};
use crate::error::{Error, Result};
use crate::ingest::texts;
use crate::report::RulesReport;
use crate::rules::RuleSet;
use std::path::Path;

pub(super) fn run(args: &RulesArgs, context: &Context) -> Result<Outcome> {
    let set = read(&args.folder)?;
    let source = super::source::named(&args.source)?;
    let report = RulesReport::new(&set, &source);
    let is_json = args.format.as_deref() == Some("json");
    let text = if is_json { report.to_json()? } else { report.to_terminal(context.out.style()) };
    context.out.data(&text)?;
    Ok(Outcome::Clean)
}

/// The rules of a folder.
///
/// # Errors
/// The folder cannot be read, or holds nothing that could be read as a rule.
pub(super) fn read(folder: &Path) -> Result<RuleSet> {
    let found = texts(folder)?;
    let set = RuleSet::read(found.files, found.refused);
    if set.rules.is_empty() {
        let first = set.refused.first().map(|(file, why)| format!("; {file}: {why}")).unwrap_or_default();
        let tried = set.others + set.refused.len();
        let folder = folder.display();
        return Err(Error::Usage(format!(
            "{folder} holds no rule that could be read ({tried} files looked at{first}); name a folder of rules"
        )));
    }
    Ok(set)
}
