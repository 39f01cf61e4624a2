//! The Kibana Query Language: `field: value` with `and`, `or`, `not`, lists, ranges, wildcards and nested fields.

use super::reader::{Reader, Test, is_pattern, join};
use crate::rules::rule::{Condition, Operator, Place, Role};
use std::ops::Range;

/// Deepest nesting that is read.
const MAX_DEPTH: usize = 64;

/// Letters that end a word without quotes unless a backslash stands before them.
const SPECIAL: &[char] = &['(', ')', ':', '<', '>', '"', '{', '}'];

/// What is wrong and where.
type Fault = (usize, String);

/// A word or text of the query. Of a pattern the text keeps the backslashes before wildcards that are meant as letters.
#[derive(Clone)]
struct Word {
    text: String,
    quoted: bool,
    is_pattern: bool,
    at: Range<usize>,
}

/// The values of a field.
enum Values {
    One(Word),
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
}

/// Reads a query into the rule.
pub(super) fn read(reader: &mut Reader<'_>) {
    let text = reader.query.text.as_str();
    let mut parser = Parser { reader, text, at: 0, depth: 0 };
    parser.blanks();
    // An empty query fits every record.
    let read = if parser.rest().is_empty() { Ok(Condition::All(Vec::new())) } else { parser.any("", false) };
    let condition = read.and_then(|condition| if parser.rest().is_empty() { Ok(condition) } else { parser.fault("an operator") });
    let condition = condition.unwrap_or_else(|(at, what)| {
        parser.reader.miss(at, format!("{what}; the rest of the query is not read"));
        Condition::Unknown("a query that was not understood".to_owned())
    });
    reader.end_part(condition, &(0..text.len()), true);
}

struct Parser<'a, 'b> {
    reader: &'a mut Reader<'b>,
    text: &'a str,
    at: usize,
    depth: usize,
}

impl<'a> Parser<'a, '_> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn blanks(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    fn fault<T>(&self, wanted: &str) -> Result<T, Fault> {
        let found = self.rest().split_whitespace().next().unwrap_or("the end");
        Err((self.at, format!("{wanted} was expected before {found:?}")))
    }

    fn takes(&mut self, sign: &str) -> bool {
        let found = self.rest().starts_with(sign);
        self.at += if found { sign.len() } else { 0 };
        if found {
            self.blanks();
        }
        found
    }

    fn takes_word(&mut self, word: &str) -> bool {
        let found = is_word(self.rest(), word);
        self.at += if found { word.len() } else { 0 };
        if found {
            self.blanks();
        }
        found
    }

    fn needs(&mut self, sign: &str) -> Result<(), Fault> {
        if self.takes(sign) { Ok(()) } else { self.fault(sign) }
    }

    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Fault>) -> Result<T, Fault> {
        if self.depth >= MAX_DEPTH {
            return self.fault("less nesting");
        }
        self.depth += 1;
        let found = read(self);
        self.depth -= 1;
        found
    }

    /// Parts joined by `or`, of fields below a prefix. Within `not` each part is negated and all must hold.
    fn any(&mut self, prefix: &str, negated: bool) -> Result<Condition, Fault> {
        self.deeper(|parser| {
            let mut parts = vec![parser.all(prefix, negated)?];
            while parser.takes_word("or") {
                parts.push(parser.all(prefix, negated)?);
            }
            Ok(join(parts, negated))
        })
    }

    fn all(&mut self, prefix: &str, negated: bool) -> Result<Condition, Fault> {
        let mut parts = vec![self.negation(prefix, negated)?];
        while self.takes_word("and") {
            parts.push(self.negation(prefix, negated)?);
        }
        Ok(join(parts, !negated))
    }

    fn negation(&mut self, prefix: &str, negated: bool) -> Result<Condition, Fault> {
        let mut negated = negated;
        while self.takes_word("not") {
            negated = !negated;
        }
        if self.takes("(") {
            let inner = self.any(prefix, negated)?;
            self.needs(")")?;
            return Ok(inner);
        }
        self.comparison(prefix, negated)
    }

    fn comparison(&mut self, prefix: &str, negated: bool) -> Result<Condition, Fault> {
        let word = self.word()?;
        let field = if prefix.is_empty() { word.text.clone() } else { format!("{prefix}.{}", word.text) };
        let range = [("<=", Operator::AtMost), (">=", Operator::AtLeast), ("<", Operator::Less), (">", Operator::Greater)];
        if let Some((_, operator)) = range.into_iter().find(|(sign, _)| self.takes(sign)) {
            let bound = self.word()?;
            self.reader.reads(&field, Role::Filter, &word.at, false);
            let at = word.at.start..bound.at.end;
            return Ok(self.test(&field, operator, negated, &[&bound], at));
        }
        if !self.takes(":") {
            self.reader.miss(word.at.start, format!("{:?} names no field, so it is looked for in all of them", word.text));
            return Ok(Condition::Unknown("a value without a field".to_owned()));
        }
        if self.takes("{") {
            let inner = self.any(&field, negated)?;
            self.needs("}")?;
            return Ok(inner);
        }
        let values = if self.takes("(") { self.list()? } else { Values::One(self.word()?) };
        if field == "*" {
            let is_any = matches!(&values, Values::One(value) if is_star(value));
            return Ok(if is_any { every(negated) } else { self.everywhere(&word) });
        }
        self.reader.reads(&field, Role::Filter, &word.at, false);
        let end = self.text[..self.at].trim_end().len();
        Ok(self.meaning(&field, &values, negated, &(word.at.start..end)))
    }

    fn everywhere(&mut self, word: &Word) -> Condition {
        self.reader.miss(word.at.start, "a value is looked for in all fields");
        Condition::Unknown("a value looked for in all fields".to_owned())
    }

    /// Values up to the closing bracket.
    fn list(&mut self) -> Result<Values, Fault> {
        let found = self.any_value()?;
        self.needs(")")?;
        Ok(found)
    }

    fn any_value(&mut self) -> Result<Values, Fault> {
        self.deeper(|parser| {
            let mut parts = vec![parser.all_values()?];
            while parser.takes_word("or") {
                parts.push(parser.all_values()?);
            }
            Ok(if parts.len() == 1 { parts.remove(0) } else { Values::Any(parts) })
        })
    }

    fn all_values(&mut self) -> Result<Values, Fault> {
        let mut parts = vec![self.one_value()?];
        while self.takes_word("and") {
            parts.push(self.one_value()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Values::All(parts) })
    }

    fn one_value(&mut self) -> Result<Values, Fault> {
        if self.takes_word("not") {
            return Ok(Values::Not(Box::new(self.deeper(Self::one_value)?)));
        }
        if self.takes("(") { self.list() } else { Ok(Values::One(self.word()?)) }
    }

    /// What values demand of a field. Plain ones of a list are one comparison, patterns another.
    fn meaning(&mut self, field: &str, values: &Values, negated: bool, at: &Range<usize>) -> Condition {
        match values {
            Values::One(value) => self.one_of(field, &[value], negated, at),
            Values::Not(inner) => self.meaning(field, inner, !negated, at),
            Values::All(parts) => {
                let parts = parts.iter().map(|part| self.meaning(field, part, negated, at)).collect();
                join(parts, !negated)
            }
            Values::Any(parts) => {
                let (mut words, mut rest) = (Vec::new(), Vec::new());
                flatten(parts, &mut words, &mut rest);
                let (patterns, plain): (Vec<&Word>, Vec<&Word>) = words.into_iter().partition(|word| word.is_pattern);
                let (stars, patterns): (Vec<&Word>, Vec<&Word>) = patterns.into_iter().partition(|word| is_star(word));
                let groups = [plain, patterns, stars].into_iter().filter(|group| !group.is_empty());
                let mut found: Vec<Condition> = groups.map(|group| self.one_of(field, &group, negated, at)).collect();
                found.extend(rest.into_iter().map(|part| self.meaning(field, part, negated, at)));
                join(found, negated)
            }
        }
    }

    /// Words of one kind.
    fn one_of(&mut self, field: &str, words: &[&Word], negated: bool, at: &Range<usize>) -> Condition {
        match words {
            [first, ..] if is_star(first) => self.test(field, Operator::Null, !negated, &[], at.clone()),
            [first, ..] if first.is_pattern => self.test(field, Operator::Like, negated, words, at.clone()),
            [_] => self.test(field, Operator::Equal, negated, words, at.clone()),
            _ => self.test(field, Operator::In, negated, words, at.clone()),
        }
    }

    fn test(&mut self, field: &str, operator: Operator, negated: bool, words: &[&Word], at: Range<usize>) -> Condition {
        let values = words.iter().map(|word| self.reader.literal(&word.text, word.quoted, &word.at)).collect();
        // A name with a wildcard may be of several fields, any of which may fit.
        let derived = is_pattern(field, &['*']).then(|| "any".to_owned());
        let (field, place) = (field.to_owned(), Place::Row);
        self.reader.test(Test { field, operator, negated, ignores_case: false, values, open: None, derived, place, at })
    }

    fn word(&mut self) -> Result<Word, Fault> {
        let start = self.at;
        let word = if self.rest().starts_with('"') { self.quoted()? } else { self.plain() };
        if word.at.is_empty() {
            self.at = start;
            return self.fault("a value");
        }
        self.blanks();
        Ok(word)
    }

    fn quoted(&mut self) -> Result<Word, Fault> {
        let (start, mut text) = (self.at, String::new());
        let mut letters = self.rest().char_indices().skip(1);
        while let Some((at, letter)) = letters.next() {
            match letter {
                '"' => {
                    self.at = start + at + 1;
                    return Ok(Word { text, quoted: true, is_pattern: false, at: start..self.at });
                }
                '\\' => text.extend(letters.next().map(|(_, letter)| escaped(letter))),
                _ => text.push(letter),
            }
        }
        Err((start, "a text has no end".to_owned()))
    }

    /// A value without quotes. It may hold blanks; a word of the language ends it.
    fn plain(&mut self) -> Word {
        let (start, mut end) = (self.at, self.at);
        let mut letters = self.rest().char_indices();
        while let Some((at, letter)) = letters.next() {
            let next = &self.text[start + at + letter.len_utf8()..];
            let is_over = letter.is_whitespace() && ["or", "and", "not"].iter().any(|word| is_word(next, word));
            if is_over || SPECIAL.contains(&letter) {
                break;
            }
            let length = if letter == '\\' { letters.next().map_or(1, |(_, next)| 1 + next.len_utf8()) } else { letter.len_utf8() };
            end = if letter.is_whitespace() { end } else { start + at + length };
        }
        self.at = end;
        let raw = &self.text[start..end];
        let is_pattern = is_pattern(raw, &['*']);
        Word { text: unescaped(raw, is_pattern), quoted: false, is_pattern, at: start..end }
    }
}

/// A condition that every record meets, or none.
fn every(negated: bool) -> Condition {
    join(Vec::new(), !negated)
}

fn is_star(word: &Word) -> bool {
    word.is_pattern && word.text == "*"
}

fn flatten<'a>(parts: &'a [Values], words: &mut Vec<&'a Word>, rest: &mut Vec<&'a Values>) {
    for part in parts {
        match part {
            Values::One(word) => words.push(word),
            Values::Any(inner) => flatten(inner, words, rest),
            Values::All(_) | Values::Not(_) => rest.push(part),
        }
    }
}

/// Whether a word of the language stands at the start, in whatever letters, and ends there.
fn is_word(rest: &str, word: &str) -> bool {
    let begins = rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    begins && rest[word.len()..].chars().next().is_none_or(|next| next.is_whitespace() || ['(', ')', '"'].contains(&next))
}

fn escaped(letter: char) -> char {
    match letter {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        other => other,
    }
}

/// Of a pattern, what is no wildcard keeps a backslash, and a question mark gets one.
fn unescaped(raw: &str, is_pattern: bool) -> String {
    let (mut text, mut letters) = (String::new(), raw.chars());
    while let Some(letter) = letters.next() {
        match (letter, letter == '\\') {
            ('?', _) if is_pattern => text.push_str("\\?"),
            (_, false) => text.push(letter),
            (_, true) => match letters.next() {
                Some(next @ ('*' | '\\')) if is_pattern => text.extend(['\\', next]),
                Some(next) => text.push(escaped(next)),
                None => {}
            },
        }
    }
    text
}
