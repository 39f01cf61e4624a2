//! A channel of Slack, through an incoming webhook.

use super::http::post_json;
use super::{Notice, Notifier, Settings, Undelivered};
use serde_json::{Value, json};

/// Row of the table of notifiers.
pub(super) static NOTIFIER: Notifier = Notifier {
    name: "slack",
    summary: "a channel of Slack, through an incoming webhook",
    keys: &["url", "url-env", "url-file"],
    needs: &[&["url", "url-env", "url-file"]],
    send,
};

/// Characters that Slack takes in a header.
const HEADER: usize = 150;

fn send(settings: &Settings, notice: &Notice<'_>) -> Result<(), Undelivered> {
    post_json(settings, &body(notice).to_string(), None)
}

/// Blocks of plain text, in which Slack looks for no markup; `text` is what shows where blocks do not.
pub(super) fn body(notice: &Notice<'_>) -> Value {
    let headline = notice.headline();
    let mut blocks = vec![json!({"type": "header", "text": plain(header(&headline))})];
    let (lines, more) = notice.lines();
    for line in lines {
        blocks.push(json!({"type": "section", "text": plain(&format!("{}  {}", line.badge, line.title))}));
        blocks.push(json!({"type": "context", "elements": [plain(&line.text)]}));
    }
    let footer = more.into_iter().chain([notice.footer()]).collect::<Vec<_>>().join("; ");
    blocks.push(json!({"type": "context", "elements": [plain(&footer)]}));
    json!({"text": escaped(&headline), "mrkdwn": false, "unfurl_links": false, "unfurl_media": false, "blocks": blocks})
}

fn plain(text: &str) -> Value {
    json!({"type": "plain_text", "emoji": false, "text": escaped(text)})
}

/// The three characters that steer in any text of Slack: `<!channel>` calls people, `<url|text>` is a link.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// As much of a text as fits into a header once it is escaped.
fn header(text: &str) -> &str {
    let ends = text.char_indices().map(|(at, c)| at + c.len_utf8());
    let fitting = ends.take_while(|&end| escaped(&text[..end]).chars().count() <= HEADER);
    &text[..fitting.last().unwrap_or(0)]
}
