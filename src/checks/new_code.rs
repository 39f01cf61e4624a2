//! A result code that this stream never showed.

use super::severity::{format_class, main_shapes};
use super::siblings::siblings;
use super::slice::{Measured, to_f64};
use super::{Case, Check, Suspicion, expect, slice};
use crate::compare::{CohortPlace, PathPlace, Side, View, WHOLE};
use crate::fingerprint::AtomKind;
use crate::model::{Change, Counts, Evidence, Severity, Shape};
use crate::sources::PathKind;

pub(super) const CHECK: Check = Check {
    id: "new-code",
    summary: "a result code that was never seen before",
    explain: "A code the baseline does not know. It is judged four ways: whether the stream ever showed it, whether the shipped catalogue \
              documents it, whether your rules wait for it, and whether its records look like those of other codes. A code that is \
              documented or waited for and looks like its siblings is a note; an unknown one, or one whose records lost fields that \
              the others fill, is serious: rules that list codes do not list it, and rules that read the lost fields do not see it. Read its description, and add it to the rules \
              that list its siblings.",
    judge,
};

/// Share of empty records from which a new code lost a field, where its siblings stay below [`FILLED_ELSEWHERE`].
const LOST: f64 = 0.6;
const FILLED_ELSEWHERE: f64 = 0.35;
/// Share of a format from which it is foreign to the siblings, who stay below [`FOREIGN_ELSEWHERE`].
const RESHAPED: f64 = 0.5;
const FOREIGN_ELSEWHERE: f64 = 0.05;

/// Surprise from which a code is news: of a rare one, a short history may have had no record by chance.
const NEWS: f64 = 2.5;
/// Codes that must be known for it to be odd that none of them lacks what a new one lacks.
const FEWEST_SIBLINGS: usize = 8;

/// How the records of a new code differ from those of its siblings.
#[derive(Default)]
pub(super) struct Signature {
    emptied: Vec<(PathPlace, View)>,
    reshaped: Vec<(PathPlace, Shape, View)>,
    equal: Vec<(PathPlace, PathPlace, Counts)>,
}

impl Signature {
    /// Whether a path is one of those that differ, or lies below one.
    fn touches(&self, case: &Case<'_>, path: PathPlace) -> bool {
        let differing = self.emptied.iter().map(|entry| entry.0).chain(self.reshaped.iter().map(|entry| entry.0));
        differing.into_iter().any(|above| above == path || case.comparison.axis.is_below(path, above))
    }
}

fn judge(case: &Case<'_>) -> Vec<Suspicion> {
    if case.comparison.before.total(WHOLE).count == 0 {
        return Vec::new();
    }
    case.codes().filter(|&code| case.is_new(code)).flat_map(|code| judge_code(case, code)).collect()
}

fn judge_code(case: &Case<'_>, code: CohortPlace) -> Vec<Suspicion> {
    let total = case.comparison.now.total(code);
    // A record or two, or the retries of one user, show nothing of what the code's records look like.
    let (before, now) = (case.comparison.before.total(WHOLE).count, case.comparison.now.total(WHOLE));
    let shown = Measured { count: total.count, of: now.count, actors: total.actors.estimate(), of_actors: now.actors.estimate() };
    let is_news = expect::surprise_of_news(before, shown) >= NEWS;
    let enough = total.count >= 3 && total.actors.estimate() >= slice::FEWEST_ACTORS;
    let signature = if enough { signature(case, code) } else { Signature::default() };
    let value = case.value(code);
    let odd = signature.emptied.len() + signature.reshaped.len() >= 2 && !is_natural(case, code, &signature) && is_news;
    let is_known = case.source.documents(value) || case.policy.named_codes.contains(value);
    let unknown = case.source.has_catalogue() && !is_known;
    let severity = match (odd, unknown) {
        (true, _) => Severity::High,
        (false, true) if is_news && total.count >= 3 => Severity::High,
        (false, true) if is_news => Severity::Medium,
        (false, _) => Severity::Low,
    };
    let mut all = vec![root(case, code, severity, &signature)];
    // What a note's records lack is part of the note.
    let severity = if odd { Severity::Medium } else { Severity::Low };
    let echo = |suspicion| Suspicion { severity, ..suspicion };
    let signature = &signature;
    all.extend(signature.emptied.iter().map(|(path, view)| echo(emptied(case, code, *path, view))));
    all.extend(signature.reshaped.iter().map(|(path, shape, view)| echo(reshaped(case, code, *path, *shape, view))));
    all.extend(signature.equal.iter().map(|&(a, b, after)| echo(equal(case, code, a, b, after))));
    all
}

/// Whether a code's records may lack by nature what they lack: a failure that comes before there is a device has none. Formats are
/// no matter of nature. Lost fields are one if another code lacks just them, or if there are too few codes to tell.
fn is_natural(case: &Case<'_>, code: CohortPlace, signature: &Signature) -> bool {
    let before = &case.comparison.before;
    let lacks = |sibling: CohortPlace, path: PathPlace| {
        let view = case.view(before, sibling, path);
        to_f64(view.unfilled()) >= LOST * to_f64(view.eligible.count)
    };
    let shows = |sibling: &CohortPlace| {
        let total = before.total(*sibling);
        *sibling != code
            && total.count >= 3
            && total.actors.estimate() >= slice::FEWEST_ACTORS
            && !case.source.is_success(case.value(*sibling))
    };
    let siblings: Vec<CohortPlace> = case.codes().filter(shows).collect();
    let alike = |sibling: &CohortPlace| signature.emptied.iter().all(|(path, _)| lacks(*sibling, *path));
    signature.reshaped.is_empty() && (siblings.len() < FEWEST_SIBLINGS || siblings.iter().any(alike))
}

fn root(case: &Case<'_>, code: CohortPlace, severity: Severity, signature: &Signature) -> Suspicion {
    let (comparison, value) = (case.comparison, case.value(code));
    let axis = &comparison.axis;
    let total = comparison.now.total(code);
    let texts = comparison.now.fingerprint().codes.get(value);
    let text = texts.and_then(|texts| texts.values().max_by_key(|text| text.records)).map(|text| text.text.clone());
    let evidence = Evidence::NewCode {
        code: value.to_owned(),
        name: case.source.code_name(value).filter(|name| !name.is_empty()).map(str::to_owned),
        text: text.filter(|text| !text.is_empty()),
        records: total.count,
        emptied: signature.emptied.iter().map(|(path, _)| axis.name(*path).to_owned()).collect(),
        reshaped: signature.reshaped.iter().map(|(path, shape, _)| (axis.name(*path).to_owned(), shape.to_string())).collect(),
        siblings: siblings(case, code, &|path| signature.touches(case, path)),
    };
    Suspicion { affected: case.shared_now(code), ..Suspicion::of_code(case, CHECK.id, severity, code, evidence) }
}

fn echo(case: &Case<'_>, code: CohortPlace, check: &'static str, path: PathPlace, after: Counts, evidence: Evidence) -> Suspicion {
    Suspicion {
        check,
        severity: Severity::Medium,
        cohort: code,
        path: Some(path),
        other: None,
        value: None,
        code: Some(case.value(code).to_owned()),
        before: Counts::default(),
        after,
        series: Vec::new(),
        actors: case.comparison.now.total(code).actors.estimate(),
        affected: Vec::new(),
        evidence,
    }
}

fn emptied(case: &Case<'_>, code: CohortPlace, path: PathPlace, view: &View) -> Suspicion {
    let after = Counts { records: view.eligible.count, count: view.unfilled() };
    let mut now = main_shapes(view, |shape| !shape.is_filled());
    if view.hollow.count > 0 {
        now = vec![Shape::EMPTY_OBJECT];
    }
    let evidence = if view.present.count == 0 { Evidence::FieldVanished } else { Evidence::FieldEmptied { now } };
    let check = if view.present.count == 0 { super::field_vanished::CHECK.id } else { super::field_emptied::CHECK.id };
    echo(case, code, check, path, after, evidence)
}

fn reshaped(case: &Case<'_>, code: CohortPlace, path: PathPlace, shape: Shape, view: &View) -> Suspicion {
    let count = view.shape(shape).count;
    let from = main_shapes(&case.view(&case.comparison.before, WHOLE, path), Shape::is_filled);
    let evidence = Evidence::FormatChanged(Change { from, to: vec![shape] });
    echo(case, code, super::format_changed::CHECK.id, path, Counts { records: view.filled.count, count }, evidence)
}

fn equal(case: &Case<'_>, code: CohortPlace, a: PathPlace, b: PathPlace, after: Counts) -> Suspicion {
    let evidence = Evidence::RelationChanged { other: case.comparison.axis.name(b).to_owned(), equal: true };
    Suspicion { other: Some(b), ..echo(case, code, super::relation_changed::CHECK.id, a, after, evidence) }
}

/// What the records of a new code lack and what looks foreign in them, against the records of the same types (its parent) and
/// those of all other codes but success (its siblings); nothing that some well-known code lacks just so.
fn signature(case: &Case<'_>, code: CohortPlace) -> Signature {
    let (comparison, axis) = (case.comparison, &case.comparison.axis);
    let mut found = Signature::default();
    let vendor = |path: PathPlace| case.source.path_kind(axis.path(path)) != PathKind::Client;
    for path in axis.paths().filter(|&path| !axis.is_element(path)) {
        let now = case.view(&comparison.now, code, path);
        let feeds_code = case.code_field().is_some_and(|field| case.feeds_field(path, field) && axis.path(path).segments().len() > 1);
        if now.eligible.count == 0 || feeds_code || case.is_code_text(path) {
            continue;
        }
        let share = |view: &View| to_f64(view.unfilled()) / to_f64(view.eligible.count.max(1));
        if share(&now) >= LOST && references(case, code, path).iter().all(|view| share(view) <= FILLED_ELSEWHERE && view.eligible.count > 0)
        {
            found.emptied.push((path, now.clone()));
        }
        let shapes = main_shapes(&now, Shape::is_filled);
        let foreign = shapes.into_iter().find(|&shape| {
            let of_class = |view: &View| -> u64 {
                view.shapes.iter().filter(|(s, _)| format_class(*s) == format_class(shape)).map(|(_, cell)| cell.count).sum()
            };
            let part = |view: &View| to_f64(of_class(view)) / to_f64(view.filled.count.max(1));
            part(&now) >= RESHAPED
                && references(case, code, path).iter().all(|view| part(view) < FOREIGN_ELSEWHERE && view.filled.count > 0)
        });
        if let Some(shape) = foreign.filter(|_| vendor(path)) {
            found.reshaped.push((path, shape, now));
        }
    }
    found.equal = new_equalities(case, code, &found);
    found
}

/// What to hold a new code's records against at one path: the types its records are of, and its siblings.
fn references(case: &Case<'_>, code: CohortPlace, path: PathPlace) -> Vec<View> {
    let comparison = case.comparison;
    let main_type = case.record_types().max_by_key(|&kind| comparison.now.shared(code, kind));
    let parent = main_type.filter(|&kind| comparison.before.total(kind).count > 0).unwrap_or(WHOLE);
    let mut views = vec![case.view(&comparison.before, parent, path)];
    // Siblings: the failures that share a record type with it; where a source tells no success, all codes.
    let mut siblings = View::default();
    for sibling in
        case.codes().filter(|&sibling| comparison.before.shared(sibling, parent) > 0 && !case.source.is_success(case.value(sibling)))
    {
        siblings.add(&case.view(&comparison.before, sibling, path));
    }
    if siblings.eligible.count >= 20 {
        views.push(siblings);
    }
    views
}

/// Fields of the signature that hold what another field holds, as they did not before.
fn new_equalities(case: &Case<'_>, code: CohortPlace, signature: &Signature) -> Vec<(PathPlace, PathPlace, Counts)> {
    let (comparison, axis) = (case.comparison, &case.comparison.axis);
    let share = |side: &Side, cohort: CohortPlace, atom: u32, path: PathPlace| {
        let filled = case.view(side, cohort, path).filled.count;
        Counts { records: filled, count: side.cell(cohort, atom).count.min(filled) }
    };
    let mut found = Vec::new();
    for path in axis.paths() {
        for (atom, kind) in axis.atoms_of(path) {
            let AtomKind::Equal(other) = kind else { continue };
            let other = PathPlace(other as usize);
            let of_signature = |wanted: PathPlace| signature.reshaped.iter().any(|entry| entry.0 == wanted);
            let now = share(&comparison.now, code, atom, path);
            if (of_signature(path) || of_signature(other))
                && now.share() >= RESHAPED
                && share(&comparison.before, WHOLE, atom, path).share() < FOREIGN_ELSEWHERE
            {
                found.push(if of_signature(path) { (path, other, now) } else { (other, path, now) });
            }
        }
    }
    found
}
