//! Statements as data. The checker makes them, the program carries them, a dialect renders them.
//!
//! Parameters are numbered; their values are computed by the machine before the statement leaves it.
//! Nothing a user typed is ever pasted into a statement except the text of direct SQL, which holds no values.

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

/// A whole statement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Statement {
    /// `select …`
    Select(Select),
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
    /// Written by the user: pieces of text with a parameter after each but the last.
    Direct {
        /// The pieces.
        pieces: Vec<String>,
        /// What each row is read into; nothing for `execute`.
        rows: Option<Vec<Output>>,
    },
}

/// A `select`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Select {
    /// The first table.
    pub from: TableRef,
    /// Further tables in order.
    pub joins: Vec<Join>,
    /// What must hold of a row.
    pub condition: Option<Expr>,
    /// The keys of the groups; a statement with aggregates and no keys has one group.
    pub group_by: Vec<Expr>,
    /// What must hold of a group.
    pub having: Option<Expr>,
    /// What is compared, and whether the largest comes first.
    pub sort: Vec<(Expr, bool)>,
    /// Rows left out at the start.
    pub skip: Option<Expr>,
    /// Rows at most.
    pub take: Option<Expr>,
    /// The columns of the result, in order.
    pub outputs: Vec<Output>,
    /// How a row of the result is made into a value.
    pub shape: RowShape,
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
    /// The table.
    pub table: TableRef,
    /// What must hold.
    pub on: Expr,
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
}

/// How the columns of a result are made into a value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum RowShape {
    /// The column at this index.
    Column(u32),
    /// A record: names in declared order, each with what it holds.
    Record(Vec<(String, RowShape)>),
    /// A record that is null as a whole where the column at the index (the key) is null: the right side of a left join.
    OptionalRecord(u32, Vec<(String, RowShape)>),
}

/// An expression that a database evaluates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Expr {
    /// What it is.
    pub node: Node,
    /// What it gives.
    pub kind: Kind,
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
    /// An operator or function with its arguments.
    Apply(Op, Vec<Expr>),
    /// An aggregate; no argument is `count(*)`.
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "named after what the language calls them")]
pub enum Op {
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    And,
    Or,
    Not,
    /// Value, then a parameter that holds a list as JSON text.
    InList,
    IsNull,
    IsNotNull,
    Coalesce,
    Add,
    Subtract,
    Multiply,
    Divide,
    IntDivide,
    Remainder,
    Negate,
    Contains,
    StartsWith,
    EndsWith,
    Lower,
    Upper,
    Trim,
    Length,
    /// Text, first code point, one past the last.
    Slice,
    Like,
    LikeIgnoreCase,
    Matches,
    /// Number, places.
    Round,
    Floor,
    Ceil,
    Abs,
    /// Parts of a time: time, zone name.
    Year,
    Month,
    Day,
    Weekday,
    Hour,
    /// Time to date: time, zone name.
    DateOf,
    /// Time, unit, zone name.
    StartOf,
    /// Condition, then, else.
    IfElse,
    ToDecimal,
    ToFloat,
}

/// What gathers values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "named after what SQL calls them")]
pub enum AggregateOp {
    Count,
    Sum,
    Avg,
    Min,
    Max,
    List,
}
