//! A search with its macros filled in, and where each of its letters comes from.

use crate::rules::dialect::Macros;
use crate::rules::rule::Span;
use crate::rules::snippet::Snippet;
use std::ops::Range;

/// How often a macro may bring another.
const MAX_DEPTH: usize = 8;
/// How many macros a search may bring in all.
const MAX_MACROS: usize = 500;
/// Longest search with all macros filled in, in bytes.
const MAX_TEXT: usize = 200_000;

/// Macros that everybody has who uses the public content, unless the files say otherwise.
const KNOWN: &[(&str, &str)] = &[
    ("comment(1)", ""),
    ("drop_dm_object_name(1)", "rename $1$.* as *"),
    ("security_content_ctime(1)", "convert ctime($1$)"),
    ("security_content_summariesonly", "summariesonly=false"),
];

/// A search as it is run.
pub(super) struct Source {
    /// The search; macros that nobody defines stand in it as they are called.
    pub(super) text: String,
    file: Snippet,
    pieces: Vec<Piece>,
    /// How many macros may still be filled in.
    left: usize,
}

/// A stretch of the search: from the file as it is, or brought by a macro.
struct Piece {
    at: usize,
    from: Range<usize>,
    brought_by: Option<String>,
}

/// A call of a macro.
pub(super) struct Call<'a> {
    /// Its name.
    pub(super) name: &'a str,
    arguments: Vec<String>,
}

impl<'a> Call<'a> {
    /// What stands between two backticks.
    pub(super) fn parse(text: &'a str) -> Self {
        let text = text.trim().trim_matches('`').trim();
        let Some((name, rest)) = text.split_once('(') else { return Self { name: text, arguments: Vec::new() } };
        let inner = rest.strip_suffix(')').unwrap_or(rest);
        Self { name: name.trim(), arguments: arguments(inner) }
    }

    fn key(&self) -> String {
        key(self.name, self.arguments.len())
    }

    fn fill(&self, definition: &str) -> String {
        let filled = self.arguments.iter().enumerate();
        filled.fold(definition.to_owned(), |text, (at, argument)| text.replace(&format!("${}$", at + 1), argument))
    }
}

/// The name under which a macro of so many arguments is kept.
pub(super) fn key(name: &str, arguments: usize) -> String {
    if arguments == 0 { name.to_owned() } else { format!("{name}({arguments})") }
}

/// Splits at commas outside quotes; quotes around a whole argument fall away.
fn arguments(text: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    let mut quoted = false;
    for c in text.chars() {
        quoted ^= c == '"';
        match found.last_mut() {
            Some(last) if c != ',' || quoted => last.push(c),
            _ => found.push(String::new()),
        }
    }
    let found: Vec<String> = found.iter().map(|argument| argument.trim()).map(|argument| bare(argument).to_owned()).collect();
    if found.iter().all(String::is_empty) { Vec::new() } else { found }
}

fn bare(argument: &str) -> &str {
    argument.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(argument)
}

impl Source {
    pub(super) fn new(file: Snippet, macros: &Macros) -> Self {
        let mut source = Self { text: String::new(), file, pieces: Vec::new(), left: MAX_MACROS };
        let text = std::mem::take(&mut source.file.text);
        source.expand(&text, None, macros, 0);
        source.file.text = text;
        source
    }

    /// Where a stretch stands in the file; one that a macro brought stands where that is called.
    pub(super) fn span(&self, range: Range<usize>) -> Span {
        let start = self.origin(range.start).start;
        let end = if range.is_empty() { start } else { self.origin(range.end - 1).end };
        self.file.span(start..end.max(start))
    }

    /// The macro that brought what stands at a place.
    pub(super) fn brought_by(&self, at: usize) -> Option<&str> {
        self.piece(at).and_then(|piece| piece.brought_by.as_deref())
    }

    /// The text of a stretch, blanks drawn together.
    pub(super) fn quote(&self, range: Range<usize>) -> String {
        let words: Vec<&str> = self.text.get(range).unwrap_or("").split_whitespace().collect();
        words.join(" ")
    }

    fn piece(&self, at: usize) -> Option<&Piece> {
        let after = self.pieces.partition_point(|piece| piece.at <= at);
        self.pieces.get(after.checked_sub(1)?)
    }

    fn origin(&self, at: usize) -> Range<usize> {
        match self.piece(at) {
            Some(piece) if piece.brought_by.is_none() => {
                let own = piece.from.start + (at - piece.at);
                own..own + 1
            }
            Some(piece) => piece.from.clone(),
            None => 0..0,
        }
    }

    /// Adds a text with its macros filled in; comments fall away. `outer` is the call that brought it.
    fn expand(&mut self, text: &str, outer: Option<&(Range<usize>, String)>, macros: &Macros, depth: usize) {
        let (mut at, mut from) = (0, 0);
        while let Some(next) = next_mark(text, at) {
            let Some(end) = next.end(text) else { break };
            if next.is_quote {
                at = end;
                continue;
            }
            self.push(&text[from..next.at], from, outer);
            let call = Call::parse(&text[next.at..end]);
            let own = (next.at..end, call.name.to_owned());
            let defined = macros.get(&call.key()).cloned();
            let definition = defined.or_else(|| KNOWN.iter().find(|(name, _)| *name == call.key()).map(|(_, text)| (*text).to_owned()));
            match definition.map(|definition| call.fill(&definition)) {
                _ if next.is_comment => {}
                Some(filled) if depth < MAX_DEPTH && self.left > 0 && self.text.len() + filled.len() < MAX_TEXT => {
                    self.left -= 1;
                    self.expand(&filled, Some(outer.unwrap_or(&own)), macros, depth + 1);
                }
                _ => self.push(&text[next.at..end], next.at, outer),
            }
            (at, from) = (end, end);
        }
        self.push(&text[from..], from, outer);
    }

    fn push(&mut self, text: &str, from: usize, outer: Option<&(Range<usize>, String)>) {
        if text.is_empty() {
            return;
        }
        let (from, brought_by) = match outer {
            Some((call, name)) => (call.clone(), Some(name.clone())),
            None => (from..from + text.len(), None),
        };
        self.pieces.push(Piece { at: self.text.len(), from, brought_by });
        self.text.push_str(text);
    }
}

/// A quote, a macro or a comment that begins.
struct Mark {
    at: usize,
    is_quote: bool,
    is_comment: bool,
}

fn next_mark(text: &str, from: usize) -> Option<Mark> {
    let at = from + text.get(from..)?.find(['"', '`'])?;
    let rest = &text[at..];
    Some(Mark { at, is_quote: rest.starts_with('"'), is_comment: rest.starts_with("```") })
}

impl Mark {
    /// The byte after its end.
    fn end(&self, text: &str) -> Option<usize> {
        if self.is_comment {
            return text.get(self.at + 3..)?.find("```").map(|found| self.at + 3 + found + 3);
        }
        if self.is_quote {
            return Some(quote_end(text, self.at));
        }
        text.get(self.at + 1..)?.find('`').map(|found| self.at + 1 + found + 1)
    }
}

/// The byte after the quote that closes the one at a place; the end of the text if nothing does.
pub(super) fn quote_end(text: &str, at: usize) -> usize {
    let mut chars = text.get(at..).unwrap_or("").char_indices();
    let Some((_, quote)) = chars.next() else { return text.len() };
    while let Some((place, c)) = chars.next() {
        if c == '\\' {
            chars.next();
        } else if c == quote {
            return at + place + 1;
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str, macros: &[(&str, &str)]) -> Source {
        let macros = macros.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        Source::new(Snippet::verbatim(text, 100, 7), &macros)
    }

    #[test]
    fn macros_are_filled_in_and_what_they_bring_stands_where_they_are_called() {
        let source = source("`in` a=\"`no`\" `f(\"x,y\", z)` b", &[("in", "`deep` c"), ("deep", "d"), ("f(2)", "$2$=$1$")]);
        assert_eq!(source.text, "d c a=\"`no`\" z=x,y b");
        assert_eq!((source.span(0..3).bytes, source.brought_by(2)), (100..104, Some("in")));
        let at = source.text.find("a=").unwrap();
        assert_eq!((source.span(at..at + 2).bytes, source.brought_by(at)), (105..107, None));
        let at = source.text.find(" b").unwrap() + 1;
        assert_eq!(source.span(at..at + 1).bytes, 128..129);
    }

    #[test]
    fn macros_nobody_defines_stay_and_those_that_bring_themselves_end() {
        assert_eq!(source("`a` ```b | c``` d", &[]).text, "`a`  d");
        assert!(source("`a`", &[("a", "`a` `a` x")]).text.len() < MAX_TEXT);
        let many = ["`b`", "`c`", "`d`"].map(|call| call.repeat(1000));
        let many = source("`a`", &[("a", &many[0]), ("b", &many[1]), ("c", &many[2]), ("d", "")]);
        assert!(many.left == 0 && many.pieces.len() < 10_000);
        assert_eq!(source("a ` b", &[]).text, "a ` b");
        assert_eq!(source("`security_content_ctime(firstTime)`", &[]).text, "convert ctime(firstTime)");
    }
}
