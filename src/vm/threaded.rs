//! The threaded dispatcher: each instruction stands beside the address of the function that carries it out, and that function
//! ends in a call of the next one's. With optimisation LLVM turns such a call into a jump, because caller and callee have the same
//! signature and nothing is left to do behind it; what the machine needs all the time then stays in the processor's registers, and
//! each instruction has an indirect jump of its own for the processor to predict.
//!
//! Stable Rust does not promise the jump. So nothing here depends on it: a chain of such calls is bounded. Everything that is carried
//! out is charged for at the latest when its frame goes back, calls or returns, and no more than [`CHAIN_FUEL`] is handed out at once;
//! when that is used up the chain returns to [`run`]. Until the first charge a frame can carry out each of its instructions once, so
//! functions longer than [`CODE_MAX`] are left to the [plain dispatcher](super::dispatch). If no call at all became a jump the stack
//! would hold that many small frames, which it has room for.
//!
//! This file and `threaded/calls` are the only ones of the machine with `unsafe`. What makes it sound is the [verifier](crate::bytecode::verify): targets are
//! places of the same function, code does not run out, functions exist. Registers are a byte and windows have 256, so registers
//! need no check at all.

#![expect(unsafe_code, reason = "threaded code follows addresses that the verifier has looked at")]
#![allow(clippy::cast_possible_truncation, reason = "code that runs here is short")]

mod calls;
mod held;

use std::mem;
use std::ptr;

use super::context::{Context, Stop};
use super::meaning::{self, Control, Meaning};
use super::registers::{Held, Scalars, Values, Words};
use super::trouble::{Otherwise, Outcome};
use crate::bytecode::instruction::{Instruction, Rename};
use crate::bytecode::operand::{Access, Bank, Register, Window};
use crate::bytecode::program::{Counts, Function, Program};
use crate::bytecode::table::instruction_table;

/// The fuel that one chain of calls may use up.
const CHAIN_FUEL: i64 = if cfg!(debug_assertions) { 200 } else { 4_000 };

/// The longest function that runs here.
const CODE_MAX: usize = if cfg!(debug_assertions) { 200 } else { 8_000 };

/// No operand's place: operands that may be held are told by their places, and no instruction has that many.
const NOT_HELD: u8 = u8::MAX;

/// A function of the program as it runs here; without code where it is too long.
#[derive(Debug)]
pub(super) struct Ready {
    code: Box<[Threaded]>,
    /// How many values a frame has.
    values: u16,
    /// Whether it runs here, and a frame's registers begin where its arguments do.
    is_plain: bool,
}

/// An instruction and what carries it out. Its target counts from the instruction itself.
#[derive(Clone, Copy, Debug)]
struct Threaded {
    handler: Handler,
    instruction: Instruction,
}

/// Carries out the instruction that the first argument points to, and everything behind it; what stopped it is in the context then.
/// The last argument is what the last float instruction gave: see [`held`].
///
/// # Safety
/// The first argument points into the code of the innermost frame's function, the next two are that frame's registers, and the
/// context is one that nobody else uses meanwhile.
type Handler = unsafe extern "C-unwind" fn(
    *const Threaded,
    *mut Scalars,
    *mut Values,
    *mut Context<'static>,
    i64,
    f64,
);

impl Ready {
    /// The functions of a program.
    pub(super) fn all(program: &Program) -> Vec<Self> {
        program.functions.iter().map(Self::new).collect()
    }

    fn new(function: &Function) -> Self {
        let runs_here = function.code.len() <= CODE_MAX;
        let held = held::operands(function);
        let code = (0..).zip(&function.code).zip(held).map(|((at, instruction), held)| Threaded {
            handler: calls::handler(*instruction)
                .or_else(|| held::handler(*instruction, held?))
                .unwrap_or_else(|| handler(*instruction)),
            instruction: instruction.rename(&mut Relative(at)),
        });
        Self {
            code: if runs_here { code.collect() } else { Box::default() },
            values: function.registers.values,
            is_plain: runs_here && function.far == Counts::default(),
        }
    }

    /// Whether it runs here.
    pub(super) fn has_code(&self) -> bool {
        !self.code.is_empty()
    }
}

/// Counts targets from the instruction at a place.
struct Relative(u32);

impl Rename<Register, Register> for Relative {
    fn register(&mut self, _: Bank, _: Access, register: Register) -> Register {
        register
    }

    fn window(&mut self, _: Bank, window: Window) -> Window {
        window
    }

    fn target(&mut self, target: u32) -> u32 {
        target.wrapping_sub(self.0)
    }
}

/// Carries out instructions of the innermost frame, whose function has code here, and of those that it calls or returns to,
/// until something has to happen outside or a chain's fuel is used up.
pub(super) fn run(cx: &mut Context<'_>) -> Stop {
    cx.look_for_room();
    let granted = cx.fuel.min(CHAIN_FUEL);
    let reserve = cx.fuel - granted;
    cx.fuel = granted;
    cx.stop = Stop::Frame;
    let raw: *mut Context<'static> = ptr::from_mut(cx).cast();
    // SAFETY: `raw` is `cx`, which is ours until the chain has returned. Its lifetime is longer there than here, but no handler keeps
    // anything of it.
    unsafe { enter(raw) };
    cx.fuel += reserve;
    mem::replace(&mut cx.stop, Stop::Frame)
}

/// Goes on in the innermost frame, if there is one, it runs here, and there is fuel.
///
/// # Safety
/// The context is one that nobody else uses meanwhile, and its functions are those of its program, which was verified.
#[inline(always)]
#[expect(clippy::inline_always, reason = "it has to end its caller")]
unsafe fn enter(cx: *mut Context<'static>) {
    // SAFETY: as the caller says. A frame's place is one of its function's: it was counted from where the code begins, or is a
    // target. Both banks reach a whole window beyond where the frame's registers begin (the fiber's own invariant).
    unsafe {
        let fuel = (*cx).fuel;
        let fiber = &mut *(*cx).fiber;
        let Some(frame) = fiber.frames.last() else { return };
        let ready = &(*cx).ready;
        let function = ready.get_unchecked(frame.function.at());
        if fuel < 0 || !function.has_code() {
            return;
        }
        (*cx).base = function.code.as_ptr().addr();
        let ip = function.code.as_ptr().add(frame.pc as usize);
        let (s, v) = fiber.banks(*frame);
        ((*ip).handler)(ip, s, v, cx, fuel, 0.0);
    }
}

/// The handler of an instruction that has a quick way. `float` is what the operand at the place `AT` holds, if it has that place.
///
/// # Safety
/// As for every [`Handler`]; the instruction is one of `M`'s row.
unsafe extern "C-unwind" fn quickly<M: Meaning, const AT: u8>(
    ip: *const Threaded,
    s: *mut Scalars,
    v: *mut Values,
    cx: *mut Context<'static>,
    fuel: i64,
    float: f64,
) {
    // SAFETY: what the addresses point to is there and ours, as the caller says. The next instruction exists, because code does not
    // run out; so does the target, which the verifier has seen to be a place of the same function.
    unsafe {
        let instruction = &(*ip).instruction;
        if instruction.code() != M::CODE {
            std::hint::unreachable_unchecked();
        }
        // Read now, so that what is stored there need not be loaded again.
        let made = M::float(instruction);
        let (scalars, values, core) = (&mut *s, &mut *v, &mut *(*cx).core);
        let outcome = if AT == NOT_HELD {
            M::here_quickly(instruction, scalars, values, core)
        } else {
            M::here_holding::<AT>(instruction, scalars, values, core, Held(float))
        };
        let (next, left) = match outcome {
            Ok(Control::Jump(by)) => (ip.offset(by.cast_signed() as isize), fuel),
            Ok(Control::Repeat(by)) => {
                let by = by.cast_signed() as isize;
                let left = fuel + by as i64 - 1;
                if left < 0 {
                    return end(ip.offset(by), s, v, cx, left, float);
                }
                (ip.offset(by), left)
            }
            Ok(_) => (ip.add(1), fuel),
            Err(Otherwise) => return in_full::<M>(ip, s, v, cx, fuel, float),
        };
        let float = made.map_or(float, |it| (*s).float(it));
        ((*next).handler)(next, s, v, cx, left, float);
    }
}

/// The handler of an instruction that has no quick way, or cannot go it this time.
///
/// # Safety
/// As for every [`Handler`]; the instruction is one of `M`'s row.
#[inline(never)]
unsafe extern "C-unwind" fn in_full<M: Meaning>(
    ip: *const Threaded,
    s: *mut Scalars,
    v: *mut Values,
    cx: *mut Context<'static>,
    fuel: i64,
    float: f64,
) {
    // SAFETY: as in `quickly`.
    unsafe {
        let instruction = &(*ip).instruction;
        if M::BEYOND {
            pause(ip.add(1), cx, fuel);
            match beyond_apart::<M>(instruction, cx) {
                Control::Frame | Control::Next => {}
                Control::Go(target) => set_place(cx, target),
                Control::Measure | Control::Jump(_) | Control::Repeat(_) | Control::Exit => return,
            }
            return enter(cx);
        }
        let (next, left) = match here_apart::<M>(instruction, s, v, cx) {
            Control::Next => (ip.add(1), fuel),
            Control::Jump(by) => (ip.offset(by.cast_signed() as isize), fuel),
            Control::Repeat(by) => {
                let by = by.cast_signed() as isize;
                let left = fuel + by as i64 - 1;
                if left < 0 {
                    return end(ip.offset(by), s, v, cx, left, 0.0);
                }
                (ip.offset(by), left)
            }
            Control::Measure | Control::Go(_) | Control::Frame | Control::Exit => {
                return end(ip.add(1), s, v, cx, fuel, 0.0);
            }
        };
        // Behind an instruction that is never quick nothing is held.
        let float = if M::QUICK { float } else { 0.0 };
        let float = M::float(instruction).map_or(float, |it| (*s).float(it));
        ((*next).handler)(next, s, v, cx, left, float);
    }
}

/// Carries out an instruction with a stack of its own; what it gives fits into a register, so that nothing is left to do behind
/// the handler's last call.
///
/// # Safety
/// As for every [`Handler`].
#[inline(never)]
unsafe fn here_apart<M: Meaning>(
    instruction: &Instruction,
    s: *mut Scalars,
    v: *mut Values,
    cx: *mut Context<'static>,
) -> Control {
    // SAFETY: as the caller says.
    let (s, v, cx) = unsafe { (&mut *s, &mut *v, &mut *cx) };
    settled(M::here(instruction, s, v, cx.core), &mut cx.stop)
}

/// Carries out an instruction with a stack of its own that reaches beyond its frame.
///
/// # Safety
/// The context is one that nobody else uses.
#[inline(never)]
unsafe fn beyond_apart<M: Meaning>(
    instruction: &Instruction,
    cx: *mut Context<'static>,
) -> Control {
    // SAFETY: as the caller says.
    let cx = unsafe { &mut *cx };
    let outcome = M::beyond(instruction, cx);
    cx.look_for_room();
    settled(outcome, &mut cx.stop)
}

/// Keeps why the chain ends, if it does.
#[inline]
fn settled(outcome: Outcome<Control>, stop: &mut Stop) -> Control {
    match outcome {
        Ok(Control::Measure) => {
            *stop = Stop::Measure;
            Control::Measure
        }
        Ok(control) => control,
        Err(trouble) => {
            *stop = Stop::Trouble(trouble);
            Control::Exit
        }
    }
}

/// Keeps where the innermost frame goes on, and what fuel is left.
///
/// # Safety
/// `ip` points into the code of the innermost frame's function; the context is one that nobody else uses.
#[inline]
unsafe fn pause(ip: *const Threaded, cx: *mut Context<'static>, fuel: i64) {
    // SAFETY: as the caller says; while an instruction is carried out there is a frame.
    unsafe {
        (*cx).fuel = fuel;
        let at = (ip.addr() - (*cx).base) / size_of::<Threaded>();
        let fiber = &mut *(*cx).fiber;
        fiber.frames.last_mut().unwrap_unchecked().pc = at as u32;
    }
}

/// Moves the innermost frame to another place.
///
/// # Safety
/// The context is one that nobody else uses; while an instruction is carried out there is a frame.
unsafe fn set_place(cx: *mut Context<'static>, at: u32) {
    // SAFETY: as the caller says.
    unsafe {
        let fiber = &mut *(*cx).fiber;
        fiber.frames.last_mut().unwrap_unchecked().pc = at;
    }
}

/// Ends the chain before an instruction.
///
/// # Safety
/// As for every [`Handler`].
#[cold]
#[inline(never)]
unsafe extern "C-unwind" fn end(
    ip: *const Threaded,
    _: *mut Scalars,
    _: *mut Values,
    cx: *mut Context<'static>,
    fuel: i64,
    _: f64,
) {
    // SAFETY: as the caller says.
    unsafe { pause(ip, cx, fuel) }
}

macro_rules! handlers {
    ($($name:ident { $($field:ident: $role:ident),* } $flow:ident $meaning:literal;)*) => {
        fn handler(instruction: Instruction) -> Handler {
            match instruction {
                $(Instruction::$name { .. } if meaning::$name::QUICK => quickly::<meaning::$name, NOT_HELD>,)*
                $(Instruction::$name { .. } => in_full::<meaning::$name>,)*
            }
        }

        /// Whether there is a quick way, and the register that holds a float behind it.
        pub(super) fn traits(instruction: Instruction) -> (bool, Option<Register>) {
            match instruction {
                $(Instruction::$name { .. } => (meaning::$name::QUICK, meaning::$name::float(&instruction)),)*
            }
        }
    };
}

instruction_table!(handlers);
