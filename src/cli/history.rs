//! `logdrift history`: one field, or one cohort, over the windows of the baseline.

use super::args::HistoryArgs;
use super::assess::Baseline;
use super::{Context, Outcome, baseline};
use crate::compare::{CohortPlace, Comparison, PathPlace, WHOLE};
use crate::error::{Error, Result};
use crate::model::FieldPath;
use crate::report::{FieldHistory, Reveal};
use crate::sources::{Source, alike};
use crate::store::{Access, Store};

/// Names that are offered in place of an unknown one.
const NEAREST: usize = 3;

pub(super) fn run(args: &HistoryArgs, context: &Context) -> Result<Outcome> {
    let store = Store::open(&args.store.store, Access::Read)?;
    let source = source_of(&store, args)?;
    let windows = baseline::stored(&store, &args.store, &source, context.now)?;
    let known = Comparison::new(Baseline::new(&source, 0, windows).windows, Vec::new());
    let reveal = context.reveal();
    let (path, cohort) = asked(&known, &source, args, reveal)?;
    let history = FieldHistory::new(&source, &known, path, cohort, reveal);
    let text = match args.format.as_deref() {
        Some("json") => history.to_json()?,
        Some("html") => history.to_html()?,
        _ => history.to_terminal(context.out.style()),
    };
    context.out.data(&text)?;
    Ok(Outcome::Clean)
}

/// The source that is named, else the only one.
fn source_of(store: &Store, args: &HistoryArgs) -> Result<String> {
    let sources = store.sources()?;
    match (&args.source, sources.as_slice()) {
        (Some(source), _) => Ok(source.clone()),
        (None, [only]) => Ok(only.clone()),
        (None, []) => Err(baseline::nothing_of(&args.store, "")),
        (None, several) => Err(Error::Usage(format!("the store has baselines of {}; name one with --source SOURCE", several.join(", ")))),
    }
}

/// The field and the cohort that are asked for.
fn asked(known: &Comparison, source: &str, args: &HistoryArgs, reveal: Reveal) -> Result<(Option<PathPlace>, CohortPlace)> {
    let cohort = args.cohort.as_deref().map(|text| cohort(known, source, text, reveal)).transpose()?;
    let path = known.axis.place(&args.path).or_else(|| named(known, &Source::named(source)?, &args.path));
    match (path, cohort) {
        (Some(path), cohort) => Ok((Some(path), cohort.unwrap_or(WHOLE))),
        (None, None) if args.path.contains('=') => Ok((None, self::cohort(known, source, &args.path, reveal)?)),
        (None, _) => {
            let names: Vec<&str> = known.axis.paths().map(|path| known.axis.name(path)).collect();
            Err(unknown(&format!("the baseline of {source} has no field {}", args.path), &args.path, &names))
        }
    }
}

/// The field behind a name that people use, or that is spelt as in another shape of the log: `user`, `location.city`.
fn named(known: &Comparison, source: &Source, name: &str) -> Option<PathPlace> {
    let spelt = FieldPath::parse(name).ok().map(|path| source.bare(&path));
    let mut wanted = source.named_fields(name).into_iter().chain(spelt);
    wanted.find_map(|path| known.axis.paths().find(|&place| source.bare(known.axis.path(place)) == path))
}

/// The cohort that a text such as `resultType=50074` names.
fn cohort(known: &Comparison, source: &str, text: &str, reveal: Reveal) -> Result<CohortPlace> {
    let (field, value) = text.split_once('=').ok_or_else(|| Error::Usage(format!("{text:?} is no cohort; write FIELD=VALUE")))?;
    let (field, value) = (field.trim(), value.trim());
    known.cohort(field, value).filter(|&place| place != WHOLE).ok_or_else(|| {
        let values: Vec<&str> = known.cohorts_of(field).map(|place| known.cohorts[place.0].1.as_str()).collect();
        // What a report would mask is not offered either.
        let shown: Vec<&str> = values.iter().copied().filter(|value| reveal.text(value) == *value).collect();
        if values.is_empty() {
            let mut fields: Vec<&str> = known.cohorts.iter().map(|cohort| cohort.0.as_str()).filter(|field| !field.is_empty()).collect();
            fields.dedup();
            return Error::Usage(format!("the baseline of {source} has no cohorts by {field}, but by {}", fields.join(", ")));
        }
        unknown(&format!("the baseline of {source} has no cohort {field}={value}"), value, &shown)
    })
}

/// That a name is unknown, and which known ones are like it, as a whole or in their last part.
fn unknown(what: &str, name: &str, known: &[&str]) -> Error {
    let nearest: Vec<&str> = alike(name, known.iter().copied()).into_iter().take(NEAREST).collect();
    if nearest.is_empty() {
        return Error::Usage(format!("{what}, and nothing that is spelt like it"));
    }
    Error::Usage(format!("{what}; nearest are {}", nearest.join(", ")))
}
