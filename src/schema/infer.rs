//! A JSON Schema (2020-12) of a stream, read off the fingerprint of its records, all of which it fits.
//!
//! It says what was so in every record that was counted, and no more: types, formats, closed sets whose words the source allows to be
//! kept, and what is required. Fields that were never seen are allowed, as JSON Schema does where nothing else is said.

use super::formats::{SOMETHING, format, pattern};
use super::tree::Node;
use crate::fingerprint::{Fingerprint, Value as Word};
use crate::model::{Segment, Shape, ValueType};
use crate::scan::{ENTRY_NAMES, ENTRY_VALUES};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// The schema of the records of a fingerprint as text, with a line end; `title` names them. The same fingerprint gives the same text.
#[must_use]
pub fn infer(fingerprint: &Fingerprint, title: &str) -> String {
    format!("{:#}\n", inferred(fingerprint, title))
}

pub(super) fn inferred(fingerprint: &Fingerprint, title: &str) -> Value {
    let root = Node::of(fingerprint);
    let mut schema = Map::new();
    schema.insert("$schema".into(), json!("https://json-schema.org/draft/2020-12/schema"));
    schema.insert("title".into(), json!(title));
    schema.insert("description".into(), json!(format!("Inferred from {} records.", fingerprint.records)));
    // Formats are meant as logdrift tells them, and so are they held against records.
    schema.insert("x-formats".into(), json!("logdrift"));
    schema.insert("type".into(), json!("object"));
    object(&root, true, &mut schema);
    Value::Object(schema)
}

/// What is said of one path; `strict` unless other objects than those counted may hold it.
fn schema(node: &Node<'_>, container: u64, strict: bool) -> Value {
    let mut schema = Map::new();
    let filled: u64 = node.shapes.iter().filter(|(shape, _)| shape.is_filled()).map(|(_, count)| count).sum();
    let filled = if node.repeats { filled.min(node.present) } else { filled };
    schema.insert("$comment".into(), json!(format!("in {} of {container} records, filled in {filled}", node.present)));
    if node.is_doubled() || node.shapes.is_empty() {
        return Value::Object(schema);
    }
    let types = types(node);
    schema.insert("type".into(), if let [one] = types.as_slice() { json!(one) } else { json!(types) });
    texts(node, &types, &mut schema);
    let within = node.objects().unwrap_or(node.present);
    let is = |shapes: &[Shape]| node.shapes.keys().any(|shape| shapes.contains(shape));
    if is(&[Shape::OBJECT, Shape::EMPTY_OBJECT]) {
        object(node, strict, &mut schema);
    }
    if is(&[Shape::ARRAY]) {
        array(node, within, &mut schema);
    }
    let texts: Vec<&Shape> = node.shapes.keys().filter(|shape| shape.value_type() == ValueType::Text && shape.is_filled()).collect();
    if !texts.is_empty() && texts.iter().all(|shape| [Shape::JSON_OBJECT, Shape::JSON_ARRAY].contains(shape)) {
        let mut content = Map::new();
        if is(&[Shape::JSON_OBJECT]) {
            object(node, strict, &mut content);
        }
        if is(&[Shape::JSON_ARRAY]) {
            array(node, within, &mut content);
        }
        schema.insert("contentMediaType".into(), json!("application/json"));
        schema.insert("contentSchema".into(), Value::Object(content));
    }
    Value::Object(schema)
}

/// The JSON types of what stood at a path, in order.
fn types(node: &Node<'_>) -> Vec<&'static str> {
    let mut types: BTreeSet<&str> = node
        .shapes
        .keys()
        .map(|shape| match shape.value_type() {
            ValueType::Null => "null",
            ValueType::Boolean => "boolean",
            ValueType::Number if [Shape::FLOAT, Shape::PLACEHOLDER_NUMBER].contains(shape) => "number",
            ValueType::Number => "integer",
            ValueType::Text => "string",
            ValueType::Array => "array",
            ValueType::Object => "object",
        })
        .collect();
    if types.contains("number") {
        types.remove("integer");
    }
    types.into_iter().collect()
}

/// Closed sets and formats, beside which texts without content may stand.
fn texts(node: &Node<'_>, types: &[&str], schema: &mut Map<String, Value>) {
    let texts = node.shapes.keys().filter(|shape| shape.value_type() == ValueType::Text);
    let (filled, unfilled): (Vec<&Shape>, Vec<&Shape>) = texts.partition(|shape| shape.is_filled());
    let mut kinds: Vec<Value> = Vec::new();
    if let Some(words) = words(node, types) {
        kinds.push(json!({ "enum": words }));
    } else if !filled.is_empty() {
        let formats: Option<BTreeSet<&str>> = filled.iter().map(|shape| format(**shape)).collect();
        let Some(formats) = formats else {
            // Words of any kind, but none that is empty if none ever was.
            if !unfilled.contains(&&Shape::EMPTY_TEXT) {
                schema.insert("pattern".into(), json!(SOMETHING));
            }
            return;
        };
        kinds.extend(formats.into_iter().map(|format| json!({ "format": format })));
    }
    let is_closed = kinds.first().is_some_and(|kind| kind.get("enum").is_some());
    for pattern in unfilled.iter().filter_map(|shape| pattern(**shape)) {
        // A number that a closed set does not have must not pass as a text without content; beside a format it may.
        kinds.push(if is_closed { json!({ "type": "string", "pattern": pattern }) } else { json!({ "pattern": pattern }) });
    }
    match kinds.as_slice() {
        [] => {}
        [Value::Object(one)] => schema.extend(one.clone()),
        _ => drop(schema.insert("anyOf".into(), Value::Array(kinds))),
    }
}

/// The values of a closed set, none of them a container; `None` where some are not known, or not to be kept.
fn words(node: &Node<'_>, types: &[&str]) -> Option<Vec<Value>> {
    let values = node.values.as_ref()?;
    if types.iter().any(|name| ["array", "object", "number"].contains(name)) || types == ["boolean"] || types == ["boolean", "null"] {
        return None;
    }
    let mut words: Vec<Value> = Vec::new();
    for Word { word, .. } in values {
        let word = word.as_ref()?;
        // A number, or a boolean, and its text are one value of a closed set.
        let mut spelt = vec![Value::from(word.as_str())];
        spelt.extend(serde_json::from_str::<Value>(word).ok().filter(|value| value.is_number() || value.is_boolean()));
        words.extend(spelt.into_iter().filter(|value| types.contains(&type_of(value))));
    }
    words.sort_by_cached_key(|value| (value.as_i64(), value.to_string()));
    words.extend(types.contains(&"null").then_some(Value::Null));
    Some(words)
}

/// The name of a simple value's type.
fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        _ => "string",
    }
}

/// The members of an object.
fn object(node: &Node<'_>, strict: bool, schema: &mut Map<String, Value>) {
    let objects = node.objects().filter(|_| strict);
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for (segment, child) in &node.children {
        match segment {
            Segment::Key(key) => {
                properties.insert(key.clone(), self::schema(child, node.present, strict));
                required.extend(objects.filter(|objects| child.is_always_in(*objects)).map(|_| json!(key)));
            }
            Segment::AnyKey => drop(schema.insert("additionalProperties".into(), self::schema(child, node.present, false))),
            Segment::Elements => {}
        }
    }
    if !properties.is_empty() {
        schema.insert("properties".into(), Value::Object(properties));
    }
    if !required.is_empty() {
        schema.insert("required".into(), Value::Array(required));
    }
}

/// The elements of an array: those that are read as entries of a map, and others.
fn array(node: &Node<'_>, within: u64, schema: &mut Map<String, Value>) {
    let elements = node.children.get(&Segment::Elements).map(|child| self::schema(child, within, true));
    let is_entry = |segment: &&Segment| !matches!(segment, Segment::Elements);
    let entries = node.children.keys().copied().any(|segment| is_entry(&segment)).then(|| entry(node, within));
    let items = match (entries, elements) {
        (Some(entry), Some(element)) => json!({ "anyOf": [entry, element] }),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => return,
    };
    schema.insert("items".into(), items);
}

/// An element that is read as an entry of a map: a name and a value, under one of the keys that they have.
fn entry(node: &Node<'_>, within: u64) -> Value {
    let (names, values) = (any_of(&ENTRY_NAMES), any_of(&ENTRY_VALUES));
    let mut name = json!({ "type": "string" });
    let (mut known, mut cases) = (Vec::new(), Vec::new());
    for (segment, child) in &node.children {
        let Segment::Key(key) = segment else { continue };
        known.push(json!(key));
        let then = schema(child, within, false);
        cases.push(
            json!({ "if": { "patternProperties": { &names: { "const": key } } }, "then": { "patternProperties": { &values: then } } }),
        );
    }
    if !node.children.contains_key(&Segment::AnyKey) {
        name["enum"] = Value::Array(known);
    }
    let mut entry = json!({ "type": "object", "minProperties": 2, "maxProperties": 2, "patternProperties": { names: name } });
    if !cases.is_empty() {
        entry["allOf"] = Value::Array(cases);
    }
    entry
}

/// A pattern of these keys.
fn any_of(keys: &[&str]) -> String {
    format!("^({})$", keys.join("|"))
}
