//! The demo's tenant day by day: who signs in when, what fails, what is tried again.

use super::calendar::{self, SECOND};
use super::cast::{Cast, PLACES, User, address};
use super::failures::{Failure, INTERACTIVE, PROGRAM, SILENT};
use super::random::Random;
use super::record::{Attempt, Moment, of_program, of_user};
use serde_json::Value;

/// A made-up tenant whose sign-ins are always the same for the same seed.
#[derive(Debug)]
pub struct Tenant {
    seed: u64,
    records_a_day: usize,
    cast: Cast,
}

/// A record and when it is handed over.
type Delivery = (u64, Value);

/// The kinds of record, and which part of a working day's and of a weekend day's they are.
#[derive(Clone, Copy)]
enum Stream {
    Interactive,
    Silent,
    Programs,
}
const STREAMS: [(Stream, f64, f64); 3] = [(Stream::Interactive, 0.42, 0.07), (Stream::Silent, 0.38, 0.13), (Stream::Programs, 0.2, 0.18)];

impl Tenant {
    /// A tenant with about `records_a_day` records on a working day, fewer on weekends.
    #[must_use]
    pub fn new(seed: u64, records_a_day: usize) -> Self {
        Self { seed, records_a_day, cast: Cast::new(seed, records_a_day) }
    }

    /// The records of sign-ins created on a day, in the order of their `time`, which is when they were handed over;
    /// day 0 is Monday 2023-02-20, UTC. About 3 in 1000 come twice, byte for byte, and 1 in 100 comes hours late.
    #[must_use]
    pub fn day(&self, day: u32) -> Vec<Value> {
        let mut random = Random::new(&[self.seed, 1, u64::from(day)]);
        let busy = self.busy(day);
        let mut records: Vec<Delivery> = Vec::with_capacity(self.records_a_day + self.records_a_day / 8);
        for (stream, workday, weekend) in STREAMS {
            let share = if calendar::is_weekend(day) { weekend } else { workday };
            let end = records.len() + self.count(share, &mut random);
            while records.len() < end {
                match stream {
                    Stream::Interactive => self.visit((day, &busy), true, &mut random, &mut records),
                    Stream::Silent => self.visit((day, &busy), false, &mut random, &mut records),
                    Stream::Programs => self.run(day, &mut random, &mut records),
                }
            }
        }
        let twice: Vec<Delivery> = records.iter().filter(|_| random.chance(0.003)).cloned().collect();
        records.extend(twice);
        records.sort_by_key(|(delivered, _)| *delivered);
        records.into_iter().map(|(_, record)| record).collect()
    }

    /// A share of the day's records, give or take a twentieth.
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small positive count")]
    fn count(&self, share: f64, random: &mut Random) -> usize {
        (self.records_a_day as f64 * share * (0.95 + 0.1 * random.unit())) as usize
    }

    /// Running totals of how busy the users are that work on a day.
    fn busy(&self, day: u32) -> Vec<f64> {
        let weight = |user: &User| if user.days.0 <= day && day < user.days.1 { user.weight } else { 0.0 };
        let totals = self.cast.users.iter().scan(0.0, |total, user| {
            *total += weight(user);
            Some(*total)
        });
        totals.collect()
    }

    /// A user opens an app: one record, or some failures and what follows them.
    fn visit(&self, (day, busy): (u32, &[f64]), is_interactive: bool, random: &mut Random, records: &mut Vec<Delivery>) {
        let who = random.step(busy);
        let user = &self.cast.users[who];
        let travels = Random::new(&[self.seed, 2, u64::from(day / 3), who as u64]).chance(0.02);
        let away = (user.office + 3) % PLACES.len();
        let elsewhere = random.chance(0.05).then(|| address(random));
        let attempt = Attempt {
            user,
            device: &user.devices[random.weighted(user.devices.iter().map(|device| if device.is_phone { 0.3 } else { 1.0 }))],
            app: &self.cast.apps[user.apps[random.zipf(user.apps.len())]],
            place: if travels { away } else { user.office },
            address: elsewhere.as_deref().unwrap_or(&user.address),
            is_interactive,
            is_remembered: random.chance(0.6),
        };
        let list = if is_interactive { INTERACTIVE } else { SILENT };
        let mut moment = moment(day, office_hour(user.lateness, calendar::is_weekend(day), random), random);
        let trouble = random.chance(if is_interactive { user.clumsiness } else { user.clumsiness / 3.0 });
        let failure = trouble.then(|| usual(list, user.weakness, random));
        for outcome in outcomes(failure, random) {
            records.push((moment.delivered, of_user(&self.cast, random, &attempt, &moment, outcome)));
            moment = next(&moment, random);
        }
    }

    /// A program signs in by the clock.
    fn run(&self, day: u32, random: &mut Random, records: &mut Vec<Delivery>) {
        let programs = &self.cast.programs;
        let program = &programs[random.weighted(programs.iter().map(|program| program.weight))];
        let second = random.below(96) * 900 + random.below(20);
        let mut moment = moment(day, second * SECOND, random);
        let failure = random.chance(program.clumsiness).then(|| usual(PROGRAM, 0.0, random));
        for outcome in outcomes(failure, random) {
            records.push((moment.delivered, of_program(&self.cast, random, program, &moment, outcome)));
            moment = next(&moment, random);
        }
    }
}

/// A failure of the list: half of the time the one that this user runs into most.
fn usual<'a>(list: &'a [Failure], weakness: f64, random: &mut Random) -> &'a Failure {
    let weights = list.iter().map(|failure| failure.weight);
    if random.chance(0.5) {
        return &list[random.weighted(weights)];
    }
    let mut left = weakness * weights.sum::<f64>();
    let hit = list.iter().find(|failure| {
        left -= failure.weight;
        left < 0.0
    });
    hit.unwrap_or(&list[0])
}

/// The results of a visit: success, or a failure several times over, and success at last or not.
fn outcomes<'a>(failure: Option<&'a Failure>, random: &mut Random) -> Vec<Option<&'a Failure>> {
    let Some(failure) = failure else { return vec![None] };
    let mut outcomes = vec![Some(failure)];
    while outcomes.len() < 6 && random.chance(failure.again) {
        outcomes.push(Some(failure));
    }
    if random.chance(failure.recovers) {
        outcomes.push(None);
    }
    outcomes
}

/// Ticks since midnight: a morning and an afternoon at work, some evenings, anything on weekends.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to one day")]
fn office_hour(lateness: f64, is_weekend: bool, random: &mut Random) -> u64 {
    let hour = match random.weighted([0.45, 0.4, 0.15].into_iter()) {
        _ if is_weekend => 13.0 + 4.0 * random.bell(),
        0 => 8.5 + lateness + random.bell(),
        1 => 13.5 + lateness + 1.5 * random.bell(),
        _ => 24.0 * random.unit(),
    };
    (hour.clamp(0.0, 23.9) * 3600.0) as u64 * SECOND
}

fn moment(day: u32, ticks: u64, random: &mut Random) -> Moment {
    let created = calendar::start(day) + ticks + random.below(300 * SECOND);
    let (correlation, session) = (random.guid(), random.guid());
    Moment { created, delivered: created + delay(random), day, correlation, session }
}

/// The next attempt of the same visit, some seconds later.
fn next(moment: &Moment, random: &mut Random) -> Moment {
    // Never past midnight: a day holds what was created on it.
    let last = calendar::start(moment.day + 1) - 1;
    let created = (moment.created + random.between(4 * SECOND, 90 * SECOND)).min(last);
    Moment { created, delivered: created + delay(random), ..moment.clone() }
}

fn delay(random: &mut Random) -> u64 {
    if random.chance(0.01) { random.between(1800 * SECOND, 6 * 3600 * SECOND) } else { random.between(45 * SECOND, 600 * SECOND) }
}
