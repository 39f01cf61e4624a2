//! Numbers, times and the ends of long lists as readers write them.

/// Rows of a list inside a finding.
pub(super) const ECHOES: usize = 12;
/// Rows of a list about the whole report.
pub(super) const ENTRIES: usize = 20;

/// `1 record`, `12 records`
pub(super) fn number(count: u64, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// `1 echo`, `12 echoes`
pub(super) fn echoes(count: usize) -> String {
    format!("{count} {}", if count == 1 { "echo" } else { "echoes" })
}

/// `and 3 more rules`, where a list is longer than what is shown of it.
pub(super) fn more(length: usize, shown: usize, what: &str) -> Option<String> {
    (length > shown).then(|| format!("and {} more {what}", length - shown))
}

/// `2023-03-09` for midnight, else `2023-03-09 04:00`, of a moment in RFC 3339 with `Z`; anything else as it is.
pub(super) fn short(moment: &str) -> String {
    if let Some(day) = moment.strip_suffix("T00:00:00Z") {
        return day.to_owned();
    }
    moment.strip_suffix(":00Z").or_else(|| moment.strip_suffix('Z')).map_or_else(|| moment.to_owned(), |text| text.replacen('T', " ", 1))
}

/// `2023-03-09 to 2023-03-10 UTC`, or `undated`.
pub(super) fn period(from: Option<&str>, to: Option<&str>) -> String {
    match (from, to) {
        (Some(from), Some(to)) => format!("{} to {} UTC", short(from), short(to)),
        (Some(from), None) => format!("from {} UTC", short(from)),
        (None, Some(to)) => format!("up to {} UTC", short(to)),
        (None, None) => "undated".into(),
    }
}

/// A share (0 to 1) with two digits that say something: `12 %`, `1.5 %`, `0.023 %`.
pub(super) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    let digits = (0..9).find(|&digits| percent * 10_f64.powi(digits) >= 9.95).unwrap_or(0);
    let shown = format!("{percent:.*}", usize::try_from(digits).unwrap_or(0));
    let shown = if shown.contains('.') { shown.trim_end_matches('0').trim_end_matches('.') } else { &shown };
    format!("{shown} %")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_and_periods() {
        assert_eq!(short("2023-03-09T00:00:00Z"), "2023-03-09");
        assert_eq!(short("2023-03-09T04:00:00Z"), "2023-03-09 04:00");
        assert_eq!(short("2023-03-09T04:00:01Z"), "2023-03-09 04:00:01");
        assert_eq!(short("soon"), "soon");
        let (from, to) = (Some("2023-03-09T00:00:00Z"), Some("2023-03-09T01:00:00Z"));
        assert_eq!(period(from, to), "2023-03-09 to 2023-03-09 01:00 UTC");
        assert_eq!((period(from, None).as_str(), period(None, to).as_str()), ("from 2023-03-09 UTC", "up to 2023-03-09 01:00 UTC"));
        assert_eq!(period(None, None), "undated");
    }

    #[test]
    fn shares_keep_two_digits() {
        for (share, shown) in [
            (0.0, "0 %"),
            (1.0, "100 %"),
            (0.123, "12 %"),
            (0.0995, "10 %"),
            (0.015, "1.5 %"),
            (0.005, "0.5 %"),
            (0.000_234, "0.023 %"),
            (0.5, "50 %"),
        ] {
            assert_eq!(percent(share), shown, "{share}");
        }
        assert_eq!((echoes(1), echoes(2)), ("1 echo".into(), "2 echoes".into()));
        assert_eq!((more(3, 3, "rules"), more(5, 3, "rules")), (None, Some("and 2 more rules".into())));
        assert_eq!((number(1, "record"), number(0, "record")), ("1 record".into(), "0 records".into()));
    }
}
