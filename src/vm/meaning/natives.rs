//! Calls of the library's pure functions.

use std::mem;

use super::{here, made};
use crate::bytecode::operand::{Register, U24, Window};
use crate::value::Value;
use crate::vm::core::Core;
use crate::vm::memory::estimate;
use crate::vm::native::NativeCall;
use crate::vm::ops::scalar;
use crate::vm::registers::{Cells, Values, Words, clear};
use crate::vm::trouble::{Outcome, ok};

here! {
    (s, v, core)
    apart Native { to, args, native } => {
        let result = call(core, v, args, native)?;
        v.put(to, result);
        ok!(made(core))
    };
    apart NativeS { to, args, native } => {
        s.set_word(to, ok!(scalar::unbox(&call(core, v, args, native)?)));
        ok!(made(core))
    };
    apart Change { to, a, args, native } => {
        let result = change(core, v, a, args, native)?;
        v.put(to, result);
        ok!(made(core))
    };
}

fn call(core: &mut Core, v: &mut Values, args: Window, native: U24) -> Outcome<Value> {
    let native = &core.natives[native.get()];
    let args = &mut v[args.range()];
    let mut call = NativeCall::new(args, &native.descriptors, &core.types, core.memory.room());
    let result = (native.function)(&mut call);
    args.iter_mut().for_each(clear);
    let result = result?;
    core.memory.made(estimate(&result));
    Ok(result)
}

fn change(
    core: &mut Core,
    v: &mut Values,
    receiver: Register,
    args: Window,
    native: U24,
) -> Outcome<Value> {
    let native = &core.natives[native.get()];
    let changed = v.take(receiver);
    let before = changed.shallow_size();
    v[args.start.at()] = changed;
    let args = &mut v[args.range()];
    let mut call = NativeCall::new(args, &native.descriptors, &core.types, core.memory.room());
    let result = (native.function)(&mut call);
    let changed = mem::take(&mut args[0]);
    core.memory.made(changed.shallow_size().saturating_sub(before));
    args.iter_mut().for_each(clear);
    v[receiver.at()] = changed;
    Ok(result?)
}
