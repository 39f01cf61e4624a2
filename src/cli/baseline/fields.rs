//! Fingerprints as a list of fields for readers: paths with what stands there, codes and record types.

use crate::compare::{Comparison, View, WHOLE};
use crate::fingerprint::Fingerprint;
use crate::model::Counts;
use crate::sources::{DimensionKind, Source};
use std::collections::BTreeSet;

/// Shapes named of one path; the rest is counted together.
const SHAPES: usize = 4;

/// What some windows hold together: a line for each path and below it `always filled  e-mail address 97 %, GUID 3 %`, so that
/// both fit into half a page; then the codes and record types. Of a source that is not built in the values of all cohort fields
/// stand there.
pub(super) fn list(source: &str, windows: Vec<Fingerprint>) -> String {
    let source = Source::named(source);
    let of_kind = |field: &str| match &source {
        Some(source) => source.dimensions().iter().any(|dimension| dimension.name == field && dimension.kind != DimensionKind::Other),
        None => !field.is_empty(),
    };
    let cohorts = windows.iter().flat_map(|window| &window.cohorts).filter(|cohort| of_kind(&cohort.field));
    let names: BTreeSet<String> = cohorts.map(|cohort| format!("{} = {}", cohort.field, cohort.value)).collect();
    let apart: BTreeSet<String> = windows.iter().flat_map(|window| window.apart.keys()).map(|name| format!("not read: {name}")).collect();
    let comparison = Comparison::new(windows, Vec::new());
    let mut text = String::new();
    // A line end inside a name must not make two lines of it; what else a name holds is made harmless where it is shown.
    let mut line = |indent: &str, line: &str| text.push_str(&format!("{indent}{}\n", line.replace(['\n', '\r'], " ")));
    for path in comparison.axis.paths() {
        line("", comparison.axis.name(path));
        line("  ", &field(&View::of(&comparison.before, &comparison.axis, WHOLE, path)));
    }
    names.iter().chain(&apart).for_each(|name| line("", name));
    text
}

/// `always filled  e-mail address 97 %, GUID 3 %`.
fn field(view: &View) -> String {
    let filled = match view.filled.count {
        0 => "never filled".to_owned(),
        count if count == view.eligible.count => "always filled".to_owned(),
        count => format!("filled {}", percent(count, view.eligible.count)),
    };
    let mut shapes: Vec<_> = view.shapes.iter().filter(|(shape, cell)| shape.is_filled() && cell.count > 0).collect();
    shapes.sort_by_key(|(shape, cell)| (std::cmp::Reverse(cell.count), *shape));
    let mut parts: Vec<String> = match shapes.as_slice() {
        [(only, _)] => vec![only.to_string()],
        several => several.iter().take(SHAPES).map(|(shape, cell)| format!("{shape} {}", percent(cell.count, view.filled.count))).collect(),
    };
    if shapes.len() > SHAPES {
        parts.push(format!("{} more", shapes.len() - SHAPES));
    }
    if parts.is_empty() { filled } else { format!("{filled}  {}", parts.join(", ")) }
}

/// A share in whole percent, 0 and 100 for none and all only: finer steps would make every line differ.
fn percent(count: u64, records: u64) -> String {
    let counts = Counts { records, count };
    match counts.share() * 100.0 {
        share if share > 0.0 && share < 1.0 => "under 1 %".to_owned(),
        share if share > 99.0 && share < 100.0 => "over 99 %".to_owned(),
        share => format!("{share:.0} %"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fingerprint::Cell;
    use crate::model::Shape;

    fn cell(count: u64) -> Cell {
        Cell { count, ..Cell::default() }
    }

    #[test]
    fn lines_say_how_full_a_field_is_and_with_what() {
        let view = |eligible, filled, shapes: &[(Shape, u64)]| View {
            eligible: cell(eligible),
            filled: cell(filled),
            shapes: shapes.iter().map(|&(shape, count)| (shape, cell(count))).collect(),
            ..View::default()
        };
        assert_eq!(field(&view(100, 100, &[(Shape::GUID, 3), (Shape::EMAIL, 97)])), "always filled  e-mail address 97 %, GUID 3 %");
        assert_eq!(field(&view(1000, 999, &[(Shape::GUID, 999), (Shape::EMPTY_TEXT, 1)])), "filled over 99 %  GUID");
        assert_eq!(field(&view(1000, 1, &[(Shape::GUID, 1), (Shape::NULL, 999)])), "filled under 1 %  GUID");
        assert_eq!(field(&view(10, 0, &[(Shape::NULL, 10)])), "never filled");
        let five = [Shape::GUID, Shape::EMAIL, Shape::IPV4, Shape::URL, Shape::JWT].map(|shape| (shape, 1));
        assert_eq!(field(&view(5, 5, &five)), "always filled  GUID 20 %, e-mail address 20 %, IPv4 address 20 %, URL 20 %, 1 more");
    }
}
