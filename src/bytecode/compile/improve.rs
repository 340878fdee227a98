//! Makes the code of a function better before registers are given out: numbers into instructions, several instructions into one, jumps
//! to where they lead in the end, constants out of loops.
//!
//! Each pass looks at how often registers are written and read ([`Uses`]), and leaves what is not needed any more to those who
//! look for that (`allocate::simplify`).

mod hoist;
mod immediate;
mod jumps;
mod pairs;

use super::accesses::{Numbering, Var};
use super::virtual_fn::VirtualFunction;
use crate::bytecode::operand::{Access, Bank};
pub(super) use jumps::turn_around;

/// Makes a function better without changing what it does.
pub(super) fn improve(function: &mut VirtualFunction) {
    immediate::put_numbers_into_instructions(function);
    pairs::fuse(function);
    jumps::shorten(function);
    hoist::take_constants_out_of_loops(function);
}

/// How often registers are written and read.
struct Uses {
    numbering: Numbering,
    by_var: Vec<Use>,
}

/// How often a register is written and read.
#[derive(Clone, Copy, Default)]
struct Use {
    /// How often it is written; what is written where no instruction stands counts twice.
    writes: u32,
    /// The instruction that wrote it last, in the order of the code.
    written_at: usize,
    /// How often it is only looked at.
    reads: u32,
    /// How often it is changed, moved out of, or part of a window.
    others: u32,
}

impl Use {
    /// Whether what was written to it is what everybody sees who looks at it.
    fn holds_one_value(self) -> bool {
        self.writes == 1 && self.others == 0
    }
}

impl Uses {
    fn of(function: &VirtualFunction) -> Self {
        let numbering = Numbering { scalars: function.scalars, values: function.values };
        let mut by_var = vec![Use::default(); numbering.count()];
        for (at, instruction) in function.code.iter().enumerate() {
            numbering.accesses(*instruction, |access, var| {
                let it: &mut Use = &mut by_var[var.at()];
                match access {
                    Access::Write => {
                        it.writes += 1;
                        it.written_at = at;
                    }
                    Access::Read => it.reads += 1,
                    Access::Edit | Access::Take => it.others += 1,
                }
            });
            numbering.windows(*instruction, |first, count| {
                (first.0..first.0 + count).for_each(|it| by_var[it as usize].others += 1);
            });
        }
        for (bank, register) in function.params.iter().chain(&function.captures) {
            by_var[numbering.var(*bank, *register).at()].writes += 2;
        }
        for handler in &function.handlers {
            by_var[numbering.var(Bank::Value, handler.error).at()].writes += 2;
        }
        Self { numbering, by_var }
    }

    fn get(&self, var: Var) -> Use {
        self.by_var[var.at()]
    }
}

/// Takes out the instructions that are gone; labels go on to what follows.
fn remove(function: &mut VirtualFunction, gone: &[bool]) {
    if !gone.contains(&true) {
        return;
    }
    let mut places = Vec::with_capacity(gone.len() + 1);
    let mut kept = 0;
    for gone in gone {
        places.push(kept);
        kept += u32::from(!gone);
    }
    places.push(kept);
    for label in function.labels.iter_mut().filter(|it| **it != u32::MAX) {
        *label = places[*label as usize];
    }
    let mut keep = gone.iter().map(|gone| !gone);
    function.code.retain(|_| keep.next().unwrap_or(true));
    let mut keep = gone.iter().map(|gone| !gone);
    function.spans.retain(|_| keep.next().unwrap_or(true));
}
