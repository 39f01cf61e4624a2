//! Who knows which records and inputs came before: a store, or the memory of one run.

use crate::error::Result;
use crate::model::Window;
use crate::store::{Ingest, InputRow, SeenInMemory, Sighting};

/// Who knows which records came before; asked by one thread at a time.
pub(super) trait Ids: Send {
    /// Looks a record up and remembers it.
    fn see(&mut self, source: &str, window: Window, id: u64, body: u64) -> Result<Sighting>;

    /// Inputs with this head that earlier runs learnt.
    fn learnt(&self, _source: &str, _head_hash: u128) -> Result<Vec<InputRow>> {
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

    fn learnt(&self, source: &str, head_hash: u128) -> Result<Vec<InputRow>> {
        self.inputs(source, head_hash)
    }
}
