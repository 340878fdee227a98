//! A function before registers are given out.

use crate::bytecode::instruction::Instruction;
use crate::bytecode::operand::Bank;
use crate::source::Span;

/// A register of a function that may have any number of them; each bank is numbered from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Virtual(pub u32);

/// A place in the code that jumps name before it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Label(pub u32);

/// A function over virtual registers; targets are the numbers of labels.
#[derive(Clone, Debug, Default)]
pub struct VirtualFunction {
    /// What traces call it.
    pub name: String,
    /// What it takes; those of one bank are in order.
    pub params: Vec<(Bank, Virtual)>,
    /// The variables that a closure brings along; they follow the parameters.
    pub captures: Vec<(Bank, Virtual)>,
    /// The bank of what it gives.
    pub result: Option<Bank>,
    /// The instructions.
    pub code: Vec<Instruction<Virtual>>,
    /// The place in the code of each label; `u32::MAX` where it was never placed.
    pub labels: Vec<u32>,
    /// The place in the source of each instruction.
    pub spans: Vec<Span>,
    /// Where faults are caught, inner ones first.
    pub handlers: Vec<VirtualHandler>,
    /// How many scalar registers there are.
    pub scalars: u32,
    /// How many value registers there are.
    pub values: u32,
}

/// Where a fault goes on that happens between two labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VirtualHandler {
    /// Before the first instruction.
    pub start: Label,
    /// Behind the last.
    pub end: Label,
    /// Where it goes on.
    pub target: Label,
    /// The value register that holds the error then.
    pub error: Virtual,
}
