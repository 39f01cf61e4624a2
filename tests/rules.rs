//! The team's rules through the program: what they read, and what drift does to them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(clippy::print_stdout, reason = "what is skipped is said")]

mod place;

use logdrift::report;
use place::{Place, lines, records};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

const LISTS: &str = "SigninLogs\n| where ResultType in (\"50074\", \"500121\")\n| summarize count() by UserPrincipalName\n";
const SUCCESS: &str = "SigninLogs | where ResultType == 0 | project UserPrincipalName, AppDisplayName";
const SIGMA: &str = "title: Refused\nid: 1\nlogsource:\n  product: azure\n  service: signinlogs\ndetection:\n  selection:\n    ResultType: 500121\n  condition: selection\nlevel: high\n";

fn shared() -> Option<PathBuf> {
    let folder = std::env::var_os("LOGDRIFT_SHARED").map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"), PathBuf::from);
    let rules = folder.join("data/rules");
    if !rules.exists() {
        println!("skipped: no public rules beside this checkout");
    }
    rules.exists().then_some(rules)
}

fn json_of(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// The rules that the findings of a check name, and the worst that happens to each.
fn named(report: &Value, check: &str) -> BTreeMap<String, String> {
    let of_check = |finding: &&Value| finding["check"] == check;
    let rows =
        report["findings"].as_array().unwrap().iter().filter(of_check).flat_map(|finding| finding["rules"].as_array().unwrap().clone());
    rows.map(|row| (row["file"].as_str().unwrap().to_owned(), row["effect"].as_str().unwrap().to_owned())).collect()
}

#[test]
fn what_rules_read_is_told_and_what_is_none_is_counted() {
    let place = Place::new();
    place.put("rules/a.kql", LISTS);
    place.put("rules/b/refused.yml", SIGMA);
    place.put("rules/broken.yaml", "name: x\nquery: [a\nb: c");
    place.put("rules/latin.kql", b"caf\xe9");
    place.put("rules/readme.rst", "nothing");
    let ran = place.run(&["rules", "rules", "--format", "json"]).succeeds();
    let told = json_of(&ran.out);
    let schema = json_of(&report::schema("rules").unwrap());
    assert!(jsonschema::validator_for(&schema).unwrap().is_valid(&told));
    let refused: Vec<&str> = told["read"]["refused"].as_array().unwrap().iter().map(|row| row["file"].as_str().unwrap()).collect();
    assert_eq!((refused.as_slice(), &told["read"]["other_files"]), (&["broken.yaml", "latin.kql"][..], &json!(1)));
    let [kql, sigma] = told["rules"].as_array().unwrap().as_slice() else { panic!("two rules") };
    assert_eq!((&kql["dialect"], &kql["parsed"], &kql["tables"]), (&json!("kql"), &json!("full"), &json!(["SigninLogs"])));
    assert_eq!(kql["fields"], json!(["ResultType", "UserPrincipalName"]));
    let literal = &kql["literals"][0];
    assert_eq!((&literal["field"], &literal["op"], &literal["values"]), (&json!("ResultType"), &json!("in"), &json!(["50074", "500121"])));
    assert_eq!(
        (&sigma["dialect"], &sigma["title"], &sigma["literals"][0]["values"]),
        (&json!("sigma"), &json!("Refused"), &json!(["500121"]))
    );
    let page = place.run(&["rules", "rules"]).succeeds().out;
    assert!(page.starts_with("2 rules: 2 read in full, 0 in part, 0 not at all; 1 other file"), "{page}");
    assert!(page.contains("not read: latin.kql: not UTF-8 from byte 3 on"), "{page}");
}

#[test]
fn a_folder_without_rules_is_an_error_that_says_what_lies_there() {
    let place = Place::new();
    place.put("rules/broken.yaml", "query: [a\nb: c");
    place.run(&["rules", "rules"]).fails(2, &["holds no rule that could be read", "broken.yaml"]);
    place.run(&["rules", "nowhere"]).fails(2, &["nowhere"]);
    place.day("day.json", 0);
    place.run(&["check", "day.json", "--rules", "nowhere"]).fails(2, &["nowhere"]);
    place.run(&["diff", "day.json", "day.json", "--rules", "rules"]).fails(2, &["holds no rule"]);
}

#[test]
fn hostile_files_are_named_and_the_rest_is_read() {
    let place = Place::new();
    place.put("rules/a.kql", LISTS);
    place.put("rules/large.yaml", format!("name: x\nquery: |\n{}", "  SigninLogs | where ResultType == 1\n".repeat(300_000)));
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    (1..12).for_each(|level| {
        let below = format!("*a{}", level - 1);
        bomb.push_str(&format!("a{level}: &a{level} [{}]\n", vec![below; 9].join(", ")));
    });
    place.put("rules/bomb.yaml", bomb + "query: SigninLogs\n");
    place.put("rules/deep.yml", format!("title: x\nlogsource: {{}}\ndetection: {}{}\n", "[".repeat(100_000), "]".repeat(100_000)));
    #[cfg(unix)]
    std::os::unix::fs::symlink(place.path("rules"), place.path("rules/loop")).unwrap();
    let ran = place.run(&["rules", "rules", "--format", "json"]).succeeds();
    let told = json_of(&ran.out);
    assert_eq!(told["rules"].as_array().unwrap().len(), 1, "{}", told["rules"]);
    let refused: BTreeMap<&str, &str> = told["read"]["refused"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["file"].as_str().unwrap(), row["why"].as_str().unwrap()))
        .collect();
    assert!(refused["large.yaml"].contains("more than the 4194304"), "{refused:?}");
    assert!(refused.contains_key("bomb.yaml") && refused.contains_key("deep.yml"), "{refused:?}");
    assert_eq!(refused.contains_key("loop"), cfg!(unix), "{refused:?}");
}

#[test]
fn rules_that_a_baseline_already_blinds_are_told() {
    let place = Place::with_baseline(2);
    place.put("rules/lists.kql", LISTS);
    place.put("rules/never.kql", "SigninLogs | where FlaggedForRevision == 'x'");
    let rules = |folder: &str| place.run(&["rules", folder, "--store", "logdrift.db", "--format", "json"]);
    let ran = rules("rules");
    assert_eq!(ran.code, 1, "{}", ran.err);
    let told = json_of(&ran.out);
    assert_eq!(told["read"]["blind"], 1);
    let blind = &told["rules"][1]["blind"][0];
    assert_eq!((&blind["effect"], &blind["clause"], &blind["line"]), (&json!("blind"), &json!("FlaggedForRevision == 'x'"), &json!(1)));
    assert!(place.run(&["rules", "rules", "--store", "logdrift.db"]).out.contains("blind line 1: FlaggedForRevision == 'x'"));
    let ran = rules("rules/lists.kql").succeeds();
    assert_eq!(json_of(&ran.out)["read"]["blind"], 0);
    place.run(&["rules", "rules", "--store", "none.db"]).fails(3, &["no baseline of entra-signin"]);
}

#[test]
fn a_roll_out_names_the_rules_that_do_not_list_the_new_code() {
    let place = Place::with_baseline(14);
    place.incident("day.json");
    for (name, text) in [("lists.kql", LISTS), ("success.kql", SUCCESS), ("refused.yml", SIGMA), ("half.kql", "SigninLogs | frobnicate")] {
        place.put(&format!("rules/{name}"), text);
    }
    let ran = place.run(&["check", "day.json", "--rules", "rules", "--format", "json"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    let told = json_of(&ran.out);
    let schema = json_of(&report::schema("report").unwrap());
    assert!(jsonschema::validator_for(&schema).unwrap().is_valid(&told));
    let expected: BTreeMap<String, String> =
        [("lists.kql", "unreached"), ("refused.yml", "unreached")].map(|(a, b)| (a.into(), b.into())).into();
    assert_eq!(named(&told, "new-code"), expected);
    let root = told["findings"].as_array().unwrap().iter().find(|finding| finding["check"] == "new-code").unwrap();
    let lists = root["rules"].as_array().unwrap().iter().find(|rule| rule["file"] == "lists.kql").unwrap();
    assert_eq!((&lists["line"], &lists["clause"]), (&json!(2), &json!("ResultType in (\"50074\", \"500121\")")));
    assert!(lists["lost"].as_f64().unwrap() > 0.2, "{lists}");
    assert!(told["checked"]["not_checked"].to_string().contains("1 rule of 4 that were not read in full"));
    let page = place.run(&["check", "day.json", "--rules", "rules"]).out;
    assert!(page.contains("unreached Refused (refused.yml:8)"), "{page}");
    // The same day without drift hits no rule.
    place.day("quiet.json", 14);
    let quiet = json_of(&place.run(&["check", "quiet.json", "--rules", "rules", "--format", "json"]).out);
    assert!(quiet["findings"].as_array().unwrap().iter().all(|finding| finding["rules"] == json!([])));
}

/// Wrong passwords made into sign-ins to disabled accounts with a description.
fn disabled(day: u32, text: &str) -> Vec<u8> {
    let mut day = records(day);
    for record in day.iter_mut().filter(|record| record["resultType"] == "50126") {
        record["resultType"] = json!("50057");
        record["resultDescription"] = json!(text);
        record["properties"]["status"]["errorCode"] = json!(50057);
        record["properties"]["status"]["failureReason"] = json!(text);
    }
    lines(&day)
}

#[test]
fn the_documented_change_of_a_description_blinds_the_rules_that_quote_it() {
    let Some(rules) = shared() else { return };
    let place = Place::new();
    let old = "User account is disabled. The account has been disabled by an administrator.";
    (0..10).for_each(|day| place.put(&format!("logs/{day}.json"), disabled(day, old)));
    place.run(&["learn", "logs"]).succeeds();
    place.put("day.json", disabled(10, "User account is disabled."));
    let ran = place.run(&["check", "day.json", "--rules", rules.to_str().unwrap(), "--format", "json"]);
    let told = json_of(&ran.out);
    let blind: BTreeSet<String> =
        named(&told, "code-text-changed").into_iter().filter(|(_, effect)| effect == "blind").map(|(file, _)| file).collect();
    assert_eq!(blind, of_incident(&rules, "sentinel-14584", "rules_with_the_exact_old_text"));
    let finding = told["findings"].as_array().unwrap().iter().find(|finding| finding["check"] == "code-text-changed").unwrap();
    assert_eq!(finding["severity"], "critical");
}

/// The files of the rules that a documented incident hits.
fn of_incident(rules: &Path, id: &str, list: &str) -> BTreeSet<String> {
    let incidents = std::fs::read_to_string(rules.join("incidents.jsonl")).unwrap();
    let incident = incidents.lines().map(json_of).find(|incident| incident["id"] == id).unwrap();
    let file = |rule: &Value| rule.as_str().unwrap().split('#').next().unwrap().to_owned();
    incident[list].as_array().unwrap().iter().map(file).collect()
}

#[test]
fn the_roll_out_of_2023_names_every_public_rule_that_lists_a_sibling() {
    let Some(rules) = shared() else { return };
    let place = Place::with_baseline(14);
    place.incident("day.json");
    let ran = place.run(&["check", "day.json", "--rules", rules.to_str().unwrap(), "--format", "json"]);
    let told = named(&json_of(&ran.out), "new-code");
    let wanted = of_incident(&rules, "motivating-1003033", "rules_listing_a_sibling");
    let missing: Vec<&String> = wanted.iter().filter(|file| !told.contains_key(*file)).collect();
    assert_eq!(missing, Vec::<&String>::new());
    // Rules that list no failure at all are never named.
    let read = json_of(&place.run(&["rules", rules.to_str().unwrap(), "--format", "json"]).out);
    for rule in read["rules"].as_array().unwrap().iter().filter(|rule| told.contains_key(rule["file"].as_str().unwrap())) {
        let lists = |literal: &Value| {
            literal["values"].as_array().unwrap().iter().any(|value| value.as_str().is_some_and(|value| value.len() >= 5))
        };
        assert!(rule["literals"].as_array().unwrap().iter().any(lists), "{}", rule["file"]);
    }
}

#[test]
fn a_code_that_the_rules_wait_for_is_known_to_the_team() {
    let place = Place::with_baseline(14);
    place.day("day.json", 14);
    let text = std::fs::read_to_string(place.path("day.json")).unwrap();
    let (mut left, mut lines) = (6, Vec::new());
    for line in text.lines() {
        let is_it = left > 0 && line.contains("\"50126\"");
        left -= usize::from(is_it);
        lines.push(if is_it { line.replace("50126", "999999") } else { line.to_owned() });
    }
    place.put("day.json", lines.join("\n"));
    place.put("others/a.kql", LISTS);
    place.put("team/a.kql", "SigninLogs | where ResultType == 999999");
    let severity = |rules: &str| {
        let told = json_of(&place.run(&["check", "day.json", "--rules", rules, "--format", "json", "--exit-zero"]).out);
        let found = told["findings"].as_array().unwrap().iter().find(|finding| finding["check"] == "new-code").cloned();
        found.map(|finding| finding["severity"].as_str().unwrap().to_owned())
    };
    assert_eq!((left, severity("others").as_deref(), severity("team").as_deref()), (0, Some("high"), Some("low")));
}

#[test]
fn rules_are_counted_in_two_logs_and_the_silent_ones_told() {
    let place = Place::new();
    place.day("before.json", 14);
    let text = std::fs::read_to_string(place.path("before.json")).unwrap();
    place.put("after.json", text.replace("50126", "999999"));
    place.put("team/a.kql", "SigninLogs | where ResultType == 50126");
    place.put("team/b.kql", "SigninLogs | where ResultType in (50126, 999999)");
    place.put("team/c.kql", "AuditLogs | where OperationName == 'x'");
    let ran = place.run(&["rules", "match", "team", "before.json", "after.json", "--format", "json"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    let told = json_of(&ran.out);
    let schema = json_of(&report::schema("rules-match").unwrap());
    assert!(jsonschema::validator_for(&schema).unwrap().is_valid(&told));
    let [a, b] = told["rules"].as_array().unwrap().as_slice() else { panic!("{told}") };
    let lines = text.lines().filter(|line| line.contains("\"resultType\":\"50126\"") && line.contains("\"SignInLogs\"")).count() as u64;
    assert!(lines > 7);
    assert_eq!((&a["before"]["certainly"], &a["after"]["certainly"], &a["silent"]), (&json!(lines), &json!(0), &json!(true)));
    assert_eq!((&b["before"]["certainly"], &b["after"]["certainly"], &b["silent"]), (&json!(lines), &json!(lines), &json!(false)));
    let page = place.run(&["rules", "match", "team", "before.json", "after.json"]).out;
    assert!(page.starts_with("2 rules over ") && page.contains("SILENT  "), "{page}");
    // A log against itself, a part of it, and nothing.
    place.run(&["rules", "match", "team", "before.json", "before.json"]).succeeds();
    let part = json_of(&place.run(&["rules", "match", "team", "before.json", "before.json", "--sample", "50", "--format", "json"]).out);
    assert_eq!((&part["before"], &part["rules"][0]["before"]), (&json!(50), &part["rules"][0]["after"]));
    place.put("empty.json", "");
    place.run(&["rules", "match", "team", "before.json", "empty.json"]).fails(3, &["empty.json has no record"]);
    place.run(&["rules", "match", "team", "nowhere", "empty.json"]).fails(2, &["nowhere"]);
}

#[test]
fn records_of_a_report_are_tried_on_the_rules_as_they_are() {
    let place = Place::with_baseline(14);
    place.incident("day.json");
    place.put("team/a.kql", LISTS);
    place.put("team/portal.kql", LISTS.replace("| summarize", "| where isnotempty(Location)\n| summarize"));
    place.put("team/success.kql", SUCCESS);
    place.run(&["check", "day.json", "--rules", "team", "--exit-zero", "--output", "report.json"]).succeeds();
    let test = |expected: i32| {
        let ran = place.run(&["rules", "test", "team", "report.json", "--format", "json"]);
        assert_eq!(ran.code, expected, "{}", ran.err);
        let told = json_of(&ran.out);
        let schema = json_of(&report::schema("rules-test").unwrap());
        assert!(jsonschema::validator_for(&schema).unwrap().is_valid(&told));
        told
    };
    let results = |told: &Value| -> BTreeMap<String, (String, String)> {
        let rows = told["tests"].as_array().unwrap().iter().filter(|row| row["check"] == "new-code").map(|row| {
            let failing = row["failing"].as_array().unwrap().iter().map(|failing| failing["clause"].as_str().unwrap()).collect::<Vec<_>>();
            (row["file"].as_str().unwrap().to_owned(), (row["result"].as_str().unwrap().to_owned(), failing.join(" + ")))
        });
        rows.collect()
    };
    let codes = "ResultType in (\"50074\", \"500121\")";
    let row = |result: &str, failing: &str| (result.to_owned(), failing.to_owned());
    let both = format!("{codes} + isnotempty(Location)");
    let expected = [("a.kql".to_owned(), row("misses", codes)), ("portal.kql".to_owned(), row("misses", &both))];
    assert_eq!(results(&test(1)), BTreeMap::from(expected));
    // The code alone is not all that the second rule lacks.
    let mend = |file: &str| {
        let text = std::fs::read_to_string(place.path(file)).unwrap();
        place.put(file, text.replace("\"500121\"", "\"500121\", \"1003033\""));
    };
    mend("team/a.kql");
    mend("team/portal.kql");
    let expected = [("a.kql".to_owned(), row("sees", "")), ("portal.kql".to_owned(), row("misses", "isnotempty(Location)"))];
    assert_eq!(results(&test(1)), BTreeMap::from(expected));
    let page = place.run(&["rules", "test", "team", "report.json"]).out;
    assert!(page.contains("MISSES      portal  portal.kql") && page.contains("line 3: isnotempty(Location)"), "{page}");
    // A rule that asks for something else now, and one that is gone.
    place.put("team/portal.kql", "SigninLogs | where ResultType == 7");
    let expected = [("a.kql".to_owned(), row("sees", "")), ("portal.kql".to_owned(), row("other-records", ""))];
    assert_eq!(results(&test(0)), BTreeMap::from(expected));
    std::fs::remove_file(place.path("team/a.kql")).unwrap();
    let expected = [("a.kql".to_owned(), row("gone", "")), ("portal.kql".to_owned(), row("other-records", ""))];
    assert_eq!(results(&test(3)), BTreeMap::from(expected));
    // Reports that hold no records, and what is no report.
    place.run(&["check", "day.json", "--exit-zero", "--output", "plain.json"]).succeeds();
    place.run(&["rules", "test", "team", "plain.json"]).fails(3, &["no record to try", "--rules team"]);
    place.run(&["rules", "test", "team", "day.json"]).fails(2, &["day.json", "this is no report"]);
    place.run(&["rules", "test", "team", "nothing.json"]).fails(2, &["nothing.json"]);
}

#[test]
fn the_patch_of_a_finding_applies_and_the_rules_list_the_code() {
    let Some(rules) = shared() else { return };
    let place = Place::with_baseline(14);
    place.incident("day.json");
    let wanted: Vec<String> = of_incident(&rules, "motivating-1003033", "rules_listing_a_sibling").into_iter().collect();
    for file in &wanted {
        place.put(&format!("team/{file}"), std::fs::read(rules.join(file)).unwrap());
    }
    let ran = place.run(&["check", "day.json", "--rules", "team", "--format", "json"]);
    let told = json_of(&ran.out);
    let root = told["findings"].as_array().unwrap().iter().find(|finding| finding["check"] == "new-code").unwrap();
    let asks = |row: &Value| row["query"].as_str().is_some_and(|query| query.contains("1003033"));
    assert!(root["rules"].as_array().unwrap().iter().any(|row| row["file"].as_str().unwrap().starts_with("splunk") && asks(row)), "{root}");
    assert!(root["suggestion"]["query"].as_str().unwrap().contains("ResultType == \"1003033\""), "{root}");
    place.put("fix.patch", root["suggestion"]["patch"].as_str().unwrap());
    let patch = std::process::Command::new("patch")
        .args(["-p1", "--fuzz=0", "--binary", "-i", "../fix.patch"])
        .current_dir(place.path("team"))
        .output();
    let Ok(patch) = patch else {
        println!("skipped: the program patch is not installed");
        return;
    };
    assert!(patch.status.success(), "{}", String::from_utf8_lossy(&patch.stdout) + String::from_utf8_lossy(&patch.stderr));
    let read = json_of(&place.run(&["rules", "team", "--format", "json"]).out);
    let lists = |file: &String| {
        let of_file = |rule: &&Value| rule["file"] == file.as_str();
        let literals =
            read["rules"].as_array().unwrap().iter().filter(of_file).flat_map(|rule| rule["literals"].as_array().unwrap().clone());
        literals.into_iter().any(|literal| literal["values"].as_array().unwrap().iter().any(|value| value == "1003033"))
    };
    let unmended: Vec<&String> = wanted.iter().filter(|file| !lists(file)).collect();
    assert_eq!(unmended, Vec::<&String>::new());
    // Nobody is unreached any more.
    let again = json_of(&place.run(&["check", "day.json", "--rules", "team", "--format", "json"]).out);
    assert!(named(&again, "new-code").values().all(|effect| effect != "unreached"), "{again}");
}
