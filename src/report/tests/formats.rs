//! What each format makes of a report: of an empty one, of levels, of rules, of what was accepted.

use super::*;
use serde_json::Value;

fn written(format: &Format, report: &Report) -> String {
    (format.render)(report, &Style::default()).unwrap()
}

fn sarif(report: &Report) -> Value {
    serde_json::from_str(&written(&sarif::FORMAT, report)).unwrap()
}

#[test]
fn a_report_without_findings_says_so_in_every_format() {
    let clean = report_of(&[]);
    let nothing = Report::new(Run::default(), None, Checked::default(), &[], Severity::Medium, Reveal::Hidden);
    for format in FORMATS {
        let (clean, nothing) = (written(format, &clean), written(format, &nothing));
        assert!(clean.ends_with('\n') && nothing.ends_with('\n') && clean != nothing, "{}", format.name);
        if format.name != "json" && format.name != "junit" {
            assert!(clean.contains("CLEAN") && clean.contains("o drift in 7 comparisons"), "{clean}");
            assert!(nothing.contains("NOT CHECKABLE") && nothing.contains("Next:"), "{nothing}");
        }
    }
    let tests = crate::checks::CHECKS.len();
    let counts = |xml: &str| xml.lines().nth(1).unwrap().to_owned();
    let xml = written(&junit::FORMAT, &clean);
    assert_eq!(counts(&xml), format!("<testsuites name=\"logdrift\" tests=\"{tests}\" failures=\"0\" errors=\"0\" skipped=\"0\">"));
    // What was not looked for was not found to be absent.
    let xml = written(&junit::FORMAT, &nothing);
    assert!(counts(&xml).ends_with(&format!("tests=\"{}\" failures=\"0\" errors=\"1\" skipped=\"{tests}\">", tests + 1)), "{xml}");
    assert_eq!(sarif(&clean)["runs"][0]["results"], serde_json::json!([]));
}

#[test]
fn where_nothing_could_be_compared_every_format_tells_what_was_rejected_and_set_apart() {
    let count = |name: &str, count| [(name.to_owned(), count)].into();
    let run = Run { rejects: 7, reject_reasons: count("not-json", 7), other_record_types: count("AuditLogs", 3), ..Run::default() };
    let report = Report::new(run, None, Checked::default(), &[], Severity::Medium, Reveal::Hidden);
    for format in FORMATS.iter().filter(|format| format.name != "json") {
        let text = written(format, &report).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains("7 pieces of input that no record could be read from: not JSON 7"), "{text}");
        assert!(text.contains("3 records of types that this source does not read: AuditLogs 3"), "{text}");
    }
}

/// A report of one finding of each severity, each with an echo.
fn of_each(fail_on: Severity) -> Report {
    let rows = Severity::ALL.iter().enumerate().flat_map(|(at, severity)| {
        let root = finding(&format!("root{at}"), *severity, 1, None);
        [finding(&format!("echo{at}"), Severity::Low, 1, Some(root.key.as_str())), root]
    });
    let rows: Vec<Finding> = rows.collect();
    Report::new(Run::default(), None, checked(7), &rows, fail_on, Reveal::Hidden)
}

#[test]
fn severities_are_the_levels_of_each_format() {
    let report = of_each(Severity::Medium);
    let results = &sarif(&report)["runs"][0]["results"];
    let levels: Vec<&str> = results.as_array().unwrap().iter().map(|result| result["level"].as_str().unwrap()).collect();
    assert_eq!(levels, ["error", "error", "warning", "note", "note"]);
    let text = written(&github::FORMAT, &report);
    let levels: Vec<&str> = text.lines().map(|line| line.split_once(' ').unwrap().0).collect();
    assert_eq!(levels, ["::notice", "::error", "::error", "::warning", "::notice", "::notice"]);
    let text = written(&markdown::FORMAT, &report);
    let heads: Vec<&str> = text.lines().filter(|line| line.starts_with("## ")).collect();
    assert_eq!(heads, ["## Critical", "## High", "## Medium", "## Low", "## Info"]);
    assert_eq!(text.matches("<details><summary>1 echo</summary>").count(), 5);
}

#[test]
fn a_test_fails_where_the_check_does() {
    for (fail_on, failures) in [(Severity::Info, 5), (Severity::Medium, 3), (Severity::Critical, 1)] {
        let text = written(&junit::FORMAT, &of_each(fail_on));
        assert!(text.contains(&format!("failures=\"{failures}\"")) && text.matches("<failure").count() == failures, "{text}");
        assert_eq!(text.matches("<system-out>").count(), 5 - failures);
        assert!(text.contains("<failure message=\"the field is no longer sent\" type=\"critical\">"), "{text}");
    }
}

#[test]
fn what_was_accepted_fails_nothing_and_is_told() {
    let rows = [Finding { status: Status::Accepted, ..finding("a", Severity::High, 1, None) }];
    let word =
        crate::model::Acceptance { key: rows[0].key.clone(), at: 0, who: "ann".into(), reason: "planned".into(), ends: Some(86_400) };
    let report = report_of(&rows).with_history(&[], &[word], Reveal::Hidden);
    let result = &sarif(&report)["runs"][0]["results"][0];
    assert_eq!(result["baselineState"], "unchanged");
    let suppression = serde_json::json!([
        {"kind": "external", "status": "accepted", "justification": "accepted by ann, before 1970-01-02 UTC: planned"}
    ]);
    assert_eq!(result["suppressions"], suppression);
    let text = written(&junit::FORMAT, &report);
    assert!(
        text.contains("skipped=\"1\"") && text.contains("<skipped message=\"accepted by ann, before 1970-01-02 UTC: planned: "),
        "{text}"
    );
    assert_eq!(written(&github::FORMAT, &report).lines().count(), 1);
    let text = written(&markdown::FORMAT, &report);
    assert!(text.contains("\n## Accepted\n\n- `field-vanished` `a` (high) by ann, before 1970-01-02 UTC: planned, key `a`\n"), "{text}");
    let statuses = [Status::New, Status::Known].map(|status| report_of(&[Finding { status, ..finding("a", Severity::Low, 1, None) }]));
    let states = statuses.map(|report| sarif(&report)["runs"][0]["results"][0]["baselineState"].clone());
    assert_eq!(states, ["new", "unchanged"]);
}

#[test]
fn findings_stand_at_the_rules_they_touch_and_else_at_the_log() {
    let mut report = report_of(&[finding("a", Severity::High, 1, None), finding("echo", Severity::Low, 1, Some("a"))]);
    report.run.source = "my logs".into();
    let place = |report: &Report| sarif(report)["runs"][0]["results"][0]["locations"][0].clone();
    assert_eq!(place(&report)["physicalLocation"]["artifactLocation"]["uri"], "logs/my%20logs");
    assert_eq!(place(&report)["logicalLocations"][0]["name"], "a");
    let rule = |file: &str, effect: &str| RuleRow {
        id: file.into(),
        title: "t".into(),
        file: file.into(),
        line: 7,
        effect: effect.into(),
        clause: "isnotempty(City)".into(),
        why: "w".into(),
        lost: None,
        query: None,
        witness: None,
    };
    report.findings[0].rules.push(rule("a.kql", "weakened"));
    report.findings[1].rules.push(rule("b.kql", "blind"));
    for (named, file) in [("./rules/", "rules/b.kql"), ("rules/b.kql", "rules/b.kql"), (".", "b.kql"), ("../r", "../r/b.kql")] {
        report.run.rules = Some(named.into());
        assert_eq!(place(&report)["physicalLocation"]["artifactLocation"]["uri"], file);
        assert_eq!(place(&report)["physicalLocation"]["region"]["startLine"], 7);
        let text = written(&github::FORMAT, &report);
        assert!(text.contains(&format!("\n::error file={file},line=7,title=high field-vanished a::")), "{text}");
        let text = written(&markdown::FORMAT, &report);
        assert!(text.contains(&format!("\n- **blind** `t`, `{file}:7`: w; clause `isnotempty(City)`\n")), "{text}");
    }
}

#[test]
fn a_report_that_does_not_say_how_it_was_judged_was_judged_as_usual() {
    let mut old = serde_json::to_value(sample()).unwrap();
    old.as_object_mut().unwrap().remove("fail_on");
    old["run"].as_object_mut().unwrap().remove("rules");
    let report = Report::from_json(&old.to_string()).unwrap();
    assert_eq!((report.fail_on, report.run.rules), (Severity::Medium, None));
}

#[test]
fn what_is_too_long_to_copy_is_named() {
    let mut report = report_of(&[finding("a", Severity::High, 1, None)]);
    for (length, is_copied) in [(16_384, true), (16_385, false)] {
        report.findings[0].suggestion = Some(Suggestion { query: "`".repeat(length), patch: String::new() });
        let text = written(&markdown::FORMAT, &report);
        assert_eq!(text.contains(&"`".repeat(16_384)), is_copied);
        assert_eq!(text.contains("16385 bytes, to be found in the JSON report"), !is_copied);
    }
}

#[test]
fn a_page_allows_its_own_style_and_script_and_nothing_else() {
    use base64::Engine as _;
    use sha2::Digest as _;
    let text = written(&html::FORMAT, &sample());
    let between = |from: &str, to: &str| text.split_once(from).unwrap().1.split_once(to).unwrap().0;
    let hash = |text: &str| base64::prelude::BASE64_STANDARD.encode(sha2::Sha256::digest(text));
    let policy = between("http-equiv=\"Content-Security-Policy\" content=\"", "\"").replace("&#39;", "'");
    let (style, script) = (hash(between("<style>", "</style>")), hash(between("<script>", "</script>")));
    let wanted =
        format!("default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; base-uri 'none'; form-action 'none'");
    assert_eq!(policy, wanted);
    assert!(text.matches("<style").count() == 1 && text.matches("<script").count() == 1 && !text.contains(" style="));
}

#[test]
fn a_page_tells_of_each_finding_what_the_others_tell() {
    let mut report = sample();
    report.findings[0].suggestion = Some(Suggestion { query: "SigninLogs\n| take 1".into(), patch: "-a\n+b".into() });
    let text = written(&html::FORMAT, &report);
    for part in [
        "<pre>SigninLogs\n| take 1</pre>",
        "Patch for the rules (<code>patch -p1</code> in their folder)",
        "<summary>8 echoes</summary>",
        "now 0.12 %",
        "<tr><td>2023-03-09<td>41<td>34180",
        "41 of 34180 records (0.1 %)",
        "first seen 2023-03-09 UTC",
        "Accepted by ann, before 2023-04-08 UTC: sign-ins of a pilot group",
        "is not found any more, last seen 2023-03-08 UTC",
        "118 cohorts of appId were folded into (other)",
        "not JSON 4, cut off by the end of the input 1",
        "<b>Ada uses her key</b>: no record found with correlation_id",
        "id=\"check-new-code\"",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
}

#[test]
fn a_page_of_a_hundred_findings_is_small() {
    let mut report = sample();
    let (root, others) = (report.findings[0].clone(), report.findings[1..9].to_vec());
    report.findings = (0..100)
        .flat_map(|at| {
            let root = FindingRow { key: format!("{at:016x}"), ..root.clone() };
            let echoes = others.iter().map(|echo| FindingRow { caused_by: Some(root.key.clone()), ..echo.clone() }).collect::<Vec<_>>();
            std::iter::once(root).chain(echoes)
        })
        .collect();
    let text = written(&html::FORMAT, &report);
    assert_eq!(text.matches("<article ").count(), 100);
    assert!(text.len() < 500_000, "{}", text.len());
}
