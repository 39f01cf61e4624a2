//! A `[[notify]]` table: where to tell, from which severity on, and with how much patience.

use super::{NOTIFIERS, Notifier, Secret, Undelivered, one_of};
use crate::model::Severity;
use schemars::JsonSchema;
use serde::Deserialize;
use std::path::{Path, PathBuf};

one_of! {
    /// A way to tell people.
    Way, NOTIFIERS.iter().map(|notifier| notifier.name).collect()
}

one_of! {
    /// How much a finding matters.
    Level, Severity::ALL.into_iter().rev().map(Severity::id).collect()
}

one_of! {
    /// How a connection to a mail server is secured.
    Tls, vec!["starttls", "implicit", "none"]
}

/// One place where new and ended findings are told.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// How they are told.
    pub(super) to: Way,
    /// What messages and the store call this place, so that what could not be delivered is known to be for it [default: that of
    /// `to`].
    name: Option<String>,
    /// Least severity of the findings that are told [default: medium].
    min_severity: Option<Level>,
    /// Address to post to, if it is no secret.
    url: Option<String>,
    /// Environment variable that holds the address to post to.
    url_env: Option<String>,
    /// File that holds the address to post to.
    url_file: Option<PathBuf>,
    /// Webhook: environment variable that holds a token, sent as `Authorization: Bearer`.
    token_env: Option<String>,
    /// Webhook: file that holds the token.
    token_file: Option<PathBuf>,
    /// E-mail: the mail server.
    pub(super) host: Option<String>,
    /// E-mail: its port [default: 587, 465 with `tls = "implicit"`, 25 with `tls = "none"`].
    pub(super) port: Option<u16>,
    /// E-mail: `starttls`, `implicit` or `none`; with `none` no password is sent but to this machine [default: starttls].
    pub(super) tls: Option<Tls>,
    /// E-mail: name to sign in with at the mail server; without it nobody signs in.
    pub(super) user: Option<String>,
    /// E-mail: environment variable that holds the password.
    password_env: Option<String>,
    /// E-mail: file that holds the password.
    password_file: Option<PathBuf>,
    /// E-mail: sender, `logdrift <logdrift@example.com>`.
    pub(super) from: Option<String>,
    /// E-mail: recipients.
    #[serde(default)]
    pub(super) recipients: Vec<String>,
    /// File of certificates (PEM) that are trusted instead of the built-in ones.
    pub(super) ca_file: Option<PathBuf>,
    /// Seconds that one attempt may take [default: 10].
    #[schemars(range(min = 1))]
    pub(super) timeout: Option<u64>,
    /// Attempts after the first [default: 3].
    pub(super) retries: Option<u32>,
    /// Seconds before the second attempt, doubled before each further one [default: 1].
    pub(super) backoff: Option<u64>,
}

impl Settings {
    /// The row of the table of notifiers.
    pub(super) fn notifier(&self) -> &'static Notifier {
        NOTIFIERS.iter().copied().find(|notifier| notifier.name == self.to.0).unwrap_or(NOTIFIERS[0])
    }

    /// What messages and the store call this place.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.to.0)
    }

    /// Least severity of the findings that are told.
    #[must_use]
    pub fn min_severity(&self) -> Severity {
        self.min_severity.as_ref().and_then(|level| level.0.parse().ok()).unwrap_or(Severity::Medium)
    }

    /// Takes paths of this table as relative to a folder.
    pub fn beside(&mut self, folder: &Path) {
        for path in [&mut self.url_file, &mut self.token_file, &mut self.password_file, &mut self.ca_file].into_iter().flatten() {
            *path = folder.join(&*path);
        }
    }

    /// Whether the keys given go with the way of telling, and all that it needs are there.
    ///
    /// # Errors
    /// Names the table and the key.
    pub fn check(&self) -> Result<(), String> {
        let (given, notifier, name) = (self.given(), self.notifier(), self.name());
        if let Some(key) = given.iter().find(|key| !notifier.keys.contains(key)) {
            let others: Vec<&str> = NOTIFIERS.iter().filter(|other| other.keys.contains(key)).map(|other| other.name).collect();
            return Err(format!("notify {name:?}: {key}: this key goes with to = \"{}\", not \"{}\"", others.join("\" or \""), self.to.0));
        }
        for keys in notifier.needs {
            let there: Vec<&str> = keys.iter().copied().filter(|key| given.contains(key)).collect();
            match there.as_slice() {
                [_] => {}
                [] => return Err(format!("notify {name:?}: it needs {}", keys.join(" or "))),
                several => return Err(format!("notify {name:?}: {}: give one of them", several.join(", "))),
            }
        }
        for pair in [["token-env", "token-file"], ["password-env", "password-file"]] {
            if pair.iter().all(|key| given.contains(key)) {
                return Err(format!("notify {name:?}: {}: give one of them", pair.join(", ")));
            }
        }
        if self.timeout == Some(0) {
            return Err(format!("notify {name:?}: timeout: no attempt can be made in 0 seconds; give 1 or more"));
        }
        Ok(())
    }

    /// The keys of this table that only some ways of telling have.
    fn given(&self) -> Vec<&'static str> {
        let all = [
            ("url", self.url.is_some()),
            ("url-env", self.url_env.is_some()),
            ("url-file", self.url_file.is_some()),
            ("token-env", self.token_env.is_some()),
            ("token-file", self.token_file.is_some()),
            ("host", self.host.is_some()),
            ("port", self.port.is_some()),
            ("tls", self.tls.is_some()),
            ("user", self.user.is_some()),
            ("password-env", self.password_env.is_some()),
            ("password-file", self.password_file.is_some()),
            ("from", self.from.is_some()),
            ("recipients", !self.recipients.is_empty()),
        ];
        all.into_iter().filter(|entry| entry.1).map(|entry| entry.0).collect()
    }

    /// The address to post to.
    pub(super) fn address(&self) -> Result<Secret, Undelivered> {
        let found = Secret::find(self.url.as_deref(), self.url_env.as_deref(), self.url_file.as_deref())?;
        found.ok_or_else(|| Undelivered("there is no address to post to; give url, url-env or url-file".into()))
    }

    pub(super) fn token(&self) -> Result<Option<Secret>, Undelivered> {
        Secret::find(None, self.token_env.as_deref(), self.token_file.as_deref())
    }

    pub(super) fn password(&self) -> Result<Option<Secret>, Undelivered> {
        Secret::find(None, self.password_env.as_deref(), self.password_file.as_deref())
    }
}
