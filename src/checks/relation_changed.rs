//! Two fields began or stopped to hold the same value.

use super::slice::{self, Measured, Slice};
use super::{Case, Check, Suspicion};
use crate::compare::{CohortPlace, PathPlace, Side};
use crate::fingerprint::AtomKind;
use crate::model::{Evidence, Severity};

pub(super) const CHECK: Check = Check {
    id: "relation-changed",
    summary: "two fields began or stopped to hold the same value",
    explain: "Fields that were equal in every record (an address given twice, a name and a sign-in name) are used for one another in \
              rules and joins; fields that suddenly are equal show that one of them was filled with something else, as when a user's \
              GUID stands where the name should be. Look at which of the two changed.",
    judge,
};

/// Actors from which what was never seen is more than the doing of a few.
const MANY: f64 = 10.0;

fn judge(case: &Case<'_>) -> Vec<Suspicion> {
    let axis = &case.comparison.axis;
    let pairs = axis.paths().flat_map(|path| {
        axis.atoms_of(path).filter_map(
            move |(atom, kind)| if let AtomKind::Equal(other) = kind { Some((path, PathPlace(other as usize), atom)) } else { None },
        )
    });
    pairs.flat_map(|(a, b, atom)| [true, false].map(|equal| judge_pair(case, a, b, atom, equal))).flatten().collect()
}

fn judge_pair(case: &Case<'_>, a: PathPlace, b: PathPlace, atom: u32, equal: bool) -> Option<Suspicion> {
    let measure = |side: &Side, cohort: CohortPlace| {
        let (first, second) = (case.view(side, cohort, a).filled, case.view(side, cohort, b).filled);
        let could = if first.count <= second.count { first } else { second };
        let same = side.cell(cohort, atom);
        let of_actors = could.actors.estimate();
        if equal {
            Measured { count: same.count.min(could.count), of: could.count, actors: same.actors.estimate(), of_actors }
        } else {
            Measured {
                count: could.count.saturating_sub(same.count),
                of: could.count,
                actors: could.actors.without(same.actors),
                of_actors,
            }
        }
    };
    slice::find(case, a, &measure).map(|slice| suspicion(case, a, b, equal, slice))
}

fn suspicion(case: &Case<'_>, a: PathPlace, b: PathPlace, equal: bool, slice: Slice) -> Suspicion {
    let flip = slice.now.share() - slice.before.share();
    // What was so in every record of the history, and is otherwise for many at once, was made otherwise.
    let is_broken = slice.before.count == 0 && slice.now.actors >= MANY;
    let severity = if slice.added || (flip < 0.25 && !is_broken) {
        Severity::Low
    } else if flip < 0.5 {
        Severity::Medium
    } else {
        Severity::High
    };
    let evidence = Evidence::RelationChanged { other: case.comparison.axis.name(b).to_owned(), equal };
    Suspicion { other: Some(b), ..Suspicion::of_slice(CHECK.id, severity, a, slice, evidence) }
}
