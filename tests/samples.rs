//! Real sign-in logs, where they are at hand: everything can be learnt and checked, and nothing drifts against itself.

#![allow(clippy::expect_used, reason = "a test that cannot set itself up has failed")]

mod place;

use place::Place;
use serde_json::Value;
use std::path::{Path, PathBuf};

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "ndjson" || ending == "json" || ending == "csv") {
            found.push(path);
        }
    }
}

/// The source of a sample, by the folder it lies in.
fn source_of(name: &str) -> &'static str {
    let folders = [
        ("/o365_", "o365-login"),
        ("/entra/", "entra-signin"),
        ("/okta/", "okta-system"),
        ("/aws/", "aws-console-login"),
        ("/google_workspace/", "google-login"),
        ("/duo/", "duo-auth"),
        ("/auth0/", "auth0"),
        ("/onelogin/", "onelogin"),
    ];
    folders.iter().find(|(folder, _)| name.contains(folder)).map_or("generic", |found| found.1)
}

/// A sample whose records are all of one day: those of rule tests have no time, one that was made unreadable, or one far from the
/// others.
fn dated(file: &Path, source: &str) -> String {
    let text = std::fs::read_to_string(file).expect("a sample");
    let mut records: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("a record")).collect();
    for (at, record) in records.iter_mut().enumerate() {
        let time = Value::from(format!("2024-06-02T10:{:02}:{:02}Z", at / 60 % 60, at % 60));
        match source {
            "okta-system" => record["published"] = time,
            "aws-console-login" => record["eventTime"] = time,
            "duo-auth" => record["isotimestamp"] = time,
            "auth0" => record["data"]["date"] = time,
            "onelogin" => record["created_at"] = time,
            "o365-login" => record["CreationTime"] = time,
            _ if record["protoPayload"].is_null() => record["id"]["time"] = time,
            _ => {}
        }
    }
    records.iter().map(|record| format!("{record}\n")).collect()
}

#[test]
#[expect(clippy::print_stdout, reason = "what is skipped is said")]
fn every_sample_is_learnt_and_silent_against_itself() {
    let mut found = Vec::new();
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/samples"), &mut found);
    found.sort();
    if found.is_empty() {
        println!("skipped: no samples of real logs beside this checkout");
        return;
    }
    for file in found {
        let name = file.to_str().expect("a name in UTF-8");
        let source = source_of(name);
        let place = Place::new();
        let times = ["okta-system", "aws-console-login", "google-login", "duo-auth", "auth0", "onelogin", "o365-login"].contains(&source);
        let dated = times.then(|| dated(&file, source));
        let name = match &dated {
            None => name,
            Some(text) => {
                place.put("dated.ndjson", text);
                "dated.ndjson"
            }
        };
        place.run(&["learn", name, "--source", source]).succeeds();
        for command in [vec!["check", name], vec!["diff", name, name]] {
            let ran = place.run(&[command, vec!["--source", source, "--format", "json"]].concat());
            let report: Value = serde_json::from_str(&ran.out).expect("a report");
            // Some samples have too few records for any claim, and say so.
            let is_small = report["checked"]["not_checked"].to_string().contains("anything: the baseline has ");
            assert_eq!(ran.code, if is_small { 3 } else { 0 }, "{name}: {}", ran.err);
            assert_eq!(is_small, report["checked"]["comparisons"] == 0, "{name}");
            assert_eq!(report["findings"], serde_json::json!([]), "{name}");
            assert!(report["run"]["records"].as_u64().is_some_and(|records| records > 0), "{name}");
        }
    }
}
