//! Any program that takes JSON.

use super::http::post_json;
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
    post_json(settings, &body(notice)?, settings.token()?.as_ref())
}

pub(super) fn body(notice: &Notice<'_>) -> Result<String, Undelivered> {
    serde_json::to_string(&notice.body()).map_err(|error| Undelivered(format!("the findings could not be written as JSON: {error}")))
}
