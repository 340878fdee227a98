//! Moves that nothing needs: a value made only to be moved is made where it goes.

use crate::bytecode::compile::virtual_fn::{Virtual, VirtualFunction};
use crate::bytecode::instruction::{Instruction, Rename};
use crate::bytecode::operand::{Access, Bank, Window};
use rustc_hash::FxHashMap;

use super::flow;
use super::liveness::mentions;

type Ins = Instruction<Virtual>;

/// How often a register is mentioned.
#[derive(Clone, Copy, Default)]
struct Uses {
    writes: u32,
    reads: u32,
    edits: u32,
    last_write: usize,
}

/// Renames what is written once and read once, by a move, to where it is moved.
pub(super) fn coalesce(function: &mut VirtualFunction) {
    let mut uses: FxHashMap<(Bank, Virtual), Uses> = FxHashMap::default();
    let mut fixed: Vec<(Bank, Virtual)> =
        function.params.iter().chain(&function.captures).copied().collect();
    fixed.extend(function.handlers.iter().map(|it| (Bank::Value, it.error)));
    for (at, instruction) in function.code.iter().enumerate() {
        mentions(instruction, |bank, register, access| {
            let it = uses.entry((bank, register)).or_default();
            match access {
                Access::Write => {
                    it.writes += 1;
                    it.last_write = at;
                }
                Access::Edit => it.edits += 1,
                Access::Read | Access::Take => it.reads += 1,
            }
        });
    }
    let mut names: FxHashMap<(Bank, Virtual), Virtual> = FxHashMap::default();
    let mut gone = vec![false; function.code.len()];
    for block in flow::blocks(function) {
        for at in block.start..block.end {
            let Some((bank, to, from)) = moved(&function.code[at]) else { continue };
            let it = uses.get(&(bank, from)).copied().unwrap_or_default();
            let once = it.writes == 1 && it.reads == 1 && !fixed.contains(&(bank, from));
            let inside = it.last_write >= block.start && it.last_write < at;
            if !once || !inside || in_call_window(&function.code[it.last_write], bank, from) {
                continue;
            }
            let between = &function.code[it.last_write + 1..at];
            if between.iter().any(|it| names_register(it, bank, to, &names)) {
                continue;
            }
            // Between the two, a fault must not find the new value where the old one is expected.
            if !block.caught.is_empty() && it.last_write + 1 != at {
                continue;
            }
            gone[at] = true;
            names.insert((bank, from), to);
        }
    }
    rename(function, &names, &gone);
}

fn moved(instruction: &Ins) -> Option<(Bank, Virtual, Virtual)> {
    match *instruction {
        Ins::MoveS { to, a } => Some((Bank::Scalar, to, a)),
        Ins::MoveV { to, a } => Some((Bank::Value, to, a)),
        _ => None,
    }
}

/// The result of a call arrives in the call's window and nowhere else.
fn in_call_window(instruction: &Ins, bank: Bank, register: Virtual) -> bool {
    let mut found = false;
    instruction.operands(|operand| {
        if let crate::bytecode::operand::Operand::CallWindow(of, window) = operand {
            found |= of == bank && window.start == register;
        }
    });
    found
}

fn names_register(
    instruction: &Ins,
    bank: Bank,
    register: Virtual,
    names: &FxHashMap<(Bank, Virtual), Virtual>,
) -> bool {
    let mut found = false;
    mentions(instruction, |of, it, _| {
        let it = final_name(names, of, it);
        found |= of == bank && it == register;
    });
    found
}

fn final_name(
    names: &FxHashMap<(Bank, Virtual), Virtual>,
    bank: Bank,
    mut register: Virtual,
) -> Virtual {
    while let Some(next) = names.get(&(bank, register)) {
        register = *next;
    }
    register
}

fn rename(
    function: &mut VirtualFunction,
    names: &FxHashMap<(Bank, Virtual), Virtual>,
    gone: &[bool],
) {
    let mut moved = Vec::with_capacity(gone.len() + 1);
    let mut kept = 0u32;
    for gone in gone {
        moved.push(kept);
        kept += u32::from(!gone);
    }
    moved.push(kept);
    for label in function.labels.iter_mut().filter(|it| **it != u32::MAX) {
        *label = moved[*label as usize];
    }
    let mut keep = gone.iter().map(|gone| !gone);
    function.spans.retain(|_| keep.next().unwrap_or(true));
    let mut keep = gone.iter().map(|gone| !gone);
    function.code.retain(|_| keep.next().unwrap_or(true));
    let mut map = Names(names);
    for instruction in &mut function.code {
        *instruction = instruction.rename(&mut map);
    }
}

struct Names<'a>(&'a FxHashMap<(Bank, Virtual), Virtual>);

impl Rename<Virtual, Virtual> for Names<'_> {
    fn register(&mut self, bank: Bank, _: Access, register: Virtual) -> Virtual {
        final_name(self.0, bank, register)
    }
    fn window(&mut self, _: Bank, window: Window<Virtual>) -> Window<Virtual> {
        window
    }
    fn target(&mut self, target: u32) -> u32 {
        target
    }
}
