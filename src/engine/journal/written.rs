//! Answers, beginnings and failures as the bytes that a journal keeps.

use crate::bytecode::program::Position;
use crate::store::Noted;
use crate::value::{Fault, Value, from_answer, from_fault, to_answer, to_fault, wire};

/// What a run was given to begin with: the same for all of its replays.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::engine) struct Began {
    /// What it knows of itself.
    pub(in crate::engine) run: Vec<Value>,
    /// What its kept variables held; nothing for one that no run had kept.
    pub(in crate::engine) kept: Vec<Option<Value>>,
    /// How many lines it had written: in attempts before that it has forgotten.
    pub(in crate::engine) said: u64,
}

impl Began {
    pub(super) fn write(&self) -> Result<Vec<u8>, Fault> {
        let kept = self.kept.iter().map(|it| Value::list(it.clone()));
        let said = Value::Int(i64::try_from(self.said).unwrap_or(i64::MAX));
        wire::encode(&Value::list([Value::list(self.run.clone()), Value::list(kept), said]))
    }

    pub(super) fn read(data: &[u8]) -> Result<Self, Fault> {
        let parts = list(&wire::decode(data).map_err(|_| damaged())?)?;
        let [run, kept, Value::Int(said)] = parts.as_slice() else { return Err(damaged()) };
        let kept =
            list(kept)?.iter().map(|it| Ok(list(it)?.pop())).collect::<Result<_, Fault>>()?;
        let said = u64::try_from(*said).map_err(|_| damaged())?;
        Ok(Self { run: list(run)?, kept, said })
    }
}

/// How a body failed for good.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::engine) struct Broken {
    /// What went wrong.
    pub(in crate::engine) fault: Fault,
    /// Where, if that is known.
    pub(in crate::engine) at: Option<Position>,
}

impl Broken {
    pub(super) fn write(&self) -> Vec<u8> {
        let at = self.at.map(|it| [it.file, it.line, it.column].map(|it| Value::Int(it.into())));
        let parts = [from_fault(&self.fault), Value::list(at.into_iter().flatten())];
        encoded(&Value::list(parts))
    }

    pub(super) fn read(data: &[u8]) -> Result<Self, Fault> {
        let parts = list(&wire::decode(data).map_err(|_| damaged())?)?;
        let [fault, at] = parts.as_slice() else { return Err(damaged()) };
        let number = |it: &Value| match it {
            Value::Int(n) => u32::try_from(*n).map_err(|_| damaged()),
            _ => Err(damaged()),
        };
        let at = list(at)?.iter().map(number).collect::<Result<Vec<_>, _>>()?;
        let at = match at.as_slice() {
            [file, line, column] => Some(Position { file: *file, line: *line, column: *column }),
            _ => None,
        };
        Ok(Self { fault: to_fault(fault).ok_or_else(damaged)?, at })
    }
}

/// What a call gave, as it is noted.
pub(super) fn gave(answer: &Result<Value, Fault>) -> Noted {
    Noted::Gave(encoded(&from_answer(answer)))
}

/// What a call gave, from what was noted.
pub(super) fn answer(data: &[u8]) -> Option<Result<Value, Fault>> {
    to_answer(&wire::decode(data).ok()?)
}

fn list(value: &Value) -> Result<Vec<Value>, Fault> {
    match value {
        Value::List(items) => Ok(items.iter().collect()),
        _ => Err(damaged()),
    }
}

/// No answer holds a secret or a function; one that did could not be read back, which holds the run.
fn encoded(value: &Value) -> Vec<u8> {
    wire::encode(value).unwrap_or_default()
}

fn damaged() -> Fault {
    Fault::argument("the journal of the run is damaged")
}
