//! The report as annotations of GitHub Actions: a workflow command for the verdict and for each root finding.

use super::hit::{file, hit};
use super::sign_ins::wrong;
use super::subject::{line, lines, opening, plain, subject_of};
use super::{FindingRow, Format, Report, Style, Verdict, outcome};
use crate::error::Result;
use crate::model::{Severity, Status};

/// Row of the table of formats.
pub(super) static FORMAT: Format =
    Format { name: "github", extension: "github", summary: "annotations of a GitHub Actions job, to be printed to its log", render };

fn render(report: &Report, _style: &Style) -> Result<String> {
    let mut out = verdict(report);
    for row in wrong(report) {
        let title = format!("sign-in {}: {}", row.outcome.id(), row.name);
        out += &command("error", &[("title", &line(&title))], &[line(&row.summary)]);
    }
    for (root, echoes) in report.groups().filter(|group| group.0.status != Status::Accepted) {
        out += &finding(report, root, echoes);
    }
    Ok(out)
}

fn verdict(report: &Report) -> String {
    let mut lines = vec![opening(report)];
    let mut level = "notice";
    if report.verdict == Verdict::NotCheckable {
        lines.extend(outcome::next_lines(report).iter().map(|words| line(words)));
        level = "warning";
    }
    command(level, &[("title", "logdrift")], &lines)
}

fn finding(report: &Report, root: &FindingRow, echoes: &[FindingRow]) -> String {
    let title = format!("{} {}", root.severity, plain(&subject_of(root)));
    let place = hit(root, echoes).first().map(|rule| (line(&file(&report.run, rule)), rule.line.max(1).to_string()));
    let mut properties = Vec::new();
    if let Some((file, line)) = &place {
        properties.extend([("file", file.as_str()), ("line", line)]);
    }
    properties.push(("title", &title));
    command(level(root.severity), &properties, &lines(root, echoes))
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "notice",
    }
}

/// One workflow command on one line.
fn command(level: &str, properties: &[(&str, &str)], lines: &[String]) -> String {
    let properties: Vec<String> = properties.iter().map(|(name, value)| format!("{name}={}", property(value))).collect();
    format!("::{level} {}::{}\n", properties.join(","), data(&lines.join("\n")))
}

/// The message of a command, as the runner takes it apart.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property of a command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_cannot_end_a_property_or_a_command() {
        let lines = ["50 %, a: b::".to_owned(), "::error::x".to_owned()];
        let wanted = "::error file=a%252C%2Cb%3A%3A,title=t%0D%0Au::50 %25, a: b::%0A::error::x\n";
        assert_eq!(command("error", &[("file", "a%2C,b::"), ("title", "t\r\nu")], &lines), wanted);
    }
}
