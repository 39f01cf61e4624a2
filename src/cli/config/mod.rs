//! The file `logdrift.toml`: where it is looked for, how it is read, and what its keys are to the arguments.

mod file;
mod read;
mod values;

pub(super) use file::{Audit, Config};
pub(super) use read::{Found, find};

use super::args::Preset;
use crate::report::schema_text;
use crate::sources::nearest;
use schemars::generate::SchemaSettings;
use std::collections::BTreeSet;

/// What `logdrift init` writes: every key, with what it does.
pub(super) const TEMPLATE: &str = include_str!("template.toml");

impl Config {
    /// The JSON Schema (draft 2020-12) of the file.
    pub(super) fn schema_text() -> Option<String> {
        schema_text(&SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<Self>())
    }

    /// The defaults of arguments that an audit has: its own, else those of the whole file.
    pub(super) fn defaults_of(&self, audit: &Audit) -> Vec<Preset> {
        let own = audit.defaults();
        let inherited = self.defaults().into_iter().filter(|all| own.iter().all(|one| one.id != all.id));
        inherited.chain(own.iter().cloned()).collect()
    }

    /// The audits of these names, in the order of the file; all without a name.
    ///
    /// # Errors
    /// No audit has such a name, or there is none.
    pub(super) fn audits(&self, names: &[String]) -> Result<Vec<&Audit>, String> {
        let known: Vec<&str> = self.audit.iter().map(|audit| audit.name.as_str()).collect();
        if known.is_empty() {
            return Err("no [[audit]] is configured; `logdrift init` writes a logdrift.toml that has one".into());
        }
        if let Some(name) = names.iter().find(|name| !known.contains(&name.as_str())) {
            return Err(format!("there is no audit {name:?}; {}", nearest(name, &known).unwrap_or_default()));
        }
        Ok(self.audit.iter().filter(|audit| names.is_empty() || names.contains(&audit.name)).collect())
    }

    /// What cannot be said of one key alone.
    fn check(&self) -> Result<(), String> {
        self.must_go_together("", &self.defaults())?;
        let (mut names, mut files, mut told) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for audit in &self.audit {
            let (name, defaults) = (&audit.name, self.defaults_of(audit));
            if name.trim().is_empty() || !names.insert(name) {
                return Err(format!("audit: name: {name:?} is empty or the name of another audit; every audit has a name of its own"));
            }
            if audit.inputs.is_empty() {
                return Err(format!("audit {name:?}: inputs: it is empty; name a file, a directory or a pattern"));
            }
            if !defaults.iter().any(|default| default.id == "source") {
                return Err(format!("audit {name:?}: it has no source; `logdrift sources` lists them"));
            }
            self.must_go_together(&format!("audit {name:?}: "), &defaults)?;
            for file in defaults.iter().filter(|default| ["output", "metrics"].contains(&default.id)).flat_map(|one| &one.words) {
                if !files.insert(file.clone()) {
                    return Err(format!("audit {name:?}: {} is written by another audit too; give each a file of its own", file.display()));
                }
            }
        }
        for target in &self.notify {
            target.check()?;
            if !told.insert(target.name()) {
                return Err(format!("notify: name: two tables are called {:?}; give each a name of its own", target.name()));
            }
        }
        Ok(())
    }

    fn must_go_together(&self, place: &str, defaults: &[Preset]) -> Result<(), String> {
        let of = |id: &str| defaults.iter().find(|default| default.id == id).and_then(|default| default.words.first());
        let is_on = |id: &str| of(id).is_some_and(|word| word == "true");
        for other in ["baseline", "expect"] {
            if is_on("learn") && of(other).is_some() {
                return Err(format!("{place}learn and {other} do not go together; set learn = false, or leave {other} out"));
            }
        }
        let generic = ["name", "time", "code", "cohort", "id", "actor"].into_iter().find(|id| of(id).is_some());
        match (generic, of("source")) {
            (Some(id), Some(source)) if source != super::args::GENERIC => {
                let key = if id == "name" { "source-name" } else { id };
                Err(format!("{place}{key}: it goes with source = \"generic\" only; other sources know their fields"))
            }
            _ => Ok(()),
        }
    }
}
