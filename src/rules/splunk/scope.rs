//! The names that a search knows at a stage, and the fields of the log that they come from.

use crate::rules::rule::Condition;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Fields that Splunk itself keeps of every event; no log has them.
const OWN: &[&str] = &["eventtype", "host", "index", "linecount", "punct", "source", "sourcetype", "splunk_server", "tag", "timestamp"];

/// Names by which add-ons call what logs call otherwise. They stand beside the log's own names, whatever is renamed.
const ALIASES: &[&str] = &[
    "action",
    "app",
    "authentication_method",
    "authentication_service",
    "change_type",
    "command",
    "dest",
    "dest_ip",
    "dvc",
    "object",
    "object_attrs",
    "object_category",
    "object_id",
    "signature",
    "signature_id",
    "src",
    "src_host",
    "src_ip",
    "src_port",
    "src_user",
    "src_user_id",
    "src_user_name",
    "src_user_type",
    "user",
    "user_agent",
    "user_id",
    "user_name",
    "user_role",
    "user_type",
    "vendor_account",
    "vendor_product",
    "vendor_region",
];

/// Functions whose result is a value of the field.
const KEEPING: &[&str] = &[
    "coalesce", "earliest", "first", "last", "latest", "list", "lower", "ltrim", "max", "min", "mode", "mvdedup", "mvfilter", "mvindex",
    "mvsort", "null", "rtrim", "tonumber", "tostring", "trim", "upper", "values",
];

/// Where the values of a name come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Origin {
    /// Fields of the log.
    pub(super) fields: Vec<String>,
    /// What makes other values of them.
    pub(super) derived: Option<String>,
    /// Whether records were counted together before.
    pub(super) counted: bool,
    /// Whether capital letters are gone.
    pub(super) folded: bool,
}

impl Origin {
    /// A field as it is.
    pub(super) fn field(path: String) -> Self {
        Self { fields: vec![path], ..Self::default() }
    }

    /// Something that no field holds.
    pub(super) fn made(by: &str) -> Self {
        Self { derived: Some(by.to_owned()), ..Self::default() }
    }

    /// What a function makes of some values.
    pub(super) fn through(function: &str, parts: &[Self]) -> Self {
        let name = function.to_ascii_lowercase();
        let mut origin = Self::default();
        for part in parts {
            let new = part.fields.iter().filter(|field| !origin.fields.contains(field)).cloned().collect::<Vec<_>>();
            origin.fields.extend(new);
            origin.counted |= part.counted;
            origin.folded |= part.folded;
            origin.derived = origin.derived.take().or_else(|| part.derived.clone());
        }
        origin.folded |= matches!(name.as_str(), "lower" | "upper");
        if !KEEPING.contains(&name.as_str()) || origin.fields.len() != 1 {
            origin.derived = origin.derived.or(Some(name));
        }
        origin
    }
}

/// `rename a.* as b.*`.
#[derive(Clone, Debug)]
struct Rename {
    from: (String, String),
    to: (String, String),
}

impl Rename {
    /// The name that a name had before.
    fn undo(&self, name: &str) -> Option<String> {
        let middle = name.strip_prefix(self.to.0.as_str())?.strip_suffix(self.to.1.as_str())?;
        Some(format!("{}{middle}{}", self.from.0, self.from.1))
    }

    /// The name that a name has afterwards.
    fn apply(&self, name: &str) -> Option<String> {
        let middle = name.strip_prefix(self.from.0.as_str())?.strip_suffix(self.from.1.as_str())?;
        Some(format!("{}{middle}{}", self.to.0, self.to.1))
    }

    /// Whether any name may be one that it made.
    fn is_bare(&self) -> bool {
        self.to.0.is_empty() && self.to.1.is_empty()
    }
}

/// What a search knows at a stage.
#[derive(Debug, Default)]
pub(super) struct Scope {
    names: BTreeMap<String, Origin>,
    /// Whether there are no other names.
    pub(super) closed: bool,
    renames: Vec<Rename>,
    /// What JSON was unfolded from, whose members are names now.
    unfolded: Option<Origin>,
    /// Fields of the log that the search named so far.
    mentioned: BTreeSet<String>,
    /// Whether the records are those of a log.
    pub(super) reads_log: bool,
    /// Whether records were counted together.
    pub(super) counted: bool,
    /// The tables that it reads.
    pub(super) tables: BTreeSet<String>,
    /// Tables whose records other searches brought in.
    pub(super) brought: BTreeSet<String>,
    /// What its records must hold.
    pub(super) conditions: Vec<Condition>,
    /// Where it begins.
    pub(super) at: Range<usize>,
}

impl Scope {
    /// Where the values of a name come from, and whether more than one field may have it now.
    pub(super) fn resolve(&self, name: &str) -> (Origin, bool) {
        if let Some(origin) = self.names.get(name) {
            return (origin.clone(), false);
        }
        if self.closed || !self.reads_log {
            return (Origin { counted: self.counted, ..Origin::made("nothing") }, false);
        }
        if name.starts_with('_') || OWN.contains(&name) || name.starts_with("date_") {
            return (Origin { counted: self.counted, ..Origin::made("splunk") }, false);
        }
        let is_new = !ALIASES.contains(&name) && !self.mentioned.contains(name);
        if let Some(origin) = self.unfolded.as_ref().filter(|_| is_new) {
            return (origin.clone(), !name.starts_with("{}"));
        }
        let (path, is_unsure) = self.path(name);
        (Origin { counted: self.counted, ..Origin::field(path) }, is_unsure)
    }

    /// The name that a field had before all renaming. After `rename a.* as *` a name may be one of `a` or one that was there
    /// before: the latter if it is a common alias, or if the search named only that.
    fn path(&self, name: &str) -> (String, bool) {
        let (mut path, mut guesses) = (name.to_owned(), 0);
        for rename in self.renames.iter().rev() {
            let Some(before) = rename.undo(&path) else { continue };
            if rename.is_bare() {
                let is_known = self.mentions(&before);
                if !is_known && (ALIASES.contains(&path.as_str()) || self.mentioned.contains(&path)) {
                    continue;
                }
                guesses += usize::from(!is_known);
            }
            path = before;
        }
        (path, guesses > 1)
    }

    fn mentions(&self, path: &str) -> bool {
        self.mentioned.range(path.to_owned()..).next().is_some_and(|next| {
            let rest = next.strip_prefix(path);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '{']))
        })
    }

    /// The names that are given or left.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.keys().map(String::as_str)
    }

    /// Notes that a field of the log was named.
    pub(super) fn mention(&mut self, path: &str) {
        self.mentioned.insert(path.to_owned());
    }

    /// Gives a name to something.
    pub(super) fn set(&mut self, name: &str, origin: Origin) {
        self.names.insert(name.to_owned(), origin);
    }

    /// Names that were not there before are members of JSON in a field.
    pub(super) fn unfold(&mut self, origin: Origin) {
        self.unfolded = Some(origin);
    }

    /// Takes a name away.
    pub(super) fn drop(&mut self, name: &str) {
        self.names.remove(name);
    }

    /// Renames all that fit a pattern with one `*`.
    pub(super) fn rename_all(&mut self, from: &str, to: &str) {
        let cut = |text: &str| text.split_once('*').map_or_else(|| (text.to_owned(), String::new()), |(a, b)| (a.to_owned(), b.to_owned()));
        let rename = Rename { from: cut(from), to: cut(to) };
        let renamed: Vec<(String, String)> = self.names.keys().filter_map(|name| Some((name.clone(), rename.apply(name)?))).collect();
        for (old, new) in renamed {
            if let Some(origin) = self.names.remove(&old) {
                self.names.insert(new, origin);
            }
        }
        self.renames.push(rename);
    }

    /// Only these names are left; `None` if others may be.
    pub(super) fn keep(&mut self, names: BTreeMap<String, Origin>, only: bool) {
        if only {
            self.names = names;
            self.closed = true;
        } else {
            self.names.extend(names);
        }
    }

    /// Records are counted together: whatever is named stays what it is, but belongs to groups.
    pub(super) fn count(&mut self) {
        self.counted = true;
        for origin in self.names.values_mut() {
            origin.counted = true;
        }
    }

    /// Takes over the names of another search whose results were added.
    pub(super) fn add(&mut self, other: &Self) {
        for (name, origin) in &other.names {
            self.names.entry(name.clone()).or_insert_with(|| origin.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log() -> Scope {
        Scope { reads_log: true, ..Scope::default() }
    }

    fn path(scope: &Scope, name: &str) -> String {
        scope.resolve(name).0.fields.join(" ")
    }

    #[test]
    fn names_behind_a_wildcard_rename_are_shifted_back() {
        let mut scope = log();
        scope.mention("operationName");
        scope.mention("properties.result");
        scope.rename_all("properties.*", "*");
        let names = ["status.errorCode", "operationName", "result", "user", "_time"];
        assert_eq!(names.map(|name| path(&scope, name)), ["properties.status.errorCode", "operationName", "properties.result", "user", ""]);
        assert!(!scope.resolve("appId").1);
        scope.rename_all("target{}.*", "*");
        assert!(scope.resolve("appId").1);
    }

    #[test]
    fn names_that_are_left_are_renamed_as_well() {
        let mut scope = log();
        scope.keep(BTreeMap::from([("A.user".to_owned(), Origin::field("A.user".to_owned()))]), true);
        scope.rename_all("A.*", "*");
        assert_eq!((path(&scope, "user"), path(&scope, "other")), ("A.user".to_owned(), String::new()));
    }

    #[test]
    fn functions_that_pick_values_keep_them() {
        let field = [Origin::field("a".to_owned())];
        assert_eq!(Origin::through("mvindex", &field).derived, None);
        assert_eq!(Origin::through("len", &field).derived.as_deref(), Some("len"));
        assert!(Origin::through("lower", &field).folded);
        assert_eq!(Origin::through("coalesce", &[field[0].clone(), Origin::field("b".to_owned())]).derived.as_deref(), Some("coalesce"));
    }
}
