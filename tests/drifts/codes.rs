//! Drifts of result codes, of what stands in their records, and of categories: up to D17.

use super::Row;
use super::changes::{describe, each, fail_as, put, rollout};
use serde_json::{Value, json};

const SAME: super::Change = |_| {};

pub(crate) const CODES: &[Row] = &[
    Row {
        ids: &["D01"],
        what: "refused passwordless prompts came under 1003033 instead of 50074 and 500121",
        seen: "Vectra, Tracking Passwordless Sign-in Failures in Azure",
        before: SAME,
        after: |day| rollout(day),
        reports: &["new-code resultType = 1003033"],
        missed: &[],
    },
    Row {
        ids: &["D02"],
        what: "the records of 1003033 name no place and no device",
        seen: "Vectra, Tracking Passwordless Sign-in Failures in Azure",
        before: SAME,
        after: |day| rollout(day),
        reports: &[
            "new-code resultType = 1003033",
            "field-emptied properties.location in resultType = 1003033",
            "field-emptied properties.deviceDetail in resultType = 1003033",
        ],
        missed: &[],
    },
    Row {
        ids: &["D03"],
        what: "the records of 1003033 name no app and no resource",
        seen: "Vectra, Tracking Passwordless Sign-in Failures in Azure",
        before: SAME,
        after: |day| rollout(day),
        reports: &[
            "new-code resultType = 1003033",
            "field-emptied properties.appDisplayName in resultType = 1003033",
            "field-emptied properties.resourceDisplayName in resultType = 1003033",
        ],
        missed: &[],
    },
    Row {
        ids: &["D04"],
        what: "the records of 1003033 hold the user's id where the names stood",
        seen: "Vectra, Tracking Passwordless Sign-in Failures in Azure",
        before: SAME,
        after: |day| rollout(day),
        reports: &[
            "new-code resultType = 1003033",
            "format-changed properties.userPrincipalName in resultType = 1003033",
            "format-changed properties.userDisplayName in resultType = 1003033",
        ],
        missed: &[],
    },
    Row {
        ids: &["D05"],
        what: "failed sign-ins hold the user's id as the principal name",
        seen: "Azure/Azure-Sentinel pull request 4552, MicrosoftDocs/azure-docs issue 90701",
        before: SAME,
        after: |day| {
            each(day, |_, record| {
                let id = record["properties"]["userId"].clone();
                if record["resultType"] != "0" {
                    put(record, "/properties/userPrincipalName", id);
                }
            });
        },
        reports: &["format-changed properties.userPrincipalName in authenticationMethod = Password"],
        missed: &[],
    },
    Row {
        ids: &["D06"],
        what: "four codes without documentation, all described as Other",
        seen: "MicrosoftDocs/azure-docs issues 7252 and 7888",
        before: SAME,
        after: |day| fail_as(day, &[50129, 53000, 50127], "Other."),
        reports: &["new-code resultType = 50129", "new-code resultType = 53000", "new-code resultType = 50127"],
        missed: &[],
    },
    Row {
        ids: &["D07"],
        what: "an undocumented code in volume",
        seen: "MicrosoftDocs/azure-docs issues 8750 and 8692",
        before: SAME,
        after: |day| fail_as(day, &[51005], "Other."),
        reports: &["new-code resultType = 51005"],
        missed: &[],
    },
    Row {
        ids: &["D08"],
        what: "sign-in by telephone, blocked by a policy, had a code of its own",
        seen: "MicrosoftDocs/azure-docs issue 46169",
        before: SAME,
        after: |day| fail_as(day, &[130_500], "Other."),
        reports: &["new-code resultType = 130500"],
        missed: &[],
    },
    Row {
        ids: &["D09"],
        what: "an undocumented code of old mail protocols",
        seen: "MicrosoftDocs/azure-docs issue 48074",
        before: SAME,
        after: |day| fail_as(day, &[500_172], "Other."),
        reports: &["new-code resultType = 500172"],
        missed: &[],
    },
    Row {
        ids: &["D10"],
        what: "an undocumented code of apps without a service principal",
        seen: "MicrosoftDocs/azure-docs issue 38122",
        before: SAME,
        after: |day| fail_as(day, &[650_052], "Other."),
        reports: &["new-code resultType = 650052"],
        missed: &[],
    },
    Row {
        ids: &["D11"],
        what: "one code with two texts: a lock-out, and an address known for attacks",
        seen: "MicrosoftDocs/azure-docs issue 76807",
        before: |day| fail_as(day, &[50053], "The account is locked."),
        after: |day| {
            fail_as(day, &[50053], "The account is locked.");
            each(day, |at, record| {
                if record["resultType"] == "50053" && at % 2 == 0 {
                    describe(record, "Sign-ins from an address with malicious activity are blocked.");
                }
            });
        },
        reports: &["code-text-changed resultDescription in resultType = 50053"],
        missed: &[],
    },
    Row {
        ids: &["D12"],
        what: "the text of a disabled account became shorter, and a rule that matched it fell silent",
        seen: "Azure/Azure-Sentinel issue 14584",
        before: |day| fail_as(day, &[50057], "The account is disabled. An administrator has disabled it."),
        after: |day| fail_as(day, &[50057], "The account is disabled."),
        reports: &["code-text-changed resultDescription in resultType = 50057"],
        missed: &[],
    },
    Row {
        ids: &["D13"],
        what: "two codes lost their steps of authentication",
        seen: "Azure/Azure-Sentinel issue 13176",
        before: |day| fail_as(day, &[50126, 50053], "Wrong."),
        after: |day| {
            fail_as(day, &[50126, 50053], "Wrong.");
            each(day, |_, record| {
                if record["resultType"] == "50126" || record["resultType"] == "50053" {
                    put(record, "/properties/authenticationDetails", json!([]));
                }
            });
        },
        reports: &["field-emptied properties.authenticationDetails in resultType = 50126"],
        missed: &[],
    },
    Row {
        ids: &["D15"],
        what: "most records came twice, the second time with two fields empty",
        seen: "sample rows of the msticpy project, 2020-05-20",
        before: SAME,
        after: |day| {
            let mut twins: Vec<Value> = day.iter().take(day.len() * 9 / 10).cloned().collect();
            each(&mut twins, |_, record| put(record, "/properties/authenticationRequirement", json!("")));
            day.append(&mut twins);
        },
        reports: &["duplicates-rose properties.id", "field-emptied properties.authenticationRequirement"],
        missed: &[],
    },
    Row {
        ids: &["D16"],
        what: "sign-ins without a person came as categories of their own",
        seen: "elastic/integrations issue 338, pull request 1721",
        before: |day| day.retain(|record| record["category"] == "SignInLogs"),
        after: SAME,
        reports: &[
            "record-type-appeared category = NonInteractiveUserSignInLogs",
            "record-type-appeared category = ServicePrincipalSignInLogs",
            "record-type-appeared category = ManagedIdentitySignInLogs",
        ],
        missed: &[],
    },
    Row {
        ids: &["D17"],
        what: "managed identities lost their address",
        seen: "MicrosoftDocs/azure-docs pull request 72578",
        before: |day| {
            for record in day.iter_mut().filter(|record| record["category"] == "ManagedIdentitySignInLogs") {
                put(record, "/callerIpAddress", json!("198.18.7.7"));
                put(record, "/properties/ipAddress", json!("198.18.7.7"));
            }
        },
        after: SAME,
        reports: &[
            "field-emptied callerIpAddress in category = ManagedIdentitySignInLogs",
            "field-emptied properties.ipAddress in category = ManagedIdentitySignInLogs",
        ],
        missed: &[],
    },
];
