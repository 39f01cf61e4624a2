//! The short ways through a record: values that are familiar at their path, and containers that are remembered as a whole.

use super::entry::skip_blank;
use super::pass::{Pass, Step};
use super::{Observation, PathId};
use crate::model::FieldPath;

impl Pass<'_, '_> {
    /// Reads the value of a member, most often a familiar one.
    #[inline]
    pub(super) fn member_value(&mut self, path: PathId, at: usize, level: u32) -> Step {
        let strange = self.scanner.tree.nodes.get(path.index()).is_none_or(|node| node.strange);
        if !strange && let Some(found) = self.scanner.familiar.find(path, self.text, at) {
            let start = (self.shift + at) as u32 + found.seen.start;
            self.observe(Observation { start, unescaped: self.unescaped, ..found.seen });
            return Some(at + found.length);
        }
        self.value(path, skip_blank(self.text, at), level)
    }

    /// Has a value become familiar that was read and observed: its JSON reaches from `from` to `to`, and `tail` bytes of what
    /// follows belong to it.
    #[inline]
    pub(super) fn meet(&mut self, index: Option<usize>, from: usize, to: usize, tail: usize) {
        let Some(item) = index.and_then(|index| self.seen.items.get_mut(index)) else { return };
        let Some(node) = self.scanner.tree.nodes.get_mut(item.path.index()).filter(|node| !node.strange) else { return };
        let Some(json) = self.text.get(from..to + tail) else { return };
        let start = u32::from(json.starts_with(b"\""));
        match self.scanner.familiar.meet(item, json, start, tail as u32) {
            Some(number) => item.familiar = number,
            None => node.strange = true,
        }
    }

    /// Whether a container at this path may be one of those that are remembered: once a record, outside of texts and of others
    /// that may be.
    pub(super) fn may_remember(&mut self, path: PathId, index: Option<usize>) -> bool {
        let memo = &mut self.scanner.memo;
        if !memo.on || memo.paused || memo.inside || self.shift > 0 || self.unescaped {
            return false;
        }
        let (paths, roles) = (&self.scanner.tree.paths, &self.scanner.roles);
        let is_on = memo.is_on(path, || {
            let repeats = paths.name(path).is_none_or(FieldPath::repeats);
            !repeats && !roles.iter().flatten().any(|&role| paths.is_below(role, path))
        });
        // A key given twice: what is remembered of the first would hide that its contents come again.
        memo.paused = is_on && index.and_then(|index| self.seen.items.get(index)).is_none_or(|item| item.again);
        is_on && !memo.paused
    }

    /// Reads a container, or finds it among those that were read before.
    pub(super) fn remembered(&mut self, path: PathId, at: usize, level: u32) -> Option<(usize, u32)> {
        let text = self.text;
        if let Some((group, length, count)) = self.scanner.memo.find(path, text.get(at..)?) {
            self.seen.groups.push(group);
            return Some((at + length, count));
        }
        let (mark, lost) = (self.seen.items.len(), self.seen.lost);
        self.scanner.memo.inside = true;
        let read = self.contents(path, at, level);
        self.scanner.memo.inside = false;
        let (end, count) = read?;
        let bytes = text.get(at..end)?;
        if self.scanner.memo.is_due(path, bytes.len(), || self.scanner.key.fast(bytes)) && self.seen.lost == lost {
            let items = self.seen.items.get(mark..).unwrap_or_default();
            if items.iter().all(|item| !item.unescaped) {
                self.scanner.memo.learn(path, bytes, items, count, at);
            }
        }
        Some((end, count))
    }
}
