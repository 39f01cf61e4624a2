//! Where a value stands in a record.

use std::fmt;

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Segment {
    /// A key of an object, or of an array of `{key, value}` pairs read as a map.
    Key(String),
    /// The elements of an array.
    Elements,
    /// All keys of an object whose keys are data: GUIDs, numbers, dates, addresses.
    AnyKey,
}

/// Where a value stands: `properties.location.city`, `steps[].method`, `details["Is CAE Token"]`, `byUser.*`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldPath(Vec<Segment>);

impl FieldPath {
    /// The path of the record itself.
    #[must_use]
    pub fn root() -> Self {
        Self::default()
    }

    /// This path and one step more.
    #[must_use]
    pub fn join(&self, segment: Segment) -> Self {
        let mut segments = self.0.clone();
        segments.push(segment);
        Self(segments)
    }

    /// Its steps.
    #[must_use]
    pub fn segments(&self) -> &[Segment] {
        &self.0
    }

    /// The path one step shorter; `None` for the record itself.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        let (_, head) = self.0.split_last()?;
        Some(Self(head.to_vec()))
    }

    /// Its last key, without the steps of arrays.
    #[must_use]
    pub fn leaf(&self) -> &str {
        self.0.iter().rev().find_map(|segment| if let Segment::Key(key) = segment { Some(key.as_str()) } else { None }).unwrap_or("")
    }

    /// Whether some step of it goes through the elements of an array or through data-like keys, so that a record can
    /// show it more than once.
    #[must_use]
    pub fn repeats(&self) -> bool {
        self.0.iter().any(|segment| !matches!(segment, Segment::Key(_)))
    }

    /// Reads what `Display` writes.
    ///
    /// # Errors
    /// Says at which byte the text stops being a path.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut segments = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let at = text.len() - rest.len();
            if let Some(tail) = rest.strip_prefix("[]") {
                segments.push(Segment::Elements);
                rest = tail;
            } else if rest.starts_with("[\"") {
                let mut stream = serde_json::Deserializer::from_str(&rest[1..]).into_iter::<String>();
                let key = stream.next().and_then(Result::ok).ok_or_else(|| format!("{text:?} is no path: unclosed quote at byte {at}"))?;
                let end = 1 + stream.byte_offset();
                rest = rest[end..].strip_prefix(']').ok_or_else(|| format!("{text:?} is no path: no ] at byte {}", at + end))?;
                segments.push(Segment::Key(key));
            } else {
                let tail = if segments.is_empty() {
                    rest
                } else {
                    rest.strip_prefix('.').ok_or_else(|| format!("{text:?} is no path: no . at byte {at}"))?
                };
                let end = tail.find(['.', '[']).unwrap_or(tail.len());
                let key = &tail[..end];
                if key == "*" {
                    segments.push(Segment::AnyKey);
                } else if is_plain(key) {
                    segments.push(Segment::Key(key.to_owned()));
                } else {
                    return Err(format!("{text:?} is no path: the key at byte {at} is empty or wants [\"...\"]"));
                }
                rest = &tail[end..];
            }
        }
        Ok(Self(segments))
    }
}

fn is_plain(key: &str) -> bool {
    !key.is_empty() && key != "*" && key.chars().all(|c| c.is_alphanumeric() || "_-@$:/#".contains(c))
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, segment) in self.0.iter().enumerate() {
            let dot = if i == 0 { "" } else { "." };
            match segment {
                Segment::Elements => f.write_str("[]")?,
                Segment::AnyKey => write!(f, "{dot}*")?,
                Segment::Key(key) if is_plain(key) => write!(f, "{dot}{key}")?,
                Segment::Key(key) => write!(f, "[{}]", serde_json::Value::from(key.as_str()))?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_read_back_as_they_were_written() {
        for text in [
            "time",
            "properties.location.city",
            "steps[].method",
            "a[][].b",
            "details[\"Is CAE Token\"]",
            "[\"a.b\"].c",
            "x[\"quo\\\"te]\"]",
            "by.*.n",
            "[\"*\"]",
            "[\"\"]",
            "@odata.type",
            "",
        ] {
            let path = FieldPath::parse(text).unwrap();
            assert_eq!(path.to_string(), text);
            assert_eq!(FieldPath::parse(&path.to_string()).unwrap(), path);
        }
    }

    #[test]
    fn broken_paths_are_refused_with_their_place() {
        for (text, place) in
            [("a..b", "byte 1"), ("a[", "byte 1"), ("a[\"b", "byte 1"), ("a[\"b\"c", "byte"), ("a b", "byte 0"), (".a", "byte 0")]
        {
            let error = FieldPath::parse(text).unwrap_err();
            assert!(error.contains(place), "{error}");
        }
    }

    #[test]
    fn repeats_and_leaf() {
        assert!(FieldPath::parse("a[].b").unwrap().repeats());
        assert!(FieldPath::parse("a.*").unwrap().repeats());
        assert!(!FieldPath::parse("a.b").unwrap().repeats());
        assert_eq!(FieldPath::parse("a.b[]").unwrap().leaf(), "b");
    }
}
