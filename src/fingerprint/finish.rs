//! From the fingerprinter's own numbers to the canonical form: everything sorted by what it is, nothing by when it was seen.

use super::accumulate::{Counters, WindowCounters};
use super::atoms::{Kind, LocalKind, Plan, fixed_length, kind_of};
use super::observe::Fingerprinter;
use super::{Atom, AtomKind, Cell, CellList, CohortStats, Fingerprint, PathStats};
use crate::model::{FieldPath, Window};
use crate::scan::PathId;
use std::collections::{BTreeMap, HashMap};

impl Fingerprinter<'_> {
    /// The fingerprints of all windows that records fell into, in order of time; rejects stand in the undated one.
    #[must_use]
    pub fn finish(mut self) -> Vec<Fingerprint> {
        let mut fingerprints: Vec<Fingerprint> = self.take_fingerprints().into_values().collect();
        if !self.rejects.is_empty() {
            let mut rejects = Fingerprint::empty(self.key.id(), Window::UNDATED);
            rejects.rejects = std::mem::take(&mut self.rejects);
            match fingerprints.iter_mut().find(|fingerprint| fingerprint.window == Window::UNDATED) {
                Some(undated) => undated.rejects = rejects.rejects,
                None => fingerprints.insert(0, rejects),
            }
        }
        fingerprints
    }

    pub(super) fn canonical(&self, window: Window, mut counters: WindowCounters) -> Fingerprint {
        counters.count_mixes();
        self.count_groups(&mut counters);
        self.count_derived(&mut counters);
        self.count_told(&mut counters);
        let places = self.path_places(&counters);
        let (atoms, atom_places) = self.atom_places(&counters, &places);
        let (cohorts, cohort_places) = self.cohorts(&mut counters, &atom_places, atoms.len());
        let mut joint: BTreeMap<(u32, u32), u64> = BTreeMap::new();
        for (&pair, &records) in &counters.joint {
            let [a, b] = [pair >> 32, pair & u64::from(u32::MAX)].map(|cohort| u32::try_from(cohort).unwrap_or(0));
            let [a, b] = [a, b].map(|cohort| cohort_places.get(&counters.resolve(cohort)).copied().unwrap_or(0));
            *joint.entry((a.min(b), a.max(b))).or_default() += records;
        }
        let mut fingerprint = Fingerprint {
            records: counters.records,
            repeats: counters.repeats,
            twins: counters.twins,
            lost: counters.lost,
            paths: self.paths(&counters, &places),
            atoms,
            cohorts,
            joint: joint.into_iter().map(|((a, b), records)| (a, b, records)).collect(),
            apart: counters.apart,
            hours: counters.hours,
            lag: counters.lag,
            ids: counters.ids,
            codes: counters.codes,
            ..Fingerprint::empty(self.key.id(), window)
        };
        fingerprint.fold_cohorts();
        fingerprint
    }

    /// Adds what remembered containers held to the whole-stream statistics.
    fn count_groups(&self, counters: &mut WindowCounters) {
        for (number, group) in counters.groups.iter().enumerate() {
            let (Some(group), Some(of)) = (group, u32::try_from(number).ok().and_then(|number| self.scanner.group(number))) else {
                continue;
            };
            for item in of.items() {
                let of_path = &mut counters.paths[item.path.index()];
                of_path.occurrences += group.records;
                match kind_of(item.shape) {
                    Kind::Number => of_path.add_number(item.number, group.records),
                    Kind::Text | Kind::Array => of_path.add_length(item.length, group.records),
                    Kind::Else => continue,
                }
                if kind_of(item.shape) != Kind::Array {
                    of_path.distinct.add(item.hash);
                }
            }
        }
    }

    /// Adds to the whole-stream statistics what follows from how often an atom was counted, of paths that stand once in a record.
    fn count_derived(&self, counters: &mut WindowCounters) {
        let counts = counters.whole_counts();
        for (known, &times) in self.atoms.iter().zip(&counts).filter(|(_, times)| **times > 0) {
            let (shape, value) = match known.kind {
                LocalKind::Shape(shape) => (shape, None),
                LocalKind::Value { shape, place } => (shape, Some(&self.values[place as usize])),
                _ => continue,
            };
            if self.hot[known.path as usize].repeats {
                continue;
            }
            let of_path = &mut counters.paths[known.path as usize];
            of_path.occurrences += times;
            match (kind_of(shape), value) {
                (Kind::Number, Some(value)) => of_path.add_number(value.number, times),
                (Kind::Text, Some(value)) => of_path.add_length(value.length, times),
                (Kind::Text, None) => fixed_length(shape).into_iter().for_each(|length| of_path.add_length(length, times)),
                _ => {}
            }
        }
    }

    /// Adds familiar values that are no words of a closed set to the whole-stream statistics.
    fn count_told(&self, counters: &mut WindowCounters) {
        let (plans, paths) = (&counters.plans, &mut counters.paths);
        for (number, &Plan { times, repeats, .. }) in (0u32..).zip(plans).filter(|(_, plan)| plan.times > 0) {
            let Some(item) = self.scanner.familiar(number) else { continue };
            let of_path = &mut paths[item.path.index()];
            of_path.occurrences += if repeats { times } else { 0 };
            match kind_of(item.shape) {
                Kind::Number => of_path.add_number(item.number, times),
                Kind::Text if repeats || fixed_length(item.shape).is_none() => of_path.add_length(item.length, times),
                Kind::Text => {}
                Kind::Array | Kind::Else => continue,
            }
            of_path.distinct.add(item.hash);
        }
    }

    fn name(&self, path: u32) -> &FieldPath {
        static ROOT: std::sync::LazyLock<FieldPath> = std::sync::LazyLock::new(FieldPath::root);
        self.scanner.paths().name(PathId(path)).unwrap_or(&ROOT)
    }

    /// Places of the window's paths in order of their text, by the scanner's number.
    fn path_places(&self, counters: &WindowCounters) -> HashMap<u32, u32> {
        let mut seen: Vec<(String, u32)> = (0u32..)
            .zip(&counters.paths)
            .filter(|(_, of_path)| of_path.occurrences > 0)
            .map(|(path, _)| (self.name(path).to_string(), path))
            .collect();
        seen.sort_unstable();
        seen.into_iter().zip(0u32..).map(|((_, path), place)| (path, place)).collect()
    }

    fn paths(&self, counters: &WindowCounters, places: &HashMap<u32, u32>) -> Vec<PathStats> {
        let mut sorted: Vec<(u32, u32)> = places.iter().map(|(&path, &place)| (place, path)).collect();
        sorted.sort_unstable();
        let mut paths: Vec<PathStats> = sorted
            .iter()
            .map(|&(_, path)| {
                let of_path = &counters.paths[path as usize];
                PathStats {
                    path: self.name(path).clone(),
                    occurrences: of_path.occurrences,
                    lengths: of_path.lengths(),
                    numbers: of_path.numbers(),
                    distinct: of_path.distinct.clone(),
                    tally: (!counters.open[path as usize]).then(BTreeMap::new),
                }
            })
            .collect();
        for (atom, known) in self.atoms.iter().enumerate() {
            let LocalKind::Value { place, .. } = known.kind else { continue };
            if !counters.seen.get(atom).copied().unwrap_or(false) {
                continue;
            }
            let known_value = &self.values[place as usize];
            let stats = places.get(&known.path).map(|&place| &mut paths[place as usize]);
            if let Some(tally) = stats.and_then(|stats| stats.tally.as_mut()) {
                super::add_value(tally, known_value.id, &known_value.value);
            }
        }
        paths
    }

    /// The window's atoms in order, and for each of the fingerprinter's atoms the places its records are counted at: a value of a
    /// closed set is counted as itself and, where a record shows a path but once, as its shape; a value of an open set as its
    /// shape alone.
    fn atom_places(&self, counters: &WindowCounters, places: &HashMap<u32, u32>) -> (Vec<Atom>, Vec<Vec<u32>>) {
        let mut wanted: Vec<Vec<Atom>> = Vec::with_capacity(self.atoms.len());
        for (number, known) in self.atoms.iter().enumerate() {
            let seen = counters.seen.get(number).copied().unwrap_or(false);
            let place = if seen { places.get(&known.path).copied() } else { None };
            wanted.push(place.map(|path| self.canonical_atoms(known.path, known.kind, path, counters, places)).unwrap_or_default());
        }
        let mut atoms: Vec<Atom> = wanted.iter().flatten().copied().collect();
        atoms.sort_unstable();
        atoms.dedup();
        let place = |atom: &Atom| atoms.binary_search(atom).ok().and_then(|place| u32::try_from(place).ok());
        let mut atom_places: Vec<Vec<u32>> = wanted.iter().map(|wanted| wanted.iter().filter_map(place).collect()).collect();
        for group in counters.groups.iter().flatten() {
            atom_places[group.atom as usize] = group.hits.iter().flat_map(|&hit| atom_places[hit as usize].iter().copied()).collect();
        }
        (atoms, atom_places)
    }

    fn canonical_atoms(&self, local: u32, kind: LocalKind, path: u32, counters: &WindowCounters, places: &HashMap<u32, u32>) -> Vec<Atom> {
        match kind {
            LocalKind::Present => vec![Atom { path, kind: AtomKind::Present }],
            LocalKind::Hollow => vec![Atom { path, kind: AtomKind::Hollow }],
            LocalKind::Shape(shape) => vec![Atom { path, kind: AtomKind::Shape(shape) }],
            LocalKind::Value { shape, place } => {
                let value = Atom { path, kind: AtomKind::Value(self.values[place as usize].id) };
                let shape = Atom { path, kind: AtomKind::Shape(shape) };
                let (open, repeats) = (counters.open[local as usize], self.hot[local as usize].repeats);
                [(!open).then_some(value), (!repeats).then_some(shape)].into_iter().flatten().collect()
            }
            LocalKind::Equal(other) => {
                let Some(&other) = places.get(&other) else { return Vec::new() };
                vec![Atom { path: path.min(other), kind: AtomKind::Equal(path.max(other)) }]
            }
            LocalKind::Group(_) => Vec::new(),
        }
    }

    /// The cohorts in order, the whole stream first, and their places by the window's own numbers.
    fn cohorts(&self, counters: &mut WindowCounters, atom_places: &[Vec<u32>], atoms: usize) -> (Vec<CohortStats>, HashMap<u32, u32>) {
        let mut scratch = vec![Cell::default(); atoms];
        let dimensions = self.source.dimensions();
        let mut cohorts: Vec<(CohortStats, u32)> = Vec::new();
        for (field, dimension) in dimensions.iter().enumerate() {
            for number in counters.members(field).collect::<Vec<u32>>() {
                // What was counted goes as it is written out, so that it is never held twice.
                let of_cohort = std::mem::take(&mut counters.cohorts[number as usize]);
                cohorts.push((canonical_cohort(&dimension.name, &of_cohort, atom_places, &mut scratch), number));
            }
        }
        let whole = match dimensions.first() {
            Some(first) => whole_of(cohorts.iter().map(|cohort| &cohort.0).filter(|cohort| cohort.field == first.name)),
            None => {
                counters.cohorts.first().map(|of_cohort| canonical_cohort("", of_cohort, atom_places, &mut scratch)).unwrap_or_default()
            }
        };
        cohorts.sort_by(|a, b| (&a.0.field, &a.0.value).cmp(&(&b.0.field, &b.0.value)));
        let places = cohorts.iter().zip(1u32..).map(|((_, number), place)| (*number, place)).collect();
        let mut all = if counters.records == 0 { Vec::new() } else { vec![whole] };
        all.extend(cohorts.into_iter().map(|cohort| cohort.0));
        (all, places)
    }
}

/// The cells of a cohort by canonical atom; the scratch list is as long as there are atoms, and zero before and after.
fn canonical_cohort(field: &str, counters: &Counters, atom_places: &[Vec<u32>], scratch: &mut [Cell]) -> CohortStats {
    counters.cells.iter().for_each(|(atom, cell)| {
        for &place in &atom_places[atom] {
            scratch[place as usize].merge(cell);
        }
    });
    let total = Cell { count: counters.records, actors: counters.actors };
    let shown = (0u32..).zip(scratch.iter_mut()).filter(|(_, cell)| cell.count > 0);
    let cells = CellList::new(total, shown.map(|(place, cell)| (place, std::mem::take(cell))));
    CohortStats { field: field.to_owned(), value: counters.value.clone(), rank: counters.rank, total, cells }
}

/// The whole stream, as the sum of the cohorts of one field: every record is in exactly one of them.
fn whole_of<'a>(cohorts: impl Iterator<Item = &'a CohortStats>) -> CohortStats {
    let mut whole = CohortStats::default();
    let mut cells: Vec<Cell> = Vec::new();
    for cohort in cohorts {
        whole.total.merge(cohort.total);
        for (atom, cell) in cohort.cells() {
            let place = atom as usize;
            if cells.len() <= place {
                cells.resize(place + 1, Cell::default());
            }
            cells[place].merge(cell);
        }
    }
    whole.cells = CellList::new(whole.total, (0..).zip(cells).filter(|(_, cell)| cell.count > 0));
    whole
}
