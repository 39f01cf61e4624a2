//! A made-up value of every shape, from names and numbers that are kept free for examples.

use super::shape::{ALNUM, BASE64, BASE64_URL, HEX, ISO, LENGTH_CLASSES, Shape};

const GUID: &str = "1d0c5a3e-7b42-4f6d-9c81-2e5a7f90b364";

impl Shape {
    /// A made-up value that looks so, as JSON text: `"user@example.com"`, `7`, `[]`. An object and an array, also inside a text, are
    /// left without contents, since their members have shapes of their own.
    #[must_use]
    pub fn example(self) -> String {
        let bare = match self {
            Self::NULL => "null",
            Self::EMPTY_ARRAY | Self::ARRAY => "[]",
            Self::EMPTY_OBJECT | Self::OBJECT => "{}",
            Self::PLACEHOLDER_NUMBER => "0",
            Self::BOOLEAN => "true",
            Self::INTEGER => "7",
            Self::EPOCH_SECONDS => "1767225600",
            Self::EPOCH_MILLIS => "1767225600000",
            Self::FLOAT => "7.5",
            _ => return format!("\"{}\"", self.text()),
        };
        bare.to_owned()
    }

    /// The text of a shape that is one; none of its characters needs an escape in JSON.
    fn text(self) -> String {
        let text = match self {
            Self::EMPTY_TEXT => "",
            Self::PLACEHOLDER_TEXT => "unknown",
            Self::EMPTY_JSON | Self::JSON_ARRAY => "[]",
            Self::JSON_OBJECT => "{}",
            Self::GUID => GUID,
            Self::GUID_UPPER => return GUID.to_uppercase(),
            Self::GUID_OTHER => return format!("{{{GUID}}}"),
            Self::EMAIL => "user@example.com",
            Self::EXTERNAL_UPN => "user_example.com#EXT#@example.org",
            Self::IPV4 => "192.0.2.1",
            Self::IPV6 => "2001:db8::1",
            Self::IP_PORT => "192.0.2.1:443",
            Self::ISO_DATE => "2026-01-01",
            Self::US_TIME => "1/1/2026 1:02:03 PM",
            Self::SLASH_TIME => "1/1/2026 13:02:03",
            Self::EPOCH_TEXT => "1767225600",
            Self::INTEGER_TEXT => "7",
            Self::DECIMAL_TEXT => "7.5",
            Self::BOOLEAN_LOWER => "true",
            Self::BOOLEAN_TITLE => "True",
            Self::BOOLEAN_UPPER => "TRUE",
            Self::URL => "https://example.com/",
            Self::RESOURCE => "/tenants/example",
            Self::USER_AGENT => "Mozilla/5.0 (example)",
            Self::VERSION => "1.2.3",
            Self::COUNTRY => "DE",
            Self::PHONE_MASK => "+XX XXXXXXX12",
            Self::PHONE => "+49 30 23125000",
            Self::WORD_LOWER => "example",
            Self::WORD_UPPER => "EXAMPLE",
            Self::WORD_TITLE => "Example",
            Self::WORD_MIXED => "exampleWord",
            Self::TEXT_LOWER => "an example of text",
            Self::TEXT_UPPER => "AN EXAMPLE OF TEXT",
            Self::TEXT_TITLE => "An Example",
            Self::TEXT_SENTENCE => "An example of text.",
            Self::TEXT_OTHER => "an example 12 of Text",
            Self::MAC => "00-00-5e-00-53-01",
            Self::SID => "S-1-5-21-1-2-3-1001",
            Self::DURATION => "PT1H",
            Self::JWT => "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.c2lnbmVk",
            Self::HOSTNAME => "host.example.com",
            Self::CODE => "item-7",
            _ => return self.long_text(),
        };
        text.to_owned()
    }

    /// Times and tokens, whose shapes are numbered.
    fn long_text(self) -> String {
        let code = self.code();
        let token = |of: &str, base: u8| {
            let class = usize::from(code - base);
            let length = if LENGTH_CLASSES[class] == usize::MAX { 600 } else { LENGTH_CLASSES[class] };
            of.chars().cycle().take(length).collect::<String>()
        };
        match code {
            ALNUM.. => token("qR7xK2mZ9pT4", ALNUM),
            BASE64_URL.. => token("qR7x-K2mZ_9pT4", BASE64_URL),
            BASE64.. => token("qR7x+K2mZ/9pT4", BASE64),
            HEX.. => token("3f9a7c01", HEX),
            _ => {
                let rest = code.saturating_sub(ISO);
                let (digits, offset, blank) = (usize::from(rest / 8), usize::from(rest / 2 % 4), rest % 2 == 1);
                let fraction = if digits == 0 { String::new() } else { format!(".{}", &"123456789"[..digits]) };
                let between = if blank { ' ' } else { 'T' };
                format!("2026-01-01{between}12:00:00{fraction}{}", ["Z", "+00:00", "+01:00", ""][offset])
            }
        }
    }
}
