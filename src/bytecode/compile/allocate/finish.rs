//! The final form: real registers, places instead of labels, far registers carried.

use super::scan::{Home, Homes, NEAR, SCRATCH};
use crate::bytecode::compile::virtual_fn::{Virtual, VirtualFunction};
use crate::bytecode::instruction::{Instruction, Rename};
use crate::bytecode::operand::{Access, Bank, Register, Window};
use crate::bytecode::program::{Counts, Function, Handler, Position, Signature};
use crate::source::Span;

/// Writes the function down.
pub(super) fn finish(
    function: VirtualFunction,
    homes: &Homes,
    position: &mut dyn FnMut(Span) -> Position,
) -> Function {
    let mut code: Vec<Instruction> = Vec::with_capacity(function.code.len());
    let mut positions: Vec<(u32, Position)> = Vec::new();
    let mut moved = Vec::with_capacity(function.code.len() + 1);
    let mut last = None;
    let mut carried = [false; 2];
    for (instruction, span) in function.code.iter().zip(&function.spans) {
        moved.push(place(code.len()));
        if last != Some(*span) {
            positions.push((place(code.len()), position(*span)));
            last = Some(*span);
        }
        let mut carry = Carry { homes, before: Vec::new(), after: Vec::new(), next: [0; 2] };
        let renamed = instruction.rename(&mut carry);
        for (bank, count) in [Bank::Scalar, Bank::Value].into_iter().zip(carry.next) {
            carried[usize::from(bank == Bank::Value)] |= count > 0;
        }
        code.append(&mut carry.before);
        if !is_idle(&renamed) {
            code.push(renamed);
        }
        code.append(&mut carry.after);
    }
    moved.push(place(code.len()));
    let target = |label: u32| moved[function.labels[label as usize] as usize];
    for instruction in &mut code {
        *instruction = instruction.rename(&mut Targets(&target));
    }
    let count = |bank| function.params.iter().filter(|(it, _)| *it == bank).count();
    let needs = |index: usize| {
        if carried[index] { place(NEAR + SCRATCH) as u16 } else { homes.near[index] }
    };
    Function {
        name: function.name,
        signature: Signature {
            scalars: count(Bank::Scalar) as u8,
            values: count(Bank::Value) as u8,
            result: function.result,
        },
        captures: function.captures.iter().map(|(bank, _)| *bank).collect(),
        registers: Counts { scalars: needs(0), values: needs(1) },
        far: Counts { scalars: homes.far[0], values: homes.far[1] },
        handlers: function
            .handlers
            .iter()
            .map(|it| Handler {
                start: target(it.start.0),
                end: target(it.end.0),
                target: target(it.target.0),
                error: near(homes.of(Bank::Value, it.error)),
            })
            .filter(|it| it.start < it.end)
            .collect(),
        code,
        switches: Vec::new(),
        positions,
    }
}

fn place(at: usize) -> u32 {
    u32::try_from(at).expect("functions are short")
}

fn near(home: Home) -> Register {
    match home {
        Home::Near(at) => Register(at),
        Home::Far(_) => unreachable!("what must be near is"),
    }
}

/// A move to where it is already.
fn is_idle(instruction: &Instruction) -> bool {
    match instruction {
        Instruction::MoveS { to, a }
        | Instruction::MoveV { to, a }
        | Instruction::CopyV { to, a } => to == a,
        _ => false,
    }
}

/// Gives instructions their registers and carries far ones.
struct Carry<'a> {
    homes: &'a Homes,
    before: Vec<Instruction>,
    after: Vec<Instruction>,
    next: [u8; 2],
}

impl Rename<Virtual, Register> for Carry<'_> {
    fn register(&mut self, bank: Bank, access: Access, register: Virtual) -> Register {
        let far = match self.homes.of(bank, register) {
            Home::Near(at) => return Register(at),
            Home::Far(far) => far,
        };
        let next = &mut self.next[usize::from(bank == Bank::Value)];
        let scratch = Register(u8::try_from(NEAR).expect("below 256") + *next);
        *next += 1;
        match (bank, access.reads()) {
            (_, false) => {}
            (Bank::Scalar, true) => self.before.push(Instruction::LoadFarS { to: scratch, far }),
            (Bank::Value, true) if access == Access::Read => {
                self.before.push(Instruction::LoadFarV { to: scratch, far });
            }
            (Bank::Value, true) => self.before.push(Instruction::TakeFarV { to: scratch, far }),
        }
        match (bank, access.writes()) {
            (_, false) => {}
            (Bank::Scalar, true) => self.after.push(Instruction::StoreFarS { far, a: scratch }),
            (Bank::Value, true) => self.after.push(Instruction::StoreFarV { far, a: scratch }),
        }
        scratch
    }

    fn window(&mut self, bank: Bank, window: Window<Virtual>) -> Window<Register> {
        let start = match self.homes.of(bank, window.start) {
            Home::Near(at) => Register(at),
            Home::Far(_) => unreachable!("windows are near"),
        };
        Window { start, count: window.count }
    }

    fn target(&mut self, target: u32) -> u32 {
        target
    }
}

/// Exchanges labels for places.
struct Targets<'a>(&'a dyn Fn(u32) -> u32);

impl Rename<Register, Register> for Targets<'_> {
    fn register(&mut self, _: Bank, _: Access, register: Register) -> Register {
        register
    }
    fn window(&mut self, _: Bank, window: Window<Register>) -> Window<Register> {
        window
    }
    fn target(&mut self, target: u32) -> u32 {
        (self.0)(target)
    }
}
