//! What each way of telling says, of hostile findings too, and what a table of the configuration may hold.

use super::*;
use crate::model::{Severity, Status};
use crate::report::Report;
use serde_json::Value;

/// Text that would steer whatever reads it as more than text.
const HOSTILE: &str = "<!channel> <https://evil.example|x> *b* `c` & [a](https://evil.example) {{DATE(2020-01-01T00:00:00Z)}}\r\n\
                       Bcc: evil@evil.example\r\n\r\n<script>alert('1')</script>\u{202e}\u{0}\"";

/// The sample report with all findings new.
fn report() -> Report {
    let mut report = Report::from_json(include_str!("../../reports/sample.json")).unwrap();
    report.findings.iter_mut().for_each(|row| row.status = Status::New);
    report.ended.clear();
    report
}

/// The same with hostile text wherever there can be text, and many findings.
fn hostile() -> Report {
    let mut report = report();
    report.run.source = HOSTILE.into();
    report.run.id = HOSTILE.into();
    let mut row = report.findings[0].clone();
    (row.summary, row.path, row.value, row.check) = (HOSTILE.into(), Some(HOSTILE.into()), Some(HOSTILE.into()), HOSTILE.into());
    row.summary = HOSTILE.repeat(100);
    report.findings = (0..100).map(|number| crate::report::FindingRow { key: format!("{number:016x}"), ..row.clone() }).collect();
    report
}

fn settings(text: &str) -> Settings {
    toml::from_str(text).unwrap()
}

fn mail() -> Settings {
    settings("to = \"email\"\nhost = \"localhost\"\nfrom = \"logdrift <logdrift@example.com>\"\nrecipients = [\"soc@example.com\"]")
}

/// All texts of some JSON.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(all) => all.iter().flat_map(texts).collect(),
        Value::Object(all) => all.values().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

/// All objects of some JSON that have a type.
fn typed(value: &Value, kind: &str) -> Vec<Value> {
    let below = match value {
        Value::Array(all) => all.iter().flat_map(|one| typed(one, kind)).collect(),
        Value::Object(all) => all.values().flat_map(|one| typed(one, kind)).collect(),
        _ => Vec::new(),
    };
    let own = (value["type"] == kind).then(|| value.clone());
    own.into_iter().chain(below).collect()
}

#[test]
fn only_what_is_new_or_ended_and_severe_enough_is_told() {
    let mut report = report();
    let all = Notice::of(&report, Severity::Info).unwrap().body();
    assert_eq!(all.findings.len(), report.findings.len(), "roots and their echoes");
    let high = Notice::of(&report, Severity::High).unwrap();
    assert!(high.lines().0.iter().all(|line| ["HIGH", "CRITICAL"].contains(&line.badge.as_str())) && !high.lines().0.is_empty());
    for status in [Status::Known, Status::Accepted] {
        report.findings.iter_mut().for_each(|row| row.status = status);
        assert!(Notice::of(&report, Severity::Info).is_none());
    }
    report.ended.push(crate::report::EndedRow {
        key: "0123456789abcdef".into(),
        check: "new-code".into(),
        severity: Severity::High,
        path: None,
        cohort: None,
        value: None,
        caused_by: None,
        last_seen: None,
    });
    assert!(Notice::of(&report, Severity::Critical).is_none());
    let ended = Notice::of(&report, Severity::High).unwrap();
    assert!(ended.headline().starts_with("logdrift: 1 ended in "), "{}", ended.headline());
    assert_eq!((ended.lines().0[0].badge.as_str(), ended.body().ended.len(), ended.body().findings.len()), ("ENDED", 1, 0));
}

#[test]
fn many_findings_are_counted_and_not_all_listed() {
    let report = hostile();
    let (lines, more) = Notice::of(&report, Severity::Info).unwrap().lines();
    assert_eq!((lines.len(), more.as_deref()), (15, Some("and 85 more, in the report")));
}

#[test]
fn slack_gets_plain_text_in_blocks_of_its_sizes() {
    let report = hostile();
    let body = slack::body(&Notice::of(&report, Severity::Info).unwrap());
    for text in texts(&body) {
        assert!(!text.contains(['<', '>', '\n', '\r', '\0', '\u{202e}']), "{text}");
        assert!(text.chars().count() <= 3_000, "{}", text.len());
    }
    assert!(typed(&body, "mrkdwn").is_empty() && typed(&body, "plain_text").iter().all(|text| text["emoji"] == false));
    assert!(body["blocks"].as_array().unwrap().len() <= 50);
    assert!(body["blocks"][0]["text"]["text"].as_str().unwrap().chars().count() <= 150);
    assert!(body["text"].as_str().unwrap().contains("&lt;!channel&gt;"));
}

#[test]
fn teams_gets_runs_of_text_within_its_limit() {
    let report = hostile();
    let body = teams::body(&Notice::of(&report, Severity::Info).unwrap());
    // A text block would be read as Markdown, a text run is not.
    assert!(typed(&body, "TextBlock").is_empty());
    assert!(typed(&body, "TextRun").len() > 30);
    assert!(texts(&body).iter().all(|text| !text.contains("{{") && !text.contains(['\n', '\r', '\0', '\u{202e}'])));
    assert!(body.to_string().len() < 28_000, "{}", body.to_string().len());
    assert_eq!(body["attachments"][0]["contentType"], "application/vnd.microsoft.card.adaptive");
}

#[test]
fn mail_has_the_headers_it_should_have_and_no_others() {
    let report = hostile();
    let message = email::message(&mail(), &Notice::of(&report, Severity::Info).unwrap()).unwrap();
    let text = String::from_utf8(message.formatted()).unwrap();
    let head = text.split("\r\n\r\n").next().unwrap();
    let mut names: Vec<&str> =
        head.lines().filter(|line| !line.starts_with([' ', '\t'])).map(|line| line.split(':').next().unwrap()).collect();
    names.sort_unstable();
    assert_eq!(names, ["Content-Type", "Date", "From", "MIME-Version", "Message-ID", "Subject", "To"], "{head}");
    assert_eq!(message.envelope().to().len(), 1);
}

#[test]
fn html_of_a_mail_is_escaped() {
    let report = hostile();
    let html = email::html(&Notice::of(&report, Severity::Info).unwrap());
    assert!(html.contains("&lt;script&gt;alert(&#39;1&#39;)") && !html.contains("<script") && !html.contains("<!channel"), "{html}");
    assert!(!html.contains(['\r', '\0', '\u{202e}']));
}

#[test]
fn a_webhook_gets_what_its_schema_says() {
    let schema: Value = serde_json::from_str(&NoticeBody::schema_text().unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for report in [report(), hostile()] {
        let body: Value = serde_json::from_str(&webhook::body(&Notice::of(&report, Severity::Info).unwrap()).unwrap()).unwrap();
        let errors: Vec<String> = validator.iter_errors(&body).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}");
    }
    assert!(!validator.is_valid(&serde_json::json!({"schema": "logdrift.notice/2"})));
}

#[test]
fn a_table_holds_what_its_way_of_telling_needs_and_nothing_else() {
    for (text, said) in [
        ("to = \"slack\"", "notify \"slack\": it needs url or url-env or url-file"),
        ("to = \"slack\"\nurl = \"x\"\nurl-env = \"y\"", "url, url-env: give one of them"),
        (
            "to = \"teams\"\nname = \"soc\"\nurl = \"x\"\nhost = \"h\"",
            "notify \"soc\": host: this key goes with to = \"email\", not \"teams\"",
        ),
        ("to = \"slack\"\nurl = \"x\"\ntoken-env = \"y\"", "token-env: this key goes with to = \"webhook\""),
        ("to = \"email\"\nhost = \"h\"\nfrom = \"a@b.c\"", "it needs recipients"),
        ("to = \"webhook\"\nurl = \"x\"\ntimeout = 0", "timeout: no attempt"),
        ("to = \"webhook\"\nurl = \"x\"\ntoken-env = \"a\"\ntoken-file = \"b\"", "token-env, token-file: give one of them"),
    ] {
        let error = settings(text).check().unwrap_err();
        assert!(error.contains(said), "{error}");
    }
    assert_eq!((mail().check(), mail().name(), mail().min_severity()), (Ok(()), "email", Severity::Medium));
}

#[test]
fn secrets_are_not_shown() {
    let secret = Secret::new("https://user:pass@hooks.example:8443/services/T0/B0/secret?key=secret".into());
    assert_eq!(secret.host(), "https://hooks.example:8443/…");
    assert!(!format!("{secret:?}").contains("secret?"), "{secret:?}");
    assert_eq!(Secret::new("no address".into()).host(), "an address without a scheme");
    assert_eq!(Secret::new("hunter2".into()).cut_from("you said hunter2"), "you said …");
}

#[test]
fn each_way_of_telling_has_a_file() {
    for notifier in NOTIFIERS {
        let file = format!("{}/src/notify/{}.rs", env!("CARGO_MANIFEST_DIR"), notifier.name);
        let text = std::fs::read_to_string(&file).unwrap_or_else(|_| panic!("{} has no file {file}", notifier.name));
        assert!(text.contains(&format!("name: \"{}\"", notifier.name)), "{file} does not define {}", notifier.name);
    }
}
