//! Where registers are needed.

use super::flow::Block;
use crate::bytecode::compile::builder::registers;
use crate::bytecode::compile::virtual_fn::{Virtual, VirtualFunction};
use crate::bytecode::instruction::Instruction;
use crate::bytecode::operand::{Access, Bank, Operand};

/// Registers of both banks: scalars first, values behind them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Set(Vec<u64>);

impl Set {
    /// None of so many.
    pub(super) fn new(size: usize) -> Self {
        Self(vec![0; size.div_ceil(64)])
    }

    /// Whether it is inside.
    pub(super) fn has(&self, at: usize) -> bool {
        self.0[at / 64] >> (at % 64) & 1 == 1
    }

    /// Puts it inside.
    pub(super) fn insert(&mut self, at: usize) {
        self.0[at / 64] |= 1 << (at % 64);
    }

    /// Takes it out.
    pub(super) fn remove(&mut self, at: usize) {
        self.0[at / 64] &= !(1 << (at % 64));
    }

    /// Puts all of another set inside; gives whether there was anything new.
    pub(super) fn join(&mut self, other: &Self) -> bool {
        let mut grown = false;
        for (word, more) in self.0.iter_mut().zip(&other.0) {
            grown |= *more & !*word != 0;
            *word |= more;
        }
        grown
    }

    /// What is inside, ascending.
    pub(super) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.0.iter().enumerate().flat_map(|(at, word)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                let bit = (rest != 0).then(|| rest.trailing_zeros() as usize)?;
                rest &= rest - 1;
                Some(at * 64 + bit)
            })
        })
    }
}

/// The registers needed at the end of each block.
pub(super) struct Liveness {
    /// By block.
    pub(super) at_end: Vec<Set>,
    /// By block: what its handlers need, all the way through.
    pub(super) throughout: Vec<Set>,
}

/// The number of a register in sets.
pub(super) fn number(function: &VirtualFunction, bank: Bank, register: Virtual) -> usize {
    match bank {
        Bank::Scalar => register.0 as usize,
        Bank::Value => (function.scalars + register.0) as usize,
    }
}

/// How many registers there are.
pub(super) fn count(function: &VirtualFunction) -> usize {
    (function.scalars + function.values) as usize
}

/// Finds out what is needed where, from the last block to the first until nothing changes.
pub(super) fn liveness(function: &VirtualFunction, blocks: &[Block]) -> Liveness {
    let size = count(function);
    let mut at_start = vec![Set::new(size); blocks.len()];
    let mut at_end = at_start.clone();
    let mut throughout = at_start.clone();
    let mut changed = true;
    while changed {
        changed = false;
        for (index, block) in blocks.iter().enumerate().rev() {
            for next in &block.next {
                let needed = at_start[*next].clone();
                changed |= at_end[index].join(&needed);
            }
            for target in &block.caught {
                let mut needed = at_start[*target].clone();
                for handler in &function.handlers {
                    if function.labels[handler.target.0 as usize] as usize == blocks[*target].start
                    {
                        needed.remove(number(function, Bank::Value, handler.error));
                    }
                }
                changed |= throughout[index].join(&needed);
            }
            let held = throughout[index].clone();
            changed |= at_end[index].join(&held);
            let mut live = at_end[index].clone();
            for instruction in function.code[block.start..block.end].iter().rev() {
                step(function, instruction, &mut live);
                live.join(&held);
            }
            changed |= at_start[index].join(&live);
        }
    }
    Liveness { at_end, throughout }
}

/// From what is needed behind an instruction to what is needed before it.
pub(super) fn step(function: &VirtualFunction, instruction: &Instruction<Virtual>, live: &mut Set) {
    mentions(instruction, |bank, register, access| {
        if access == Access::Write {
            live.remove(number(function, bank, register));
        }
    });
    mentions(instruction, |bank, register, access| {
        if access != Access::Write {
            live.insert(number(function, bank, register));
        }
    });
}

/// Calls `visit` for each register that an instruction mentions; a call's result is mentioned as written.
pub(super) fn mentions(
    instruction: &Instruction<Virtual>,
    mut visit: impl FnMut(Bank, Virtual, Access),
) {
    instruction.operands(|operand| match operand {
        Operand::Register(bank, access, register) => visit(bank, register, access),
        Operand::Window(bank, window) => {
            let access = if bank == Bank::Value { Access::Take } else { Access::Read };
            registers(window).for_each(|register| visit(bank, register, access));
        }
        Operand::CallWindow(bank, window) => {
            let access = if bank == Bank::Value { Access::Take } else { Access::Read };
            visit(bank, window.start, Access::Write);
            registers(window).for_each(|register| visit(bank, register, access));
        }
        _ => {}
    });
}
