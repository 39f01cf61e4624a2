//! Drifts of fields, formats, values and volume, from D18 on.

use super::Row;
use super::changes::{each, elements, fail_as, of, put, without};
use serde_json::{Value, json};

const SAME: super::Change = |_| {};
const STEPS: &str = "authenticationDetails";

pub(crate) const FIELDS: &[Row] = &[
    Row {
        ids: &["D18"],
        what: "a field about the name that was typed came without documentation",
        seen: "MicrosoftDocs/azure-docs issue 73531",
        before: |day| without(day, &["signInIdentifier"]),
        after: SAME,
        reports: &["field-appeared properties.signInIdentifier"],
        missed: &[],
    },
    Row {
        ids: &["D19"],
        what: "what asked for a second factor was named in other words",
        seen: "microsoftgraph/msgraph-metadata commit 7d5d413055",
        before: SAME,
        after: |day| {
            of(day, "", |properties| {
                elements(properties, "authenticationRequirementPolicies", |one| one["requirementProvider"] = json!("riskBasedPolicy"));
            });
        },
        reports: &[
            "value-appeared properties.authenticationRequirementPolicies[].requirementProvider = riskBasedPolicy",
            "value-vanished properties.authenticationRequirementPolicies[].requirementProvider = multiConditionalAccess",
        ],
        missed: &[],
    },
    Row {
        ids: &["D20"],
        what: "two fields were taken out",
        seen: "npm types of Microsoft Graph beta, between 0.15 and 0.18",
        before: SAME,
        after: |day| without(day, &["riskEventTypes", "alternateSignInName"]),
        reports: &["field-vanished properties.alternateSignInName"],
        // A key that never held anything is not seen to go.
        missed: &["field-vanished properties.riskEventTypes"],
    },
    Row {
        ids: &["D21"],
        what: "the caller's address came as IPv6",
        seen: "elastic/beats issue 28068, elastic/integrations issue 2138",
        before: SAME,
        after: |day| of_addresses(day, "/callerIpAddress", 1),
        reports: &["format-changed callerIpAddress"],
        missed: &[],
    },
    Row {
        ids: &["D22"],
        what: "a growing part of the addresses was IPv6",
        seen: "Microsoft message MC498471",
        before: SAME,
        after: |day| of_addresses(day, "/properties/ipAddress", 3),
        reports: &["format-changed properties.ipAddress"],
        missed: &[],
    },
    Row {
        ids: &["D23"],
        what: "four fields about protocols and tokens came",
        seen: "elastic/integrations pull request 2682",
        before: |day| {
            without(day, &["authenticationProtocol", "incomingTokenType", "servicePrincipalCredentialKeyId", "uniqueTokenIdentifier"])
        },
        after: SAME,
        reports: &[
            "field-appeared properties.uniqueTokenIdentifier",
            "field-appeared properties.authenticationProtocol",
            "field-appeared properties.incomingTokenType",
            "field-appeared properties.servicePrincipalCredentialKeyId",
        ],
        missed: &[],
    },
    Row {
        ids: &["D24"],
        what: "policies that had been words became objects",
        seen: "elastic/integrations pull request 2843",
        before: |day| {
            of(day, "", |properties| {
                elements(properties, "authenticationRequirementPolicies", |one| *one = one["requirementProvider"].clone());
            });
        },
        after: SAME,
        reports: &["type-changed properties.authenticationRequirementPolicies[]"],
        missed: &[],
    },
    Row {
        ids: &["D25"],
        what: "the id of a token became shorter and of another alphabet",
        seen: "test records of elastic/integrations and of other projects, 2022 and 2023",
        before: |day| {
            of(day, "", |properties| {
                let long = format!("{}+/{}==", properties["uniqueTokenIdentifier"].as_str().unwrap_or(""), "MDAwMDAwMDAtMDAwMC0wMDA");
                properties["uniqueTokenIdentifier"] = json!(long);
            });
        },
        after: SAME,
        reports: &["format-changed properties.uniqueTokenIdentifier"],
        missed: &[],
    },
    Row {
        ids: &["D27"],
        what: "the scopes of a token, a JSON list in a text, lost their quotes",
        seen: "elastic/integrations pull request 5129",
        before: |day| scopes(day, "[\"User.Read\",\"Mail.Read\"]"),
        after: |day| scopes(day, "[User.Read, Mail.Read]"),
        reports: &[
            "format-changed properties.authenticationProcessingDetails[\"Oauth Scope Info\"] in category = NonInteractiveUserSignInLogs",
        ],
        missed: &[],
    },
    Row {
        ids: &["D28"],
        what: "the time of the record is no longer that of the sign-in but that of its processing, minutes later",
        seen: "elastic/integrations pull request 20287",
        before: |day| {
            each(day, |_, record| {
                let created = record["properties"]["createdDateTime"].as_str().unwrap_or("").replace("+00:00", "Z");
                record["properties"]["createdDateTime"] = json!(created);
                record["time"] = json!(created);
            });
        },
        after: |day| {
            each(day, |_, record| {
                let created = record["properties"]["createdDateTime"].as_str().unwrap_or("").replace("+00:00", "Z");
                record["properties"]["createdDateTime"] = json!(created);
            });
        },
        reports: &["relation-changed properties.createdDateTime"],
        missed: &[],
    },
    Row {
        ids: &["D31"],
        what: "the time of sign-ins of programs came month first, with twelve hours",
        seen: "elastic/integrations issue 15977, pull request 15976",
        before: SAME,
        after: |day| {
            for record in day.iter_mut().filter(|record| record["category"] == "ServicePrincipalSignInLogs") {
                let time = record["time"].as_str().unwrap_or("").to_owned();
                record["time"] = json!(format!("3/6/2023 1:{}:{} PM", &time[14..16], &time[17..19]));
            }
        },
        reports: &["format-changed time in category = ServicePrincipalSignInLogs"],
        missed: &[],
    },
    Row {
        ids: &["D35"],
        what: "sign-ins of AD FS came as a category of their own",
        seen: "elastic/integrations issue 16537",
        before: SAME,
        after: |day| {
            each(day, |at, record| {
                if at % 12 == 0 {
                    record["category"] = json!("ADFSSignInLogs");
                }
            });
        },
        reports: &["record-type-appeared category = ADFSSignInLogs"],
        missed: &[],
    },
    Row {
        ids: &["D38"],
        what: "the name of a step lost a capital",
        seen: "sample rows of the msticpy project against test records of elastic/integrations",
        before: |day| rename_steps(day, "Primary authentication", "Primary Authentication"),
        after: SAME,
        reports: &["value-renamed properties.authenticationDetails[].authenticationStepRequirement = Primary authentication"],
        missed: &[],
    },
    Row {
        ids: &["D39"],
        what: "the name of the second step was replaced",
        seen: "sample rows of the msticpy project against test records of elastic/integrations",
        before: |day| rename_steps(day, "Multifactor authentication", "MultiConditionalAccess"),
        after: SAME,
        reports: &[
            "value-appeared properties.authenticationDetails[].authenticationStepRequirement = Multifactor authentication in authenticationMethod = Password",
            "value-vanished properties.authenticationDetails[].authenticationStepRequirement = MultiConditionalAccess",
        ],
        missed: &[],
    },
    Row {
        ids: &["D41"],
        what: "refused prompts have a time of whole seconds",
        seen: "Azure/Azure-Sentinel issue 10230",
        before: |day| fail_as(day, &[500_121], "Refused."),
        after: |day| {
            fail_as(day, &[500_121], "Refused.");
            for record in day.iter_mut().filter(|record| record["resultType"] == "500121") {
                elements(&mut record["properties"], STEPS, |step| step["authenticationStepDateTime"] = json!("2023-03-06T10:11:12Z"));
            }
        },
        reports: &["format-changed properties.authenticationDetails[].authenticationStepDateTime in resultType = 500121"],
        missed: &[],
    },
    Row {
        ids: &["D43"],
        what: "sign-ins that pass through to another tenant are logged at home too",
        seen: "entra-docs, interactive sign-ins, March 2025",
        before: SAME,
        after: |day| {
            each(day, |at, record| {
                if at % 9 == 0 {
                    put(record, "/properties/crossTenantAccessType", json!("passthrough"))
                }
            })
        },
        reports: &["value-appeared properties.crossTenantAccessType = passthrough"],
        missed: &[],
    },
    Row {
        ids: &["D44"],
        what: "a reason for a risk was added",
        seen: "microsoftgraph/msgraph-metadata commit 3ffddb0743",
        before: SAME,
        after: |day| {
            each(day, |at, record| {
                if at % 9 == 0 {
                    put(record, "/properties/riskDetail", json!("m365DAdminDismissedDetection"))
                }
            })
        },
        reports: &["format-changed properties.riskDetail"],
        // The word is spelt otherwise than its siblings, and the finding about that does not name it.
        missed: &["value-appeared properties.riskDetail = m365DAdminDismissedDetection"],
    },
    Row {
        ids: &["D45"],
        what: "policies that only report have outcomes of their own",
        seen: "microsoftgraph/msgraph-metadata commit 20e52f837b",
        before: |day| {
            of(day, "", |properties| elements(properties, "appliedConditionalAccessPolicies", |one| report_only(one, "notApplied")))
        },
        after: SAME,
        reports: &["value-appeared properties.appliedConditionalAccessPolicies[].result = reportOnlyNotApplied"],
        missed: &[],
    },
    Row {
        ids: &["D46"],
        what: "six fields came to Microsoft Graph",
        seen: "microsoftgraph/msgraph-metadata commit 84c1cb513c",
        before: |day| without(day, &["userAgent", "homeTenantId", "resourceTenantId", "servicePrincipalId", "servicePrincipalName"]),
        after: SAME,
        reports: &[
            "field-appeared properties.homeTenantId",
            "field-appeared properties.resourceTenantId",
            "field-appeared properties.userAgent",
            "field-appeared properties.servicePrincipalName",
        ],
        missed: &[],
    },
    Row {
        ids: &["D47"],
        what: "columns came to Log Analytics, the session among them",
        seen: "KQLAnalyzer environments.json, 2025-08-07 and 2026-07-27",
        before: |day| without(day, &["sessionId"]),
        after: SAME,
        reports: &["field-appeared properties.sessionId"],
        missed: &[],
    },
    Row {
        ids: &["D48"],
        what: "two columns came to Log Analytics",
        seen: "KQLAnalyzer environments.json, 2023",
        before: |day| without(day, &["authenticationProtocol", "crossTenantAccessType"]),
        after: SAME,
        reports: &["field-appeared properties.crossTenantAccessType", "field-appeared properties.authenticationProtocol"],
        missed: &[],
    },
    Row {
        ids: &["D52"],
        what: "records were lost for days",
        seen: "Help Net Security, 2024-10-18",
        before: SAME,
        after: |day| {
            let mut at = 0;
            day.retain(|_| {
                at += 1;
                at % 4 == 0
            });
        },
        reports: &["volume-dropped"],
        missed: &[],
    },
    Row {
        ids: &["D56"],
        what: "servers were logged with the system of a desktop",
        seen: "MicrosoftDocs/azure-docs issue 74912",
        before: |day| systems(day, "Windows Server 2012"),
        after: |day| systems(day, "Windows 8"),
        reports: &[
            "value-appeared properties.deviceDetail.operatingSystem = Windows 8",
            "value-vanished properties.deviceDetail.operatingSystem = Windows Server 2012",
        ],
        missed: &[],
    },
];

/// An address of every so-manieth record as IPv6.
fn of_addresses(day: &mut [Value], pointer: &str, every: usize) {
    each(day, |at, record| {
        if at % every == 0 && record.pointer(pointer).is_some_and(|address| address != "") {
            put(record, pointer, json!(format!("2001:db8:{:x}::{:x}", at % 97, at % 251 + 1)));
        }
    });
}

fn scopes(day: &mut [Value], text: &str) {
    of(day, "NonInteractiveUserSignInLogs", |properties| {
        let details = properties["authenticationProcessingDetails"].as_array_mut();
        details.into_iter().for_each(|list| list.push(json!({"key": "Oauth Scope Info", "value": text})));
    });
}

fn rename_steps(day: &mut [Value], from: &str, to: &str) {
    let rename = |step: &mut Value| {
        if step["authenticationStepRequirement"] == from {
            step["authenticationStepRequirement"] = json!(to);
        }
    };
    of(day, "", |properties| elements(properties, STEPS, rename));
}

fn report_only(policy: &mut Value, result: &str) {
    if policy["result"] == "reportOnlyNotApplied" {
        policy["result"] = json!(result);
    }
}

/// A sixth of the devices have this system.
fn systems(day: &mut [Value], name: &str) {
    each(day, |at, record| {
        if at % 6 == 0 {
            put(record, "/properties/deviceDetail/operatingSystem", json!(name));
        }
    });
}
