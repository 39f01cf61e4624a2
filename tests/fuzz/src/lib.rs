//! What is fuzzed: any bytes in, and what must hold of whatever comes out. `tests/corpus.rs` replays the corpora by these, too.

#![allow(clippy::unwrap_used, reason = "a law that does not hold must stop the run")]
#![allow(unreachable_pub, dead_code, reason = "tests share this file as a module and use their own part of it")]

use logdrift::expect::Manifest;
use logdrift::fingerprint::{Fingerprint, Windows, from_lines, to_lines};
use logdrift::hash::HashKey;
use logdrift::ingest::{self, Input, Place, Sink};
use logdrift::model::{Reject, RejectReason};
use logdrift::rules::RuleSet;
use logdrift::scan::{MAX_LEVELS, Observations, Scanner, Seen};
use logdrift::sources::{Definition, Source};
use serde_json::value::RawValue;
use std::io::Write as _;

/// A target: its name, which is that of its corpus, and what is done with the bytes.
pub type Target = (&'static str, fn(&[u8]));

/// All targets.
pub const TARGETS: [Target; 8] = [
    ("framing", framing),
    ("csv", csv),
    ("scan", scan),
    ("source", source),
    ("rules", rules),
    ("fingerprint", fingerprint),
    ("baseline", baseline),
    ("manifest", manifest),
];

fn key() -> HashKey {
    HashKey::new([7; 32])
}

/// What a reader handed out.
#[derive(Default, PartialEq, Eq, Debug)]
struct Read {
    records: Vec<(Place, Vec<u8>)>,
    rejects: Vec<Reject>,
}

impl Sink for Read {
    fn record(&mut self, place: Place, bytes: &[u8]) -> Result<(), RejectReason> {
        // What begins like no object is refused, as a scanner would.
        if !bytes.starts_with(b"{") {
            return Err(RejectReason::NotJson);
        }
        self.records.push((place, bytes.to_vec()));
        Ok(())
    }

    fn reject(&mut self, reject: Reject) {
        self.rejects.push(reject);
    }
}

/// Reads bytes as an input, by so many sinks; what was read in order, unless the input was refused as a whole.
fn read(data: &[u8], sinks: usize) -> Option<Read> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(data).unwrap();
    let mut reads: Vec<Read> = (0..sinks).map(|_| Read::default()).collect();
    let summary = ingest::read_shared(&Input::File(file.path().to_owned()), 0, &key(), &mut reads, &mut |_| {}).ok()?;
    let mut all = Read::default();
    for read in reads {
        all.records.extend(read.records);
        all.rejects.extend(read.rejects);
    }
    all.records.sort();
    all.rejects.sort();
    assert_eq!((summary.records, summary.rejects), (all.records.len() as u64, all.rejects.len() as u64));
    Some(all)
}

/// Any bytes are cut into the same pieces whether they are packed or not, and however many take them.
pub fn framing(data: &[u8]) {
    let plain = read(data, 1);
    assert_eq!(read(data, 3), plain);
    let is_packed = |bytes: &[u8]| matches!(bytes, [0x1f, 0x8b, ..] | [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..]);
    if !is_packed(data) {
        assert_eq!(read(&zstd::encode_all(data, 1).unwrap(), 1), plain);
    }
    if let Some(read) = plain {
        let end = data.len() as u64;
        assert!(is_packed(data) || read.records.iter().all(|(place, _)| place.offset < end));
        assert!(is_packed(data) || read.rejects.iter().all(|reject| reject.offset <= end));
    }
}

/// Cells that are written as CSV come back as they were: rows end at byte 0, cells at byte 1. A header of one column is none.
pub fn csv(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let rows: Vec<Vec<&str>> = text.split('\0').map(|row| row.split('\u{1}').collect()).collect();
    let width = rows[0].len();
    let rows: Vec<&Vec<&str>> = rows.iter().filter(|row| row.len() == width && width > 1).collect();
    let quoted = |cell: &&str| format!("\"{}\"", cell.replace('"', "\"\""));
    let line = |row: &&Vec<&str>| row.iter().map(quoted).collect::<Vec<_>>().join(",") + "\r\n";
    let header: Vec<String> = (0..width).map(|column| format!("c{column}")).collect();
    if rows.is_empty() {
        return;
    }
    let written = header.join(",") + "\n" + &rows.iter().map(line).collect::<String>();
    let read = read(written.as_bytes(), 1).unwrap();
    assert!(read.rejects.is_empty(), "{:?} of {written:?}", read.rejects);
    assert_eq!(read.records.len(), rows.len(), "{written:?}");
    for ((_, record), row) in read.records.iter().zip(rows) {
        let object: serde_json::Value = serde_json::from_slice(record).unwrap();
        for (name, cell) in header.iter().zip(row) {
            assert_eq!(object[name].as_str(), Some(*cell), "{written:?}");
        }
    }
}

/// How deep brackets stand in each other, outside of texts.
fn depth(json: &[u8]) -> u32 {
    let (mut deepest, mut now, mut quoted, mut escaped) = (0_u32, 0_u32, false, false);
    for &byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'{' | b'[' if !quoted => now += 1,
            b'}' | b']' if !quoted => now = now.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(now);
    }
    deepest
}

/// Whether bytes are a JSON object that is not too deep, as `serde_json` judges the grammar.
pub fn is_record(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let is_json = serde_json::from_str::<&RawValue>(text).is_ok();
    is_json && text.trim_start_matches([' ', '\t', '\r', '\n']).starts_with('{') && depth(bytes) <= MAX_LEVELS
}

/// What a scanner sees of a record, as text; or why it is none.
pub fn seen(scanner: &mut Scanner, record: &[u8]) -> Result<Vec<String>, RejectReason> {
    let mut seen = Observations::new();
    scanner.scan(record, &mut seen)?;
    let mut rows = Vec::new();
    for value in seen.values() {
        let item = match value {
            Seen::Strange(item) => *item,
            Seen::Familiar(familiar) => scanner.observation(familiar).unwrap(),
        };
        let name = scanner.paths().name(item.path).unwrap();
        rows.push(format!("{name} {} {} {:?}", item.shape, item.length, seen.bytes(&item, record)));
    }
    Ok(rows)
}

/// A record is read if and only if it is JSON, and the same is seen however often it comes.
pub fn scan(data: &[u8]) {
    let mut scanner = Scanner::new(key(), &[]);
    let first = seen(&mut scanner, data);
    assert_eq!(first.is_ok(), is_record(data), "{first:?}: {:?}", String::from_utf8_lossy(data));
    for _ in 0..3 {
        assert_eq!(seen(&mut scanner, data), first);
    }
    // With containers that are remembered less is told one by one; what is a record stays one.
    scanner.remember_containers();
    for _ in 0..4 {
        assert_eq!(seen(&mut scanner, data).err(), first.as_ref().err().copied());
    }
}

/// A source file that is taken describes itself in a form that is read again, and reads records.
pub fn source(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(source) = Source::from_toml(text, "source.toml") else { return };
    let definition = Definition::of(&source);
    let lines = definition.to_lines();
    assert_eq!(Definition::from_lines(lines.iter().map(String::as_str)), Some(definition), "{lines:?}");
    let mut reader = logdrift::fingerprint::Fingerprinter::new(&source, key(), logdrift::fingerprint::Settings::default());
    let _ = reader.read(br#"{"time":"2026-03-01T10:00:00Z","code":"1","a":{"b":["c"]}}"#);
}

/// The rules of a file lie within it, whatever it is; the first byte says by which ending it goes.
pub fn rules(data: &[u8]) {
    const ENDINGS: [&str; 9] = ["kql", "yaml", "yml", "md", "conf", "spl", "py", "toml", "ndjson"];
    let Some((&first, rest)) = data.split_first() else { return };
    let Ok(text) = std::str::from_utf8(rest) else { return };
    let ending = ENDINGS[usize::from(first) % ENDINGS.len()];
    let beside = ("macros.conf".to_owned(), "[m]\ndefinition = index=a\n".to_owned());
    let set = RuleSet::read(vec![(format!("a.{ending}"), text.to_owned()), beside], Vec::new());
    let lines = text.split('\n').count();
    for rule in &set.rules {
        assert!(rule.line <= lines, "line {} of {lines}", rule.line);
        assert!(rule.unread.iter().all(|unread| unread.line <= lines), "{:?} of {lines}", rule.unread);
    }
}

/// A stored form that is read is written in a form that reads and writes alike, and adds up and exports.
pub fn fingerprint(data: &[u8]) {
    if let Ok(windows) = Windows::from_bytes(data) {
        let written = windows.to_bytes();
        assert_eq!(Windows::from_bytes(&written).map(|read| read.to_bytes()), Ok(written));
        exports(&windows);
    }
    let Ok(mut one) = Fingerprint::from_bytes(data) else { return };
    let written = one.to_bytes();
    assert_eq!(Fingerprint::from_bytes(&written).map(|read| read.to_bytes()).ok(), Some(written));
    let copy = one.clone();
    // Sums that do not fit are told, not wrapped.
    if one.merge(&copy).is_ok() {
        assert!(Fingerprint::from_bytes(&one.to_bytes()).is_ok());
    }
}

fn exports(windows: &Windows) {
    let text = to_lines(windows);
    let again = from_lines(&text, &key()).unwrap();
    assert_eq!(to_lines(&again), text);
}

/// An export that is read is exported again alike.
pub fn baseline(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(windows) = from_lines(text, &key()) else { return };
    assert_eq!(Windows::from_bytes(&windows.to_bytes()).map(|read| read.fingerprints), Ok(windows.fingerprints.clone()));
    exports(&windows);
}

/// A manifest is taken or refused with its place.
pub fn manifest(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Err(why) = Manifest::read(text, "expect.toml") {
        assert!(why.starts_with("expect.toml"), "{why}");
    }
}
