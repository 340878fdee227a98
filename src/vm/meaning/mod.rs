//! What each instruction means: one row for each row of the [table](crate::bytecode::table), written once for both dispatchers.
//!
//! A row is a Rust expression over the operands. Rows of [`here!`] see the registers of their frame, `s` and `v`, and the machine's `core`;
//! rows of [`beyond!`] see the whole [`Context`]: other frames, the fiber, the program. What an expression gives is how to go on:
//! nothing for the next instruction, or a [`Control`]. `?` and `ok!` raise trouble. Rows called `quick` are written so that one expression makes two
//! functions: the full one, and one that gives up before it allocates, frees or fails. The threaded dispatcher tries that first; it
//! becomes a few machine instructions without a stack. Rows called `apart` have the full way only.

mod calls;
mod decimals;
mod effects;
mod fields;
mod jumps;
mod lists;
mod loops;
mod maps;
mod moving;
mod natives;
mod numbers;
mod texts;
mod values;

pub(super) use calls::*;
pub(super) use decimals::*;
pub(super) use effects::*;
pub(super) use fields::*;
pub(super) use jumps::*;
pub(super) use lists::*;
pub(super) use loops::*;
pub(super) use maps::*;
pub(super) use moving::*;
pub(super) use natives::*;
pub(super) use numbers::*;
pub(super) use texts::*;
pub(super) use values::*;

use super::context::Context;
use super::core::Core;
use super::registers::{Held, Scalars, Values};
use super::trouble::{Otherwise, Outcome, Why};
use crate::bytecode::instruction::Instruction;
use crate::bytecode::operand::Register;

/// How to go on behind an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Control {
    /// At the next one.
    Next,
    /// At the instruction's own target, further on.
    Jump(u32),
    /// At the instruction's own target, further back: this is charged for.
    Repeat(u32),
    /// At a place of the function that the instruction's switch names.
    Go(u32),
    /// At the innermost frame, which is another one now.
    Frame,
    /// Not before the memory was measured.
    Measure,
    /// Not now: [`Context::exit`] says why.
    Exit,
}

impl From<()> for Control {
    #[inline]
    fn from((): ()) -> Self {
        Self::Next
    }
}

/// The meaning of an instruction.
///
/// Instructions are lent, not handed over: so that each operand is read from where it stands by an instruction of the processor of its own, instead of
/// eight bytes being loaded and taken apart with more registers than a handler has.
#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "by value, handlers would need more registers than there are"
)]
pub(super) trait Meaning {
    /// Its place in the table.
    const CODE: u8;
    /// Whether it reaches beyond the registers of its frame: then it has the functions of that name.
    const BEYOND: bool;
    /// Whether there is a quick way, to be tried first.
    const QUICK: bool = false;

    /// The register that holds a float behind it.
    #[inline]
    fn float(_: &Instruction) -> Option<Register> {
        None
    }

    /// Carries it out on the registers of its frame.
    fn here(_: &Instruction, _: &mut Scalars, _: &mut Values, _: &mut Core) -> Outcome<Control> {
        unreachable!("it reaches beyond its frame")
    }

    /// Carries it out on the registers of its frame the quick way, or not at all.
    fn here_quickly(
        _: &Instruction,
        _: &mut Scalars,
        _: &mut Values,
        _: &mut Core,
    ) -> Result<Control, Otherwise> {
        Err(Otherwise)
    }

    /// Carries it out the quick way where what the operand at a place holds is known.
    fn here_holding<const AT: u8>(
        _: &Instruction,
        _: &mut Scalars,
        _: &mut Values,
        _: &mut Core,
        _: Held,
    ) -> Result<Control, Otherwise> {
        Err(Otherwise)
    }

    /// Carries it out.
    fn beyond(_: &Instruction, _: &mut Context<'_>) -> Outcome<Control> {
        unreachable!("it stays in its frame")
    }
}

/// Rows that stay in their frame. Those called `float` are quick and leave a float in `to`. Operands in brackets, each with its place,
/// are read with `s.float` and nothing else: for each there is one more function that is told what the operand holds.
macro_rules! here {
    (
        ($s:ident, $v:ident, $core:ident)
        $($way:ident $name:ident $fields:tt $([$($held:ident $at:literal),*])? => $does:expr;)*
    ) => {$(
        #[derive(Debug)]
        pub(in crate::vm) enum $name {}

        impl $crate::vm::meaning::Meaning for $name {
            const CODE: u8 = $crate::bytecode::instruction::code::$name;
            const BEYOND: bool = false;
            $crate::vm::meaning::ways! {
                $way here here_quickly
                |$s: &mut $crate::vm::registers::Scalars, $v: &mut $crate::vm::registers::Values, $core: &mut $crate::vm::core::Core|
                $name $fields => $does
            }
            $(
                #[inline(always)]
                #[allow(
                    unused_variables,
                    clippy::inline_always,
                    reason = "rows differ in what they need; handlers need no stack"
                )]
                fn here_holding<const AT: u8>(
                    instruction: &$crate::bytecode::instruction::Instruction,
                    $s: &mut $crate::vm::registers::Scalars,
                    $v: &mut $crate::vm::registers::Values,
                    $core: &mut $crate::vm::core::Core,
                    held: $crate::vm::registers::Held,
                ) -> Result<$crate::vm::meaning::Control, $crate::vm::trouble::Otherwise> {
                    let $crate::bytecode::instruction::Instruction::$name $fields = *instruction else {
                        unreachable!("dispatchers look at the row")
                    };
                    $(if AT == $at {
                        let $held = held;
                        return Ok($crate::vm::meaning::Control::from($does));
                    })*
                    Err($crate::vm::trouble::Otherwise)
                }
            )?
        }
    )*};
}
use here;

/// Rows that reach beyond their frame; none has a quick way but calls and returns, which have it in the threaded dispatcher.
macro_rules! beyond {
    (($cx:ident) $(apart $name:ident $fields:tt => $does:expr;)*) => {$(
        #[derive(Debug)]
        pub(in crate::vm) enum $name {}

        impl $crate::vm::meaning::Meaning for $name {
            const CODE: u8 = $crate::bytecode::instruction::code::$name;
            const BEYOND: bool = true;
            $crate::vm::meaning::way! {
                beyond Trouble |$cx: &mut $crate::vm::context::Context<'_>| $name $fields => $does
            }
        }
    )*};
}
use beyond;

/// The functions of a row: from one expression the full way and, where there is one, the quick one. They differ in what
/// `ok!` leaves with.
macro_rules! ways {
    (apart $full:ident $quick:ident |$($seen:ident: $type:ty),*| $name:ident $fields:tt => $does:expr) => {
        $crate::vm::meaning::way! { $full Trouble |$($seen: $type),*| $name $fields => $does }
    };
    (quick $full:ident $quick:ident |$($seen:ident: $type:ty),*| $name:ident $fields:tt => $does:expr) => {
        const QUICK: bool = true;
        $crate::vm::meaning::way! { $full Trouble |$($seen: $type),*| $name $fields => $does }
        $crate::vm::meaning::way! { $quick Otherwise |$($seen: $type),*| $name $fields => $does }
    };
    (float $full:ident $quick:ident |$($seen:ident: $type:ty),*| $name:ident $fields:tt => $does:expr) => {
        fn float(instruction: &$crate::bytecode::instruction::Instruction) -> Option<$crate::bytecode::operand::Register> {
            match *instruction {
                $crate::bytecode::instruction::Instruction::$name { to, .. } => Some(to),
                _ => None,
            }
        }
        $crate::vm::meaning::ways! { quick $full $quick |$($seen: $type),*| $name $fields => $does }
    };
}
use ways;

macro_rules! way {
    ($way:ident $why:ident |$($seen:ident: $type:ty),*| $name:ident $fields:tt => $does:expr) => {
        #[inline(always)]
        #[allow(
            unused_variables,
            clippy::inline_always,
            reason = "rows differ in what they need; dispatchers decide what stands apart"
        )]
        fn $way(
            instruction: &$crate::bytecode::instruction::Instruction,
            $($seen: $type),*
        ) -> Result<$crate::vm::meaning::Control, $crate::vm::trouble::$why> {
            let $crate::bytecode::instruction::Instruction::$name $fields = *instruction else {
                unreachable!("dispatchers look at the row")
            };
            Ok($crate::vm::meaning::Control::from($does))
        }
    };
}
use way;

/// Behind what makes values: a measurement may be due. The quick way makes none.
#[inline]
fn made<E: Why>(core: &Core) -> Result<Control, E> {
    Ok(if !E::QUICK && core.memory.is_due() { Control::Measure } else { Control::Next })
}

/// Forward to a target.
#[inline]
fn jump_if(condition: bool, target: u32) -> Control {
    if condition { Control::Jump(target) } else { Control::Next }
}

/// Back to a target.
#[inline]
fn repeat_if(condition: bool, target: u32) -> Control {
    if condition { Control::Repeat(target) } else { Control::Next }
}
