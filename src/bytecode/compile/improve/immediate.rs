//! Numbers that stand in the instruction instead of a register.

use super::super::virtual_fn::{Virtual, VirtualFunction};
use super::Uses;
use crate::bytecode::instruction::Instruction;
use crate::bytecode::operand::Bank;

type Ins = Instruction<Virtual>;

/// Uses the rows that hold a number where an operand is always the same.
pub(super) fn put_numbers_into_instructions(function: &mut VirtualFunction) {
    let uses = Uses::of(function);
    let code = &function.code;
    let number = |register: Virtual| {
        let it = uses.get(uses.numbering.var(Bank::Scalar, register));
        match code.get(it.written_at) {
            Some(Ins::LoadInt { value, .. }) if it.holds_one_value() => Some(*value),
            _ => None,
        }
    };
    let loaded = |bank: Bank, register: Virtual| {
        let it = uses.get(uses.numbering.var(bank, register));
        code.get(it.written_at).copied().filter(|_| it.holds_one_value())
    };
    let improved: Vec<Ins> = code
        .iter()
        .map(|it| as_load(*it, &loaded).unwrap_or_else(|| with_number(*it, &number)))
        .collect();
    function.code = improved;
}

/// A copy of a constant is a load of its own.
fn as_load(instruction: Ins, loaded: &impl Fn(Bank, Virtual) -> Option<Ins>) -> Option<Ins> {
    match instruction {
        Ins::MoveS { to, a } => match loaded(Bank::Scalar, a)? {
            Ins::LoadInt { value, .. } => Some(Ins::LoadInt { to, value }),
            Ins::LoadWord { word, .. } => Some(Ins::LoadWord { to, word }),
            _ => None,
        },
        Ins::CopyV { to, a } => match loaded(Bank::Value, a)? {
            Ins::LoadConstant { constant, .. } => Some(Ins::LoadConstant { to, constant }),
            Ins::LoadNull { .. } => Some(Ins::LoadNull { to }),
            _ => None,
        },
        _ => None,
    }
}

fn with_number(instruction: Ins, number: &impl Fn(Virtual) -> Option<i32>) -> Ins {
    let known = |it: Virtual| number(it);
    let short = |it: Virtual| number(it).and_then(|it| i16::try_from(it).ok());
    let better = match instruction {
        Ins::AddInt { to, a, b } => match (known(a), known(b)) {
            (_, Some(value)) => Some(Ins::AddImm { to, a, value }),
            (Some(value), None) => Some(Ins::AddImm { to, a: b, value }),
            (None, None) => None,
        },
        Ins::SubInt { to, a, b } => {
            let value = known(b).and_then(i32::checked_neg);
            value.map(|value| Ins::AddImm { to, a, value })
        }
        Ins::MulInt { to, a, b } => match (known(a), known(b)) {
            (_, Some(value)) => Some(Ins::MulImm { to, a, value }),
            (Some(value), None) => Some(Ins::MulImm { to, a: b, value }),
            (None, None) => None,
        },
        Ins::DivInt { to, a, b } => known(b).map(|value| Ins::DivImm { to, a, value }),
        Ins::RemInt { to, a, b } => known(b).map(|value| Ins::RemImm { to, a, value }),
        Ins::JumpLessInt { a, b, target } => match (short(a), short(b)) {
            (_, Some(value)) => Some(Ins::JumpLessImm { a, value, target }),
            (Some(value), None) => Some(Ins::JumpAboveImm { a: b, value, target }),
            (None, None) => None,
        },
        Ins::JumpAtMostInt { a, b, target } => match (short(a), short(b)) {
            (_, Some(value)) => Some(Ins::JumpAtMostImm { a, value, target }),
            (Some(value), None) => Some(Ins::JumpAtLeastImm { a: b, value, target }),
            (None, None) => None,
        },
        Ins::JumpEqualInt { a, b, target } => match (short(a), short(b)) {
            (_, Some(value)) => Some(Ins::JumpEqualImm { a, value, target }),
            (Some(value), None) => Some(Ins::JumpEqualImm { a: b, value, target }),
            (None, None) => None,
        },
        Ins::JumpUnequalInt { a, b, target } => match (short(a), short(b)) {
            (_, Some(value)) => Some(Ins::JumpUnequalImm { a, value, target }),
            (Some(value), None) => Some(Ins::JumpUnequalImm { a: b, value, target }),
            (None, None) => None,
        },
        _ => None,
    };
    better.unwrap_or(instruction)
}
