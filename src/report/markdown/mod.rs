//! The report as Markdown, for a pull request, a wiki or the summary of a job: blocks with a blank line between them.

mod escape;

use super::copies::{Copy, copies};
use super::history::{and_echoes, ended_roots, gone, word};
use super::hit::{file, hit};
use super::sign_ins::{ROWS, rows, unexplained};
use super::subject::{Piece, numbers, subject, subject_of};
use super::words::{self, ECHOES, ENTRIES, more, period};
use super::{CohortRow, FindingRow, Format, Report, RuleRow, Run, Style, Verdict, outcome};
use crate::error::Result;
use crate::model::{Severity, Status};
use escape::{clause, code, fence, text};

/// Row of the table of formats.
pub(super) static FORMAT: Format =
    Format { name: "markdown", extension: "md", summary: "Markdown, for a pull request, a wiki, the summary of a job", render };

fn render(report: &Report, _style: &Style) -> Result<String> {
    let mut blocks = verdict(report);
    blocks.push(checked(report));
    blocks.extend(sign_ins(report));
    for severity in Severity::ALL.into_iter().rev() {
        let open = |root: &FindingRow| root.status != Status::Accepted && root.severity == severity;
        for (at, (root, echoes)) in report.groups().filter(|group| open(group.0)).enumerate() {
            blocks.extend((at == 0).then(|| format!("## {}", capital(severity.id()))));
            blocks.extend(finding(&report.run, root, echoes));
        }
    }
    blocks.extend(history(report));
    Ok(blocks.join("\n\n") + "\n")
}

fn verdict(report: &Report) -> Vec<String> {
    let run = &report.run;
    let period = text(&period(run.window.from.as_deref(), run.window.to.as_deref()));
    let mut sentence = capital(&text(&outcome::outcome(report))) + ".";
    if let Some(baseline) = &report.baseline {
        sentence += &format!(" Compared with baseline {}{}.", code(&baseline.name), text_behind(&outcome::version(baseline)));
    }
    let mut blocks = vec![format!("# {}: {}, {period}", outcome::word(report.verdict), code(&run.source)), sentence];
    if report.verdict == Verdict::NotCheckable {
        blocks.push(format!("**Next:** {}.", text(&outcome::next_step(report))));
    }
    blocks
}

/// What was compared and read, and what was not.
fn checked(report: &Report) -> String {
    let (run, checked) = (&report.run, &report.checked);
    let mut rows: Vec<String> = outcome::compared(checked).iter().map(|words| capital(&text(words))).collect();
    rows.extend(outcome::read(run).iter().map(|(label, words)| format!("{label}: {}", text(words))));
    for (label, sentences) in [("Not checked", &checked.not_checked), ("Note", &run.notes)] {
        rows.extend(sentences.iter().take(ENTRIES).map(|words| format!("{label}: {}", text(words))));
        rows.extend(more(sentences.len(), ENTRIES, "in the JSON report"));
    }
    list(&rows)
}

fn sign_ins(report: &Report) -> Vec<String> {
    let Some(sign_ins) = &report.sign_ins else { return Vec::new() };
    let rows = rows(sign_ins);
    let mut lines: Vec<String> =
        rows.iter().take(ROWS).map(|row| format!("**{}** {}: {}", row.outcome.id(), code(&row.name), text(&row.summary))).collect();
    lines.extend(more(rows.len(), ROWS, "sign-ins"));
    vec![format!("## Sign-ins of {}", code(&sign_ins.manifest)), list(&lines), format!("{}.", unexplained(sign_ins))]
}

fn finding(run: &Run, root: &FindingRow, echoes: &[FindingRow]) -> Vec<String> {
    let mut blocks = vec![format!("### {}", marked(&subject_of(root))), capital(&text(&root.summary)) + "."];
    blocks.extend(root.text_change.as_ref().map(|change| text(change)));
    blocks.push(list(&[
        capital(&text(&numbers(root))),
        format!("Where: {}", place(root.cohort.as_ref())),
        format!("Status: {}, key {}", root.status.id(), code(&root.key)),
    ]));
    let rules = hit(root, echoes);
    if !rules.is_empty() {
        let mut rows: Vec<String> = rules.iter().take(ECHOES).map(|rule| touched(run, rule)).collect();
        rows.extend(more(rules.len(), ECHOES, "rules"));
        blocks.extend(["Rules that it touches:".into(), list(&rows)]);
    }
    blocks.extend(to_copy(root, &rules));
    blocks.extend(folded(echoes));
    blocks
}

fn place(cohort: Option<&CohortRow>) -> String {
    cohort.map_or_else(|| "the whole stream".into(), |cohort| format!("{} = {}", code(&cohort.path), code(&cohort.value)))
}

fn touched(run: &Run, rule: &RuleRow) -> String {
    let (effect, title, place) = (text(&rule.effect), code(&rule.title), code(&format!("{}:{}", file(run, rule), rule.line)));
    format!("**{effect}** {title}, {place}: {}; clause {}", text(&rule.why), clause(&rule.clause))
}

/// The patch of the rules, and the queries for the records in question.
fn to_copy(root: &FindingRow, rules: &[&RuleRow]) -> Vec<String> {
    let block = |copy: Copy<'_>| {
        let head = format!("{}:", marked(&copy.head));
        if copy.is_long() {
            return vec![format!("{head} {} bytes, to be found in the JSON report.", copy.text.len())];
        }
        vec![head, fence(copy.language, copy.text)]
    };
    copies(root, rules).into_iter().flat_map(block).collect()
}

/// The echoes, to be opened by who wants them.
fn folded(echoes: &[FindingRow]) -> Option<String> {
    let rows: Vec<String> = echoes
        .iter()
        .take(ECHOES)
        .map(|row| format!("{}: {}: {}", row.severity, marked(&subject_of(row)), text(&row.summary)))
        .chain(more(echoes.len(), ECHOES, "in the JSON report"))
        .collect();
    let count = words::echoes(echoes.len());
    (!rows.is_empty()).then(|| format!("<details><summary>{count}</summary>\n\n{}\n\n</details>", list(&rows)))
}

/// What was accepted, and what is not found any more.
fn history(report: &Report) -> Vec<String> {
    let accepted: Vec<_> = report.groups().filter(|group| group.0.status == Status::Accepted).collect();
    let row = |(root, echoes): &(&FindingRow, &[FindingRow])| {
        let severity = format!("({}{})", root.severity, and_echoes(echoes.len()));
        format!("{} {severity}{}, key {}", marked(&subject_of(root)), text_behind(&word(root)), code(&root.key))
    };
    let accepted: Vec<String> = accepted.iter().take(ENTRIES).map(row).chain(more(accepted.len(), ENTRIES, "in the JSON report")).collect();
    let roots = ended_roots(report);
    let ended = roots.iter().take(ENTRIES).map(|(row, echoes)| {
        let pieces = subject(&row.check, row.path.as_deref(), row.value.as_deref(), row.cohort.as_ref());
        format!("{}{}, key {}", marked(&pieces), text_behind(&gone(row, *echoes)), code(&row.key))
    });
    let ended: Vec<String> = ended.chain(more(roots.len(), ENTRIES, "in the JSON report")).collect();
    let section = |(head, rows): (&str, Vec<String>)| if rows.is_empty() { vec![] } else { vec![format!("## {head}"), list(&rows)] };
    [("Accepted", accepted), ("Ended", ended)].into_iter().flat_map(section).collect()
}

/// Pieces with what comes from the log as code.
fn marked(pieces: &[Piece<'_>]) -> String {
    let shown = |piece: &Piece<'_>| match piece {
        Piece::Check(name) | Piece::Name(name) => code(name),
        Piece::Text(words) => (*words).to_owned(),
    };
    pieces.iter().map(shown).collect()
}

/// Running text that goes on behind something else; the blank it begins with stays.
fn text_behind(words: &str) -> String {
    let blank = if words.starts_with(' ') { " " } else { "" };
    format!("{blank}{}", text(words))
}

fn list(rows: &[String]) -> String {
    rows.iter().map(|row| format!("- {row}")).collect::<Vec<_>>().join("\n")
}

fn capital(words: &str) -> String {
    let mut chars = words.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
