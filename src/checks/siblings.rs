//! Which known codes a new one is a kind of: those whose records it took, and those whose records look like its own.

use super::Case;
use super::severity::format_class;
use super::slice::to_f64;
use crate::compare::{CohortPlace, PathPlace, Side};
use crate::fingerprint::AtomKind;
use crate::stats::too_few_surprise;
use std::collections::BTreeMap;

/// Records of a code in the baseline from which its records can be said to look like anything.
const FEWEST_RECORDS: u64 = 3;
/// Surprise from which a code is taken to have lost records: one in twenty would by chance, and the new code has to come from somewhere.
const FELL: f64 = 1.3;
/// How much more a sibling may differ from the new code than the nearest one does, beyond the first few.
const WITHIN: f64 = 0.06;
/// Difference from which records do not look alike at all.
const UNLIKE: f64 = 0.25;
/// The nearest ones are siblings if they look alike at all: of a few records nobody can say which they are most like, and a rule
/// that is named in vain costs a look, one that is not named an intrusion.
const FEW: usize = 8;
/// Most siblings that are told.
const MOST: usize = 12;

/// The siblings of a new code, those that lost records first, then the most alike. `apart` are paths that say nothing of kinship,
/// since the new code's records lack them or show something foreign there.
pub(super) fn siblings(case: &Case<'_>, code: CohortPlace, apart: &dyn Fn(PathPlace) -> bool) -> Vec<String> {
    let comparison = case.comparison;
    let main_type = case.record_types().max_by_key(|&kind| comparison.now.shared(code, kind));
    let is_candidate = |&known: &CohortPlace| {
        let of_type = main_type.is_none_or(|kind| comparison.before.shared(known, kind) > 0 || comparison.before.total(kind).count == 0);
        known != code && of_type && comparison.before.total(known).count >= FEWEST_RECORDS && !case.source.is_success(case.value(known))
    };
    let own = profile(case, &comparison.now, code, apart);
    let mut rated: Vec<(bool, f64, CohortPlace)> = case
        .codes()
        .filter(is_candidate)
        .map(|known| (fell(case, known), difference(&own, &profile(case, &comparison.before, known, apart)), known))
        .collect();
    rated.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.total_cmp(&b.1)).then(a.2.cmp(&b.2)));
    let nearest = rated.iter().map(|rating| rating.1).fold(f64::INFINITY, f64::min);
    let alike = rated.iter().filter(|rating| rating.1 < UNLIKE).enumerate();
    let siblings = alike.filter(|(rank, rating)| *rank < FEW || rating.1 <= nearest + WITHIN);
    siblings.take(MOST).map(|(_, rating)| case.value(rating.2).to_owned()).collect()
}

fn fell(case: &Case<'_>, code: CohortPlace) -> bool {
    let (expected, dispersion) = case.expected(code);
    let left = to_f64(case.comparison.now.total(code).count);
    expected - left >= 2.0 && too_few_surprise(left, expected, dispersion) >= FELL
}

/// Shares of shapes and words at each path.
type Profile = BTreeMap<PathPlace, BTreeMap<u64, f64>>;

fn profile(case: &Case<'_>, side: &Side, code: CohortPlace, apart: &dyn Fn(PathPlace) -> bool) -> Profile {
    let axis = &case.comparison.axis;
    let total = to_f64(side.total(code).count.max(1));
    let mut profile = Profile::new();
    for path in axis.paths().filter(|&path| !apart(path)) {
        let feeds_code = case.code_field().is_some_and(|field| case.feeds_field(path, field));
        if feeds_code || case.is_code_text(path) {
            continue;
        }
        let shares = profile.entry(path).or_default();
        for (atom, cell) in side.cells_in(code, &axis.range(path)) {
            let kind = match axis.kind(atom) {
                AtomKind::Shape(shape) => u64::from(format_class(shape).code()),
                AtomKind::Value(id) if case.comparison.is_closed(path) => id | 1 << 63,
                _ => continue,
            };
            *shares.entry(kind).or_default() += to_f64(cell.count) / total;
        }
    }
    profile
}

/// Mean over the paths that either shows of half the summed differences of shares, at most 1 each.
fn difference(a: &Profile, b: &Profile) -> f64 {
    let (mut sum, mut paths) = (0.0, 0.0);
    for (path, mine) in a {
        let none = BTreeMap::new();
        let theirs = b.get(path).unwrap_or(&none);
        if mine.is_empty() && theirs.is_empty() {
            continue;
        }
        let keys: std::collections::BTreeSet<&u64> = mine.keys().chain(theirs.keys()).collect();
        let share = |side: &BTreeMap<u64, f64>, key: &u64| side.get(key).copied().unwrap_or(0.0);
        let apart: f64 = keys.into_iter().map(|key| (share(mine, key) - share(theirs, key)).abs()).sum();
        sum += (apart / 2.0).min(1.0);
        paths += 1.0;
    }
    if paths == 0.0 { 1.0 } else { sum / paths }
}
