//! `logdrift schema`: logdrift's own schemas, that of a stream, records held against one, and what is documented beside what was seen.

use super::args::{CoverageArgs, InferArgs, SchemaArgs, SchemaCommand, StoreArgs, ValidateArgs};
use super::output::write_file;
use super::{Context, Outcome, baseline, check, fingerprint_file, lists, read, source};
use crate::error::{Error, Result};
use crate::fingerprint::{Fingerprint, Fingerprinter, Outcome as Known, Settings};
use crate::hash::HashKey;
use crate::ingest::{self, Input, Place, Sink};
use crate::model::{Reject, RejectReason};
use crate::report::{CoverageReport, Style, Violations, escape_json};
use crate::schema::{Coverage, Validator, infer};
use crate::sources::Source;
use crate::store::{Access, Store};
use std::path::Path;

pub(super) fn run(args: &SchemaArgs, context: &Context) -> Result<Outcome> {
    match (&args.command, &args.name) {
        (Some(SchemaCommand::Infer(args)), _) => inferred(args, context),
        (Some(SchemaCommand::Validate(args)), _) => validate(args, context),
        (Some(SchemaCommand::Coverage(args)), _) => coverage(args, context),
        (None, name) => lists::schema(name.as_deref().unwrap_or_default(), context),
    }
}

/// All windows of a baseline as one.
fn pooled(args: &StoreArgs, name: &str, source: Option<&Source>, context: &Context) -> Result<Fingerprint> {
    let store = Store::open(&args.store, Access::Read)?;
    if let Some(source) = source {
        check::must_be_read_alike(source, store.definition(name)?)?;
    }
    let windows = baseline::stored(&store, args, name, context.now)?;
    let windows = windows.into_iter().filter(|window| window.records > 0).collect();
    let pool = read::pooled(windows)?.into_iter().next();
    pool.ok_or_else(|| Error::Nothing(format!("the baseline of {name} has no records; learn some")))
}

fn inferred(args: &InferArgs, context: &Context) -> Result<Outcome> {
    let fingerprint = pooled(&args.store, &args.source, None, context)?;
    let text = infer(&fingerprint, &args.source);
    let text = escape_json(&text);
    match &args.output {
        Some(path) => write_file(path, text.as_bytes())?,
        None => context.out.data(&text)?,
    }
    Ok(Outcome::Clean)
}

fn validate(args: &ValidateArgs, context: &Context) -> Result<Outcome> {
    let given = source::given(&args.source)?;
    let inputs = fingerprint_file::logs_only(ingest::expand(&args.inputs)?, "records are held against a schema, and it has none")?;
    if let Some(output) = &args.output {
        check::must_take_outputs(std::slice::from_ref(output), &inputs)?;
    }
    let (validator, source, against) = match &args.schema {
        Some(file) => (given_schema(file)?, given, file.display().to_string()),
        None => {
            let source = source::of_logs(given, &inputs, context)?;
            let fingerprint = pooled(&args.store, &source.name, Some(&source), context)?;
            let validator = Validator::of(&fingerprint, &source.name).map_err(Error::Store)?;
            let against = format!("the baseline of {} ({} records)", source.name, fingerprint.records);
            (validator, Some(source), against)
        }
    };
    let name = source.as_ref().map(|source| source.name.clone());
    let violations = Violations::new(against, name, context.global.show_values);
    let done = hold(&inputs, &validator, source.as_ref(), violations)?.done();
    if done.records == 0 {
        let (rejects, apart) = (done.rejects, done.apart);
        return Err(Error::Nothing(format!(
            "no record to validate: {rejects} pieces of input are none, {apart} are of types that the source does not read; name other logs"
        )));
    }
    let terminal = args.format.as_deref().map_or(args.output.is_none(), |format| format == "terminal");
    match &args.output {
        Some(path) if terminal => write_file(path, done.to_terminal(&Style { color: false, width: 100 }).as_bytes())?,
        Some(path) => write_file(path, done.to_json()?.as_bytes())?,
        None if terminal => context.out.data(&done.to_terminal(context.out.style()))?,
        None => context.out.data(&done.to_json()?)?,
    }
    Ok(if done.invalid > 0 { Outcome::Drift } else { Outcome::Clean })
}

fn given_schema(file: &Path) -> Result<Validator> {
    let text = std::fs::read_to_string(file).map_err(|source| Error::File { action: "read", path: file.to_owned(), source })?;
    Validator::read(&text).map_err(|why| Error::Usage(format!("{} is no JSON Schema: {why}", file.display())))
}

/// Holds all records against a schema.
fn hold(inputs: &[Input], validator: &Validator, source: Option<&Source>, violations: Violations) -> Result<Violations> {
    let key = HashKey::new([0; 32]);
    let fingerprinter = source.map(|source| Fingerprinter::new(source, key.clone(), Settings::default()));
    let mut holder = Holder { validator, fingerprinter, violations, input: String::new() };
    for input in inputs {
        holder.input = input.to_string();
        ingest::read(input, 0, &key, &mut holder)?;
    }
    Ok(holder.violations)
}

struct Holder<'a> {
    validator: &'a Validator,
    /// Tells the records that the source reads from others.
    fingerprinter: Option<Fingerprinter<'a>>,
    violations: Violations,
    input: String,
}

impl Sink for Holder<'_> {
    fn record(&mut self, place: Place, bytes: &[u8]) -> std::result::Result<(), RejectReason> {
        if let Some(fingerprinter) = &mut self.fingerprinter
            && fingerprinter.read(bytes)? == Known::Apart
        {
            self.violations.set_apart();
            return Ok(());
        }
        let faults = self.validator.faults(bytes).ok_or(RejectReason::NotJson)?;
        self.violations.add(&self.input, place.ordinal, &faults);
        Ok(())
    }

    fn reject(&mut self, _: Reject) {
        self.violations.refuse();
    }
}

fn coverage(args: &CoverageArgs, context: &Context) -> Result<Outcome> {
    let source = source::named(&args.source)?;
    if !source.has_catalogue() && source.documented_fields().is_empty() {
        return Err(Error::Nothing(format!(
            "no codes and no fields of {} are shipped as documented; `logdrift sources NAME` says of which sources there are some",
            source.name
        )));
    }
    let fingerprint = pooled(&args.store, &source.name, Some(&source), context)?;
    let report = CoverageReport::new(&source.name, fingerprint.records, &Coverage::of(&fingerprint, &source), context.reveal());
    let is_json = args.format.as_deref() == Some("json");
    context.out.data(&if is_json { report.to_json()? } else { report.to_terminal(context.out.style()) })?;
    Ok(Outcome::Clean)
}
