//! A sign of life for a monitor that raises an alarm when none comes.

use super::http::{Post, post};
use super::tries::Tries;
use super::{Secret, Undelivered};

/// Tells a monitor that a run is over: `URL` if it compared and told, `URL/fail` if it could not; the body has the exit code.
///
/// # Errors
/// The monitor did not take it.
pub fn ping(url: &Secret, succeeded: bool, code: u8) -> Result<(), Undelivered> {
    let address = Secret::new(address(url.reveal(), succeeded));
    let body = format!("exit code {code}\n");
    post(&Post { url: &address, content_type: "text/plain; charset=utf-8", body: &body, token: None }, Tries::few(), None)
}

/// The address with `/fail` at the end of its path, if that is what is to be told.
fn address(url: &str, succeeded: bool) -> String {
    let at = url.find(['?', '#']).unwrap_or(url.len());
    let (path, rest) = url.split_at(at);
    if succeeded { url.to_owned() } else { format!("{}/fail{rest}", path.trim_end_matches('/')) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failure_has_an_address_of_its_own() {
        assert_eq!(address("https://hc.example/uuid", true), "https://hc.example/uuid");
        assert_eq!(address("https://hc.example/uuid/", false), "https://hc.example/uuid/fail");
        assert_eq!(address("https://hc.example/uuid?rid=1", false), "https://hc.example/uuid/fail?rid=1");
    }
}
