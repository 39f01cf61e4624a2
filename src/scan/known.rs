//! The short ways through a record: values that are familiar at their path, and containers that are remembered as a whole.

use super::entry::skip_blank;
use super::observations::{Familiar, UNESCAPED};
use super::pass::{Pass, Step};
use super::{Observation, PathId};
use crate::model::FieldPath;

/// Containers nested deeper than this do not become familiar: however their path is written, none of it is too deep then.
const SHALLOW: u32 = 32;

impl Pass<'_, '_> {
    /// Reads the value of a member or an element, most often a familiar one.
    #[inline(always)]
    pub(super) fn member_value(&mut self, path: PathId, at: usize, level: u32) -> Step {
        if let Some(node) = self.scanner.tree.nodes.get_mut(path.index())
            && !node.strange
            && (node.repeats || node.record != self.scanner.record)
            && let Some((number, length)) = self.scanner.familiar.find(&mut node.front, self.text, at)
        {
            node.hits += 1;
            if node.record == self.scanner.record {
                node.again = true;
            } else {
                (node.record, node.first_mark, node.again) = (self.scanner.record, self.seen.marks.len() as u32, false);
            }
            let place = (self.shift + at) as u32 | if self.unescaped { UNESCAPED } else { 0 };
            self.seen.marks.push(Familiar { number, at: place });
            return Some(at + length);
        }
        self.value(path, skip_blank(self.text, at), level)
    }

    /// Has a value become familiar that was read and observed: its JSON reaches from `from` to `to`, and `tail` bytes of what
    /// follows belong to it.
    #[inline]
    pub(super) fn meet(&mut self, path: PathId, index: Option<usize>, from: usize, to: usize, tail: usize) {
        if self.scanner.tree.nodes.get(path.index()).is_none_or(|node| node.strange) {
            return;
        }
        self.meet_anew(path, index, from, to, tail);
    }

    fn meet_anew(&mut self, path: PathId, index: Option<usize>, from: usize, to: usize, tail: usize) {
        let Some(item) = index.and_then(|index| self.seen.items.get_mut(index)) else { return };
        let Some(node) = self.scanner.tree.nodes.get_mut(path.index()) else { return };
        let Some(json) = self.text.get(from..to + tail) else { return };
        let start = u32::from(json.starts_with(b"\""));
        match self.scanner.familiar.meet(node, item, json, start, tail as u32) {
            Some(number) => item.familiar = number,
            None => node.strange = true,
        }
    }

    /// Has a container become familiar that is empty.
    #[inline]
    pub(super) fn meet_empty(&mut self, path: PathId, index: Option<usize>, from: usize, to: usize, level: u32) {
        if level < SHALLOW {
            self.meet(path, index, from, to, 0);
        }
    }

    /// Whether a container at this path may be one of those that are remembered: once a record, outside of texts and of others
    /// that may be.
    #[inline]
    pub(super) fn may_remember(&mut self, path: PathId, index: Option<usize>) -> bool {
        let memo = &self.scanner.memo;
        if !memo.on || memo.inside || memo.is_off(path) {
            return false;
        }
        self.may_be_remembered(path, index)
    }

    fn may_be_remembered(&mut self, path: PathId, index: Option<usize>) -> bool {
        let memo = &mut self.scanner.memo;
        if memo.paused || self.shift > 0 || self.unescaped {
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
        let (mark, lost) = (self.seen.marks.len(), self.seen.lost);
        self.scanner.memo.inside = true;
        let read = self.contents(path, at, level);
        self.scanner.memo.inside = false;
        let (end, count) = read?;
        let bytes = text.get(at..end)?;
        if self.scanner.memo.is_due(path, bytes.len(), || self.scanner.key.fast(bytes)) && self.seen.lost == lost {
            let marks = self.seen.marks.get(mark..).unwrap_or_default();
            let items: Vec<Observation> = marks.iter().filter_map(|&mark| self.scanner.marked(mark, &self.seen.items)).collect();
            if items.iter().all(|item| !item.unescaped) {
                self.scanner.memo.learn(path, bytes, &items, count, at);
            }
        }
        Some((end, count))
    }
}
