//! What a scan must see, worked out slowly: serde_json reads, and a walk over the tree names what stood there.

use crate::model::{FieldPath, Segment, Shape};
use crate::scan::shapes::{classify, is_data};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::collections::HashSet;
use std::fmt;

/// Path, shape, length, bytes and whether the path came again.
pub(super) type Row = (String, Shape, u32, Vec<u8>, bool);

/// The members of an object in their order, also those of one name.
struct Members(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Members;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

/// What stands in a record; `None` if serde_json does not take it for a JSON object.
pub(super) fn expected(record: &str) -> Option<Vec<Row>> {
    serde_json::from_str::<serde_json::Value>(record).ok()?;
    let mut walk = Walk { rows: Vec::new(), seen: HashSet::new() };
    walk.members(&FieldPath::root(), &serde_json::from_str::<Members>(record).ok()?);
    Some(walk.rows)
}

struct Walk {
    rows: Vec<Row>,
    seen: HashSet<String>,
}

impl Walk {
    fn row(&mut self, path: &FieldPath, shape: Shape, length: usize, bytes: &[u8]) -> usize {
        let again = !self.seen.insert(path.to_string());
        self.rows.push((path.to_string(), shape, length as u32, bytes.to_vec(), again));
        self.rows.len() - 1
    }

    fn members(&mut self, path: &FieldPath, members: &Members) {
        for (key, value) in &members.0 {
            self.value(&step(path, key), value.get());
        }
    }

    fn array(&mut self, path: &FieldPath, elements: &[Box<RawValue>]) {
        for element in elements {
            match pair(element.get()) {
                Some((name, value)) => self.value(&step(path, &name), value.get()),
                None => self.value(&path.join(Segment::Elements), element.get()),
            }
        }
    }

    fn value(&mut self, path: &FieldPath, text: &str) {
        let bytes = text.as_bytes();
        match bytes[0] {
            b'n' => drop(self.row(path, Shape::NULL, 0, b"")),
            b't' | b'f' => drop(self.row(path, Shape::BOOLEAN, text.len(), bytes)),
            b'{' => {
                let members: Members = serde_json::from_str(text).unwrap();
                let shape = if members.0.is_empty() { Shape::EMPTY_OBJECT } else { Shape::OBJECT };
                self.row(path, shape, members.0.len(), b"");
                self.members(path, &members);
            }
            b'[' => {
                let elements: Vec<Box<RawValue>> = serde_json::from_str(text).unwrap();
                let shape = if elements.is_empty() { Shape::EMPTY_ARRAY } else { Shape::ARRAY };
                self.row(path, shape, elements.len(), b"");
                self.array(path, &elements);
            }
            b'"' => self.text(path, &serde_json::from_str::<String>(text).unwrap()),
            _ => drop(self.row(path, number(path, text), text.len(), bytes)),
        }
    }

    fn text(&mut self, path: &FieldPath, text: &str) {
        let json = text.trim_matches([' ', '\t', '\n', '\r']);
        let valid = json.starts_with(['{', '[']) && serde_json::from_str::<serde_json::Value>(json).is_ok();
        let row = self.row(path, classify(text.as_bytes()), text.len(), text.as_bytes());
        if !valid {
            return;
        }
        let empty = if json.starts_with('{') {
            let members: Members = serde_json::from_str(json).unwrap();
            self.members(path, &members);
            members.0.is_empty()
        } else {
            let elements: Vec<Box<RawValue>> = serde_json::from_str(json).unwrap();
            self.array(path, &elements);
            elements.is_empty()
        };
        self.rows[row].1 = match json.as_bytes()[0] {
            _ if empty => Shape::EMPTY_JSON,
            b'{' => Shape::JSON_OBJECT,
            _ => Shape::JSON_ARRAY,
        };
    }
}

fn step(path: &FieldPath, key: &str) -> FieldPath {
    path.join(if is_data(key.as_bytes()) { Segment::AnyKey } else { Segment::Key(key.to_owned()) })
}

const VALUES: [&str; 6] = ["value", "Value", "multiValue", "boolValue", "intValue", "multiIntValue"];

/// Name and value of an element that is a map entry.
fn pair(element: &str) -> Option<(String, Box<RawValue>)> {
    let mut members = serde_json::from_str::<Members>(element).ok()?.0;
    let (last, value) = members.pop()?;
    let (first, name) = members.pop()?;
    let named = ["key", "Key", "name", "Name"].contains(&first.as_str()) && VALUES.contains(&last.as_str());
    (named && members.is_empty()).then_some((serde_json::from_str(name.get()).ok()?, value))
}

fn number(path: &FieldPath, text: &str) -> Shape {
    let value: f64 = text.parse().unwrap();
    let places = ["latitude", "longitude", "lat", "lon", "lng"];
    let place = matches!(path.segments().last(), Some(Segment::Key(key)) if places.contains(&key.to_lowercase().as_str()));
    match value {
        0.0 if place => Shape::PLACEHOLDER_NUMBER,
        _ if text.contains(['.', 'e', 'E']) => Shape::FLOAT,
        1.0e9..2.1e9 => Shape::EPOCH_SECONDS,
        1.0e12..2.1e12 => Shape::EPOCH_MILLIS,
        _ => Shape::INTEGER,
    }
}
