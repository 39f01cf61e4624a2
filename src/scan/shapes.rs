//! The shape of a text: a cache of texts seen before, and the order in which formats are tried on a new one.

use super::{address, formats, time, tokens, words};
use crate::model::Shape;

const LOWER: u16 = 1;
const UPPER: u16 = 2;
const DIGIT: u16 = 4;
const DASH: u16 = 8;
const UNDERSCORE: u16 = 16;
const DOT: u16 = 32;
const COLON: u16 = 64;
const SLASH: u16 = 128;
const PADDING: u16 = 256;
const BLANK: u16 = 512;
const OTHER: u16 = 1024;
const HIGH: u16 = 2048;

const LETTER: u16 = LOWER | UPPER;
const ALNUM: u16 = LETTER | DIGIT;
const DASHED: u16 = ALNUM | DASH | UNDERSCORE;
const SOLID: u16 = !BLANK;
const ANY: u16 = u16::MAX;

const KINDS: [u16; 256] = kinds_of_bytes();

const fn kinds_of_bytes() -> [u16; 256] {
    let mut kinds = [OTHER; 256];
    let mut byte = 0;
    while byte < 256 {
        kinds[byte] = match byte as u8 {
            b'a'..=b'z' => LOWER,
            b'A'..=b'Z' => UPPER,
            b'0'..=b'9' => DIGIT,
            b'-' => DASH,
            b'_' => UNDERSCORE,
            b'.' => DOT,
            b':' => COLON,
            b'/' => SLASH,
            b'+' | b'=' => PADDING,
            b' ' | b'\t' | b'\n' | b'\r' => BLANK,
            128.. => HIGH,
            _ => OTHER,
        };
        byte += 1;
    }
    kinds
}

/// Formats in the order they are tried: the kinds of bytes that may be in a text, the kind that must be, and the test.
type Row = (u16, u16, fn(&[u8]) -> Option<Shape>);

const FORMATS: [Row; 21] = [
    (ALNUM | DASH | OTHER, DASH, formats::guid),
    (ANY, DIGIT, |text| time::time(text).map(|time| time.shape)),
    (DIGIT | DASH | DOT | PADDING, DIGIT, formats::numeric),
    (LETTER | HIGH, LETTER | HIGH, words::word),
    (ALNUM | DASH | COLON, DASH | COLON, formats::mac),
    (ALNUM | DOT | COLON | OTHER, DOT | COLON, address::ip),
    (DIGIT | DOT, DOT, formats::version),
    (SOLID, OTHER, address::mail),
    (SOLID, COLON, formats::url),
    (ALNUM, DIGIT, tokens::hex),
    (ANY, SLASH, formats::user_agent),
    (ALNUM | PADDING | SLASH, PADDING | SLASH, tokens::base64),
    (DASHED | DOT, DOT, tokens::jwt),
    (UPPER | DIGIT | DASH, DASH, formats::sid),
    (UPPER | DIGIT | DOT, UPPER, formats::duration),
    (SOLID, SLASH | COLON, formats::resource),
    (ANY, PADDING, formats::phone),
    (DASHED, DASH | UNDERSCORE, tokens::base64_url),
    (ALNUM, DIGIT, tokens::alphanumeric),
    (ALNUM | DASH | DOT, DOT, address::host),
    (DASHED | DOT | HIGH, ALNUM | HIGH, words::code),
];

/// The shape of an id or a time, of which nearly every one is new; what [`classify`] says of it, sooner.
#[inline]
fn unique(text: &[u8]) -> Option<Shape> {
    match (text.get(4), text.get(8)) {
        (Some(b'-'), _) => time::time(text).map(|time| time.shape),
        (_, Some(b'-')) if !text.starts_with(b"00000000") => formats::guid(text),
        _ => None,
    }
}

/// The shape of a text that holds no JSON. Depends on its bytes only.
pub(super) fn classify(text: &[u8]) -> Shape {
    unique(text).unwrap_or_else(|| other_than_unique(text))
}

fn other_than_unique(text: &[u8]) -> Shape {
    let trimmed = trim(text);
    if trimmed.is_empty() {
        return Shape::EMPTY_TEXT;
    }
    if let Some(shape) = words::placeholder(trimmed) {
        return shape;
    }
    if trimmed.len() != text.len() {
        return Shape::TEXT_OTHER;
    }
    let kinds = text.iter().fold(0, |kinds, byte| kinds | KINDS[usize::from(*byte)]);
    let known = FORMATS.iter().find_map(|(may, must, test)| if kinds & !may == 0 && kinds & must != 0 { test(text) } else { None });
    match known {
        Some(shape) => shape,
        // Without blanks, digits mean a name made by a machine, whose letters fall this way and that.
        None if kinds & BLANK == 0 && kinds & DIGIT != 0 => Shape::TEXT_OTHER,
        None => words::text(text),
    }
}

/// Without white space at its ends. Most texts have none, and their end bytes show it.
fn trim(text: &[u8]) -> &[u8] {
    match (text.first(), text.last()) {
        (Some(b'!'..=b'~'), Some(b'!'..=b'~')) => text,
        _ => std::str::from_utf8(text).map_or(text, |text| text.trim().as_bytes()),
    }
}

/// Whether a key is data rather than a name: an id, a number, a date, an address, an account, a token, a telephone number.
pub(super) fn is_data(key: &[u8]) -> bool {
    (key.len() >= 16 && formats::all(key, |byte| byte.is_ascii_hexdigit()))
        || is_number(key)
        || time::time(key).is_some()
        || is_host(key)
        || is_account(key)
        || [formats::guid, formats::mac, formats::sid, formats::phone, tokens::jwt, tokens::base64, tokens::base64_url]
            .iter()
            .any(|test| test(key).is_some() && !is_versioned_name(key))
}

/// Words glued together and the number of a version, as in `riskEventTypes_v2`: the cases, the digit and the stroke make it look like
/// base64.
fn is_versioned_name(key: &[u8]) -> bool {
    let letters = key.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let (words, version) = key.split_at(letters);
    let version = version.strip_prefix(b"_").or(version.strip_prefix(b"-")).unwrap_or(version);
    let digits = version.strip_prefix(b"v").or(version.strip_prefix(b"V")).unwrap_or(version);
    let begins_word = |pair: &[u8]| !pair.first().is_some_and(u8::is_ascii_uppercase) || pair.last().is_some_and(u8::is_ascii_lowercase);
    // Of letters that fall by chance half are capital.
    let capitals = words.iter().filter(|byte| byte.is_ascii_uppercase()).count();
    let is_glued = capitals * 3 <= words.len() && words.windows(2).all(begins_word);
    (1..=2).contains(&digits.len()) && formats::all(digits, |byte| byte.is_ascii_digit()) && is_glued
}

/// Digits, or so many of them that they number something, as those of telephones and cards do; those of versions and object
/// identifiers stand between dots, single ones among them.
fn is_number(key: &[u8]) -> bool {
    let digits = key.iter().filter(|byte| byte.is_ascii_digit()).count();
    let parted = |byte: u8| byte.is_ascii_digit() || b" -+()/.".contains(&byte);
    let is_dotted = formats::all(key, |byte| byte.is_ascii_digit() || byte == b'.');
    let is_version = is_dotted && key.contains(&b'.') && key.split(|byte| *byte == b'.').any(|group| group.len() < 2);
    formats::all(key, |byte| byte.is_ascii_digit())
        || (digits >= 7 && formats::all(key, parted) && !is_version)
        || (digits >= 9 && key.iter().any(u8::is_ascii_alphabetic))
}

/// An IP address, also with a zone, a length of its prefix, or in brackets.
fn is_host(key: &[u8]) -> bool {
    let end = key.iter().position(|byte| b"%/".contains(byte)).unwrap_or(key.len());
    let bare = key.get(..end).unwrap_or(key);
    let inner = bare.strip_prefix(b"[").map(|rest| rest.strip_suffix(b"]").unwrap_or(rest));
    address::ip(key).is_some() || address::ip(bare).is_some() || inner.is_some_and(|inner| address::ip(inner).is_some())
}

/// A key that holds a mail address or the name of a guest, or is `DOMAIN\user`. The annotations of OData (`field@odata.type`)
/// only look like addresses.
fn is_account(key: &[u8]) -> bool {
    let is_mail = |word: &[u8]| address::mail(word).is_some() && !formats::cut(word, b'@').is_some_and(|cut| cut.1.starts_with(b"odata."));
    let is_guest = key.windows(5).any(|part| part.eq_ignore_ascii_case(b"#EXT#"));
    let is_of_domain = formats::cut(key, b'\\').is_some_and(|(domain, user)| !domain.is_empty() && !user.is_empty());
    is_guest || is_of_domain || key.split(|byte| b" \t<>()[]{}\"',;:/?&=|".contains(byte)).any(is_mail)
}

/// Whether a text may hold a JSON object or array.
#[inline]
pub(super) fn may_be_json(text: &[u8]) -> bool {
    let ends = (text.trim_ascii_start().first(), text.trim_ascii_end().last());
    matches!(ends, (Some(b'{'), Some(b'}')) | (Some(b'['), Some(b']')))
}

/// Shapes of texts seen lately, by hash: most values of a log are few and come again.
pub(super) struct ShapeCache(Vec<(u64, Shape)>);

/// Slots of the cache, 64 KiB: what stays close to one core.
const SLOTS: usize = 1 << 12;

impl ShapeCache {
    /// A cache that knows the empty text only, whose keyed hash is given.
    pub(super) fn new(empty: u64) -> Self {
        Self(vec![(empty, Shape::EMPTY_TEXT); SLOTS])
    }

    /// The shape of a text with this hash; `None` if it may be JSON, which only reading it can tell.
    #[inline]
    pub(super) fn shape(&mut self, hash: u64, text: &[u8]) -> Option<Shape> {
        if let Some(shape) = unique(text) {
            return Some(shape);
        }
        let slot = self.0.get_mut(hash as usize % SLOTS)?;
        if slot.0 != hash {
            if may_be_json(text) {
                return None;
            }
            *slot = (hash, other_than_unique(text));
        }
        Some(slot.1)
    }
}
