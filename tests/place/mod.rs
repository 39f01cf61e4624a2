//! A folder of its own in which the built program runs on made-up logs.

#![allow(dead_code, reason = "each test program that shares this uses its own part of it")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use logdrift::demo::{Tenant, passwordless_rollout, write_lines};
use serde_json::Value;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// The source of the made-up logs.
pub(crate) const SOURCE: [&str; 2] = ["--source", "entra-signin"];
const SEED: u64 = 7;
/// Enough for a dozen refused prompts on one day, few enough to be quick.
const RECORDS_A_DAY: usize = 250;

/// A folder of its own in which the program runs.
pub(crate) struct Place(TempDir);

/// What a run came to.
pub(crate) struct Ran {
    /// The exit code.
    pub(crate) code: i32,
    /// All of stdout.
    pub(crate) out: String,
    /// All of stderr.
    pub(crate) err: String,
}

impl Ran {
    /// It refused: the exit code, nothing on stdout, and all these texts on stderr.
    #[track_caller]
    pub(crate) fn fails(&self, code: i32, texts: &[&str]) {
        assert_eq!((self.code, self.out.as_str()), (code, ""), "{}", self.err);
        self.says(texts);
        assert!(self.err.contains("logdrift: error: "), "{}", self.err);
    }

    /// All these texts are on stderr.
    #[track_caller]
    pub(crate) fn says(&self, texts: &[&str]) {
        for text in texts {
            assert!(self.err.contains(text), "{text:?} is missing in:\n{}", self.err);
        }
    }

    /// It exited with 0.
    #[track_caller]
    pub(crate) fn succeeds(self) -> Self {
        assert_eq!(self.code, 0, "{}", self.err);
        self
    }
}

/// The records of a made-up day.
pub(crate) fn records(day: u32) -> Vec<Value> {
    Tenant::new(SEED, RECORDS_A_DAY).day(day)
}

/// Records as lines of JSON.
pub(crate) fn lines(records: &[Value]) -> Vec<u8> {
    let mut lines = Vec::new();
    write_lines(records, &mut lines).unwrap();
    lines
}

impl Place {
    /// An empty folder.
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A folder with a baseline of some days in `logdrift.db`, learnt from `logs`.
    pub(crate) fn with_baseline(days: u32) -> Self {
        let place = Self::new();
        (0..days).for_each(|day| place.put(&format!("logs/{day}.json"), lines(&records(day))));
        place.run(&["learn", "logs"]).succeeds();
        place
    }

    /// Where a file of this folder lies; the empty name is the folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a file.
    pub(crate) fn put(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        fs::write(self.path(name), bytes).unwrap();
    }

    /// Writes a day of sign-ins.
    pub(crate) fn day(&self, name: &str, day: u32) {
        self.put(name, lines(&records(day)));
    }

    /// Writes the day after two weeks, with refused prompts under a code nobody had seen.
    pub(crate) fn incident(&self, name: &str) {
        let mut day = records(14);
        passwordless_rollout(&mut day, 12, SEED);
        self.put(name, lines(&day));
    }

    /// The program with arguments; the source is added where one is needed and none is named.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_logdrift"));
        command.args(arguments).current_dir(self.0.path()).stdin(Stdio::null());
        // No name of a configuration is none, whatever lies in folders above or at home.
        command.env("LOGDRIFT_CONFIG", "");
        for name in ["LOGDRIFT_STORE", "COLUMNS", "CLICOLOR_FORCE"] {
            command.env_remove(name);
        }
        if arguments.first().is_some_and(|first| ["learn", "check", "diff", "fingerprint"].contains(first))
            && !arguments.contains(&"--source")
        {
            command.args(SOURCE);
        }
        command
    }

    /// Runs the program.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        let output = self.command(arguments).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Ran { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// What the store holds, as the program tells it.
    pub(crate) fn store(&self) -> String {
        let show = [&["baseline", "show"][..], &SOURCE].concat();
        self.run(&["baseline", "list"]).succeeds().out + &self.run(&show).succeeds().out
    }
}
