//! The file `logdrift.toml`: where it is found, what it may hold, and what goes before it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod place;

use logdrift::cli::args::KEYS;
use place::{Place, Ran};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Runs the program with arguments alone, and some environment variables.
fn run(place: &Place, folder: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Ran {
    let mut command = place.command(arguments);
    command.env_remove("LOGDRIFT_CONFIG").env("HOME", place.path("home")).env_remove("XDG_CONFIG_HOME");
    let output = command.current_dir(place.path(folder)).envs(variables.iter().copied()).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}

/// A file with every key, made of what `init` writes by taking the keys out of their comments.
fn every_key(place: &Place) -> String {
    run(place, "", &["init", "all.toml"], &[]).succeeds();
    let text = fs::read_to_string(place.path("all.toml")).unwrap();
    let key =
        |line: &str| line.strip_prefix('#').filter(|rest| rest.starts_with('[') || rest.split(' ').nth(1) == Some("=")).map(str::to_owned);
    text.lines().map(|line| key(line).unwrap_or_else(|| line.to_owned()) + "\n").collect()
}

fn schema(place: &Place) -> Value {
    serde_json::from_str(&run(place, "", &["schema", "config"], &[]).succeeds().out).unwrap()
}

fn keys(schema: &Value, of: &str) -> BTreeSet<String> {
    let properties = if of.is_empty() { &schema["properties"] } else { &schema["$defs"][of]["properties"] };
    properties.as_object().unwrap().keys().cloned().collect()
}

#[test]
fn an_option_goes_before_the_environment_the_environment_before_the_file_the_file_before_the_default() {
    let place = Place::with_baseline(14);
    place.incident("now.json");
    let code = |arguments: &[&str], variables: &[(&str, &str)]| {
        run(&place, "", &[&["check", "now.json", "--source", "entra-signin", "-o", "r.json"], arguments].concat(), variables).code
    };
    assert_eq!(code(&[], &[]), 1);
    place.put("logdrift.toml", "fail-on = \"never\"");
    assert_eq!(code(&[], &[]), 0);
    assert_eq!(code(&[], &[("LOGDRIFT_FAIL_ON", "high")]), 1);
    assert_eq!(code(&["--fail-on", "never"], &[("LOGDRIFT_FAIL_ON", "high")]), 0);
    // Switches go back the same way.
    place.put("logdrift.toml", "exit-zero = true");
    assert_eq!(code(&[], &[]), 0);
    assert_eq!(code(&[], &[("LOGDRIFT_EXIT_ZERO", "no")]), 1);
    assert_eq!(code(&["--exit-zero"], &[("LOGDRIFT_EXIT_ZERO", "no")]), 0);
    assert_eq!(code(&["--exit-zero=false"], &[]), 1);
}

#[test]
fn every_key_has_an_option_an_environment_variable_and_a_place_in_the_file_that_init_writes() {
    let place = Place::new();
    let (schema, text) = (schema(&place), every_key(&place));
    let help = run(&place, "", &["check", "--help"], &[]).succeeds().out;
    let (top, audit, notify) = (keys(&schema, ""), keys(&schema, "Audit"), keys(&schema, "Settings"));
    for key in top.iter().filter(|key| !["audit", "notify"].contains(&key.as_str())) {
        let option = if key == "source-name" { "name" } else { key };
        let variable = format!("LOGDRIFT_{}", key.to_uppercase().replace('-', "_"));
        assert!(help.contains(&format!("--{option} ")) || help.contains(&format!("--{option}[=")), "no option for {key}");
        assert!(help.contains(&format!("[env: {variable}]")), "no environment variable for {key}");
        assert!(KEYS.iter().any(|entry| *entry == (option.replace('-', "_").as_str(), variable.as_str())), "{key}");
    }
    assert_eq!(KEYS.len(), top.len() - 2);
    assert!(audit.iter().all(|key| ["name", "inputs"].contains(&key.as_str()) || top.contains(key)));
    for key in top.iter().chain(&notify).filter(|key| !["audit", "notify"].contains(&key.as_str())) {
        assert!(text.lines().any(|line| line.starts_with(&format!("{key} = "))), "init writes no {key}");
    }
}

#[test]
fn what_init_writes_is_read_with_and_without_the_keys_in_comments() {
    let place = Place::new();
    run(&place, "", &["init"], &[]).succeeds().says(&["wrote logdrift.toml"]);
    let (written, full) = (fs::read_to_string(place.path("logdrift.toml")).unwrap(), every_key(&place));
    let validator = jsonschema::validator_for(&schema(&place)).unwrap();
    // An audit may not both learn and expect, nor learn and compare with a file.
    let fitting = full.replace("learn = true", "learn = false").replace("source = \"entra-signin\"", "source = \"generic\"");
    for text in [&written, &fitting] {
        place.put("logdrift.toml", text);
        assert!(validator.is_valid(&toml::from_str::<Value>(text).unwrap()));
        // It is read to its end: what is missed is the log.
        run(&place, "", &["audit", "--no-progress"], &[]).says(&["cannot read logs: "]);
    }
    place.put("logdrift.toml", &full);
    run(&place, "", &["audit"], &[]).fails(2, &["logdrift.toml: source-name: it goes with source = \"generic\" only"]);
}

#[test]
fn init_overwrites_nothing_unless_it_is_told_to() {
    let place = Place::new();
    place.put("logdrift.toml", "quiet = true");
    run(&place, "", &["init"], &[]).fails(2, &["logdrift.toml is there already and was left alone", "--force"]);
    assert_eq!(fs::read_to_string(place.path("logdrift.toml")).unwrap(), "quiet = true");
    run(&place, "", &["init", "--force"], &[]).succeeds();
    assert!(fs::read_to_string(place.path("logdrift.toml")).unwrap().contains("[[audit]]"));
}

#[test]
fn what_is_wrong_is_named_with_its_place_and_what_was_meant() {
    let place = Place::new();
    for (text, said) in [
        ("\nfail_on = \"high\"", "logdrift.toml:2:1: fail_on: unknown key `fail_on`; did you mean `fail-on`?"),
        ("fail-on = \"hihg\"", "logdrift.toml:1:11: fail-on: unknown word `hihg`; did you mean `high`?"),
        ("wait = \"long\"", "logdrift.toml:1:8: wait: invalid type: string \"long\", expected u64"),
        ("threads = 0", "logdrift.toml:1:11: threads: "),
        ("[[audit]]\nname = \"a\"\ninputs = [1]", "logdrift.toml:3:11: audit[0].inputs[0]: invalid type: integer `1`, expected a string"),
        ("[[notify]]\nto = \"slak\"", "logdrift.toml:2:6: notify[0].to: unknown word `slak`; did you mean `slack`?"),
        ("[[notify]]\nto = \"slack\"\npassword = \"hunter2\"", "logdrift.toml:3:1: notify[0].password: unknown key `password`"),
        ("[[notify]]\nto = \"slack\"", "logdrift.toml: notify \"slack\": it needs url or url-env or url-file"),
        ("quiet = ", "logdrift.toml:1:9: "),
        ("[[audit]]\nname = \"a\"\ninputs = [\"x\"]", "audit \"a\": it has no source"),
        ("source = \"entra-signin\"\n[[audit]]\nname = \"a\"\ninputs = []", "audit \"a\": inputs: it is empty"),
        ("learn = true\nbaseline = \"x\"", "learn and baseline do not go together"),
        ("source = \"entra-signin\"\ntime = \"ts\"", "time: it goes with source = \"generic\" only"),
    ] {
        place.put("logdrift.toml", text);
        let ran = run(&place, "", &["audit"], &[]);
        ran.fails(2, &[said]);
        assert!(!ran.err.contains("hunter2"), "{}", ran.err);
        // What needs no configuration is not hindered by a broken one.
        run(&place, "", &["explain"], &[]).succeeds();
        run(&place, "", &["check", "--help"], &[]).succeeds();
    }
}

#[test]
fn the_file_is_found_upward_then_at_home_and_is_the_one_that_is_named() {
    let place = Place::new();
    fs::create_dir_all(place.path("a/b/c")).unwrap();
    let told = |folder: &str, variables: &[(&str, &str)], arguments: &[&str]| {
        run(&place, folder, &[&["check", "none.json"], arguments].concat(), variables).err.lines().next().unwrap().to_owned()
    };
    place.put("a/logdrift.toml", "far = 1");
    place.put("a/b/logdrift.toml", "near = 1");
    place.put("home/.config/logdrift/logdrift.toml", "home = 1");
    place.put("xdg/logdrift/logdrift.toml", "xdg = 1");
    place.put("own.toml", "own = 1");
    assert!(told("a/b/c", &[], &[]).contains("unknown key `near`"));
    assert!(told("a", &[], &[]).contains("logdrift.toml:1:1: far: unknown key `far`"));
    assert!(told("", &[], &[]).contains("unknown key `home`"));
    let xdg = place.path("xdg");
    assert!(told("", &[("XDG_CONFIG_HOME", xdg.to_str().unwrap())], &[]).contains("unknown key `xdg`"));
    assert!(told("a", &[("LOGDRIFT_CONFIG", "../own.toml")], &[]).contains("unknown key `own`"));
    assert!(told("a", &[("LOGDRIFT_CONFIG", "none")], &["--config", "../own.toml"]).contains("unknown key `own`"));
    assert!(told("a", &[("LOGDRIFT_CONFIG", "none")], &["--config=../own.toml"]).contains("unknown key `own`"));
    // No name is no file.
    assert!(told("a", &[("LOGDRIFT_CONFIG", "")], &[]).contains("none.json"));
    assert!(told("a", &[], &["--config", "none.toml"]).contains("cannot read none.toml"));
}

#[test]
fn paths_are_relative_to_the_file() {
    let place = Place::with_baseline(14);
    place.incident("logs/now.json");
    fs::create_dir_all(place.path("etc")).unwrap();
    fs::create_dir_all(place.path("elsewhere")).unwrap();
    let text = "source = \"entra-signin\"\nstore = \"../logdrift.db\"\n[[audit]]\nname = \"a\"\ninputs = [\"../logs/n*.json\"]\n\
                output = [\"../out.json\"]\nmetrics = \"a.prom\"";
    place.put("etc/logdrift.toml", text);
    let ran = run(&place, "elsewhere", &["audit", "--config", "../etc/logdrift.toml"], &[]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(place.path("out.json").exists() && place.path("etc/a.prom").exists());
    assert_eq!(fs::read_dir(place.path("elsewhere")).unwrap().count(), 0);
}

#[test]
fn of_learning_and_a_baseline_the_one_that_is_asked_for_counts() {
    let place = Place::with_baseline(14);
    place.day("next.json", 14);
    place.run(&["baseline", "export", "--source", "entra-signin", "-o", "b.baseline"]).succeeds();
    let before = place.store();
    place.put("logdrift.toml", "learn = true");
    run(&place, "", &["check", "next.json", "--source", "entra-signin", "--baseline", "b.baseline"], &[]).succeeds();
    assert_eq!(place.store(), before);
    place.put("logdrift.toml", "baseline = \"none.baseline\"");
    run(&place, "", &["check", "next.json", "--source", "entra-signin", "--learn"], &[]).succeeds();
    assert_ne!(place.store(), before);
}

#[test]
fn the_schemas_that_are_shipped_are_those_of_this_version() {
    let place = Place::new();
    for name in ["config", "notice"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("reports/{name}.schema.json"));
        let now = run(&place, "", &["schema", name], &[]).succeeds().out;
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&path, &now).unwrap();
        }
        assert_eq!(
            fs::read_to_string(&path).unwrap_or_default(),
            now,
            "run `UPDATE=1 cargo test --test config` and look at the difference"
        );
    }
}
