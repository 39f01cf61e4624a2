//! The description of a known result code changed.

use super::slice::to_f64;
use super::{Case, Check, Suspicion};
use crate::compare::CohortPlace;
use crate::fingerprint::Description;
use crate::model::{Change, Counts, Evidence, Severity};
use std::collections::BTreeMap;

pub(super) const CHECK: Check = Check {
    id: "code-text-changed",
    summary: "the description of a known result code changed",
    explain: "The words that come with a code are not what they were. Rules that compare the description (instead of the code) stop \
              matching. Names and numbers inside a description are masked before it is compared, so only the provider's own words count.",
    judge,
};

type Texts = BTreeMap<u64, Description>;

fn judge(case: &Case<'_>) -> Vec<Suspicion> {
    case.codes().filter_map(|code| judge_code(case, code)).collect()
}

fn judge_code(case: &Case<'_>, code: CohortPlace) -> Option<Suspicion> {
    let comparison = case.comparison;
    let now = comparison.now.fingerprint().codes.get(case.value(code))?;
    let mut before: Texts = BTreeMap::new();
    for texts in comparison.windows.iter().filter_map(|side| side.fingerprint().codes.get(case.value(code))) {
        for (&hash, text) in texts {
            before.entry(hash).and_modify(|known| known.records += text.records).or_insert_with(|| text.clone());
        }
    }
    let records = |texts: &Texts| texts.values().map(|text| text.records).sum::<u64>();
    // A code with many texts has variable ones; a change of wording cannot be told from a new name in it.
    if records(&before) < 5 || before.len() > 4 {
        return None;
    }
    let new: Texts = now.iter().filter(|(hash, _)| !before.contains_key(hash)).map(|(&hash, text)| (hash, text.clone())).collect();
    let (new_records, all) = (records(&new), records(now));
    if new_records < 3 || to_f64(new_records) < 0.05 * to_f64(all) {
        return None;
    }
    let reworded = |texts: Option<&Texts>| {
        let of = texts.into_iter().flatten();
        let counts = |sum: Counts, (hash, text): (&u64, &Description)| Counts {
            records: sum.records + text.records,
            count: sum.count + if before.contains_key(hash) { 0 } else { text.records },
        };
        of.fold(Counts::default(), counts)
    };
    let severity = if to_f64(new_records) >= 0.5 * to_f64(all) { Severity::High } else { Severity::Medium };
    let words = |texts: &Texts| {
        let mut sorted: Vec<&Description> = texts.values().collect();
        sorted.sort_by(|a, b| (b.records, &a.text).cmp(&(a.records, &b.text)));
        sorted.into_iter().take(2).map(|text| text.text.clone()).collect::<Vec<_>>()
    };
    Some(Suspicion {
        check: CHECK.id,
        severity,
        cohort: code,
        path: case.text_path(),
        other: None,
        value: None,
        code: Some(case.value(code).to_owned()),
        before: Counts { records: records(&before), count: 0 },
        after: Counts { records: all, count: new_records },
        series: comparison.series(|side| reworded(side.fingerprint().codes.get(case.value(code)))),
        actors: comparison.now.total(code).actors.estimate(),
        affected: Vec::new(),
        evidence: Evidence::CodeText { code: case.value(code).to_owned(), change: Change { from: words(&before), to: words(&new) } },
    })
}
