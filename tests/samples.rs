//! Real sign-in logs, where they are at hand: everything can be learnt and checked, and nothing drifts against itself.

#![allow(clippy::expect_used, reason = "a test that cannot set itself up has failed")]

mod place;

use place::Place;
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
        let is_entra = name.contains("/entra/") && !name.contains("o365");
        let source = if is_entra { "entra-signin" } else { "generic" };
        let place = Place::new();
        place.run(&["learn", name, "--source", source]).succeeds();
        for command in [vec!["check", name], vec!["diff", name, name]] {
            let ran = place.run(&[command, vec!["--source", source, "--format", "json"]].concat());
            let report: serde_json::Value = serde_json::from_str(&ran.out).expect("a report");
            // Some samples have too few records for any claim, and say so.
            let is_small = report["checked"]["not_checked"].to_string().contains("anything: the baseline has ");
            assert_eq!(ran.code, if is_small { 3 } else { 0 }, "{name}: {}", ran.err);
            assert_eq!(is_small, report["checked"]["comparisons"] == 0, "{name}");
            assert_eq!(report["findings"], serde_json::json!([]), "{name}");
            assert!(report["run"]["records"].as_u64().is_some_and(|records| records > 0), "{name}");
        }
    }
}
