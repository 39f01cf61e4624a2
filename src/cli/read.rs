//! Inputs to fingerprints: what learn, check, diff and fingerprint have in common.

use super::Context;
use super::fingerprint_file::{self, FingerprintFile};
use super::progress::Progress;
use crate::error::{Error, Result};
use crate::fingerprint::{Fingerprint, Fingerprinter, Outcome, Settings};
use crate::hash::HashKey;
use crate::ingest::{self, Input, Place, Resume, Sink, Summary};
use crate::model::{Reject, RejectReason, Window};
use crate::sources::Source;
use crate::store::{Ingest, InputRow, Seen, SeenInMemory, Sighting};
use std::collections::BTreeMap;

/// Rejects of one input that are named one by one; the rest is only counted.
const NAMED_REJECTS: usize = 3;

/// Who knows which records came before.
pub(super) trait Ids {
    /// Looks a record up and remembers it.
    fn see(&mut self, source: &str, window: Window, id: u64, body: u64) -> Result<Sighting>;

    /// Inputs that were learnt from before under this name or with this size.
    fn learnt(&self, _source: &str, _name: &str, _size: Option<u64>) -> Result<Vec<InputRow>> {
        Ok(Vec::new())
    }
}

impl Ids for SeenInMemory {
    fn see(&mut self, source: &str, window: Window, id: u64, body: u64) -> Result<Sighting> {
        Ok(Self::see(self, source, window, id, body))
    }
}

impl Ids for Ingest<'_> {
    fn see(&mut self, source: &str, window: Window, id: u64, body: u64) -> Result<Sighting> {
        Ingest::see(self, source, window, id, body)
    }

    fn learnt(&self, source: &str, name: &str, size: Option<u64>) -> Result<Vec<InputRow>> {
        let mut rows = self.inputs_named(source, name)?;
        if let Some(size) = size {
            rows.extend(self.inputs_of_size(source, size)?);
        }
        Ok(rows)
    }
}

/// What was read from all inputs of a run.
#[derive(Default)]
pub(super) struct Reading {
    /// The windows, in order of time; rejects stand in the undated one.
    pub(super) fingerprints: Vec<Fingerprint>,
    /// Decompressed bytes.
    pub(super) bytes: u64,
    /// Pieces that were no record, by reason.
    pub(super) rejects: BTreeMap<RejectReason, u64>,
    /// The first rejects of each input, as sentences.
    named_rejects: Vec<String>,
    /// Records left out because an earlier run had learnt them.
    pub(super) learnt_before: u64,
    /// Inputs left out because an earlier run had learnt them.
    pub(super) inputs_learnt_before: Vec<String>,
    /// The inputs read, to be remembered.
    pub(super) inputs: Vec<InputRow>,
    /// Files of fingerprints added.
    pub(super) files: usize,
}

impl Reading {
    /// Adds the windows of files of fingerprints, made with the key of the others.
    pub(super) fn add(&mut self, files: Vec<FingerprintFile>, context: &Context) -> Result<()> {
        self.files += files.len();
        for fingerprint in fingerprint_file::merged(files, context)? {
            for (&reason, count) in &fingerprint.rejects {
                *self.rejects.entry(reason).or_default() += count;
            }
            self.add_window(fingerprint)?;
        }
        self.fingerprints.sort_by_key(|fingerprint| fingerprint.window);
        Ok(())
    }

    fn add_window(&mut self, fingerprint: Fingerprint) -> Result<()> {
        match self.fingerprints.iter_mut().find(|known| known.window == fingerprint.window) {
            Some(known) => known.merge(&fingerprint).map_err(Error::Usage),
            None => {
                self.fingerprints.push(fingerprint);
                Ok(())
            }
        }
    }

    /// Records counted.
    pub(super) fn records(&self) -> u64 {
        self.fingerprints.iter().map(|fingerprint| fingerprint.records).sum()
    }

    /// The windows with records.
    pub(super) fn windows(&self) -> impl Iterator<Item = &Fingerprint> {
        self.fingerprints.iter().filter(|fingerprint| fingerprint.records > 0)
    }

    /// Records of types that the source does not read.
    pub(super) fn apart(&self) -> BTreeMap<String, u64> {
        let mut apart = BTreeMap::new();
        for (name, count) in self.fingerprints.iter().flat_map(|fingerprint| &fingerprint.apart) {
            *apart.entry(name.clone()).or_default() += count;
        }
        apart
    }

    /// An error that tells why nothing was recognised, if nothing was.
    pub(super) fn must_have_records(&self, source: &Source) -> Result<()> {
        if self.records() > 0 || self.learnt_before > 0 || !self.inputs_learnt_before.is_empty() {
            return Ok(());
        }
        let inputs: Vec<&str> = self.inputs.iter().map(|input| input.name.as_str()).collect();
        let inputs = match inputs.as_slice() {
            [] => String::new(),
            [one] => format!(" in {one}"),
            [first, others @ ..] => format!(" in {first} and {} more", others.len()),
        };
        Err(Error::Nothing(format!(
            "no record of source {} was recognised{inputs}; {}; {}",
            source.name,
            self.why_none(),
            self.next(source)
        )))
    }

    fn why_none(&self) -> String {
        let (rejects, apart): (u64, u64) = (self.rejects.values().sum(), self.apart().values().sum());
        let mut reasons: Vec<(&RejectReason, &u64)> = self.rejects.iter().collect();
        reasons.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        match reasons.as_slice() {
            [] if apart == 0 => "the input is empty".to_owned(),
            [] => format!("all {apart} records are of types that the source does not read: {}", names(&self.apart())),
            [(reason, count)] => format!("{count} of {} pieces of input were refused: {reason}", rejects + apart),
            several => {
                let reasons: Vec<String> = several.iter().map(|(reason, count)| format!("{reason} ({count})")).collect();
                format!("{rejects} of {} pieces of input were refused: {}", rejects + apart, reasons.join(", "))
            }
        }
    }

    /// What to do where no record was recognised.
    fn next(&self, source: &Source) -> String {
        let sources = "`logdrift sources` lists the sources, `--source generic` reads any JSON";
        let time: Vec<String> = source.roles().first().into_iter().flatten().map(ToString::to_string).collect();
        if self.rejects.contains_key(&RejectReason::NoTime) && !time.is_empty() {
            return format!("the time is looked for at {}; check the path and the source: {sources}", time.join(", "));
        }
        sources.to_owned()
    }
}

fn names(counts: &BTreeMap<String, u64>) -> String {
    counts.keys().take(5).map(String::as_str).collect::<Vec<_>>().join(", ")
}

struct Reader<'a, 's> {
    fingerprinter: Fingerprinter<'s>,
    ids: &'a mut dyn Ids,
    progress: &'a mut Progress,
    source: &'s Source,
    settings: Settings,
    reading: Reading,
    input: String,
    named: usize,
    /// Fingerprints of standard input: only once it was read is it known whether it had been learnt before.
    apart: Vec<Fingerprint>,
    /// The store failed: everything that comes after is ignored and the run ends with this error.
    failed: Option<Error>,
}

/// Where an earlier run stopped that read the beginning of this input: of several the one that got furthest.
fn resume(input: &Input, mut known: Vec<InputRow>, key: &HashKey) -> Result<Option<Resume>> {
    known.retain(|row| row.consumed > 0);
    known.sort_by_key(|row| std::cmp::Reverse(row.consumed));
    for row in known {
        if ingest::hash_prefix(input, row.consumed, key)? == Some(row.consumed_hash) {
            return Ok(Some(Resume { offset: row.consumed, hash: row.consumed_hash }));
        }
    }
    Ok(None)
}

/// Reads all inputs, shows how far it has got and says what was refused.
pub(super) fn read(
    inputs: &[Input],
    source: &Source,
    key: &HashKey,
    settings: Settings,
    ids: &mut dyn Ids,
    context: &Context,
) -> Result<Reading> {
    let mut progress = Progress::new(inputs, context.out.shows_progress());
    let fingerprinter = Fingerprinter::new(source, key.clone(), settings);
    let mut reader = Reader {
        fingerprinter,
        ids,
        progress: &mut progress,
        source,
        settings,
        reading: Reading::default(),
        input: String::new(),
        named: 0,
        apart: Vec::new(),
        failed: None,
    };
    for input in inputs {
        reader.read_one(input, key)?;
    }
    reader.progress.done();
    reader.reading.named_rejects.iter().for_each(|reject| context.out.say(reject));
    let Reader { fingerprinter, mut reading, apart, .. } = reader;
    reading.fingerprints = fingerprinter.finish();
    apart.into_iter().try_for_each(|fingerprint| reading.add_window(fingerprint))?;
    reading.fingerprints.sort_by_key(|fingerprint| fingerprint.window);
    Ok(reading)
}

impl Reader<'_, '_> {
    fn read_one(&mut self, input: &Input, key: &HashKey) -> Result<()> {
        self.input = input.to_string();
        self.named = 0;
        self.progress.begin(input);
        let size = match input {
            Input::File(path) => std::fs::metadata(path).ok().map(|meta| meta.len()),
            Input::Stdin => None,
        };
        let known = self.ids.learnt(&self.source.name, &self.input, size)?;
        for row in known.iter().filter(|row| Some(row.raw_bytes) == size && row.consumed == row.raw_bytes) {
            if ingest::hash_prefix(input, row.raw_bytes, key)? == Some(row.hash) {
                self.reading.inputs_learnt_before.push(std::mem::take(&mut self.input));
                return Ok(());
            }
        }
        if *input == Input::Stdin {
            return self.read_stdin(input, key);
        }
        let resume = resume(input, known, key)?;
        let summary = ingest::read(input, resume.as_ref(), key, self)?;
        match self.failed.take() {
            Some(error) => Err(error),
            None => {
                self.remember(&summary);
                Ok(())
            }
        }
    }

    /// Reads standard input with a fingerprinter of its own; what an earlier run learnt whole is left out.
    fn read_stdin(&mut self, input: &Input, key: &HashKey) -> Result<()> {
        let mut fingerprinter = Fingerprinter::new(self.source, key.clone(), self.settings);
        std::mem::swap(&mut self.fingerprinter, &mut fingerprinter);
        let summary = ingest::read(input, None, key, self);
        std::mem::swap(&mut self.fingerprinter, &mut fingerprinter);
        let summary = summary?;
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        let known = self.ids.learnt(&self.source.name, &self.input, Some(summary.raw_bytes))?;
        if known.iter().any(|row| row.raw_bytes == summary.raw_bytes && row.hash == summary.hash) {
            self.reading.inputs_learnt_before.push(std::mem::take(&mut self.input));
            return Ok(());
        }
        self.apart.extend(fingerprinter.finish());
        self.remember(&summary);
        Ok(())
    }

    fn remember(&mut self, summary: &Summary) {
        self.reading.bytes += summary.bytes;
        self.reading.inputs.push(InputRow {
            name: std::mem::take(&mut self.input),
            raw_bytes: summary.raw_bytes,
            hash: summary.hash,
            consumed: summary.consumed,
            consumed_hash: summary.consumed_hash,
            records: summary.records,
            learnt_at: 0,
        });
    }

    fn take(&mut self, bytes: &[u8]) -> std::result::Result<(), RejectReason> {
        let Outcome::Record { window, id, body } = self.fingerprinter.read(bytes)? else { return Ok(()) };
        let sighting = match id.map(|id| self.ids.see(&self.source.name, window, id, body)) {
            None => Sighting { seen: Seen::New, earlier_run: false },
            Some(Ok(sighting)) => sighting,
            Some(Err(error)) => {
                self.failed = Some(error);
                return Ok(());
            }
        };
        match sighting {
            Sighting { seen: Seen::Repeat, earlier_run: true } => self.reading.learnt_before += 1,
            Sighting { seen: Seen::Repeat, earlier_run: false } => self.fingerprinter.repeat(window),
            Sighting { seen, .. } => self.fingerprinter.count(bytes, window, seen == Seen::Twin),
        }
        Ok(())
    }
}

impl Sink for Reader<'_, '_> {
    fn record(&mut self, _: Place, bytes: &[u8]) -> std::result::Result<(), RejectReason> {
        if self.failed.is_some() { Ok(()) } else { self.take(bytes) }
    }

    fn reject(&mut self, reject: Reject) {
        self.fingerprinter.reject(reject.reason);
        *self.reading.rejects.entry(reject.reason).or_default() += 1;
        if self.named < NAMED_REJECTS {
            self.named += 1;
            self.reading.named_rejects.push(format!("{}: {reject}", self.input));
        }
    }

    fn progress(&mut self, raw_bytes: u64) {
        self.progress.at(raw_bytes);
    }
}
