//! Any program that takes JSON.

use super::http::{Post, post};
use super::tries::Tries;
use super::{Notice, Notifier, Settings, Undelivered};

/// Row of the table of notifiers.
pub(super) static NOTIFIER: Notifier = Notifier {
    name: "webhook",
    summary: "any program that takes JSON (see `logdrift schema notice`)",
    keys: &["url", "url-env", "url-file", "token-env", "token-file"],
    needs: &[&["url", "url-env", "url-file"]],
    send,
};

fn send(settings: &Settings, notice: &Notice<'_>) -> Result<(), Undelivered> {
    let (url, token) = (settings.address()?, settings.token()?);
    let body = body(notice)?;
    let request = Post { url: &url, content_type: "application/json", body: &body, token: token.as_ref() };
    post(&request, Tries::of(settings), settings.ca_file.as_deref())
}

pub(super) fn body(notice: &Notice<'_>) -> Result<String, Undelivered> {
    serde_json::to_string(&notice.body()).map_err(|error| Undelivered(format!("the findings could not be written as JSON: {error}")))
}
