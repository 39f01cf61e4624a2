//! The measure of a finding over the windows, as the columns of a small picture.

use crate::model::Counts;
use crate::report::PointRow;
use crate::report::words::{number, percent, short};

/// Fewest windows that make a picture.
const FEWEST: usize = 3;
/// Units of a column, with the gap behind it.
const STEP: u64 = 8;
/// Units of the picture's height.
const HEIGHT: f64 = 40.0;
/// Units of the highest column.
const HIGHEST: f64 = 36.0;

/// Columns as paths: those of the baseline, and that of the window under check with what marks it.
pub(super) struct Chart {
    pub(super) width: u64,
    pub(super) known: String,
    pub(super) mark: String,
    pub(super) now: String,
    /// What the highest column stands for.
    pub(super) most: String,
    /// The ends of the line of windows.
    pub(super) first: String,
    pub(super) last: String,
    /// The picture in words.
    pub(super) label: String,
    pub(super) rows: Vec<Row>,
}

/// The numbers of a window.
pub(super) struct Row {
    pub(super) from: String,
    pub(super) count: u64,
    pub(super) records: u64,
}

/// The picture of a series that has three windows at least.
pub(super) fn chart(series: &[PointRow]) -> Option<Chart> {
    let (last, known) = series.split_last().filter(|_| series.len() >= FEWEST)?;
    // Where all records show it, their number is what moves.
    let is_volume = series.iter().all(|point| point.count == point.records);
    let value = |point: &PointRow| if is_volume { to_f64(point.count) } else { share(point) };
    let top = series.iter().map(value).fold(0.0, f64::max);
    let shown = |value: f64| if is_volume { number(to_u64(value), "record") } else { percent(value) };
    let column = |at: usize, point: &PointRow| {
        let height = if top > 0.0 { HIGHEST * value(point) / top } else { 0.0 };
        let x = STEP * at as u64;
        // A window without records shows nothing; one that shows none of it is there all the same.
        if point.records == 0 { String::new() } else { format!("M{x} {HEIGHT}h6v-{:.1}h-6z", height.max(1.2)) }
    };
    let from = known.iter().map(value).fold(f64::INFINITY, f64::min);
    let to = known.iter().map(value).fold(0.0, f64::max);
    let what = if is_volume { "Records" } else { "Share of the records" };
    Some(Chart {
        width: STEP * series.len() as u64 - 2,
        known: known.iter().enumerate().map(|(at, point)| column(at, point)).collect(),
        mark: format!("M{} 0h8v{HEIGHT}h-8z", STEP * known.len() as u64 - 1),
        now: column(known.len(), last),
        most: shown(top),
        first: day(known.first()?),
        last: day(last),
        label: format!(
            "{what}, window by window: from {} to {} in {} before, now {}",
            shown(from),
            shown(to),
            number(known.len() as u64, "window"),
            shown(value(last))
        ),
        rows: series.iter().map(|point| Row { from: day(point), count: point.count, records: point.records }).collect(),
    })
}

fn share(point: &PointRow) -> f64 {
    Counts { records: point.records, count: point.count }.share().min(1.0)
}

/// The window's first moment; of an undated one that it is under check, since only that one can be.
fn day(point: &PointRow) -> String {
    point.from.as_deref().map_or_else(|| "now".into(), |moment| super::line(&short(moment)))
}

#[expect(clippy::cast_precision_loss, reason = "a height in a picture")]
const fn to_f64(count: u64) -> f64 {
    count as f64
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "what was made of a count")]
const fn to_u64(value: f64) -> u64 {
    value as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(points: &[(u64, u64)]) -> Vec<PointRow> {
        let point = |(at, &(count, records)): (usize, &(u64, u64))| PointRow {
            from: Some(format!("2026-03-{:02}T00:00:00Z", at + 1)),
            records,
            count,
        };
        points.iter().enumerate().map(point).collect()
    }

    #[test]
    fn columns_are_shares_and_the_last_is_marked() {
        let chart = chart(&series(&[(1, 10), (0, 10), (0, 0), (5, 10)])).unwrap();
        assert_eq!(chart.known, "M0 40h6v-7.2h-6zM8 40h6v-1.2h-6z");
        assert_eq!((chart.now.as_str(), chart.mark.as_str(), chart.width), ("M24 40h6v-36.0h-6z", "M23 0h8v40h-8z", 30));
        assert_eq!((chart.most.as_str(), chart.first.as_str(), chart.last.as_str()), ("50 %", "2026-03-01", "2026-03-04"));
        assert_eq!(chart.label, "Share of the records, window by window: from 0 % to 10 % in 3 windows before, now 50 %");
    }

    #[test]
    fn where_all_records_show_it_their_number_is_shown() {
        let chart = chart(&series(&[(100, 100), (80, 80), (20, 20)])).unwrap();
        assert_eq!((chart.most.as_str(), chart.now.as_str()), ("100 records", "M16 40h6v-7.2h-6z"));
        assert_eq!(chart.label, "Records, window by window: from 80 records to 100 records in 2 windows before, now 20 records");
    }

    #[test]
    fn two_windows_make_no_picture_and_nothing_at_all_is_flat() {
        assert!(chart(&series(&[(1, 10), (5, 10)])).is_none() && chart(&[]).is_none());
        let flat = chart(&series(&[(0, 10), (0, 10), (0, 10)])).unwrap();
        assert_eq!((flat.most.as_str(), flat.now.as_str()), ("0 %", "M16 40h6v-1.2h-6z"));
    }
}
