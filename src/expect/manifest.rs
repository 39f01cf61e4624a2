//! The manifest as it is written: TOML or JSON, told by how it begins.

use super::format::Format;
use super::values::{Moment, Path, Records, Values, schema};
use crate::sources::{explain, place};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// The sign-ins performed in a roll-out, and what each should have logged.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The sign-ins.
    #[schemars(length(min = 1))]
    pub(super) sign_in: Vec<SignIn>,
}

/// One sign-in: how its records are found, and what each of them should hold. Fields are named by their paths in the source, in
/// any shape of the log, or by a name of the source (`user`, `code`, `app`).
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SignIn {
    /// What the report calls it; every sign-in has another name.
    pub(super) name: String,
    /// Found by: who signed in, by any of the names and ids that records may hold.
    #[schemars(with = "Option<schema::Values>")]
    pub(super) user: Option<Values>,
    /// Found by: the id of the record.
    #[schemars(with = "Option<schema::Values>")]
    pub(super) id: Option<Values>,
    /// Found by: the id that the records of one sign-in share.
    #[schemars(with = "Option<schema::Values>")]
    pub(super) correlation_id: Option<Values>,
    /// Found by: event time, this moment or later. A time without an offset is UTC.
    #[schemars(with = "Option<String>")]
    pub(super) from: Option<Moment>,
    /// Found by: event time, before this moment.
    #[schemars(with = "Option<String>")]
    pub(super) to: Option<Moment>,
    /// Found by: values of other fields, by path.
    #[serde(default)]
    #[schemars(with = "schema::Map")]
    pub(super) r#where: BTreeMap<Path, Values>,
    /// Must hold: the result code.
    #[schemars(with = "Option<schema::Values>")]
    pub(super) code: Option<Values>,
    /// Must hold: the first authentication method.
    #[schemars(with = "Option<schema::Values>")]
    pub(super) method: Option<Values>,
    /// Must hold: fields that say something. An object says something if any of its members does.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub(super) filled: Vec<Path>,
    /// Must hold: values of fields, by path.
    #[serde(default)]
    #[schemars(with = "schema::Map")]
    pub(super) equal: BTreeMap<Path, Values>,
    /// Must hold: formats of fields, by path: guid, email, ip, time, number, boolean, token, url, json, words, or a format as
    /// reports name it.
    #[serde(default)]
    #[schemars(with = "schema::Formats")]
    pub(super) format: BTreeMap<Path, Format>,
    /// How many records it should have left; at least one if not given.
    #[serde(default)]
    #[schemars(with = "schema::Records")]
    pub(super) records: Records,
}

impl Manifest {
    /// Reads a manifest; `origin` is the name that errors give the text.
    ///
    /// # Errors
    /// `origin:line:column: key: what is wrong; what to do`.
    pub fn read(text: &str, origin: &str) -> Result<Self, String> {
        let manifest = if text.trim_start().starts_with('{') { of_json(text, origin) } else { of_toml(text, origin) }?;
        manifest.check().map_err(|why| format!("{origin}: {why}"))?;
        Ok(manifest)
    }

    fn check(&self) -> Result<(), String> {
        if self.sign_in.is_empty() {
            return Err("it holds no sign-in; add a [[sign_in]]".into());
        }
        let mut names = BTreeSet::new();
        for entry in &self.sign_in {
            let name = &entry.name;
            if name.trim().is_empty() {
                return Err("sign_in: name: it is empty; call the sign-in something".into());
            }
            if !names.insert(name) {
                return Err(format!("sign_in: name: two sign-ins are called {name:?}; rename one"));
            }
            if !entry.can_be_found() {
                return Err(format!(
                    "sign_in {name:?}: nothing tells which records are its own; give it user, id, correlation_id, from, to or where"
                ));
            }
            if entry.from.as_ref().zip(entry.to.as_ref()).is_some_and(|(from, to)| from.micros >= to.micros) {
                return Err(format!("sign_in {name:?}: to: it is not after from, so that no record can lie between"));
            }
        }
        Ok(())
    }
}

impl SignIn {
    fn can_be_found(&self) -> bool {
        let values = [&self.user, &self.id, &self.correlation_id];
        values.into_iter().any(Option::is_some) || self.from.is_some() || self.to.is_some() || !self.r#where.is_empty()
    }
}

fn of_toml(text: &str, origin: &str) -> Result<Manifest, String> {
    let said = |key: Option<&str>, error: &toml::de::Error| {
        explain(origin, error.span().map(|span| place(text, span.start)), key, error.message())
    };
    let reader = toml::Deserializer::parse(text).map_err(|error| said(None, &error))?;
    serde_path_to_error::deserialize(reader).map_err(|error| said(key(error.path()).as_deref(), error.inner()))
}

fn of_json(text: &str, origin: &str) -> Result<Manifest, String> {
    let said = |key: Option<&str>, error: &serde_json::Error| {
        let message = error.to_string();
        let message = message.rsplit_once(" at line ").map_or(message.as_str(), |parts| parts.0);
        explain(origin, Some((error.line(), error.column())), key, message)
    };
    let mut reader = serde_json::Deserializer::from_str(text);
    let read = serde_path_to_error::deserialize(&mut reader).map_err(|error| said(key(error.path()).as_deref(), error.inner()));
    read.and_then(|manifest| reader.end().map(|()| manifest).map_err(|error| said(None, &error)))
}

/// Where reading stopped: `sign_in[0].from`; nothing at the very top.
fn key(path: &serde_path_to_error::Path) -> Option<String> {
    (path.iter().next().is_some()).then(|| path.to_string())
}

/// The JSON Schema of a manifest.
impl Manifest {
    /// Its schema (draft 2020-12).
    pub(crate) fn schema() -> schemars::Schema {
        schemars::generate::SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<Self>()
    }
}
