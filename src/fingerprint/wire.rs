//! The one stored form of a fingerprint: versioned, canonical, compact; whole numbers as LEB128 varints, lists with their length
//! in front, cells as steps from the atom before.

use super::bytes::{Reader, Writer};
use super::{Atom, AtomKind, Cell, CellList, CohortStats, Description, Fingerprint, PathStats, Value};
use crate::model::{FieldPath, Granularity, RejectReason, Shape, Window};
use crate::stats::Bottom;

/// Version of the wire form; every version ever released can be read.
pub const WIRE_VERSION: u8 = 1;
const MAGIC: &[u8; 4] = b"LDFP";

/// Why bytes are no fingerprint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// They do not begin as one.
    #[error("this is no logdrift fingerprint")]
    NotAFingerprint,
    /// They were written by a newer logdrift.
    #[error("the fingerprint has version {0}, this logdrift reads up to version {WIRE_VERSION}; upgrade logdrift")]
    Newer(u8),
    /// They are cut off or damaged.
    #[error("the fingerprint is damaged at byte {0}")]
    Damaged(usize),
}

impl Fingerprint {
    /// The wire form: equal fingerprints have equal bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Writer(Vec::new());
        out.0.extend_from_slice(MAGIC);
        out.0.push(WIRE_VERSION);
        out.fixed(self.key);
        out.signed(self.window.start);
        out.0.push(u8::from(self.window.granularity == Granularity::Hour));
        [self.records, self.repeats, self.twins, self.lost].into_iter().for_each(|count| out.number(count));
        out.list(&self.apart, |out, (name, &count)| {
            out.text(name);
            out.number(count);
        });
        out.list(&self.rejects, |out, (reason, &count)| {
            out.text(reason.id());
            out.number(count);
        });
        out.list(&self.hours, |out, (name, hours)| {
            out.text(name);
            hours.iter().for_each(|&count| out.number(count));
        });
        out.histogram(&self.lag);
        out.list(self.ids.hashes(), |out, &id| out.fixed(id));
        out.list(&self.paths, Writer::path);
        let mut last = 0;
        out.list(&self.atoms, |out, atom| out.atom(atom, &mut last));
        out.list(&self.cohorts, Writer::cohort);
        let mut last = 0;
        out.list(&self.joint, |out, &(a, b, records)| {
            out.number(u64::from(a - last));
            out.number(u64::from(b));
            out.number(records);
            last = a;
        });
        out.list(&self.codes, |out, (code, descriptions)| {
            out.text(code);
            out.list(descriptions, |out, (&hash, description)| {
                out.fixed(hash);
                out.number(description.records);
                out.text(&description.text);
            });
        });
        out.0
    }

    /// Reads the wire form.
    ///
    /// # Errors
    /// The bytes are no fingerprint, of a newer version, or damaged.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, WireError> {
        let version = match bytes.split_first_chunk::<4>() {
            Some((MAGIC, rest)) => rest.first().copied().ok_or(WireError::Damaged(4))?,
            _ => return Err(WireError::NotAFingerprint),
        };
        if version > WIRE_VERSION {
            return Err(WireError::Newer(version));
        }
        let mut input = Reader { bytes, at: 5 };
        let fingerprint = input.fingerprint().ok_or(WireError::Damaged(input.at))?;
        if input.at == bytes.len() { Ok(fingerprint) } else { Err(WireError::Damaged(input.at)) }
    }
}

impl Writer {
    fn path(&mut self, stats: &PathStats) {
        self.text(&stats.path.to_string());
        self.number(stats.occurrences);
        self.histogram(&stats.lengths);
        self.histogram(&stats.numbers);
        self.list(stats.distinct.hashes(), |out, &hash| out.fixed(hash));
        self.0.push(u8::from(stats.tally.is_some()));
        self.list(stats.tally.iter().flatten().collect::<Vec<_>>(), |out, (&id, value)| {
            out.fixed(id);
            out.0.push(value.shape.code());
            out.0.push(u8::from(value.word.is_some()));
            out.text(value.word.as_deref().unwrap_or(""));
        });
    }

    fn atom(&mut self, atom: &Atom, last: &mut u32) {
        self.number(u64::from(atom.path - *last));
        *last = atom.path;
        match atom.kind {
            AtomKind::Present => self.0.push(0),
            AtomKind::Hollow => self.0.push(1),
            AtomKind::Shape(shape) => self.0.extend_from_slice(&[2, shape.code()]),
            AtomKind::Value(id) => {
                self.0.push(3);
                self.fixed(id);
            }
            AtomKind::Equal(other) => {
                self.0.push(4);
                self.number(u64::from(other));
            }
        }
    }

    fn cohort(&mut self, cohort: &CohortStats) {
        self.text(&cohort.field);
        self.text(&cohort.value);
        self.fixed(cohort.rank);
        self.number(cohort.total.count);
        self.actors(cohort.total.actors);
        cohort.cells.write(self);
    }
}

impl Reader<'_> {
    fn fingerprint(&mut self) -> Option<Fingerprint> {
        let key = self.fixed()?;
        let start = self.signed()?;
        let granularity = if self.flag()? { Granularity::Hour } else { Granularity::Day };
        let mut fingerprint = Fingerprint::empty(key, Window { start, granularity });
        fingerprint.records = self.number()?;
        fingerprint.repeats = self.number()?;
        fingerprint.twins = self.number()?;
        fingerprint.lost = self.number()?;
        fingerprint.apart = self.map(|input| Some((input.text()?, input.number()?)))?;
        fingerprint.rejects = self.map(|input| {
            let id = input.text()?;
            Some((RejectReason::ALL.into_iter().find(|reason| reason.id() == id)?, input.number()?))
        })?;
        fingerprint.hours = self.map(|input| {
            let name = input.text()?;
            let mut hours = [0; 24];
            for hour in &mut hours {
                *hour = input.number()?;
            }
            Some((name, hours))
        })?;
        fingerprint.lag = self.histogram()?;
        fingerprint.ids = self.list(Self::fixed)?.into_iter().collect();
        fingerprint.paths = self.list(Self::path).filter(|paths| is_in_order(paths.iter().map(|stats| stats.path.to_string())))?;
        let paths = u32::try_from(fingerprint.paths.len()).ok()?;
        let mut last = 0;
        fingerprint.atoms = self.list(|input| input.atom(&mut last, paths)).filter(|atoms| is_in_order(atoms.iter()))?;
        let atoms = u32::try_from(fingerprint.atoms.len()).ok()?;
        fingerprint.cohorts = self.list(|input| input.cohort(atoms))?;
        let cohorts = u64::try_from(fingerprint.cohorts.len()).ok()?;
        let mut last = 0;
        fingerprint.joint = self.list(|input| {
            let a = input.number()?.checked_add(last).filter(|&a| a < cohorts)?;
            let b = input.number().filter(|&b| b < cohorts)?;
            last = a;
            Some((u32::try_from(a).ok()?, u32::try_from(b).ok()?, input.number()?))
        })?;
        fingerprint.codes = self.map(|input| {
            let code = input.text()?;
            Some((code, input.map(|input| Some((input.fixed()?, Description { records: input.number()?, text: input.text()? })))?))
        })?;
        Some(fingerprint)
    }

    fn path(&mut self) -> Option<PathStats> {
        Some(PathStats {
            path: FieldPath::parse(&self.text()?).ok()?,
            occurrences: self.number()?,
            lengths: self.histogram()?,
            numbers: self.histogram()?,
            distinct: self.list(Self::fixed)?.into_iter().collect::<Bottom>(),
            tally: {
                let closed = self.flag()?;
                let values = self.map(|input| {
                    let id = input.fixed()?;
                    let shape = Shape::from_code(input.byte()?)?;
                    let kept = input.byte()? == 1;
                    let word = input.text()?;
                    Some((id, Value { shape, word: kept.then_some(word) }))
                })?;
                closed.then_some(values)
            },
        })
    }

    fn atom(&mut self, last: &mut u32, paths: u32) -> Option<Atom> {
        let path = u32::try_from(self.number()?).ok()?.checked_add(*last).filter(|&path| path < paths)?;
        *last = path;
        let kind = match self.byte()? {
            0 => AtomKind::Present,
            1 => AtomKind::Hollow,
            2 => AtomKind::Shape(Shape::from_code(self.byte()?)?),
            3 => AtomKind::Value(self.fixed()?),
            4 => AtomKind::Equal(u32::try_from(self.number()?).ok().filter(|&other| other < paths)?),
            _ => return None,
        };
        Some(Atom { path, kind })
    }

    fn cohort(&mut self, atoms: u32) -> Option<CohortStats> {
        let (field, value, rank) = (self.text()?, self.text()?, self.fixed()?);
        let total = Cell { count: self.number()?, actors: self.actors()? };
        let cells = CellList::read(self, total, atoms)?;
        Some(CohortStats { field, value, rank, total, cells })
    }
}

/// Whether each comes behind the one before.
fn is_in_order<T: PartialOrd>(items: impl Iterator<Item = T>) -> bool {
    items.is_sorted_by(|a, b| a < b)
}
