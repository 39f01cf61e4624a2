//! Whether a record fulfils the conditions of a rule, as far as the record, or what is known of it, tells.

use super::rule::{Condition, Operator, Predicate, Rule};

/// What a condition comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    /// It holds.
    Yes,
    /// It does not.
    No,
    /// What is known does not tell.
    Maybe,
}

impl Truth {
    const fn not(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            Self::Maybe => Self::Maybe,
        }
    }

    /// Whether one of two things holds.
    pub(super) const fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Yes, _) | (_, Self::Yes) => Self::Yes,
            (Self::No, Self::No) => Self::No,
            _ => Self::Maybe,
        }
    }

    const fn of(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }
}

/// What is known of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known {
    /// Nothing.
    Unknown,
    /// It is absent, null or empty.
    Nothing,
    /// It has these values; more than one if it lies in a list.
    Values(Vec<String>),
}

/// Whether a record fulfils a condition of a rule; `field` says what is known of a field in the rule's spelling.
#[must_use]
pub fn holds(condition: &Condition, rule: &Rule, field: &dyn Fn(&str) -> Known) -> Truth {
    holds_under(condition, rule, field, false)
}

/// The same with an odd number of `not` around it: `Predicate::negated` counts them, a condition is taken as written.
pub(super) fn holds_under(condition: &Condition, rule: &Rule, field: &dyn Fn(&str) -> Known, negated: bool) -> Truth {
    match condition {
        Condition::All(all) => {
            let found = all.iter().map(|one| holds_under(one, rule, field, negated));
            found.fold(Truth::Yes, |all, one| match (all, one) {
                (Truth::No, _) | (_, Truth::No) => Truth::No,
                (Truth::Yes, Truth::Yes) => Truth::Yes,
                _ => Truth::Maybe,
            })
        }
        Condition::Any(any) => {
            let found = any.iter().map(|one| holds_under(one, rule, field, negated));
            found.fold(Truth::No, Truth::or)
        }
        Condition::Not(inner) => holds_under(inner, rule, field, !negated).not(),
        Condition::Unknown(_) => Truth::Maybe,
        Condition::Test(place) => match rule.predicates.get(*place) {
            Some(predicate) => {
                let truth = test_of(rule, predicate, &field(&predicate.field));
                if negated { truth.not() } else { truth }
            }
            None => Truth::Maybe,
        },
    }
}

/// Whether a comparison of a rule, its negation counted, holds of a field in the rule's language.
#[must_use]
pub fn test_of(rule: &Rule, predicate: &Predicate, known: &Known) -> Truth {
    let asks_for_nothing = matches!(predicate.operator, Operator::Empty | Operator::Null);
    let is_passed_over = *known == Known::Nothing && rule.language.passes_over_nothing() && !asks_for_nothing;
    if is_passed_over && predicate.derived.is_none() { Truth::No } else { test(predicate, known) }
}

/// Whether a comparison, its negation counted, holds of a field in a language in which nothing is a value like others.
#[must_use]
pub fn test(predicate: &Predicate, known: &Known) -> Truth {
    let truth = match (known, predicate.operator) {
        (Known::Unknown, _) => Truth::Maybe,
        _ if predicate.derived.is_some() => Truth::Maybe,
        (Known::Nothing, Operator::Empty | Operator::Null) => Truth::Yes,
        (Known::Values(_), Operator::Empty | Operator::Null) => Truth::No,
        (Known::Nothing, _) => nothing_fits(predicate),
        (Known::Values(values), _) => {
            let found = values.iter().map(|value| fits(predicate, value));
            found.fold(Truth::No, Truth::or)
        }
    };
    let truth = if truth == Truth::No && predicate.open.is_some() { Truth::Maybe } else { truth };
    if predicate.negated { truth.not() } else { truth }
}

/// An empty field equals the empty text and nothing else.
fn nothing_fits(predicate: &Predicate) -> Truth {
    Truth::of(predicate.values.iter().any(|value| value.text.is_empty()))
}

fn fits(predicate: &Predicate, value: &str) -> Truth {
    let fold = |text: &str| if predicate.ignores_case { text.to_lowercase() } else { text.to_owned() };
    let value = fold(value);
    let wanted: Vec<String> = predicate.values.iter().map(|wanted| fold(&wanted.text)).collect();
    let any = |test: &dyn Fn(&str) -> bool| Truth::of(wanted.iter().any(|wanted| test(wanted)));
    let numbers = |test: &dyn Fn(f64, f64) -> bool| match (value.parse::<f64>(), wanted.first().map(|wanted| wanted.parse::<f64>())) {
        (Ok(value), Some(Ok(wanted))) => Truth::of(test(value, wanted)),
        _ => Truth::Maybe,
    };
    match predicate.operator {
        Operator::Equal | Operator::In => any(&|wanted| same(wanted, &value)),
        Operator::Has => any(&|wanted| has_word(&value, wanted)),
        Operator::HasAll => Truth::of(wanted.iter().all(|wanted| has_word(&value, wanted))),
        Operator::Contains => any(&|wanted| value.contains(wanted)),
        Operator::StartsWith => any(&|wanted| value.starts_with(wanted)),
        Operator::EndsWith => any(&|wanted| value.ends_with(wanted)),
        Operator::Like => any(&|wanted| is_like(wanted, &value)),
        Operator::Less => numbers(&|value, wanted| value < wanted),
        Operator::AtMost => numbers(&|value, wanted| value <= wanted),
        Operator::Greater => numbers(&|value, wanted| value > wanted),
        Operator::AtLeast => numbers(&|value, wanted| value >= wanted),
        Operator::True => Truth::of(value.eq_ignore_ascii_case("true")),
        Operator::Matches | Operator::Between | Operator::Network | Operator::Empty | Operator::Null => Truth::Maybe,
    }
}

/// Whether two values are one, as text or as number: `50074` and `"50074"`, `true` and `True`.
fn same(wanted: &str, value: &str) -> bool {
    let truth = |text: &str| matches!(text, "true" | "false" | "True" | "False");
    wanted == value || (truth(wanted) && truth(value) && wanted.eq_ignore_ascii_case(value))
}

/// Whether a text holds a word, with no letter or digit before or after it.
fn has_word(text: &str, word: &str) -> bool {
    let is_part = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    text.match_indices(word).any(|(at, found)| {
        let (before, after) = (text[..at].chars().next_back(), text[at + found.len()..].chars().next());
        !is_part(before) && !is_part(after)
    })
}

/// Whether a text fits a pattern, in which `*` stands for anything and `?` for one character.
fn is_like(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut at, mut place, mut star): (usize, usize, Option<(usize, usize)>) = (0, 0, None);
    while at < text.len() {
        match pattern.get(place) {
            // A backslash takes the meaning from the sign behind it.
            Some('\\') if pattern.get(place + 1) == Some(&text[at]) => {
                place += 2;
                at += 1;
            }
            Some('*') => {
                star = Some((place, at));
                place += 1;
            }
            Some(c) if *c == '?' || *c == text[at] => {
                place += 1;
                at += 1;
            }
            _ => match &mut star {
                Some((from, tried)) => {
                    *tried += 1;
                    (place, at) = (*from + 1, *tried);
                }
                None => return false,
            },
        }
    }
    pattern[place..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{RuleFile, Surroundings, read};

    fn truth(clause: &str, field: &str, known: &Known) -> Truth {
        let text = format!("SigninLogs | where {clause}");
        let rules = read(RuleFile { name: "a.kql", text: &text }, &Surroundings::default()).unwrap().unwrap();
        let condition = &rules[0].selections[0].condition;
        holds(condition, &rules[0], &|name| if name == field { known.clone() } else { Known::Unknown })
    }

    fn value(text: &str) -> Known {
        Known::Values(vec![text.into()])
    }

    #[test]
    fn values_are_compared_as_the_rule_says() {
        for (clause, text, expected) in [
            ("ResultType == 50074", "50074", Truth::Yes),
            ("ResultType == '50074'", "50075", Truth::No),
            ("ResultType in ('1', '2')", "2", Truth::Yes),
            ("ResultType !in ('1', '2')", "3", Truth::Yes),
            ("not(ResultType in ('1', '2'))", "2", Truth::No),
            ("not(not(ResultType == '1'))", "1", Truth::Yes),
            ("ResultType has 'ab'", "x ab-c", Truth::Yes),
            ("ResultType has 'ab'", "xab", Truth::No),
            ("ResultType contains 'AB'", "xab", Truth::Yes),
            ("ResultType startswith 'X'", "xab", Truth::Yes),
            ("ResultType == 'A'", "a", Truth::No),
            ("ResultType =~ 'A'", "a", Truth::Yes),
            ("toint(ResultType) > 5", "7", Truth::Yes),
            ("ResultType == '1' or AppId == 'x'", "1", Truth::Yes),
            ("ResultType == '1' or AppId == 'x'", "2", Truth::Maybe),
            ("ResultType == '1' and AppId == 'x'", "2", Truth::No),
            ("ResultType in (watched)", "2", Truth::Maybe),
        ] {
            assert_eq!(truth(clause, "ResultType", &value(text)), expected, "{clause} of {text}");
        }
    }

    #[test]
    fn nothing_equals_nothing_but_the_empty_text() {
        for (clause, expected) in [
            ("AppId == 'x'", Truth::No),
            ("AppId != 'x'", Truth::Yes),
            ("AppId == ''", Truth::Yes),
            ("isempty(AppId)", Truth::Yes),
            ("isnotempty(AppId)", Truth::No),
            ("not(isempty(AppId))", Truth::No),
        ] {
            assert_eq!(truth(clause, "AppId", &Known::Nothing), expected, "{clause}");
        }
    }

    #[test]
    fn patterns_fit_as_a_whole() {
        assert!(
            is_like("a*c?e", "abbbcde") && is_like("*", "") && is_like("*x*", "axb") && is_like("a*b*c", "aXbXbc") && is_like("a\\*", "a*")
        );
        assert!(!is_like("a*c", "abcd") && !is_like("?", "") && !is_like("a", "ab") && !is_like("a\\*", "ab"));
    }
}
