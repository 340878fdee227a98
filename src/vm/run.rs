//! The executor: carries out the instructions of one frame until something has to happen outside it.
//!
//! One arm for each row of the table, one to three lines long; what they call stands in [`ops`](super::ops). Arms
//! reach the frame's registers `s` and `v`, the machine's `core`, and leave through the macros below. Nothing here calls itself.

use super::core::Core;
use super::memory::estimate;
use super::native::NativeCall;
use super::ops::{decimal, json, list, map, number, record, scalar, text};
use super::registers::{Scalars, Values, Words, take};
use super::trouble::{Outcome, Trouble};
use crate::bytecode::instruction::Instruction as I;
use crate::bytecode::operand::{Register, U24, Window};
use crate::bytecode::program::{Cases, Function};
use crate::value::{List, Record, Value, calendar, write_float};

use std::fmt::Write;
use std::mem;
use std::rc::Rc;

/// Why the executor stopped. The place in the code is behind the instruction that it stopped at.
#[derive(Debug)]
pub(super) enum Stop {
    /// The instruction needs more than its own frame.
    Leave(I),
    /// The instruction did not do what it says.
    Trouble(Trouble),
    /// The fuel is used up. The instruction was carried out.
    Fuel,
    /// The memory has to be measured. The instruction was carried out.
    Memory,
}

/// Carries out instructions from `pc` on. Going back costs as much fuel as instructions lie between.
///
/// # Panics
/// Never: the verifier has seen to it that code ends before it runs out, and that operands exist.
pub(super) fn run(
    core: &mut Core,
    function: &Function,
    pc: &mut u32,
    s: &mut Scalars,
    v: &mut Values,
    fuel: &mut i64,
) -> Stop {
    let code = function.code.as_slice();
    let mut at = *pc;

    macro_rules! stop {
        ($why:expr) => {{
            *pc = at;
            return $why;
        }};
    }
    macro_rules! ok {
        ($outcome:expr) => {
            match $outcome {
                Ok(it) => it,
                Err(trouble) => stop!(Stop::Trouble(trouble)),
            }
        };
    }
    // Behind what makes values.
    macro_rules! made {
        () => {
            if core.memory.is_due() {
                stop!(Stop::Memory)
            }
        };
    }
    macro_rules! jump {
        ($target:expr) => {
            at = $target
        };
    }
    macro_rules! repeat {
        ($target:expr) => {{
            *fuel -= i64::from(at - $target);
            at = $target;
            if *fuel < 0 {
                stop!(Stop::Fuel)
            }
        }};
    }
    macro_rules! jump_if {
        ($condition:expr, $target:expr) => {
            if $condition {
                jump!($target)
            }
        };
    }
    macro_rules! repeat_if {
        ($condition:expr, $target:expr) => {
            if $condition {
                repeat!($target)
            }
        };
    }
    // One more round of a counted loop over `$items`, if there is one.
    macro_rules! next {
        ($i:expr, $item:expr, $found:ident => $body:expr, $target:expr) => {{
            let i = s.int($i).wrapping_add(1);
            s.set_int($i, i);
            if let Some($found) = ok!($item(i)) {
                $body;
                repeat!($target)
            }
        }};
    }

    loop {
        let instruction = code[at as usize];
        at += 1;
        match instruction {
            I::MoveS { to, a } => s.set_word(to, s.word(a)),
            I::LoadInt { to, value } => s.set_int(to, i64::from(value)),
            I::LoadWord { to, word } => s.set_word(to, core.words[word as usize]),
            I::MoveV { to, a } => v[to.at()] = take(v, a),
            I::CopyV { to, a } => v[to.at()] = v[a.at()].clone(),
            I::LoadConstant { to, constant } => {
                v[to.at()] = core.constants[constant as usize].clone();
            }
            I::LoadNull { to } => v[to.at()] = Value::Null,
            I::Drop { a } => drop(take(v, a)),
            I::RunField { to, field } => v[to.at()] = run_field(core, field),

            I::AddInt { to, a, b } => s.set_int(to, ok!(number::add(s.int(a), s.int(b)))),
            I::SubInt { to, a, b } => s.set_int(to, ok!(number::sub(s.int(a), s.int(b)))),
            I::MulInt { to, a, b } => s.set_int(to, ok!(number::mul(s.int(a), s.int(b)))),
            I::DivInt { to, a, b } => s.set_int(to, ok!(number::div(s.int(a), s.int(b)))),
            I::RemInt { to, a, b } => s.set_int(to, ok!(number::rem(s.int(a), s.int(b)))),
            I::AddImm { to, a, value } => {
                s.set_int(to, ok!(number::add(s.int(a), i64::from(value))));
            }
            I::MulImm { to, a, value } => {
                s.set_int(to, ok!(number::mul(s.int(a), i64::from(value))));
            }
            I::DivImm { to, a, value } => {
                s.set_int(to, ok!(number::div(s.int(a), i64::from(value))));
            }
            I::RemImm { to, a, value } => {
                s.set_int(to, ok!(number::rem(s.int(a), i64::from(value))));
            }
            I::NegInt { to, a } => s.set_int(to, ok!(number::neg(s.int(a)))),
            I::AbsInt { to, a } => s.set_int(to, ok!(number::abs(s.int(a)))),
            I::MinInt { to, a, b } => s.set_int(to, s.int(a).min(s.int(b))),
            I::MaxInt { to, a, b } => s.set_int(to, s.int(a).max(s.int(b))),
            I::BitAnd { to, a, b } => s.set_word(to, s.word(a) & s.word(b)),
            I::BitOr { to, a, b } => s.set_word(to, s.word(a) | s.word(b)),
            I::BitXor { to, a, b } => s.set_word(to, s.word(a) ^ s.word(b)),
            I::BitNot { to, a } => s.set_word(to, !s.word(a)),
            I::AddDays { to, a, b } => s.set_int(to, ok!(number::add_days(s.int(a), s.int(b)))),

            I::AddFloat { to, a, b } => s.set_float(to, s.float(a) + s.float(b)),
            I::SubFloat { to, a, b } => s.set_float(to, s.float(a) - s.float(b)),
            I::MulFloat { to, a, b } => s.set_float(to, s.float(a) * s.float(b)),
            I::DivFloat { to, a, b } => {
                s.set_float(to, ok!(number::div_float(s.float(a), s.float(b))));
            }
            I::RemFloat { to, a, b } => {
                s.set_float(to, ok!(number::rem_float(s.float(a), s.float(b))));
            }
            I::NegFloat { to, a } => s.set_float(to, -s.float(a)),
            I::AbsFloat { to, a } => s.set_float(to, s.float(a).abs()),
            I::SqrtFloat { to, a } => s.set_float(to, s.float(a).sqrt()),
            I::FloorFloat { to, a } => s.set_float(to, s.float(a).floor()),
            I::CeilFloat { to, a } => s.set_float(to, s.float(a).ceil()),
            I::TruncFloat { to, a } => s.set_float(to, s.float(a).trunc()),
            I::MinFloat { to, a, b } => s.set_float(to, number::min_float(s.float(a), s.float(b))),
            I::MaxFloat { to, a, b } => s.set_float(to, number::max_float(s.float(a), s.float(b))),
            I::MulAddFloat { to, a, b, c } => {
                s.set_float(to, number::mul_add(s.float(a), s.float(b), s.float(c)));
            }
            I::MulSubFloat { to, a, b, c } => {
                s.set_float(to, number::mul_sub(s.float(a), s.float(b), s.float(c)));
            }
            I::IntToFloat { to, a } => s.set_float(to, number::to_float(s.int(a))),

            I::Not { to, a } => s.set_bool(to, !s.bool(a)),
            I::EqualInt { to, a, b } => s.set_bool(to, s.word(a) == s.word(b)),
            I::UnequalInt { to, a, b } => s.set_bool(to, s.word(a) != s.word(b)),
            I::LessInt { to, a, b } => s.set_bool(to, s.int(a) < s.int(b)),
            I::AtMostInt { to, a, b } => s.set_bool(to, s.int(a) <= s.int(b)),
            I::EqualFloat { to, a, b } => s.set_bool(to, number::equal(s.float(a), s.float(b))),
            I::UnequalFloat { to, a, b } => s.set_bool(to, !number::equal(s.float(a), s.float(b))),
            I::LessFloat { to, a, b } => s.set_bool(to, s.float(a) < s.float(b)),
            I::AtMostFloat { to, a, b } => s.set_bool(to, s.float(a) <= s.float(b)),

            I::Jump { target } => jump!(target),
            I::JumpIf { a, target } => jump_if!(s.bool(a), target),
            I::JumpUnless { a, target } => jump_if!(!s.bool(a), target),
            I::JumpEqualInt { a, b, target } => jump_if!(s.word(a) == s.word(b), target),
            I::JumpUnequalInt { a, b, target } => jump_if!(s.word(a) != s.word(b), target),
            I::JumpLessInt { a, b, target } => jump_if!(s.int(a) < s.int(b), target),
            I::JumpAtMostInt { a, b, target } => jump_if!(s.int(a) <= s.int(b), target),
            I::JumpEqualImm { a, value, target } => jump_if!(s.int(a) == i64::from(value), target),
            I::JumpUnequalImm { a, value, target } => {
                jump_if!(s.int(a) != i64::from(value), target);
            }
            I::JumpLessImm { a, value, target } => jump_if!(s.int(a) < i64::from(value), target),
            I::JumpAtMostImm { a, value, target } => jump_if!(s.int(a) <= i64::from(value), target),
            I::JumpAboveImm { a, value, target } => jump_if!(s.int(a) > i64::from(value), target),
            I::JumpAtLeastImm { a, value, target } => {
                jump_if!(s.int(a) >= i64::from(value), target);
            }
            I::JumpEqualFloat { a, b, target } => {
                jump_if!(number::equal(s.float(a), s.float(b)), target);
            }
            I::JumpUnequalFloat { a, b, target } => {
                jump_if!(!number::equal(s.float(a), s.float(b)), target);
            }
            I::JumpLessFloat { a, b, target } => jump_if!(s.float(a) < s.float(b), target),
            I::JumpAtMostFloat { a, b, target } => jump_if!(s.float(a) <= s.float(b), target),
            I::JumpNotLessFloat { a, b, target } => {
                jump_if!(number::not_less(s.float(a), s.float(b)), target);
            }
            I::JumpNotAtMostFloat { a, b, target } => {
                jump_if!(number::not_at_most(s.float(a), s.float(b)), target);
            }
            I::SwitchInt { a, switch } => jump!(switch_int(function, switch, s.int(a))),
            I::SwitchValue { a, switch } => jump!(switch_value(function, switch, &v[a.at()])),

            I::Repeat { target } => repeat!(target),
            I::RepeatIf { a, target } => repeat_if!(s.bool(a), target),
            I::RepeatUnless { a, target } => repeat_if!(!s.bool(a), target),
            I::RepeatEqualInt { a, b, target } => repeat_if!(s.word(a) == s.word(b), target),
            I::RepeatUnequalInt { a, b, target } => repeat_if!(s.word(a) != s.word(b), target),
            I::RepeatLessInt { a, b, target } => repeat_if!(s.int(a) < s.int(b), target),
            I::RepeatAtMostInt { a, b, target } => repeat_if!(s.int(a) <= s.int(b), target),
            I::RepeatEqualImm { a, value, target } => {
                repeat_if!(s.int(a) == i64::from(value), target);
            }
            I::RepeatUnequalImm { a, value, target } => {
                repeat_if!(s.int(a) != i64::from(value), target);
            }
            I::RepeatLessImm { a, value, target } => {
                repeat_if!(s.int(a) < i64::from(value), target);
            }
            I::RepeatAtMostImm { a, value, target } => {
                repeat_if!(s.int(a) <= i64::from(value), target);
            }
            I::RepeatAboveImm { a, value, target } => {
                repeat_if!(s.int(a) > i64::from(value), target);
            }
            I::RepeatAtLeastImm { a, value, target } => {
                repeat_if!(s.int(a) >= i64::from(value), target);
            }
            I::RepeatEqualFloat { a, b, target } => {
                repeat_if!(number::equal(s.float(a), s.float(b)), target);
            }
            I::RepeatUnequalFloat { a, b, target } => {
                repeat_if!(!number::equal(s.float(a), s.float(b)), target);
            }
            I::RepeatLessFloat { a, b, target } => repeat_if!(s.float(a) < s.float(b), target),
            I::RepeatAtMostFloat { a, b, target } => repeat_if!(s.float(a) <= s.float(b), target),
            I::RepeatNotLessFloat { a, b, target } => {
                repeat_if!(number::not_less(s.float(a), s.float(b)), target);
            }
            I::RepeatNotAtMostFloat { a, b, target } => {
                repeat_if!(number::not_at_most(s.float(a), s.float(b)), target);
            }

            I::NextBelow { i, end, target } => {
                let next = s.int(i).wrapping_add(1);
                s.set_int(i, next);
                repeat_if!(next < s.int(end), target);
            }
            I::NextUpTo { i, last, target } => {
                if s.int(i) < s.int(last) {
                    s.set_int(i, s.int(i).wrapping_add(1));
                    repeat!(target);
                }
            }
            I::NextInt { i, list, to, target } => {
                next!(i, |at| list::ints(&v[list.at()]).map(|it| list::at(it, at)), item => s.set_int(to, item), target);
            }
            I::NextFloat { i, list, to, target } => {
                next!(i, |at| list::floats(&v[list.at()]).map(|it| list::at(it, at)), item => s.set_float(to, item), target);
            }
            I::NextBool { i, list, to, target } => {
                next!(i, |at| list::bools(&v[list.at()]).map(|it| list::at(it, at)), item => s.set_bool(to, item), target);
            }
            I::NextScalar { i, list, to, target } => {
                next!(i, |at| list::next(&v[list.at()], at), item => s.set_word(to, ok!(scalar::unbox(&item))), target);
            }
            I::NextValue { i, list, to, target } => {
                next!(i, |at| list::next(&v[list.at()], at), item => v[to.at()] = item, target);
            }
            I::NextEntry { i, map, target } => {
                let next = s.int(i).wrapping_add(1);
                s.set_int(i, next);
                repeat_if!(next < length(ok!(list::length(&v[map.at()]))), target);
            }

            I::BoxInt { to, a } => v[to.at()] = Value::Int(s.int(a)),
            I::BoxFloat { to, a } => v[to.at()] = Value::Float(s.float(a)),
            I::BoxBool { to, a } => v[to.at()] = Value::Bool(s.bool(a)),
            I::BoxTime { to, a } => v[to.at()] = Value::Time(s.int(a)),
            I::BoxDate { to, a } => v[to.at()] = scalar::date(s.int(a)),
            I::BoxDuration { to, a } => v[to.at()] = Value::Duration(s.int(a)),
            I::Unbox { to, a } => s.set_word(to, ok!(scalar::unbox(&v[a.at()]))),

            I::IsNull { to, a } => s.set_bool(to, v[a.at()].is_null()),
            I::JumpNull { a, target } => jump_if!(v[a.at()].is_null(), target),
            I::JumpNotNull { a, target } => jump_if!(!v[a.at()].is_null(), target),
            I::Equal { to, a, b } => s.set_bool(to, v[a.at()] == v[b.at()]),
            I::Unequal { to, a, b } => s.set_bool(to, v[a.at()] != v[b.at()]),
            I::Less { to, a, b } => s.set_bool(to, v[a.at()] < v[b.at()]),
            I::AtMost { to, a, b } => s.set_bool(to, v[a.at()] <= v[b.at()]),
            I::JumpEqual { a, b, target } => jump_if!(v[a.at()] == v[b.at()], target),
            I::JumpUnequal { a, b, target } => jump_if!(v[a.at()] != v[b.at()], target),
            I::JumpLess { a, b, target } => jump_if!(v[a.at()] < v[b.at()], target),
            I::JumpAtMost { a, b, target } => jump_if!(v[a.at()] <= v[b.at()], target),
            I::RepeatNull { a, target } => repeat_if!(v[a.at()].is_null(), target),
            I::RepeatNotNull { a, target } => repeat_if!(!v[a.at()].is_null(), target),
            I::RepeatEqual { a, b, target } => repeat_if!(v[a.at()] == v[b.at()], target),
            I::RepeatUnequal { a, b, target } => repeat_if!(v[a.at()] != v[b.at()], target),
            I::RepeatLess { a, b, target } => repeat_if!(v[a.at()] < v[b.at()], target),
            I::RepeatAtMost { a, b, target } => repeat_if!(v[a.at()] <= v[b.at()], target),
            I::Length { to, a } => s.set_int(to, length(ok!(list::length(&v[a.at()])))),

            I::AddDecimal { to, a, b } => v[to.at()] = ok!(decimal::add(&v[a.at()], &v[b.at()])),
            I::SubDecimal { to, a, b } => v[to.at()] = ok!(decimal::sub(&v[a.at()], &v[b.at()])),
            I::MulDecimal { to, a, b } => v[to.at()] = ok!(decimal::mul(&v[a.at()], &v[b.at()])),
            I::DivDecimal { to, a, b } => v[to.at()] = ok!(decimal::div(&v[a.at()], &v[b.at()])),
            I::RemDecimal { to, a, b } => v[to.at()] = ok!(decimal::rem(&v[a.at()], &v[b.at()])),
            I::NegDecimal { to, a } => v[to.at()] = ok!(decimal::neg(&v[a.at()])),
            I::AbsDecimal { to, a } => v[to.at()] = ok!(decimal::abs(&v[a.at()])),
            I::IntToDecimal { to, a } => v[to.at()] = decimal::value(s.int(a).into()),
            I::DivideInts { to, a, b } => v[to.at()] = ok!(decimal::div_ints(s.int(a), s.int(b))),

            I::StartText {} => core.scratch.start(),
            I::WriteConstant { constant } => {
                let text = core.constants[constant as usize].as_str().unwrap_or_default();
                core.scratch.short(|out| out.write_str(text));
            }
            I::WriteInt { a } => core.scratch.short(|out| write!(out, "{}", s.int(a))),
            I::WriteFloat { a } => core.scratch.short(|out| write_float(out, s.float(a))),
            I::WriteBool { a } => core.scratch.short(|out| write!(out, "{}", s.bool(a))),
            I::WriteTime { a } => core.scratch.short(|out| calendar::write_time(out, s.int(a))),
            I::WriteDate { a } => core.scratch.short(|out| calendar::write_date(out, s.int(a))),
            I::WriteDuration { a } => {
                core.scratch.short(|out| calendar::write_duration(out, s.int(a)));
            }
            I::WriteValue { a } => ok!(core.scratch.value(&v[a.at()])),
            I::FinishText { to } => {
                v[to.at()] = core.scratch.finish(&mut core.memory);
                made!();
            }
            I::Concat { to, a, b } => {
                v[to.at()] = ok!(text::concat(&v[a.at()], &v[b.at()], &mut core.memory));
                made!();
            }
            I::AppendText { a, b } => {
                let more = v[b.at()].clone();
                ok!(text::append(&mut v[a.at()], &more, &mut core.memory));
                made!();
            }

            I::NewRecord { to, slots, shape } => {
                let slots = v[slots.range()].iter_mut().map(mem::take).collect();
                v[to.at()] = new_record(core, slots, shape);
                made!();
            }
            I::GetField { to, a, slot } => {
                v[to.at()] = ok!(record::field(&v[a.at()], slot)).clone();
            }
            I::GetFieldInt { to, a, slot } => {
                s.set_int(to, ok!(record::field(&v[a.at()], slot).and_then(scalar::int)));
            }
            I::GetFieldFloat { to, a, slot } => {
                s.set_float(to, ok!(record::field(&v[a.at()], slot).and_then(scalar::float)));
            }
            I::GetFieldScalar { to, a, slot } => {
                s.set_word(to, ok!(record::field(&v[a.at()], slot).and_then(scalar::unbox)));
            }
            I::TakeField { to, a, slot } => {
                let field = ok!(record::field_mut(&mut v[a.at()], slot, &mut core.memory));
                v[to.at()] = mem::take(field);
            }
            I::SetField { a, slot, b } => {
                let new = take(v, b);
                *ok!(record::field_mut(&mut v[a.at()], slot, &mut core.memory)) = new;
                made!();
            }
            I::SetFieldInt { a, slot, b } => {
                let new = Value::Int(s.int(b));
                *ok!(record::field_mut(&mut v[a.at()], slot, &mut core.memory)) = new;
                made!();
            }
            I::SetFieldFloat { a, slot, b } => {
                let new = Value::Float(s.float(b));
                *ok!(record::field_mut(&mut v[a.at()], slot, &mut core.memory)) = new;
                made!();
            }

            I::NewInts { to, items } => {
                let items = s[items.range()].iter().map(|it| it.cast_signed()).collect();
                v[to.at()] = new_list(core, List::Ints(items));
                made!();
            }
            I::NewFloats { to, items } => {
                let items = s[items.range()].iter().map(|it| f64::from_bits(*it)).collect();
                v[to.at()] = new_list(core, List::Floats(items));
                made!();
            }
            I::NewBools { to, items } => {
                let items = s[items.range()].iter().map(|it| *it != 0).collect();
                v[to.at()] = new_list(core, List::Bools(items));
                made!();
            }
            I::NewValues { to, items } => {
                let items = v[items.range()].iter_mut().map(mem::take).collect();
                v[to.at()] = new_list(core, List::Values(items));
                made!();
            }
            I::Range { to, a, b } => {
                v[to.at()] = ok!(list::range(s.int(a), s.int(b), &mut core.memory));
                made!();
            }
            I::ItemInt { to, list, i } => s.set_int(to, ok!(list::int(&v[list.at()], s.int(i)))),
            I::ItemFloat { to, list, i } => {
                s.set_float(to, ok!(list::float(&v[list.at()], s.int(i))));
            }
            I::ItemBool { to, list, i } => s.set_bool(to, ok!(list::bool(&v[list.at()], s.int(i)))),
            I::ItemScalar { to, list, i } => {
                let item = ok!(list::get(&v[list.at()], s.int(i)));
                s.set_word(to, ok!(scalar::unbox(&item)));
            }
            I::Item { to, list, i } => v[to.at()] = ok!(list::get(&v[list.at()], s.int(i))),
            I::TakeItem { to, list, i } => {
                let item = ok!(list::element_mut(&mut v[list.at()], s.int(i), &mut core.memory));
                v[to.at()] = mem::take(item);
            }
            I::SetItemInt { list, i, a } => {
                ok!(list::set_int(&mut v[list.at()], s.int(i), s.int(a), &mut core.memory));
                made!();
            }
            I::SetItemFloat { list, i, a } => {
                ok!(list::set_float(&mut v[list.at()], s.int(i), s.float(a), &mut core.memory));
                made!();
            }
            I::SetItemBool { list, i, a } => {
                ok!(list::set_bool(&mut v[list.at()], s.int(i), s.bool(a), &mut core.memory));
                made!();
            }
            I::SetItem { list, i, a } => {
                let new = take(v, a);
                *ok!(list::element_mut(&mut v[list.at()], s.int(i), &mut core.memory)) = new;
                made!();
            }
            I::ItemField { to, list, i, slot } => {
                v[to.at()] = ok!(item_field(&v[list.at()], s.int(i), slot)).clone();
            }
            I::ItemFieldInt { to, list, i, slot } => {
                let field = item_field(&v[list.at()], s.int(i), slot);
                s.set_int(to, ok!(field.and_then(scalar::int)));
            }
            I::ItemFieldFloat { to, list, i, slot } => {
                let field = item_field(&v[list.at()], s.int(i), slot);
                s.set_float(to, ok!(field.and_then(scalar::float)));
            }
            I::SetItemField { list, i, slot, a } => {
                let new = take(v, a);
                ok!(set_item_field(core, &mut v[list.at()], s.int(i), slot, new));
                made!();
            }
            I::SetItemFieldInt { list, i, slot, a } => {
                let new = Value::Int(s.int(a));
                ok!(set_item_field(core, &mut v[list.at()], s.int(i), slot, new));
                made!();
            }
            I::SetItemFieldFloat { list, i, slot, a } => {
                let new = Value::Float(s.float(a));
                ok!(set_item_field(core, &mut v[list.at()], s.int(i), slot, new));
                made!();
            }
            I::PushInt { list, a } => {
                ok!(list::push_int(&mut v[list.at()], s.int(a), &mut core.memory));
                made!();
            }
            I::PushFloat { list, a } => {
                ok!(list::push_float(&mut v[list.at()], s.float(a), &mut core.memory));
                made!();
            }
            I::PushBool { list, a } => {
                ok!(list::push_bool(&mut v[list.at()], s.bool(a), &mut core.memory));
                made!();
            }
            I::Push { list, a } => {
                let new = take(v, a);
                ok!(list::push(&mut v[list.at()], new, &mut core.memory));
                made!();
            }
            I::Contains { to, list, a } => {
                s.set_bool(to, ok!(list::contains(&v[list.at()], &v[a.at()])));
            }

            I::NewMap { to } => v[to.at()] = Value::Map(Rc::default()),
            I::GetKey { to, map, key } => {
                let found = ok!(map::get(&v[map.at()], &v[key.at()]));
                v[to.at()] = found.cloned().unwrap_or_default();
            }
            I::HasKey { to, map, key } => {
                s.set_bool(to, ok!(map::get(&v[map.at()], &v[key.at()])).is_some());
            }
            I::SetKey { map, key, a } => {
                let (key, new) = (take(v, key), take(v, a));
                ok!(map::set(&mut v[map.at()], key, new, &mut core.memory));
                made!();
            }
            I::TakeKey { to, map, key } => {
                let key = v[key.at()].clone();
                v[to.at()] = ok!(map::take(&mut v[map.at()], key, &mut core.memory));
            }
            I::EntryKey { to, map, i } => {
                v[to.at()] = ok!(map::entry(&v[map.at()], s.int(i))).0.clone();
            }
            I::EntryValue { to, map, i } => {
                v[to.at()] = ok!(map::entry(&v[map.at()], s.int(i))).1.clone();
            }
            I::JsonField { to, a, key } => v[to.at()] = json::field(&v[a.at()], &v[key.at()]),
            I::JsonItem { to, a, i } => v[to.at()] = json::item(&v[a.at()], s.int(i)),

            I::Native { to, args, native } => {
                v[to.at()] = ok!(call_native(core, v, args, native));
                made!();
            }
            I::NativeS { to, args, native } => {
                let result = ok!(call_native(core, v, args, native));
                s.set_word(to, ok!(scalar::unbox(&result)));
                made!();
            }
            I::Change { to, a, args, native } => {
                v[to.at()] = ok!(change(core, v, a, args, native));
                made!();
            }

            I::LoadFarS { .. }
            | I::StoreFarS { .. }
            | I::LoadFarV { .. }
            | I::TakeFarV { .. }
            | I::StoreFarV { .. }
            | I::CallS { .. }
            | I::CallV { .. }
            | I::Call { .. }
            | I::CallClosureS { .. }
            | I::CallClosureV { .. }
            | I::CallClosure { .. }
            | I::Closure { .. }
            | I::ReturnS { .. }
            | I::ReturnV { .. }
            | I::Return {}
            | I::Effect { .. }
            | I::Parallel { .. }
            | I::Fail { .. }
            | I::FailWith { .. } => stop!(Stop::Leave(instruction)),
        }
    }
}

fn run_field(core: &Core, field: u8) -> Value {
    core.run.get(usize::from(field)).cloned().unwrap_or_default()
}

/// A length as a whole number: no list has more elements than memory has bytes.
#[inline]
fn length(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

fn switch_int(function: &Function, switch: u32, number: i64) -> u32 {
    let switch = &function.switches[switch as usize];
    let Cases::Ints(cases) = &switch.cases else { return switch.otherwise };
    let found = cases.binary_search_by_key(&number, |it| it.0);
    found.map_or(switch.otherwise, |at| cases[at].1)
}

fn switch_value(function: &Function, switch: u32, value: &Value) -> u32 {
    let switch = &function.switches[switch as usize];
    let (Cases::Texts(cases), Some(text)) = (&switch.cases, value.as_str()) else {
        return switch.otherwise;
    };
    let found = cases.binary_search_by(|it| it.0.as_str().cmp(text));
    found.map_or(switch.otherwise, |at| cases[at].1)
}

fn new_record(core: &mut Core, slots: Box<[Value]>, shape: u16) -> Value {
    core.memory.made(64 + 16 * slots.len());
    Value::Record(Rc::new(Record { shape: Rc::clone(&core.shapes[usize::from(shape)]), slots }))
}

fn new_list(core: &mut Core, list: List) -> Value {
    let value = Value::List(Rc::new(list));
    core.memory.made(value.shallow_size());
    value
}

#[inline]
fn item_field(list: &Value, index: i64, slot: u16) -> Outcome<&Value> {
    record::field(list::element(list, index)?, slot)
}

#[inline]
fn set_item_field(
    core: &mut Core,
    list: &mut Value,
    index: i64,
    slot: u16,
    new: Value,
) -> Outcome<()> {
    let item = list::element_mut(list, index, &mut core.memory)?;
    *record::field_mut(item, slot, &mut core.memory)? = new;
    Ok(())
}

fn call_native(core: &mut Core, v: &mut Values, args: Window, native: U24) -> Outcome<Value> {
    let native = &core.natives[native.get()];
    let args = &mut v[args.range()];
    let mut call = NativeCall::new(args, &native.descriptors, &core.types, core.memory.room());
    let result = (native.function)(&mut call);
    args.fill(Value::Null);
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
    let changed = take(v, receiver);
    let before = changed.shallow_size();
    v[args.start.at()] = changed;
    let args = &mut v[args.range()];
    let mut call = NativeCall::new(args, &native.descriptors, &core.types, core.memory.room());
    let result = (native.function)(&mut call);
    let changed = mem::take(&mut args[0]);
    core.memory.made(changed.shallow_size().saturating_sub(before));
    args.fill(Value::Null);
    v[receiver.at()] = changed;
    Ok(result?)
}
