//! Fewer records than windows like this one have.

use super::slice::to_f64;
use super::{Case, Check, Suspicion};
use crate::compare::WHOLE;
use crate::model::{Counts, Evidence, Severity, Window};

pub(super) const CHECK: Check = Check {
    id: "volume-dropped",
    summary: "fewer records than windows like this one have",
    explain: "The window has far fewer records than earlier working days (or weekend days) had. Records were lost on the way, or \
              never written. Check the export, the collector and the provider's status page.",
    judge,
};

/// Smallest fall that is told.
const FALL: f64 = 0.4;
/// Days differ by at least so much (standard deviation of the logarithm), however steady a short history looks.
const LEAST_SPREAD: f64 = 0.10;

fn judge(case: &Case<'_>) -> Vec<Suspicion> {
    let comparison = case.comparison;
    let window = comparison.now.fingerprint().window;
    let alike = |other: Window| other.is_weekend() == window.is_weekend();
    let volumes: Vec<f64> = comparison
        .windows
        .iter()
        .filter(|side| alike(side.fingerprint().window))
        .map(|side| to_f64(side.total(WHOLE).count))
        .filter(|&n| n > 0.0)
        .collect();
    let now = comparison.now.total(WHOLE).count;
    if volumes.len() < 3 || window == Window::UNDATED {
        return Vec::new();
    }
    let windows = to_f64(volumes.len() as u64);
    let mean = volumes.iter().map(|n| n.ln()).sum::<f64>() / windows;
    let spread = (volumes.iter().map(|n| (n.ln() - mean).powi(2)).sum::<f64>() / (windows - 1.0)).sqrt().max(LEAST_SPREAD);
    let expected = mean.exp();
    let fall = mean - to_f64(now.max(1)).ln();
    if expected < 30.0 || fall < -(1.0 - FALL).ln() || fall < 5.0 * spread {
        return Vec::new();
    }
    vec![Suspicion::of_stream(
        CHECK.id,
        if to_f64(now) < 0.2 * expected { Severity::High } else { Severity::Medium },
        Counts { records: comparison.before.total(WHOLE).count, count: comparison.before.total(WHOLE).count },
        Counts { records: now, count: now },
        Evidence::VolumeDropped { expected, records: now },
    )]
}
