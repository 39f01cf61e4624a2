//! Logs in which everybody and everything personal has a marked name: no mark comes out anywhere, in no spelling.
//!
//! What may come out is listed in SECURITY.md: words of closed sets and values of cohort fields, both taken from the source here.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod place;

use logdrift::model::{FieldPath, Segment};
use logdrift::report::FORMATS;
use logdrift::sources::{Role, Source};
use place::{Place, SOURCE, lines, records};
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::Path;

/// Stands in every mark that is a text. Its bytes are those of [`HEX`], so that a GUID written as bytes has it too.
const MARK: &str = "zqx7k";
/// The same as hexadecimal digits, which begin GUIDs and stand in addresses of IPv6.
const HEX: &str = "7a7178376b";
/// Stands in every number.
const DIGITS: &str = "7471783701";

/// Spellings of the marks, in small letters.
fn spellings() -> Vec<Vec<u8>> {
    let mut all = vec![MARK.to_owned(), HEX.to_owned(), "7a717837-6b".into(), "7a71:7837".into(), DIGITS.to_owned(), "122.113.120.".into()];
    all.push(MARK.bytes().map(|byte| format!("\\u{byte:04x}")).collect());
    all.push(MARK.bytes().map(|byte| format!("%{byte:02x}")).collect());
    all.push(MARK.chars().rev().collect());
    all.extend((0..3).map(|shift| base64_inside(&[&b"..."[..shift], MARK.as_bytes()].concat(), shift).to_lowercase()));
    all.extend((0..3).map(|shift| base64_inside(&[&b"..."[..shift], MARK.to_uppercase().as_bytes()].concat(), shift).to_lowercase()));
    let mut all: Vec<Vec<u8>> = all.into_iter().map(String::into_bytes).collect();
    all.push(MARK.encode_utf16().flat_map(u16::to_le_bytes).collect());
    all
}

/// The characters of base64 that only bytes from `shift` on decide.
fn base64_inside(bytes: &[u8], shift: usize) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits: Vec<bool> = bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1 == 1)).collect();
    let letters = bits.chunks_exact(6).map(|six| LETTERS[six.iter().fold(0, |number, &bit| number * 2 + usize::from(bit))] as char);
    letters.skip((shift * 8).div_ceil(6)).collect()
}

/// The marks in some bytes, whatever the case, also where they are packed.
fn marks_in(bytes: &[u8]) -> Vec<String> {
    let small = bytes.to_ascii_lowercase();
    let found = spellings().into_iter().filter(|spelling| memchr::memmem::find(&small, spelling).is_some());
    found.map(|spelling| String::from_utf8_lossy(&spelling).into_owned()).collect()
}

#[track_caller]
fn has_none(what: &str, bytes: &[u8]) {
    let found = marks_in(bytes);
    let around = |mark: &String| {
        let at = memchr::memmem::find(&bytes.to_ascii_lowercase(), mark.as_bytes()).unwrap();
        String::from_utf8_lossy(&bytes[at.saturating_sub(80)..bytes.len().min(at + 80)]).into_owned()
    };
    assert!(found.is_empty(), "{what} gives {found:?} away: {:?}", found.first().map(around));
}

/// Gives each value a mark of its own form, the same to the same.
#[derive(Default)]
struct Marker(HashMap<String, String>);

impl Marker {
    fn mark(&mut self, text: &str) -> String {
        let number = self.0.len() + 1;
        let is_guid = text.len() == 36 && text.as_bytes()[8] == b'-' && text.as_bytes()[13] == b'-';
        let made = match text {
            _ if text.is_empty() => return String::new(),
            _ if is_guid => format!("7a717837-6b00-4000-8000-{number:012x}"),
            _ if text.contains('@') => format!("{MARK}.{number}@{MARK}-{number}.example"),
            _ if text.parse::<std::net::Ipv4Addr>().is_ok() => format!("122.113.120.{}", number % 250),
            _ if text.parse::<std::net::Ipv6Addr>().is_ok() => format!("2001:db8:7a71:7837:6b00::{number:x}"),
            _ if text.len() >= 20 && !text.contains(' ') => format!("{MARK}{number:016x}{}", MARK.to_uppercase()),
            _ => format!("{} {MARK}{number}", MARK.to_uppercase()),
        };
        self.0.entry(text.to_owned()).or_insert(made).clone()
    }

    /// Marks all texts of a record but those that the source keeps by what it says of itself.
    fn record(&mut self, source: &Source, path: &FieldPath, value: &mut Value) {
        match value {
            Value::Object(members) => {
                let step = |key: &str| path.join(Segment::Key(key.to_owned()));
                members.iter_mut().for_each(|(key, value)| self.record(source, &step(key), value));
            }
            // Pairs of keys and values have paths made of the keys.
            Value::Array(_) if path.to_string().ends_with("authenticationProcessingDetails") => {}
            Value::Array(items) => items.iter_mut().for_each(|item| self.record(source, &path.join(Segment::Elements), item)),
            Value::String(text) if !is_told(source, path) => *text = self.mark(text),
            _ => {}
        }
    }
}

/// Whether a source reads a field to keep what stands there, or cannot do without it.
fn is_told(source: &Source, path: &FieldPath) -> bool {
    let roles = [Role::Time, Role::Delivered, Role::Code, Role::CodeText, Role::RecordType];
    let has_role = roles.iter().any(|&role| source.fields_of(role).contains(path));
    has_role || source.keeps_words(path) || source.dimensions().iter().any(|dimension| dimension.paths.contains(path))
}

/// A day of marked sign-ins; some hold marks where nobody looks for them.
fn marked(marker: &mut Marker, day: u32) -> Vec<Value> {
    let source = Source::named("entra-signin").unwrap();
    let mut records = records(day);
    for (number, record) in records.iter_mut().enumerate() {
        marker.record(&source, &FieldPath::root(), record);
        let who = format!("{MARK}{number}@{MARK}.example");
        let properties = record["properties"].as_object_mut().unwrap();
        properties.insert("rawUserAgent".into(), json!(format!("Mozilla/5.0 ({MARK}; {number})")));
        properties.insert("errorText".into(), json!(format!("sign-in of {who} from 122.113.120.9 refused, call +49 {DIGITS}")));
        properties.insert("byUser".into(), json!({who.clone(): {"seen": 1}, format!("{HEX}-0000"): 2, format!("CORP\\{MARK}{number}"): 3}));
        let inner = json!({"deep": {"token": format!("{MARK}{number:030x}"), "list": [who, {"key": "phone", "value": DIGITS}]}});
        properties.insert("asText".into(), json!(json!({"again": inner.to_string()}).to_string()));
        properties.insert("phone".into(), json!(7_471_783_701_u64 + number as u64));
        if number % 9 == 0 {
            // A closed set of the vendor, into which an address slips.
            record["properties"]["status"]["additionalDetails"] = json!(format!("MFA of {MARK}@{MARK}.example denied"));
        }
        if record["resultType"] != "0" {
            let text = record["resultDescription"].as_str().unwrap_or_default();
            record["resultDescription"] = json!(format!("{text} User '{MARK} the {number}' {{{MARK}}} {MARK}@x.example CORP\\{MARK}"));
        }
    }
    records
}

/// Lines that are no records, with marks in them.
fn junk() -> Vec<u8> {
    let cut = format!("{{\"properties\":{{\"userPrincipalName\":\"{MARK}@x.example\"");
    let [array, timeless] = [format!("[\"{MARK}\"]"), format!("{{\"category\":\"SignInLogs\",\"time\":\"{MARK}\"}}")];
    [format!("{MARK} is no JSON"), array, timeless, cut].join("\n").into_bytes()
}

/// The day after, with as many kinds of drift as fit.
fn drifted(marker: &mut Marker) -> Vec<Value> {
    let mut day = marked(marker, 14);
    for (number, record) in day.iter_mut().enumerate() {
        let code = record["resultType"].clone();
        record["durationMs"] = json!(format!("{MARK}{number}"));
        let properties = &mut record["properties"];
        properties["location"] = json!({"city": "", "state": "", "countryOrRegion": ""});
        properties["userDisplayName"] = json!(format!("7a717837-6b00-4000-9000-{number:012x}"));
        properties["userPrincipalName"] = properties["userDisplayName"].clone();
        properties["riskDetail"] = json!(format!("{MARK}@x.example"));
        properties["riskState"] = json!("atRisk");
        properties["newField"] = json!(format!("{MARK}@new.example"));
        properties["deviceDetail"].as_object_mut().map(|device| device.remove("operatingSystem"));
        let address = properties["ipAddress"].take();
        properties["clientAddress"] = address;
        if number % 5 == 0 {
            record["resultType"] = json!("7471783");
            record["resultDescription"] = json!(format!("refused '{MARK}' for {MARK}@x.example"));
        } else if code == "50126" {
            record["resultDescription"] = json!("Another text.");
        }
    }
    let mut fresh = day[..40].to_vec();
    for (number, record) in fresh.iter_mut().enumerate() {
        record["category"] = json!("ManagedIdentitySignInLogs");
        record["properties"]["id"] = json!(format!("7a717837-6b00-4000-a000-{number:012x}"));
    }
    [day, fresh].concat()
}

/// Two weeks of marked logs and the day after them.
fn prepared() -> Place {
    let (place, mut marker) = (Place::new(), Marker::default());
    (0..14).for_each(|day| place.put(&format!("logs/{day}.json"), [lines(&marked(&mut marker, day)), junk()].concat()));
    assert!(marker.0.len() > 1_000, "{} values are marked", marker.0.len());
    place.put("day.json", [lines(&drifted(&mut marker)), junk()].concat());
    place
}

/// Runs the program; nothing that it says holds a mark.
#[track_caller]
fn silent(place: &Place, arguments: &[&str]) -> place::Ran {
    let ran = place.run(arguments);
    has_none(&format!("stdout of {arguments:?}"), ran.out.as_bytes());
    has_none(&format!("stderr of {arguments:?}"), ran.err.as_bytes());
    ran
}

/// All that a store's file holds: its bytes, and what is packed in them.
fn store_holds_none(path: &Path) {
    for end in ["", "-wal", ".key"] {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        has_none("a file of the store", &fs::read(&name).unwrap_or_default());
    }
    let store = rusqlite::Connection::open(path).unwrap();
    let mut bodies = 0;
    for table in ["windows", "runs"] {
        let mut select = store.prepare(&format!("SELECT size, body FROM {table}")).unwrap();
        let mut rows = select.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let (size, body): (i64, Vec<u8>) = (row.get(0).unwrap(), row.get(1).unwrap());
            has_none(&format!("a body of {table}"), &zstd::bulk::decompress(&body, usize::try_from(size).unwrap()).unwrap());
            bodies += 1;
        }
    }
    assert!(bodies > 10, "{bodies}");
}

fn files_hold_none(place: &Place, names: &[&str]) {
    for name in names {
        let bytes = fs::read(place.path(name)).unwrap();
        assert!(bytes.len() > 60, "{name} is empty");
        has_none(name, &bytes);
        if let Ok(unpacked) = zstd::decode_all(bytes.as_slice()) {
            has_none(name, &unpacked);
        }
    }
}

#[test]
fn no_mark_of_anybody_comes_out_of_anything_that_is_kept_or_said() {
    let place = prepared();
    let of = |arguments: &[&str]| silent(&place, &[arguments, &SOURCE].concat());
    silent(&place, &["learn", "logs"]).succeeds();
    place.put("rules/a.kql", "SigninLogs | where ResultType in (\"50126\", \"50074\") and isnotempty(Location)\n");
    let mut files = Vec::new();
    for format in FORMATS {
        let name = format!("report.{}", format.extension);
        let ran = silent(&place, &["check", "day.json", "--rules", "rules", "--format", format.name]);
        assert_eq!(ran.code, 1, "{}", ran.err);
        silent(&place, &["check", "day.json", "--rules", "rules", "--output", &name]);
        silent(&place, &["report", "--format", format.name]).succeeds();
        files.push(name);
    }
    let report: Value = serde_json::from_slice(&fs::read(place.path("report.json")).unwrap()).unwrap();
    let findings = report["findings"].as_array().unwrap();
    let kinds: BTreeSet<&str> = findings.iter().map(|finding| finding["check"].as_str().unwrap()).collect();
    assert!(kinds.len() >= 10, "only {kinds:?} speak");
    assert!(report["run"]["rejects"].as_u64() == Some(4), "{}", report["run"]);
    silent(&place, &["diff", "logs", "day.json", "--format", "json"]);
    silent(&place, &["fingerprint", "logs", "-o", "logs.fp"]).succeeds();
    silent(&place, &["merge", "logs.fp", "-o", "merged.fp"]).succeeds();
    for (name, more) in [("out.baseline", &[][..]), ("anonymous.baseline", &["--anonymous"])] {
        of(&[&["baseline", "export", "-o", name], more].concat()).succeeds();
    }
    silent(&place, &["check", "day.json", "--baseline", "out.baseline", "--output", "against.json"]);
    silent(&place, &["accept", findings[0]["key"].as_str().unwrap(), "--reason", "fine"]).succeeds();
    for arguments in [&["accept", "--list"][..], &["report", "--list"], &["baseline", "list"]] {
        silent(&place, arguments).succeeds();
    }
    for arguments in [&["baseline", "show"][..], &["baseline", "log"], &["baseline", "diff", "2023-02-20", "2023-02-21"]] {
        of(arguments).succeeds();
    }
    files.extend(["logs.fp", "merged.fp", "out.baseline", "anonymous.baseline", "against.json"].map(String::from));
    files_hold_none(&place, &files.iter().map(String::as_str).collect::<Vec<_>>());
    store_holds_none(&place.path("logdrift.db"));
}

#[test]
fn what_cannot_be_read_is_not_quoted() {
    let place = prepared();
    place.put("junk.json", junk());
    place.put("cut.json.gz", [&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3][..], MARK.as_bytes()].concat());
    place.put("wide.json", MARK.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>());
    let header = format!("time,code,user\n2026-03-01T10:00:00Z,1,{MARK}@x.example,{MARK}\n");
    place.put("table.csv", header);
    place.put("text.baseline", format!("{{\"logdrift\":\"baseline/1\",\"source\":\"x\",\"{MARK}\":1}}\n"));
    for name in ["junk.json", "cut.json.gz", "wide.json", "table.csv"] {
        for command in ["learn", "check"] {
            let ran = silent(&place, &[command, name, "--store", "new.db"]);
            assert!([2, 3].contains(&ran.code), "{name}: {}", ran.err);
        }
    }
    silent(&place, &["diff", "junk.json", "table.csv"]).fails(3, &["no record of source"]);
}

#[test]
fn what_is_named_by_a_mail_address_is_masked_in_reports_unless_asked_for() {
    let place = Place::with_baseline(3);
    let mut day = records(3);
    for record in day.iter_mut().filter(|record| record["category"] == "NonInteractiveUserSignInLogs") {
        record["category"] = json!(format!("{MARK}@app.example.SignInLogs"));
        record["properties"]["appDisplayName"] = json!(format!("{MARK}@app.example"));
    }
    place.put("day.json", lines(&day));
    for format in FORMATS {
        let ran = silent(&place, &["check", "day.json", "--format", format.name]);
        assert_eq!(ran.code, 1, "{}", ran.err);
        let shown = place.run(&["check", "day.json", "--format", format.name, "--show-values"]);
        assert!(!marks_in(shown.out.as_bytes()).is_empty(), "{}", format.name);
    }
    // What is kept of the runs is masked even so.
    store_runs_hold_none(&place);
}

fn store_runs_hold_none(place: &Place) {
    let listed = place.run(&["report", "--list"]).succeeds().out;
    for row in listed.lines().skip(1) {
        let id = row.split_whitespace().next().unwrap();
        silent(place, &["report", id, "--format", "json", "--show-values"]).succeeds();
    }
}

#[test]
fn the_search_finds_a_mark_in_every_spelling() {
    let upper = MARK.to_uppercase();
    for text in [MARK, &upper, "7A717837-6B00-4000", "2001:DB8:7A71:7837::1", "\\u007a\\u0071\\u0078\\u0037\\u006b", "%7A%71%78%37%6b"] {
        assert!(!marks_in(format!("..{text}..").as_bytes()).is_empty(), "{text}");
    }
    // base64 of "zqx7k", ".zqx7k" and "..zqx7k".
    for text in ["enF4N2s=", "LnpxeDdr", "Li56cXg3aw=="] {
        assert!(!marks_in(text.as_bytes()).is_empty(), "{text}");
    }
    assert!(marks_in(b"zqx is no mark, nor are 7a7178 and 74717837").is_empty());
}

/// An export of some logs, learnt with some key.
fn anonymous(place: &Place, key: &str) -> Vec<u8> {
    let store = format!("{key}.db");
    place.put(&format!("{store}.key"), key.repeat(64));
    place.run(&["learn", "logs", "--store", &store]).succeeds();
    let arguments = ["baseline", "export", "--anonymous", "--store", &store, "-o", "anonymous.baseline"];
    place.run(&[&arguments[..], &SOURCE].concat()).succeeds();
    fs::read(place.path("anonymous.baseline")).unwrap()
}

#[test]
fn an_anonymous_export_is_the_same_whatever_the_key_and_is_no_baseline() {
    let place = Place::new();
    (0..3).for_each(|day| place.day(&format!("logs/{day}.json"), day));
    let export = anonymous(&place, "1");
    assert!(anonymous(&place, "2") == export, "two keys, two exports");
    let text = String::from_utf8(export).unwrap();
    assert!(text.contains("\"cohort\":\"resultType\",\"value\":\"0\"") && text.contains("properties.userPrincipalName"));
    assert!(!text.contains("appDisplayName\",\"value\"") && !text.contains("\"texts\""), "apps and descriptions are the organisation's");
    let app = records(0)[0]["properties"]["appDisplayName"].as_str().unwrap().to_owned();
    assert!(!text.contains(&app), "{app}");
    let words = ["is an anonymous export", "`logdrift baseline diff`", "without --anonymous"];
    place.run(&[&["baseline", "import", "anonymous.baseline", "--store", "3.db"], &SOURCE[..]].concat()).fails(2, &words);
    place.run(&["check", "logs/0.json", "--baseline", "anonymous.baseline"]).fails(2, &words);
    assert!(!place.path("3.db").exists());
    place.run(&["baseline", "diff", "anonymous.baseline", "anonymous.baseline"]).succeeds();
}

#[cfg(unix)]
#[test]
fn all_that_is_written_is_for_its_owner_alone_whatever_the_umask() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::with_baseline(3);
    place.day("day.json", 3);
    let script = "umask 000
        \"$0\" learn day.json --source entra-signin --store new.db
        \"$0\" check day.json --source entra-signin --learn --fail-on never -o r.json -o r.txt -o r.md -o r.sarif -o r.xml -o r.github
        \"$0\" fingerprint day.json --source entra-signin -o day.fp
        \"$0\" merge day.fp -o all.fp
        \"$0\" baseline export --source entra-signin -o out.baseline
        \"$0\" baseline export --source entra-signin -o shared.baseline --anonymous
        \"$0\" report -o again.json";
    let mut shell = std::process::Command::new("sh");
    let ran = shell.args(["-e", "-c", script, env!("CARGO_BIN_EXE_logdrift")]).current_dir(place.path("")).output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let made = ["new.db", "new.db.key", "r.json", "r.txt", "r.md", "r.sarif", "r.xml", "r.github", "day.fp", "day.fp.key", "all.fp"];
    for name in made.into_iter().chain(["out.baseline", "shared.baseline", "again.json"]) {
        let mode = fs::metadata(place.path(name)).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{name}: {mode:o}");
    }
}
