//! One sign-in of the demo as Azure Monitor writes it.

use super::calendar;
use super::cast::{App, Cast, Device, Habit, PLACES, Place, Policy, Program, User};
use super::failures::{Failure, Stage};
use super::random::Random;
use serde_json::{Value, json};

/// When a record happened and what it shares with others.
#[derive(Clone, Debug)]
pub(super) struct Moment {
    /// Ticks since 1970.
    pub(super) created: u64,
    /// When it was handed over.
    pub(super) delivered: u64,
    pub(super) day: u32,
    /// Id of the visit.
    pub(super) correlation: String,
    pub(super) session: String,
}

/// A user's attempt to sign in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attempt<'a> {
    pub(super) user: &'a User,
    pub(super) device: &'a Device,
    pub(super) app: &'a App,
    pub(super) place: usize,
    pub(super) address: &'a str,
    pub(super) is_interactive: bool,
    /// The second factor was shown earlier and still counts.
    pub(super) is_remembered: bool,
}

/// The part of every record around its properties.
fn envelope(cast: &Cast, category: &str, moment: &Moment, failure: Option<&Failure>) -> Value {
    let mut record = json!({
        "time": calendar::zulu(moment.delivered),
        "resourceId": format!("/tenants/{}/providers/Microsoft.aadiam", cast.tenant),
        "operationName": "Sign-in activity",
        "operationVersion": "1.0",
        "category": category,
        "tenantId": cast.tenant,
        "resultType": failure.map_or(0, |failure| failure.code).to_string(),
        "resultSignature": "None",
        "durationMs": 0,
        "correlationId": moment.correlation,
        "Level": 4,
    });
    if let Some(failure) = failure {
        record["resultDescription"] = json!(failure.text);
    }
    record
}

fn location(place: Option<&Place>) -> Value {
    let (city, state, country) = place.map_or(("", "", ""), |place| (place.city, place.state, place.country));
    let (latitude, longitude) = place.map_or((0.0, 0.0), |place| (place.latitude, place.longitude));
    json!({"city": city, "state": state, "countryOrRegion": country, "geoCoordinates": {"latitude": latitude, "longitude": longitude}})
}

/// Properties that users' and programs' records share.
fn shared(cast: &Cast, random: &mut Random, moment: &Moment, app: &App, failure: Option<&Failure>) -> Value {
    let id = random.guid();
    let status = match failure {
        Some(failure) => json!({"errorCode": failure.code, "failureReason": failure.text, "additionalDetails": ""}),
        None => json!({"errorCode": 0}),
    };
    json!({
        "id": id,
        "originalRequestId": id,
        "createdDateTime": calendar::trimmed(moment.created),
        "correlationId": moment.correlation,
        "uniqueTokenIdentifier": random.token(22),
        "status": status,
        "resourceDisplayName": app.resource,
        "resourceId": app.resource_id,
        "resourceTenantId": cast.tenant,
        "homeTenantId": cast.tenant,
        "tenantId": cast.tenant,
        "processingTimeInMilliseconds": 40 + random.below(60) + random.below(20) * random.below(30),
        "riskDetail": "none",
        "riskLevelAggregated": "none",
        "riskLevelDuringSignIn": "none",
        "riskState": "none",
        "riskEventTypes": [],
        "flaggedForReview": false,
        "isTenantRestricted": false,
        "tokenIssuerName": "",
        "tokenIssuerType": "AzureAD",
        "crossTenantAccessType": "none",
        "authenticationProcessingDetails": [
            {"key": "Legacy TLS (TLS 1.0, 1.1, 3DES)", "value": "False"},
            {"key": "Is CAE Token", "value": if random.chance(0.3) { "True" } else { "False" }},
        ],
    })
}

/// The record of a user's attempt.
pub(super) fn of_user(cast: &Cast, random: &mut Random, attempt: &Attempt, moment: &Moment, failure: Option<&Failure>) -> Value {
    let (user, place) = (attempt.user, &PLACES[attempt.place]);
    let category = if attempt.is_interactive { "SignInLogs" } else { "NonInteractiveUserSignInLogs" };
    let mut record = envelope(cast, category, moment, failure);
    record["identity"] = json!(user.name);
    record["callerIpAddress"] = json!(attempt.address);
    record["location"] = json!(place.country);
    let mut properties = shared(cast, random, moment, attempt.app, failure);
    let needs_second = user.habit != Habit::Password || failure.is_some_and(|f| matches!(f.stage, Stage::Interrupt | Stage::Prompt));
    let kind = if user.is_guest { "Guest" } else { "Member" };
    let requirement = json!([{"requirementProvider": "multiConditionalAccess", "detail": "Conditional Access"}]);
    let lifetime = json!([{"expirationRequirement": "rememberMultifactorAuthenticationOnTrustedDevices", "detail": "Remembered device"}]);
    let own = json!({
        "userId": user.id,
        "userPrincipalName": user.principal,
        "userDisplayName": user.name,
        "userType": kind,
        "alternateSignInName": user.principal,
        "signInIdentifier": if attempt.is_interactive { user.principal.as_str() } else { "" },
        "servicePrincipalId": "",
        "sessionId": moment.session,
        "appId": attempt.app.id,
        "appDisplayName": attempt.app.name,
        "ipAddress": attempt.address,
        "autonomousSystemNumber": place.network,
        "location": location(Some(place)),
        "isInteractive": attempt.is_interactive,
        "clientAppUsed": client(attempt),
        "userAgent": attempt.device.agent(moment.day),
        "deviceDetail": device(attempt.device, moment.day),
        "clientCredentialType": "none",
        "ssoExtensionVersion": "",
        "rngcStatus": 0,
        "authenticationProtocol": if attempt.is_interactive { "none" } else { "oAuth2" },
        "incomingTokenType": if attempt.is_interactive { "none" } else { "refreshToken" },
        "originalTransferMethod": "none",
        "signInTokenProtectionStatus": if attempt.device.managed { "bound" } else { "none" },
        "networkLocationDetails": networks(attempt),
        "authenticationRequirement": if needs_second { "multiFactorAuthentication" } else { "singleFactorAuthentication" },
        "authenticationRequirementPolicies": if needs_second { requirement } else { json!([]) },
        "authenticationDetails": steps(attempt, moment, failure),
        "sessionLifetimePolicies": if attempt.app.is_web { json!([]) } else { lifetime },
        "authenticationContextClassReferences": [],
    });
    merge(&mut properties, own);
    applied(&mut properties, &cast.policies, attempt, needs_second, failure);
    if attempt.is_interactive && attempt.address != user.address && random.chance(0.1) {
        merge(&mut properties, json!({"riskState": "atRisk", "riskLevelDuringSignIn": "low", "riskEventTypes": ["unfamiliarFeatures"]}));
    }
    if failure.is_some_and(|failure| failure.stage == Stage::Prompt) {
        properties["status"]["additionalDetails"] = json!("The prompt was refused or ran out");
    }
    record["properties"] = properties;
    record
}

/// The record of a program.
pub(super) fn of_program(cast: &Cast, random: &mut Random, program: &Program, moment: &Moment, failure: Option<&Failure>) -> Value {
    let category = if program.is_managed { "ManagedIdentitySignInLogs" } else { "ServicePrincipalSignInLogs" };
    let place = (!program.is_managed).then(|| &PLACES[program.place]);
    let address = if program.is_managed { "" } else { &program.address };
    let mut record = envelope(cast, category, moment, failure);
    record["identity"] = json!("");
    record["callerIpAddress"] = json!(address);
    record["location"] = json!(place.map_or("", |place| place.country));
    let mut properties = shared(cast, random, moment, &cast.apps[program.app], failure);
    let credential = if program.has_certificate { "clientAssertion" } else { "clientSecret" };
    let own = json!({
        "servicePrincipalId": program.id,
        "servicePrincipalName": program.name,
        "servicePrincipalCredentialKeyId": if program.is_managed { "" } else { &program.key_id },
        "appId": program.app_id,
        "appDisplayName": program.name,
        "ipAddress": address,
        "location": location(place),
        "clientCredentialType": if program.is_managed { "none" } else { credential },
        "managedIdentityType": if program.is_managed { "systemAssigned" } else { "none" },
        "conditionalAccessStatus": "notApplied",
        "authenticationDetails": [],
        "appliedConditionalAccessPolicies": [],
    });
    merge(&mut properties, own);
    record["properties"] = properties;
    record
}

fn merge(into: &mut Value, more: Value) {
    if let (Value::Object(into), Value::Object(more)) = (into, more) {
        into.extend(more);
    }
}

fn client(attempt: &Attempt) -> &'static str {
    match (attempt.app.is_web, attempt.app.name) {
        (true, _) => "Browser",
        (false, "Phone Mail") => "Exchange ActiveSync",
        (false, _) => "Mobile Apps and Desktop clients",
    }
}

fn device(device: &Device, day: u32) -> Value {
    let mut detail = json!({"deviceId": device.id, "displayName": device.name, "operatingSystem": device.system});
    detail["browser"] = json!(device.browser(day));
    detail["trustType"] = json!(if device.managed { "Azure AD joined" } else { "" });
    if device.managed {
        detail["isCompliant"] = json!(true);
        detail["isManaged"] = json!(true);
    }
    detail
}

fn networks(attempt: &Attempt) -> Value {
    if attempt.place == attempt.user.office && attempt.device.managed {
        json!([{"networkType": "trustedNamedLocation", "networkNames": ["Offices"]}])
    } else {
        json!([])
    }
}

/// The steps of the proof: first the primary method, then the second factor.
fn steps(attempt: &Attempt, moment: &Moment, failure: Option<&Failure>) -> Value {
    let stage = failure.map(|failure| failure.stage);
    if stage == Some(Stage::Directory) {
        return json!([]);
    }
    let step = |method: &str, detail: &str, requirement: &str, said: &str, succeeded: bool| {
        json!({"authenticationStepDateTime": calendar::trimmed(moment.created), "authenticationMethod": method,
            "authenticationMethodDetail": detail, "authenticationStepRequirement": requirement,
            "authenticationStepResultDetail": said, "succeeded": succeeded})
    };
    if !attempt.is_interactive || (attempt.is_remembered && failure.is_none()) {
        return json!([step("Previously satisfied", "", "Primary authentication", "Satisfied by a claim in the token", true)]);
    }
    let wrong = stage == Some(Stage::Password);
    let said = if wrong { "Wrong password" } else { "Correct password" };
    let primary = match attempt.user.habit {
        Habit::Key if !wrong => step("FIDO2 security key", "Security key", "Primary authentication", "Correct key", true),
        _ => step("Password", "Password in the cloud", "Primary authentication", said, !wrong),
    };
    let second = match attempt.user.habit {
        Habit::Code => "OATH verification code",
        _ => "Mobile app notification",
    };
    match stage {
        Some(Stage::Password) => json!([primary]),
        Some(Stage::Interrupt) => json!([primary, step("", "", "Multifactor authentication", "Second factor needed", false)]),
        Some(Stage::Prompt) => json!([primary, step(second, "", "Multifactor authentication", "Refused or timed out", false)]),
        _ if matches!(attempt.user.habit, Habit::Prompt | Habit::Code) => {
            json!([primary, step(second, "", "Multifactor authentication", "Second factor passed", true)])
        }
        _ => json!([primary]),
    }
}

/// Which policies applied, and what they came to.
fn applied(properties: &mut Value, policies: &[Policy], attempt: &Attempt, needs_second: bool, failure: Option<&Failure>) {
    let blocked = failure.is_some_and(|failure| failure.stage == Stage::Policy);
    let passed = !failure.is_some_and(|failure| matches!(failure.stage, Stage::Interrupt | Stage::Prompt));
    let rows = policies.iter().enumerate().map(|(i, policy)| {
        let result = match i {
            0 if needs_second && passed => "success",
            0 if needs_second => "failure",
            1 if blocked => "failure",
            1 if attempt.app.name == "Payroll" => "success",
            3 => "reportOnlyNotApplied",
            _ => "notApplied",
        };
        let met = u8::from(result != "notApplied");
        json!({"id": policy.id, "displayName": policy.name, "result": result,
            "enforcedGrantControls": [policy.control], "enforcedSessionControls": [],
            "conditionsSatisfied": met, "conditionsNotSatisfied": 1 - met})
    });
    let rows: Vec<Value> = rows.collect();
    let has = |result: &str| rows.iter().any(|row| row["result"] == result);
    let status = if has("failure") {
        "failure"
    } else if has("success") {
        "success"
    } else {
        "notApplied"
    };
    properties["conditionalAccessStatus"] = json!(status);
    properties["appliedConditionalAccessPolicies"] = json!(rows);
}
