//! A detection of the team: what it reads, what it tests, which records it selects, and what of it could not be read.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;

/// How much of a rule was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Parsed {
    /// Everything.
    Full,
    /// Something is missing; `Rule::unread` says what.
    Partial,
    /// Nothing that could be judged.
    Failed,
}

impl Parsed {
    /// One word.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Partial => "partial",
            Self::Failed => "failed",
        }
    }
}

/// Something that was not understood.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unread {
    /// Line of the file, from 1.
    pub line: usize,
    /// What it is and why it matters, in a few words.
    pub what: String,
}

/// A place in a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// Line, from 1.
    pub line: usize,
    /// Bytes of the file.
    pub bytes: Range<usize>,
}

/// How a value is compared, without its negation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operator {
    /// The same text or number.
    Equal,
    /// One of several.
    In,
    /// Holds a word.
    Has,
    /// Holds all of several words.
    HasAll,
    /// Holds a part.
    Contains,
    /// Begins with.
    StartsWith,
    /// Ends with.
    EndsWith,
    /// Fits a regular expression.
    Matches,
    /// Fits a pattern with `*` and `?`.
    Like,
    /// Is less.
    Less,
    /// Is less or the same.
    AtMost,
    /// Is more.
    Greater,
    /// Is more or the same.
    AtLeast,
    /// Lies between two values, both included.
    Between,
    /// Lies in a network written as a prefix.
    Network,
    /// Has no value, or an empty one.
    Empty,
    /// Is absent or null, not merely empty.
    Null,
    /// Is true.
    True,
}

impl Operator {
    /// The word of the report, negated or not: `in`, `!in`, `==`, `!=`.
    #[must_use]
    pub const fn id(self, negated: bool) -> &'static str {
        match (self, negated) {
            (Self::Equal, false) => "==",
            (Self::Equal, true) => "!=",
            (Self::In, false) => "in",
            (Self::In, true) => "!in",
            (Self::Has, false) => "has",
            (Self::Has, true) => "!has",
            (Self::HasAll, false) => "has_all",
            (Self::HasAll, true) => "!has_all",
            (Self::Contains, false) => "contains",
            (Self::Contains, true) => "!contains",
            (Self::StartsWith, false) => "startswith",
            (Self::StartsWith, true) => "!startswith",
            (Self::EndsWith, false) => "endswith",
            (Self::EndsWith, true) => "!endswith",
            (Self::Matches, false) => "matches",
            (Self::Matches, true) => "!matches",
            (Self::Like, false) => "like",
            (Self::Like, true) => "!like",
            (Self::Less, false) | (Self::AtLeast, true) => "<",
            (Self::AtMost, false) | (Self::Greater, true) => "<=",
            (Self::Greater, false) | (Self::AtMost, true) => ">",
            (Self::AtLeast, false) | (Self::Less, true) => ">=",
            (Self::Between, false) => "between",
            (Self::Between, true) => "!between",
            (Self::Network, false) => "cidr",
            (Self::Network, true) => "!cidr",
            (Self::Empty, false) => "isempty",
            (Self::Empty, true) => "isnotempty",
            (Self::Null, false) => "isnull",
            (Self::Null, true) => "isnotnull",
            (Self::True, false) => "is true",
            (Self::True, true) => "is false",
        }
    }
}

/// Where in the rule a comparison stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// It decides which records go on.
    Row,
    /// Inside a function that sorts records into classes or counts some of them: `countif`, `iff`, `case`.
    Inside(String),
    /// After records were counted together.
    Aggregate,
}

/// A value that a rule is written with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Literal {
    /// Its text without quotes: `50074` for `50074`, `"50074"` and `'50074'`.
    pub text: String,
    /// Whether it is written as a text, between quotes.
    pub quoted: bool,
    /// Where it stands, quotes included.
    pub at: Span,
}

/// One comparison of a field with what the rule says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Predicate {
    /// The tables (indices, data sets, log sources) whose field it may be; none if that is not known.
    pub tables: BTreeSet<String>,
    /// The field in the rule's spelling: `ResultType`, `DeviceDetail.browser`.
    pub field: String,
    /// How.
    pub operator: Operator,
    /// Whether the comparison must not hold, `not (...)` around it counted.
    pub negated: bool,
    /// Whether small and capital letters are the same.
    pub ignores_case: bool,
    /// The values; empty for `isempty` and its like, and where the other side is no value of the rule's.
    pub values: Vec<Literal>,
    /// Why `values` is not all: a watch list, another field, a sub-query.
    pub open: Option<String>,
    /// The function that makes what is compared from the field, if its values are no longer the field's own: `split`, `strlen`. The
    /// name of `field` itself, if that is a column that the rule makes of no field: a count.
    pub derived: Option<String>,
    /// The name under which the rule keeps the list of values.
    pub list: Option<String>,
    /// Where in the rule it stands.
    pub place: Place,
    /// The comparison as it is written.
    pub clause: String,
    /// Where it is written.
    pub at: Span,
}

/// What a rule does with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Decides which records go on.
    Filter,
    /// Groups records.
    Group,
    /// Brings records of two sides together.
    JoinKey,
    /// Counted, listed or added up.
    Aggregate,
    /// Part of something computed.
    Computed,
    /// Shown with the alert.
    Output,
    /// Names the entity of the alert.
    Entity,
    /// Orders records.
    Sort,
}

impl Role {
    /// One word.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Filter => "filter",
            Self::Group => "group",
            Self::JoinKey => "join-key",
            Self::Aggregate => "aggregate",
            Self::Computed => "computed",
            Self::Output => "output",
            Self::Entity => "entity",
            Self::Sort => "sort",
        }
    }
}

/// A field of a table in the rule's spelling.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Field {
    /// The table; `None` if that is not known.
    pub table: Option<String>,
    /// The field: `ResultType`, `DeviceDetail.browser`.
    pub name: String,
}

/// How a rule uses a field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Use {
    /// What it does with it, and the first place where it does.
    pub roles: BTreeMap<Role, Span>,
    /// Whether the rule also works where there is no such field.
    pub optional: bool,
}

/// Which records a rule looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// All of them hold; all records, if there are none.
    All(Vec<Self>),
    /// One of them holds; no record, if there are none.
    Any(Vec<Self>),
    /// It does not hold.
    Not(Box<Self>),
    /// The comparison of this number in `Rule::predicates`, taken as written: its own negation is part of it, that around it is not.
    Test(usize),
    /// Something that cannot be told from a record alone, and why.
    Unknown(String),
}

/// The records of one table that a rule goes on with, before it counts or joins them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// The table (index, data set, log source); `None` if that is not known.
    pub table: Option<String>,
    /// Which of its records.
    pub condition: Condition,
    /// Whether these records must be there for the rule to speak: not for what is only looked up or excluded.
    pub needed: bool,
    /// Where it begins.
    pub at: Span,
}

/// A detection of the team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The id it carries, else its file and its number in it.
    pub id: String,
    /// Its title, else the name of its file.
    pub title: String,
    /// The file, below the folder that was named.
    pub file: String,
    /// Number of the query in its file, from 0.
    pub block: usize,
    /// Line of the file on which the query begins, from 1.
    pub line: usize,
    /// Bytes of the file that hold the query.
    pub bytes: Range<usize>,
    /// Its language.
    pub language: Language,
    /// How grave its alerts are, in its own word.
    pub severity: Option<String>,
    /// How much of it was read.
    pub parsed: Parsed,
    /// What was not understood.
    pub unread: BTreeSet<Unread>,
    /// The tables it reads.
    pub tables: BTreeSet<String>,
    /// The fields it reads, and what for.
    pub fields: BTreeMap<Field, Use>,
    /// Columns that it names after a union of tables in which they differ in type, so that nothing goes by the plain name, and where.
    pub torn: BTreeMap<String, Span>,
    /// Its comparisons, in the order in which they are written.
    pub predicates: Vec<Predicate>,
    /// The records it looks at: one entry for each table and each part of the rule that reads it.
    pub selections: Vec<Selection>,
}

impl Rule {
    /// A rule of which nothing was read yet.
    #[must_use]
    pub fn new(file: &str, block: usize, language: Language) -> Self {
        Self {
            id: format!("{file}#{block}"),
            title: file.rsplit('/').next().unwrap_or(file).to_owned(),
            file: file.to_owned(),
            block,
            line: 1,
            bytes: 0..0,
            language,
            severity: None,
            parsed: Parsed::Full,
            unread: BTreeSet::new(),
            tables: BTreeSet::new(),
            fields: BTreeMap::new(),
            torn: BTreeMap::new(),
            predicates: Vec::new(),
            selections: Vec::new(),
        }
    }

    /// Notes something that was not understood.
    pub fn miss(&mut self, line: usize, what: impl Into<String>) {
        self.unread.insert(Unread { line, what: what.into() });
        self.parsed = self.parsed.max(Parsed::Partial);
    }

    /// Notes a use of a field.
    pub fn reads(&mut self, field: Field, role: Role, at: &Span) {
        self.fields.entry(field).or_default().roles.entry(role).or_insert_with(|| at.clone());
    }
}

/// What a query is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Language {
    /// Kusto Query Language, of Microsoft Sentinel and Defender.
    Kql,
    /// Sigma.
    Sigma,
    /// Event Query Language of Elastic.
    Eql,
    /// ES|QL of Elastic.
    Esql,
    /// Kibana Query Language of Elastic.
    Kuery,
    /// Search Processing Language of Splunk.
    Spl,
    /// Python of Panther.
    Python,
}

impl Language {
    /// The word of the report.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Kql => "kql",
            Self::Sigma => "sigma",
            Self::Eql => "eql",
            Self::Esql => "esql",
            Self::Kuery => "kuery",
            Self::Spl => "spl",
            Self::Python => "python",
        }
    }

    /// Whether a comparison with nothing never holds, negated or not.
    #[must_use]
    pub const fn passes_over_nothing(self) -> bool {
        matches!(self, Self::Eql | Self::Esql)
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}
