//! Fingerprints to text.

use super::{
    CellText, Cells, CellsLine, CodeLine, CohortLine, EndLine, FORM, Header, Leaders, PathLine, VERSION, WindowLine, WithLine,
    actors_to_text, implied, leaders, word,
};
use crate::fingerprint::{Atom, AtomKind, Cell, CohortStats, Fingerprint, PathStats, Windows};
use crate::sources::Definition;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// The windows of a source as text, in order of time. Equal but for keys and hashes, equal text.
#[must_use]
pub fn to_lines(windows: &Windows) -> String {
    let Windows { source, definition, fingerprints, .. } = windows;
    let mut out = Lines(String::new());
    let definition = definition.as_ref().map(Definition::to_lines);
    out.push(&Header { logdrift: format!("{FORM}{VERSION}"), source: source.clone(), definition });
    let mut sorted: Vec<&Fingerprint> = fingerprints.iter().collect();
    sorted.sort_by_key(|fingerprint| fingerprint.window);
    for fingerprint in sorted {
        out.window(fingerprint);
    }
    out.push(&EndLine { end: fingerprints.len() });
    out.0
}

/// Whether the name of a cohort holds its keyed hash: it was too long.
fn is_named_by_hash(cohort: &CohortStats) -> bool {
    cohort.value.ends_with(&format!("…{:016x}", cohort.rank))
}

/// The paths as they may be told: sets with values that have no words count as open.
fn told_paths(paths: &[PathStats]) -> Vec<PathStats> {
    let told = |stats: &PathStats| {
        let tally = stats.tally.clone().filter(|tally| tally.values().all(|value| value.word.is_some()));
        PathStats { tally, ..stats.clone() }
    };
    paths.iter().map(told).collect()
}

struct Lines(String);

impl Lines {
    fn push(&mut self, line: &impl Serialize) {
        // Texts and numbers always have a form in JSON.
        let line = serde_json::to_string(line).unwrap_or_default();
        for c in line.chars() {
            // Attackers name things; nothing of theirs may steer the terminal on which two exports are compared.
            if matches!(c, ' '..='~') {
                self.0.push(c);
                continue;
            }
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a string cannot fail.
                let _ = write!(self.0, "\\u{unit:04x}");
            }
        }
        self.0.push('\n');
    }

    fn window(&mut self, fingerprint: &Fingerprint) {
        self.push(&WindowLine {
            window: fingerprint.window.to_string(),
            start: fingerprint.window.start,
            seconds: fingerprint.window.granularity.seconds(),
            records: fingerprint.records,
            repeats: fingerprint.repeats,
            twins: fingerprint.twins,
            lost: fingerprint.lost,
            apart: fingerprint.apart.clone(),
            rejects: fingerprint.rejects.iter().map(|(reason, &count)| (reason.id().to_owned(), count)).collect(),
            hours: fingerprint.hours.clone(),
            lag: fingerprint.lag.counts().to_vec(),
        });
        let paths = told_paths(&fingerprint.paths);
        paths.iter().for_each(|stats| self.path(stats));
        for (code, descriptions) in &fingerprint.codes {
            let texts = descriptions.values().map(|description| (description.text.clone(), description.records)).collect();
            self.push(&CodeLine { code: code.clone(), texts });
        }
        let cohorts = Cohorts::new(fingerprint, &paths);
        for (place, cohort) in fingerprint.cohorts.iter().enumerate().filter(|(_, cohort)| !is_named_by_hash(cohort)) {
            let CohortStats { field, value, total, .. } = cohort;
            let actors = actors_to_text(total.actors);
            self.push(&CohortLine { cohort: field.clone(), value: value.clone(), records: total.count, actors });
            cohorts.cells(place).into_values().for_each(|line| self.push(&line));
            cohorts.shared(place).into_iter().for_each(|(with, values)| self.push(&WithLine { with, values }));
        }
    }

    fn path(&mut self, stats: &PathStats) {
        let mut values: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for value in stats.tally.iter().flat_map(BTreeMap::values) {
            values.entry(value.shape.to_string()).or_default().extend(value.word.clone());
        }
        self.push(&PathLine {
            path: stats.path.to_string(),
            occurrences: stats.occurrences,
            lengths: stats.lengths.counts().to_vec(),
            numbers: stats.numbers.counts().to_vec(),
            values,
            open: stats.tally.is_none(),
        });
    }
}

/// The cohorts of a window on their way out.
struct Cohorts<'a> {
    fingerprint: &'a Fingerprint,
    paths: &'a [PathStats],
    names: Vec<String>,
    leaders: Leaders,
    joint: BTreeMap<usize, Vec<(usize, u64)>>,
}

impl<'a> Cohorts<'a> {
    fn new(fingerprint: &'a Fingerprint, paths: &'a [PathStats]) -> Self {
        let mut joint: BTreeMap<usize, Vec<(usize, u64)>> = BTreeMap::new();
        for &(a, b, records) in &fingerprint.joint {
            joint.entry(a as usize).or_default().push((b as usize, records));
        }
        let names = paths.iter().map(|stats| stats.path.to_string()).collect();
        let mut cohorts = Self { fingerprint, paths, names, leaders: Leaders::new(), joint };
        if let Some(whole) = fingerprint.whole() {
            cohorts.leaders = leaders(&cohorts.told(whole), whole.total, paths);
        }
        cohorts
    }

    /// The cells of a cohort, without those of values that are not told.
    fn told(&self, cohort: &CohortStats) -> Cells {
        let cells = cohort.cells().map(|(atom, cell)| (self.fingerprint.atoms[atom as usize], cell));
        cells.filter(|(atom, _)| !matches!(atom.kind, AtomKind::Value(_)) || word(self.paths, *atom).is_some()).collect()
    }

    /// The lines of a cohort by place of their path: the cells that are not as others imply.
    fn cells(&self, place: usize) -> BTreeMap<u32, CellsLine> {
        let cohort = &self.fingerprint.cohorts[place];
        let mut cells = self.told(cohort);
        if place > 0 {
            let told = cells.clone();
            for &(atom, leader) in &self.leaders {
                match (told.get(&atom), implied((atom, leader), &told, cohort.total)) {
                    (Some(cell), Some(implied)) if *cell == implied => drop(cells.remove(&atom)),
                    (None, Some(_)) => drop(cells.insert(atom, Cell::default())),
                    _ => {}
                }
            }
        }
        let mut lines = BTreeMap::new();
        cells.into_iter().for_each(|(atom, cell)| self.add(&mut lines, atom, cell, cohort.total));
        lines
    }

    fn add(&self, lines: &mut BTreeMap<u32, CellsLine>, atom: Atom, cell: Cell, total: Cell) {
        let of_cohort = cell.count == 0 || cell.actors == total.actors;
        let text = if of_cohort { CellText::OfCohort(cell.count) } else { CellText::Own(cell.count, actors_to_text(cell.actors)) };
        let name = |path: u32| self.names[path as usize].clone();
        let line = lines.entry(atom.path).or_insert_with(|| CellsLine { at: name(atom.path), ..CellsLine::default() });
        match atom.kind {
            AtomKind::Present => line.present = Some(text),
            AtomKind::Hollow => line.hollow = Some(text),
            AtomKind::Shape(shape) => drop(line.shapes.insert(shape.to_string(), text)),
            AtomKind::Value(_) => drop(line.values.insert(word(self.paths, atom).unwrap_or_default().to_owned(), text)),
            AtomKind::Equal(other) => drop(line.equal.insert(name(other), text)),
        }
    }

    /// Records that a cohort shares with later ones, by their field and value.
    fn shared(&self, place: usize) -> BTreeMap<String, BTreeMap<String, u64>> {
        let mut shared: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
        for &(other, records) in self.joint.get(&place).into_iter().flatten() {
            let other = &self.fingerprint.cohorts[other];
            if !is_named_by_hash(other) {
                shared.entry(other.field.clone()).or_default().insert(other.value.clone(), records);
            }
        }
        shared
    }
}
