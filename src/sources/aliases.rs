//! What detections call the fields and record types of a source, each product in its own words.

use super::source::matches;
use std::collections::BTreeMap;

/// Names of fields and tables in detections.
#[derive(Clone, Debug, Default)]
pub struct Aliases {
    /// What may stand before a name without changing it.
    prefixes: Vec<String>,
    /// Patterns of tables, and the patterns of the record types in them, between `|`.
    tables: BTreeMap<String, String>,
    /// The field that a name stands for, both plain.
    fields: BTreeMap<String, String>,
    /// Fields that stand in no record, since products add them on the way: plain, with a `*` at the end for all that begin so.
    added: Vec<String>,
    /// Columns of Log Analytics that are called otherwise than the key with a capital; with a dot at the end, for an object.
    columns: BTreeMap<String, String>,
}

impl Aliases {
    pub(super) fn new(
        prefixes: Vec<String>,
        tables: BTreeMap<String, String>,
        fields: &BTreeMap<String, Vec<String>>,
        added: &[String],
        columns: BTreeMap<String, String>,
    ) -> Self {
        let mut aliases = Self { prefixes, tables, columns, ..Self::default() };
        aliases.added = added.iter().map(|name| aliases.plain(name)).collect();
        for (field, names) in fields {
            let field = aliases.plain(field);
            let names: Vec<String> = names.iter().map(|name| aliases.plain(name)).collect();
            aliases.fields.extend(names.into_iter().map(|name| (name, field.clone())));
        }
        aliases
    }

    /// A field in the spelling that all products share: small letters, no underscores, no indices, no envelope, one name for
    /// what has several. Paths of the log and names in detections that mean one field come out alike.
    #[must_use]
    pub fn common(&self, field: &str) -> String {
        let plain = self.plain(field);
        self.fields.get(&plain).cloned().unwrap_or(plain)
    }

    /// Whether a field, in the common spelling, is one that products add on the way, so that no record has it.
    #[must_use]
    pub fn is_added(&self, common: &str) -> bool {
        self.added.iter().any(|pattern| matches(pattern, common))
    }

    /// The record types of a table (index, data set, log source) as patterns between `|`; `None` for a table of something else.
    /// A source that names no tables takes every table for its own.
    #[must_use]
    pub fn record_types(&self, table: &str) -> Option<&str> {
        if self.tables.is_empty() {
            return Some("*");
        }
        self.tables.iter().find(|(pattern, _)| matches(pattern, table)).map(|(_, types)| types.as_str())
    }

    /// Whether a table may hold records of this type.
    #[must_use]
    pub fn holds(&self, table: &str, record_type: &str) -> bool {
        self.record_types(table).is_some_and(|types| types.split('|').any(|pattern| matches(pattern, record_type)))
    }

    /// The tables that hold a record type and are named without signs of a pattern, in order.
    #[must_use]
    pub fn tables_of(&self, record_type: &str) -> Vec<&str> {
        self.tables.keys().map(String::as_str).filter(|table| !table.contains('*') && self.holds(table, record_type)).collect()
    }

    /// The tables that hold records as they are logged, since they are called as their type is, in order.
    pub fn own_tables(&self) -> impl Iterator<Item = &str> {
        self.tables.keys().map(String::as_str).filter(|table| self.is_own(table))
    }

    /// Whether a table holds records as they are logged, and no columns that another product made.
    #[must_use]
    pub fn is_own(&self, table: &str) -> bool {
        let types = self.record_types(table).map(str::to_ascii_lowercase);
        types.is_some_and(|types| !types.contains(['*', '|']) && table.to_ascii_lowercase().ends_with(&types))
    }

    /// The column of Log Analytics that holds a key of the record, or the object below it.
    #[must_use]
    pub fn column(&self, key: &str, is_object: bool) -> String {
        let own = is_object.then(|| self.columns.get(&format!("{key}."))).flatten().or_else(|| self.columns.get(key));
        own.cloned().unwrap_or_else(|| {
            let mut letters = key.chars();
            letters.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + letters.as_str())
        })
    }

    /// Whether a name in a detection can mean an object: a column of text may go by the key of an object that has a column of
    /// another name.
    #[must_use]
    pub fn may_mean_object(&self, field: &str) -> bool {
        let (plain, common) = (self.plain(field), self.common(field));
        let other = self.columns.iter().find(|(key, _)| key.strip_suffix('.').is_some_and(|key| self.plain(key) == common));
        other.is_none_or(|(_, column)| self.plain(column) == plain)
    }

    fn plain(&self, field: &str) -> String {
        let mut rest = field;
        while let Some(shorter) = self.prefixes.iter().find_map(|prefix| strip(rest, prefix)) {
            rest = shorter;
        }
        let (mut plain, mut index) = (String::new(), None);
        for c in rest.chars() {
            match (c, index.as_mut()) {
                ('[', None) => index = Some(String::new()),
                (']', Some(inside)) => {
                    // A key in quotes is a key; a number, or nothing, says which element.
                    let key = inside.trim_matches(['"', '\'']);
                    if key.len() < inside.len() {
                        plain.push('.');
                        plain.push_str(&key.to_lowercase());
                    }
                    index = None;
                }
                (c, Some(inside)) => inside.push(c),
                ('_' | '{' | '}', None) => {}
                (c, None) => plain.extend(c.to_lowercase()),
            }
        }
        plain
    }
}

/// The rest of a name behind a prefix, whatever the case of its letters.
fn strip<'a>(name: &'a str, prefix: &str) -> Option<&'a str> {
    let head = name.get(..prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then(|| &name[prefix.len()..])
}

#[cfg(test)]
mod tests {
    use crate::sources::{Role, Source};

    #[test]
    fn a_column_of_text_is_not_the_object_of_the_same_key() {
        let source = Source::named("entra-signin").unwrap();
        let may = |field: &str| source.aliases().may_mean_object(field);
        assert!(may("LocationDetails") && may("locationdetails") && may("DeviceDetail") && may("Status"));
        assert!(!may("Location") && !may("location"));
    }

    #[test]
    fn one_field_has_one_name_in_all_products() {
        let source = Source::named("entra-signin").unwrap();
        let common = |field: &str| source.aliases().common(field);
        for (field, others) in [
            ("properties.deviceDetail.browser", ["DeviceDetail.browser", "azure.signinlogs.properties.device_detail.browser", "Browser"]),
            ("properties.status.errorCode", ["ResultType", "ErrorCode", "azure.signinlogs.properties.status.error_code"]),
            ("properties.location.city", ["LocationDetails.city", "City", "location.city"]),
            (
                "properties.appliedConditionalAccessPolicies[].result",
                [
                    "ConditionalAccessPolicies[0].result",
                    "ConditionalAccessPolicies.result",
                    "azure.signinlogs.properties.applied_conditional_access_policies.result",
                ],
            ),
        ] {
            others.iter().for_each(|other| assert_eq!(common(other), common(field), "{other}"));
        }
        assert!(source.plays(Role::Code, &common("ErrorCode")) && !source.plays(Role::Code, &common("AppId")));
        assert_ne!(common("properties.userId"), common("properties.userPrincipalName"));
    }

    #[test]
    fn fields_of_other_providers_have_one_name_in_all_products() {
        for (source, field, others) in [
            ("okta-system", "outcome.result", &["okta.outcome.result", "outcome_result_s", "event.outcome"][..]),
            ("okta-system", "actor.alternateId", &["okta.actor.alternate_id", "actor_alternateId_s"]),
            ("aws-console-login", "additionalEventData.MFAUsed", &["aws.cloudtrail.console_login.additional_eventdata.mfa_used"]),
            ("aws-console-login", "userIdentity.type", &["UserIdentityType", "aws.cloudtrail.user_identity.type"]),
            ("google-login", "events[].name", &["protoPayload.metadata.event[].eventName", "event.name", "name"]),
            ("google-login", "events[].parameters.is_suspicious", &["google_workspace.login.is_suspicious", "parameters.is_suspicious"]),
            ("duo-auth", "user.name", &["cisco_duo.auth.user.name", "user_name_s"]),
            ("auth0", "data.type", &["auth0.logs.data.type", "type"]),
            ("onelogin", "event_type_id", &["event_type_id_d"]),
            ("entra-ecs", "azure.signinlogs.properties.app_display_name", &["properties.appDisplayName", "AppDisplayName"]),
            ("entra-ecs", "source.geo.city_name", &["LocationDetails.city", "properties.location.city"]),
            ("o365-login", "ExtendedProperties.UserAgent", &["AuditData.ExtendedProperties.UserAgent", "user_agent.original"]),
        ] {
            let source = Source::named(source).unwrap();
            let common = |field: &str| source.aliases().common(field);
            others.iter().for_each(|other| assert_eq!(common(other), common(field), "{}: {other}", source.name));
        }
    }

    #[test]
    fn what_steps_in_for_a_code_is_not_meant_by_it_where_it_has_cohorts_of_its_own() {
        for (source, code, beside) in [
            ("okta-system", "outcome.reason", "okta.outcome.result"),
            ("aws-console-login", "errorMessage", "responseElements.ConsoleLogin"),
        ] {
            let source = Source::named(source).unwrap();
            let plays = |field: &str| source.plays(Role::Code, &source.aliases().common(field));
            assert!(plays(code) && !plays(beside), "{}", source.name);
        }
        let ecs = Source::named("entra-ecs").unwrap();
        assert!(ecs.plays(Role::Code, &ecs.aliases().common("ResultType")));
        assert!(ecs.plays(Role::Code, &ecs.aliases().common("azure.signinlogs.properties.status.error_code")));
    }

    #[test]
    fn tables_hold_their_record_types_only() {
        let source = Source::named("entra-signin").unwrap();
        let aliases = source.aliases();
        assert!(aliases.holds("SigninLogs", "SignInLogs") && !aliases.holds("SigninLogs", "ServicePrincipalSignInLogs"));
        assert!(aliases.holds("azure/signinlogs", "NonInteractiveUserSignInLogs"));
        assert_eq!(aliases.record_types("AuditLogs"), None);
        assert!(aliases.tables_of("SignInLogs").contains(&"SigninLogs"));
        assert_eq!(Source::named("generic").unwrap().aliases().record_types("anything"), Some("*"));
    }
}
