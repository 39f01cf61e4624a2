//! Posting to an address, with retries where they may help.

use super::tries::{Failed, Tries};
use super::{Secret, Settings, Undelivered};
use std::path::Path;
use std::time::Duration;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig};
use ureq::{Agent, Error};

/// What is posted.
pub(super) struct Post<'a> {
    pub(super) url: &'a Secret,
    pub(super) content_type: &'static str,
    pub(super) body: &'a str,
    pub(super) token: Option<&'a Secret>,
}

/// Posts JSON to the address of a target, as its settings say.
pub(super) fn post_json(settings: &Settings, body: &str, token: Option<&Secret>) -> Result<(), Undelivered> {
    let url = settings.address()?;
    let request = Post { url: &url, content_type: "application/json", body, token };
    post(&request, Tries::of(settings), settings.ca_file.as_deref())
}

/// Posts until the other side takes it. A proxy is taken from the environment, redirects are not followed.
pub(super) fn post(post: &Post<'_>, tries: Tries, ca_file: Option<&Path>) -> Result<(), Undelivered> {
    let agent = agent(tries, ca_file)?;
    let told = tries.until_done(|| attempt(&agent, post));
    told.map_err(|Undelivered(why)| Undelivered(format!("{}: {why}", post.url.host())))
}

fn agent(tries: Tries, ca_file: Option<&Path>) -> Result<Agent, Undelivered> {
    let mut tls = TlsConfig::builder();
    if let Some(file) = ca_file {
        tls = tls.root_certs(RootCerts::from(certificates(file)?));
    }
    let config = Agent::config_builder()
        .timeout_global(Some(tries.timeout))
        .http_status_as_error(false)
        // Whoever answers instead of the address that was named gets nothing.
        .max_redirects(0)
        .max_redirects_will_error(false)
        .user_agent(concat!("logdrift/", env!("CARGO_PKG_VERSION")))
        .tls_config(tls.build());
    Ok(config.build().new_agent())
}

fn certificates(file: &Path) -> Result<Vec<Certificate<'static>>, Undelivered> {
    let unusable = |why: &str| Undelivered(format!("ca-file {}: {why}; name a file of certificates in PEM", file.display()));
    let pem = std::fs::read(file).map_err(|error| unusable(&error.to_string()))?;
    let items: Result<Vec<_>, _> = ureq::tls::parse_pem(&pem).collect();
    let certificates = items.map_err(|_| unusable("it is no PEM"))?.into_iter().filter_map(|item| match item {
        PemItem::Certificate(certificate) => Some(certificate),
        _ => None,
    });
    let certificates: Vec<Certificate<'static>> = certificates.collect();
    if certificates.is_empty() { Err(unusable("no certificate is in it")) } else { Ok(certificates) }
}

fn attempt(agent: &Agent, post: &Post<'_>) -> Result<(), Failed> {
    let mut request = agent.post(post.url.reveal()).header("Content-Type", post.content_type);
    if let Some(token) = post.token {
        request = request.header("Authorization", format!("Bearer {}", token.reveal()));
    }
    let response = request.send(post.body).map_err(|error| failed(&error))?;
    let status = response.status().as_u16();
    match status {
        200..300 => Ok(()),
        429 | 500..600 => {
            let after = response.headers().get("Retry-After").and_then(|after| after.to_str().ok()?.trim().parse().ok());
            Err(Failed::ForNow(format!("it answered {status}"), after.map(Duration::from_secs)))
        }
        300..400 => Err(Failed::ForGood(format!("it answered {status}, and redirects are not followed; give the address it leads to"))),
        _ => Err(Failed::ForGood(format!("it answered {status}"))),
    }
}

/// What went wrong before there was an answer, in words that hold nothing of the address.
fn failed(error: &Error) -> Failed {
    match error {
        Error::Io(error) => Failed::ForNow(error.to_string(), None),
        Error::Timeout(_) => Failed::ForNow("it did not answer in time".into(), None),
        Error::HostNotFound => Failed::ForNow("its name is not known".into(), None),
        Error::ConnectionFailed => Failed::ForNow("no connection was made".into(), None),
        Error::Protocol(_) => Failed::ForNow("it did not answer as a web server does".into(), None),
        Error::Rustls(error) => Failed::ForGood(format!("{error}; a certificate of your own is named by ca-file")),
        Error::BadUri(_) | Error::Http(_) => {
            Failed::ForGood("this is no address or token that can be used; give http:// or https://".into())
        }
        Error::InvalidProxyUrl => Failed::ForGood("the proxy that the environment names has no usable address".into()),
        Error::ConnectProxyFailed(_) => Failed::ForNow("the proxy made no connection".into(), None),
        _ => Failed::ForGood("the request could not be made".into()),
    }
}
