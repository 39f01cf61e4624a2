//! What a value looks like: its state, its JSON type and, where it is filled, its format.

use std::fmt;

/// How much a value says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ValueState {
    /// The key is not there (never a [`Shape`]: nothing stood there to be seen).
    Absent,
    /// JSON `null`.
    Null,
    /// `""` or white space only.
    EmptyText,
    /// `[]` or `{}`.
    EmptyContainer,
    /// A word that stands for "nothing": `-`, `N/A`, `unknown`, `hidden`, a zero GUID, 0 degrees.
    Placeholder,
    /// Anything else.
    Filled,
}

/// JSON type of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ValueType {
    /// `null`
    Null,
    /// `true` or `false`
    Boolean,
    /// a number
    Number,
    /// a string
    Text,
    /// an array
    Array,
    /// an object
    Object,
}

/// Formats that a reader would call the same kind of value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// Not filled, or no format (booleans, containers).
    None,
    /// GUIDs of any style.
    Guid,
    /// Mail addresses and user principal names.
    Mail,
    /// Addresses of the internet protocol.
    Address,
    /// Dates and times, as text.
    Time,
    /// Numbers and epochs, as numbers or as text.
    Number,
    /// Booleans as text.
    Boolean,
    /// Hexadecimal, base64 and other strings without words.
    Token,
    /// URLs and resource paths.
    Url,
    /// JSON inside a text.
    Json,
    /// User agents, versions, phone numbers, host names: named formats with a family of their own.
    Special,
    /// Words and free text.
    Words,
}

/// How a time stamp names its offset from UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offset {
    /// `Z`
    Zulu,
    /// `+00:00`
    Zero,
    /// Any other offset.
    Other,
    /// No offset.
    None,
}

/// What a value looks like, in one byte; the numbers are part of the wire form and never change their meaning.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shape(u8);

macro_rules! shapes {
    ($($(#[$doc:meta])* $name:ident = $code:literal $text:literal $state:ident $kind:ident $family:ident;)*) => {
        impl Shape {
            $($(#[$doc])* pub const $name: Shape = Shape($code);)*
        }

        const NAMED: &[(u8, &str, ValueState, ValueType, Family)] =
            &[$(($code, $text, ValueState::$state, ValueType::$kind, Family::$family)),*];
    };
}

shapes! {
    /// `null`
    NULL = 0 "null" Null Null None;
    /// `""` or white space
    EMPTY_TEXT = 1 "empty text" EmptyText Text None;
    /// `[]`
    EMPTY_ARRAY = 2 "empty array" EmptyContainer Array None;
    /// `{}`
    EMPTY_OBJECT = 3 "empty object" EmptyContainer Object None;
    /// `-`, `N/A`, `unknown`, `hidden`, `Not Available`, a zero GUID, `null` as a word
    PLACEHOLDER_TEXT = 4 "placeholder" Placeholder Text None;
    /// 0 where a latitude or longitude stands
    PLACEHOLDER_NUMBER = 5 "zero coordinate" Placeholder Number None;
    /// a text that holds `[]` or `{}`
    EMPTY_JSON = 6 "empty JSON in text" EmptyContainer Text None;
    /// `true` or `false`
    BOOLEAN = 7 "boolean" Filled Boolean None;
    /// a whole number
    INTEGER = 8 "integer" Filled Number Number;
    /// a whole number that counts seconds since 1970 (years 2001 to 2036)
    EPOCH_SECONDS = 9 "epoch in seconds" Filled Number Number;
    /// the same in milliseconds
    EPOCH_MILLIS = 10 "epoch in milliseconds" Filled Number Number;
    /// a number with a fraction or an exponent
    FLOAT = 11 "decimal number" Filled Number Number;
    /// an object with members
    OBJECT = 12 "object" Filled Object None;
    /// an array with elements
    ARRAY = 13 "array" Filled Array None;
    /// a text that holds a JSON object
    JSON_OBJECT = 14 "JSON object in text" Filled Text Json;
    /// a text that holds a JSON array
    JSON_ARRAY = 15 "JSON array in text" Filled Text Json;
    /// `8-4-4-4-12` in lower case
    GUID = 16 "GUID" Filled Text Guid;
    /// the same in upper case
    GUID_UPPER = 17 "upper-case GUID" Filled Text Guid;
    /// the same in mixed case or in braces
    GUID_OTHER = 18 "GUID in another style" Filled Text Guid;
    /// `name@domain`
    EMAIL = 19 "e-mail address" Filled Text Mail;
    /// `name_domain#EXT#@tenant`
    EXTERNAL_UPN = 20 "guest name with #EXT#" Filled Text Mail;
    /// dotted quad
    IPV4 = 21 "IPv4 address" Filled Text Address;
    /// colon-separated
    IPV6 = 22 "IPv6 address" Filled Text Address;
    /// `1.2.3.4:443` or `[::1]:443`
    IP_PORT = 23 "IP address with port" Filled Text Address;
    /// `2026-03-01`
    ISO_DATE = 24 "ISO date" Filled Text Time;
    /// `3/1/2026 1:02:03 PM`
    US_TIME = 25 "US 12-hour time" Filled Text Time;
    /// `3/1/2026 13:02:03`
    SLASH_TIME = 26 "time with slashes" Filled Text Time;
    /// 10 or 13 digits that count from 1970
    EPOCH_TEXT = 27 "epoch in text" Filled Text Number;
    /// digits, with or without a sign
    INTEGER_TEXT = 28 "integer in text" Filled Text Number;
    /// digits with one point
    DECIMAL_TEXT = 29 "decimal in text" Filled Text Number;
    /// `true`
    BOOLEAN_LOWER = 30 "lower-case boolean in text" Filled Text Boolean;
    /// `True`
    BOOLEAN_TITLE = 31 "title-case boolean in text" Filled Text Boolean;
    /// `TRUE`
    BOOLEAN_UPPER = 32 "upper-case boolean in text" Filled Text Boolean;
    /// `scheme://...`
    URL = 33 "URL" Filled Text Url;
    /// `/tenants/...`, `arn:...`
    RESOURCE = 34 "resource path" Filled Text Url;
    /// `Mozilla/5.0 (...`, `Product/1.2`
    USER_AGENT = 35 "user agent" Filled Text Special;
    /// `1.2.3`
    VERSION = 36 "version number" Filled Text Special;
    /// two capitals
    COUNTRY = 37 "country code" Filled Text Words;
    /// `+XX XXXXXXX12`
    PHONE_MASK = 38 "masked phone number" Filled Text Special;
    /// `+49 30 1234567`
    PHONE = 39 "phone number" Filled Text Special;
    /// `success`
    WORD_LOWER = 40 "lower-case word" Filled Text Words;
    /// `SUCCESS`
    WORD_UPPER = 41 "upper-case word" Filled Text Words;
    /// `Success`
    WORD_TITLE = 42 "title-case word" Filled Text Words;
    /// `notApplied`, `NotApplied`
    WORD_MIXED = 43 "camel-case word" Filled Text Words;
    /// several words, no capital
    TEXT_LOWER = 44 "lower-case text" Filled Text Words;
    /// several words, capitals only
    TEXT_UPPER = 45 "upper-case text" Filled Text Words;
    /// several words, each with a capital
    TEXT_TITLE = 46 "title-case text" Filled Text Words;
    /// several words, the first with a capital
    TEXT_SENTENCE = 47 "text" Filled Text Words;
    /// anything else
    TEXT_OTHER = 48 "free text" Filled Text Words;
    /// `00-11-22-33-44-55`
    MAC = 49 "MAC address" Filled Text Special;
    /// `S-1-5-21-...`
    SID = 50 "Windows SID" Filled Text Special;
    /// `PT1H`
    DURATION = 51 "ISO duration" Filled Text Special;
    /// three base64url parts
    JWT = 52 "signed token" Filled Text Token;
    /// `host.example.com`
    HOSTNAME = 53 "host name" Filled Text Special;
    /// letters with digits, `-` or `_`, not a word
    CODE = 54 "identifier" Filled Text Words;
}

pub(super) const ISO: u8 = 64;
pub(super) const HEX: u8 = 144;
pub(super) const BASE64: u8 = 156;
pub(super) const BASE64_URL: u8 = 168;
pub(super) const ALNUM: u8 = 180;
pub(super) const LENGTH_CLASSES: [usize; 12] = [12, 16, 24, 32, 40, 48, 64, 96, 128, 256, 512, usize::MAX];

impl Shape {
    /// Number of codes, for tables indexed by [`Shape::code`].
    pub const COUNT: usize = 192;

    /// An ISO 8601 date and time with so many digits of a second's fraction (0 to 9), parted by `T` or a blank.
    #[must_use]
    pub const fn iso_time(fraction_digits: u8, offset: Offset, blank: bool) -> Self {
        let digits = if fraction_digits > 9 { 9 } else { fraction_digits };
        Self(ISO + digits * 8 + (offset as u8) * 2 + blank as u8)
    }

    /// Hexadecimal digits, by length.
    #[must_use]
    pub const fn hex(length: usize) -> Self {
        Self(HEX + length_class(length))
    }

    /// Base64 with `+`, `/` or `=`, by length.
    #[must_use]
    pub const fn base64(length: usize) -> Self {
        Self(BASE64 + length_class(length))
    }

    /// Base64url with `-` or `_`, by length.
    #[must_use]
    pub const fn base64_url(length: usize) -> Self {
        Self(BASE64_URL + length_class(length))
    }

    /// Letters of both cases and digits without words, by length.
    #[must_use]
    pub const fn alphanumeric(length: usize) -> Self {
        Self(ALNUM + length_class(length))
    }

    /// The byte that stands for this shape in the wire form.
    #[inline]
    #[must_use]
    pub const fn code(self) -> u8 {
        self.0
    }

    /// The shape of a wire byte; `None` for a byte that no shape has.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        let known = (ISO..Self::COUNT as u8).contains(&code) || NAMED.iter().any(|row| row.0 == code);
        known.then_some(Self(code))
    }

    fn named(self) -> Option<&'static (u8, &'static str, ValueState, ValueType, Family)> {
        NAMED.iter().find(|row| row.0 == self.0)
    }

    /// How much the value says.
    #[must_use]
    pub fn state(self) -> ValueState {
        self.named().map_or(ValueState::Filled, |row| row.2)
    }

    /// Whether the value says something.
    #[inline]
    #[must_use]
    pub const fn is_filled(self) -> bool {
        self.0 > Self::EMPTY_JSON.0
    }

    /// Its JSON type.
    #[must_use]
    pub fn value_type(self) -> ValueType {
        self.named().map_or(ValueType::Text, |row| row.3)
    }

    /// The kind of value a reader would call it.
    #[must_use]
    pub fn family(self) -> Family {
        match self.0 {
            ISO..HEX => Family::Time,
            HEX.. => Family::Token,
            _ => self.named().map_or(Family::None, |row| row.4),
        }
    }

    /// The shape a reader of this text finds: every shape has another name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        (0..Self::COUNT as u8).filter_map(Self::from_code).find(|shape| shape.to_string() == name)
    }
}

const fn length_class(length: usize) -> u8 {
    let mut class = 0;
    while length > LENGTH_CLASSES[class as usize] {
        class += 1;
    }
    class
}

fn write_length(f: &mut fmt::Formatter<'_>, what: &str, class: u8) -> fmt::Result {
    let class = usize::from(class);
    let from = if class == 0 { 8 } else { LENGTH_CLASSES[class - 1] + 1 };
    match LENGTH_CLASSES[class] {
        usize::MAX => write!(f, "{what} of {from} or more characters"),
        to => write!(f, "{what} of {from} to {to} characters"),
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            ISO..HEX => {
                let rest = self.0 - ISO;
                let (digits, offset, blank) = (rest / 8, rest / 2 % 4, rest % 2 == 1);
                let precision = match digits {
                    0 => "whole seconds".to_owned(),
                    1 => "1 decimal".to_owned(),
                    n => format!("{n} decimals"),
                };
                let offset = ["Z", "+00:00", "another offset", "no offset"][usize::from(offset)];
                write!(f, "ISO time, {precision}, {offset}{}", if blank { ", blank for T" } else { "" })
            }
            HEX..BASE64 => write_length(f, "hexadecimal", self.0 - HEX),
            BASE64..BASE64_URL => write_length(f, "base64", self.0 - BASE64),
            BASE64_URL..ALNUM => write_length(f, "base64url", self.0 - BASE64_URL),
            ALNUM.. => write_length(f, "alphanumeric", self.0 - ALNUM),
            _ => f.write_str(self.named().map_or("?", |row| row.1)),
        }
    }
}

impl fmt::Debug for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Shape({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_code_has_a_name_of_its_own_that_reads_back() {
        let mut names = HashSet::new();
        for code in 0..=u8::MAX {
            let Some(shape) = Shape::from_code(code) else { continue };
            assert_eq!(shape.code(), code);
            assert!(names.insert(shape.to_string()), "{shape} stands for two codes");
            assert_eq!(Shape::parse(&shape.to_string()), Some(shape));
            assert_eq!(shape.is_filled(), shape.state() == ValueState::Filled);
        }
        assert_eq!(Shape::from_code(55), None);
        assert_eq!(Shape::from_code(192), None);
    }

    #[test]
    fn time_and_length_shapes_say_their_parameters() {
        assert_eq!(Shape::iso_time(7, Offset::Zulu, false).to_string(), "ISO time, 7 decimals, Z");
        assert_eq!(Shape::iso_time(0, Offset::None, true).to_string(), "ISO time, whole seconds, no offset, blank for T");
        assert_eq!(Shape::iso_time(12, Offset::Zero, false), Shape::iso_time(9, Offset::Zero, false));
        assert_ne!(Shape::hex(22), Shape::hex(48));
        assert_eq!(Shape::hex(33), Shape::hex(40));
        assert_eq!(Shape::base64_url(22).to_string(), "base64url of 17 to 24 characters");
        assert_eq!(Shape::alphanumeric(10_000).family(), Family::Token);
    }
}
