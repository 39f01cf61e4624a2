//! Finding the file and reading it.

use super::Config;
use crate::error::{Error, Result};
use crate::sources::{explain, place};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// Its name.
const NAME: &str = "logdrift.toml";

/// A file that was read.
#[derive(Clone, Debug, Default)]
pub(in crate::cli) struct Found {
    pub(in crate::cli) config: Config,
    /// Where it lies; none if there is no file.
    pub(in crate::cli) path: Option<PathBuf>,
}

/// The configuration that holds here: the file that `--config` or `LOGDRIFT_CONFIG` names (none if the name is empty), else the
/// first one found upward from the working directory, else that of the user.
pub(in crate::cli) fn find(words: &[OsString]) -> Result<Found> {
    let named = named(words).or_else(|| std::env::var_os("LOGDRIFT_CONFIG"));
    let path = match named {
        Some(path) if path.is_empty() => None,
        Some(path) => Some(PathBuf::from(path)),
        None => upward().or_else(of_user),
    };
    let Some(path) = path else { return Ok(Found::default()) };
    let text = std::fs::read_to_string(&path).map_err(|source| Error::File { action: "read", path: path.clone(), source })?;
    let folder = path.parent().unwrap_or(Path::new("")).to_owned();
    let config = Config::read(&text, &path.display().to_string(), folder).map_err(Error::Usage)?;
    Ok(Found { config, path: Some(path) })
}

/// What stands behind `--config`; the arguments themselves are understood only when the file has been read.
fn named(words: &[OsString]) -> Option<OsString> {
    let mut words = words.iter().skip(1).take_while(|word| *word != "--");
    while let Some(word) = words.next() {
        if word == "--config" {
            return words.next().cloned();
        }
        if let Some(path) = word.to_str().and_then(|word| word.strip_prefix("--config=")) {
            return Some(path.into());
        }
    }
    None
}

/// The nearest file in the working directory and those above it; in the working directory itself by its bare name.
fn upward() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    let there = here.ancestors().map(|folder| folder.join(NAME)).find(|path| path.is_file())?;
    Some(if there.parent() == Some(&here) { NAME.into() } else { there })
}

/// That of the user, as the base directories of XDG say.
fn of_user() -> Option<PathBuf> {
    let folder = |name: &str| std::env::var_os(name).filter(|value| Path::new(value).is_absolute()).map(PathBuf::from);
    let base = folder("XDG_CONFIG_HOME").or_else(|| folder("HOME").map(|home| home.join(".config")))?;
    Some(base.join(OsStr::new("logdrift")).join(NAME)).filter(|path| path.is_file())
}

impl Config {
    /// Reads a configuration; `origin` is the name that errors give the text, `folder` that to which its paths are relative.
    ///
    /// # Errors
    /// `origin:line:column: key: what is wrong; what to do`.
    pub(super) fn read(text: &str, origin: &str, folder: PathBuf) -> std::result::Result<Self, String> {
        let said = |key: Option<&str>, error: &toml::de::Error| {
            explain(origin, error.span().map(|span| place(text, span.start)), key, error.message())
        };
        let reader = toml::Deserializer::parse(text).map_err(|error| said(None, &error))?;
        let mut config: Self = serde_path_to_error::deserialize(reader).map_err(|error| {
            let key = error.path().iter().next().map(|_| error.path().to_string());
            said(key.as_deref(), error.inner())
        })?;
        config.audit.iter_mut().for_each(|audit| audit.folder.clone_from(&folder));
        config.notify.iter_mut().for_each(|target| target.beside(&folder));
        config.folder = folder;
        config.check().map_err(|why| format!("{origin}: {why}"))?;
        Ok(config)
    }
}
