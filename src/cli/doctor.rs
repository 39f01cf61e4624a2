//! `logdrift doctor`: whether what logdrift works with is fit for use.

use super::args::{DoctorArgs, GENERIC};
use super::config::{self, Found};
use super::{Context, Outcome, rules, source};
use crate::error::{Error, Result};
use crate::fingerprint::Fingerprint;
use crate::model::{Acceptance, Window};
use crate::report::{Health, Point, checklist, rfc3339};
use crate::sources::{Definition, SOURCES, Source};
use crate::store::{Access, Store, WindowRow, files};
use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

const DAY: i64 = 86_400;
/// Windows of a baseline from which a share is known well enough not to be called young: two weeks of days.
const ENOUGH_WINDOWS: usize = 14;
/// Days without a new window after which the logs may have stopped to come.
const STALE_DAYS: i64 = 3;
/// No clock of a machine that runs this stands before it was written: 2026-01-01, in seconds since 1970.
const WRITTEN: i64 = 1_767_225_600;

pub(super) fn run(args: &DoctorArgs, context: &Context) -> Result<Outcome> {
    let path = &args.store.store;
    let mut points = vec![fine(format!(
        "logdrift {} on {} {}, clock {}",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH,
        rfc3339(context.now).unwrap_or_else(|| "unreadable".into())
    ))];
    if context.now < WRITTEN {
        points.push(broken("the clock stands before this program was written; set it, since acceptances and ages are told by it"));
    }
    points.push(of_configuration());
    match Store::open(path, Access::Read) {
        Ok(store) => of_store(&store, path, context, &mut points)?,
        Err(error) if !path.exists() => points.push(note(error.to_string())),
        Err(error) => points.push(broken(error.to_string())),
    }
    files(path).iter().for_each(|file| points.extend(of_permissions(file)));
    points.extend(args.rules.as_deref().map(of_rules));
    context.out.data(&checklist(&points, context.out.style()))?;
    Ok(if points.iter().any(|point| point.health == Health::Broken) { Outcome::Failed } else { Outcome::Clean })
}

fn point(health: Health, text: impl Into<String>) -> Point {
    Point { health, text: text.into() }
}

fn fine(text: impl Into<String>) -> Point {
    point(Health::Fine, text)
}

fn note(text: impl Into<String>) -> Point {
    point(Health::Note, text)
}

fn broken(text: impl Into<String>) -> Point {
    point(Health::Broken, text)
}

/// The configuration that holds in this folder; other commands end where it cannot be read.
fn of_configuration() -> Point {
    let words: Vec<OsString> = std::env::args_os().collect();
    match config::find(&words) {
        Err(error) => broken(format!("the configuration cannot be used: {error}")),
        Ok(Found { path: None, .. }) => fine("there is no configuration, and none is needed; `logdrift init` writes one"),
        Ok(Found { path: Some(path), config }) => {
            let (audits, told) = (config.audit.len(), config.notify.len());
            fine(format!("the configuration {} is read; audits in it: {audits}, notifications: {told}", path.display()))
        }
    }
}

fn of_store(store: &Store, path: &Path, context: &Context, points: &mut Vec<Point>) -> Result<()> {
    let shown = path.display();
    let complaints = store.complaints()?;
    match complaints.as_slice() {
        [] => points.push(fine(format!("the store {shown} is whole, and its key is the right one"))),
        some => points
            .push(broken(format!("the store {shown} is damaged ({}); restore it from a backup, or learn into a new one", some.join("; ")))),
    }
    points.push(writable(path));
    let sources = store.sources()?;
    if sources.is_empty() {
        points.push(note(format!("the store {shown} has no baseline yet; make one with `logdrift learn INPUT... --store {shown}`")));
    }
    for name in sources {
        let acceptances = store.acceptances(&name)?;
        points.push(of_definition(store, &name)?);
        points.extend(of_windows(store, &name, &acceptances, context.now)?);
    }
    Ok(())
}

/// Whether a writer could begin now; it changes nothing.
fn writable(path: &Path) -> Point {
    let tried = Store::open(path, Access::Write).and_then(|mut store| store.begin(Duration::ZERO, &mut |_| {}).map(drop));
    match tried {
        Ok(()) => fine(format!("the store {} can be written, and nobody else writes it now", path.display())),
        Err(error) => note(format!("{error}; until then it can be read, and nothing can be learnt")),
    }
}

/// Whether the source still reads the fields that its baseline was made from.
fn of_definition(store: &Store, name: &str) -> Result<Point> {
    // What generic reads is named by arguments, as a file of one's own is.
    let Some(now) = Source::named(name).filter(|_| name != GENERIC && SOURCES.iter().any(|row| row.name == name)) else {
        return Ok(fine(format!("{name}: its fields are named by you; what it reads is compared when it is used")));
    };
    let kept = source::kept(store.definition(name)?)?;
    let alike = source::must_be_alike(Some(&Definition::of(&now)), kept.as_ref(), &format!("{name}: the baseline"));
    Ok(alike.map_or_else(|error| broken(error.to_string()), |()| fine(format!("{name}: is read as its baseline was"))))
}

fn of_windows(store: &Store, name: &str, acceptances: &[Acceptance], now: i64) -> Result<Vec<Point>> {
    let rows: Vec<WindowRow> = store.windows(name)?;
    let mut points: Vec<Point> = rows.iter().filter_map(|row| damaged(store, name, row.window)).collect();
    let counting: Vec<&WindowRow> = rows.iter().filter(|row| row.counts(acceptances, now) && row.records > 0).collect();
    let dated = || counting.iter().map(|row| row.window).filter(|window| *window != Window::UNDATED);
    points.push(match counting.len() {
        0 => note(format!("{name}: no window of the baseline counts; learn some, or bring back those that are excluded")),
        few @ 1..ENOUGH_WINDOWS => note(format!(
            "{name}: {few} windows are few to know how shares vary from day to day; from {ENOUGH_WINDOWS} on they are known well"
        )),
        many => fine(format!("{name}: {many} windows")),
    });
    let (Some(first), Some(last)) = (dated().next(), dated().next_back()) else { return Ok(points) };
    points.push(match (last.start - now, (now - last.end()) / DAY) {
        (ahead, _) if ahead > 0 => {
            broken(format!("{name}: the newest window {last} lies ahead of the clock; set the clock, or see to the times of the log"))
        }
        (_, days @ STALE_DAYS..) => {
            note(format!("{name}: the newest window {last} is {days} days old; see whether logs still come, and whether they are learnt"))
        }
        _ => fine(format!("{name}: windows from {first} to {last}")),
    });
    Ok(points)
}

/// A window that cannot be read any more.
fn damaged(store: &Store, name: &str, window: Window) -> Option<Point> {
    let read = store.load(name, window).map(|bytes| bytes.map(|bytes| Fingerprint::from_bytes(&bytes)).transpose());
    let why = match read {
        Ok(Ok(_)) => return None,
        Ok(Err(error)) => error.to_string(),
        Err(error) => error.to_string(),
    };
    Some(broken(format!("{name}: window {window} cannot be read ({why}); exclude it, or restore the store from a backup")))
}

/// Whether others than the owner may read a file.
#[cfg(unix)]
fn of_permissions(file: &Path) -> Option<Point> {
    let mode = std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(file).ok()?) & 0o777;
    let (open, file) = (mode & 0o077 != 0, file.display());
    Some(match open {
        true => note(format!("{file} is open to others (mode {mode:o}); close it with `chmod 600 {file}`")),
        false => fine(format!("{file} is for its owner alone")),
    })
}

#[cfg(not(unix))]
fn of_permissions(_: &Path) -> Option<Point> {
    None
}

fn of_rules(folder: &Path) -> Point {
    match rules::read(folder).map(|set| set.tally()) {
        Err(error @ Error::Nothing(_)) => note(error.to_string()),
        Err(error) => broken(error.to_string()),
        Ok([full, partial, failed]) => {
            let health = if partial + failed > 0 { Health::Note } else { Health::Fine };
            let folder = folder.display();
            let more =
                if partial + failed > 0 { format!("; `logdrift rules {folder}` says what was not understood") } else { String::new() };
            point(health, format!("{folder}: {full} rules are read in full, {partial} in part, {failed} not at all{more}"))
        }
    }
}
