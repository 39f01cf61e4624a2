//! Records of one input for several sinks, each in a thread of its own: one thread reads and cuts, the others take what it cut.
//!
//! Records go in batches, in turn, so that which sink gets what depends on the input and the number of sinks alone.

use super::{Place, Sink};
use crate::model::{Reject, RejectReason};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::Scope;

/// Bytes of a batch, about: few enough to lie in a near cache, enough to make handing it over cheap.
pub(super) const BATCH_BYTES: usize = 256 << 10;
/// Batches under way for each sink.
const BATCHES: usize = 2;

/// Pieces of an input on their way to a sink.
#[derive(Default)]
struct Batch {
    bytes: Vec<u8>,
    items: Vec<Item>,
    /// Whether the reader waits to hear of the last record; what the sink said, if it did not take it.
    asks: bool,
    answer: Option<RejectReason>,
    /// Records that the sink did not take.
    refused: u64,
}

enum Item {
    /// A record, and where it ends in the batch.
    Record(Place, usize),
    Reject(Reject),
}

impl Batch {
    fn add(&mut self, place: Place, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        self.items.push(Item::Record(place, self.bytes.len()));
    }

    /// Bytes that it takes, about.
    fn size(&self) -> usize {
        self.bytes.len() + self.items.len() * size_of::<Item>()
    }

    /// Hands all to a sink.
    fn give(&mut self, sink: &mut impl Sink) {
        let (mut start, last) = (0, self.items.len().wrapping_sub(1));
        for (number, item) in self.items.drain(..).enumerate() {
            match item {
                Item::Reject(reject) => sink.reject(reject),
                Item::Record(place, end) => {
                    let taken = sink.record(place, &self.bytes[start..end]);
                    start = end;
                    match taken {
                        Ok(()) => {}
                        Err(reason) if self.asks && number == last => self.answer = Some(reason),
                        Err(reason) => {
                            self.refused += 1;
                            sink.reject(Reject { ordinal: place.ordinal, offset: place.offset, reason });
                        }
                    }
                }
            }
        }
        self.bytes.clear();
        // A long record must not stay for good in every batch.
        self.bytes.shrink_to(2 * BATCH_BYTES);
    }
}

/// The sink of the thread that reads.
pub(super) struct Shared<'scope, 'env, S> {
    scope: &'scope Scope<'scope, 'env>,
    /// Sinks without a thread: all of them until a batch is full.
    idle: Vec<&'env mut S>,
    sinks: usize,
    threads: Vec<Sender<Batch>>,
    back: (Sender<Batch>, Receiver<Batch>),
    batch: Batch,
    /// Bytes that a full batch takes.
    full: usize,
    /// Batches handed over so far, and how many of them have not come back.
    handed: usize,
    away: usize,
    refused: u64,
    progress: &'env mut dyn FnMut(u64),
}

impl<'scope, 'env, S: Sink + Send> Shared<'scope, 'env, S> {
    pub(super) fn new(scope: &'scope Scope<'scope, 'env>, sinks: &'env mut [S], progress: &'env mut dyn FnMut(u64), full: usize) -> Self {
        let idle: Vec<&mut S> = sinks.iter_mut().collect();
        Self {
            scope,
            sinks: idle.len(),
            idle,
            threads: Vec::new(),
            back: channel(),
            batch: Batch::default(),
            full,
            handed: 0,
            away: 0,
            refused: 0,
            progress,
        }
    }

    /// Waits until the sinks have everything; how many records they did not take.
    pub(super) fn finish(mut self) -> u64 {
        self.hand_over();
        while self.away > 0 && self.wait().is_some() {}
        self.refused
    }

    fn hand_over_if_full(&mut self) {
        if self.batch.size() >= self.full {
            self.hand_over();
        }
    }

    /// Hands the batch to the sink whose turn it is.
    fn hand_over(&mut self) {
        if self.batch.items.is_empty() {
            return;
        }
        if self.threads.is_empty() && self.batch.size() < self.full {
            // So little is not worth a thread.
            if let Some(sink) = self.idle.first_mut() {
                self.batch.give(*sink);
                self.refused += std::mem::take(&mut self.batch.refused);
            }
            return;
        }
        if let Some(sink) = self.idle.pop() {
            let ((inbox, batches), back) = (channel::<Batch>(), self.back.0.clone());
            self.threads.push(inbox);
            self.scope.spawn(move || {
                for mut batch in batches {
                    batch.give(sink);
                    if back.send(batch).is_err() {
                        return;
                    }
                }
            });
        }
        let empty = self.empty_batch();
        let batch = std::mem::replace(&mut self.batch, empty);
        if let Some(thread) = self.threads.get(self.handed % self.sinks)
            && thread.send(batch).is_ok()
        {
            self.away += 1;
        }
        self.handed += 1;
    }

    /// A batch to be filled: one that came back, unless more may be under way.
    fn empty_batch(&mut self) -> Batch {
        if self.away < self.sinks * BATCHES {
            return Batch::default();
        }
        self.wait().unwrap_or_default()
    }

    /// Waits until a batch comes back.
    fn wait(&mut self) -> Option<Batch> {
        let mut batch = self.back.1.recv().ok()?;
        self.away -= 1;
        self.refused += std::mem::take(&mut batch.refused);
        Some(batch)
    }
}

impl<S: Sink + Send> Sink for Shared<'_, '_, S> {
    fn record(&mut self, place: Place, bytes: &[u8]) -> Result<(), RejectReason> {
        if let ([only], 1) = (self.idle.as_mut_slice(), self.sinks) {
            return only.record(place, bytes);
        }
        self.batch.add(place, bytes);
        self.hand_over_if_full();
        Ok(())
    }

    fn offer(&mut self, place: Place, bytes: &[u8]) -> Result<(), RejectReason> {
        if self.sinks == 1 {
            return self.record(place, bytes);
        }
        self.batch.add(place, bytes);
        self.batch.asks = true;
        self.hand_over();
        let mut answer = self.batch.answer.take();
        self.batch.asks = false;
        while self.away > 0
            && let Some(mut batch) = self.wait()
        {
            answer = answer.or(batch.answer.take());
        }
        answer.map_or(Ok(()), Err)
    }

    fn reject(&mut self, reject: Reject) {
        match (self.idle.as_mut_slice(), self.sinks) {
            ([only], 1) => only.reject(reject),
            _ => {
                self.batch.items.push(Item::Reject(reject));
                self.hand_over_if_full();
            }
        }
    }

    fn progress(&mut self, raw_bytes: u64) {
        (self.progress)(raw_bytes);
    }
}
