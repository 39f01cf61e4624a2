//! The program killed at any moment of a change: the store is as it was or as it was to be, and the next run ends what was begun.
//!
//! `LOGDRIFT_KILLS=300 cargo test --test kill -- --nocapture` kills 300 times and says how many hit an open write.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(clippy::print_stderr, reason = "how often the kills hit a write is a figure to be read")]

mod place;

use place::{Place, SOURCE};
use rusqlite::types::ValueRef;
use serde_json::Value;
use std::fs;
use std::io::Write as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// Kills in an ordinary test run, of all jobs together.
const KILLS: usize = 60;

/// Everything in a store but clock times and what is named by one: the ids of runs and the reports that quote them.
const TABLES: [&str; 9] = [
    "SELECT name, value FROM meta ORDER BY name",
    "SELECT name, version, definition FROM sources ORDER BY name",
    "SELECT source, start, seconds, since, gone, records, closed, excluded, under, size, hex(digest), length(body) FROM windows
        ORDER BY source, start, seconds, since",
    "SELECT source, name, bytes, hex(hash), settled, records, since, gone FROM inputs ORDER BY id",
    "SELECT source, version, back_to, who, what, why FROM changes ORDER BY source, version",
    "SELECT source, key, since, gone, withdrawn, who, why, ends FROM acceptances ORDER BY id",
    "SELECT r.source, r.since, r.gone, r.start, r.entries, hex(r.digest), hex(p.digest) FROM id_pages p
        LEFT JOIN id_runs r ON r.id = p.id >> 24 ORDER BY p.id",
    "SELECT source, opens, closes, verdict, findings, fresh FROM runs ORDER BY number",
    "SELECT source, key, status, kind, severity, path, field, cohort, value, cause, share, first_window, last_window, ended_run IS NULL
        FROM findings ORDER BY source, key",
];

/// What one command does to a store.
struct Job {
    name: &'static str,
    /// The store it begins with; none is made by the job itself.
    before: Option<&'static str>,
    arguments: Vec<String>,
    /// What it reads from its standard input.
    stdin: Option<Vec<u8>>,
    /// Done again, it changes nothing.
    repeatable: bool,
}

/// When to kill.
#[derive(Debug)]
enum Moment {
    /// When so many bytes of standard input were taken.
    Fed(usize),
    /// When the log of changes has so many bytes.
    Logged(u64),
    /// After so long, without rest.
    After(Duration),
}

/// Numbers that are the same in every run (`SplitMix64`).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end.max(1)
    }
}

/// One store of a trial, in a folder of its own within the place.
struct Trial<'p> {
    place: &'p Place,
    folder: String,
}

impl<'p> Trial<'p> {
    /// A copy of a store; with none, an empty folder with a key, so that all trials hash alike.
    fn of(place: &'p Place, before: Option<&str>) -> Self {
        let trial = Self { place, folder: "trial".into() };
        // What the trial before this one left.
        let _ = fs::remove_dir_all(place.path(&trial.folder));
        fs::create_dir(place.path(&trial.folder)).unwrap();
        if let Some(name) = before {
            fs::copy(place.path(name), trial.path("")).unwrap();
        }
        fs::copy(place.path(&format!("{}.key", before.unwrap_or("logdrift.db"))), trial.path(".key")).unwrap();
        trial
    }

    fn path(&self, end: &str) -> PathBuf {
        self.place.path(&format!("{}/logdrift.db{end}", self.folder))
    }

    fn start(&self, job: &Job) -> Child {
        let arguments: Vec<&str> = job.arguments.iter().map(String::as_str).collect();
        let mut command = self.place.command(&arguments);
        command.args(["--store", self.path("").to_str().unwrap()]).stdout(Stdio::null()).stderr(Stdio::null());
        command.stdin(if job.stdin.is_some() { Stdio::piped() } else { Stdio::null() }).spawn().unwrap()
    }

    /// Lets the job run to its end; how long the log of changes became.
    fn finish(&self, job: &Job, what: &str) -> u64 {
        let (mut child, mut most) = (self.start(job), 0);
        if let Some(text) = &job.stdin {
            child.stdin.take().unwrap().write_all(text).unwrap();
        }
        let status = loop {
            match child.try_wait().unwrap() {
                Some(status) => break status,
                None => most = self.logged().max(most),
            }
        };
        assert_eq!(status.code(), Some(0), "{}, {what}", job.name);
        most
    }

    /// Bytes of the log of changes.
    fn logged(&self) -> u64 {
        fs::metadata(self.path("-wal")).map_or(0, |about| about.len())
    }

    /// Starts the job and kills it; whether it was still there, and whether changes were on their way to the disk.
    fn kill(&self, job: &Job, moment: &Moment) -> (bool, bool) {
        let mut child = self.start(job);
        let mut stdin = child.stdin.take();
        let fed = match (&job.stdin, moment) {
            (Some(text), Moment::Fed(bytes)) => &text[..*bytes],
            (Some(text), _) => text,
            (None, _) => &[],
        };
        if let Some(pipe) = &mut stdin {
            pipe.write_all(fed).unwrap();
        }
        if !matches!(moment, Moment::Fed(_)) {
            drop(stdin.take());
        }
        let began = Instant::now();
        while child.try_wait().unwrap().is_none() && self.must_go_on(moment, began) {
            std::hint::spin_loop();
        }
        let writes = self.logged() > 0;
        child.kill().unwrap();
        let killed = child.wait().unwrap().signal() == Some(9);
        (killed, killed && writes)
    }

    fn must_go_on(&self, moment: &Moment, began: Instant) -> bool {
        match moment {
            Moment::Fed(_) => false,
            Moment::Logged(bytes) => self.logged() < *bytes,
            Moment::After(time) => began.elapsed() < *time,
        }
    }

    /// The program opens the store, the database finds no fault in it; all that it holds.
    fn state(&self) -> String {
        if !self.path("").exists() {
            return String::new();
        }
        let listed = self.place.run(&["baseline", "list", "--store", self.path("").to_str().unwrap()]);
        assert!([0, 3].contains(&listed.code) || listed.err.contains("is empty, so there is no baseline yet"), "{}", listed.err);
        if fs::metadata(self.path("")).map_or(0, |about| about.len()) == 0 {
            return String::new();
        }
        let store = rusqlite::Connection::open(self.path("")).unwrap();
        let sound: String = store.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(sound, "ok");
        let tables: i64 = store.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).unwrap();
        // Shape and key come before the first change, each as a whole.
        let is_bare = tables == 0 || store.query_row("SELECT count(*) FROM sources", [], |row| row.get::<_, i64>(0)).unwrap() == 0;
        if is_bare { String::new() } else { TABLES.iter().map(|sql| rows(&store, sql)).collect() }
    }

    fn export(&self) -> String {
        let (store, file) = (self.path(""), self.path(".baseline"));
        let arguments = ["baseline", "export", "--store", store.to_str().unwrap(), "-o", file.to_str().unwrap()];
        let exported = self.place.run(&[&arguments[..], &SOURCE].concat());
        let text = fs::read_to_string(&file).unwrap_or(exported.err);
        let _ = fs::remove_file(file);
        text
    }

    /// What lies in the folder besides store and key. Readers leave an empty log behind.
    fn litter(&self) -> Vec<String> {
        assert_eq!(self.logged(), 0);
        let names = fs::read_dir(self.place.path(&self.folder)).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| !["", "-wal", "-shm", ".key"].iter().any(|end| *name == format!("logdrift.db{end}"))).collect()
    }
}

fn rows(store: &rusqlite::Connection, sql: &str) -> String {
    let mut select = store.prepare(sql).unwrap();
    let columns = select.column_count();
    let mut rows = select.query([]).unwrap();
    let mut text = format!("{}\n", sql.split_whitespace().collect::<Vec<_>>().join(" "));
    while let Some(row) = rows.next().unwrap() {
        for column in 0..columns {
            text += &match row.get_ref(column).unwrap() {
                ValueRef::Text(word) => format!("{:?}\t", String::from_utf8_lossy(word)),
                other => format!("{other:?}\t"),
            };
        }
        text.push('\n');
    }
    text
}

fn job(name: &'static str, before: Option<&'static str>, arguments: &[&str]) -> Job {
    let arguments = arguments.iter().chain(&SOURCE).map(|&word| word.to_owned()).collect();
    Job { name, before, arguments, stdin: None, repeatable: false }
}

/// A store with four days, a finding and three versions; another without the source; and an export of the first.
fn prepared() -> (Place, Vec<Job>) {
    let place = Place::with_baseline(4);
    place.incident("incident.json");
    let report: Value = serde_json::from_str(&place.run(&["check", "incident.json", "--format", "json"]).out).unwrap();
    let keys: Vec<&str> = report["findings"].as_array().unwrap().iter().map(|finding| finding["key"].as_str().unwrap()).collect();
    (4..8).for_each(|day| place.day(&format!("new/{day}.json"), day));
    place.day("clean.json", 3);
    let exclude = ["baseline", "exclude", "2023-02-20", "2023-02-22", "--reason", "INC-7"];
    place.run(&["learn", "new/4.json"]).succeeds();
    place.run(&[&exclude[..], &SOURCE].concat()).succeeds();
    place.run(&[&["baseline", "export", "-o", "all.baseline"], &SOURCE[..]].concat()).succeeds();
    place.run(&["learn", "incident.json", "--source", "generic", "--store", "other.db"]).succeeds();
    let piped = (5..8).flat_map(|day| fs::read(place.path(&format!("new/{day}.json"))).unwrap()).collect();
    let again = ["baseline", "exclude", "2023-02-21", "2023-02-23", "--reason", "INC-8"];
    let jobs = vec![
        Job { repeatable: true, ..job("learn", Some("logdrift.db"), &["learn", "new"]) },
        Job { stdin: Some(piped), ..job("learn from a pipe", Some("logdrift.db"), &["learn", "-"]) },
        Job { repeatable: true, ..job("first learn", None, &["learn", "new"]) },
        job("check --learn", Some("logdrift.db"), &["check", "new/5.json", "--learn", "--output", "trial/report.json"]),
        job("accept", Some("logdrift.db"), &[&["accept", "--reason", "fine"], &keys[..]].concat()),
        Job { repeatable: true, ..job("baseline exclude", Some("logdrift.db"), &again) },
        job("baseline import", Some("other.db"), &["baseline", "import", "all.baseline"]),
        job("baseline rollback", Some("logdrift.db"), &["baseline", "rollback", "1"]),
    ];
    (place, jobs)
}

/// How the kills of a job ended.
#[derive(Default)]
struct Tally {
    kills: usize,
    in_a_write: usize,
    done: usize,
}

/// Kills a job so often; each time the store is as before or as after, and the job can be finished.
fn survives(place: &Place, job: &Job, kills: usize, numbers: &mut Numbers) -> Tally {
    let before = Trial::of(place, job.before).state();
    let whole = Trial::of(place, job.before);
    let began = Instant::now();
    let most_logged = whole.finish(job, "undisturbed");
    let span = began.elapsed();
    let (after, exported) = (whole.state(), whole.export());
    assert!(after != before, "{} changes nothing", job.name);
    let mut tally = Tally::default();
    for _ in 0..kills * 3 {
        if tally.kills == kills {
            break;
        }
        let moment = match (numbers.below(3), &job.stdin) {
            (0, Some(text)) => Moment::Fed(numbers.below(text.len() as u64) as usize),
            (0 | 1, _) => Moment::Logged(1 + numbers.below(most_logged)),
            _ => Moment::After(span.mul_f64(numbers.below(1_000) as f64 / 1_000.0)),
        };
        let trial = Trial::of(place, job.before);
        let (killed, in_a_write) = trial.kill(job, &moment);
        let state = trial.state();
        let done = state == after;
        assert!(done || state == before, "{}, killed {moment:?}:\n{state}\nis neither\n{before}\nnor\n{after}", job.name);
        tally.kills += usize::from(killed);
        tally.in_a_write += usize::from(in_a_write);
        tally.done += usize::from(killed && done);
        if !done || job.repeatable {
            trial.finish(job, &format!("again after {moment:?}"));
        }
        assert!(trial.state() == after && trial.export() == exported, "{}, finished after {moment:?}", job.name);
        whole_report(&trial, killed);
    }
    tally
}

/// A report is whole or not there; nothing else is left but what a killed process could not remove.
fn whole_report(trial: &Trial<'_>, killed: bool) {
    for name in trial.litter() {
        let is_draft = killed && name.ends_with(".part");
        let report = fs::read(trial.place.path(&format!("{}/{name}", trial.folder))).unwrap();
        assert!(is_draft || (name == "report.json" && serde_json::from_slice::<Value>(&report).is_ok()), "{name} is left behind");
    }
}

#[test]
fn a_kill_at_any_moment_loses_doubles_and_halves_nothing() {
    let wanted = std::env::var("LOGDRIFT_KILLS").map_or(KILLS, |text| text.parse().unwrap());
    let (place, jobs) = prepared();
    let mut numbers = Numbers(2_026);
    let mut all = Tally::default();
    for job in &jobs {
        let tally = survives(&place, job, wanted.div_ceil(jobs.len()), &mut numbers);
        eprintln!("{}: {} kills, {} in a write, {} when it was done", job.name, tally.kills, tally.in_a_write, tally.done);
        all.kills += tally.kills;
        all.in_a_write += tally.in_a_write;
    }
    eprintln!("{} kills, {} of them in a write", all.kills, all.in_a_write);
    assert!(all.kills >= wanted, "only {} of {wanted} kills came in time", all.kills);
    assert!(all.in_a_write * 20 >= all.kills, "too few kills hit a write: {}", all.in_a_write);
}
