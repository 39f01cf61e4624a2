//! Fewer records than windows like this one have, in all, of one record type, or for some hours.

use super::hours::{Gap, Hours, gap, hours_of, runs_like_others};
use super::slice::to_f64;
use super::{Case, Check, Suspicion};
use crate::compare::{CohortPlace, Side, WHOLE};
use crate::model::{Counts, Evidence, Severity, Window};

pub(super) const CHECK: Check = Check {
    id: "volume-dropped",
    summary: "fewer records than windows like this one have",
    explain: "The window has far fewer records than earlier working days (or weekend days) had, or one record type has while the others \
              go on, or some hours in the midst of the day are silent. Records were lost on the way, or never written. Check the \
              export, the collector and the provider's status page. A working day whose hours run like those of a weekend is taken \
              for a holiday, and told as a note.",
    judge,
};

/// Smallest fall that is told, of the stream and of one record type.
const FALL: f64 = 0.4;
const FALL_OF_TYPE: f64 = 0.65;
/// Days differ by at least so much (standard deviation of the logarithm), however steady a short history looks.
const LEAST_SPREAD: f64 = 0.10;
/// Standard deviations of a fall that is told.
const DEVIATIONS: f64 = 5.0;
/// Records that are missed.
const EXPECTED: f64 = 30.0;

fn judge(case: &Case<'_>) -> Vec<Suspicion> {
    if case.comparison.now.fingerprint().window == Window::UNDATED {
        return Vec::new();
    }
    if let Some(whole) = whole(case) {
        return vec![whole];
    }
    let types: Vec<Suspicion> = case.record_types().filter_map(|kind| record_type(case, kind)).collect();
    if !types.is_empty() {
        return types;
    }
    if let Some(found) = gap(case, None) {
        return vec![silent_hours(case, WHOLE, &found)];
    }
    case.record_types().filter_map(|kind| gap(case, Some(case.value(kind))).map(|found| silent_hours(case, kind, &found))).collect()
}

fn whole(case: &Case<'_>) -> Option<Suspicion> {
    let volumes: Vec<f64> = case.alike_windows().map(|side| to_f64(side.total(WHOLE).count)).collect();
    let now = case.comparison.now.total(WHOLE).count;
    let expected = fallen(&volumes, to_f64(now), FALL)?;
    let severity = match () {
        () if is_day_off(case) => Severity::Low,
        () if to_f64(now) < 0.2 * expected => Severity::High,
        () => Severity::Medium,
    };
    let all = |side: &Side| Counts { records: side.total(WHOLE).count, count: side.total(WHOLE).count };
    let (before, after) = (all(&case.comparison.before), all(&case.comparison.now));
    let evidence = Evidence::VolumeDropped { expected, records: now };
    Some(Suspicion { series: case.comparison.series(all), ..Suspicion::of_stream(CHECK.id, severity, before, after, evidence) })
}

/// The usual number, if the one of now is lower than ups and downs explain.
fn fallen(usual: &[f64], now: f64, least: f64) -> Option<f64> {
    let usual: Vec<f64> = usual.iter().copied().filter(|&n| n > 0.0).collect();
    if usual.len() < 3 {
        return None;
    }
    let windows = to_f64(usual.len() as u64);
    let mean = usual.iter().map(|n| n.ln()).sum::<f64>() / windows;
    let spread = (usual.iter().map(|n| (n.ln() - mean).powi(2)).sum::<f64>() / (windows - 1.0)).sqrt().max(LEAST_SPREAD);
    let (expected, fall) = (mean.exp(), mean - now.max(1.0).ln());
    (expected >= EXPECTED && fall >= -(1.0 - least).ln() && fall >= DEVIATIONS * spread).then_some(expected)
}

/// Whether a working day went like days off: as many records at least as half of one, spread over the hours as theirs are.
fn is_day_off(case: &Case<'_>) -> bool {
    let comparison = case.comparison;
    let off: Vec<&Side> = comparison.windows.iter().filter(|side| side.fingerprint().window.is_weekend()).collect();
    if comparison.now.fingerprint().window.is_weekend() || off.len() < 2 {
        return false;
    }
    let usual = off.iter().map(|side| to_f64(side.total(WHOLE).count)).sum::<f64>() / to_f64(off.len() as u64);
    let hours = |sides: &mut dyn Iterator<Item = &Side>| sides.map(|side| hours_of(side, None)).collect::<Vec<Hours>>();
    let (alike, off) = (hours(&mut case.alike_windows()), hours(&mut off.into_iter()));
    to_f64(comparison.now.total(WHOLE).count) >= 0.5 * usual && runs_like_others(&hours_of(&comparison.now, None), &alike, &off)
}

/// A record type with far fewer records, while the others go on: against working days and against days off, lest a holiday of
/// people, on which machines work, is a loss.
fn record_type(case: &Case<'_>, kind: CohortPlace) -> Option<Suspicion> {
    let comparison = case.comparison;
    let ratio = |side: &Side| {
        let (own, all) = (to_f64(side.total(kind).count), to_f64(side.total(WHOLE).count));
        if all > own { own / (all - own) } else { 0.0 }
    };
    let total = comparison.now.total(kind).count;
    let others = to_f64(comparison.now.total(WHOLE).count - total);
    if total == 0 || others <= 0.0 {
        return None;
    }
    let as_usual = |sides: &mut dyn Iterator<Item = &Side>| sides.map(|side| ratio(side) * others).collect::<Vec<f64>>();
    let expected = fallen(&as_usual(&mut case.alike_windows()), to_f64(total), FALL_OF_TYPE)?;
    let unlike = as_usual(&mut case.unlike_windows());
    if unlike.len() >= 2 && to_f64(total) >= (1.0 - FALL_OF_TYPE) * unlike.iter().sum::<f64>() / to_f64(unlike.len() as u64) {
        return None;
    }
    let evidence = Evidence::VolumeDropped { expected, records: total };
    let severity = if to_f64(total) < 0.2 * expected { Severity::High } else { Severity::Medium };
    let path = case.type_path();
    Some(Suspicion { affected: case.shared_before(kind, expected), ..Suspicion::of_cohort(case, CHECK.id, severity, kind, path, evidence) })
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of records")]
fn silent_hours(case: &Case<'_>, kind: CohortPlace, gap: &Gap) -> Suspicion {
    let (before, now) = (case.comparison.before.total(kind).count, case.comparison.now.total(kind).count);
    let evidence = Evidence::HoursSilent { from: gap.from, to: gap.to, expected: gap.expected, records: gap.records as u64 };
    let name = (kind != WHOLE).then(|| case.value(kind));
    let in_gap = |side: &Side| {
        let hours = hours_of(side, name);
        Counts { records: hours.iter().sum::<f64>() as u64, count: hours[gap.from..gap.to].iter().sum::<f64>() as u64 }
    };
    Suspicion {
        cohort: kind,
        series: case.comparison.series(in_gap),
        value: Some(format!("{:02}:00-{:02}:00", gap.from, gap.to)),
        ..Suspicion::of_stream(
            CHECK.id,
            Severity::Medium,
            Counts { records: before, count: before },
            Counts { records: now, count: now },
            evidence,
        )
    }
}
