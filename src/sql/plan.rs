//! Statements as data. The checker makes them, the program carries them, a dialect renders them.
//!
//! Parameters are numbered; their values are computed by the machine before the statement leaves it.
//! Nothing a user typed is ever pasted into a statement except the text of direct SQL, which holds no values.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a column, a parameter or an expression holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "named after the types of the language")]
pub enum Kind {
    Int,
    Decimal,
    Float,
    Bool,
    Text,
    Bytes,
    Time,
    Date,
    Duration,
    /// `json`, and every list, map or record that a column holds: stored as JSON text.
    Json,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Int => "int",
            Self::Decimal => "decimal",
            Self::Float => "float",
            Self::Bool => "bool",
            Self::Text => "text",
            Self::Bytes => "bytes",
            Self::Time => "time",
            Self::Date => "date",
            Self::Duration => "duration",
            Self::Json => "json",
        })
    }
}

/// A whole statement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Statement {
    /// `select …`
    Select(Box<Select>),
    /// `update … set … where …`; gives the number of rows.
    Update {
        /// The table.
        table: TableRef,
        /// Column and new value.
        set: Vec<(String, Expr)>,
        /// What must hold of a row.
        condition: Option<Expr>,
    },
    /// `delete from … where …`; gives the number of rows.
    Delete {
        /// The table.
        table: TableRef,
        /// What must hold of a row.
        condition: Option<Expr>,
    },
    /// Written by the user.
    Direct(Direct),
    /// What tables and columns there are, as `json`.
    Schema,
}

/// Direct SQL: pieces of text with a parameter after each but the last.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Direct {
    /// The pieces as they were written, one more than there are parameters.
    pub pieces: Vec<String>,
    /// What the parameters hold.
    pub params: Vec<Kind>,
    /// What each row is read into, by name; nothing for `execute`, which gives the number of rows.
    pub rows: Option<(Vec<Output>, RowShape)>,
}

/// A `select`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Select {
    /// The first table.
    pub from: From,
    /// Further tables in order.
    pub joins: Vec<Join>,
    /// What must hold of a row.
    pub condition: Option<Expr>,
    /// The keys of the groups; a statement with aggregates and no keys has one group.
    pub group_by: Vec<Expr>,
    /// What must hold of a group.
    pub having: Option<Expr>,
    /// What is compared; null comes before everything else.
    pub sort: Vec<Sort>,
    /// Rows left out at the start; below 0 counts as 0.
    pub skip: Option<Expr>,
    /// Rows at most; below 0 counts as 0.
    pub take: Option<Expr>,
    /// The columns of the result, in order.
    pub outputs: Vec<Output>,
    /// How a row of the result is made into a value.
    pub shape: RowShape,
    /// What the rows together are made into.
    pub gives: Gives,
}

/// What the rows of a result together are made into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Gives {
    /// A list of all rows; also what a streaming loop reads.
    Rows,
    /// The first row, or null.
    First,
    /// The only row; fails where there is none or more than one.
    One,
    /// Whether there is a row.
    Exists,
    /// The value of the only row that the statement can give: an aggregate without groups.
    Value,
}

/// Where the rows of a `select` come from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum From {
    /// A table.
    Table(TableRef),
    /// Another `select`, whose outputs are columns of these names.
    Select {
        /// The rows.
        select: Box<Select>,
        /// What it is called in this statement.
        alias: String,
    },
}

/// A table in a statement.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TableRef {
    /// Its name in the database.
    pub name: String,
    /// What it is called in this statement.
    pub alias: String,
}

/// A further table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Join {
    /// Keep rows without a partner.
    pub left: bool,
    /// Its rows.
    pub from: From,
    /// What must hold.
    pub on: Expr,
}

/// A key of a `sort` clause.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sort {
    /// What is compared.
    pub key: Expr,
    /// Largest first, null last.
    pub descending: bool,
}

/// A column of a result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Output {
    /// What it is called in the result.
    pub name: String,
    /// How it is computed; nothing in direct SQL, where columns are found by name.
    pub value: Option<Expr>,
    /// What it holds.
    pub kind: Kind,
    /// Whether it may be null.
    pub nullable: bool,
    /// Whether it holds a list of such values, as [`AggregateOp::List`] gives it.
    pub gathered: bool,
}

/// How the columns of a result are made into a value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum RowShape {
    /// The column at this index.
    Column(u32),
    /// A record: names in declared order, each with what it holds.
    Record(Vec<(String, RowShape)>),
    /// A record that is null as a whole where the column at the index is null: the right side of a left join.
    OptionalRecord(u32, Vec<(String, RowShape)>),
    /// An object of all columns that there are: direct SQL that is read as `json`.
    Object,
}

/// An expression that a database evaluates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Expr {
    /// What it is.
    pub node: Node,
    /// What it gives.
    pub kind: Kind,
    /// Whether it may give null. Every dialect compares such values as the language does: null equals null.
    pub nullable: bool,
}

/// The kinds of expression.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Node {
    /// A column of the table with this alias.
    Column {
        /// The table's alias.
        table: String,
        /// The column's name in the database.
        column: String,
    },
    /// A parameter, by number from 0.
    Param(u32),
    /// `null`
    Null,
    /// A number that the compiler itself needs.
    Int(i64),
    /// A text that the compiler itself needs: what an argument is that was left out.
    Text(String),
    /// An operator or function with its arguments.
    Apply(Op, Vec<Expr>),
    /// An aggregate; no argument is `count(*)`. Null is left out, and a sum of nothing is 0.
    Aggregate {
        /// Which.
        op: AggregateOp,
        /// What is gathered.
        of: Option<Box<Expr>>,
        /// Equal values count once.
        distinct: bool,
    },
}

/// What a database can compute, named by meaning: a dialect knows how.
///
/// Except where it says otherwise, an operator gives null where an argument is null, and the checker sees to it that
/// comparisons by order, arithmetic and truth values meet no null.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "named after what the language calls them")]
pub enum Op {
    /// By value; null equals null and nothing else.
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    And,
    Or,
    Not,
    /// Value, then a parameter that is a list of such values; null is in the list where the list holds null.
    InList,
    IsNull,
    IsNotNull,
    Coalesce,
    /// Of numbers and durations; time and duration.
    Add,
    /// Of numbers and durations; time and duration; two times, which gives a duration.
    Subtract,
    Multiply,
    /// Of two ints gives a decimal.
    Divide,
    IntDivide,
    Remainder,
    Negate,
    /// Text, what is looked for, and whether case is ignored where that was said.
    Contains,
    StartsWith,
    EndsWith,
    Lower,
    Upper,
    Trim,
    /// In code points.
    Length,
    /// Text, first code point, one past the last (null for the end); below 0 counts from the end.
    Slice,
    /// Text, pattern with `%` and `_`, and whether case is ignored where that was said.
    Like,
    /// Text, regular expression.
    Matches,
    /// Texts, ints, decimals and dates, joined as they print.
    Concat,
    /// Number, places, mode.
    Round,
    Floor,
    Ceil,
    Abs,
    /// Parts: a time and the name of a zone, or a date alone.
    Year,
    Month,
    Day,
    /// Monday is 1.
    Weekday,
    Hour,
    Minute,
    Second,
    /// Time to date: time, zone name.
    DateOf,
    /// Time, unit, zone name; or date, unit.
    StartOf,
    /// Condition, then, else.
    IfElse,
    /// From int.
    ToDecimal,
    /// From int or decimal.
    ToFloat,
}

/// What gathers values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "named after what SQL calls them")]
pub enum AggregateOp {
    Count,
    Sum,
    /// Of ints and decimals a decimal, of floats a float, of durations a duration.
    Avg,
    Min,
    Max,
    /// All values.
    List,
}
