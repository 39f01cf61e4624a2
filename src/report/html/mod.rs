//! The report as one HTML file for a browser, a mail, a ticket: it loads nothing, and is all there without its script.

mod card;
mod chart;
mod history;

use super::history::{ended_roots, gone};
use super::inert::escape_terminal;
use super::page::NAME;
use super::sign_ins::{ROWS, rows, unexplained};
use super::subject::{Piece, line, subject};
use super::words::{ENTRIES, more, period};
use super::{Format, Report, SignIns, Style, Verdict, outcome};
use crate::checks::{self, Check};
use crate::error::{Error, Result};
use crate::model::{Severity, Status};
use askama::Template;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use card::Card;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;

/// Row of the table of formats.
pub(super) static FORMAT: Format =
    Format { name: "html", extension: "html", summary: "one file for a browser, a mail, a ticket; it loads nothing", render };

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");
/// Findings up to which each has its numbers as a table below its picture; a page of more would be long to load.
const NUMBERED: usize = 200;

/// The page. All texts are one line of graphic characters, but those to be copied; the template escapes them for HTML.
#[derive(Template)]
#[template(path = "page.html", config = "src/report/html/askama.toml")]
struct Page {
    policy: String,
    style: &'static str,
    script: &'static str,
    word: &'static str,
    verdict: &'static str,
    source: String,
    period: String,
    outcome: String,
    next: Option<String>,
    /// Roots that were not accepted, by severity, the worst first.
    tally: Vec<(Severity, usize)>,
    rests: Vec<Rest>,
    sign_ins: Option<SignInList>,
    cards: Vec<Card>,
    has_numbers: bool,
    ended: Vec<Ended>,
    /// The checks that found something.
    checks: Vec<&'static Check>,
}

/// What the outcome rests on, under one label.
struct Rest {
    label: &'static str,
    lines: Vec<String>,
}

struct SignInList {
    manifest: String,
    rows: Vec<SignInLine>,
    more: Option<String>,
    unexplained: String,
}

struct SignInLine {
    outcome: &'static str,
    name: String,
    summary: String,
}

struct Ended {
    subject: Vec<Part>,
    words: String,
}

fn render(report: &Report, _style: &Style) -> Result<String> {
    let run = &report.run;
    let (accepted, open): (Vec<_>, Vec<_>) = report.groups().partition(|group| group.0.status == Status::Accepted);
    let of = |severity| open.iter().filter(|group| group.0.severity == severity).count();
    let tally = Severity::ALL.into_iter().rev().map(|severity| (severity, of(severity))).filter(|row| row.1 > 0).collect();
    let cards: Vec<Card> = open.iter().chain(&accepted).map(|(root, echoes)| card::card(run, root, echoes)).collect();
    let page = Page {
        policy: policy(),
        style: STYLE,
        script: SCRIPT,
        word: outcome::word(report.verdict),
        verdict: report.verdict.id(),
        source: escape_terminal(&run.source, NAME),
        period: line(&period(run.window.from.as_deref(), run.window.to.as_deref())),
        outcome: capital(&line(&outcome::outcome(report))),
        next: (report.verdict == Verdict::NotCheckable).then(|| line(&outcome::next_step(report))),
        tally,
        rests: rests(report),
        sign_ins: report.sign_ins.as_ref().map(sign_in_list),
        has_numbers: cards.len() <= NUMBERED,
        checks: checks_of(&cards),
        cards,
        ended: ended(report),
    };
    page.render().map(|text| text + "\n").map_err(|error| Error::Usage(format!("cannot write the report as HTML: {error}")))
}

/// What a browser may do with the page: show it, with this very style and this very script.
fn policy() -> String {
    let (style, script) = (hash(STYLE), hash(SCRIPT));
    format!("default-src 'none'; style-src {style}; script-src {script}; base-uri 'none'; form-action 'none'")
}

/// A text as a policy names it.
fn hash(text: &str) -> String {
    format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(text)))
}

fn rests(report: &Report) -> Vec<Rest> {
    let (run, checked) = (&report.run, &report.checked);
    let one = |label, words: &str| Rest { label, lines: vec![line(words)] };
    let many = |label, sentences: &[String]| {
        let shown = sentences.iter().take(ENTRIES).map(|words| line(words));
        Rest { label, lines: shown.chain(more(sentences.len(), ENTRIES, "in the JSON report")).collect() }
    };
    let mut rows = vec![one("Window", &period(run.window.from.as_deref(), run.window.to.as_deref()))];
    let baseline = |known: &super::BaselineInfo| format!("{}{}", escape_terminal(&known.name, NAME), outcome::version(known));
    rows.extend(report.baseline.as_ref().map(|known| one("Baseline", &baseline(known))));
    rows.push(many("Compared", &outcome::compared(checked)));
    rows.push(many("Not checked", &checked.not_checked));
    rows.extend(outcome::read(run).iter().map(|(label, words)| one(label, words)));
    rows.push(many("Notes", &run.notes));
    rows.retain(|row| !row.lines.is_empty());
    rows
}

fn sign_in_list(sign_ins: &SignIns) -> SignInList {
    let all = rows(sign_ins);
    let shown = all.iter().take(ROWS);
    SignInList {
        manifest: escape_terminal(&sign_ins.manifest, NAME),
        rows: shown
            .map(|row| SignInLine { outcome: row.outcome.id(), name: escape_terminal(&row.name, NAME), summary: line(&row.summary) })
            .collect(),
        more: more(all.len(), ROWS, "sign-ins"),
        unexplained: unexplained(sign_ins),
    }
}

fn ended(report: &Report) -> Vec<Ended> {
    let roots = ended_roots(report);
    let row = |(row, echoes): &(&super::EndedRow, usize)| Ended {
        subject: parts(&subject(&row.check, row.path.as_deref(), row.value.as_deref(), row.cohort.as_ref())),
        words: line(&format!("{}, key {}", gone(row, *echoes), row.key)),
    };
    let rest = more(roots.len(), ENTRIES, "in the JSON report").map(|words| Ended { subject: Vec::new(), words });
    roots.iter().take(ENTRIES).map(row).chain(rest).collect()
}

fn checks_of(cards: &[Card]) -> Vec<&'static Check> {
    let ids: BTreeSet<&str> = cards.iter().map(|card| card.check.as_str()).collect();
    ids.into_iter().filter_map(checks::find).collect()
}

/// A piece of a subject, inert.
struct Part {
    is_code: bool,
    text: String,
}

fn parts(pieces: &[Piece<'_>]) -> Vec<Part> {
    let part = |piece: &Piece<'_>| match piece {
        Piece::Check(text) | Piece::Name(text) => Part { is_code: true, text: escape_terminal(text, NAME) },
        Piece::Text(text) => Part { is_code: false, text: (*text).to_owned() },
    };
    pieces.iter().map(part).collect()
}

fn capital(words: &str) -> String {
    let mut chars = words.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
