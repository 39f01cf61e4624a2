//! The report as SARIF 2.1.0: a result for each root finding, at the rules that it touches.

use super::history::word;
use super::hit::{file, hit};
use super::inert::escape_json;
use super::sign_ins::wrong;
use super::subject::{line, lines, opening, plain, subject_of};
use super::{FindingRow, Format, Report, RuleRow, Run, SignInRow, Style, Verdict, outcome};
use crate::checks;
use crate::error::{Error, Result};
use crate::model::{Severity, Status};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Row of the table of formats.
pub(super) static FORMAT: Format =
    Format { name: "sarif", extension: "sarif", summary: "SARIF 2.1.0, for code scanning and viewers of findings", render };

/// Id under which a sign-in of a manifest that went wrong is a result; no check has it.
const SIGN_IN: &str = "expected-sign-in";

fn render(report: &Report, _style: &Style) -> Result<String> {
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run(report)],
    });
    let text = serde_json::to_string_pretty(&log).map_err(|error| Error::Usage(format!("cannot write the report as SARIF: {error}")))?;
    Ok(escape_json(&text).into_owned() + "\n")
}

fn run(report: &Report) -> Value {
    let sign_ins = wrong(report);
    let found: BTreeSet<&str> = report.groups().map(|(root, _)| root.check.as_str()).collect();
    let ids: Vec<&str> = found.into_iter().chain((!sign_ins.is_empty()).then_some(SIGN_IN)).collect();
    let place = |id: &str| ids.iter().position(|known| *known == id);
    let results = sign_ins.iter().map(|row| sign_in(report, row, place(SIGN_IN)));
    let results = results.chain(report.groups().map(|(root, echoes)| result(report, root, echoes, place(&root.check))));
    json!({
        "tool": {"driver": {
            "name": "logdrift",
            "version": env!("CARGO_PKG_VERSION"),
            "rules": ids.iter().map(|id| descriptor(id)).collect::<Vec<_>>(),
        }},
        // Results of one source replace those of its last run, not those of other sources.
        "automationDetails": {"id": format!("logdrift/{}/", uri(&report.run.source))},
        "invocations": [{"executionSuccessful": true, "toolExecutionNotifications": notifications(report)}],
        "artifacts": [{"location": {"uri": log_uri(&report.run)}, "description": message("the log that was checked"), "roles": ["analysisTarget"]}],
        "results": results.collect::<Vec<_>>(),
        "properties": {"verdict": report.verdict.id()},
    })
}

fn descriptor(id: &str) -> Value {
    let (summary, explain) = match checks::find(id) {
        Some(check) => (check.summary, check.explain),
        None if id == SIGN_IN => (
            "a sign-in that was not logged as it should be",
            "A sign-in that the manifest of --expect names was logged otherwise or not at all.",
        ),
        None => return json!({"id": line(id)}),
    };
    json!({"id": id, "shortDescription": message(summary), "fullDescription": message(explain), "help": message(explain)})
}

/// The verdict, what was not checked and what a reader must know.
fn notifications(report: &Report) -> Vec<Value> {
    let note = |level: &str, text: &str| json!({"level": level, "message": message(text)});
    let mut found = Vec::new();
    if report.verdict == Verdict::NotCheckable {
        let next: Vec<String> = outcome::next_lines(report).iter().map(|words| line(words)).collect();
        found.push(note("warning", &format!("{}\n{}", opening(report), next.join("\n"))));
    } else {
        found.push(note("note", &opening(report)));
    }
    found.extend(report.checked.not_checked.iter().map(|text| note("note", &line(&format!("not checked: {text}")))));
    found.extend(report.run.notes.iter().map(|text| note("note", &line(text))));
    found
}

fn result(report: &Report, root: &FindingRow, echoes: &[FindingRow], place: Option<usize>) -> Value {
    let pieces = subject_of(root);
    let (title, drifted) = (plain(&pieces), plain(&pieces[1..]));
    let name = root.path.as_deref().or(root.value.as_deref()).unwrap_or(&report.run.source);
    let logical = json!([{"name": line(name), "fullyQualifiedName": drifted.trim()}]);
    let mut locations: Vec<Value> = hit(root, echoes).into_iter().map(|rule| rule_location(&report.run, rule)).collect();
    if locations.is_empty() {
        locations.push(log_location(&report.run));
    }
    locations[0]["logicalLocations"] = logical;
    let mut result = json!({
        "ruleId": line(&root.check),
        "ruleIndex": place,
        "level": level(root.severity),
        "message": message(&format!("{title}\n{}", lines(root, echoes).join("\n"))),
        "locations": locations,
        "partialFingerprints": {"logdriftKey/v1": line(&root.key)},
        "baselineState": if root.status == Status::New { "new" } else { "unchanged" },
        "properties": {
            "severity": root.severity.id(),
            "status": root.status.id(),
            "before": root.before,
            "after": root.after,
            "actors": root.actors,
            "firstSeen": root.first_seen.as_deref().map(line),
            "echoes": root.echoes.iter().map(|key| line(key)).collect::<Vec<_>>(),
        },
    });
    if root.status == Status::Accepted {
        result["suppressions"] =
            json!([{"kind": "external", "status": "accepted", "justification": line(&format!("accepted{}", word(root)))}]);
    }
    result
}

fn sign_in(report: &Report, row: &SignInRow, place: Option<usize>) -> Value {
    json!({
        "ruleId": SIGN_IN,
        "ruleIndex": place,
        "level": level(Severity::High),
        "message": message(&line(&format!("{}: {}", row.name, row.summary))),
        "locations": [log_location(&report.run)],
        "partialFingerprints": {"logdriftSignIn/v1": line(&row.name)},
    })
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

/// A text in which no brace begins a placeholder and no bracket a link, as SARIF (3.11) would read them.
fn message(text: &str) -> Value {
    json!({"text": text.replace('{', "{{").replace('}', "}}").replace("](", "] (")})
}

fn rule_location(run: &Run, rule: &RuleRow) -> Value {
    json!({
        "physicalLocation": {
            "artifactLocation": {"uri": uri(&file(run, rule))},
            "region": {"startLine": rule.line.max(1), "snippet": {"text": line(&rule.clause)}},
        },
        "message": message(&line(&format!("{} {}: {}", rule.effect, rule.title, rule.why))),
    })
}

/// The log as a whole: code scanning refuses a file in which one result has no artifact.
fn log_location(run: &Run) -> Value {
    json!({"physicalLocation": {"artifactLocation": {"uri": log_uri(run), "index": 0}}})
}

/// A relative name for the log of a source, which no other source has.
fn log_uri(run: &Run) -> String {
    format!("logs/{}", uri(&run.source))
}

/// A path as a URI reference: a rooted one with its scheme, and all that a URI gives another meaning in hexadecimal.
fn uri(path: &str) -> String {
    let mut uri = String::from(if path.starts_with('/') { "file://" } else { "" });
    for byte in line(path).bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            _ => uri += &format!("%{byte:02X}"),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_have_no_placeholders_and_no_links() {
        assert_eq!(message("a {0} \\u{1b} [x](1) roles[].id")["text"], "a {{0}} \\u{{1b}} [x] (1) roles[].id");
    }

    #[test]
    fn paths_are_uris_of_files_and_nothing_else() {
        for (path, wanted) in [
            ("rules/a b.kql", "rules/a%20b.kql"),
            ("/srv/rules/a.kql", "file:///srv/rules/a.kql"),
            ("javascript:x?y#z", "javascript%3Ax%3Fy%23z"),
            ("Größe.yml", "Gr%C3%B6%C3%9Fe.yml"),
        ] {
            assert_eq!(uri(path), wanted);
        }
    }
}
