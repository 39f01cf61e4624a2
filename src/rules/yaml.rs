//! YAML with the places at which its values stand. Aliases and nesting are bounded, so that no small file grows in memory.

use super::rule::Span;
use super::snippet::Snippet;
use saphyr_parser::{Event, Parser, ScalarStyle};
use std::collections::BTreeMap;

/// Deepest nesting that is read.
const MAX_DEPTH: usize = 64;
/// Most values of a file, those brought by aliases counted each time.
const MAX_NODES: usize = 200_000;

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node {
    /// Byte of the file at which it begins.
    pub(super) at: usize,
    /// Line of the file, from 1.
    pub(super) line: usize,
    /// What it is.
    pub(super) value: Value,
}

/// A YAML value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    /// A text, number, truth value or null.
    Scalar {
        /// As text, without quotes and indentation.
        text: String,
        /// Whether quotes or a block make it a text whatever it looks like.
        is_text: bool,
        /// Whether it is a block, which begins on the line after its head.
        is_block: bool,
    },
    /// A list.
    List(Vec<Node>),
    /// A map in the order of the file.
    Map(Vec<(String, Node)>),
}

impl Node {
    /// The value of a key; `None` if there is none or this is no map.
    #[must_use]
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        self.entries().iter().find(|(name, _)| name == key).map(|(_, node)| node)
    }

    /// The keys and values; none if this is no map.
    #[must_use]
    pub(super) fn entries(&self) -> &[(String, Self)] {
        if let Value::Map(entries) = &self.value { entries } else { &[] }
    }

    /// The elements of a list; a value of another kind as a list of itself.
    #[must_use]
    pub(super) fn elements(&self) -> &[Self] {
        if let Value::List(elements) = &self.value { elements } else { std::slice::from_ref(self) }
    }

    /// The text of a scalar.
    #[must_use]
    pub(super) fn text(&self) -> Option<&str> {
        if let Value::Scalar { text, .. } = &self.value { Some(text) } else { None }
    }

    /// Whether a scalar stands for nothing: `null`, `~` or empty, and not in quotes.
    #[must_use]
    pub(super) fn is_null(&self) -> bool {
        matches!(&self.value, Value::Scalar { text, is_text: false, .. } if matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL"))
    }

    /// The text of the scalar that a key has.
    #[must_use]
    pub(super) fn text_of(&self, key: &str) -> Option<&str> {
        self.get(key).and_then(Self::text)
    }

    /// A scalar as the text that its own language reads, with its places in the file.
    #[must_use]
    pub(super) fn snippet(&self, file: &str) -> Option<Snippet> {
        let Value::Scalar { text, is_block, .. } = &self.value else {
            return None;
        };
        let rest = file.get(self.at..).unwrap_or("");
        let has_head = *is_block && rest.starts_with(['|', '>']);
        let head = if has_head { rest.find('\n').map_or(0, |at| at + 1) } else { 0 };
        Some(Snippet::aligned(text, file, self.at + head))
    }

    /// Where a value stands, quotes included; of a list or map what lies between its first and its last value.
    #[must_use]
    pub(super) fn span(&self, file: &str) -> Span {
        let end = match &self.value {
            Value::Scalar { .. } => self.end(file),
            Value::List(elements) => elements.iter().map(|node| node.span(file).bytes.end).max().unwrap_or(self.at),
            Value::Map(entries) => entries.iter().map(|(_, node)| node.span(file).bytes.end).max().unwrap_or(self.at),
        };
        Span { line: self.line, bytes: self.at..end.max(self.at) }
    }

    /// Where a key and its value stand, the value being this one.
    #[must_use]
    pub(super) fn span_with_key(&self, key: &str, file: &str) -> Span {
        let value = self.span(file);
        let before = file.get(..self.at).unwrap_or("");
        let at = before.rfind(key).unwrap_or(self.at);
        let lines = before.get(at..).unwrap_or("").bytes().filter(|byte| *byte == b'\n').count();
        Span { line: self.line.saturating_sub(lines).max(1), bytes: at..value.bytes.end.max(at) }
    }

    /// The byte after a scalar and its closing quote.
    fn end(&self, file: &str) -> usize {
        let rest = file.get(self.at..).unwrap_or("");
        let text = self.text().unwrap_or("");
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
        if let (Some(quote), Value::Scalar { is_text: true, is_block: false, .. }) = (quote, &self.value) {
            return self.at + 1 + closing(rest.get(1..).unwrap_or(""), quote);
        }
        if rest.starts_with(text) {
            return self.at + text.len();
        }
        self.snippet(file).map_or(self.at, |snippet| snippet.span(0..text.trim_end().len()).bytes.end)
    }
}

/// Whether a text in quotes ends in a stretch.
fn closes(rest: &str, quote: char) -> bool {
    quote_end(rest, quote).is_some()
}

/// The byte after the quote that closes a text; its end if nothing does.
fn closing(rest: &str, quote: char) -> usize {
    quote_end(rest, quote).unwrap_or(rest.len())
}

fn quote_end(rest: &str, quote: char) -> Option<usize> {
    let mut chars = rest.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let doubled = quote == '\'' && c == quote && chars.peek().is_some_and(|(_, next)| *next == quote);
        if doubled || (quote == '"' && c == '\\') {
            chars.next();
        } else if c == quote {
            return Some(at + 1);
        }
    }
    None
}

/// The documents of a file.
///
/// # Errors
/// A sentence with the line, if the text is no YAML, is nested too deeply or its aliases multiply.
pub(super) fn read(text: &str) -> Result<Vec<Node>, String> {
    parse(text).or_else(|error| {
        // Other readers let a text in quotes go on at the beginning of a line, and many rules rely on them.
        let (indented, added) = indented(text);
        if added.is_empty() {
            return Err(error);
        }
        let mut documents = parse(&indented).map_err(|_| error)?;
        documents.iter_mut().for_each(|node| shift_back(node, &added));
        Ok(documents)
    })
}

/// The text with a blank before each line that goes on with a text in quotes, and the bytes at which these blanks stand.
fn indented(text: &str) -> (String, Vec<usize>) {
    let (mut whole, mut added) = (String::with_capacity(text.len()), Vec::new());
    let mut open: Option<char> = None;
    for line in text.split_inclusive('\n') {
        let inner = match open {
            Some(_) => line,
            None => {
                let value = line.split_once(": ").map_or(line, |(_, value)| value).trim_start();
                open = value.chars().next().filter(|c| matches!(c, '"' | '\''));
                value.get(open.map_or(0, char::len_utf8)..).unwrap_or("")
            }
        };
        if inner.len() == line.len() && open.is_some() && !line.starts_with([' ', '\n', '\r']) {
            added.push(whole.len());
            whole.push(' ');
        }
        open = open.filter(|quote| !closes(inner, *quote));
        whole.push_str(line);
    }
    (whole, added)
}

/// Takes the places of a text with added blanks back to those of the file.
fn shift_back(node: &mut Node, added: &[usize]) {
    node.at -= added.partition_point(|blank| *blank < node.at);
    match &mut node.value {
        Value::Scalar { .. } => {}
        Value::List(elements) => elements.iter_mut().for_each(|node| shift_back(node, added)),
        Value::Map(entries) => entries.iter_mut().for_each(|(_, node)| shift_back(node, added)),
    }
}

fn parse(text: &str) -> Result<Vec<Node>, String> {
    let mut builder = Builder { text, chars: 0, bytes: 0, open: Vec::new(), anchors: BTreeMap::new(), nodes: 0, documents: Vec::new() };
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| format!("line {}: {}", error.marker().line(), error.info()))?;
        let at = builder.byte(span.start.index());
        builder.add(event, at, span.start.line())?;
    }
    Ok(builder.documents)
}

/// A list or map that is not complete yet, with the anchor that names it and, in a map, the key whose value comes next.
struct Open {
    node: Node,
    anchor: usize,
    key: Option<String>,
}

struct Builder<'a> {
    text: &'a str,
    chars: usize,
    bytes: usize,
    open: Vec<Open>,
    anchors: BTreeMap<usize, Node>,
    nodes: usize,
    documents: Vec<Node>,
}

impl Builder<'_> {
    /// The byte at which a character stands; asked for in rising order but for a step back now and then.
    fn byte(&mut self, character: usize) -> usize {
        if character < self.chars {
            (self.chars, self.bytes) = (0, 0);
        }
        let rest = self.text.get(self.bytes..).unwrap_or("");
        let ahead = character - self.chars;
        let length = rest.char_indices().nth(ahead).map_or(rest.len(), |(at, _)| at);
        (self.chars, self.bytes) = (character, self.bytes + length);
        self.bytes
    }

    fn add(&mut self, event: Event<'_>, at: usize, line: usize) -> Result<(), String> {
        match event {
            Event::Scalar(text, style, anchor, _) => {
                let is_block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
                let value = Value::Scalar { text: text.into_owned(), is_text: style != ScalarStyle::Plain, is_block };
                self.close(Node { at, line, value }, anchor)
            }
            Event::SequenceStart(anchor, _) => self.open(Node { at, line, value: Value::List(Vec::new()) }, anchor),
            Event::MappingStart(anchor, _) => self.open(Node { at, line, value: Value::Map(Vec::new()) }, anchor),
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(done) => self.close(done.node, done.anchor),
                None => Ok(()),
            },
            Event::Alias(anchor) => {
                let node = self.anchors.get(&anchor).cloned();
                self.nodes += node.as_ref().map_or(0, size);
                self.close(node.unwrap_or(Node { at, line, value: Value::List(Vec::new()) }), 0)
            }
            _ => Ok(()),
        }
    }

    fn open(&mut self, node: Node, anchor: usize) -> Result<(), String> {
        if self.open.len() >= MAX_DEPTH {
            return Err(format!("line {}: nested deeper than {MAX_DEPTH} levels", node.line));
        }
        self.open.push(Open { node, anchor, key: None });
        Ok(())
    }

    /// Puts a complete value where it belongs.
    fn close(&mut self, node: Node, anchor: usize) -> Result<(), String> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return Err(format!("line {}: more than {MAX_NODES} values, counting what aliases repeat", node.line));
        }
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        let Some(parent) = self.open.last_mut() else {
            self.documents.push(node);
            return Ok(());
        };
        match (&mut parent.node.value, parent.key.take()) {
            (Value::List(elements), _) => elements.push(node),
            (Value::Map(entries), Some(key)) => entries.push((key, node)),
            (_, _) => parent.key = Some(node.text().unwrap_or("").to_owned()),
        }
        Ok(())
    }
}

/// Number of values in one.
fn size(node: &Node) -> usize {
    let inner: usize = match &node.value {
        Value::Scalar { .. } => 0,
        Value::List(elements) => elements.iter().map(size).sum(),
        Value::Map(entries) => entries.iter().map(|(_, node)| size(node)).sum(),
    };
    inner + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_where_they_stand() {
        let text = "# ä\nid: 'x'\nquery: |\n  SigninLogs\n  | where a == \"ö5\"\nlist: [1, two]\n";
        let documents = read(text).unwrap();
        let [file] = documents.as_slice() else { panic!("one document") };
        assert_eq!((file.text_of("id"), file.get("id").unwrap().line), (Some("x"), 2));
        let snippet = file.get("query").unwrap().snippet(text).unwrap();
        let at = snippet.text.find("\"ö5\"").unwrap();
        let span = snippet.span(at..at + 5);
        assert_eq!((span.line, &text[span.bytes]), (5, "\"ö5\""));
        let list: Vec<_> = file.get("list").unwrap().elements().iter().filter_map(Node::text).collect();
        assert_eq!(list, ["1", "two"]);
    }

    #[test]
    fn values_end_behind_their_quotes_and_begin_with_their_keys() {
        let text = "a: 'it''s'\nb: \"q\\\"\"\nc: two words # no\nd:\n  - 1\n  - 22\ne: |\n  x\n  y\nf:\n  folded\n  line\n";
        let document = &read(text).unwrap()[0];
        let spans: Vec<_> = document.entries().iter().map(|(key, node)| &text[node.span_with_key(key, text).bytes]).collect();
        assert_eq!(spans, ["a: 'it''s'", "b: \"q\\\"\"", "c: two words", "d:\n  - 1\n  - 22", "e: |\n  x\n  y", "f:\n  folded\n  line"]);
        let lines: Vec<_> = document.entries().iter().map(|(key, node)| node.span_with_key(key, text).line).collect();
        assert_eq!(lines, [1, 2, 3, 4, 7, 10]);
    }

    #[test]
    fn a_text_in_quotes_may_go_on_at_the_beginning_of_a_line() {
        let text = "a: 'x\n| y''s\n| z'\nb:\n  \"q\nr\"\nc: ä5\n";
        let document = &read(text).unwrap()[0];
        let told: Vec<_> =
            document.entries().iter().map(|(_, node)| (node.text().unwrap(), node.line, &text[node.span(text).bytes])).collect();
        assert_eq!(told, [("x | y's | z", 1, "'x\n| y''s\n| z'"), ("q r", 5, "\"q\nr\""), ("ä5", 7, "ä5")]);
        let snippet = document.get("a").unwrap().snippet(text).unwrap();
        assert_eq!((snippet.line(snippet.text.find('z').unwrap()), &text[snippet.span(8..9).bytes]), (3, "|"));
    }

    #[test]
    fn nulls_are_told_from_texts() {
        let documents = read("a: null\nb: 'null'\nc:\nd: ''\n").unwrap();
        let nulls: Vec<bool> = documents[0].entries().iter().map(|(_, node)| node.is_null()).collect();
        assert_eq!(nulls, [true, false, true, false]);
    }

    #[test]
    fn small_files_that_grow_are_refused() {
        let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for level in 1..9 {
            let names = vec![format!("*a{}", level - 1); 10].join(", ");
            bomb.push_str(&format!("a{level}: &a{level} [{names}]\n"));
        }
        assert!(read(&bomb).unwrap_err().contains("aliases repeat"));
        assert!(read(&"[".repeat(100)).unwrap_err().contains("nested deeper"));
        assert!(read("a: [1\nb: 2").is_err());
    }
}
