//! Telling people of what is new or ended, against servers of this machine: once, again where it failed, and never a secret.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod place;
mod server;

use place::{Place, Ran, SOURCE};
use server::{Mail, Security, Web};

/// A secret in the address.
const PATH: &str = "/services/T0/s3cr3t";

/// Two weeks of baseline and the day of the incident in `now.json`.
fn incident() -> Place {
    let place = Place::with_baseline(14);
    place.incident("now.json");
    place
}

/// A table that tells at an address, without pauses.
fn table(to: &str, url: &str, more: &str) -> String {
    format!("[[notify]]\nto = \"{to}\"\nurl = \"{url}\"\nbackoff = 0\n{more}\n")
}

/// A check with a configuration and variables; no proxy stands between this machine and itself.
fn run_with(place: &Place, config: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Ran {
    place.put("logdrift.toml", config);
    let mut command = place.command(&[&["check", "--quiet", "-o", "report.json"], arguments].concat());
    command.env("LOGDRIFT_CONFIG", "logdrift.toml").env("NO_PROXY", "*").envs(variables.iter().copied());
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let ran = Ran { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) };
    assert!(!ran.err.contains("s3cr3t") && !ran.err.contains("hunter2"), "a secret is shown: {}", ran.err);
    ran
}

fn check(place: &Place, config: &str) -> Ran {
    run_with(place, config, &["now.json"], &[])
}

#[test]
fn every_way_over_http_tells_a_new_finding_once() {
    for to in ["webhook", "slack", "teams"] {
        let (place, web) = (incident(), Web::new(&["200 OK"]));
        let config = table(to, &web.url(PATH), "");
        assert_eq!(check(&place, &config).code, 1);
        let requests = web.requests();
        assert_eq!(requests.len(), 1);
        assert_eq!(requests[0].line, format!("POST {PATH} HTTP/1.1"));
        assert!(requests[0].head.contains("content-type: application/json"));
        assert!(requests[0].body.contains("new-code resultType = 1003033") || to == "webhook", "{}", requests[0].body);
        requests[0].json();
        // The finding is known by now.
        assert_eq!((check(&place, &config).code, web.requests().len()), (1, 1));
    }
}

#[test]
fn a_webhook_gets_the_findings_masked_and_the_token() {
    let (place, web) = (incident(), Web::new(&["204 No Content"]));
    let config = table("webhook", &web.url("/"), "token-env = \"TOKEN\"");
    assert_eq!(run_with(&place, &config, &["now.json", "--show-values"], &[("TOKEN", "hunter2")]).code, 1);
    let request = &web.requests()[0];
    assert!(request.head.contains("authorization: bearer hunter2"));
    let body = request.json();
    assert_eq!(
        (&body["schema"], &body["verdict"], &body["run"]["source"]),
        (&"logdrift.notice/1".into(), &"drift".into(), &SOURCE[1].into())
    );
    let findings = body["findings"].as_array().unwrap();
    assert!(findings.iter().any(|finding| finding["code"] == "1003033" && finding["status"] == "new"));
    assert!(findings.iter().any(|finding| !finding["caused_by"].is_null()), "echoes come with their cause");
    assert!(!request.body.contains("@corp.example"), "{}", request.body);
}

#[test]
fn what_ended_is_told_once() {
    let (place, web) = (incident(), Web::new(&["200 OK"]));
    let config = table("webhook", &web.url("/"), "");
    check(&place, &config);
    place.day("next.json", 15);
    run_with(&place, &config, &["next.json"], &[]);
    let bodies: Vec<_> = web.requests().iter().map(server::Request::json).collect();
    assert_eq!(bodies.len(), 2);
    let ended = bodies[1]["ended"].as_array().unwrap();
    assert!(ended.iter().any(|row| row["check"] == "new-code"), "{ended:?}");
    run_with(&place, &config, &["next.json"], &[]);
    assert_eq!(web.requests().len(), 2);
}

#[test]
fn what_is_not_severe_enough_is_not_told_and_nobody_is_where_the_user_says_so() {
    let (place, web) = (incident(), Web::new(&["200 OK"]));
    assert_eq!(check(&place, &table("webhook", &web.url("/"), "min-severity = \"critical\"")).code, 1);
    let place = incident();
    assert_eq!(run_with(&place, &table("webhook", &web.url("/"), ""), &["now.json", "--no-notify"], &[]).code, 1);
    assert!(web.requests().is_empty());
}

#[test]
fn attempts_are_repeated_while_they_may_help() {
    let web = Web::new(&["503 Busy", "429 Slow Down\r\nRetry-After: 0", "200 OK"]);
    assert_eq!(check(&incident(), &table("slack", &web.url(PATH), "")).code, 1);
    let requests = web.requests();
    assert_eq!(requests.len(), 3);
    assert!(requests.iter().all(|request| request.body == requests[0].body));
    for (answer, said) in [("404 Not Found", "it answered 404"), ("302 Found\r\nLocation: /other", "redirects are not followed")] {
        let web = Web::new(&[answer]);
        let ran = check(&incident(), &table("slack", &web.url(PATH), ""));
        assert_eq!((ran.code, web.requests().len()), (4, 1), "{answer}");
        ran.says(&["slack was not told of run", said, "drift was found"]);
    }
    let web = Web::new(&["500 Broken"]);
    let ran = check(&incident(), &table("slack", &web.url(PATH), "retries = 2"));
    assert_eq!((ran.code, web.requests().len()), (4, 3));
    ran.says(&["http://localhost:", "/…: it answered 500, 3 times", "the next check of entra-signin tries again"]);
}

#[test]
fn what_could_not_be_told_is_told_by_the_next_check() {
    let (place, down, web) = (incident(), Web::new(&["500 Broken"]), Web::new(&["200 OK"]));
    let both = |url: &str| table("slack", url, "retries = 0") + &table("webhook", &web.url("/"), "");
    assert_eq!(check(&place, &both(&down.url(PATH))).code, 4);
    assert_eq!((down.requests().len(), web.requests().len()), (1, 1));
    // An incident that is known by now, and an address that works again: only who did not hear of it is told.
    let up = Web::new(&["200 OK"]);
    assert_eq!(check(&place, &both(&up.url(PATH))).code, 1);
    assert_eq!((up.requests().len(), web.requests().len()), (1, 1));
    assert!(up.requests()[0].body.contains("1003033"));
    assert_eq!(check(&place, &both(&up.url(PATH))).code, 1);
    assert_eq!(up.requests().len(), 1);
}

#[test]
fn what_is_owed_is_told_even_if_there_is_nothing_new_to_compare() {
    let (place, down, up) = (incident(), Web::new(&["500 Broken"]), Web::new(&["200 OK"]));
    assert_eq!(check(&place, &table("slack", &down.url(PATH), "retries = 0")).code, 4);
    let ran = run_with(&place, &table("slack", &up.url(PATH), ""), &["logs", "--learn"], &[]);
    assert_eq!((ran.code, up.requests().len()), (3, 1), "{}", ran.err);
}

#[test]
fn a_clean_check_of_which_somebody_was_not_told_exits_with_4_and_a_failed_one_as_it_failed() {
    let place = incident();
    let config = table("webhook", "http://localhost:1/", "retries = 0");
    assert_eq!(run_with(&place, &config, &["now.json", "--exit-zero"], &[]).code, 4);
    assert_eq!(run_with(&place, &config, &["none.json"], &[]).code, 2);
}

#[test]
fn without_a_store_that_remembers_findings_are_told_each_time() {
    let (place, web) = (incident(), Web::new(&["200 OK"]));
    place.run(&["baseline", "export", "--source", "entra-signin", "-o", "b.baseline"]).succeeds();
    for times in 1..=2 {
        let ran = run_with(&place, &table("webhook", &web.url("/"), ""), &["now.json", "--baseline", "b.baseline"], &[]);
        assert_eq!((ran.code, web.requests().len()), (1, times));
    }
}

#[test]
fn secrets_come_from_the_environment_or_a_file_and_what_is_missing_is_named() {
    let (place, web) = (incident(), Web::new(&["200 OK"]));
    let by_env = "[[notify]]\nto = \"slack\"\nurl-env = \"SLACK\"\nbackoff = 0";
    let ran = check(&place, by_env);
    assert_eq!(ran.code, 4);
    ran.says(&["the environment variable SLACK is not set"]);
    let by_file = "[[notify]]\nto = \"slack\"\nurl-file = \"slack.url\"";
    check(&place, by_file).says(&["cannot read slack.url"]);
    assert_eq!(run_with(&place, by_env, &["now.json"], &[("SLACK", &web.url(PATH))]).code, 1);
    let place = incident();
    place.put("slack.url", web.url(PATH) + "\n");
    assert_eq!((check(&place, by_file).code, web.requests().len()), (1, 2));
    let ran = run_with(&incident(), by_env, &["now.json"], &[("SLACK", "s3cr3t without a scheme")]);
    ran.says(&["this is no address or token that can be used"]);
}

#[test]
fn a_server_is_trusted_for_the_certificate_that_is_named() {
    let web = Web::secure(&["200 OK"]);
    let ran = check(&incident(), &table("slack", &web.url(PATH), "retries = 0"));
    assert_eq!((ran.code, web.requests().len()), (4, 0));
    let ca = format!("ca-file = {:?}", server::certificate());
    assert_eq!(check(&incident(), &table("slack", &web.url(PATH), &ca)).code, 1);
    assert_eq!(web.requests().len(), 1);
}

#[test]
fn a_proxy_of_the_environment_is_asked() {
    let proxy = Web::new(&["200 OK"]);
    let address = proxy.url("");
    let variables = [("NO_PROXY", ""), ("no_proxy", ""), ("HTTP_PROXY", address.as_str()), ("ALL_PROXY", address.as_str())];
    run_with(&incident(), &table("slack", "http://hooks.invalid/x", "retries = 0"), &["now.json"], &variables);
    assert!(proxy.requests()[0].line.contains("hooks.invalid"), "{:?}", proxy.requests());
}

fn mail(server: &Mail, tls: &str, more: &str) -> String {
    format!(
        "[[notify]]\nto = \"email\"\nhost = \"localhost\"\nport = {}\ntls = \"{tls}\"\nfrom = \"logdrift <logdrift@example.com>\"\n\
         recipients = [\"soc@example.com\", \"On call <oncall@example.com>\"]\nbackoff = 0\nca-file = {:?}\n{more}\n",
        server.port,
        server::certificate()
    )
}

#[test]
fn a_mail_is_handed_over_with_and_without_tls() {
    for (tls, security) in [("none", Security::None), ("implicit", Security::Implicit), ("starttls", Security::StartTls)] {
        let server = Mail::new(security, &["250 fine"]);
        let config = mail(&server, tls, "user = \"logdrift\"\npassword-env = \"PASSWORD\"");
        let ran = run_with(&incident(), &config, &["now.json"], &[("PASSWORD", "hunter2")]);
        assert_eq!(ran.code, 1, "{tls}: {}", ran.err);
        let session = server.sessions()[0].join("\n");
        // The name and the password, as they are sent: \0logdrift\0hunter2
        assert!(session.contains("AUTH PLAIN AGxvZ2RyaWZ0AGh1bnRlcjI="), "{session}");
        for line in ["MAIL FROM:<logdrift@example.com>", "RCPT TO:<soc@example.com>", "RCPT TO:<oncall@example.com>", "Subject: logdrift: "]
        {
            assert!(session.contains(line), "{line}: {session}");
        }
        assert!(session.contains("1003033"), "{session}");
        if tls == "starttls" {
            let at = |word: &str| session.find(word).unwrap();
            assert!(at("STARTTLS") < at("AUTH") && at("STARTTLS") < at("MAIL"));
        }
    }
}

#[test]
fn no_password_is_sent_where_tls_was_asked_for_and_is_not_offered() {
    let server = Mail::new(Security::None, &["250 fine"]);
    let config = mail(&server, "starttls", "retries = 0\nuser = \"logdrift\"\npassword-env = \"PASSWORD\"");
    let ran = run_with(&incident(), &config, &["now.json"], &[("PASSWORD", "hunter2")]);
    assert_eq!((ran.code, server.sessions().len()), (4, 0), "{}", ran.err);
    let config = config.replace("starttls", "none").replace("localhost", "mail.invalid");
    run_with(&incident(), &config, &["now.json"], &[("PASSWORD", "hunter2")]).says(&["a password is not sent without TLS"]);
}

#[test]
fn a_mail_is_tried_again_where_that_may_help() {
    let server = Mail::new(Security::None, &["451 later", "250 fine"]);
    assert_eq!(check(&incident(), &mail(&server, "none", "")).code, 1);
    assert_eq!(server.sessions().len(), 2);
    let server = Mail::new(Security::None, &["550 nobody here"]);
    let ran = check(&incident(), &mail(&server, "none", ""));
    assert_eq!((ran.code, server.sessions().len()), (4, 1));
    ran.says(&["email was not told", "550"]);
}
