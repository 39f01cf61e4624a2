//! What can go wrong inside the store, and how it is told to the user.

use crate::error::Error;
use rusqlite::{ErrorCode, ffi};
use std::path::Path;

/// A failure below the public face of the store, which alone knows the path to name.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The database refused.
    Sql(rusqlite::Error),
    /// A sentence whose subject is the store: "is of a newer version; upgrade logdrift".
    Says(String),
}

/// Shorthand inside the store.
pub(super) type Outcome<T> = Result<T, Trouble>;

impl From<rusqlite::Error> for Trouble {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(error)
    }
}

impl Trouble {
    /// Stored bytes that are no longer what was written.
    pub(super) fn damaged(what: impl std::fmt::Display) -> Self {
        Self::Says(format!("is damaged: {what} is not what was written; restore the store from a backup, or learn into a new one"))
    }

    /// Whether another process holds the lock that was wanted.
    pub(super) fn is_locked(&self) -> bool {
        matches!(self.code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
    }

    /// Whether the system did not let the database open or write a file.
    pub(super) fn is_forbidden(&self) -> bool {
        matches!(self.code(), Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied))
    }

    /// The error for the user, about the store at `path`.
    pub(super) fn about(self, path: &Path) -> Error {
        let sentence = match self {
            Self::Says(sentence) => sentence,
            Self::Sql(ref error) => self.sentence(error, folder(path)),
        };
        Error::Store(format!("the store {} {sentence}", path.display()))
    }

    fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Sql(error) => error.sqlite_error_code(),
            Self::Says(_) => None,
        }
    }

    /// What the system refused to the database.
    fn detail(&self) -> &'static str {
        let extended = match self {
            Self::Sql(error) => error.sqlite_error().map_or(0, |error| error.extended_code),
            Self::Says(_) => 0,
        };
        match extended {
            ffi::SQLITE_IOERR_WRITE => "a write failed",
            ffi::SQLITE_IOERR_SHMSIZE | ffi::SQLITE_IOERR_SHMMAP | ffi::SQLITE_IOERR_SHMOPEN => "the -shm file beside it cannot be made",
            ffi::SQLITE_IOERR_FSYNC | ffi::SQLITE_IOERR_DIR_FSYNC => "the disk did not take what was written",
            ffi::SQLITE_IOERR_READ | ffi::SQLITE_IOERR_SHORT_READ => "a read failed",
            _ => "the system refused",
        }
    }

    fn sentence(&self, error: &rusqlite::Error, folder: &Path) -> String {
        if self.is_locked() {
            // SQLite takes a lock that the file system refuses for one that another holds.
            return "is being written by another logdrift (try again when that is done), or lies where files cannot be locked, as on some \
                    network drives (put it on a local disk)"
                .into();
        }
        if self.is_forbidden() {
            let folder = folder.display();
            return format!("cannot be used ({error}); see to it that you may read and write its files and the folder {folder}");
        }
        match self.code() {
            Some(ErrorCode::NotADatabase) => "is no logdrift store but some other file, which was left alone; check the path".into(),
            Some(ErrorCode::DatabaseCorrupt) => {
                format!("is damaged ({error}); restore it from a backup, or learn into a new store")
            }
            Some(ErrorCode::DiskFull) => format!("does not fit: no room is left in {}; free some and try again", folder.display()),
            Some(ErrorCode::SystemIoFailure) => format!(
                "cannot be written or read ({error}: {}); see whether room is left in {}, whether a quota or a limit on the size of files is \
                 reached, and whether the disk is sound; nothing of this run was kept",
                self.detail(),
                folder.display()
            ),
            _ => format!("cannot be used ({error}); if this stays so, restore it from a backup, or learn into a new store"),
        }
    }
}

/// The folder a store lies in.
pub(super) fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}
