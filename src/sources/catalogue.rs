//! Result codes that a vendor documents, with their symbolic names.

use std::collections::HashMap;

/// Shipped catalogues by the name that a source file calls them; lines of `code<TAB>name`, `#` begins a comment.
const CATALOGUES: &[(&str, &str)] = &[("entra-result-codes", include_str!("../../baselines/codes/entra-result-codes.tsv"))];

/// Symbolic names by code; the name is empty where the vendor documents the code without one.
#[derive(Clone, Debug, Default)]
pub(super) struct Catalogue(HashMap<&'static str, &'static str>);

impl Catalogue {
    /// A shipped catalogue.
    ///
    /// # Errors
    /// Lists the shipped ones when there is none of that name.
    pub(super) fn named(name: &str) -> Result<Self, String> {
        let Some((_, text)) = CATALOGUES.iter().find(|(known, _)| *known == name) else {
            let known: Vec<&str> = CATALOGUES.iter().map(|(known, _)| *known).collect();
            return Err(format!("no catalogue is called {name:?}; shipped: {}", known.join(", ")));
        };
        let rows = text.lines().filter(|line| !line.starts_with('#'));
        Ok(Self(rows.filter_map(|line| line.split_once('\t')).collect()))
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
    fn an_unknown_catalogue_names_the_shipped_ones() {
        let error = Catalogue::named("entra").unwrap_err();
        assert_eq!(error, "no catalogue is called \"entra\"; shipped: entra-result-codes");
    }
}
