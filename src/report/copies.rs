//! What of a finding is to be copied: the patch of the rules, and queries for the records in question.

use super::subject::Piece;
use super::words::ECHOES;
use super::{FindingRow, RuleRow};

/// Bytes from which a text is only named: comments on a pull request end at 65,536 characters.
const COPIED: usize = 16_384;

/// A text to be copied.
pub(super) struct Copy<'a> {
    /// What it is.
    pub(super) head: Vec<Piece<'a>>,
    /// Its language as a block of Markdown names it; empty where none does.
    pub(super) language: &'static str,
    /// Its lines.
    pub(super) text: &'a str,
}

impl Copy<'_> {
    /// Whether it is too long to be shown.
    pub(super) const fn is_long(&self) -> bool {
        self.text.len() > COPIED
    }
}

/// The texts of a root and the rules that it touches, each once.
pub(super) fn copies<'a>(root: &'a FindingRow, rules: &[&'a RuleRow]) -> Vec<Copy<'a>> {
    let mut found: Vec<Copy<'a>> = Vec::new();
    if let Some(suggestion) = &root.suggestion {
        let head = vec![Piece::Text("Patch for the rules ("), Piece::Name("patch -p1"), Piece::Text(" in their folder)")];
        found.push(Copy { head, language: "diff", text: &suggestion.patch });
        found.push(Copy { head: vec![Piece::Text("Query for the records in question")], language: "kusto", text: &suggestion.query });
    }
    for rule in rules.iter().take(ECHOES) {
        let text = rule.query.as_deref().unwrap_or_default();
        if found.iter().all(|known| known.text != text) {
            found.push(Copy { head: vec![Piece::Text("Query in the language of "), Piece::Name(&rule.title)], language: "", text });
        }
    }
    found.retain(|copy| !copy.text.is_empty());
    found
}
