//! The incident that logdrift exists for: in 2023 a roll-out of passwordless sign-in changed some failures.

use super::random::Random;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const CODE: u32 = 1_003_033;
const TEXT: &str = "The remote NGC session was denied.";
/// Texts of `properties` that came empty.
const EMPTIED: &[&str] = &["appId", "appDisplayName", "resourceId", "resourceDisplayName"];

/// Turns up to `records` failed interactive sign-ins of a day into those of the incident: refused second factors first,
/// other failures after them, one user after the other. Code 1003033; place, device, app and resource empty; the user's
/// GUID where the names were. A record that came twice is changed twice. Equal days, counts and seeds give equal bytes.
pub fn passwordless_rollout(day: &mut [Value], records: usize, seed: u64) {
    for id in chosen(day, records, seed) {
        for record in day.iter_mut().filter(|record| record["properties"]["id"] == id.as_str()) {
            change(record);
        }
    }
}

/// Ids of the records to change.
fn chosen(day: &[Value], records: usize, seed: u64) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or("").to_owned();
    let mut of_users: BTreeMap<String, Vec<(bool, String)>> = BTreeMap::new();
    for record in day.iter().filter(|record| record["category"] == "SignInLogs" && record["resultType"] != "0") {
        let properties = &record["properties"];
        let row = (record["resultType"] != "500121", text(&properties["id"]));
        let rows = of_users.entry(text(&properties["userId"])).or_default();
        if !rows.contains(&row) {
            rows.push(row);
        }
    }
    let mut random = Random::new(&[seed, 3]);
    let mut turns = Vec::new();
    for rows in of_users.values_mut() {
        rows.sort();
        let shuffle = random.bits();
        turns.extend(rows.drain(..).enumerate().map(|(turn, (is_other, id))| (is_other, turn, shuffle, id)));
    }
    turns.sort();
    turns.into_iter().take(records).map(|(.., id)| id).collect()
}

fn change(record: &mut Value) {
    let guid = record["properties"]["userId"].clone();
    let mut set = |pointer: &str, value: Value| {
        if let Some(slot) = record.pointer_mut(pointer) {
            *slot = value;
        }
    };
    set("/resultType", json!(CODE.to_string()));
    set("/resultDescription", json!(TEXT));
    set("/properties/status/errorCode", json!(CODE));
    set("/properties/status/failureReason", json!(TEXT));
    set("/identity", guid.clone());
    set("/properties/userPrincipalName", guid.clone());
    set("/properties/userDisplayName", guid);
    set("/location", json!(""));
    let nowhere = json!({"latitude": 0.0, "longitude": 0.0});
    set("/properties/location", json!({"city": "", "state": "", "countryOrRegion": "", "geoCoordinates": nowhere}));
    let nothing = json!({"deviceId": "", "displayName": "", "operatingSystem": "", "browser": "", "trustType": ""});
    set("/properties/deviceDetail", nothing);
    for name in EMPTIED {
        set(&format!("/properties/{name}"), json!(""));
    }
}
