//! The file with the key of a store's hashes, beside the store so that a copied store alone gives no value away.

use super::open::no_baseline;
use super::trouble::{Outcome, Trouble, folder};
use crate::hash::{HashKey, KeyId};
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior};
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Reads the key of a store and makes sure that it is the one its hashes were made with.
pub(super) fn read(conn: &Connection, store: &Path) -> Outcome<HashKey> {
    let file = beside(store, ".key");
    let Some(id) = stored_id(conn)? else {
        // A learner was killed before the store had a key.
        return Err(no_baseline(store, "is empty"));
    };
    let Some(key) = read_file(&file)? else {
        return Err(Trouble::Says(format!(
            "lacks its key file {}, without which none of its values can be compared; \
             put the file back from where the store came from, or learn into a new store",
            file.display()
        )));
    };
    if id != key.id() {
        return Err(Trouble::Says(format!(
            "was made with another key than the one in {}; put the right key file back, or learn into a new store",
            file.display()
        )));
    }
    Ok(key)
}

/// Gives a new store its key: the one in the key file if there is one (a killed process left it), or a random one.
pub(super) fn make(conn: &Connection, store: &Path) -> Outcome<()> {
    if stored_id(conn)?.is_some() {
        return Ok(());
    }
    // The lock keeps two processes that create the same store from making two keys.
    let step = Transaction::new_unchecked(conn, TransactionBehavior::Immediate)?;
    if stored_id(&step)?.is_none() {
        let file = beside(store, ".key");
        let key = match read_file(&file)? {
            Some(key) => key,
            None => create_file(&file).map_err(|error| forbidden("created", &file, &error))?,
        };
        step.execute("INSERT INTO meta (name, value) VALUES ('key_id', ?1)", [key.id().cast_signed()])?;
    }
    Ok(step.commit()?)
}

fn stored_id(conn: &Connection) -> Outcome<Option<KeyId>> {
    let id = conn.query_row("SELECT value FROM meta WHERE name = 'key_id'", [], |row| row.get::<_, i64>(0)).optional()?;
    Ok(id.map(i64::cast_unsigned))
}

fn read_file(file: &Path) -> Outcome<Option<HashKey>> {
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(forbidden("read", file, &error)),
    };
    let key = from_hex(text.trim()).ok_or_else(|| {
        Trouble::Says(format!(
            "has a damaged key file {}: it must hold 64 hexadecimal digits; put the right key file back, or learn into a new store",
            file.display()
        ))
    })?;
    Ok(Some(HashKey::new(key)))
}

/// Written beside and renamed: a killed process leaves a whole key file or none.
fn create_file(file: &Path) -> io::Result<HashKey> {
    let key = HashKey::random()?;
    let draft = beside(file, ".new");
    match fs::remove_file(&draft) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut out = owner_only().open(&draft)?;
    writeln!(out, "{}", to_hex(key.bytes()))?;
    out.sync_all()?;
    fs::rename(&draft, file)?;
    // A store that survives a power cut without its key would be lost; where folders cannot be synced this is skipped.
    if let Ok(folder) = File::open(folder(file)) {
        let _ = folder.sync_all();
    }
    Ok(key)
}

/// How files of a store are created: new, and for nobody but the owner.
pub(super) fn owner_only() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// The path with something put at its end.
pub(super) fn beside(path: &Path, end: &str) -> PathBuf {
    let mut text = OsString::from(path);
    text.push(end);
    text.into()
}

fn forbidden(action: &str, file: &Path, error: &io::Error) -> Trouble {
    Trouble::Says(format!("needs its key file {}, which cannot be {action} ({error}); see to its permissions", file.display()))
}

fn to_hex(bytes: &[u8; 32]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(text: &str) -> Option<[u8; 32]> {
    if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let mut bytes = [0; 32];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).ok()?;
    }
    Some(bytes)
}
