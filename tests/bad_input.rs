//! Input that is no log: everything JSON can be got wrong in, each thing among good records, which count all the same.
//!
//! The classes are those of the parsing test suite of Nicolas Seriot (y: must be read, n: must be refused, i: either), the cases
//! are our own. What is very large is in `tests/large_input.rs`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "fuzz/src/lib.rs"]
mod fuzz;
mod place;

use logdrift::hash::HashKey;
use logdrift::ingest::{self, Input};
use logdrift::model::{Reject, RejectReason};
use logdrift::scan::{Observations, Scanner};
use place::Place;
use std::io::Write as _;

const NO: Result<(), RejectReason> = Err(RejectReason::NotJson);
const UTF8: Result<(), RejectReason> = Err(RejectReason::NotUtf8);
const DEEP: Result<(), RejectReason> = Err(RejectReason::TooDeep);
const YES: Result<(), RejectReason> = Ok(());

/// Values that are JSON; each stands in a record.
const GOOD: &[&str] = &[
    "[]",
    "{}",
    "[[]]",
    "[[],{}]",
    "null",
    "true",
    "false",
    "\"\"",
    "\" \"",
    "[1]",
    "[1,null,\"x\"]",
    "[ ]",
    "[1 , 2 ]",
    "{ }",
    "0",
    "-0",
    "-1",
    "12",
    "1.5",
    "-0.0",
    "1e3",
    "1E3",
    "1e+3",
    "1e-3",
    "1E+03",
    "0e0",
    "0e+1",
    "20e1",
    "123.456e78",
    "1.0",
    "-123",
    "123456789012345",
    "\"a\"",
    "\"\\\"\"",
    "\"\\\\\"",
    "\"\\/\"",
    "\"/\"",
    "\"\\b\\f\\n\\r\\t\"",
    "\"\\u0061\"",
    "\"\\u0000\"",
    "\"\\u00e9\"",
    "\"\\uD834\\uDD1E\"",
    "\"\\ud83d\\uDE00\"",
    "\"\\u2028\\u2029\"",
    "\"é\"",
    "\"€\"",
    "\"𝄞\"",
    "\"\u{7f}\"",
    "\"\u{2028}\"",
    "\"\u{feff}\"",
    "\"\u{ffff}\"",
    "\"\\uFFFF\"",
    "\"\\\\u0000\"",
    "\"//\"",
    "\"/* */\"",
    "\"a\\u0022b\"",
    "\"\\\\a\"",
    "{\"\":0}",
    "{\"a\":1,\"a\":1}",
    "{\"a\":1,\"a\":2}",
    "{\"\\u0000\":1}",
    "{\"a\\\"b\":1}",
    "{\"k\":[{\"key\":\"a\",\"value\":[]}]}",
    "\"\\u00e9\\u00E9\"",
    "{\"x\":[{\"id\":\"\\u00e9\"}],\"id\":\"y\"}",
    "\t1",
    "1\r",
];

/// Values that are none.
const BAD: &[&str] = &[
    "",
    ",",
    "[1,]",
    "[,1]",
    "[1,,2]",
    "[1 2]",
    "[",
    "]",
    "[1",
    "[1,",
    "[[1]",
    "1]",
    "[1}",
    "{\"a\"}",
    "{\"a\":}",
    "{\"a\":1,}",
    "{,\"a\":1}",
    "{\"a\" 1}",
    "{\"a\":1 \"b\":2}",
    "{\"a\":1,,\"b\":2}",
    "{a:1}",
    "{'a':1}",
    "{1:1}",
    "{null:1}",
    "{\"a\"::1}",
    "{\"a\",1}",
    "{\"a\":1",
    "{\"a\":",
    "{\"a",
    "{[1]}",
    "{{}}",
    "nul",
    "nulll",
    "NULL",
    "Null",
    "tru",
    "True",
    "truee",
    "fals",
    "False",
    "nan",
    "NaN",
    "-NaN",
    "Inf",
    "Infinity",
    "-Infinity",
    "undefined",
    "01",
    "-01",
    "-",
    "+1",
    "++1",
    "--1",
    "-a",
    ".5",
    "-.5",
    "1.",
    "-1.",
    "1.e3",
    ".e1",
    "1e",
    "1e+",
    "1E-",
    "1ee1",
    "1e1e1",
    "1.5.5",
    "0x1",
    "1a",
    "1_000",
    "1,5",
    "1+2",
    "0b1",
    "-1x",
    "1 000",
    "(1)",
    "１",
    "\"",
    "\"a",
    "'a'",
    "a",
    "`a`",
    "\"\\\"",
    "\"\\x00\"",
    "\"\\a\"",
    "\"\\'\"",
    "\"\\u\"",
    "\"\\u00\"",
    "\"\\u00g1\"",
    "\"\\U0061\"",
    "\"\\ \"",
    "\"\\é\"",
    "\"\u{1}\"",
    "\"\u{1f}\"",
    "\"\t\"",
    "\"\0\"",
    "\"a\"b",
    "\"a\" \"b\"",
    "/* */1",
    "1/* */",
    "// x",
    "#1",
    "1;",
    "\u{feff}1",
    "\u{a0}1",
    "\u{c}1",
    "\u{b}1",
    "1\u{2028}",
    "<null>",
    "[1]x",
    "*",
    "\\n",
    "[\"a\",\n",
    "[\"\": 1]",
    "[1:2]",
    "[\"x\"",
    "@",
    "{}}",
    "[]]",
];

/// Whole lines, and what comes of each.
fn lines() -> Vec<(Vec<u8>, Result<(), RejectReason>)> {
    let of = |text: &str| text.as_bytes().to_vec();
    let nested = |open: &str, levels: usize, inner: &str, close: &str| of(&(open.repeat(levels) + inner + &close.repeat(levels)));
    let mut lines: Vec<_> = GOOD.iter().map(|value| (of(&format!("{{\"a\":{value},\"z\":0}}")), YES)).collect();
    lines.extend(
        BAD.iter().map(|value| (of(&format!("{{\"a\":{value},\"z\":0}}")).into_iter().filter(|&byte| byte != b'\n').collect(), NO)),
    );
    let others = ["[]", "[{\"a\":1}]", "\"a\"", "1", "true", "null", "-0.5e1"];
    lines.extend(others.map(|line| (of(line), Err(RejectReason::NotAnObject))));
    lines.extend(["{", "}", "{}{", "{} x", "x{}", "{}}", "{\"a\":1}]", "{},", "{}\0", "\0{}", "\u{1}"].map(|line| (of(line), NO)));
    lines.extend(["{}", "\t{}  ", "{ } \r", "{\"a\":{}}"].map(|line| (of(line), YES)));
    for bytes in [
        &b"\xff"[..],
        b"\xc0\xaf",
        b"\xe9",
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
        b"\xe2\x82",
        b"\xfe\xff",
        b"\x80",
        b"\xf8\x88\x80\x80\x80",
    ] {
        lines.push(([b"{\"a\":\"", bytes, b"\"}"].concat(), UTF8));
        lines.push(([b"{\"", bytes, b"\":1}"].concat(), UTF8));
    }
    // Where either would do: what a log may hold is read, and nothing is lost by it.
    let lenient = [
        "\"\\ud800\"",
        "\"\\udc00x\"",
        "\"\\ud800\\ud800\"",
        "\"\\ud83d\\u0041\"",
        "1e999",
        "-1e999",
        "1e-999",
        "123456789012345678901234567890",
    ];
    lines.extend(lenient.map(|value| (of(&format!("{{\"a\":{value}}}")), YES)));
    for levels in [100, 128] {
        lines.push((nested("{\"a\":", levels, "1", "}"), YES));
        lines.push((of(&format!("{{\"a\":{}}}", "[".repeat(levels - 1) + &"]".repeat(levels - 1))), YES));
    }
    for levels in [129, 500, 100_000] {
        lines.push((nested("{\"a\":", levels, "1", "}"), DEEP));
        lines.push((of(&format!("{{\"a\":{}}}", "[".repeat(levels - 1) + &"]".repeat(levels - 1))), DEEP));
        // Too deep before it turns out to be cut off.
        lines.push((of(&"{\"a\":[".repeat(levels)), DEEP));
    }
    lines
}

#[test]
fn every_class_of_json_is_read_or_refused_as_serde_json_does() {
    let known = r#"{"a":"x","z":0,"l":[{"m":1}],"o":{"p":null}}"#;
    let cases = lines();
    assert!(cases.len() > 240, "{}", cases.len());
    let mut used = Scanner::new(HashKey::new([1; 32]), &[]);
    used.remember_containers();
    for (line, expected) in cases {
        let text = String::from_utf8_lossy(&line[..line.len().min(80)]).into_owned();
        let record = line.trim_ascii();
        assert_eq!(fuzz::is_record(record), expected.is_ok(), "serde_json on {text}");
        let fresh = fuzz::seen(&mut Scanner::new(HashKey::new([1; 32]), &[]), record);
        assert_eq!(fresh.map(drop), expected, "{text}");
        // Between records whose keys and values are guessed, and again when it is known itself.
        let mut seen = Observations::new();
        for _ in 0..3 {
            assert_eq!(used.scan(known.as_bytes(), &mut seen), YES);
            let count = seen.values().len();
            assert_eq!(used.scan(record, &mut seen), expected, "{text}, known");
            assert!(expected.is_ok() || seen.values().len() == 0, "{text} is refused and was seen");
            assert_eq!(used.scan(known.as_bytes(), &mut seen), YES);
            assert!(seen.values().len() <= count, "{text}");
        }
        fuzz::scan(record);
    }
}

/// Takes records as a scanner does.
struct Taken {
    scanner: Scanner,
    records: Vec<u64>,
    rejects: Vec<Reject>,
}

impl ingest::Sink for Taken {
    fn record(&mut self, place: ingest::Place, bytes: &[u8]) -> Result<(), RejectReason> {
        self.scanner.scan(bytes, &mut Observations::new())?;
        self.records.push(place.ordinal);
        Ok(())
    }

    fn reject(&mut self, reject: Reject) {
        self.rejects.push(reject);
    }
}

fn read(log: &[u8]) -> Taken {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(log).unwrap();
    let mut taken = Taken { scanner: Scanner::new(HashKey::new([1; 32]), &[]), records: Vec::new(), rejects: Vec::new() };
    ingest::read(&Input::File(file.path().to_owned()), 0, &HashKey::new([1; 32]), &mut taken).unwrap();
    taken
}

#[test]
fn a_bad_line_is_named_with_place_and_reason_and_its_neighbours_count() {
    let good = br#"{"a":"x","z":0}"#;
    for (line, expected) in lines() {
        let text = String::from_utf8_lossy(&line[..line.len().min(80)]).into_owned();
        let log = [&good[..], b"\n", good, b"\n", &line, b"\n", good, b"\n"].concat();
        let taken = read(&log);
        match expected {
            Ok(()) => assert_eq!((taken.records, taken.rejects), (vec![1, 2, 3, 4], vec![]), "{text}"),
            Err(reason) => {
                let lead = line.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
                let offset = (2 * (good.len() + 1) + lead) as u64;
                assert_eq!((taken.records, taken.rejects), (vec![1, 2, 4], vec![Reject { ordinal: 3, offset, reason }]), "{text}");
            }
        }
    }
}

#[test]
fn what_was_refused_is_said_with_its_place() {
    let place = Place::new();
    let good = |id: u32| format!("{{\"time\":\"2026-03-01T10:00:00Z\",\"code\":\"0\",\"id\":{id}}}\n");
    let deep = "{\"a\":".repeat(129) + "1" + &"}".repeat(129) + "\n";
    place.put("log", [good(1), "{\"a\":01}\n".into(), good(2), deep, good(3), "[1]\n".into(), good(4)].concat());
    let generic = ["--source", "generic", "--time", "time", "--code", "code", "--id", "id"];
    let ran = place.run(&[&["learn", "log"], &generic[..]].concat()).succeeds();
    let (line, bad, deep) = (good(1).len(), "{\"a\":01}\n".len(), 129 * 6 + 2);
    ran.says(&[
        &format!("log: record 2 (byte {line}): not JSON"),
        &format!("log: record 4 (byte {}): nested deeper than 128 levels", 2 * line + bad),
        &format!("log: record 6 (byte {}): not a JSON object", 3 * line + bad + deep),
        "learnt 4 records",
        "3 pieces of input were refused",
    ]);
}
