//! What leaves the machine, and errors that programs raise.

use std::rc::Rc;

use super::{Control, beyond};
use crate::bytecode::operand::{FunctionId, Register, U24, Window};
use crate::value::{self, Code, Fault, Value};
use crate::vm::context::{Context, Exit};
use crate::vm::fiber::State;
use crate::vm::registers::{Cells, Words};
use crate::vm::trouble::{Outcome, TroubleKind, damaged};

beyond! {
    (cx)
    apart Closure { to, captures, function } => closure(cx, to, captures, function)?;
    apart Effect { to, args, effect } => leave(cx, to, args, effect);
    apart Parallel { to, body, items, limit } => parallel(cx, to, body, (items, limit))?;
    apart Fail { a } => raise(cx, a)?;
    apart FailWith { message } => fail_with(cx, message)?;
}

fn closure(
    cx: &mut Context<'_>,
    to: Register,
    captures: Window,
    function: FunctionId,
) -> Outcome<Control> {
    let (_, v) = cx.registers();
    let captures = v[captures.range()].iter_mut().map(std::mem::take).collect();
    let function = u32::try_from(function.at()).expect("a function's number has three bytes");
    let closure = value::Closure { function, captures };
    let bytes = 64 + 16 * closure.captures.len();
    v.put(to, Value::Closure(Rc::new(closure)));
    cx.core.memory.made(bytes);
    super::made(cx.core)
}

fn leave(cx: &mut Context<'_>, to: Register, args: Window, effect: U24) -> Control {
    let args = cx.registers().1[args.range()].iter_mut().map(std::mem::take).collect();
    let at = cx.position();
    cx.fiber.state = State::Waits(to);
    cx.exit(Exit::Effect { site: effect, args, at })
}

fn parallel(
    cx: &mut Context<'_>,
    to: Register,
    body: Register,
    (items, limit): (Register, Register),
) -> Outcome<Control> {
    let (s, v) = cx.registers();
    let Value::Closure(body) = &v[body.at()] else { return Err(damaged("a closure")) };
    let (body, items) = (Rc::clone(body), v[items.at()].clone());
    let limit = s.int(limit);
    Ok(cx.exit(Exit::Parallel { body, items, limit, to }))
}

fn raise(cx: &mut Context<'_>, error: Register) -> Outcome<Control> {
    Err(TroubleKind::Error(cx.registers().1.take(error)).into())
}

fn fail_with(cx: &mut Context<'_>, message: Register) -> Outcome<Control> {
    let message = cx.registers().1[message.at()].to_string();
    Err(Fault::new(Code::Fail, message).into())
}
