//! What becomes of values that are not needed any more.
//!
//! A copy whose original is not needed any more is a move: what has one owner is changed in place. A part that was read out of
//! something and is not needed any more is let go at once: as long as two hold it, changing it would copy it.

use super::flow::{self, Block};
use super::liveness::{self, Set, liveness, mentions, number};
use crate::bytecode::compile::virtual_fn::{Virtual, VirtualFunction};
use crate::bytecode::instruction::{Flow, Instruction};
use crate::bytecode::operand::{Access, Bank};
use rustc_hash::FxHashSet;

type Ins = Instruction<Virtual>;

/// Turns copies into moves and drops parts behind their last use.
pub(super) fn refine(function: &mut VirtualFunction) {
    let blocks = flow::blocks(function);
    let live = liveness(function, &blocks);
    let shared = shared_parts(function);
    let mut drops: Vec<(usize, Virtual)> = Vec::new();
    for (index, block) in blocks.iter().enumerate() {
        let mut needed = live.at_end[index].clone();
        for at in (block.start..block.end).rev() {
            let instruction = function.code[at];
            if let Ins::CopyV { to, a } = instruction
                && to != a
                && !needed.has(number(function, Bank::Value, a))
                && !function.handlers.iter().any(|it| it.error == a)
            {
                function.code[at] = Ins::MoveV { to, a };
            } else {
                let dying = dying(function, &instruction, &needed, &shared);
                drops.extend(dying.map(|register| (at + 1, register)));
            }
            step(function, at, &mut needed, block, &live.throughout[index]);
        }
    }
    drops.sort_by_key(|(at, _)| *at);
    insert(function, &drops);
}

fn step(function: &VirtualFunction, at: usize, needed: &mut Set, _block: &Block, throughout: &Set) {
    liveness::step(function, &function.code[at], needed);
    needed.join(throughout);
}

/// The registers that a plain instruction reads last.
fn dying<'a>(
    function: &'a VirtualFunction,
    instruction: &Ins,
    needed: &'a Set,
    shared: &'a FxHashSet<Virtual>,
) -> impl Iterator<Item = Virtual> + 'a {
    let mut read = Vec::new();
    if matches!(instruction.flow(), Flow::Plain | Flow::Faults | Flow::Calls) {
        mentions(instruction, |bank, register, access| {
            if bank == Bank::Value && access == Access::Read && !read.contains(&register) {
                read.push(register);
            }
        });
    }
    read.into_iter()
        .filter(|it| shared.contains(it) && !needed.has(number(function, Bank::Value, *it)))
}

/// Registers that are only ever written by reading a part out of something.
fn shared_parts(function: &VirtualFunction) -> FxHashSet<Virtual> {
    let mut parts = FxHashSet::default();
    for instruction in &function.code {
        match instruction {
            Ins::GetField { to, .. }
            | Ins::Item { to, .. }
            | Ins::ItemField { to, .. }
            | Ins::GetKey { to, .. }
            | Ins::EntryValue { to, .. }
            | Ins::CopyV { to, .. } => {
                parts.insert(*to);
            }
            _ => {}
        }
    }
    parts
}

fn insert(function: &mut VirtualFunction, drops: &[(usize, Virtual)]) {
    if drops.is_empty() {
        return;
    }
    let code = std::mem::take(&mut function.code);
    let spans = std::mem::take(&mut function.spans);
    let mut moved = Vec::with_capacity(code.len() + 1);
    let mut rest = drops.iter().peekable();
    for (at, (instruction, span)) in code.into_iter().zip(spans).enumerate() {
        // A drop belongs to the instruction before it: a label between the two comes behind the drop.
        while let Some((_, register)) = rest.next_if(|(place, _)| *place == at) {
            let before = function.spans.last().copied().unwrap_or(span);
            function.code.push(Ins::Drop { a: *register });
            function.spans.push(before);
        }
        moved.push(u32::try_from(function.code.len()).expect("functions are short"));
        function.code.push(instruction);
        function.spans.push(span);
    }
    while let Some((_, register)) = rest.next() {
        let before = function.spans.last().copied().unwrap_or_default();
        function.code.push(Ins::Drop { a: *register });
        function.spans.push(before);
    }
    moved.push(u32::try_from(function.code.len()).expect("functions are short"));
    for label in function.labels.iter_mut().filter(|it| **it != u32::MAX) {
        *label = moved[*label as usize];
    }
}
