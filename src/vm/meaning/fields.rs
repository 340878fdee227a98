//! Records, and records in lists.

use std::mem;
use std::rc::Rc;

use super::{here, made};
use crate::value::{Record, Value};
use crate::vm::core::Core;
use crate::vm::ops::{list, record, scalar};
use crate::vm::registers::{Cells, Words, copied, replace};
use crate::vm::trouble::{Why, ok};

here! {
    (s, v, core)
    apart NewRecord { to, slots, shape } => {
        let slots = v[slots.range()].iter_mut().map(mem::take).collect();
        v.put(to, new_record(core, slots, shape));
        ok!(made(core))
    };
    quick GetField { to, a, slot } => {
        let field = ok!(copied(ok!(record::field(&v[a.at()], slot))));
        ok!(v.replace(to, field));
    };
    quick GetFieldInt { to, a, slot } => {
        s.set_int(to, ok!(scalar::int(ok!(record::field(&v[a.at()], slot)))));
    };
    float GetFieldFloat { to, a, slot } => {
        s.set_float(to, ok!(scalar::float(ok!(record::field(&v[a.at()], slot)))));
    };
    quick GetFieldScalar { to, a, slot } => {
        s.set_word(to, ok!(scalar::unbox(ok!(record::field(&v[a.at()], slot)))));
    };
    apart TakeField { to, a, slot } => {
        let field = mem::take(ok!(record::field_mut(&mut v[a.at()], slot, &mut core.memory)));
        v.put(to, field);
    };
    apart SetField { a, slot, b } => {
        let new = v.take(b);
        *ok!(record::field_mut(&mut v[a.at()], slot, &mut core.memory)) = new;
        ok!(made(core))
    };
    quick SetFieldInt { a, slot, b } => {
        let field = ok!(record::field_mut(&mut v[a.at()], slot, &mut core.memory));
        ok!(replace(field, Value::Int(s.int(b))));
        ok!(made(core))
    };
    quick SetFieldFloat { a, slot, b } [b 2] => {
        let field = ok!(record::field_mut(&mut v[a.at()], slot, &mut core.memory));
        ok!(replace(field, Value::Float(s.float(b))));
        ok!(made(core))
    };
    quick ItemField { to, list, i, slot } => {
        let field = ok!(copied(ok!(item_field(&v[list.at()], s.int(i), slot))));
        ok!(v.replace(to, field));
    };
    quick ItemFieldInt { to, list, i, slot } => {
        s.set_int(to, ok!(scalar::int(ok!(item_field(&v[list.at()], s.int(i), slot)))));
    };
    float ItemFieldFloat { to, list, i, slot } => {
        s.set_float(to, ok!(scalar::float(ok!(item_field(&v[list.at()], s.int(i), slot)))));
    };
    apart SetItemField { list, i, slot, a } => {
        let new = v.take(a);
        *ok!(item_field_mut(core, &mut v[list.at()], s.int(i), slot)) = new;
        ok!(made(core))
    };
    quick SetItemFieldInt { list, i, slot, a } => {
        let field = ok!(item_field_mut(core, &mut v[list.at()], s.int(i), slot));
        ok!(replace(field, Value::Int(s.int(a))));
        ok!(made(core))
    };
    quick SetItemFieldFloat { list, i, slot, a } [a 3] => {
        let field = ok!(item_field_mut(core, &mut v[list.at()], s.int(i), slot));
        ok!(replace(field, Value::Float(s.float(a))));
        ok!(made(core))
    };
}

fn new_record(core: &mut Core, slots: Box<[Value]>, shape: u16) -> Value {
    core.memory.made(64 + 16 * slots.len());
    Value::Record(Rc::new(Record { shape: Rc::clone(&core.shapes[usize::from(shape)]), slots }))
}

#[inline]
fn item_field<E: Why>(list: &Value, index: i64, slot: u16) -> Result<&Value, E> {
    record::field(ok!(list::element(list, index)), slot)
}

#[inline]
fn item_field_mut<'a, E: Why>(
    core: &mut Core,
    list: &'a mut Value,
    index: i64,
    slot: u16,
) -> Result<&'a mut Value, E> {
    let item = ok!(list::element_mut(list, index, &mut core.memory));
    record::field_mut(item, slot, &mut core.memory)
}
