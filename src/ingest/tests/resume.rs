//! Reading on where an earlier run stopped, and knowing what was read whole.

use super::*;
use RejectReason::CutOff;

const FIRST: &[u8] = b"{\"a\":1}\n\n{\"a\":2}\n";

/// What a second run reads of an input that has grown since the first, and from which byte on.
fn read_on(log: &Log, first: &Summary) -> (u64, Kept) {
    let Known::Beginning(skip) = log.known(&[*first]) else { panic!("{:?}", log.known(&[*first])) };
    let (_, small) = log.read_on(skip, 3).unwrap();
    let (summary, kept) = log.read_on(skip, BLOCK_BYTES).unwrap();
    assert_eq!(small, kept);
    assert_eq!(summary.content, log.read(BLOCK_BYTES).unwrap().0.content);
    (skip, kept)
}

#[test]
fn a_grown_file_is_read_on_with_the_places_of_the_whole() {
    let log = Log::new(FIRST);
    let (first, _) = log.read(BLOCK_BYTES).unwrap();
    log.append(b"{\"a\":3}\nbad\n{\"a\":4}");
    let (skip, kept) = read_on(&log, &first);
    assert_eq!(skip, FIRST.len() as u64);
    assert_eq!(kept.records, [(4, 17, "{\"a\":3}".into()), (6, 29, "{\"a\":4}".into())]);
    assert_eq!(kept.rejects, [(5, 25, RejectReason::NotJson)]);
    let (second, _) = log.read(BLOCK_BYTES).unwrap();
    log.append(b"\n{\"a\":5}\n");
    assert_eq!(read_on(&log, &second).1.records, [(7, 37, "{\"a\":5}".into())]);
    assert_eq!(log.known(&[second, first]), Known::Beginning(second.content.settled), "the run that got furthest");
}

#[test]
fn a_half_written_line_is_read_when_it_is_whole() {
    for (half, rest, records) in [
        ("{\"a\":3,\"b\":\"x", "y\"}\n{\"a\":4}\n", vec!["{\"a\":3,\"b\":\"xy\"}", "{\"a\":4}"]),
        ("{\"records\":[{\"a\":3},{\"a\"", ":4}]}\n", vec!["{\"a\":3}", "{\"a\":4}"]),
    ] {
        let log = Log::new(FIRST);
        log.append(half.as_bytes());
        let (first, kept) = log.read(BLOCK_BYTES).unwrap();
        assert_eq!((kept.records.len(), kept.rejects), (2, vec![(4, 17, CutOff)]));
        log.append(rest.as_bytes());
        let (_, kept) = read_on(&log, &first);
        assert_eq!((kept.texts(), kept.rejects.len()), (records, 0));
    }
}

#[test]
fn every_form_that_grew_at_its_end_is_read_on() {
    for (before, after, records) in [
        ("a,b\n1,2\n", "a,b\n1,2\n3,4\n", vec![r#"{"a":"3","b":"4"}"#]),
        ("a,b\n1,\"x", "a,b\n1,\"x\"\n3,4", vec![r#"{"a":"1","b":"x"}"#, r#"{"a":"3","b":"4"}"#]),
        // A last row without a line end may have been half written; it counts, and counts once.
        ("a,b\n1,2", "a,b\n1,22\n3,4\n", vec![r#"{"a":"3","b":"4"}"#]),
        ("[{\"a\":1}]\n", "[{\"a\":1},{\"a\":2}]\n", vec!["{\"a\":2}"]),
        ("[\n{\"a\":1}\n]", "[\n{\"a\":1},\n{\"a\":2}\n]", vec!["{\"a\":2}"]),
        ("[{\"a\":1}]\n", "[{\"a\":1}]\n[{\"a\":2}]\n", vec!["{\"a\":2}"]),
        ("{\n\"a\":1}\n", "{\n\"a\":1}\n{\n\"a\":2}\n", vec!["{\n\"a\":2}"]),
        ("{\"value\":[{\"a\":1}],\"@odata.nextLink\":\"x\"}", "{\"value\":[{\"a\":1},{\"a\":2}]}", vec!["{\"a\":2}"]),
        ("{\"records\":[{\"a\":1}]}\n", "{\"records\":[{\"a\":1}]}\n{\"records\":[{\"a\":2}]}\n", vec!["{\"a\":2}"]),
        (
            r#"{"tables":[{"name":"T","columns":[{"name":"a"}],"rows":[[1]]}]}"#,
            r#"{"tables":[{"name":"T","columns":[{"name":"a"}],"rows":[[1],[2]]}]}"#,
            vec!["{\"a\":2}"],
        ),
    ] {
        for pack in [<[u8]>::to_vec, gzip, zst] {
            let log = Log::new(before.as_bytes());
            let (first, _) = log.read(BLOCK_BYTES).unwrap();
            log.set(&pack(after.as_bytes()));
            assert_eq!(read_on(&log, &first).1.texts(), records, "{before:?}");
        }
    }
}

#[test]
fn the_same_content_is_known_under_any_compression() {
    for text in [FIRST, b"[{\"a\":1}]", b"a,b\n1,2\n", b"{\"records\":[{\"a\":1}]}", b"{\n\"a\":1}", b"{\"a\":1}\n{\"a\":"] {
        let (plain, _) = kept(text);
        for packed in [text.to_vec(), gzip(text), zst(text), [gzip(&text[..3]), gzip(&text[3..])].concat()] {
            assert_eq!(Log::new(&packed).known(&[plain]), Known::All);
            let (packed, _) = kept(&packed);
            assert_eq!(Log::new(text).known(&[packed]), Known::All);
        }
    }
}

#[test]
fn the_same_file_is_known_by_its_bytes_as_they_lie_there() {
    let packed = gzip(FIRST);
    let (summary, _) = kept(&packed);
    let content = Content { hash: 0, settled_hash: 0, ..summary.content };
    let log = Log::new(&packed);
    assert_eq!(log.known(&[Summary { content, ..summary }]), Known::All);
    let other = Content { raw_hash: 0, ..content };
    assert_eq!(log.known(&[Summary { content: other, ..summary }]), Known::Nothing);
}

#[test]
fn content_that_only_begins_alike_is_not_known() {
    let long: Vec<u8> = (0..30_000).flat_map(|number| format!("{{\"a\":{number}}}\n").into_bytes()).collect();
    let (first, _) = kept(&long);
    assert!(first.content.bytes > 2 * crate::model::HEAD_BYTES);
    for at in [9, 70_000, long.len() - 3] {
        let mut changed = long.clone();
        changed[at] ^= 1;
        assert_eq!(Log::new(&changed).known(&[first]), Known::Nothing, "byte {at}");
    }
    assert_eq!(Log::new(&long[..long.len() - 9]).known(&[first]), Known::Nothing);
    assert_eq!(Log::new(&long).known(&[first]), Known::All);
}

#[test]
fn of_an_input_that_is_damaged_or_not_there_nothing_is_known() {
    let packed = gzip(FIRST);
    let (first, _) = kept(FIRST);
    assert_eq!(Log::new(&packed[..packed.len() - 5]).known(&[first]), Known::Nothing);
    assert_eq!(heads(&Input::Stdin, &key()).unwrap(), None);
    assert_eq!(hash_file(&Input::Stdin, &key()).unwrap(), None);
    let log = Log::new(FIRST);
    assert_eq!(hash_file(&log.input, &key()).unwrap(), Some(key().wide(FIRST)));
    std::fs::remove_file(log.path()).unwrap();
    assert!(read(&log.input, 0, &key(), &mut Kept::default()).is_err());
}
