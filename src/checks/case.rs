//! One window under judgement: the facts, the source's knowledge, the user's policy, and thresholds that follow from them.

use super::slice::{Slice, to_f64};
use crate::compare::{CohortPlace, Comparison, PathPlace, Side, View, WHOLE};
use crate::model::{Cohort, Counts, FieldPath, OTHER, Policy};
use crate::sources::{DimensionKind, Role, Source};
use std::cell::OnceCell;
use std::collections::BTreeSet;

/// What is known of the delivery of the input, beyond its records.
#[derive(Clone, Copy, Debug, Default)]
pub struct Delivery {
    /// Pieces of the input that could not be read, of all pieces.
    pub rejects_now: Counts,
    /// The same over all input of the baseline.
    pub rejects_before: Counts,
    /// The most frequent reason now.
    pub main_reason: Option<crate::model::RejectReason>,
}

/// One window under judgement.
pub struct Case<'a> {
    /// The facts.
    pub comparison: &'a Comparison,
    /// The source's knowledge.
    pub source: &'a Source,
    /// The user's choices.
    pub policy: &'a Policy,
    /// Rejects.
    pub delivery: Delivery,
    /// Surprise (minus log10 of a probability) from which a rate is judged to have moved.
    pub threshold: f64,
    code_field: Option<String>,
    type_field: Option<String>,
    text_paths: BTreeSet<String>,
    /// Whether a cohort has history enough, by cohort: asked for every path of every check.
    mature: Vec<bool>,
    /// The fields that lost contents: found once, told by two checks.
    pub(super) losses: OnceCell<Vec<(PathPlace, Slice)>>,
}

/// Windows of history from which a cohort's own rates are trusted.
const MATURE_WINDOWS: usize = 3;
/// Distinct actors of history from which a cohort's own rates are trusted.
pub(super) const MATURE_ACTORS: f64 = 8.0;

fn has_history(comparison: &Comparison, cohort: CohortPlace) -> bool {
    let enough_windows = MATURE_WINDOWS.min(comparison.windows.len());
    comparison.before.total(cohort).actors.estimate() >= MATURE_ACTORS && comparison.windows_with(cohort) >= enough_windows
}

impl<'a> Case<'a> {
    /// A case with the threshold that the policy's budget of false findings asks for.
    #[must_use]
    pub fn new(comparison: &'a Comparison, source: &'a Source, policy: &'a Policy, delivery: Delivery) -> Self {
        let field_of =
            |kind: DimensionKind| source.dimensions().iter().find(|dimension| dimension.kind == kind).map(|found| found.name.clone());
        let roles = source.roles();
        let texts = roles.get(Role::CodeText as usize).into_iter().flatten().map(ToString::to_string).collect();
        let mut case = Self {
            comparison,
            source,
            policy,
            delivery,
            threshold: 0.0,
            code_field: field_of(DimensionKind::Code),
            type_field: field_of(DimensionKind::RecordType),
            text_paths: texts,
            mature: (0..comparison.cohorts.len()).map(|cohort| has_history(comparison, CohortPlace(cohort))).collect(),
            losses: OnceCell::new(),
        };
        case.threshold = case.budgeted_threshold();
        case
    }

    /// `log10(comparisons in a month / false findings allowed in it)`, a comparison being one mature cohort and one top-level
    /// object of the record, whose fields rise and fall together.
    #[expect(clippy::cast_precision_loss, reason = "a logarithm")]
    fn budgeted_threshold(&self) -> f64 {
        let mature = self.active().filter(|&cohort| self.is_mature(cohort)).count().max(1) as f64;
        let axis = &self.comparison.axis;
        let objects = self.comparison.paths().filter(|&path| axis.path(path).segments().len() <= 2).count().max(1) as f64;
        (mature * objects * self.policy.checks_a_month / self.policy.false_findings_a_month.max(1e-3)).log10().max(3.0)
    }

    /// The cohorts with records in the window.
    pub fn active(&self) -> impl Iterator<Item = CohortPlace> + '_ {
        (0..self.comparison.cohorts.len()).map(CohortPlace).filter(|&cohort| self.comparison.now.total(cohort).count > 0)
    }

    /// Whether a cohort has history enough for its own rates to be trusted.
    #[must_use]
    pub fn is_mature(&self, cohort: CohortPlace) -> bool {
        self.mature.get(cohort.0).copied().unwrap_or(false)
    }

    /// Whether a cohort has records now and certainly had none before.
    #[must_use]
    pub fn is_new(&self, cohort: CohortPlace) -> bool {
        let comparison = self.comparison;
        comparison.now.total(cohort).count > 0
            && comparison.before.total(cohort).count == 0
            && !comparison.windows.iter().any(|side| self.is_hidden(side, cohort))
    }

    /// Whether a cohort had records before and certainly has none now.
    #[must_use]
    pub fn is_gone(&self, cohort: CohortPlace) -> bool {
        let now = &self.comparison.now;
        now.total(cohort).count == 0 && self.comparison.before.total(cohort).count > 0 && !self.is_hidden(now, cohort)
    }

    /// Whether the records of a cohort may be among those of a window that were folded into `(other)`. The descriptions tell of
    /// a result code, which has them however many there are: if all that was folded was described, what has none was not there.
    fn is_hidden(&self, side: &Side, cohort: CohortPlace) -> bool {
        if !self.comparison.may_hide(side, cohort) {
            return false;
        }
        let value = self.value(cohort);
        // The name of a cohort is cut where it is long, the code of a description is not.
        let is_code = self.code_field() == Some(self.field(cohort)) && !value.contains('…');
        !is_code || side.fingerprint().codes.contains_key(value) || !self.describes_folded_codes(side)
    }

    fn describes_folded_codes(&self, side: &Side) -> bool {
        let other = self.code_field().and_then(|field| self.comparison.cohort(field, OTHER));
        let of_text = |path: PathPlace, other| self.view(side, other, path).filled.count;
        let texts = || self.text_paths.iter().filter_map(|path| self.comparison.axis.place(path));
        other.is_some_and(|other| texts().any(|path| of_text(path, other) == side.total(other).count))
    }

    /// The windows of the baseline that are of the same kind of day as this one: working days, or days of the weekend.
    pub(super) fn alike_windows(&self) -> impl Iterator<Item = &Side> {
        self.windows_of(self.comparison.now.fingerprint().window.is_weekend())
    }

    /// The others.
    pub(super) fn unlike_windows(&self) -> impl Iterator<Item = &Side> {
        self.windows_of(!self.comparison.now.fingerprint().window.is_weekend())
    }

    fn windows_of(&self, weekend: bool) -> impl Iterator<Item = &Side> {
        self.comparison.windows.iter().filter(move |side| side.fingerprint().window.is_weekend() == weekend)
    }

    /// Name of the field that holds the result code.
    #[must_use]
    pub fn code_field(&self) -> Option<&str> {
        self.code_field.as_deref()
    }

    /// Name of the field that holds the record type.
    #[must_use]
    pub fn type_field(&self) -> Option<&str> {
        self.type_field.as_deref()
    }

    /// The cohorts of result codes.
    pub fn codes(&self) -> impl Iterator<Item = CohortPlace> + '_ {
        self.code_field().into_iter().flat_map(|field| self.comparison.cohorts_of(field)).filter(|&cohort| !self.is_stand_in(cohort))
    }

    /// The cohorts of record types.
    pub fn record_types(&self) -> impl Iterator<Item = CohortPlace> + '_ {
        self.type_field().into_iter().flat_map(|field| self.comparison.cohorts_of(field)).filter(|&cohort| !self.is_stand_in(cohort))
    }

    /// Whether a cohort stands for no value of its own: `(none)` and `(other)`.
    #[must_use]
    pub fn is_stand_in(&self, cohort: CohortPlace) -> bool {
        let value = self.value(cohort);
        value == crate::fingerprint::NONE || value == OTHER
    }

    /// The value of a cohort.
    #[must_use]
    pub fn value(&self, cohort: CohortPlace) -> &str {
        &self.comparison.cohorts[cohort.0].1
    }

    /// The field of a cohort; empty for the whole stream.
    #[must_use]
    pub fn field(&self, cohort: CohortPlace) -> &str {
        &self.comparison.cohorts[cohort.0].0
    }

    /// A cohort as reports name it.
    #[must_use]
    pub fn name(&self, cohort: CohortPlace) -> Option<Cohort> {
        (cohort != WHOLE).then(|| Cohort { path: self.field(cohort).to_owned(), value: self.value(cohort).to_owned() })
    }

    /// Whether a path holds the description of result codes.
    #[must_use]
    pub fn is_code_text(&self, path: PathPlace) -> bool {
        self.text_paths.contains(self.comparison.axis.name(path))
    }

    /// The path of a role that stands in the window or the baseline: the first of the source's alternatives that does.
    fn role_path(&self, role: Role) -> Option<PathPlace> {
        let roles = self.source.roles();
        let shown = |place: &PathPlace| self.comparison.paths().any(|path| path == *place);
        roles.get(role as usize)?.iter().find_map(|path| self.comparison.axis.place(&path.to_string()).filter(shown))
    }

    /// The path of the result code.
    #[must_use]
    pub fn code_path(&self) -> Option<PathPlace> {
        self.role_path(Role::Code)
    }

    /// The path of the result code's description.
    #[must_use]
    pub fn text_path(&self) -> Option<PathPlace> {
        self.role_path(Role::CodeText)
    }

    /// The path of the record type.
    #[must_use]
    pub fn type_path(&self) -> Option<PathPlace> {
        self.role_path(Role::RecordType)
    }

    /// The path of the time at which a record was written.
    #[must_use]
    pub fn delivered_path(&self) -> Option<PathPlace> {
        self.role_path(Role::Delivered)
    }

    /// The path of the record's id.
    #[must_use]
    pub fn id_path(&self) -> Option<PathPlace> {
        self.role_path(Role::RecordId)
    }

    /// Whether a path is one that the field of a cohort is read from, or holds such a path, or lies in it.
    #[must_use]
    pub fn feeds_field(&self, path: PathPlace, field: &str) -> bool {
        self.fed_fields(path).contains(&field)
    }

    /// The fields of cohorts that a path feeds.
    pub(super) fn fed_fields(&self, path: PathPlace) -> Vec<&str> {
        let path = self.comparison.axis.path(path).segments();
        let feeds = |of_field: &FieldPath| of_field.segments().starts_with(path) || path.starts_with(of_field.segments());
        let fed = self.source.dimensions().iter().filter(|dimension| dimension.paths.iter().any(feeds));
        fed.map(|dimension| dimension.name.as_str()).collect()
    }

    /// Records of a cohort now, by the cohorts they lie in too.
    #[must_use]
    pub fn shared_now(&self, cohort: CohortPlace) -> Vec<f64> {
        let now = &self.comparison.now;
        (0..self.comparison.cohorts.len()).map(|other| to_f64(now.shared(cohort, CohortPlace(other)))).collect()
    }

    /// So many missing records of a cohort, by the cohorts in which they would lie too if they lay as they used to.
    #[must_use]
    pub fn shared_before(&self, cohort: CohortPlace, missing: f64) -> Vec<f64> {
        let before = &self.comparison.before;
        let each = missing / to_f64(before.total(cohort).count.max(1));
        (0..self.comparison.cohorts.len()).map(|other| each * to_f64(before.shared(cohort, CohortPlace(other)))).collect()
    }

    /// What a cohort shows at a path on one side.
    #[must_use]
    pub fn view(&self, side: &Side, cohort: CohortPlace, path: PathPlace) -> View {
        View::of(side, &self.comparison.axis, cohort, path)
    }

    /// Whether no value of a field came for the first time in the later half of the baseline: a new method is an event where a new
    /// app is none.
    #[must_use]
    pub fn is_settled(&self, field: &str) -> bool {
        let windows = &self.comparison.windows;
        let (early, late) = windows.split_at(windows.len() / 2);
        let is_in = |sides: &[Side], cohort| sides.iter().any(|side| side.total(cohort).count > 0);
        windows.len() >= MATURE_WINDOWS
            && self.comparison.cohorts_of(field).all(|cohort| is_in(early, cohort) || !is_in(late, cohort) || self.is_stand_in(cohort))
    }

    /// Usual number of records of a cohort in a window with as many records as this one, and the spread of its share between
    /// windows: variance over the square of the mean, beyond what counting alone brings. Windows that may hide it say nothing.
    #[expect(clippy::cast_precision_loss, reason = "counts of records")]
    #[must_use]
    pub fn expected(&self, cohort: CohortPlace) -> (f64, f64) {
        let volume = self.comparison.now.total(WHOLE).count as f64;
        let shares: Vec<(f64, f64)> = self
            .comparison
            .windows
            .iter()
            .filter(|side| !self.is_hidden(side, cohort))
            .map(|side| (side.total(cohort).count as f64, side.total(WHOLE).count as f64))
            .filter(|share| share.1 > 0.0)
            .collect();
        let (count, records) = shares.iter().fold((0.0, 0.0), |sum, share| (sum.0 + share.0, sum.1 + share.1));
        if count == 0.0 {
            return (0.0, 0.0);
        }
        let share = count / records;
        let excess: f64 = shares.iter().map(|&(k, n)| ((k - n * share).powi(2) - n * share) / (n * share).powi(2)).sum();
        // A few windows say little about the spread: they are mixed with a usual one, worth five windows.
        let windows = shares.len() as f64;
        let dispersion = ((excess / windows).max(0.0) * windows + 0.06 * 5.0) / (windows + 5.0);
        (share * volume, dispersion)
    }
}
