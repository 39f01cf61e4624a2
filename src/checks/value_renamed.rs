//! A value of a closed set that is written otherwise.

use super::value_appeared::{is_judged, newcomers, slice_of};
use super::{Case, Check, Suspicion};
use crate::compare::{PathPlace, WHOLE};
use crate::fingerprint::AtomKind;
use crate::model::{Change, Evidence, Severity};
use std::collections::BTreeMap;

pub(super) const CHECK: Check = Check {
    id: "value-renamed",
    summary: "a value of a closed set that is written otherwise",
    explain: "A settled word came back in another case or with other separators (`notApplied`, `NotApplied`, `not applied`). Exact \
              comparisons stop matching; compare without case, or list both spellings.",
    judge,
};

fn judge(case: &Case<'_>) -> Vec<Suspicion> {
    case.comparison.axis.paths().filter(|&path| is_judged(case, path)).filter_map(|path| judge_path(case, path)).collect()
}

/// A word without case and separators.
fn bare(word: &str) -> String {
    word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn judge_path(case: &Case<'_>, path: PathPlace) -> Option<Suspicion> {
    let (axis, comparison) = (&case.comparison.axis, case.comparison);
    let word = |id: u64| axis.value(path, id).and_then(|value| value.word.clone());
    let known: BTreeMap<String, String> = axis
        .atoms_of(path)
        .filter_map(|(atom, kind)| match kind {
            AtomKind::Value(id) if comparison.before.cell(WHOLE, atom).count > 0 => word(id),
            _ => None,
        })
        .map(|word| (bare(&word), word))
        .collect();
    let renamed: Vec<(u64, String, String)> = newcomers(case, path)
        .into_iter()
        .filter_map(|id| word(id).and_then(|to| known.get(&bare(&to)).map(|from| (id, from.clone(), to))))
        .collect();
    let ids: Vec<u64> = renamed.iter().map(|entry| entry.0).collect();
    let slice = if ids.is_empty() { None } else { slice_of(case, path, &ids) }?;
    let (from, to): (Vec<String>, Vec<String>) = renamed.into_iter().map(|(_, from, to)| (from, to)).unzip();
    let value = to.first().cloned();
    let evidence = Evidence::ValueRenamed(Change { from, to });
    Some(Suspicion { value, ..Suspicion::of_slice(CHECK.id, Severity::High, path, slice, evidence) })
}
