//! The sample report, its schema and its terminal form are what this version writes; broken reports fail the schema.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use logdrift::expect::{Outcomes, Watcher};
use logdrift::model::{
    Acceptance, Change, Cohort, Counts, Evidence, FieldPath, Finding, FindingKey, FindingState, Granularity, Point, Severity, Shape,
    Status, Window,
};
use logdrift::report::{self, BaselineInfo, Checked, Period, Report, Reveal, Run, Style, Verdict};
use serde_json::{Value, json};
use std::path::PathBuf;

const DAY: i64 = 1_678_320_000; // 2023-03-09
const CODE: &str = "1003033";

fn finding(check: &'static str, severity: Severity, path: &str, cohort: Option<Cohort>, evidence: Evidence) -> Finding {
    let path = FieldPath::parse(path).unwrap();
    let code = if let Evidence::NewCode { code, .. } = &evidence { Some(code.clone()) } else { None };
    Finding {
        key: FindingKey::new(check, Some(&path), cohort.as_ref(), code.as_deref()),
        check,
        severity,
        status: Status::New,
        path: Some(path),
        cohort,
        value: code.clone(),
        code,
        before: Counts::default(),
        after: Counts::default(),
        weight: 0,
        actors: 0,
        first_seen: Some(DAY),
        evidence,
        caused_by: None,
        echoes: Vec::new(),
        series: Vec::new(),
    }
}

/// Two weeks without it, and then the day.
fn series(records: u64, after: Counts) -> Vec<Point> {
    let point = |day: i64, counts| Point { window: Window::of(DAY + day * 86_400, Granularity::Day), counts };
    (-14..0).map(|day| point(day, Counts { records, count: 0 })).chain([point(0, after)]).collect()
}

/// The day in March 2023 on which refused passwordless prompts got a code of their own, with records that name nobody.
fn incident() -> Vec<Finding> {
    let emptied = ["properties.location", "properties.deviceDetail", "properties.appDisplayName", "properties.resourceDisplayName"];
    let reshaped = ["properties.userPrincipalName", "properties.userDisplayName"];
    let mut root = finding(
        "new-code",
        Severity::High,
        "resultType",
        None,
        Evidence::NewCode {
            code: CODE.into(),
            name: None,
            text: Some("The remote NGC session was denied.".into()),
            records: 41,
            emptied: emptied.map(String::from).into(),
            reshaped: reshaped.map(|path| (path.to_owned(), "GUID".to_owned())).into(),
            siblings: vec!["500121".into(), "50074".into()],
        },
    );
    root.before = Counts { records: 481_730, count: 0 };
    root.after = Counts { records: 34_180, count: 41 };
    root.actors = 17;
    root.series = series(34_409, root.after);
    let slice = || Some(Cohort { path: "resultType".into(), value: CODE.into() });
    let now = [vec![Shape::EMPTY_OBJECT], vec![Shape::EMPTY_OBJECT], vec![], vec![Shape::NULL]];
    let mut echoes: Vec<Finding> = emptied
        .iter()
        .zip(now)
        .map(|(path, now)| finding("field-emptied", Severity::Medium, path, slice(), Evidence::FieldEmptied { now }))
        .collect();
    for (path, from) in reshaped.into_iter().zip([Shape::EMAIL, Shape::TEXT_TITLE]) {
        let change = Change { from: vec![from], to: vec![Shape::GUID] };
        echoes.push(finding("format-changed", Severity::Medium, path, slice(), Evidence::FormatChanged(change)));
        let relation = Evidence::RelationChanged { other: "properties.userId".into(), equal: true };
        echoes.push(finding("relation-changed", Severity::Medium, path, slice(), relation));
    }
    for echo in &mut echoes {
        let holds = !matches!(echo.evidence, Evidence::FieldEmptied { .. });
        (echo.before, echo.after) = (Counts { records: 20_114, count: 0 }, Counts { records: 41, count: 41 });
        if !holds {
            (echo.before.count, echo.after.count) = (20_102, 0);
        }
        echo.actors = 17;
        echo.caused_by = Some(root.key.clone());
        root.echoes.push(echo.key.clone());
    }
    echoes.push(root);
    echoes
}

fn others() -> [Finding; 2] {
    let time = |digits| Shape::iso_time(digits, logdrift::model::Offset::Zulu, false);
    let change = Change { from: vec![time(7)], to: vec![time(0)] };
    let slice = Some(Cohort { path: "category".into(), value: "NonInteractiveUserSignInLogs".into() });
    let mut format = finding("format-changed", Severity::Medium, "properties.createdDateTime", slice, Evidence::FormatChanged(change));
    (format.before, format.after) = (Counts { records: 260_400, count: 0 }, Counts { records: 18_690, count: 18_690 });
    format.status = Status::Known;
    let evidence = Evidence::NewCode {
        code: "70046".into(),
        name: None,
        text: Some("The session has expired or is invalid due to re-authentication checks.".into()),
        records: 3,
        emptied: vec![],
        reshaped: vec![],
        siblings: vec![],
    };
    let mut code = finding("new-code", Severity::Low, "resultType", None, evidence);
    (code.before, code.after, code.actors) = (Counts { records: 481_730, count: 0 }, Counts { records: 34_180, count: 3 }, 2);
    [format, code]
}

/// What became of three sign-ins that were performed on that day.
fn sign_ins() -> Outcomes {
    let manifest = r#"
        [[sign_in]]
        name = "Ada refuses the prompt"
        user = "ada@contoso.example"
        code = [50074, 500121]
        filled = ["location", "device", "app"]
        format = { userPrincipalName = "email" }
        [[sign_in]]
        name = "Ada types a passcode"
        user = "ada@contoso.example"
        where = { resultType = 0 }
        [[sign_in]]
        name = "Ada uses her key"
        correlation_id = "5e3b1a52-8a3e-4b7e-9c1f-0d8e6d1f2a77"
        method = "FIDO2 security key"
        "#;
    let manifest = logdrift::expect::Manifest::read(manifest, "roll-out.toml").unwrap();
    let source = logdrift::sources::Source::named("entra-signin").unwrap();
    let mut watcher = Watcher::new(&manifest, &source, logdrift::hash::HashKey::new([0; 32]), false).unwrap();
    let guid = "8d9d2b0c-6d0a-4b51-9d86-0f0b6b6f7a10";
    let refused = json!({"properties": {
        "alternateSignInName": "ada@contoso.example", "userPrincipalName": guid, "status": {"errorCode": 1003033},
        "location": {}, "deviceDetail": {}, "appDisplayName": ""
    }});
    watcher.see(refused.to_string().as_bytes());
    watcher.see(br#"{"resultType": "0", "properties": {"userPrincipalName": "Ada@contoso.example"}}"#);
    watcher.see(br#"{"resultType": "0", "properties": {"userPrincipalName": "bob@contoso.example"}}"#);
    watcher.outcomes()
}

fn sample() -> Report {
    let day = |offset: i64| Window::of(DAY + offset * 86_400, Granularity::Day);
    let period = Period::between(day(-14), day(-1));
    let counts = |rows: &[(&str, u64)]| rows.iter().map(|&(name, count)| (name.to_owned(), count)).collect();
    let run = Run {
        id: "2023-03-10-0001".into(),
        source: "entra".into(),
        window: Period::between(day(0), day(0)),
        records: 34_180,
        bytes: 96_412_771,
        rejects: 5,
        duplicates: 212,
        reject_reasons: counts(&[("not-json", 4), ("cut-off", 1)]),
        record_types: counts(&[("SignInLogs", 15_490), ("NonInteractiveUserSignInLogs", 18_690)]),
        other_record_types: counts(&[("AuditLogs", 1_204)]),
        twins: 1,
        notes: vec!["118 cohorts of appId were folded into (other)".into()],
        rules: Some("detections".into()),
    };
    let baseline = BaselineInfo { name: "entra".into(), version: 14, windows: 14, records: 8_400, from: period.from, to: period.to };
    let checked = Checked {
        paths: 214,
        cohorts: 93,
        comparisons: 11_826,
        too_few_records: 402,
        smallest_detectable_share: Some(0.000_36),
        not_checked: vec!["volume: the baseline holds no other Thursday of a month's end".into()],
    };
    let findings: Vec<Finding> = incident().into_iter().chain(others()).collect();
    let [accepted, gone] = accepted_and_gone();
    let word = Acceptance {
        key: accepted.key.clone(),
        at: DAY - 86_400,
        who: "ann".into(),
        reason: "sign-ins of a pilot group".into(),
        ends: Some(DAY + 30 * 86_400),
    };
    let findings: Vec<Finding> = findings.into_iter().chain([accepted]).collect();
    Report::new(run, Some(baseline), checked, &findings, Severity::Medium, Reveal::Hidden)
        .with_history(&ended(&gone), &[word], Reveal::Hidden)
        .with_sign_ins("roll-out.toml".into(), &sign_ins(), Severity::Medium, Reveal::Hidden)
}

/// A finding that is accepted, and one that earlier runs found.
fn accepted_and_gone() -> [Finding; 2] {
    let slice = Some(Cohort { path: "appId".into(), value: "pilot".into() });
    let mut accepted = finding("field-vanished", Severity::High, "properties.riskDetail", slice.clone(), Evidence::FieldVanished);
    (accepted.before, accepted.after) = (Counts { records: 900, count: 900 }, Counts { records: 70, count: 0 });
    accepted.status = Status::Accepted;
    [accepted, finding("field-vanished", Severity::Medium, "properties.riskState", slice, Evidence::FieldVanished)]
}

fn ended(finding: &Finding) -> [FindingState; 2] {
    let state = |finding: &Finding, caused_by| FindingState {
        key: finding.key.clone(),
        status: Status::Known,
        check: finding.check.to_owned(),
        severity: finding.severity,
        path: finding.path.as_ref().map(ToString::to_string),
        cohort: finding.cohort.clone(),
        value: None,
        caused_by,
        share: 1.0,
        first_window: Some(DAY - 172_800),
        last_window: Some(DAY - 86_400),
        first_run: "1".into(),
        last_run: "2".into(),
        ended_run: Some("3".into()),
    };
    let echo = self::finding("field-vanished", Severity::Low, "properties.riskLevel", None, Evidence::FieldVanished);
    [state(&echo, Some(finding.key.clone())), state(finding, None)]
}

/// Compares a text with a file of the project; `UPDATE=1` in the environment writes the file instead.
fn golden(file: &str, text: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("reports").join(file);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == text, "reports/{file} is stale; refresh it with `UPDATE=1 cargo test --test report_schema`. Now it is:\n{text}");
}

fn rendered(format: &str, report: &Report) -> String {
    (report::format(format).unwrap().render)(report, &Style { color: false, width: 100 }).unwrap()
}

#[test]
fn the_sample_files_are_what_is_written_today() {
    golden("report.schema.json", &report::schema("report").unwrap());
    golden("sample.json", &rendered("json", &sample()));
    golden("sample.txt", &rendered("terminal", &sample()));
}

#[test]
fn the_sample_is_in_order_and_reads_back() {
    let report = sample();
    let rows: Vec<(&str, &str)> = report.findings.iter().map(|row| (row.check.as_str(), row.path.as_deref().unwrap_or(""))).collect();
    assert_eq!(
        rows,
        [
            ("new-code", "resultType"),
            ("format-changed", "properties.userDisplayName"),
            ("format-changed", "properties.userPrincipalName"),
            ("relation-changed", "properties.userDisplayName"),
            ("relation-changed", "properties.userPrincipalName"),
            ("field-emptied", "properties.appDisplayName"),
            ("field-emptied", "properties.deviceDetail"),
            ("field-emptied", "properties.location"),
            ("field-emptied", "properties.resourceDisplayName"),
            ("field-vanished", "properties.riskDetail"),
            ("format-changed", "properties.createdDateTime"),
            ("new-code", "resultType"),
        ]
    );
    assert_eq!((report.verdict, report.worst()), (Verdict::Drift, Some(Severity::High)));
    assert_eq!(serde_json::from_str::<Report>(&rendered("json", &report)).unwrap(), report);
}

fn schema() -> Value {
    serde_json::from_str(&report::schema("report").unwrap()).unwrap()
}

fn is_valid(report: &Value) -> bool {
    jsonschema::options().should_validate_formats(true).build(&schema()).unwrap().is_valid(report)
}

#[test]
fn the_sample_keeps_to_the_schema_and_a_report_without_anything_too() {
    assert!(is_valid(&serde_json::to_value(sample()).unwrap()));
    let empty = Report::new(Run::default(), None, Checked::default(), &[], Severity::Medium, Reveal::Hidden);
    assert!(is_valid(&serde_json::to_value(&empty).unwrap()));
    assert_eq!(empty.verdict, Verdict::NotCheckable);
}

#[test]
fn broken_reports_fail_the_schema() {
    let good = serde_json::to_value(sample()).unwrap();
    let breaks: [(&str, Value); 16] = [
        ("/fail_on", json!("never")),
        ("/schema", json!("logdrift.report/2")),
        ("/verdict", json!("fine")),
        ("/findings/0/severity", json!("loud")),
        ("/findings/0/status", json!("old")),
        ("/findings/0/key", json!("not a key")),
        ("/findings/0/first_seen", json!("yesterday")),
        ("/findings/0/after/count", json!(-1)),
        ("/findings/0/series/0/from", json!("monday")),
        ("/findings/9/acceptance/ends", json!("soon")),
        ("/ended/0/key", json!("not a key")),
        ("/ended/0/last_seen", json!("lately")),
        ("/checked/smallest_detectable_share", json!(1.5)),
        ("/run/reject_reasons/not-json", json!("many")),
        ("/sign_ins/outcomes/0/outcome", json!("odd")),
        ("/sign_ins/outcomes/0/differences/0/wanted", json!("50074")),
    ];
    for (place, value) in breaks {
        let mut report = good.clone();
        *report.pointer_mut(place).unwrap() = value;
        assert!(!is_valid(&report), "{place}");
    }
}

/// Every object of the report in turn, with the places of the keys that are no names of the user's.
fn objects(value: &Value, place: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            if !place.ends_with("reject_reasons") && !place.ends_with("record_types") {
                found.push(place.to_owned());
            }
            members.iter().for_each(|(key, value)| objects(value, &format!("{place}/{key}"), found));
        }
        Value::Array(items) => items.iter().enumerate().for_each(|(at, item)| objects(item, &format!("{place}/{at}"), found)),
        _ => {}
    }
}

#[test]
fn no_key_may_be_missing_and_none_may_be_added() {
    let good = serde_json::to_value(sample()).unwrap();
    let mut places = Vec::new();
    objects(&good, "", &mut places);
    assert!(places.len() > 30);
    let validator = jsonschema::validator_for(&schema()).unwrap();
    for place in places {
        let mut more = good.clone();
        more.pointer_mut(&place).unwrap()["extra"] = json!(1);
        assert!(!validator.is_valid(&more), "{place} with a key more");
        for key in good.pointer(&place).unwrap().as_object().unwrap().keys() {
            let mut less = good.clone();
            less.pointer_mut(&place).unwrap().as_object_mut().unwrap().remove(key);
            assert!(!validator.is_valid(&less), "{place} without {key}");
        }
    }
}

#[test]
fn schemas_are_known_by_name() {
    for name in report::SCHEMAS {
        let schema: Value = serde_json::from_str(&report::schema(name).unwrap()).unwrap();
        assert!(jsonschema::meta::is_valid(&schema), "{name}");
    }
    assert_eq!(report::schema("rapport"), None);
}
