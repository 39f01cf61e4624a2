//! More records arrive twice.

use super::slice::to_f64;
use super::{Case, Check, Suspicion};
use crate::compare::{Side, WHOLE};
use crate::model::{Counts, Evidence, Severity};

pub(super) const CHECK: Check = Check {
    id: "duplicates-rose",
    summary: "more records arrive twice than before",
    explain: "Records with the same id came more than once, with the same bytes (they are counted once here) or with others. Rules that \
              count events count too many; thresholds fire. Let rules count distinct ids.",
    judge,
};

fn judge(case: &Case<'_>) -> Vec<Suspicion> {
    let comparison = case.comparison;
    let counts = |side: &Side| {
        let fingerprint = side.fingerprint();
        Counts { records: side.total(WHOLE).count + fingerprint.repeats, count: fingerprint.repeats + fingerprint.twins }
    };
    let history: Vec<Counts> = comparison.windows.iter().map(counts).filter(|window| window.records > 0).collect();
    let now = counts(&comparison.now);
    let before = history
        .iter()
        .fold(Counts::default(), |sum, window| Counts { records: sum.records + window.records, count: sum.count + window.count });
    let windows = to_f64(history.len().max(1) as u64);
    let spread = (history.iter().map(|window| (window.share() - before.share()).powi(2)).sum::<f64>() / windows).sqrt();
    let limit = 0.01f64.max(5.0 * before.share()).max(before.share() + 6.0 * spread);
    if before.records == 0 || now.count < 10 || now.share() <= limit {
        return Vec::new();
    }
    vec![Suspicion {
        path: case.id_path(),
        series: comparison.series(counts),
        ..Suspicion::of_stream(CHECK.id, Severity::Medium, before, now, Evidence::DuplicatesRose)
    }]
}
