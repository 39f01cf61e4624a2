//! Small samples: what they can show is said, what they cannot is named, and nothing is made up.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod place;

use place::{Place, Ran, lines, records};
use serde_json::{Value, json};

/// Successful sign-ins of people of several days.
fn good() -> Vec<Value> {
    let people = |record: &Value| record["category"] == "SignInLogs" && record["resultType"] == "0";
    (0..4).flat_map(records).filter(people).collect()
}

/// The same, proven in another way and without a place.
fn of_a_new_method(mut records: Vec<Value>) -> Vec<Value> {
    for record in &mut records {
        let properties = &mut record["properties"];
        for step in properties["authenticationDetails"].as_array_mut().unwrap() {
            step["authenticationMethod"] = json!("Passkey");
        }
        nowhere(record);
    }
    records
}

fn nowhere(record: &mut Value) {
    record["properties"]["location"] = json!({"city": "", "state": "", "countryOrRegion": ""});
}

/// Records of one user only.
fn of_one_user(count: usize) -> Vec<Value> {
    let mut records: Vec<Value> = good().into_iter().take(count).collect();
    for record in &mut records {
        record["properties"]["userId"] = json!("8d9d2b0c-6d0a-4b51-9d86-0f0b6b6f7a10");
    }
    records
}

fn diff(before: &[Value], after: &[Value]) -> (Ran, Value) {
    let place = Place::new();
    place.put("before.json", lines(before));
    place.put("after.json", lines(after));
    let text = place.run(&["diff", "before.json", "after.json"]);
    let json = place.run(&["diff", "before.json", "after.json", "--format", "json"]);
    assert_eq!(text.code, json.code);
    (text, serde_json::from_str(&json.out).unwrap())
}

fn gaps(report: &Value) -> String {
    report["checked"]["not_checked"].to_string()
}

/// `(check, path)` of the roots.
fn roots(report: &Value) -> Vec<(String, String)> {
    told(report, |row| row["caused_by"].is_null())
}

/// Which findings are meant.
type IsMeant = fn(&&Value) -> bool;

fn told(report: &Value, is_meant: IsMeant) -> Vec<(String, String)> {
    let rows = report["findings"].as_array().unwrap().iter().filter(is_meant);
    rows.map(|row| (row["check"].as_str().unwrap().to_owned(), row["path"].as_str().unwrap_or("").to_owned())).collect()
}

#[test]
fn forty_records_show_what_all_of_them_show() {
    let all = good();
    let (text, report) = diff(&all[..40], &of_a_new_method(all[60..100].to_vec()));
    assert_eq!(text.code, 1, "{}", text.out);
    assert!(roots(&report).contains(&("field-emptied".into(), "properties.location".into())), "{report}");
    let method = "properties.authenticationDetails[].authenticationMethod";
    assert!(report["findings"].as_array().unwrap().iter().any(|row| row["check"] == "value-appeared" && row["path"] == method), "{report}");
}

#[test]
fn forty_records_say_what_they_cannot_show() {
    let all = good();
    let (text, report) = diff(&all[..40], &all[40..80]);
    assert_eq!((text.code, &report["verdict"]), (0, &json!("clean")), "{}", text.out);
    let checked = &report["checked"];
    // Five of forty records show something new.
    let share = checked["smallest_detectable_share"].as_f64().unwrap();
    assert!((0.125..0.5).contains(&share), "{share}");
    assert!(checked["too_few_records"].as_u64().unwrap() > 50, "paths of cohorts are counted, not cohorts: {checked}");
    assert!(gaps(&report).contains("fewer than 8 of 100 records"), "{checked}");
    assert!(gaps(&report).contains("fields within cohorts of fewer than 5 records of 3 actors: "), "{checked}");
    assert!(text.out.contains("more had too few records"), "{}", text.out);
}

#[test]
fn less_than_five_records_of_three_actors_are_too_few_on_either_side() {
    let all = good();
    let few = "and 5 records of 3 actors are needed to say that";
    for (before, after, why) in [
        (&all[..40], &all[40..42], "fields, formats and values: 2 records of"),
        (&all[..40], &of_one_user(20)[..], "fields, formats and values: 20 records of 1 actor came"),
        (&all[..2], &all[10..50], "anything: the baseline has 2 records of"),
        (&of_one_user(20)[..], &all[10..50], "anything: the baseline has 20 records of 1 actor"),
    ] {
        let (text, report) = diff(before, after);
        assert_eq!((text.code, &report["verdict"]), (3, &json!("not-checkable")), "{}", text.out);
        assert_eq!((&report["checked"]["comparisons"], &report["findings"]), (&json!(0), &json!([])));
        assert_eq!(report["checked"]["smallest_detectable_share"], Value::Null);
        assert!(report["checked"]["too_few_records"].as_u64().unwrap() > 100);
        assert!(gaps(&report).contains(why) && gaps(&report).contains(few), "{}", gaps(&report));
        assert!(text.out.starts_with("NOT CHECKABLE") && text.out.contains("Next: compare more records"), "{}", text.out);
    }
}

#[test]
fn a_new_code_is_listed_from_its_first_record_and_is_drift_once_chance_does_not_explain_it() {
    let all = good();
    let mut one = all[40].clone();
    (one["resultType"], one["properties"]["status"]["errorCode"]) = (json!("1003033"), json!(1_003_033));
    let (text, report) = diff(&all[..40], &[one, all[41].clone()]);
    assert_eq!(roots(&report), [("new-code".to_owned(), "resultType".to_owned())]);
    // Forty records leave out what comes once in forty.
    assert_eq!(
        (text.code, &report["findings"][0]["severity"], &report["checked"]["comparisons"]),
        (3, &json!("low"), &json!(0)),
        "{}",
        text.out
    );
    let mut many = all[40..60].to_vec();
    for record in &mut many {
        (record["resultType"], record["properties"]["status"]["errorCode"]) = (json!("1003033"), json!(1_003_033));
    }
    let (text, report) = diff(&all[..40], &many);
    assert_eq!((text.code, &report["findings"][0]["check"]), (1, &json!("new-code")), "{}", text.out);
}

#[test]
fn a_few_records_against_a_long_baseline_are_held_to_the_same() {
    let place = Place::with_baseline(14);
    let all = good();
    for (count, code) in [(2, 1), (40, 1)] {
        place.put("few.json", lines(&all[..count]));
        let ran = place.run(&["check", "few.json", "--format", "json"]);
        let report: Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!(ran.code, code, "{}", ran.out);
        // That so few came is a finding; of what is in them nothing is said that they cannot show.
        let found = roots(&report);
        assert!(found.iter().all(|root| ["volume-dropped", "record-type-vanished"].contains(&root.0.as_str())), "{found:?}");
        assert_eq!(report["checked"]["comparisons"].as_u64().unwrap() > 0, count == 40);
    }
    let mut placeless = all[..40].to_vec();
    placeless.iter_mut().for_each(nowhere);
    let found = |records: &[Value], is_meant: IsMeant, wanted: (&str, &str)| {
        place.put("few.json", lines(records));
        let ran = place.run(&["check", "few.json", "--format", "json"]);
        let all = told(&serde_json::from_str(&ran.out).unwrap(), is_meant);
        all.iter().any(|(check, path)| (check.as_str(), path.as_str()) == wanted)
    };
    let (is_root, any): (IsMeant, IsMeant) = (|row| row["caused_by"].is_null(), |_| true);
    // The types that did not come explain nothing that is missing in the records that did.
    assert!(found(&placeless, is_root, ("field-emptied", "properties.location")));
    let new = of_a_new_method(all[..40].to_vec());
    assert!(found(&new, any, ("value-appeared", "properties.authenticationDetails[].authenticationMethod")));
    // What is lost in the records of a new method is not put down to the method being new.
    assert!(found(&new, is_root, ("field-emptied", "properties.location")));
}

#[test]
fn sign_ins_of_a_manifest_are_judged_where_nothing_else_can_be() {
    let place = Place::new();
    let all = good();
    place.put("before.json", lines(&all[..2]));
    place.put("after.json", lines(&all[10..12]));
    let id = &all[10]["properties"]["id"];
    for (more, code) in [("", 0), ("code = 50074", 1)] {
        place.put("m.toml", format!("[[sign_in]]\nname = \"it\"\nid = {id}\n{more}"));
        let ran = place.run(&["diff", "before.json", "after.json", "--expect", "m.toml"]);
        assert_eq!(ran.code, code, "{}", ran.out);
        assert!(ran.out.contains("too few records for") || code == 1, "{}", ran.out);
        assert!(ran.out.contains("the baseline has 2 records"), "{}", ran.out);
    }
}
