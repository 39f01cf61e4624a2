//! The literate cases of `tests/checks/<id>.md`: what each check says, and that it is silent where nothing changed.
//!
//! A case is a heading, prose and three blocks: `baseline`, `current`, `findings`. A line of records is a count and a JSON object;
//! every record gets a time, an id and one of 60 users in turn where it names none. The baseline is written five days in a row.
//! A line of findings is `severity check path [in field = value]`; echoes follow their root, behind `- `.
//! `UPDATE=1` writes what was found into the files, to be read before it is committed.

#![allow(clippy::expect_used, clippy::panic, reason = "a test that cannot set itself up has failed")]

use logdrift::checks::{self, CHECKS, Case, Delivery};
use logdrift::compare::Comparison;
use logdrift::fingerprint::{Fingerprint, Fingerprinter, Outcome, Settings};
use logdrift::hash::HashKey;
use logdrift::model::{Counts, Evidence, Finding, Point, Policy, Severity};
use logdrift::sources::Source;
use logdrift::store::{Seen, SeenInMemory};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const SOURCE: &str = r#"
name = "case"
title = "records of the literate cases"
record_types = ["signin", "service", "robot"]
success = ["0"]
[roles]
time = ["time"]
delivered = ["written"]
code = ["code"]
code_text = ["text"]
record_type = ["type"]
record_id = ["id"]
actor = ["user"]
[[dimensions]]
name = "code"
role = "code"
[[dimensions]]
name = "type"
role = "record_type"
[[dimensions]]
name = "app"
paths = ["app"]
"#;
const DAYS: u64 = 5;
const USERS: u64 = 60;
/// 2026-03-02, a Monday.
const START: u64 = 1_772_409_600;

/// One case of a file.
struct Literate {
    title: String,
    baseline: String,
    current: String,
    findings: String,
}

fn cases(text: &str) -> Vec<Literate> {
    let mut cases = Vec::new();
    for part in text.split("\n## ").skip(1) {
        let block = |name: &str| {
            let from = part.find(&format!("```{name}\n")).map(|at| at + name.len() + 4);
            let from = from.unwrap_or_else(|| panic!("a case without a block {name}:\n{part}"));
            part[from..from + part[from..].find("```").expect("a block ends")].to_owned()
        };
        let title = part.lines().next().unwrap_or_default().to_owned();
        cases.push(Literate { title, baseline: block("baseline"), current: block("current"), findings: block("findings") });
    }
    cases
}

/// The records of a block on one day: objects as bytes, and lines that are no JSON as they are.
fn records(block: &str, day: u64) -> Vec<Vec<u8>> {
    let mut out = Vec::new();
    for line in block.lines().filter(|line| !line.trim().is_empty()) {
        let (count, text) = match line.split_once(' ') {
            Some((count, rest)) if count.chars().all(|c| c.is_ascii_digit()) => (count.parse::<u64>().expect("a count"), rest),
            _ => (1, line),
        };
        for _ in 0..count {
            let n = out.len() as u64;
            out.push(match serde_json::from_str::<Map<String, Value>>(text) {
                Ok(record) => completed(record, day, n),
                Err(_) => text.as_bytes().to_vec(),
            });
        }
    }
    out
}

fn completed(mut record: Map<String, Value>, day: u64, n: u64) -> Vec<u8> {
    let second = START + day * 86_400 + 3_600 + n * 7 % 80_000;
    let given = [("time", stamp(second)), ("id", format!("{day}-{n}")), ("user", format!("user{:03}", n * 7 % USERS))];
    for (key, value) in given {
        record.entry(key).or_insert(Value::from(value));
    }
    let later = record.get("delay").and_then(Value::as_u64).unwrap_or(30);
    record.entry("written").or_insert(Value::from(stamp(second + later)));
    record.remove("delay");
    let text = serde_json::to_string(&record).expect("JSON");
    text.replace("$user", record["user"].as_str().unwrap_or(""))
        .replace("$n", &n.to_string())
        .replace("$day", &stamp(START + day * 86_400)[..10])
        .replace("$guid", &guid(day, n))
        .into_bytes()
}

fn stamp(second: u64) -> String {
    logdrift::report::rfc3339(second as i64).expect("a year of four digits")
}

fn guid(day: u64, n: u64) -> String {
    let hash = HashKey::new([9; 32]).wide(format!("{day} {n}").as_bytes());
    let hex = format!("{hash:032x}");
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

/// The fingerprint of one day, and its pieces that were no record.
fn fingerprint(source: &Source, block: &str, day: u64) -> (Fingerprint, Counts) {
    let mut fingerprinter = Fingerprinter::new(source, HashKey::new([1; 32]), Settings::default());
    let mut ids = SeenInMemory::default();
    let mut pieces = Counts::default();
    for record in records(block, day) {
        pieces.records += 1;
        match fingerprinter.read(&record) {
            Err(reason) => {
                pieces.count += 1;
                fingerprinter.reject(reason);
            }
            Ok(Outcome::Apart) => {}
            Ok(Outcome::Record { window, id, body }) => match ids.see("case", window, id.unwrap_or(0), body).seen {
                Seen::Repeat => fingerprinter.repeat(window),
                seen => fingerprinter.count(&record, window, seen == Seen::Twin),
            },
        }
    }
    let found = fingerprinter.finish().into_iter().find(|fingerprint| fingerprint.records > 0).expect("a window with records");
    (found, pieces)
}

fn judge(source: &Source, baseline: &str, current: &str, day: u64) -> Vec<Finding> {
    let alone = judge_beside(source, baseline, current, day, None);
    let beside = judge_beside(source, baseline, current, day, Some(baseline));
    assert_eq!(alone, beside, "what is said of a window depends on the windows checked with it");
    alone
}

/// The findings of a window, after another one was judged in the same run.
fn judge_beside(source: &Source, baseline: &str, current: &str, day: u64, companion: Option<&str>) -> Vec<Finding> {
    let (windows, pieces): (Vec<Fingerprint>, Vec<Counts>) = (0..DAYS).map(|day| fingerprint(source, baseline, day)).unzip();
    let before =
        pieces.iter().fold(Counts::default(), |sum, day| Counts { records: sum.records + day.records, count: sum.count + day.count });
    let (now, rejects) = fingerprint(source, current, day);
    let companion = companion.map(|block| fingerprint(source, &block.replace("\"code\"", "\"another\":\"x\",\"code\""), day + 1).0);
    let beside = companion.is_some();
    let mut comparison = Comparison::new(windows, companion.into_iter().chain([now]).collect());
    assert_eq!(comparison.turn(), beside);
    let delivery = Delivery { rejects_now: rejects, rejects_before: before, main_reason: Some(logdrift::model::RejectReason::NotJson) };
    checks::judge(&Case::new(&comparison, source, &Policy::default(), delivery))
}

fn written(findings: &[Finding]) -> String {
    let line = |finding: &Finding| {
        let path = finding.path.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string);
        let cohort = finding.cohort.as_ref().map(|cohort| format!(" in {cohort}")).unwrap_or_default();
        format!("{} {} {path}{cohort}\n", finding.severity, finding.check)
    };
    let mut roots: Vec<&Finding> = findings.iter().filter(|finding| finding.caused_by.is_none()).collect();
    roots.sort_by_key(|root| (std::cmp::Reverse(root.severity), line(root)));
    let mut text = String::new();
    for root in roots {
        text.push_str(&line(root));
        let mut echoes: Vec<String> = findings.iter().filter(|echo| echo.caused_by.as_ref() == Some(&root.key)).map(line).collect();
        echoes.sort();
        echoes.iter().for_each(|echo| text.push_str(&format!("- {echo}")));
    }
    text
}

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/checks");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).expect("tests/checks").map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    files
}

#[test]
fn every_case_finds_what_it_says_and_nothing_in_itself() {
    let source = Source::from_toml(SOURCE, "case.toml").expect("the source");
    let mut wrong = Vec::new();
    for file in files() {
        let mut text = std::fs::read_to_string(&file).expect("a case file");
        for case in cases(&text.clone()) {
            let found = written(&judge(&source, &case.baseline, &case.current, 7));
            if found != case.findings {
                wrong.push(format!("{}: {}\n  said:\n{}  found:\n{found}", file.display(), case.title, case.findings));
                let (head, tail) = text.split_at(text.find(&format!("\n## {}", case.title)).expect("the case"));
                let tail = tail.replacen(&format!("```findings\n{}```", case.findings), &format!("```findings\n{found}```"), 1);
                text = format!("{head}{tail}");
            }
            for block in [&case.baseline, &case.current] {
                let itself = written(&judge(&source, block, block, 7));
                assert_eq!(itself, "", "{}: {}: compared with itself", file.display(), case.title);
            }
        }
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&file, text).expect("the file can be written");
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_check_has_a_file_in_which_it_speaks() {
    let mut spoken: BTreeSet<String> = BTreeSet::new();
    for file in files() {
        let id = file.file_stem().expect("a name").to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&file).expect("a case file");
        let speaks = |line: &str| {
            let mut words = line.trim_start_matches("- ").split(' ');
            words.next().is_some_and(|word| word.parse::<Severity>().is_ok()) && words.next() == Some(id.as_str())
        };
        if cases(&text).iter().any(|case| case.findings.lines().any(speaks)) {
            spoken.insert(id);
        }
    }
    let mute: Vec<&str> = CHECKS.iter().map(|check| check.id).filter(|id| !spoken.contains(*id)).collect();
    assert!(mute.is_empty(), "no case makes these checks speak: {mute:?}");
}

#[test]
fn a_series_adds_up_to_what_was_and_ends_with_what_is() {
    let source = Source::from_toml(SOURCE, "case.toml").expect("the source");
    for file in files() {
        for case in cases(&std::fs::read_to_string(&file).expect("a case file")) {
            for finding in judge_beside(&source, &case.baseline, &case.current, 7, None) {
                let said = format!("{}: {}: {finding:?}", file.display(), case.title);
                // Rejects have no window, and echoes are told by their root.
                if finding.caused_by.is_some() || finding.check == "rejects-rose" {
                    assert_eq!(finding.series, [], "{said}");
                    continue;
                }
                let days: Vec<i64> = finding.series.iter().map(|point| point.window.start).collect();
                let wanted: Vec<i64> = (0..DAYS).chain([7]).map(|day| (START + day * 86_400) as i64).collect();
                assert_eq!(days, wanted, "{said}");
                let (now, before) = finding.series.split_last().expect("points");
                let sum = before.iter().fold(Counts::default(), |sum, Point { counts, .. }| Counts {
                    records: sum.records + counts.records,
                    count: sum.count + counts.count,
                });
                match finding.evidence {
                    // Of hours that fell silent the finding counts the day and the series these hours.
                    Evidence::HoursSilent { records, .. } => assert_eq!((sum.records, now.counts.count), (finding.before.count, records)),
                    // Of what was renamed it has the old name.
                    Evidence::CodeRenamed { .. } | Evidence::FieldRenamed { .. } => {
                        assert_eq!((sum, now.counts.count), (finding.before, 0))
                    }
                    _ => assert_eq!((sum, now.counts), (finding.before, finding.after), "{said}"),
                }
            }
        }
    }
}
