//! Laws over made-up JSON: the scanner sees what serde_json sees, whatever the spacing.

use super::*;
use proptest::prelude::*;
use serde_json::{Value, json};

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::sample::select(vec!["a", "b", "key", "value", "name", "Value", "latitude", "17", "", "q\"\\", "é", "a@b.example"]).prop_map(str::to_owned),
        1 => "\\PC{0,12}",
        1 => any::<String>(),
    ]
}

fn tree() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1e9..2e9).prop_map(|number: f64| Value::from(number)),
        word().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        let members = prop::collection::vec((word(), inner.clone()), 0..5);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            members.prop_map(|members| members.into_iter().collect::<serde_json::Map<_, _>>().into()),
            (word(), inner.clone()).prop_map(|(name, value)| json!([{"key": name, "value": value}])),
            inner.prop_map(|value| Value::from(value.to_string())),
        ]
    })
}

proptest! {
    #[test]
    fn records_are_read_as_serde_json_reads_them(trees in prop::collection::vec(tree(), 1..4), pretty in any::<bool>()) {
        let mut scanner = scanner();
        for tree in trees {
            let record = json!({"r": tree, "then": 1});
            check(&mut scanner, &if pretty { serde_json::to_string_pretty(&record).unwrap() } else { record.to_string() });
        }
    }

    #[test]
    fn a_changed_byte_is_refused_where_serde_json_refuses_it(tree in tree(), place in any::<prop::sample::Index>(), byte in 0u8..128) {
        // An exponent can lift a number inside a text beyond all doubles: serde_json refuses it, the scanner reads it.
        prop_assume!(!matches!(byte, b'e' | b'E'));
        let mut record = json!({"r": tree, "then": 1}).to_string().into_bytes();
        let mut scanner = scanner();
        // Whatever the scanner learnt from the record before must not make it step over the change.
        (0..2).for_each(|_| drop(rows(&mut scanner, &record)));
        let place = place.index(record.len());
        record[place] = byte;
        let Ok(record) = String::from_utf8(record) else { return Ok(()) };
        let found = rows(&mut scanner, record.as_bytes());
        // What is only stepped over may hold lone surrogates and numbers beyond all doubles, as for the scanner.
        let valid = record.trim_start().starts_with('{') && serde_json::from_str::<serde::de::IgnoredAny>(&record).is_ok();
        prop_assert_eq!(found.is_ok(), valid, "{}", record);
        if let Some(rows) = expected(&record) {
            prop_assert_eq!(found.ok(), Some(rows));
        }
    }
}
