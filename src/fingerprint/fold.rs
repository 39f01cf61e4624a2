//! Which cohorts a window keeps: those with the smallest keyed hashes of each field, so many that the cells of all are bounded.
//!
//! How many that are follows from the window's records alone and only falls as records come, so that whoever folds early, while
//! reading or before merging, keeps all that the whole window keeps.

use super::merge::merge_cohorts;
use super::{AtomKind, CohortStats, Fingerprint, MAX_CELLS, MAX_CLOSED_VALUES, MAX_COHORTS_A_FIELD};
use crate::model::OTHER;
use std::collections::BTreeMap;

/// Cohorts that every field may keep, whatever its window's width.
const FEWEST_COHORTS: usize = 16;

/// How many cohorts each field of a window keeps: `width` is how many cells a cohort can have, `fields` how many cohorts each field
/// has, [`MAX_COHORTS_A_FIELD`] where some were folded already.
pub(super) fn kept_cohorts(width: usize, fields: &[usize]) -> usize {
    let room = MAX_CELLS / width.max(1);
    let fits = |kept: usize| fields.iter().map(|&cohorts| cohorts.min(kept)).sum::<usize>() <= room;
    (FEWEST_COHORTS..=MAX_COHORTS_A_FIELD).rev().find(|&kept| fits(kept)).unwrap_or(FEWEST_COHORTS)
}

impl Fingerprint {
    /// How many cells a cohort can have, about: values of closed sets, as many as fit of sets that are open, and all other atoms.
    /// It only grows as records come.
    fn width(&self) -> usize {
        let values = self.paths.iter().map(|stats| stats.tally.as_ref().map_or(MAX_CLOSED_VALUES, BTreeMap::len));
        values.sum::<usize>() + self.atoms.iter().filter(|atom| !matches!(atom.kind, AtomKind::Value(_))).count()
    }

    /// Folds the cohorts of a field beyond those that the window keeps into `(other)`, as reading all records at once would have.
    pub(super) fn fold_cohorts(&mut self) {
        let limits = self.limits();
        if limits.is_empty() {
            return;
        }
        let folds = |cohort: &CohortStats| cohort.value != OTHER && limits.get(&cohort.field).is_some_and(|&limit| cohort.rank >= limit);
        let (mut kept, mut others): (Vec<CohortStats>, BTreeMap<String, CohortStats>) = (Vec::new(), BTreeMap::new());
        let old: Vec<(String, String)> = self
            .cohorts
            .iter()
            .map(|cohort| (cohort.field.clone(), if folds(cohort) { OTHER.into() } else { cohort.value.clone() }))
            .collect();
        for cohort in std::mem::take(&mut self.cohorts) {
            if folds(&cohort) || (cohort.value == OTHER && limits.contains_key(&cohort.field)) {
                let cohort = CohortStats { value: OTHER.into(), rank: u64::MAX, ..cohort };
                match others.get_mut(&cohort.field) {
                    Some(other) => *other = merge_cohorts(other, &cohort),
                    None => drop(others.insert(cohort.field.clone(), cohort)),
                }
            } else {
                kept.push(cohort);
            }
        }
        kept.extend(others.into_values());
        kept[1..].sort_by(|a, b| (&a.field, &a.value).cmp(&(&b.field, &b.value)));
        let place = |cohort: u32| {
            let (field, value) = &old[cohort as usize];
            kept[1..]
                .binary_search_by(|known| (&known.field, &known.value).cmp(&(field, value)))
                .map_or(0, |place| u32::try_from(place + 1).unwrap_or(0))
        };
        let mut joint: BTreeMap<(u32, u32), u64> = BTreeMap::new();
        for &(a, b, records) in &self.joint {
            let (a, b) = (place(a), place(b));
            *joint.entry((a.min(b), a.max(b))).or_default() += records;
        }
        self.joint = joint.into_iter().map(|((a, b), records)| (a, b, records)).collect();
        self.cohorts = kept;
    }

    /// The rank from which on cohorts are folded, by field; none where all are kept.
    fn limits(&self) -> BTreeMap<String, u64> {
        let mut ranks: BTreeMap<&str, (Vec<u64>, bool)> = BTreeMap::new();
        for cohort in self.cohorts.iter().skip(1) {
            let (ranks, folded) = ranks.entry(&cohort.field).or_default();
            if cohort.value == OTHER { *folded = true } else { ranks.push(cohort.rank) }
        }
        let fields: Vec<usize> = ranks.values().map(|(ranks, folded)| if *folded { MAX_COHORTS_A_FIELD } else { ranks.len() }).collect();
        let kept = kept_cohorts(self.width(), &fields);
        let limit = |(field, (mut ranks, _)): (&str, (Vec<u64>, bool))| {
            ranks.sort_unstable();
            ranks.get(kept).map(|&limit| (field.to_owned(), limit))
        };
        ranks.into_iter().filter_map(limit).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_as_wide_as_those_of_large_tenants_keeps_all_cohorts_and_a_wider_one_fewer() {
        assert_eq!(kept_cohorts(32_000, &[1_000, 30, 4]), MAX_COHORTS_A_FIELD);
        assert_eq!(kept_cohorts(5_000, &[1_024; 6]), MAX_COHORTS_A_FIELD);
        let wide = kept_cohorts(50_000, &[1_000, 1_000, 4]);
        assert!(wide < 400 && (2 * wide + 4) * 50_000 <= MAX_CELLS, "{wide}");
        assert_eq!(kept_cohorts(usize::MAX, &[1_000]), FEWEST_COHORTS);
    }

    #[test]
    fn more_width_and_more_cohorts_never_keep_more() {
        let widths = (0..200).map(|step| step * 997);
        assert!(widths.map(|width| kept_cohorts(width, &[700, 900])).is_sorted_by(|a, b| a >= b));
        let counts = (0..200).map(|step| step * 7);
        assert!(counts.map(|count| kept_cohorts(20_000, &[700, count])).is_sorted_by(|a, b| a >= b));
    }
}
