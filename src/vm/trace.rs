//! Why a run failed, and where.

use crate::bytecode::error_record;
use crate::bytecode::program::{Position, Program};
use crate::value::{Fault, Value};

/// A fault that nothing caught.
#[derive(Clone, Debug)]
pub struct Trace {
    /// What failed.
    pub fault: Fault,
    /// Where, innermost first.
    pub frames: Vec<TraceFrame>,
}

/// A function that was running.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceFrame {
    /// What it is called.
    pub function: String,
    /// What it was doing.
    pub at: Position,
}

/// A place as people read it: `shop.task:12:5`.
pub(super) fn describe(program: &Program, at: Position) -> String {
    let file = program.files.get(at.file as usize).map_or("", String::as_str);
    format!("{file}:{}:{}", at.line, at.column)
}

/// The fault that an error record describes.
pub(super) fn fault_of(error: &Value) -> Fault {
    let Value::Record(record) = error else { return Fault::argument(error.to_string()) };
    let text = |slot: usize| record.slots.get(slot).map(ToString::to_string).unwrap_or_default();
    let data = record.slots.get(error_record::DATA).filter(|it| !it.is_null());
    Fault {
        code: text(error_record::CODE).into(),
        message: text(error_record::MESSAGE),
        data: data.cloned(),
        doubt: false,
    }
}
