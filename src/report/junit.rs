//! The report as JUnit XML: a test for each check that is silent, for each root finding, and for each sign-in of a manifest.

use super::history::word;
use super::hit::{file, hit};
use super::subject::{line, lines, plain, subject_of};
use super::words::period;
use super::{FindingRow, Format, Report, SignInState, Style, Verdict, outcome};
use crate::checks::CHECKS;
use crate::error::{Error, Result};
use crate::model::{Severity, Status};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use std::io;

/// Row of the table of formats.
pub(super) static FORMAT: Format =
    Format { name: "junit", extension: "xml", summary: "JUnit XML, for whatever shows the tests of a pipeline", render };

/// Some tests, under a name that is the same in every run and one that tells runs apart.
struct Suite {
    class: String,
    name: String,
    cases: Vec<Case>,
}

/// One test. All texts are lines without anything that XML forbids.
struct Case {
    name: String,
    file: Option<String>,
    end: End,
}

/// How a test ended.
enum End {
    Passed,
    /// Passed, with something to tell.
    Told(String),
    Failed {
        kind: &'static str,
        message: String,
        body: String,
    },
    Skipped(String),
    /// It could not be run.
    Broken(String),
}

impl Case {
    fn new(name: impl Into<String>, end: End) -> Self {
        Self { name: name.into(), file: None, end }
    }
}

fn render(report: &Report, _style: &Style) -> Result<String> {
    let run = &report.run;
    let name = line(&format!("{}, {}", run.source, period(run.window.from.as_deref(), run.window.to.as_deref())));
    let mut suites = vec![Suite { name, class: line(&run.source), cases: checks(report) }];
    suites.extend(sign_ins(report));
    let written = write(&suites).map_err(|error| error.to_string());
    let text = written.and_then(|bytes| String::from_utf8(bytes).map_err(|error| error.to_string()));
    text.map(|text| text + "\n").map_err(|why| Error::Usage(format!("cannot write the report as JUnit XML: {why}")))
}

/// The checks in the order of their table, those that speak with a test for each root that they found.
fn checks(report: &Report) -> Vec<Case> {
    let is_compared = report.checked.comparisons > 0;
    let silent = || if is_compared { End::Passed } else { End::Skipped(outcome::why_not_checkable(report)) };
    let mut cases = Vec::new();
    if report.verdict == Verdict::NotCheckable {
        let why = format!("{}. {}", outcome::why_not_checkable(report), outcome::next_lines(report).join(". "));
        cases.push(Case::new("anything compared", End::Broken(line(&why))));
    }
    let unknown = |row: &FindingRow| CHECKS.iter().all(|check| check.id != row.check);
    for check in CHECKS {
        let before = cases.len();
        let own = report.groups().filter(|(root, _)| root.check == check.id);
        cases.extend(own.map(|(root, echoes)| case(report, root, echoes)));
        if cases.len() == before {
            cases.push(Case::new(check.id, silent()));
        }
    }
    // Of a report that another version wrote.
    cases.extend(report.groups().filter(|group| unknown(group.0)).map(|(root, echoes)| case(report, root, echoes)));
    cases
}

fn case(report: &Report, root: &FindingRow, echoes: &[FindingRow]) -> Case {
    let body = lines(root, echoes).join("\n");
    let end = if root.status == Status::Accepted {
        End::Skipped(line(&format!("accepted{}: {}", word(root), root.summary)))
    } else if root.severity >= report.fail_on {
        End::Failed { kind: root.severity.id(), message: line(&root.summary), body }
    } else {
        End::Told(body)
    };
    let file = hit(root, echoes).first().map(|rule| line(&file(&report.run, rule)));
    Case { name: plain(&subject_of(root)), file, end }
}

/// A suite for the sign-ins of a manifest, if there is one.
fn sign_ins(report: &Report) -> Option<Suite> {
    let sign_ins = report.sign_ins.as_ref()?;
    let cases = sign_ins.outcomes.iter().map(|row| {
        let end = match row.outcome {
            SignInState::Expected => End::Passed,
            _ if report.fail_on > Severity::High => End::Told(line(&row.summary)),
            wrong => End::Failed { kind: wrong.id(), message: line(&row.summary), body: line(&row.summary) },
        };
        Case::new(line(&row.name), end)
    });
    let name = line(&sign_ins.manifest);
    Some(Suite { class: name.clone(), name, cases: cases.collect() })
}

/// `tests`, `failures`, `errors` and `skipped` of some suites.
fn counts(suites: &[Suite]) -> [(&'static str, String); 4] {
    let count = |is: fn(&End) -> bool| suites.iter().flat_map(|suite| &suite.cases).filter(|case| is(&case.end)).count().to_string();
    [
        ("tests", count(|_| true)),
        ("failures", count(|end| matches!(end, End::Failed { .. }))),
        ("errors", count(|end| matches!(end, End::Broken(_)))),
        ("skipped", count(|end| matches!(end, End::Skipped(_)))),
    ]
}

fn write(suites: &[Suite]) -> io::Result<Vec<u8>> {
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 2);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let all = counts(suites);
    let root = xml.create_element("testsuites").with_attribute(("name", "logdrift"));
    let root = root.with_attributes(all.iter().map(|(name, count)| (*name, count.as_str())));
    root.write_inner_content(|xml| suites.iter().try_for_each(|one| suite(xml, one)))?;
    Ok(xml.into_inner())
}

fn suite(xml: &mut Writer<Vec<u8>>, suite: &Suite) -> io::Result<()> {
    let counts = counts(std::slice::from_ref(suite));
    let element = xml.create_element("testsuite").with_attribute(("name", suite.name.as_str()));
    let element = element.with_attributes(counts.iter().map(|(name, count)| (*name, count.as_str())));
    element.write_inner_content(|xml| suite.cases.iter().try_for_each(|case| test(xml, &suite.class, case)))?;
    Ok(())
}

fn test(xml: &mut Writer<Vec<u8>>, class: &str, case: &Case) -> io::Result<()> {
    let mut test = xml.create_element("testcase").with_attribute(("classname", class)).with_attribute(("name", case.name.as_str()));
    if let Some(file) = &case.file {
        test = test.with_attribute(("file", file.as_str()));
    }
    match &case.end {
        End::Passed => test.write_empty()?,
        End::Told(body) => test.write_inner_content(|xml| {
            xml.create_element("system-out").write_text_content(BytesText::new(body))?;
            Ok(())
        })?,
        End::Failed { kind, message, body } => test.write_inner_content(|xml| {
            let failure = xml.create_element("failure").with_attribute(("message", message.as_str())).with_attribute(("type", *kind));
            failure.write_text_content(BytesText::new(body))?;
            Ok(())
        })?,
        End::Skipped(why) => test.write_inner_content(|xml| empty(xml, "skipped", why))?,
        End::Broken(why) => test.write_inner_content(|xml| empty(xml, "error", why))?,
    };
    Ok(())
}

fn empty(xml: &mut Writer<Vec<u8>>, name: &str, message: &str) -> io::Result<()> {
    xml.create_element(name).with_attribute(("message", message)).write_empty()?;
    Ok(())
}
