//! Records that calls answer with: fields by name, printed in declared order.

use std::rc::Rc;

use crate::value::{Record, Shape, Value};

/// A record with these fields.
pub(super) fn record(fields: Vec<(&'static str, Value)>) -> Value {
    let shape = Rc::new(Shape::new(fields.iter().map(|(name, _)| *name)));
    let mut slots = vec![Value::Null; shape.slots.len()];
    for (name, value) in fields {
        if let Some(slot) = shape.slot(name) {
            slots[slot] = value;
        }
    }
    Value::Record(Rc::new(Record::new(&shape, slots)))
}
