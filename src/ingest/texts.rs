//! Every file below a folder as a text: how files that are no logs are read.

use crate::error::{Error, Result};
use std::fs;
use std::path::Path;
use walkdir::WalkDir;

/// Largest file that is taken for a text, bytes: rules are written by people.
const MAX_BYTES: u64 = 4 << 20;

/// Texts, and what could not be read as one.
#[derive(Debug, Default)]
pub struct Texts {
    /// Names below the folder, with `/` between the parts, and contents, in the order of the names.
    pub files: Vec<(String, String)>,
    /// Names of what was left out, and why.
    pub refused: Vec<(String, String)>,
}

/// The texts below a folder, or of the one file that is named. Hidden files do not count; links are followed, and one that leads
/// back to itself or nowhere is refused, as is a file that is too large or not UTF-8.
///
/// # Errors
/// The folder or file itself cannot be read.
pub fn texts(root: &Path) -> Result<Texts> {
    let metadata = fs::metadata(root).map_err(|source| Error::File { action: "read", path: root.to_owned(), source })?;
    let mut found = Texts::default();
    if !metadata.is_dir() {
        let name = root.file_name().map_or_else(|| root.display().to_string(), |name| name.to_string_lossy().into_owned());
        found.add(root, name);
        return Ok(found);
    }
    fs::read_dir(root).map_err(|source| Error::File { action: "read", path: root.to_owned(), source })?;
    let visible = |entry: &walkdir::DirEntry| entry.depth() == 0 || !entry.file_name().as_encoded_bytes().starts_with(b".");
    for entry in WalkDir::new(root).follow_links(true).sort_by_file_name().into_iter().filter_entry(visible) {
        match entry {
            Ok(entry) if entry.file_type().is_file() => found.add(entry.path(), name_below(root, entry.path())),
            Ok(_) => {}
            Err(error) => {
                let name = error.path().map_or_else(String::new, |path| name_below(root, path));
                let why = if error.loop_ancestor().is_some() { "a link that leads back to itself".to_owned() } else { plain(&error) };
                found.refused.push((name, why));
            }
        }
    }
    found.files.sort();
    Ok(found)
}

fn name_below(root: &Path, path: &Path) -> String {
    let parts = path.strip_prefix(root).unwrap_or(path).components();
    parts.map(|part| part.as_os_str().to_string_lossy().into_owned()).collect::<Vec<_>>().join("/")
}

fn plain(error: &walkdir::Error) -> String {
    error.io_error().map_or_else(|| "cannot be read".to_owned(), |error| format!("cannot be read: {error}"))
}

impl Texts {
    fn add(&mut self, path: &Path, name: String) {
        match read(path) {
            Ok(text) => self.files.push((name, text)),
            Err(why) => self.refused.push((name, why)),
        }
    }
}

fn read(path: &Path) -> std::result::Result<String, String> {
    let length = fs::metadata(path).map_err(|error| format!("cannot be read: {error}"))?.len();
    if length > MAX_BYTES {
        return Err(format!("{length} bytes, which is more than the {MAX_BYTES} that a file of rules may have"));
    }
    let bytes = fs::read(path).map_err(|error| format!("cannot be read: {error}"))?;
    let text = String::from_utf8(bytes).map_err(|error| format!("not UTF-8 from byte {} on", error.utf8_error().valid_up_to()))?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_a_text_is_named_and_the_rest_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("b")).unwrap();
        fs::write(at("b/z.kql"), "\u{feff}SigninLogs").unwrap();
        fs::write(at("a.kql"), "x").unwrap();
        fs::write(at("latin.kql"), b"caf\xe9").unwrap();
        fs::write(at(".hidden"), "x").unwrap();
        fs::File::create(at("large.kql")).unwrap().set_len(MAX_BYTES + 1).unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(folder.path(), at("b/round")).unwrap();
        let found = texts(folder.path()).unwrap();
        assert_eq!(found.files, [("a.kql".into(), "x".into()), ("b/z.kql".into(), "SigninLogs".into())]);
        let refused: Vec<_> = found.refused.iter().map(|(name, why)| (name.as_str(), why.split(' ').next().unwrap())).collect();
        let expected = [("b/round", "a"), ("large.kql", "4194305"), ("latin.kql", "not")];
        assert_eq!(refused, if cfg!(unix) { &expected[..] } else { &expected[1..] });
        assert!(texts(&at("missing")).is_err());
        assert_eq!(texts(&at("a.kql")).unwrap().files, [("a.kql".to_owned(), "x".to_owned())]);
    }
}
