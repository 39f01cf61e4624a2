//! Which source the arguments name.

use super::Context;
use super::args::{GENERIC, SourceArgs};
use super::fingerprint_file::FingerprintFile;
use super::recognise::Likeness;
use crate::error::{Error, Result};
use crate::ingest::Input;
use crate::report::Report;
use crate::sources::{Definition, SOURCES, Source, did_you_mean};

const NAME_IT: &str = "name it with --source: `logdrift sources` lists the sources, `--source generic` reads any JSON";

/// The source of some logs: the one that was named, else the one that they look like, which is said. Logs that look like another
/// one than was named, and not at all like that, are refused: they would be read as what they are not.
pub(super) fn of_logs(named: Option<Source>, inputs: &[Input], context: &Context) -> Result<Source> {
    let first = inputs.first().map(ToString::to_string).unwrap_or_default();
    let Some(source) = named else {
        let likeness = Likeness::of(inputs, None)?;
        let found = likeness.source().and_then(Source::named);
        // Standard input is not looked at, so it is not known to be empty.
        let found = found.ok_or_else(|| match likeness.is_empty() && !inputs.contains(&Input::Stdin) {
            true => Error::Nothing(format!("there is no record in {first} by which its source could be told; {NAME_IT}")),
            false => Error::Usage(format!("the source of {first} cannot be told from its first records; {NAME_IT}")),
        })?;
        context.out.say(&format!("{first} looks like {}; --source names another source", found.name));
        return Ok(found);
    };
    // What cannot be looked at is told when it is read.
    match Likeness::of(inputs, Some(&source)) {
        Ok(likeness) if likeness.is_none_of(&source) => match likeness.source() {
            Some(other) => Err(Error::Nothing(format!(
                "no record of source {} was recognised in {first}: this looks like {other}; read it with --source {other}",
                source.name
            ))),
            None => Ok(source),
        },
        _ => Ok(source),
    }
}

/// The source of `--source`, if it was given: a built-in one, a user's file, or any JSON with the paths given.
pub(super) fn given(args: &SourceArgs) -> Result<Option<Source>> {
    args.source.as_deref().map(|name| source(name, args)).transpose()
}

/// The name of the source that a check was of, if that is known: as its report says, else as it was asked for.
pub(super) fn name_of(args: &SourceArgs, report: Option<&Report>) -> Option<String> {
    report.map(|report| report.run.source.clone()).or_else(|| {
        let given = given(args).ok().flatten().map(|source| source.name);
        given.or_else(|| args.source.clone())
    })
}

fn source(name: &str, args: &SourceArgs) -> Result<Source> {
    if name == GENERIC {
        let path = |path: &Option<String>| path.clone();
        let (time, code, id, actor) = (path(&args.time), path(&args.code), path(&args.id), path(&args.actor));
        let generic = Source::generic(time.as_deref(), code.as_deref(), &args.cohort, id.as_deref(), actor.as_deref());
        return generic.and_then(|source| source.called(args.name.as_deref().unwrap_or(GENERIC))).map_err(Error::Usage);
    }
    named(name)
}

/// The same of logs and files of fingerprints, which say what source they are of.
pub(super) fn of_inputs(named: Option<Source>, logs: &[Input], files: &[FingerprintFile], context: &Context) -> Result<Source> {
    match (named, files.first()) {
        (None, Some(file)) => Source::named(&file.windows.source).ok_or_else(|| {
            Error::Usage(format!("{} is of the source {}, which is not built in; {NAME_IT}", file.path.display(), file.windows.source))
        }),
        (named, _) => of_logs(named, logs, context),
    }
}

/// The source of a name: a built-in one, or a user's file.
pub(super) fn named(name: &str) -> Result<Source> {
    if is_file(name) {
        let text = std::fs::read_to_string(name).map_err(|source| Error::File { action: "read", path: name.into(), source })?;
        return Source::from_toml(&text, name).map_err(Error::Usage);
    }
    Source::named(name).ok_or_else(|| {
        let known: Vec<&str> = SOURCES.iter().map(|row| row.name).collect();
        let like = did_you_mean(name, known.iter().copied());
        Error::Usage(format!("there is no source {name:?}{like}; known are {}, or the name of a .toml file", known.join(", ")))
    })
}

fn is_file(name: &str) -> bool {
    std::path::Path::new(name).extension().is_some_and(|ending| ending.eq_ignore_ascii_case("toml"))
}

/// The definition that a store keeps as text.
pub(super) fn kept(text: Option<String>) -> Result<Option<Definition>> {
    let read =
        |text: String| Definition::from_lines(text.lines()).ok_or_else(|| Error::Store("the definition of a source is damaged".into()));
    text.map(read).transpose()
}

/// That what lies there under the name of a source was read as `definition` says; `there` names it: "the baseline of app".
/// Where it is not known how it was read, nothing is said.
pub(super) fn must_be_alike(definition: Option<&Definition>, known: Option<&Definition>, there: &str) -> Result<()> {
    let difference = definition.zip(known).and_then(|(definition, known)| definition.difference(known, "there"));
    difference.map_or(Ok(()), |difference| {
        Err(Error::Usage(format!(
            "{there} was made from other fields: {difference}; name the same fields, or keep the two apart, by another name (--name, or \
             the name in the source file) or in another --store"
        )))
    })
}
