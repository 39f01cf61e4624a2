//! A channel of Microsoft Teams, through a workflow that posts what a webhook gets.

use super::http::post_json;
use super::{Notice, Notifier, Settings, Undelivered};
use serde_json::{Value, json};

/// Row of the table of notifiers.
pub(super) static NOTIFIER: Notifier = Notifier {
    name: "teams",
    summary: "a channel of Microsoft Teams, through a webhook of Workflows",
    keys: &["url", "url-env", "url-file"],
    needs: &[&["url", "url-env", "url-file"]],
    send,
};

fn send(settings: &Settings, notice: &Notice<'_>) -> Result<(), Undelivered> {
    post_json(settings, &body(notice).to_string(), None)
}

/// An adaptive card of text runs, in which Teams looks for no Markdown.
pub(super) fn body(notice: &Notice<'_>) -> Value {
    let mut card = vec![block(&[run(&notice.headline(), true)])];
    let (lines, more) = notice.lines();
    for line in lines {
        card.push(block(&[run(&format!("{}  ", line.badge), true), run(&line.title, true)]));
        card.push(block(&[run(&line.text, false)]));
    }
    card.extend(more.map(|more| block(&[run(&more, false)])));
    card.push(block(&[run(&notice.footer(), false)]));
    let content = json!({
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.2",
        "msteams": {"width": "Full"},
        "body": card,
    });
    json!({
        "type": "message",
        "attachments": [{"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": null, "content": content}],
    })
}

fn block(runs: &[Value]) -> Value {
    json!({"type": "RichTextBlock", "inlines": runs})
}

/// A run of text; the functions of dates, which stand between two braces, are taken apart.
fn run(text: &str, bold: bool) -> Value {
    let text = text.replace("{{", "{\u{2009}{").replace("}}", "}\u{2009}}");
    json!({"type": "TextRun", "text": text, "weight": if bold { "Bolder" } else { "Default" }})
}
