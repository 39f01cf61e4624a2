//! Checks that run by themselves: audits, their metrics and signs of life, and the way there as a new user goes it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod place;
mod server;

use place::{Place, Ran};
use server::Web;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

fn run(place: &Place, arguments: &[&str]) -> Ran {
    let mut command = place.command(arguments);
    let output = command.env("LOGDRIFT_CONFIG", "logdrift.toml").env("NO_PROXY", "*").output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}

/// Two weeks of baseline, a day of drift, a clean one, and audits of these names, whose inputs are called as they are.
fn with_audits(names: &[&str]) -> Place {
    let place = Place::with_baseline(14);
    place.incident("drift.json");
    place.day("clean.json", 14);
    place.put("empty.json", "");
    let audits = names.iter().map(|name| format!("[[audit]]\nname = \"{name}\"\ninputs = [\"{name}.json\"]\n"));
    place.put("logdrift.toml", format!("source = \"entra-signin\"\n{}", audits.collect::<String>()));
    place
}

#[test]
fn each_audit_is_told_in_one_line_and_the_worst_exit_code_counts() {
    let place = with_audits(&["clean", "empty", "drift", "missing"]);
    let ran = run(&place, &["audit", "--quiet"]);
    assert_eq!(ran.code, 2);
    let lines: Vec<&str> = ran.out.lines().collect();
    assert_eq!(lines.len(), 4, "{}", ran.out);
    let begins = [
        "clean    exit 0  CLEAN  entra-signin, 2023-03-06",
        "empty    exit 3  ",
        "drift    exit 1  DRIFT  entra-signin, ",
        "missing  exit 2  ",
    ];
    for (line, begin) in lines.iter().zip(begins) {
        assert!(line.starts_with(begin), "{line}");
    }
    assert!(lines[2].contains("1 new") || lines[2].contains("finding"), "{}", lines[2]);
    for (names, code) in [(&["clean"][..], 0), (&["clean", "empty"], 3), (&["drift", "empty", "clean"], 1), (&["missing", "drift"], 2)] {
        assert_eq!(run(&place, &[&["audit", "-q"], names].concat()).code, code, "{names:?}");
    }
    run(&place, &["audit", "drit"]).fails(2, &["there is no audit \"drit\"; did you mean `drift`?"]);
}

#[test]
fn without_quiet_the_report_stands_above_the_line() {
    let place = with_audits(&["drift"]);
    let out = run(&place, &["audit"]).out;
    assert!(out.contains("HIGH      new-code resultType = 1003033"), "{out}");
    assert!(out.lines().last().unwrap().starts_with("drift  exit 1  DRIFT"), "{out}");
}

#[test]
fn an_audit_learns_what_checked_clean_and_not_what_did_not() {
    let place = with_audits(&["clean", "drift"]);
    let config = fs::read_to_string(place.path("logdrift.toml")).unwrap();
    place.put("logdrift.toml", format!("learn = true\n{config}"));
    let before = place.store();
    run(&place, &["audit", "drift"]);
    assert_eq!(place.store(), before);
    run(&place, &["audit", "clean"]);
    assert_ne!(place.store(), before);
    // What was learnt is skipped.
    assert_eq!(run(&place, &["audit", "clean"]).code, 3);
}

#[test]
fn an_audit_without_a_baseline_says_how_to_make_one() {
    let place = Place::new();
    place.day("day.json", 1);
    place.put("logdrift.toml", "source = \"entra-signin\"\n[[audit]]\nname = \"a\"\ninputs = [\"day.json\"]");
    let ran = run(&place, &["audit", "-q"]);
    assert_eq!(ran.code, 3);
    assert!(ran.out.contains("make one with `logdrift learn INPUT... --source entra-signin"), "{}", ran.out);
    let nothing = Place::new();
    nothing.put("logdrift.toml", "");
    run(&nothing, &["audit"]).fails(2, &["logdrift.toml: no [[audit]] is configured; `logdrift init`"]);
}

#[test]
fn two_audits_of_one_store_at_once_both_count() {
    let place = with_audits(&["clean", "drift"]);
    let config = fs::read_to_string(place.path("logdrift.toml")).unwrap();
    place.put("logdrift.toml", format!("learn = true\nquiet = true\n{config}"));
    let children: Vec<_> = ["clean", "drift"]
        .iter()
        .map(|name| {
            place.command(&["audit", name]).env("LOGDRIFT_CONFIG", "logdrift.toml").stdout(std::process::Stdio::null()).spawn().unwrap()
        })
        .collect();
    let codes: Vec<Option<i32>> = children.into_iter().map(|mut child| child.wait().unwrap().code()).collect();
    assert_eq!(codes, [Some(0), Some(1)]);
    assert_eq!(place.run(&["report", "--list"]).succeeds().out.lines().count(), 3, "a head and two runs");
}

/// A reader of Prometheus's text format: metrics by name and labels. It refuses what Prometheus does.
fn metrics(text: &str) -> BTreeMap<String, f64> {
    let (mut all, mut typed) = (BTreeMap::new(), BTreeSet::new());
    let is_name = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "_:".contains(c));
    assert!(text.ends_with('\n'));
    let mut current = "";
    for line in text.lines() {
        if let Some(about) = line.strip_prefix("# TYPE ") {
            let (name, kind) = about.split_once(' ').unwrap();
            assert!(is_name(name) && kind == "gauge" && typed.insert(name), "{line}");
            current = name;
        } else if !line.starts_with("# HELP ") {
            let (series, value) = line.rsplit_once(' ').unwrap();
            let (name, labels) = series.split_once('{').unwrap();
            assert!(is_name(name) && name == current, "{line}: after another TYPE");
            let mut rest = labels.strip_suffix('}').unwrap();
            while !rest.is_empty() {
                let (label, after) = rest.split_once("=\"").unwrap();
                let mut escaped = false;
                let end = after.char_indices().find(|&(_, c)| {
                    let ends = c == '"' && !escaped;
                    escaped = c == '\\' && !escaped;
                    ends
                });
                assert!(is_name(label), "{line}");
                rest = &after[end.unwrap().0 + 1..];
                rest = if rest.is_empty() { rest } else { rest.strip_prefix(',').unwrap() };
            }
            assert!(all.insert(series.to_owned(), value.parse().unwrap()).is_none(), "{line}: twice");
        }
    }
    all
}

#[test]
fn metrics_tell_what_the_report_tells() {
    let place = Place::with_baseline(14);
    place.incident("drift.json");
    place.run(&["check", "drift.json", "--metrics", "m.prom", "-o", "r.json"]);
    let read = || metrics(&fs::read_to_string(place.path("m.prom")).unwrap());
    let report: serde_json::Value = serde_json::from_slice(&fs::read(place.path("r.json")).unwrap()).unwrap();
    let first = read();
    let of = |all: &BTreeMap<String, f64>, name: &str| *all.get(&format!("logdrift_{name}")).unwrap_or(&-1.0);
    assert_eq!(of(&first, "exit_code{source=\"entra-signin\"}"), 1.0);
    assert_eq!(of(&first, "records{source=\"entra-signin\"}"), report["run"]["records"].as_f64().unwrap());
    assert_eq!(of(&first, "baseline_windows{source=\"entra-signin\"}"), 14.0);
    for severity in ["critical", "high", "medium", "low", "info"] {
        let roots = report["findings"].as_array().unwrap().iter().filter(|row| row["caused_by"].is_null() && row["severity"] == severity);
        let count = of(&first, &format!("findings{{source=\"entra-signin\",severity=\"{severity}\",status=\"new\"}}"));
        assert_eq!(count, f64::from(u32::try_from(roots.count()).unwrap()));
    }
    let success = of(&first, "last_success_timestamp_seconds{source=\"entra-signin\"}");
    assert!(success > 1.7e9);
    // A check that cannot run says so, keeps the time of the last one that could, and tells no numbers.
    assert_eq!(place.run(&["check", "none.json", "--metrics", "m.prom"]).code, 2);
    let failed = read();
    assert_eq!(of(&failed, "exit_code{source=\"entra-signin\"}"), 2.0);
    assert_eq!(of(&failed, "last_success_timestamp_seconds{source=\"entra-signin\"}"), success);
    assert_eq!(of(&failed, "records{source=\"entra-signin\"}"), -1.0);
}

#[test]
fn labels_hold_any_name_and_others_may_read_the_file() {
    let place = with_audits(&["clean"]);
    place.put(
        "logdrift.toml",
        "source = \"entra-signin\"\nquiet = true\n[[audit]]\nname = 'a\"b\\c'\ninputs = [\"clean.json\"]\nmetrics = \"m.prom\"\noutput = [\"r.json\"]",
    );
    assert_eq!(run(&place, &["audit"]).code, 0);
    let text = fs::read_to_string(place.path("m.prom")).unwrap();
    assert_eq!(metrics(&text).get(r#"logdrift_exit_code{source="entra-signin",audit="a\"b\\c"}"#), Some(&0.0), "{text}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |name: &str| fs::metadata(place.path(name)).unwrap().permissions().mode() & 0o777;
        // As far as the umask of this test lets them.
        let usual = mode("clean.json");
        assert_eq!((mode("m.prom"), mode("r.json")), (usual, 0o600));
    }
}

#[test]
fn a_monitor_hears_of_every_run_and_which_of_them_failed() {
    let (place, web) = (Place::with_baseline(14), Web::new(&["200 OK"]));
    place.day("clean.json", 14);
    place.incident("drift.json");
    let url = web.url("/ping/s3cr3t");
    let check = |input: &str| {
        let mut command = place.command(&["check", input, "-q", "-o", "r.json", "--ping", &url]);
        command.env("NO_PROXY", "*").output().unwrap().status.code().unwrap()
    };
    // Drift is what the check is for: it has not failed.
    assert_eq!([check("clean.json"), check("drift.json"), check("none.json")], [0, 1, 2]);
    let heard: Vec<(String, String)> = web.requests().into_iter().map(|request| (request.line, request.body)).collect();
    let told = |path: &str, code: u8| (format!("POST {path} HTTP/1.1"), format!("exit code {code}\n"));
    assert_eq!(heard, [told("/ping/s3cr3t", 0), told("/ping/s3cr3t", 1), told("/ping/s3cr3t/fail", 2)]);
    let mute = Web::new(&["404 Gone"]);
    let ran = place.run(&["check", "clean.json", "-q", "-o", "r.json", "--ping", &mute.url("/s3cr3t")]);
    // Whose silence is an alarm needs no other exit code.
    assert_eq!(ran.code, 0);
    assert!(ran.err.contains("the monitor was not told") && !ran.err.contains("s3cr3t"), "{}", ran.err);
}

/// The commands of a section of the README that begin with `logdrift`, and the TOML in it.
fn section(title: &str) -> (Vec<String>, String) {
    let readme = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let section = readme.split("\n## ").find(|section| section.starts_with(title)).unwrap().to_owned();
    let fenced = |language: &str| {
        let fence = format!("```{language}\n");
        let blocks: Vec<&str> = section.split(&fence).skip(1).map(|block| block.split("\n```").next().unwrap()).collect();
        blocks.join("\n")
    };
    let commands = fenced("sh").lines().filter(|line| line.starts_with("logdrift ")).map(str::to_owned).collect();
    (commands, fenced("toml"))
}

#[test]
fn five_minutes_of_a_new_user_end_with_a_message() {
    let (place, web) = (Place::new(), Web::new(&["200 OK"]));
    let (commands, edited) = section("A scheduled audit");
    let mut last = None;
    for command in &commands {
        let words: Vec<&str> = command.split('#').next().unwrap().split_whitespace().skip(1).map(|word| word.trim_matches('\'')).collect();
        if words[0] == "learn" {
            // Here the reader has edited the file.
            let text = edited.replace("https://hooks.example.com/logdrift", &web.url("/hook"));
            assert_ne!(text, edited, "the address of the README is that of the test's server");
            place.put("logdrift.toml", text);
        }
        let mut command = place.command(&[]);
        // The program looks for its configuration as it does for users.
        command.args(&words).env_remove("LOGDRIFT_CONFIG").env("HOME", place.path("home")).env("NO_PROXY", "*");
        let output = command.output().unwrap();
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code().unwrap() == i32::from(words[0] == "audit"), "{words:?}: {err}");
        last = Some(String::from_utf8(output.stdout).unwrap());
    }
    let summary = last.unwrap();
    assert!(summary.contains("entra  exit 1  DRIFT  entra-signin, 2023-03-06 to 2023-03-07 UTC: "), "{summary}");
    let requests = web.requests();
    assert_eq!(requests.len(), 1);
    let body = requests[0].json();
    assert!(body["summary"].as_str().unwrap().starts_with("logdrift: "), "{body}");
    let codes: Vec<&str> = body["findings"].as_array().unwrap().iter().filter_map(|finding| finding["code"].as_str()).collect();
    assert!(codes.contains(&"1003033"), "{codes:?}");
    assert!(place.path("logdrift.prom").exists());
}
