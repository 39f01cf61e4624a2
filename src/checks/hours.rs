//! Records by hour of the day: whether a window's day went like working days or like days off, and hours that fell silent.

use super::Case;
use super::slice::to_f64;
use crate::compare::Side;
use crate::model::Granularity;
use crate::stats::too_few_surprise;

/// Records by hour (UTC).
pub(super) type Hours = [f64; 24];

/// Hours of a day that are missing.
pub(super) struct Gap {
    /// The first one.
    pub(super) from: usize,
    /// The one after the last.
    pub(super) to: usize,
    /// Records that they should have had, judged by the other hours of the day.
    pub(super) expected: f64,
    /// Records that they had.
    pub(super) records: f64,
}

/// Longest gap that is looked for; of a longer one the whole day tells.
const LONGEST: usize = 8;
/// Share of the expected records that a silent hour may still have.
const SILENT: f64 = 0.1;
/// Records that silent hours should have had.
const EXPECTED: f64 = 30.0;
/// Surprise from which hours are silent: all spans of a day are tried, each day anew.
const SURPRISE: f64 = 6.0;
/// Days differ in the share of a span at least so much (variance over the square of the mean).
const LEAST_DISPERSION: f64 = 0.02;

/// The hours of one record type, or of all.
pub(super) fn hours_of(side: &Side, kind: Option<&str>) -> Hours {
    let mut sum = [0.0; 24];
    let wanted = side.fingerprint().hours.iter().filter(|(name, _)| kind.is_none_or(|kind| kind == name.as_str()));
    for (_, hours) in wanted {
        sum.iter_mut().zip(hours).for_each(|(sum, &records)| *sum += to_f64(records));
    }
    sum
}

/// The shares of the hours, each window weighing alike; `None` where none has records.
fn profile(windows: &[Hours]) -> Option<Hours> {
    let mut sum = [0.0; 24];
    for hours in windows {
        let all: f64 = hours.iter().sum();
        if all > 0.0 {
            sum.iter_mut().zip(hours).for_each(|(sum, records)| *sum += records / all);
        }
    }
    let all: f64 = sum.iter().sum();
    (all > 0.0).then(|| sum.map(|share| share / all))
}

/// Whether the hours of a day run more like those of the days of the other kind than like those of its own.
pub(super) fn runs_like_others(now: &Hours, alike: &[Hours], others: &[Hours]) -> bool {
    let (Some(now), Some(alike), Some(others)) = (profile(&[*now]), profile(alike), profile(others)) else { return false };
    let far = |from: &Hours| now.iter().zip(from).map(|(a, b)| (a - b).abs()).sum::<f64>();
    far(&others) < far(&alike)
}

/// The hours that fell silent in the midst of a day, though the other hours say that there was work.
pub(super) fn gap(case: &Case<'_>, kind: Option<&str>) -> Option<Gap> {
    let window = case.comparison.now.fingerprint().window;
    if window.granularity != Granularity::Day {
        return None;
    }
    let alike = case.alike_windows().map(|side| hours_of(side, kind)).filter(|hours| hours.iter().sum::<f64>() > 0.0).collect::<Vec<_>>();
    let usual = profile(&alike).filter(|_| alike.len() >= 3)?;
    let now = hours_of(&case.comparison.now, kind);
    let spans = (1..23).flat_map(|from| (from + 1..=(from + LONGEST).min(23)).map(move |to| (from, to)));
    let gaps = spans.filter_map(|(from, to)| silent(&now, &usual, &alike, from, to));
    gaps.max_by(|a, b| (a.expected - a.records).total_cmp(&(b.expected - b.records)))
}

fn silent(now: &Hours, usual: &Hours, alike: &[Hours], from: usize, to: usize) -> Option<Gap> {
    let inside = |hours: &Hours| hours[from..to].iter().sum::<f64>();
    let all = |hours: &Hours| hours.iter().sum::<f64>();
    let share = inside(usual);
    let expected_of = |hours: &Hours| (all(hours) - inside(hours)) * share / (1.0 - share).max(1e-9);
    let (expected, records) = (expected_of(now), inside(now));
    // A log that begins or ends in the midst of the day is no gap: work must go on before it and after it.
    let each = |hour: usize| expected * usual[hour] / share.max(1e-9);
    let goes_on = |hour: usize| now[hour] >= 0.4 * each(hour) && now[hour] >= 3.0;
    let is_silent = |hour: usize| now[hour] <= SILENT * each(hour) + 1.0;
    if share > 0.7 || expected < EXPECTED || records > SILENT * expected || !goes_on(from - 1) || !goes_on(to) || !(from..to).all(is_silent)
    {
        return None;
    }
    let excess = |hours: &Hours| {
        let expected = expected_of(hours);
        ((inside(hours) - expected).powi(2) - expected) / (expected * expected).max(1.0)
    };
    let dispersion = (alike.iter().map(excess).sum::<f64>() / to_f64(alike.len() as u64)).max(LEAST_DISPERSION);
    (too_few_surprise(records, expected, dispersion) >= SURPRISE).then_some(Gap { from, to, expected, records })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(scale: f64) -> Hours {
        std::array::from_fn(|hour| if (8..18).contains(&hour) { 40.0 * scale } else { 4.0 * scale })
    }

    #[test]
    fn hours_without_records_are_a_gap_and_a_quiet_day_is_none() {
        let alike = [day(1.0), day(1.1), day(0.9)];
        let usual = profile(&alike).unwrap();
        let mut now = day(1.0);
        now[10..13].fill(0.0);
        let gap = silent(&now, &usual, &alike, 10, 13).unwrap();
        assert_eq!((gap.from, gap.to, gap.records), (10, 13, 0.0));
        assert!((gap.expected - 120.0).abs() < 1.0, "{}", gap.expected);
        assert!(silent(&day(0.1), &usual, &alike, 10, 13).is_none());
        // The log ends at ten: nobody knows what comes.
        now[10..].fill(0.0);
        assert!((11..=23).all(|to| silent(&now, &usual, &alike, 10, to).is_none()));
    }

    #[test]
    fn a_day_off_runs_like_days_off() {
        let flat: Hours = [10.0; 24];
        assert!(runs_like_others(&[3.0; 24], &[day(1.0)], &[flat]));
        assert!(!runs_like_others(&day(0.3), &[day(1.0)], &[flat]));
        assert!(!runs_like_others(&[3.0; 24], &[day(1.0)], &[]));
    }
}
