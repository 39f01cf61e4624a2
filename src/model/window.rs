//! Spans of event time.

use std::fmt;

/// How long a window is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Granularity {
    /// A day of UTC.
    #[default]
    Day,
    /// An hour of UTC.
    Hour,
}

impl Granularity {
    /// Name in arguments and messages.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Hour => "hour",
        }
    }

    /// Length in seconds.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        match self {
            Self::Day => 86_400,
            Self::Hour => 3_600,
        }
    }
}

/// One span of event time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Window {
    /// First second, counted from 1970 in UTC.
    pub start: i64,
    /// Its length.
    pub granularity: Granularity,
}

impl Window {
    /// The window of records of a source that tells no time.
    pub const UNDATED: Self = Self { start: i64::MIN, granularity: Granularity::Day };

    /// The window that a moment (seconds since 1970) falls into.
    #[must_use]
    pub const fn of(moment: i64, granularity: Granularity) -> Self {
        Self { start: moment - moment.rem_euclid(granularity.seconds()), granularity }
    }

    /// The day of a date such as `2026-03-31`.
    #[must_use]
    pub fn of_date(text: &str) -> Option<Self> {
        let date: jiff::civil::Date = text.parse().ok().filter(|date: &jiff::civil::Date| date.to_string() == text)?;
        let start = jiff::tz::Offset::UTC.to_timestamp(date.at(0, 0, 0, 0)).ok()?;
        Some(Self::of(start.as_second(), Granularity::Day))
    }

    /// First second after it.
    #[must_use]
    pub const fn end(self) -> i64 {
        self.start.saturating_add(self.granularity.seconds())
    }

    /// Whether it falls on Saturday or Sunday in UTC (1970 began on a Thursday).
    #[must_use]
    pub const fn is_weekend(self) -> bool {
        matches!(self.start.div_euclid(86_400).rem_euclid(7), 2 | 3)
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::UNDATED {
            return f.write_str("undated");
        }
        let Ok(time) = jiff::Timestamp::from_second(self.start) else { return write!(f, "@{}", self.start) };
        match self.granularity {
            Granularity::Day => write!(f, "{}", time.strftime("%Y-%m-%d")),
            Granularity::Hour => write!(f, "{}", time.strftime("%Y-%m-%dT%H:00Z")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_fall_into_their_windows() {
        let day = Window::of(1_772_409_600 + 86_399, Granularity::Day);
        assert_eq!((day.to_string().as_str(), day.is_weekend()), ("2026-03-02", false));
        assert_eq!(Window::of(day.end(), Granularity::Day).start, day.end());
        assert_eq!(Window::of(-1, Granularity::Hour).to_string(), "1969-12-31T23:00Z");
        assert!(Window::of(1_772_409_600 - 1, Granularity::Day).is_weekend());
        assert_eq!(Window::UNDATED.to_string(), "undated");
    }

    #[test]
    fn dates_are_days_and_nothing_else_is() {
        assert_eq!(Window::of_date("2026-03-02"), Some(Window::of(1_772_409_600, Granularity::Day)));
        for text in ["", "2026-3-2", "2026-02-30", "20260302", "2026-03-02T00:00", "tomorrow"] {
            assert_eq!(Window::of_date(text), None, "{text}");
        }
    }
}
