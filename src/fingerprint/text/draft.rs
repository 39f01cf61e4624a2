//! A window whose lines are being read.

use super::{
    Buckets, CellText, Cells, CellsLine, CodeLine, CohortLine, Counts, PathLine, WindowLine, WithLine, actors_from_text, implied, leaders,
    rank,
};
use crate::fingerprint::{
    Atom, AtomKind, Cell, CellList, CohortStats, Description, Fingerprint, MAX_CLOSED_VALUES, PathStats, Value, describe,
};
use crate::hash::HashKey;
use crate::model::{FieldPath, Granularity, RejectReason, Shape, Window};
use crate::stats::{Bottom, Histogram};
use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

const MEND: &str = "mend the line or export the baseline again";

/// Shapes by name: asked for once a cell.
static SHAPES: LazyLock<HashMap<String, Shape>> =
    LazyLock::new(|| (0..=u8::MAX).filter_map(Shape::from_code).map(|shape| (shape.to_string(), shape)).collect());

/// A line number and what is wrong there.
pub(super) type Trouble = (usize, String);

/// A cohort and what its records show; paths are numbered in the order of their lines.
struct Member {
    total: Cell,
    cells: Cells,
    /// Line, field and records by value.
    shared: Vec<(usize, String, Counts)>,
}

/// A window whose lines are being read.
pub(super) struct Draft<'k> {
    key: &'k HashKey,
    /// Where it began.
    pub(super) line: usize,
    fingerprint: Fingerprint,
    places: HashMap<String, u32>,
    cohorts: BTreeMap<(String, String), Member>,
    current: (String, String),
}

fn twice(what: &str, name: &str) -> String {
    format!("{what} {name:?} stands in this window a second time; leave one of the lines")
}

fn histogram(buckets: &Buckets) -> Histogram {
    let mut histogram = Histogram::default();
    buckets.iter().filter(|entry| entry.1 > 0).for_each(|&(bucket, count)| histogram.add(bucket, count));
    histogram
}

fn shape(name: &str) -> Result<Shape, String> {
    SHAPES.get(name).copied().ok_or_else(|| format!("{name:?} is no shape that this logdrift knows; upgrade logdrift, or {MEND}"))
}

impl<'k> Draft<'k> {
    pub(super) fn new(line: usize, key: &'k HashKey, counters: WindowLine) -> Result<Self, String> {
        let granularity = [Granularity::Day, Granularity::Hour].into_iter().find(|granularity| granularity.seconds() == counters.seconds);
        let granularity =
            granularity.ok_or_else(|| format!("a window of {} seconds is neither a day nor an hour; {MEND}", counters.seconds))?;
        let window = Window { start: counters.start, granularity };
        if window.to_string() != counters.window {
            return Err(format!("the window is called {:?}, but its start is that of {window}; {MEND}", counters.window));
        }
        let mut fingerprint = Fingerprint::empty(key.id(), window);
        for (id, count) in counters.rejects {
            let reason = RejectReason::ALL.into_iter().find(|reason| reason.id() == id);
            fingerprint
                .rejects
                .insert(reason.ok_or_else(|| format!("{id:?} is no reason of rejects; upgrade logdrift, or {MEND}"))?, count);
        }
        fingerprint.records = counters.records;
        fingerprint.repeats = counters.repeats;
        fingerprint.twins = counters.twins;
        fingerprint.lost = counters.lost;
        fingerprint.apart = counters.apart;
        fingerprint.hours = counters.hours;
        fingerprint.lag = histogram(&counters.lag);
        Ok(Self { key, line, fingerprint, places: HashMap::new(), cohorts: BTreeMap::new(), current: Default::default() })
    }

    pub(super) fn path(&mut self, line: PathLine) -> Result<(), String> {
        let place = u32::try_from(self.fingerprint.paths.len()).map_err(|error| error.to_string())?;
        let path = FieldPath::parse(&line.path).map_err(|reason| format!("{reason}; {MEND}"))?;
        let mut tally = BTreeMap::new();
        for (name, words) in line.values {
            let shape = shape(&name)?;
            tally.extend(words.into_iter().map(|word| (self.key.secret(word.as_bytes()), Value { shape, word: Some(word) })));
        }
        if tally.len() > MAX_CLOSED_VALUES || (line.open && !tally.is_empty()) {
            return Err(format!("a closed set has up to {MAX_CLOSED_VALUES} values and an open one none here; {MEND}"));
        }
        // The text of the path as it was read, so that any spelling of it is one path.
        if self.places.insert(path.to_string(), place).is_some() {
            return Err(twice("path", &line.path));
        }
        self.fingerprint.paths.push(PathStats {
            path,
            occurrences: line.occurrences,
            lengths: histogram(&line.lengths),
            numbers: histogram(&line.numbers),
            distinct: Bottom::default(),
            tally: (!line.open).then_some(tally),
        });
        Ok(())
    }

    pub(super) fn code(&mut self, line: CodeLine) -> Result<(), String> {
        if self.fingerprint.codes.contains_key(&line.code) {
            return Err(twice("code", &line.code));
        }
        let known = self.fingerprint.codes.entry(line.code).or_default();
        for (text, records) in line.texts {
            describe::add(known, self.key.secret(text.as_bytes()), &Description { records, text });
        }
        Ok(())
    }

    pub(super) fn cohort(&mut self, line: CohortLine) -> Result<(), String> {
        let actors = actors_from_text(&line.actors).ok_or_else(|| format!("{:?} are no actors; {MEND}", line.actors))?;
        if line.records > self.fingerprint.records {
            return Err(format!("the cohort has more records than its window, which has {}; {MEND}", self.fingerprint.records));
        }
        let member = Member { total: Cell { count: line.records, actors }, cells: Cells::new(), shared: Vec::new() };
        self.current = (line.cohort, line.value);
        match self.cohorts.insert(self.current.clone(), member) {
            None => Ok(()),
            Some(_) => Err(twice("cohort", &format!("{} = {}", self.current.0, self.current.1))),
        }
    }

    pub(super) fn cells(&mut self, line: &CellsLine) -> Result<(), String> {
        let place = |name: &str| {
            self.places
                .get(name)
                .copied()
                .ok_or_else(|| format!("no line before this one tells of the path {name:?} in this window; {MEND}"))
        };
        let path = place(&line.at)?;
        let mut found: Vec<(AtomKind, &CellText)> = Vec::new();
        for (name, text) in &line.shapes {
            found.push((AtomKind::Shape(shape(name)?), text));
        }
        found.extend(line.present.iter().map(|text| (AtomKind::Present, text)));
        found.extend(line.hollow.iter().map(|text| (AtomKind::Hollow, text)));
        let tally = self.fingerprint.paths[path as usize].tally.as_ref();
        for (word, text) in &line.values {
            let id = self.key.secret(word.as_bytes());
            if !tally.is_some_and(|tally| tally.contains_key(&id)) {
                return Err(format!("{word:?} is no value of {:?} in this window; {MEND}", line.at));
            }
            found.push((AtomKind::Value(id), text));
        }
        for (other, text) in &line.equal {
            found.push((AtomKind::Equal(place(other)?), text));
        }
        let member = self.cohorts.get_mut(&self.current).ok_or_else(|| format!("the line belongs to no cohort; {MEND}"))?;
        for (kind, text) in found {
            let cell = cell(text, member.total)?;
            if member.cells.insert(Atom { path, kind }, cell).is_some() {
                return Err(twice("path", &line.at));
            }
        }
        Ok(())
    }

    pub(super) fn with(&mut self, number: usize, line: WithLine) -> Result<(), String> {
        let member = self.cohorts.get_mut(&self.current).ok_or_else(|| format!("the line belongs to no cohort; {MEND}"))?;
        if member.shared.iter().any(|known| known.1 == line.with) {
            return Err(twice("records shared with", &line.with));
        }
        member.shared.push((number, line.with, line.values));
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<Fingerprint, Trouble> {
        let whole = self.cohorts.get(&Default::default());
        if whole.map_or(0, |whole| whole.total.count) != self.fingerprint.records || (whole.is_none() && !self.cohorts.is_empty()) {
            let records = self.fingerprint.records;
            return Err((
                self.line,
                format!("the cohort of the whole stream (\"\") lacks or has not the window's {records} records; {MEND}"),
            ));
        }
        self.fingerprint.joint = self.joint()?;
        let places = self.sort_paths();
        let mut members: Vec<((String, String), Member)> = std::mem::take(&mut self.cohorts).into_iter().collect();
        for (_, member) in &mut members {
            member.cells = std::mem::take(&mut member.cells).into_iter().map(|(atom, cell)| (translated(atom, &places), cell)).collect();
        }
        fill_in(members.iter_mut().map(|(_, member)| member), &self.fingerprint.paths);
        let mut atoms: Vec<Atom> = members.iter().flat_map(|(_, member)| member.cells.keys().copied()).collect();
        atoms.sort_unstable();
        atoms.dedup();
        let numbers: HashMap<Atom, u32> = atoms.iter().copied().zip(0..).collect();
        self.fingerprint.atoms = atoms;
        for ((field, value), member) in members {
            let cells = CellList::new(member.total, member.cells.iter().map(|(atom, cell)| (numbers[atom], *cell)));
            let rank = rank(self.key, &field, &value);
            self.fingerprint.cohorts.push(CohortStats { field, value, rank, total: member.total, cells });
        }
        Ok(self.fingerprint)
    }

    fn joint(&self) -> Result<Vec<(u32, u32, u64)>, Trouble> {
        let places: HashMap<(&str, &str), u32> =
            self.cohorts.keys().map(|(field, value)| (field.as_str(), value.as_str())).zip(0..).collect();
        let mut joint: BTreeMap<(u32, u32), u64> = BTreeMap::new();
        for ((field, value), member) in &self.cohorts {
            let a = places[&(field.as_str(), value.as_str())];
            for (line, with, values) in &member.shared {
                for (value, &records) in values {
                    let b = places.get(&(with.as_str(), value.as_str())).copied();
                    let b = b.ok_or_else(|| (*line, format!("this window has no cohort \"{with} = {value}\"; {MEND}")))?;
                    joint.insert((a.min(b), a.max(b)), records);
                }
            }
        }
        Ok(joint.into_iter().map(|((a, b), records)| (a, b, records)).collect())
    }

    /// Sorts the paths by their text and tells their new places by their old ones.
    fn sort_paths(&mut self) -> Vec<u32> {
        let mut sorted: Vec<(String, u32)> = std::mem::take(&mut self.places).into_iter().collect();
        sorted.sort_unstable();
        let mut places = vec![0; sorted.len()];
        for ((_, old), new) in sorted.iter().zip(0..) {
            places[*old as usize] = new;
        }
        let mut paths: Vec<(u32, PathStats)> = places.iter().copied().zip(std::mem::take(&mut self.fingerprint.paths)).collect();
        paths.sort_unstable_by_key(|path| path.0);
        self.fingerprint.paths = paths.into_iter().map(|path| path.1).collect();
        places
    }
}

fn cell(text: &CellText, total: Cell) -> Result<Cell, String> {
    let cell = match text {
        CellText::OfCohort(count) => Cell { count: *count, ..total },
        CellText::Own(count, actors) => {
            Cell { count: *count, actors: actors_from_text(actors).ok_or_else(|| format!("{actors:?} are no actors; {MEND}"))? }
        }
    };
    if cell.count > total.count {
        return Err(format!("{} records are more than those of the cohort, which has {}; {MEND}", cell.count, total.count));
    }
    Ok(cell)
}

/// Adds to the cohorts, of which the first is the whole stream, what their lines imply, and takes out what they deny.
fn fill_in<'a>(mut members: impl Iterator<Item = &'a mut Member>, paths: &[PathStats]) {
    let Some(whole) = members.next() else { return };
    whole.cells.retain(|_, cell| cell.count > 0);
    let leaders = leaders(&whole.cells, whole.total, paths);
    for Member { total, cells, .. } in members {
        for &(atom, leader) in &leaders {
            if let Some(cell) = implied((atom, leader), cells, *total) {
                cells.entry(atom).or_insert(cell);
            }
        }
        cells.retain(|_, cell| cell.count > 0);
    }
}

/// The atom with the places of sorted paths; of two equal paths the first in order carries it.
fn translated(atom: Atom, places: &[u32]) -> Atom {
    let path = places[atom.path as usize];
    match atom.kind {
        AtomKind::Equal(other) => {
            let other = places[other as usize];
            Atom { path: path.min(other), kind: AtomKind::Equal(path.max(other)) }
        }
        kind => Atom { path, kind },
    }
}
