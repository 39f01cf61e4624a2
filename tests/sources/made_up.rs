//! Made-up sign-ins of every provider, in the shapes that their documentation gives, and two drifts of each: a code that nobody had
//! seen, and a field that is empty from one day on.

use serde_json::{Value, json};

/// Sign-ins of one provider.
pub(crate) struct Provider {
    pub(crate) source: &'static str,
    /// Record number so and so; one in eight failed.
    pub(crate) record: fn(u64) -> Value,
    /// Makes it a failure under a new code.
    pub(crate) fail: fn(&mut Value),
    pub(crate) code: &'static str,
    /// Empties a field.
    pub(crate) empty: fn(&mut Value),
    pub(crate) path: &'static str,
}

pub(crate) const PROVIDERS: &[Provider] = &[
    Provider {
        source: "okta-system",
        record: okta,
        fail: |record| record["outcome"] = json!({"result": "FAILURE", "reason": "PASSKEY_SESSION_DENIED"}),
        code: "PASSKEY_SESSION_DENIED",
        empty: |record| record["client"]["geographicalContext"] = Value::Null,
        path: "client.geographicalContext",
    },
    Provider {
        source: "aws-console-login",
        record: aws,
        fail: |record| {
            record["errorMessage"] = json!("Passkey challenge was refused");
            record["responseElements"] = json!({"ConsoleLogin": "Failure"});
        },
        code: "Passkey challenge was refused",
        empty: |record| record["sourceIPAddress"] = json!(""),
        path: "sourceIPAddress",
    },
    Provider {
        source: "google-login",
        record: google,
        fail: |record| {
            record["events"][0]["name"] = json!("login_failure");
            record["events"][0]["parameters"][0] = json!({"name": "login_failure_type", "value": "login_failure_passkey_refused"});
        },
        code: "login_failure_passkey_refused",
        empty: |record| record["ipAddress"] = json!(""),
        path: "ipAddress",
    },
    Provider {
        source: "google-login",
        record: google_cloud,
        fail: |record| record["protoPayload"]["metadata"]["event"][0]["eventName"] = json!("passkey_refused"),
        code: "passkey_refused",
        empty: |record| record["protoPayload"]["requestMetadata"]["callerIp"] = json!(""),
        // It is all there is in the object.
        path: "protoPayload.requestMetadata",
    },
    Provider {
        source: "duo-auth",
        record: duo,
        fail: |record| (record["result"], record["reason"]) = (json!("denied"), json!("verified_push_timed_out")),
        code: "verified_push_timed_out",
        empty: |record| record["access_device"]["location"] = json!({"city": "", "country": "", "state": ""}),
        path: "access_device.location",
    },
    Provider {
        source: "auth0",
        record: auth0,
        fail: |record| record["data"]["type"] = json!("fpasskey"),
        code: "fpasskey",
        empty: |record| record["data"]["ip"] = json!(""),
        path: "data.ip",
    },
    Provider {
        source: "onelogin",
        record: onelogin,
        fail: |record| record["event_type_id"] = json!(2_903),
        code: "2903",
        empty: |record| record["user_name"] = json!(""),
        path: "user_name",
    },
    Provider {
        source: "entra-ecs",
        record: entra_ecs,
        fail: |record| {
            record["azure"]["signinlogs"]["result_type"] = json!("1003033");
            record["azure"]["signinlogs"]["properties"]["status"]["error_code"] = json!(1_003_033);
        },
        code: "1003033",
        empty: |record| record["source"]["geo"] = json!({"city_name": "", "country_iso_code": ""}),
        path: "source.geo",
    },
    Provider {
        source: "o365-login",
        record: o365,
        fail: |record| (record["Operation"], record["ErrorNumber"]) = (json!("UserLoginFailed"), json!("1003033")),
        code: "1003033",
        empty: |record| record["ClientIP"] = json!(""),
        path: "ClientIP",
    },
];

/// A day of sign-ins, numbers `from` on.
pub(crate) fn day(provider: &Provider, from: u64, count: u64) -> Vec<Value> {
    (from..from + count).map(provider.record).collect()
}

/// Whoever signs in, of sixty.
fn user(n: u64) -> String {
    format!("user{}@corp.example", n % 60)
}

fn failed(n: u64) -> bool {
    n % 8 == 7
}

fn of<'a>(choices: &[&'a str], n: u64) -> &'a str {
    choices[(n % choices.len() as u64) as usize]
}

fn address(n: u64) -> String {
    format!("198.51.100.{}", n % 60 + 1)
}

fn at(n: u64) -> String {
    format!("2026-03-01T{:02}:{:02}:{:02}.{:03}Z", n / 3_600 % 24, n / 60 % 60, n % 60, n % 1_000)
}

fn guid(n: u64) -> String {
    format!("{:08x}-0000-4000-8000-{n:012x}", n.wrapping_mul(2_654_435_761) as u32)
}

fn okta(n: u64) -> Value {
    let outcome = match (failed(n), n / 8 % 3) {
        (false, _) => json!({"result": "SUCCESS", "reason": null}),
        (true, 0) => json!({"result": "FAILURE", "reason": "VERIFICATION_ERROR"}),
        (true, _) => json!({"result": "FAILURE", "reason": "INVALID_CREDENTIALS"}),
    };
    json!({"uuid": guid(n), "published": at(n), "eventType": of(&["user.session.start", "user.authentication.sso"], n / 8),
        "version": "0", "severity": "INFO", "displayMessage": "User login to Okta", "outcome": outcome,
        "actor": {"id": format!("00u{:017}", n % 60), "type": "User", "alternateId": user(n), "displayName": format!("User {}", n % 60)},
        "client": {"userAgent": {"rawUserAgent": "Mozilla/5.0 (X11)", "os": "Linux", "browser": of(&["CHROME", "FIREFOX"], n / 3)},
            "zone": "null", "device": "Computer", "id": null, "ipAddress": address(n),
            "geographicalContext": {"city": "Rome", "country": "Italy", "geolocation": {"lat": 41.9, "lon": 12.5}}},
        "authenticationContext": {"authenticationStep": 0, "externalSessionId": format!("idx{n}")},
        "debugContext": {"debugData": {"requestUri": "/idp/idx/identify", "threatSuspected": "false", "factor": "OKTA_VERIFY_PUSH"}},
        "target": [{"id": format!("0oa{}", n % 5), "type": "AppInstance", "displayName": format!("App {}", n % 5)}]})
}

fn aws(n: u64) -> Value {
    let mut record = json!({"eventVersion": "1.08", "eventTime": at(n).replace(&format!(".{:03}", n % 1_000), ""), "eventName": "ConsoleLogin",
        "eventSource": "signin.amazonaws.com", "eventType": "AwsConsoleSignIn", "awsRegion": of(&["us-east-1", "eu-west-1"], n / 5),
        "sourceIPAddress": address(n), "userAgent": "Mozilla/5.0 (X11)", "eventID": guid(n), "readOnly": false, "recipientAccountId": "111122223333",
        "userIdentity": {"type": "IAMUser", "arn": format!("arn:aws:iam::111122223333:user/u{}", n % 60), "accountId": "111122223333",
            "principalId": format!("AIDA{:016}", n % 60), "userName": format!("u{}", n % 60)},
        "additionalEventData": {"MFAUsed": of(&["Yes", "Yes", "No"], n), "MobileVersion": "No", "LoginTo": "https://console.aws.amazon.com/"},
        "responseElements": {"ConsoleLogin": "Success"}});
    if failed(n) {
        record["errorMessage"] = json!("Failed authentication");
        record["responseElements"] = json!({"ConsoleLogin": "Failure"});
    }
    record
}

fn google(n: u64) -> Value {
    let challenge = json!({"name": "login_challenge_method", "multiValue": ["password", of(&["google_prompt", "security_key"], n / 8)]});
    let event = match failed(n) {
        true => json!({"type": "login", "name": "login_failure", "parameters":
            [{"name": "login_failure_type", "value": "login_failure_invalid_password"}, {"name": "login_type", "value": "google_password"}, challenge]}),
        false => json!({"type": "login", "name": "login_success", "parameters":
            [{"name": "login_type", "value": of(&["google_password", "saml"], n / 4)}, challenge, {"name": "is_suspicious", "boolValue": false}]}),
    };
    json!({"kind": "admin#reports#activity", "etag": format!("\"{n}\""), "ipAddress": address(n), "events": [event],
        "id": {"time": at(n), "uniqueQualifier": format!("{}", 7_000_000 + n), "applicationName": "login", "customerId": "C01abc234"},
        "actor": {"email": user(n), "profileId": format!("1{:020}", n % 60)}})
}

fn google_cloud(n: u64) -> Value {
    let name = if failed(n) { "login_failure" } else { "login_success" };
    json!({"protoPayload": {"@type": "type.googleapis.com/google.cloud.audit.AuditLog", "serviceName": "login.googleapis.com",
            "methodName": if failed(n) { "google.login.LoginService.loginFailure" } else { "google.login.LoginService.loginSuccess" },
            "authenticationInfo": {"principalEmail": user(n)}, "requestMetadata": {"callerIp": address(n)},
            "metadata": {"event": [{"eventName": name, "eventType": "login",
                "parameter": [{"name": "login_type", "type": "TYPE_STRING", "value": "google_password", "label": "LABEL_OPTIONAL"}]}]}},
        "insertId": format!("ins{n}"), "timestamp": at(n), "receiveTimestamp": at(n + 60), "severity": "NOTICE",
        "resource": {"type": "audited_resource", "labels": {"service": "login.googleapis.com"}}})
}

fn duo(n: u64) -> Value {
    let (result, reason) =
        if failed(n) { ("denied", of(&["no_response", "invalid_passcode"], n / 8)) } else { ("success", "user_approved") };
    json!({"timestamp": 1_772_323_200 + n, "isotimestamp": at(n), "txid": guid(n), "event_type": "authentication",
        "factor": of(&["duo_push", "sms_passcode"], n / 5), "result": result, "reason": reason,
        "user": {"key": format!("DU{:018}", n % 60), "name": user(n), "groups": []},
        "application": {"key": format!("DI{:018}", n % 3), "name": of(&["VPN", "Mail", "Portal"], n)},
        "access_device": {"browser": "Chrome", "os": "Linux", "ip": address(n), "location": {"city": "Rome", "country": "Italy", "state": "Latium"}},
        "auth_device": {"ip": address(n + 1), "name": "phone"}})
}

fn auth0(n: u64) -> Value {
    json!({"log_id": format!("9002026{n:050}"), "data": {"date": at(n), "log_id": format!("9002026{n:050}"), "type": if failed(n) { "fp" } else { "s" },
        "description": if failed(n) { "Wrong email or password." } else { "" }, "connection": "Username-Password-Authentication",
        "client_id": format!("c{}", n % 3), "client_name": of(&["Shop", "Portal", "Mail"], n), "ip": address(n), "isMobile": n.is_multiple_of(3),
        "user_agent": "Chrome 114.0.0 / Linux", "user_id": format!("auth0|{:024x}", n % 60), "user_name": user(n), "strategy": "auth0"}})
}

fn onelogin(n: u64) -> Value {
    json!({"id": 900_000_000 + n, "created_at": at(n), "account_id": 4711, "event_type_id": if failed(n) { 6 } else { 5 + 3 * (n % 2) },
        "user_id": 1_000 + n % 60, "user_name": user(n), "actor_user_id": 1_000 + n % 60, "ipaddr": address(n), "app_name": of(&["Mail", "Wiki"], n / 2),
        "error_description": null, "notes": null, "risk_score": n % 40})
}

fn entra_ecs(n: u64) -> Value {
    let code = if failed(n) { 50_126 } else { 0 };
    json!({"@timestamp": at(n), "event": {"action": "Sign-in activity", "dataset": "azure.signinlogs", "outcome": if failed(n) { "failure" } else { "success" }},
        "source": {"ip": address(n), "geo": {"city_name": "Rome", "country_iso_code": "IT"}}, "user": {"name": format!("user{}", n % 60)},
        "azure": {"signinlogs": {"category": of(&["SignInLogs", "NonInteractiveUserSignInLogs"], n / 2), "result_type": code.to_string(), "identity": format!("User {}", n % 60),
            "properties": {"id": guid(n), "created_at": at(n), "user_id": guid(9_000_000 + n % 60), "user_principal_name": user(n), "app_id": guid(8_000_000 + n % 3),
                "app_display_name": of(&["Portal", "Mail", "Teams"], n), "client_app_used": "Browser", "authentication_requirement": "multiFactorAuthentication",
                "status": {"error_code": code}, "risk_event_types_v2": [], "device_detail": {"operating_system": "Linux", "browser": "Chrome 120"}}}}})
}

fn o365(n: u64) -> Value {
    let (operation, number) = if failed(n) { ("UserLoginFailed", "50126") } else { ("UserLoggedIn", "0") };
    json!({"CreationTime": at(n).replace(&format!(".{:03}Z", n % 1_000), ""), "Id": guid(n), "Operation": operation, "OrganizationId": guid(1), "RecordType": 15,
        "ResultStatus": if failed(n) { "Failed" } else { "Success" }, "UserKey": guid(9_000_000 + n % 60), "UserType": 0, "Version": 1, "Workload": "AzureActiveDirectory",
        "ClientIP": address(n), "UserId": user(n), "AzureActiveDirectoryEventType": 1, "ApplicationId": guid(8_000_000 + n % 3), "ErrorNumber": number,
        "ExtendedProperties": [{"Name": "ResultStatusDetail", "Value": if failed(n) { "UserError" } else { "Success" }},
            {"Name": "RequestType", "Value": of(&["OAuth2:Token", "Login:login"], n / 4)}],
        "DeviceProperties": [{"Name": "OS", "Value": "Linux"}, {"Name": "BrowserType", "Value": "Chrome"}]})
}
