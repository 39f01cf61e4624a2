//! The house rules, read off the sources as text: floors, doors, sizes, first lines, the list of checks.
//!
//! A rule that must give way gets a row here with its reason, not a looser rule.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "tidy/tables.rs"]
mod tables;

use logdrift::checks::CHECKS;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use tables::{DOORS, FLOORS, OUTSIDE};

/// The ids of the public contract; scripts and rules of users name them.
const IDS: &str = "new-code code-vanished code-renamed code-text-changed code-surged record-type-appeared record-type-vanished \
                   field-appeared field-vanished field-renamed field-emptied type-changed format-changed value-appeared \
                   value-vanished value-renamed relation-changed volume-dropped delivery-late duplicates-rose rejects-rose";

const MAX_FILE: usize = 400;
const MAX_FUNCTION: usize = 70;

/// A source file: its path below the package, its text, and the text with comments, strings and characters blanked out.
struct Source {
    path: String,
    text: String,
    code: String,
}

impl Source {
    /// Path below `src` without `.rs`: `report/wire`, `scan/mod`.
    fn place(&self) -> &str {
        let place = self.path.strip_prefix("src/").unwrap_or(&self.path);
        place.strip_suffix(".rs").unwrap_or(place)
    }

    /// Name of the top-level module.
    fn module(&self) -> &str {
        self.place().split('/').next().unwrap_or("")
    }

    /// Whether all of it is compiled for tests only.
    fn is_test(&self) -> bool {
        self.path.starts_with("tests/") || self.path.contains("/tests/") || self.path.ends_with("/tests.rs")
    }

    /// The code that is built into the program: everything before the tests at the end of the file.
    fn shipped(&self) -> &str {
        if self.is_test() { "" } else { self.code.split("#[cfg(test)]\nmod tests {").next().unwrap_or("") }
    }

    fn line_of(&self, at: usize) -> usize {
        self.code[..at].matches('\n').count() + 1
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn files_below(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    // What is built beside the fuzz targets is not ours.
    for path in entries.into_iter().filter(|path| !path.ends_with("target")) {
        if path.is_dir() { files_below(&path, found) } else { found.push(path) }
    }
}

fn rust_files(folders: &[&str]) -> Vec<Source> {
    let mut paths = Vec::new();
    folders.iter().for_each(|folder| files_below(&root().join(folder), &mut paths));
    let rust = paths.into_iter().filter(|path| path.extension().is_some_and(|ending| ending == "rs"));
    rust.map(|path| {
        let text = fs::read_to_string(&path).unwrap();
        let path = path.strip_prefix(root()).unwrap().to_str().unwrap().replace('\\', "/");
        Source { path, code: blanked(&text), text }
    })
    .collect()
}

/// Rust with every character of comments, strings and character literals replaced by a blank; line ends stay.
fn blanked(text: &str) -> String {
    let (mut out, mut rest) = (String::new(), text);
    while let Some(first) = rest.chars().next() {
        let before = out.chars().next_back().unwrap_or(' ');
        let hidden = if is_word(before) { None } else { hidden(rest) };
        let length = hidden.unwrap_or(first.len_utf8());
        match hidden {
            Some(_) => out.extend(rest[..length].chars().map(|c| if c == '\n' { '\n' } else { ' ' })),
            None => out.push(first),
        }
        rest = &rest[length..];
    }
    out
}

/// Length of the comment or literal at the start of some Rust, if there is one.
fn hidden(rest: &str) -> Option<usize> {
    let end = |from: usize, mark: &str| rest[from..].find(mark).map_or(rest.len(), |at| from + at + mark.len());
    if rest.starts_with("//") {
        return Some(rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return Some(end(2, "*/"));
    }
    let prefix = usize::from(rest.starts_with(['b', 'c']));
    let raw = rest[prefix..].strip_prefix('r').map(|raw| raw.len() - raw.trim_start_matches('#').len());
    if let Some(hashes) = raw.filter(|&hashes| rest[prefix + 1 + hashes..].starts_with('"')) {
        return Some(end(prefix + 2 + hashes, &format!("\"{}", "#".repeat(hashes))));
    }
    let quote = rest[prefix..].chars().next().filter(|&c| c == '"' || c == '\'')?;
    let body = &rest[prefix + 1..];
    // A lifetime has no quote behind its first letter.
    if quote == '\'' && !body.starts_with('\\') && body.char_indices().nth(1).is_none_or(|(_, second)| second != '\'') {
        return None;
    }
    let mut escaped = false;
    let close = body.char_indices().find(|&(_, c)| {
        let closes = c == quote && !escaped;
        escaped = c == '\\' && !escaped;
        closes
    });
    Some(close.map_or(rest.len(), |(at, _)| prefix + 1 + at + 1))
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Places of a word that is no part of a longer one.
fn places_of<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    let whole = move |&(at, _): &(usize, &str)| {
        !code[..at].chars().next_back().is_some_and(is_word) && !code[at + word.len()..].chars().next().is_some_and(is_word)
    };
    code.match_indices(word).filter(whole).map(|(at, _)| at)
}

/// The modules named after each `crate::`, also in a list in braces.
fn imports(code: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for at in places_of(code, "crate") {
        let Some(after) = code[at + "crate".len()..].strip_prefix("::") else { continue };
        let Some(list) = after.strip_prefix('{') else {
            found.push((at, after.chars().take_while(|&c| is_word(c)).collect()));
            continue;
        };
        let mut depth = 1;
        let (mut word, mut fresh) = (String::new(), true);
        for c in list.chars() {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            if is_word(c) && depth == 1 && fresh {
                word.push(c);
            } else if !c.is_whitespace() || !word.is_empty() {
                found.extend((!word.is_empty()).then(|| (at, std::mem::take(&mut word))));
                fresh = depth == 1 && c == ',';
            }
            if depth == 0 {
                break;
            }
        }
    }
    found
}

fn floor(module: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&module))
}

/// Fails with all breaches at once.
fn none(breaches: &[String]) {
    assert!(breaches.is_empty(), "\n{}\n", breaches.join("\n"));
}

#[test]
fn imports_go_down() {
    let mut breaches = Vec::new();
    for file in rust_files(&["src"]).iter().filter(|file| !["lib", "main"].contains(&file.module())) {
        let own = floor(file.module()).unwrap_or_else(|| panic!("{} has no floor; give it one in FLOORS", file.path));
        for (at, module) in imports(file.shipped()) {
            if module != file.module() && floor(&module).is_none_or(|other| other >= own) {
                breaches.push(format!("{}:{}: {} must not import {module}", file.path, file.line_of(at), file.module()));
            }
        }
        // As many steps up as the file is deep lead to the crate's root, past the floors.
        let depth = file.place().strip_suffix("/mod").unwrap_or(file.place()).split('/').count();
        if file.shipped().contains(&"super::".repeat(depth)) {
            breaches.push(format!("{}: reaches the crate's root by `super`; write `crate::`", file.path));
        }
    }
    none(&breaches);
}

/// Whether a file uses a crate from outside; a module of its own may bear the same name.
fn names(file: &Source, dependency: &str) -> bool {
    let code = file.shipped();
    !code.contains(&format!("mod {dependency};")) && places_of(code, dependency).any(|at| code[at + dependency.len()..].starts_with("::"))
}

#[test]
fn each_dependency_has_one_door() {
    let manifest: toml::Table = toml::from_str(&fs::read_to_string(root().join("Cargo.toml")).unwrap()).unwrap();
    let wanted: BTreeSet<String> = manifest["dependencies"].as_table().unwrap().keys().map(|name| name.replace('-', "_")).collect();
    let known: BTreeSet<String> = DOORS.iter().map(|door| door.0.to_owned()).collect();
    let mut breaches: Vec<String> = wanted
        .difference(&known)
        .map(|name| format!("{name} is in Cargo.toml, and no code may use it: give it a door or drop it"))
        .collect();
    breaches.extend(known.difference(&wanted).map(|name| format!("{name} has a door and is not in Cargo.toml")));
    let files = rust_files(&["src"]);
    for (name, places, why) in DOORS {
        let users: Vec<&Source> = files.iter().filter(|file| names(file, name)).collect();
        if users.is_empty() {
            breaches.push(format!("{name} is in Cargo.toml, and no code uses it; drop it"));
        }
        let allowed = |file: &Source| places.iter().any(|place| format!("{}/", file.place()).starts_with(&format!("{place}/")));
        for file in users.into_iter().filter(|file| !allowed(file)) {
            breaches.push(format!("{}: {name} is for {} only: {why}", file.path, places.join(", ")));
        }
    }
    none(&breaches);
}

#[test]
fn the_core_has_no_clock_no_file_and_no_environment() {
    let mut breaches = Vec::new();
    for (file, (words, edges)) in rust_files(&["src"]).iter().flat_map(|file| OUTSIDE.iter().map(move |row| (file, row))) {
        for word in words.iter().filter(|_| !edges.contains(&file.module())) {
            let said = |at| format!("{}:{}: {word} is for {} only", file.path, file.line_of(at), edges.join(", "));
            breaches.extend(places_of(file.shipped(), word).map(said));
        }
    }
    none(&breaches);
}

#[test]
fn files_say_what_they_are_and_are_short() {
    let mut breaches = Vec::new();
    for file in rust_files(&["src", "tests", "benches", "examples"]) {
        if !file.text.starts_with("//! ") {
            breaches.push(format!("{}: the first line must be `//! what it is`", file.path));
        }
        let lines = file.text.lines().count();
        if lines > MAX_FILE {
            breaches.push(format!("{}: {lines} lines, more than {MAX_FILE}; split it", file.path));
        }
    }
    none(&breaches);
}

/// Where the body of the function that some code begins with begins and ends; a type such as `fn(u8)` has none.
fn body(code: &str) -> Option<(usize, usize)> {
    code.strip_prefix("fn ")?;
    let mut depth = 0;
    let (open, first) = code.char_indices().find(|&(_, c)| {
        depth += i32::from("([".contains(c)) - i32::from(")]".contains(c));
        depth == 0 && "{;".contains(c)
    })?;
    (first == '{').then(|| body_end(&code[open..])).flatten().map(|end| (open, open + end))
}

/// The brace that closes the one at the start.
fn body_end(code: &str) -> Option<usize> {
    let mut depth = 0;
    let close = code.char_indices().find(|&(_, c)| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        depth == 0
    });
    close.map(|(at, _)| at)
}

#[test]
fn functions_are_short() {
    let mut breaches = Vec::new();
    for file in rust_files(&["src", "tests", "benches", "examples"]) {
        for at in places_of(&file.code, "fn") {
            let Some((_, end)) = body(&file.code[at..]) else { continue };
            let lines = file.code[at..=at + end].lines().count();
            if lines > MAX_FUNCTION {
                breaches.push(format!("{}:{}: a function of {lines} lines, more than {MAX_FUNCTION}", file.path, file.line_of(at)));
            }
        }
    }
    none(&breaches);
}

#[test]
fn the_checks_are_those_of_the_contract_each_in_its_file() {
    let ids: Vec<&str> = CHECKS.iter().map(|check| check.id).collect();
    assert_eq!(ids.join(" "), IDS);
    for id in ids {
        let file = root().join(format!("src/checks/{}.rs", id.replace('-', "_")));
        let text = fs::read_to_string(&file).unwrap_or_else(|_| panic!("{id} has no file {}", file.display()));
        assert!(text.contains(&format!("id: \"{id}\"")), "{} does not define {id}", file.display());
    }
}

#[test]
fn nothing_shipped_names_a_place_of_one_machine() {
    let mut paths: Vec<PathBuf> = fs::read_dir(root()).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file()).collect();
    ["src", "examples", "baselines", "reports", ".ci"].iter().for_each(|folder| files_below(&root().join(folder), &mut paths));
    let mut breaches = Vec::new();
    for path in paths {
        let name = path.strip_prefix(root()).unwrap().to_str().unwrap().replace('\\', "/");
        if name.contains("/tests") || name == ".git" {
            continue;
        }
        let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
        for (number, line) in text.lines().enumerate() {
            if ["../shared", " /work", "\"/work", "`/work", "/root/", "/home/"].iter().any(|place| line.contains(place)) {
                breaches.push(format!("{name}:{}: {line}", number + 1));
            }
        }
    }
    none(&breaches);
}

#[test]
fn the_tests_that_the_architecture_names_are_there() {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let table = text.split("\n## ").find(|section| section.starts_with("Invariants")).unwrap();
    let named: Vec<&str> = table.split('`').skip(1).step_by(2).filter_map(|quoted| quoted.split_once(": ")).map(|entry| entry.1).collect();
    assert!(named.len() > 20, "{named:?}");
    let files = rust_files(&["src", "tests"]);
    let missing = named.into_iter().filter(|name| !files.iter().any(|file| file.code.contains(&format!("fn {name}("))));
    none(&missing.map(|name| format!("ARCHITECTURE.md names a test {name}, and there is none")).collect::<Vec<_>>());
}

#[test]
fn the_reader_of_these_rules_is_not_fooled() {
    let code = blanked("a(\"crate::x {\", 'y', '\\'', r#\"\"{\"#, b\"}\", &'a str) // crate::z\n/* { */ b'{' br\"{\"");
    assert_eq!(code.split_whitespace().collect::<String>(), "a(,,,,,&'astr)");
    assert_eq!(code.matches('\n').count(), 1);
    let named: Vec<String> =
        imports("use crate::{a::{b, c}, d, e::F}; crate::g::h(); incrate::i").into_iter().map(|entry| entry.1).collect();
    assert_eq!(named, ["a", "d", "e", "g"]);
    assert_eq!(body("fn a() -> X { { } } fn"), Some((12, 18)));
    assert_eq!(body("fn a([u8; 2]); fn b() {}"), None);
    assert_eq!(body("fn(u8) -> u8 }, {}"), None);
}
