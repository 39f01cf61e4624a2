//! The rules that findings touch: which, in what order, and where they stand.

use super::{FindingRow, RuleRow, Run};

/// The rules that a root and its echoes touch, each once with the worst that happens to it, the worst first.
pub(super) fn hit<'a>(root: &'a FindingRow, echoes: &'a [FindingRow]) -> Vec<&'a RuleRow> {
    let mut found: Vec<&RuleRow> = Vec::new();
    for rule in root.rules.iter().chain(echoes.iter().flat_map(|echo| &echo.rules)) {
        match found.iter_mut().find(|known| known.id == rule.id && known.file == rule.file) {
            Some(known) if rank(&known.effect) <= rank(&rule.effect) => {}
            Some(known) => *known = rule,
            None => found.push(rule),
        }
    }
    found.sort_by_key(|rule| rank(&rule.effect));
    found
}

/// Place of an effect among all, the worst first.
pub(super) fn rank(effect: &str) -> usize {
    ["blind", "unreached", "weakened"].iter().position(|known| *known == effect).unwrap_or(3)
}

/// Where a rule stands as seen from where the program was run: its file below the folder that was named, or the file that was.
pub(super) fn file(run: &Run, rule: &RuleRow) -> String {
    let folder = run.rules.as_deref().unwrap_or_default().trim_start_matches("./").trim_end_matches('/');
    let is_the_file = folder.strip_suffix(rule.file.as_str()).is_some_and(|before| before.is_empty() || before.ends_with('/'));
    match folder {
        "" | "." => rule.file.clone(),
        named if is_the_file => named.to_owned(),
        folder => format!("{folder}/{}", rule.file),
    }
}
