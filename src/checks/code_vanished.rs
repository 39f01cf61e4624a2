//! A result code that is no longer logged.

use super::slice::to_f64;
use super::{Case, Check, Suspicion};
use crate::compare::CohortPlace;
use crate::model::{Evidence, Severity};
use crate::stats::too_few_surprise;

pub(super) const CHECK: Check = Check {
    id: "code-vanished",
    summary: "a result code that is no longer logged",
    explain: "The code had records in windows like this one and has none now, which chance and the code's own ups and downs do not \
              explain. Either nobody met its cause any more, or the provider logs it under another code: look for a new code with \
              similar records, and change the rules that wait for the old one.",
    judge,
};

fn judge(case: &Case<'_>) -> Vec<Suspicion> {
    silent(case).map(|(code, expected)| suspicion(case, code, expected)).collect()
}

/// The codes whose silence is improbable, with the number of records expected.
pub(super) fn silent<'a>(case: &'a Case<'_>) -> impl Iterator<Item = (CohortPlace, f64)> + 'a {
    let comparison = case.comparison;
    case.codes().filter(|&code| case.is_gone(code) && comparison.windows_with(code) >= 2).filter_map(|code| {
        let (expected, dispersion) = case.expected(code);
        // One comparison a code, not one a field: the threshold is the budget over codes alone.
        let codes = to_f64(case.codes().count() as u64);
        let threshold = (codes * case.policy.checks_a_month / case.policy.false_findings_a_month.max(1e-3)).log10();
        (too_few_surprise(0.0, expected, dispersion) >= threshold).then_some((code, expected))
    })
}

pub(super) fn suspicion(case: &Case<'_>, code: CohortPlace, expected: f64) -> Suspicion {
    let evidence = Evidence::CodeVanished { code: case.value(code).to_owned(), expected };
    Suspicion { affected: case.shared_before(code, expected), ..Suspicion::of_code(case, CHECK.id, Severity::Medium, code, evidence) }
}
