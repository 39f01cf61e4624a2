//! Small rules, the patch of each, and the program that applies it.

use crate::rules::RuleSet;
use std::io::Write as _;
use std::process::{Command, Stdio};

/// The patch that adds a code to a file.
fn patched(name: &str, text: &str, code: &str) -> Option<String> {
    let set = RuleSet::read(vec![(name.to_owned(), text.to_owned())], Vec::new());
    let siblings = ["50074".to_owned(), "500121".to_owned()];
    let is_code = |field: &str| {
        field.to_ascii_lowercase().ends_with("resulttype")
            || field.to_ascii_lowercase().ends_with("errorcode")
            || field.ends_with("error_code")
    };
    let all: Vec<usize> = (0..set.rules.len()).collect();
    set.add_code(name, &all, &siblings, code, &is_code)
}

/// The file after its patch was applied by the program, if it is there; else by nobody.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn mended(name: &str, text: &str) -> Option<String> {
    let patch = patched(name, text, "1003033")?;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(name), text).unwrap();
    let program = Command::new("patch")
        .args(["-p1", "--binary", "--fuzz=0"])
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let Ok(mut program) = program else {
        eprintln!("skipped: the program patch is not installed");
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

#[test]
fn windows_line_ends_stay_where_lines_are_added() {
    if !has_patch() {
        return;
    }
    let list = "SigninLogs\r\n| where ResultType in (\r\n    \"50126\",\r\n    \"50074\"\r\n)\r\n";
    let expected = list.replace("    \"50074\"", "    \"1003033\",\r\n    \"50074\"");
    assert_eq!(mended("a.kql", list).as_deref(), Some(expected.as_str()));
    let sigma = "title: t\r\nlogsource:\r\n    product: azure\r\n    service: signinlogs\r\ndetection:\r\n    selection:\r\n        ResultType: 50074\r\n    condition: selection\r\n";
    let expected = sigma.replace(" 50074", "\r\n            - 50074\r\n            - 1003033");
    assert_eq!(mended("c.yml", sigma).as_deref(), Some(expected.as_str()));
}

#[test]
fn a_list_that_also_leaves_out_is_left_alone() {
    for text in [
        "let codes = dynamic([\"50074\", \"50126\"]);\nSigninLogs | where ResultType in (codes)\n| union (SigninLogs | where ResultType !in (codes))\n",
        "let codes = dynamic([\"50074\", \"50126\"]);\nSigninLogs | where ResultType in (codes) and AppId in (codes)\n",
        "SigninLogs | where ResultType == (\"50074\")\n",
    ] {
        assert_eq!(patched("a.kql", text, "1003033"), None, "{text}");
    }
}

#[test]
fn a_code_that_would_mean_more_than_itself_is_not_added() {
    let kql = "SigninLogs | where ResultType in (\"50074\")\n";
    let bare = "SigninLogs | where ResultType in (50074)\n";
    let splunk = "name: n\nid: i\nversion: 1\nsearch: '`azure` errorCode=\"50074\" | stats count by user'\ntype: TTP\n";
    let sigma = "title: t\nlogsource:\n    product: azure\n    service: signinlogs\ndetection:\n    s:\n        ResultType: '50074'\n    condition: s\n";
    for code in ["1*", "1?", "1\" or 1==1 //", "1\\", "1\n2", "1'", "", "1) or (1", "$x$", "%x%", "{{x}}", "`x`", "1\u{202e}2", "1,2"] {
        for (name, text) in [("a.kql", kql), ("a.kql", bare), ("d.yml", splunk), ("c.yml", sigma)] {
            assert_eq!(patched(name, text, code), None, "{code:?} {text}");
        }
    }
    for code in ["abc", "007", "-1", "1e3", "true"] {
        assert_eq!(patched("a.kql", bare, code), None, "{code:?}");
    }
    assert!(patched("a.kql", kql, "1003033").is_some() && patched("a.kql", kql, "INVALID_CREDENTIALS").is_some());
}

#[test]
fn one_comparison_that_cannot_be_mended_does_not_keep_others_from_it() {
    if has_patch() {
        let before = "SigninLogs | where ResultType == (\"50074\") or ResultType in (\"500121\")\n";
        let expected = before.replace("(\"500121\")", "(\"500121\", \"1003033\")");
        assert_eq!(mended("a.kql", before), Some(expected));
    }
}
