//! What a source reads, in words that can be kept beside what was read: sources of one name may differ in it.

use super::{DimensionKind, Role, Source};
use crate::model::FieldPath;
use std::collections::{BTreeMap, BTreeSet};

/// The paths that a source reads, by what they are to it: `result code` from `resultType`, `cohort app` from `appName | app`.
/// Fingerprints can be compared and added only if they were made by one definition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Definition(BTreeMap<String, String>);

/// What stands between a name and its paths.
const READS: &str = ": ";
const NOTHING: &str = "nothing";

const fn name(role: Role) -> &'static str {
    match role {
        Role::Time => "time",
        Role::Delivered => "time of delivery",
        Role::Code => "result code",
        Role::CodeText => "description of the result code",
        Role::RecordType => "record type",
        Role::RecordId => "record id",
        Role::Actor => "actor",
    }
}

impl Definition {
    /// The definition of a source.
    #[must_use]
    pub fn of(source: &Source) -> Self {
        let text = |paths: &[FieldPath]| paths.iter().map(ToString::to_string).collect::<Vec<_>>().join(" | ");
        let roles = Role::ALL.iter().zip(&source.roles).filter(|(_, paths)| !paths.is_empty());
        let mut reads: BTreeMap<String, String> = roles.map(|(role, paths)| (name(*role).to_owned(), text(paths))).collect();
        for dimension in source.dimensions() {
            let paths = match dimension.kind {
                DimensionKind::Code => name(Role::Code).to_owned(),
                DimensionKind::RecordType => name(Role::RecordType).to_owned(),
                DimensionKind::Other => text(&dimension.paths),
            };
            // A name may hold anything; a colon in it must not end it, nor a line end the line.
            reads.insert(format!("cohort {}", dimension.name.escape_debug().to_string().replace(':', "\\u{3a}")), paths);
        }
        Self(reads)
    }

    /// A line for each, in order.
    #[must_use]
    pub fn to_lines(&self) -> Vec<String> {
        self.0.iter().map(|(name, paths)| format!("{name}{READS}{paths}")).collect()
    }

    /// The definition of the lines that [`Definition::to_lines`] gave; `None` of any others.
    #[must_use]
    pub fn from_lines<'a>(lines: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let split = |line: &str| line.split_once(READS).map(|(name, paths)| (name.to_owned(), paths.to_owned()));
        lines.into_iter().map(split).collect::<Option<_>>().map(Self)
    }

    /// In words what this definition reads and another one does otherwise, called `there`; `None` if they are equal.
    #[must_use]
    pub fn difference(&self, other: &Self, there: &str) -> Option<String> {
        let differs = |name: &&String| self.0.get(*name) != other.0.get(*name);
        let names: BTreeSet<&String> = self.0.keys().chain(other.0.keys()).filter(differs).collect();
        let read = |definition: &Self, name: &str| definition.0.get(name).map_or_else(|| NOTHING.to_owned(), Clone::clone);
        // Cohorts of a role differ with it.
        let follows = |definition: &Self, name: &str| definition.0.get(name).is_none_or(|role| names.contains(role));
        let own = names.iter().filter(|name| !(follows(self, name) && follows(other, name)));
        let told = own.map(|name| format!("{name} is read from {}, {there} from {}", read(self, name), read(other, name)));
        (!names.is_empty()).then(|| told.collect::<Vec<_>>().join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn generic(time: Option<&str>, code: Option<&str>, cohorts: &[&str]) -> Definition {
        let cohorts: Vec<String> = cohorts.iter().map(|&cohort| cohort.to_owned()).collect();
        Definition::of(&Source::generic(time, code, &cohorts, None, None).unwrap())
    }

    #[test]
    fn definitions_are_equal_if_they_read_the_same_whatever_the_order_of_cohorts() {
        assert_eq!(generic(Some("ts"), Some("a"), &["x", "y"]), generic(Some("ts"), Some("a"), &["y", "x"]));
        let plain = generic(Some("ts"), Some("a"), &["x"]);
        for other in [
            generic(None, Some("a"), &["x"]),
            generic(Some("time"), Some("a"), &["x"]),
            generic(Some("ts"), Some("b"), &["x"]),
            generic(Some("ts"), None, &["a", "x"]),
            generic(Some("ts"), Some("a"), &[]),
            generic(Some("ts"), Some("a"), &["x", "y"]),
        ] {
            assert_ne!(plain, other);
            assert!(plain.difference(&other, "there").is_some_and(|words| !words.is_empty()), "{other:?}");
        }
        assert_eq!(plain.difference(&plain, "there"), None);
    }

    #[test]
    fn a_difference_names_each_thing_once_and_both_of_its_paths() {
        let (here, there) = (generic(Some("ts"), Some("b"), &["app"]), generic(None, Some("a"), &["app"]));
        let words = here.difference(&there, "before");
        assert_eq!(words.as_deref(), Some("result code is read from b, before from a; time is read from ts, before from nothing"));
        let words = generic(None, None, &[]).difference(&generic(None, None, &["x"]), "before");
        assert_eq!(words.as_deref(), Some("cohort x is read from nothing, before from x"));
    }

    #[test]
    fn lines_read_back_and_other_lines_do_not() {
        let text = "name = \"x\"\ntitle = \"x\"\n[[dimensions]]\nname = \"a: b\\nc: d\"\npaths = ['[\"x: y\\nz\"]']\n";
        for source in [Source::named("entra-signin").unwrap(), Source::from_toml(text, "x.toml").unwrap()] {
            let definition = Definition::of(&source);
            let lines = definition.to_lines().join("\n");
            assert_eq!(Definition::from_lines(lines.lines()), Some(definition));
        }
        assert_eq!(Definition::from_lines([]), Some(Definition::default()));
        assert_eq!(Definition::from_lines(["nothing of this kind"]), None);
    }
}
