//! Moving, and between the banks.

use super::here;
use crate::value::Value;
use crate::vm::core::Core;
use crate::vm::ops::scalar;
use crate::vm::registers::{Cells, Words, copied};
use crate::vm::trouble::ok;

here! {
    (s, v, core)
    quick MoveS { to, a } => s.set_word(to, s.word(a));
    quick LoadInt { to, value } => s.set_int(to, i64::from(value));
    quick LoadWord { to, word } => s.set_word(to, core.words[word as usize]);
    quick MoveV { to, a } => ok!(v.shift(to, a));
    quick CopyV { to, a } => {
        let value = ok!(copied(&v[a.at()]));
        ok!(v.replace(to, value));
    };
    apart LoadConstant { to, constant } => v.put(to, core.constants[constant as usize].clone());
    quick LoadNull { to } => ok!(v.replace(to, Value::Null));
    quick Drop { a } => ok!(v.replace(a, Value::Null));
    apart RunField { to, field } => v.put(to, run_field(core, field));

    quick BoxInt { to, a } => ok!(v.replace(to, Value::Int(s.int(a))));
    quick BoxFloat { to, a } => ok!(v.replace(to, Value::Float(s.float(a))));
    quick BoxBool { to, a } => ok!(v.replace(to, Value::Bool(s.bool(a))));
    quick BoxTime { to, a } => ok!(v.replace(to, Value::Time(s.int(a))));
    quick BoxDate { to, a } => ok!(v.replace(to, scalar::date(s.int(a))));
    quick BoxDuration { to, a } => ok!(v.replace(to, Value::Duration(s.int(a))));
    quick Unbox { to, a } => s.set_word(to, ok!(scalar::unbox(&v[a.at()])));
}

super::beyond! {
    (cx)
    apart LoadFarS { to, far } => {
        let word = *cx.far_scalar(far);
        cx.registers().0.set_word(to, word);
    };
    apart StoreFarS { far, a } => {
        let word = cx.registers().0.word(a);
        *cx.far_scalar(far) = word;
    };
    apart LoadFarV { to, far } => {
        let value = cx.far_value(far).clone();
        cx.registers().1.put(to, value);
    };
    apart TakeFarV { to, far } => {
        let value = std::mem::take(cx.far_value(far));
        cx.registers().1.put(to, value);
    };
    apart StoreFarV { far, a } => {
        let value = cx.registers().1.take(a);
        *cx.far_value(far) = value;
    };
}

fn run_field(core: &Core, field: u8) -> Value {
    core.run.get(usize::from(field)).cloned().unwrap_or_default()
}
