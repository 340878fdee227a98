//! Jumps that lead where they lead in the end.

use super::super::virtual_fn::{Virtual, VirtualFunction};
use super::remove;
use crate::bytecode::instruction::{Instruction, Rename};
use crate::bytecode::operand::{Access, Bank, Window};

type Ins = Instruction<Virtual>;

/// Turns jumps over a jump around, follows jumps to jumps, and leaves out jumps to the next instruction.
pub(super) fn shorten(function: &mut VirtualFunction) {
    let mut gone = vec![false; function.code.len()];
    turn_around(function, &mut gone);
    follow(function);
    remove(function, &gone);
    let mut gone = vec![false; function.code.len()];
    for (at, (ins, gone)) in function.code.iter().zip(&mut gone).enumerate() {
        if let Ins::Jump { target } = ins {
            *gone = function.labels[*target as usize] as usize == at + 1;
        }
    }
    remove(function, &gone);
}

/// `if c, go to 1; go to 2; 1:` is `unless c, go to 2`. What is gone already is looked through.
pub(in super::super) fn turn_around(function: &mut VirtualFunction, gone: &mut [bool]) {
    let mut labelled = vec![false; function.code.len() + 1];
    for label in function.labels.iter().filter(|it| **it != u32::MAX) {
        labelled[*label as usize] = true;
    }
    for at in 0..function.code.len() {
        if gone[at] {
            continue;
        }
        let left = |from: usize| (from..gone.len()).find(|it| !gone[*it]).unwrap_or(gone.len());
        let jump = left(at + 1);
        let (Some(Ins::Jump { target }), Some(over)) =
            (function.code.get(jump).copied(), function.code[at].target())
        else {
            continue;
        };
        let over = function.labels[over as usize] as usize;
        if over > jump
            && left(over) == left(jump + 1)
            && !labelled[at + 1..=jump].contains(&true)
            && let Some(other) = opposite(function.code[at])
        {
            function.code[at] = other.rename(&mut To(target));
            gone[jump] = true;
        }
    }
}

fn follow(function: &mut VirtualFunction) {
    for at in 0..function.code.len() {
        let Some(mut target) = function.code[at].target() else { continue };
        // Two loops without a body may jump to each other forever.
        for _ in 0..4 {
            let place = function.labels[target as usize] as usize;
            match function.code.get(place) {
                Some(Ins::Jump { target: next } | Ins::Repeat { target: next }) if place != at => {
                    target = *next;
                }
                _ => break,
            }
        }
        // A counted loop's end is a jump of its own kind: it stays what it is.
        if !is_counted(function.code[at]) {
            function.code[at] = function.code[at].rename(&mut To(target));
        }
    }
}

fn is_counted(instruction: Ins) -> bool {
    instruction.forward() == instruction && instruction.back() == instruction
}

/// The jump that is made where this one is not.
fn opposite(instruction: Ins) -> Option<Ins> {
    Some(match instruction {
        Ins::JumpIf { a, target } => Ins::JumpUnless { a, target },
        Ins::JumpUnless { a, target } => Ins::JumpIf { a, target },
        Ins::JumpEqualInt { a, b, target } => Ins::JumpUnequalInt { a, b, target },
        Ins::JumpUnequalInt { a, b, target } => Ins::JumpEqualInt { a, b, target },
        Ins::JumpLessInt { a, b, target } => Ins::JumpAtMostInt { a: b, b: a, target },
        Ins::JumpAtMostInt { a, b, target } => Ins::JumpLessInt { a: b, b: a, target },
        Ins::JumpEqualImm { a, value, target } => Ins::JumpUnequalImm { a, value, target },
        Ins::JumpUnequalImm { a, value, target } => Ins::JumpEqualImm { a, value, target },
        Ins::JumpLessImm { a, value, target } => Ins::JumpAtLeastImm { a, value, target },
        Ins::JumpAtLeastImm { a, value, target } => Ins::JumpLessImm { a, value, target },
        Ins::JumpAtMostImm { a, value, target } => Ins::JumpAboveImm { a, value, target },
        Ins::JumpAboveImm { a, value, target } => Ins::JumpAtMostImm { a, value, target },
        Ins::JumpEqualFloat { a, b, target } => Ins::JumpUnequalFloat { a, b, target },
        Ins::JumpUnequalFloat { a, b, target } => Ins::JumpEqualFloat { a, b, target },
        Ins::JumpLessFloat { a, b, target } => Ins::JumpNotLessFloat { a, b, target },
        Ins::JumpNotLessFloat { a, b, target } => Ins::JumpLessFloat { a, b, target },
        Ins::JumpAtMostFloat { a, b, target } => Ins::JumpNotAtMostFloat { a, b, target },
        Ins::JumpNotAtMostFloat { a, b, target } => Ins::JumpAtMostFloat { a, b, target },
        Ins::JumpNull { a, target } => Ins::JumpNotNull { a, target },
        Ins::JumpNotNull { a, target } => Ins::JumpNull { a, target },
        Ins::JumpEqual { a, b, target } => Ins::JumpUnequal { a, b, target },
        Ins::JumpUnequal { a, b, target } => Ins::JumpEqual { a, b, target },
        Ins::JumpLess { a, b, target } => Ins::JumpAtMost { a: b, b: a, target },
        Ins::JumpAtMost { a, b, target } => Ins::JumpLess { a: b, b: a, target },
        _ => return None,
    })
}

/// Exchanges the target.
struct To(u32);

impl Rename<Virtual, Virtual> for To {
    fn register(&mut self, _: Bank, _: Access, register: Virtual) -> Virtual {
        register
    }

    fn window(&mut self, _: Bank, window: Window<Virtual>) -> Window<Virtual> {
        window
    }

    fn target(&mut self, _: u32) -> u32 {
        self.0
    }
}
