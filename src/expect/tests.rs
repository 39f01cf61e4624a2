//! What a manifest finds in records, at the edges of each of its keys.

use super::*;
use crate::hash::HashKey;
use crate::sources::Source;
use serde_json::{Value, json};

fn manifest(keys: &str) -> Manifest {
    Manifest::read(&format!("[[sign_in]]\nname = \"it\"\n{keys}"), "m.toml").unwrap()
}

fn watched(keys: &str, records: &[Value], shown: bool) -> Outcomes {
    let source = Source::named("entra-signin").unwrap();
    let mut watcher = Watcher::new(&manifest(keys), &source, HashKey::new([7; 32]), shown).unwrap();
    records.iter().for_each(|record| watcher.see(record.to_string().as_bytes()));
    watcher.outcomes()
}

/// The outcome of the one sign-in and its sentence.
fn told(keys: &str, records: &[Value]) -> (State, String) {
    let outcome = watched(keys, records, false).sign_ins.remove(0);
    (outcome.state, summary(&outcome, &str::to_owned))
}

#[track_caller]
fn expected(keys: &str, records: &[Value]) {
    let (state, sentence) = told(keys, records);
    assert_eq!(state, State::Expected, "{keys}: {sentence}");
}

#[track_caller]
fn unexpected(keys: &str, records: &[Value], sentence: &str) {
    assert_eq!(told(keys, records), (State::Unexpected, sentence.to_owned()), "{keys}");
}

#[track_caller]
fn missing(keys: &str, records: &[Value], sought: &str) {
    assert_eq!(told(keys, records), (State::Missing, format!("no record found with {sought}")), "{keys}");
}

/// A refused prompt as Azure Monitor writes it.
fn refused() -> Value {
    json!({
        "time": "2026-03-01T10:00:09.5Z", "category": "SignInLogs", "resultType": "500121", "correlationId": "c0ffee00-1111-4222-8333-444455556666",
        "location": "DE",
        "properties": {
            "createdDateTime": "2026-03-01T10:00:00.5Z", "id": "0a1b2c3d-1111-4222-8333-444455556666",
            "userPrincipalName": "Ada@contoso.example", "userId": "8d9d2b0c-6d0a-4b51-9d86-0f0b6b6f7a10", "userDisplayName": "Ada Lovelace",
            "appDisplayName": "Office", "authenticationRequirement": "multiFactorAuthentication", "isInteractive": true, "rngcStatus": 0,
            "location": {"city": "Kiel", "geoCoordinates": {"latitude": 54.3}},
            "deviceDetail": {"deviceId": "", "displayName": "", "nested": {"a": [null, {}]}},
            "authenticationDetails": [{"authenticationMethod": "Password"}, {"authenticationMethod": "Text message"}],
        }
    })
}

/// The same sign-in in the other two shapes of the log.
fn other_shapes() -> [Value; 2] {
    let all = refused()["properties"].clone();
    let mut graph = all.clone();
    graph["status"] = json!({"errorCode": 500_121});
    graph["correlationId"] = json!("c0ffee00-1111-4222-8333-444455556666");
    let row = json!({
        "Type": "SigninLogs", "TimeGenerated": "2026-03-01T10:00:09.5Z", "CreatedDateTime": "2026-03-01T10:00:00.5Z", "ResultType": "500121",
        "Id": all["id"], "CorrelationId": "c0ffee00-1111-4222-8333-444455556666", "UserPrincipalName": all["userPrincipalName"],
        "UserId": all["userId"], "AppDisplayName": "Office", "AuthenticationRequirement": "multiFactorAuthentication",
        "LocationDetails": all["location"], "DeviceDetail": all["deviceDetail"].to_string(),
        "AuthenticationDetails": all["authenticationDetails"].to_string(),
    });
    [graph, row]
}

#[test]
fn names_and_paths_find_and_judge_the_same_in_every_shape() {
    let keys = r#"
        user = "ada@contoso.example"
        id = "0A1B2C3D-1111-4222-8333-444455556666"
        correlation_id = "c0ffee00-1111-4222-8333-444455556666"
        from = "2026-03-01T10:00:00.5Z"
        to = 2026-03-01T10:00:01Z
        where = { appDisplayName = "Office" }
        code = 500121
        method = "Password"
        filled = ["app", "location"]
        equal = { authenticationRequirement = "multiFactorAuthentication" }
        format = { userPrincipalName = "email" }"#;
    let [graph, row] = other_shapes();
    for record in [refused(), graph, row] {
        expected(keys, std::slice::from_ref(&record));
        unexpected("user = \"ada@contoso.example\"\ncode = 0\nfilled = [\"device\"]", &[record], "code 500121 instead of 0; device empty");
    }
}

#[test]
fn a_record_is_found_by_all_that_is_given_and_any_of_its_values() {
    let record = [refused()];
    expected(r#"user = ["bob@contoso.example", "8D9D2B0C-6d0a-4b51-9d86-0f0b6b6f7a10"]"#, &record);
    expected("where = { isInteractive = true, rngcStatus = 0 }", &record);
    expected(r#"where = { "authenticationDetails[].authenticationMethod" = "Text message" }"#, &record);
    expected(r#"where = { "properties.location.city" = "kiel", location = "DE" }"#, &record);
    missing(r#"user = "bob@contoso.example""#, &record, "user bob@contoso.example");
    missing(r#"user = "ada@contoso.exampl""#, &record, "user ada@contoso.exampl");
    missing(
        "user = \"ada@contoso.example\"\nwhere = { app = [\"Word\", \"Excel\"] }",
        &record,
        "user ada@contoso.example, app Word or Excel",
    );
    missing(r#"where = { "location.cty" = "Kiel" }"#, &record, "location.cty Kiel");
}

#[test]
fn a_span_of_time_holds_its_first_moment_and_not_its_last() {
    let record = [refused()];
    expected("from = 2026-03-01T10:00:00.5Z", &record);
    expected("from = 2026-03-01T11:00:00.5+01:00", &record);
    expected("from = 2026-03-01", &record);
    missing("from = 2026-03-01T10:00:00.500001Z", &record, "from 2026-03-01T10:00:00.500001Z");
    missing("to = 2026-03-01T10:00:00.5Z", &record, "before 2026-03-01T10:00:00.5Z");
    expected("to = \"2026-03-01T10:00:00.500001Z\"", &record);
    missing("to = 2030-01-01", &[json!({"properties": {"userPrincipalName": "ada@contoso.example"}})], "before 2030-01-01");
}

#[test]
fn escapes_hide_no_record() {
    let record = refused().to_string().replace("Ada@contoso", "\\u0041d\\u0061@c\\u006fntoso").replace("example", "\\u0065xample");
    let source = Source::named("entra-signin").unwrap();
    let mut watcher = Watcher::new(&manifest("user = \"ada@contoso.example\""), &source, HashKey::new([7; 32]), false).unwrap();
    watcher.see(record.as_bytes());
    assert_eq!(watcher.outcomes().unexplained, 0);
    // Nothing in this value can be looked for by its letters.
    expected("where = { app = \"日本\" }", &[json!({"properties": {"appDisplayName": "日本"}})]);
}

#[test]
fn empty_is_told_from_absent_and_an_object_is_as_empty_as_its_members() {
    let mut record = refused();
    let keys = r#"user = "ada@contoso.example"
        filled = ["location", "location.geoCoordinates", "deviceDetail", "deviceDetail.nested", "app", "userAgent", "resource"]"#;
    unexpected(keys, &[record.clone()], "deviceDetail and deviceDetail.nested empty; userAgent and resource absent");
    record["properties"]["location"] = json!({"city": "", "geoCoordinates": {"latitude": 0.0}});
    record["properties"]["appDisplayName"] = json!("-");
    let said = "location, location.geoCoordinates, deviceDetail, deviceDetail.nested and app empty; userAgent and resource absent";
    unexpected(keys, &[record], said);
}

#[test]
fn what_is_wrong_is_said_and_nothing_is_given_away() {
    let record = [refused()];
    let find = "user = \"ada@contoso.example\"\n";
    for (keys, said) in [
        ("code = [0, \"50074\"]", "code 500121 instead of 0 or 50074"),
        ("method = \"Text message\"", "method Password instead of Text message"),
        ("equal = { authenticationRequirement = \"none\" }", "authenticationRequirement multiFactorAuthentication instead of none"),
        ("equal = { userDisplayName = \"Ada\" }", "userDisplayName is a title-case text, not Ada"),
        ("equal = { userAgent = \"x\" }", "userAgent absent instead of x"),
        ("equal = { deviceDetail = \"x\" }", "deviceDetail empty instead of x"),
        ("format = { userPrincipalName = \"guid\" }", "userPrincipalName is an e-mail address, not guid"),
        ("format = { userId = \"Upper-case GUID\" }", "userId is a GUID, not upper-case GUID"),
        ("format = { userAgent = \"words\" }", "userAgent absent instead of words"),
        (
            "format = { appDisplayName = \"number\", userId = \"email\" }",
            "appDisplayName is a title-case word, not number; userId is a GUID, not email",
        ),
    ] {
        unexpected(&format!("{find}{keys}"), &record, said);
    }
    for keys in [
        "equal = { isInteractive = true, \"authenticationDetails[].authenticationMethod\" = \"Text message\", rngcStatus = [1, 0] }",
        "format = { isInteractive = \"boolean\", rngcStatus = \"number\", \"properties.createdDateTime\" = \"time\" }",
        "format = { userPrincipalName = \"E-Mail Address\", userId = \"GUID\" }",
    ] {
        expected(&format!("{find}{keys}"), &record);
    }
    let shown = watched(&format!("{find}equal = {{ userDisplayName = \"Ada\" }}"), &record, true);
    assert_eq!(summary(&shown.sign_ins[0], &str::to_owned), "userDisplayName Ada Lovelace instead of Ada");
}

#[test]
fn the_number_of_records_is_held_to() {
    let user = "user = \"ada@contoso.example\"\n";
    let (none, two) = ([], [refused(), refused()]);
    let many = |records: &str| format!("{user}records = {records}");
    expected(user, &two);
    for records in ["2", "{ max = 2 }", "{ min = 2 }", "{ min = 1, max = 3 }"] {
        expected(&many(records), &two);
    }
    for (records, said) in
        [("1", "1"), ("{ min = 3 }", "at least 3"), ("{ min = 0, max = 1 }", "at most 1"), ("{ min = 3, max = 4 }", "3 to 4"), ("0", "0")]
    {
        unexpected(&many(records), &two, &format!("2 records instead of {said}"));
    }
    expected(&many("0"), &none);
    expected(&many("{ min = 0 }"), &none);
    missing(&many("{ max = 2 }"), &none, "user ada@contoso.example");
}

#[test]
fn every_record_counts_once_and_all_must_be_right_in_any_order() {
    let mut other = refused();
    other["resultType"] = json!("0");
    let stranger = json!({"properties": {"userPrincipalName": "bob@contoso.example"}});
    let all = [refused(), other.clone(), stranger.clone(), refused()];
    let keys = "user = \"ada@contoso.example\"\ncode = 500121\n[[sign_in]]\nname = \"the same\"\nwhere = { resultType = 0 }";
    let outcomes = watched(keys, &all, false);
    assert_eq!((outcomes.records, outcomes.unexplained, outcomes.fail()), (4, 1, true));
    assert_eq!(summary(&outcomes.sign_ins[0], &str::to_owned), "code 0 instead of 500121 (in 1 of 3 records)");
    assert_eq!(summary(&outcomes.sign_ins[1], &str::to_owned), "1 record");
    assert_eq!(watched(keys, &[stranger, other, refused(), refused()], false), outcomes);
}

#[test]
fn of_very_many_differences_the_same_few_stay_whatever_the_order() {
    let record = |code: u64| json!({"resultType": code.to_string(), "properties": {"userPrincipalName": "ada@contoso.example"}});
    let mut records: Vec<Value> = (1000..1200).map(record).collect();
    records.extend((1000..1200).map(record));
    let keys = "user = \"ada@contoso.example\"\ncode = 0";
    let outcomes = watched(keys, &records, false);
    assert_eq!((outcomes.sign_ins[0].differences.len(), outcomes.sign_ins[0].records), (64, 400));
    assert!(outcomes.sign_ins[0].differences.iter().all(|row| row.1 == 2));
    records.reverse();
    assert_eq!(watched(keys, &records, false), outcomes);
}

#[test]
fn a_broken_manifest_is_refused_with_line_key_and_what_to_do() {
    let whole = |keys: &str| format!("[[sign_in]]\nname = \"it\"\nuser = \"ada\"\n{keys}");
    for (text, said) in [
        (whole("filed = []"), "m:4:1: sign_in[0].filed: unknown key `filed`; did you mean `filled`?"),
        (whole("from = \"noon\""), "m:4:8: sign_in[0].from: \"noon\" is no time; write it as 2026-03-01T09:30:00Z"),
        (whole("from = 2026-03-01\nto = 2026-03-01"), "m: sign_in \"it\": to: it is not after from"),
        (whole("format = { a = \"gid\" }"), "m:4:16: sign_in[0].format.a: there is no format \"gid\"; did you mean `guid`?"),
        (whole("format = { a = \"a nice long thing\" }"), "write one of guid, email, ip"),
        (whole("records = -1"), "m:4:11: sign_in[0].records: a number of records is not below 0"),
        (whole("records = { min = 2, max = 1 }"), "max = 1 is below min = 2"),
        (whole("records = \"1\""), "expected a number of records, or a table such as { min = 1, max = 3 }"),
        (whole("code = \"\""), "m:4:8: sign_in[0].code: an empty text is no value"),
        (whole("equal = { a = [] }"), "sign_in[0].equal.a: an empty list holds no value"),
        (whole("filled = [\"a..b\"]"), "m:4:10: sign_in[0].filled[0]: \"a..b\" is no path"),
        (whole("[[sign_in]]\nname = \"it\"\nuser = 1"), "m: sign_in: name: two sign-ins are called \"it\"; rename one"),
        ("[[sign_in]]\nname = \"it\"".into(), "m: sign_in \"it\": nothing tells which records are its own; give it user, id"),
        ("[[sign_in]]\nname = \" \"\nuser = 1".into(), "m: sign_in: name: it is empty"),
        ("[[sign_in]]\nuser = 1".into(), "m:1:1: sign_in[0]: missing field `name`"),
        ("sign_in = []".into(), "m: it holds no sign-in; add a [[sign_in]]"),
        ("sign_in = 1".into(), "m:1:11: sign_in: invalid type: integer `1`"),
        ("[[sign_in]\n".into(), "m:1:"),
        ("{\"sign_in\": [\n{\"name\": \"it\", \"usr\": 1}]}".into(), "m:2:20: sign_in[0].usr: unknown key `usr`; did you mean `user`?"),
        (
            "{\"sign_in\": [{\"name\": \"it\",\n\"user\": {}}]}".into(),
            "m:2:10: sign_in[0].user: invalid type: map, expected a text, a number",
        ),
        ("{\"sign_in\": [{\"name\": \"it\", \"user\": 1}]} x".into(), "m:1:42: trailing characters"),
        ("{\"sign_in\": [".into(), "m:1:1"),
    ] {
        let error = Manifest::read(&text, "m").unwrap_err();
        assert!(error.contains(said), "{text}\n{error}\n{said}");
    }
}

#[test]
fn json_says_the_same_as_toml() {
    let text = r#" {"sign_in": [{"name": "it", "user": "ada@contoso.example", "from": "2026-03-01T10:00:00Z", "code": [0, 500121],
        "records": {"min": 1}, "filled": ["app"], "format": {"userId": "guid"}}]}"#;
    let source = Source::named("entra-signin").unwrap();
    let mut watcher = Watcher::new(&Manifest::read(text, "m").unwrap(), &source, HashKey::new([7; 32]), false).unwrap();
    watcher.see(refused().to_string().as_bytes());
    assert_eq!(watcher.outcomes().sign_ins[0].state, State::Expected);
}

#[test]
fn a_source_without_a_field_says_which_it_has() {
    let source = Source::generic(None, Some("result"), &[], None, Some("who")).unwrap();
    let error = |keys: &str| Watcher::new(&manifest(keys), &source, HashKey::new([7; 32]), false).err().unwrap();
    let said = error("correlation_id = 1");
    assert!(said.starts_with("sign_in \"it\": source generic has no field called correlation_id (known here: code, user)"), "{said}");
    assert!(error("from = 2026-03-01").starts_with("from and to: source generic has no field called time"));
    let mut watcher = Watcher::new(&manifest("user = \"ada\"\ncode = \"ok\""), &source, HashKey::new([7; 32]), false).unwrap();
    watcher.see(br#"{"who": "ada", "result": "ok"}"#);
    assert!(!watcher.outcomes().fail());
}
