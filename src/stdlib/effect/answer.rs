//! Records that calls answer with.

use std::cell::RefCell;
use std::rc::Rc;

use rustc_hash::FxHashMap;

use crate::value::{Shape, Value};

/// The fields of a record type of the library, in declared order.
pub(super) type Fields<const N: usize> = [&'static str; N];

pub(super) const RESPONSE: Fields<5> = ["status", "headers", "body", "text", "json"];
pub(super) const FILE_INFO: Fields<3> = ["path", "size", "modified"];
pub(super) const ADDRESS: Fields<2> = ["name", "email"];
pub(super) const ATTACHMENT: Fields<4> = ["name", "data", "type", "inline"];
pub(super) const MAIL: Fields<10> =
    ["from", "to", "cc", "bcc", "reply_to", "subject", "text", "html", "headers", "attachments"];

/// All of them, by the name of the type.
#[cfg(test)]
pub(super) const ALL: &[(&str, &[&str])] = &[
    ("Response", &RESPONSE),
    ("FileInfo", &FILE_INFO),
    ("Address", &ADDRESS),
    ("Attachment", &ATTACHMENT),
    ("Mail", &MAIL),
];

thread_local! {
    static SHAPES: RefCell<FxHashMap<&'static [&'static str], Rc<Shape>>> = RefCell::default();
}

/// A record of a type, with a value for each field.
pub(super) fn record<const N: usize>(fields: &'static Fields<N>, values: [Value; N]) -> Value {
    let shape = SHAPES.with_borrow_mut(|shapes| {
        let made = || Rc::new(Shape::new(fields.iter().copied()));
        Rc::clone(shapes.entry(fields.as_slice()).or_insert_with(made))
    });
    let mut slots = vec![Value::Null; N];
    for (value, slot) in values.into_iter().zip(&shape.order) {
        slots[usize::from(*slot)] = value;
    }
    Value::record(&shape, slots)
}
