//! The scanner: what outlives a record, and the roles that fields play in it.

use super::pass::Pass;
use super::shapes::ShapeCache;
use super::tree::Tree;
use super::{MAX_RECORD, Observations, PathId, Paths};
use crate::hash::HashKey;
use crate::model::{FieldPath, RejectReason};

/// Reads records one after the other; what it learns about paths and values makes the next record cheap.
pub struct Scanner {
    pub(super) key: HashKey,
    pub(super) tree: Tree,
    pub(super) shapes: ShapeCache,
    /// Number of the record being read; 0 before the first.
    pub(super) record: u32,
    /// Where the scratch buffer in use will begin once it is joined to the whole.
    pub(super) base: usize,
    /// Scratch buffers for JSON inside texts.
    pub(super) buffers: Vec<Vec<u8>>,
    /// Hashes of `false` and `true`.
    pub(super) booleans: [u64; 2],
    roles: Vec<Vec<PathId>>,
}

impl Scanner {
    /// A scanner that hashes values with `key`. Each role is played by the first of its paths that is filled; the paths
    /// of roles are numbered before all others, so they never fall out of a full path space.
    #[must_use]
    pub fn new(key: HashKey, roles: &[Vec<FieldPath>]) -> Self {
        let mut tree = Tree::new(key.clone());
        let mut id = |path: &FieldPath| path.segments().iter().fold(PathId::ROOT, |parent, segment| tree.step(parent, segment));
        let roles = roles.iter().map(|paths| paths.iter().map(&mut id).collect()).collect();
        Self {
            shapes: ShapeCache::new(key.fast(b"")),
            booleans: [key.fast(b"false"), key.fast(b"true")],
            key,
            tree,
            record: 0,
            base: 0,
            buffers: Vec::new(),
            roles,
        }
    }

    /// Reads one record; `seen` is cleared first.
    ///
    /// # Errors
    /// Says why the bytes are no record; `seen` is left empty then.
    pub fn scan(&mut self, record: &[u8], seen: &mut Observations) -> Result<(), RejectReason> {
        seen.clear();
        self.start();
        if record.len() > MAX_RECORD {
            return Err(RejectReason::TooLong);
        }
        if let Err(reason) = Pass::of_record(self, record, seen).record() {
            seen.clear();
            return Err(if std::str::from_utf8(record).is_err() { RejectReason::NotUtf8 } else { reason });
        }
        self.assign_roles(seen);
        Ok(())
    }

    /// The paths numbered so far. A path may be there although no record accepted showed it.
    #[must_use]
    pub fn paths(&self) -> &Paths {
        &self.tree.paths
    }

    fn start(&mut self) {
        self.base = 0;
        self.record = self.record.wrapping_add(1);
        if self.record == 0 {
            self.record = 1;
            self.tree.nodes.iter_mut().for_each(|node| node.record = 0);
        }
    }

    fn assign_roles(&self, seen: &mut Observations) {
        for paths in &self.roles {
            let index = paths.iter().find_map(|path| self.first_filled(*path, seen));
            seen.roles.push(index);
        }
    }

    /// The first filled observation of a path in this record.
    fn first_filled(&self, path: PathId, seen: &Observations) -> Option<u32> {
        let node = self.tree.nodes.get(path.index()).filter(|node| node.record == self.record)?;
        let later = seen.items.get(node.first_item as usize..)?;
        let mut alike = later.iter().zip(node.first_item..).filter(|(item, _)| item.path == path);
        match alike.next()? {
            (item, index) if item.shape.is_filled() => Some(index),
            _ => alike.find(|(item, _)| item.shape.is_filled()).map(|(_, index)| index),
        }
    }
}
