//! One check written in many formats at once: the sample reports are what the demo's logs and one rule give.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod place;

use logdrift::report::FORMATS;
use place::Place;
use serde_json::Value;
use std::fs;
use std::path::Path;

/// A rule that lists codes of refused sign-ins and asks for a place.
const RULE: &str = "SigninLogs
| where ResultType in (\"50074\", \"50140\", \"500121\")
| where isnotempty(Location)
| summarize count() by UserPrincipalName, IPAddress
";

/// The demo's day after the roll-out, checked with a rule, in a file for each format.
fn checked() -> Place {
    let place = Place::new();
    place.run(&["demo", "--write", "demo"]).succeeds();
    // A store that no check was kept in, with the demo's key.
    place.put("new.db.key", fs::read(place.path("demo/logdrift.db.key")).unwrap());
    place.run(&["learn", "demo/signins-[01]*.ndjson", "--store", "new.db"]).succeeds();
    place.put("detections/refused.kql", RULE);
    let log = "demo/signins-after-roll-out.ndjson";
    let files: Vec<String> = FORMATS.iter().map(|format| format!("demo.{}", format.extension)).collect();
    let mut words = vec!["check", log, "--store", "new.db", "--rules", "detections"];
    files.iter().for_each(|file| words.extend(["-o", file]));
    let ran = place.run(&words);
    assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{}", ran.err);
    place
}

#[test]
fn each_format_goes_to_its_file_and_the_samples_are_what_is_written_today() {
    let place = checked();
    for format in FORMATS {
        let name = format!("demo.{}", format.extension);
        let text = fs::read_to_string(place.path(&name)).unwrap();
        assert!(text.contains("1003033"), "{name}");
        // The others are told by a sample that says more, and name the run.
        if ["terminal", "json"].contains(&format.name) {
            continue;
        }
        let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("reports").join(&name);
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&kept, &text).unwrap();
        }
        let is_kept = fs::read_to_string(&kept).unwrap_or_default() == text;
        assert!(is_kept, "reports/{name} is stale; refresh it with `UPDATE=1 cargo test --test formats`. Now it is:\n{text}");
    }
    let sarif: Value = serde_json::from_slice(&fs::read(place.path("demo.sarif")).unwrap()).unwrap();
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "detections/refused.kql");
    let report: Value = serde_json::from_slice(&fs::read(place.path("demo.json")).unwrap()).unwrap();
    assert_eq!(result["partialFingerprints"]["logdriftKey/v1"], report["findings"][0]["key"]);
    assert_eq!(report["run"]["rules"], "detections");
}

#[test]
fn a_report_in_json_is_written_in_any_format_without_a_store() {
    let place = checked();
    for format in FORMATS {
        let (first, again) = (format!("demo.{}", format.extension), format!("again.{}", format.extension));
        place.run(&["report", "demo.json", "-o", &again]).succeeds();
        assert!(fs::read(place.path(&first)).unwrap() == fs::read(place.path(&again)).unwrap(), "{}", format.name);
    }
    place.put("broken.json", "{}");
    place.run(&["report", "broken.json", "-o", "x.html"]).fails(2, &["broken.json: this is no report"]);
}
