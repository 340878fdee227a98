//! Blocks of code, where they go on, and jumps that go the right way.

use crate::bytecode::compile::virtual_fn::{Label, Virtual, VirtualFunction};
use crate::bytecode::instruction::{Flow, Instruction};

type Ins = Instruction<Virtual>;

/// A run of instructions that is entered at its start only.
#[derive(Clone, Debug)]
pub(super) struct Block {
    /// The first instruction.
    pub(super) start: usize,
    /// One past the last.
    pub(super) end: usize,
    /// The blocks that may come next.
    pub(super) next: Vec<usize>,
    /// The blocks that faults inside go on at.
    pub(super) caught: Vec<usize>,
}

/// The blocks of a function in order.
pub(super) fn blocks(function: &VirtualFunction) -> Vec<Block> {
    let starts = starts(function);
    let of = |place: usize| starts.partition_point(|start| *start <= place) - 1;
    let place = |label: Label| function.labels[label.0 as usize] as usize;
    let mut blocks = Vec::with_capacity(starts.len());
    for (index, start) in starts.iter().enumerate() {
        let end = starts.get(index + 1).copied().unwrap_or(function.code.len());
        let mut next = Vec::new();
        if let Some(last) = function.code[*start..end].last() {
            if last.flow() != Flow::Ends && end < function.code.len() {
                next.push(index + 1);
            }
            next.extend(last.target().map(|target| of(place(Label(target)))));
        }
        let inside = |it: &&_| {
            let it: &super::super::virtual_fn::VirtualHandler = it;
            place(it.start) <= *start && *start < place(it.end)
        };
        let caught =
            function.handlers.iter().filter(inside).map(|it| of(place(it.target))).collect();
        blocks.push(Block { start: *start, end, next, caught });
    }
    blocks
}

fn starts(function: &VirtualFunction) -> Vec<usize> {
    let mut starts = vec![0];
    for (at, instruction) in function.code.iter().enumerate() {
        if let Some(target) = instruction.target() {
            starts.push(function.labels[target as usize] as usize);
        }
        if !matches!(instruction.flow(), Flow::Plain | Flow::Faults | Flow::Calls) {
            starts.push(at + 1);
        }
    }
    for handler in &function.handlers {
        for label in [handler.start, handler.end, handler.target] {
            starts.push(function.labels[label.0 as usize] as usize);
        }
    }
    starts.sort_unstable();
    starts.dedup();
    starts.retain(|start| *start < function.code.len());
    starts
}

/// Turns jumps back into the instructions for that; where there is none, jumps around one.
pub(super) fn legalise(function: &mut VirtualFunction) {
    if function.code.is_empty() {
        return;
    }
    let code = std::mem::take(&mut function.code);
    let spans = std::mem::take(&mut function.spans);
    // By the old place of an instruction: the new one.
    let mut moved = Vec::with_capacity(code.len() + 1);
    let mut later: Vec<(Label, u32)> = Vec::new();
    for (at, (instruction, span)) in code.into_iter().zip(spans).enumerate() {
        moved.push(place(function.code.len()));
        let back =
            instruction.target().is_some_and(|it| function.labels[it as usize] as usize <= at);
        let written: Vec<Ins> = match (back, backwards(instruction)) {
            (false, _) => vec![instruction],
            (true, Some(repeat)) => vec![repeat],
            (true, None) => {
                let here = place(function.code.len());
                let target = instruction.target().expect("only jumps go back");
                let (taken, over) = (
                    new_label(&mut later, function, here + 2),
                    new_label(&mut later, function, here + 3),
                );
                vec![
                    retarget(instruction, taken),
                    Ins::Jump { target: over },
                    Ins::Repeat { target },
                ]
            }
        };
        for instruction in written {
            function.code.push(instruction);
            function.spans.push(span);
        }
    }
    moved.push(place(function.code.len()));
    let fresh = function.labels.len() - later.len();
    for label in &mut function.labels[..fresh] {
        if *label != u32::MAX {
            *label = moved[*label as usize];
        }
    }
    for (label, at) in later {
        function.labels[label.0 as usize] = at;
    }
}

fn new_label(later: &mut Vec<(Label, u32)>, function: &mut VirtualFunction, at: u32) -> u32 {
    let label = place(function.labels.len());
    function.labels.push(u32::MAX);
    later.push((Label(label), at));
    label
}

fn place(at: usize) -> u32 {
    u32::try_from(at).expect("functions are short")
}

fn retarget(instruction: Ins, to: u32) -> Ins {
    struct To(u32);
    impl crate::bytecode::instruction::Rename<Virtual, Virtual> for To {
        fn register(
            &mut self,
            _: crate::bytecode::operand::Bank,
            _: crate::bytecode::operand::Access,
            register: Virtual,
        ) -> Virtual {
            register
        }
        fn window(
            &mut self,
            _: crate::bytecode::operand::Bank,
            window: crate::bytecode::operand::Window<Virtual>,
        ) -> crate::bytecode::operand::Window<Virtual> {
            window
        }
        fn target(&mut self, _: u32) -> u32 {
            self.0
        }
    }
    instruction.rename(&mut To(to))
}

/// The instruction that does the same and may go back; nothing where there is none.
fn backwards(instruction: Ins) -> Option<Ins> {
    Some(match instruction {
        Ins::Jump { target } => Ins::Repeat { target },
        Ins::JumpIf { a, target } => Ins::RepeatIf { a, target },
        Ins::JumpUnless { a, target } => Ins::RepeatUnless { a, target },
        Ins::JumpEqualInt { a, b, target } => Ins::RepeatEqualInt { a, b, target },
        Ins::JumpUnequalInt { a, b, target } => Ins::RepeatUnequalInt { a, b, target },
        Ins::JumpLessInt { a, b, target } => Ins::RepeatLessInt { a, b, target },
        Ins::JumpAtMostInt { a, b, target } => Ins::RepeatAtMostInt { a, b, target },
        Ins::JumpEqualImm { a, value, target } => Ins::RepeatEqualImm { a, value, target },
        Ins::JumpUnequalImm { a, value, target } => Ins::RepeatUnequalImm { a, value, target },
        Ins::JumpLessImm { a, value, target } => Ins::RepeatLessImm { a, value, target },
        Ins::JumpAtMostImm { a, value, target } => Ins::RepeatAtMostImm { a, value, target },
        Ins::JumpAboveImm { a, value, target } => Ins::RepeatAboveImm { a, value, target },
        Ins::JumpAtLeastImm { a, value, target } => Ins::RepeatAtLeastImm { a, value, target },
        Ins::JumpLessFloat { a, b, target } => Ins::RepeatLessFloat { a, b, target },
        Ins::JumpAtMostFloat { a, b, target } => Ins::RepeatAtMostFloat { a, b, target },
        Ins::JumpNotLessFloat { a, b, target } => Ins::RepeatNotLessFloat { a, b, target },
        Ins::JumpNotAtMostFloat { a, b, target } => Ins::RepeatNotAtMostFloat { a, b, target },
        it if it.flow() == Flow::Repeats => it,
        Ins::Repeat { target } => Ins::Repeat { target },
        _ => return None,
    })
}
