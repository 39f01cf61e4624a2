//! A result code that another one replaced.

use super::severity::format_class;
use super::slice::to_f64;
use super::{Case, Check, Suspicion, code_vanished};
use crate::compare::{CohortPlace, Side, WHOLE};
use crate::model::{Counts, Evidence, Severity, Shape};
use std::collections::BTreeMap;

pub(super) const CHECK: Check = Check {
    id: "code-renamed",
    summary: "a result code that another one replaced",
    explain: "A steady code fell silent in the window in which a new code appeared with about as many records that look alike. Rules \
              that wait for the old code wait in vain: list the new one beside it.",
    judge,
};

/// Largest mean difference of shapes between the old code's records and the new one's.
const ALIKE: f64 = 0.15;

fn judge(case: &Case<'_>) -> Vec<Suspicion> {
    let silent: Vec<(CohortPlace, f64)> = code_vanished::silent(case).collect();
    let new: Vec<CohortPlace> = case.codes().filter(|&code| case.is_new(code)).collect();
    let mut found = Vec::new();
    for &code in &new {
        let records = to_f64(case.comparison.now.total(code).count);
        let of_volume = silent.iter().filter(|(_, expected)| records >= expected / 3.0 && records <= expected * 3.0);
        let best = of_volume.map(|&(old, expected)| (difference(case, old, code), old, expected)).min_by(|a, b| a.0.total_cmp(&b.0));
        found.extend(best.filter(|best| best.0 < ALIKE).map(|(_, old, _)| suspicion(case, old, code)));
    }
    found
}

/// Mean over the fields of half the summed differences between the shares of shapes.
fn difference(case: &Case<'_>, old: CohortPlace, new: CohortPlace) -> f64 {
    let comparison = case.comparison;
    let (mut sum, mut paths) = (0.0, 0.0);
    for path in comparison.axis.paths() {
        let (before, now) = (case.view(&comparison.before, old, path), case.view(&comparison.now, new, path));
        if before.eligible.count == 0 && now.eligible.count == 0 {
            continue;
        }
        let mut shares: BTreeMap<Shape, f64> = BTreeMap::new();
        for (view, sign) in [(&before, 1.0), (&now, -1.0)] {
            for (shape, cell) in &view.shapes {
                *shares.entry(format_class(*shape)).or_default() += sign * to_f64(cell.count) / to_f64(view.eligible.count.max(1));
            }
        }
        sum += shares.values().map(|share| share.abs()).sum::<f64>() / 2.0;
        paths += 1.0;
    }
    if paths == 0.0 { 1.0 } else { sum / paths }
}

fn suspicion(case: &Case<'_>, old: CohortPlace, new: CohortPlace) -> Suspicion {
    let comparison = case.comparison;
    let total = comparison.now.total(new);
    let of_old = |side: &Side| Counts { records: side.total(WHOLE).count, count: side.total(old).count };
    let evidence = Evidence::CodeRenamed { from: case.value(old).to_owned(), to: case.value(new).to_owned(), records: total.count };
    Suspicion {
        value: Some(case.value(old).to_owned()),
        before: of_old(&comparison.before),
        series: comparison.series(of_old),
        affected: case.shared_now(new),
        ..Suspicion::of_code(case, CHECK.id, Severity::High, new, evidence)
    }
}
