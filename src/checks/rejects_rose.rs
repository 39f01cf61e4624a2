//! More of the input cannot be read.

use super::{Case, Check, Suspicion};
use crate::model::{Evidence, Severity};

pub(super) const CHECK: Check = Check {
    id: "rejects-rose",
    summary: "more of the input cannot be read than before",
    explain: "Lines that are no JSON, records that are cut off, too long or without a time: what cannot be read cannot be judged, and \
              most likely your rules do not read it either. The report lists the reasons with counts.",
    judge,
};

fn judge(case: &Case<'_>) -> Vec<Suspicion> {
    let (before, now) = (case.delivery.rejects_before, case.delivery.rejects_now);
    if before.records == 0 || now.count < 5 || now.share() <= 0.01f64.max(5.0 * before.share()) {
        return Vec::new();
    }
    let reason = case.delivery.main_reason.map_or_else(String::new, |reason| reason.to_string());
    vec![Suspicion::of_stream(CHECK.id, Severity::Medium, before, now, Evidence::RejectsRose { reason })]
}
