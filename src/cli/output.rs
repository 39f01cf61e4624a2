//! Where words go: data to stdout, everything else to stderr, reports to files by their names.

use super::args::{Global, OutputArgs};
use super::terminal;
use crate::error::{Error, Result};
use crate::report::{self, Format, Report, Style};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// The ways out.
pub(super) struct Output {
    quiet: bool,
    style: Style,
    progress: bool,
    /// Whether reports that are for no file go to stdout.
    reports: bool,
}

impl Output {
    pub(super) fn new(global: &Global) -> Self {
        let columns = std::env::var("COLUMNS").ok();
        Self {
            quiet: global.quiet,
            style: terminal::style(global.color, &io::stdout(), columns.as_deref()),
            progress: !global.quiet && !global.no_progress,
            reports: true,
        }
    }

    /// Leaves stdout to summaries where the user asked for silence.
    pub(super) fn summaries_only(&mut self) {
        self.reports = !self.quiet;
    }

    /// Whether long work may show how far it has got.
    pub(super) fn shows_progress(&self) -> bool {
        self.progress
    }

    pub(super) fn style(&self) -> &Style {
        &self.style
    }

    /// A sentence for people, on stderr; not with `--quiet`.
    pub(super) fn say(&self, text: &str) {
        if !self.quiet {
            say(text);
        }
    }

    /// Why the command failed, on stderr.
    pub(super) fn say_error(&self, error: &Error) {
        say_error(error);
    }

    /// What went wrong beside the command's own work, on stderr, also with `--quiet`.
    pub(super) fn warn(&self, text: &str) {
        say(&format!("warning: {text}"));
    }

    /// Data, on stdout. A reader that closed the pipe has seen enough.
    pub(super) fn data(&self, text: &str) -> Result<()> {
        match io::stdout().lock().write_all(text.as_bytes()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(Error::File { action: "write", path: "standard output".into(), source: error })
            }
            _ => Ok(()),
        }
    }

    /// A report: to the files named, each in the format of its name, else to stdout.
    pub(super) fn report(&self, report: &Report, args: &OutputArgs) -> Result<()> {
        for path in &args.output {
            let format = args.format_of(path).map_err(Error::Usage)?;
            // A file has no colours and the width of a page.
            let text = (format.render)(report, &Style { color: false, width: 100 })?;
            write_file(path, text.as_bytes())?;
        }
        if args.output.is_empty() && self.reports { self.data(&self.rendered(report, args.format())?) } else { Ok(()) }
    }

    fn rendered(&self, report: &Report, format: &Format) -> Result<String> {
        (format.render)(report, &self.style)
    }
}

/// Why the command failed, on stderr.
pub(super) fn say_error(error: &Error) {
    say(&format!("error: {error}"));
}

/// A sentence on stderr; what it quotes of the input is made inert. There is nobody left to tell if stderr is closed.
fn say(text: &str) {
    let _ = writeln!(io::stderr().lock(), "logdrift: {}", report::escape_terminal(text, usize::MAX));
}

/// Rows in columns as wide as their widest cell, two blanks between them.
pub(super) fn table<const N: usize>(rows: &[[String; N]]) -> String {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: [usize; N] = std::array::from_fn(width);
    let line = |row: &[String; N]| row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}  ")).collect::<String>();
    rows.iter().map(|row| line(row).trim_end().to_owned() + "\n").collect()
}

/// Writes a file that others may read, as far as the user lets them, in the same way.
pub(super) fn write_shared(path: &Path, bytes: &[u8]) -> Result<()> {
    write(path, bytes, 0o666)
}

/// Writes a whole file, readable by its owner alone, so that a reader sees the old one or the new one. What is no plain file (a
/// device, a pipe) is written to, not replaced; so is a link's target.
pub(super) fn write_file(path: &Path, bytes: &[u8]) -> Result<()> {
    write(path, bytes, 0o600)
}

fn write(path: &Path, bytes: &[u8], mode: u32) -> Result<()> {
    let failed = |source| Error::File { action: "write", path: path.to_owned(), source };
    must_take_a_file(path)?;
    if is_special(path) {
        let written = std::fs::OpenOptions::new().write(true).open(path).and_then(|mut file| file.write_all(bytes));
        return written.map_err(failed);
    }
    let (target, beside) = drafted(path);
    let written = open(&beside, mode).and_then(|mut file| file.write_all(bytes)).and_then(|()| std::fs::rename(&beside, target));
    if written.is_err() {
        // What is left of a failed attempt is of no use; the error that counts is the first.
        let _ = std::fs::remove_file(&beside);
    }
    written.map_err(failed)
}

/// That files of these names can be written, and are not one, before the work is done whose outcome they are to hold.
pub(super) fn must_be_writable(outputs: &[PathBuf]) -> Result<()> {
    for (at, path) in outputs.iter().enumerate() {
        if let Some(other) = outputs[..at].iter().find(|other| target(other) == target(path)) {
            let (other, path) = (other.display(), path.display());
            return Err(Error::Usage(format!("--output {other} and --output {path} are one file; give each report a file of its own")));
        }
        must_take_a_file(path)?;
        let (_, beside) = drafted(path);
        if !is_special(path) {
            let tried = open(&beside, 0o600).and_then(|_| std::fs::remove_file(&beside));
            tried.map_err(|source| Error::File { action: "write", path: path.clone(), source })?;
        }
    }
    Ok(())
}

/// That no folder and no store stands where a file is to be written.
fn must_take_a_file(path: &Path) -> Result<()> {
    if path.is_dir() {
        let source = io::ErrorKind::IsADirectory.into();
        return Err(Error::File { action: "write", path: path.to_owned(), source });
    }
    if !is_special(path) && std::fs::File::open(path).is_ok_and(|mut file| is_store(&mut file)) {
        return Err(Error::Usage(format!("{} is a store and would be overwritten; name another output", path.display())));
    }
    Ok(())
}

fn is_special(path: &Path) -> bool {
    // `/dev/stdout` may lead to a plain file, which others have open.
    path.starts_with("/dev") || std::fs::metadata(path).is_ok_and(|about| !about.is_file() && !about.is_dir())
}

/// The file that a path leads to, the same for all paths that do, also before it is there.
fn target(path: &Path) -> PathBuf {
    let folder = path.parent().map_or(Path::new("."), |folder| if folder.as_os_str().is_empty() { Path::new(".") } else { folder });
    let beside = || Some(folder.canonicalize().ok()?.join(path.file_name()?));
    path.canonicalize().ok().or_else(beside).unwrap_or_else(|| path.to_owned())
}

/// The file that a path leads to, and the one beside it in which it is written first.
fn drafted(path: &Path) -> (PathBuf, PathBuf) {
    let target = target(path);
    let mut beside = target.as_os_str().to_owned();
    beside.push(format!(".{}.part", std::process::id()));
    (target, beside.into())
}

/// Whether a file begins as SQLite's do.
fn is_store(file: &mut std::fs::File) -> bool {
    let mut start = [0; 15];
    io::Read::read_exact(file, &mut start).is_ok() && &start == b"SQLite format 3"
}

fn open(path: &Path, mode: u32) -> io::Result<std::fs::File> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    #[cfg(not(unix))]
    let _ = mode;
    options.open(path)
}
