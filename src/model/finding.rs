//! A judged drift.

use super::{Cohort, Evidence, FieldPath, Window};
use std::fmt;
use std::str::FromStr;

/// How much a detection engineer should care.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// For the record.
    Info,
    /// Worth a line in a digest.
    Low,
    /// Partial or local loss.
    Medium,
    /// Records exist that a correct detection would miss or misread.
    High,
    /// A detection that is in force can no longer match.
    Critical,
}

impl Severity {
    /// All, from least to worst.
    pub const ALL: [Self; 5] = [Self::Info, Self::Low, Self::Medium, Self::High, Self::Critical];

    /// One word.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl FromStr for Severity {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|severity| severity.id() == text)
            .ok_or_else(|| format!("{text:?} is none of info, low, medium, high, critical"))
    }
}

/// Whether somebody has seen it before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// Not reported before.
    #[default]
    New,
    /// Reported by an earlier run and still there.
    Known,
    /// Accepted by the user, or the echo of one that is.
    Accepted,
}

impl Status {
    /// All.
    pub const ALL: [Self; 3] = [Self::New, Self::Known, Self::Accepted];

    /// One word.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Known => "known",
            Self::Accepted => "accepted",
        }
    }
}

/// Identity of a finding: 16 hexadecimal digits made of what drifted where, never of wording, severity or numbers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FindingKey(String);

impl FindingKey {
    /// The key of a drift: check, field, slice and value.
    #[must_use]
    pub fn new(check: &str, path: Option<&FieldPath>, cohort: Option<&Cohort>, value: Option<&str>) -> Self {
        let mut text = String::from(check);
        let cohort_parts = cohort.map(|c| (c.path.as_str(), c.value.as_str()));
        let path = path.map(ToString::to_string);
        for part in [path.as_deref(), cohort_parts.map(|c| c.0), cohort_parts.map(|c| c.1), value] {
            text.push(if part.is_some() { '\u{1}' } else { '\u{0}' });
            text.push_str(part.unwrap_or(""));
        }
        let hash = xxhash_rust::xxh3::xxh3_64(text.as_bytes());
        Self(format!("{hash:016x}"))
    }

    /// A key as a user typed it or a store kept it.
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FindingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Records of a slice, and those among them that show what the finding is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Records that could have shown it.
    pub records: u64,
    /// Records that did.
    pub count: u64,
}

impl Counts {
    /// Share of the records that show it; 0 of no records.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a share for readers")]
    pub fn share(self) -> f64 {
        if self.records == 0 { 0.0 } else { self.count as f64 / self.records as f64 }
    }
}

/// What one window shows of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// The window.
    pub window: Window,
    /// Its records.
    pub counts: Counts,
}

/// A judged drift.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Identity.
    pub key: FindingKey,
    /// Id of the check that made it.
    pub check: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// Whether it was seen before.
    pub status: Status,
    /// The field.
    pub path: Option<FieldPath>,
    /// The slice; `None` for the whole stream.
    pub cohort: Option<Cohort>,
    /// The value, for findings about one.
    pub value: Option<String>,
    /// The result code, for findings about one.
    pub code: Option<String>,
    /// In the baseline.
    pub before: Counts,
    /// In the window under check.
    pub after: Counts,
    /// The same window by window: the newest of the baseline in order of time, and as the last point the one under check. Of what was
    /// renamed under its old name. Empty for echoes, and where windows tell nothing of it.
    pub series: Vec<Point>,
    /// How much it matters among findings of the same severity: the more records, the larger their share, and the more detections
    /// read the field, the more. Without a unit.
    pub weight: u64,
    /// Estimated number of distinct actors behind `after.count`; 0 where nobody is known to stand behind it.
    pub actors: u64,
    /// First event time of the window that showed it, seconds since 1970.
    pub first_seen: Option<i64>,
    /// What was seen; its `Display` is the finding's sentence.
    pub evidence: Evidence,
    /// The finding this one is an echo of.
    pub caused_by: Option<FindingKey>,
    /// The findings that are echoes of this one.
    pub echoes: Vec<FindingKey>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_tell_parts_apart_and_ignore_numbers() {
        let path = FieldPath::parse("a.b").unwrap();
        let cohort = Cohort { path: "code".into(), value: "1".into() };
        let keys = [
            FindingKey::new("x", Some(&path), None, None),
            FindingKey::new("x", Some(&path), Some(&cohort), None),
            FindingKey::new("x", None, Some(&cohort), None),
            FindingKey::new("x", Some(&path), None, Some("")),
            FindingKey::new("xa.b", None, None, None),
            FindingKey::new("x", None, None, Some("a.b")),
        ];
        for (i, a) in keys.iter().enumerate() {
            assert_eq!(a.as_str().len(), 16);
            assert!(keys.iter().skip(i + 1).all(|b| a != b));
        }
    }

    #[test]
    fn severities_are_ordered_and_read_back() {
        assert!(Severity::Critical > Severity::High && Severity::Low > Severity::Info);
        for severity in Severity::ALL {
            assert_eq!(severity.id().parse(), Ok(severity));
        }
        assert!("loud".parse::<Severity>().is_err());
    }
}
