//! Tests of the scanner: against serde_json, at its limits, and of every shape.

mod laws;
mod limits;
mod oracle;
mod records;
mod shapes;
mod times;

use super::{Familiar, Observation, Observations, Scanner};
use crate::hash::HashKey;
use crate::model::{FieldPath, RejectReason, Shape};
use oracle::{Row, expected};
use std::collections::HashSet;

fn scanner() -> Scanner {
    Scanner::new(HashKey::new([3; 32]), &[])
}

fn path(text: &str) -> FieldPath {
    FieldPath::parse(text).unwrap()
}

/// All that was seen, familiar or strange.
fn observations(scanner: &Scanner, seen: &Observations) -> Vec<Observation> {
    let mut paths = HashSet::new();
    let mut known = |&mark: &Familiar| {
        let item = scanner.marked(mark, &seen.items).unwrap();
        let again = !paths.insert(item.path);
        Observation { again: if mark.number == 0 { item.again } else { again }, ..item }
    };
    seen.marks.iter().map(&mut known).collect()
}

/// What a scanner sees in a record.
fn rows(scanner: &mut Scanner, record: &[u8]) -> Result<Vec<Row>, RejectReason> {
    let mut seen = Observations::new();
    let read = scanner.scan(record, &mut seen);
    if read.is_err() {
        assert!(seen.values().len() == 0 && seen.items.is_empty() && seen.scratch.is_empty() && seen.roles.is_empty() && seen.lost == 0);
    }
    read?;
    let key = HashKey::new([3; 32]);
    let row = |item: &Observation| {
        let name = scanner.paths().name(item.path).unwrap().to_string();
        let container = matches!(item.shape, Shape::EMPTY_OBJECT | Shape::OBJECT | Shape::EMPTY_ARRAY | Shape::ARRAY);
        let bytes = if container { b"" } else { seen.bytes(item, record) };
        let hashed = if container || item.shape == Shape::NULL { 0 } else { key.fast(bytes) };
        assert_eq!(item.hash, hashed, "{name}");
        (name, item.shape, item.length, bytes.to_vec(), item.again)
    };
    Ok(observations(scanner, &seen).iter().map(row).collect())
}

/// Reads a record twice, to try guesses made from the first time as well, and compares it with the oracle.
fn check(scanner: &mut Scanner, record: &str) {
    for _ in 0..2 {
        assert_eq!(rows(scanner, record.as_bytes()).ok(), expected(record), "{record}");
    }
}

#[test]
fn familiar_values_are_seen_wherever_they_stand_and_taken_back_with_the_text_they_stand_in() {
    let mut scanner = scanner();
    let records = [
        r#"{"e":[],"o":{},"n":null,"l":[{"m":"a","k":[]},{"m":"a","k":[]},{"m":1}],"t":{"m":"a","l":[1,1,true]}}"#,
        r#"{"e":[ ],"o":{"x":{}},"n":[],"l":["a","a",[],[],{}],"t":"{\"m\":\"a\",\"l\":[1,1,true]}"}"#,
        r#"{"e":[],"e":[],"o":{},"n":null,"n":null,"t":"{\"m\":\"a\",\"l\":[1,1,tru]}","t":{"m":"a"}}"#,
        r#"{"t":"{\"m\":\"a\",\"m\":\"a\"","e":["a"],"l":[]}"#,
    ];
    for _ in 0..3 {
        records.iter().for_each(|record| check(&mut scanner, record));
    }
}
