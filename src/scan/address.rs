//! Names and addresses of hosts and mailboxes.

use super::formats::{all, cut};
use crate::model::Shape;
use std::net::Ipv6Addr;

/// Last labels that tell a host name from other names with dots; labels of two letters are countries.
const TOP_LABELS: [&[u8]; 30] = [
    b"com",
    b"net",
    b"org",
    b"edu",
    b"gov",
    b"mil",
    b"int",
    b"info",
    b"biz",
    b"name",
    b"pro",
    b"dev",
    b"app",
    b"cloud",
    b"online",
    b"site",
    b"tech",
    b"shop",
    b"store",
    b"bank",
    b"arpa",
    b"local",
    b"localdomain",
    b"lan",
    b"internal",
    b"intra",
    b"intern",
    b"corp",
    b"home",
    b"test",
];

/// An IP address, alone or with a port.
pub(super) fn ip(text: &[u8]) -> Option<Shape> {
    if let Some(rest) = text.strip_prefix(b"[") {
        let (address, port) = cut(rest, b']')?;
        return (is_ipv6(address) && is_port(port.strip_prefix(b":")?)).then_some(Shape::IP_PORT);
    }
    match cut(text, b':') {
        None => is_ipv4(text).then_some(Shape::IPV4),
        Some((address, port)) if is_port(port) && is_ipv4(address) => Some(Shape::IP_PORT),
        Some(_) => is_ipv6(text).then_some(Shape::IPV6),
    }
}

fn is_ipv4(text: &[u8]) -> bool {
    let mut groups = 0;
    (7..=15).contains(&text.len())
        && text.split(|byte| *byte == b'.').all(|group| {
            groups += 1;
            byte_of(group).is_some()
        })
        && groups == 4
}

/// A number up to 255 without leading zeros.
fn byte_of(group: &[u8]) -> Option<u8> {
    match group {
        [b'0', _, ..] | [] => None,
        _ => group.iter().try_fold(0u8, |sum, byte| byte.is_ascii_digit().then(|| sum.checked_mul(10)?.checked_add(byte - b'0'))?),
    }
}

fn is_ipv6(text: &[u8]) -> bool {
    let address = match cut(text, b'%') {
        Some((address, zone)) if all(zone, |byte| byte.is_ascii_alphanumeric()) => address,
        Some(_) => return false,
        None => text,
    };
    std::str::from_utf8(address).is_ok_and(|address| address.parse::<Ipv6Addr>().is_ok())
}

fn is_port(text: &[u8]) -> bool {
    (1..=5).contains(&text.len()) && all(text, |byte| byte.is_ascii_digit())
}

/// `name@domain`, also in the form that a guest has in the tenant visited.
pub(super) fn mail(text: &[u8]) -> Option<Shape> {
    let (name, domain) = cut(text, b'@')?;
    let label = |label: &[u8]| all(label, |byte| byte.is_ascii_alphanumeric() || byte > 127 || b"-_".contains(&byte));
    let fits = !name.is_empty() && domain.contains(&b'.') && domain.split(|byte| *byte == b'.').all(label);
    let guest = name.len() > 5 && name.last_chunk().is_some_and(|end: &[u8; 5]| end.eq_ignore_ascii_case(b"#EXT#"));
    fits.then_some(if guest { Shape::EXTERNAL_UPN } else { Shape::EMAIL })
}

/// Labels between dots, the last of them one that hosts have: other names (`user.session.start`) have dots too.
pub(super) fn host(text: &[u8]) -> Option<Shape> {
    let label = |label: &[u8]| {
        all(label, |byte| byte.is_ascii_alphanumeric() || byte == b'-') && label.first() != Some(&b'-') && label.last() != Some(&b'-')
    };
    let dot = text.iter().rposition(|byte| *byte == b'.')?;
    let (labels, top) = (text.get(..dot)?, text.get(dot + 1..)?);
    let known =
        (top.len() == 2 && all(top, |byte| byte.is_ascii_alphabetic())) || TOP_LABELS.iter().any(|name| name.eq_ignore_ascii_case(top));
    (known && labels.split(|byte| *byte == b'.').all(label)).then_some(Shape::HOSTNAME)
}
