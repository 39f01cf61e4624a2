//! Records arrive later after the event than they used to.

use super::{Case, Check, Suspicion};
use crate::model::{Counts, Evidence, Severity};
use crate::stats::{Histogram, number_of_bucket};

pub(super) const CHECK: Check = Check {
    id: "delivery-late",
    summary: "records arrive later after the event than they used to",
    explain: "The time between the event and the writing of its record grew. Scheduled rules that look back an hour miss what arrives \
              after two. Let rules look back further than the delay, by ingestion time where they can.",
    judge,
};

/// Share of the records that is looked at, so that a few stragglers do not count.
const MOST: f64 = 0.9;
/// Smallest growth that is told: so many seconds, and so many times.
const SECONDS: f64 = 600.0;
const TIMES: f64 = 3.0;

fn judge(case: &Case<'_>) -> Vec<Suspicion> {
    let comparison = case.comparison;
    let mut before = Histogram::default();
    comparison.windows.iter().for_each(|side| before.merge(&side.fingerprint().lag));
    let now = &comparison.now.fingerprint().lag;
    let delay = |lag: &Histogram| lag.quantile(MOST).map(number_of_bucket);
    let (Some(usual), Some(delay)) = (delay(&before), delay(now)) else { return Vec::new() };
    if now.total() < 20 || delay < usual.max(0.0) * TIMES || delay < usual + SECONDS {
        return Vec::new();
    }
    let later = |lag: &Histogram| {
        lag.counts().iter().filter(|(bucket, _)| number_of_bucket(*bucket) > usual.max(0.0) * TIMES).map(|entry| entry.1).sum()
    };
    let counts = |lag: &Histogram| Counts { records: lag.total(), count: later(lag) };
    let evidence = Evidence::DeliveryLate { before: usual, after: delay };
    vec![Suspicion {
        path: case.delivered_path(),
        series: comparison.series(|side| counts(&side.fingerprint().lag)),
        ..Suspicion::of_stream(CHECK.id, Severity::Medium, counts(&before), counts(now), evidence)
    }]
}
