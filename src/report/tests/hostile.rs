//! Hostile text in every place of a report: in no format does it hide, steer, or become anything but text.

use super::super::inert::{columns_of, escape_terminal, is_unseen};
use super::*;
use pulldown_cmark::{Event, Options, Parser};
use serde_json::Value;
use std::collections::BTreeSet;

/// What somebody might write into a user agent to be more than text in one of the formats.
const TRICKS: &[&str] = &[
    "</details><script>alert(1)</script><img src=x onerror=y>",
    "<!-- x",
    "# h\n## h",
    "- x\n1. y\n> z",
    "12. x",
    "+ x",
    "    x",
    "---",
    "===",
    "***b*** __b__ *i* _i_ ~~s~~ $m$ $$m$$",
    "`c` ``c`` ```` x",
    "``",
    "~~~",
    "[l](javascript:x) ![i](https://e.example/x.png) [r][1] [^1]",
    "[1]: https://e.example",
    "<https://e.example> <a@e.example>",
    "| a | b |\n|---|---|\n| c | d |",
    "[ ] task\n\n[!NOTE]",
    "&lt;b&gt; &#60; &amp;",
    "x\\",
    "]]></failure><testcase name=\"y\"/> \"' &bad; <?x?> <![CDATA[",
    "::error file=a::x\n::stop-commands::x",
    "##[error]x",
    "%0A::error::x %25 a,file=b:c",
    "{0} {{1}} [x](1) \\[y\\](2)",
    "\u{1}\u{b}\u{fffe}\u{ffff}\u{0}",
];

/// Each text of a report replaced by a hostile one where the form allows it, and keys of maps too.
fn poison(value: &mut Value, hostile: &str) {
    match value {
        Value::String(text) => *text = hostile.to_owned(),
        Value::Array(items) => items.iter_mut().for_each(|item| poison(item, hostile)),
        Value::Object(members) => {
            for (key, value) in members.iter_mut() {
                if !["schema", "severity", "status", "fail_on", "verdict", "outcome"].contains(&key.as_str()) {
                    poison(value, hostile);
                }
                if key.ends_with("_types") || key == "reject_reasons" {
                    *value = serde_json::json!({ hostile: 3 });
                }
            }
        }
        _ => {}
    }
}

fn poisoned(hostile: &str) -> Report {
    let mut value = serde_json::to_value(sample()).unwrap();
    let row = &mut value["findings"][0];
    row["cohort"] = serde_json::json!({"path": "p", "value": "v"});
    row["suggestion"] = serde_json::json!({"query": "q", "patch": "p"});
    let rule = serde_json::json!({
        "id": "i", "title": "t", "file": "f", "line": 1, "effect": "e", "clause": "c", "why": "w", "query": "q"
    });
    row["rules"] = serde_json::json!([rule]);
    poison(&mut value, hostile);
    serde_json::from_value(value).unwrap()
}

fn written(format: &Format, hostile: &str) -> String {
    (format.render)(&poisoned(hostile), &Style { color: false, width: 80 }).unwrap()
}

#[test]
fn hostile_text_is_inert_in_every_place_of_all_formats() {
    let nasty = "x\u{1b}]0;t\u{7}\u{9b}31m\r\nCLEAN\u{202e}\u{2066}\u{200b}\u{feff}\u{e000}\u{2028}\u{e0041}\u{7f}\0y";
    for hostile in [nasty.to_owned(), nasty.repeat(500), format!("a{}", "\u{301}".repeat(9_000)), "山".repeat(9_000)] {
        for format in FORMATS {
            let text = written(format, &hostile);
            assert!(text.contains('x') || text.contains('a') || text.contains('山'));
            assert!(!text.contains(|c| c != '\n' && is_unseen(c)), "{}: {text:?}", format.name);
            // What stands in a block to be copied keeps its lines.
            assert!(["markdown", "html"].contains(&format.name) || !text.lines().any(|line| line.starts_with("CLEAN")), "{}", format.name);
            assert!(format.name == "json" || text.len() < 300_000, "{}: long texts are cut", format.name);
        }
        let text = written(&terminal::FORMAT, &hostile);
        assert!(text.lines().all(|line| line.chars().map(columns_of).sum::<usize>() <= 80));
        assert_eq!(serde_json::from_str::<Report>(&written(&json::FORMAT, &hostile)).unwrap(), poisoned(&hostile));
    }
}

/// What a renderer makes of Markdown: its blocks and marks, and its text.
fn markdown(text: &str) -> (Vec<String>, String) {
    let (mut marks, mut words) = (Vec::new(), String::new());
    let extensions = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_GFM
        | Options::ENABLE_MATH;
    for event in Parser::new_ext(text, extensions) {
        match event {
            Event::Text(text) => words += &text,
            Event::Code(text) => {
                marks.push("code".into());
                words += &text;
            }
            Event::InlineHtml(html) if &*html == "<!-- -->" => {}
            other => marks.push(format!("{other:?}")),
        }
    }
    (marks, words)
}

#[test]
fn text_marks_nothing_up_in_markdown_and_stays_readable() {
    let (marks, _) = markdown(&written(&markdown::FORMAT, "x"));
    assert!(marks.iter().any(|mark| mark.contains("<details>")) && !marks.iter().any(|mark| mark.contains("Link")), "{marks:?}");
    for trick in TRICKS {
        let (found, words) = markdown(&written(&markdown::FORMAT, trick));
        assert_eq!(found, marks, "{trick:?}");
        assert!(words.contains(escape_terminal(trick, 900).trim()), "{trick:?}: {words}");
    }
    let raw = written(&markdown::FORMAT, "@octocat #1 https://e.example www.e.example");
    let outside = raw.split("```").step_by(2).flat_map(|text| text.split('`').step_by(2)).collect::<String>();
    assert!(!["@octocat", "#1", "://", "www.e"].iter().any(|link| outside.contains(link)), "{outside}");
}

/// The elements of an XML text with the names of their attributes, and all its text.
fn xml(text: &str) -> (Vec<String>, String) {
    let mut reader = quick_xml::Reader::from_str(text);
    let (mut marks, mut words) = (Vec::new(), String::new());
    loop {
        match reader.read_event().unwrap() {
            quick_xml::events::Event::Eof => return (marks, words),
            quick_xml::events::Event::Start(tag) | quick_xml::events::Event::Empty(tag) => {
                marks.push(format!("{:?}", tag.name()));
                for attribute in tag.attributes() {
                    let attribute = attribute.unwrap();
                    marks.push(format!("{:?}", attribute.key));
                    words += &attribute.normalized_value(quick_xml::XmlVersion::Explicit1_0).unwrap();
                }
            }
            quick_xml::events::Event::Text(_) | quick_xml::events::Event::GeneralRef(_) | quick_xml::events::Event::End(_) => {}
            other => marks.push(format!("{other:?}")),
        }
    }
}

#[test]
fn text_adds_nothing_to_xml_and_stays_readable() {
    let (marks, _) = xml(&written(&junit::FORMAT, "x"));
    assert!(marks.len() > 100);
    for trick in TRICKS {
        let text = written(&junit::FORMAT, trick);
        let (found, words) = xml(&text);
        assert_eq!(found, marks, "{trick:?}");
        assert!(words.contains(&escape_terminal(trick, 900)), "{trick:?}: {words}");
    }
}

/// The level and the names of the properties of each command.
fn commands(text: &str) -> Vec<(String, Vec<String>)> {
    let lines = text.lines().map(|line| {
        let (head, _) = line.strip_prefix("::").and_then(|rest| rest.split_once("::")).unwrap();
        let (level, properties) = head.split_once(' ').unwrap();
        (level.to_owned(), properties.split(',').map(|property| property.split_once('=').unwrap().0.to_owned()).collect())
    });
    lines.collect()
}

#[test]
fn text_is_no_command_and_no_property_of_github() {
    let benign = commands(&written(&github::FORMAT, "x"));
    let levels: BTreeSet<&str> = benign.iter().map(|command| command.0.as_str()).collect();
    assert_eq!(levels, BTreeSet::from(["error", "notice", "warning"]));
    for trick in TRICKS {
        assert_eq!(commands(&written(&github::FORMAT, trick)), benign, "{trick:?}");
    }
}

/// A JSON value without what its texts and numbers are.
fn form(value: &Value) -> Value {
    match value {
        Value::String(_) => "".into(),
        Value::Number(_) => 0.into(),
        Value::Array(items) => items.iter().map(form).collect(),
        Value::Object(members) => members.iter().map(|(key, value)| (key.clone(), form(value))).collect(),
        other => other.clone(),
    }
}

#[test]
fn text_changes_no_form_of_sarif() {
    let read = |hostile| serde_json::from_str::<Value>(&written(&sarif::FORMAT, hostile)).unwrap();
    // One pattern of the schema, of the language of a file, has a bracket too many.
    let schema = include_str!("../../../tests/sarif/sarif-schema-2.1.0.json").replace("{2}]?$", "{2}$");
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    for trick in TRICKS {
        let log = read(trick);
        assert_eq!(form(&log), form(&read("x")), "{trick:?}");
        assert!(validator.is_valid(&log), "{:?}", validator.iter_errors(&log).map(|error| error.to_string()).collect::<Vec<_>>());
    }
}

/// The tags of a page with the names of their attributes, and its text and what the attributes hold.
fn page(text: &str) -> (Vec<String>, String) {
    let mut emitter = html5gum::DefaultEmitter::default();
    // Style and script end where a browser ends them.
    emitter.naively_switch_states(true);
    let (mut marks, mut words) = (Vec::new(), String::new());
    for token in html5gum::Tokenizer::new_with_emitter(text, emitter) {
        match token.unwrap() {
            html5gum::Token::StartTag(tag) => {
                marks.push(format!("{:?} {:?}", tag.name, tag.attributes.keys()));
                for value in tag.attributes.values() {
                    words += &format!("{}\n", String::from_utf8_lossy(&value.value));
                }
            }
            html5gum::Token::String(text) => words += &String::from_utf8_lossy(&text.value),
            other => marks.push(format!("{other:?}")),
        }
    }
    (marks, words)
}

#[test]
fn text_marks_nothing_up_in_html_and_stays_readable() {
    let (marks, _) = page(&written(&html::FORMAT, "x"));
    assert!(marks.len() > 300 && marks.iter().any(|mark| mark.contains("script")), "{}", marks.len());
    let by_hand = |mark: &String| ["style=", "onclick", "onload", "href=\"http", "src"].iter().any(|word| mark.contains(word));
    assert!(!marks.iter().any(by_hand), "{marks:?}");
    let tricks = ["\"><script>alert(1)</script>", "' onmouseover=x a='", "</style></script></title></pre><b>", "<!--", "{{ x }} {% x %}"];
    for trick in TRICKS.iter().chain(&tricks) {
        let (found, words) = page(&written(&html::FORMAT, trick));
        assert_eq!(found, marks, "{trick:?}");
        assert!(words.contains(&escape_terminal(trick, 900)), "{trick:?}: {words}");
    }
}
