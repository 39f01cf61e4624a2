//! Exports that tell nothing of whose logs were learnt.

use crate::error::{Error, Result};
use crate::fingerprint::{Windows, is_anonymous, to_anonymous_lines};
use crate::model::FieldPath;
use crate::sources::{DimensionKind, Role, Source};
use std::path::Path;

/// Some windows as an anonymous export. Of a source that logdrift does not bring nothing says which words are the vendor's, so all
/// are left out.
pub(super) fn lines(windows: &Windows) -> String {
    let known = Source::named(&windows.source);
    to_anonymous_lines(windows, &|field, path| known.as_ref().is_some_and(|source| is_of_the_vendor(source, field, path)))
}

/// Whether what stands in a field is the vendor's: a result code, a record type or one of its closed sets.
fn is_of_the_vendor(source: &Source, field: &str, path: &FieldPath) -> bool {
    let is = |path: &FieldPath| {
        let has = |role| source.fields_of(role).contains(path);
        has(Role::Code) || has(Role::RecordType) || source.keeps_words(path)
    };
    match source.dimensions().iter().find(|dimension| dimension.name == field) {
        Some(dimension) => dimension.kind != DimensionKind::Other || dimension.paths.iter().any(is),
        None => field.is_empty() && is(path),
    }
}

/// That a file is none of them.
pub(super) fn must_not_be(file: &Path, bytes: &[u8]) -> Result<()> {
    let first = bytes.split(|&byte| byte == b'\n').next().unwrap_or_default();
    if !is_anonymous(&String::from_utf8_lossy(first)) {
        return Ok(());
    }
    Err(Error::Usage(format!(
        "{} is an anonymous export: without actors nothing tells chance from drift, so it is no baseline; compare it by \
         `logdrift baseline diff`, or export again without --anonymous",
        file.display()
    )))
}
