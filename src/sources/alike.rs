//! What a misspelt name was meant to be; the one place that tells it, whoever looks the name up.

/// How alike two names must be, of 1: as far as swapped letters, a missing one or another ending go.
const ALIKE: f64 = 0.8;

/// A question that names what a word is most like, to stand behind the sentence that there is no such thing; empty where nothing is.
pub(crate) fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    alike(word, known).first().map(|name| format!(" (did you mean {name:?}?)")).unwrap_or_default()
}

/// The names that a word is like, as a whole or in their last part, the likest first; of names that are so alike in their order.
pub(crate) fn alike<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let mut rows: Vec<(f64, &str)> = known.into_iter().map(|name| (likeness(word, name), name)).filter(|row| row.0 >= ALIKE).collect();
    rows.sort_by(|a, b| b.0.total_cmp(&a.0));
    rows.into_iter().map(|row| row.1).collect()
}

fn likeness(word: &str, name: &str) -> f64 {
    let (word, name) = (word.to_lowercase(), name.to_lowercase());
    let last = |name: &str| name.rsplit('.').next().unwrap_or_default().to_owned();
    strsim::jaro_winkler(&word, &name).max(strsim::jaro_winkler(&last(&word), &last(&name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant_is_told_and_nothing_else() {
        let known = ["new-code", "code-vanished", "field-vanished", "entra-signin"];
        for (word, meant) in [("new-cod", "new-code"), ("entra-singin", "entra-signin"), ("NEW_CODE", "new-code"), ("vanished", "")] {
            assert_eq!(alike(word, known).first().copied().unwrap_or_default(), meant, "{word}");
        }
        assert_eq!(did_you_mean("feild-vanished", known), " (did you mean \"field-vanished\"?)");
        assert_eq!((did_you_mean("zebra", known), did_you_mean("x", [])), (String::new(), String::new()));
    }

    #[test]
    fn a_field_is_found_wherever_it_stands() {
        let known = ["location", "properties.location.city", "properties.location.state"];
        assert_eq!(alike("loaction.city", known)[0], "properties.location.city");
    }
}
