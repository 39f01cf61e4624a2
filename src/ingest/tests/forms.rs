//! Each form, under each compression, cut into blocks at every byte.

use super::*;
use RejectReason::{NotAnObject, NotJson, NotUtf8, WrongColumns};

/// Inputs that hold the same three records, in every form.
const SAME: [(&str, Form); 16] = [
    ("{\"a\":\"1\"}\n{\"a\":\"}2\\\"\"}\n{\"a\":\"3\"}\n", Form::Lines),
    ("{\"a\":\"1\"}\r\n\r\n  {\"a\":\"}2\\\"\"}\t\r\n\n{\"a\":\"3\"}", Form::Lines),
    ("\u{feff}\n{\"a\":\"1\"}\n\u{feff}{\"a\":\"}2\\\"\"}\n{\"a\":\"3\"}\n", Form::Lines),
    ("{\"value\":[{\"a\":\"1\"}]}\n{\"records\":[{\"a\":\"}2\\\"\"},{\"a\":\"3\"}]}\n", Form::Lines),
    ("{\"records\":[{\"a\":\"1\"},\n{\"a\":\"}2\\\"\"}]}\n{\"records\":[]}\n{\"a\":\"3\"}", Form::Envelope),
    ("{\"a\":\"1\"} {\"a\":\"}2\\\"\"}\n\n{\"a\":\"3\"}", Form::Values),
    ("[{\"a\":\"1\"},{\"a\":\"}2\\\"\"},{\"a\":\"3\"}]", Form::Array),
    ("\u{feff}\r\n[ {\"a\":\"1\"} ,\r\n{\"a\":\"}2\\\"\"}\n]\n\u{feff}[{\"a\":\"3\"}]\n", Form::Array),
    ("{\"records\":[{\"a\":\"1\"},{\"a\":\"}2\\\"\"},{\"a\":\"3\"}]}", Form::Envelope),
    ("{ \"Records\" : [\n{\"a\":\"1\"},{\"a\":\"}2\\\"\"},\n{\"a\":\"3\"}\n] }\n", Form::Envelope),
    (
        "{\"@odata.context\":\"x[{\",\"@odata.count\":3,\"value\":[{\"a\":\"1\"},{\"a\":\"}2\\\"\"},{\"a\":\"3\"}],\"@odata.nextLink\":\"y\"}\n",
        Form::Envelope,
    ),
    (
        "{\"tables\":[{\"name\":\"PrimaryResult\",\"columns\":[{\"name\":\"a\",\"type\":\"string\"}],\"rows\":[[\"1\"],[\"}2\\\"\"],[\"3\"]]},\
         {\"name\":\"Stats\",\"columns\":[{\"name\":\"b\"}],\"rows\":[[4]]}]}",
        Form::Table,
    ),
    (
        "{\n \"tables\": [ {\n \"columns\": [ { \"type\": \"string\", \"name\": \"a\" } ],\n \"name\": \"T\", \"rows\": [\n [ \"1\" ],\n [\"}2\\\"\"], [\"3\"]\n ]\n} ] , \"render\": {} }\n",
        Form::Table,
    ),
    ("a,\n1,\n}2\"\"\"\",\n", Form::Csv),
    ("\u{feff}\"a\",b [UTC]\r\n1,x\r\n\r\n\"}2\"\"\",\"y\r\nz\"\r\n3,w", Form::Csv),
    ("", Form::Lines),
];

fn expected(text: &str) -> Vec<&'static str> {
    match text.as_bytes() {
        [] => vec![],
        [b'a', ..] => vec![r#"{"a":"1","column_2":""}"#, r#"{"a":"}2\"\"\"\"","column_2":""}"#],
        _ if text.contains("[UTC]") => vec![r#"{"a":"1","b":"x"}"#, r#"{"a":"}2\"","b":"y\r\nz"}"#, r#"{"a":"3","b":"w"}"#],
        _ => vec![r#"{"a":"1"}"#, r#"{"a":"}2\""}"#, r#"{"a":"3"}"#],
    }
}

#[test]
fn every_form_gives_the_same_records_whatever_the_block() {
    for (text, form) in SAME {
        let log = Log::new(text.as_bytes());
        let (summary, whole) = log.read(BLOCK_BYTES).unwrap();
        assert_eq!((whole.texts(), &whole.rejects), (expected(text), &vec![]), "{text}");
        assert_eq!((summary.form, summary.compression), (form, Compression::Plain), "{text}");
        let content = summary.content;
        assert_eq!((content.bytes, content.hash), (text.len() as u64, key().wide(text.as_bytes())));
        assert_eq!((content.raw_bytes, content.raw_hash), (content.bytes, content.hash));
        let (settled, head) = (content.settled as usize, Content::head_bytes(content.settled) as usize);
        assert_eq!(content.settled_hash, key().wide(&text.as_bytes()[..settled]), "{text}");
        assert_eq!(content.head_hash, key().wide(&text.as_bytes()[..head]), "{text}");
        if !matches!(form, Form::Csv | Form::Table) {
            whole.records.iter().for_each(|(_, offset, record)| assert!(text[*offset as usize..].starts_with(record), "{text}"));
        }
        for block in 1..=text.len().max(1) {
            let (again_summary, again) = log.read(block).unwrap();
            assert_eq!((&again_summary, &again), (&summary, &whole), "{text} in blocks of {block}");
        }
    }
}

#[test]
fn every_form_reads_the_same_when_compressed() {
    for (text, form) in SAME {
        let (plain, records) = kept(text.as_bytes());
        let (head, tail) = text.as_bytes().split_at(text.len() / 2);
        for (packed, compression) in [
            (gzip(text.as_bytes()), Compression::Gzip),
            ([gzip(head), gzip(b""), gzip(tail)].concat(), Compression::Gzip),
            ([gzip(text.as_bytes()), vec![0; 700]].concat(), Compression::Gzip),
            (zst(text.as_bytes()), Compression::Zstd),
            ([b"\x50\x2a\x4d\x18\x03\0\0\0abc".to_vec(), zst(head), zst(tail)].concat(), Compression::Zstd),
        ] {
            let log = Log::new(&packed);
            for block in [1, 7, 64, BLOCK_BYTES] {
                let (summary, again) = log.read(block).unwrap();
                assert_eq!(again, records, "{text} as {compression} in blocks of {block}");
                let content = Content { raw_bytes: packed.len() as u64, raw_hash: key().wide(&packed), ..plain.content };
                assert_eq!(summary, Summary { content, compression, form, ..plain });
            }
        }
    }
}

#[test]
fn white_space_is_an_empty_input() {
    for text in ["\n", " \r\n\t\n", "\u{feff}", "\u{feff}\n"] {
        let (summary, kept) = kept(text.as_bytes());
        assert_eq!((summary.records, summary.rejects, summary.form, kept), (0, 0, Form::Lines, Kept::default()), "{text:?}");
    }
}

#[test]
fn a_record_with_a_list_among_its_fields_is_no_envelope() {
    for line in [
        r#"{"id":"x","value":[{"a":1}]}"#,
        r#"{"value":[1,2],"id":"x"}"#,
        r#"{"value":[],"id":"x"}"#,
        r#"{"records":3}"#,
        r#"{"tables":[{"id":3}]}"#,
        r#"{"time":"t","records":[{"a":1}]}"#,
    ] {
        let text = format!("{line}\n{line}\n");
        assert_eq!(kept(text.as_bytes()).1.texts(), [line, line]);
        assert_eq!(kept(line.as_bytes()).1.texts(), [line]);
        assert_eq!(kept(format!("[{line}]").as_bytes()).1.texts(), [line]);
    }
}

#[test]
fn a_bad_line_costs_itself_only() {
    let text =
        b"{\"a\":1}\n{\"a\":\n\n[1]\nnull\n{\"a\":\"\xff\"}\n{\"records\":[{\"b\":1},{\"b\":2\n{\"records\":[{\"b\":3}]} x\n{\"a\":2}\n";
    let log = Log::new(text);
    for block in [1, 5, 8, BLOCK_BYTES] {
        let (summary, kept) = log.read(block).unwrap();
        assert_eq!(kept.texts(), [r#"{"a":1}"#, r#"{"b":1}"#, r#"{"b":3}"#, r#"{"a":2}"#]);
        assert_eq!(
            kept.rejects,
            [(2, 8, NotJson), (4, 15, NotAnObject), (5, 19, NotAnObject), (6, 24, NotUtf8), (7, 54, NotJson), (8, 83, NotJson)]
        );
        assert_eq!((summary.form, summary.content.settled), (Form::Lines, text.len() as u64));
        assert_eq!(kept.records.iter().map(|record| record.0).collect::<Vec<_>>(), [1, 7, 8, 9]);
    }
}

#[test]
fn a_broken_first_line_does_not_change_the_form() {
    for first in ["{\"a\":1,\"b", "\"x\":1,\"y\":2}", "garbage", "{\"records\":[{\"a\":1"] {
        let second = if first.contains("records") { "{\"records\":[{\"c\":3}]}" } else { "{\"c\":3}" };
        let (summary, kept) = kept(format!("{first}\n{second}\n{second}\n").as_bytes());
        assert_eq!((summary.form, kept.texts()), (Form::Lines, vec!["{\"c\":3}"; 2]), "{first}");
        assert_eq!(kept.rejects.len(), 1, "{first}");
    }
}

#[test]
fn what_stands_between_elements_is_counted_and_left_behind() {
    for (text, records, reasons) in [
        (r#"[{"a":1}, {"a":2},]"#, 2, vec![NotJson]),
        (r#"[{"a":1},,{"a":2}]"#, 2, vec![NotJson]),
        (r#"[{"a":1} {"a":2}]"#, 2, vec![NotJson]),
        (r#"[{"a":1} x: y }, {"a":2}]"#, 2, vec![NotJson]),
        (r#"[{"a":1}}, {"a":2}]"#, 2, vec![NotJson]),
        (r#"[1, "x", [{"a":1}], {"a":2}, nul]"#, 1, vec![NotAnObject, NotAnObject, NotAnObject, NotJson]),
        ("[{\"a\":1}]\ntrailing, text\n{\"a\":2}", 2, vec![NotJson]),
        ("{\n\"a\":1}\n]\n{\"a\":2}", 2, vec![NotJson]),
        (r#"{"records":[{"a":1}; {"a":2}], "more": [{"a":3}]}"#, 2, vec![NotJson]),
    ] {
        let log = Log::new(text.as_bytes());
        for block in [1, 3, BLOCK_BYTES] {
            let (_, kept) = log.read(block).unwrap();
            assert_eq!((kept.records.len(), kept.reasons()), (records, reasons.clone()), "{text}");
        }
    }
}

#[test]
fn rows_of_another_width_are_rejected() {
    let table = r#"{"tables":[{"name":"T","columns":[{"name":"a\"b"},{"name":"c"}],"rows":[[1,null],[1],[1,2,3],{"a":1},["{\"x\":1}",{"y":[2,3]}]]}]}"#;
    let (_, table) = kept(table.as_bytes());
    assert_eq!(table.texts(), [r#"{"a\"b":1,"c":null}"#, r#"{"a\"b":"{\"x\":1}","c":{"y":[2,3]}}"#]);
    assert_eq!(table.reasons(), [WrongColumns; 3]);
    let (_, csv) = kept(b"a,b\n1,2\n1\n1,2,3\n4,5\n");
    assert_eq!(csv.records, [(1, 4, r#"{"a":"1","b":"2"}"#.into()), (4, 16, r#"{"a":"4","b":"5"}"#.into())]);
    assert_eq!(csv.rejects, [(2, 8, WrongColumns), (3, 10, WrongColumns)]);
    let (_, late) = kept(br#"{"tables":[{"name":"T","rows":[[1]],"columns":[{"name":"a"}]}]}"#);
    assert_eq!((late.records.len(), late.reasons()), (0, vec![WrongColumns]));
}

#[test]
#[allow(clippy::print_stderr, reason = "a test that is skipped has to say so")]
fn real_samples_are_read_whole() {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/samples");
    if !samples.is_dir() {
        eprintln!("skipped: {} is not there", samples.display());
        return;
    }
    for input in expand(&[samples.display().to_string()]).unwrap() {
        let mut kept = Kept::default();
        let summary = read(&input, 0, &key(), &mut kept).unwrap();
        assert!(summary.records > 0, "{input}");
        assert_eq!(kept.rejects, [], "{input}");
        let form = match input.to_string().rsplit('/').next() {
            Some("graph_list.json") => Form::Envelope,
            Some("log_analytics_query_api.json") => Form::Table,
            _ => Form::Lines,
        };
        assert_eq!(summary.form, form, "{input}");
    }
}
