//! Records at the limits, and memory that stays bounded.

use super::*;
use RejectReason::{CutOff, TooDeep, TooLong};

/// A record of exactly so many bytes.
fn record(length: usize) -> Vec<u8> {
    [br#"{"a":""#.as_slice(), &vec![b'x'; length - 8], br#""}"#].concat()
}

fn counted(content: &[u8]) -> (Summary, Kept) {
    let log = Log::new(content);
    let mut kept = Kept { lengths: Some((0, 0)), ..Kept::default() };
    let summary = read(&log.input, 0, &key(), &mut kept).unwrap();
    (summary, kept)
}

#[test]
fn a_record_may_have_sixteen_mebibytes_and_no_byte_more() {
    let (good, longest) = (record(10), record(MAX_RECORD_BYTES));
    let too_long = record(MAX_RECORD_BYTES + 1);
    let far_too_long = record(17 << 20);
    for (before, between, after) in [("", "\n", "\n"), ("[", ",", "]"), ("{}{}\n", "\n ", "")] {
        let mut text = before.as_bytes().to_vec();
        for (index, record) in [&good, &longest, &good, &too_long, &good, &far_too_long, &good].into_iter().enumerate() {
            text.extend_from_slice(if index == 0 { b"" } else { between.as_bytes() });
            text.extend_from_slice(record);
        }
        text.extend_from_slice(after.as_bytes());
        let empty = if before.contains('}') { 2 } else { 0 };
        let (summary, kept) = counted(&text);
        assert_eq!(kept.lengths, Some((5 + empty, MAX_RECORD_BYTES)), "{before}");
        assert_eq!(kept.reasons(), [TooLong, TooLong], "{before}");
        assert_eq!(kept.rejects[0].0, 4 + empty as u64, "{before}");
        assert_eq!((summary.rejects, summary.content.settled), (2, text.strip_suffix(b"]").unwrap_or(&text).len() as u64), "{before}");
    }
}

#[test]
fn a_row_without_end_costs_itself_only() {
    let text = [b"a,b\n1,2\n3,\"".as_slice(), &vec![b'x'; 17 << 20], b"\n4,5\n"].concat();
    let (_, kept) = counted(&text);
    assert_eq!((kept.lengths.unwrap().0, kept.rejects), (2, vec![(2, 8, TooLong)]));
}

#[test]
fn a_long_last_line_is_left_for_later() {
    let text = [b"{}\n".as_slice(), &vec![b'x'; MAX_RECORD_BYTES + 9]].concat();
    let (summary, kept) = counted(&text);
    assert_eq!((kept.rejects, summary.content.settled), (vec![(2, 3, TooLong)], 3));
}

#[test]
fn a_record_may_have_128_levels_and_not_one_more() {
    let nested = |depth: usize| format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth));
    let (deepest, too_deep) = (nested(MAX_DEPTH), nested(MAX_DEPTH + 1));
    for (before, between, after) in [("[", ",", "]"), ("{\"value\":[", ",\n", "]}"), ("{}{}\n", "\n", "\n")] {
        let text = format!("{before}{}{after}", ["{}", &deepest, "{}", &too_deep, "{}"].join(between));
        let log = Log::new(text.as_bytes());
        for block in [1, 100, BLOCK_BYTES] {
            let mut kept = Kept { lengths: Some((0, 0)), ..Kept::default() };
            read_in_blocks(&log.input, 0, &key(), &mut kept, block).unwrap();
            let before = if before.contains('}') { 2 } else { 0 };
            assert_eq!((kept.lengths, kept.reasons()), (Some((4 + before, deepest.len())), vec![TooDeep]), "{text}");
        }
    }
}

/// Reads in small blocks and says how much memory the view took.
fn capacity(content: &[u8]) -> (u64, usize) {
    let log = Log::new(content);
    let mut kept = Kept { lengths: Some((0, 0)), ..Kept::default() };
    let mut framer = Framer::new(&log.input, Feed::open(&log.input, &key(), 4096).unwrap(), 0, &mut kept);
    let form = framer.sniff().unwrap();
    framer.run(form).unwrap();
    (framer.tally.records, framer.feed.capacity())
}

#[test]
fn memory_is_bounded_by_the_longest_record_and_not_by_the_input() {
    let elements = vec![String::from_utf8(record(500)).unwrap(); 10_486].join(",");
    assert!(elements.len() > 5 << 20);
    let (records, bytes) = capacity(format!("[{elements}]").as_bytes());
    assert!(records == 10_486 && bytes <= 4 * 4096, "{bytes} bytes");
    let (records, bytes) = capacity(elements.replace(",{", "\n{").as_bytes());
    assert!(records == 10_486 && bytes <= 4 * 4096, "{bytes} bytes");
    // The first line of an envelope is looked at until it ends, but not for long.
    let (records, bytes) = capacity(format!("{{\"records\":[{elements}]}}").as_bytes());
    assert!(records == 10_486 && bytes <= 3 << 20, "{bytes} bytes");
}

#[test]
fn an_envelope_may_be_longer_than_a_record() {
    let element = String::from_utf8(record(1 << 20)).unwrap();
    let line = format!("{{\"records\":[{}]}}", vec![element.as_str(); 17].join(","));
    let (summary, kept) = counted(format!("{{\"a\":1}}\n{line}\n{line} \n{{\"a\":2}}\n").as_bytes());
    assert_eq!((summary.form, kept.lengths, kept.rejects), (Form::Lines, Some((36, 1 << 20)), vec![]));
    let (summary, kept) = counted(format!("{{\"a\":1}}\n{}", &line[..line.len() - 9]).as_bytes());
    assert_eq!((kept.lengths.unwrap().0, kept.reasons()), (17, vec![CutOff]));
    assert_eq!(summary.content.settled, 8 + 12 + 16 * (1 << 20) + 15);
}
