//! How a source spells fields: the same for all shapes of the log, whatever envelope they lie in.

use super::Source;
use crate::model::{FieldPath, Segment};

impl Source {
    /// Every key of a path that the source names or its vendor documents, as records spell it: none of them is data.
    pub fn keys(&self) -> impl Iterator<Item = String> + '_ {
        let lists = [self.words.as_deref().unwrap_or_default(), &self.client, &self.tenant, &self.relied_on, &self.documented];
        let read = self.roles.iter().chain(self.dimensions.iter().map(|dimension| &dimension.paths)).flatten();
        let paths = lists.into_iter().flatten().chain(read).chain(self.names.values().flatten());
        let keys = paths.flat_map(FieldPath::segments).filter_map(|segment| if let Segment::Key(key) = segment { Some(key) } else { None });
        // A list of the source spells the first letter small, whatever the shape of the log.
        keys.flat_map(|key| [key.clone(), capitalised(key)])
    }

    /// Whether a path lies in the envelope.
    #[must_use]
    pub fn is_enveloped(&self, path: &FieldPath) -> bool {
        let is_envelope = |segment: &Segment| matches!((segment, &self.envelope), (Segment::Key(key), Some(envelope)) if key == envelope);
        path.segments().len() > 1 && path.segments().first().is_some_and(is_envelope)
    }

    /// Whether a path is the envelope itself.
    #[must_use]
    pub fn is_envelope(&self, path: &FieldPath) -> bool {
        matches!((path.segments(), &self.envelope), ([Segment::Key(key)], Some(envelope)) if key == envelope)
    }

    /// A path as the lists of the source spell it for all shapes of the log: without the envelope, its first letter small.
    #[must_use]
    pub fn bare(&self, path: &FieldPath) -> FieldPath {
        let skip = usize::from(self.is_enveloped(path));
        let mut bare = FieldPath::root();
        for (i, segment) in path.segments().iter().skip(skip).enumerate() {
            bare = bare.join(match segment {
                Segment::Key(key) if i == 0 => Segment::Key(uncapitalised(key)),
                other => other.clone(),
            });
        }
        bare
    }
}

fn uncapitalised(key: &str) -> String {
    let mut letters = key.chars();
    letters.next().map_or_else(String::new, |first| first.to_ascii_lowercase().to_string() + letters.as_str())
}

fn capitalised(key: &str) -> String {
    let mut letters = key.chars();
    letters.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + letters.as_str())
}
