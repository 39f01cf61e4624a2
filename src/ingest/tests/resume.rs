//! Reading on where an earlier run stopped.

use super::*;
use RejectReason::CutOff;

const FIRST: &[u8] = b"{\"a\":1}\n\n{\"a\":2}\n";

#[test]
fn a_grown_file_is_read_on_with_the_places_of_the_whole() {
    for block in [1, 6, BLOCK_BYTES] {
        let log = Log::new(FIRST);
        let (first, _) = log.read(None, block).unwrap();
        log.append(b"{\"a\":3}\nbad\n{\"a\":4}");
        let (second, kept) = log.read(Some(&first), block).unwrap();
        assert!(second.resumed);
        assert_eq!(kept.records, [(4, 17, "{\"a\":3}".into()), (6, 29, "{\"a\":4}".into())]);
        assert_eq!(kept.rejects, [(5, 25, RejectReason::NotJson)]);
        let (whole, _) = log.read(None, block).unwrap();
        assert_eq!(Summary { records: 2, bytes: 19, resumed: true, ..whole }, second);
        log.append(b"\n{\"a\":5}\n");
        assert_eq!(log.read(Some(&second), block).unwrap().1.records, [(7, 37, "{\"a\":5}".into())]);
    }
}

#[test]
fn a_half_written_line_is_read_when_it_is_whole() {
    for (half, rest, records) in [
        ("{\"a\":3,\"b\":\"x", "y\"}\n{\"a\":4}\n", vec!["{\"a\":3,\"b\":\"xy\"}", "{\"a\":4}"]),
        ("{\"records\":[{\"a\":3},{\"a\"", ":4}]}\n", vec!["{\"a\":3}", "{\"a\":4}"]),
    ] {
        let log = Log::new(FIRST);
        log.append(half.as_bytes());
        let (first, kept) = log.read(None, BLOCK_BYTES).unwrap();
        assert_eq!((kept.records.len(), kept.rejects), (2, vec![(4, 17, CutOff)]));
        log.append(rest.as_bytes());
        let (second, kept) = log.read(Some(&first), BLOCK_BYTES).unwrap();
        assert_eq!((second.resumed, kept.texts(), kept.rejects.len()), (true, records, 0));
    }
}

#[test]
fn an_unchanged_file_of_any_form_yields_nothing_again() {
    let gz = gzip(FIRST);
    for text in [FIRST, b"[{\"a\":1}]", b"a,b\n1,2\n", b"{\"records\":[{\"a\":1}]}", b"{\n\"a\":1}", &gz] {
        let log = Log::new(text);
        let (first, _) = log.read(None, BLOCK_BYTES).unwrap();
        let (second, kept) = log.read(Some(&first), BLOCK_BYTES).unwrap();
        assert_eq!(kept, Kept::default());
        assert_eq!(second, Summary { resumed: true, records: 0, bytes: 0, ..first });
    }
}

#[test]
fn a_changed_or_shorter_file_is_read_from_the_start() {
    let log = Log::new(FIRST);
    let (first, _) = log.read(None, BLOCK_BYTES).unwrap();
    for text in ["{\"a\":9}\n\n{\"a\":2}\n{\"a\":3}\n", "{\"a\":1}\n", ""] {
        log.set(text.as_bytes());
        let (again, kept) = log.read(Some(&first), BLOCK_BYTES).unwrap();
        assert!(!again.resumed);
        assert_eq!((again, kept), log.read(None, BLOCK_BYTES).unwrap());
    }
}

#[test]
fn other_forms_that_grew_are_read_again_as_a_whole() {
    for (text, more) in [("{\n\"a\":1}\n", "{\n\"a\":2}\n"), ("[{\"a\":1}]\n", "[{\"a\":2}]\n"), ("a,b\n1,2\n", "3,4\n")] {
        let log = Log::new(text.as_bytes());
        let (first, _) = log.read(None, BLOCK_BYTES).unwrap();
        assert_eq!(first.consumed, text.len() as u64);
        log.append(more.as_bytes());
        let (second, kept) = log.read(Some(&first), BLOCK_BYTES).unwrap();
        assert_eq!((second.resumed, kept.records.len()), (false, 2), "{text}");
    }
}

#[test]
fn an_envelope_that_became_a_file_of_envelopes_is_read_on() {
    let log = Log::new(b"{\"records\":[{\"a\":1}]}\n");
    let (first, _) = log.read(None, BLOCK_BYTES).unwrap();
    assert_eq!(first.form, Form::Envelope);
    log.append(b"{\"records\":[{\"a\":2}]}\n");
    let (second, kept) = log.read(Some(&first), BLOCK_BYTES).unwrap();
    assert_eq!((second.resumed, second.form, kept.texts()), (true, Form::Lines, vec!["{\"a\":2}"]));
}

#[test]
fn compressed_lines_are_read_on_at_a_member_or_frame() {
    for pack in [gzip, zst] {
        let log = Log::new(&pack(FIRST));
        let (first, _) = log.read(None, BLOCK_BYTES).unwrap();
        log.append(&pack(b"{\"a\":3}\n"));
        for block in [1, BLOCK_BYTES] {
            let (second, kept) = log.read(Some(&first), block).unwrap();
            assert_eq!((second.resumed, kept.records, second.bytes), (true, vec![(1, 0, "{\"a\":3}".into())], 8));
            let (whole, _) = log.read(None, block).unwrap();
            assert_eq!((whole.hash, whole.raw_bytes, whole.consumed), (second.hash, second.raw_bytes, second.consumed));
        }
        log.append(b"{\"a\":4}\n");
        assert!(matches!(log.read(Some(&first), BLOCK_BYTES), Err(Error::Damaged { .. })));
    }
}

#[test]
fn a_line_over_two_members_is_not_lost() {
    let log = Log::new(&gzip(b"{\"a\":1}\n{\"a\":"));
    let (first, kept) = log.read(None, BLOCK_BYTES).unwrap();
    assert_eq!((kept.records.len(), kept.reasons(), first.consumed), (1, vec![CutOff], 0));
    log.append(&gzip(b"2}\n"));
    let (second, kept) = log.read(Some(&first), BLOCK_BYTES).unwrap();
    assert_eq!((second.resumed, kept.texts()), (false, vec!["{\"a\":1}", "{\"a\":2}"]));
}

#[test]
fn the_hash_of_a_prefix_is_that_of_its_bytes() {
    let log = Log::new(FIRST);
    for length in [0, 1, FIRST.len()] {
        assert_eq!(hash_prefix(&log.input, length as u64, &key()).unwrap(), Some(key().wide(&FIRST[..length])));
    }
    assert_eq!(hash_prefix(&log.input, FIRST.len() as u64 + 1, &key()).unwrap(), None);
    assert_eq!(hash_prefix(&Input::Stdin, 0, &key()).unwrap(), None);
    std::fs::remove_file(log.path()).unwrap();
    assert!(hash_prefix(&log.input, 1, &key()).is_err());
}
