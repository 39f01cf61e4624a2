//! Values that no message may show: addresses that let whoever knows them write, tokens, passwords.

use super::Undelivered;
use std::path::Path;

/// A value that is used and never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// Keeps a value.
    #[must_use]
    pub const fn new(value: String) -> Self {
        Self(value)
    }

    /// The value, for whoever must send it.
    pub(super) fn reveal(&self) -> &str {
        &self.0
    }

    /// Of an address the part that is no secret: `https://hooks.example/…`.
    #[must_use]
    pub fn host(&self) -> String {
        let Some((scheme, rest)) = self.0.split_once("://") else { return "an address without a scheme".into() };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        // What stands before an @ is a name and a password.
        format!("{scheme}://{}/…", authority.rsplit('@').next().unwrap_or_default())
    }

    /// A text without this value.
    pub(super) fn cut_from(&self, text: &str) -> String {
        if self.0.is_empty() { text.to_owned() } else { text.replace(&self.0, "…") }
    }

    /// The value of a key: as it stands in the configuration, else in an environment variable, else in a file without the line
    /// end; none if the key is not given in any of these ways.
    ///
    /// # Errors
    /// The variable is not set, or the file cannot be read.
    pub(super) fn find(plain: Option<&str>, variable: Option<&str>, file: Option<&Path>) -> Result<Option<Self>, Undelivered> {
        if let Some(variable) = variable {
            let value = std::env::var(variable).map_err(|_| {
                Undelivered(format!("the environment variable {variable} is not set, or not to a text; set it for this run"))
            })?;
            return Ok(Some(Self(value)));
        }
        if let Some(file) = file {
            let text = std::fs::read_to_string(file)
                .map_err(|error| Undelivered(format!("cannot read {}: {error}; see to its path and permissions", file.display())))?;
            return Ok(Some(Self(text.trim_end_matches(['\r', '\n']).to_owned())));
        }
        Ok(plain.map(|value| Self(value.to_owned())))
    }
}
