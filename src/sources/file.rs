//! The TOML form of a source.

use super::aliases::Aliases;
use super::catalogue::{self, Catalogue};
use super::explain::{explain, place};
use super::{Dimension, DimensionKind, Role, SOURCES, Source};
use crate::model::FieldPath;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};
use std::collections::BTreeMap;

/// A source file. Paths are spelled as `FieldPath` writes them; `words`, `client` and `tenant` without the envelope and
/// with a small first letter.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: Name,
    title: String,
    envelope: Option<String>,
    #[serde(default)]
    record_types: Vec<String>,
    #[serde(default)]
    success: Vec<String>,
    #[serde(default)]
    catalogue: CatalogueRef,
    #[serde(default)]
    documented: Documented,
    #[serde(default)]
    signs: Vec<Vec<PathText>>,
    words: Option<Vec<PathText>>,
    #[serde(default)]
    client: Vec<PathText>,
    #[serde(default)]
    tenant: Vec<PathText>,
    #[serde(default)]
    relied_on: Vec<PathText>,
    #[serde(default)]
    roles: Roles,
    #[serde(default)]
    dimensions: Vec<DimensionText>,
    #[serde(default)]
    names: BTreeMap<String, Vec<PathText>>,
    #[serde(default)]
    detections: Detections,
}

/// How detections call what stands in the log.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Detections {
    of: Option<String>,
    prefixes: Vec<String>,
    tables: BTreeMap<String, String>,
    fields: BTreeMap<String, Vec<String>>,
    added: Vec<String>,
    columns: BTreeMap<String, String>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Roles {
    time: Vec<PathText>,
    delivered: Vec<PathText>,
    code: Vec<PathText>,
    code_text: Vec<PathText>,
    record_type: Vec<PathText>,
    record_id: Vec<PathText>,
    actor: Vec<PathText>,
}

/// A dimension: either the fields of a role or fields of its own.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DimensionText {
    name: String,
    role: Option<DimensionRole>,
    #[serde(default)]
    paths: Vec<PathText>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum DimensionRole {
    Code,
    RecordType,
}

/// A path checked while reading, so that the error knows its place (of a list, where the list begins).
struct PathText(FieldPath);

impl<'de> Deserialize<'de> for PathText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let path = FieldPath::parse(&text).map_err(D::Error::custom)?;
        if path.segments().is_empty() { Err(D::Error::custom("a path is empty")) } else { Ok(Self(path)) }
    }
}

/// Names reach terminals and file names: plain ones only.
struct Name(String);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        check_name(&text).map(|()| Self(text)).map_err(D::Error::custom)
    }
}

pub(super) fn check_name(name: &str) -> Result<(), String> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    let fits = (1..=64).contains(&name.len()) && name.chars().all(plain);
    if fits { Ok(()) } else { Err("the name of a source is 1 to 64 of a-z, 0-9, - and _".into()) }
}

/// The fields of a shipped list.
#[derive(Default)]
struct Documented(Vec<FieldPath>);

impl<'de> Deserialize<'de> for Documented {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        catalogue::fields(&String::deserialize(deserializer)?).map(Self).map_err(D::Error::custom)
    }
}

#[derive(Default)]
struct CatalogueRef(Catalogue);

impl<'de> Deserialize<'de> for CatalogueRef {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Catalogue::named(&String::deserialize(deserializer)?).map(Self).map_err(D::Error::custom)
    }
}

/// Reads a source file; see [`Source::from_toml`].
pub(super) fn read(text: &str, origin: &str) -> Result<Source, String> {
    let file: File = toml::from_str(text).map_err(|error| {
        let place = error.span().map(|span| place(text, span.start));
        explain(origin, place, None, error.message())
    })?;
    let roles = file.roles.in_order();
    let mut dimensions: Vec<Dimension> = Vec::new();
    for dimension in file.dimensions {
        let dimension = dimension.resolve(&roles).map_err(|why| format!("{origin}: {why}"))?;
        if dimensions.iter().any(|known| known.name == dimension.name) {
            return Err(format!("{origin}: two dimensions are called {:?}; rename or remove one", dimension.name));
        }
        dimensions.push(dimension);
    }
    let mut source = Source {
        name: file.name.0,
        title: file.title,
        envelope: file.envelope,
        record_types: file.record_types,
        success: file.success,
        catalogue: file.catalogue.0,
        signs: file.signs.into_iter().map(|group| group.into_iter().map(|path| path.0).collect()).collect(),
        roles,
        dimensions,
        ..Source::default()
    };
    let bare = |list: Vec<PathText>| -> Vec<FieldPath> { list.into_iter().map(|path| source.bare(&path.0)).collect() };
    let (words, client, tenant) = (file.words.map(bare), bare(file.client), bare(file.tenant));
    let relied_on = bare(file.relied_on);
    let names = file.names.into_iter().map(|(name, list)| (name, bare(list))).collect();
    let documented = file.documented.0.iter().map(|path| source.bare(path)).collect();
    source.aliases = file.detections.aliases().map_err(|why| format!("{origin}: {why}"))?;
    (source.words, source.client, source.tenant, source.relied_on, source.names) = (words, client, tenant, relied_on, names);
    source.documented = documented;
    Ok(source)
}

impl Detections {
    /// Its own names of fields and tables, behind those of the built-in source that it follows.
    fn aliases(self) -> Result<Aliases, String> {
        let mut all = match &self.of {
            None => Self::default(),
            Some(name) => {
                let row = SOURCES.iter().find(|row| row.name == name).ok_or_else(|| format!("there is no built-in source {name:?}"))?;
                toml::from_str::<File>(row.text).map_err(|error| format!("{name}: {}", error.message()))?.detections
            }
        };
        all.prefixes.extend(self.prefixes);
        all.added.extend(self.added);
        all.tables.extend(self.tables);
        all.columns.extend(self.columns);
        for (field, names) in self.fields {
            all.fields.entry(field).or_default().extend(names);
        }
        Ok(Aliases::new(all.prefixes, all.tables, &all.fields, &all.added, all.columns))
    }
}

impl Roles {
    fn in_order(self) -> [Vec<FieldPath>; Role::ALL.len()] {
        let mut lists = [self.time, self.delivered, self.code, self.code_text, self.record_type, self.record_id, self.actor];
        lists.each_mut().map(|list| list.drain(..).map(|path| path.0).collect())
    }
}

impl DimensionText {
    fn resolve(self, roles: &[Vec<FieldPath>; Role::ALL.len()]) -> Result<Dimension, String> {
        let own: Vec<FieldPath> = self.paths.into_iter().map(|path| path.0).collect();
        let (paths, kind) = match self.role {
            Some(DimensionRole::Code) => (roles[Role::Code.index()].clone(), DimensionKind::Code),
            Some(DimensionRole::RecordType) => (roles[Role::RecordType.index()].clone(), DimensionKind::RecordType),
            None => (own.clone(), DimensionKind::Other),
        };
        if self.role.is_some() && !own.is_empty() {
            return Err(format!("dimension {:?} has both role and paths; keep one", self.name));
        }
        if paths.is_empty() {
            return Err(format!("dimension {:?} has no fields; give it paths, or fields to its role under [roles]", self.name));
        }
        Ok(Dimension { name: self.name, paths, kind })
    }
}
