//! Files that hold KQL: Sentinel's and Defender's YAML, plain queries, fenced queries in Markdown.

use super::bind;
use super::token::{self, Kind};
use crate::rules::dialect::{Dialect, RuleFile, Surroundings};
use crate::rules::rule::{Field, Language, Parsed, Role, Rule, Span};
use crate::rules::snippet::Snippet;
use crate::rules::yaml::{self, Node, Value};

/// KQL.
pub(in crate::rules) const DIALECT: Dialect = Dialect {
    name: "kql",
    summary: "Sentinel analytics rules and hunting queries (YAML with a query), .kql, .csl, .kusto and .txt files, fenced KQL in Markdown",
    recognises,
    read,
    surroundings: None,
};

/// Names of a fence's language that mean KQL; a fence without one is taken for it if it reads like it.
const FENCES: [&str; 6] = ["kql", "kusto", "kusto-query-language", "sentinel", "csl", ""];

/// Keys below which YAML files keep their query.
const QUERIES: [&str; 3] = ["query", "queryText", "kql"];

fn recognises(file: RuleFile<'_>) -> bool {
    match file.ending().as_str() {
        "kql" | "csl" | "kusto" | "kqlx" => true,
        "md" | "markdown" => fences(file.text).iter().any(|(_, _, text)| is_kql(text)),
        "yaml" | "yml" => has_query(file.text),
        "txt" | "" => is_kql(file.text),
        ending => ending.contains(' ') && is_kql(file.text),
    }
}

/// Whether a YAML text has a key for a query, and is none of the others' rules.
fn has_query(text: &str) -> bool {
    let has = |key: &str| {
        text.lines()
            .any(|line| line.trim_start().trim_start_matches("- ").strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with(':')))
    };
    QUERIES.iter().any(|key| has(key)) && !["detection", "AnalysisType", "search"].iter().any(|key| has(key))
}

/// Whether a text reads like KQL: an operator follows a bar, or a table of sign-ins stands in it.
fn is_kql(text: &str) -> bool {
    const OPERATORS: [&str; 11] = ["where", "project", "extend", "summarize", "distinct", "join", "union", "count", "take", "mv", "search"];
    let (tokens, _) = token::tokens(text);
    let mut pairs = tokens.iter().zip(tokens.iter().skip(1));
    pairs.any(|(bar, next)| bar.is_sign("|") && next.kind == Kind::Name && OPERATORS.contains(&next.text.as_str()))
}

fn read(file: RuleFile<'_>, _: &Surroundings) -> Result<Vec<Rule>, String> {
    match file.ending().as_str() {
        "yaml" | "yml" => from_yaml(file),
        "md" | "markdown" => Ok(from_markdown(file)),
        _ => Ok(vec![rule(file, 0, &Snippet::verbatim(file.text, 0, 1))]),
    }
}

/// A rule of one query.
fn rule(file: RuleFile<'_>, block: usize, snippet: &Snippet) -> Rule {
    let mut rule = Rule::new(file.name, block, Language::Kql);
    let at = snippet.span(0..snippet.text.len());
    (rule.line, rule.bytes) = (at.line, at.bytes);
    let name = rule.title.clone();
    if let Some((title, _)) = name.rsplit_once('.') {
        title.clone_into(&mut rule.title);
    }
    bind::bind(&mut rule, snippet);
    if rule.tables.is_empty() && rule.fields.is_empty() {
        rule.miss(at.line, "no table is named");
        rule.parsed = Parsed::Failed;
    }
    rule
}

fn from_yaml(file: RuleFile<'_>) -> Result<Vec<Rule>, String> {
    let documents = yaml::read(file.text)?;
    let mut found = Vec::new();
    for document in &documents {
        collect(file, document, document, 0, &mut found);
    }
    if found.is_empty() { Err("no query in it".into()) } else { Ok(found) }
}

/// The rules of a document: itself, or what its lists hold.
fn collect(file: RuleFile<'_>, node: &Node, head: &Node, depth: usize, found: &mut Vec<Rule>) {
    let query = QUERIES.iter().find_map(|key| node.get(key)).filter(|query| query.text().is_some());
    if let Some(snippet) = query.and_then(|query| query.snippet(file.text)) {
        found.push(described(rule(file, found.len(), &snippet), node, head));
        return;
    }
    if depth > 6 {
        return;
    }
    for (_, inner) in node.entries() {
        for element in inner.elements() {
            let head = if node.get("query").is_some() { node } else { head };
            collect(file, element, head, depth + 1, found);
        }
    }
}

/// A rule with what its file says about it.
fn described(mut rule: Rule, node: &Node, head: &Node) -> Rule {
    let say = |keys: &[&str]| keys.iter().find_map(|key| node.text_of(key).or_else(|| head.text_of(key))).filter(|text| !text.is_empty());
    if let Some(id) = say(&["id", "Id", "guid"]) {
        id.clone_into(&mut rule.id);
    }
    if let Some(title) = say(&["name", "displayName", "title", "Name"]) {
        title.clone_into(&mut rule.title);
    }
    rule.severity = say(&["severity", "Severity"]).map(str::to_owned);
    for (columns, role) in
        [(node.get("entityMappings").or_else(|| head.get("entityMappings")), Role::Entity), (node.get("customDetails"), Role::Output)]
    {
        columns.into_iter().for_each(|columns| shown(&mut rule, columns, role));
    }
    rule
}

/// Columns of the result that an alert is made of.
fn shown(rule: &mut Rule, node: &Node, role: Role) {
    for (key, value) in node.entries() {
        let named = key == "columnName" || role == Role::Output;
        let field = value.text().filter(|_| named).and_then(|column| {
            let is_it = |field: &&Field| field.name == column;
            rule.fields.keys().find(is_it).cloned()
        });
        if let Some(field) = field {
            let at = Span { line: value.line, bytes: value.at..value.at };
            rule.reads(field, role, &at);
        }
        shown(rule, value, role);
    }
    if let Value::List(elements) = &node.value {
        elements.iter().for_each(|element| shown(rule, element, role));
    }
}

/// A fenced block: its byte, its line, its text.
type Fenced<'a> = (usize, usize, &'a str);

/// The fenced blocks of a Markdown text that may hold KQL.
fn fences(text: &str) -> Vec<Fenced<'_>> {
    let mut found = Vec::new();
    let mut open: Option<(usize, usize, String, bool)> = None;
    let mut at = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let start = at;
        at += line.len();
        let trimmed = line.trim();
        let ticks = trimmed.len() - trimmed.trim_start_matches(['`', '~']).len();
        match &open {
            None if ticks >= 3 => {
                let language = trimmed[ticks..].split_whitespace().next().unwrap_or("").to_ascii_lowercase();
                open = Some((at, number + 2, trimmed[..ticks].to_owned(), FENCES.contains(&language.as_str())));
            }
            Some((from, first, fence, kept)) if trimmed.starts_with(fence.as_str()) && trimmed.len() == ticks => {
                if *kept {
                    found.push((*from, *first, &text[*from..start]));
                }
                open = None;
            }
            _ => {}
        }
    }
    found
}

fn from_markdown(file: RuleFile<'_>) -> Vec<Rule> {
    let headed = |at: usize| {
        let heading = file.text[..at].lines().rev().find(|line| line.starts_with('#'))?;
        Some(heading.trim_start_matches('#').trim().to_owned()).filter(|title| !title.is_empty())
    };
    let blocks = fences(file.text).into_iter().enumerate();
    let kql = blocks.filter(|(_, (_, _, text))| is_kql(text) || text.split_whitespace().count() == 1);
    kql.map(|(block, (at, line, text))| {
        let mut rule = rule(file, block, &Snippet::verbatim(text, at, line));
        if let Some(title) = headed(at) {
            rule.title = title;
        }
        rule
    })
    .collect()
}
