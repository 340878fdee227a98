//! What databases answer, as faults.

use crate::host::database::{Error, ErrorKind};
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
