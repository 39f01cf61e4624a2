//! Built-in and user-made sources against records in every shape they come in.

use super::*;
use crate::model::{FieldPath, Segment};
use serde_json::{Value, json};

fn path(text: &str) -> FieldPath {
    FieldPath::parse(text).unwrap()
}

fn entra() -> Source {
    Source::named("entra-signin").unwrap()
}

/// The first filled value at a path, as text.
fn at(value: &Value, segments: &[Segment]) -> Option<String> {
    match (segments.split_first(), value) {
        (None, Value::String(text)) => (!text.is_empty()).then(|| text.clone()),
        (None, Value::Null) => None,
        (None, other) => Some(other.to_string()),
        (Some((Segment::Key(key), rest)), Value::Object(map)) => at(map.get(key)?, rest),
        (Some((Segment::Elements, rest)), Value::Array(items)) => items.iter().find_map(|item| at(item, rest)),
        _ => None,
    }
}

/// What each role and dimension reads in a record.
fn read(source: &Source, record: &Value) -> Vec<Option<String>> {
    let found = |paths: &Vec<FieldPath>| paths.iter().find_map(|path| at(record, path.segments()));
    source.roles().iter().map(found).collect()
}

fn azure_monitor() -> Value {
    json!({"time": "T2", "category": "SignInLogs", "resultType": "50126", "resultDescription": "bad password",
        "callerIpAddress": "192.0.2.1", "identity": "Ann", "properties": {
        "id": "r1", "createdDateTime": "T1", "userId": "u1", "servicePrincipalId": "", "ipAddress": "192.0.2.1", "appId": "a1",
        "appDisplayName": "Mail", "clientAppUsed": "Browser", "authenticationRequirement": "singleFactorAuthentication",
        "status": {"errorCode": 50126, "failureReason": "bad password"},
        "authenticationDetails": [{"authenticationMethod": "Password"}, {"authenticationMethod": "FIDO2"}]}})
}

fn graph() -> Value {
    json!({"id": "r1", "createdDateTime": "T1", "userId": "u1", "ipAddress": "192.0.2.1", "appId": "a1", "appDisplayName": "Mail",
        "clientAppUsed": "Browser", "authenticationRequirement": "singleFactorAuthentication",
        "status": {"errorCode": 50126, "failureReason": "bad password"}, "authenticationDetails": [{"authenticationMethod": "Password"}]})
}

fn log_analytics() -> Value {
    json!({"TimeGenerated": "T2", "CreatedDateTime": "T1", "Type": "SigninLogs", "Category": "SignInLogs", "ResultType": "50126",
        "ResultDescription": "bad password", "Id": "r1", "UserId": "u1", "IPAddress": "192.0.2.1", "AppId": "a1", "AppDisplayName": "Mail",
        "ClientAppUsed": "Browser", "AuthenticationRequirement": "singleFactorAuthentication",
        "Status": {"errorCode": 50126}, "AuthenticationDetails": [{"authenticationMethod": "Password"}]})
}

#[test]
fn every_built_in_parses_under_its_own_name() {
    for row in SOURCES {
        let source = Source::from_toml(row.text, row.name).unwrap();
        assert_eq!(source.name, row.name);
        assert!(!source.title.is_empty());
    }
    assert!(Source::named("entra").is_none());
}

#[test]
fn roles_and_dimensions_find_the_same_facts_in_all_three_shapes() {
    let source = entra();
    let names: Vec<&str> = source.dimensions().iter().map(|dimension| dimension.name.as_str()).collect();
    assert_eq!(names, ["resultType", "category", "appDisplayName", "clientAppUsed", "authenticationRequirement", "authenticationMethod"]);
    assert_eq!(source.roles().len(), Role::ALL.len() + names.len());
    let (t2, category) = (Some("T2"), Some("SignInLogs"));
    for (record, delivered, category) in [(azure_monitor(), t2, category), (graph(), None, None), (log_analytics(), t2, category)] {
        let expected = [
            Some("T1"),
            delivered,
            Some("50126"),
            Some("bad password"),
            category,
            Some("r1"),
            Some("u1"),
            Some("50126"),
            category,
            Some("Mail"),
            Some("Browser"),
            Some("singleFactorAuthentication"),
            Some("Password"),
        ];
        assert_eq!(read(&source, &record), expected.map(|text| text.map(str::to_owned)), "{record}");
    }
}

#[test]
fn fallbacks_step_in_where_the_first_choice_is_missing_or_empty() {
    let source = entra();
    let role = |record: &Value, role: Role| read(&source, record)[role.index()].clone().unwrap();
    let bare = json!({"time": "T2", "Type": "AADManagedIdentitySignInLogs", "callerIpAddress": "192.0.2.9", "properties": {"userId": ""}});
    assert_eq!(role(&bare, Role::Time), "T2");
    assert_eq!(role(&bare, Role::RecordType), "AADManagedIdentitySignInLogs");
    assert_eq!(role(&bare, Role::Actor), "192.0.2.9");
    let program = json!({"TimeGenerated": "T3", "UserId": null, "ServicePrincipalId": "s1", "IPAddress": "192.0.2.9", "AppId": "a1"});
    assert_eq!(role(&program, Role::Time), "T3");
    assert_eq!(role(&program, Role::Actor), "s1");
    assert_eq!(read(&source, &program)[Role::ALL.len() + 2].as_deref(), Some("a1"));
}

#[test]
fn only_sign_ins_are_read() {
    let source = entra();
    for name in ["SignInLogs", "SigninLogs", "NonInteractiveUserSignInLogs", "AADNonInteractiveUserSignInLogs", "ManagedIdentitySignInLogs"]
    {
        assert!(source.reads(Some(name)), "{name}");
    }
    for name in ["AuditLogs", "RiskyUsers", "SignInLogsExtra", "UserManagement", ""] {
        assert!(!source.reads(Some(name)), "{name}");
    }
    assert!(source.reads(None));
    assert!(Source::named("generic").unwrap().reads(Some("anything")));
}

#[test]
fn words_are_kept_for_closed_sets_in_every_spelling() {
    let source = entra();
    for text in [
        "category",
        "Category",
        "Type",
        "operationName",
        "properties.clientAppUsed",
        "ClientAppUsed",
        "clientAppUsed",
        "properties.appliedConditionalAccessPolicies[].result",
        "ConditionalAccessPolicies[].result",
        "AuthenticationDetails[].authenticationMethod",
        "properties.authenticationDetails[].authenticationStepResultDetail",
        "properties.authenticationProcessingDetails[\"Is CAE Token\"]",
        "DeviceDetail.operatingSystem",
        "RiskEventTypes_V2[]",
        "properties.riskEventTypes_v2[]",
        "riskLevelDuringSignIn",
    ] {
        assert!(source.keeps_words(&path(text)), "{text}");
    }
}

#[test]
fn personal_fields_are_never_kept() {
    let source = entra();
    let fields = [
        "userPrincipalName",
        "userDisplayName",
        "userId",
        "alternateSignInName",
        "signInIdentifier",
        "ipAddress",
        "id",
        "correlationId",
        "originalRequestId",
        "uniqueTokenIdentifier",
        "sessionId",
        "appDisplayName",
        "appId",
        "resourceDisplayName",
        "resourceId",
        "servicePrincipalName",
        "servicePrincipalId",
        "userAgent",
        "homeTenantId",
        "homeTenantName",
        "tokenIssuerName",
        "autonomousSystemNumber",
        "location",
        "location.city",
        "location.state",
        "location.countryOrRegion",
        "location.geoCoordinates.latitude",
        "locationDetails.city",
        "deviceDetail.deviceId",
        "deviceDetail.displayName",
        "status.failureReason",
        "authenticationDetails[].authenticationMethodDetail",
        "appliedConditionalAccessPolicies[].displayName",
        "appliedConditionalAccessPolicies[].id",
        "networkLocationDetails[].networkNames[]",
        "mfaDetail.authDetail",
        "authenticationProcessingDetails[].value",
    ];
    for field in fields {
        let capital = field[..1].to_uppercase() + &field[1..];
        for text in [format!("properties.{field}"), field.to_owned(), capital] {
            assert!(!source.keeps_words(&path(&text)), "{text}");
        }
    }
    for text in
        ["identity", "Identity", "callerIpAddress", "IPAddress", "ConditionalAccessPolicies[].displayName", "properties", "tenantId"]
    {
        assert!(!source.keeps_words(&path(text)), "{text}");
    }
}

#[test]
fn kinds_tell_who_writes_a_field() {
    let source = entra();
    for (text, kind) in [
        ("properties.userAgent", PathKind::Client),
        ("DeviceDetail.displayName", PathKind::Client),
        ("authenticationAppDeviceDetails.appVersion", PathKind::Client),
        ("AppDisplayName", PathKind::Tenant),
        ("properties.appliedConditionalAccessPolicies[].displayName", PathKind::Tenant),
        ("networkLocationDetails[].networkNames[]", PathKind::Tenant),
        ("identity", PathKind::Tenant),
        ("properties.deviceDetail", PathKind::Vendor),
        ("resultType", PathKind::Vendor),
        ("properties", PathKind::Vendor),
    ] {
        assert_eq!(source.path_kind(&path(text)), kind, "{text}");
    }
}

#[test]
fn codes_have_names_where_the_reference_gives_them() {
    let source = entra();
    assert_eq!(source.code_name("50053"), Some("IdsLocked"));
    assert_eq!(source.code_name("28002"), Some(""));
    assert_eq!(source.code_name("1003033"), None);
    assert!(source.documents("28002") && source.documents("0") && !source.documents("1003033"));
    assert!(source.is_success("0") && !source.is_success("00") && !source.is_success("50126"));
    assert!(source.has_catalogue() && !Source::named("generic").unwrap().has_catalogue());
}

#[test]
fn generic_takes_its_roles_one_by_one() {
    let cohorts = ["event.outcome".to_owned(), "code".to_owned(), "event.outcome".to_owned()];
    let source = Source::generic(Some("ts"), Some("code"), &cohorts, Some("meta.id"), None).unwrap();
    let kinds: Vec<(&str, DimensionKind)> = source.dimensions().iter().map(|d| (d.name.as_str(), d.kind)).collect();
    assert_eq!(kinds, [("code", DimensionKind::Code), ("event.outcome", DimensionKind::Other)]);
    let roles = source.roles();
    assert_eq!(roles[Role::Time.index()], [path("ts")]);
    assert_eq!(roles[Role::RecordId.index()], [path("meta.id")]);
    assert!(roles[Role::Actor.index()].is_empty() && roles[Role::Delivered.index()].is_empty());
    assert!(source.keeps_words(&path("event.outcome")) && !source.keeps_words(&path("actor.login")));
    let error = Source::generic(None, Some("a..b"), &[], None, None).unwrap_err();
    assert!(error.starts_with("the path for code cannot be used: \"a..b\" is no path"), "{error}");
    let error = Source::generic(None, None, &[String::new()], None, None).unwrap_err();
    assert!(error.starts_with("the path for cohort is empty"), "{error}");
}

#[test]
fn a_list_of_words_in_a_file_replaces_the_guess() {
    let text = "name = \"mine\"\ntitle = \"Mine\"\nwords = [\"user.kind\"]\n";
    let source = Source::from_toml(text, "mine.toml").unwrap();
    assert!(source.keeps_words(&path("user.kind")) && source.keeps_words(&path("User.kind")));
    assert!(!source.keeps_words(&path("outcome")));
}

#[test]
fn errors_of_a_file_lead_to_the_line_to_mend() {
    let head = "name = \"mine\"\ntitle = \"Mine\"\n";
    for (text, expected) in [
        ("tenent = []\n", "mine.toml:3:1: unknown key `tenent`; did you mean `tenant`?"),
        ("[roles]\n  tiem = [\"a\"]\n", "mine.toml:4:3: unknown key `tiem`; did you mean `time`?"),
        (
            "[roles]\nzzzz = 1\n",
            "mine.toml:4:1: unknown key `zzzz`; known here: time, delivered, code, code_text, record_type, record_id, actor",
        ),
        ("words = [\"a\", \"b..c\"]\n", "mine.toml:3:9: \"b..c\" is no path: the key at byte 1 is empty or wants [\"...\"]"),
        (
            "catalogue = \"mine\"\n",
            "mine.toml:3:13: no catalogue is called \"mine\"; shipped: auth0-log-types, duo-reasons, entra-result-codes",
        ),
        ("[[dimensions]]\nname = \"x\"\nrole = \"cod\"\n", "mine.toml:5:8: unknown word `cod`; did you mean `code`?"),
        (
            "[[dimensions]]\nname = \"x\"\nrole = \"code\"\n",
            "mine.toml: dimension \"x\" has no fields; give it paths, or fields to its role under [roles]",
        ),
        ("success = 0\n", "mine.toml:3:11: invalid type: integer `0`, expected a sequence"),
    ] {
        assert_eq!(Source::from_toml(&format!("{head}{text}"), "mine.toml").unwrap_err(), expected);
    }
    let error = Source::from_toml("name = \"\u{1b}[2J\"\ntitle = \"x\"\n", "mine.toml").unwrap_err();
    assert!(!error.contains('\u{1b}'), "{error:?}");
    let error = Source::from_toml(&format!("{head}\"\\u001b[2J\" = 1\n"), "mine.toml").unwrap_err();
    assert!(error.starts_with("mine.toml:3:1: unknown key `?[2J`"), "{error:?}");
    let error = Source::from_toml("title = \"x\"\n", "mine.toml").unwrap_err();
    assert!(error.contains("missing field `name`"), "{error}");
}

/// Every path of a record, texts that hold JSON opened as the scanner opens them.
fn leaves(value: &Value, path: &FieldPath, out: &mut std::collections::BTreeSet<FieldPath>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(key, inner)| leaves(inner, &path.join(Segment::Key(key.clone())), out)),
        Value::Array(items) => items.iter().for_each(|item| leaves(item, &path.join(Segment::Elements), out)),
        Value::String(text) => match serde_json::from_str(text) {
            Ok(inner @ (Value::Object(_) | Value::Array(_))) => leaves(&inner, path, out),
            _ => drop(out.insert(path.clone())),
        },
        _ => drop(out.insert(path.clone())),
    }
}

#[test]
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn no_field_of_real_records_that_sounds_personal_is_kept() {
    let samples = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/samples");
    let all: &[(&str, &[&str], usize)] = &[
        (
            "entra-signin",
            &[
                "entra/azure_monitor_panther/panther_azure_audit.ndjson",
                "entra/azure_monitor_splunk/splunk_azure_monitor_aad.ndjson",
                "entra/graph/cribl_signins.ndjson",
                "entra/log_analytics_rows/msticpy_signinlogs.ndjson",
            ],
            60,
        ),
        ("o365-login", &["entra/o365_management_activity/splunk_userloginfailed.ndjson"], 9),
        ("okta-system", &["okta/system_log/panther_okta_systemlog.ndjson"], 25),
        ("aws-console-login", &["aws/cloudtrail_consolelogin/panther_aws_cloudtrail.ndjson"], 15),
        (
            "google-login",
            &["google_workspace/reports/panther_gsuite_activityevent.ndjson", "google_workspace/cloud_audit_login/gcp_fixtures.ndjson"],
            12,
        ),
        ("duo-auth", &["duo/auth/panther_duo_authentication.ndjson"], 4),
        ("auth0", &["auth0/events/panther_auth0_events.ndjson"], 9),
        ("onelogin", &["onelogin/events/panther_onelogin_events.ndjson"], 1),
    ];
    if !samples.exists() {
        eprintln!("skipped: no samples at {}", samples.display());
        return;
    }
    for (source, files, at_least) in all {
        let mut seen = std::collections::BTreeSet::new();
        for file in *files {
            let text = std::fs::read_to_string(samples.join(file)).unwrap();
            text.lines().for_each(|line| leaves(&serde_json::from_str(line).unwrap(), &FieldPath::root(), &mut seen));
        }
        must_sound_harmless(&Source::named(source).unwrap(), &seen, *at_least);
    }
}

/// That at least so many of these fields are kept, and none that sounds personal.
fn must_sound_harmless(source: &Source, seen: &std::collections::BTreeSet<FieldPath>, at_least: usize) {
    let kept: Vec<String> = seen.iter().filter(|path| source.keeps_words(path)).map(ToString::to_string).collect();
    let sounds = ["name", "mail", "ip", "user", "address", "id", "city", "country", "token", "session", "agent", "identity", "number"];
    // What the provider names, not people.
    let named = ["eventName", "methodName", "serviceName", "applicationName"];
    let closed_sets = ["type", "types", "status", "controls"];
    for path in &kept {
        let leaf = FieldPath::parse(path).unwrap().leaf().to_owned();
        let words = personal::words_of(&leaf);
        let parsed = FieldPath::parse(path).unwrap();
        let reads = [Role::Code, Role::RecordType].iter().any(|role| source.fields_of(*role).contains(&parsed));
        if reads || named.contains(&leaf.as_str()) || path.ends_with("event[].parameter[].name") {
            continue;
        }
        let is_flag = leaf.contains(' ') || leaf.starts_with("is");
        let harmless = is_flag || leaf.ends_with("perationName") || closed_sets.contains(&words[words.len() - 1].as_str());
        let hit = words.iter().find(|word| sounds.contains(&word.as_str()));
        assert!(harmless || hit.is_none(), "{path} is kept although it sounds like {hit:?}");
    }
    assert!(kept.len() >= at_least, "only {} fields of {} are kept: {kept:?}", kept.len(), source.name);
}

#[test]
fn what_detections_read_is_known_whatever_the_shape_of_the_log() {
    let source = Source::named("entra-signin").unwrap();
    let relied_on = |text: &str| source.is_relied_on(&FieldPath::parse(text).unwrap());
    for path in ["properties.ipAddress", "ipAddress", "properties.location.city", "properties.deviceDetail", "UserPrincipalName"] {
        assert!(relied_on(path), "{path}");
    }
    for path in ["properties.processingTimeInMilliseconds", "properties", "durationMs", "properties.status.failureReason"] {
        assert!(!relied_on(path), "{path}");
    }
}
