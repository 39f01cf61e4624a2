//! Small streams that drift, and what that does to small rules.

use super::{Effect, already, impacts, named_codes, raise};
use crate::compare::Comparison;
use crate::fingerprint::Fingerprint;
use crate::model::{Change, Evidence, Finding, Severity, Shape};
use crate::rules::RuleSet;
use crate::rules::made_up::{finding, stream_of};
use crate::sources::Source;

const DAY: &str = "2026-03-02T10:00:00Z";

fn record(id: usize, code: &str) -> String {
    format!(
        r#"{{"category":"SignInLogs","resultType":"{code}","properties":{{"id":"{id}","createdDateTime":"{DAY}","userId":"u{id}","appDisplayName":"App","location":{{"city":"Rome"}}}}}}"#
    )
}

fn stream(codes: &[(&str, usize)]) -> Fingerprint {
    let records: Vec<String> =
        codes.iter().flat_map(|(code, count)| vec![*code; *count]).enumerate().map(|(id, code)| record(id, code)).collect();
    stream_of(&records)
}

/// What a baseline says against a rule: the effects and reasons, quiet ones without an effect.
fn against(text: &str) -> Vec<(Option<Effect>, String)> {
    let comparison = Comparison::new(vec![stream(&[("0", 60), ("50074", 20)])], Vec::new());
    let set = RuleSet::read(vec![("a.kql".into(), text.into())], Vec::new());
    let found = already(&set, &comparison, &Source::named("entra-signin").unwrap());
    found.into_values().flatten().map(|already| (already.effect, already.why)).collect()
}

#[test]
fn a_baseline_tells_which_rules_can_never_speak() {
    for (text, expected) in [
        ("SigninLogs | where AppDisplayName == 'App' and ResultType == '50074'", None),
        ("SigninLogs | where LocationDetails.city == 'Rome' | project UserId", None),
        ("SigninLogs | where UserAgent has 'curl'", Some((Some(Effect::Blind), "UserAgent: in none of 80 records"))),
        (
            "SigninLogs | where UserAgent has 'curl' or AppDisplayName == 'x'",
            Some((Some(Effect::Weakened), "UserAgent: in none of 80 records")),
        ),
        ("SigninLogs | project UserAgent", Some((Some(Effect::Weakened), "UserAgent: in none of 80 records"))),
        ("SigninLogs | where isempty(UserAgent)", Some((Some(Effect::Weakened), "UserAgent: in none of 80 records"))),
        ("SigninLogs | where TimeGenerated > ago(1d)", None),
        ("AADServicePrincipalSignInLogs | where UserAgent has 'curl'", None),
        ("AADSignInEventsBeta | where EndpointCall == 'x'", Some((None, "EndpointCall: in none of 80 records"))),
        ("SigninLogs | where ResultType == '50126'", Some((None, "50126 was never logged, which may be its nature"))),
        ("SigninLogs | where ResultType == '999999'", Some((None, "999999 was never logged, and 999999 is documented nowhere"))),
        ("SigninLogs | where Category == 'signinlogs'", Some((Some(Effect::Blind), "is written SignInLogs in the log"))),
        ("SigninLogs | where Category =~ 'signinlogs'", None),
        (
            "SigninLogs | where LocationDetails == 'Rome'",
            Some((Some(Effect::Blind), "LocationDetails looks like object, which cannot hold Rome")),
        ),
        ("SigninLogs | where LocationDetails has 'Rome'", None),
        (
            "union SigninLogs, AADNonInteractiveUserSignInLogs | where LocationDetails has 'Rome'",
            Some((
                Some(Effect::Blind),
                "LocationDetails: of one type in some of the united tables and of another in others; the union calls it \
                 LocationDetails_dynamic and LocationDetails_string, and nothing LocationDetails",
            )),
        ),
    ] {
        let expected: Vec<_> = expected.into_iter().map(|(effect, why)| (effect, why.to_owned())).collect();
        assert_eq!(against(text), expected, "{text}");
    }
}

/// What a finding does to a rule whose text is given: the effect, its clause, its reason and the share lost.
fn effect(text: &str, finding: &Finding) -> Option<(Effect, String, String, Option<f64>)> {
    let before = stream(&[("0", 60), ("50074", 20), ("50126", 20)]);
    let now = stream(&[("0", 60), ("50074", 6), ("50126", 20), ("1003033", 18)]);
    let comparison = Comparison::new(vec![before], vec![now]);
    let set = RuleSet::read(vec![("a.kql".into(), text.into())], Vec::new());
    let source = Source::named("entra-signin").unwrap();
    let found = impacts(&set, std::slice::from_ref(finding), &comparison, &source);
    let impact = found.into_values().next()?.into_iter().next()?;
    Some((impact.effect, impact.clause, impact.why, impact.lost))
}

fn word(text: &str, finding: &Finding) -> Option<Effect> {
    effect(text, finding).map(|found| found.0)
}

fn new_code() -> Finding {
    let evidence = Evidence::NewCode {
        code: "1003033".into(),
        name: None,
        text: None,
        records: 18,
        emptied: Vec::new(),
        reshaped: Vec::new(),
        siblings: vec!["50074".into()],
    };
    finding("resultType", None, evidence)
}

#[test]
fn a_new_code_is_told_to_rules_that_list_its_siblings_only() {
    let (effect, clause, _, lost) = effect("SigninLogs | where ResultType in (0, '50074')", &new_code()).unwrap();
    assert_eq!((effect, clause.as_str()), (Effect::Unreached, "ResultType in (0, '50074')"));
    assert_eq!(lost, Some(0.75));
    for (text, expected) in [
        ("SigninLogs | where ResultType == 0", None),
        ("SigninLogs | where ResultType != 0", None),
        ("SigninLogs | where ResultType == '50126'", None),
        ("SigninLogs | where ResultType in ('50074', '1003033')", None),
        ("AuditLogs | where ResultType == '50074'", None),
        ("AADServicePrincipalSignInLogs | where ResultType == '50074'", None),
        ("AADSignInEventsBeta | where ErrorCode == 50074", Some(Effect::Unreached)),
        ("SigninLogs | where ResultType !in ('0', '50074')", Some(Effect::Noisy)),
        ("SigninLogs | where not(ResultType in ('0', '50074'))", Some(Effect::Noisy)),
        ("SigninLogs | extend r = iff(ResultType in ('50074'), 'asked', 'other')", Some(Effect::Weakened)),
        ("SigninLogs | summarize n = dcount(ResultType) | where n > 50074", None),
    ] {
        assert_eq!(word(text, &new_code()), expected, "{text}");
    }
}

#[test]
fn codes_that_rules_wait_for_are_known_to_the_team() {
    let rules =
        ["SigninLogs | where ResultType in (0, 50074) and ResultType != 50126", "SigninLogs | summarize n = count() | where n == 7"];
    let files = rules.iter().zip(["a.kql", "b.kql"]).map(|(text, name)| (name.to_owned(), (*text).to_owned())).collect();
    let named = named_codes(&RuleSet::read(files, Vec::new()), &Source::named("entra-signin").unwrap());
    assert_eq!(named.into_iter().collect::<Vec<_>>(), ["50074"]);
}

#[test]
fn a_rule_that_waits_for_a_replaced_code_alone_is_blind() {
    let renamed = Evidence::CodeRenamed { from: "50126".into(), to: "1003033".into(), records: 18 };
    let renamed = finding("resultType", None, renamed);
    assert_eq!(word("SigninLogs | where ResultType == '50126'", &renamed), Some(Effect::Blind));
    assert_eq!(word("SigninLogs | where ResultType in ('50126', '50053')", &renamed), Some(Effect::Unreached));
}

#[test]
fn an_emptied_field_blinds_who_filters_by_it_and_weakens_who_shows_it() {
    let emptied = finding("properties.appDisplayName", None, Evidence::FieldEmptied { now: vec![Shape::EMPTY_TEXT] });
    for (text, expected) in [
        ("SigninLogs | where AppDisplayName == 'Azure Portal'", Some(Effect::Blind)),
        ("SigninLogs | where AppDisplayName != 'Azure Portal'", Some(Effect::Noisy)),
        ("SigninLogs | where AppDisplayName !in (known_apps)", Some(Effect::Noisy)),
        ("SigninLogs | where isempty(AppDisplayName)", Some(Effect::Noisy)),
        ("SigninLogs | where isnotempty(AppDisplayName)", Some(Effect::Blind)),
        ("SigninLogs | summarize count() by AppDisplayName", Some(Effect::Weakened)),
        ("SigninLogs | project AppDisplayName", Some(Effect::Weakened)),
        ("SigninLogs | extend a = column_ifexists('AppDisplayName', '') | project a", None),
        ("SigninLogs | where UserPrincipalName == 'x'", None),
        (
            "SigninLogs | project UserId, AppDisplayName | join kind=inner (AuditLogs) on $left.AppDisplayName == $right.Id",
            Some(Effect::Blind),
        ),
    ] {
        assert_eq!(word(text, &emptied), expected, "{text}");
    }
    let place = finding("properties.location", None, Evidence::FieldVanished);
    assert_eq!(word("SigninLogs | where LocationDetails.city == 'Rome'", &place), Some(Effect::Blind));
}

#[test]
fn only_rules_that_look_at_the_slice_are_hit() {
    let slice = Some(("resultType", "50126"));
    let emptied = finding("properties.appDisplayName", slice, Evidence::FieldEmptied { now: vec![] });
    let filter = |code: &str| format!("SigninLogs | where {code} and AppDisplayName == 'x'");
    assert_eq!(word(&filter("ResultType == '50126'"), &emptied), Some(Effect::Blind));
    assert_eq!(word(&filter("ResultType == '50074'"), &emptied), None);
    // It waits for what is in no record of the slice, though it is in none of the stream.
    assert_eq!(word(&filter("ResultType == '50056'"), &emptied), None);
    // A fifth of what it used to look at.
    let (effect, _, _, lost) = effect(&filter("AppId != ''"), &emptied).unwrap();
    assert_eq!((effect, lost), (Effect::Weakened, Some(0.2)));
}

#[test]
fn what_a_rule_waits_for_by_name_is_counted_together_with_the_slice() {
    // Of App nine records in ten have the code, of Other none.
    let of_app = |app: &str, code: &str, count: usize| -> Vec<String> {
        (0..count).map(|id| record(id, code).replace("\"App\"", &format!("\"{app}\"")).replace("\"u", &format!("\"{app}{code}"))).collect()
    };
    let stream = || stream_of(&[of_app("App", "50126", 90), of_app("App", "0", 10), of_app("Other", "0", 900)].concat());
    let comparison = Comparison::new(vec![stream()], vec![stream()]);
    let source = Source::named("entra-signin").unwrap();
    let emptied = finding("properties.userPrincipalName", Some(("resultType", "50126")), Evidence::FieldEmptied { now: vec![] });
    for (app, expected) in [("App", Some((Effect::Blind, Some(0.9)))), ("Other", None)] {
        let text = format!("SigninLogs | where AppDisplayName == '{app}' and UserPrincipalName has 'x'");
        let set = RuleSet::read(vec![("a.kql".into(), text)], Vec::new());
        let found = impacts(&set, std::slice::from_ref(&emptied), &comparison, &source);
        let found = found.into_values().flatten().map(|impact| (impact.effect, impact.lost)).next();
        assert_eq!(found, expected, "{app}");
    }
}

#[test]
fn a_new_format_blinds_who_looks_for_what_it_cannot_hold() {
    let change = Change { from: vec![Shape::EMAIL], to: vec![Shape::GUID] };
    let reshaped = finding("properties.userPrincipalName", None, Evidence::FormatChanged(change));
    for (text, expected) in [
        ("SigninLogs | where UserPrincipalName endswith '@contoso.com'", Effect::Blind),
        ("SigninLogs | where UserPrincipalName !endswith '@contoso.com'", Effect::Noisy),
        ("SigninLogs | where UserPrincipalName startswith 'adf'", Effect::Weakened),
        ("SigninLogs | summarize count() by UserPrincipalName", Effect::Weakened),
    ] {
        assert_eq!(word(text, &reshaped), Some(expected), "{text}");
    }
}

#[test]
fn a_word_written_otherwise_blinds_who_minds_the_case() {
    let renamed = Change { from: vec!["success".to_owned()], to: vec!["Success".to_owned()] };
    let renamed = finding("properties.conditionalAccessStatus", None, Evidence::ValueRenamed(renamed));
    assert_eq!(word("SigninLogs | where ConditionalAccessStatus == 'success'", &renamed), Some(Effect::Blind));
    assert_eq!(word("SigninLogs | where ConditionalAccessStatus =~ 'success'", &renamed), None);
    assert_eq!(word("SigninLogs | where ConditionalAccessStatus != 'success'", &renamed), Some(Effect::Noisy));
    assert_eq!(word("SigninLogs | where ConditionalAccessStatus == 'failure'", &renamed), None);
}

#[test]
fn who_quotes_an_old_description_is_blind() {
    let change = Change {
        from: vec!["User account is disabled. By an administrator.".to_owned()],
        to: vec!["User account is disabled.".to_owned()],
    };
    let reworded = finding("resultDescription", None, Evidence::CodeText { code: "50057".into(), change });
    for (clause, expected) in [
        ("== 'User account is disabled. By an administrator.'", Some(Effect::Blind)),
        ("contains 'by an administrator'", Some(Effect::Blind)),
        ("has 'disabled'", None),
        ("== 'User account is disabled.'", None),
        ("!contains 'by an administrator'", Some(Effect::Noisy)),
    ] {
        assert_eq!(word(&format!("SigninLogs | where ResultDescription {clause}"), &reworded), expected, "{clause}");
    }
}

#[test]
fn what_blinds_a_rule_is_critical_and_so_is_its_cause() {
    let (mut root, mut echo) = (new_code(), finding("properties.appDisplayName", None, Evidence::FieldVanished));
    echo.caused_by = Some(root.key.clone());
    root.echoes = vec![echo.key.clone()];
    let blind = crate::rules::impact::Impact {
        rule: 0,
        effect: Effect::Blind,
        clause: String::new(),
        at: crate::rules::Span::default(),
        why: String::new(),
        lost: None,
        witness: None,
    };
    let hit = std::collections::BTreeMap::from([(echo.key.clone(), vec![blind.clone()])]);
    let mut findings = vec![root, echo.clone()];
    raise(&mut findings, &hit);
    assert!(findings.iter().all(|finding| finding.severity == Severity::Critical));
    let mut notes = vec![Finding { severity: Severity::Low, ..echo.clone() }];
    raise(&mut notes, &hit);
    assert_eq!(notes[0].severity, Severity::Low);
    let unreached = crate::rules::impact::Impact { effect: Effect::Unreached, ..blind };
    let mut findings = vec![echo.clone()];
    raise(&mut findings, &std::collections::BTreeMap::from([(echo.key, vec![unreached])]));
    assert_eq!(findings[0].severity, Severity::Medium);
}
