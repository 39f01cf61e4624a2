//! What can stand behind a key of a manifest: values, moments, numbers of records, paths, formats.

use super::format::Format;
use crate::model::FieldPath;
use crate::scan::moment;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// One value or a list of them, as texts: any of them will do.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Values(pub(super) Vec<String>);

impl<'de> Deserialize<'de> for Values {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Values;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, a number, true, false, or a list of them")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Values, E> {
                if text.is_empty() { Err(E::custom("an empty text is no value")) } else { Ok(Values(vec![text.to_owned()])) }
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Values, E> {
                Ok(Values(vec![number.to_string()]))
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Values, E> {
                Ok(Values(vec![number.to_string()]))
            }

            fn visit_f64<E: Error>(self, number: f64) -> Result<Values, E> {
                Ok(Values(vec![number.to_string()]))
            }

            fn visit_bool<E: Error>(self, truth: bool) -> Result<Values, E> {
                Ok(Values(vec![truth.to_string()]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Values, A::Error> {
                let mut all = Vec::new();
                while let Some(Values(mut some)) = list.next_element()? {
                    all.append(&mut some);
                }
                if all.is_empty() { Err(A::Error::custom("an empty list holds no value")) } else { Ok(Values(all)) }
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

/// A moment and how it was written. TOML has times of its own, JSON has texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    /// Microseconds since 1970.
    pub(super) micros: i64,
    pub(super) text: String,
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Moment;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a time such as 2026-03-01T09:30:00Z")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Moment, E> {
                let micros = moment(text.as_bytes());
                let why = || E::custom(format!("{text:?} is no time; write it as 2026-03-01T09:30:00Z"));
                Ok(Moment { micros: micros.ok_or_else(why)?, text: text.to_owned() })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Moment, A::Error> {
                let time = toml::value::Datetime::deserialize(MapAccessDeserializer::new(map))?;
                self.visit_str(&time.to_string())
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

/// How many records a sign-in should have left: a number, or a table with `min`, `max` or both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Records {
    pub(super) min: u64,
    pub(super) max: Option<u64>,
}

impl Default for Records {
    fn default() -> Self {
        Self { min: 1, max: None }
    }
}

/// The table.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Range {
    /// Fewest records; 1 if not given.
    min: Option<u64>,
    /// Most records; any number if not given.
    max: Option<u64>,
}

impl<'de> Deserialize<'de> for Records {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Records;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number of records, or a table such as { min = 1, max = 3 }")
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Records, E> {
                Ok(Records { min: number, max: Some(number) })
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Records, E> {
                self.visit_u64(u64::try_from(number).map_err(|_| E::custom("a number of records is not below 0"))?)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Records, A::Error> {
                let range = Range::deserialize(MapAccessDeserializer::new(map))?;
                let records = Records { min: range.min.unwrap_or(1), max: range.max };
                match records.max {
                    Some(max) if max < records.min => Err(A::Error::custom(format!("max = {max} is below min = {}", records.min))),
                    _ => Ok(records),
                }
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

/// A path of the source, or the name of a field (`user`, `app`), checked when it is read so that an error knows its place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Path(pub(super) FieldPath);

impl<'de> Deserialize<'de> for Path {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let path = FieldPath::parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)?;
        if path.segments().is_empty() { Err(D::Error::custom("a path is empty")) } else { Ok(Self(path)) }
    }
}

impl<'de> Deserialize<'de> for Format {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// The types above as a schema sees them; what a value says is checked when it is read.
pub(super) mod schema {
    use super::Range;
    use schemars::JsonSchema;
    use std::collections::BTreeMap;

    /// One value.
    #[derive(JsonSchema)]
    #[serde(untagged)]
    #[expect(dead_code, reason = "only its schema is used")]
    pub(in crate::expect) enum Value {
        Text(#[schemars(length(min = 1))] String),
        Number(f64),
        Boolean(bool),
    }

    /// One value, or a list of values of which any will do.
    #[derive(JsonSchema)]
    #[serde(untagged)]
    #[expect(dead_code, reason = "only its schema is used")]
    pub(in crate::expect) enum Values {
        One(Value),
        Any(#[schemars(length(min = 1))] Vec<Value>),
    }

    /// A number of records, or the fewest and the most.
    #[derive(JsonSchema)]
    #[serde(untagged)]
    #[expect(dead_code, reason = "only its schema is used")]
    pub(in crate::expect) enum Records {
        Number(u64),
        Range(Range),
    }

    pub(in crate::expect) type Map = BTreeMap<String, Values>;
    pub(in crate::expect) type Formats = BTreeMap<String, String>;
}
