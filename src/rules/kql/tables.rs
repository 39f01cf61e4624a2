//! The columns of well-known tables, by which a name is given to the table that has it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Columns by table, and whether each holds fields of its own.
static TABLES: LazyLock<BTreeMap<&'static str, BTreeMap<&'static str, bool>>> = LazyLock::new(|| {
    let (mut tables, mut table) = (BTreeMap::<&str, BTreeMap<&str, bool>>::new(), "");
    for line in include_str!("tables.txt").lines().filter(|line| !line.starts_with('#')) {
        let columns = match line.split_once(':') {
            Some((name, columns)) => {
                table = name;
                columns
            }
            None => line,
        };
        let columns = columns.split_whitespace().map(|column| (column.trim_end_matches('*'), column.ends_with('*')));
        tables.entry(table).or_default().extend(columns);
    }
    tables
});

/// What is known of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    /// The table has it.
    Yes,
    /// The table does not have it.
    No,
    /// The table is not known.
    Unknown,
}

/// Whether a table has a column.
pub(super) fn has(table: &str, column: &str) -> Known {
    match TABLES.get(table) {
        None => Known::Unknown,
        Some(columns) if columns.contains_key(column) => Known::Yes,
        Some(_) => Known::No,
    }
}

/// Whether a column that a table has holds fields of its own; `None` for a table or column that is not known.
pub(super) fn holds_fields(table: &str, column: &str) -> Option<bool> {
    TABLES.get(table)?.get(column).copied()
}

/// Whether a table is known.
pub(super) fn is_known(table: &str) -> bool {
    TABLES.contains_key(table)
}

/// Names of the known tables that a pattern with `*` names.
pub(super) fn matching(pattern: &str) -> Vec<String> {
    let parts: Vec<&str> = pattern.split('*').collect();
    let (first, last) = (parts.first().copied().unwrap_or(""), parts.last().copied().unwrap_or(""));
    let fits = |name: &str| name.len() >= first.len() + last.len() && name.starts_with(first) && name.ends_with(last);
    TABLES.keys().filter(|name| fits(name)).map(|name| (*name).to_owned()).collect()
}

/// Whether any known table has such a column.
pub(super) fn is_column(name: &str) -> bool {
    TABLES.values().any(|columns| columns.contains_key(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_given_to_the_tables_that_have_them() {
        assert_eq!(has("SigninLogs", "ResultType"), Known::Yes);
        assert_eq!(has("SigninLogs", "ErrorCode"), Known::No);
        assert_eq!(has("MyTable_CL", "ErrorCode"), Known::Unknown);
        assert!(matching("AADSignIn*Beta").contains(&"AADSignInEventsBeta".to_owned()));
        assert!(matching("Signin*").iter().all(|name| name == "SigninLogs"));
    }
}
