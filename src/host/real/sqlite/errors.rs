//! What SQLite says, in the words of those who wrote the task.

use rusqlite::ffi;

use crate::host::database::{Error, ErrorKind};

/// Begins the message of an error that one of our own functions gives; SQLite passes on nothing but the text.
const OVERFLOW: &str = "overflow: ";
const DIVISION_BY_ZERO: &str = "division-by-zero: ";

/// A failure inside one of our own functions.
#[derive(Debug)]
pub(super) enum Failure {
    Overflow(&'static str),
    DivisionByZero,
    Other(String),
}

impl From<Failure> for rusqlite::Error {
    fn from(failure: Failure) -> Self {
        let text = match failure {
            Failure::Overflow(what) => format!("{OVERFLOW}{what}"),
            Failure::DivisionByZero => format!("{DIVISION_BY_ZERO}division by zero"),
            Failure::Other(text) => text,
        };
        Self::UserFunctionError(text.into())
    }
}

/// The error in our words.
pub(super) fn translate(error: rusqlite::Error) -> Error {
    match error {
        rusqlite::Error::SqliteFailure(error, message) => {
            let message = message.unwrap_or_else(|| error.to_string());
            failure(error.extended_code, message)
        }
        rusqlite::Error::SqlInputError { msg, sql, offset, .. } => {
            let at = usize::try_from(offset).ok().and_then(|at| sql.get(at..));
            match at.filter(|it| !it.is_empty()) {
                Some(rest) => {
                    let rest: String = rest.chars().take(30).collect();
                    Error::new(ErrorKind::Sql, format!("{msg}, at `{}`", rest.trim_end()))
                }
                None => Error::new(ErrorKind::Sql, msg),
            }
        }
        rusqlite::Error::MultipleStatement => {
            Error::new(ErrorKind::Sql, "the text holds more than one statement")
        }
        rusqlite::Error::ExecuteReturnedResults => {
            Error::new(ErrorKind::Sql, "the statement gives rows; read them with `query`")
        }
        rusqlite::Error::InvalidParameterCount(given, wanted) => Error::new(
            ErrorKind::Sql,
            format!("the statement has {wanted} parameters, and {given} values are bound"),
        ),
        other => Error::new(ErrorKind::Sql, other.to_string()),
    }
}

fn failure(extended_code: i32, message: String) -> Error {
    match extended_code {
        ffi::SQLITE_CONSTRAINT_UNIQUE
        | ffi::SQLITE_CONSTRAINT_PRIMARYKEY
        | ffi::SQLITE_CONSTRAINT_ROWID => Error::new(ErrorKind::Unique, same(&message)),
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => Error::new(
            ErrorKind::ForeignKey,
            "a reference to another table's row would lead nowhere",
        ),
        ffi::SQLITE_CONSTRAINT_NOTNULL => {
            let column = message.rsplit(": ").next().unwrap_or_default();
            Error::new(ErrorKind::Sql, format!("`{column}` may not be null"))
        }
        _ => by_class(extended_code & 0xff, message),
    }
}

fn by_class(code: i32, message: String) -> Error {
    let kind = match code {
        ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED => {
            let message = "another process kept the database locked for too long";
            return Error::new(ErrorKind::Busy, message);
        }
        ffi::SQLITE_READONLY => {
            let message = "the source is only read: its settings say `read_only`, or its file may not be written to";
            return Error::new(ErrorKind::Sql, message);
        }
        ffi::SQLITE_INTERRUPT => ErrorKind::Interrupted,
        ffi::SQLITE_FULL | ffi::SQLITE_TOOBIG | ffi::SQLITE_NOMEM => ErrorKind::Limit,
        ffi::SQLITE_CANTOPEN | ffi::SQLITE_NOTADB | ffi::SQLITE_PERM => ErrorKind::Connect,
        _ => return from_function(message),
    };
    Error::new(kind, message)
}

fn from_function(message: String) -> Error {
    if let Some(what) = message.strip_prefix(OVERFLOW) {
        Error::new(ErrorKind::Overflow, what)
    } else if let Some(what) = message.strip_prefix(DIVISION_BY_ZERO) {
        Error::new(ErrorKind::DivisionByZero, what)
    } else if message == "integer overflow" {
        Error::new(ErrorKind::Overflow, "a sum is larger than an int can hold")
    } else {
        Error::new(ErrorKind::Sql, message)
    }
}

/// `UNIQUE constraint failed: customer.email, customer.city` in our words.
fn same(message: &str) -> String {
    let columns = message.split_once(": ").map_or(message, |(_, it)| it);
    let Some((table, _)) = columns.split_once('.') else {
        return format!("another row holds the same ({columns})");
    };
    let names: Vec<_> = columns
        .split(", ")
        .map(|it| format!("`{}`", it.split_once('.').map_or(it, |(_, name)| name)))
        .collect();
    format!("another row of `{table}` has the same {}", names.join(" and "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_unique_rule_names_its_table_and_columns() {
        assert_eq!(
            same("UNIQUE constraint failed: customer.email"),
            "another row of `customer` has the same `email`"
        );
        assert_eq!(
            same("UNIQUE constraint failed: rate.day, rate.currency"),
            "another row of `rate` has the same `day` and `currency`"
        );
        assert_eq!(
            same("UNIQUE constraint failed: index 'lower_email'"),
            "another row holds the same (index 'lower_email')"
        );
    }
}
