//! `logdrift explain`, `sources` and `schema`: what the tables know.

use super::config::Config;
use super::{Context, Outcome};
use crate::checks::{self, CHECKS};
use crate::error::{Error, Result};
use crate::notify::NoticeBody;
use crate::report;
use crate::sources::{Role, SOURCES, Source};

pub(super) fn explain(check: Option<&str>, context: &Context) -> Result<Outcome> {
    let text = match check {
        None => CHECKS.iter().map(|check| format!("{:<22} {}\n", check.id, check.summary)).collect(),
        Some(id) => {
            let check = checks::find(id).ok_or_else(|| Error::Usage(format!("there is no check {id:?}; `logdrift explain` lists them")))?;
            report::paragraphs(&[&format!("{}: {}", check.id, check.summary), check.explain], context.out.style())
        }
    };
    context.out.data(&text)?;
    Ok(Outcome::Clean)
}

pub(super) fn sources(name: Option<&str>, context: &Context) -> Result<Outcome> {
    let text = match name {
        None => SOURCES
            .iter()
            .filter_map(|row| Source::named(row.name))
            .map(|source| format!("{:<14} {}\n", source.name, source.title))
            .collect(),
        Some(name) => describe(
            &Source::named(name).ok_or_else(|| Error::Usage(format!("there is no source {name:?}; `logdrift sources` lists them")))?,
        ),
    };
    context.out.data(&text)?;
    Ok(Outcome::Clean)
}

fn describe(source: &Source) -> String {
    let mut text = format!("{}: {}\n\nFields, the first that is filled counts:\n", source.name, source.title);
    let names = Role::ALL
        .iter()
        .map(|role| format!("{role:?}"))
        .chain(source.dimensions().iter().map(|dimension| format!("cohort {}", dimension.name)));
    for (name, paths) in names.zip(source.roles()).filter(|(_, paths)| !paths.is_empty()) {
        let paths: Vec<String> = paths.iter().map(ToString::to_string).collect();
        text.push_str(&format!("  {name:<34} {}\n", paths.join(" | ")));
    }
    text.push_str("\nNames of fields in manifests (--expect), in any shape of the log:\n");
    for name in source.field_names() {
        let paths: Vec<String> = source.named_fields(&name).iter().map(ToString::to_string).collect();
        text.push_str(&format!("  {name:<34} {}\n", paths.join(" | ")));
    }
    text
}

/// Names of the schemas.
pub(super) fn schemas() -> Vec<&'static str> {
    report::SCHEMAS.iter().copied().chain(["config", "notice"]).collect()
}

pub(super) fn schema(name: &str, context: &Context) -> Result<Outcome> {
    let schema = match name {
        "config" => Config::schema_text(),
        "notice" => NoticeBody::schema_text(),
        other => report::schema(other),
    };
    let schema = schema.ok_or_else(|| Error::Usage(format!("there is no schema {name:?}; known are {}", schemas().join(", "))))?;
    context.out.data(&schema)?;
    Ok(Outcome::Clean)
}
