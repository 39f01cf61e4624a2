//! Rules of others, where they are at hand: all are read, whole or cut anywhere, and every value stands where it is said to.

#![allow(clippy::expect_used, reason = "a test that cannot set itself up has failed")]

use logdrift::rules::{self, DIALECTS, Parsed, Rule, RuleFile, Surroundings};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Folders of the dialects, and how many of their rules are read in full at least.
const FOLDERS: &[(&str, f64)] = &[("sigma", 1.0), ("splunk", 0.95), ("panther", 0.0)];

fn corpus() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let folder = std::env::var_os("LOGDRIFT_SHARED").map_or(beside, PathBuf::from).join("data/rules");
    folder.is_dir().then_some(folder)
}

/// Names below the corpus and texts of all files below a folder, in order.
fn files(corpus: &Path, folder: &Path, found: &mut Vec<(String, String)>) {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).expect("a folder").filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            files(corpus, &path, found);
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            let name = path.strip_prefix(corpus).expect("below").to_string_lossy().replace('\\', "/");
            found.push((name, text));
        }
    }
}

fn surroundings(files: &[(String, String)]) -> Surroundings {
    let mut surroundings = Surroundings::default();
    for (name, text) in files {
        for tell in DIALECTS.iter().filter_map(|dialect| dialect.surroundings) {
            tell(RuleFile { name, text }, &mut surroundings);
        }
    }
    surroundings
}

/// Whether every place of a rule lies in its file.
fn is_placed(rule: &Rule, text: &str) -> bool {
    let values = rule.predicates.iter().flat_map(|predicate| predicate.values.iter().map(|value| &value.at).chain([&predicate.at]));
    let uses = rule.fields.values().flat_map(|used| used.roles.values());
    let all = values.chain(uses).chain(rule.selections.iter().map(|selection| &selection.at));
    all.map(|span| span.bytes.clone()).chain([rule.bytes.clone()]).all(|bytes| text.get(bytes).is_some())
}

#[test]
#[expect(clippy::print_stdout, reason = "what is skipped and what was reached is said")]
fn all_files_are_read_whole_or_cut_anywhere() {
    let Some(corpus) = corpus() else {
        println!("skipped: no rules of others beside this checkout");
        return;
    };
    for (folder, bar) in FOLDERS {
        let mut found = Vec::new();
        files(&corpus, &corpus.join(folder), &mut found);
        let surroundings = surroundings(&found);
        let (mut read, mut full) = (0_u32, 0_u32);
        for (number, (name, text)) in found.iter().enumerate() {
            let rules = rules::read(RuleFile { name, text }, &surroundings);
            for rule in rules.map(|rules| rules.expect(name)).into_iter().flatten() {
                assert!(is_placed(&rule, text), "{name}");
                read += 1;
                full += u32::from(rule.parsed == Parsed::Full);
            }
            // Every byte of some files, and some of every file.
            let step = if number % 70 == 0 { 1 } else { 211 };
            for cut in (0..text.len()).step_by(step).filter(|cut| text.is_char_boundary(*cut)) {
                let text = &text[..cut];
                for rule in rules::read(RuleFile { name, text }, &surroundings).into_iter().flatten().flatten() {
                    assert!(is_placed(&rule, text), "{name} cut at {cut}");
                }
            }
        }
        println!("{folder}: {read} rules, {full} of them read in full");
        assert!(read > 0 && f64::from(full) >= bar * f64::from(read), "{folder}");
    }
}

#[test]
#[expect(clippy::print_stdout, reason = "what is skipped and what was reached is said")]
fn no_code_that_a_search_names_is_missing() {
    let Some(corpus) = corpus() else {
        println!("skipped: no rules of others beside this checkout");
        return;
    };
    let mut found = Vec::new();
    files(&corpus, &corpus.join("splunk"), &mut found);
    let surroundings = surroundings(&found);
    let lines = std::fs::read_to_string(corpus.join("lexical_spl.jsonl")).expect("the words of the searches");
    let mut codes = 0;
    for line in lines.lines() {
        let line: Value = serde_json::from_str(line).expect("a line of JSON");
        let Some((name, text)) = found.iter().find(|(name, _)| Some(name.as_str()) == line["rule"].as_str()) else { continue };
        let rules = rules::read(RuleFile { name, text }, &surroundings).expect("a dialect").expect(name);
        let own: BTreeSet<(&str, &str)> = rules
            .iter()
            .flat_map(|rule| &rule.predicates)
            .flat_map(|one| one.values.iter().map(|value| (one.field.as_str(), value.text.as_str())))
            .collect();
        for literal in line["literals"].as_array().into_iter().flatten() {
            let (field, value) = (literal["field"].as_str().unwrap_or(""), literal["value"].as_str().unwrap_or(""));
            let is_code = ["errorcode", "errornumber", "eventtype"].iter().any(|code| field.to_ascii_lowercase().ends_with(code));
            if is_code {
                let value = value.trim_matches('*');
                assert!(own.iter().any(|(own, text)| own.ends_with(field) && *text == value), "{name}: {field} {value}");
                codes += 1;
            }
        }
    }
    println!("{codes} codes of searches, all found");
    assert!(codes > 0);
}
