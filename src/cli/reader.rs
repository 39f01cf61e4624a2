//! Reads the inputs of a run one after the other, each shared out among threads.

use super::count::{Counter, Desk, Origin, Tallies, locked};
use super::ids::Ids;
use super::progress::Progress;
use super::read::Reading;
use crate::error::Result;
use crate::expect::Watcher;
use crate::fingerprint::{Fingerprint, Fingerprinter, Settings};
use crate::hash::HashKey;
use crate::ingest::{self, Input, Known, Summary};
use crate::model::Content;
use crate::sources::Source;
use crate::store::InputRow;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Memory that the counters of one thread may take at least, however many threads share [`Settings::memory`].
const LEAST_MEMORY: usize = 16 << 20;

/// Makes fingerprints of inputs.
pub(super) struct Reader<'a, 's> {
    /// One for each thread.
    fingerprinters: Vec<Fingerprinter<'s>>,
    desk: Mutex<Desk<'a>>,
    watcher: Option<Mutex<Watcher<'s>>>,
    source: &'s Source,
    settings: Settings,
    reading: Reading,
    key: &'s HashKey,
    /// What this run has read, by its head.
    own: BTreeMap<u128, Vec<Content>>,
    /// Fingerprints of inputs that can be read only once: whether they had been learnt before is known when they were read.
    apart: Vec<Fingerprint>,
}

impl<'a, 's> Reader<'a, 's> {
    /// A reader that has `threads` threads count.
    pub(super) fn new(
        source: &'s Source,
        key: &'s HashKey,
        settings: Settings,
        ids: &'a mut dyn Ids,
        watcher: Option<Watcher<'s>>,
        threads: usize,
    ) -> Self {
        let settings = Settings { memory: settings.memory.min((settings.memory / threads).max(LEAST_MEMORY)), ..settings };
        Self {
            fingerprinters: (0..threads).map(|_| Fingerprinter::new(source, key.clone(), settings)).collect(),
            desk: Mutex::new(Desk { ids, failed: None }),
            watcher: watcher.map(Mutex::new),
            source,
            settings,
            reading: Reading::default(),
            key,
            own: BTreeMap::new(),
            apart: Vec::new(),
        }
    }

    /// Reads all inputs.
    pub(super) fn read(&mut self, inputs: &[Input], shows_progress: bool) -> Result<()> {
        let mut progress = Progress::new(inputs, shows_progress);
        for input in inputs {
            progress.begin(input);
            self.read_one(input, &mut progress)?;
        }
        progress.done();
        Ok(())
    }

    /// What was read.
    pub(super) fn finish(self) -> Result<Reading> {
        let Self { fingerprinters, watcher, mut reading, apart, .. } = self;
        reading.sign_ins = watcher.map(|watcher| watcher.into_inner().unwrap_or_else(PoisonError::into_inner).outcomes());
        finished(fingerprinters).into_iter().chain(apart).try_for_each(|fingerprint| reading.add_window(fingerprint))?;
        reading.fingerprints.sort_by_key(|fingerprint| fingerprint.window);
        Ok(reading)
    }

    fn read_one(&mut self, input: &Input, progress: &mut Progress) -> Result<()> {
        let Some(heads) = ingest::heads(input, self.key)? else { return self.read_once(input, progress) };
        let skip = match ingest::recognise(input, &self.read_before(&heads)?, self.key)? {
            Known::Nothing => 0,
            Known::Beginning(bytes) => bytes,
            Known::All => {
                self.reading.inputs_learnt_before.push(input.to_string());
                return Ok(());
            }
        };
        let (summary, tallies) = self.read_from(input, skip, progress)?;
        self.reading.add_tallies(&input.to_string(), tallies);
        self.reading.bytes += summary.content.bytes.saturating_sub(skip);
        if skip > 0 && summary.records + summary.rejects == 0 {
            // It grew by blanks, or by the end of a list.
            self.reading.inputs_learnt_before.push(input.to_string());
        }
        self.remember(input, &summary);
        Ok(())
    }

    /// Reads what can be read only once with fingerprinters of its own, and drops them if all of it had been learnt before.
    fn read_once(&mut self, input: &Input, progress: &mut Progress) -> Result<()> {
        let (source, key, settings) = (self.source, self.key, self.settings);
        let mut fingerprinters: Vec<_> = self.fingerprinters.iter().map(|_| Fingerprinter::new(source, key.clone(), settings)).collect();
        let watched = self.watcher.as_ref().map(|watcher| locked(watcher).seen());
        std::mem::swap(&mut self.fingerprinters, &mut fingerprinters);
        let read = self.read_from(input, 0, progress);
        std::mem::swap(&mut self.fingerprinters, &mut fingerprinters);
        let (summary, tallies) = read?;
        let content = summary.content;
        let is_same = |known: &Content| (known.bytes, known.hash) == (content.bytes, content.hash);
        if self.read_before(&[content.head_hash])?.iter().any(is_same) {
            if let Some((watcher, seen)) = self.watcher.as_ref().zip(watched) {
                locked(watcher).go_back(seen);
            }
            self.reading.inputs_learnt_before.push(input.to_string());
            return Ok(());
        }
        self.reading.add_tallies(&input.to_string(), tallies);
        self.apart.extend(finished(fingerprinters));
        self.reading.bytes += content.bytes;
        self.remember(input, &summary);
        Ok(())
    }

    /// What began in one of these ways and was learnt by an earlier run, or read before by this one.
    fn read_before(&self, heads: &[u128]) -> Result<Vec<Content>> {
        let mut before = Vec::new();
        for head in heads {
            before.extend(self.own.get(head).into_iter().flatten());
            before.extend(locked(&self.desk).ids.learnt(&self.source.name, *head)?.iter().map(|row| row.content));
        }
        Ok(before)
    }

    /// Counts the records of an input from a byte on.
    fn read_from(&mut self, input: &Input, skip: u64, progress: &mut Progress) -> Result<(Summary, Tallies)> {
        let (desk, watcher, name) = (&self.desk, self.watcher.as_ref(), self.key.fast(input.to_string().as_bytes()));
        let origin = Origin { source: &self.source.name, name, has_grown: skip > 0 };
        let counter = |fingerprinter| Counter { fingerprinter, desk, watcher, origin, tallies: Tallies::default() };
        let mut counters: Vec<Counter<'_, '_, '_>> = self.fingerprinters.iter_mut().map(counter).collect();
        let summary = ingest::read_shared(input, skip, self.key, &mut counters, &mut |raw_bytes| progress.at(raw_bytes))?;
        let mut tallies = Tallies::default();
        counters.into_iter().for_each(|counter| tallies.add(counter.tallies));
        locked(&self.desk).failed.take().map_or(Ok((summary, tallies)), Err)
    }

    fn remember(&mut self, input: &Input, summary: &Summary) {
        self.own.entry(summary.content.head_hash).or_default().push(summary.content);
        let row = InputRow { name: input.to_string(), content: summary.content, records: summary.records, learnt_at: 0 };
        self.reading.inputs.push(row);
    }
}

/// The windows of all fingerprinters, each finished in a thread of its own.
fn finished(fingerprinters: Vec<Fingerprinter<'_>>) -> Vec<Fingerprint> {
    std::thread::scope(|scope| {
        let mut others = fingerprinters.into_iter();
        let first = others.next();
        let others: Vec<_> = others.map(|one| scope.spawn(move || one.finish())).collect();
        let mut windows = first.map(Fingerprinter::finish).unwrap_or_default();
        for other in others {
            windows.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        windows
    })
}
