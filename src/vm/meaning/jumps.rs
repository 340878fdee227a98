//! Jumps: forward, back, and where a switch says.

use super::{Control, here, jump_if, repeat_if};
use crate::bytecode::program::Cases;
use crate::value::Value;
use crate::vm::context::Context;
use crate::vm::ops::number;
use crate::vm::registers::Words;

/// A comparison's two rows.
macro_rules! compare {
    (($s:ident, $v:ident, $core:ident) $($inline:ident $jump:ident $repeat:ident { $($field:ident),* } $([$($held:ident $at:literal),*])? => $holds:expr;)*) => {
        here! {
            ($s, $v, $core)
            $($inline $jump { $($field,)* target } $([$($held $at),*])? => jump_if($holds, target);)*
        }
        here! {
            ($s, $v, $core)
            $($inline $repeat { $($field,)* target } $([$($held $at),*])? => repeat_if($holds, target);)*
        }
    };
}

here! {
    (s, v, core)
    quick Jump { target } => Control::Jump(target);
    quick Repeat { target } => Control::Repeat(target);
}

compare! {
    (s, v, core)
    quick JumpIf RepeatIf { a } => s.bool(a);
    quick JumpUnless RepeatUnless { a } => !s.bool(a);
    quick JumpEqualInt RepeatEqualInt { a, b } => s.word(a) == s.word(b);
    quick JumpUnequalInt RepeatUnequalInt { a, b } => s.word(a) != s.word(b);
    quick JumpLessInt RepeatLessInt { a, b } => s.int(a) < s.int(b);
    quick JumpAtMostInt RepeatAtMostInt { a, b } => s.int(a) <= s.int(b);
    quick JumpEqualImm RepeatEqualImm { a, value } => s.int(a) == i64::from(value);
    quick JumpUnequalImm RepeatUnequalImm { a, value } => s.int(a) != i64::from(value);
    quick JumpLessImm RepeatLessImm { a, value } => s.int(a) < i64::from(value);
    quick JumpAtMostImm RepeatAtMostImm { a, value } => s.int(a) <= i64::from(value);
    quick JumpAboveImm RepeatAboveImm { a, value } => s.int(a) > i64::from(value);
    quick JumpAtLeastImm RepeatAtLeastImm { a, value } => s.int(a) >= i64::from(value);
    quick JumpEqualFloat RepeatEqualFloat { a, b } [a 0, b 1] => number::equal(s.float(a), s.float(b));
    quick JumpUnequalFloat RepeatUnequalFloat { a, b } [a 0, b 1] => !number::equal(s.float(a), s.float(b));
    quick JumpLessFloat RepeatLessFloat { a, b } [a 0, b 1] => s.float(a) < s.float(b);
    quick JumpAtMostFloat RepeatAtMostFloat { a, b } [a 0, b 1] => s.float(a) <= s.float(b);
    quick JumpNotLessFloat RepeatNotLessFloat { a, b } [a 0, b 1] => number::not_less(s.float(a), s.float(b));
    quick JumpNotAtMostFloat RepeatNotAtMostFloat { a, b } [a 0, b 1] => {
        number::not_at_most(s.float(a), s.float(b))
    };
    quick JumpNull RepeatNull { a } => v[a.at()].is_null();
    quick JumpNotNull RepeatNotNull { a } => !v[a.at()].is_null();
    apart JumpEqual RepeatEqual { a, b } => v[a.at()] == v[b.at()];
    apart JumpUnequal RepeatUnequal { a, b } => v[a.at()] != v[b.at()];
    apart JumpLess RepeatLess { a, b } => v[a.at()] < v[b.at()];
    apart JumpAtMost RepeatAtMost { a, b } => v[a.at()] <= v[b.at()];
}

super::beyond! {
    (cx)
    apart SwitchInt { a, switch } => {
        let number = cx.registers().0.int(a);
        Control::Go(switch_int(cx, switch, number))
    };
    apart SwitchValue { a, switch } => {
        let value = cx.registers().1[a.at()].clone();
        Control::Go(switch_value(cx, switch, &value))
    };
}

fn switch_int(cx: &Context<'_>, switch: u32, number: i64) -> u32 {
    let switch = &cx.function().switches[switch as usize];
    let Cases::Ints(cases) = &switch.cases else { return switch.otherwise };
    let found = cases.binary_search_by_key(&number, |it| it.0);
    found.map_or(switch.otherwise, |at| cases[at].1)
}

fn switch_value(cx: &Context<'_>, switch: u32, value: &Value) -> u32 {
    let switch = &cx.function().switches[switch as usize];
    let (Cases::Texts(cases), Some(text)) = (&switch.cases, value.as_str()) else {
        return switch.otherwise;
    };
    let found = cases.binary_search_by(|it| it.0.as_str().cmp(text));
    found.map_or(switch.otherwise, |at| cases[at].1)
}
