//! `logdrift explain`, `sources`, `schema`, `completions` and `man`: what the tables and the command line know of themselves.

use super::args::{ManArgs, ManPage, Shell, completions as script_of, man_pages};
use super::config::Config;
use super::output::write_file;
use super::{Context, Outcome};
use crate::checks::{self, CHECKS};
use crate::error::{Error, Result};
use crate::notify::NoticeBody;
use crate::report;
use crate::sources::{Role, SOURCES, Source, did_you_mean};

pub(super) fn explain(check: Option<&str>, context: &Context) -> Result<Outcome> {
    let text = match check {
        None => CHECKS.iter().map(|check| format!("{:<22} {}\n", check.id, check.summary)).collect(),
        Some(id) => {
            let check = checks::find(id).ok_or_else(|| {
                let like = did_you_mean(id, CHECKS.iter().map(|check| check.id));
                Error::Usage(format!("there is no check {id:?}{like}; `logdrift explain` lists them"))
            })?;
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
            .map(|source| format!("{:<18} {}\n", source.name, source.title))
            .collect(),
        Some(name) => describe(&Source::named(name).ok_or_else(|| {
            let like = did_you_mean(name, SOURCES.iter().map(|row| row.name));
            Error::Usage(format!("there is no source {name:?}{like}; `logdrift sources` lists them"))
        })?),
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
    let (codes, fields) = (source.documented_codes().len(), source.documented_fields().len());
    let groups = source.signs().iter().map(|group| group.iter().map(ToString::to_string).collect::<Vec<_>>().join(" + "));
    for (what, said) in [
        ("Record types that it reads, others are set apart", source.record_types().join(", ")),
        ("Codes that mean success", source.successes().join(", ")),
        ("Fields by which its records are told", groups.collect::<Vec<_>>().join(" | ")),
        (
            "Documented",
            if codes + fields > 0 {
                format!("{codes} codes, {fields} fields (`logdrift schema coverage --source {}`)", source.name)
            } else {
                String::new()
            },
        ),
    ] {
        if !said.is_empty() {
            text.push_str(&format!("\n{what}:\n  {said}\n"));
        }
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

pub(super) fn completions(shell: Shell, context: &Context) -> Result<Outcome> {
    context.out.data(&String::from_utf8_lossy(&script_of(shell)))?;
    Ok(Outcome::Clean)
}

pub(super) fn man(args: &ManArgs, context: &Context) -> Result<Outcome> {
    let pages = man_pages().map_err(|error| Error::Usage(format!("cannot make the pages of the manual: {error}")))?;
    let Some(folder) = &args.output else {
        let page = page_about(&pages, &args.command)?;
        context.out.data(&String::from_utf8_lossy(&page.text))?;
        return Ok(Outcome::Clean);
    };
    std::fs::create_dir_all(folder).map_err(|source| Error::File { action: "create", path: folder.clone(), source })?;
    pages.iter().try_for_each(|page| write_file(&folder.join(page.file()), &page.text))?;
    context.out.say(&format!("{} pages are in {}", pages.len(), folder.display()));
    Ok(Outcome::Clean)
}

fn page_about<'a>(pages: &'a [ManPage], command: &[String]) -> Result<&'a ManPage> {
    let about = ["logdrift"].into_iter().chain(command.iter().map(String::as_str)).collect::<Vec<_>>().join(" ");
    pages.iter().find(|page| page.about == about).ok_or_else(|| {
        let like = did_you_mean(&about, pages.iter().map(|page| page.about.as_str()));
        Error::Usage(format!("there is no command {about:?}{like}; `logdrift --help` lists them"))
    })
}
