//! Records into counters: what each thread does with the records it gets, and what all of them share.

use super::ids::Ids;
use crate::error::Error;
use crate::expect::Watcher;
use crate::fingerprint::{Fingerprinter, Outcome};
use crate::ingest::{Place, Sink};
use crate::model::{Reject, RejectReason, Window};
use crate::store::{Seen, Sighting};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Rejects of one input that are named one by one; the rest is only counted.
const NAMED_REJECTS: usize = 3;

/// Knows which records came before, whichever thread asks. What it says of all records together does not depend on their order.
pub(super) struct Desk<'a> {
    pub(super) ids: &'a mut dyn Ids,
    /// The store failed: everything that comes after is ignored and the run ends with this error.
    pub(super) failed: Option<Error>,
}

impl Desk<'_> {
    /// Looks a record up and remembers it; nothing once the store has failed.
    fn see(&mut self, source: &str, window: Window, entry: (u64, u64)) -> Option<Sighting> {
        if self.failed.is_some() {
            return None;
        }
        self.ids.see(source, window, entry.0, entry.1).map_err(|error| self.failed = Some(error)).ok()
    }
}

/// What is behind a lock, also where another thread died with it: then the run ends anyway.
pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What was found out of the records of one input.
#[derive(Default)]
pub(super) struct Tallies {
    /// Pieces that were no record, by reason.
    pub(super) rejects: BTreeMap<RejectReason, u64>,
    /// The first of them.
    pub(super) named: Vec<Reject>,
    /// Records left out because an earlier run had learnt them.
    pub(super) learnt_before: u64,
    /// Records without an id that are in another input too.
    pub(super) alike: u64,
}

impl Tallies {
    /// Adds what another thread found out of the same input.
    pub(super) fn add(&mut self, other: Self) {
        for (reason, count) in other.rejects {
            *self.rejects.entry(reason).or_default() += count;
        }
        self.named.extend(other.named);
        self.named.sort_unstable();
        self.named.truncate(NAMED_REJECTS);
        self.learnt_before += other.learnt_before;
        self.alike += other.alike;
    }
}

/// The input that records come from.
#[derive(Clone, Copy)]
pub(super) struct Origin<'r> {
    /// Name of the source.
    pub(super) source: &'r str,
    /// Hash of the input's name.
    pub(super) name: u64,
    /// Whether its beginning was learnt before.
    pub(super) has_grown: bool,
}

/// Counts the records of one input that one thread gets.
pub(super) struct Counter<'r, 'a, 's> {
    pub(super) fingerprinter: &'r mut Fingerprinter<'s>,
    pub(super) desk: &'r Mutex<Desk<'a>>,
    /// Sees every record that counts.
    pub(super) watcher: Option<&'r Mutex<Watcher<'s>>>,
    pub(super) origin: Origin<'r>,
    pub(super) tallies: Tallies,
}

impl Counter<'_, '_, '_> {
    /// Counts a record with an id, unless it came before.
    fn count(&mut self, bytes: &[u8], window: Window, sighting: Sighting) {
        match sighting {
            Sighting { seen: Seen::Repeat, earlier_run: true } => self.tallies.learnt_before += 1,
            Sighting { seen: Seen::Repeat, earlier_run: false } => self.fingerprinter.repeat(window),
            Sighting { seen, .. } => self.count_in(bytes, window, seen == Seen::Twin),
        }
    }

    fn count_in(&mut self, bytes: &[u8], window: Window, twin: bool) {
        self.fingerprinter.count(bytes, window, twin);
        if let Some(watcher) = self.watcher {
            locked(watcher).see(bytes);
        }
    }
}

impl Sink for Counter<'_, '_, '_> {
    fn record(&mut self, _: Place, bytes: &[u8]) -> Result<(), RejectReason> {
        let Outcome::Record { window, id, body } = self.fingerprinter.read(bytes)? else { return Ok(()) };
        // Without an id the body stands for it, and the input for the body: a twin is then an equal record of another input.
        let (entry, named) = id.map_or(((body, self.origin.name), false), |id| ((id, body), true));
        let sighting = locked(self.desk).see(self.origin.source, window, entry);
        match sighting {
            None => {}
            Some(sighting) if named => self.count(bytes, window, sighting),
            Some(Sighting { seen, earlier_run }) => {
                let elsewhere = seen == Seen::Twin || (seen == Seen::Repeat && earlier_run && !self.origin.has_grown);
                self.tallies.alike += u64::from(elsewhere);
                self.count_in(bytes, window, false);
            }
        }
        Ok(())
    }

    fn reject(&mut self, reject: Reject) {
        self.fingerprinter.reject(reject.reason);
        *self.tallies.rejects.entry(reject.reason).or_default() += 1;
        if self.tallies.named.len() < NAMED_REJECTS {
            self.tallies.named.push(reject);
        }
    }
}
