//! Dates of the demo: days count from Monday 2023-02-20, moments are ticks of 100 ns since 1970.

/// Ticks of a second.
pub(super) const SECOND: u64 = 10_000_000;
const DAY: u64 = 86_400 * SECOND;
/// 2023-02-20 in days since 1970.
const FIRST_DAY: u64 = 19_408;

/// The moment at which a day begins, UTC.
pub(super) fn start(day: u32) -> u64 {
    (FIRST_DAY + u64::from(day)) * DAY
}

/// Whether it is a Saturday or a Sunday.
pub(super) fn is_weekend(day: u32) -> bool {
    day % 7 >= 5
}

/// `2023-02-20T08:15:30.1234567Z`.
pub(super) fn zulu(ticks: u64) -> String {
    format!("{}.{:07}Z", whole_seconds(ticks), ticks % SECOND)
}

/// `2023-02-20T08:15:30.12345+00:00`: trailing zeros left out, as the service does in some fields.
pub(super) fn trimmed(ticks: u64) -> String {
    let fraction = format!(".{:07}", ticks % SECOND);
    format!("{}{}+00:00", whole_seconds(ticks), fraction.trim_end_matches('0').trim_end_matches('.'))
}

fn whole_seconds(ticks: u64) -> String {
    let (year, month, day) = date(ticks / DAY);
    let second = ticks % DAY / SECOND;
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60)
}

/// Year, month and day of a count of days since 1970: Hinnant's `civil_from_days`, for dates after 1970.
fn date(days: u64) -> (u64, u64, u64) {
    let shifted = days + 719_468;
    let (era, of_era) = (shifted / 146_097, shifted % 146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let march_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    (era * 400 + year + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_count_from_a_monday() {
        assert_eq!(zulu(start(0)), "2023-02-20T00:00:00.0000000Z");
        assert_eq!(zulu(start(9) + 3661 * SECOND + 5), "2023-03-01T01:01:01.0000005Z");
        assert_eq!(trimmed(start(315) + 1_200_000), "2024-01-01T00:00:00.12+00:00");
        assert_eq!(trimmed(start(374)), "2024-02-29T00:00:00+00:00");
        assert_eq!((0..14).filter(|day| is_weekend(*day)).collect::<Vec<_>>(), [5, 6, 12, 13]);
    }
}
