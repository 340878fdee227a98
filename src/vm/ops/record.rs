//! Fields of records.

use std::rc::Rc;

use super::super::memory::Memory;
use super::super::trouble::{Outcome, damaged};
use crate::value::{Record, Value};

/// A field.
#[inline]
pub(in super::super) fn field(value: &Value, slot: u16) -> Outcome<&Value> {
    let Value::Record(record) = value else { return Err(damaged("a record")) };
    record.slots.get(usize::from(slot)).ok_or_else(|| damaged("a record with this field"))
}

/// A field to be changed, in a record that nobody else sees.
#[inline]
pub(in super::super) fn field_mut<'a>(
    value: &'a mut Value,
    slot: u16,
    memory: &mut Memory,
) -> Outcome<&'a mut Value> {
    let Value::Record(record) = value else { return Err(damaged("a record")) };
    let own = unshared(record, memory);
    own.slots.get_mut(usize::from(slot)).ok_or_else(|| damaged("a record with this field"))
}

#[inline]
fn unshared<'a>(record: &'a mut Rc<Record>, memory: &mut Memory) -> &'a mut Record {
    if Rc::strong_count(record) > 1 {
        memory.made(64 + 16 * record.slots.len());
    }
    Rc::make_mut(record)
}
