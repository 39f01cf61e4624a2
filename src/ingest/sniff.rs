//! Tells the form of an input by how it begins.

use super::envelope::Head;
use super::framer::Framer;
use super::skim::{Skim, is_blank, is_one_value};
use super::{Form, MAX_RECORD_BYTES};
use crate::error::{Error, Result};

/// How long the first line of an envelope may be for its end to be looked for.
const ENVELOPE_LINE_BYTES: usize = 1 << 20;

/// Whether a line holds more than one object.
fn is_several(line: &[u8]) -> bool {
    Skim::default().run(line).is_some_and(|end| line[end..].trim_ascii_start().starts_with(b"{"))
}

impl Framer<'_> {
    /// Tells the form; leaves nothing behind but a byte order mark.
    pub(super) fn sniff(&mut self) -> Result<Form> {
        while self.feed.rest().len() < 3 && self.more()? {}
        if matches!(self.feed.rest(), [0xff, 0xfe, ..] | [0xfe, 0xff, ..]) {
            let text = format!("{} is UTF-16; convert it first: iconv -f UTF-16 -t UTF-8", self.input);
            return Err(Error::Usage(text));
        }
        self.skip_mark()?;
        let Some(first) = self.find(0, MAX_RECORD_BYTES, |byte| !is_blank(byte))? else { return Ok(Form::Lines) };
        match self.feed.rest()[first] {
            b'[' => Ok(Form::Array),
            b'{' => self.form_of_objects(first),
            _ => self.form_of_text(first),
        }
    }

    fn form_of_objects(&mut self, first: usize) -> Result<Form> {
        let head = self.head(first)?;
        let limit = if head == Head::Record { MAX_RECORD_BYTES } else { ENVELOPE_LINE_BYTES };
        let line_end = self.find(first, limit, |byte| byte == b'\n')?;
        let line = &self.feed.rest()[first..line_end.unwrap_or(self.feed.rest().len())];
        let (whole, several) = (is_one_value(line), is_several(line));
        let second = match line_end {
            Some(end) => self.line_after(end)?,
            None => None,
        };
        // A first line that is broken says little; a second one that is whole shows what was meant.
        let lines = match second {
            Some((from, to)) => whole || (!several && self.is_line_like(head, from, to)?),
            None => false,
        };
        Ok(match head {
            _ if lines => Form::Lines,
            Head::Envelope(form, _) => form,
            _ if whole || line_end.is_none() => Form::Lines,
            _ => Form::Values,
        })
    }

    /// Whether a second line is of the kind that the first one, which is broken, should have been.
    fn is_line_like(&mut self, first: Head, from: usize, to: usize) -> Result<bool> {
        let envelope = matches!(self.head(from)?, Head::Envelope(..));
        let line = &self.feed.rest()[from..to];
        Ok(line.starts_with(b"{") && is_one_value(line) && (first == Head::Record || envelope))
    }

    fn form_of_text(&mut self, first: usize) -> Result<Form> {
        let line_end = self.find(first, MAX_RECORD_BYTES, |byte| byte == b'\n')?;
        let header = &self.feed.rest()[first..line_end.unwrap_or(self.feed.rest().len())];
        if !header.contains(&b',') {
            return Ok(Form::Lines);
        }
        let second = match line_end {
            Some(end) => self.line_after(end)?,
            None => None,
        };
        let is_object = second.is_some_and(|(from, to)| self.feed.rest()[from] == b'{' && is_one_value(&self.feed.rest()[from..to]));
        Ok(if is_object { Form::Lines } else { Form::Csv })
    }

    /// The first line after a line end that is not blank: from its first byte that is not blank to its end.
    fn line_after(&mut self, end: usize) -> Result<Option<(usize, usize)>> {
        let limit = end + MAX_RECORD_BYTES;
        let Some(from) = self.find(end, limit, |byte| !is_blank(byte))? else { return Ok(None) };
        let to = self.find(from, limit, |byte| byte == b'\n')?;
        Ok(Some((from, to.unwrap_or(self.feed.rest().len()))))
    }
}
