//! A query that shows the records of a finding, to be pasted where the logs are searched.

use crate::model::{Cohort, Evidence, FieldPath, Finding, Segment};
use crate::rules::{Language, Rule};
use crate::sources::{DimensionKind, Source};

/// Records looked for: those of so many days.
const DAYS: u32 = 30;

/// A query in Kusto Query Language for the records of a finding in the last 30 days; `show` makes values of the log fit to be shown.
/// `None` for findings that no query shows, and for sources that are not kept in tables of Log Analytics.
#[must_use]
pub fn query(finding: &Finding, source: &Source, show: &dyn Fn(&str) -> String) -> Option<String> {
    match &finding.evidence {
        Evidence::NewCode { code, .. }
        | Evidence::CodeRenamed { to: code, .. }
        | Evidence::CodeSurged { code, .. }
        | Evidence::CodeVanished { code, .. }
        | Evidence::CodeText { code, .. } => of_code(source, &show(code)),
        Evidence::FieldEmptied { .. } | Evidence::FieldVanished => of_field(finding, source, true, show),
        Evidence::TypeChanged(_) | Evidence::FormatChanged(_) => of_field(finding, source, false, show),
        _ => None,
    }
}

/// A query in a rule's own language for the records with a code of the last 30 days, by the field with which the rule compares codes.
/// `None` for languages without queries of their own (Sigma, Python), and for fields and codes that would mean more than themselves.
#[must_use]
pub fn in_language(rule: &Rule, field: &str, code: &str) -> Option<String> {
    let is_plain = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "._-@".contains(c));
    let table = rule.tables.iter().find(|table| table.chars().all(|c| c.is_ascii_alphanumeric() || "._-*@".contains(c)));
    if !is_plain(field) || !is_plain(code) {
        return None;
    }
    let shown = |language: Language| match language {
        Language::Kql => {
            let table = table?;
            Some(format!("{table}\n| where TimeGenerated > ago({DAYS}d)\n| where tostring({field}) == \"{code}\""))
        }
        Language::Spl => Some(format!("earliest=-{DAYS}d \"{field}\"=\"{code}\"")),
        Language::Esql => Some(format!("FROM {}\n| WHERE @timestamp > NOW() - {DAYS} days AND TO_STRING({field}) == \"{code}\"", table?)),
        Language::Eql => Some(format!("any where @timestamp > \"now-{DAYS}d\" and {field} : \"{code}\"")),
        Language::Kuery => Some(format!("@timestamp >= \"now-{DAYS}d\" and {field}: \"{code}\"")),
        Language::Sigma | Language::Python => None,
    };
    shown(rule.language)
}

/// Who met a code, where and when.
fn of_code(source: &Source, code: &str) -> Option<String> {
    let tables = tables(source, None);
    let (code_column, user, app, address) =
        (column(source, "resultType")?, column(source, "userId")?, column(source, "appDisplayName")?, column(source, "ipAddress")?);
    let description = column(source, "resultDescription")?;
    Some(format!(
        "{}\n| where TimeGenerated > ago({DAYS}d)\n| where {code_column} == {}\n| summarize Records = count(), Users = dcount({user}), \
         Apps = make_set({app}, 10), Addresses = make_set({address}, 10), First = min(TimeGenerated), Last = max(TimeGenerated) by \
         {code_column}, {description}",
        begin(&tables)?,
        quoted(code),
    ))
}

/// How often a field was empty, or what stood in it, day by day, in the slice of the finding.
fn of_field(finding: &Finding, source: &Source, is_emptied: bool, show: &dyn Fn(&str) -> String) -> Option<String> {
    let field = path_column(source, finding.path.as_ref()?)?;
    let of_type = finding.cohort.as_ref().filter(|cohort| is_type(source, cohort));
    // Columns of several tables have several types, so that one table is asked: that of the slice, else the first.
    let table = tables(source, of_type.map(|cohort| cohort.value.as_str())).into_iter().next()?;
    let slice = match finding.cohort.as_ref().filter(|_| of_type.is_none()) {
        Some(cohort) => {
            let dimension = source.dimensions().iter().find(|dimension| dimension.name == cohort.path)?;
            format!("\n| where {} == {}", path_column(source, dimension.paths.first()?)?, quoted(&show(&cohort.value)))
        }
        None => String::new(),
    };
    let counted = if is_emptied {
        format!("Records = count(), Empty = countif(isempty({field}) or {field} in (\"[]\", \"{{}}\")) by bin(TimeGenerated, 1d)")
    } else {
        format!("Records = count(), Examples = make_set({field}, 5) by bin(TimeGenerated, 1d)")
    };
    Some(format!("{table}\n| where TimeGenerated > ago({DAYS}d){slice}\n| summarize {counted}"))
}

fn is_type(source: &Source, cohort: &Cohort) -> bool {
    source.dimensions().iter().any(|dimension| dimension.kind == DimensionKind::RecordType && dimension.name == cohort.path)
}

/// The tables of Log Analytics that hold records of a type, or of any: the one with the plainest name first.
fn tables<'a>(source: &'a Source, kind: Option<&str>) -> Vec<&'a str> {
    let holds = |table: &&str| kind.is_none_or(|kind| source.aliases().holds(table, kind));
    let mut tables: Vec<&str> = source.aliases().own_tables().filter(holds).collect();
    tables.sort_by_key(|table| table.len());
    tables
}

fn begin(tables: &[&str]) -> Option<String> {
    match tables {
        [] => None,
        [one] => Some((*one).to_owned()),
        _ => Some(format!("union isfuzzy=true {}", tables.join(", "))),
    }
}

fn column(source: &Source, bare: &str) -> Option<String> {
    path_column(source, &FieldPath::parse(bare).ok()?)
}

/// A field as a column of Log Analytics and what lies below it, as text.
fn path_column(source: &Source, path: &FieldPath) -> Option<String> {
    let bare = source.bare(path);
    let mut segments = bare.segments().iter();
    let Some(Segment::Key(first)) = segments.next() else { return None };
    let is_object = bare.segments().len() > 1 || source.is_enveloped(path) && first == "location";
    let name = source.aliases().column(first, is_object);
    if !is_name(&name) {
        return None;
    }
    // Some tables keep objects as such, others as text.
    let mut column = if is_object { format!("parse_json({name})") } else { name };
    for segment in segments {
        match segment {
            Segment::Key(key) if is_name(key) => column.push_str(&format!(".{key}")),
            Segment::Key(key) => column.push_str(&format!("[{}]", quoted(key))),
            Segment::Elements => column.push_str("[0]"),
            Segment::AnyKey => return None,
        }
    }
    Some(if is_object { format!("tostring({column})") } else { column })
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// A text between quotes, whatever it holds: values of a log are written by whoever signs in.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Shape;
    use crate::rules::made_up::finding;

    fn asked(path: &str, cohort: Option<(&str, &str)>, evidence: Evidence) -> Option<String> {
        query(&finding(path, cohort, evidence), &Source::named("entra-signin").unwrap(), &str::to_owned)
    }

    #[test]
    fn a_rule_gets_a_query_in_its_own_language() {
        let rule = |language, table: &str| Rule { tables: [table.to_owned()].into(), ..Rule::new("a", 0, language) };
        for (language, table, field, expected) in [
            (
                Language::Kql,
                "SigninLogs",
                "ResultType",
                "SigninLogs\n| where TimeGenerated > ago(30d)\n| where tostring(ResultType) == \"7\"",
            ),
            (Language::Spl, "azure_monitor_aad", "properties.status.errorCode", "earliest=-30d \"properties.status.errorCode\"=\"7\""),
            (
                Language::Esql,
                "logs-azure.signinlogs-*",
                "a.b",
                "FROM logs-azure.signinlogs-*\n| WHERE @timestamp > NOW() - 30 days AND TO_STRING(a.b) == \"7\"",
            ),
            (Language::Eql, "x", "a.b", "any where @timestamp > \"now-30d\" and a.b : \"7\""),
            (Language::Kuery, "x", "a.b", "@timestamp >= \"now-30d\" and a.b: \"7\""),
        ] {
            assert_eq!(in_language(&rule(language, table), field, "7").as_deref(), Some(expected));
            assert_eq!(in_language(&rule(language, table), field, "7\" or 1=1 \""), None);
        }
        assert_eq!(in_language(&rule(Language::Sigma, "x"), "ResultType", "7"), None);
    }

    #[test]
    fn a_code_is_looked_for_in_all_tables_of_the_log() {
        let code = |code: &str| asked("resultType", None, Evidence::CodeSurged { code: code.into(), expected: 0.0, records: 1 }).unwrap();
        let asked = code("1003033");
        assert!(asked.starts_with("union isfuzzy=true SigninLogs, "), "{asked}");
        assert!(asked.contains("\n| where ResultType == \"1003033\"\n"), "{asked}");
        assert!(!asked.contains("AADSignInEventsBeta"), "{asked}");
        // Whatever a log holds for a code stays inside the quotes.
        let hostile = code("1\" | project x // \\\n| drop");
        assert!(hostile.contains(r#"ResultType == "1\" | project x // \\\n| drop""#), "{hostile}");
    }

    #[test]
    fn a_field_is_looked_at_in_its_slice_day_by_day() {
        let emptied = || Evidence::FieldEmptied { now: vec![Shape::EMPTY_TEXT] };
        assert_eq!(
            asked("properties.location.city", Some(("resultType", "50126")), emptied()).unwrap(),
            "SigninLogs\n| where TimeGenerated > ago(30d)\n| where ResultType == \"50126\"\n| summarize Records = count(), Empty = \
             countif(isempty(tostring(parse_json(LocationDetails).city)) or tostring(parse_json(LocationDetails).city) in (\"[]\", \"{}\")) by \
             bin(TimeGenerated, 1d)"
        );
        let of_type = asked("properties.appDisplayName", Some(("category", "SignInLogs")), emptied()).unwrap();
        assert!(
            of_type.starts_with("SigninLogs\n") && of_type.contains("isempty(AppDisplayName)") && !of_type.contains("category"),
            "{of_type}"
        );
        assert_eq!(asked("properties.map.*", None, emptied()), None);
        assert_eq!(asked("time", None, Evidence::DuplicatesRose), None);
    }
}
