//! Logs of every provider end to end: told by their records, learnt, and their drifts found; logs of another source than was named
//! are refused with the name of the right one.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "sources/made_up.rs"]
mod made_up;
mod place;

use made_up::{PROVIDERS, Provider, day};
use place::{Place, Ran, lines};
use serde_json::{Value, json};
use std::fs;

/// Without the source that the others add.
fn run(place: &Place, arguments: &[&str]) -> Ran {
    let mut command = place.command(&["--no-progress"]);
    let output = command.args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}

/// The roots of what a diff found, as check, cohort and path.
fn roots(ran: &Ran) -> Vec<(String, Option<String>, Option<String>)> {
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    let roots = report["findings"].as_array().unwrap().iter().filter(|finding| finding["caused_by"].is_null());
    let text = |value: &Value| value.as_str().map(str::to_owned);
    roots.map(|finding| (text(&finding["check"]).unwrap(), text(&finding["code"]), text(&finding["path"]))).collect()
}

/// A provider's days: as it was, and as it is once some of the records were changed.
fn days(provider: &Provider, change: impl Fn(u64, &mut Value)) -> Place {
    let place = Place::new();
    place.put("before.json", lines(&day(provider, 0, 600)));
    let mut after = day(provider, 1_000, 600);
    (0..).zip(&mut after).for_each(|(n, record)| change(n, record));
    place.put("after.json", lines(&after));
    place
}

fn diff(place: &Place, provider: &Provider) -> Ran {
    run(place, &["diff", "before.json", "after.json", "--source", provider.source, "--format", "json"])
}

#[test]
fn a_day_like_the_last_one_is_silent_in_every_source() {
    for provider in PROVIDERS {
        let ran = diff(&days(provider, |_, _| {}), provider);
        assert_eq!((ran.code, roots(&ran)), (0, Vec::new()), "{}: {}", provider.source, ran.err);
    }
}

#[test]
fn a_new_code_is_found_in_every_source() {
    for provider in PROVIDERS {
        let ran = diff(
            &days(provider, |n, record| {
                if n % 20 == 3 {
                    (provider.fail)(record)
                }
            }),
            provider,
        );
        let found = roots(&ran);
        let is = |root: &(String, Option<String>, Option<String>)| root.0 == "new-code" && root.1.as_deref() == Some(provider.code);
        assert!(found.iter().any(is), "{}: {} is missing in {found:?}", provider.source, provider.code);
    }
}

#[test]
fn a_field_that_is_empty_from_one_day_on_is_found_in_every_source() {
    for provider in PROVIDERS {
        let ran = diff(&days(provider, |_, record| (provider.empty)(record)), provider);
        let found = roots(&ran);
        let is = |root: &(String, Option<String>, Option<String>)| root.0 == "field-emptied" && root.2.as_deref() == Some(provider.path);
        assert!(ran.code == 1 && found.iter().any(is), "{}: {} is missing in {found:?}", provider.source, provider.path);
    }
}

#[test]
fn logs_are_told_by_their_records_and_checked_without_naming_the_source() {
    for provider in PROVIDERS {
        let place = days(provider, |_, _| {});
        let learnt = run(&place, &["learn", "before.json"]);
        assert_eq!(learnt.code, 0, "{}", learnt.err);
        learnt.says(&[&format!("before.json looks like {}; --source names another source", provider.source)]);
        let checked = run(&place, &["check", "after.json", "--format", "json", "--quiet"]);
        assert_eq!((checked.code, checked.err.as_str()), (0, ""), "{}: {}", provider.source, checked.out);
        assert!(checked.out.contains(&format!("\"source\": \"{}\"", provider.source)));
    }
}

#[test]
fn logs_of_another_source_are_refused_with_the_name_of_the_right_one() {
    for (provider, other) in PROVIDERS.iter().zip(PROVIDERS.iter().cycle().skip(2)) {
        let place = days(provider, |_, _| {});
        let why = format!("no record of source {} was recognised in before.json: this looks like {}", other.source, provider.source);
        let next = format!("--source {}", provider.source);
        run(&place, &["learn", "before.json", "--source", other.source]).fails(3, &[&why, &next]);
        assert!(!place.path("logdrift.db").exists(), "a store was made of {}", provider.source);
        run(&place, &["check", "before.json", "--source", other.source]).fails(3, &[&why]);
        run(&place, &["diff", "before.json", "after.json", "--source", other.source]).fails(3, &[&why]);
        run(&place, &["fingerprint", "before.json", "-o", "a.fp", "--source", other.source]).fails(3, &[&why]);
        // Whoever says how to read them is believed.
        run(&place, &["learn", "before.json", "--source", "generic", "--store", "other.db"]).succeeds();
    }
}

#[test]
fn what_cannot_be_told_is_asked_for() {
    let place = Place::new();
    place.put("own.json", "{\"when\":\"2026-03-01T10:00:00Z\",\"what\":\"login\"}\n".repeat(20));
    let why = "the source of own.json cannot be told from its first records; name it with --source";
    run(&place, &["learn", "own.json"]).fails(2, &[why, "`logdrift sources` lists", "--source generic"]);
    let mixed: Vec<Value> = day(&PROVIDERS[0], 0, 20).into_iter().chain(day(&PROVIDERS[1], 0, 20)).collect();
    place.put("mixed.json", lines(&mixed));
    run(&place, &["check", "mixed.json"]).fails(2, &["the source of mixed.json cannot be told"]);
    run(&place, &["learn", "-"]).fails(2, &["the source of standard input cannot be told"]);
    place.put("empty.json", "");
    run(&place, &["learn", "empty.json"]).fails(3, &["there is no record in empty.json by which its source could be told"]);
}

#[test]
fn the_envelopes_of_providers_are_read_as_records() {
    let (aws, google) = (&PROVIDERS[1], &PROVIDERS[2]);
    let records = |provider, n| Value::from(day(provider, 0, n)).to_string();
    for (provider, text) in [
        (aws, format!("{{\"Records\":{}}}", records(aws, 300))),
        (
            google,
            format!("{{\"kind\":\"admin#reports#activities\",\"etag\":\"x\",\"nextPageToken\":\"y\",\"items\":{}}}", records(google, 300)),
        ),
        (google, format!("{{\"kind\":\"admin#reports#activities\",\"items\":{},\"etag\":\"x\"}}", records(google, 300))),
    ] {
        let place = Place::new();
        place.put("answer.json", &text);
        let ran = run(&place, &["learn", "answer.json"]).succeeds();
        ran.says(&[&format!("looks like {}", provider.source), "learnt 300 records"]);
    }
}

#[test]
fn answers_of_a_search_and_text_of_the_audit_log_are_the_same_records() {
    let hit = |record: Value| json!({"_index": "logs", "_id": "x", "_source": record});
    let row = |record: Value| json!({"RecordType": 15, "AuditData": record.to_string()});
    for (source, wrap) in [("entra-ecs", &hit as &dyn Fn(Value) -> Value), ("o365-login", &row)] {
        let provider = PROVIDERS.iter().find(|provider| provider.source == source).unwrap();
        let place = Place::new();
        for (name, from, fails) in [("before.json", 0, false), ("after.json", 1_000, true)] {
            let mut records = day(provider, from, 600);
            records.iter_mut().step_by(20).filter(|_| fails).for_each(provider.fail);
            place.put(name, lines(&records.into_iter().map(wrap).collect::<Vec<_>>()));
        }
        let ran = run(&place, &["diff", "before.json", "after.json", "--format", "json"]);
        ran.says(&[&format!("looks like {source}")]);
        assert!(roots(&ran).iter().any(|root| root.0 == "new-code" && root.1.as_deref() == Some(provider.code)), "{source}: {}", ran.out);
    }
}

#[test]
fn a_key_that_the_source_names_is_no_data_whatever_it_looks_like() {
    let place = Place::new();
    let line = "{\"time\":\"2026-03-01T10:00:00Z\",\"own\":{\"kdUrOwPqZzXcVbNm_7\":\"a\",\"kdUrOwPqZzXcVbNm_8\":\"b\"}}\n";
    place.put("own.json", line.repeat(20));
    let source = "name = \"own\"\ntitle = \"own\"\nwords = [\"own.kdUrOwPqZzXcVbNm_7\"]\n[roles]\ntime = [\"time\"]\n";
    place.put("own.toml", source);
    run(&place, &["learn", "own.json", "--source", "own.toml"]).succeeds();
    run(&place, &["baseline", "export", "--source", "own", "-o", "own.baseline"]).succeeds();
    let exported = fs::read_to_string(place.path("own.baseline")).unwrap();
    assert!(exported.contains("own.kdUrOwPqZzXcVbNm_7") && exported.contains("own.*"), "{exported}");
    assert!(!exported.contains("kdUrOwPqZzXcVbNm_8"));
}

#[test]
fn rules_that_list_reasons_are_told_of_a_new_one_and_those_that_ask_for_the_result_are_not() {
    let provider = PROVIDERS.iter().find(|provider| provider.source == "aws-console-login").unwrap();
    let place = days(provider, |n, record| {
        if n % 20 == 3 {
            (provider.fail)(record)
        }
    });
    for (name, clause) in [("reason", "errorMessage: 'Failed authentication'"), ("result", "responseElements.ConsoleLogin: 'Failure'")] {
        let rule = format!(
            "title: {name}\nid: {name}\nlogsource:\n    product: aws\n    service: cloudtrail\ndetection:\n    selection:\n        \
             eventName: ConsoleLogin\n        {clause}\n    condition: selection\n"
        );
        place.put(&format!("rules/{name}.yml"), rule);
    }
    let arguments = ["diff", "before.json", "after.json", "--source", provider.source, "--rules", "rules", "--format", "json"];
    let report: Value = serde_json::from_str(&run(&place, &arguments).out).unwrap();
    let new_code = report["findings"].as_array().unwrap().iter().find(|finding| finding["check"] == "new-code").unwrap();
    let rules: Vec<(&str, &str)> =
        new_code["rules"].as_array().unwrap().iter().map(|rule| (rule["id"].as_str().unwrap(), rule["effect"].as_str().unwrap())).collect();
    assert_eq!(rules, [("reason", "unreached")]);
}

#[test]
fn an_object_or_an_array_is_no_value_of_a_cohort() {
    let place = Place::new();
    let line =
        |n: u32| format!("{{\"who\":\"alice{n}@x.example\",\"time\":\"2026-02-03T04:05:06Z\",\"app\":{{\"a\":1,\"b\":2,\"c\":{n}}}}}\n");
    place.put("log.json", (0..40).map(line).collect::<String>());
    let generic = ["--source", "generic", "--time", "time", "--cohort", "app"];
    run(&place, &[&["learn", "log.json"], &generic[..]].concat()).succeeds();
    run(&place, &["baseline", "export", "--source", "generic", "-o", "out.baseline"]).succeeds();
    let text = fs::read_to_string(place.path("out.baseline")).unwrap();
    assert!(text.contains("(none)") && !text.contains("alice") && !text.contains("{\\\"who"), "{text}");
}
