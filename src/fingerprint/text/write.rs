//! Fingerprints to text.

use super::hide::Hide;
use super::{
    CellText, Cells, CellsLine, CodeLine, CohortLine, EndLine, FORM, Header, Leaders, PathLine, VERSION, WindowLine, WithLine,
    actors_to_text, implied, leaders, word,
};
use crate::fingerprint::{Atom, AtomKind, Cell, CohortStats, Fingerprint, PathStats, Windows};
use crate::model::FieldPath;
use crate::sources::Definition;
use crate::stats::Actors;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// The windows of a source as text, in order of time. Equal but for keys and hashes, equal text.
#[must_use]
pub fn to_lines(windows: &Windows) -> String {
    written(windows, None)
}

/// The same without anything that depends on a key or may name the organisation: no actors, no descriptions of codes, no paths at
/// which fewer than five values stood, and of values and cohorts those only of the fields that `tells` says yes to: the name of the cohort
/// field, or nothing for a value, and the path.
#[must_use]
pub fn to_anonymous_lines(windows: &Windows, tells: &dyn Fn(&str, &FieldPath) -> bool) -> String {
    written(windows, Some(&Hide::new(windows, tells)))
}

fn written(windows: &Windows, hide: Option<&Hide<'_>>) -> String {
    let Windows { source, definition, fingerprints, .. } = windows;
    let mut out = Lines(String::new());
    let definition = definition.as_ref().map(Definition::to_lines);
    out.push(&Header { logdrift: format!("{FORM}{VERSION}"), source: source.clone(), anonymous: hide.is_some(), definition });
    let mut sorted: Vec<&Fingerprint> = fingerprints.iter().collect();
    sorted.sort_by_key(|fingerprint| fingerprint.window);
    for fingerprint in sorted {
        match hide {
            None => out.window(fingerprint, None),
            Some(_) => out.window(&Hide::counters(fingerprint), hide),
        }
    }
    out.push(&EndLine { end: fingerprints.len() });
    out.0
}

/// Whether a cohort is left out: its name is one that is hidden, or holds its keyed hash as it was too long.
fn is_left_out(cohort: &CohortStats, hide: Option<&Hide<'_>>) -> bool {
    cohort.value.ends_with(&format!("…{:016x}", cohort.rank)) || hide.is_some_and(|hide| !hide.has_cohort(cohort))
}

/// The paths as they may be told: sets with values that have no words count as open.
fn told_paths(paths: &[PathStats], hide: Option<&Hide<'_>>) -> Vec<PathStats> {
    let told = |stats: &PathStats| {
        let tally = stats.tally.clone().filter(|tally| tally.values().all(|value| value.word.is_some()));
        let stats = PathStats { tally, ..stats.clone() };
        hide.map_or(stats.clone(), |hide| hide.path(stats))
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

    fn window(&mut self, fingerprint: &Fingerprint, hide: Option<&Hide<'_>>) {
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
        let paths = told_paths(&fingerprint.paths, hide);
        paths.iter().filter(|stats| hide.is_none_or(|hide| hide.has_path(&stats.path))).for_each(|stats| self.path(stats));
        for (code, descriptions) in &fingerprint.codes {
            let texts = descriptions.values().map(|description| (description.text.clone(), description.records)).collect();
            self.push(&CodeLine { code: code.clone(), texts });
        }
        let cohorts = Cohorts::new(fingerprint, &paths, hide);
        for (place, cohort) in fingerprint.cohorts.iter().enumerate().filter(|(_, cohort)| !is_left_out(cohort, hide)) {
            let CohortStats { field, value, .. } = cohort;
            let total = cohorts.total(cohort);
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
    hide: Option<&'a Hide<'a>>,
}

impl<'a> Cohorts<'a> {
    fn new(fingerprint: &'a Fingerprint, paths: &'a [PathStats], hide: Option<&'a Hide<'a>>) -> Self {
        let mut joint: BTreeMap<usize, Vec<(usize, u64)>> = BTreeMap::new();
        for &(a, b, records) in &fingerprint.joint {
            joint.entry(a as usize).or_default().push((b as usize, records));
        }
        let names = paths.iter().map(|stats| stats.path.to_string()).collect();
        let mut cohorts = Self { fingerprint, paths, names, leaders: Leaders::new(), joint, hide };
        if let Some(whole) = fingerprint.whole() {
            cohorts.leaders = leaders(&cohorts.told(whole), cohorts.total(whole), paths);
        }
        cohorts
    }

    fn total(&self, cohort: &CohortStats) -> Cell {
        let actors = if self.hide.is_some() { Actors::default() } else { cohort.total.actors };
        Cell { actors, ..cohort.total }
    }

    /// The cells of a cohort, without those of values that are not told.
    fn told(&self, cohort: &CohortStats) -> Cells {
        let cells = cohort.cells().map(|(atom, cell)| (self.fingerprint.atoms[atom as usize], cell));
        let told = cells.filter(|(atom, _)| !matches!(atom.kind, AtomKind::Value(_)) || word(self.paths, *atom).is_some());
        told.filter_map(|one| self.hide.map_or(Some(one), |hide| hide.cell(self.paths, one))).collect()
    }

    /// The lines of a cohort by place of their path: the cells that are not as others imply.
    fn cells(&self, place: usize) -> BTreeMap<u32, CellsLine> {
        let cohort = &self.fingerprint.cohorts[place];
        let (mut cells, total) = (self.told(cohort), self.total(cohort));
        if place > 0 {
            let told = cells.clone();
            for &(atom, leader) in &self.leaders {
                match (told.get(&atom), implied((atom, leader), &told, total)) {
                    (Some(cell), Some(implied)) if *cell == implied => drop(cells.remove(&atom)),
                    (None, Some(_)) => drop(cells.insert(atom, Cell::default())),
                    _ => {}
                }
            }
        }
        let mut lines = BTreeMap::new();
        cells.into_iter().for_each(|(atom, cell)| self.add(&mut lines, atom, cell, total));
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
            if !is_left_out(other, self.hide) {
                shared.entry(other.field.clone()).or_default().insert(other.value.clone(), records);
            }
        }
        shared
    }
}
