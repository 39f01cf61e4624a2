//! A result code that is no longer logged, or next to never.

use super::slice::to_f64;
use super::{Case, Check, Suspicion};
use crate::compare::CohortPlace;
use crate::model::{Evidence, Severity};
use crate::stats::too_few_surprise;

pub(super) const CHECK: Check = Check {
    id: "code-vanished",
    summary: "a result code that is no longer logged",
    explain: "The code had records in windows like this one and has none now, or next to none, which chance and the code's own ups and downs do not \
              explain. Either nobody met its cause any more, or the provider logs it under another code: look for a new code with \
              similar records, and change the rules that wait for the old one.",
    judge,
};

/// Share of the usual records that a code may still have while others go elsewhere.
const LEFT: f64 = 0.1;

fn judge(case: &Case<'_>) -> Vec<Suspicion> {
    silent(case).map(|(code, expected)| suspicion(case, code, expected)).collect()
}

/// The codes whose silence is improbable, with the number of records expected.
pub(super) fn silent<'a>(case: &'a Case<'_>) -> impl Iterator<Item = (CohortPlace, f64)> + 'a {
    let comparison = case.comparison;
    let is_known = |code: &CohortPlace| comparison.windows_with(*code) >= 2;
    case.codes().filter(is_known).filter_map(|code| {
        let (expected, dispersion) = case.expected(code);
        let left = to_f64(comparison.now.total(code).count);
        if left > LEFT * expected || (left == 0.0 && !case.is_gone(code)) {
            return None;
        }
        // One comparison a code, not one a field: the threshold is the budget over codes alone.
        let codes = to_f64(case.codes().count() as u64);
        let threshold = (codes * case.policy.checks_a_month / case.policy.false_findings_a_month.max(1e-3)).log10();
        (too_few_surprise(left, expected, dispersion) >= threshold).then_some((code, expected))
    })
}

pub(super) fn suspicion(case: &Case<'_>, code: CohortPlace, expected: f64) -> Suspicion {
    let evidence = Evidence::CodeVanished { code: case.value(code).to_owned(), expected, left: case.comparison.now.total(code).count };
    Suspicion { affected: case.shared_before(code, expected), ..Suspicion::of_code(case, CHECK.id, Severity::Medium, code, evidence) }
}
