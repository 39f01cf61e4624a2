//! A record into the counters of its cohorts, its hour, its delay and the description of its result code.

use super::accumulate::WindowCounters;
use super::observe::{Fingerprinter, text_of};
use super::{Description, describe};
use crate::sources::Role;
use crate::stats::Actor;

/// Descriptions whose masked form is remembered, so that it is made once.
const REMEMBERED_TEXTS: usize = 4_096;

impl Fingerprinter<'_> {
    pub(super) fn count_in_cohorts(&mut self, counters: &mut WindowCounters, record: &[u8], actor: Actor) {
        let mut cohorts = std::mem::take(&mut self.cohorts);
        cohorts.clear();
        for field in 0..self.source.dimensions().len() {
            let observation = self.seen.role(Role::ALL.len() + field);
            let value = observation.map(|observation| (observation.hash, self.seen.bytes(observation, record)));
            cohorts.push(counters.cohort(field, value));
        }
        // The cohort of one field may have folded that of another.
        cohorts.iter_mut().for_each(|cohort| *cohort = counters.resolve(*cohort));
        counters.count(&cohorts, &self.hits, actor, self.atoms.len());
        self.cohorts = cohorts;
        self.count_time(counters, record);
        self.count_description(counters, record);
    }

    fn count_time(&mut self, counters: &mut WindowCounters, record: &[u8]) {
        let Some(event) = self.happened else { return };
        if let Some(written) = self.written {
            #[expect(clippy::cast_precision_loss, reason = "a delay, for a histogram")]
            counters.lag.add(crate::stats::number_bucket((written - event) as f64 / 1e6), 1);
        }
        let hour = usize::try_from(event.div_euclid(3_600_000_000).rem_euclid(24)).unwrap_or(0);
        let kind = text_of(&self.seen, Role::RecordType, record).unwrap_or("");
        match counters.hours.get_mut(kind) {
            Some(hours) => hours[hour] += 1,
            None => counters.hours.entry(kind.to_owned()).or_default()[hour] += 1,
        }
    }

    fn count_description(&mut self, counters: &mut WindowCounters, record: &[u8]) {
        let seen = &self.seen;
        let (Some(code), Some(text)) = (text_of(seen, Role::Code, record), seen.role(Role::CodeText as usize)) else { return };
        let bytes = seen.bytes(text, record);
        let (hash, masked) = match self.texts.get(&text.hash) {
            Some(known) => (known.0, known.1.as_str()),
            None => {
                let known = describe::masked(&self.key, bytes);
                if self.texts.len() >= REMEMBERED_TEXTS {
                    self.texts.clear();
                }
                let known = self.texts.entry(text.hash).or_insert(known);
                (known.0, known.1.as_str())
            }
        };
        if let Some(description) = counters.codes.get_mut(code).and_then(|known| known.get_mut(&hash)) {
            description.records += 1;
            return;
        }
        let description = Description { records: 1, text: masked.to_owned() };
        describe::add(counters.codes.entry(code.to_owned()).or_default(), hash, &description);
    }
}
