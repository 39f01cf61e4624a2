//! Sorted runs of ids and bodies in the database: pages of entries, their first entries, and a filter.

use super::filter::Filter;
use super::ids::{Entry, Known};
use super::rows::{seconds, source_id};
use super::trouble::{Outcome, Trouble};
use super::versions::next_version;
use crate::hash::digest;
use crate::model::Window;
use rusqlite::{Connection, Row, params};
use std::collections::HashMap;

/// Entries of a page: with its digest it fits one page of the database (4 KiB), so that a look-up reads no more.
const PAGE_ENTRIES: usize = 250;

/// Bytes of a stored entry.
const ENTRY_BYTES: usize = 16;

/// Pages kept in memory (16 MB), enough for all of a run as long as it can be.
const PAGES_KEPT: usize = 4_096;

/// Low bits of a page's id, which number it within its run.
const PAGE_BITS: u32 = 24;

/// One run: entries of one window in order.
pub(super) struct Run {
    /// Its row; runs of later ingests have greater ids.
    pub(super) id: i64,
    firsts: Vec<Entry>,
    filter: Filter,
}

/// Pages read lately.
#[derive(Default)]
pub(super) struct Pages(HashMap<i64, Box<[Entry]>>);

impl Run {
    /// Writes the entries of a window, which must be sorted and not empty.
    pub(super) fn write(conn: &Connection, source: i64, window: Window, entries: &[Entry]) -> Outcome<()> {
        let mut filter = Filter::new(entries.len());
        entries.iter().for_each(|entry| filter.add(entry.0));
        let mut body = to_bytes(entries.chunks(PAGE_ENTRIES).map(|page| &page[0]));
        filter.write(&mut body);
        let next = next_version(conn, source)?;
        conn.prepare_cached(
            "INSERT INTO id_runs (source, since, start, seconds, entries, digest, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![source, next, window.start, seconds(window), entries.len() as i64, digest(&body), body])?;
        let run = conn.last_insert_rowid();
        let mut insert = conn.prepare_cached("INSERT INTO id_pages (id, digest, body) VALUES (?1, ?2, ?3)")?;
        for (number, page) in entries.chunks(PAGE_ENTRIES).enumerate() {
            let body = to_bytes(page);
            insert.execute(params![page_id(run, number), digest(&body), body])?;
        }
        Ok(())
    }

    /// All runs of a window, oldest first.
    pub(super) fn of_window(conn: &Connection, source: &str, window: Window) -> Outcome<Vec<Self>> {
        let Some(source) = source_id(conn, source)? else { return Ok(Vec::new()) };
        let mut select = conn.prepare_cached(
            "SELECT id, entries, digest, body FROM id_runs WHERE source = ?1 AND start = ?2 AND seconds = ?3 AND gone IS NULL ORDER BY id",
        )?;
        let mut rows = select.query(params![source, window.start, seconds(window)])?;
        let mut runs = Vec::new();
        while let Some(row) = rows.next()? {
            runs.push(Self::of_row(row)?);
        }
        Ok(runs)
    }

    fn of_row(row: &Row<'_>) -> Outcome<Self> {
        let (id, entries): (i64, i64) = (row.get(0)?, row.get(1)?);
        let body = verified(row, 2, || format!("the filter of id run {id}"))?;
        let pages = usize::try_from(entries).unwrap_or(0).div_ceil(PAGE_ENTRIES);
        let parts = body.split_at_checked(pages.saturating_mul(ENTRY_BYTES));
        let read = parts.and_then(|(firsts, filter)| Some((to_entries(firsts)?, Filter::read(filter)?)));
        let (firsts, filter) = read.ok_or_else(|| Trouble::damaged(format!("id run {id}")))?;
        Ok(Self { id, firsts: firsts.into_vec(), filter })
    }

    /// How much of an entry the run holds: the exact answer; the filter only saves look-ups.
    pub(super) fn look(&self, conn: &Connection, pages: &mut Pages, entry: Entry) -> Outcome<Known> {
        if !self.filter.may_hold(entry.0) {
            return Ok(Known::Nothing);
        }
        let next = self.firsts.partition_point(|first| *first <= entry);
        // Entries of one id lie next to each other, so a neighbour of where the entry would be tells whether the id is there.
        let has_id = |neighbour: Option<&Entry>| neighbour.is_some_and(|found| found.0 == entry.0);
        let mut id = has_id(self.firsts.get(next));
        if let Some(number) = next.checked_sub(1) {
            let page = pages.get(conn, page_id(self.id, number))?;
            match page.binary_search(&entry) {
                Ok(_) => return Ok(Known::Entry),
                Err(at) => id |= has_id(page.get(at)) || has_id(at.checked_sub(1).and_then(|before| page.get(before))),
            }
        }
        Ok(if id { Known::Id } else { Known::Nothing })
    }

    /// Bytes it takes in memory.
    pub(super) fn bytes(&self) -> usize {
        self.filter.bytes() + self.firsts.len() * ENTRY_BYTES
    }
}

impl Pages {
    fn get(&mut self, conn: &Connection, id: i64) -> Outcome<&[Entry]> {
        if self.0.len() >= PAGES_KEPT && !self.0.contains_key(&id) {
            self.0.clear();
        }
        match self.0.entry(id) {
            std::collections::hash_map::Entry::Occupied(page) => Ok(page.into_mut()),
            std::collections::hash_map::Entry::Vacant(place) => Ok(place.insert(read_page(conn, id)?)),
        }
    }
}

/// Removes the runs of a source's windows that start before a moment. Windows without a date stay.
pub(super) fn remove_before(conn: &Connection, source: i64, moment: i64) -> Outcome<()> {
    remove(conn, "source = ?1 AND start <> ?2 AND start < ?3", &[source, Window::UNDATED.start, moment])
}

/// Removes the runs of a source that no version of its baseline from `oldest` on knows.
pub(super) fn remove_gone(conn: &Connection, source: i64, oldest: i64) -> Outcome<()> {
    remove(conn, "source = ?1 AND gone <= ?2", &[source, oldest])
}

/// Removes the runs for which a condition holds.
pub(super) fn remove(conn: &Connection, condition: &str, values: &[i64]) -> Outcome<()> {
    let which = format!("SELECT id FROM id_runs WHERE {condition}");
    let runs: Vec<i64> =
        conn.prepare(&which)?.query_map(rusqlite::params_from_iter(values), |row| row.get(0))?.collect::<Result<_, _>>()?;
    for run in runs {
        conn.execute("DELETE FROM id_pages WHERE id >= ?1 AND id < ?2", [page_id(run, 0), page_id(run + 1, 0)])?;
        conn.execute("DELETE FROM id_runs WHERE id = ?1", [run])?;
    }
    Ok(())
}

fn read_page(conn: &Connection, id: i64) -> Outcome<Box<[Entry]>> {
    let what = || format!("page {id} of the ids");
    let mut select = conn.prepare_cached("SELECT digest, body FROM id_pages WHERE id = ?1")?;
    let mut rows = select.query([id])?;
    let row = rows.next()?.ok_or_else(|| Trouble::damaged(what()))?;
    to_entries(&verified(row, 0, what)?).ok_or_else(|| Trouble::damaged(what()))
}

/// The body in the column after its digest.
fn verified(row: &Row<'_>, first: usize, what: impl Fn() -> String) -> Outcome<Vec<u8>> {
    let (expected, body): ([u8; 32], Vec<u8>) = (row.get(first)?, row.get(first + 1)?);
    if digest(&body) == expected { Ok(body) } else { Err(Trouble::damaged(what())) }
}

fn page_id(run: i64, number: usize) -> i64 {
    (run << PAGE_BITS) + number as i64
}

fn to_bytes<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Vec<u8> {
    entries.into_iter().flat_map(|(id, body)| [id.to_le_bytes(), body.to_le_bytes()]).flatten().collect()
}

fn to_entries(bytes: &[u8]) -> Option<Box<[Entry]>> {
    let (words, rest) = bytes.as_chunks::<8>();
    let (pairs, odd) = words.as_chunks::<2>();
    let whole = rest.is_empty() && odd.is_empty();
    whole.then(|| pairs.iter().map(|[id, body]| (u64::from_le_bytes(*id), u64::from_le_bytes(*body))).collect())
}
