//! How often judgement cries for nothing, and how small a drift it still tells.
//!
//! Logs are split at random into a baseline and a window: nothing drifted, so nothing of medium or worse may be said. A few dozen
//! splits are tried at each run; `LOGDRIFT_CALIBRATE=1000 cargo test --release --test calibration -- --nocapture` tries a
//! thousand of each kind and says how many cried.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test that cannot go on has failed; figures for whoever asks for them")]

use logdrift::checks::{self, Case, Delivery};
use logdrift::compare::Comparison;
use logdrift::demo::{Tenant, passwordless_rollout};
use logdrift::fingerprint::{Fingerprint, Fingerprinter, Outcome, Settings};
use logdrift::hash::HashKey;
use logdrift::model::{Finding, Policy, Severity};
use logdrift::sources::Source;
use serde_json::{Value, json};

/// Splits of one kind when nobody asks for more.
const SPLITS: u64 = 24;
/// Of this many splits one may cry.
const ONE_IN: u64 = 1_000;

/// Numbers without a pattern, the same at every run (splitmix64).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }
}

fn source() -> Source {
    Source::named("entra-signin").unwrap()
}

/// The fingerprint of records of one day.
fn fingerprint<'a>(source: &Source, records: impl IntoIterator<Item = &'a Vec<u8>>) -> Option<Fingerprint> {
    fingerprint_by(3, source, records)
}

/// The same with the hashes of another key.
fn fingerprint_by<'a>(key: u8, source: &Source, records: impl IntoIterator<Item = &'a Vec<u8>>) -> Option<Fingerprint> {
    let mut fingerprinter = Fingerprinter::new(source, HashKey::new([key; 32]), Settings::default());
    for record in records {
        if let Ok(Outcome::Record { window, .. }) = fingerprinter.read(record) {
            fingerprinter.count(record, window, false);
        }
    }
    // A record or two may have been created at the edge of another day.
    fingerprinter.finish().into_iter().max_by_key(|fingerprint| fingerprint.records).filter(|fingerprint| fingerprint.records > 0)
}

fn judge(source: &Source, baseline: Vec<Fingerprint>, now: Fingerprint) -> Vec<Finding> {
    let comparison = Comparison::new(baseline, vec![now]);
    let policy = Policy::default();
    checks::judge(&Case::new(&comparison, source, &policy, Delivery::default()))
}

fn loud(findings: &[Finding]) -> Vec<String> {
    let told = findings.iter().filter(|finding| finding.severity >= Severity::Medium && finding.caused_by.is_none());
    told.map(|finding| {
        let path = finding.path.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string);
        let cohort = finding.cohort.as_ref().map(|cohort| format!(" in {cohort}")).unwrap_or_default();
        format!(
            "{} {} {path}{cohort}: {} of {} actors, {}",
            finding.severity, finding.check, finding.after, finding.actors, finding.evidence
        )
    })
    .collect()
}

fn bytes(records: &[Value]) -> Vec<Vec<u8>> {
    records.iter().map(|record| record.to_string().into_bytes()).collect()
}

fn splits() -> u64 {
    std::env::var("LOGDRIFT_CALIBRATE").ok().and_then(|text| text.parse().ok()).unwrap_or(SPLITS)
}

/// Splits records at random into windows, the last of which is judged by the others, and says what was cried.
fn cries(source: &Source, records: &[Vec<u8>], windows: u64, chance: &mut Chance) -> Vec<String> {
    let mut parts: Vec<Vec<&Vec<u8>>> = (0..windows).map(|_| Vec::new()).collect();
    for record in records {
        parts[chance.below(windows) as usize].push(record);
    }
    let mut prints: Vec<Fingerprint> = parts.into_iter().filter_map(|part| fingerprint(source, part)).collect();
    let Some(now) = prints.pop() else { return Vec::new() };
    loud(&judge(source, prints, now))
}

#[track_caller]
fn stays_silent(name: &str, logs: &[Vec<Vec<u8>>], windows: &[u64]) {
    let (source, mut chance, wanted) = (source(), Chance(windows.len() as u64), splits());
    let mut cried = Vec::new();
    for split in 0..wanted {
        let log = &logs[(split % logs.len() as u64) as usize];
        let said = cries(&source, log, windows[(split / logs.len() as u64) as usize % windows.len()], &mut chance);
        cried.extend((!said.is_empty()).then_some(said));
    }
    println!("{name}: {} of {wanted} random splits cried", cried.len());
    assert!(cried.len() as u64 * ONE_IN <= wanted, "{name}: {} of {wanted} splits cried: {cried:#?}", cried.len());
}

#[test]
fn a_log_split_at_random_is_silent() {
    let logs: Vec<Vec<Vec<u8>>> = (0..4).map(|seed| bytes(&Tenant::new(seed, 1_000).day(1))).collect();
    stays_silent("whole logs", &logs, &[2, 4, 8]);
}

#[test]
fn the_records_of_one_cohort_split_at_random_are_silent() {
    let day = Tenant::new(5, 3_000).day(2);
    let of = |key: &str, value: &str| {
        let records: Vec<Value> = day.iter().filter(|record| record.pointer(key).and_then(Value::as_str) == Some(value)).cloned().collect();
        assert!(records.len() >= 40, "{key} = {value}: {}", records.len());
        bytes(&records)
    };
    let logs = [
        of("/category", "SignInLogs"),
        of("/category", "ServicePrincipalSignInLogs"),
        of("/resultType", "50126"),
        of("/properties/clientAppUsed", "Browser"),
    ];
    stays_silent("single cohorts", &logs, &[2, 4]);
}

/// What is planted: how it is called, what must be said of which path, and how.
struct Planted {
    name: &'static str,
    size: usize,
    check: &'static str,
    path: &'static str,
    takes: fn(&Value) -> bool,
    change: fn(&mut Value),
}

fn is_user(record: &Value) -> bool {
    record["properties"]["userPrincipalName"].as_str().is_some_and(|name| name.contains('@'))
}

fn has_code(record: &Value, code: &str) -> bool {
    record["resultType"] == code
}

const PLANTED: &[Planted] = &[
    Planted {
        name: "five records whose number became a text",
        size: 5,
        check: "type-changed",
        path: "properties.processingTimeInMilliseconds",
        takes: is_user,
        change: |record| record["properties"]["processingTimeInMilliseconds"] = json!("87"),
    },
    Planted {
        name: "twenty GUIDs where sign-in names stood",
        size: 20,
        check: "format-changed",
        path: "properties.userPrincipalName",
        takes: is_user,
        change: |record| record["properties"]["userPrincipalName"] = record["properties"]["userId"].clone(),
    },
    Planted {
        name: "forty records without the user's id",
        size: 40,
        check: "field-emptied",
        path: "properties.userId",
        takes: is_user,
        change: |record| record["properties"]["userId"] = json!(""),
    },
    Planted {
        name: "the app's name lost under one code",
        size: 12,
        check: "field-emptied",
        path: "properties.appDisplayName",
        takes: |record| has_code(record, "50126"),
        change: |record| record["properties"]["appDisplayName"] = json!(""),
    },
    Planted {
        name: "the steps gone under one code",
        size: 14,
        check: "field-emptied",
        path: "properties.authenticationDetails",
        takes: |record| has_code(record, "50126"),
        change: |record| drop(record["properties"].as_object_mut().unwrap().remove("authenticationDetails")),
    },
    Planted {
        name: "a state written otherwise in a tenth of the records",
        size: 90,
        check: "value-renamed",
        path: "properties.riskState",
        takes: is_user,
        change: |record| record["properties"]["riskState"] = json!("None"),
    },
];

#[test]
fn planted_drifts_of_these_sizes_are_told_once_and_the_day_without_them_is_silent() {
    let (source, tenant) = (source(), Tenant::new(11, 1_200));
    let baseline: Vec<Fingerprint> = (0..7).map(|day| fingerprint(&source, &bytes(&tenant.day(day))).unwrap()).collect();
    let clean = tenant.day(8);
    let judged = |day: &[Value]| judge(&source, baseline.clone(), fingerprint(&source, &bytes(day)).unwrap());
    assert_eq!(loud(&judged(&clean)), Vec::<String>::new());
    for planted in PLANTED {
        let mut day = clean.clone();
        let mut hits: Vec<usize> = (0..day.len()).filter(|&at| (planted.takes)(&day[at])).collect();
        // Evenly over the day, so that many people are hit.
        let step = hits.len() / planted.size;
        assert!(step >= 1, "{}: {} records to hit", planted.name, hits.len());
        hits = hits.into_iter().step_by(step).take(planted.size).collect();
        hits.iter().for_each(|&at| (planted.change)(&mut day[at]));
        let findings = judged(&day);
        let roots = loud(&findings);
        let is_it = |finding: &Finding| {
            finding.check == planted.check && finding.path.as_ref().is_some_and(|path| path.to_string().starts_with(planted.path))
        };
        assert!(findings.iter().any(|finding| is_it(finding) && finding.severity >= Severity::Medium), "{}: {roots:#?}", planted.name);
        assert_eq!(roots.len(), 1, "{}: {roots:#?}", planted.name);
    }
}

#[test]
fn three_records_of_an_undocumented_code_are_told_once() {
    let (source, tenant) = (source(), Tenant::new(12, 1_200));
    let baseline: Vec<Fingerprint> = (0..7).map(|day| fingerprint(&source, &bytes(&tenant.day(day))).unwrap()).collect();
    let mut day = tenant.day(8);
    passwordless_rollout(&mut day, 3, 1);
    let findings = judge(&source, baseline, fingerprint(&source, &bytes(&day)).unwrap());
    let roots = loud(&findings);
    assert!(roots.len() == 1 && roots[0].starts_with("high new-code"), "{roots:#?}");
}

/// A window that is clean joins the baseline, as `check --learn` has it; one under suspicion does not.
#[test]
fn a_loss_that_creeps_in_is_told_though_its_first_days_were_learnt() {
    let (source, tenant) = (source(), Tenant::new(13, 1_200));
    let weekdays = |day: &u32| day % 7 < 5;
    let mut days = (0..).filter(weekdays);
    let mut baseline: Vec<Fingerprint> =
        days.by_ref().take(10).map(|day| fingerprint(&source, &bytes(&tenant.day(day))).unwrap()).collect();
    let mut told = None;
    for percent in [1, 3, 6, 9, 11, 13, 15, 18, 21, 25, 30, 35, 40] {
        let mut records = tenant.day(days.next().unwrap());
        let people = records.iter_mut().filter(|record| is_user(record)).enumerate();
        for (_, record) in people.filter(|(n, _)| n * 37 % 100 < percent) {
            record["properties"]["location"] = json!({"city": "", "state": "", "countryOrRegion": "", "geoCoordinates": {}});
        }
        let now = fingerprint(&source, &bytes(&records)).unwrap();
        if loud(&judge(&source, baseline.clone(), now.clone())).iter().any(|said| said.contains("field-emptied properties.location")) {
            told = Some(percent);
            break;
        }
        baseline.push(now);
    }
    assert!(told.is_some_and(|percent| percent <= 25), "{told:?}");
}

/// A day of 600 people in 40 apps, one in three of whom signs in from a device without an id; `thinned` says of how many records in
/// a hundred the id is gone.
fn crowd(day: u64, thinned: u64) -> Vec<Vec<u8>> {
    let (mut chance, mut fate) = (Chance(day), Chance(day + 1_000));
    let mut records = Vec::new();
    for person in 0..600u64 {
        let has_id = Chance(person).below(3) > 0;
        // Now and then somebody's client signs in over and over.
        let burst = if chance.below(60) == 0 { 60 } else { 0 };
        for record in 0..1 + chance.below(5) + burst {
            let app = (person * 7 + chance.below(9)) % 40;
            let id = if has_id && chance.below(10) > 0 && fate.below(100) >= thinned { "1d0c5a3e-7b42-4f6d-9c81-2e5a7f90b364" } else { "" };
            records.push(json!({"category": "SignInLogs", "resultType": "0", "properties": {
                "id": format!("{day}-{person}-{record}"), "createdDateTime": format!("2026-03-{:02}T10:00:00Z", day + 2),
                "userId": format!("u{person}"), "appDisplayName": format!("App {app}"), "deviceDetail": {"deviceId": id, "browser": "Edge"}}}));
        }
    }
    bytes(&records)
}

/// Bitmaps of 64 bits tell hundreds of actors roughly, and by another key otherwise.
#[test]
fn a_field_that_thins_out_for_hundreds_of_actors_is_told_whatever_the_key() {
    let source = source();
    for key in 1..=8 {
        let day = |day, thinned| fingerprint_by(key, &source, &crowd(day, thinned)).unwrap();
        let baseline: Vec<Fingerprint> = [0, 1, 2, 3, 4, 7, 8, 9, 10, 11].map(|number| day(number, 0)).into();
        let found = judge(&source, baseline.clone(), day(14, 25));
        let is_it = |finding: &Finding| finding.path.as_ref().is_some_and(|path| path.to_string() == "properties.deviceDetail.deviceId");
        // In all records, and not in some part of them that shows it by luck.
        let is_everywhere = |finding: &Finding| finding.cohort.as_ref().is_none_or(|cohort| cohort.value == "SignInLogs");
        let told = |finding: &&Finding| finding.severity >= Severity::Medium && is_it(finding) && is_everywhere(finding);
        assert!(found.iter().find(told).is_some(), "key {key}: {:?}", loud(&found));
        assert_eq!(loud(&judge(&source, baseline, day(14, 0))), Vec::<String>::new(), "key {key}");
    }
}
