//! All rules of a team.

use super::dialect::{DIALECTS, RuleFile, Surroundings};
use super::rule::{Parsed, Rule};
use std::collections::BTreeMap;

/// The rules of a folder, and what of it could not be read.
#[derive(Debug, Default)]
pub struct RuleSet {
    /// The rules, by file and place in it.
    pub rules: Vec<Rule>,
    /// The texts of the files that have rules.
    pub files: BTreeMap<String, String>,
    /// Files that hold no rules that could be read, and why.
    pub refused: Vec<(String, String)>,
    /// Files that no dialect knows.
    pub others: usize,
    /// What files beside the rules say about them.
    pub(super) surroundings: Surroundings,
}

impl RuleSet {
    /// Reads the rules out of files (names and texts).
    #[must_use]
    pub fn read(files: Vec<(String, String)>, refused: Vec<(String, String)>) -> Self {
        let mut surroundings = Surroundings::default();
        for (name, text) in &files {
            for look in DIALECTS.iter().filter_map(|dialect| dialect.surroundings) {
                look(RuleFile { name, text }, &mut surroundings);
            }
        }
        let mut set = Self { refused, ..Self::default() };
        for (name, text) in files {
            match super::read(RuleFile { name: &name, text: &text }, &surroundings) {
                None => set.others += 1,
                Some(Err(why)) => set.refused.push((name, why)),
                Some(Ok(rules)) => {
                    set.rules.extend(rules);
                    set.files.insert(name, text);
                }
            }
        }
        set.refused.sort();
        set.surroundings = surroundings;
        set
    }

    /// How many rules were read in full, in part and not at all.
    #[must_use]
    pub fn tally(&self) -> [usize; 3] {
        [Parsed::Full, Parsed::Partial, Parsed::Failed].map(|parsed| self.rules.iter().filter(|rule| rule.parsed == parsed).count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_files_are_named_and_the_rest_is_read() {
        let files = [("a.kql", "SigninLogs | where ResultType == 1"), ("b.yaml", "query: [a\nb: c"), ("c.png", "x")];
        let files = files.map(|(name, text)| (name.to_owned(), text.to_owned())).to_vec();
        let set = RuleSet::read(files, vec![("z".into(), "not UTF-8".into())]);
        assert_eq!((set.rules.len(), set.others, set.tally()), (1, 1, [1, 0, 0]));
        let refused: Vec<_> = set.refused.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(refused, ["b.yaml", "z"]);
    }
}
