//! Streams and findings for the tests of rules.

use crate::fingerprint::{Fingerprint, Fingerprinter, Outcome, Settings};
use crate::hash::HashKey;
use crate::model::{Cohort, Counts, Evidence, FieldPath, Finding, FindingKey, Severity, Status};
use crate::sources::Source;

/// A finding about a path in a cohort.
pub(super) fn finding(path: &str, cohort: Option<(&str, &str)>, evidence: Evidence) -> Finding {
    let (path, cohort) = (FieldPath::parse(path).unwrap(), cohort.map(|(path, value)| Cohort { path: path.into(), value: value.into() }));
    Finding {
        key: FindingKey::new("x", Some(&path), cohort.as_ref(), None),
        check: "x",
        severity: Severity::Medium,
        status: Status::New,
        path: Some(path),
        cohort,
        value: None,
        code: None,
        before: Counts::default(),
        after: Counts::default(),
        weight: 0,
        actors: 0,
        first_seen: None,
        evidence,
        caused_by: None,
        echoes: Vec::new(),
        series: Vec::new(),
    }
}

/// The fingerprint of sign-ins of one day.
pub(super) fn stream_of(records: &[String]) -> Fingerprint {
    let source = Source::named("entra-signin").unwrap();
    let mut fingerprinter = Fingerprinter::new(&source, HashKey::new([7; 32]), Settings::default());
    for record in records.iter().map(String::as_bytes) {
        if let Ok(Outcome::Record { window, .. }) = fingerprinter.read(record) {
            fingerprinter.count(record, window, false);
        }
    }
    fingerprinter.finish().into_iter().find(|fingerprint| fingerprint.records > 0).unwrap()
}
