//! The outcome in one line, for logs and lists.

use super::{Report, escape_terminal, history, outcome, words};

impl Report {
    /// `DRIFT  entra-signin, 2023-03-06 to 2023-03-07 UTC: 3 findings (1 high, 2 low) and 6 echoes in 394 records`, without
    /// anything that steers a terminal.
    #[must_use]
    pub fn line(&self) -> String {
        let (word, run) = (outcome::word(self.verdict), &self.run);
        let found = if self.findings.is_empty() { "no finding".to_owned() } else { history::tally(self) };
        let records = words::number(run.records, "record");
        escape_terminal(&format!("{word}  {}, {}: {found} in {records}", run.source, self.period()), usize::MAX)
    }

    /// The event time of the records: `2023-03-09 to 2023-03-10 UTC`, or `undated`.
    #[must_use]
    pub fn period(&self) -> String {
        words::period(self.run.window.from.as_deref(), self.run.window.to.as_deref())
    }
}
