//! `logdrift demo`: the whole job on logs made up on the spot.

use super::args::{CheckArgs, Cli, Command, LearnArgs};
use super::output::write_file;
use super::{Context, Outcome, check, learn};
use crate::demo::{Tenant, passwordless_rollout, write_lines};
use crate::error::{Error, Result};
use std::fs;
use std::path::{Path, PathBuf};

const SEED: u64 = 2023;
const RECORDS_A_DAY: usize = 400;
/// Two weeks, Monday to Sunday.
const DAYS: u32 = 14;
/// Refused prompts that the roll-out turns into the new code.
const REFUSED: usize = 12;

/// Makes two weeks and the day after, learns the weeks, checks the day. The logs stay if a folder for them was named.
pub(super) fn run(write: Option<&Path>, context: &Context) -> Result<Outcome> {
    let made = Made::new(write)?;
    let tenant = Tenant::new(SEED, RECORDS_A_DAY);
    let mut logs = Vec::new();
    for day in 0..DAYS {
        logs.push(made.log(&format!("signins-{day:02}.ndjson"), &tenant.day(day))?);
    }
    let mut after = tenant.day(DAYS);
    passwordless_rollout(&mut after, REFUSED, SEED);
    let after = made.log("signins-after-roll-out.ndjson", &after)?;
    context.out.say(&format!(
        "made up {DAYS} days of sign-ins of a small company, and the day after it switched passwordless sign-in on, when {REFUSED} refused \
         prompts came with a code nobody had seen"
    ));
    let store = made.folder.join("logdrift.db");
    made.key()?;
    learn::run(&learn_args(&logs, &store)?, context)?;
    let outcome = check::run(&check_args(&after, &store)?, context)?.outcome;
    if let Some(folder) = write {
        let folder = folder.display();
        context.out.say(&format!("the logs and the baseline are in {folder}; try `logdrift check {folder}/signins-after-roll-out.ndjson --source entra-signin --store {folder}/logdrift.db`"));
    }
    // Drift is what the demo is about, not a failure of it.
    Ok(if outcome == Outcome::Drift { Outcome::Clean } else { outcome })
}

fn arguments(words: &[&str], paths: &[&Path]) -> Result<Command> {
    let words = words.iter().map(|word| (*word).into()).chain(paths.iter().map(|path| path.as_os_str().to_owned()));
    Ok(Cli::read(words).map_err(|error| Error::Usage(error.to_string()))?.command)
}

fn learn_args(logs: &[PathBuf], store: &Path) -> Result<LearnArgs> {
    let paths: Vec<&Path> = [Path::new("--store"), store].into_iter().chain(logs.iter().map(PathBuf::as_path)).collect();
    match arguments(&["logdrift", "learn", "--source", "entra-signin"], &paths)? {
        Command::Learn(args) => Ok(args),
        _ => Err(Error::Usage("the demo could not learn".into())),
    }
}

fn check_args(log: &Path, store: &Path) -> Result<CheckArgs> {
    match arguments(&["logdrift", "check", "--source", "entra-signin"], &[Path::new("--store"), store, log])? {
        Command::Check(args) => Ok(args),
        _ => Err(Error::Usage("the demo could not check".into())),
    }
}

/// The folder in which the demo works; one of its own goes when the demo ends.
struct Made {
    folder: PathBuf,
    passing: bool,
}

impl Made {
    fn new(write: Option<&Path>) -> Result<Self> {
        let passing = std::env::temp_dir().join(format!("logdrift-demo-{}", std::process::id()));
        let folder = write.map_or(passing, Path::to_owned);
        fs::create_dir_all(&folder).map_err(|source| Error::File { action: "create", path: folder.clone(), source })?;
        Ok(Self { folder, passing: write.is_none() })
    }

    /// A key of its own beside the store, so that the demo says the same to everybody; made-up logs have nothing to hide.
    fn key(&self) -> Result<()> {
        write_file(&self.folder.join("logdrift.db.key"), format!("{}\n", "0".repeat(64)).as_bytes())
    }

    fn log(&self, name: &str, records: &[serde_json::Value]) -> Result<PathBuf> {
        let path = self.folder.join(name);
        let mut bytes = Vec::new();
        let written = write_lines(records, &mut bytes).and_then(|()| fs::write(&path, bytes));
        written.map_err(|source| Error::File { action: "write", path: path.clone(), source })?;
        Ok(path)
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        if self.passing {
            // A folder that cannot be removed is the system's to clean up.
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}
