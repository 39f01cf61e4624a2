//! Which source the records of logs are of, by the fields that their first records fill.

use crate::error::Result;
use crate::hash::HashKey;
use crate::ingest::{self, Input, Place, Sink};
use crate::model::{FieldPath, Reject, RejectReason};
use crate::scan::{Observations, Scanner};
use crate::sources::{SOURCES, Source};

/// Records looked at of each input, and inputs looked at: what comes later is of the same log.
const RECORDS: u64 = 50;
const INPUTS: usize = 4;

/// What the first records of some logs look like.
pub(super) struct Likeness {
    /// The sources that can be told, and how many records look like each.
    counts: Vec<(String, u64)>,
    records: u64,
}

impl Likeness {
    /// Looks at the beginning of logs. An input that can be read only once is not looked at, since that would take from it.
    ///
    /// # Errors
    /// An input cannot be read.
    pub(super) fn of(inputs: &[Input], source: Option<&Source>) -> Result<Self> {
        let mut sources: Vec<(String, Vec<Vec<FieldPath>>)> = Vec::new();
        for known in SOURCES.iter().filter_map(|row| Source::named(row.name)).chain(source.cloned()) {
            if !known.signs().is_empty() && !sources.iter().any(|(name, _)| *name == known.name) {
                sources.push((known.name.clone(), known.signs().to_vec()));
            }
        }
        let roles: Vec<Vec<FieldPath>> =
            sources.iter().flat_map(|(_, groups)| groups.iter().flatten()).map(|path| vec![path.clone()]).collect();
        let key = HashKey::new([0; 32]);
        let mut looker = Looker {
            scanner: Scanner::new(key.clone(), &roles),
            seen: Observations::new(),
            counts: vec![0; sources.len()],
            sources,
            records: 0,
            left: 0,
        };
        for input in inputs.iter().take(INPUTS) {
            looker.left = RECORDS;
            ingest::read_beginning(input, &key, &mut looker)?;
        }
        let Looker { sources, counts, records, .. } = looker;
        Ok(Self { counts: sources.into_iter().map(|(name, _)| name).zip(counts).collect(), records })
    }

    /// The one source that most of the records look like, if none of them looks like another.
    pub(super) fn source(&self) -> Option<&str> {
        let mut found = self.counts.iter().filter(|(_, count)| *count > 0);
        let (name, count) = found.next()?;
        (found.next().is_none() && count * 2 > self.records).then_some(name)
    }

    /// Whether there was no record to look at.
    pub(super) fn is_empty(&self) -> bool {
        self.records == 0
    }

    /// Whether no record looks like this source, which can be told from others.
    pub(super) fn is_none_of(&self, source: &Source) -> bool {
        self.counts.iter().any(|(name, count)| *name == source.name && *count == 0)
    }
}

/// Looks at records for the signs of sources.
struct Looker {
    scanner: Scanner,
    seen: Observations,
    sources: Vec<(String, Vec<Vec<FieldPath>>)>,
    counts: Vec<u64>,
    records: u64,
    /// Records of this input that are still to be looked at.
    left: u64,
}

impl Sink for Looker {
    fn record(&mut self, _: Place, bytes: &[u8]) -> std::result::Result<(), RejectReason> {
        if self.left == 0 {
            return Ok(());
        }
        self.scanner.scan(bytes, &mut self.seen)?;
        (self.left, self.records) = (self.left - 1, self.records + 1);
        let mut role = 0;
        for ((_, groups), count) in self.sources.iter().zip(&mut self.counts) {
            let mut is_one = false;
            for group in groups {
                is_one |= (role..role + group.len()).all(|role| self.seen.role(role).is_some());
                role += group.len();
            }
            *count += u64::from(is_one);
        }
        Ok(())
    }

    fn reject(&mut self, _: Reject) {}
}
