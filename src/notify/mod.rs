//! Telling people: what is new or ended, sent where the team reads it. The only place from which the network is reached.
//!
//! A way of telling is a file with a [`Notifier`] and its row in [`NOTIFIERS`]. Everything is said from a kept report, whose
//! personal values are masked; what comes from logs goes out as plain text, never as markup.

mod email;
mod http;
mod notice;
mod one_of;
mod ping;
mod secret;
mod settings;
mod slack;
mod teams;
#[cfg(test)]
mod tests;
mod tries;
mod webhook;

pub use notice::{Notice, NoticeBody};
pub(crate) use one_of::one_of;
pub use ping::ping;
pub use secret::Secret;
pub use settings::Settings;

/// Why a notice did not arrive; no secret is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undelivered(pub String);

/// A way to tell people.
#[derive(Debug)]
pub struct Notifier {
    /// What `to` calls it.
    pub name: &'static str,
    /// What it is for.
    pub summary: &'static str,
    /// Keys of its table, beside those of every table.
    pub keys: &'static [&'static str],
    /// Keys of which it needs one each.
    pub needs: &'static [&'static [&'static str]],
    send: fn(&Settings, &Notice<'_>) -> Result<(), Undelivered>,
}

/// The ways to tell people, in the order of help texts.
pub static NOTIFIERS: &[&Notifier] = &[&webhook::NOTIFIER, &slack::NOTIFIER, &teams::NOTIFIER, &email::NOTIFIER];

/// Sends a notice where a table of the configuration says.
///
/// # Errors
/// It did not arrive, after all attempts that the table allows; or a secret that it names cannot be read.
pub fn send(settings: &Settings, notice: &Notice<'_>) -> Result<(), Undelivered> {
    (settings.notifier().send)(settings, notice)
}
