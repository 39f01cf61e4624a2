//! Finds where a JSON value ends, by its quotes and brackets alone.

use memchr::memchr2;

/// White space between JSON tokens.
pub(super) const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// Whether a byte opens or closes something.
const fn is_mark(byte: u8) -> bool {
    matches!(byte, b'"' | b'{' | b'[' | b'}' | b']')
}

/// The way through one value, over as many pieces as it comes in. It takes what is no JSON, too: its kinds of bracket
/// need not fit each other.
#[derive(Default)]
pub(super) struct Skim {
    state: State,
    depth: usize,
    deepest: usize,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum State {
    #[default]
    Start,
    /// Between the tokens of a container.
    Tokens,
    Text,
    Escape,
    /// In a number or a word.
    Word,
}

impl Skim {
    /// In the midst of containers, of which this many have to be left.
    pub(super) fn inside(depth: usize) -> Self {
        Self { state: State::Tokens, depth, deepest: depth }
    }

    /// Looks at the next piece; says how much of it belongs to the value if the value ends in it.
    pub(super) fn run(&mut self, piece: &[u8]) -> Option<usize> {
        let mut at = 0;
        while let Some(&byte) = piece.get(at) {
            match self.state {
                State::Text => {
                    at += memchr2(b'"', b'\\', &piece[at..])? + 1;
                    self.state = if piece[at - 1] == b'\\' { State::Escape } else { State::Tokens };
                    if self.state == State::Tokens && self.depth == 0 {
                        return Some(at);
                    }
                    continue;
                }
                State::Escape => self.state = State::Text,
                State::Word if is_blank(byte) || matches!(byte, b',' | b':' | b']' | b'}') => return Some(at),
                State::Word => {}
                State::Tokens if !is_mark(byte) => {
                    at += piece[at..].iter().position(|&byte| is_mark(byte))?;
                    continue;
                }
                State::Start | State::Tokens => match byte {
                    b'"' => self.state = State::Text,
                    b'{' | b'[' => {
                        self.state = State::Tokens;
                        self.depth += 1;
                        self.deepest = self.deepest.max(self.depth);
                    }
                    _ if self.state == State::Start => {
                        self.state = State::Word;
                        continue;
                    }
                    _ => {
                        self.depth -= 1;
                        if self.depth == 0 {
                            return Some(at + 1);
                        }
                    }
                },
            }
            at += 1;
        }
        None
    }

    /// Whether the value is whole if nothing follows: only a number or a word needs no mark at its end.
    pub(super) fn may_end(&self) -> bool {
        self.state == State::Word
    }

    /// Levels of containers seen so far.
    pub(super) fn deepest(&self) -> usize {
        self.deepest
    }
}

/// Whether a text is one value and nothing else.
pub(super) fn is_one_value(text: &[u8]) -> bool {
    let mut skim = Skim::default();
    match skim.run(text) {
        Some(end) => text[end..].iter().all(|&byte| is_blank(byte)),
        None => skim.may_end(),
    }
}

/// The values directly inside a container, raw; of an object its keys and values in turn.
pub(super) fn tokens(container: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = container.get(1..container.len().saturating_sub(1)).unwrap_or_default();
    std::iter::from_fn(move || {
        let start = rest.iter().position(|&byte| !is_blank(byte) && !matches!(byte, b',' | b':' | b']' | b'}'))?;
        let value = &rest[start..];
        let end = Skim::default().run(value).unwrap_or(value.len());
        rest = &value[end..];
        Some(&value[..end])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_ends_at_the_same_byte_however_it_is_cut() {
        for (text, length) in
            [(r#"{"a":[1,{"b":"}]"}]} x"#, 20), (r#""a\"b\\" ,"#, 8), ("-12.5e3,", 7), ("null]", 4), ("[]]", 2), (r#"{"\\":"\""}}"#, 11)]
        {
            for cut in 0..=text.len() {
                let mut skim = Skim::default();
                let (head, tail) = text.as_bytes().split_at(cut);
                let end = skim.run(head).or_else(|| skim.run(tail).map(|end| cut + end));
                assert_eq!(end, Some(length), "{text} cut at {cut}");
            }
        }
    }

    #[test]
    fn tokens_of_containers() {
        let list = |text: &'static str| tokens(text.as_bytes()).map(|t| String::from_utf8_lossy(t).into_owned()).collect::<Vec<_>>();
        assert_eq!(list(r#"[1, "a,b",{"c":[2]} ,null]"#), ["1", r#""a,b""#, r#"{"c":[2]}"#, "null"]);
        assert_eq!(list(r#"{"name": "A:", "type":"x"}"#), [r#""name""#, r#""A:""#, r#""type""#, r#""x""#]);
        assert!(list("[]").is_empty());
        assert!(list("[").is_empty());
        assert_eq!(list("[}:1]"), ["1"]);
    }

    #[test]
    fn one_value_is_not_two() {
        assert!(is_one_value(b"{} \r"));
        assert!(is_one_value(b"12"));
        assert!(!is_one_value(b"{} {}"));
        assert!(!is_one_value(b"{\"a\":"));
    }
}
