//! The plain dispatcher: a loop around a match. It is what the [threaded](super::threaded) one has to agree with, and what
//! runs in builds without optimisation and functions that are very long.

use super::context::{Context, Stop};
use super::core::Core;
use super::meaning::{self, Control, Meaning};
use super::registers::{Scalars, Values};
use super::trouble::Outcome;
use crate::bytecode::instruction::Instruction;
use crate::bytecode::table::instruction_table;

/// Carries out instructions of the innermost frame until something has to happen outside it.
///
/// # Panics
/// Never: the verifier has seen to it that code ends before it runs out, and that operands exist.
pub(super) fn run(cx: &mut Context<'_>) -> Stop {
    loop {
        let frame = cx.frame();
        let code = cx.program.function(frame.function.id()).code.as_slice();
        let mut at = frame.pc;
        let (s, v) = cx.fiber.registers(frame);
        let (instruction, outcome) = loop {
            let instruction = &code[at as usize];
            at += 1;
            if is_beyond(instruction) {
                break (instruction, None);
            }
            match here(instruction, s, v, cx.core) {
                Ok(Control::Next) => {}
                Ok(Control::Jump(target)) => at = target,
                Ok(Control::Repeat(target)) => {
                    cx.fuel -= i64::from(at - target);
                    at = target;
                    if cx.fuel < 0 {
                        break (instruction, Some(Ok(Control::Frame)));
                    }
                }
                other => break (instruction, Some(other)),
            }
        };
        set_place(cx, at);
        match outcome.unwrap_or_else(|| beyond(instruction, cx)) {
            Ok(Control::Next) => {}
            Ok(Control::Jump(target) | Control::Repeat(target) | Control::Go(target)) => {
                set_place(cx, target);
            }
            Ok(Control::Frame) => return Stop::Frame,
            Ok(Control::Measure) => return Stop::Measure,
            Ok(Control::Exit) => return std::mem::replace(&mut cx.stop, Stop::Frame),
            Err(trouble) => return Stop::Trouble(trouble),
        }
    }
}

fn set_place(cx: &mut Context<'_>, at: u32) {
    if let Some(frame) = cx.fiber.frames.last_mut() {
        frame.pc = at;
    }
}

macro_rules! matches {
    ($($name:ident { $($field:ident: $role:ident),* } $flow:ident $meaning:literal;)*) => {
        #[inline]
        fn is_beyond(instruction: &Instruction) -> bool {
            match instruction {
                $(Instruction::$name { .. } => meaning::$name::BEYOND,)*
            }
        }

        #[inline]
        fn here(
            instruction: &Instruction,
            s: &mut Scalars,
            v: &mut Values,
            core: &mut Core,
        ) -> Outcome<Control> {
            match instruction {
                $(Instruction::$name { .. } => meaning::$name::here(instruction, s, v, core),)*
            }
        }

        fn beyond(instruction: &Instruction, cx: &mut Context<'_>) -> Outcome<Control> {
            match instruction {
                $(Instruction::$name { .. } => meaning::$name::beyond(instruction, cx),)*
            }
        }
    };
}

instruction_table!(matches);
