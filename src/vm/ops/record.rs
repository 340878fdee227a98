//! Fields of records.

use std::rc::Rc;

use super::super::memory::Memory;
use super::super::trouble::{Trouble, Why, damaged, ok};
use crate::value::{Record, Value};

/// A field.
#[inline]
pub(in super::super) fn field<E: Why>(value: &Value, slot: u16) -> Result<&Value, E> {
    let Value::Record(record) = value else { return Err(E::because(|| damaged("a record"))) };
    record.slots.get(usize::from(slot)).ok_or_else(|| E::because(no_field))
}

/// A field to be changed, in a record that nobody else sees.
#[inline]
pub(in super::super) fn field_mut<'a, E: Why>(
    value: &'a mut Value,
    slot: u16,
    memory: &mut Memory,
) -> Result<&'a mut Value, E> {
    let Value::Record(record) = value else { return Err(E::because(|| damaged("a record"))) };
    let own = ok!(unshared(record, memory));
    own.slots.get_mut(usize::from(slot)).ok_or_else(|| E::because(no_field))
}

#[inline]
fn unshared<'a, E: Why>(
    record: &'a mut Rc<Record>,
    memory: &mut Memory,
) -> Result<&'a mut Record, E> {
    if E::QUICK {
        return Rc::get_mut(record).ok_or_else(|| E::because(no_field));
    }
    if Rc::strong_count(record) > 1 {
        memory.made(64 + 16 * record.slots.len());
    }
    Ok(Rc::make_mut(record))
}

#[cold]
fn no_field() -> Trouble {
    damaged("a record with this field")
}
