//! The scanner: what outlives a record, and the roles that fields play in it.

use super::familiar::FamiliarValues;
use super::memo::{Group, Memo};
use super::observations::{Familiar, UNESCAPED};
use super::pass::Pass;
use super::shapes::ShapeCache;
use super::tree::Tree;
use super::{MAX_RECORD, Observation, Observations, PathId, Paths};
use crate::hash::HashKey;
use crate::model::{FieldPath, RejectReason, ValueType};

/// Reads records one after the other; what it learns about paths and values makes the next record cheap.
pub struct Scanner {
    pub(super) key: HashKey,
    pub(super) tree: Tree,
    pub(super) shapes: ShapeCache,
    /// Number of the record being read; 0 before the first.
    pub(super) record: u32,
    /// Whether reading stopped because of too many levels.
    pub(super) too_deep: bool,
    /// Where the scratch buffer in use will begin once it is joined to the whole.
    pub(super) base: usize,
    /// Scratch buffers for JSON inside texts.
    pub(super) buffers: Vec<Vec<u8>>,
    /// Hashes of `false` and `true`.
    pub(super) booleans: [u64; 2],
    pub(super) memo: Memo,
    pub(super) familiar: FamiliarValues,
    pub(super) roles: Vec<Vec<PathId>>,
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
            too_deep: false,
            base: 0,
            buffers: Vec::new(),
            memo: Memo::default(),
            familiar: FamiliarValues::new(),
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
        self.memo.paused = false;
        let mut read = Pass::of_record(self, record, seen).record();
        if self.memo.paused && !seen.groups.is_empty() {
            seen.clear();
            self.start();
            read = Pass::of_record(self, record, seen).record();
        }
        match read {
            Some(true) => {}
            other => {
                seen.clear();
                return Err(self.reason(record, other.is_some()));
            }
        }
        self.assign_roles(seen);
        Ok(())
    }

    /// Has these keys taken for names wherever they stand, though they may look like data. To be called before any record is read.
    pub fn know_names(&mut self, keys: impl IntoIterator<Item = String>) {
        self.tree.know(keys);
    }

    /// Has containers that come again byte for byte told by number ([`Observations::groups`]) instead of value by value.
    pub fn remember_containers(&mut self) {
        self.memo.on = true;
    }

    /// What a remembered container holds.
    #[must_use]
    pub fn group(&self, number: u32) -> Option<&Group> {
        self.memo.group(number)
    }

    /// A familiar value by its number ([`Observation::familiar`]), as it was seen first.
    #[must_use]
    pub fn familiar(&self, number: u32) -> Option<&Observation> {
        self.familiar.value(number)
    }

    /// What there is to say of a familiar value in the record read last; but for whether its path had been seen, where a record can
    /// show it more than once.
    #[must_use]
    pub fn observation(&self, familiar: Familiar) -> Option<Observation> {
        let seen = self.familiar.value(familiar.number)?;
        let unescaped = familiar.at & UNESCAPED != 0;
        Some(Observation { start: (familiar.at & !UNESCAPED) + seen.start, unescaped, ..*seen })
    }

    /// The observation that a mark stands for.
    pub(super) fn marked(&self, mark: Familiar, items: &[Observation]) -> Option<Observation> {
        if mark.number == 0 { items.get(mark.at as usize).copied() } else { self.observation(mark) }
    }

    /// The paths numbered so far. A path may be there although no record accepted showed it.
    #[must_use]
    pub fn paths(&self) -> &Paths {
        &self.tree.paths
    }

    /// Why a record was not read.
    fn reason(&self, record: &[u8], json: bool) -> RejectReason {
        match () {
            () if std::str::from_utf8(record).is_err() => RejectReason::NotUtf8,
            () if self.too_deep => RejectReason::TooDeep,
            () if json => RejectReason::NotAnObject,
            () => RejectReason::NotJson,
        }
    }

    fn start(&mut self) {
        self.base = 0;
        self.too_deep = false;
        self.record = self.record.wrapping_add(1);
        if self.record == 0 {
            self.record = 1;
            self.tree.nodes.iter_mut().for_each(|node| node.record = 0);
        }
    }

    fn assign_roles(&self, seen: &mut Observations) {
        for paths in &self.roles {
            let first = paths.iter().find_map(|path| self.first_filled(*path, seen));
            seen.roles.push(first);
        }
    }

    /// The first filled observation of a path in this record. An object or an array plays no role: it has no bytes of its own, and
    /// what stands in it has paths of its own.
    fn first_filled(&self, path: PathId, seen: &Observations) -> Option<Observation> {
        let node = self.tree.nodes.get(path.index()).filter(|node| node.record == self.record)?;
        let mut later = seen.marks.get(node.first_mark as usize..)?.iter().map_while(|&mark| self.marked(mark, &seen.items));
        let first = later.next()?;
        let plays = |item: &Observation| item.shape.is_filled() && !matches!(item.shape.value_type(), ValueType::Object | ValueType::Array);
        match plays(&first) {
            true => Some(first),
            false if node.again => later.find(|item| item.path == path && plays(item)),
            false => None,
        }
    }
}
