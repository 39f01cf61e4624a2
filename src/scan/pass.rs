//! One way through the bytes of a record, or of the JSON inside one of its texts.

use super::entry::{Entry, entry, skip_blank};
use super::familiar::STRANGE;
use super::number::number;
use super::observations::Familiar;
use super::shapes::classify;
use super::strings::{Kind, Span, string_end, unescape};
use super::{MAX_LEVELS, Observation, Observations, PathId, Scanner};
use crate::model::Shape;

/// The index after what was read; `None` if it is no JSON, no UTF-8 or too deep. No reason comes with it, so that it is
/// returned in registers; the scanner finds the reason once it is needed.
pub(super) type Step = Option<usize>;

/// A text being read.
pub(super) struct Pass<'t, 's> {
    pub(super) text: &'t [u8],
    /// Where the text begins in the record or, if `unescaped`, in the scratch buffer.
    pub(super) shift: usize,
    pub(super) unescaped: bool,
    pub(super) scanner: &'s mut Scanner,
    pub(super) seen: &'s mut Observations,
}

impl<'t, 's> Pass<'t, 's> {
    pub(super) fn of_record(scanner: &'s mut Scanner, text: &'t [u8], seen: &'s mut Observations) -> Self {
        Self { text, shift: 0, unescaped: false, scanner, seen }
    }

    /// Reads the whole text as JSON; whether it is a record.
    pub(super) fn record(mut self) -> Option<bool> {
        let start = skip_blank(self.text, 0);
        let (end, object) = match self.text.get(start) {
            Some(b'{') => (self.members(PathId::ROOT, start + 1, 1)?.0, true),
            _ => (self.value(PathId::ROOT, start, 0)?, false),
        };
        (skip_blank(self.text, end) == self.text.len()).then_some(object)
    }

    /// Reads a value that stands in a container of this level.
    #[inline]
    pub(super) fn value(&mut self, path: PathId, at: usize, level: u32) -> Step {
        match self.text.get(at) {
            Some(b'"') => self.string(path, at + 1, level),
            Some(b'{') => self.container(path, at, level, Shape::EMPTY_OBJECT, Shape::OBJECT),
            Some(b'[') => self.container(path, at, level, Shape::EMPTY_ARRAY, Shape::ARRAY),
            Some(b't') => self.word(path, at, b"true"),
            Some(b'f') => self.word(path, at, b"false"),
            Some(b'n') => self.word(path, at, b"null"),
            _ => self.number(path, at),
        }
    }

    /// Reads an object or an array.
    #[inline]
    fn container(&mut self, path: PathId, at: usize, level: u32, empty: Shape, filled: Shape) -> Step {
        let index = self.observe(Observation::of(path, empty));
        let (end, length) =
            if self.may_remember(path, index) { self.remembered(path, at, level)? } else { self.contents(path, at, level)? };
        if length == 0 {
            self.meet_empty(path, index, at, end, level);
        } else if let Some(item) = index.and_then(|index| self.seen.items.get_mut(index)) {
            (item.length, item.shape) = (length, filled);
        }
        Some(end)
    }

    /// Reads what is in a container that begins at `at`; where it ends and how many members or elements it has.
    #[inline]
    pub(super) fn contents(&mut self, path: PathId, at: usize, level: u32) -> Option<(usize, u32)> {
        match self.text.get(at) {
            Some(b'{') => self.members(path, at + 1, level + 1),
            _ => self.array(path, at + 1, level + 1),
        }
    }

    /// Checks the level of a container.
    fn descend(&mut self, level: u32) -> Option<()> {
        self.scanner.too_deep = level > MAX_LEVELS;
        (level <= MAX_LEVELS).then_some(())
    }

    /// Reads the members of an object from after its brace; how many there are.
    fn members(&mut self, object: PathId, at: usize, level: u32) -> Option<(usize, u32)> {
        self.descend(level)?;
        let mut at = skip_blank(self.text, at);
        let mut count = 0;
        if self.text.get(at) == Some(&b'}') {
            return Some((at + 1, 0));
        }
        let mut member;
        (member, at) = self.key(object, object, at)?;
        loop {
            at = self.member_value(member, at, level)?;
            count += 1;
            if self.text.get(at) == Some(&b',') {
                let next = self.scanner.tree.expected(object, member);
                if let Some(after) = self.scanner.tree.after_key(next, self.text, at + 1) {
                    (member, at) = (next, after);
                    continue;
                }
            }
            at = skip_blank(self.text, at);
            match self.text.get(at) {
                Some(b',') => (member, at) = self.key(object, member, skip_blank(self.text, at + 1))?,
                Some(b'}') => return Some((at + 1, count)),
                _ => return None,
            }
        }
    }

    /// The path of the key at `at` and the index after its colon.
    #[inline]
    fn key(&mut self, object: PathId, previous: PathId, at: usize) -> Option<(PathId, usize)> {
        if let Some(guessed) = self.scanner.tree.guess(object, previous, self.text, at) {
            return Some(guessed);
        }
        if self.text.get(at) != Some(&b'"') {
            return None;
        }
        let span = string_end(self.text, at + 1)?;
        let member = self.named(object, at + 1, span)?;
        self.scanner.tree.expect(object, previous, member);
        let colon = skip_blank(self.text, span.end + 1);
        if self.text.get(colon) == Some(&b':') { Some((member, colon + 1)) } else { None }
    }

    /// The path of the member whose name begins at `start`.
    fn named(&mut self, object: PathId, start: usize, span: Span) -> Option<PathId> {
        let raw = self.text.get(start..span.end).unwrap_or_default();
        if span.kind != Kind::Escaped {
            return self.scanner.tree.member(object, raw);
        }
        let scratch = &mut self.seen.scratch;
        let before = scratch.len();
        unescape(raw, scratch)?;
        let member = self.scanner.tree.member(object, scratch.get(before..).unwrap_or_default());
        scratch.truncate(before);
        member
    }

    /// Reads the elements of an array from after its bracket; how many there are.
    fn array(&mut self, array: PathId, at: usize, level: u32) -> Option<(usize, u32)> {
        self.descend(level)?;
        let mut at = skip_blank(self.text, at);
        let (mut previous, mut count) = (array, 0);
        if self.text.get(at) == Some(&b']') {
            return Some((at + 1, 0));
        }
        loop {
            let pair = if self.text.get(at) == Some(&b'{') { entry(self.text, at + 1) } else { None };
            let end = match pair {
                Some(pair) => {
                    let member = self.entry_member(array, previous, &pair)?;
                    previous = member;
                    self.entry_value(member, pair.value, level + 1)?
                }
                None => {
                    let element = self.scanner.tree.elements(array);
                    self.member_value(element, at, level)?
                }
            };
            count += 1;
            at = skip_blank(self.text, end);
            match self.text.get(at) {
                Some(b',') => at = skip_blank(self.text, at + 1),
                Some(b']') => return Some((at + 1, count)),
                _ => return None,
            }
        }
    }

    fn entry_member(&mut self, array: PathId, previous: PathId, entry: &Entry) -> Option<PathId> {
        let expected = self.scanner.tree.expected(array, previous);
        let name = self.text.get(entry.name..entry.span.end).unwrap_or_default();
        if entry.span.kind != Kind::Escaped && self.scanner.tree.is_named(expected, name) {
            return Some(expected);
        }
        let member = self.named(array, entry.name, entry.span)?;
        self.scanner.tree.expect(array, previous, member);
        Some(member)
    }

    fn entry_value(&mut self, member: PathId, at: usize, level: u32) -> Step {
        self.descend(level)?;
        let end = skip_blank(self.text, self.member_value(member, at, level)?);
        if self.text.get(end) == Some(&b'}') { Some(end + 1) } else { None }
    }

    #[inline]
    fn number(&mut self, path: PathId, at: usize) -> Step {
        let number = number(self.text, at)?;
        let zero_place = number.value == 0.0 && self.scanner.tree.nodes.get(path.index()).is_some_and(|node| node.coordinate);
        let shape = match (number.whole, number.value) {
            _ if zero_place => Shape::PLACEHOLDER_NUMBER,
            (false, _) => Shape::FLOAT,
            (true, 1.0e9..2.1e9) => Shape::EPOCH_SECONDS,
            (true, 1.0e12..2.1e12) => Shape::EPOCH_MILLIS,
            (true, _) => Shape::INTEGER,
        };
        let hash = self.scanner.key.fast(self.text.get(at..number.end).unwrap_or_default());
        let placed = self.placed(path, shape, at, number.end);
        let index = self.observe(Observation { hash, number: number.value, ..placed });
        self.meet(path, index, at, number.end, 1);
        Some(number.end)
    }

    fn word(&mut self, path: PathId, at: usize, word: &'static [u8]) -> Step {
        if !self.text.get(at..)?.starts_with(word) {
            return None;
        }
        let end = at + word.len();
        let observation = match word {
            b"null" => Observation::of(path, Shape::NULL),
            _ => {
                let [no, yes] = self.scanner.booleans;
                Observation { hash: if word == b"true" { yes } else { no }, ..self.placed(path, Shape::BOOLEAN, at, end) }
            }
        };
        let index = self.observe(observation);
        self.meet(path, index, at, end, 0);
        Some(end)
    }

    /// Reads a text from after its quote.
    #[inline]
    fn string(&mut self, path: PathId, start: usize, level: u32) -> Step {
        let span = string_end(self.text, start)?;
        if span.kind == Kind::Escaped {
            self.escaped_string(path, start, span.end, level)?;
            return Some(span.end + 1);
        }
        let text = self.text;
        let bytes = text.get(start..span.end).unwrap_or_default();
        if span.kind == Kind::High && std::str::from_utf8(bytes).is_err() {
            return None;
        }
        let hash = self.scanner.key.fast(bytes);
        let shape = self.scanner.shapes.shape(hash, bytes);
        let placed = self.placed(path, shape.unwrap_or(Shape::TEXT_OTHER), start, span.end);
        let index = self.observe(Observation { hash, ..placed });
        if shape.is_some() {
            self.meet(path, index, start - 1, span.end + 1, 0);
        } else if let Some(index) = index {
            let inner = Pass { text: bytes, shift: self.shift + start, unescaped: self.unescaped, scanner: self.scanner, seen: self.seen };
            inner.json(index, path, level);
        }
        Some(span.end + 1)
    }

    /// Reads a text with escapes; what it means goes to the scratch buffer.
    #[cold]
    fn escaped_string(&mut self, path: PathId, start: usize, end: usize, level: u32) -> Option<()> {
        let raw = self.text.get(start..end).unwrap_or_default();
        let scratch = &mut self.seen.scratch;
        let before = scratch.len();
        unescape(raw, scratch)?;
        let bytes = scratch.get(before..).unwrap_or_default();
        if std::str::from_utf8(bytes).is_err() {
            return None;
        }
        let hash = self.scanner.key.fast(bytes);
        let shape = self.scanner.shapes.shape(hash, bytes);
        let (start, length) = ((self.scanner.base + before) as u32, bytes.len() as u32);
        let placed = Observation::of(path, shape.unwrap_or(Shape::TEXT_OTHER));
        let index = self.observe(Observation { hash, start, length, unescaped: true, ..placed });
        if let (None, Some(index)) = (shape, index) {
            self.unescaped_json(index, path, before, level);
        }
        Some(())
    }

    /// Reads JSON that lies in the scratch buffer from `before` on; what is unescaped meanwhile goes to a buffer of its
    /// own, which is joined to the scratch buffer afterwards.
    fn unescaped_json(&mut self, index: usize, path: PathId, before: usize, level: u32) {
        let empty = self.scanner.buffers.pop().unwrap_or_default();
        let mut scratch = std::mem::replace(&mut self.seen.scratch, empty);
        let base = self.scanner.base;
        self.scanner.base += scratch.len();
        let text = scratch.get(before..).unwrap_or_default();
        Pass { text, shift: base + before, unescaped: true, scanner: self.scanner, seen: self.seen }.json(index, path, level);
        self.scanner.base = base;
        scratch.append(&mut self.seen.scratch);
        let empty = std::mem::replace(&mut self.seen.scratch, scratch);
        self.scanner.buffers.push(empty);
    }

    /// Reads the whole text as JSON, whose text was observed at `index`; if it is none, the text stays a text.
    fn json(mut self, index: usize, path: PathId, level: u32) {
        let (marks, items) = (self.seen.marks.len(), self.seen.items.len());
        let (scratch, lost) = (self.seen.scratch.len(), self.seen.lost);
        let shape = self.json_shape(path, level).unwrap_or_else(|| {
            self.forget(marks, items);
            self.scanner.too_deep = false;
            self.seen.scratch.truncate(scratch);
            self.seen.lost = lost;
            classify(self.text)
        });
        if let Some(item) = self.seen.items.get_mut(index) {
            item.shape = shape;
        }
    }

    fn json_shape(&mut self, path: PathId, level: u32) -> Option<Shape> {
        let start = skip_blank(self.text, 0);
        let (read, shape) = match self.text.get(start)? {
            b'{' => (self.members(path, start + 1, level + 1), Shape::JSON_OBJECT),
            _ => (self.array(path, start + 1, level + 1), Shape::JSON_ARRAY),
        };
        let (end, length) = read?;
        let whole = skip_blank(self.text, end) == self.text.len();
        whole.then_some(if length == 0 { Shape::EMPTY_JSON } else { shape })
    }

    /// Takes back all marks from `first` on, and the observations from `item` on.
    fn forget(&mut self, first: usize, item: usize) {
        for place in first..self.seen.marks.len() {
            let Some(seen) = self.seen.marks.get(place).and_then(|&mark| self.scanner.marked(mark, &self.seen.items)) else { continue };
            if let Some(node) = self.scanner.tree.nodes.get_mut(seen.path.index()).filter(|node| node.first_mark as usize >= first) {
                node.record = 0;
            }
        }
        self.seen.marks.truncate(first);
        self.seen.items.truncate(item);
    }

    /// An observation of the bytes from `start` to `end` of this text.
    #[inline]
    fn placed(&self, path: PathId, shape: Shape, start: usize, end: usize) -> Observation {
        let (start, length) = ((self.shift + start) as u32, (end - start) as u32);
        Observation { start, length, unescaped: self.unescaped, ..Observation::of(path, shape) }
    }

    /// Adds an observation; its index, unless its path was lost.
    #[inline(always)]
    pub(super) fn observe(&mut self, mut observation: Observation) -> Option<usize> {
        let index = self.seen.items.len();
        let Some(node) = self.scanner.tree.nodes.get_mut(observation.path.index()) else {
            self.seen.lost += 1;
            return None;
        };
        observation.again = node.record == self.scanner.record;
        node.again = observation.again;
        if !observation.again {
            node.record = self.scanner.record;
            node.first_mark = self.seen.marks.len() as u32;
        }
        self.seen.marks.push(Familiar { number: STRANGE, at: index as u32 });
        self.seen.items.push(observation);
        Some(index)
    }
}
