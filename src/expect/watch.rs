//! Sees the records of an input and keeps what they show of the sign-ins of a manifest.

use super::field::Field;
use super::judge::{Must, Outcome, Sightings, State, Want};
use super::manifest::{Manifest, SignIn};
use super::needle::{Needle, may_hold};
use super::record::{Reader, Stands};
use super::values::{Records, Values};
use crate::hash::HashKey;
use crate::model::FieldPath;
use crate::scan::moment;
use crate::sources::Source;

/// Watches the records of one source for the sign-ins of a manifest.
pub struct Watcher<'s> {
    reader: Reader<'s>,
    entries: Vec<Entry>,
    /// Needles of all entries; `None` if some entry may be found in any record.
    needles: Option<Vec<Needle>>,
    /// Place of the event time among the fields read.
    time: Option<usize>,
    shown: bool,
    seen: Seen,
}

/// What was seen so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    records: u64,
    explained: u64,
    entries: Vec<Sightings>,
}

/// What became of the sign-ins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcomes {
    /// Records seen.
    pub records: u64,
    /// Records that belong to no sign-in.
    pub unexplained: u64,
    /// The sign-ins, in the order of the manifest.
    pub sign_ins: Vec<Outcome>,
}

impl Outcomes {
    /// Whether some sign-in was logged otherwise, or not at all.
    #[must_use]
    pub fn fail(&self) -> bool {
        self.sign_ins.iter().any(|outcome| outcome.state != State::Expected)
    }
}

/// A sign-in, its fields resolved.
struct Entry {
    name: String,
    /// Fields that tell a record is its own: each must hold one of the values, the case of letters aside.
    marks: Vec<(usize, Values)>,
    /// Event time in microseconds since 1970: from, and before.
    from: Option<i64>,
    to: Option<i64>,
    musts: Vec<Must>,
    records: Records,
    sought: String,
}

/// The fields of a manifest, each once.
struct Fields<'s> {
    source: &'s Source,
    all: Vec<Field>,
}

impl Fields<'_> {
    fn add(&mut self, field: Field) -> usize {
        self.all.iter().position(|known| *known == field).unwrap_or_else(|| {
            self.all.push(field);
            self.all.len() - 1
        })
    }

    fn path(&mut self, path: &FieldPath) -> usize {
        self.add(Field::of(path, self.source))
    }

    fn name(&mut self, name: &str) -> Result<usize, String> {
        Ok(self.add(Field::named(name, self.source)?))
    }
}

impl<'s> Watcher<'s> {
    /// A watcher that has seen nothing. Values of records are kept where the manifest or the source says that they are no
    /// secret, and all of them if `shown`.
    ///
    /// # Errors
    /// The manifest names a field that the source does not have: which sign-in, which key, what to do.
    pub fn new(manifest: &Manifest, source: &'s Source, key: HashKey, shown: bool) -> Result<Self, String> {
        let mut fields = Fields { source, all: Vec::new() };
        let entries: Result<Vec<Entry>, String> = manifest
            .sign_in
            .iter()
            .map(|sign_in| Entry::new(sign_in, &mut fields).map_err(|why| format!("sign_in {:?}: {why}", sign_in.name)))
            .collect();
        let entries = entries?;
        let is_timed = entries.iter().any(|entry| entry.from.is_some() || entry.to.is_some());
        let time = if is_timed { Some(fields.name("time").map_err(|why| format!("from and to: {why}"))?) } else { None };
        let needles = entries.iter().map(Entry::needles).collect::<Option<Vec<_>>>().map(|lists| lists.concat());
        let seen = Seen { entries: vec![Sightings::default(); entries.len()], ..Seen::default() };
        Ok(Self { reader: Reader::new(source, key, fields.all), entries, needles, time, shown, seen })
    }

    /// Sees one record of the source.
    pub fn see(&mut self, record: &[u8]) {
        self.seen.records += 1;
        if self.needles.as_ref().is_some_and(|needles| !may_hold(record, needles)) {
            return;
        }
        let Some(stands) = self.reader.read(record) else { return };
        let time = self.time.and_then(|field| time_of(&stands[field]));
        let mut is_explained = false;
        for (entry, sightings) in self.entries.iter().zip(&mut self.seen.entries) {
            if entry.owns(&stands, time) {
                is_explained = true;
                sightings.add(&entry.musts, &stands, self.shown);
            }
        }
        self.seen.explained += u64::from(is_explained);
    }

    /// What was seen so far, to go back to.
    pub(crate) fn seen(&self) -> Seen {
        self.seen.clone()
    }

    /// Forgets what was seen since.
    pub(crate) fn go_back(&mut self, seen: Seen) {
        self.seen = seen;
    }

    /// What became of the sign-ins.
    #[must_use]
    pub fn outcomes(&self) -> Outcomes {
        let of = |(entry, sightings): (&Entry, &Sightings)| sightings.outcome(&entry.name, entry.sought.clone(), entry.records);
        Outcomes {
            records: self.seen.records,
            unexplained: self.seen.records - self.seen.explained,
            sign_ins: self.entries.iter().zip(&self.seen.entries).map(of).collect(),
        }
    }
}

impl Entry {
    fn new(sign_in: &SignIn, fields: &mut Fields) -> Result<Self, String> {
        let mut marks = Vec::new();
        for (name, values) in [("user", &sign_in.user), ("id", &sign_in.id), ("correlation_id", &sign_in.correlation_id)] {
            if let Some(values) = values {
                marks.push((fields.name(name)?, values.clone()));
            }
        }
        marks.extend(sign_in.r#where.iter().map(|(path, values)| (fields.path(&path.0), values.clone())));
        let mut musts = Vec::new();
        for (name, values) in [("code", &sign_in.code), ("method", &sign_in.method)] {
            if let Some(values) = values {
                let field = fields.name(name)?;
                let must = Must::new(field, &fields.all[field], Want::Any(values.clone()));
                musts.push(Must { is_first: true, is_open: true, ..must });
            }
        }
        let filled = sign_in.filled.iter().map(|path| (path, Want::Filled));
        let equal = sign_in.equal.iter().map(|(path, values)| (path, Want::Any(values.clone())));
        let format = sign_in.format.iter().map(|(path, format)| (path, Want::Format(*format)));
        for (path, want) in filled.chain(equal).chain(format) {
            let field = fields.path(&path.0);
            musts.push(Must::new(field, &fields.all[field], want));
        }
        Ok(Self {
            name: sign_in.name.clone(),
            marks,
            from: sign_in.from.as_ref().map(|moment| moment.micros),
            to: sign_in.to.as_ref().map(|moment| moment.micros),
            musts,
            records: sign_in.records,
            sought: sign_in.sought(),
        })
    }

    /// Needles of which every record of its own holds one: those of the mark that tells the most.
    fn needles(&self) -> Option<Vec<Needle>> {
        let lists = self.marks.iter().filter_map(|(_, values)| Needle::of_any(values));
        lists.max_by_key(|list| list.iter().map(Needle::length).min())
    }

    /// Whether a record belongs to the sign-in.
    fn owns(&self, stands: &[Stands], time: Option<i64>) -> bool {
        let holds = |(field, values): &(usize, Values)| {
            let mut all = stands[*field].values().flat_map(|stand| &stand.values);
            all.any(|value| values.0.iter().any(|wanted| wanted.eq_ignore_ascii_case(&value.text)))
        };
        let is_after = self.from.is_none_or(|from| time.is_some_and(|time| time >= from));
        let is_before = self.to.is_none_or(|to| time.is_some_and(|time| time < to));
        is_after && is_before && self.marks.iter().all(holds)
    }
}

/// The event time that a record shows, in microseconds since 1970.
fn time_of(stands: &Stands) -> Option<i64> {
    stands.values().flat_map(|stand| stand.filled()).find_map(|value| moment(value.text.as_bytes()))
}
