//! Exported baselines as files: the text, and a last line with the digest of it, so that an edited or cut file is told.

use crate::hash::digest;

/// What stands around the 64 hexadecimal digits of the last line.
const BEFORE: &str = "{\"digest\":\"";
const AFTER: &str = "\"}\n";

const AGAIN: &str = "export the baseline again with `logdrift baseline export`";

/// A text, whose last line is whole, with its digest behind it.
pub(super) fn seal(text: &str) -> String {
    format!("{text}{}", last_line(text))
}

/// The text that [`seal`] was given. Line ends may have become those of another system.
///
/// # Errors
/// What is wrong, with a line number where there is one, and what to do.
pub(super) fn open(file: &[u8]) -> Result<String, String> {
    let text = String::from_utf8(file.to_vec()).map_err(|_| "this is no exported baseline; `logdrift baseline export` writes them")?;
    let text = text.replace("\r\n", "\n");
    let Some(at) = text.rfind(BEFORE).filter(|at| text[..*at].ends_with('\n')) else {
        // A file of another kind, which says so when it is read, or one that was cut off or written before there were digests.
        return if text.starts_with("{\"logdrift\":") {
            Err(format!("its last line with the digest is missing, so nothing tells whether it is as it was exported; {AGAIN}"))
        } else {
            Ok(text)
        };
    };
    let (body, last) = text.split_at(at);
    if last == last_line(body) {
        return Ok(body.to_owned());
    }
    Err(format!("it is not as it was exported: the digest in its last line is that of another text; numbers are not to be edited, {AGAIN}"))
}

fn last_line(text: &str) -> String {
    let digits: String = digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{BEFORE}{digits}{AFTER}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "{\"logdrift\":\"baseline/1\",\"source\":\"x\"}\n{\"end\":0}\n";

    #[test]
    fn what_was_sealed_opens_whatever_the_line_ends() {
        let file = seal(TEXT);
        assert_eq!(file.lines().count(), 3);
        assert_eq!(open(file.as_bytes()).as_deref(), Ok(TEXT));
        assert_eq!(open(file.replace('\n', "\r\n").as_bytes()).as_deref(), Ok(TEXT));
    }

    #[test]
    fn no_byte_may_change_and_no_line_be_missing() {
        let file = seal(TEXT).into_bytes();
        for at in 0..file.len() {
            let mut changed = file.clone();
            changed[at] ^= 1;
            assert_ne!(open(&changed).as_deref(), Ok(TEXT), "byte {at}");
        }
        for changed in [TEXT.to_owned(), seal(TEXT).replace(":0", ":9"), seal(TEXT) + "\n", seal(TEXT).trim_end().to_owned()] {
            let refused = open(changed.as_bytes()).unwrap_err();
            assert!(refused.contains("as it was exported") && refused.contains("`logdrift baseline export`"), "{refused}");
        }
    }
}
