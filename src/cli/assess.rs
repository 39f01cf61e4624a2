//! A reading set against a baseline: one report over all its windows.

use super::coverage::Coverage;
use super::read::Reading;
use crate::checks::{self, Case, Delivery};
use crate::compare::Comparison;
use crate::fingerprint::Fingerprint;
use crate::model::{Counts, Finding, FindingKey, Granularity, Policy, Window};
use crate::report::{BaselineInfo, Checked, Period, Run};
use crate::rules::RuleSet;
use crate::rules::impact::{self, Impact};
use crate::sources::Source;
use std::collections::BTreeMap;
use std::path::Path;

/// The baseline of a judgement.
pub(super) struct Baseline {
    pub(super) name: String,
    pub(super) version: u64,
    /// Windows with records, in order of time.
    pub(super) windows: Vec<Fingerprint>,
    /// Input of the baseline that could not be read.
    pub(super) rejects: u64,
}

impl Baseline {
    /// A baseline of stored fingerprints, the undated one with the rejects among them.
    pub(super) fn new(name: &str, version: u64, fingerprints: Vec<Fingerprint>) -> Self {
        let rejects = fingerprints.iter().flat_map(|fingerprint| fingerprint.rejects.values()).sum();
        let windows = fingerprints.into_iter().filter(|fingerprint| fingerprint.records > 0).collect();
        Self { name: name.to_owned(), version, windows, rejects }
    }

    fn records(&self) -> u64 {
        self.windows.iter().map(|window| window.records).sum()
    }

    pub(super) fn info(&self) -> Option<BaselineInfo> {
        let (first, last) = (self.windows.first()?, self.windows.last()?);
        let period = Period::between(first.window, last.window);
        Some(BaselineInfo {
            name: self.name.clone(),
            version: self.version,
            windows: self.windows.len() as u64,
            records: self.records(),
            from: period.from,
            to: period.to,
        })
    }
}

/// Findings of all windows, and how much was compared.
pub(super) struct Assessment {
    pub(super) findings: Vec<Finding>,
    /// What they do to the rules, by their keys.
    pub(super) impacts: BTreeMap<FindingKey, Vec<Impact>>,
    /// First second of the last window that shows a finding, by its key; none for undated ones.
    pub(super) last_shown: BTreeMap<FindingKey, i64>,
    pub(super) checked: Checked,
    /// Whether some window was judged at all.
    pub(super) judged: bool,
}

/// Judges every window of a reading; of a finding that several windows show, the worst one stays, with the first time it was seen.
pub(super) fn assess(mut baseline: Baseline, reading: &Reading, source: &Source, rules: Option<&RuleSet>, policy: &Policy) -> Assessment {
    let rejects: u64 = reading.rejects.values().sum();
    let delivery = Delivery {
        rejects_now: Counts { records: reading.records() + rejects, count: rejects },
        rejects_before: Counts { records: baseline.records() + baseline.rejects, count: baseline.rejects },
        main_reason: reading.rejects.iter().max_by_key(|entry| entry.1).map(|entry| *entry.0),
    };
    let mut total = Total { smallest_share: 1.0, ..Total::default() };
    let mut lengths: Vec<Granularity> = reading.windows().map(|window| window.window.granularity).collect();
    lengths.dedup();
    // An hour is compared with hours, a day with days.
    let not_checked = not_checked(&baseline);
    for length in lengths {
        let alike = |window: &&Fingerprint| window.window.granularity == length;
        let known: Vec<Fingerprint> = baseline.windows.extract_if(.., |window| alike(&&*window)).collect();
        let checked: Vec<Fingerprint> = reading.windows().filter(alike).cloned().collect();
        if known.is_empty() || checked.is_empty() {
            continue;
        }
        let mut comparison = Comparison::new(known, checked);
        loop {
            let coverage = Coverage::of(&comparison);
            if coverage.has_baseline {
                let mut findings = checks::judge(&Case::new(&comparison, source, policy, delivery));
                if let Some(rules) = rules {
                    let impacts = impact::impacts(rules, &findings, &comparison, source);
                    impact::raise(&mut findings, &impacts);
                    total.hit(impacts);
                }
                total.add(findings);
            }
            total.cover(coverage);
            if !comparison.turn() {
                break;
            }
        }
    }
    let (last_shown, impacts) = (std::mem::take(&mut total.last_shown), std::mem::take(&mut total.impacts));
    Assessment { impacts, checked: total.checked(not_checked), judged: total.judged, last_shown, findings: total.findings() }
}

/// The judgements of several windows as one.
#[derive(Default)]
struct Total {
    judged: bool,
    paths: u64,
    cohorts: u64,
    comparisons: u64,
    too_few: u64,
    smallest_share: f64,
    windows: u64,
    /// The window of which least can be said, by its records.
    smallest: Option<Coverage>,
    found: BTreeMap<String, Finding>,
    impacts: BTreeMap<FindingKey, Vec<Impact>>,
    last_shown: BTreeMap<FindingKey, i64>,
    order: Vec<String>,
}

impl Total {
    fn add(&mut self, findings: Vec<Finding>) {
        self.judged = true;
        for finding in findings {
            let key = finding.key.to_string();
            if let Some(shown) = finding.first_seen {
                let last = self.last_shown.entry(finding.key.clone()).or_insert(shown);
                *last = shown.max(*last);
            }
            match self.found.get_mut(&key) {
                Some(known) if known.severity >= finding.severity => {}
                Some(known) => *known = Finding { first_seen: known.first_seen.min(finding.first_seen), ..finding },
                None => {
                    self.order.push(key.clone());
                    self.found.insert(key, finding);
                }
            }
        }
    }

    /// Of the effects that a finding has on a rule in several windows the worst one stays.
    fn hit(&mut self, impacts: BTreeMap<FindingKey, Vec<Impact>>) {
        for (key, impacts) in impacts {
            let known = self.impacts.entry(key).or_default();
            for impact in impacts {
                match known.iter_mut().find(|known| known.rule == impact.rule) {
                    Some(known) if known.effect >= impact.effect => {}
                    Some(known) => *known = impact,
                    None => known.push(impact),
                }
            }
            known.sort_by_key(|impact| impact.rule);
        }
    }

    fn cover(&mut self, coverage: Coverage) {
        self.paths = self.paths.max(coverage.paths);
        self.cohorts = self.cohorts.max(coverage.cohorts);
        self.comparisons += coverage.comparisons;
        self.too_few += coverage.too_few;
        self.smallest_share = self.smallest_share.min(coverage.smallest_share);
        self.windows += 1;
        if self.smallest.as_ref().is_none_or(|smallest| coverage.records < smallest.records) {
            self.smallest = Some(coverage);
        }
    }

    /// How much was compared, and what was not: `not_checked`, and what the smallest window was too small for.
    fn checked(&self, mut not_checked: Vec<String>) -> Checked {
        let place = |coverage: &Coverage| if self.windows > 1 { format!("in {}, ", coverage.window) } else { String::new() };
        let gaps = self.smallest.iter().flat_map(|coverage| coverage.gaps.iter().map(move |gap| (place(coverage), gap)));
        not_checked.extend(gaps.map(|(place, gap)| format!("{place}{gap}")));
        Checked {
            paths: self.paths,
            cohorts: self.cohorts,
            comparisons: self.comparisons,
            too_few_records: self.too_few,
            smallest_detectable_share: (self.smallest_share < 1.0).then_some(self.smallest_share),
            not_checked,
        }
    }

    fn findings(mut self) -> Vec<Finding> {
        self.order.iter().filter_map(|key| self.found.remove(key)).collect()
    }
}

/// What a baseline is too short for.
fn not_checked(baseline: &Baseline) -> Vec<String> {
    let mut not_checked = Vec::new();
    let dated = baseline.windows.iter().filter(|window| window.window != Window::UNDATED).count();
    if dated == 0 {
        not_checked
            .push("changes of rates against a history: the baseline is one undated window, which tells nothing of how rates vary".into());
    } else if baseline.windows.len() < 3 {
        let windows = match baseline.windows.len() {
            1 => "1 window".to_owned(),
            windows => format!("{windows} windows"),
        };
        not_checked.push(format!("changes of rates: the baseline has {windows}, and three are needed to know how rates vary"));
    }
    if dated < 3 {
        not_checked.push("volume against earlier days of the same kind".to_owned());
    }
    not_checked
}

/// What a report says of the run.
pub(super) fn run(id: String, reading: &Reading, source: &Source, notes: Vec<String>, rules: Option<&Path>) -> Run {
    let windows: Vec<&Fingerprint> = reading.windows().collect();
    let period = match (windows.first(), windows.last()) {
        (Some(first), Some(last)) => Period::between(first.window, last.window),
        _ => Period::default(),
    };
    let type_field = source.dimensions().iter().find(|dimension| dimension.kind == crate::sources::DimensionKind::RecordType);
    let mut record_types: BTreeMap<String, u64> = BTreeMap::new();
    for cohort in
        windows.iter().flat_map(|window| &window.cohorts).filter(|cohort| type_field.is_some_and(|field| field.name == cohort.field))
    {
        *record_types.entry(cohort.value.clone()).or_default() += cohort.total.count;
    }
    Run {
        id,
        source: source.name.clone(),
        window: period,
        records: reading.records(),
        bytes: reading.bytes,
        rejects: reading.rejects.values().sum(),
        duplicates: reading.learnt_before + windows.iter().map(|window| window.repeats).sum::<u64>(),
        reject_reasons: reading.rejects.iter().map(|(reason, count)| (reason.id().to_owned(), *count)).collect(),
        record_types,
        other_record_types: reading.apart(),
        twins: windows.iter().map(|window| window.twins).sum(),
        notes,
        rules: rules.map(|folder| folder.display().to_string()),
    }
}
