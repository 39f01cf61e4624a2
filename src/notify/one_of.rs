//! Words of a closed set that stands in a table, as a configuration file spells them.

/// Makes a type of a list of words: it reads one of them, and its schema lists them.
macro_rules! one_of {
    ($(#[$about:meta])* $name:ident, $words:expr) => {
        $(#[$about])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub(crate) struct $name(pub(crate) String);

        impl $name {
            fn words() -> Vec<&'static str> {
                $words
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let word = <String as serde::Deserialize>::deserialize(deserializer)?;
                if Self::words().contains(&word.as_str()) {
                    return Ok(Self(word));
                }
                let known: Vec<String> = Self::words().iter().map(|known| format!("`{known}`")).collect();
                Err(serde::de::Error::custom(format!("unknown variant `{word}`, expected one of {}", known.join(", "))))
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "enum": Self::words() })
            }
        }
    };
}
pub(crate) use one_of;
