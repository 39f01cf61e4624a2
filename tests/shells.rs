//! Completions and the manual, tried by the shells and the readers that they are made for; those that are not installed are named.

mod place;

use place::Place;
use std::fs;
use std::process::{Command, Stdio};

/// Runs a program of the system; nothing where there is none of that name.
#[expect(clippy::print_stdout, reason = "what is skipped is said")]
fn system(program: &str, arguments: &[&str]) -> Option<(bool, String)> {
    let ran = Command::new(program).args(arguments).stdin(Stdio::null()).env("LC_ALL", "C.UTF-8").output();
    let Ok(ran) = ran else {
        println!("skipped: {program} is not installed");
        return None;
    };
    Some((ran.status.success(), String::from_utf8_lossy(&[ran.stdout, ran.stderr].concat()).into_owned()))
}

fn completions(place: &Place, shell: &str) -> String {
    place.run(&["completions", shell]).succeeds().out
}

#[test]
fn bash_completes_commands_options_and_values() {
    let place = Place::new();
    place.put("logdrift.bash", completions(&place, "bash"));
    let script = place.path("logdrift.bash");
    for (typed, offered) in [
        ("logdrift ch", "check"),
        ("logdrift check --sou", "--source"),
        ("logdrift check --source entra", "entra-signin"),
        ("logdrift check a.json --fail-on h", "high"),
        ("logdrift explain new", "new-code"),
        ("logdrift baseline ex", "export"),
        ("logdrift completions po", "powershell"),
    ] {
        let words: Vec<&str> = typed.split(' ').collect();
        let complete = format!(
            "source {script:?}; COMP_WORDS=({typed}); COMP_CWORD={}; _logdrift logdrift {:?} {:?}; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
            words.len() - 1,
            words[words.len() - 1],
            words[words.len() - 2],
        );
        let Some((fine, said)) = system("bash", &["-c", &complete]) else { return };
        assert!(fine && said.lines().any(|line| line == offered), "{typed}: {said}");
    }
}

#[test]
fn every_shell_reads_its_script() {
    let place = Place::new();
    for (shell, ending, reader) in [
        ("bash", "bash", &["bash", "-n"] as &[&str]),
        ("zsh", "zsh", &["zsh", "-n"]),
        ("fish", "fish", &["fish", "--no-execute"]),
        ("powershell", "ps1", &["pwsh", "-NoProfile", "-File"]),
        ("elvish", "elv", &["elvish", "-compileonly"]),
    ] {
        let script = completions(&place, shell);
        assert!(script.contains("baseline") && script.contains("fail-on"), "{shell}");
        let name = format!("logdrift.{ending}");
        place.put(&name, script);
        let file = place.path(&name);
        let arguments: Vec<&str> = reader[1..].iter().copied().chain([file.to_str().unwrap()]).collect();
        if let Some((fine, said)) = system(reader[0], &arguments) {
            assert!(fine && said.is_empty(), "{shell}: {said}");
        }
    }
    let csh = place.run(&["completions", "csh"]);
    assert!(csh.code == 2 && csh.err.contains("possible values: bash"), "{}", csh.err);
}

#[test]
fn the_manual_has_a_page_for_every_command_that_readers_take_without_complaint() {
    let place = Place::new();
    place.run(&["man", "--output", "man1"]).succeeds().says(&["pages are in man1"]);
    let mut pages: Vec<_> = fs::read_dir(place.path("man1")).unwrap().map(|entry| entry.unwrap().path()).collect();
    pages.sort();
    let names: Vec<String> = pages.iter().map(|page| page.file_name().unwrap().to_string_lossy().into_owned()).collect();
    for name in ["logdrift.1", "logdrift-check.1", "logdrift-baseline-diff.1", "logdrift-rules-test.1"] {
        assert!(names.iter().any(|other| other == name), "{name} is missing among {names:?}");
    }
    for page in &pages {
        let page = page.to_str().unwrap();
        if let Some((fine, said)) = system("groff", &["-man", "-Tutf8", "-ww", "-z", page]) {
            assert!(fine && said.is_empty(), "{page}: {said}");
        }
        if let Some((fine, said)) = system("mandoc", &["-T", "lint", "-W", "error", page]) {
            assert!(fine, "{page}: {said}");
        }
    }
    let one = place.run(&["man", "baseline", "diff"]).succeeds().out;
    assert_eq!(one, fs::read_to_string(place.path("man1/logdrift-baseline-diff.1")).unwrap());
    assert!(one.contains("logdrift baseline diff 2026") && one.contains(r"\fBlogdrift baseline diff\fR"), "{one}");
    place.run(&["man", "baseline", "dif"]).fails(2, &["there is no command \"logdrift baseline dif\"", "\"logdrift baseline diff\"?"]);
}

#[test]
fn what_was_meant_is_asked_wherever_a_name_is_looked_up() {
    let place = Place::new();
    for (arguments, meant) in [
        (&["explain", "new-cod"] as &[&str], "new-code"),
        (&["sources", "entra-singin"], "entra-signin"),
        (&["learn", "a.json", "--source", "entra_signin"], "entra-signin"),
        (&["rules", "rules", "--source", "entra-sign"], "entra-signin"),
    ] {
        place.put("rules/a.kql", "SigninLogs | where ResultType == 1");
        place.run(arguments).fails(2, &[&format!("(did you mean \"{meant}\"?)")]);
    }
}
