//! What is understood, what is refused, and that every example is understood.

use super::*;
use crate::model::Severity;
use std::path::Path;

fn read(line: &str) -> Result<Cli, clap::Error> {
    Cli::read(line.split(' '))
}

fn refused(line: &str) -> String {
    let error = read(line).unwrap_err();
    assert_eq!(error.exit_code(), 2, "{line}");
    error.to_string()
}

fn check(line: &str) -> CheckArgs {
    match read(line).unwrap().command {
        Command::Check(args) => args,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_definitions_do_not_contradict_each_other() {
    Cli::command().debug_assert();
}

#[test]
fn usage_errors_exit_with_2_and_help_with_0() {
    for line in [
        "logdrift",
        "logdrift dance",
        "logdrift learn --source entra",
        "logdrift check a.json --source entra --fail-on loud",
        "logdrift check a.json --source entra --format yaml",
        "logdrift check a.json --source entra --window week",
        "logdrift check a.json --source entra --baseline b --learn",
        "logdrift check a.json --source entra --threads 0",
        "logdrift check a.json --source entra --wait soon",
        "logdrift diff a.json --source entra",
        "logdrift fingerprint a.json --source entra",
        "logdrift merge -o all.fp",
        "logdrift baseline export --source entra",
        "logdrift baseline import a.baseline",
        "logdrift accept 9f27",
        "logdrift accept --reason fine",
        "logdrift accept 9f27 --list",
        "logdrift accept 9f27 --reason fine --until soon",
        "logdrift accept 9f27 --reason fine --until 2026-02-30",
        "logdrift accept 9f27 --withdraw --until 2026-02-03",
        "logdrift report --list --format json",
        "logdrift report --output report",
        "logdrift baseline exclude 2026-03-01 --source entra",
        "logdrift baseline rollback --source entra",
        "logdrift baseline rollback last --source entra",
        "logdrift schema rapport",
        "logdrift sources --color blue",
    ] {
        refused(line);
    }
    for line in ["logdrift --help", "logdrift --version", "logdrift check --help", "logdrift baseline diff --help"] {
        assert_eq!(read(line).unwrap_err().exit_code(), 0, "{line}");
    }
}

#[test]
fn errors_say_what_may_stand_there() {
    let text = refused("logdrift check a.json --source entra --fail-on loud");
    assert!(text.contains("critical, high, medium, low, info, never"), "{text}");
    let text = refused("logdrift check a.json --source entra --format yaml");
    assert!(text.contains("terminal, json"), "{text}");
}

#[test]
fn defaults_and_words_become_values() {
    let args = check("logdrift check a.json b.json -s entra");
    assert_eq!(args.inputs, ["a.json", "b.json"]);
    assert_eq!((args.window.window, args.window.wait.wait), (Granularity::Day, 600));
    assert_eq!((args.report.to.format().name, args.report.fail_on), ("terminal", FailOn::At(Severity::Medium)));
    assert!(!args.learn && !args.report.exit_zero && args.report.to.output.is_empty() && args.baseline.is_none());
    let args = check("logdrift check a.json -s entra -f json --window hour --wait 0 --fail-on never -o a.json -o b.txt c.json --exit-zero");
    assert_eq!(args.inputs, ["a.json", "c.json"]);
    assert_eq!((args.window.window, args.window.wait.wait), (Granularity::Hour, 0));
    assert_eq!((args.report.to.format().name, args.report.fail_on), ("json", FailOn::Never));
    assert_eq!(args.report.to.output, [PathBuf::from("a.json"), PathBuf::from("b.txt")]);
    for severity in Severity::ALL {
        let args = check(&format!("logdrift check a.json -s entra --fail-on {severity}"));
        assert_eq!(args.report.fail_on, FailOn::At(severity));
        assert_eq!(args.report.fail_on.severity(), severity);
    }
}

#[test]
fn a_file_has_the_format_of_its_ending_else_the_one_asked_for() {
    for name in ["report", "report.yaml", "report.json.bak"] {
        for command in ["check a.json", "diff a.json b.json"] {
            let text = refused(&format!("logdrift {command} -s entra -o a.json -o {name}"));
            assert!(
                text.contains(&format!("{name} names no format"))
                    && text.contains(".json (json), .md (markdown), .sarif (sarif), .xml (junit), .github (github), or give --format")
            );
        }
        let args = check(&format!("logdrift check a.json -s entra -f json -o {name} -o b.TXT"));
        let of = |name: &str| args.report.to.format_of(Path::new(name)).unwrap().name;
        assert_eq!((of(name), of("b.TXT")), ("json", "terminal"));
    }
}

#[test]
fn global_options_stand_before_or_after_the_command() {
    for line in ["logdrift --threads 3 --color never -q sources", "logdrift sources -q --color never --threads 3"] {
        let global = read(line).unwrap().global;
        assert_eq!((global.threads.map(NonZeroUsize::get), global.color, global.quiet), (Some(3), ColorWhen::Never, true));
        assert!(!global.show_values && !global.no_progress);
    }
    assert_eq!(read("logdrift sources").unwrap().global.color, ColorWhen::Auto);
    assert_eq!(read("logdrift sources --color always").unwrap().global.color, ColorWhen::Always);
}

#[test]
fn fields_are_named_for_the_generic_source_only() {
    let line = "--name mine --time ts --code result --cohort app --cohort tenant --id id --actor user.name";
    for command in ["learn a.json", "check a.json", "diff a.json b.json", "fingerprint a.json -o a.fp"] {
        assert!(read(&format!("logdrift {command} --source generic {line}")).is_ok());
        assert!(refused(&format!("logdrift {command} --source entra --cohort app")).contains("--cohort only goes with --source generic"));
    }
    let args = check(&format!("logdrift check a.json --source generic {line}"));
    assert_eq!(args.source.cohort, ["app", "tenant"]);
    assert!(!args.source.is_file() && check("logdrift check a.json --source my/Own.TOML").source.is_file());
}

#[test]
fn a_source_can_be_typed_again() {
    for line in ["--source entra", "--source generic --name mine --time ts --code result --id id --actor user.name --cohort app --cohort b"]
    {
        assert_eq!(check(&format!("logdrift check a.json {line}")).source.as_typed(), line);
    }
    let words = ["logdrift", "check", "a.json", "--source", "generic", "--time", "[\"a key\"]", "--code", "it's"];
    let Ok(Cli { command: Command::Check(args), .. }) = Cli::read(words) else { panic!("not understood") };
    assert_eq!(args.source.as_typed(), "--source generic --time '[\"a key\"]' --code 'it'\\''s'");
}

#[test]
fn a_baseline_file_stands_in_for_the_store() {
    let args = check("logdrift check a.json -s entra --baseline b.baseline");
    assert_eq!(args.baseline, Some(PathBuf::from("b.baseline")));
    assert!(refused("logdrift check a.json -s entra --baseline b.baseline --store c.db").contains("--baseline and --store"));
}

#[test]
fn every_example_is_understood() {
    use super::examples::*;
    let all = [
        TOP,
        LEARN,
        CHECK,
        DIFF,
        ACCEPT,
        REPORT,
        BASELINE,
        BASELINE_DIFF,
        BASELINE_EXCLUDE,
        BASELINE_INCLUDE,
        BASELINE_ROLLBACK,
        FINGERPRINT,
        MERGE,
        SCHEMA,
        SCHEMA_INFER,
        SCHEMA_VALIDATE,
        SCHEMA_COVERAGE,
        EXPLAIN,
        SOURCES,
        DEMO,
    ];
    let mut seen = 0;
    for line in all.iter().flat_map(|text| text.lines()) {
        let Some(at) = line.find("logdrift ") else { continue };
        let line = line[at..].split("   ").next().unwrap_or_default().split(" > ").next().unwrap_or_default();
        // What stands between quotes is one word.
        let words = line.split('\'').enumerate().flat_map(|(at, part)| match at % 2 {
            0 => part.split_whitespace().collect(),
            _ => vec![part],
        });
        assert!(Cli::read(words).is_ok(), "{line}");
        seen += 1;
    }
    assert_eq!(seen, 63);
}
