//! Documented drifts of real providers, replayed on made-up sign-ins: what logdrift reports of each.
//!
//! A made-up week is changed as the log was before the drift, the day after it as it was afterwards. A row says in which
//! findings the drift must come out; the first of them is the root. Drifts that no log of its own can show are listed with the
//! reason, and the test prints them.

#![allow(clippy::print_stdout, reason = "what is not covered is told to whoever runs the test")]
#![allow(clippy::expect_used, reason = "a test that cannot set itself up has failed")]

mod drifts;

use drifts::{CODES, Change, FIELDS, NOT_REPLAYED, Row};
use logdrift::checks::{self, Case, Delivery};
use logdrift::compare::Comparison;
use logdrift::demo::{Tenant, write_lines};
use logdrift::fingerprint::{Fingerprint, Fingerprinter, Outcome, Settings};
use logdrift::hash::HashKey;
use logdrift::model::{Finding, Policy};
use logdrift::sources::Source;
use logdrift::store::{Seen, SeenInMemory};
use serde_json::Value;
use std::collections::BTreeSet;

/// Monday to Friday, and the Monday after them.
const DAYS: [u32; 6] = [0, 1, 2, 3, 4, 7];
const RECORDS_A_DAY: usize = 800;

/// The made-up days: a working week, and the day under check.
fn days(source: &Source) -> Vec<Day> {
    let tenant = Tenant::new(11, RECORDS_A_DAY);
    let day = |day: u32| {
        let records = tenant.day(day);
        Day { fingerprint: fingerprint(source, &records), records }
    };
    DAYS.map(day).into()
}

fn rows() -> impl Iterator<Item = &'static Row> {
    CODES.iter().chain(FIELDS)
}

/// A day as it was made up, and its fingerprint.
struct Day {
    records: Vec<Value>,
    fingerprint: Fingerprint,
}

impl Day {
    /// The fingerprint of the day, changed.
    fn changed(&self, source: &Source, change: Change) -> Fingerprint {
        let mut records = self.records.clone();
        change(&mut records);
        if records == self.records { self.fingerprint.clone() } else { fingerprint(source, &records) }
    }
}

fn fingerprint(source: &Source, records: &[Value]) -> Fingerprint {
    let mut fingerprinter = Fingerprinter::new(source, HashKey::new([1; 32]), Settings::default());
    let mut ids = SeenInMemory::default();
    for record in records {
        let mut line = Vec::new();
        write_lines(std::slice::from_ref(record), &mut line).expect("memory takes all");
        if let Ok(Outcome::Record { window, id, body }) = fingerprinter.read(&line) {
            match ids.see("catalogue", window, id.unwrap_or(body), body).seen {
                Seen::Repeat => fingerprinter.repeat(window),
                seen => fingerprinter.count(&line, window, seen == Seen::Twin),
            }
        }
    }
    let found = fingerprinter.finish();
    found.into_iter().max_by_key(|fingerprint| fingerprint.records).expect("a window with records")
}

/// `check path = value in field = value`, of what a finding has.
fn line(finding: &Finding) -> String {
    let path = finding.path.as_ref().map_or_else(String::new, |path| format!(" {path}"));
    let value = finding.value.as_ref().map_or_else(String::new, |value| format!(" = {value}"));
    let cohort = finding.cohort.as_ref().filter(|cohort| Some(&cohort.value) != finding.value.as_ref());
    format!("{}{path}{value}{}", finding.check, cohort.map_or_else(String::new, |cohort| format!(" in {cohort}")))
}

/// What logdrift reports of a row: the roots, and everything.
fn reported(source: &Source, days: &[Day], row: &Row) -> (BTreeSet<String>, BTreeSet<String>, String) {
    let (now, before) = days.split_last().expect("days");
    let before = before.iter().map(|day| day.changed(source, row.before)).collect();
    let comparison = Comparison::new(before, vec![now.changed(source, row.after)]);
    let findings = checks::judge(&Case::new(&comparison, source, &Policy::default(), Delivery::default()));
    let shown =
        |finding: &Finding| format!("    {} {}{}\n", finding.severity, if finding.caused_by.is_some() { "- " } else { "" }, line(finding));
    let roots = findings.iter().filter(|finding| finding.caused_by.is_none()).map(line).collect();
    (roots, findings.iter().map(line).collect(), findings.iter().map(shown).collect())
}

#[test]
fn every_documented_drift_comes_out_as_it_should() {
    let source = Source::named("entra-signin").expect("the source");
    let days = days(&source);
    let mut wrong = String::new();
    for row in rows() {
        let (roots, all, shown) = reported(&source, &days, row);
        let root = row.reports.first().filter(|root| !roots.contains(**root)).map(|root| format!("no root {root}"));
        let absent = row.reports.iter().filter(|line| !all.contains(**line)).map(|line| format!("no finding {line}"));
        // A drift that is known to be missed must be put right here once it is found.
        let found = row.missed.iter().filter(|line| all.contains(**line)).map(|line| format!("is found now: {line}"));
        let faults: Vec<String> = root.into_iter().chain(absent).chain(found).collect();
        if !faults.is_empty() {
            wrong.push_str(&format!("{} {}\n  {}\n  found:\n{shown}", row.ids.join(" "), row.what, faults.join("\n  ")));
        }
        for missed in row.missed {
            println!("missed: {}: {}: {missed}", row.ids.join(" "), row.what);
        }
    }
    NOT_REPLAYED.iter().for_each(|(ids, what, why)| println!("not replayed: {ids}: {what}: {why}"));
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn the_days_themselves_show_no_drift() {
    let source = Source::named("entra-signin").expect("the source");
    let quiet = Row { ids: &[], what: "", seen: "", before: |_| {}, after: |_| {}, reports: &[], missed: &[] };
    let (_, _, shown) = reported(&source, &days(&source), &quiet);
    let loud: Vec<&str> = shown.lines().filter(|line| !line.starts_with("    info") && !line.starts_with("    low")).collect();
    assert_eq!(loud, [""; 0]);
}

#[test]
fn every_row_has_a_source_and_every_drift_stands_once() {
    let mut ids: Vec<&str> = rows().flat_map(|row| row.ids).copied().chain(NOT_REPLAYED.iter().flat_map(|row| row.0.split(' '))).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all);
    assert!(rows().all(|row| !row.what.is_empty() && !row.seen.is_empty() && (!row.reports.is_empty() || !row.missed.is_empty())));
    assert!(NOT_REPLAYED.iter().all(|row| !row.1.is_empty() && !row.2.is_empty()));
}
