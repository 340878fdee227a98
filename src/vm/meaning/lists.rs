//! Lists.

use std::mem;
use std::rc::Rc;

use super::{here, made};
use crate::value::{List, Value};
use crate::vm::core::Core;
use crate::vm::ops::{list, scalar};
use crate::vm::registers::{Cells, Words};
use crate::vm::trouble::{Trouble, ok};

here! {
    (s, v, core)
    apart NewInts { to, items } => {
        let items = s[items.range()].iter().map(|it| it.cast_signed()).collect();
        v.put(to, new_list(core, List::Ints(items)));
        ok!(made(core))
    };
    apart NewFloats { to, items } => {
        let items = s[items.range()].iter().map(|it| f64::from_bits(*it)).collect();
        v.put(to, new_list(core, List::Floats(items)));
        ok!(made(core))
    };
    apart NewBools { to, items } => {
        let items = s[items.range()].iter().map(|it| *it != 0).collect();
        v.put(to, new_list(core, List::Bools(items)));
        ok!(made(core))
    };
    apart NewValues { to, items } => {
        let items = v[items.range()].iter_mut().map(mem::take).collect();
        v.put(to, new_list(core, List::Values(items)));
        ok!(made(core))
    };
    apart Range { to, a, b } => {
        v.put(to, list::range(s.int(a), s.int(b), &mut core.memory)?);
        ok!(made(core))
    };
    quick ItemInt { to, list, i } => s.set_int(to, ok!(list::int(&v[list.at()], s.int(i))));
    float ItemFloat { to, list, i } => s.set_float(to, ok!(list::float(&v[list.at()], s.int(i))));
    quick ItemBool { to, list, i } => s.set_bool(to, ok!(list::bool(&v[list.at()], s.int(i))));
    apart ItemScalar { to, list, i } => {
        s.set_word(to, ok!(scalar::unbox(&list::get::<Trouble>(&v[list.at()], s.int(i))?)));
    };
    quick Item { to, list, i } => {
        let item = ok!(list::get(&v[list.at()], s.int(i)));
        ok!(v.replace(to, item));
    };
    apart TakeItem { to, list, i } => {
        let item = mem::take(ok!(list::element_mut(&mut v[list.at()], s.int(i), &mut core.memory)));
        v.put(to, item);
    };
    quick SetItemInt { list, i, a } => {
        ok!(list::set_int(&mut v[list.at()], s.int(i), s.int(a), &mut core.memory));
        ok!(made(core))
    };
    quick SetItemFloat { list, i, a } [a 2] => {
        ok!(list::set_float(&mut v[list.at()], s.int(i), s.float(a), &mut core.memory));
        ok!(made(core))
    };
    quick SetItemBool { list, i, a } => {
        ok!(list::set_bool(&mut v[list.at()], s.int(i), s.bool(a), &mut core.memory));
        ok!(made(core))
    };
    apart SetItem { list, i, a } => {
        let new = v.take(a);
        *ok!(list::element_mut(&mut v[list.at()], s.int(i), &mut core.memory)) = new;
        ok!(made(core))
    };
    quick PushInt { list, a } => {
        ok!(list::push_int(&mut v[list.at()], s.int(a), &mut core.memory));
        ok!(made(core))
    };
    quick PushFloat { list, a } [a 1] => {
        ok!(list::push_float(&mut v[list.at()], s.float(a), &mut core.memory));
        ok!(made(core))
    };
    quick PushBool { list, a } => {
        ok!(list::push_bool(&mut v[list.at()], s.bool(a), &mut core.memory));
        ok!(made(core))
    };
    apart Push { list, a } => {
        let new = v.take(a);
        list::push(&mut v[list.at()], new, &mut core.memory)?;
        ok!(made(core))
    };
    apart Contains { to, list, a } => {
        s.set_bool(to, list::contains(&v[list.at()], &v[a.at()])?);
    };
}

fn new_list(core: &mut Core, list: List) -> Value {
    let value = Value::List(Rc::new(list));
    core.memory.made(value.shallow_size());
    value
}
