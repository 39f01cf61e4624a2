//! A source, ready to be asked about fields, record types and codes.

use super::aliases::Aliases;
use super::catalogue::Catalogue;
use super::{SOURCES, file, personal};
use crate::model::FieldPath;
use std::collections::BTreeMap;

/// What a field is for, beyond being there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// When it happened.
    Time,
    /// When the record was written or handed over.
    Delivered,
    /// The result code.
    Code,
    /// The vendor's text for the result code.
    CodeText,
    /// Which of several kinds of record this is.
    RecordType,
    /// The record's own id.
    RecordId,
    /// Who stands behind the record: a user, else a program, else an address.
    Actor,
}

impl Role {
    /// All roles, in the order of [`Source::roles`].
    pub const ALL: [Self; 7] = [Self::Time, Self::Delivered, Self::Code, Self::CodeText, Self::RecordType, Self::RecordId, Self::Actor];

    /// Place in [`Role::ALL`].
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }
}

/// Who decides what stands in a field; drift of what others write is no drift of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PathKind {
    /// The provider of the log.
    Vendor,
    /// The program that signs in: user agents, device names.
    Client,
    /// The tenant or its users: names of apps, policies, networks, people.
    Tenant,
}

/// What the cohorts of a dimension are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DimensionKind {
    /// Result codes.
    Code,
    /// Record types.
    RecordType,
    /// Values of any other field.
    Other,
}

/// A field whose values cut the records into cohorts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dimension {
    /// As reports call it: `resultType`.
    pub name: String,
    /// Fields that can hold it, the best one first; of a repeating field the first value counts.
    pub paths: Vec<FieldPath>,
    /// What its cohorts are.
    pub kind: DimensionKind,
}

/// How one provider's log is read.
#[derive(Clone, Debug, Default)]
pub struct Source {
    /// What `--source` takes and baselines are kept under.
    pub name: String,
    /// One line for people.
    pub title: String,
    /// Key of the object in which some deliveries wrap the record's fields.
    pub(super) envelope: Option<String>,
    /// Patterns of the record types it reads; none: every type.
    pub(super) record_types: Vec<String>,
    /// Codes that mean success.
    pub(super) success: Vec<String>,
    pub(super) catalogue: Catalogue,
    /// The fields that the vendor documents, spelled as `words` are.
    pub(super) documented: Vec<FieldPath>,
    /// Groups of fields as records spell them: one that has all of a group is of this source.
    pub(super) signs: Vec<Vec<FieldPath>>,
    /// Fields whose values are kept as words; `None`: guess from their names.
    pub(super) words: Option<Vec<FieldPath>>,
    pub(super) client: Vec<FieldPath>,
    pub(super) tenant: Vec<FieldPath>,
    pub(super) relied_on: Vec<FieldPath>,
    pub(super) roles: [Vec<FieldPath>; Role::ALL.len()],
    pub(super) dimensions: Vec<Dimension>,
    /// What people call a field, and the fields that can hold it, the best one first.
    pub(super) names: BTreeMap<String, Vec<FieldPath>>,
    /// What detections call its fields and record types.
    pub(super) aliases: Aliases,
}

impl Source {
    /// A built-in source.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let row = SOURCES.iter().find(|row| row.name == name)?;
        Self::from_toml(row.text, row.name).ok()
    }

    /// A source from a user's file; `origin` is the name that errors give the text.
    ///
    /// # Errors
    /// `origin:line:column: what is wrong; what to do`.
    pub fn from_toml(text: &str, origin: &str) -> Result<Self, String> {
        file::read(text, origin)
    }

    /// A source for any log, its roles given one by one.
    ///
    /// # Errors
    /// Says which option holds no path.
    pub fn generic(
        time: Option<&str>,
        code: Option<&str>,
        cohorts: &[String],
        id: Option<&str>,
        actor: Option<&str>,
    ) -> Result<Self, String> {
        let mut source = Self::named("generic").ok_or("the built-in source \"generic\" is missing")?;
        let given = [("time", Role::Time, time), ("code", Role::Code, code), ("id", Role::RecordId, id), ("actor", Role::Actor, actor)];
        for (option, role, text) in given {
            if let Some(text) = text {
                source.roles[role.index()] = vec![option_path(option, text)?];
            }
        }
        let kinds = code.map(|text| (text, DimensionKind::Code));
        for (text, kind) in kinds.into_iter().chain(cohorts.iter().map(|text| (text.as_str(), DimensionKind::Other))) {
            let path = option_path("cohort", text)?;
            let name = path.to_string();
            if !source.dimensions.iter().any(|known| known.name == name) {
                source.dimensions.push(Dimension { name, paths: vec![path], kind });
            }
        }
        Ok(source)
    }

    /// The source under another name: what is kept of it is kept apart from what others of its kind left.
    ///
    /// # Errors
    /// The name is none that a source can have, or that of another built-in source.
    pub fn called(mut self, name: &str) -> Result<Self, String> {
        if self.name != name && SOURCES.iter().any(|row| row.name == name) {
            return Err(format!("the name {name} is that of a built-in source; choose another"));
        }
        file::check_name(name)?;
        name.clone_into(&mut self.name);
        Ok(self)
    }

    /// Whether its records tell when they happened; without it all of them stand in one undated window.
    #[must_use]
    pub fn is_dated(&self) -> bool {
        !self.roles[Role::Time.index()].is_empty()
    }

    /// What the scanner looks out for: the roles as in [`Role::ALL`], then the dimensions as in [`Source::dimensions`];
    /// each an ordered list of alternatives, empty where the source has no such field.
    #[must_use]
    pub fn roles(&self) -> Vec<Vec<FieldPath>> {
        self.roles.iter().chain(self.dimensions.iter().map(|dimension| &dimension.paths)).cloned().collect()
    }

    /// The fields behind a name that people use in every shape of the log (`user`, `code`, `app`), the best one first and
    /// spelled as by [`Source::bare`]; empty for a name that the source does not have.
    #[must_use]
    pub fn named_fields(&self, name: &str) -> Vec<FieldPath> {
        if let Some(paths) = self.names.get(name) {
            return paths.clone();
        }
        let role = match name {
            "time" => Role::Time,
            "code" => Role::Code,
            "id" => Role::RecordId,
            "type" => Role::RecordType,
            "user" => Role::Actor,
            _ => return Vec::new(),
        };
        let mut fields: Vec<FieldPath> = Vec::new();
        for path in self.roles[role.index()].iter().map(|path| self.bare(path)) {
            if !fields.contains(&path) {
                fields.push(path);
            }
        }
        fields
    }

    /// The names that [`Source::named_fields`] knows.
    #[must_use]
    pub fn field_names(&self) -> Vec<String> {
        let roles = ["time", "code", "id", "type", "user"].map(String::from);
        let all: std::collections::BTreeSet<String> = self.names.keys().cloned().chain(roles).collect();
        all.into_iter().filter(|name| !self.named_fields(name).is_empty()).collect()
    }

    /// Groups of fields by which its records are told from those of others: a record in which all fields of a group are filled
    /// is of this source. Empty for a source that reads anything.
    #[must_use]
    pub fn signs(&self) -> &[Vec<FieldPath>] {
        &self.signs
    }

    /// Patterns of the record types that it reads; none: all.
    #[must_use]
    pub fn record_types(&self) -> &[String] {
        &self.record_types
    }

    /// The codes that mean success.
    #[must_use]
    pub fn successes(&self) -> &[String] {
        &self.success
    }

    /// The fields that its vendor documents, spelled as by [`Source::bare`]; empty where no list is shipped.
    #[must_use]
    pub fn documented_fields(&self) -> &[FieldPath] {
        &self.documented
    }

    /// The codes that its vendor documents and their symbolic names, in order.
    #[must_use]
    pub fn documented_codes(&self) -> Vec<(&str, &str)> {
        self.catalogue.rows()
    }

    /// The fields that cut the records into cohorts.
    #[must_use]
    pub fn dimensions(&self) -> &[Dimension] {
        &self.dimensions
    }

    /// Whether records of this type belong to the source; a record without a type does.
    #[must_use]
    pub fn reads(&self, record_type: Option<&str>) -> bool {
        record_type.is_none_or(|name| self.record_types.is_empty() || self.record_types.iter().any(|pattern| matches(pattern, name)))
    }

    /// Whether the values of a field may be kept as words: closed sets only, never anything personal.
    #[must_use]
    pub fn keeps_words(&self, path: &FieldPath) -> bool {
        match &self.words {
            Some(words) => words.contains(&self.bare(path)),
            None => !personal::sounds_personal(path),
        }
    }

    /// Who decides what stands in a field or in anything below it.
    #[must_use]
    pub fn path_kind(&self, path: &FieldPath) -> PathKind {
        let bare = self.bare(path);
        let below = |list: &[FieldPath]| list.iter().any(|above| bare.segments().starts_with(above.segments()));
        if below(&self.client) {
            PathKind::Client
        } else if below(&self.tenant) {
            PathKind::Tenant
        } else {
            PathKind::Vendor
        }
    }

    /// Whether detections commonly read a field, something in it, or what it stands in.
    #[must_use]
    pub fn is_relied_on(&self, path: &FieldPath) -> bool {
        let bare = self.bare(path);
        let related = |field: &FieldPath| bare.segments().starts_with(field.segments()) || field.segments().starts_with(bare.segments());
        !bare.segments().is_empty() && self.relied_on.iter().any(related)
    }

    /// Symbolic name of a documented code; empty where the vendor documents it without one.
    #[must_use]
    pub fn code_name(&self, code: &str) -> Option<&str> {
        self.catalogue.name(code)
    }

    /// Whether the vendor documents a code; codes of success need no documentation.
    #[must_use]
    pub fn documents(&self, code: &str) -> bool {
        self.is_success(code) || self.code_name(code).is_some()
    }

    /// Whether there is a catalogue at all; without one, that a code is not documented means nothing.
    #[must_use]
    pub fn has_catalogue(&self) -> bool {
        !self.catalogue.is_empty()
    }

    /// Whether a code means success.
    #[must_use]
    pub fn is_success(&self, code: &str) -> bool {
        self.success.iter().any(|success| success == code)
    }

    /// What detections call its fields and record types.
    #[must_use]
    pub fn aliases(&self) -> &Aliases {
        &self.aliases
    }

    /// The fields that can have a role, the best one first.
    #[must_use]
    pub fn fields_of(&self, role: Role) -> &[FieldPath] {
        &self.roles[role.index()]
    }

    /// Whether a field, in the common spelling of [`Aliases::common`], has a role. One that steps in where a record has no better,
    /// and by which records are cut into cohorts of its own, is not what is meant by the role: `outcome.result` says SUCCESS beside
    /// a reason.
    #[must_use]
    pub fn plays(&self, role: Role, common: &str) -> bool {
        let is = |path: &FieldPath| self.aliases.common(&path.to_string()) == common;
        let own = |dimension: &Dimension| dimension.paths.iter().any(is) && !dimension.paths.iter().eq(self.fields_of(role));
        let steps_in = |place: usize| place > 0 && self.dimensions.iter().any(own);
        self.fields_of(role).iter().position(is).is_some_and(|place| !steps_in(place))
    }
}

fn option_path(option: &str, text: &str) -> Result<FieldPath, String> {
    match FieldPath::parse(text) {
        Ok(path) if path.segments().is_empty() => Err(format!("the path for {option} is empty; name a field such as event.outcome")),
        Ok(path) => Ok(path),
        Err(why) => Err(format!("the path for {option} cannot be used: {why}; write a.b, list[].b or [\"a key\"].b")),
    }
}

/// Whether a pattern, in which `*` stands for anything, covers the name; the case of ASCII letters does not count.
pub(super) fn matches(pattern: &str, name: &str) -> bool {
    let (pattern, name) = (pattern.to_ascii_lowercase(), name.to_ascii_lowercase());
    let Some((head, tail)) = pattern.split_once('*') else { return pattern == name };
    let Some(mut rest) = name.strip_prefix(head) else { return false };
    let mut pieces: Vec<&str> = tail.split('*').collect();
    let last = pieces.pop().unwrap_or("");
    for piece in pieces {
        let Some(at) = rest.find(piece) else { return false };
        rest = &rest[at + piece.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns_cover_what_they_say() {
        for (pattern, name) in [("*SignInLogs", "SigninLogs"), ("a*c*e", "abcde"), ("a*", "a"), ("*", ""), ("x", "X"), ("*b*", "abc")] {
            assert!(matches(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in [("*SignInLogs", "SignInLogsX"), ("ab*ba", "aba"), ("a*c*e", "abde"), ("x", "xx"), ("*b*", "ac")] {
            assert!(!matches(pattern, name), "{pattern} {name}");
        }
    }
}
