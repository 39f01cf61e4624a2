//! Guesses from a field's name whether its values may be personal or secret; for sources that do not say.
//!
//! A wrong yes costs a word in a report, a wrong no costs somebody's privacy: in doubt the answer is yes.

use crate::model::{FieldPath, Segment};

/// Suspicious wherever they stand within a part of a key, so that `username` and `sourceaddress` are caught too.
const STEMS: &[&str] = &[
    "user",
    "name",
    "mail",
    "address",
    "login",
    "logon",
    "account",
    "actor",
    "host",
    "device",
    "city",
    "country",
    "location",
    "phone",
    "mobile",
    "token",
    "session",
    "secret",
    "password",
    "cookie",
    "agent",
    "title",
    "description",
    "message",
    "subject",
    "street",
    "postal",
    "person",
    "employee",
    "owner",
    "customer",
    "member",
    "birth",
    "coordinate",
    "identity",
    "principal",
    "display",
    "label",
    "comment",
    "serial",
];

/// Suspicious only as a whole part.
const PARTS: &[&str] = &[
    "upn",
    "state",
    "lat",
    "lon",
    "lng",
    "latitude",
    "longitude",
    "key",
    "url",
    "uri",
    "ipv4",
    "ipv6",
    "first",
    "last",
    "nick",
    "sub",
    "asn",
    "isp",
    "org",
    "sid",
    "mac",
    "zip",
    "text",
    "detail",
    "details",
    "reason",
    "note",
    "notes",
    "query",
    "referer",
    "referrer",
    "region",
    "geo",
    "domain",
    "tel",
    "number",
    "hash",
    "thumbprint",
    "file",
    "path",
];

/// Suspicious at the end of a part: `clientip`, `requestids`.
const ENDS: &[&str] = &["ip", "id", "guid"];

/// Whether some key of the path sounds personal or secret, or says nothing (`*`, no letters).
pub(super) fn sounds_personal(path: &FieldPath) -> bool {
    path.segments().iter().any(|segment| match segment {
        Segment::Key(key) => {
            let parts = words_of(key);
            parts.is_empty() || parts.iter().any(|part| is_suspicious(part))
        }
        Segment::AnyKey => true,
        Segment::Elements => false,
    })
}

fn is_suspicious(part: &str) -> bool {
    let single = part.strip_suffix('s').unwrap_or(part);
    STEMS.iter().any(|stem| part.contains(stem))
        || PARTS.iter().any(|whole| *whole == part || *whole == single)
        || ENDS.iter().any(|end| single.ends_with(end))
}

/// The lower-case words of a key in camel, Pascal, snake or any other case: `clientIPAddress` is `client`, `ip`, `address`.
pub(super) fn words_of(key: &str) -> Vec<String> {
    let letters: Vec<char> = key.chars().collect();
    let mut parts = vec![String::new()];
    for (i, &c) in letters.iter().enumerate() {
        let before = i.checked_sub(1).map(|j| letters[j]);
        let plural = letters.get(i + 1) == Some(&'s') && letters.get(i + 2).is_none_or(|next| !next.is_lowercase());
        let after_is_lower = !plural && letters.get(i + 1).is_some_and(|next| next.is_lowercase());
        let starts = c.is_uppercase() && before.is_some_and(|b| !b.is_uppercase() || after_is_lower);
        if starts || !c.is_alphanumeric() {
            parts.push(String::new());
        }
        if let Some(part) = parts.last_mut()
            && c.is_alphanumeric()
        {
            part.extend(c.to_lowercase());
        }
    }
    parts.retain(|part| part.chars().any(char::is_alphabetic));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_fall_into_words() {
        assert_eq!(words_of("clientIPAddress"), ["client", "ip", "address"]);
        assert_eq!(words_of("IPAddress"), ["ip", "address"]);
        assert_eq!(words_of("user_Id"), ["user", "id"]);
        assert_eq!(words_of("Is CAE Token"), ["is", "cae", "token"]);
        assert_eq!(words_of("clientIPs"), ["client", "ips"]);
        assert_eq!(words_of("x-forwarded-for"), ["x", "forwarded", "for"]);
        assert!(words_of("_1").is_empty());
    }

    #[test]
    fn names_that_sound_personal_are_caught_in_every_spelling() {
        for text in [
            "user",
            "userName",
            "username",
            "USERNAME",
            "src_ip",
            "sourceip",
            "clientIPs",
            "requestIds",
            "actor.alternateId",
            "client.userAgent.rawUserAgent",
            "http_user_agent",
            "session",
            "accessToken",
            "geo.lat",
            "target[].displayName",
            "contact.e-mail",
            "by.*",
            "user.status",
            "urls[]",
            "[\"1\"]",
        ] {
            assert!(sounds_personal(&FieldPath::parse(text).unwrap()), "{text}");
        }
        for text in ["outcome", "event.outcome", "eventType", "severity", "result_code", "mfa.method", "risk.level", "policies[].result"] {
            assert!(!sounds_personal(&FieldPath::parse(text).unwrap()), "{text}");
        }
    }
}
