//! What can go wrong at the edges: each error says what failed, on what, and what to do next.

use std::path::PathBuf;

/// Why a command could not do its work. Bad data inside an input is no error but a [`crate::model::Reject`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An input, store or other file could not be opened, read or written.
    #[error("cannot {action} {}: {source}{}", path.display(), hint(action, source))]
    File {
        /// What was tried: `read`, `write`, `create`.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// An input is damaged in a way that leaves the rest of it unreadable.
    #[error("{input} is damaged after {records} records: {reason}; nothing of it was kept")]
    Damaged {
        /// Name of the input.
        input: String,
        /// Records read before the damage.
        records: u64,
        /// What is wrong.
        reason: String,
    },
    /// There is nothing where records were expected.
    #[error("{0}")]
    Nothing(String),
    /// The store cannot be used.
    #[error("{0}")]
    Store(String),
    /// An argument, a source file or a stored text says something that cannot be done.
    #[error("{0}")]
    Usage(String),
}

fn hint(action: &str, error: &std::io::Error) -> &'static str {
    match error.kind() {
        std::io::ErrorKind::NotFound if action == "read" => "; check the spelling, or quote a pattern so that logdrift expands it",
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => "; make the folder first, or name another",
        std::io::ErrorKind::IsADirectory => "; name a file in it",
        std::io::ErrorKind::StorageFull => "; free some room, or choose another place",
        std::io::ErrorKind::PermissionDenied => "; run as a user who may, or choose another place",
        _ => "",
    }
}

/// Shorthand of this crate.
pub type Result<T> = std::result::Result<T, Error>;
