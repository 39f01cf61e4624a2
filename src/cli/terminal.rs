//! What the terminal behind an output can do.

use super::args::ColorWhen;
use crate::report::Style;
use anstream::stream::RawStream;

/// Columns of a line where nobody says how wide the terminal is.
const COLUMNS: usize = 100;

/// How to write to an output: with colours if asked for, or if nobody said and the output is a terminal that wants them
/// (`NO_COLOR`, `CLICOLOR_FORCE` and `TERM` are heeded); as wide as `columns` (the environment's `COLUMNS`) says.
#[must_use]
pub fn style(when: ColorWhen, output: &impl RawStream, columns: Option<&str>) -> Style {
    let color = match when {
        ColorWhen::Always => true,
        ColorWhen::Never => false,
        ColorWhen::Auto => anstream::AutoStream::choice(output) != anstream::ColorChoice::Never,
    };
    let width = columns.and_then(|text| text.trim().parse().ok()).filter(|&width| width > 0).unwrap_or(COLUMNS);
    Style { color, width }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_wins() {
        let style = |when| style(when, &Vec::<u8>::new(), None).color;
        assert!(style(ColorWhen::Always));
        assert!(!style(ColorWhen::Never));
    }

    #[test]
    fn the_width_is_what_the_environment_says_if_it_is_a_number() {
        for (columns, width) in
            [(Some("72"), 72), (Some(" 240 "), 240), (Some("0"), 100), (Some("wide"), 100), (Some("-1"), 100), (None, 100)]
        {
            assert_eq!(style(ColorWhen::Never, &Vec::<u8>::new(), columns).width, width);
        }
    }
}
