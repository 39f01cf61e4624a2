//! Servers of this machine that tests talk to: one for the web, one for mail, both also over TLS. They answer what they are told to.

#![allow(dead_code, reason = "each test program that shares this uses its own part of it")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::Value;
use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread;

/// Something to talk over.
trait Talk: Read + Write {}
impl<T: Read + Write> Talk for T {}

/// What came in, shared with the thread that serves.
type Seen<T> = Arc<Mutex<Vec<T>>>;

/// A request to the web server.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// `POST /path HTTP/1.1`
    pub(crate) line: String,
    /// Header lines, names in lower case.
    pub(crate) head: String,
    /// The body.
    pub(crate) body: String,
}

impl Request {
    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// A web server that gives its answers in turn, the last one again and again.
pub(crate) struct Web {
    port: u16,
    tls: bool,
    seen: Seen<Request>,
}

impl Web {
    /// Answers are a status, with header lines after it if there are any: `429 Too Many\r\nRetry-After: 0`.
    pub(crate) fn new(answers: &[&str]) -> Self {
        Self::start(answers, false)
    }

    /// The same over TLS.
    pub(crate) fn secure(answers: &[&str]) -> Self {
        Self::start(answers, true)
    }

    fn start(answers: &[&str], tls: bool) -> Self {
        let (listener, seen) = (TcpListener::bind("127.0.0.1:0").unwrap(), Seen::default());
        let port = listener.local_addr().unwrap().port();
        let (answers, requests): (Vec<String>, _) = (answers.iter().map(ToString::to_string).collect(), Arc::clone(&seen));
        thread::spawn(move || {
            let mut at = 0;
            for stream in listener.incoming() {
                let answer = &answers[at.min(answers.len() - 1)];
                // Who breaks the connection off was not served.
                if serve_web(talk(stream.unwrap(), tls), answer, &requests).is_ok() {
                    at += 1;
                }
            }
        });
        Self { port, tls, seen }
    }

    /// An address of the server.
    pub(crate) fn url(&self, path: &str) -> String {
        let scheme = if self.tls { "https" } else { "http" };
        format!("{scheme}://localhost:{}{path}", self.port)
    }

    /// The requests so far.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.seen.lock().unwrap().clone()
    }
}

fn serve_web(stream: Box<dyn Talk>, answer: &str, seen: &Seen<Request>) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let (mut line, mut head) = (String::new(), String::new());
    if stream.read_line(&mut line)? == 0 {
        return Err(std::io::ErrorKind::UnexpectedEof.into());
    }
    while !head.ends_with("\r\n\r\n") && head != "\r\n" {
        stream.read_line(&mut head)?;
    }
    let head = head.to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    seen.lock().unwrap().push(Request { line: line.trim().to_owned(), head, body: String::from_utf8(body).unwrap() });
    write!(stream.get_mut(), "HTTP/1.1 {answer}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")?;
    stream.get_mut().flush()
}

/// What a mail server was told in one connection: its lines, passwords among them.
pub(crate) type Session = Vec<String>;

/// How a mail server is reached.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Security {
    /// In the clear.
    None,
    /// TLS from the beginning.
    Implicit,
    /// TLS once it is asked for.
    StartTls,
}

/// A mail server that answers recipients in turn, the last answer again and again.
pub(crate) struct Mail {
    /// Its port.
    pub(crate) port: u16,
    seen: Seen<Session>,
}

impl Mail {
    pub(crate) fn new(security: Security, answers: &[&str]) -> Self {
        let (listener, seen) = (TcpListener::bind("127.0.0.1:0").unwrap(), Seen::default());
        let port = listener.local_addr().unwrap().port();
        let (answers, sessions): (Vec<String>, _) = (answers.iter().map(ToString::to_string).collect(), Arc::clone(&seen));
        thread::spawn(move || {
            for (at, stream) in listener.incoming().enumerate() {
                let mut session = Session::new();
                // A client that goes away in the middle has said what it said.
                let _ = serve_mail(stream.unwrap(), security, &answers[at.min(answers.len() - 1)], &mut session, &sessions);
            }
        });
        Self { port, seen }
    }

    /// The finished connections so far: those that were quit or in which a mail was taken.
    pub(crate) fn sessions(&self) -> Vec<Session> {
        self.seen.lock().unwrap().clone()
    }
}

fn serve_mail(stream: TcpStream, security: Security, answer: &str, session: &mut Session, seen: &Seen<Session>) -> std::io::Result<()> {
    let plain = stream.try_clone()?;
    let mut stream = BufReader::new(talk(stream, security == Security::Implicit));
    let say = |stream: &mut BufReader<Box<dyn Talk>>, text: &str| {
        stream.get_mut().write_all(text.as_bytes())?;
        stream.get_mut().flush()
    };
    say(&mut stream, "220 localhost ready\r\n")?;
    let (mut offers_tls, mut in_data) = (security == Security::StartTls, false);
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let line = line.trim_end_matches(['\r', '\n']);
        session.push(line.to_owned());
        let reply = match line.split([' ', ':']).next().unwrap_or_default() {
            "." if in_data => {
                in_data = false;
                seen.lock().unwrap().push(session.clone());
                "250 taken"
            }
            _ if in_data => continue,
            "EHLO" if offers_tls => "250-localhost\r\n250 STARTTLS",
            "EHLO" => "250-localhost\r\n250 AUTH PLAIN",
            "STARTTLS" => {
                offers_tls = false;
                say(&mut stream, "220 go ahead\r\n")?;
                stream = BufReader::new(talk(plain.try_clone()?, true));
                continue;
            }
            "AUTH" => "235 welcome",
            "RCPT" if !answer.starts_with("250") => {
                seen.lock().unwrap().push(session.clone());
                answer
            }
            "DATA" => {
                in_data = true;
                "354 go ahead"
            }
            "QUIT" => "221 bye",
            _ => "250 fine",
        };
        say(&mut stream, &format!("{reply}\r\n"))?;
    }
}

fn talk(stream: TcpStream, tls: bool) -> Box<dyn Talk> {
    if !tls {
        return Box::new(stream);
    }
    let chain = vec![CertificateDer::from_pem_file(certificate()).unwrap()];
    let key = PrivateKeyDer::from_pem_file(certificate().with_extension("key")).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_no_client_auth().with_single_cert(chain, key).unwrap();
    Box::new(StreamOwned::new(ServerConnection::new(Arc::new(config)).unwrap(), stream))
}

/// The certificate of the servers, which nobody trusts who was not told to.
pub(crate) fn certificate() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/server/localhost.pem")
}
