//! Calls that leave the machine: what the engine is handed, and how it names them in the journal.

use std::fmt;

use crate::bytecode::operand::U24;
use crate::bytecode::program::Position;
use crate::value::Value;

/// A fiber of a machine, as long as it lives; names may be given again afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FiberId(pub(super) u32);

/// A call that leaves the machine. The fiber waits until it is [resumed](super::Machine::resume).
#[derive(Clone, Debug)]
pub struct Effect {
    /// Who waits for the answer.
    pub fiber: FiberId,
    /// What the journal calls it.
    pub key: CallKey,
    /// The place among the program's [effects](crate::bytecode::program::Program::effects).
    pub site: U24,
    /// The arguments in declared order.
    pub args: Vec<Value>,
    /// Where it stands in the source.
    pub at: Position,
}

/// The name of a call within its run. It does not depend on the order in which the world answers: each body of a `parallel` counts for
/// itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CallKey {
    /// For each `parallel` around the call: which one it is in its body, and which item the body is for.
    pub path: Vec<(u32, u32)>,
    /// The calls that its body made before.
    pub number: u64,
}

impl CallKey {
    /// What the names of all calls of its body begin with, and of the bodies inside it.
    #[must_use]
    pub fn body(&self) -> String {
        self.path
            .iter()
            .fold(String::new(), |body, (parallel, item)| format!("{body}{parallel}.{item}/"))
    }
}

impl fmt::Display for CallKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.body(), self.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_print_their_path() {
        assert_eq!(CallKey { path: vec![], number: 7 }.to_string(), "7");
        assert_eq!(CallKey { path: vec![(0, 12), (3, 1)], number: 0 }.to_string(), "0.12/3.1/0");
    }
}
