//! What an anonymous export leaves out, so that it tells nothing of the organisation whose logs were learnt.

use crate::fingerprint::atoms::names_nobody;
use crate::fingerprint::{Atom, AtomKind, Cell, CohortStats, Fingerprint, PathStats, Windows};
use crate::model::FieldPath;
use std::collections::{BTreeMap, BTreeSet};

/// Values that must have stood at a path; a path with fewer may be a key that names somebody.
const ENOUGH: u64 = 5;

/// Which words may be told, and which paths are too rare to be.
pub(super) struct Hide<'a> {
    tells: &'a dyn Fn(&str, &FieldPath) -> bool,
    rare: BTreeSet<FieldPath>,
}

impl<'a> Hide<'a> {
    pub(super) fn new(windows: &Windows, tells: &'a dyn Fn(&str, &FieldPath) -> bool) -> Self {
        let mut values: BTreeMap<&FieldPath, u64> = BTreeMap::new();
        for stats in windows.fingerprints.iter().flat_map(|fingerprint| &fingerprint.paths) {
            *values.entry(&stats.path).or_default() += stats.occurrences;
        }
        Self { tells, rare: values.into_iter().filter(|entry| entry.1 < ENOUGH).map(|entry| entry.0.clone()).collect() }
    }

    /// Without what is kept under names of types and in descriptions of codes, which logs may fill as they like.
    pub(super) fn counters(fingerprint: &Fingerprint) -> Fingerprint {
        Fingerprint { codes: BTreeMap::new(), apart: BTreeMap::new(), hours: BTreeMap::new(), ..fingerprint.clone() }
    }

    /// A path as it may be told.
    pub(super) fn path(&self, stats: PathStats) -> PathStats {
        let tally = stats.tally.filter(|_| (self.tells)("", &stats.path));
        PathStats { tally, ..stats }
    }

    pub(super) fn has_path(&self, path: &FieldPath) -> bool {
        !self.rare.contains(path)
    }

    /// Whether a cohort may be told by its name.
    pub(super) fn has_cohort(&self, cohort: &CohortStats) -> bool {
        let is_told = |path: FieldPath| (self.tells)(&cohort.field, &path) && names_nobody(cohort.value.as_bytes());
        cohort.field.is_empty() || FieldPath::parse(&cohort.field).is_ok_and(is_told)
    }

    /// A cell without its actors, if it is one of paths that are told.
    pub(super) fn cell(&self, paths: &[PathStats], (atom, cell): (Atom, Cell)) -> Option<(Atom, Cell)> {
        let is_told = |path: u32| paths.get(path as usize).is_some_and(|stats| self.has_path(&stats.path));
        let told = is_told(atom.path) && !matches!(atom.kind, AtomKind::Equal(other) if !is_told(other));
        told.then(|| (atom, Cell { actors: Default::default(), ..cell }))
    }
}
