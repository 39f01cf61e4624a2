//! The sign-ins of a roll-out, looked up in logs by the built program.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod place;

use place::{Place, lines, records};
use serde_json::{Value, json};
use std::fs;

/// The part of the README about manifests.
fn readme() -> String {
    let text = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    text.split("\n## ").find(|part| part.starts_with("After a roll-out")).unwrap().to_owned()
}

fn block(part: &str, kind: &str) -> String {
    part.split(&format!("```{kind}\n")).nth(1).unwrap().split("```").next().unwrap().to_owned()
}

/// A manifest of one sign-in: the first of a made-up day, as it was logged or as some keys say.
fn one(more: &str) -> String {
    let first = &records(0)[0]["properties"]["correlationId"];
    format!("[[sign_in]]\nname = \"the first\"\ncorrelation_id = {first}\n{more}")
}

#[test]
fn the_example_of_the_readme_runs_as_printed() {
    let (place, part) = (Place::new(), readme());
    place.put("roll-out.toml", block(&part, "toml"));
    for (at, line) in block(&part, "sh").lines().enumerate() {
        let ran = place.run(&line.split(' ').skip(1).collect::<Vec<_>>());
        assert_eq!(ran.code, i32::from(at > 0), "{}", ran.err);
        if at > 0 {
            for piece in block(&part, "text").split("[...]\n").filter(|piece| !piece.is_empty()) {
                assert!(ran.out.contains(piece), "{piece}\nis missing in:\n{}", ran.out);
            }
        }
    }
}

#[test]
fn the_example_of_the_readme_keeps_to_the_schema_and_what_it_does_not_allow_fails() {
    let place = Place::new();
    let schema: Value = serde_json::from_str(&place.run(&["schema", "expect"]).succeeds().out).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let good = json!({"sign_in": [{"name": "it", "user": ["a", 1, true], "from": "2026-03-01T09:00:00Z", "records": {"min": 1},
        "where": {"app": "x"}, "code": 0, "filled": ["app"], "format": {"userId": "guid"}, "equal": {"a": [1, "b"]}}]});
    assert!(validator.is_valid(&good));
    for (key, value) in
        [("usr", json!(1)), ("user", json!({})), ("records", json!({"mni": 1})), ("records", json!(-1)), ("code", json!([]))]
    {
        let mut bad = good.clone();
        bad["sign_in"][0][key] = value.clone();
        assert!(!validator.is_valid(&bad), "{key}: {value}");
        place.put("bad.json", bad.to_string());
        place.day("day.json", 0);
        place.run(&["diff", "day.json", "day.json", "--expect", "bad.json"]).fails(2, &["bad.json:1:", "sign_in[0]"]);
    }
}

#[test]
fn a_sign_in_that_went_wrong_fails_as_one_of_severity_high() {
    let place = Place::with_baseline(3);
    place.day("day.json", 0);
    let check = ["check", "day.json", "--expect", "m.toml"];
    let diff = ["diff", "day.json", "day.json", "--expect", "m.toml"];
    for (more, code, word) in [("", 0, "EXPECTED "), ("code = 7", 1, "UNEXPECTED "), ("from = 2030-01-01", 1, "MISSING ")] {
        place.put("m.toml", one(more));
        for command in [&check[..], &diff[..]] {
            let ran = place.run(command);
            assert_eq!(ran.code, code, "{more}: {}{}", ran.out, ran.err);
            assert!(ran.out.contains(&format!("\n{word}")), "{}", ran.out);
            let fails_on = |severity| place.run(&[command, &["--fail-on", severity]].concat()).code;
            assert_eq!((fails_on("high"), fails_on("critical"), fails_on("never")), (code, 0, 0), "{more}");
        }
    }
}

#[test]
fn a_record_that_comes_twice_is_found_once_in_any_order_of_lines() {
    let place = Place::new();
    let mut day = records(0);
    day.extend(records(0));
    place.put("day.json", lines(&day));
    day.reverse();
    place.put("reversed.json", lines(&day));
    place.day("once.json", 0);
    let first = &records(0)[0]["properties"]["id"];
    place.put("m.toml", format!("[[sign_in]]\nname = \"it\"\nid = {first}\nrecords = 1"));
    let part = |log: &str| -> Value {
        let ran = place.run(&["diff", "once.json", log, "--expect", "m.toml", "--format", "json", "--fail-on", "never"]).succeeds();
        serde_json::from_str::<Value>(&ran.out).unwrap()["sign_ins"].clone()
    };
    assert_eq!(part("day.json")["outcomes"][0]["outcome"], "expected");
    assert_eq!(part("day.json"), part("reversed.json"));
    assert_eq!(part("day.json"), part("once.json"));
}

#[test]
fn values_of_records_are_shown_only_where_asked_for() {
    let place = Place::new();
    place.day("day.json", 0);
    let principal = records(0)[0]["properties"]["userPrincipalName"].as_str().unwrap_or_default().to_owned();
    place.put("m.toml", one("equal = { userPrincipalName = \"ada@contoso.example\" }"));
    let diff = ["diff", "day.json", "day.json", "--expect", "m.toml"];
    let hidden = place.run(&diff).out;
    assert!(hidden.contains("not ada@contoso.example") && !hidden.contains(&principal), "{hidden}");
    let shown = place.run(&[&diff[..], &["--show-values"]].concat()).out;
    assert!(shown.contains(&principal) && !principal.is_empty(), "{shown}");
}

#[test]
fn a_kept_run_quotes_nothing_of_a_manifest_nor_of_the_records_it_found() {
    let place = Place::with_baseline(3);
    place.day("day.json", 0);
    let principal = records(0)[0]["properties"]["userPrincipalName"].as_str().unwrap().to_owned();
    let nobody = "[[sign_in]]\nname = \"nobody's\"\nuser = \"nobody@contoso.example\"\n";
    place.put("m.toml", format!("{}[sign_in.equal]\nuserPrincipalName = \"somebody-else\"\n{nobody}", one("")));
    let check = ["check", "day.json", "--expect", "m.toml", "--show-values"];
    let ran = place.run(&check);
    assert!(ran.code == 1 && ran.out.contains(&principal) && ran.out.contains("nobody@contoso.example"), "{}{}", ran.out, ran.err);
    for more in [&[][..], &["--show-values"], &["--format", "json"]] {
        let kept = place.run(&[&["report"], more].concat()).succeeds().out;
        assert!(kept.contains("the first") && kept.contains("logged otherwise") && kept.contains("no record found"), "{kept}");
        for secret in [principal.as_str(), "nobody@contoso.example", "somebody-else"] {
            assert!(!kept.contains(secret), "{secret} is in {kept}");
        }
    }
}

#[test]
fn what_a_manifest_cannot_go_with_is_refused() {
    let place = Place::with_baseline(1);
    place.day("day.json", 1);
    place.put("m.toml", one(""));
    place.run(&["fingerprint", "day.json", "-o", "day.fp", "--key", "logdrift.db.key"]).succeeds();
    place.run(&["check", "day.fp", "--expect", "m.toml"]).fails(2, &["day.fp is a file of fingerprints", "with the log itself"]);
    place.run(&["diff", "day.fp", "day.fp", "--expect", "m.toml"]).fails(2, &["day.fp is a file of fingerprints"]);
    let ran = place.run(&["check", "day.json", "--learn", "--expect", "m.toml"]);
    assert!(ran.code == 2 && ran.err.contains("check with --expect first"), "{}", ran.err);
    place.run(&["check", "day.json", "--expect", "none.toml"]).fails(2, &["cannot read none.toml", "check the spelling"]);
}
