//! Schemas of streams: what is inferred of a log fits that log and not the day of an incident; what is documented beside what was seen.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "sources/made_up.rs"]
#[allow(dead_code, reason = "new codes are for the tests of sources")]
mod made_up;
mod place;

use logdrift::fingerprint::{Fingerprinter, Outcome, Settings};
use logdrift::hash::HashKey;
use logdrift::report;
use logdrift::schema::{Validator, infer};
use logdrift::sources::Source;
use made_up::{PROVIDERS, day};
use place::{Place, Ran, SOURCE, lines, records};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::path::PathBuf;

fn json_of(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// What was found, as path and keyword.
fn violations(ran: &Ran) -> Vec<(String, String)> {
    let report = json_of(&ran.out);
    let rows = report["violations"].as_array().unwrap().iter();
    rows.map(|row| (row["path"].as_str().unwrap().to_owned(), row["keyword"].as_str().unwrap().to_owned())).collect()
}

fn validate(place: &Place, arguments: &[&str]) -> Ran {
    place.run(&[&["schema", "validate"], arguments, &["--format", "json"]].concat())
}

#[test]
fn a_log_fits_the_schema_of_its_baseline_and_the_day_of_the_incident_does_not() {
    let place = Place::with_baseline(14);
    let ran = validate(&place, &[&["logs"], &SOURCE[..]].concat());
    assert_eq!((ran.code, violations(&ran)), (0, Vec::new()), "{}", ran.err);
    place.incident("today.json");
    let ran = validate(&place, &[&["today.json"], &SOURCE[..]].concat());
    assert_eq!(ran.code, 1, "{}", ran.err);
    let found = violations(&ran);
    for (path, keyword) in [("resultType", "enum"), ("properties.status.errorCode", "enum"), ("properties.userPrincipalName", "format")] {
        assert!(found.contains(&(path.to_owned(), keyword.to_owned())), "{path} {keyword} is missing in {found:?}");
    }
    let report = json_of(&ran.out);
    assert_eq!(report["violations"].as_array().unwrap().iter().find(|row| row["path"] == "resultType").unwrap()["records"], 12);
    let schema = json_of(&report::schema("validation").unwrap());
    assert!(jsonschema::is_valid(&schema, &report), "{:?}", jsonschema::validate(&schema, &report));
}

#[test]
fn values_are_shown_to_those_only_who_ask_for_them() {
    let place = Place::with_baseline(3);
    let mut today = records(3);
    today[0]["properties"]["userPrincipalName"] = json!("Ann Secret of Sales");
    today[0]["properties"]["isInteractive"] = json!("Bob Secret");
    place.put("today.json", lines(&today));
    let hidden = validate(&place, &[&["today.json"], &SOURCE[..]].concat());
    assert!(hidden.code == 1 && !hidden.out.contains("Secret") && !hidden.err.contains("Secret"), "{}", hidden.out);
    let found = violations(&hidden);
    for (path, keyword) in [("properties.userPrincipalName", "format"), ("properties.isInteractive", "type")] {
        assert!(found.contains(&(path.to_owned(), keyword.to_owned())), "{found:?}");
    }
    assert!(hidden.out.contains("title-case text") || hidden.out.contains("\"text\""), "{}", hidden.out);
    let terminal = place.run(&[&["schema", "validate", "today.json"], &SOURCE[..]].concat());
    assert!(
        terminal.code == 1 && terminal.out.contains("INVALID") && terminal.out.contains("first in today.json, record 1"),
        "{}",
        terminal.out
    );
    assert!(!terminal.out.contains("Secret"));
    let shown = validate(&place, &[&["today.json", "--show-values"], &SOURCE[..]].concat());
    assert!(shown.out.contains("Ann Secret of Sales") && shown.out.contains("Bob Secret"));
}

#[test]
fn the_same_records_give_the_same_schema_in_any_order() {
    let written = |logs: Vec<Vec<u8>>, threads: &str| {
        let place = Place::new();
        logs.iter().enumerate().for_each(|(at, log)| place.put(&format!("logs/{at}.json"), log));
        place.run(&["learn", "logs", "--threads", threads]).succeeds();
        place.run(&[&["schema", "infer", "-o", "x.schema.json"], &SOURCE[..]].concat()).succeeds();
        std::fs::read_to_string(place.path("x.schema.json")).unwrap()
    };
    let mut all: Vec<Value> = (0..2).flat_map(records).collect();
    let first = written(vec![lines(&all)], "1");
    all.reverse();
    let (head, tail) = all.split_at(170);
    assert_eq!(first, written(vec![lines(tail), lines(head)], "3"));
    let schema = json_of(&first);
    assert!(jsonschema::meta::is_valid(&schema));
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    let of = |path: &str| schema.pointer(&format!("/properties/{}", path.replace('.', "/properties/"))).unwrap().clone();
    assert_eq!(of("time")["format"], "date-time");
    assert_eq!(of("properties.id")["format"], "uuid");
    assert!(schema["required"].as_array().unwrap().contains(&json!("resultType")));
    assert!(of("resultType")["enum"].as_array().unwrap().contains(&json!("50126")));
    // Neither the names of people nor those of apps are listed.
    for path in ["properties.userPrincipalName", "properties.appDisplayName", "identity", "properties.location.city"] {
        assert!(!of(path).to_string().contains("enum"), "{path}: {}", of(path));
    }
}

#[test]
fn logs_of_every_provider_fit_their_schemas_and_drifted_ones_do_not() {
    for provider in PROVIDERS {
        let place = Place::new();
        place.put("day.json", lines(&day(provider, 0, 400)));
        place.run(&["learn", "day.json", "--source", provider.source]).succeeds();
        place.run(&["schema", "infer", "--source", provider.source, "-o", "day.schema.json"]).succeeds();
        for against in [&["--source", provider.source][..], &["--schema", "day.schema.json"]] {
            let ran = validate(&place, &[&["day.json"], against].concat());
            assert_eq!((ran.code, violations(&ran)), (0, Vec::new()), "{}: {}", provider.source, ran.err);
        }
        let mut drifted = day(provider, 1_000, 40);
        drifted.iter_mut().for_each(provider.empty);
        place.put("drifted.json", lines(&drifted));
        let ran = validate(&place, &["drifted.json", "--schema", "day.schema.json"]);
        let found = violations(&ran);
        assert!(ran.code == 1 && found.iter().any(|(path, _)| path.starts_with(provider.path)), "{}: {found:?}", provider.source);
    }
}

#[test]
fn maps_of_names_and_values_and_keys_that_are_data_are_told_by_their_paths() {
    let place = Place::new();
    let record = |n: u64, value: Value| {
        json!({"time": "2026-03-01T10:00:00Z", "by": {format!("9{n:07}"): {"state": "ok"}},
        "details": [{"key": "Is CAE Token", "value": value}, {"key": "Legacy", "value": "no"}]})
    };
    place.put("day.json", lines(&(0..50).map(|n| record(n, json!("True"))).collect::<Vec<_>>()));
    let generic = ["--source", "generic", "--time", "time"];
    place.run(&[&["learn", "day.json"], &generic[..]].concat()).succeeds();
    let schema = json_of(&place.run(&["schema", "infer", "--source", "generic"]).succeeds().out);
    assert_eq!(schema["properties"]["by"]["additionalProperties"]["properties"]["state"]["type"], "string");
    let mut today: Vec<Value> = (50..60).map(|n| record(n, json!(true))).collect();
    today[0]["by"] = json!({"17": {"state": 5}});
    today[1]["details"][1]["key"] = json!("Modern");
    place.put("today.json", lines(&today));
    let ran = validate(&place, &[&["today.json"], &generic[..]].concat());
    let found = violations(&ran);
    let expected = [("by.*.state", "type"), ("details.Modern", "enum"), ("details[\"Is CAE Token\"]", "type")];
    assert_eq!(found, expected.map(|(path, keyword)| (path.to_owned(), keyword.to_owned())));
}

#[test]
fn what_cannot_be_validated_says_why() {
    let place = Place::with_baseline(1);
    place.put("audit.json", "{\"category\":\"AuditLogs\",\"time\":\"2023-02-20T10:00:00Z\"}\n");
    validate(&place, &[&["audit.json"], &SOURCE[..]].concat())
        .fails(3, &["no record to validate", "1 are of types that the source does not read"]);
    place.put("no.schema.json", "{\"type\": 7}");
    validate(&place, &["logs", "--schema", "no.schema.json"]).fails(2, &["no.schema.json is no JSON Schema"]);
    place.put("text.schema.json", "type: object");
    validate(&place, &["logs", "--schema", "text.schema.json"]).fails(2, &["text.schema.json is no JSON Schema: no JSON"]);
    place.run(&["schema", "infer", "--source", "okta-system"]).fails(3, &["has no baseline of okta-system"]);
    place.run(&["schema", "coverage", "--source", "generic"]).fails(3, &["no codes and no fields of generic are shipped"]);
    place.put("far.schema.json", "{\"$ref\": \"https://example.com/schema.json\"}");
    validate(&place, &["logs", "--schema", "far.schema.json"]).fails(2, &["far.schema.json is no JSON Schema"]);
}

#[test]
fn a_given_schema_is_held_against_the_records_with_its_own_formats() {
    let place = Place::new();
    place.put("day.json", "{\"at\":\"2026-03-01T10:00:00Z\",\"link\":\"urn:a:b\",\"n\":1}\n{\"at\":\"soon\",\"link\":\"x y\",\"n\":1.5}\n");
    let schema = json!({"type": "object", "required": ["at"], "additionalProperties": false,
        "properties": {"at": {"format": "date-time"}, "link": {"format": "uri"}}});
    place.put("own.schema.json", schema.to_string());
    let ran = validate(&place, &["day.json", "--schema", "own.schema.json"]);
    let expected = [("at", "format"), ("link", "format"), ("n", "additionalProperties")];
    assert_eq!((ran.code, violations(&ran)), (1, expected.map(|(path, keyword)| (path.to_owned(), keyword.to_owned())).to_vec()));
}

#[test]
fn what_is_documented_is_set_beside_what_was_seen() {
    let place = Place::new();
    let mut all = records(0);
    all[0]["resultType"] = json!("999999999");
    all[1]["properties"]["brandNew"] = json!("x");
    place.put("day.json", lines(&all));
    place.run(&["learn", "day.json"]).succeeds();
    let ran = place.run(&["schema", "coverage", "--format", "json", "--source", SOURCE[1]]).succeeds();
    let report = json_of(&ran.out);
    let schema = json_of(&report::schema("coverage-report").unwrap());
    assert!(jsonschema::is_valid(&schema, &report), "{:?}", jsonschema::validate(&schema, &report));
    let names = |row: &str, list: &str| -> Vec<String> {
        let entries = report[row][list].as_array().unwrap().iter();
        entries.map(|entry| entry.as_str().or(entry["name"].as_str()).unwrap().to_owned()).collect()
    };
    assert_eq!(names("codes", "undocumented"), ["999999999"]);
    assert!(names("codes", "unseen").contains(&"16000 InteractionRequired".to_owned()));
    assert!(!names("codes", "unseen").iter().any(|code| code.starts_with("50126 ")));
    assert!(names("fields", "undocumented").contains(&"properties.brandNew".to_owned()));
    assert!(names("fields", "undocumented").len() < 8, "{:?}", names("fields", "undocumented"));
    assert!(names("fields", "unseen").contains(&"federatedCredentialId".to_owned()));
    assert!(!names("fields", "unseen").iter().any(|field| ["userPrincipalName", "location.city", "resultType"].contains(&field.as_str())));
    let terminal = place.run(&["schema", "coverage", "--source", SOURCE[1]]).succeeds().out;
    assert!(terminal.contains("seen and not documented: 999999999 (1 record)"), "{terminal}");
}

#[test]
fn the_shipped_schemas_are_what_this_version_writes() {
    for name in ["validation", "coverage-report"] {
        let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("reports/{name}.schema.json"));
        let text = report::schema(name).unwrap();
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&file, &text).unwrap();
        }
        let kept = std::fs::read_to_string(&file).unwrap_or_default();
        assert!(kept == text, "reports/{name}.schema.json is stale; refresh it with `UPDATE=1 cargo test --test schema`");
    }
}

/// The schema of some records, and what of them does not fit it.
fn held_against_itself(source: &Source, records: &[String]) -> Vec<String> {
    let mut fingerprinter = Fingerprinter::new(source, HashKey::new([3; 32]), Settings::default());
    let mut counted = Vec::new();
    for record in records {
        let Ok(Outcome::Record { window, .. }) = fingerprinter.read(record.as_bytes()) else { continue };
        fingerprinter.count(record.as_bytes(), window, false);
        counted.push(record);
    }
    let mut windows = fingerprinter.finish();
    windows.retain(|window| window.records > 0);
    windows.iter_mut().for_each(|fingerprint| fingerprint.window = logdrift::model::Window::UNDATED);
    let Some(mut pool) = windows.pop() else { return Vec::new() };
    windows.iter().for_each(|other| pool.merge(other).unwrap());
    let validator = Validator::of(&pool, "own").unwrap();
    assert!(jsonschema::meta::is_valid(&json_of(&infer(&pool, "own"))));
    let faults = counted.iter().flat_map(|record| validator.faults(record.as_bytes()).unwrap());
    faults
        .map(|fault| format!("{} {}: expected {}, found {} {}", fault.path, fault.keyword, fault.expected, fault.found, fault.value))
        .collect()
}

#[test]
#[expect(clippy::print_stdout, reason = "what is skipped is said")]
fn real_logs_fit_their_own_schemas() {
    let samples = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data/samples");
    if !samples.exists() {
        println!("skipped: no samples of real logs beside this checkout");
        return;
    }
    let source = Source::generic(None, None, &[], None, None).unwrap();
    let (mut folders, mut logs) = (vec![samples], 0);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else if entry.extension().is_some_and(|ending| ending == "ndjson") {
                let records: Vec<String> = std::fs::read_to_string(&entry).unwrap().lines().map(str::to_owned).collect();
                let faults = held_against_itself(&source, &records);
                assert!(faults.is_empty(), "{}: {faults:#?}", entry.display());
                logs += 1;
            }
        }
    }
    assert!(logs > 15, "only {logs} logs were read");
}

/// JSON of few keys and many kinds of value.
fn value() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "null",
        "true",
        "false",
        "0",
        "1",
        "4",
        "1.5",
        "1700000000",
        "-7",
        "\"\"",
        "\" \"",
        "\"-\"",
        "\"unknown\"",
        "\"N/A\"",
        "\"[]\"",
        "\"{ }\"",
        "\"true\"",
        "\"4\"",
        "\"1\"",
        "\"Success\"",
        "\"success\"",
        "\"no user\"",
        "\"a@b.example\"",
        "\"10.0.0.1\"",
        "\"910a2dec-8902-4cc1-b62d-d8916387443f\"",
        "\"2026-03-01T10:00:00Z\"",
        "\"2026-03-01T10:00:00.5+01:00\"",
        "\"2026-03-01\"",
        "\"https://a.example/?q={x}\"",
        "\"{\\\"a\\\":1}\"",
        "\"{\\\"a\\\":\\\"x\\\"}\"",
        "\"[1,{\\\"b\\\":null}]\"",
        "\"host.example.com\"",
        "\"a text that is longer than the words of closed sets are, so that it belongs to none of them at all, ever\"",
        "[]",
        "{}",
    ])
    .prop_map(str::to_owned);
    let key =
        || prop::sample::select(vec!["a", "b", "c", "kind", "latitude", "17", "key", "value", "910a2dec-8902-4cc1-b62d-d8916387443f"]);
    leaf.prop_recursive(3, 24, 5, move |inner| {
        let members = prop::collection::vec((key(), inner.clone()), 0..5);
        let object = members.prop_map(|members| {
            let members: std::collections::BTreeMap<&str, String> = members.into_iter().collect();
            let members: Vec<String> = members.iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
            format!("{{{}}}", members.join(","))
        });
        let entry = (prop::sample::select(vec!["key", "Name"]), key(), prop::sample::select(vec!["value", "boolValue"]), inner.clone());
        let entry = entry.prop_map(|(name, key, value, inner)| format!("{{\"{name}\":\"{key}\",\"{value}\":{inner}}}"));
        let array =
            prop::collection::vec(prop_oneof![2 => inner, 1 => entry], 0..5).prop_map(|elements| format!("[{}]", elements.join(",")));
        prop_oneof![object, array]
    })
}

/// Records, with keys given twice among them.
fn record() -> impl Strategy<Value = String> {
    let members = prop::collection::vec((prop::sample::select(vec!["a", "b", "kind", "result", "17"]), value()), 0..6);
    members.prop_map(|members| {
        let members: Vec<String> = members.iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
        format!("{{{}}}", members.join(","))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_records_fit_the_schema_that_is_inferred_of_them(records in prop::collection::vec(record(), 1..30)) {
        let source = Source::generic(None, None, &[], None, None).unwrap();
        let faults = held_against_itself(&source, &records);
        prop_assert!(faults.is_empty(), "{:#?}\n{}", faults, records.join("\n"));
    }
}
