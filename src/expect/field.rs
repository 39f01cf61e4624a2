//! Which places of a record a field of a manifest may stand at, in any shape of the log.

use crate::model::FieldPath;
use crate::sources::{Source, nearest};

/// How good a place is for a field; the smallest is the best.
pub(super) type Rank = (usize, u8);

/// A field as a manifest names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field {
    /// As the manifest spells it.
    pub(super) name: String,
    /// The path itself, where it is one.
    exact: Option<FieldPath>,
    /// As the lists of the source spell them, the best one first.
    alternatives: Vec<FieldPath>,
}

impl Field {
    /// A path, or a name that the source gives to fields.
    pub(super) fn of(path: &FieldPath, source: &Source) -> Self {
        let name = path.to_string();
        let named = source.named_fields(&name);
        if named.is_empty() {
            Self { name, exact: Some(path.clone()), alternatives: vec![source.bare(path)] }
        } else {
            Self { name, exact: None, alternatives: named }
        }
    }

    /// A name that the source must know.
    pub(super) fn named(name: &str, source: &Source) -> Result<Self, String> {
        let alternatives = source.named_fields(name);
        if alternatives.is_empty() {
            let known = source.field_names();
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            let hint = nearest(name, &known).map_or_else(String::new, |hint| format!(" ({hint})"));
            return Err(format!("source {} has no field called {name}{hint}; name its path under where or equal", source.name));
        }
        Ok(Self { name: name.to_owned(), exact: None, alternatives })
    }

    /// How good a path is for this field; `None` for the path of another field.
    pub(super) fn rank(&self, path: &FieldPath, source: &Source) -> Option<Rank> {
        if self.exact.as_ref() == Some(path) {
            return Some((0, 0));
        }
        let bare = source.bare(path);
        let place = self.alternatives.iter().position(|alternative| *alternative == bare)?;
        Some((place, if source.is_enveloped(path) { 1 } else { 2 }))
    }
}
