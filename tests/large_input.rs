//! Input that is too much: lines without end, archives that grow, keys and codes without number. Memory stays under its bounds,
//! and what was cut is said.
//!
//! `LOGDRIFT_LARGE=1 cargo test --release --test large_input -- --nocapture --test-threads 1` takes the sizes of the second column.

#![cfg(unix)]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![expect(clippy::print_stderr, reason = "how much memory it took is a figure to be read")]

mod place;

use place::Place;
use std::fs;
use std::io::{BufWriter, Write};
use std::process::{Child, Command, Stdio};

const GENERIC: [&str; 10] = ["--source", "generic", "--time", "time", "--code", "code", "--actor", "user", "--cohort", "app"];
const MIB: usize = 1 << 20;

/// The size of an ordinary run, or the large one if that is asked for.
fn size(small: usize, large: usize) -> usize {
    if std::env::var_os("LOGDRIFT_LARGE").is_some() { large } else { small }
}

/// What a run came to, and how much memory it was seen to take.
struct Measured {
    code: i32,
    out: String,
    err: String,
}

/// Most memory that a process has had so far, in KiB, as the system counts it.
fn peak(child: &Child) -> Option<usize> {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// Runs the program with as much memory as it may take, and feeds its standard input; more memory would end it.
fn within(place: &Place, mib: usize, arguments: &[&str], feed: impl FnOnce(&mut dyn Write) + Send) -> Measured {
    let script = format!("ulimit -d {} && exec \"$0\" \"$@\"", mib << 10);
    let mut command = Command::new("sh");
    command.args(["-c", &script, env!("CARGO_BIN_EXE_logdrift")]).args(arguments).args(GENERIC).current_dir(place.path(""));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).env_remove("LOGDRIFT_STORE");
    let mut child = command.spawn().unwrap();
    let (stdin, mut out, mut err) = (child.stdin.take().unwrap(), child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let mut most = 0;
    let (code, out, err) = std::thread::scope(|scope| {
        scope.spawn(|| feed(&mut BufWriter::with_capacity(MIB, stdin)));
        let read = |from: &mut dyn std::io::Read| {
            let mut text = String::new();
            from.read_to_string(&mut text).map(|_| text).unwrap()
        };
        let out = scope.spawn(move || read(&mut out));
        let err = scope.spawn(move || read(&mut err));
        let status = loop {
            most = peak(&child).unwrap_or(0).max(most);
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            std::thread::yield_now();
        };
        (status.code(), out.join().unwrap(), err.join().unwrap())
    });
    eprintln!("{}: at most {} MiB seen, {mib} MiB allowed", arguments.join(" "), most >> 10);
    let code = code.unwrap_or_else(|| panic!("{arguments:?} was ended by a signal: {err}"));
    assert!(most >> 10 <= mib + 32, "{most} KiB");
    Measured { code, out, err }
}

/// Nobody may be there any more to take it.
fn put(to: &mut dyn Write, bytes: &[u8]) {
    let _ = to.write_all(bytes);
}

fn record(number: usize, more: &str) -> String {
    format!("{{\"time\":\"2026-03-01T10:{:02}:00Z\",\"user\":\"u{}\"{more}}}\n", number % 60, number % 50)
}

fn good(number: usize) -> String {
    record(number, ",\"code\":\"0\",\"app\":\"a\"")
}

/// A store that knows good records.
fn known() -> Place {
    let place = Place::new();
    place.put("before", (0..200).map(good).collect::<String>());
    place.run(&[&["learn", "before"], &GENERIC[..]].concat()).succeeds();
    place
}

/// Checks what is fed between good records; the report, with its lines joined.
fn checked(mib: usize, feed: impl Fn(&mut dyn Write) + Sync) -> String {
    let place = known();
    let ran = within(&place, mib, &["check", "-", "--fail-on", "never"], |to| {
        (0..100).for_each(|number| put(to, good(number).as_bytes()));
        feed(to);
        (100..200).for_each(|number| put(to, good(number).as_bytes()));
    });
    assert_eq!(ran.code, 0, "{}", ran.err);
    (ran.out + &ran.err).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_line_of_any_length_is_one_reject() {
    for (length, is_read) in [(16 * MIB, true), (16 * MIB + 1, false), (size(64 * MIB, 1 << 30), false)] {
        let (start, end) = ("{\"time\":\"2026-03-01T10:00:00Z\",\"code\":\"0\",\"long\":\"", "\"}");
        let report = checked(160, |to| {
            put(to, start.as_bytes());
            let mut left = length - start.len() - end.len();
            while left > 0 {
                let piece = left.min(MIB);
                put(to, &vec![b'x'; piece]);
                left -= piece;
            }
            put(to, format!("{end}\n").as_bytes());
        });
        let place: usize = (0..100).map(|number| good(number).len()).sum();
        let told = format!("record 101 (byte {place}): longer than 16 MiB");
        assert_eq!(report.contains(&told), !is_read, "{length}: {report}");
        assert!(report.contains(if is_read { "201 records" } else { "200 records" }), "{length}: {report}");
    }
}

/// Packs what is written, so many times.
fn packed(place: &Place, name: &str, pieces: usize, piece: &[u8]) {
    let file = fs::File::create(place.path(name)).unwrap();
    if name.ends_with(".gz") {
        let mut to = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
        (0..pieces).for_each(|_| to.write_all(piece).unwrap());
        to.finish().unwrap();
    } else {
        let mut to = zstd::Encoder::new(file, 1).unwrap();
        (0..pieces).for_each(|_| to.write_all(piece).unwrap());
        to.finish().unwrap();
    }
}

#[test]
fn an_archive_that_grows_without_end_costs_time_and_no_memory() {
    let mebibytes = size(24, 10 << 10);
    let (text, blank) = (b"x".repeat(MIB), b"\n".repeat(MIB));
    for (name, piece, told) in
        [("bomb.gz", &text, "longer than 16 MiB"), ("bomb.zst", &text, "longer than 16 MiB"), ("blank.zst", &blank, "the input is empty")]
    {
        let place = Place::new();
        packed(&place, name, mebibytes, piece);
        let bytes = fs::metadata(place.path(name)).unwrap().len();
        assert!(bytes < (mebibytes as u64) << 14, "{bytes}");
        let ran = within(&place, 160, &["learn", name], |_| {});
        assert_eq!(ran.code, 3, "{}", ran.err);
        assert!(ran.err.contains(told), "{}", ran.err);
    }
    let place = Place::new();
    let records: String = (0..1_000).map(good).collect();
    packed(&place, "log.zst", size(20, 10_000), records.as_bytes());
    let ran = within(&place, 160, &["learn", "log.zst"], |_| {});
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.contains(&format!("learnt {} records", 1_000 * size(20, 10_000))), "{}", ran.err);
}

#[test]
fn an_archive_that_asks_for_gigabytes_is_refused() {
    let place = Place::new();
    // A frame with a window of 2 GiB.
    place.put("wide.zst", [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xa8, 0x01, 0x00, 0x00]);
    let ran = within(&place, 160, &["learn", "wide.zst"], |_| {});
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert!(ran.err.contains("wide.zst") && ran.err.contains("too much memory"), "{}", ran.err);
}

/// A word that looks like no data.
fn word(mut number: usize) -> String {
    let mut letters = String::from("k");
    for _ in 0..6 {
        letters.push(char::from(b'a' + (number % 26) as u8));
        number /= 26;
    }
    letters
}

#[test]
fn keys_without_number_are_counted_and_the_report_says_so() {
    let (keys, a_record) = (size(100_000, 10_000_000), 1_000);
    let report = checked(160, |to| {
        for first in (0..keys).step_by(a_record) {
            let members: String = (first..first + a_record).map(|key| format!(",\"{}\":1", word(key))).collect();
            put(to, record(first, &format!(",\"code\":\"0\",\"app\":\"a\"{members}")).as_bytes());
        }
    });
    // Those that are told apart are the record itself, its four fields and keys.
    let lost = keys - (20_000 - 5);
    let told = format!("{lost} values stood at paths beyond the 20000 that are told apart");
    assert!(report.contains(&told), "{told}\n{}", &report[..report.len().min(2_000)]);
}

#[test]
fn codes_without_number_share_one_cohort_and_the_report_says_so() {
    let codes = size(20_000, 1_000_000);
    let report = checked(160, |to| {
        (0..codes).for_each(|number| put(to, record(number, &format!(",\"code\":\"{}\",\"app\":\"a\"", word(number))).as_bytes()));
    });
    assert!(report.contains("code had more than 1024 values; those beyond were judged together as (other)"), "{report}");
}

#[test]
fn apps_without_number_share_one_cohort_and_the_report_says_so() {
    let apps = size(20_000, 100_000);
    let report = checked(160, |to| {
        (0..apps).for_each(|number| put(to, record(number, &format!(",\"code\":\"0\",\"app\":\"{} app\"", word(number))).as_bytes()));
    });
    assert!(report.contains("app had more than 1024 values; those beyond were judged together as (other)"), "{report}");
}

#[test]
fn depth_without_end_is_one_reject() {
    let levels = size(1_000_000, 100_000_000);
    let report = checked(160, |to| {
        put(to, b"{\"a\":");
        (0..levels / 1_000).for_each(|_| put(to, &b"[".repeat(1_000)));
        put(to, b"\n");
    });
    let reason = if levels > 16 * MIB { "longer than 16 MiB" } else { "nested deeper than 128 levels" };
    assert!(report.contains(reason) && report.contains("200 records"), "{report}");
}
