//! What was seen, and the one place where it is put into words.

use super::{Counts, Shape};
use std::fmt;

/// A set of shapes or values and how many records show it, before and after.
#[derive(Clone, Debug, PartialEq)]
pub struct Change<T> {
    /// What it was, most frequent first.
    pub from: Vec<T>,
    /// What it is now, most frequent first.
    pub to: Vec<T>,
}

/// What was seen. One variant for each kind of sentence.
#[derive(Clone, Debug, PartialEq)]
pub enum Evidence {
    /// A code nobody had seen.
    NewCode {
        /// The code.
        code: String,
        /// Its symbolic name in the shipped catalogue.
        name: Option<String>,
        /// Words of its description.
        text: Option<String>,
        /// Records with it.
        records: u64,
        /// Fields that its siblings fill and it does not.
        emptied: Vec<String>,
        /// Fields that look otherwise than in its siblings, with what they look like now.
        reshaped: Vec<(String, String)>,
        /// Known codes of failures whose records it took or whose records look like its own, nearest first.
        siblings: Vec<String>,
    },
    /// A code that is no longer logged.
    CodeVanished {
        /// The code.
        code: String,
        /// Records a window used to have.
        expected: f64,
        /// Records it has now.
        left: u64,
    },
    /// A code that another one replaced.
    CodeRenamed {
        /// The old code.
        from: String,
        /// The new code.
        to: String,
        /// Records with the new one.
        records: u64,
    },
    /// The description of a known code changed.
    CodeText {
        /// The code.
        code: String,
        /// The texts, where they may be shown.
        change: Change<String>,
    },
    /// A code rose far above its usual number.
    CodeSurged {
        /// The code.
        code: String,
        /// Records a window used to have.
        expected: f64,
        /// Records now.
        records: u64,
    },
    /// A record type that was never seen.
    RecordTypeAppeared {
        /// The type.
        name: String,
        /// Records of it.
        records: u64,
        /// Whether the source reads it.
        read: bool,
    },
    /// A record type that fell silent.
    RecordTypeVanished {
        /// The type.
        name: String,
        /// Records a window used to have.
        expected: f64,
    },
    /// A field that was never sent before.
    FieldAppeared {
        /// What it looks like.
        shapes: Vec<Shape>,
    },
    /// A field that is no longer sent.
    FieldVanished,
    /// A field that goes by another name.
    FieldRenamed {
        /// The old path.
        from: String,
        /// The new path.
        to: String,
    },
    /// A field that is filled less than before.
    FieldEmptied {
        /// What stands there instead, most frequent first; empty for "the key is gone".
        now: Vec<Shape>,
    },
    /// Another JSON type.
    TypeChanged(Change<Shape>),
    /// Another format.
    FormatChanged(Change<Shape>),
    /// A value of a closed set that was never seen.
    ValueAppeared {
        /// The value, where it may be shown.
        value: String,
        /// Records with it.
        records: u64,
    },
    /// A value of a closed set that is gone.
    ValueVanished {
        /// The value, where it may be shown.
        value: String,
    },
    /// A value of a closed set that is written otherwise.
    ValueRenamed(Change<String>),
    /// Two fields began or stopped to hold the same value.
    RelationChanged {
        /// The other field.
        other: String,
        /// Whether they are equal now.
        equal: bool,
    },
    /// Fewer records than usual.
    VolumeDropped {
        /// Records a window used to have.
        expected: f64,
        /// Records now.
        records: u64,
    },
    /// Hours in the midst of a day without records.
    HoursSilent {
        /// The first hour (UTC).
        from: usize,
        /// The hour after the last.
        to: usize,
        /// Records that they should have had.
        expected: f64,
        /// Records that they had.
        records: u64,
    },
    /// The words of a closed set gave way to others.
    ValuesReplaced {
        /// Values that were never seen before.
        values: u64,
    },
    /// Records arrive later after the event than they used to.
    DeliveryLate {
        /// Usual delay of nine records in ten, seconds.
        before: f64,
        /// The same now.
        after: f64,
    },
    /// More records arrive twice.
    DuplicatesRose,
    /// More input cannot be read.
    RejectsRose {
        /// The most frequent reason.
        reason: String,
    },
}

fn list<T: fmt::Display>(items: &[T]) -> String {
    const SHOWN: usize = 6;
    let mut words: Vec<String> = items.iter().take(SHOWN).map(ToString::to_string).collect();
    match (items.len(), words.pop()) {
        (0, _) | (_, None) => "nothing".into(),
        (1, Some(only)) => only,
        (n, Some(last)) if n > SHOWN => format!("{}, {last} and {} more", words.join(", "), n - SHOWN),
        (_, Some(last)) => format!("{} and {last}", words.join(", ")),
    }
}

fn quoted(items: &[String]) -> String {
    list(&items.iter().map(|item| format!("\"{item}\"")).collect::<Vec<_>>())
}

/// A share as readers write it: `0 %`, `0.02 %`, `12 %`, `99.98 %`, `100 %`; never 0 or 100 for "nearly".
#[must_use]
pub(super) fn percent(counts: Counts) -> String {
    let percent = counts.share() * 100.0;
    if counts.count == 0 || counts.count == counts.records || (10.0..=90.0).contains(&percent) {
        return format!("{percent:.0} %");
    }
    let digits = (1..6).find(|&digits| {
        let shown = format!("{percent:.digits$}");
        shown.parse::<f64>().is_ok_and(|value| value > 0.0 && value < 100.0 && (percent >= 1.0 || value >= percent / 2.0))
    });
    format!("{percent:.*} %", digits.unwrap_or(6))
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NewCode { .. } => self.write_new_code(f),
            Self::CodeVanished { code, expected, left: 0 } => {
                write!(f, "result code {code} is no longer logged; a window like this used to have {expected:.0} records of it")
            }
            Self::CodeVanished { code, expected, left } => {
                write!(f, "result code {code} is all but gone: {left} records; a window like this used to have {expected:.0} of it")
            }
            Self::CodeRenamed { from, to, records } => {
                write!(f, "result code {to} took the place of {from}: {records} records")
            }
            Self::CodeText { code, change } if change.to.is_empty() => write!(f, "the description of result code {code} changed"),
            Self::CodeText { code, change } => {
                write!(f, "the description of result code {code} changed from {} to {}", quoted(&change.from), quoted(&change.to))
            }
            Self::CodeSurged { code, expected, records } => {
                write!(f, "result code {code} rose to {records} records; a window like this used to have {expected:.0}")
            }
            Self::RecordTypeAppeared { name, records, read: true } => {
                write!(f, "record type {name} was never seen before: {records} records")
            }
            Self::RecordTypeAppeared { name, records, read: false } => {
                write!(f, "record type {name} was never seen before: {records} records, which this source does not read")
            }
            Self::RecordTypeVanished { name, expected } => {
                write!(f, "record type {name} fell silent; a window like this used to have {expected:.0} records of it")
            }
            Self::FieldAppeared { shapes } => write!(f, "a field that was never sent before appeared, holding {}", list(shapes)),
            Self::FieldVanished => f.write_str("the field is no longer sent"),
            Self::FieldRenamed { from, to } => write!(f, "{from} is gone and {to} came in its place"),
            Self::FieldEmptied { now } if now.is_empty() => f.write_str("the field is filled less than before; its key is missing"),
            Self::FieldEmptied { now } => write!(f, "the field is filled less than before; {} stands there instead", list(now)),
            Self::TypeChanged(change) => write!(f, "the field holds {} where it held {}", list(&change.to), list(&change.from)),
            Self::FormatChanged(change) => write!(f, "the field holds {} where it held {}", list(&change.to), list(&change.from)),
            Self::ValueAppeared { value, records } => write!(f, "the value {value:?} was never seen before: {records} records"),
            Self::ValueVanished { value } => write!(f, "the value {value:?} is gone"),
            Self::ValueRenamed(change) => write!(f, "{} is now written {}", quoted(&change.from), quoted(&change.to)),
            Self::RelationChanged { other, equal: true } => write!(f, "the field began to hold the same value as {other}"),
            Self::RelationChanged { other, equal: false } => write!(f, "the field stopped holding the same value as {other}"),
            Self::VolumeDropped { expected, records } => {
                write!(f, "{records} records arrived; a window like this used to have {expected:.0}")
            }
            Self::HoursSilent { from, to, expected, records } => write!(
                f,
                "{records} records from {from:02}:00 to {to:02}:00 UTC; by the other hours of the day there should be {expected:.0}"
            ),
            Self::ValuesReplaced { values } => write!(f, "{values} values that were never seen before took the place of the known ones"),
            Self::DeliveryLate { before, after } => {
                write!(f, "nine records in ten arrive within {} of the event; it used to be {}", seconds(*after), seconds(*before))
            }
            Self::DuplicatesRose => f.write_str("more records arrive twice than before"),
            Self::RejectsRose { reason } => write!(f, "more of the input cannot be read than before, mostly: {reason}"),
        }
    }
}

fn seconds(seconds: f64) -> String {
    match seconds {
        s if s < 120.0 => format!("{s:.0} s"),
        s if s < 7_200.0 => format!("{:.0} min", s / 60.0),
        s => format!("{:.1} h", s / 3_600.0),
    }
}

impl Evidence {
    fn write_new_code(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::NewCode { code, name, text, records, emptied, reshaped, siblings } = self else { return Ok(()) };
        write!(f, "result code {code}")?;
        if let Some(name) = name {
            write!(f, " ({name})")?;
        }
        if let Some(text) = text {
            write!(f, " {text:?}")?;
        }
        write!(f, " was never seen before: {records} records")?;
        if !emptied.is_empty() {
            write!(f, "; they lack {}", list(emptied))?;
        }
        if !reshaped.is_empty() {
            let shown: Vec<String> = reshaped.iter().map(|(path, shape)| format!("{path} (now {shape})")).collect();
            write!(f, "; other than in their siblings looks {}", list(&shown))?;
        }
        if !siblings.is_empty() {
            write!(f, "; otherwise they look most like those of {}", list(&siblings[..siblings.len().min(3)]))?;
        }
        Ok(())
    }
}

impl fmt::Display for Counts {
    /// `12 of 340 records (3.5 %)`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} records ({})", self.count, self.records, percent(*self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_never_round_to_all_or_nothing() {
        for (count, records, text) in [
            (0, 0, "0 of 0 records (0 %)"),
            (0, 9, "0 of 9 records (0 %)"),
            (9, 9, "9 of 9 records (100 %)"),
            (1, 2, "1 of 2 records (50 %)"),
            (1, 300_000, "1 of 300000 records (0.0003 %)"),
            (299_999, 300_000, "299999 of 300000 records (99.9997 %)"),
            (35, 1_000, "35 of 1000 records (3.5 %)"),
        ] {
            assert_eq!(Counts { records, count }.to_string(), text);
        }
    }

    #[test]
    fn a_new_code_says_what_its_records_lost() {
        let evidence = Evidence::NewCode {
            code: "1003033".into(),
            name: None,
            text: Some("The remote NGC session was denied.".into()),
            records: 12,
            emptied: vec!["properties.location".into(), "properties.appId".into()],
            reshaped: vec![("properties.userPrincipalName".into(), "GUID".into())],
            siblings: vec!["500121".into(), "50074".into()],
        };
        assert_eq!(
            evidence.to_string(),
            "result code 1003033 \"The remote NGC session was denied.\" was never seen before: 12 records; they lack properties.location and \
             properties.appId; other than in their siblings looks properties.userPrincipalName (now GUID); otherwise they look most like those of \
             500121 and 50074"
        );
    }

    #[test]
    fn long_lists_are_cut_with_a_count() {
        let items: Vec<u32> = (1..=9).collect();
        assert_eq!(list(&items), "1, 2, 3, 4, 5, 6 and 3 more");
        assert_eq!(list(&items[..2]), "1 and 2");
        assert_eq!(list::<u32>(&[]), "nothing");
    }
}
