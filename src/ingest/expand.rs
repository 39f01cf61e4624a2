//! What the user names, as a list of inputs.

use super::Input;
use crate::error::{Error, Result};
use globset::GlobBuilder;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use walkdir::{DirEntry, WalkDir};

/// Signs that make a name a pattern.
const PATTERN: [char; 4] = ['*', '?', '[', '{'];

/// The inputs that the arguments name, in their order and each once: a file, a directory (all files in it, sorted by name,
/// without hidden ones), a pattern (if no file has that very name), or `-` for standard input.
///
/// # Errors
/// An argument that names nothing, and directories that cannot be read.
pub fn expand(arguments: &[String]) -> Result<Vec<Input>> {
    let mut found = Found::default();
    for argument in arguments {
        let path = Path::new(argument);
        if argument == "-" {
            found.add_input(Input::Stdin, PathBuf::from("-"));
        } else if path.exists() || !argument.contains(PATTERN) {
            found.add(path)?;
        } else {
            found.add_pattern(argument)?;
        }
    }
    Ok(found.inputs)
}

#[derive(Default)]
struct Found {
    inputs: Vec<Input>,
    seen: HashSet<PathBuf>,
}

impl Found {
    fn add_input(&mut self, input: Input, identity: PathBuf) {
        if self.seen.insert(identity) {
            self.inputs.push(input);
        }
    }

    fn add_file(&mut self, path: PathBuf) {
        let identity = path.canonicalize().unwrap_or_else(|_| path.clone());
        self.add_input(Input::File(path), identity);
    }

    fn add(&mut self, path: &Path) -> Result<()> {
        let metadata = std::fs::metadata(path).map_err(|source| Error::File { action: "read", path: path.to_owned(), source })?;
        if !metadata.is_dir() {
            self.add_file(path.to_owned());
            return Ok(());
        }
        let files: Vec<PathBuf> = walk(path, usize::MAX)?.into_iter().filter(is_file).map(DirEntry::into_path).collect();
        if files.is_empty() {
            return Err(Error::Nothing(format!("{} holds no files (hidden ones do not count); name another directory", path.display())));
        }
        files.into_iter().for_each(|file| self.add_file(file));
        Ok(())
    }

    fn add_pattern(&mut self, argument: &str) -> Result<()> {
        let (base, rest) = split(argument);
        let glob = GlobBuilder::new(rest).literal_separator(true).build();
        let glob = glob.map_err(|error| Error::Usage(format!("{argument}: {}; quote or correct the pattern", error.kind())))?;
        let matcher = glob.compile_matcher();
        let depth = if rest.contains("**") { usize::MAX } else { rest.matches('/').count() + 1 };
        let root = if base.is_empty() { "." } else { base };
        let mut matched = false;
        for entry in if Path::new(root).is_dir() { walk(Path::new(root), depth)? } else { Vec::new() } {
            let name = entry.path().strip_prefix(root).unwrap_or(entry.path());
            if is_file(&entry) && matcher.is_match(name) {
                self.add_file(Path::new(base).join(name));
                matched = true;
            }
        }
        if matched {
            return Ok(());
        }
        Err(Error::Nothing(format!(
            "{argument} is no file, and no file matches it as a pattern (hidden ones do not count); check the spelling"
        )))
    }
}

/// The directory part of a pattern that has no signs, and the rest.
fn split(pattern: &str) -> (&str, &str) {
    let first = pattern.find(PATTERN).unwrap_or(pattern.len());
    let base = pattern[..first].rfind('/').map_or(0, |slash| slash + 1);
    pattern.split_at(base)
}

fn is_file(entry: &DirEntry) -> bool {
    entry.file_type().is_file()
}

/// All below a directory, sorted by name. Links are followed, so that a file is found under whatever name it was put there; what
/// leads back to itself, or nowhere, is left out.
fn walk(root: &Path, depth: usize) -> Result<Vec<DirEntry>> {
    let visible = |entry: &DirEntry| entry.depth() == 0 || !entry.file_name().as_encoded_bytes().starts_with(b".");
    let mut entries = Vec::new();
    for entry in WalkDir::new(root).follow_links(true).max_depth(depth).sort_by_file_name().into_iter().filter_entry(visible) {
        match entry {
            Ok(entry) => entries.push(entry),
            Err(error) if error.loop_ancestor().is_some() || is_dangling(&error) => {}
            Err(error) => {
                let path = error.path().unwrap_or(root).to_owned();
                let source = error.into_io_error().unwrap_or_else(|| std::io::Error::other("the directory cannot be walked"));
                return Err(Error::File { action: "read", path, source });
            }
        }
    }
    Ok(entries)
}

fn is_dangling(error: &walkdir::Error) -> bool {
    error.path().is_some_and(Path::is_symlink)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn names(arguments: &[&str], root: &Path) -> Vec<String> {
        let arguments: Vec<String> = arguments.iter().map(|&name| if name == "-" { name.into() } else { at(root, name) }).collect();
        let strip = |input: &Input| input.to_string().replace(&at(root, ""), "");
        expand(&arguments).unwrap().iter().map(strip).collect()
    }

    fn at(root: &Path, name: &str) -> String {
        format!("{}/{name}", root.display())
    }

    fn tree() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for name in ["b.json", "a.json", "sub/c.json", "sub/deep/d.json", "sub/.e.json", ".git/f.json", "x[1].json", "x1.json", "n.txt"] {
            let path = root.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "{}").unwrap();
        }
        fs::create_dir(root.path().join("empty")).unwrap();
        root
    }

    #[test]
    fn directories_give_their_files_sorted_and_without_hidden_ones() {
        let root = tree();
        assert_eq!(names(&["sub"], root.path()), ["sub/c.json", "sub/deep/d.json"]);
        assert_eq!(names(&[""], root.path()), ["a.json", "b.json", "n.txt", "sub/c.json", "sub/deep/d.json", "x1.json", "x[1].json"]);
    }

    #[test]
    fn patterns_match_like_a_shell_and_a_file_of_that_name_goes_first() {
        let root = tree();
        assert_eq!(names(&["?.json"], root.path()), ["a.json", "b.json"]);
        assert_eq!(names(&["s*/*.json"], root.path()), ["sub/c.json"]);
        assert_eq!(names(&["**/{c,d}.json"], root.path()), ["sub/c.json", "sub/deep/d.json"]);
        assert_eq!(names(&["x[1].json"], root.path()), ["x[1].json"]);
        assert_eq!(names(&["x[0-9].json"], root.path()), ["x1.json"]);
    }

    #[test]
    fn what_is_named_twice_counts_once() {
        let root = tree();
        assert_eq!(
            names(&["b.json", "-", "sub/../b.json", "*.json", "-"], root.path()),
            ["b.json", "standard input", "a.json", "x1.json", "x[1].json"]
        );
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_but_not_round_and_round() {
        let root = tree();
        std::os::unix::fs::symlink(root.path().join("sub"), root.path().join("empty/link")).unwrap();
        std::os::unix::fs::symlink(root.path().join("empty"), root.path().join("sub/back")).unwrap();
        std::os::unix::fs::symlink(root.path().join("gone"), root.path().join("empty/gone")).unwrap();
        assert_eq!(names(&["empty"], root.path()), ["empty/link/c.json", "empty/link/deep/d.json"]);
    }

    #[test]
    fn what_names_nothing_is_said() {
        let root = tree();
        let message = |name: &str| expand(&[at(root.path(), name)]).unwrap_err().to_string().replace(&at(root.path(), ""), "");
        assert_eq!(
            message("none.json"),
            "cannot read none.json: No such file or directory (os error 2); check the spelling, or quote a pattern so that logdrift expands it"
        );
        assert_eq!(
            message("*.csv"),
            "*.csv is no file, and no file matches it as a pattern (hidden ones do not count); check the spelling"
        );
        assert_eq!(message("empty"), "empty holds no files (hidden ones do not count); name another directory");
        assert!(message("[.json").starts_with("[.json: "), "{}", message("[.json"));
    }
}
