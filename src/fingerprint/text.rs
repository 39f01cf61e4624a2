//! The exported form of a baseline: canonical text with one fact a line, for `diff`, for version control and for others.
//!
//! JSON Lines: a header; for each window its counters, its paths, its codes and its cohorts, each cohort followed by what its
//! records show at each path and by the records it shares with cohorts of other fields; an end. The whole stream is told in
//! full. What equally many of its records by the same actors show (the fields of one record type, a key and what stands in it)
//! is taken to go together in every cohort, which tells of the first only, and of whatever is not as that one is.
//!
//! No keyed hash is in it, so nobody can test a guess against it: values without words, sketches of distinct values and of
//! record ids, and cohorts named by a hash are left out, and what the key makes of the rest is made again with the key of the
//! reader.

mod draft;
mod hide;
mod read;
#[cfg(test)]
mod tests;
mod write;

pub use read::{from_lines, is_anonymous};
pub use write::{to_anonymous_lines, to_lines};

use super::{Atom, AtomKind, Cell, NONE, PathStats};
use crate::hash::HashKey;
use crate::model::OTHER;
use crate::stats::Actors;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Version of the text.
const VERSION: u32 = 1;
const FORM: &str = "baseline/";

type Counts = BTreeMap<String, u64>;
type Buckets = Vec<(i16, u64)>;
type Cells = BTreeMap<Atom, Cell>;

/// First line of a file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    logdrift: String,
    source: String,
    /// Whether it has no actors and no words but those of the vendor.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    anonymous: bool,
    /// What the source reads, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    definition: Option<Vec<String>>,
}

/// The counters of a window; the lines up to the next one belong to it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WindowLine {
    /// For readers.
    window: String,
    start: i64,
    seconds: i64,
    records: u64,
    #[serde(default, skip_serializing_if = "is_zero")]
    repeats: u64,
    #[serde(default, skip_serializing_if = "is_zero")]
    twins: u64,
    #[serde(default, skip_serializing_if = "is_zero")]
    lost: u64,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    apart: Counts,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    rejects: Counts,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    hours: BTreeMap<String, [u64; 24]>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    lag: Buckets,
}

/// What is known of a path in the whole stream.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PathLine {
    path: String,
    occurrences: u64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    lengths: Buckets,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    numbers: Buckets,
    /// Words of a closed set by the name of their shape.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    values: BTreeMap<String, BTreeSet<String>>,
    /// Whether the set of values is not closed, or not one of words.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    open: bool,
}

/// A cohort; both names are empty for the whole stream. The lines up to the next one belong to it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CohortLine {
    cohort: String,
    value: String,
    records: u64,
    actors: String,
}

/// What the records of a cohort show at a path.
#[derive(Default, Serialize, Deserialize)]
struct CellsLine {
    at: String,
    /// By name of the shape.
    #[serde(flatten)]
    shapes: BTreeMap<String, CellText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    present: Option<CellText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hollow: Option<CellText>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    values: BTreeMap<String, CellText>,
    /// By the other path.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    equal: BTreeMap<String, CellText>,
}

/// Records that a cohort shares with those of another field, by their values.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WithLine {
    with: String,
    values: Counts,
}

/// The descriptions of a result code and their records.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CodeLine {
    code: String,
    texts: Counts,
}

/// Last line of a file: how many windows it has.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EndLine {
    end: usize,
}

/// Records, and their actors where they are not those of the whole cohort; no records where other lines imply some.
#[derive(Clone, Serialize, Deserialize)]
#[serde(untagged)]
enum CellText {
    OfCohort(u64),
    Own(u64, String),
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "asked for by the derived code")]
const fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// The levels of actors in hexadecimal, the nearest first, parted by points, empty ones at the end left out.
fn actors_to_text(actors: Actors) -> String {
    let level = |bits: u64| if bits == 0 { String::new() } else { format!("{bits:x}") };
    let text = [actors.near, actors.mid, actors.far].map(level).join(".");
    text.trim_end_matches('.').to_owned()
}

fn actors_from_text(text: &str) -> Option<Actors> {
    let mut levels = text.split('.').map(|level| if level.is_empty() { Some(0) } else { u64::from_str_radix(level, 16).ok() });
    let mut next = || levels.next().unwrap_or(Some(0));
    let actors = Actors { near: next()?, mid: next()?, far: next()? };
    levels.next().is_none().then_some(actors)
}

/// What a key makes of the name of a cohort, as reading its records would have.
fn rank(key: &HashKey, field: &str, value: &str) -> u64 {
    match value {
        OTHER => u64::MAX,
        NONE => 0,
        _ if field.is_empty() => 0,
        _ => key.fast(value.as_bytes()),
    }
}

/// The words of a value of a closed set.
fn word(paths: &[PathStats], atom: Atom) -> Option<&str> {
    let AtomKind::Value(id) = atom.kind else { return None };
    paths.get(atom.path as usize)?.tally.as_ref()?.get(&id)?.word.as_deref()
}

/// The atoms of the whole stream, each with the first one that shows the same cell there; `None` for all records.
type Leaders = Vec<(Atom, Option<Atom>)>;

fn leaders(whole: &Cells, total: Cell, paths: &[PathStats]) -> Leaders {
    let mut atoms: Vec<(&Atom, &Cell)> = whole.iter().collect();
    // By words, since the order of their hashes is another for another key.
    atoms.sort_by_cached_key(|(atom, _)| word(paths, **atom).map(|word| (atom.path, word)));
    let mut first = HashMap::from([((total.count, total.actors), None)]);
    atoms.into_iter().map(|(&atom, cell)| (atom, *first.entry((cell.count, cell.actors)).or_insert(Some(atom)))).collect()
}

/// The cell of an atom in a cohort as its leader implies it.
fn implied((atom, leader): (Atom, Option<Atom>), cells: &Cells, total: Cell) -> Option<Cell> {
    match leader {
        None => Some(total),
        Some(leader) if leader == atom => None,
        Some(leader) => cells.get(&leader).copied(),
    }
}
