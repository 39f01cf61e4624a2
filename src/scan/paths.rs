//! The paths seen so far, each with a small number.

use crate::model::FieldPath;

/// Number of a path within one scanner; parents have smaller numbers than their children.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PathId(pub u32);

impl PathId {
    /// The record itself.
    pub const ROOT: Self = Self(0);

    /// As an index.
    #[inline]
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// The paths of one scanner.
#[derive(Debug, Default)]
pub struct Paths {
    parents: Vec<PathId>,
    names: Vec<FieldPath>,
}

impl Paths {
    /// Number of paths, the root among them.
    #[must_use]
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether no record was scanned yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The path of a number.
    #[must_use]
    pub fn name(&self, id: PathId) -> Option<&FieldPath> {
        self.names.get(id.index())
    }

    /// The container that a path stands in; the root stands in itself.
    #[must_use]
    pub fn parent(&self, id: PathId) -> PathId {
        self.parents.get(id.index()).copied().unwrap_or(PathId::ROOT)
    }
}
