//! Pairs of records, from small streams that drift.

use super::{Stage, witness};
use crate::compare::Comparison;
use crate::fingerprint::Fingerprint;
use crate::model::{Change, Evidence, Finding, Shape};
use crate::rules::RuleSet;
use crate::rules::made_up::{finding, stream_of};
use crate::sources::Source;
use serde_json::{Value, json};

fn stream(codes: &[(&str, usize)]) -> Fingerprint {
    let mut records = Vec::new();
    for (id, code) in codes.iter().flat_map(|(code, count)| vec![*code; *count]).enumerate() {
        let mut record = json!({"category": "SignInLogs", "resultType": code, "properties": {
            "id": id.to_string(), "createdDateTime": "2026-03-02T10:00:00Z", "userId": format!("u{id}"),
            "userPrincipalName": format!("someone{id}@corp.example"), "appDisplayName": "App", "isInteractive": true,
            "status": {"errorCode": code.parse::<u64>().unwrap()}, "location": {"city": "Rome"},
            "authenticationDetails": "[{\"authenticationMethod\":\"Password\"}]"}});
        if code == "1003033" {
            record["properties"]["userPrincipalName"] = json!("1d0c5a3e-7b42-4f6d-9c81-2e5a7f90b364");
            record["properties"]["location"] = json!({"city": ""});
        }
        records.push(record.to_string());
    }
    stream_of(&records)
}

fn new_code() -> Finding {
    let (emptied, reshaped, siblings) = (Vec::new(), Vec::new(), vec!["50126".to_owned(), "50074".to_owned()]);
    let code = "1003033".to_owned();
    finding("resultType", None, Evidence::NewCode { code, name: None, text: None, records: 12, emptied, reshaped, siblings })
}

/// The pair for the first comparison of a rule that holds this text: the values of these pointers before and after.
fn shown(rule: &str, clause: &str, finding: &Finding, pointers: &[&str]) -> Option<Vec<(Value, Value)>> {
    let source = Source::named("entra-signin").unwrap();
    let comparison = Comparison::new(vec![stream(&[("0", 60), ("50074", 20), ("50126", 9)])], vec![stream(&[("0", 60), ("1003033", 12)])]);
    let set = RuleSet::read(vec![("a.kql".into(), rule.into())], Vec::new());
    let through = set.rules[0].predicates.iter().find(|predicate| predicate.clause.contains(clause)).unwrap();
    let found = witness(&Stage::new(&comparison, &source), &set.rules[0], finding, through)?;
    // Nobody of the log is in it.
    let text = found.before.to_string() + &found.after.to_string();
    assert!(!text.contains("someone") && !text.contains("\"u1"), "{text}");
    let value = |record: &Value, pointer: &str| record.pointer(pointer).cloned().unwrap_or(json!("gone"));
    Some(pointers.iter().map(|pointer| (value(&found.before, pointer), value(&found.after, pointer))).collect())
}

#[test]
fn a_new_code_stands_where_the_sibling_stood_that_the_rule_lists() {
    let rule = "SigninLogs | where ResultType in (50074, 500121) and isnotempty(UserPrincipalName) and LocationDetails.city has 'Ro'";
    let pointers = ["/resultType", "/properties/status/errorCode", "/properties/userPrincipalName", "/properties/location/city"];
    let pairs = shown(rule, "50074", &new_code(), &pointers).unwrap();
    assert_eq!(pairs[0], (json!("50074"), json!("1003033")));
    assert_eq!(pairs[1], (json!(50074), json!(1_003_033)));
    assert_eq!(pairs[2], (json!("user@example.com"), json!("1d0c5a3e-7b42-4f6d-9c81-2e5a7f90b364")));
    // What the rule waits for stands there before, and what the new code's records show there, now.
    assert_eq!(pairs[3], (json!("Ro"), json!("")));
}

#[test]
fn no_pair_is_made_up_for_what_no_record_shows() {
    // The rule sees the new code; the rule lists none of its siblings; no record fills the field; the rule reads other records.
    for (rule, clause) in [
        ("SigninLogs | where ResultType != 50074", "50074"),
        ("SigninLogs | where ResultType == 7", "7"),
        ("SigninLogs | where ResultType == 50074 and UserAgent has 'curl'", "50074"),
        ("AADServicePrincipalSignInLogs | where ResultType == 50074", "50074"),
        ("SigninLogs | where ResultType == 50074 and ResultType == 50126", "50074"),
    ] {
        assert_eq!(shown(rule, clause, &new_code(), &[]), None, "{rule}");
    }
    let silent = finding("resultType", None, Evidence::CodeVanished { code: "50074".into(), expected: 20.0, left: 0 });
    assert_eq!(shown("SigninLogs | where ResultType == 50074", "50074", &silent, &[]), None);
}

#[test]
fn a_field_is_emptied_reshaped_or_renamed_as_the_finding_says() {
    let emptied = |path: &str| finding(path, None, Evidence::FieldEmptied { now: vec![Shape::EMPTY_TEXT] });
    for (rule, clause, finding, pointer, before, after) in [
        (
            "SigninLogs | where isnotempty(LocationDetails.city)",
            "city",
            emptied("properties.location"),
            "/properties/location/city",
            "Example",
            "gone",
        ),
        (
            "SigninLogs | where AuthenticationDetails has 'Password'",
            "Password",
            finding("properties.authenticationDetails", None, Evidence::FieldEmptied { now: vec![Shape::EMPTY_JSON] }),
            "/properties/authenticationDetails",
            "[{\"authenticationMethod\":\"Password\"}]",
            "[]",
        ),
        (
            "SigninLogs | where UserPrincipalName endswith '@corp.example' or UserId == 'x'",
            "endswith",
            finding(
                "properties.userPrincipalName",
                Some(("resultType", "50074")),
                Evidence::FormatChanged(Change { from: vec![Shape::EMAIL], to: vec![Shape::GUID] }),
            ),
            "/properties/userPrincipalName",
            "@corp.example",
            "1d0c5a3e-7b42-4f6d-9c81-2e5a7f90b364",
        ),
        (
            "SigninLogs | where AppDisplayName == 'App'",
            "App",
            finding("properties.appDisplayName", None, Evidence::ValueRenamed(Change { from: vec!["App".into()], to: vec!["APP".into()] })),
            "/properties/appDisplayName",
            "App",
            "APP",
        ),
    ] {
        let pairs = shown(rule, clause, &finding, &[pointer]).unwrap();
        assert_eq!(pairs, [(json!(before), json!(after))], "{rule}");
        // Without the drift the rule looks at both.
        let same = Finding { evidence: Evidence::TypeChanged(Change { from: vec![], to: vec![] }), ..finding };
        assert_eq!(shown(rule, clause, &same, &[]), None, "{rule}");
    }
}
