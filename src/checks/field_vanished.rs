//! A field that the baseline carried is no longer sent.

use super::{Case, Check, Suspicion, field_emptied};

pub(super) const CHECK: Check = Check {
    id: "field-vanished",
    summary: "a field that the baseline carried is no longer sent",
    explain: "No record of the slice has the key any more, though the object it stood in is there. Rules that name the field evaluate it \
              to null: filters stop matching, joins stop joining. Check whether it was renamed or moved (field-renamed says so where a \
              new field took its place) and change the rules.",
    judge,
};

fn judge(case: &Case<'_>) -> Vec<Suspicion> {
    let losses = field_emptied::losses(case).iter().filter(|(path, slice)| field_emptied::is_gone(case, *path, slice));
    losses.map(|(path, slice)| field_emptied::suspicion(case, *path, slice.clone(), CHECK.id)).collect()
}
