//! What the demo promises: the same bytes, a life like a tenant's, an incident as described.

use super::*;
use crate::hash::digest;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

const SEED: u64 = 2023;

fn days(records: usize, count: u32) -> Vec<Vec<Value>> {
    let tenant = Tenant::new(SEED, records);
    (0..count).map(|day| tenant.day(day)).collect()
}

fn bytes(day: &[Value]) -> Vec<u8> {
    let mut out = Vec::new();
    write_lines(day, &mut out).unwrap();
    out
}

fn text<'a>(record: &'a Value, pointer: &str) -> &'a str {
    record.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("no {pointer} in {record}"))
}

fn leaves(value: &Value, path: String, out: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(key, inner)| leaves(inner, format!("{path}.{key}"), out)),
        Value::Array(items) => items.iter().for_each(|item| leaves(item, format!("{path}[]"), out)),
        _ => drop(out.insert(path)),
    }
}

#[test]
fn same_seed_same_bytes_for_ever() {
    let mut all = bytes(&days(200, 1)[0]);
    assert_eq!(all, bytes(&Tenant::new(SEED, 200).day(0)));
    assert_ne!(all, bytes(&Tenant::new(SEED + 1, 200).day(0)));
    let mut changed = days(200, 1).remove(0);
    passwordless_rollout(&mut changed, 3, 1);
    all.extend(bytes(&changed));
    let hex: String = digest(&all)[..8].iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, "b83eaa3cd43bb5ee", "the demo's bytes changed: baselines made from them no longer fit");
}

#[test]
fn weekends_are_quieter_and_working_days_about_as_busy_as_asked() {
    let counts: Vec<usize> = days(600, 14).iter().map(Vec::len).collect();
    for (day, count) in counts.iter().enumerate() {
        let expected = if day % 7 >= 5 { 180..=270 } else { 560..=640 };
        assert!(expected.contains(count), "day {day}: {counts:?}");
    }
}

#[test]
fn days_hold_what_was_created_on_them_in_the_order_of_delivery() {
    for (day, records) in days(300, 10).iter().enumerate() {
        let date = if day < 9 { format!("2023-02-{:02}", 20 + day) } else { "2023-03-01".to_owned() };
        assert!(records.iter().all(|record| text(record, "/properties/createdDateTime").starts_with(&date)), "{date}");
        assert!(records.is_sorted_by_key(|record| text(record, "/time").to_owned()));
        assert!(records.iter().all(|record| text(record, "/time")[..19] > text(record, "/properties/createdDateTime")[..19]));
    }
}

#[test]
fn ids_come_twice_only_where_the_whole_record_does() {
    let all: Vec<Value> = days(600, 14).concat();
    let mut seen: BTreeMap<&str, &Value> = BTreeMap::new();
    let mut twins = 0;
    for record in &all {
        if let Some(first) = seen.insert(text(record, "/properties/id"), record) {
            assert_eq!(first, record);
            twins += 1;
        }
    }
    assert!((8..40).contains(&twins), "{twins} of {}", all.len());
}

#[test]
fn records_are_as_rich_as_real_ones() {
    let all: Vec<Value> = days(600, 14).concat();
    let (mut paths, mut codes, mut users, mut browsers) = (BTreeSet::new(), BTreeMap::new(), BTreeMap::new(), BTreeSet::new());
    let source = crate::sources::Source::named("entra-signin").unwrap();
    for record in &all {
        assert!(source.reads(record["category"].as_str()));
        leaves(record, String::new(), &mut paths);
        *codes.entry(text(record, "/resultType")).or_insert(0_usize) += 1;
        if let Some(user) = record.pointer("/properties/userId") {
            *users.entry(user.as_str().unwrap()).or_insert(0_usize) += 1;
            browsers.insert(text(record, "/properties/deviceDetail/browser"));
        }
    }
    assert!(paths.len() >= 60, "{} paths", paths.len());
    assert!(codes.len() >= 15, "{codes:?}");
    assert!((0.8..0.95).contains(&(codes["0"] as f64 / all.len() as f64)), "{codes:?}");
    assert!(users.values().max() > Some(&(10 * users.values().min().unwrap())), "some users are far busier: {users:?}");
    assert!(browsers.iter().any(|name| name.starts_with("Chrome 110")) && browsers.iter().any(|name| name.starts_with("Chrome 111")));
    let late = |record: &&Value| text(record, "/time")[11..13] > text(record, "/properties/createdDateTime")[11..13];
    assert!(all.iter().filter(late).count() > 10);
}

#[test]
fn the_incident_empties_what_it_says_and_spreads_over_users() {
    let before = days(600, 1).remove(0);
    let mut after = before.clone();
    passwordless_rollout(&mut after, 6, 7);
    let changed: Vec<(&Value, &Value)> = before.iter().zip(&after).filter(|(a, b)| a != b).collect();
    let ids: BTreeSet<&str> = changed.iter().map(|(_, record)| text(record, "/properties/id")).collect();
    let users: BTreeSet<&str> = changed.iter().map(|(_, record)| text(record, "/properties/userId")).collect();
    assert_eq!(ids.len(), 6);
    assert!(users.len() >= 4, "{users:?}");
    for (was, record) in changed {
        assert_eq!((text(was, "/category"), text(was, "/resultType") == "0"), ("SignInLogs", false));
        assert_eq!(text(record, "/resultType"), "1003033");
        assert_eq!(record["properties"]["status"]["errorCode"], json!(1_003_033));
        assert_eq!(text(record, "/resultDescription"), "The remote NGC session was denied.");
        for pointer in ["/identity", "/properties/userPrincipalName", "/properties/userDisplayName"] {
            assert_eq!(text(record, pointer), text(was, "/properties/userId"));
        }
        for name in ["location/city", "location/state", "location/countryOrRegion", "deviceDetail/deviceId", "deviceDetail/displayName"] {
            assert_eq!(text(record, &format!("/properties/{name}")), "");
        }
        for name in ["deviceDetail/browser", "deviceDetail/operatingSystem", "appId", "appDisplayName", "resourceId", "resourceDisplayName"]
        {
            assert_eq!(text(record, &format!("/properties/{name}")), "");
        }
        assert_eq!(text(record, "/location"), "");
        assert_eq!(record["properties"]["createdDateTime"], was["properties"]["createdDateTime"]);
    }
}

#[test]
fn the_incident_takes_refused_prompts_first_and_never_more_than_there_are() {
    let mut day = days(2000, 1).remove(0);
    let prompts: BTreeSet<String> =
        day.iter().filter(|r| r["resultType"] == "500121").map(|r| text(r, "/properties/id").to_owned()).collect();
    assert!(prompts.len() >= 3);
    passwordless_rollout(&mut day, 3, 1);
    let hit = |day: &[Value]| -> BTreeSet<String> {
        day.iter().filter(|r| r["resultType"] == "1003033").map(|r| text(r, "/properties/id").to_owned()).collect()
    };
    assert!(hit(&day).is_subset(&prompts));
    passwordless_rollout(&mut day, 1_000_000, 1);
    assert!(!day.iter().any(|r| r["category"] == "SignInLogs" && !["0", "1003033"].contains(&text(r, "/resultType"))));
    let mut strange = vec![json!(null), json!({"category": "SignInLogs", "properties": 1}), json!([1])];
    let same = strange.clone();
    passwordless_rollout(&mut strange, 5, 1);
    assert_eq!(strange, same);
}
