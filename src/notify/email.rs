//! Mail, handed to a server over SMTP.

use super::tries::{Failed, Tries};
use super::{Notice, Notifier, Secret, Settings, Undelivered};
use lettre::Transport as _;
use lettre::message::{Mailbox, Message, MultiPart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, CertificateStore, Tls, TlsParameters};
use lettre::transport::smtp::{Error, SmtpTransport};

/// Row of the table of notifiers.
pub(super) static NOTIFIER: Notifier = Notifier {
    name: "email",
    summary: "mail, handed to a server over SMTP",
    keys: &["host", "port", "tls", "user", "password-env", "password-file", "from", "recipients"],
    needs: &[&["host"], &["from"], &["recipients"]],
    send,
};

fn send(settings: &Settings, notice: &Notice<'_>) -> Result<(), Undelivered> {
    let (message, password) = (message(settings, notice)?, settings.password()?);
    let server = server(settings, password.as_ref())?;
    let host = settings.host.as_deref().unwrap_or_default();
    let told = Tries::of(settings).until_done(|| server.send(&message).map(drop).map_err(|error| failed(&error, password.as_ref())));
    told.map_err(|Undelivered(why)| Undelivered(format!("{host}: {why}")))
}

/// The message as text and as HTML. What comes from logs is in no header but the subject, and has no line end there.
pub(super) fn message(settings: &Settings, notice: &Notice<'_>) -> Result<Message, Undelivered> {
    let from = mailbox("from", settings.from.as_deref().unwrap_or_default())?;
    let id = format!("<{}.{}@{}>", plain(notice.run()), plain(settings.name()), from.email.domain());
    let mut builder = Message::builder().from(from).subject(notice.headline()).message_id(Some(id));
    for recipient in &settings.recipients {
        builder = builder.to(mailbox("recipients", recipient)?);
    }
    let parts = MultiPart::alternative_plain_html(text(notice), html(notice));
    builder.multipart(parts).map_err(|error| Undelivered(format!("the mail could not be written: {error}")))
}

fn mailbox(key: &str, address: &str) -> Result<Mailbox, Undelivered> {
    address.parse().map_err(|_| Undelivered(format!("{key}: {address:?} is no address of mail such as `logdrift <logdrift@example.com>`")))
}

/// Letters and digits of a name, for the id of a message.
fn plain(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect()
}

fn text(notice: &Notice<'_>) -> String {
    let (lines, more) = notice.lines();
    let lines = lines.iter().map(|line| format!("{}  {}\n  {}\n\n", line.badge, line.title, line.text));
    let more = more.map(|more| more + "\n\n");
    format!("{}\n\n{}{}-- \n{}\n", notice.headline(), lines.collect::<String>(), more.unwrap_or_default(), notice.footer())
}

pub(super) fn html(notice: &Notice<'_>) -> String {
    let (lines, more) = notice.lines();
    let lines = lines.iter().map(|line| {
        let [badge, title, text] = [&line.badge, &line.title, &line.text].map(|text| escaped(text));
        format!("<p><b>{badge}</b> <code>{title}</code><br>{text}</p>\n")
    });
    let more = more.map(|more| format!("<p>{}</p>\n", escaped(&more)));
    format!(
        "<!doctype html>\n<html><body>\n<h3>{}</h3>\n{}{}<p><small>{}</small></p>\n</body></html>\n",
        escaped(&notice.headline()),
        lines.collect::<String>(),
        more.unwrap_or_default(),
        escaped(&notice.footer())
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

fn server(settings: &Settings, password: Option<&Secret>) -> Result<SmtpTransport, Undelivered> {
    let host = settings.host.as_deref().unwrap_or_default();
    let tls = settings.tls.as_ref().map_or("starttls", |tls| tls.0.as_str());
    let (security, port) = match tls {
        "none" => (Tls::None, 25),
        "implicit" => (Tls::Wrapper(parameters(settings, host)?), 465),
        _ => (Tls::Required(parameters(settings, host)?), 587),
    };
    let mut builder =
        SmtpTransport::builder_dangerous(host).tls(security).port(settings.port.unwrap_or(port)).timeout(Some(Tries::of(settings).timeout));
    if let Some(user) = &settings.user {
        let is_here = ["localhost", "127.0.0.1", "::1"].contains(&host);
        if tls == "none" && !is_here {
            return Err(Undelivered(
                "a password is not sent without TLS; use tls = \"starttls\" or \"implicit\", or leave user out".into(),
            ));
        }
        let password = password.map(|password| password.reveal().to_owned()).unwrap_or_default();
        builder = builder.credentials(Credentials::new(user.clone(), password));
    }
    Ok(builder.build())
}

fn parameters(settings: &Settings, host: &str) -> Result<TlsParameters, Undelivered> {
    let mut builder = TlsParameters::builder(host.to_owned());
    if let Some(file) = &settings.ca_file {
        let unusable = |why: String| Undelivered(format!("ca-file {}: {why}; name a file of certificates in PEM", file.display()));
        let pem = std::fs::read(file).map_err(|error| unusable(error.to_string()))?;
        let certificate = Certificate::from_pem(&pem).map_err(|_| unusable("it is no PEM".into()))?;
        builder = builder.certificate_store(CertificateStore::None).add_root_certificate(certificate);
    }
    builder.build_rustls().map_err(|error| Undelivered(format!("TLS cannot be used: {error}")))
}

/// What the server said, without the password should it repeat it.
fn failed(error: &Error, password: Option<&Secret>) -> Failed {
    let said = error.to_string();
    let said = password.map_or(said.clone(), |password| password.cut_from(&said));
    match error.status().map(|code| code.to_string()) {
        // Why signing in failed is answered in the words of whoever asked for it.
        Some(code) if code.starts_with("53") => Failed::ForGood(format!("it refused to let this user sign in ({code})")),
        _ if error.is_permanent() || error.is_tls() || error.is_client() => Failed::ForGood(said),
        _ => Failed::ForNow(said, None),
    }
}
