//! Inputs to fingerprints: what learn, check, diff and fingerprint have in common.

use super::Context;
use super::count::Tallies;
use super::fingerprint_file::{self, FingerprintFile};
use super::ids::Ids;
use super::reader::Reader;
use crate::error::{Error, Result};
use crate::expect::{Outcomes, Watcher};
use crate::fingerprint::{Fingerprint, Settings};
use crate::hash::HashKey;
use crate::ingest::Input;
use crate::model::{RejectReason, Window};
use crate::sources::Source;
use crate::store::InputRow;
use std::collections::BTreeMap;

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
    pub(super) named_rejects: Vec<String>,
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

    /// Adds what was found out of the records of an input.
    pub(super) fn add_tallies(&mut self, input: &str, tallies: Tallies) {
        for (reason, count) in tallies.rejects {
            *self.rejects.entry(reason).or_default() += count;
        }
        self.named_rejects.extend(tallies.named.iter().map(|reject| format!("{input}: {reject}")));
        self.learnt_before += tallies.learnt_before;
        self.alike += tallies.alike;
    }

    /// Adds a window to what is there of it.
    pub(super) fn add_window(&mut self, fingerprint: Fingerprint) -> Result<()> {
        match self.fingerprints.iter_mut().find(|known| known.window == fingerprint.window) {
            Some(known) => known.absorb(fingerprint).map_err(Error::Usage),
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
    let settings = Settings { remember: !context.global.no_memo, ..settings };
    let mut reader = Reader::new(source, key, settings, ids, watcher, context.threads());
    reader.read(inputs, context.out.shows_progress())?;
    let reading = reader.finish()?;
    reading.named_rejects.iter().for_each(|reject| context.out.say(reject));
    if let Some(alike) = reading.alike() {
        context.out.say(&format!("warning: {alike}"));
    }
    Ok(reading)
}

/// All windows as one, whatever days they are from.
pub(super) fn pooled(fingerprints: Vec<Fingerprint>) -> Result<Vec<Fingerprint>> {
    let mut pool: Option<Fingerprint> = None;
    for mut fingerprint in fingerprints {
        fingerprint.window = Window::UNDATED;
        match &mut pool {
            None => pool = Some(fingerprint),
            Some(pool) => pool.merge(&fingerprint).map_err(Error::Usage)?,
        }
    }
    Ok(pool.into_iter().collect())
}
