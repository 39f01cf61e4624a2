//! `logdrift baseline`: what a store holds, out of it and into it.

mod anonymous;
mod changes;
mod fields;

use super::args::{BaselineCommand, OneBaseline, StoreArgs, WaitArgs};
use super::assess::Baseline;
use super::fingerprint_file::FingerprintFile;
use super::output::{table, write_file};
use super::source::{kept, must_be_alike};
use super::{Context, Outcome, learn};
use crate::error::{Error, Result};
use crate::fingerprint::{Fingerprint, Windows, from_lines, to_lines};
use crate::hash::{HashKey, digest};
use crate::model::{FindingKey, Window};
use crate::report::{self, Style, escape_terminal};
use crate::sources::{Definition, Source};
use crate::store::{Access, Store, WindowRow};
use std::path::{Path, PathBuf};

/// Columns for which a comparison is made wider than the terminal.
const LONGEST_SHOWN: usize = 90;

pub(super) fn run(command: BaselineCommand, context: &Context) -> Result<Outcome> {
    match command {
        BaselineCommand::List { store, source } => list(&store, source.as_deref(), context),
        BaselineCommand::Show(baseline) => show(&baseline, context),
        BaselineCommand::Log(baseline) => changes::log(&baseline, context),
        BaselineCommand::Exclude { windows, baseline, reason, wait } => changes::exclude(&windows, &baseline, &reason, wait, context),
        BaselineCommand::Include { windows, baseline, reason, wait } => changes::include(&windows, &baseline, &reason, wait, context),
        BaselineCommand::Rollback { version, baseline, reason, wait } => changes::roll_back(version, &baseline, &reason, wait, context),
        BaselineCommand::Diff { before, after, store, source } => diff(&before, &after, &store, source.as_deref(), context),
        BaselineCommand::Export { baseline, output, anonymous } => export(&baseline, &output, anonymous, context),
        BaselineCommand::Import { file, baseline, wait } => import(&file, &baseline, wait, context),
    }
}

/// The baseline in an exported file and a key made from its bytes, so that one file always gives one judgement.
pub(super) fn of_file(file: &Path, source: &Source) -> Result<(HashKey, Baseline)> {
    let bytes = read(file)?;
    if Windows::are_in(&bytes) {
        return Err(Error::Usage(format!(
            "{} is a file of fingerprints; compare it by `logdrift diff`, or put it into a store by `logdrift baseline import`",
            file.display()
        )));
    }
    anonymous::must_not_be(file, &bytes)?;
    let key = HashKey::new(digest(&bytes));
    let windows = of_source(file, &bytes, &key, &source.name)?;
    must_be_alike(Some(&Definition::of(source)), windows.definition.as_ref(), &format!("the baseline {}", file.display()))?;
    let baseline = Baseline::new(&source.name, 0, windows.fingerprints);
    if baseline.windows.is_empty() {
        return Err(Error::Nothing(format!("the baseline {} has no records; export one that has", file.display())));
    }
    Ok((key, baseline))
}

fn read(file: &Path) -> Result<Vec<u8>> {
    std::fs::read(file).map_err(|source| Error::File { action: "read", path: file.to_owned(), source })
}

/// The windows in the bytes of an exported file, or of one of fingerprints.
fn windows_of(file: &Path, bytes: &[u8], key: &HashKey) -> Result<Windows> {
    let said = |reason: String| Error::Usage(format!("{}: {reason}", file.display()));
    if Windows::are_in(bytes) {
        return Windows::from_bytes(bytes).map_err(said);
    }
    let text = super::exported::open(bytes).map_err(said)?;
    from_lines(&text, key).map_err(said)
}

fn of_source(file: &Path, bytes: &[u8], key: &HashKey, source: &str) -> Result<Windows> {
    let windows = windows_of(file, bytes, key)?;
    let name = &windows.source;
    if name == source {
        return Ok(windows);
    }
    Err(Error::Usage(format!(
        "{} is a baseline of the source {name}, not of {source}; give --source {name} or another file",
        file.display()
    )))
}

pub(super) fn nothing_of(store: &StoreArgs, source: &str) -> Error {
    let store = store.store.display();
    if source.is_empty() {
        return Error::Nothing(format!("the store {store} has no baseline yet; make one with `logdrift learn INPUT... --store {store}`"));
    }
    Error::Nothing(format!(
        "the store {store} has no baseline of {source}; make one with `logdrift learn INPUT... --source {source} --store {store}`"
    ))
}

/// The windows of a source's baseline, at least one.
pub(super) fn stored(store: &Store, args: &StoreArgs, source: &str, now: i64) -> Result<Vec<Fingerprint>> {
    let (mut fingerprints, acceptances) = (Vec::new(), store.acceptances(source)?);
    for row in store.windows(source)?.into_iter().filter(|row| row.counts(&acceptances, now)) {
        fingerprints.extend(stored_window(store, source, row.window)?);
    }
    if fingerprints.is_empty() { Err(nothing_of(args, source)) } else { Ok(fingerprints) }
}

fn stored_window(store: &Store, source: &str, window: Window) -> Result<Option<Fingerprint>> {
    let bytes = store.load(source, window)?;
    let decoded = bytes.map(|bytes| Fingerprint::from_bytes(&bytes)).transpose();
    decoded.map_err(|error| Error::Store(format!("window {window} of {source}: {error}")))
}

fn list(args: &StoreArgs, only: Option<&str>, context: &Context) -> Result<Outcome> {
    let store = Store::open(&args.store, Access::Read)?;
    let mut rows = vec![["source", "windows", "records", "from", "to", "bytes", "version"].map(String::from)];
    for name in store.sources()?.into_iter().filter(|name| only.is_none_or(|only| only == name)) {
        let (mut windows, acceptances) = (store.windows(&name)?, store.acceptances(&name)?);
        windows.retain(|row| row.counts(&acceptances, context.now));
        let dated: Vec<Window> = windows.iter().map(|row| row.window).filter(|window| *window != Window::UNDATED).collect();
        let end = |window: Option<&Window>| window.map_or_else(|| Window::UNDATED.to_string(), ToString::to_string);
        rows.push([
            escape_terminal(&name, usize::MAX),
            windows.iter().filter(|row| row.records > 0).count().to_string(),
            windows.iter().map(|row| row.records).sum::<u64>().to_string(),
            end(dated.first()),
            end(dated.last()),
            windows.iter().map(|row| row.bytes).sum::<u64>().to_string(),
            store.version(&name)?.to_string(),
        ]);
    }
    if rows.len() == 1 {
        return Err(nothing_of(args, only.unwrap_or_default()));
    }
    context.out.data(&table(&rows))?;
    Ok(Outcome::Clean)
}

fn show(args: &OneBaseline, context: &Context) -> Result<Outcome> {
    let (store, source) = (Store::open(&args.store.store, Access::Read)?, &args.source);
    let acceptances = store.acceptances(source)?;
    let mut rows = vec![["window", "records", "cohorts", "paths", "bytes", ""].map(String::from)];
    for row in store.windows(source)? {
        let Some(fingerprint) = stored_window(&store, source, row.window)? else { continue };
        let cohorts = fingerprint.cohorts.len().saturating_sub(1);
        rows.push([
            row.window.to_string(),
            row.records.to_string(),
            cohorts.to_string(),
            fingerprint.paths.len().to_string(),
            row.bytes.to_string(),
            standing(&row, row.counts(&acceptances, context.now)),
        ]);
    }
    if rows.len() == 1 {
        return Err(nothing_of(&args.store, source));
    }
    context.out.data(&format!("{}\n{}", table(&rows), changes::listed(&store, source)?))?;
    Ok(Outcome::Clean)
}

/// What is to be said of a window that is not simply part of the baseline.
fn standing(row: &WindowRow, counts: bool) -> String {
    let keys: Vec<&str> = row.under.iter().map(FindingKey::as_str).collect();
    match (row.excluded, counts) {
        (true, _) => "excluded".into(),
        (false, true) if keys.is_empty() => String::new(),
        (false, true) => format!("learnt under the acceptance of {}", keys.join(", ")),
        (false, false) => format!("left with the acceptance of {}", keys.join(", ")),
    }
}

fn diff(before: &str, after: &str, args: &StoreArgs, source: Option<&str>, context: &Context) -> Result<Outcome> {
    let list = |name: &str| -> Result<String> {
        let (source, fingerprints) = named(name, args, source)?;
        Ok(fields::list(&source, fingerprints))
    };
    let (first, second) = (list(before)?, list(after)?);
    if first == second {
        context.out.say(&format!("{before} and {after} do not differ in fields, codes and record types"));
    }
    // A path that is cut tells nothing; on a narrow terminal the lines wrap.
    let longest = first.lines().chain(second.lines()).map(|line| line.chars().count()).max().unwrap_or(0).min(LONGEST_SHOWN);
    let style = Style { width: context.out.style().width.max(2 * longest + 3), ..*context.out.style() };
    context.out.data(&report::side_by_side(&first, &second, &style))?;
    Ok(Outcome::Clean)
}

/// The source and the fingerprints of an exported file, else of the window of this name.
fn named(name: &str, args: &StoreArgs, source: Option<&str>) -> Result<(String, Vec<Fingerprint>)> {
    let file = Path::new(name);
    if file.is_file() {
        let bytes = read(file)?;
        let key = HashKey::new(digest(&bytes));
        return match source {
            Some(source) => of_source(file, &bytes, &key, source),
            None => windows_of(file, &bytes, &key),
        }
        .map(|windows| (windows.source, windows.fingerprints));
    }
    let source =
        source.ok_or_else(|| Error::Usage(format!("{name} is no file; name the source of the window {name} with --source SOURCE")))?;
    let store = Store::open(&args.store, Access::Read)?;
    let windows = store.windows(source)?;
    if windows.is_empty() {
        return Err(nothing_of(args, source));
    }
    let row = windows.iter().find(|row| row.window.to_string() == name);
    let row = row.ok_or_else(|| {
        Error::Nothing(format!("the baseline of {source} has no window {name}; `logdrift baseline show --source {source}` lists them"))
    })?;
    Ok((source.to_owned(), stored_window(&store, source, row.window)?.into_iter().collect()))
}

fn export(args: &OneBaseline, output: &Path, is_anonymous: bool, context: &Context) -> Result<Outcome> {
    let store = Store::open(&args.store.store, Access::Read)?;
    let fingerprints = stored(&store, &args.store, &args.source, context.now)?;
    let (count, definition) = (fingerprints.len(), kept(store.definition(&args.source)?)?);
    let windows = Windows { source: args.source.clone(), definition, key: store.key().id(), fingerprints };
    let text = if is_anonymous { anonymous::lines(&windows) } else { to_lines(&windows) };
    let text = super::exported::seal(&text);
    write_file(output, text.as_bytes())?;
    context.out.say(&format!("wrote {count} windows of {} to {}, {} bytes", args.source, output.display(), text.len()));
    Ok(Outcome::Clean)
}

fn import(file: &Path, args: &OneBaseline, wait: WaitArgs, context: &Context) -> Result<Outcome> {
    let (bytes, source) = (read(file)?, &args.source);
    anonymous::must_not_be(file, &bytes)?;
    // A file that cannot be read, or not be held against the store, must not leave an empty store behind.
    let windows = of_source(file, &bytes, &HashKey::new(digest(&bytes)), source)?;
    if Windows::are_in(&bytes) {
        must_have_key_of(&args.store.store, &FingerprintFile { path: file.to_owned(), windows })?;
    }
    let mut store = Store::open(&args.store.store, Access::Write)?;
    let key = store.key().clone();
    let Windows { definition, fingerprints, .. } = of_source(file, &bytes, &key, source)?;
    let mut ingest = context.begin(&mut store, wait)?;
    must_be_alike(definition.as_ref(), kept(ingest.definition(source)?)?.as_ref(), &format!("the baseline of {source} in the store"))?;
    must_be_missing(&ingest.windows(source)?, &fingerprints, source)?;
    ingest.verify(source)?;
    for fingerprint in &fingerprints {
        learn::put(&mut ingest, source, fingerprint, context)?;
        // The ids of its records stayed behind.
        if fingerprint.records > 0 {
            ingest.close(source, fingerprint.window)?;
        }
    }
    if let Some(definition) = definition {
        ingest.define(source, &definition.to_lines().join("\n"))?;
    }
    let records: u64 = fingerprints.iter().map(|fingerprint| fingerprint.records).sum();
    let what = format!("imported {} windows of {records} records from {}", fingerprints.len(), file.display());
    ingest.note(source, &what, context.by("baseline import"))?;
    ingest.commit()?;
    context.out.say(&what);
    Ok(Outcome::Clean)
}

/// That a store has the key of a file of fingerprints, or will have it when it is made.
fn must_have_key_of(store: &Path, file: &FingerprintFile) -> Result<()> {
    let mut path = store.as_os_str().to_owned();
    path.push(".key");
    let path = PathBuf::from(path);
    match std::fs::read_to_string(&path) {
        Ok(text) => file.must_have_key(HashKey::from_hex(text.trim()).map_or(0, |key| key.id()), store),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !store.exists() => Err(Error::Usage(format!(
            "a new store {} would get a key of its own, with which {} could not be compared; copy the key file of {} to {} first",
            store.display(),
            file.path.display(),
            file.path.display(),
            path.display()
        ))),
        // What is wrong with the key of a store the store says.
        Err(_) => Store::open(store, Access::Read).map(drop),
    }
}

/// That no window with records is there already; what could not be read has no window of its own and is added up.
fn must_be_missing(known: &[WindowRow], fingerprints: &[Fingerprint], source: &str) -> Result<()> {
    let is_there = |window| known.iter().any(|row| row.window == window && row.records > 0);
    let there: Vec<String> = fingerprints
        .iter()
        .filter(|fingerprint| fingerprint.records > 0 && is_there(fingerprint.window))
        .map(|fingerprint| fingerprint.window.to_string())
        .collect();
    if there.is_empty() {
        return Ok(());
    }
    let there = there.join(", ");
    Err(Error::Usage(format!("the baseline of {source} already has the windows {there}; nothing was imported; import into another store")))
}
