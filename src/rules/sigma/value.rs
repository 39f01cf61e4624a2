//! What the texts and modifiers of Sigma mean: wildcards, escapes, ways to compare.

use crate::rules::rule::Operator;

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Many,
    One,
}

/// A text with its wildcards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern(Vec<Part>);

impl Pattern {
    /// `*` and `?` are wildcards unless a backslash stands before them; a backslash before anything else is itself.
    pub(super) fn parse(text: &str) -> Self {
        let mut pattern = Self(Vec::new());
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '*' => pattern.0.push(Part::Many),
                '?' => pattern.0.push(Part::One),
                '\\' => pattern.push(chars.next_if(|next| matches!(next, '*' | '?' | '\\')).unwrap_or('\\')),
                _ => pattern.push(c),
            }
        }
        pattern
    }

    fn push(&mut self, c: char) {
        if let Some(Part::Text(text)) = self.0.last_mut() {
            text.push(c);
        } else {
            self.0.push(Part::Text(c.to_string()));
        }
    }

    /// The same with something before or after it.
    pub(super) fn opened(mut self, before: bool, after: bool) -> Self {
        if before && self.0.first() != Some(&Part::Many) {
            self.0.insert(0, Part::Many);
        }
        if after && self.0.last() != Some(&Part::Many) {
            self.0.push(Part::Many);
        }
        self
    }

    /// The simplest comparison that says the same, and its text. A `*` or `?` that stands for itself keeps its backslash in `Like`.
    pub(super) fn comparison(&self) -> (Operator, String) {
        match self.0.as_slice() {
            [] => (Operator::Equal, String::new()),
            [Part::Text(text)] => (Operator::Equal, text.clone()),
            [Part::Many, Part::Text(text), Part::Many] => (Operator::Contains, text.clone()),
            [Part::Text(text), Part::Many] => (Operator::StartsWith, text.clone()),
            [Part::Many, Part::Text(text)] => (Operator::EndsWith, text.clone()),
            parts => (Operator::Like, parts.iter().map(written).collect()),
        }
    }
}

fn written(part: &Part) -> String {
    match part {
        Part::Many => "*".to_owned(),
        Part::One => "?".to_owned(),
        Part::Text(text) => text.replace('\\', r"\\").replace('*', r"\*").replace('?', r"\?"),
    }
}

/// What the modifiers behind a field say together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Modifiers {
    /// All values must fit, not one of them.
    pub(super) all: bool,
    /// Something may stand before the value.
    pub(super) before: bool,
    /// Something may stand after the value.
    pub(super) after: bool,
    /// A way to compare that is no text with wildcards.
    pub(super) operator: Option<Operator>,
    /// Flags of a regular expression.
    pub(super) flags: String,
    /// Capital letters count.
    pub(super) cased: bool,
    /// It must not fit.
    pub(super) negated: bool,
    /// The value says whether the field is there.
    pub(super) exists: bool,
    /// The value names another field.
    pub(super) fieldref: bool,
    /// Placeholders in the value are filled in by whoever converts the rule.
    pub(super) expand: bool,
    /// What is done to the value, or taken from the field, before they are compared.
    pub(super) derived: Option<String>,
    /// Dashes of other kinds fit as well.
    pub(super) dashes: bool,
    /// Those that are not known.
    pub(super) unknown: Vec<String>,
}

impl Modifiers {
    /// Those of a key, without the field.
    pub(super) fn parse<'a>(names: impl Iterator<Item = &'a str>) -> Self {
        let mut modifiers = Self::default();
        for name in names {
            modifiers.add(name);
        }
        modifiers
    }

    fn add(&mut self, name: &str) {
        match name {
            "all" => self.all = true,
            "contains" => (self.before, self.after) = (true, true),
            "startswith" => self.after = true,
            "endswith" => self.before = true,
            "re" => self.operator = Some(Operator::Matches),
            "i" | "m" | "s" | "ignorecase" | "multiline" | "dotall" if self.operator == Some(Operator::Matches) => {
                self.flags.extend(name.chars().next().map(|c| if c == 'd' { 's' } else { c }));
            }
            "cidr" => self.operator = Some(Operator::Network),
            "lt" => self.operator = Some(Operator::Less),
            "lte" => self.operator = Some(Operator::AtMost),
            "gt" => self.operator = Some(Operator::Greater),
            "gte" => self.operator = Some(Operator::AtLeast),
            "cased" => self.cased = true,
            "neq" => self.negated = true,
            "exists" => self.exists = true,
            "fieldref" => self.fieldref = true,
            "expand" => self.expand = true,
            "windash" => self.dashes = true,
            "base64offset" => {
                (self.before, self.after) = (true, true);
                self.derive(name);
            }
            "base64" | "wide" | "utf16" | "utf16le" | "utf16be" | "minute" | "hour" | "day" | "week" | "month" | "year" => {
                self.derive(name)
            }
            _ => self.unknown.push(name.to_owned()),
        }
    }

    fn derive(&mut self, name: &str) {
        self.derived = Some(self.derived.take().map_or_else(|| name.to_owned(), |before| format!("{before} {name}")));
    }

    /// The comparison of a value and the text that is compared.
    pub(super) fn comparison(&self, text: &str) -> (Operator, String) {
        match self.operator {
            Some(Operator::Matches) if !self.flags.is_empty() => (Operator::Matches, format!("(?{}){text}", self.flags)),
            Some(Operator::Matches) if self.before || self.after => {
                let dots = |there: bool| if there { ".*" } else { "" };
                (Operator::Matches, format!("{}{text}{}", dots(self.before), dots(self.after)))
            }
            Some(operator) => (operator, text.to_owned()),
            None => Pattern::parse(text).opened(self.before, self.after).comparison(),
        }
    }

    /// Whether small and capital letters are the same.
    pub(super) fn ignores_case(&self) -> bool {
        if self.operator == Some(Operator::Matches) { self.flags.contains('i') } else { !self.cased }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_decide_the_comparison_and_escapes_take_them_back() {
        let cases = [
            ("50053", Operator::Equal, "50053"),
            ("", Operator::Equal, ""),
            ("a*", Operator::StartsWith, "a"),
            ("*a", Operator::EndsWith, "a"),
            ("*a*", Operator::Contains, "a"),
            ("a?b", Operator::Like, "a?b"),
            ("*", Operator::Like, "*"),
            (r"a\*", Operator::Equal, "a*"),
            (r"a\\*", Operator::StartsWith, r"a\"),
            (r"C:\Temp", Operator::Equal, r"C:\Temp"),
            (r"a\*?", Operator::Like, r"a\*?"),
        ];
        for (text, operator, compared) in cases {
            assert_eq!(Modifiers::default().comparison(text), (operator, compared.to_owned()), "{text}");
        }
    }

    #[test]
    fn modifiers_open_a_text_and_name_other_comparisons() {
        let compare = |names: &str, text: &str| Modifiers::parse(names.split('|')).comparison(text);
        assert_eq!(compare("contains", "a"), (Operator::Contains, "a".to_owned()));
        assert_eq!(compare("endswith", "a*b"), (Operator::Like, "*a*b".to_owned()));
        assert_eq!(compare("re|i", "^a$"), (Operator::Matches, "(?i)^a$".to_owned()));
        assert_eq!(compare("cidr", "10.0.0.0/8"), (Operator::Network, "10.0.0.0/8".to_owned()));
        assert_eq!(compare("gte", "5"), (Operator::AtLeast, "5".to_owned()));
        let case = |names: &str| Modifiers::parse(names.split('|')).ignores_case();
        assert_eq!([case("contains"), case("cased"), case("re"), case("re|i")], [true, false, false, true]);
        assert_eq!(Modifiers::parse(["i"].into_iter()).unknown, ["i"]);
    }
}
