//! The quick way of calls and returns: straight from one function's code into another's.
//!
//! What calls and returns mean stands in [`Context`]; here is how they are carried out where nothing has to grow, move or be freed.
//! Everything else is left to the full way.

#![expect(unsafe_code, reason = "threaded code follows addresses that the verifier has looked at")]
#![allow(clippy::cast_possible_truncation, reason = "code that runs here is short")]

use std::mem;

use super::super::context::{CALL_COST, Context};
use super::super::fiber::Entered;
use super::super::meaning::{self, Meaning};
use super::super::registers::{Scalars, Values};
use super::{Handler, Threaded, end, in_full};
use crate::bytecode::instruction::Instruction;
use crate::bytecode::operand::Register;
use crate::value::Value;

/// The handler of an instruction of this kind; nothing for all others.
pub(super) fn handler(instruction: Instruction) -> Option<Handler> {
    match instruction {
        Instruction::CallS { .. } => Some(call::<meaning::CallS>),
        Instruction::CallV { .. } => Some(call::<meaning::CallV>),
        Instruction::Call { .. } => Some(call::<meaning::Call>),
        Instruction::ReturnS { .. } => Some(return_scalar),
        Instruction::ReturnV { .. } => Some(return_value),
        Instruction::Return {} => Some(return_nothing),
        _ => None,
    }
}

/// Enters a function.
///
/// # Safety
/// As for every [`Handler`]; the instruction is one of `M`'s row.
unsafe extern "C-unwind" fn call<M: Meaning>(
    ip: *const Threaded,
    s: *mut Scalars,
    v: *mut Values,
    cx: *mut Context<'static>,
    fuel: i64,
    float: f64,
) {
    // SAFETY: as the caller says. The verifier has seen the function, and that the windows lie in the frame. The new frame's registers
    // begin inside the old one's, and reach as far as the context says there is room.
    unsafe {
        let (Instruction::CallS { s: scalars, v: values, function }
        | Instruction::CallV { s: scalars, v: values, function }
        | Instruction::Call { s: scalars, v: values, function }) = (*ip).instruction
        else {
            std::hint::unreachable_unchecked()
        };
        // The new frame is written down as it is computed, beyond those that count so far: so few things are needed at a time that
        // the processor's registers hold them.
        let fiber = &raw mut *(*cx).fiber;
        let depth = (*fiber).frames.len();
        if depth >= (*cx).room.depth {
            return in_full::<M>(ip, s, v, cx, fuel, float);
        }
        let frame = (*fiber).frames.as_mut_ptr().add(depth);
        let caller = frame.sub(1);
        let begins = (*caller).scalars + u32::from(scalars.start.0);
        (&raw mut (*frame).scalars).write(begins);
        if begins > (*cx).room.scalars {
            return in_full::<M>(ip, s, v, cx, fuel, float);
        }
        let begins = (*caller).values + u32::from(values.start.0);
        (&raw mut (*frame).values).write(begins);
        if begins > (*cx).room.values {
            return in_full::<M>(ip, s, v, cx, fuel, float);
        }
        let function = Entered::new(function);
        let callee = (*cx).ready.as_ptr().add(function.at());
        if !(*callee).is_plain {
            return in_full::<M>(ip, s, v, cx, fuel, float);
        }
        (&raw mut (*frame).function).write(function.light((*callee).values == 0));
        (&raw mut (*frame).pc).write(0);
        (*fiber).frames.set_len(depth + 1);
        let at = place(ip, cx) + 1;
        (*caller).pc = at;
        let left = fuel - (CALL_COST + i64::from(at));
        let ip = (*callee).code.as_ptr();
        (*cx).base = ip.addr();
        let s = s.cast::<u64>().add(scalars.start.at()).cast();
        let v = v.cast::<Value>().add(values.start.at()).cast();
        if left < 0 {
            return end(ip, s, v, cx, left, 0.0);
        }
        ((*ip).handler)(ip, s, v, cx, left, 0.0);
    }
}

/// Goes back to the caller with a scalar.
///
/// # Safety
/// As for every [`Handler`]; the instruction is `ReturnS`.
unsafe extern "C-unwind" fn return_scalar(
    ip: *const Threaded,
    s: *mut Scalars,
    v: *mut Values,
    cx: *mut Context<'static>,
    fuel: i64,
    float: f64,
) {
    // SAFETY: as the caller says. A plain function's arguments begin where its registers do.
    unsafe {
        let Instruction::ReturnS { a } = (*ip).instruction else {
            std::hint::unreachable_unchecked()
        };
        if !can_leave(v, cx, None) {
            return in_full::<meaning::ReturnS>(ip, s, v, cx, fuel, float);
        }
        (*s)[0] = (*s)[a.at()];
        leave(ip, s, v, cx, fuel, float);
    }
}

/// Goes back to the caller with a value.
///
/// # Safety
/// As for every [`Handler`]; the instruction is `ReturnV`.
unsafe extern "C-unwind" fn return_value(
    ip: *const Threaded,
    s: *mut Scalars,
    v: *mut Values,
    cx: *mut Context<'static>,
    fuel: i64,
    float: f64,
) {
    // SAFETY: as the caller says. A plain function's arguments begin where its registers do.
    unsafe {
        let Instruction::ReturnV { a } = (*ip).instruction else {
            std::hint::unreachable_unchecked()
        };
        if !can_leave(v, cx, Some(a)) {
            return in_full::<meaning::ReturnV>(ip, s, v, cx, fuel, float);
        }
        let result = mem::take(&mut (&mut *v)[a.at()]);
        // What was there counts nothing.
        mem::forget(mem::replace(&mut (&mut *v)[0], result));
        leave(ip, s, v, cx, fuel, float);
    }
}

/// Goes back to the caller.
///
/// # Safety
/// As for every [`Handler`]; the instruction is `Return`.
unsafe extern "C-unwind" fn return_nothing(
    ip: *const Threaded,
    s: *mut Scalars,
    v: *mut Values,
    cx: *mut Context<'static>,
    fuel: i64,
    float: f64,
) {
    // SAFETY: as the caller says.
    unsafe {
        if !can_leave(v, cx, None) {
            return in_full::<meaning::Return>(ip, s, v, cx, fuel, float);
        }
        leave(ip, s, v, cx, fuel, float);
    }
}

/// Whether the innermost frame can be left without freeing anything but what it gives, for one whose code stands here.
///
/// # Safety
/// As for every [`Handler`].
#[inline]
unsafe fn can_leave(v: *mut Values, cx: *mut Context<'static>, given: Option<Register>) -> bool {
    // SAFETY: as the caller says.
    unsafe {
        let frames = &(*cx).fiber.frames;
        if frames.last().is_some_and(|it| it.function.is_light()) {
            return true;
        }
        let [.., caller, frame] = frames.as_slice() else { return false };
        let ready = &(*cx).ready;
        let function = ready.get_unchecked(frame.function.at());
        let caller = ready.get_unchecked(caller.function.at());
        let values = &(&*v)[..usize::from(function.values)];
        let is_given = |at: usize| given.is_some_and(|it| it.at() == at);
        function.is_plain
            && caller.has_code()
            && values.iter().enumerate().all(|(at, it)| !it.is_counted() || is_given(at))
    }
}

/// Goes on in the caller of the innermost frame, which holds nothing any more.
///
/// # Safety
/// As for every [`Handler`]; [`can_leave`] has said that it can.
#[inline(always)]
#[expect(clippy::inline_always, reason = "it has to end its caller")]
unsafe fn leave(
    ip: *const Threaded,
    s: *mut Scalars,
    v: *mut Values,
    cx: *mut Context<'static>,
    fuel: i64,
    _: f64,
) {
    // SAFETY: as the caller says: there is a caller, and its registers begin as far before these as the frames tell.
    unsafe {
        let at = place(ip, cx) + 1;
        let frames = &mut (*cx).fiber.frames;
        let depth = frames.len();
        let frame = frames.as_ptr().add(depth).sub(1);
        let caller = frame.sub(1);
        let s = s.cast::<u64>().sub(((*frame).scalars - (*caller).scalars) as usize).cast();
        let v = v.cast::<Value>().sub(((*frame).values - (*caller).values) as usize).cast();
        let ready = &(*cx).ready;
        let code = ready.get_unchecked((*caller).function.at()).code.as_ptr();
        let next = (*caller).pc;
        frames.set_len(depth - 1);
        (*cx).base = code.addr();
        let ip = code.add(next as usize);
        let left = fuel - i64::from(at) + i64::from(next);
        if left < 0 {
            return end(ip, s, v, cx, left, 0.0);
        }
        ((*ip).handler)(ip, s, v, cx, left, 0.0);
    }
}

/// Where an instruction stands in its function.
///
/// # Safety
/// It is one of the running function's.
#[inline]
unsafe fn place(ip: *const Threaded, cx: *mut Context<'static>) -> u32 {
    // SAFETY: as the caller says.
    let bytes = ip.addr() - unsafe { (*cx).base };
    (bytes / size_of::<Threaded>()) as u32
}
