//! What databases answer, as faults.

use crate::host::database::{Error, ErrorKind};
use crate::sql::schema::Table;
use crate::value::{Code, Fault};

/// The fault that a program sees.
pub(super) fn of_database(error: Error) -> Fault {
    let code = match error.kind {
        ErrorKind::Unique => Code::Unique,
        ErrorKind::ForeignKey => Code::ForeignKey,
        ErrorKind::Decode { .. } => Code::Decode,
        ErrorKind::Overflow => Code::Overflow,
        ErrorKind::DivisionByZero => Code::DivisionByZero,
        ErrorKind::Unstorable => Code::Argument,
        ErrorKind::Busy | ErrorKind::Interrupted => Code::Timeout,
        ErrorKind::Limit => Code::Limit,
        ErrorKind::NoSource | ErrorKind::Connect | ErrorKind::Sql => Code::Sql,
    };
    Fault::new(code, error.message)
}

/// The fault of a write to a table: what the database calls by its own names is told by those of the program.
pub(super) fn of_write(error: Error, table: &Table) -> Fault {
    let fault = of_database(error);
    Fault { message: in_words_of(&fault.message, table), ..fault }
}

/// A message with the names of the program in place of those of the database, which stand in backticks.
pub(super) fn in_words_of(message: &str, table: &Table) -> String {
    let stored = &table.database_name;
    let mut told = message.replace(&format!("`{stored}`"), &format!("`{}`", table.name));
    for column in &table.columns {
        let (theirs, ours) = (&column.database_name, &column.name);
        told = told.replace(&format!("`{theirs}`"), &format!("`{ours}`"));
        told = told.replace(&format!("`{stored}.{theirs}`"), &format!("`{}.{ours}`", table.name));
    }
    told
}
