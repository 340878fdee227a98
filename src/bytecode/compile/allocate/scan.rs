//! The linear scan: registers by the stretch of code in which they are needed.

use rustc_hash::FxHashMap;

use super::flow;
use super::liveness::{count, liveness, mentions, number};
use crate::bytecode::compile::virtual_fn::{Virtual, VirtualFunction};
use crate::bytecode::instruction::{Flow, Instruction};
use crate::bytecode::operand::{Access, Bank, Operand, REGISTERS_MAX};

/// The last registers of a bank carry far ones to and from instructions.
pub(super) const NEAR: usize = REGISTERS_MAX - SCRATCH;
/// How many carry.
pub(super) const SCRATCH: usize = 8;

/// Where a register is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Home {
    /// Among those that instructions name.
    Near(u8),
    /// Beyond them.
    Far(u16),
}

/// Where all registers are.
pub(super) struct Homes {
    /// By number; registers that are never mentioned are anywhere.
    homes: Vec<Home>,
    scalars: u32,
    /// How many near and far ones each bank needs.
    pub(super) near: [u16; 2],
    /// Far ones of each bank.
    pub(super) far: [u16; 2],
}

impl Homes {
    /// Where a register is.
    pub(super) fn of(&self, bank: Bank, register: Virtual) -> Home {
        let at = if bank == Bank::Scalar { register.0 } else { self.scalars + register.0 };
        self.homes[at as usize]
    }
}

/// Registers that are needed together, side by side.
#[derive(Clone, Debug)]
struct Unit {
    bank: Bank,
    first: Virtual,
    width: usize,
    /// Twice the place of an instruction: what it reads is needed at that time, what it writes one later.
    start: usize,
    end: usize,
    /// Must be where instructions can name it.
    near: bool,
    /// Must be this one.
    fixed: Option<u8>,
}

/// Gives each register a home.
pub(super) fn scan(function: &VirtualFunction) -> Homes {
    let mut units = units(function);
    units.sort_by_key(|unit| (unit.fixed.is_none(), unit.start));
    let hints = hints(function);
    let mut homes = Homes {
        homes: vec![Home::Near(0); count(function).max(1)],
        scalars: function.scalars,
        near: [0; 2],
        far: [0; 2],
    };
    for bank in [Bank::Scalar, Bank::Value] {
        let mut row = Row::default();
        for unit in units.iter().filter(|unit| unit.bank == bank) {
            let hint = hints.get(&(bank, unit.first)).map(|from| homes.of(bank, *from));
            row.place(unit, hint, function, &mut homes);
        }
    }
    homes
}

/// The registers of one bank during the scan.
#[derive(Default)]
struct Row {
    /// By register: until when it is taken.
    taken_until: Vec<usize>,
    /// What is there, to be moved far if need be: the first register and the end.
    holds: Vec<Option<(Virtual, bool)>>,
}

impl Row {
    fn place(
        &mut self,
        unit: &Unit,
        hint: Option<Home>,
        function: &VirtualFunction,
        homes: &mut Homes,
    ) {
        let index = usize::from(unit.bank == Bank::Value);
        let hinted = match hint {
            Some(Home::Near(at))
                if unit.width == 1 && self.is_free(usize::from(at), 1, unit.start) =>
            {
                Some(usize::from(at))
            }
            _ => None,
        };
        let free = || {
            (0..=NEAR.saturating_sub(unit.width))
                .find(|at| self.is_free(*at, unit.width, unit.start))
        };
        let at = unit.fixed.map(usize::from).or(hinted).or_else(free);
        let Some(at) = at else {
            if !unit.near {
                return send_far(unit.bank, unit.first, function, homes);
            }
            let at = self.make_room(unit, function, homes);
            return self.take(at, unit, function, homes);
        };
        self.take(at, unit, function, homes);
        homes.near[index] =
            homes.near[index].max(u16::try_from(at + unit.width).expect("at most 256"));
    }

    fn is_free(&self, at: usize, width: usize, start: usize) -> bool {
        (at..at + width)
            .all(|it| it < NEAR && self.taken_until.get(it).is_none_or(|until| *until <= start))
    }

    fn take(&mut self, at: usize, unit: &Unit, function: &VirtualFunction, homes: &mut Homes) {
        let end = at + unit.width;
        if self.taken_until.len() < end {
            self.taken_until.resize(end, 0);
            self.holds.resize(end, None);
        }
        for (offset, place) in (at..end).enumerate() {
            self.taken_until[place] = unit.end;
            let register =
                Virtual(unit.first.0 + u32::try_from(offset).expect("windows are short"));
            self.holds[place] = Some((register, unit.near || unit.fixed.is_some()));
            let near = u8::try_from(place).expect("at most 256");
            homes.homes[number(function, unit.bank, register)] = Home::Near(near);
        }
        let index = usize::from(unit.bank == Bank::Value);
        homes.near[index] = homes.near[index].max(u16::try_from(end).expect("at most 256"));
    }

    /// Sends whatever may go far away from a stretch of registers.
    fn make_room(&mut self, unit: &Unit, function: &VirtualFunction, homes: &mut Homes) -> usize {
        let movable = |it: &Self, at: usize| {
            it.taken_until.get(at).is_none_or(|until| *until <= unit.start)
                || matches!(it.holds.get(at), Some(Some((_, false))))
        };
        let at = (0..=NEAR - unit.width)
            .find(|at| (*at..*at + unit.width).all(|place| movable(self, place)))
            .unwrap_or(NEAR - unit.width);
        for place in at..at + unit.width {
            if self.taken_until.get(place).is_some_and(|until| *until > unit.start)
                && let Some(Some((register, false))) = self.holds.get(place)
            {
                send_far(unit.bank, *register, function, homes);
            }
        }
        at
    }
}

fn send_far(bank: Bank, register: Virtual, function: &VirtualFunction, homes: &mut Homes) {
    let index = usize::from(bank == Bank::Value);
    homes.homes[number(function, bank, register)] = Home::Far(homes.far[index]);
    homes.far[index] = homes.far[index].saturating_add(1);
}

/// Stretches of code, windows as one.
fn units(function: &VirtualFunction) -> Vec<Unit> {
    let spans = spans(function);
    let mut windows: FxHashMap<(Bank, Virtual), u8> = FxHashMap::default();
    let mut near: Vec<(Bank, Virtual)> =
        function.handlers.iter().map(|it| (Bank::Value, it.error)).collect();
    for instruction in &function.code {
        instruction.operands(|operand| {
            if let Operand::Window(bank, window) | Operand::CallWindow(bank, window) = operand {
                let width = windows.entry((bank, window.start)).or_default();
                *width = (*width).max(window.count).max(1);
            }
        });
        if instruction.flow() == Flow::Repeats {
            mentions(instruction, |bank, register, access| {
                if access != Access::Read {
                    near.push((bank, register));
                }
            });
        }
    }
    let mut inner: Vec<bool> = vec![false; count(function)];
    let mut units = Vec::new();
    for ((bank, first), width) in &windows {
        let numbers =
            (0..u32::from(*width)).map(|at| number(function, *bank, Virtual(first.0 + at)));
        let (mut start, mut end) = (usize::MAX, 0);
        for at in numbers {
            inner[at] = true;
            if let Some((from, to)) = spans[at] {
                start = start.min(from);
                end = end.max(to);
            }
        }
        if start != usize::MAX {
            units.push(Unit {
                bank: *bank,
                first: *first,
                width: usize::from(*width),
                start,
                end,
                near: true,
                fixed: None,
            });
        }
    }
    let mut next = [0u8; 2];
    for (bank, register) in function.params.iter().chain(&function.captures) {
        let at = number(function, *bank, *register);
        let fixed = &mut next[usize::from(*bank == Bank::Value)];
        let end = spans[at].map_or(1, |(_, end)| end);
        units.push(Unit {
            bank: *bank,
            first: *register,
            width: 1,
            start: 0,
            end,
            near: true,
            fixed: Some(*fixed),
        });
        *fixed = fixed.saturating_add(1);
        inner[at] = true;
    }
    for (bank, total) in [(Bank::Scalar, function.scalars), (Bank::Value, function.values)] {
        for register in (0..total).map(Virtual) {
            let at = number(function, bank, register);
            let Some((start, end)) = spans[at].filter(|_| !inner[at]) else { continue };
            let near = near.contains(&(bank, register));
            units.push(Unit { bank, first: register, width: 1, start, end, near, fixed: None });
        }
    }
    units
}

/// From when until when each register is needed.
fn spans(function: &VirtualFunction) -> Vec<Option<(usize, usize)>> {
    let blocks = flow::blocks(function);
    let live = liveness(function, &blocks);
    let mut spans: Vec<Option<(usize, usize)>> = vec![None; count(function)];
    let mut cover = |at: usize, from: usize, to: usize| {
        let span = spans[at].get_or_insert((from, to));
        *span = (span.0.min(from), span.1.max(to));
    };
    for (index, block) in blocks.iter().enumerate() {
        let mut needed = live.at_end[index].clone();
        for at in needed.iter() {
            cover(at, 2 * block.end - 1, 2 * block.end);
        }
        for at in live.throughout[index].iter() {
            cover(at, 2 * block.start, 2 * block.end);
        }
        for place in (block.start..block.end).rev() {
            mentions(&function.code[place], |bank, register, access| {
                let at = number(function, bank, register);
                match access {
                    Access::Write => cover(at, 2 * place + 1, 2 * place + 2),
                    Access::Edit => cover(at, 2 * place, 2 * place + 2),
                    Access::Read | Access::Take => cover(at, 2 * place, 2 * place + 1),
                }
            });
            super::liveness::step(function, &function.code[place], &mut needed);
            needed.join(&live.throughout[index]);
        }
        for at in needed.iter() {
            cover(at, 2 * block.start, 2 * block.start + 1);
        }
    }
    for handler in &function.handlers {
        let at = number(function, Bank::Value, handler.error);
        let target = 2 * function.labels[handler.target.0 as usize] as usize;
        cover(at, target, target + 1);
    }
    spans
}

/// For a register that is moved to: where from, so that both can be the same.
fn hints(function: &VirtualFunction) -> FxHashMap<(Bank, Virtual), Virtual> {
    let mut hints = FxHashMap::default();
    for instruction in &function.code {
        match *instruction {
            Instruction::MoveS { to, a } => hints.entry((Bank::Scalar, to)).or_insert(a),
            Instruction::MoveV { to, a } => hints.entry((Bank::Value, to)).or_insert(a),
            _ => continue,
        };
    }
    hints
}
