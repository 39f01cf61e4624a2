//! The files that hold searches and macros: those of contentctl and those of Splunk itself.

use super::source::key;
use crate::rules::dialect::{Macros, RuleFile};
use crate::rules::snippet::Snippet;
use crate::rules::yaml::{self, Node};

/// A search with what its file says about it.
pub(super) struct Found {
    pub(super) id: Option<String>,
    pub(super) title: Option<String>,
    pub(super) severity: Option<String>,
    pub(super) search: Snippet,
    /// Fields that name the entities of an alert, and where they are named.
    pub(super) entities: Vec<(String, crate::rules::rule::Span)>,
}

/// Whether a line of a file begins with a key.
pub(super) fn has_key(text: &str, key: &str, sign: char) -> bool {
    text.lines().any(|line| line.strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with(sign)))
}

/// The search of a contentctl file.
pub(super) fn contentctl(file: RuleFile<'_>) -> Result<Vec<Found>, String> {
    let mut found = Vec::new();
    for document in yaml::read(file.text)? {
        let node = document.get("search").ok_or_else(|| format!("line {}: the detection has no search", document.line))?;
        let search = node.snippet(file.text).filter(|snippet| !snippet.text.trim().is_empty());
        let search = search.ok_or_else(|| format!("line {}: the search must be a text", node.line))?;
        found.push(Found {
            id: document.text_of("id").map(str::to_owned),
            title: document.text_of("name").map(str::to_owned),
            severity: document.text_of("severity").map(str::to_owned),
            search,
            entities: entities(file, &document),
        });
    }
    Ok(found)
}

/// Fields of `rba` and, in older files, of `tags.observable`.
fn entities(file: RuleFile<'_>, document: &Node) -> Vec<(String, crate::rules::rule::Span)> {
    let lists = [("rba", "risk_objects", "field"), ("rba", "threat_objects", "field"), ("tags", "observable", "name")];
    let nodes = lists.iter().flat_map(|(part, list, key)| {
        let elements = document.get(part).and_then(|part| part.get(list)).map(Node::elements).unwrap_or_default();
        elements.iter().filter_map(|element| element.get(key))
    });
    nodes.filter_map(|node| Some((node.text()?.to_owned(), node.span(file.text)))).collect()
}

/// A setting of a `.conf` file.
struct Setting {
    stanza: String,
    key: String,
    value: Snippet,
}

/// The settings of a `.conf` file. A backslash at the end of a line goes on with the next.
fn settings(text: &str) -> Vec<Setting> {
    let mut settings: Vec<Setting> = Vec::new();
    let (mut stanza, mut at) = (String::new(), 0);
    let mut open: Option<(String, usize, String)> = None;
    for whole in text.split_inclusive('\n') {
        let line = whole.trim_end_matches(['\n', '\r']);
        let (content, goes_on) = line.strip_suffix('\\').map_or((line, false), |content| (content, true));
        let from = at;
        at += whole.len();
        let mut current = match open.take() {
            Some((key, start, value)) => (key, start, format!("{value}\n{content}")),
            None if line.trim_start().starts_with(['#', ';']) => continue,
            None => match (line.trim().strip_prefix('['), content.split_once('=')) {
                (Some(name), _) => {
                    stanza = name.strip_suffix(']').unwrap_or(name).to_owned();
                    continue;
                }
                (None, Some((key, value))) => (key.trim().to_owned(), from + key.len() + 1, value.to_owned()),
                (None, None) => continue,
            },
        };
        if goes_on {
            open = Some(current);
        } else {
            current.2 = current.2.trim_end().to_owned();
            settings.push(setting(text, &stanza, current));
        }
    }
    settings.extend(open.map(|current| setting(text, &stanza, current)));
    settings
}

fn setting(file: &str, stanza: &str, (key, start, value): (String, usize, String)) -> Setting {
    Setting { stanza: stanza.to_owned(), key, value: Snippet::aligned(&value, file, start) }
}

/// The searches of a `savedsearches.conf`.
pub(super) fn saved_searches(file: RuleFile<'_>) -> Vec<Found> {
    let settings = settings(file.text);
    let of = |stanza: &str, key: &str| {
        settings.iter().find(|own| own.stanza == stanza && own.key == key).map(|own| own.value.text.trim().to_owned())
    };
    let searches =
        settings.iter().filter(|setting| setting.key == "search" && setting.stanza != "default" && !setting.value.text.trim().is_empty());
    let found = searches.map(|setting| Found {
        id: Some(setting.stanza.clone()),
        title: Some(setting.stanza.clone()),
        severity: of(&setting.stanza, "alert.severity").map(|number| severity(&number).to_owned()),
        search: setting.value.clone(),
        entities: Vec::new(),
    });
    found.collect()
}

/// The words behind the numbers of `alert.severity`.
fn severity(number: &str) -> &str {
    match number {
        "1" => "debug",
        "2" => "info",
        "3" => "warn",
        "4" => "error",
        "5" => "severe",
        "6" => "fatal",
        other => other,
    }
}

/// The macros of a file, if it holds any: a `macros.conf`, or a file of contentctl with a `definition`.
pub(super) fn macros(file: RuleFile<'_>, into: &mut Macros) {
    match file.ending().as_str() {
        "conf" if file.name.ends_with("macros.conf") => {
            let settings = settings(file.text);
            for own in settings.iter().filter(|own| own.key == "definition") {
                let of = |key: &str| {
                    settings.iter().find(|other| other.stanza == own.stanza && other.key == key).map(|other| other.value.text.trim())
                };
                let is_computed = of("iseval").is_some_and(|value| matches!(value.to_ascii_lowercase().as_str(), "1" | "true" | "t"));
                let arguments: Vec<&str> = of("args").map(|args| args.split(',').map(str::trim).collect()).unwrap_or_default();
                let name = own.stanza.split('(').next().unwrap_or("").trim();
                if !is_computed {
                    define(into, name, &arguments, own.value.text.trim());
                }
            }
        }
        "yml" | "yaml" if has_key(file.text, "definition", ':') => {
            for document in yaml::read(file.text).unwrap_or_default() {
                let arguments: Vec<&str> =
                    document.get("arguments").map(Node::elements).unwrap_or_default().iter().filter_map(Node::text).collect();
                if let (Some(name), Some(definition)) = (document.text_of("name"), document.text_of("definition")) {
                    define(into, name, &arguments, definition);
                }
            }
        }
        _ => {}
    }
}

/// Keeps a macro with its arguments numbered: `$1$` for the first.
fn define(into: &mut Macros, name: &str, arguments: &[&str], definition: &str) {
    let numbered = arguments.iter().enumerate();
    let text =
        numbered.fold(definition.to_owned(), |text, (at, argument)| text.replace(&format!("${argument}$"), &format!("${}$", at + 1)));
    into.insert(key(name, arguments.len()), text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_go_on_over_backslashes_and_keep_their_places() {
        let text =
            "# c\n[A \\ b]\nsearch = index=x \\\n  code=7 \\\n| stats count\nalert.severity = 5\n[B]\nsearch=y\n[default]\nsearch = z\n";
        let found = saved_searches(RuleFile { name: "savedsearches.conf", text });
        assert_eq!(
            found.iter().map(|found| (found.title.as_deref(), found.severity.as_deref())).collect::<Vec<_>>(),
            [(Some("A \\ b"), Some("severe")), (Some("B"), None)]
        );
        let search = &found[0].search;
        assert_eq!(search.quote(0..search.text.len()), "index=x code=7 | stats count");
        let at = search.text.find("code=7").unwrap();
        assert_eq!((&text[search.span(at..at + 6).bytes], search.line(at)), ("code=7", 4));
    }

    #[test]
    fn macros_are_kept_by_name_and_number_of_arguments() {
        let mut macros = Macros::new();
        super::macros(
            RuleFile {
                name: "default/macros.conf",
                text: "[m(2)]\nargs = a, b\ndefinition = x=$b$ \\\ny=$a$\n[n]\ndefinition = z\n[e]\ndefinition = 1\niseval = 1\n",
            },
            &mut macros,
        );
        super::macros(
            RuleFile { name: "macros/f.yml", text: "name: f\narguments: [field]\ndefinition: 'convert ctime($field$)'\n" },
            &mut macros,
        );
        super::macros(RuleFile { name: "macros/g.yml", text: "definition: [\n" }, &mut macros);
        let kept: Vec<_> = macros.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        assert_eq!(kept, [("f(1)", "convert ctime($1$)"), ("m(2)", "x=$2$ \ny=$1$"), ("n", "z")]);
    }
}
