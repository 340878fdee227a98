//! Floats that stay in a register of the processor from the instruction that makes them to those that read them.
//!
//! A float is written to its register of the frame in any case; but reading it from there right afterwards takes as long as adding
//! it. So every handler hands on what the last float instruction gave, and where it is known when the code is made ready that an
//! operand is just that, the instruction gets a handler that takes it from there.

use super::{Handler, quickly, traits};
use crate::bytecode::instruction::Instruction;
use crate::bytecode::operand::{Access, Bank, Operand, Register};
use crate::bytecode::program::{Cases, Function};
use crate::vm::meaning;

/// By instruction: the place among its operands of one that is held.
pub(super) fn operands(function: &Function) -> impl Iterator<Item = Option<u8>> {
    let begins = beginnings(function);
    let mut held = None;
    function.code.iter().zip(begins).map(move |(instruction, begins)| {
        if begins {
            held = None;
        }
        let place = held.and_then(|it| place(*instruction, it));
        held = behind(*instruction, held);
        place
    })
}

/// The handler that takes the operand at a place from what is held, for instructions that have one.
pub(super) fn handler(instruction: Instruction, at: u8) -> Option<Handler> {
    macro_rules! rows {
        ($($name:ident $($place:literal)*;)*) => {
            match (instruction, at) {
                $($((Instruction::$name { .. }, $place) => Some(quickly::<meaning::$name, $place>),)*)*
                _ => None,
            }
        };
    }
    rows! {
        AddFloat 1 2; SubFloat 1 2; MulFloat 1 2; DivFloat 1 2; MinFloat 1 2; MaxFloat 1 2;
        NegFloat 1; AbsFloat 1; SqrtFloat 1; MulAddFloat 1 2 3; MulSubFloat 1 2 3;
        PushFloat 1; SetItemFloat 2; SetFieldFloat 2; SetItemFieldFloat 3;
        JumpEqualFloat 0 1; JumpUnequalFloat 0 1; JumpLessFloat 0 1; JumpAtMostFloat 0 1;
        JumpNotLessFloat 0 1; JumpNotAtMostFloat 0 1;
    }
}

/// By instruction: whether control may come there from elsewhere than the instruction before.
fn beginnings(function: &Function) -> Vec<bool> {
    let mut begins = vec![false; function.code.len()];
    let mut begin = |at: u32| begins[at as usize] = true;
    function.code.iter().filter_map(Instruction::target).for_each(&mut begin);
    function.handlers.iter().for_each(|it| begin(it.target));
    for switch in &function.switches {
        begin(switch.otherwise);
        match &switch.cases {
            Cases::Ints(cases) => cases.iter().for_each(|it| begin(it.1)),
            Cases::Texts(cases) => cases.iter().for_each(|it| begin(it.1)),
        }
    }
    begins
}

/// The place of a scalar among the operands that an instruction reads.
fn place(instruction: Instruction, scalar: Register) -> Option<u8> {
    let (mut at, mut found) = (0, None);
    instruction.operands(|operand| {
        if operand == Operand::Register(Bank::Scalar, Access::Read, scalar) {
            found = Some(at);
        }
        at += 1;
    });
    found
}

/// What is held behind an instruction. A chain may end behind whatever is not quick and behind what may make values, and when it is taken up
/// again nothing is held.
fn behind(instruction: Instruction, held: Option<Register>) -> Option<Register> {
    let (is_quick, float) = traits(instruction);
    if !is_quick || float.is_some() {
        return float;
    }
    let mut kept = held;
    instruction.operands(|operand| match operand {
        Operand::Register(Bank::Scalar, access, register) if access.writes() => {
            kept = kept.filter(|it| *it != register);
        }
        Operand::Register(Bank::Value, Access::Edit, _) => kept = None,
        _ => {}
    });
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(code: &[Instruction]) -> Vec<Option<u8>> {
        operands(&Function { code: code.into(), ..Function::default() }).collect()
    }

    const fn r(number: u8) -> Register {
        Register(number)
    }

    #[test]
    fn what_was_just_made_is_held_until_it_may_be_something_else() {
        let make = Instruction::MulFloat { to: r(2), a: r(0), b: r(1) };
        let read = Instruction::AddFloat { to: r(3), a: r(0), b: r(2) };
        let other = Instruction::AddInt { to: r(4), a: r(5), b: r(6) };
        assert_eq!(held(&[make, read]), [None, Some(2)]);
        assert_eq!(held(&[make, other, read]), [None, None, Some(2)]);
        assert_eq!(held(&[make, read, read]), [None, Some(2), None], "another float was made");
        let overwritten = Instruction::LoadInt { to: r(2), value: 0 };
        assert_eq!(held(&[make, overwritten, read]), [None, None, None]);
    }

    #[test]
    fn nothing_is_held_where_control_comes_together_or_a_chain_may_end() {
        let make = Instruction::MulFloat { to: r(2), a: r(0), b: r(1) };
        let read = Instruction::AddFloat { to: r(3), a: r(0), b: r(2) };
        let back = Instruction::Repeat { target: 1 };
        assert_eq!(held(&[make, read, back]), [None, None, None]);
        let change = Instruction::PushFloat { list: r(0), a: r(2) };
        assert_eq!(held(&[make, change, read]), [None, Some(1), None]);
        let apart = Instruction::StartText {};
        assert_eq!(held(&[make, apart, read]), [None, None, None]);
    }
}
