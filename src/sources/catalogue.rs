//! What vendors document: result codes with their symbolic names, and fields.

use crate::model::FieldPath;
use std::collections::HashMap;

/// Shipped catalogues by the name that a source file calls them; lines of `code<TAB>name`, `#` begins a comment.
const CATALOGUES: &[(&str, &str)] = &[
    ("auth0-log-types", include_str!("../../baselines/codes/auth0-log-types.tsv")),
    ("duo-reasons", include_str!("../../baselines/codes/duo-reasons.tsv")),
    ("entra-result-codes", include_str!("../../baselines/codes/entra-result-codes.tsv")),
];

/// Shipped lists of fields by the name that a source file calls them; a path a line, `#` begins a comment.
const FIELDS: &[(&str, &str)] = &[
    ("auth0-log", include_str!("../../baselines/fields/auth0-log.txt")),
    ("duo-auth", include_str!("../../baselines/fields/duo-auth.txt")),
    ("entra-signin", include_str!("../../baselines/fields/entra-signin.txt")),
    ("okta-system", include_str!("../../baselines/fields/okta-system.txt")),
];

/// Symbolic names by code; the name is empty where the vendor documents the code without one.
#[derive(Clone, Debug, Default)]
pub(super) struct Catalogue(HashMap<&'static str, &'static str>);

/// The rows of a shipped list.
fn shipped(lists: &'static [(&str, &str)], what: &str, name: &str) -> Result<impl Iterator<Item = &'static str> + use<>, String> {
    let Some((_, text)) = lists.iter().find(|(known, _)| *known == name) else {
        let known: Vec<&str> = lists.iter().map(|(known, _)| *known).collect();
        return Err(format!("no {what} is called {name:?}; shipped: {}", known.join(", ")));
    };
    Ok(text.lines().filter(|line| !line.starts_with('#')))
}

/// The fields of a shipped list.
///
/// # Errors
/// Lists the shipped ones when there is none of that name.
pub(super) fn fields(name: &str) -> Result<Vec<FieldPath>, String> {
    shipped(FIELDS, "list of fields", name)?.map(FieldPath::parse).collect()
}

impl Catalogue {
    /// A shipped catalogue.
    ///
    /// # Errors
    /// Lists the shipped ones when there is none of that name.
    pub(super) fn named(name: &str) -> Result<Self, String> {
        Ok(Self(shipped(CATALOGUES, "catalogue", name)?.filter_map(|line| line.split_once('\t')).collect()))
    }

    /// All codes with their names, in order: numbers by what they count.
    pub(super) fn rows(&self) -> Vec<(&str, &str)> {
        let mut rows: Vec<(&str, &str)> = self.0.iter().map(|(code, name)| (*code, *name)).collect();
        rows.sort_unstable_by_key(|(code, _)| (code.parse().unwrap_or(u64::MAX), *code));
        rows
    }

    /// The name of a documented code.
    pub(super) fn name(&self, code: &str) -> Option<&str> {
        self.0.get(code).copied()
    }

    /// Whether nothing is documented.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_row_of_every_catalogue_is_read() {
        for (name, text) in CATALOGUES {
            let rows = text.lines().filter(|line| !line.starts_with('#')).count();
            let catalogue = Catalogue::named(name).unwrap();
            assert_eq!(catalogue.0.len(), rows, "{name}: a row without a tab, or a code given twice");
            assert!(catalogue.0.keys().all(|code| !code.is_empty() && code.trim() == *code));
        }
    }

    #[test]
    fn every_field_of_every_list_is_a_path_and_stands_there_once() {
        for (name, _) in FIELDS {
            let fields = fields(name).unwrap();
            assert_eq!(fields.iter().collect::<BTreeSet<_>>().len(), fields.len(), "{name}");
            assert!(fields.len() > 20 && fields.iter().all(|field| !field.segments().is_empty()), "{name}");
        }
    }

    #[test]
    fn codes_come_in_the_order_of_numbers() {
        let catalogue = Catalogue(HashMap::from([("500121", ""), ("50074", ""), ("a", "")]));
        assert_eq!(catalogue.rows().iter().map(|row| row.0).collect::<Vec<_>>(), ["50074", "500121", "a"]);
    }

    #[test]
    fn an_unknown_catalogue_names_the_shipped_ones() {
        let error = Catalogue::named("entra").unwrap_err();
        assert_eq!(error, "no catalogue is called \"entra\"; shipped: auth0-log-types, duo-reasons, entra-result-codes");
        assert!(fields("entra").unwrap_err().starts_with("no list of fields is called \"entra\"; shipped: auth0-log, "));
    }
}
