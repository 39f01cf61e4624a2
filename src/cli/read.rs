//! Inputs to fingerprints: what learn, check, diff and fingerprint have in common.

use super::Context;
use super::fingerprint_file::{self, FingerprintFile};
use super::ids::Ids;
use super::progress::Progress;
use crate::error::{Error, Result};
use crate::expect::{Outcomes, Watcher};
use crate::fingerprint::{Fingerprint, Fingerprinter, Outcome, Settings};
use crate::hash::HashKey;
use crate::ingest::{self, Input, Known, Place, Sink, Summary};
use crate::model::{Content, Reject, RejectReason, Window};
use crate::sources::Source;
use crate::store::{InputRow, Seen, Sighting};
use std::collections::BTreeMap;

/// Rejects of one input that are named one by one; the rest is only counted.
const NAMED_REJECTS: usize = 3;

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
    /// Inputs left out because an earlier run had learnt them, or because they came before in this one.
    pub(super) inputs_learnt_before: Vec<String>,
    /// Records without an id that are in another input too, byte for byte. They count: two sign-ins may look alike, and only
    /// an id tells them from one that came twice.
    alike: u64,
    /// Records that may not join the baseline, as their windows are closed.
    left_out: BTreeMap<Window, u64>,
    /// The inputs read, to be remembered.
    pub(super) inputs: Vec<InputRow>,
    /// Files of fingerprints added.
    pub(super) files: usize,
    /// What became of the sign-ins that were watched for.
    pub(super) sign_ins: Option<Outcomes>,
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

    /// Takes out the windows that are closed, and what was refused if nothing else is left.
    pub(super) fn leave_out(&mut self, closed: &[Window]) {
        let is_closed = |fingerprint: &mut Fingerprint| fingerprint.records > 0 && closed.contains(&fingerprint.window);
        self.left_out.extend(self.fingerprints.extract_if(.., is_closed).map(|one| (one.window, one.records)));
        if !self.left_out.is_empty() && self.records() == 0 {
            self.fingerprints.clear();
        }
    }

    /// Which records are left out of the baseline, if some are.
    pub(super) fn left_out(&self) -> Option<String> {
        let (first, last) = (self.left_out.first_key_value()?.0, self.left_out.last_key_value()?.0);
        let period = if first == last { format!("{first}") } else { format!("{first} to {last}") };
        let records: u64 = self.left_out.values().sum();
        Some(format!(
            "{records} records were not learnt: their windows ({period}) were imported, and nothing tells which records are in them \
             already; learn them into another store"
        ))
    }

    /// Which records may count twice, if some may.
    pub(super) fn alike(&self) -> Option<String> {
        (self.alike > 0).then(|| {
            format!(
                "{} records without an id are in another input too, byte for byte, and count again, as nothing tells whether they are \
                 the same; read each log once, or name the field of the id in the source",
                self.alike
            )
        })
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
    /// Sees every record that counts.
    watcher: Option<Watcher<'s>>,
    ids: &'a mut dyn Ids,
    progress: &'a mut Progress,
    source: &'s Source,
    settings: Settings,
    reading: Reading,
    key: &'s HashKey,
    input: String,
    /// Hash of the input's name.
    name: u64,
    /// Whether the beginning of the input was learnt before.
    has_grown: bool,
    /// What this run has read, by its head.
    own: BTreeMap<u128, Vec<Content>>,
    named: usize,
    /// Fingerprints of inputs that can be read only once: whether they had been learnt before is known when they were read.
    apart: Vec<Fingerprint>,
    /// The store failed: everything that comes after is ignored and the run ends with this error.
    failed: Option<Error>,
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
    read_watched(inputs, source, key, settings, ids, None, context)
}

/// The same, with somebody who watches the records for the sign-ins of a manifest.
pub(super) fn read_watched(
    inputs: &[Input],
    source: &Source,
    key: &HashKey,
    settings: Settings,
    ids: &mut dyn Ids,
    watcher: Option<Watcher<'_>>,
    context: &Context,
) -> Result<Reading> {
    let mut progress = Progress::new(inputs, context.out.shows_progress());
    let fingerprinter = Fingerprinter::new(source, key.clone(), settings);
    let mut reader = Reader {
        fingerprinter,
        watcher,
        ids,
        progress: &mut progress,
        source,
        settings,
        reading: Reading::default(),
        key,
        input: String::new(),
        name: 0,
        has_grown: false,
        own: BTreeMap::new(),
        named: 0,
        apart: Vec::new(),
        failed: None,
    };
    for input in inputs {
        reader.read_one(input)?;
    }
    reader.progress.done();
    reader.reading.named_rejects.iter().for_each(|reject| context.out.say(reject));
    if let Some(alike) = reader.reading.alike() {
        context.out.say(&format!("warning: {alike}"));
    }
    let Reader { fingerprinter, watcher, mut reading, apart, .. } = reader;
    reading.sign_ins = watcher.map(|watcher| watcher.outcomes());
    reading.fingerprints = fingerprinter.finish();
    apart.into_iter().try_for_each(|fingerprint| reading.add_window(fingerprint))?;
    reading.fingerprints.sort_by_key(|fingerprint| fingerprint.window);
    Ok(reading)
}

impl Reader<'_, '_> {
    fn read_one(&mut self, input: &Input) -> Result<()> {
        self.input = input.to_string();
        self.name = self.key.fast(self.input.as_bytes());
        self.named = 0;
        self.has_grown = false;
        self.progress.begin(input);
        let Some(heads) = ingest::heads(input, self.key)? else { return self.read_once(input) };
        let skip = match ingest::recognise(input, &self.read_before(&heads)?, self.key)? {
            Known::Nothing => 0,
            Known::Beginning(bytes) => bytes,
            Known::All => {
                self.leave_out_input();
                return Ok(());
            }
        };
        self.has_grown = skip > 0;
        let summary = self.read_from(input, skip)?;
        self.reading.bytes += summary.content.bytes.saturating_sub(skip);
        if self.has_grown && summary.records + summary.rejects == 0 {
            // It grew by blanks, or by the end of a list.
            self.reading.inputs_learnt_before.push(self.input.clone());
        }
        self.remember(&summary);
        Ok(())
    }

    /// Reads what can be read only once with a fingerprinter of its own, and drops that if all of it had been learnt before.
    fn read_once(&mut self, input: &Input) -> Result<()> {
        let mut fingerprinter = Fingerprinter::new(self.source, self.key.clone(), self.settings);
        let Reading { rejects, named_rejects, learnt_before, alike, .. } = &self.reading;
        let before = (rejects.clone(), named_rejects.len(), *learnt_before, *alike);
        let watched = self.watcher.as_ref().map(Watcher::seen);
        std::mem::swap(&mut self.fingerprinter, &mut fingerprinter);
        let summary = self.read_from(input, 0);
        std::mem::swap(&mut self.fingerprinter, &mut fingerprinter);
        let summary = summary?;
        let content = summary.content;
        let is_same = |known: &Content| (known.bytes, known.hash) == (content.bytes, content.hash);
        if self.read_before(&[content.head_hash])?.iter().any(is_same) {
            (self.reading.rejects, self.reading.learnt_before, self.reading.alike) = (before.0, before.2, before.3);
            self.reading.named_rejects.truncate(before.1);
            if let Some((watcher, seen)) = self.watcher.as_mut().zip(watched) {
                watcher.go_back(seen);
            }
            self.leave_out_input();
            return Ok(());
        }
        self.apart.extend(fingerprinter.finish());
        self.reading.bytes += content.bytes;
        self.remember(&summary);
        Ok(())
    }

    /// What began in one of these ways and was learnt by an earlier run, or read before by this one.
    fn read_before(&self, heads: &[u128]) -> Result<Vec<Content>> {
        let mut before = Vec::new();
        for head in heads {
            before.extend(self.own.get(head).into_iter().flatten());
            before.extend(self.ids.learnt(&self.source.name, *head)?.iter().map(|row| row.content));
        }
        Ok(before)
    }

    fn read_from(&mut self, input: &Input, skip: u64) -> Result<Summary> {
        let summary = ingest::read(input, skip, self.key, self)?;
        self.failed.take().map_or(Ok(summary), Err)
    }

    fn leave_out_input(&mut self) {
        self.reading.inputs_learnt_before.push(std::mem::take(&mut self.input));
    }

    fn remember(&mut self, summary: &Summary) {
        let name = std::mem::take(&mut self.input);
        self.own.entry(summary.content.head_hash).or_default().push(summary.content);
        self.reading.inputs.push(InputRow { name, content: summary.content, records: summary.records, learnt_at: 0 });
    }

    fn take(&mut self, bytes: &[u8]) -> std::result::Result<(), RejectReason> {
        let Outcome::Record { window, id, body } = self.fingerprinter.read(bytes)? else { return Ok(()) };
        // Without an id the body stands for it, and the input for the body: a twin is then an equal record of another input.
        let (entry, named) = id.map_or(((body, self.name), false), |id| ((id, body), true));
        match self.ids.see(&self.source.name, window, entry.0, entry.1) {
            Err(error) => self.failed = Some(error),
            Ok(sighting) if named => self.count(bytes, window, sighting),
            Ok(Sighting { seen, earlier_run }) => {
                let elsewhere = seen == Seen::Twin || (seen == Seen::Repeat && earlier_run && !self.has_grown);
                self.reading.alike += u64::from(elsewhere);
                self.count_in(bytes, window, false);
            }
        }
        Ok(())
    }

    /// Counts a record with an id, unless it came before.
    fn count(&mut self, bytes: &[u8], window: Window, sighting: Sighting) {
        match sighting {
            Sighting { seen: Seen::Repeat, earlier_run: true } => self.reading.learnt_before += 1,
            Sighting { seen: Seen::Repeat, earlier_run: false } => self.fingerprinter.repeat(window),
            Sighting { seen, .. } => self.count_in(bytes, window, seen == Seen::Twin),
        }
    }

    fn count_in(&mut self, bytes: &[u8], window: Window, twin: bool) {
        self.fingerprinter.count(bytes, window, twin);
        if let Some(watcher) = &mut self.watcher {
            watcher.see(bytes);
        }
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
