//! Records held against a JSON Schema: what does not fit, where, and what stands there instead, without the value.

use super::formats::{FORMATS, SOMETHING, format};
use super::infer::inferred;
use crate::fingerprint::Fingerprint;
use crate::model::{FieldPath, Segment};
use crate::scan::{self, ENTRY_NAMES};
use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind;
use serde_json::Value;

/// Values of a closed set that an expectation lists.
const LISTED: usize = 6;

/// A compiled schema.
pub struct Validator {
    schema: Value,
    compiled: jsonschema::Validator,
}

/// One thing that does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where it stands, as paths are written.
    pub path: FieldPath,
    /// The keyword of JSON Schema that it breaks: `type`, `enum`, `format`, `required`.
    pub keyword: String,
    /// What the schema expects there, in words.
    pub expected: String,
    /// What stands there, in words: its state and format, never its value.
    pub found: String,
    /// The value as JSON, for those who ask for it.
    pub value: String,
}

impl Validator {
    /// Reads a schema. No reference out of it is followed.
    ///
    /// # Errors
    /// Says what makes the text no schema.
    pub fn read(text: &str) -> Result<Self, String> {
        Self::new(serde_json::from_str(text).map_err(|error| format!("no JSON: {error}"))?)
    }

    /// The schema that [`infer()`](super::infer()) reads off a fingerprint.
    ///
    /// # Errors
    /// None is known: what is inferred is a schema.
    pub fn of(fingerprint: &Fingerprint, title: &str) -> Result<Self, String> {
        Self::new(inferred(fingerprint, title))
    }

    fn new(schema: Value) -> Result<Self, String> {
        let mut options = jsonschema::options().offline().should_validate_formats(true);
        options = options.without_content_media_type_support("application/json");
        // What logdrift inferred means what it tells formats by.
        if schema.get("x-formats").and_then(Value::as_str) == Some("logdrift") {
            for name in FORMATS {
                options = options.with_format(name, move |text: &str| format(scan::shape_of(text)) == Some(name));
            }
        }
        let compiled = options.build(&schema).map_err(|error| format!("at {:?}: {error}", error.instance_path().to_string()))?;
        Ok(Self { schema, compiled })
    }

    /// What does not fit in a record; empty for one that fits, `None` for what is no JSON.
    #[must_use]
    pub fn faults(&self, record: &[u8]) -> Option<Vec<Fault>> {
        let record: Value = serde_json::from_slice(record).ok()?;
        let errors = self.compiled.iter_errors(&record).flat_map(|error| self.told(&record, &error));
        let mut faults: Vec<Fault> = errors.collect();
        faults.sort_by(|a, b| (&a.path, &a.keyword, &a.value).cmp(&(&b.path, &b.keyword, &b.value)));
        // A value of another type breaks the rules for texts too; the type says it all.
        let typed: Vec<FieldPath> = faults.iter().filter(|fault| fault.keyword == "type").map(|fault| fault.path.clone()).collect();
        faults.retain(|fault| fault.keyword == "type" || !typed.contains(&fault.path));
        Some(faults)
    }

    /// What an error says: one fault, or one for each property that is missing or too much.
    fn told(&self, record: &Value, error: &ValidationError<'_>) -> Vec<Fault> {
        let path = path(record, error.instance_path().as_str());
        let keyword = error.kind().keyword().to_owned();
        let instance = error.instance();
        let beside = |key: &str, found: &str, expected: &str| Fault {
            path: path.join(step(key)),
            keyword: keyword.clone(),
            expected: expected.to_owned(),
            found: found.to_owned(),
            value: String::new(),
        };
        match error.kind() {
            ValidationErrorKind::Required { property } => {
                vec![beside(property.as_str().unwrap_or_default(), "absent", "present")]
            }
            ValidationErrorKind::AdditionalProperties { unexpected } | ValidationErrorKind::UnevaluatedProperties { unexpected } => {
                unexpected.iter().map(|key| beside(key, "present", "absent")).collect()
            }
            _ => {
                let expected = self.expected(error.schema_path().as_str());
                vec![Fault { path, keyword: self.kind(error), expected, found: found(instance), value: instance.to_string() }]
            }
        }
    }

    /// The keyword that an error is about; of alternatives that all ask for one thing, that.
    fn kind(&self, error: &ValidationError<'_>) -> String {
        let keyword = error.kind().keyword();
        let alternatives = self.schema.pointer(error.schema_path().as_str()).and_then(Value::as_array).filter(|_| keyword == "anyOf");
        let first = alternatives.and_then(|all| all.first()).and_then(Value::as_object);
        let asks = first.and_then(|first| ["enum", "format"].into_iter().find(|asked| first.contains_key(*asked)));
        asks.unwrap_or(keyword).to_owned()
    }

    /// What the keyword at this place of the schema asks for, in words.
    fn expected(&self, place: &str) -> String {
        let asked = self.schema.pointer(place).unwrap_or(&Value::Null);
        match place.rsplit('/').next().unwrap_or_default() {
            "anyOf" => {
                let all: Vec<String> = asked.as_array().into_iter().flatten().map(alternative).collect();
                all.join(", or ")
            }
            keyword => asks(keyword, asked, false),
        }
    }
}

/// What one of several alternatives asks for.
fn alternative(schema: &Value) -> String {
    let keywords = ["enum", "format", "pattern", "type"];
    let asked = keywords.into_iter().find_map(|keyword| schema.get(keyword).map(|value| asks(keyword, value, true)));
    asked.unwrap_or_else(|| "something else".to_owned())
}

fn asks(keyword: &str, value: &Value, alternative: bool) -> String {
    let words = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match (keyword, value) {
        ("enum", Value::Array(values)) if values.len() > LISTED => format!("one of {} values", values.len()),
        ("enum" | "type", Value::Array(values)) => values.iter().map(words).collect::<Vec<_>>().join(" or "),
        ("pattern", Value::String(pattern)) if pattern == SOMETHING => "a text with content".to_owned(),
        ("pattern", _) if alternative => "a text without content".to_owned(),
        ("format" | "type" | "enum", _) => words(value),
        (keyword, _) => format!("{keyword} {value}"),
    }
}

/// What stands in a value's place, in words.
fn found(value: &Value) -> String {
    match value {
        Value::Null => "null".into(),
        Value::Bool(_) => "boolean".into(),
        Value::Number(number) if number.is_f64() => "decimal number".into(),
        Value::Number(_) => "integer".into(),
        Value::String(text) => scan::shape_of(text).to_string(),
        Value::Array(elements) => if elements.is_empty() { "empty array" } else { "array" }.into(),
        Value::Object(members) => if members.is_empty() { "empty object" } else { "object" }.into(),
    }
}

/// The path of a place in a record (a JSON pointer), as the scanner would name it.
fn path(record: &Value, pointer: &str) -> FieldPath {
    let (mut path, mut value) = (FieldPath::root(), record);
    let mut steps = pointer.split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~"));
    while let Some(key) = steps.next() {
        match value {
            Value::Array(elements) => {
                value = key.parse().ok().and_then(|at: usize| elements.get(at)).unwrap_or(&Value::Null);
                match entry_name(value) {
                    Some(name) => {
                        path = path.join(step(name));
                        // The value of an entry stands where the entry does.
                        value = steps.next().and_then(|key| value.get(&key)).unwrap_or(&Value::Null);
                    }
                    None => path = path.join(Segment::Elements),
                }
            }
            _ => {
                value = value.get(&key).unwrap_or(&Value::Null);
                path = path.join(step(&key));
            }
        }
    }
    path
}

/// The name of an element that is read as an entry of a map.
fn entry_name(element: &Value) -> Option<&str> {
    let members = element.as_object().filter(|members| members.len() == 2)?;
    members.keys().any(|key| scan::ENTRY_VALUES.contains(&key.as_str())).then_some(())?;
    ENTRY_NAMES.iter().find_map(|name| members.get(*name)).and_then(Value::as_str)
}

fn step(key: &str) -> Segment {
    if scan::is_data_key(key) { Segment::AnyKey } else { Segment::Key(key.to_owned()) }
}
