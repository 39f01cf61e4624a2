//! Which records were seen before, in this ingest or an earlier one: a bounded table in memory over runs in the database.

use super::id_runs::{Pages, Run, remove_before};
use super::ids::{Known, Sighting, Slots, Table, WINDOW_COST};
use super::rows::{ensure_source, newest_window, source_id};
use super::trouble::Outcome;
use crate::model::Window;
use rusqlite::Connection;
use std::collections::BTreeSet;

/// Days, counted back from the newest window of a source, whose ids are kept; exports overlap by less than that.
pub const ID_WINDOWS_KEPT: i64 = 45;

/// Most bytes of filters kept in memory; beyond it they are read again window by window.
const FILTER_BYTES: usize = 128 << 20;

/// The ids of one ingest.
pub(super) struct SeenIds {
    slots: Slots<Ids>,
    /// Entries in memory, windows counted as [`WINDOW_COST`] each.
    held: usize,
    cap: usize,
    filter_bytes: usize,
    /// Runs from this id on were written by this ingest.
    first_own: i64,
    pages: Pages,
    sources: BTreeSet<String>,
}

/// The ids of one window.
#[derive(Default)]
struct Ids {
    table: Table,
    /// Not read yet if none.
    runs: Option<Vec<Run>>,
}

impl SeenIds {
    /// Starts with what the store holds; `cap` is the number of entries to keep in memory.
    pub(super) fn new(conn: &Connection, cap: usize) -> Outcome<Self> {
        let first_own = conn.query_row("SELECT coalesce(max(id), 0) + 1 FROM id_runs", [], |row| row.get(0))?;
        let (slots, pages, sources) = (Slots::default(), Pages::default(), BTreeSet::new());
        Ok(Self { slots, held: 0, cap, filter_bytes: 0, first_own, pages, sources })
    }

    /// Looks a record up and remembers it. The database is asked only about windows that have runs.
    pub(super) fn see(&mut self, conn: &Connection, source: &str, window: Window, entry: (u64, u64)) -> Outcome<Sighting> {
        let (ids, made) = self.slots.get(source, window);
        self.held += if made { WINDOW_COST } else { 0 };
        let mut own = ids.table.look(entry);
        let mut earlier = Known::Nothing;
        if own < Known::Entry {
            if ids.runs.is_none() {
                self.load_runs(conn, source, window)?;
            }
            let ids = self.slots.get(source, window).0;
            for run in ids.runs.iter().flatten() {
                let place = if run.id < self.first_own { &mut earlier } else { &mut own };
                *place = run.look(conn, &mut self.pages, entry)?.max(*place);
            }
            if own.max(earlier) < Known::Entry {
                ids.table.add(entry);
                self.held += 1;
            }
        }
        if self.held >= self.cap {
            self.write_runs(conn)?;
        }
        let known = own.max(earlier);
        Ok(Sighting { seen: known.seen(), earlier_run: earlier == known && known > Known::Nothing })
    }

    fn load_runs(&mut self, conn: &Connection, source: &str, window: Window) -> Outcome<()> {
        let runs = Run::of_window(conn, source, window)?;
        let bytes: usize = runs.iter().map(Run::bytes).sum();
        if self.filter_bytes + bytes > FILTER_BYTES {
            self.slots.iter_mut().for_each(|slot| slot.value.runs = None);
            self.filter_bytes = 0;
        }
        self.filter_bytes += bytes;
        self.slots.get(source, window).0.runs = Some(runs);
        Ok(())
    }

    /// Moves all entries into the database and starts over with empty memory.
    pub(super) fn write_runs(&mut self, conn: &Connection) -> Outcome<()> {
        for slot in std::mem::take(&mut self.slots).into_slots() {
            if !slot.value.table.is_empty() {
                let source = ensure_source(conn, &slot.source)?;
                Run::write(conn, source, slot.window, &slot.value.table.into_sorted())?;
                self.sources.insert(slot.source);
            }
        }
        (self.held, self.filter_bytes) = (0, 0);
        Ok(())
    }

    /// Removes ids of old windows from the sources seen. A record dated after `now` cannot push true windows out.
    pub(super) fn remove_old(&self, conn: &Connection, now: i64) -> Outcome<()> {
        for source in &self.sources {
            let Some(source) = source_id(conn, source)? else { continue };
            if let Some(newest) = newest_window(conn, source)? {
                remove_before(conn, source, newest.min(now).saturating_sub(ID_WINDOWS_KEPT * 86_400))?;
            }
        }
        Ok(())
    }
}
