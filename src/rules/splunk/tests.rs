//! What searches say, at the edges of the language.

use super::SPLUNK;
use crate::rules::dialect::{RuleFile, Surroundings};
use crate::rules::rule::{Condition, Parsed, Place, Predicate, Role, Rule};

/// The rule of a search, with some macros.
fn rule_with(search: &str, macros: &[(&str, &str)]) -> (String, Rule) {
    let text =
        format!("name: T\nid: i\nsearch: |-\n  {}\nrba:\n  risk_objects:\n  - field: who\n    type: user\n", search.replace('\n', "\n  "));
    let file = RuleFile { name: "d/a.yml", text: &text };
    let macros = macros.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    assert!((SPLUNK.recognises)(file));
    let mut rules = (SPLUNK.read)(file, &Surroundings { macros, ..Surroundings::default() }).unwrap();
    assert_eq!(rules.len(), 1);
    (text, rules.remove(0))
}

fn rule(search: &str) -> Rule {
    rule_with(search, &[]).1
}

fn told(predicate: &Predicate) -> String {
    let values: Vec<&str> = predicate.values.iter().map(|value| value.text.as_str()).collect();
    let place = match &predicate.place {
        Place::Row => String::new(),
        Place::Inside(function) => format!(" inside {function}"),
        Place::Aggregate => " counted".to_owned(),
    };
    let derived = predicate.derived.as_ref().map(|by| format!(" via {by}")).unwrap_or_default();
    let told = format!("{} {} {}", predicate.field, predicate.operator.id(predicate.negated), values.join(","));
    format!("{}{derived}{place}", told.trim_end())
}

fn all_told(rule: &Rule) -> Vec<String> {
    rule.predicates.iter().map(told).collect()
}

fn fields(rule: &Rule) -> Vec<String> {
    let roles = |roles: Vec<&str>| roles.join("+");
    rule.fields.iter().map(|(field, used)| format!("{} {}", field.name, roles(used.roles.keys().map(|role| role.id()).collect()))).collect()
}

fn unread(rule: &Rule) -> Vec<String> {
    rule.unread.iter().map(|unread| format!("{} {}", unread.line, unread.what)).collect()
}

#[test]
fn a_search_is_read_with_its_tables_and_the_place_of_every_value() {
    let (text, rule) =
        rule_with("index=a (sourcetype=x OR sourcetype=y)\n  code IN (1, \"2\") NOT user=\"svc-*\" agent=*\n| stats count by user", &[]);
    assert_eq!((rule.parsed, rule.title.as_str(), rule.id.as_str(), rule.line), (Parsed::Full, "T", "i", 4));
    assert_eq!(rule.tables.iter().collect::<Vec<_>>(), ["index=a sourcetype=x", "index=a sourcetype=y"]);
    assert_eq!(all_told(&rule), ["code in 1,2", "user !startswith svc-", "agent isnotnull"]);
    assert_eq!(rule.predicates[0].values.iter().map(|value| &text[value.at.bytes.clone()]).collect::<Vec<_>>(), ["1", "\"2\""]);
    assert_eq!((rule.predicates[0].values[0].at.line, rule.predicates[1].clause.as_str()), (5, "user=\"svc-*\""));
    let wanted = Condition::All(vec![Condition::Test(0), Condition::Not(Box::new(Condition::Test(1))), Condition::Test(2)]);
    assert!(rule.selections.iter().all(|selection| selection.condition == wanted && selection.needed));
    assert_eq!(rule.selections.len(), 2);
    assert_eq!(fields(&rule), ["agent filter", "code filter", "user filter+group"]);
}

#[test]
fn what_is_counted_is_no_field_of_the_log() {
    let rule =
        rule("index=a x=1 | stats dc(ip) as n values(code) as codes count by user | where n > 5 AND count>=2 | search codes=7 user=u");
    assert_eq!(
        all_told(&rule),
        ["x == 1", "n > 5 via dc counted", "count >= 2 via count counted", "code == 7 counted", "user == u counted"]
    );
    assert_eq!(rule.selections[0].condition, Condition::Test(0));
    assert_eq!(fields(&rule), ["code filter+aggregate", "ip aggregate", "user filter+group", "x filter"]);
}

#[test]
fn renamed_fields_keep_their_true_path() {
    let rule = rule(
        "index=a p.result=ok op=x | rename p.* as * | rename who.name as who | search status.code=5 | stats count by result, op, user, who",
    );
    assert_eq!(all_told(&rule), ["p.result == ok", "op == x", "p.status.code == 5"]);
    assert_eq!(
        fields(&rule),
        ["op filter+group", "p.result filter+group", "p.status.code filter", "p.who.name group+computed+entity", "user group"]
    );
    assert_eq!(rule.parsed, Parsed::Full);
}

#[test]
fn computed_names_lead_back_to_their_fields() {
    let rule = rule(
        "index=a | eval first=mvindex('t{}.x', 0), kind=if(code==50053 OR in(code, 7, 8), \"lock\", other), low=lower(mail) | where kind=\"lock\" AND low=\"a@b\" AND like(first, \"x%\") | rex field=msg \"(?<num>[0-9]+)\" | search num=3",
    );
    assert_eq!(
        all_told(&rule),
        [
            "code == 50053 inside if",
            "code in 7,8 inside if",
            "other == lock via if",
            "mail == a@b",
            "t{}.x startswith x",
            "msg == 3 via rex"
        ]
    );
    assert_eq!(rule.predicates.iter().map(|predicate| predicate.ignores_case).collect::<Vec<_>>(), [true, true, false, true, false, true]);
    assert_eq!(rule.parsed, Parsed::Full);
}

#[test]
fn data_models_are_tables_whose_names_lose_their_object() {
    let rule = rule(
        "| tstats `security_content_summariesonly` count from datamodel=A.B where B.action=\"failure\" by B.user _time span=5m | `drop_dm_object_name(\"B\")` | iplocation src | search user=x | where count>3",
    );
    assert_eq!(rule.tables.iter().collect::<Vec<_>>(), ["datamodel=A.B"]);
    assert_eq!(all_told(&rule), ["B.action == failure", "B.user == x counted", "count > 3 via count counted"]);
    assert_eq!((fields(&rule), rule.parsed), (vec!["B.action filter".to_owned(), "B.user filter+group".to_owned()], Parsed::Full));
}

#[test]
fn joined_searches_select_records_of_their_own() {
    let rule = rule("index=a x=1 | join type=left id [search index=b y=2 | stats count by id] | join id [| inputlookup known | fields id]");
    let selected: Vec<_> =
        rule.selections.iter().map(|selection| (selection.table.as_deref(), selection.condition.clone(), selection.needed)).collect();
    assert_eq!(selected, [(Some("index=b"), Condition::Test(1), false), (Some("index=a"), Condition::Test(0), true)]);
    assert_eq!(
        rule.fields.keys().map(|field| (field.table.as_deref(), field.name.as_str())).collect::<Vec<_>>(),
        [(Some("index=a"), "id"), (Some("index=a"), "who"), (Some("index=a"), "x"), (Some("index=b"), "id"), (Some("index=b"), "y"),]
    );
}

#[test]
fn transactions_begin_and_end_with_records_that_are_read() {
    let rule = rule("index=a | transaction user maxspan=5m startswith=\"code=7\" endswith=eval(code==0) | where duration<9");
    assert_eq!(all_told(&rule), ["code == 7 inside transaction", "code == 0 inside transaction", "duration < 9 via duration counted"]);
    assert_eq!((fields(&rule), rule.parsed), (["code aggregate", "user group", "who entity"].map(str::to_owned).to_vec(), Parsed::Full));
}

#[test]
fn searches_that_begin_together_are_all_needed_and_appended_ones_are_not() {
    let both = |search: &str| rule(search).selections.iter().map(|one| (one.table.clone(), one.needed)).collect::<Vec<_>>();
    let of = |name: &str| Some(format!("index={name}"));
    assert_eq!(both("| multisearch [search index=a x=1] [search index=b y=2] | stats count by z"), [(of("a"), true), (of("b"), true)]);
    assert_eq!(both("index=a | append [search index=b y=2] | stats count by z"), [(of("b"), false), (of("a"), true)]);
}

#[test]
fn a_search_that_filters_another_leaves_its_values_open() {
    let rule = rule("index=a NOT [search index=b y=2 | table user]");
    assert_eq!(all_told(&rule), ["y == 2", "* !in"]);
    assert_eq!(rule.selections.iter().map(|selection| selection.needed).collect::<Vec<_>>(), [false, true]);
    assert!(
        rule.fields.iter().any(|(field, used)| field.name == "user"
            && field.table.as_deref() == Some("index=a")
            && used.roles.contains_key(&Role::Filter))
    );
}

#[test]
fn macros_are_filled_in_or_named_as_unread() {
    let (_, given) = rule_with("`in` x=1 | `mine(x)`", &[("in", "sourcetype=s code=9"), ("mine(1)", "search $1$!=2")]);
    assert_eq!(all_told(&given), ["code == 9", "x == 1", "x != 2"]);
    assert_eq!((given.predicates[0].list.as_deref(), given.predicates[0].values[0].at.bytes.len()), (Some("`in`"), 0));
    assert_eq!(given.parsed, Parsed::Full);
    let missing = rule("`in` x=1 | stats count by x | `mine(x)` | `t_filter`");
    assert_eq!(
        unread(&missing),
        ["4 the macro `in` is not defined in the files at hand", "4 the macro `mine` is not defined in the files at hand"]
    );
    assert_eq!(missing.tables.iter().collect::<Vec<_>>(), ["`in`"]);
}

#[test]
fn a_filter_that_users_fill_in_is_open_and_not_unread() {
    let rule = rule("index=a x=1 | `security_content_ctime(x)` | `t_filter`");
    assert_eq!((rule.parsed, rule.predicates[1].open.is_some(), &rule.selections[0].condition), (Parsed::Full, true, &Condition::Test(0)));
}

#[test]
fn what_is_not_understood_is_named_with_its_line() {
    let cases = [
        ("index=a\n| foreach x* [eval y=1]", "5 the command `foreach` is not known"),
        ("index=a\n| where (x", "5 the expression lacks a closing parenthesis"),
        ("index=a x=", "4 `x` is compared with nothing"),
        ("index=a | eval x=1 y=2", "4 `eval` goes on with `y`"),
        ("index=a | lookup l user", "4 `lookup` without `OUTPUT`: which names it brings stands in the lookup"),
        ("index=a | stats wrong by x", "4 `wrong` where something should be counted"),
        ("index=a | rename a.* as * | rename b.* as * | table x", "4 `x` may be a field of more than one object after what was renamed"),
    ];
    for (search, wanted) in cases {
        let rule = rule(search);
        assert_eq!((unread(&rule), rule.parsed), (vec![wanted.to_owned()], Parsed::Partial), "{search}");
    }
}

#[test]
fn where_the_event_comes_from_is_unknown_beside_other_alternatives() {
    let unknown = || Condition::Unknown("where the event comes from".to_owned());
    let rule = rule("index=a (sourcetype=s x=1) OR y=2");
    let first = Condition::All(vec![unknown(), Condition::Test(0)]);
    assert_eq!(rule.selections[0].condition, Condition::Any(vec![first, Condition::Test(1)]));
    assert_eq!(rule.tables.iter().collect::<Vec<_>>(), ["index=a"]);
    let other = self::rule("(index=a OR index=b) NOT sourcetype=s");
    assert_eq!(other.selections[1].condition, Condition::Not(Box::new(unknown())));
}

#[test]
fn saved_searches_are_rules_by_the_names_of_their_stanzas() {
    let text = "[One]\nsearch = index=a code=5 \\\n  | stats count\nalert.severity = 4\n\n[Two]\nsearch = index=b\n";
    let file = RuleFile { name: "local/savedsearches.conf", text };
    assert!((SPLUNK.recognises)(file));
    let rules = (SPLUNK.read)(file, &Surroundings::default()).unwrap();
    let told: Vec<_> = rules.iter().map(|rule| (rule.id.as_str(), rule.severity.as_deref(), rule.line, rule.block)).collect();
    assert_eq!(told, [("One", Some("error"), 2, 0), ("Two", None, 7, 1)]);
    assert_eq!(&text[rules[0].predicates[0].values[0].at.bytes.clone()], "5");
}

#[test]
fn files_of_others_are_not_recognised_and_broken_ones_are_errors() {
    for (name, text) in [("a.yml", "title: x\nsearch: y\n"), ("macros.conf", "[x]\nsearch = y\n"), ("a.yml", "name: x\ndefinition: y\n")] {
        assert!(!(SPLUNK.recognises)(RuleFile { name, text }), "{text}");
    }
    let broken = (SPLUNK.read)(RuleFile { name: "a.yml", text: "name: x\nsearch: [\n" }, &Surroundings::default());
    assert!(broken.unwrap_err().contains("line"));
}

#[test]
fn no_beginning_of_a_search_is_misread() {
    let search = "`in` \"ä|\" a{}.b!=\"x\\\"y\" OR (c IN (1,*2*) NOT [search index=b | top 5 d by e]) | eval f=case(match(g,\"ö\"), -1, true(), h . \"-\") | rex field=i \"(?<j>.)\" | join k [ | tstats count from datamodel=D where D.l=1 by D.m ] | transaction n startswith=(o=\"p\") | rename q.* as *, r as s | stats count(eval(t>1 AND u=\"v\")) as w, values(*) as * by x span=5m | sort - w | `y(\"z\", 1)`";
    let macros = [("in", "sourcetype=s"), ("y(2)", "search $1$=$2$")];
    for cut in (0..=search.len()).filter(|cut| search.is_char_boundary(*cut)) {
        let (text, rule) = rule_with(&format!("_{}", &search[..cut]), &macros);
        for value in rule.predicates.iter().flat_map(|predicate| &predicate.values) {
            assert!(text.get(value.at.bytes.clone()).is_some(), "{cut}: {value:?}");
        }
    }
}
