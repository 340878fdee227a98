//! No register is read before it was written, and none after its value was moved out.

use super::super::instruction::{Flow, Instruction};
use super::super::operand::{Access, Bank, Operand, REGISTERS_MAX, Register};
use super::super::program::{Cases, Function};

/// Which registers hold something, as sets of bits.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Known {
    scalars: [u64; 4],
    values: [u64; 4],
}

/// Follows every path through a function until nothing changes.
pub(super) fn check(function: &Function) -> Result<(), (usize, &'static str)> {
    let mut before: Vec<Option<Known>> = vec![None; function.code.len()];
    let mut open = vec![(0, Known::at_entry(function))];
    while let Some((at, known)) = open.pop() {
        let met = before[at].map_or(known, |old| old.both(known));
        if before[at] == Some(met) {
            continue;
        }
        before[at] = Some(met);
        let instruction = function.code[at];
        let after = met.after(instruction).map_err(|what| (at, what))?;
        let place = u32::try_from(at).expect("code is no longer than its targets can tell");
        if may_fault(instruction) {
            let catching =
                function.handlers.iter().filter(|it| it.start <= place && place < it.end);
            let first = catching.into_iter().next();
            open.extend(first.map(|it| (it.target as usize, met.caught(instruction, it.error))));
        }
        if let Some(target) = instruction.target() {
            open.push((target as usize, after));
        }
        if let Instruction::SwitchInt { switch, .. } | Instruction::SwitchValue { switch, .. } =
            instruction
        {
            let switch = &function.switches[switch as usize];
            open.push((switch.otherwise as usize, after));
            match &switch.cases {
                Cases::Ints(cases) => open.extend(cases.iter().map(|it| (it.1 as usize, after))),
                Cases::Texts(cases) => open.extend(cases.iter().map(|it| (it.1 as usize, after))),
            }
        }
        if instruction.flow() != Flow::Ends {
            open.push((at + 1, after));
        }
    }
    Ok(())
}

fn may_fault(instruction: Instruction) -> bool {
    match instruction.flow() {
        Flow::Faults | Flow::Calls => true,
        Flow::Ends => {
            matches!(instruction, Instruction::Fail { .. } | Instruction::FailWith { .. })
        }
        Flow::Plain | Flow::Jumps | Flow::Repeats => false,
    }
}

/// The place that `Change` leaves free for what it changes.
fn is_free(instruction: Instruction, start: Register, at: usize) -> bool {
    matches!(instruction, Instruction::Change { .. }) && at == start.at()
}

impl Known {
    fn at_entry(function: &Function) -> Self {
        let mut known = Self { scalars: [0; 4], values: [0; 4] };
        let mut scalars = usize::from(function.signature.scalars);
        let mut values = usize::from(function.signature.values);
        for bank in &function.captures {
            match bank {
                Bank::Scalar => scalars += 1,
                Bank::Value => values += 1,
            }
        }
        (0..scalars).for_each(|at| known.set(Bank::Scalar, at, true));
        (0..values).for_each(|at| known.set(Bank::Value, at, true));
        known
    }

    fn both(mut self, other: Self) -> Self {
        for at in 0..4 {
            self.scalars[at] &= other.scalars[at];
            self.values[at] &= other.values[at];
        }
        self
    }

    fn bank(&mut self, bank: Bank) -> &mut [u64; 4] {
        match bank {
            Bank::Scalar => &mut self.scalars,
            Bank::Value => &mut self.values,
        }
    }

    fn set(&mut self, bank: Bank, at: usize, holds: bool) {
        let word = &mut self.bank(bank)[at / 64];
        let bit = 1 << (at % 64);
        *word = if holds { *word | bit } else { *word & !bit };
    }

    fn has(&mut self, bank: Bank, at: usize) -> bool {
        self.bank(bank)[at / 64] >> (at % 64) & 1 == 1
    }

    /// What holds something after an instruction that did not fault.
    fn after(mut self, instruction: Instruction) -> Result<Self, &'static str> {
        let mut sound = true;
        instruction.operands(|operand| match operand {
            Operand::Register(bank, access, register) => {
                sound &= !access.reads() || self.has(bank, register.at());
            }
            Operand::Window(bank, window) | Operand::CallWindow(bank, window) => {
                sound &= window
                    .range()
                    .all(|at| is_free(instruction, window.start, at) || self.has(bank, at));
            }
            _ => {}
        });
        self.take(instruction);
        instruction.operands(|operand| match operand {
            Operand::Register(bank, access, register) if access.writes() => {
                self.set(bank, register.at(), true);
            }
            Operand::CallWindow(bank, window) => self.set(bank, window.start.at(), true),
            _ => {}
        });
        if sound { Ok(self) } else { Err("a register is read that holds nothing") }
    }

    fn take(&mut self, instruction: Instruction) {
        instruction.operands(|operand| match operand {
            Operand::Register(bank, Access::Take, register) => {
                self.set(bank, register.at(), false);
            }
            Operand::Window(bank, window) | Operand::CallWindow(bank, window)
                if instruction.is_call() =>
            {
                // The callee's frame lies over the window and everything behind it.
                (window.start.at()..REGISTERS_MAX).for_each(|at| self.set(bank, at, false));
            }
            Operand::Window(Bank::Value, window) => {
                window.range().for_each(|at| self.set(Bank::Value, at, false));
            }
            _ => {}
        });
    }

    /// What holds something where a fault of this instruction is caught.
    fn caught(mut self, instruction: Instruction, error: Register) -> Self {
        self.take(instruction);
        self.set(Bank::Value, error.at(), true);
        self
    }
}
