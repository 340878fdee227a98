//! What an instruction does to virtual registers, windows included.

use super::virtual_fn::{Virtual, VirtualFunction};
use crate::bytecode::instruction::{Instruction, Rename};
use crate::bytecode::operand::{Access, Bank, Operand, Window};

type Ins = Instruction<Virtual>;

/// A virtual register of either bank: scalars first, then values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Var(pub(super) u32);

impl Var {
    /// Its place in tables by register.
    pub(super) fn at(self) -> usize {
        self.0 as usize
    }
}

/// How virtual registers of both banks are numbered together.
#[derive(Clone, Copy, Debug)]
pub(super) struct Numbering {
    /// How many scalars there are.
    pub(super) scalars: u32,
    /// How many values there are.
    pub(super) values: u32,
}

impl Numbering {
    /// How many registers there are.
    pub(super) fn count(self) -> usize {
        (self.scalars + self.values) as usize
    }

    /// The number of a register.
    pub(super) fn var(self, bank: Bank, register: Virtual) -> Var {
        match bank {
            Bank::Scalar => Var(register.0),
            Bank::Value => Var(self.scalars + register.0),
        }
    }

    /// The register with a number.
    pub(super) fn register(self, var: Var) -> (Bank, Virtual) {
        match var.0.checked_sub(self.scalars) {
            None => (Bank::Scalar, Virtual(var.0)),
            Some(value) => (Bank::Value, Virtual(value)),
        }
    }

    /// Everything that an instruction does to registers, in any order.
    pub(super) fn accesses(self, instruction: Ins, mut visit: impl FnMut(Access, Var)) {
        let is_change = matches!(instruction, Ins::Change { .. });
        instruction.operands(|operand| match operand {
            Operand::Register(bank, access, register) => visit(access, self.var(bank, register)),
            Operand::Window(bank, window) | Operand::CallWindow(bank, window) => {
                let access = if bank == Bank::Value { Access::Take } else { Access::Read };
                // The first place is left free for what is changed.
                let given = registers(window).skip(usize::from(is_change));
                given.for_each(|it| visit(access, self.var(bank, it)));
                if is_change || matches!(operand, Operand::CallWindow(..)) {
                    visit(Access::Write, self.var(bank, window.start));
                }
            }
            _ => {}
        });
    }

    /// The windows of an instruction: the number of the first register, and how many registers each needs.
    pub(super) fn windows(self, instruction: Ins, mut visit: impl FnMut(Var, u32)) {
        if !instruction.has_window() {
            return;
        }
        instruction.operands(|operand| match operand {
            Operand::Window(bank, window) => {
                visit(self.var(bank, window.start), u32::from(window.count));
            }
            Operand::CallWindow(bank, window) => {
                visit(self.var(bank, window.start), u32::from(window.count).max(1));
            }
            _ => {}
        });
    }
}

/// What every instruction of a function does to registers, looked up once.
#[derive(Debug)]
pub(super) struct Accesses {
    /// By instruction: where its list begins, and where it ends.
    ranges: Vec<(u32, u32)>,
    list: Vec<(Access, Var)>,
}

impl Accesses {
    /// Looks at a function; instructions that are gone do nothing.
    pub(super) fn of(function: &VirtualFunction, gone: &[bool], numbering: Numbering) -> Self {
        let mut ranges = Vec::with_capacity(function.code.len());
        let mut list: Vec<(Access, Var)> = Vec::with_capacity(3 * function.code.len());
        let place = |list: &Vec<_>| u32::try_from(list.len()).expect("functions are short");
        for (instruction, gone) in function.code.iter().zip(gone) {
            let start = place(&list);
            if !gone {
                numbering.accesses(*instruction, |access, var| list.push((access, var)));
            }
            ranges.push((start, place(&list)));
        }
        Self { ranges, list }
    }

    /// Everything that an instruction does, in any order.
    pub(super) fn at(&self, instruction: u32) -> &[(Access, Var)] {
        let (start, end) = self.ranges[instruction as usize];
        &self.list[start as usize..end as usize]
    }

    /// The same of all instructions together.
    pub(super) fn all(&self) -> impl Iterator<Item = &(Access, Var)> {
        let lists = self.ranges.iter().map(|(start, end)| *start as usize..*end as usize);
        lists.flat_map(|it| &self.list[it])
    }

    /// An instruction does nothing any more.
    pub(super) fn forget(&mut self, instruction: u32) {
        self.ranges[instruction as usize] = (0, 0);
    }
}

/// Exchanges registers by a table; windows and targets stay. Who uses it has seen to it that no window is concerned.
pub(super) struct Exchange<'a> {
    pub(super) numbering: Numbering,
    /// By register: the one that takes its place.
    pub(super) by: &'a [Var],
}

impl Rename<Virtual, Virtual> for Exchange<'_> {
    fn register(&mut self, bank: Bank, _: Access, register: Virtual) -> Virtual {
        self.numbering.register(self.by[self.numbering.var(bank, register).at()]).1
    }

    fn window(&mut self, _: Bank, window: Window<Virtual>) -> Window<Virtual> {
        window
    }

    fn target(&mut self, target: u32) -> u32 {
        target
    }
}

fn registers(window: Window<Virtual>) -> impl Iterator<Item = Virtual> {
    (0..u32::from(window.count)).map(move |at| Virtual(window.start.0 + at))
}
