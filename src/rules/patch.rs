//! The fix of a rule that does not list a code: the code beside its siblings, in the rule's own writing.

use super::rule::{Language, Literal, Operator, Predicate, Rule};
use super::set::RuleSet;
use super::unified::unified;
use super::{RuleFile, read};
use std::collections::BTreeSet;
use std::ops::Range;

/// A change of a text: what takes the place of which bytes.
type Edit = (Range<usize>, String);

/// A comparison of one rule, its negation, its values.
type Told = BTreeSet<(usize, String, bool, String)>;

impl RuleSet {
    /// A patch of a file that adds a code to every comparison of these rules (by their places) that waits for one of its siblings;
    /// `is_code` says which fields hold a code. It applies with `patch -p1` in the folder of the rules. `None` if there is nothing
    /// to add, or if it is not certain that the patched rules would wait for the code and for all they waited for before.
    #[must_use]
    pub fn add_code(&self, file: &str, rules: &[usize], siblings: &[String], code: &str, is_code: &dyn Fn(&str) -> bool) -> Option<String> {
        let text = self.files.get(file)?;
        let of_file: Vec<&Rule> = rules.iter().filter_map(|place| self.rules.get(*place)).filter(|rule| rule.file == file).collect();
        let mut edits: Vec<Edit> = Vec::new();
        for rule in &of_file {
            for predicate in rule.predicates.iter().filter(|predicate| waits(predicate, is_code)) {
                let lists_it = predicate.values.iter().any(|value| value.text == code);
                if !lists_it && let Some(edit) = edit(rule.language, text, predicate, siblings, code) {
                    edits.push(edit);
                }
            }
        }
        edits.sort_by_key(|edit| edit.0.start);
        edits.dedup();
        let patched = applied(text, &edits)?;
        self.is_mended(file, &patched, code, is_code).then(|| unified(file, text, &patched)).flatten()
    }

    /// Whether the patched rules compare what they compared and the code besides, and nothing of them is less understood.
    fn is_mended(&self, file: &str, patched: &str, code: &str, is_code: &dyn Fn(&str) -> bool) -> bool {
        let before: Vec<&Rule> = self.rules.iter().filter(|rule| rule.file == file).collect();
        let Some(Ok(after)) = read(RuleFile { name: file, text: patched }, &self.surroundings) else { return false };
        if before.len() != after.len() || before.iter().zip(&after).any(|(before, after)| before.parsed < after.parsed) {
            return false;
        }
        let (old, new) = (told(before.into_iter()), told(after.iter()));
        let mut added = new.difference(&old).peekable();
        // A list that another comparison leaves out, or holds against another field, says more than where it was mended.
        let is_meant = |(_, field, negated, value): &(usize, String, bool, String)| value == code && !negated && is_code(field);
        added.peek().is_some() && added.all(is_meant) && old.is_subset(&new)
    }
}

fn told<'a>(rules: impl Iterator<Item = &'a Rule>) -> Told {
    let of_rule = |(place, rule): (usize, &'a Rule)| {
        let values = |predicate: &'a Predicate| predicate.values.iter().map(move |value| (predicate, value));
        let tell =
            move |(predicate, value): (&Predicate, &Literal)| (place, predicate.field.clone(), predicate.negated, value.text.clone());
        rule.predicates.iter().flat_map(values).map(tell)
    };
    rules.enumerate().flat_map(of_rule).collect()
}

fn waits(predicate: &Predicate, is_code: &dyn Fn(&str) -> bool) -> bool {
    let lists = matches!(predicate.operator, Operator::Equal | Operator::In | Operator::Has);
    lists && !predicate.negated && predicate.derived.is_none() && is_code(&predicate.field)
}

/// A text with its changes made; `None` if there are none, or two of the same bytes.
fn applied(text: &str, edits: &[Edit]) -> Option<String> {
    let (mut out, mut at) = (String::new(), 0);
    for (bytes, new) in edits {
        out.push_str(text.get(at..bytes.start)?);
        out.push_str(new);
        at = bytes.end;
    }
    out.push_str(text.get(at..)?);
    (!edits.is_empty()).then_some(out)
}

/// The change that adds a code to a comparison beside a sibling; `None` for a form that is not rewritten.
fn edit(language: Language, text: &str, predicate: &Predicate, siblings: &[String], code: &str) -> Option<Edit> {
    let here = |value: &&Literal| !value.at.bytes.is_empty();
    let values: Vec<&Literal> = predicate.values.iter().filter(here).collect();
    let place = values.iter().rposition(|value| siblings.contains(&value.text))?;
    let sibling = values[place];
    let written = text.get(sibling.at.bytes.clone())?;
    let new = written.replacen(&sibling.text, code, 1);
    if new == written || !is_as_plain(code, written, &sibling.text) {
        return None;
    }
    if let Some(prefix) = item_of_block(text, sibling) {
        return Some((sibling.at.bytes.start..sibling.at.bytes.start, format!("{new}{}{prefix}", line_end(text))));
    }
    // Brackets around one value are a list here, and say nothing behind `==`.
    let may_list = matches!(language, Language::Sigma | Language::Kuery) || predicate.operator == Operator::Has;
    let is_list = may_list && is_bracketed(text, sibling);
    let in_list = predicate.operator == Operator::In || predicate.values.len() > 1 || is_list;
    if in_list {
        return Some(beside(language, text, &values, place, &new));
    }
    match language {
        Language::Kql => instead_of(text, predicate, sibling, &[("==", "in"), ("=~", "in~"), ("has", "has_any")], &new),
        Language::Eql => instead_of(text, predicate, sibling, &[("==", "in"), (":", "in~")], &new),
        Language::Esql => instead_of(text, predicate, sibling, &[("==", "in")], &new),
        Language::Kuery => Some((sibling.at.bytes.clone(), format!("({written} or {new})"))),
        Language::Sigma => block_below(text, sibling, written, &new),
        Language::Spl => {
            let whole = text.get(predicate.at.bytes.clone())?;
            Some((predicate.at.bytes.clone(), format!("({whole} OR {})", whole.replacen(written, &new, 1))))
        }
        Language::Python => None,
    }
}

/// Whether a code means itself where a sibling stands as written, whatever the log holds for a code: no wildcard, no macro, no end of
/// the quotes, and bare only where it is what the sibling is, a number or a word.
fn is_as_plain(code: &str, written: &str, sibling: &str) -> bool {
    const WORDS: [&str; 10] = ["true", "false", "null", "yes", "no", "on", "off", "and", "or", "not"];
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0') && text.len() <= 18;
    let is_name = |text: &str| text.starts_with(|c: char| c.is_ascii_alphabetic()) && !WORDS.contains(&text.to_ascii_lowercase().as_str());
    let is_plain = code.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'));
    let is_alike = written != sibling || (is_number(code) && is_number(sibling)) || (is_name(code) && is_name(sibling));
    is_plain && !code.is_empty() && code.len() <= 100 && is_alike
}

/// How lines of a text end.
fn line_end(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}

/// Whether a value stands in a list of itself: a bracket opens right before it and closes right behind it.
fn is_bracketed(text: &str, value: &Literal) -> bool {
    let (before, after) = (text[..value.at.bytes.start].trim_end(), text[value.at.bytes.end..].trim_start());
    before.ends_with(['(', '[']) && after.starts_with([')', ']'])
}

/// What stands before a value on its line, if that is the dash of a block of YAML.
fn item_of_block<'a>(text: &'a str, value: &Literal) -> Option<&'a str> {
    let start = text[..value.at.bytes.start].rfind('\n').map_or(0, |at| at + 1);
    let prefix = &text[start..value.at.bytes.start];
    (prefix.trim() == "-").then_some(prefix)
}

/// The code between a value and its neighbour: behind it on one line, before it where each has a line of its own, so that comments
/// stay with what they are about.
fn beside(language: Language, text: &str, values: &[&Literal], place: usize, new: &str) -> Edit {
    let between = |a: &Literal, b: &Literal| text.get(a.at.bytes.end..b.at.bytes.start).map(str::to_owned);
    let neighbour =
        if place > 0 { between(values[place - 1], values[place]) } else { values.get(1).and_then(|next| between(values[0], next)) };
    let usual = if language == Language::Kuery { " or " } else { ", " };
    let separator = neighbour.filter(|text| text.trim() == usual.trim()).unwrap_or_else(|| usual.to_owned());
    let bytes = &values[place].at.bytes;
    let line = text[..bytes.start].rfind('\n').map_or(0, |at| at + 1);
    let indent = &text[line..bytes.start];
    let stands_alone = indent.trim().is_empty() && line > 0 && values.len() > 1;
    if stands_alone {
        return (bytes.start..bytes.start, format!("{new},{}{indent}", line_end(text)));
    }
    let separator = if separator.contains('\n') { usual.to_owned() } else { separator };
    (bytes.end..bytes.end, format!("{separator}{new}"))
}

/// `field == "a"` as `field in ("a", "b")`; only if nothing but blanks stands between the operator and the value.
fn instead_of(text: &str, predicate: &Predicate, sibling: &Literal, operators: &[(&str, &str)], new: &str) -> Option<Edit> {
    let before = text.get(predicate.at.bytes.start..sibling.at.bytes.start)?;
    let trimmed = before.trim_end();
    let (operator, list) = operators.iter().find(|(operator, _)| trimmed.ends_with(operator))?;
    let from = predicate.at.bytes.start + trimmed.len() - operator.len();
    let written = text.get(sibling.at.bytes.clone())?;
    let blank = if text[..from].ends_with(char::is_whitespace) { "" } else { " " };
    Some((from..sibling.at.bytes.end, format!("{blank}{list} ({written}, {new})")))
}

/// `key: a` of YAML as a block of both below the key.
fn block_below(text: &str, sibling: &Literal, written: &str, new: &str) -> Option<Edit> {
    let line = text[..sibling.at.bytes.start].rfind('\n').map_or(0, |at| at + 1);
    let head = &text[line..sibling.at.bytes.start];
    let colon = head.rfind(':').filter(|at| head[at + 1..].trim().is_empty())?;
    let key = head.len() - head.trim_start_matches([' ', '-']).len();
    let indent = " ".repeat(key + 4);
    let end = line_end(text);
    Some((line + colon + 1..sibling.at.bytes.end, format!("{end}{indent}- {written}{end}{indent}- {new}")))
}

#[cfg(test)]
mod tests;
