//! Changes of a made-up day, from which the rows are put together.

use logdrift::demo::passwordless_rollout;
use serde_json::{Value, json};

/// Every record, with its place in the day.
pub(super) fn each(day: &mut [Value], change: impl Fn(usize, &mut Value)) {
    day.iter_mut().enumerate().for_each(|(at, record)| change(at, record));
}

/// The properties of records of one category; of all for the empty name.
pub(super) fn of(day: &mut [Value], category: &str, change: impl Fn(&mut Value)) {
    let is_meant = |record: &&mut Value| category.is_empty() || record["category"] == category;
    day.iter_mut().filter(is_meant).for_each(|record| change(&mut record["properties"]));
}

/// A value at a place, if something stands there.
pub(super) fn put(record: &mut Value, pointer: &str, value: Value) {
    if let Some(slot) = record.pointer_mut(pointer) {
        *slot = value;
    }
}

/// Takes keys out of the properties.
pub(super) fn without(day: &mut [Value], keys: &[&str]) {
    for record in day {
        if let Some(properties) = record["properties"].as_object_mut() {
            keys.iter().for_each(|key| drop(properties.remove(*key)));
        }
    }
}

/// The code of a record and its text, in every place that has them.
pub(super) fn code(record: &mut Value, code: u32, text: &str) {
    put(record, "/resultType", json!(code.to_string()));
    put(record, "/properties/status/errorCode", json!(code));
    describe(record, text);
}

pub(super) fn describe(record: &mut Value, text: &str) {
    put(record, "/resultDescription", json!(text));
    put(record, "/properties/status/failureReason", json!(text));
}

/// Failures of people, in turns, become records of these codes, all with one text.
pub(super) fn fail_as(day: &mut [Value], codes: &[u32], text: &str) {
    let failed = |record: &&mut Value| record["category"] == "SignInLogs" && record["resultType"] != "0";
    for (at, record) in day.iter_mut().filter(failed).enumerate() {
        if let Some(new) = codes.get(at % (2 * codes.len()).max(3)) {
            code(record, *new, text);
        }
    }
    // The text is that of the code, wherever it stood before.
    let codes: Vec<String> = codes.iter().map(u32::to_string).collect();
    for record in day.iter_mut().filter(|record| codes.iter().any(|code| record["resultType"] == code.as_str())) {
        describe(record, text);
    }
}

/// The elements of an array in the properties.
pub(super) fn elements(properties: &mut Value, key: &str, change: impl Fn(&mut Value)) {
    properties[key].as_array_mut().into_iter().flatten().for_each(change);
}

/// The passwordless roll-out of March 2023.
pub(super) fn rollout(day: &mut [Value]) {
    passwordless_rollout(day, 12, 11);
}
