//! Databases: sessions that run statements, as text with parameters, and give rows of plain data.
//!
//! Nothing here knows tables, queries or dialects; a session only says which one it speaks.

use std::fmt;
use std::sync::Arc;

pub use rust_decimal::Decimal;

use super::BoxFuture;

/// The databases that a project's sources name.
pub trait Databases: Send + Sync {
    /// A session of its own with a source, outside any transaction. Fails with [`ErrorKind::NoSource`] where no source
    /// has that name, with [`ErrorKind::Connect`] where it cannot be reached.
    fn open<'a>(&'a self, source: &'a str) -> BoxFuture<'a, Result<Box<dyn Session>>>;

    /// Whether the source's database is our own, so that tables may be made in it.
    fn may_extend(&self, source: &str) -> bool;
}

/// One conversation with a database. Dropped in the middle of a statement or a transaction, both are undone.
pub trait Session: Send {
    /// Which SQL it takes.
    fn dialect(&self) -> Dialect;

    /// A value in its stored form, as a literal of SQL: for definitions, which take no parameters.
    fn literal(&self, value: &Datum) -> Result<String>;

    /// Runs a statement that only reads, and gives at most `max_rows` rows.
    fn query(&mut self, query: Query, max_rows: usize) -> BoxFuture<'_, Result<Rows>>;

    /// Runs a statement that writes and gives rows (`returning`).
    fn write(&mut self, query: Query) -> BoxFuture<'_, Result<Rows>>;

    /// Runs one statement and gives the number of rows that it changed.
    fn execute(&mut self, text: String, params: Vec<Datum>) -> BoxFuture<'_, Result<u64>>;

    /// Runs one statement for each list of parameters, all or none, and gives the number of rows changed.
    fn execute_all(&mut self, text: String, rows: Vec<Vec<Datum>>) -> BoxFuture<'_, Result<u64>>;

    /// Begins a transaction that may write. Inside another one it is a part of that: it can be undone by itself, and lasts
    /// only if that lasts.
    fn begin(&mut self) -> BoxFuture<'_, Result<()>>;

    /// Makes what was written since [`Session::begin`] last.
    fn commit(&mut self) -> BoxFuture<'_, Result<()>>;

    /// Undoes what was written since [`Session::begin`].
    fn rollback(&mut self) -> BoxFuture<'_, Result<()>>;

    /// Opens a read whose rows come piece by piece, as they were when it was opened. Inside a transaction it must be
    /// closed (dropped) before the transaction ends.
    fn stream(&mut self, query: Query) -> BoxFuture<'_, Result<Box<dyn Stream>>>;

    /// Something that ends the statement that the session is running, from anywhere; harmless when there is none.
    fn interrupter(&self) -> Arc<dyn Interrupter>;
}

/// Rows that come piece by piece. Holds nothing but the piece that is asked for; dropping it ends the read.
pub trait Stream: Send {
    /// The next rows, at most `max_rows` of them; none at the end.
    fn next(&mut self, max_rows: usize) -> BoxFuture<'_, Result<Rows>>;
}

/// Ends what a session is doing.
pub trait Interrupter: Send + Sync {
    /// The running statement fails with [`ErrorKind::Interrupted`].
    fn interrupt(&self);
}

/// Which SQL a database takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// SQLite, with the functions of `host::real::sqlite`.
    Sqlite,
}

/// A statement that gives rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// One statement. Its parameters are written as the dialect writes them.
    pub text: String,
    /// What the parameters are, in the order of their numbers.
    pub params: Vec<Datum>,
    /// What is read of each row.
    pub columns: Columns,
}

/// Which columns of a result are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Columns {
    /// The first so many, in order.
    ByPlace(Vec<Column>),
    /// The only one that there is, whatever it is called.
    Only(Column),
    /// Those of these names, wherever they stand; case does not count.
    ByName(Vec<Column>),
    /// All that there are, whatever they hold; [`Rows::names`] says what they are called.
    All,
}

/// A column of a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name, for messages and for [`Columns::ByName`].
    pub name: String,
    /// What is expected in it; anything else is an error.
    pub of: Type,
    /// Whether null is expected, too.
    pub nullable: bool,
    /// Whether a list of such values is expected, as the dialect's gathering function gives it.
    pub gathered: bool,
}

/// What a column of a result holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "named after what they are")]
pub enum Type {
    Int,
    Decimal,
    Float,
    Bool,
    Text,
    Bytes,
    Time,
    Date,
    Duration,
    Json,
    /// Whatever the database says it is.
    Any,
}

impl fmt::Display for Type {
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
            Self::Any => "anything",
        })
    }
}

/// A value on its way to or from a database.
#[derive(Clone, Debug, PartialEq)]
pub enum Datum {
    /// SQL's null.
    Null,
    /// A whole number.
    Int(i64),
    /// An exact number with its scale.
    Decimal(Decimal),
    /// Any double; one that is no number cannot be stored.
    Float(f64),
    /// A truth value.
    Bool(bool),
    /// Text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// Microseconds since 1970-01-01T00:00:00Z.
    Time(i64),
    /// Days since 1970-01-01.
    Date(i32),
    /// Microseconds.
    Duration(i64),
    /// JSON text.
    Json(String),
    /// Several values as one parameter.
    List(Vec<Datum>),
}

/// Rows of a result.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    /// How many rows there are.
    pub count: usize,
    /// How many columns each has.
    pub width: usize,
    /// Row after row.
    pub cells: Vec<Datum>,
    /// What the columns are called, where [`Columns::All`] was asked for.
    pub names: Vec<String>,
}

impl Rows {
    /// The rows, one after the other.
    pub fn iter(&self) -> impl Iterator<Item = &[Datum]> {
        (0..self.count).map(|row| &self.cells[row * self.width..(row + 1) * self.width])
    }
}

/// What databases answer.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a call failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// The kind, for programs.
    pub kind: ErrorKind,
    /// What was wrong, as a sentence without a full stop, naming table and column where the database does.
    pub message: String,
}

/// The kinds of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// No source of that name.
    NoSource,
    /// The database cannot be opened or reached.
    Connect,
    /// Another row holds the same.
    Unique,
    /// A reference leads nowhere, or would.
    ForeignKey,
    /// A value of the result is not what was expected, at this row and column, counted from 0.
    Decode {
        /// The row.
        row: usize,
        /// The column, by its place among those asked for.
        column: usize,
    },
    /// A number does not fit.
    Overflow,
    /// A division by zero.
    DivisionByZero,
    /// A parameter cannot be stored.
    Unstorable,
    /// Another writer did not finish in time.
    Busy,
    /// Ended by [`Interrupter::interrupt`].
    Interrupted,
    /// The database is full or the statement too large.
    Limit,
    /// Everything else that the database refused.
    Sql,
}

impl Error {
    /// A failure.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
