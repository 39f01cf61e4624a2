//! Panther: rules in YAML, with their conditions in it or in Python beside it.

mod python;
mod simple;
#[cfg(test)]
mod tests;

use super::dialect::{Dialect, RuleFile, Surroundings};
use super::rule::{Condition, Field, Language, Literal, Place, Predicate, Role, Rule, Selection, Span};
use super::yaml::{self, Node};
use simple::Simple;

/// The row of the table.
pub(super) const PANTHER: Dialect = Dialect {
    name: "panther",
    summary: "Panther: YAML with `AnalysisType` and `RuleID`, its `Detection` or the Python that `Filename` names beside it",
    recognises,
    read,
    surroundings: Some(remember),
};

fn recognises(file: RuleFile<'_>) -> bool {
    let has = |key: &str| file.text.lines().any(|line| line.strip_prefix(key).is_some_and(|rest| rest.starts_with(':')));
    matches!(file.ending().as_str(), "yml" | "yaml") && has("AnalysisType") && has("RuleID")
}

/// Keeps Python, which rules name by the name of its file.
fn remember(file: RuleFile<'_>, surroundings: &mut Surroundings) {
    if file.ending() == "py" && file.text.contains("def rule(") {
        surroundings.python.insert(file.name.to_owned(), file.text.to_owned());
    }
}

fn read(file: RuleFile<'_>, surroundings: &Surroundings) -> Result<Vec<Rule>, String> {
    let documents = yaml::read(file.text)?;
    documents.iter().enumerate().map(|(block, document)| rule(file, block, document, surroundings)).collect()
}

fn rule(file: RuleFile<'_>, block: usize, document: &Node, surroundings: &Surroundings) -> Result<Rule, String> {
    let mut rule = Rule::new(file.name, block, Language::Python);
    let id = document.text_of("RuleID").ok_or_else(|| format!("line {}: the rule has no `RuleID`", document.line))?;
    id.clone_into(&mut rule.id);
    rule.title = document.text_of("DisplayName").filter(|name| !name.is_empty()).unwrap_or(id).to_owned();
    rule.severity = document.text_of("Severity").map(str::to_owned);
    let sources = ["LogTypes", "ScheduledQueries"].iter().find_map(|key| document.get(key));
    rule.tables.extend(sources.map(Node::elements).unwrap_or_default().iter().filter_map(Node::text).map(str::to_owned));
    let condition = match (document.get("Detection"), document.get("Filename")) {
        (Some(detection), _) => simple(file, &mut rule, detection),
        (None, Some(name)) => beside(file, &mut rule, name, surroundings),
        (None, None) => return Err(format!("line {}: neither `Detection` nor `Filename` says what is looked for", document.line)),
    };
    outputs(file, &mut rule, document);
    let at = Span { line: rule.line, bytes: rule.bytes.clone() };
    let mut tables: Vec<Option<String>> = rule.tables.iter().cloned().map(Some).collect();
    if tables.is_empty() {
        tables.push(None);
    }
    rule.selections =
        tables.into_iter().map(|table| Selection { table, condition: condition.clone(), needed: true, at: at.clone() }).collect();
    name_tables(&mut rule);
    Ok(rule)
}

/// A rule of one log type reads the fields of that.
fn name_tables(rule: &mut Rule) {
    let mut tables = rule.tables.iter();
    let Some(table) = tables.next().filter(|_| tables.next().is_none()).cloned() else { return };
    let fields = std::mem::take(&mut rule.fields);
    rule.fields = fields.into_iter().map(|(field, used)| (Field { table: Some(table.clone()), ..field }, used)).collect();
}

fn simple(file: RuleFile<'_>, rule: &mut Rule, detection: &Node) -> Condition {
    let at = detection.span_with_key("Detection", file.text);
    (rule.line, rule.bytes) = (at.line, at.bytes);
    Simple { file: file.text, rule }.all(detection, false)
}

/// The Python beside a rule. It stands in another file, so that its values have no letters in this one.
fn beside(file: RuleFile<'_>, rule: &mut Rule, name: &Node, surroundings: &Surroundings) -> Condition {
    let own = name.text().unwrap_or("");
    let folder = file.name.rsplit_once('/').map_or("", |(folder, _)| folder);
    let path = if folder.is_empty() { own.to_owned() } else { format!("{folder}/{own}") };
    let at = name.span(file.text);
    (rule.line, rule.bytes) = (at.line, at.bytes.clone());
    let Some(code) = surroundings.python.get(&path) else {
        rule.miss(at.line, format!("the Python in {own}, which is not at hand"));
        return Condition::Unknown("Python that is not at hand".to_owned());
    };
    rule.miss(at.line, format!("the logic of the Python in {own}: only its keys and plain comparisons are read"));
    let nowhere = Span { line: at.line, bytes: at.bytes.start..at.bytes.start };
    for read in python::reads(code) {
        rule.reads(Field { table: None, name: read.path.clone() }, read.role, &at);
        let Some(test) = read.test else { continue };
        let values = test.values.into_iter().map(|(text, quoted)| Literal { text, quoted, at: nowhere.clone() });
        rule.predicates.push(Predicate {
            tables: rule.tables.clone(),
            field: read.path,
            operator: test.operator,
            negated: test.negated,
            ignores_case: test.ignores_case,
            values: values.collect(),
            open: None,
            derived: None,
            list: test.list,
            place: Place::Row,
            clause: test.clause,
            at: nowhere.clone(),
        });
    }
    Condition::Unknown("Python".to_owned())
}

/// Keys that alerts show, and those that bring alerts together.
fn outputs(file: RuleFile<'_>, rule: &mut Rule, document: &Node) {
    for attribute in document.get("SummaryAttributes").map(Node::elements).unwrap_or_default() {
        if let Some(text) = attribute.text().filter(|text| !text.is_empty()) {
            rule.reads(Field { table: None, name: simple::path(text) }, Role::Output, &attribute.span(file.text));
        }
    }
    let groups = document.get("GroupBy").map(Node::elements).unwrap_or_default().iter().map(|node| (node, Role::Group));
    let context = document.get("AlertContext").map(Node::elements).unwrap_or_default().iter();
    let context = context.filter_map(|node| node.get("KeyValue")).map(|node| (node, Role::Output));
    for (node, role) in groups.chain(context) {
        if let Some((name, key)) = simple::key(node) {
            rule.reads(Field { table: None, name }, role, &key.span(file.text));
        }
    }
}

/// A stretch of the file, its blanks and line ends drawn together.
fn quote(file: &str, at: &Span) -> String {
    let words: Vec<&str> = file.get(at.bytes.clone()).unwrap_or("").split_whitespace().collect();
    words.join(" ")
}
