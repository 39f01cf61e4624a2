//! One field, or one cohort, over the windows of a baseline, in every format, and what is said where there is none.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod place;

use logdrift::report;
use place::Place;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;

const CITY: &str = "properties.location.city";

fn told(place: &Place, words: &[&str]) -> Value {
    let ran = place.run(&[&["history"], words, &["--format", "json"]].concat()).succeeds();
    serde_json::from_str(&ran.out).unwrap()
}

#[test]
fn the_windows_of_a_field_add_up_and_keep_to_the_schema() {
    let place = Place::with_baseline(3);
    let history = told(&place, &[CITY]);
    assert_eq!((&history["schema"], &history["path"], &history["cohort"]), (&json!("logdrift.history/1"), &json!(CITY), &json!(null)));
    let windows = history["windows"].as_array().unwrap();
    let days: Vec<&str> = windows.iter().map(|row| row["from"].as_str().unwrap()).collect();
    assert_eq!(days, ["2023-02-20T00:00:00Z", "2023-02-21T00:00:00Z", "2023-02-22T00:00:00Z"]);
    for (day, row) in windows.iter().enumerate() {
        // Those that come twice count once.
        let records: BTreeMap<String, Value> =
            place::records(u32::try_from(day).unwrap()).into_iter().map(|record| (record.to_string(), record)).collect();
        let with =
            |pointer: &str| records.values().filter(|record| record.pointer(pointer).is_some_and(|value| *value != json!(""))).count();
        assert_eq!(row["field"]["filled"], with("/properties/location/city"), "{row}");
        let number = |name: &str| row["field"][name].as_u64().unwrap();
        assert_eq!(row["records"].as_u64().unwrap(), number("filled") + number("empty") + number("absent"), "{row}");
        assert_eq!((&row["records"], row["all"].as_u64().unwrap()), (&row["all"], records.len() as u64), "{row}");
    }
    let schema: Value = serde_json::from_str(&report::schema("history").unwrap()).unwrap();
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    assert!(validator.is_valid(&history) && validator.is_valid(&told(&place, &["resultType=0"])));
    let mut broken = history;
    broken["windows"][0]["from"] = json!("monday");
    assert!(!validator.is_valid(&broken));
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("reports/history.schema.json");
    let text = report::schema("history").unwrap();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&kept, &text).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&kept).unwrap(), text, "refresh it with `UPDATE=1 cargo test --test history`");
}

#[test]
fn a_cohort_has_a_history_of_its_own_and_of_a_field_in_it() {
    let place = Place::with_baseline(2);
    let [codes, field, all] = [&["resultType=0"][..], &[CITY, "--cohort", "resultType=0"], &[CITY]].map(|words| told(&place, words));
    assert_eq!((&codes["path"], &codes["cohort"]), (&json!(null), &json!({"path": "resultType", "value": "0"})));
    for day in 0..2 {
        let of = |history: &Value, name: &str| history["windows"][day][name].as_u64().unwrap();
        assert!(codes["windows"][day]["field"].is_null() && of(&codes, "records") < of(&codes, "all"));
        assert_eq!((of(&field, "records"), of(&field, "all")), (of(&codes, "records"), of(&all, "records")));
        assert!(field["windows"][day]["field"]["filled"].as_u64() < all["windows"][day]["field"]["filled"].as_u64());
    }
    // A name of the source stands for the first of its paths that is there.
    assert_eq!(told(&place, &["code"])["path"], "resultType");
}

#[test]
fn readers_see_a_line_of_windows_and_their_numbers() {
    let place = Place::with_baseline(3);
    let text = place.run(&["history", CITY]).succeeds().out;
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], format!("{CITY} of entra-signin"));
    assert!(lines[2].chars().count() == 3 && lines[2].chars().all(|c| ('▁'..='█').contains(&c)), "{text}");
    assert!(lines[3].starts_with("2023-02-20 to 2023-02-22; filled "), "{text}");
    assert!(lines[5].starts_with("window      records  filled") && lines[6].starts_with("2023-02-20  "), "{text}");
    let page = place.run(&["history", CITY, "--format", "html"]).succeeds().out;
    assert!(page.contains(&format!("<h1><code>{CITY}</code></h1>")) && page.matches("<tr>").count() == 4, "{page}");
    assert!(!page.contains("<script") && page.contains("default-src 'none'".replace('\'', "&#39;").as_str()), "{page}");
}

#[test]
fn what_is_unknown_is_answered_with_what_is_like_it() {
    let place = Place::new();
    place.run(&["history", CITY]).fails(2, &["logdrift.db"]);
    let place = Place::with_baseline(1);
    place.run(&["history", "properties.location.citty"]).fails(2, &["no field properties.location.citty; nearest are", CITY]);
    place.run(&["history", "City"]).fails(2, &["nearest are", CITY]);
    place.run(&["history", "qqqq"]).fails(2, &["nothing that is spelt like it"]);
    place.run(&["history", CITY, "--cohort", "category=SignInLog"]).fails(2, &["no cohort category=SignInLog; nearest are SignInLogs"]);
    place.run(&["history", "colour=red"]).fails(2, &["no cohorts by colour, but by", "resultType"]);
    place.run(&["history", CITY, "--cohort", "resultType"]).fails(2, &["FIELD=VALUE"]);
    place.run(&["history", CITY, "--source", "okta"]).fails(3, &["no baseline of okta", "logdrift learn"]);
}

#[test]
fn a_field_is_found_by_the_names_that_people_use_in_any_shape_of_the_log() {
    let place = Place::with_baseline(2);
    let whole = place.run(&["history", "properties.location.city"]).succeeds().out;
    assert_eq!(place.run(&["history", "location.city"]).succeeds().out, whole);
    for name in ["user", "code", "app"] {
        assert!(place.run(&["history", name]).succeeds().out.contains("filled"), "{name}");
    }
}
