//! Small rules, and what is read of them.

use super::DIALECT;
use crate::rules::rule::{Condition, Language, Parsed, Place, Predicate, Role, Rule};
use crate::rules::{Known, RuleFile, Surroundings, Truth, holds};
use std::fmt::Write;

fn read(name: &str, text: &str) -> Result<Vec<Rule>, String> {
    (DIALECT.read)(RuleFile { name, text }, &Surroundings::default())
}

fn file(language: &str, query: &str) -> String {
    format!("[rule]\nname = \"n\"\nindex = [\"logs-a-*\"]\nlanguage = \"{language}\"\ntype = \"query\"\nquery = '''\n{query}\n'''\n")
}

fn rule(language: &str, query: &str) -> Rule {
    read("a.toml", &file(language, query)).unwrap().remove(0)
}

fn full(language: &str, query: &str) -> Rule {
    let rule = rule(language, query);
    assert_eq!(rule.parsed, Parsed::Full, "{query}: {:?}", rule.unread);
    rule
}

/// What was not understood, as `line what`.
fn unread(rule: &Rule) -> Vec<String> {
    rule.unread.iter().map(|unread| format!("{} {}", unread.line, unread.what)).collect()
}

/// A comparison as `field op value,value`, with `~` if case is ignored and what makes it of the field in brackets.
fn test(predicate: &Predicate) -> String {
    let values: Vec<_> = predicate.values.iter().map(|value| value.text.as_str()).collect();
    let fold = if predicate.ignores_case { "~" } else { "" };
    let mut text = format!("{} {}{fold} {}", predicate.field, predicate.operator.id(predicate.negated), values.join(","));
    predicate.derived.iter().for_each(|by| write!(text, "[{by}]").unwrap());
    predicate.open.iter().for_each(|_| text.push_str("..."));
    text.trim_end().to_owned()
}

fn tests(rule: &Rule) -> Vec<String> {
    rule.predicates.iter().map(test).collect()
}

/// A condition with its comparisons.
fn shape(condition: &Condition, rule: &Rule) -> String {
    let all = |parts: &[Condition]| parts.iter().map(|part| shape(part, rule)).collect::<Vec<_>>().join("; ");
    match condition {
        Condition::All(parts) => format!("all({})", all(parts)),
        Condition::Any(parts) => format!("any({})", all(parts)),
        Condition::Not(inner) => format!("not({})", shape(inner, rule)),
        Condition::Test(number) => test(&rule.predicates[*number]),
        Condition::Unknown(_) => "?".to_owned(),
    }
}

fn shapes(rule: &Rule) -> Vec<String> {
    rule.selections.iter().map(|selection| shape(&selection.condition, rule)).collect()
}

/// Fields as `table/field role+role`.
fn fields(rule: &Rule) -> Vec<String> {
    let one = |(field, used): (&crate::rules::Field, &crate::rules::Use)| {
        let roles: Vec<_> = used.roles.keys().map(|role| role.id()).collect();
        let optional = if used.optional { "?" } else { "" };
        format!("{}/{}{optional} {}", field.table.as_deref().unwrap_or(""), field.name, roles.join("+"))
    };
    rule.fields.iter().map(one).collect()
}

#[test]
fn not_goes_down_to_each_comparison_of_kuery() {
    let rule = full("kuery", "a: 1 and not (b: (x or y) or not c > 5) and not d: *");
    assert_eq!(shapes(&rule), ["all(a == 1; all(b !in x,y; c > 5); d isnull)"]);
}

#[test]
fn values_of_kuery_keep_their_blanks_and_lose_their_escapes() {
    let rule = full("kuery", r#"a: two words and b: "q \"or\" \\" and c: x\:y AND d: (nothing or "*")"#);
    assert_eq!(tests(&rule), ["a == two words", r#"b == q "or" \"#, "c == x:y", "d in nothing,*"]);
    assert_eq!(rule.predicates[0].values[0].at.line, 7);
}

#[test]
fn lists_of_kuery_are_parted_by_what_their_values_are() {
    let rule = full("kuery", "a: (x or y* or *) and b: (not x and not y) and c: (x and y)");
    assert_eq!(shapes(&rule), ["all(any(a == x; a like y*; a isnotnull); all(b != x; b != y); all(c == x; c == y))"]);
}

#[test]
fn only_a_star_is_a_wildcard_of_kuery() {
    let rule = full("kuery", r"a: x\\y?z* and b: x?y and c: x\*y and d: x\*y*");
    assert_eq!(tests(&rule), [r"a like x\\y\?z*", "b == x?y", "c == x*y", r"d like x\*y*"]);
    let truth = |text: &str| {
        let known = |field: &str| Known::Values(vec![if field == "a" { text.to_owned() } else { String::new() }]);
        holds(&Condition::Test(0), &rule, &known)
    };
    assert_eq!((truth(r"x\y?z1"), truth(r"x\y.z1")), (Truth::Yes, Truth::No));
}

#[test]
fn nested_fields_of_kuery_take_the_name_around_them() {
    let rule = full("kuery", "not a.b: { c: 1 or d: { e < 2 } }");
    assert_eq!(shapes(&rule), ["all(a.b.c != 1; a.b.d.e >= 2)"]);
}

#[test]
fn a_search_of_kuery_through_many_fields_is_not_taken_for_one_field() {
    for (query, what) in [("a: 1 and lonely", "\"lonely\" names no field"), ("a: 1 and *: x", "in all fields")] {
        let rule = rule("kuery", query);
        assert_eq!((rule.parsed, shapes(&rule)), (Parsed::Partial, vec!["all(a == 1; ?)".to_owned()]), "{query}");
        assert!(unread(&rule)[0].contains(what) && unread(&rule)[0].starts_with("7 "), "{:?}", unread(&rule));
        assert_eq!(fields(&rule), ["logs-a-*/a filter"], "{query}");
    }
    let rule = full("kuery", "a: 1 and b.*: (x or y) and not b.*.c >= 3");
    assert_eq!(
        (tests(&rule)[1..].join(" "), shapes(&rule)),
        ("b.* in x,y[any] b.*.c < 3[any]".into(), vec!["all(a == 1; ?; ?)".to_owned()])
    );
}

#[test]
fn a_query_of_kuery_that_breaks_off_is_partial_and_keeps_what_came_before() {
    let rule = rule("kuery", "a: 1 and\nb: (2 or");
    assert_eq!((rule.parsed, tests(&rule), shapes(&rule)), (Parsed::Partial, vec!["a == 1".to_owned()], vec!["?".to_owned()]));
    assert!(unread(&rule)[0].starts_with("8 a value was expected"), "{:?}", unread(&rule));
}

#[test]
fn a_data_set_that_must_be_there_is_the_table() {
    let rule = full("kuery", "(event.dataset: a.x or data_stream.dataset: a.y) and b: 1");
    assert_eq!(rule.tables.iter().collect::<Vec<_>>(), ["a.x", "a.y", "logs-a-*"]);
    assert!(rule.predicates.iter().all(|predicate| predicate.tables.iter().eq(["a.x", "a.y"])));
    for query in ["event.dataset: a.x or b: 1", "b: 1 and not event.dataset: a.x"] {
        assert_eq!(full("kuery", query).selections[0].table.as_deref(), Some("logs-a-*"), "{query}");
    }
}

#[test]
fn operators_of_eql_say_how_they_compare() {
    let rule = full(
        "eql",
        "any where a == \"X\" and b : (\"x*\", \"y\") and c not in~ (\"p\", \"q\") and d like~ \"z*\" and not e regex \"1|2\" and f != null \
         and cidrMatch(g, \"10.0.0.0/8\") and startsWith~(h, \"s\") and 5 < i and `j-k` != ?\"\\d\" and match(l, \"r\")",
    );
    let expected = [
        "a == X",
        "b ==~ y",
        "b like~ x*",
        "c !in~ p,q",
        "d like~ z*",
        "e !matches 1|2",
        "f isnotnull",
        "g cidr 10.0.0.0/8",
        "h startswith~ s",
        "i > 5",
        "j-k != \\d",
        "l matches r",
    ];
    assert_eq!(tests(&rule), expected);
    assert!(shapes(&rule)[0].starts_with("all(a == X; any(b ==~ y; b like~ x*); c !in~ p,q; "), "{:?}", shapes(&rule));
}

#[test]
fn what_is_nothing_is_unlike_a_value_in_kuery_alone() {
    for (language, query, expected) in [
        ("kuery", "not a: 1", Truth::Yes),
        ("eql", "any where a != 1", Truth::No),
        ("esql", "from x | where not a == 1", Truth::No),
        ("esql", "from x | where a is null", Truth::Yes),
        ("esql", "from x | where length(a) != 1", Truth::Maybe),
    ] {
        let rule = full(language, query);
        assert_eq!(holds(&rule.selections[0].condition, &rule, &|_| Known::Nothing), expected, "{query}");
    }
}

#[test]
fn steps_of_a_sequence_are_selections_unless_they_must_be_absent() {
    let rule = full(
        "eql",
        "sequence by u with maxspan=5m\n [any where event.dataset == \"a.x\" and c == \"1\"] by k\n ![any where d == 2] by k\n\
         [any where not (e == 3 or f == 4)] by ?l\n until [any where g == 5]",
    );
    assert_eq!(shapes(&rule), ["all(event.dataset == a.x; c == 1)", "all(e != 3; f != 4)"]);
    let tables: Vec<_> = rule.selections.iter().map(|selection| selection.table.as_deref()).collect();
    assert_eq!(tables, [Some("a.x"), Some("logs-a-*")]);
    assert_eq!(tests(&rule).len(), 6);
    let keys: Vec<_> = fields(&rule).into_iter().filter(|field| field.ends_with("join-key")).collect();
    assert_eq!(keys, ["a.x/k join-key", "a.x/u join-key", "logs-a-*/k join-key", "logs-a-*/l? join-key", "logs-a-*/u join-key"]);
}

#[test]
fn a_step_that_is_not_understood_does_not_hide_the_others() {
    let rule = rule("eql", "sequence by u\n [any where a == 1]\n [any where b.c == ]\n [any where d == 2]");
    assert_eq!((rule.parsed, shapes(&rule)), (Parsed::Partial, vec!["a == 1".into(), "?".into(), "d == 2".into()]));
    assert!(unread(&rule)[0].starts_with("9 "), "{:?}", unread(&rule));
    assert!(fields(&rule).contains(&"logs-a-*/b.c computed".to_owned()), "{:?}", fields(&rule));
}

#[test]
fn functions_around_a_field_and_other_fields_leave_the_comparison_open() {
    let rule = full("eql", "any where length(a) > 5 and b == c and string(d) == \"1\" and stringContains(?e, \"x\")");
    assert_eq!(tests(&rule), ["a > 5[length]", "b == ...", "d == 1", "e contains x"]);
    assert_eq!(shapes(&rule), ["all(?; ?; d == 1; e contains x)"]);
    assert_eq!(fields(&rule)[4], "logs-a-*/e? filter");
}

#[test]
fn names_of_esql_lead_back_to_their_fields() {
    let rule = full(
        "esql",
        "FROM logs-b-*, logs-c-* METADATA _id\n| EVAL low = TO_LOWER(a.b), n = TO_LONG(c)\n| RENAME d AS e\n\
         | WHERE low == \"x\" AND n IN (1, 2) AND e LIKE \"y*\" AND a.b RLIKE \"z.*\" AND `f`.`g` IS NOT NULL\n\
         | STATS many = COUNT_DISTINCT(h) WHERE i == \"j\" BY k, day = DATE_TRUNC(1 day, @timestamp)\n| WHERE many >= 5 AND k != \"l\"",
    );
    let expected = ["a.b ==~ x", "c in 1,2", "d like y*", "a.b matches z.*", "f.g isnotnull", "i == j", "h >= 5[count_distinct]", "k != l"];
    assert_eq!(tests(&rule), expected);
    assert_eq!(shapes(&rule), ["all(a.b ==~ x; c in 1,2; d like y*; a.b matches z.*; f.g isnotnull)"]);
    let places: Vec<_> = rule.predicates.iter().skip(4).map(|predicate| predicate.place.clone()).collect();
    assert_eq!(places, [Place::Row, Place::Inside("count_distinct".into()), Place::Aggregate, Place::Aggregate]);
    let names: Vec<_> = rule.fields.keys().map(|field| field.name.as_str()).collect();
    assert_eq!(names, ["@timestamp", "a.b", "c", "d", "f.g", "h", "i", "k"]);
    assert!(rule.tables.contains("logs-b-*") && rule.predicates[0].tables.iter().eq(["logs-b-*", "logs-c-*"]));
}

#[test]
fn case_that_a_function_gives_is_met_only_by_its_own() {
    let rule = full("esql", "from a | where to_lower(b) == \"X\" or to_upper(c) == \"X\"");
    assert_eq!(tests(&rule), ["b == X[change of case]", "c ==~ X"]);
}

#[test]
fn a_search_of_esql_is_one_for_words() {
    let rule = full("esql", "from a | where match(b, \"x\") or c : \"y\" or match_phrase(d, \"p q\")");
    assert_eq!(tests(&rule), ["b has~ x", "c has~ y", "d has~ p q[match]"]);
}

#[test]
fn names_of_esql_that_something_else_may_have_brought_are_doubted() {
    let rule = rule("esql", "from a\n| where b == 1\n| lookup join more on c\n| where d == 2 and b == 3\n| keep b\n| where e == 4");
    let unread = unread(&rule);
    assert_eq!(unread.len(), 2, "{unread:?}");
    assert!(unread[0].starts_with("10 d may be") && unread[1].starts_with("12 no field e is left"), "{unread:?}");
    assert_eq!(tests(&rule), ["b == 1", "d == 2", "b == 3"]);
}

#[test]
fn an_unknown_command_of_esql_is_told_and_its_fields_are_kept() {
    let rule = rule("esql", "from a\n| where b.c == 1\n| conjure d.e with 3\n| where f.g == \"2\"");
    assert_eq!((rule.parsed, shapes(&rule)), (Parsed::Partial, vec!["all(b.c == 1; ?; f.g == 2)".to_owned()]));
    assert!(unread(&rule)[0].starts_with("9 a known command"), "{:?}", unread(&rule));
    assert!(fields(&rule).contains(&"a/d.e computed".to_owned()), "{:?}", fields(&rule));
}

#[test]
fn branches_of_a_fork_let_through_what_any_of_them_does() {
    let rule = full("esql", "from a | where b == 1 | fork (where c == 2) (where not (d == 3 and e == 4) | limit 5)");
    assert_eq!(shapes(&rule), ["all(b == 1; any(c == 2; any(d != 3; e != 4)))"]);
}

#[test]
fn settings_around_the_query_name_fields() {
    let text = "[metadata]\nx = 1\n[rule]\nrule_id = \"i\"\nname = \"N\"\nseverity = \"high\"\ntype = \"threshold\"\nquery = \"\"\"\na: \\\"ö\\\"\n\"\"\"\n\
                investigation_fields.field_names = [\"f\"]\n[rule.threshold]\nfield = [\"b\", \"\"]\nvalue = 3\n[[rule.threshold.cardinality]]\nfield = \"c\"\nvalue = 2\n";
    let rule = read("a.toml", text).unwrap().remove(0);
    assert_eq!((rule.id.as_str(), rule.title.as_str(), rule.severity.as_deref()), ("i", "N", Some("high")));
    assert_eq!((rule.language, rule.line, &text[rule.bytes.clone()]), (Language::Kuery, 9, "a: \\\"ö\\\""));
    assert_eq!(&text[rule.predicates[0].values[0].at.bytes.clone()], "\"ö\\\"");
    assert_eq!(fields(&rule), ["/a filter", "/b group", "/c aggregate", "/f output"]);
    assert_eq!(rule.fields.values().nth(1).unwrap().roles[&Role::Group].line, 13);
}

#[test]
fn a_rule_without_a_query_that_can_be_read_is_listed_and_says_why() {
    for (rest, why) in [
        ("type = \"machine_learning\"\nmachine_learning_job_id = \"x\"", "a machine learning job decides"),
        ("type = \"saved_query\"", "holds no query"),
        ("language = \"lucene\"\nquery = \"a:b\"", "queries in lucene are not read"),
    ] {
        let rules = read("a.toml", &format!("[rule]\nname = \"n\"\n{rest}\n")).unwrap();
        assert_eq!((rules.len(), rules[0].parsed, rules[0].title.as_str()), (1, Parsed::Failed, "n"));
        assert!(unread(&rules[0])[0].contains(why), "{:?}", unread(&rules[0]));
    }
}

#[test]
fn what_decides_beside_the_query_makes_a_rule_partial() {
    let text = file("kuery", "a: 1") + "[[rule.filters]]\nquery = 1\n";
    let rule = read("a.toml", &text).unwrap().remove(0);
    assert_eq!((rule.parsed, unread(&rule)), (Parsed::Partial, vec!["9 filters beside the query are not read".to_owned()]));
}

#[test]
fn exports_are_read_line_by_line_or_as_one() {
    let one = r#"{"rule_id": "i", "type": "eql", "language": "eql", "query": "any where a == \"x\"\nand b == 1", "index": ["l"]}"#;
    let lines = format!("{one}\n{}\n{{\"exported_count\": 2}}\n", one.replace("\"i\"", "\"j\""));
    let rules = read("a.ndjson", &lines).unwrap();
    assert_eq!(rules.iter().map(|rule| (rule.id.as_str(), rule.line, rule.block)).collect::<Vec<_>>(), [("i", 1, 0), ("j", 2, 1)]);
    let value = &rules[1].predicates[0].values[0];
    assert_eq!((value.text.as_str(), value.at.line, &lines[value.at.bytes.clone()]), ("x", 2, "\"x\\\""));
    assert_eq!(read("a.json", &format!("[\n{one},\n{one}\n]")).unwrap().iter().map(|rule| rule.line).collect::<Vec<_>>(), [2, 3]);
}

#[test]
fn a_broken_file_names_the_line() {
    let one = r#"{"rule_id": "i"}"#;
    for (name, text, line) in [
        ("a.toml", "[rule]\nname = \"n\nquery = 1\n".to_owned(), "line 2: "),
        ("a.toml", "[other]\nx = 1\n".to_owned(), "line 1: "),
        ("a.json", "{\n\"rule_id\": \"i\",\n\"name\": \"n\n".to_owned(), "line 3: "),
        ("a.ndjson", format!("{one}\n{one}\n{{\"rule_id\": \n"), "line 3: "),
    ] {
        let why = read(name, &text).unwrap_err();
        assert!(why.starts_with(line), "{text}: {why}");
    }
}

#[test]
fn nothing_is_too_deep_or_too_long() {
    let deep = |open: &str, close: &str| format!("{}a:1{}", open.repeat(3000), close.repeat(3000));
    for (language, query) in [
        ("kuery", deep("(", ")")),
        ("kuery", deep("not (", ")")),
        ("kuery", format!("a: {}b{}", "(".repeat(3000), ")".repeat(3000))),
        ("eql", format!("any where {}", deep("not (", ")"))),
        ("eql", format!("any where {}", deep("f(", ")"))),
        ("eql", format!("any where a == {}1", "- ".repeat(3000))),
        ("esql", format!("from a {}", "| fork (where b == 1 ".repeat(300))),
    ] {
        assert_eq!(rule(language, &query).parsed, Parsed::Partial, "{query:.40}");
    }
    let chain: String = (0..3000).fold("from a | eval v0 = b".to_owned(), |mut chain, number| {
        write!(chain, " | eval v{} = f(v{number}) + v{number}", number + 1).unwrap();
        chain
    });
    assert_eq!(tests(&rule("esql", &format!("{chain} | where v3000 == 1"))), ["b == 1[a long expression]"]);
}
