//! The formats that a manifest can ask for: a kind of value, or one exact format.

use crate::model::{Family, Shape, ValueType};
use crate::sources::nearest;
use std::fmt;

/// Names of kinds of value, each of several exact formats.
const KINDS: &[(&str, Family)] = &[
    ("guid", Family::Guid),
    ("email", Family::Mail),
    ("ip", Family::Address),
    ("time", Family::Time),
    ("number", Family::Number),
    ("boolean", Family::Boolean),
    ("token", Family::Token),
    ("url", Family::Url),
    ("json", Family::Json),
    ("words", Family::Words),
];

/// A format that a field must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// One of [`KINDS`].
    Kind(&'static str, Family),
    /// One exact format, by the name that reports give it.
    Exact(Shape),
}

impl Format {
    /// Reads a name; the case of letters does not count.
    pub(super) fn parse(name: &str) -> Result<Self, String> {
        if let Some((kind, family)) = KINDS.iter().find(|row| row.0.eq_ignore_ascii_case(name)) {
            return Ok(Self::Kind(kind, *family));
        }
        let shapes = (0..=u8::MAX).filter_map(Shape::from_code).filter(|shape| shape.is_filled());
        let named = shapes.clone().find(|shape| shape.to_string().eq_ignore_ascii_case(name));
        named.map(Self::Exact).ok_or_else(|| {
            let names: Vec<String> = KINDS.iter().map(|row| row.0.to_owned()).chain(shapes.map(|shape| shape.to_string())).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let hint = nearest(name, &names).filter(|hint| hint.starts_with("did"));
            let kinds = || KINDS.iter().map(|row| row.0).collect::<Vec<_>>().join(", ");
            let hint = hint.unwrap_or_else(|| format!("write one of {}, or a format as reports name it", kinds()));
            format!("there is no format {name:?}; {hint}")
        })
    }

    /// Whether a value has it.
    pub(super) fn fits(self, shape: Shape) -> bool {
        match self {
            Self::Kind(_, Family::Boolean) if shape.value_type() == ValueType::Boolean => true,
            Self::Kind(_, family) => shape.family() == family,
            Self::Exact(exact) => shape == exact,
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kind(name, _) => f.write_str(name),
            Self::Exact(shape) => write!(f, "{shape}"),
        }
    }
}
