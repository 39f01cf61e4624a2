//! A result code rose far above its usual number.

use super::slice::to_f64;
use super::{Case, Check, Suspicion};
use crate::model::{Evidence, Severity};

pub(super) const CHECK: Check = Check {
    id: "code-surged",
    summary: "a result code rose far above its usual number",
    explain: "The code has at least ten times the records that a window like this one has, from several actors. That is more often an \
              attack or an outage than a change of the log; it is told because a code that swells may be where others went.",
    judge,
};

fn judge(case: &Case<'_>) -> Vec<Suspicion> {
    let comparison = case.comparison;
    let surged = case.codes().filter_map(|code| {
        let total = comparison.now.total(code);
        let (expected, _) = case.expected(code);
        let is_surge =
            expected > 0.0 && case.is_mature(code) && to_f64(total.count) >= 10.0 * expected.max(2.0) && total.actors.estimate() >= 5.0;
        is_surge.then_some((code, total, expected))
    });
    surged
        .map(|(code, total, expected)| {
            let evidence = Evidence::CodeSurged { code: case.value(code).to_owned(), expected, records: total.count };
            Suspicion::of_code(case, CHECK.id, Severity::Low, code, evidence)
        })
        .collect()
}
