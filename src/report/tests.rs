//! Reports as a whole: their order, their verdict, and hostile text in every place of them.

use super::inert::columns_of;
use super::*;
use crate::model::{Cohort, Counts, Evidence, FieldPath, Finding, FindingKey, Severity, Status};

mod formats;
mod hostile;

fn finding(key: &str, severity: Severity, count: u64, cause: Option<&str>) -> Finding {
    Finding {
        key: FindingKey::from_text(key),
        check: "field-vanished",
        severity,
        status: Status::New,
        path: FieldPath::parse(key).ok(),
        cohort: None,
        value: None,
        code: None,
        before: Counts { records: 100, count: 100 },
        after: Counts { records: 100, count },
        weight: 0,
        actors: 0,
        first_seen: None,
        evidence: Evidence::FieldVanished,
        caused_by: cause.map(FindingKey::from_text),
        echoes: Vec::new(),
        series: Vec::new(),
    }
}

fn checked(comparisons: u64) -> Checked {
    Checked { paths: 3, cohorts: 2, comparisons, ..Checked::default() }
}

fn report_of(findings: &[Finding]) -> Report {
    Report::new(Run::default(), None, checked(7), findings, Severity::Medium, Reveal::Hidden)
}

fn order(findings: &[Finding]) -> String {
    report_of(findings).findings.iter().map(|row| row.key.as_str()).collect::<Vec<_>>().join(" ")
}

fn shown(report: &Report, width: usize) -> String {
    (terminal::FORMAT.render)(report, &Style { color: false, width }).unwrap()
}

#[test]
fn roots_stand_worst_first_each_with_its_echoes_whatever_order_they_came_in() {
    use Severity::{Critical, High, Low, Medium};
    let mut findings = vec![
        finding("low", Low, 90, None),
        finding("high-few", High, 2, None),
        finding("echo-of-low", Critical, 5, Some("low")),
        finding("high-many", High, 3, None),
        finding("b", Medium, 1, None),
        finding("a", Medium, 1, None),
        finding("echo-medium", Medium, 9, Some("high-few")),
        finding("echo-high", High, 1, Some("high-few")),
        finding("echo-of-echo", High, 1, Some("echo-high")),
        finding("orphan", Critical, 50, Some("nobody")),
    ];
    let wanted = "high-many high-few echo-high echo-of-echo echo-medium a b low echo-of-low orphan";
    for _ in 0..findings.len() {
        assert_eq!(order(&findings), wanted);
        findings.rotate_left(1);
    }
    findings.reverse();
    assert_eq!(order(&findings), wanted);
}

#[test]
fn findings_of_one_key_or_in_a_circle_are_all_kept() {
    let twice = [finding("a", Severity::Low, 1, None), finding("a", Severity::Low, 1, None), finding("e", Severity::Low, 1, Some("a"))];
    assert_eq!(order(&twice), "a e a");
    let circle =
        [finding("x", Severity::Low, 1, Some("y")), finding("y", Severity::Low, 1, Some("x")), finding("r", Severity::Info, 0, None)];
    assert_eq!(order(&circle), "r x y");
    assert_eq!(order(&[finding("self", Severity::Low, 1, Some("self"))]), "self");
}

#[test]
fn of_one_severity_what_matters_most_comes_first() {
    let weighing = |key: &str, weight| Finding { weight, ..finding(key, Severity::Medium, weight, None) };
    let heavy_but_low = Finding { weight: 99, ..finding("low", Severity::Low, 99, None) };
    assert_eq!(order(&[heavy_but_low, weighing("light", 1), weighing("heavy", 7)]), "heavy light low");
}

#[test]
fn ties_are_broken_by_path_then_cohort_then_value() {
    let with = |key: &str, path: &str, cohort: Option<&str>, value: Option<&str>| Finding {
        path: FieldPath::parse(path).ok(),
        cohort: cohort.map(|value| Cohort { path: "code".into(), value: value.into() }),
        value: value.map(String::from),
        ..finding(key, Severity::Low, 1, None)
    };
    let findings = [
        with("5", "p", Some("2"), None),
        with("4", "p", Some("1"), Some("b")),
        with("3", "p", Some("1"), Some("a")),
        with("2", "p", None, None),
        with("1", "q", None, None),
    ];
    assert_eq!(order(&findings), "2 3 4 5 1");
}

#[test]
fn the_verdict_follows_severity_status_and_what_was_compared() {
    let verdict = |status, severity, comparisons| {
        let row = Finding { status, ..finding("a", severity, 1, None) };
        let report = Report::new(Run::default(), None, checked(comparisons), &[row], Severity::High, Reveal::Hidden);
        (report.verdict, report.worst())
    };
    assert_eq!(verdict(Status::New, Severity::High, 1), (Verdict::Drift, Some(Severity::High)));
    assert_eq!(verdict(Status::Known, Severity::Critical, 0), (Verdict::Drift, Some(Severity::Critical)));
    assert_eq!(verdict(Status::New, Severity::Medium, 1), (Verdict::Clean, Some(Severity::Medium)));
    assert_eq!(verdict(Status::Accepted, Severity::Critical, 1), (Verdict::Clean, None));
    assert_eq!(verdict(Status::Accepted, Severity::Critical, 0), (Verdict::NotCheckable, None));
}

#[test]
fn a_clean_report_says_what_was_compared() {
    let text = shown(&report_of(&[]), 100);
    assert!(text.starts_with("CLEAN  , undated: no drift in 7 comparisons of 3 paths in 2 cohorts\n"), "{text}");
    let text = shown(&report_of(&[finding("a", Severity::Low, 1, None)]), 100);
    assert!(text.starts_with("CLEAN  , undated: 1 finding (1 low); none of them fails this check\n"), "{text}");
}

#[test]
fn the_first_line_tells_new_from_known_and_accepted() {
    let first = |statuses: &[Status]| {
        let rows: Vec<Finding> = statuses
            .iter()
            .enumerate()
            .map(|(at, status)| Finding { status: *status, ..finding(&format!("a{at}"), Severity::High, 1, None) })
            .collect();
        shown(&report_of(&rows), 100).lines().next().map(str::to_owned).unwrap()
    };
    use Status::{Accepted, Known, New};
    for (statuses, words) in [
        (&[New][..], "DRIFT  , undated: 1 finding (1 high)"),
        (&[Known, Known], "DRIFT  , undated: 2 findings (2 high; none new)"),
        (&[New, Known, Known], "DRIFT  , undated: 3 findings (3 high; 1 new, 2 known)"),
        (&[Known, Accepted], "DRIFT  , undated: 1 finding (1 high; none new), and 1 that was accepted"),
        (&[Accepted, Accepted], "CLEAN  , undated: no drift but what was accepted in 7 comparisons of 3 paths in 2 cohorts"),
    ] {
        assert_eq!(first(statuses), words);
    }
}

#[test]
fn what_cannot_be_checked_says_why_and_what_to_do() {
    let text = |records, baseline, too_few_records| {
        let run = Run { source: "entra".into(), records, ..Run::default() };
        let checked = Checked { too_few_records, ..Checked::default() };
        let report = Report::new(run, baseline, checked, &[finding("a", Severity::Low, 1, None)], Severity::Medium, Reveal::Hidden);
        shown(&report, 200)
    };
    for (text, why, next) in [
        (text(0, None, 0), "no record was read", "rejected or set apart"),
        (text(9, None, 0), "there is no baseline", "`logdrift learn INPUT --source entra`"),
        (text(9, Some(BaselineInfo::default()), 4), "too few records for 4 comparisons", "more windows in the baseline"),
        (text(9, Some(BaselineInfo::default()), 0), "nothing in common", "`logdrift baseline show --source entra`"),
    ] {
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].starts_with("NOT CHECKABLE") && lines[0].contains(why) && lines[0].contains("1 finding (1 low)"), "{text}");
        assert!(lines[1].contains("Next: ") && lines[1].contains(next), "{text}");
    }
}

#[test]
fn echoes_are_folded_under_their_root_and_counted_beyond_twelve() {
    let mut findings = vec![finding("root", Severity::High, 1, None)];
    findings.extend((10..25).map(|n| finding(&format!("echo{n}"), Severity::Low, 1, Some("root"))));
    let elsewhere = Cohort { path: "category".into(), value: "X".into() };
    findings[1].cohort = Some(elsewhere);
    findings.push(Finding { status: Status::Accepted, ..finding("last", Severity::Low, 1, Some("nobody")) });
    let text = shown(&report_of(&findings), 100);
    assert!(text.contains("1 finding (1 high) and 15 echoes, and 1 that was accepted"), "{text}");
    assert!(text.contains("\n            low      echo10 in category = X: is no longer sent\n"), "{text}");
    assert!(text.contains("echo21: is no longer sent\n            and 3 more echoes\n") && !text.contains("echo22"), "{text}");
    assert!(text.contains("\nAccepted     field-vanished last (low), key last\n"), "{text}");
}

fn sample() -> Report {
    serde_json::from_str(include_str!("../../reports/sample.json")).unwrap()
}

#[test]
fn every_line_fits_the_terminal_and_colours_change_nothing_else() {
    for width in [0, 60, 61, 75, 100, 240] {
        let text = shown(&sample(), width);
        let widest = text.lines().map(|line| line.chars().map(columns_of).sum::<usize>()).max().unwrap();
        assert!(widest <= width.max(60), "{text}");
        let mut colored = (terminal::FORMAT.render)(&sample(), &Style { color: true, width }).unwrap();
        assert!(colored.contains("\u{1b}[1m\u{1b}[31mHIGH"), "{colored:?}");
        while let Some((at, escape)) = colored.find('\u{1b}').map(|at| (at, colored[at..].find('m').unwrap())) {
            colored.replace_range(at..=at + escape, "");
        }
        assert_eq!(colored, text);
    }
}

#[test]
fn values_of_persons_are_shown_on_request_only() {
    let who = "ada@contoso.com";
    let row = Finding {
        value: Some(who.into()),
        code: Some(who.into()),
        cohort: Some(Cohort { path: "user".into(), value: who.into() }),
        path: FieldPath::parse("[\"ada@contoso.com\"].x").ok(),
        evidence: Evidence::ValueAppeared { value: who.into(), records: 1 },
        ..finding("a", Severity::Low, 1, None)
    };
    let checked = Checked { not_checked: vec![format!("{who} was left out")], ..checked(1) };
    let run = Run { notes: vec![format!("{who} was folded")], rules: Some(format!("{who}/rules")), ..Run::default() };
    let shown = |format: &Format, reveal| {
        let report = Report::new(run.clone(), None, checked.clone(), std::slice::from_ref(&row), Severity::Low, reveal);
        (format.render)(&report, &Style::default()).unwrap()
    };
    for format in FORMATS {
        let hidden = shown(format, Reveal::Hidden);
        assert!(!hidden.contains("ada@") && hidden.contains("(mail address)"), "{hidden}");
        assert!(shown(format, Reveal::Shown).contains("ada@"), "{}", format.name);
    }
    assert_eq!(shown(&json::FORMAT, Reveal::Hidden).matches("(mail address)").count(), 8);
    assert_eq!(shown(&json::FORMAT, Reveal::Shown).matches(who).count(), 8);
}

#[test]
fn formats_are_found_by_name_and_by_ending() {
    for known in FORMATS {
        assert_eq!(format(known.name).unwrap().extension, known.extension);
        assert_eq!(format_of_file(Path::new(&format!("a.b.{}", known.extension.to_uppercase()))).unwrap().name, known.name);
    }
    assert!(format("yaml").is_none() && format_of_file(Path::new("report")).is_none());
}
