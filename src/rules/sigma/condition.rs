//! The condition of a Sigma rule: which of its selections must fit.

use crate::rules::rule::Operator;

/// Deepest nesting that is read.
const MAX_DEPTH: usize = 64;

/// A condition, its selections by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Tree {
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
    Name(String),
    /// So many of the selections whose names fit a pattern; `None` for all of them.
    Of(Option<usize>, String),
}

/// Records are counted together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Count {
    /// The function: `count`, `sum`.
    pub(super) function: String,
    /// The field that it counts.
    pub(super) field: Option<String>,
    /// The fields that group the records.
    pub(super) by: Vec<String>,
    /// How the result is compared, and with what.
    pub(super) operator: Operator,
    pub(super) limit: String,
}

/// The selections and, in older rules, what is counted of the records that they find. An error says what is wrong.
pub(super) fn parse(text: &str) -> Result<(Tree, Option<Count>), String> {
    let (selections, counted) = text.split_once('|').map_or((text, None), |(before, after)| (before, Some(after)));
    let words = words(selections);
    let mut parser = Parser { words: &words, at: 0, depth: 0 };
    let tree = parser.any()?;
    if let Some(word) = parser.peek() {
        return Err(format!("the condition goes on with `{word}` where `and`, `or` or its end should be"));
    }
    Ok((tree, counted.map(count).transpose()?))
}

/// Words, parentheses, commas and comparisons.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut joins = '\0';
    for c in text.chars() {
        let kind = match c {
            _ if c.is_whitespace() => ' ',
            '(' | ')' | ',' => '\0',
            '<' | '>' | '=' | '!' => '=',
            _ => 'a',
        };
        match words.last_mut() {
            Some(last) if kind == joins && matches!(kind, 'a' | '=') => last.push(c),
            _ if kind != ' ' => words.push(c.to_string()),
            _ => {}
        }
        joins = kind;
    }
    words
}

struct Parser<'a> {
    words: &'a [String],
    at: usize,
    depth: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&str> {
        self.words.get(self.at).map(String::as_str)
    }

    fn next_is(&mut self, word: &str) -> bool {
        let is = self.peek().is_some_and(|next| next.eq_ignore_ascii_case(word));
        self.at += usize::from(is);
        is
    }

    fn any(&mut self) -> Result<Tree, String> {
        let mut parts = vec![self.all()?];
        while self.next_is("or") {
            parts.push(self.all()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Tree::Any(parts) })
    }

    fn all(&mut self) -> Result<Tree, String> {
        let mut parts = vec![self.one()?];
        while self.next_is("and") {
            parts.push(self.one()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Tree::All(parts) })
    }

    fn one(&mut self) -> Result<Tree, String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(format!("the condition is nested deeper than {MAX_DEPTH} levels"));
        }
        let tree = if self.next_is("not") {
            Tree::Not(Box::new(self.one()?))
        } else if self.next_is("(") {
            let inner = self.any()?;
            if !self.next_is(")") {
                return Err("the condition lacks a closing parenthesis".to_owned());
            }
            inner
        } else {
            self.name()?
        };
        self.depth -= 1;
        Ok(tree)
    }

    fn name(&mut self) -> Result<Tree, String> {
        let word = self.peek().filter(|word| is_name(word)).ok_or("the condition ends where a selection should be")?.to_owned();
        self.at += 1;
        let amount = match word.to_ascii_lowercase().as_str() {
            "all" => Some(None),
            "any" => Some(Some(1)),
            number => number.parse().ok().map(Some),
        };
        let (Some(amount), true) = (amount, self.next_is("of")) else { return Ok(Tree::Name(word)) };
        let pattern = self.peek().filter(|word| is_name(word)).ok_or("the condition names no selections after `of`")?.to_owned();
        self.at += 1;
        Ok(Tree::Of(amount, pattern))
    }
}

fn is_name(word: &str) -> bool {
    let is_sign = word.starts_with(['(', ')', ',', '<', '>', '=', '!']);
    !is_sign && !["and", "or", "not", "of"].iter().any(|other| word.eq_ignore_ascii_case(other))
}

/// `count(field) by group > 5`.
fn count(text: &str) -> Result<Count, String> {
    let words = words(text);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let wrong = || format!("the aggregation `{}` is not of the form `count(field) by group > 5`", text.trim());
    let ([head @ .., sign, limit], true) = (words.as_slice(), words.len() >= 5) else { return Err(wrong()) };
    let (function, field, rest) = match head {
        [function, "(", ")", rest @ ..] => (function, None, rest),
        [function, "(", field, ")", rest @ ..] => (function, Some((*field).to_owned()), rest),
        _ => return Err(wrong()),
    };
    let by = match rest {
        [] => Vec::new(),
        [by, fields @ ..] if by.eq_ignore_ascii_case("by") && !fields.is_empty() => {
            fields.iter().filter(|word| **word != ",").copied().collect()
        }
        _ => return Err(wrong()),
    };
    let operator = operator(sign).ok_or_else(wrong)?;
    Ok(Count {
        function: (*function).to_owned(),
        field,
        by: by.into_iter().map(str::to_owned).collect(),
        operator,
        limit: (*limit).to_owned(),
    })
}

fn operator(sign: &str) -> Option<Operator> {
    Some(match sign {
        ">" => Operator::Greater,
        ">=" => Operator::AtLeast,
        "<" => Operator::Less,
        "<=" => Operator::AtMost,
        "=" | "==" => Operator::Equal,
        _ => return None,
    })
}

/// Whether a name fits a pattern with `*`; `them` is every selection but those that begin with `_`.
pub(super) fn fits(pattern: &str, name: &str) -> bool {
    if pattern == "them" {
        return !name.starts_with('_');
    }
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or("");
    let Some(mut rest) = name.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = rest.get(at + part.len()..).unwrap_or("");
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Tree {
        Tree::Name(text.to_owned())
    }

    #[test]
    fn not_binds_before_and_and_and_before_or() {
        let tree = Tree::Any(vec![Tree::All(vec![name("a"), Tree::Not(Box::new(name("b")))]), name("c")]);
        assert_eq!(parse("a and not b or c"), Ok((tree, None)));
        let tree = Tree::All(vec![name("a"), Tree::Not(Box::new(Tree::Any(vec![name("b"), Tree::Of(Some(1), "c*".into())])))]);
        assert_eq!(parse("a AND NOT (b OR 1 of c*)"), Ok((tree, None)));
        assert_eq!(parse("all of them"), Ok((Tree::Of(None, "them".into()), None)));
        assert_eq!(parse("2 of x_*"), Ok((Tree::Of(Some(2), "x_*".into()), None)));
    }

    #[test]
    fn what_is_no_condition_is_an_error() {
        for text in ["", "a and", "a b", "(a", "a)", "1 of", "not", "and a", "a | near b", "a | count() by > 3", "a | count() >"] {
            assert!(parse(text).is_err(), "{text}");
        }
        assert!(parse(&"(".repeat(10_000)).is_err());
        assert!(parse(&"not ".repeat(10_000)).is_err());
    }

    #[test]
    fn counts_of_older_rules_are_read() {
        let (_, count) = parse("a | count(user) by ip, host >= 10").unwrap();
        let count = count.unwrap();
        assert_eq!((count.field.as_deref(), count.by.join(" "), count.operator), (Some("user"), "ip host".into(), Operator::AtLeast));
        assert_eq!(parse("a|count() > 3").unwrap().1.unwrap().limit, "3");
    }

    #[test]
    fn patterns_fit_names_with_any_text_for_stars() {
        assert!(fits("sel*", "selection") && fits("*_x_*", "a_x_b") && fits("them", "a") && fits("a", "a"));
        assert!(!fits("sel*", "filter") && !fits("them", "_a") && !fits("a", "ab") && !fits("ab*ba", "aba"));
    }
}
