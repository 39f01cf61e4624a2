//! Inputs that are broken, cut off, or not there.

use super::*;
use RejectReason::{CutOff, NotJson};

fn lines(count: usize) -> Vec<u8> {
    (0..count).flat_map(|i| format!("{{\"id\":{i},\"x\":\"{:x}\"}}\n", i.wrapping_mul(2_654_435_761)).into_bytes()).collect()
}

#[test]
fn a_truncated_compressed_input_is_damaged_wherever_it_ends() {
    let text = lines(300);
    for (packed, name) in [(gzip(&text), "gzip"), (zst(&text), "zstd"), ([gzip(&text), gzip(&text)].concat(), "gzip")] {
        let log = Log::new(&packed);
        let (whole, _) = log.read(BLOCK_BYTES).unwrap();
        let boundary = if whole.records == 600 { packed.len() / 2 } else { 0 };
        for length in (4..packed.len()).step_by(37).chain([packed.len() - 9, packed.len() - 1]) {
            if length == boundary {
                continue;
            }
            log.set(&packed[..length]);
            let error = log.read(64).unwrap_err();
            let Error::Damaged { input, records, reason } = &error else { panic!("{name} cut at {length}: {error}") };
            assert_eq!(*input, log.path().display().to_string());
            let least = if boundary > 0 && length > boundary { 300 } else { 0 };
            assert!((least..=whole.records).contains(records), "{name} cut at {length}: {records}");
            assert_eq!(*reason, format!("its {name} data ends too early; get the whole file again"));
        }
    }
}

#[test]
fn a_corrupt_compressed_input_is_damaged() {
    let text = lines(50);
    let mut checksum = gzip(&text);
    let at = checksum.len() - 6;
    checksum[at] ^= 1;
    for (packed, words) in [
        (checksum, "checksum"),
        ([gzip(&text), b"{\"id\":1}\n".to_vec()].concat(), "no gzip"),
        ([gzip(&text), vec![0; 40], gzip(&text)].concat(), "no gzip"),
        ([gzip(&text), b"\x1f\x8cxxxxxxxxxx".to_vec()].concat(), "header"),
        ([zst(&text), b"{\"id\":1}\n".to_vec()].concat(), "its zstd data is broken"),
    ] {
        let log = Log::new(&packed);
        let message = log.read(100).unwrap_err().to_string();
        assert!(message.contains(words) && message.contains("is damaged after 50 records"), "{message}");
    }
}

#[test]
fn an_input_cut_off_inside_keeps_what_came_before() {
    for (text, records, settled) in [
        (r#"[{"a":1},{"a":2"#, 1, 8),
        (r#"[{"a":1},{"a":2},"#, 2, 16),
        (r#"[{"a":1},{"a":2}"#, 2, 16),
        ("[", 0, 0),
        (r#"{"records":[{"a":1},{"a":"#, 1, 19),
        (r#"{"records":[{"a":1}]"#, 1, 19),
        (r#"{"value":[{"a":1}],"@odata.nextLink":"x"#, 1, 17),
        ("{\n\"a\":1}\n{\n", 1, 8),
        (r#"{"tables":[{"name":"T","columns":[{"name":"a"}],"rows":[[1],[2"#, 1, 59),
        (r#"{"tables":[{"name":"T","columns":[{"na"#, 0, 0),
        (r#"{"tables":[{"name":"T","columns":[{"name":"a"}],"rows":[[1]]}"#, 1, 59),
        ("a,b\n1,2\n3", 1, 8),
        ("a,b\n1,2\n3,\"x", 1, 8),
    ] {
        for packed in [text.as_bytes().to_vec(), gzip(text.as_bytes())] {
            let log = Log::new(&packed);
            for block in [1, 4, BLOCK_BYTES] {
                let (summary, kept) = log.read(block).unwrap();
                assert_eq!((kept.records.len(), kept.reasons()), (records, vec![CutOff]), "{text}");
                assert_eq!(summary.content.settled, settled, "{text}");
                assert_eq!(summary.content.settled_hash, key().wide(&text.as_bytes()[..settled as usize]), "{text}");
            }
        }
    }
}

#[test]
fn a_last_line_that_is_cut_off_is_left_for_later() {
    for tail in ["{\"a\":2", "{\"a\":\"\u{e9}\"}", "{\"records\":[{\"a\":2},{\"a\"", "garbage"] {
        let tail = if tail.contains('\u{e9}') { &tail.as_bytes()[..7] } else { tail.as_bytes() };
        let text = [b"{\"a\":1}\n", tail].concat();
        let (summary, plain) = kept(&text);
        let content = summary.content;
        assert_eq!((plain.texts(), &plain.rejects), (vec!["{\"a\":1}"], &vec![(2, 8, CutOff)]));
        assert_eq!((content.settled, content.settled_hash), (8, key().wide(&text[..8])));
        assert_eq!((content.bytes, content.hash), (text.len() as u64, key().wide(&text)));
        let (packed, again) = kept(&gzip(&text));
        let Content { raw_bytes, raw_hash, .. } = packed.content;
        assert_eq!((again, packed.content), (plain, Content { raw_bytes, raw_hash, ..content }));
    }
    let (summary, whole) = kept(b"{\"a\":1}\nbad\n{\"a\":2}");
    assert_eq!((whole.records.len(), whole.reasons(), summary.content.settled), (2, vec![NotJson], 19));
    let (summary, other) = kept(b"{\"a\":1}\n[1]");
    assert_eq!((other.reasons(), summary.content.settled), (vec![RejectReason::NotAnObject], 8));
}

#[test]
fn other_encodings_and_missing_files_say_what_to_do() {
    for mark in [b"\xff\xfe{\0", b"\xfe\xff\0{"] {
        let log = Log::new(mark);
        let message = log.read(1).unwrap_err().to_string();
        assert_eq!(message, format!("{} is UTF-16; convert it first: iconv -f UTF-16 -t UTF-8", log.input));
        log.set(&gzip(mark));
        assert!(matches!(log.read(1), Err(Error::Usage(_))));
    }
    let log = Log::new(b"");
    std::fs::remove_file(log.path()).unwrap();
    let message = log.read(1).unwrap_err().to_string();
    assert!(message.starts_with(&format!("cannot read {}: No such file", log.input)), "{message}");
    let directory = Input::File(log.root.path().to_owned());
    let error = read(&directory, 0, &key(), &mut Kept::default()).unwrap_err();
    assert!(error.to_string().starts_with("cannot read "), "{error}");
}
