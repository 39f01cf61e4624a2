//! The paths seen so far, each with a small number.

use super::MAX_PATHS;
use crate::model::{FieldPath, Segment};

/// Number of a path within one scanner; parents have smaller numbers than their children.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PathId(pub u32);

impl PathId {
    /// The record itself.
    pub const ROOT: Self = Self(0);

    /// A path that did not fit into the path space any more.
    pub(super) const LOST: Self = Self(u32::MAX);

    /// As an index.
    #[inline]
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// Bytes that all paths may take together, so that hostile keys cannot fill the memory.
const MAX_BYTES: usize = 64 << 20;

/// The paths of one scanner: the root, the paths of its roles, then all others in the order they were first seen.
#[derive(Debug, Default)]
pub struct Paths {
    parents: Vec<PathId>,
    names: Vec<FieldPath>,
    bytes: usize,
}

impl Paths {
    /// The root alone.
    pub(super) fn with_root() -> Self {
        Self { parents: vec![PathId::ROOT], names: vec![FieldPath::root()], bytes: 0 }
    }

    /// Adds a path, if it still fits.
    pub(super) fn add(&mut self, parent: PathId, segment: Segment) -> Option<PathId> {
        let name = self.name(parent)?.join(segment);
        let size = |segment: &Segment| size_of::<Segment>() + if let Segment::Key(key) = segment { key.len() } else { 0 };
        let bytes = self.bytes + name.segments().iter().map(size).sum::<usize>();
        if self.names.len() >= MAX_PATHS || bytes > MAX_BYTES {
            return None;
        }
        let id = PathId(u32::try_from(self.names.len()).ok()?);
        self.bytes = bytes;
        self.parents.push(parent);
        self.names.push(name);
        Some(id)
    }

    /// Number of paths, the root among them.
    #[must_use]
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there is not even a root; never so for the paths of a scanner.
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
