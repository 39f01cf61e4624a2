//! How often and how long an attempt to reach somebody is repeated.

use super::{Settings, Undelivered};
use std::time::Duration;

/// Longest pause between two attempts, whatever the other side asks for.
const LONGEST: Duration = Duration::from_secs(60);

/// Patience with the other side.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tries {
    /// For one attempt.
    pub(super) timeout: Duration,
    retries: u32,
    backoff: Duration,
}

/// What an attempt came to that did not succeed.
pub(super) enum Failed {
    /// Another attempt may help, after the pause that the other side asked for.
    ForNow(String, Option<Duration>),
    /// No attempt will help.
    ForGood(String),
}

impl Tries {
    pub(super) fn of(settings: &Settings) -> Self {
        let seconds = |given: Option<u64>, usual| Duration::from_secs(given.unwrap_or(usual));
        Self { timeout: seconds(settings.timeout, 10), retries: settings.retries.unwrap_or(3), backoff: seconds(settings.backoff, 1) }
    }

    /// Those of a message that is sent on the side.
    pub(super) const fn few() -> Self {
        Self { timeout: Duration::from_secs(10), retries: 2, backoff: Duration::from_secs(1) }
    }

    /// Attempts until one succeeds, none will, or all are used up.
    pub(super) fn until_done(self, mut attempt: impl FnMut() -> Result<(), Failed>) -> Result<(), Undelivered> {
        let mut done = 0;
        loop {
            match attempt() {
                Ok(()) => return Ok(()),
                Err(Failed::ForGood(why)) => return Err(Undelivered(why)),
                Err(Failed::ForNow(why, _)) if done == self.retries => {
                    return Err(Undelivered(if done == 0 { why } else { format!("{why}, {} times", done + 1) }));
                }
                Err(Failed::ForNow(_, asked)) => std::thread::sleep(self.pause(done, asked)),
            }
            done += 1;
        }
    }

    /// Pause after the failed attempt of this number, the first being 0.
    fn pause(self, number: u32, asked: Option<Duration>) -> Duration {
        let doubled = self.backoff.saturating_mul(2_u32.saturating_pow(number));
        doubled.max(asked.unwrap_or_default()).min(LONGEST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_and_follow_the_other_side_up_to_a_minute() {
        let tries = Tries { backoff: Duration::from_secs(2), ..Tries::few() };
        let seconds = |number, asked: Option<u64>| tries.pause(number, asked.map(Duration::from_secs)).as_secs();
        assert_eq!([seconds(0, None), seconds(1, None), seconds(3, None), seconds(40, None)], [2, 4, 16, 60]);
        assert_eq!([seconds(0, Some(1)), seconds(0, Some(30)), seconds(0, Some(86_400))], [2, 30, 60]);
        assert_eq!(Tries { backoff: Duration::ZERO, ..tries }.pause(5, None), Duration::ZERO);
    }
}
