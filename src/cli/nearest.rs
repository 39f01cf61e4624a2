//! What a misspelt name was meant to be.

/// How alike two names must be, of 1: as far as swapped letters, a missing one or another ending go.
const ALIKE: f64 = 0.8;

/// A question that names what a word is most like, to stand behind the sentence that there is no such thing; empty where nothing is.
pub(super) fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(word, known).map(|name| format!(" (did you mean {name:?}?)")).unwrap_or_default()
}

/// The name that a word is most like; of names that are so alike the first.
pub(super) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let likeness = |name: &str| strsim::jaro_winkler(&word.to_lowercase(), &name.to_lowercase());
    let best = known.into_iter().map(|name| (likeness(name), name)).reduce(|best, other| if other.0 > best.0 { other } else { best });
    best.filter(|best| best.0 >= ALIKE).map(|best| best.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant_is_told_and_nothing_else() {
        let known = ["new-code", "code-vanished", "field-vanished", "entra-signin"];
        for (word, meant) in [("new-cod", "new-code"), ("entra-singin", "entra-signin"), ("NEW_CODE", "new-code"), ("vanished", "")] {
            assert_eq!(nearest(word, known).unwrap_or_default(), meant, "{word}");
        }
        assert_eq!(did_you_mean("feild-vanished", known), " (did you mean \"field-vanished\"?)");
        assert_eq!((did_you_mean("zebra", known), did_you_mean("x", [])), (String::new(), String::new()));
    }
}
