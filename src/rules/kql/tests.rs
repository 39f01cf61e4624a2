//! Small queries, and what is read of them.

use super::files::DIALECT;
use crate::rules::rule::{Condition, Operator, Parsed, Place, Role, Rule};
use crate::rules::{RuleFile, Surroundings};

fn rule(text: &str) -> Rule {
    let read = (DIALECT.read)(RuleFile { name: "a.kql", text }, &Surroundings::default()).unwrap();
    read.into_iter().next().unwrap()
}

fn fields(rule: &Rule) -> Vec<String> {
    rule.fields.keys().map(|field| format!("{}.{}", field.table.as_deref().unwrap_or("?"), field.name)).collect()
}

/// Comparisons as `field op value,value`, with what they are derived by in brackets.
fn tests(rule: &Rule) -> Vec<String> {
    let one = |predicate: &crate::rules::Predicate| {
        let values: Vec<_> = predicate.values.iter().map(|value| value.text.as_str()).collect();
        let derived = predicate.derived.as_ref().map(|by| format!(" [{by}]")).unwrap_or_default();
        format!("{} {} {}{derived}", predicate.field, predicate.operator.id(predicate.negated), values.join(","))
    };
    rule.predicates.iter().map(one).collect()
}

#[test]
fn a_name_belongs_to_the_table_that_has_it() {
    let rule = rule(
        "SigninLogs | where ResultType == 50074 | join kind=inner (AuditLogs | where OperationName == 'x') on $left.UserId == $right.Id\n| where Result == 'ok' and IPAddress startswith '10.'",
    );
    assert_eq!(rule.parsed, Parsed::Full, "{:?}", rule.unread);
    let expected = [
        "AuditLogs.Id",
        "AuditLogs.OperationName",
        "AuditLogs.Result",
        "SigninLogs.IPAddress",
        "SigninLogs.ResultType",
        "SigninLogs.UserId",
    ];
    assert_eq!(fields(&rule), expected);
}

#[test]
fn renamed_and_computed_columns_lead_back_to_their_field() {
    let rule = rule(
        "SigninLogs\n| extend Device = parse_json(DeviceDetail), Bad = iff(ResultType in ('50053', '50126'), 'yes', 'no')\n\
         | project-rename Who = UserPrincipalName\n| extend os = tostring(Device.operatingSystem)\n| where os has 'Linux' and Bad == 'yes' and Who endswith '@x.org'",
    );
    assert_eq!(rule.parsed, Parsed::Full, "{:?}", rule.unread);
    assert_eq!(
        tests(&rule),
        [
            "ResultType in 50053,50126",
            "DeviceDetail.operatingSystem has Linux",
            "ResultType == yes [iff]",
            "UserPrincipalName endswith @x.org",
        ]
    );
    assert_eq!(rule.predicates[0].place, Place::Inside("iff".into()));
    let [selection] = rule.selections.as_slice() else { panic!("one selection") };
    let Condition::All(all) = &selection.condition else { panic!("all of some") };
    // The parts that are plain comparisons of a field can be evaluated, that of a class cannot.
    assert!(format!("{all:?}").contains("Test(1)") && format!("{all:?}").contains("Unknown"), "{all:?}");
}

#[test]
fn lists_keep_their_name_and_their_places() {
    let text = "let codes = dynamic([\"50074\", 500121]);\nSigninLogs | where ResultType in (codes)";
    let rule = rule(text);
    let [predicate] = rule.predicates.as_slice() else { panic!("one comparison") };
    assert_eq!((predicate.list.as_deref(), predicate.operator), (Some("codes"), Operator::In));
    let places: Vec<_> = predicate.values.iter().map(|value| (value.quoted, &text[value.at.bytes.clone()])).collect();
    assert_eq!(places, [(true, "\"50074\""), (false, "500121")]);
    assert_eq!((predicate.at.line, predicate.clause.as_str()), (2, "ResultType in (codes)"));
}

#[test]
fn a_not_around_a_comparison_counts() {
    let rule = rule("SigninLogs | where not(ResultType == 0 or isempty(AppId)) and ResultType !in (50140, 70044)");
    assert_eq!(tests(&rule), ["ResultType != 0", "AppId isnotempty ", "ResultType !in 50140,70044"]);
}

#[test]
fn functions_of_the_query_are_followed_for_every_table() {
    let rule = rule(
        "let f = (t: string) { table(t) | where ResultType == 50126 | summarize n = count() by UserPrincipalName };\n\
         union isfuzzy=true f('SigninLogs'), f('AADNonInteractiveUserSignInLogs') | where n > 5",
    );
    assert_eq!(rule.parsed, Parsed::Full, "{:?}", rule.unread);
    assert_eq!(rule.tables.iter().map(String::as_str).collect::<Vec<_>>(), ["AADNonInteractiveUserSignInLogs", "SigninLogs"]);
    let tables: Vec<_> = rule.selections.iter().filter_map(|selection| selection.table.as_deref()).collect();
    assert_eq!(tables, ["SigninLogs", "AADNonInteractiveUserSignInLogs"]);
    let count = rule.predicates.last().unwrap();
    assert_eq!((count.field.as_str(), &count.place, count.tables.len()), ("n", &Place::Aggregate, 0));
}

#[test]
fn columns_after_a_union_may_carry_their_type() {
    let rule = rule(
        "union SigninLogs, AADNonInteractiveUserSignInLogs | extend c = tostring(LocationDetails_dynamic.city) | summarize count() by c",
    );
    let expected = ["AADNonInteractiveUserSignInLogs.LocationDetails.city", "SigninLogs.LocationDetails.city"];
    assert_eq!(fields(&rule), expected);
    let roles: Vec<_> = rule.fields.values().flat_map(|used| used.roles.keys()).collect();
    assert!(roles.contains(&&Role::Group));
}

#[test]
fn a_column_whose_types_differ_has_no_plain_name_after_a_union() {
    let both = "union SigninLogs, AADNonInteractiveUserSignInLogs";
    let torn = |text: &str| rule(text).torn.into_iter().map(|(column, at)| (column, at.line)).collect::<Vec<_>>();
    assert_eq!(torn(&format!("{both}\n| where DeviceDetail has 'x'")), [("DeviceDetail".to_owned(), 2)]);
    assert_eq!(torn(&format!("{both} | extend c = LocationDetails.city")), [("LocationDetails".to_owned(), 1)]);
    for fine in [
        format!("{both} | where DeviceDetail_string has 'x' or UserPrincipalName == 'y'"),
        "SigninLogs | where DeviceDetail has 'x' | union (AADNonInteractiveUserSignInLogs | where DeviceDetail has 'x')".to_owned(),
        "let f = (t: string) { table(t) | extend DeviceDetail = todynamic(DeviceDetail) };\n\
         union f('SigninLogs'), f('AADNonInteractiveUserSignInLogs') | where DeviceDetail.browser == 'x'"
            .to_owned(),
        format!("{both} | extend d = column_ifexists('DeviceDetail', '')"),
        "SigninLogs | join (AADNonInteractiveUserSignInLogs) on UserId | where DeviceDetail has 'x'".to_owned(),
    ] {
        assert_eq!(torn(&fine), [], "{fine}");
    }
}

#[test]
fn several_queries_in_a_text_are_all_read() {
    let rule = rule("SigninLogs\n| where ResultType == 50053\n\n// the next\nAuditLogs\n| where OperationName == 'x'");
    assert_eq!((rule.parsed, rule.selections.len(), rule.tables.len()), (Parsed::Full, 2, 2));
}

#[test]
fn what_is_not_understood_is_listed_and_the_rest_is_read() {
    let rule = rule("SigninLogs | frobnicate x by 5 | where ResultType == 50053 | where AppId == 'open\n| where IPAddress == '1.2.3.4'");
    assert_eq!(rule.parsed, Parsed::Partial);
    let why: Vec<_> = rule.unread.iter().map(|unread| unread.what.as_str()).collect();
    assert!(why.iter().any(|why| why.contains("frobnicate")) && why.contains(&"a text without its closing quote"), "{why:?}");
    assert!(tests(&rule).contains(&"ResultType == 50053".to_owned()));
    assert!(tests(&rule).contains(&"IPAddress == 1.2.3.4".to_owned()));
}

#[test]
fn what_only_the_net_catches_makes_a_rule_partial() {
    let rule = rule("SigninLogs | evaluate some_plugin(pack('a', 50074)) | where Known == 1");
    assert_eq!(rule.parsed, Parsed::Partial);
    assert!(rule.unread.iter().any(|unread| unread.what.starts_with("50074 stands here")), "{:?}", rule.unread);
}

#[test]
fn yaml_tells_title_severity_and_entities() {
    let text = "id: 1-2\nname: Spray\nseverity: High\nquery: |\n  SigninLogs\n  | where ResultType == \"50126\"\n  | project UserPrincipalName, IPAddress\nentityMappings:\n  - entityType: Account\n    fieldMappings:\n      - identifier: FullName\n        columnName: UserPrincipalName\n";
    let file = RuleFile { name: "d/a.yaml", text };
    assert!((DIALECT.recognises)(file));
    let rules = (DIALECT.read)(file, &Surroundings::default()).unwrap();
    let [rule] = rules.as_slice() else { panic!("one rule") };
    assert_eq!((rule.id.as_str(), rule.title.as_str(), rule.severity.as_deref(), rule.line), ("1-2", "Spray", Some("High"), 5));
    assert_eq!(&text[rule.predicates[0].values[0].at.bytes.clone()], "\"50126\"");
    let entity = rule.fields.iter().find(|(field, _)| field.name == "UserPrincipalName").unwrap().1;
    assert!(entity.roles.contains_key(&Role::Entity));
}

#[test]
fn fenced_queries_of_a_page_are_numbered_and_other_languages_left_out() {
    let text = "# Hunting\n```json\n{}\n```\n## First\n```kql\nSigninLogs | where ResultType == 1\n```\n## Second\n```kusto\nAuditLogs | take 5\n```\n";
    let rules = (DIALECT.read)(RuleFile { name: "a.md", text }, &Surroundings::default()).unwrap();
    let told: Vec<_> = rules.iter().map(|rule| (rule.block, rule.line, rule.title.as_str())).collect();
    assert_eq!(told, [(0, 7, "First"), (1, 11, "Second")]);
}

#[test]
fn no_depth_and_no_recursion_is_too_much() {
    let deep = format!("SigninLogs | where {}ResultType == 1{}", "(".repeat(5000), ")".repeat(5000));
    assert_eq!(rule(&deep).parsed, Parsed::Partial);
    for cut in [
        "SigninLogs | extend a = isempty(",
        "SigninLogs | where isempty()",
        "SigninLogs | where not(",
        "SigninLogs | extend a = extractjson(",
    ] {
        assert_eq!(rule(cut).tables.len(), 1, "{cut}");
    }
    let endless = "let f = () { f() }; let g = (x: string) { g(x) | join (g(x)) on a }; union f(), g('a')";
    assert_eq!(rule(endless).parsed, Parsed::Failed);
}
