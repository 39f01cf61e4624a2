//! A value of a closed set that is gone.

use super::slice::to_f64;
use super::value_appeared::is_judged;
use super::{Case, Check, Suspicion};
use crate::compare::{PathPlace, Side, WHOLE};
use crate::fingerprint::{AtomKind, Cell};
use crate::model::{Counts, Evidence, Severity};

pub(super) const CHECK: Check = Check {
    id: "value-vanished",
    summary: "a value of a closed set that is gone",
    explain: "A word that every window showed in many records stands in none now, though the field is filled as before. Rules that wait \
              for it are blind. Look for the value that took its place.",
    judge,
};

/// Records a window must have had of a value, from actors enough, for its absence to say something.
const EXPECTED: f64 = 30.0;

fn judge(case: &Case<'_>) -> Vec<Suspicion> {
    let axis = &case.comparison.axis;
    let words = axis.paths().filter(|&path| is_judged(case, path));
    words.flat_map(|path| axis.atoms_of(path).filter_map(move |(atom, kind)| judge_value(case, path, atom, kind))).collect()
}

fn judge_value(case: &Case<'_>, path: PathPlace, atom: u32, kind: AtomKind) -> Option<Suspicion> {
    let AtomKind::Value(id) = kind else { return None };
    let comparison = case.comparison;
    let (before, now) = (comparison.before.cell(WHOLE, atom), comparison.now.cell(WHOLE, atom));
    let always = comparison.windows.iter().all(|side| side.cell(WHOLE, atom).count > 0);
    if before.count == 0 || now.count > 0 || !always {
        return None;
    }
    let filled = |cell: Cell| to_f64(cell.count);
    let (filled_before, filled_now) =
        (filled(case.view(&comparison.before, WHOLE, path).filled), filled(case.view(&comparison.now, WHOLE, path).filled));
    let expected = to_f64(before.count) / filled_before.max(1.0) * filled_now;
    let shown = |side: &Side| Counts { records: case.view(side, WHOLE, path).filled.count, count: side.cell(WHOLE, atom).count };
    let word = comparison.axis.value(path, id)?.word.clone()?;
    (expected >= EXPECTED && before.actors.estimate() >= 8.0).then(|| Suspicion {
        check: CHECK.id,
        severity: Severity::Low,
        cohort: WHOLE,
        path: Some(path),
        other: None,
        value: Some(word.clone()),
        code: None,
        before: shown(&comparison.before),
        after: shown(&comparison.now),
        series: comparison.series(shown),
        actors: 0.0,
        affected: Vec::new(),
        evidence: Evidence::ValueVanished { value: word },
    })
}
