//! A root finding and its echoes as a card of the page.

use super::chart::{Chart, chart};
use super::{Part, capital, parts};
use crate::checks;
use crate::model::{Counts, Severity};
use crate::report::copies::{Copy, copies};
use crate::report::history::word;
use crate::report::hit::{file, hit};
use crate::report::inert::{escape_lines, escape_terminal};
use crate::report::page::NAME;
use crate::report::subject::{line, subject_of};
use crate::report::words::{self, ECHOES, more, number, short};
use crate::report::{FindingRow, RuleRow, Run};

/// Echoes that are named one by one.
const FOLDED: usize = 30;

/// A root finding and its echoes, in words that are inert.
pub(super) struct Card {
    pub(super) key: String,
    pub(super) check: String,
    /// Whether the page says what the check looks for.
    pub(super) is_known: bool,
    pub(super) severity: Severity,
    pub(super) status: &'static str,
    pub(super) subject: Vec<Part>,
    pub(super) summary: String,
    pub(super) text_change: Option<String>,
    /// By whom it was accepted.
    pub(super) accepted: Option<String>,
    pub(super) bars: [Bar; 2],
    pub(super) chart: Option<Chart>,
    pub(super) place: String,
    pub(super) actors: Option<String>,
    pub(super) first_seen: Option<String>,
    pub(super) rules: Vec<Touched>,
    pub(super) more_rules: Option<String>,
    pub(super) copies: Vec<Copied>,
    pub(super) echo_count: Option<String>,
    pub(super) echoes: Vec<Echo>,
    pub(super) more_echoes: Option<String>,
    /// To sort by: records now, thousandths by which the share moved, the moment it was first seen.
    pub(super) records: u64,
    pub(super) change: i64,
    pub(super) seen: String,
}

/// A share as a bar.
pub(super) struct Bar {
    pub(super) class: &'static str,
    pub(super) label: &'static str,
    pub(super) words: String,
    /// Of 100.
    pub(super) width: String,
}

/// A rule that the finding touches.
pub(super) struct Touched {
    pub(super) effect: String,
    pub(super) effect_class: &'static str,
    pub(super) title: String,
    pub(super) place: String,
    pub(super) why: String,
    pub(super) clause: String,
}

/// A patch or query.
pub(super) struct Copied {
    pub(super) head: Vec<Part>,
    /// Its lines; `None` where they are too many.
    pub(super) text: Option<String>,
    pub(super) bytes: String,
}

/// An echo in a line.
pub(super) struct Echo {
    pub(super) severity: Severity,
    pub(super) subject: Vec<Part>,
    pub(super) summary: String,
}

pub(super) fn card(run: &Run, root: &FindingRow, echoes: &[FindingRow]) -> Card {
    let rules = hit(root, echoes);
    let (before, after) = (Counts::from(root.before), Counts::from(root.after));
    Card {
        key: escape_terminal(&root.key, NAME),
        check: escape_terminal(&root.check, NAME),
        is_known: checks::find(&root.check).is_some(),
        severity: root.severity,
        status: root.status.id(),
        // The check stands above it.
        subject: parts(&subject_of(root)[1..]),
        summary: capital(&line(&root.summary)),
        text_change: root.text_change.as_ref().map(|change| line(change)),
        accepted: root.acceptance.as_ref().map(|_| line(&word(root))),
        bars: [bar("before", "Before", before), bar("now", "Now", after)],
        chart: chart(&root.series),
        place: place(root),
        actors: (root.actors > 0).then(|| number(root.actors, "actor")),
        first_seen: root.first_seen.as_ref().map(|moment| line(&format!("{} UTC", short(moment)))),
        more_rules: more(rules.len(), ECHOES, "rules"),
        copies: copies(root, &rules).iter().map(copied).collect(),
        rules: rules.into_iter().take(ECHOES).map(|rule| touched(run, rule)).collect(),
        echo_count: (!echoes.is_empty()).then(|| words::echoes(echoes.len())),
        echoes: echoes.iter().take(FOLDED).map(echo).collect(),
        more_echoes: more(echoes.len(), FOLDED, "in the JSON report"),
        records: after.count,
        change: change(before, after),
        seen: root.first_seen.as_deref().map(line).unwrap_or_default(),
    }
}

/// The cohort, as the list of findings is filtered by it.
fn place(root: &FindingRow) -> String {
    let name = |text: &str| escape_terminal(text, NAME);
    root.cohort.as_ref().map_or_else(|| "the whole stream".into(), |cohort| format!("{} = {}", name(&cohort.path), name(&cohort.value)))
}

#[expect(clippy::cast_possible_truncation, reason = "a share in thousandths")]
fn change(before: Counts, after: Counts) -> i64 {
    ((after.share() - before.share()).abs() * 1_000.0) as i64
}

/// What was there at all is seen.
fn bar(class: &'static str, label: &'static str, counts: Counts) -> Bar {
    let percent = (counts.share() * 100.0).min(100.0);
    let width = if counts.count > 0 { percent.max(0.8) } else { 0.0 };
    Bar { class, label, words: counts.to_string(), width: format!("{width:.1}") }
}

fn touched(run: &Run, rule: &RuleRow) -> Touched {
    let class = ["blind", "unreached", "weakened", "noisy"].into_iter().find(|known| *known == rule.effect);
    Touched {
        effect: escape_terminal(&rule.effect, NAME),
        effect_class: class.unwrap_or("other"),
        title: escape_terminal(&rule.title, NAME),
        place: escape_terminal(&format!("{}:{}", file(run, rule), rule.line), NAME),
        why: capital(&line(&rule.why)),
        clause: line(&rule.clause),
    }
}

fn copied(copy: &Copy<'_>) -> Copied {
    Copied {
        head: parts(&copy.head),
        text: (!copy.is_long()).then(|| escape_lines(copy.text)),
        bytes: number(copy.text.len() as u64, "byte"),
    }
}

fn echo(row: &FindingRow) -> Echo {
    Echo { severity: row.severity, subject: parts(&subject_of(row)), summary: line(&row.summary) }
}
