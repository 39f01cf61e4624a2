//! Small rules, the patch of each, and the program that applies it.

use crate::rules::RuleSet;
use std::io::Write as _;
use std::process::{Command, Stdio};

/// The file after its patch was applied by the program, if it is there; else by nobody.
fn mended(name: &str, text: &str) -> Option<String> {
    let set = RuleSet::read(vec![(name.to_owned(), text.to_owned())], Vec::new());
    let siblings = ["50074".to_owned(), "500121".to_owned()];
    let is_code = |field: &str| {
        field.to_ascii_lowercase().ends_with("resulttype")
            || field.to_ascii_lowercase().ends_with("errorcode")
            || field.ends_with("error_code")
    };
    let all: Vec<usize> = (0..set.rules.len()).collect();
    let patch = set.add_code(name, &all, &siblings, "1003033", &is_code)?;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(name), text).unwrap();
    let program = Command::new("patch")
        .args(["-p1", "--binary", "--fuzz=0"])
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let Ok(mut program) = program else {
        println!("skipped: the program patch is not installed");
        return None;
    };
    program.stdin.take().unwrap().write_all(patch.as_bytes()).unwrap();
    let done = program.wait_with_output().unwrap();
    assert!(done.status.success(), "{}\n{patch}", String::from_utf8_lossy(&done.stdout));
    Some(std::fs::read_to_string(folder.path().join(name)).unwrap())
}

fn has_patch() -> bool {
    Command::new("patch").arg("--version").output().is_ok()
}

/// What a clause of KQL becomes; `None` if it is left alone.
fn clause(clause: &str) -> Option<String> {
    let before = format!("SigninLogs\n| where {clause}\n| project UserId\n");
    let after = mended("a.kql", &before)?;
    Some(after.strip_prefix("SigninLogs\n| where ")?.strip_suffix("\n| project UserId\n")?.to_owned())
}

#[test]
fn kql_keeps_its_writing() {
    if !has_patch() {
        return;
    }
    for (before, after) in [
        (r#"ResultType in ("50074", "50126")"#, r#"ResultType in ("50074", "1003033", "50126")"#),
        (r#"ResultType in ('50074')"#, r#"ResultType in ('50074', '1003033')"#),
        ("ResultType in~ (50126,50074)", "ResultType in~ (50126,50074,1003033)"),
        ("ResultType == 50074", "ResultType in (50074, 1003033)"),
        ("ResultType==\"500121\" and AppId == 'x'", "ResultType in (\"500121\", \"1003033\") and AppId == 'x'"),
        ("ResultType =~ @'50074'", "ResultType in~ (@'50074', @'1003033')"),
        ("ResultType has_any (\"50074\")", "ResultType has_any (\"50074\", \"1003033\")"),
        (
            "(\n    ResultType in (\n        \"50126\", // wrong\n        \"50074\"  // asked\n    ))",
            "(\n    ResultType in (\n        \"50126\", // wrong\n        \"1003033\",\n        \"50074\"  // asked\n    ))",
        ),
        ("ResultType == '50074' or ResultType == '50126'", "ResultType in ('50074', '1003033') or ResultType == '50126'"),
    ] {
        assert_eq!(clause(before).as_deref(), Some(after), "{before}");
    }
    for left_alone in [
        "ResultType in ('50126')",
        "ResultType !in ('50074')",
        "not(ResultType == '50074')",
        "ResultType in ('50074', '1003033')",
        "'50074' == ResultType",
        "ResultType == 0",
        "AppId == '50074'",
    ] {
        assert_eq!(clause(left_alone), None, "{left_alone}");
    }
}

#[test]
fn a_list_under_a_name_is_mended_once() {
    let before = "let codes = dynamic([\"50074\", \"50126\"]);\nSigninLogs | where ResultType in (codes)\n| union (AADNonInteractiveUserSignInLogs | where ResultType in (codes))\n";
    let after = mended("a.kql", before);
    if has_patch() {
        assert_eq!(after.as_deref(), Some(before.replace("\"50074\",", "\"50074\", \"1003033\",").as_str()));
    }
}

#[test]
fn windows_line_ends_and_a_last_line_without_one_stay() {
    let before = "SigninLogs\r\n| where ResultType == 50074";
    if has_patch() {
        assert_eq!(mended("a.kql", before).as_deref(), Some("SigninLogs\r\n| where ResultType in (50074, 1003033)"));
    }
}

#[test]
fn rules_in_yaml_keep_their_layout() {
    if !has_patch() {
        return;
    }
    let sentinel = |query: &str| format!("id: x\nname: y\nquery: |\n  SigninLogs\n  | where {query}\n  | take 5\nkind: Scheduled\n");
    assert_eq!(mended("a.yaml", &sentinel("ResultType == \"50074\"")), Some(sentinel("ResultType in (\"50074\", \"1003033\")")));
    // Quotes inside quotes would have to be escaped: such a rule is left alone.
    assert_eq!(mended("b.yaml", "name: y\nquery: \"SigninLogs | where ResultType == \\\"50074\\\"\"\n"), None);
    let sigma = |test: &str| {
        format!(
            "title: t\nlogsource:\n    product: azure\n    service: signinlogs\ndetection:\n    selection:\n        AppId: x\n        {test}\n    condition: selection\n"
        )
    };
    for (before, after) in [
        ("ResultType: 50074", "ResultType:\n            - 50074\n            - 1003033"),
        ("ResultType: '50074' # asked", "ResultType:\n            - '50074'\n            - '1003033' # asked"),
        (
            "ResultType:\n            - 50126\n            - 50074 # asked",
            "ResultType:\n            - 50126\n            - 1003033\n            - 50074 # asked",
        ),
        ("ResultType: [50074, 50126]", "ResultType: [50074, 1003033, 50126]"),
    ] {
        assert_eq!(mended("c.yml", &sigma(before)), Some(sigma(after)), "{before}");
    }
    assert_eq!(mended("c.yml", &sigma("ResultType: 50126")), None);
}

#[test]
fn searches_of_splunk_and_elastic_are_mended() {
    if !has_patch() {
        return;
    }
    let splunk = |search: &str| format!("name: n\nid: i\nversion: 1\nsearch: '`azure` {search} | stats count by user'\ntype: TTP\n");
    for (before, after) in [
        ("properties.status.errorCode=500121 x=1", "(properties.status.errorCode=500121 OR properties.status.errorCode=1003033) x=1"),
        ("errorCode IN (50074, 50126)", "errorCode IN (50074, 1003033, 50126)"),
    ] {
        assert_eq!(mended("d.yml", &splunk(before)), Some(splunk(after)), "{before}");
    }
    let elastic = |language: &str, query: &str| {
        format!(
            "[metadata]\nmaturity = \"production\"\n\n[rule]\nname = \"n\"\nrule_id = \"r\"\nrisk_score = 1\nseverity = \"low\"\ntype = \"{}\"\nlanguage = \"{language}\"\nindex = [\"logs-azure.signinlogs-*\"]\nquery = '''\n{query}\n'''\n",
            if language == "kuery" { "query" } else { language }
        )
    };
    for (language, before, after) in [
        (
            "kuery",
            "azure.signinlogs.properties.status.error_code: 50074 and a: b",
            "azure.signinlogs.properties.status.error_code: (50074 or 1003033) and a: b",
        ),
        (
            "kuery",
            "azure.signinlogs.properties.status.error_code:(50074 or 50126)",
            "azure.signinlogs.properties.status.error_code:(50074 or 1003033 or 50126)",
        ),
        (
            "eql",
            "any where azure.signinlogs.properties.status.error_code == 50074",
            "any where azure.signinlogs.properties.status.error_code in (50074, 1003033)",
        ),
        (
            "esql",
            "from logs-azure.signinlogs-* | where azure.signinlogs.properties.status.error_code == 50074",
            "from logs-azure.signinlogs-* | where azure.signinlogs.properties.status.error_code in (50074, 1003033)",
        ),
    ] {
        assert_eq!(mended("e.toml", &elastic(language, before)), Some(elastic(language, after)), "{before}");
    }
}
