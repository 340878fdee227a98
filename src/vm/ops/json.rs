//! Looking into JSON: what is not there is null.

use super::super::trouble::Trouble;
use crate::value::{Key, Value};

/// The entry of an object.
pub(in super::super) fn field(value: &Value, key: &Value) -> Value {
    let Value::Map(map) = value else { return Value::Null };
    let found = match key.as_str() {
        Some(text) => map.get(text),
        None => map.get(&Key(key.clone())),
    };
    found.cloned().unwrap_or(Value::Null)
}

/// The element of a list; a negative place counts from the end.
pub(in super::super) fn item(value: &Value, at: i64) -> Value {
    let Value::List(list) = value else { return Value::Null };
    super::list::place::<Trouble>(at, list.len()).and_then(|at| list.get(at)).unwrap_or(Value::Null)
}
