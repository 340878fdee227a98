//! JSON values and texts.

mod path;

use std::rc::Rc;

use super::limits::BYTES_MAX;
use super::native::{Native, misuse, natives};
use crate::value::json::{self, Layout};
use crate::value::{Code, Fault, LEVELS_MAX, List, Map, Value};
use crate::vm::NativeCall;

pub(super) const NATIVES: &[&[Native]] = &[
    natives!("json":
        lines(source), stringify(x, pretty), get(value, path) = path::get,
        has(value, path) = path::has, set(value, path, v) = path::set,
        remove(value, path) = path::remove, merge(value, other, deep), keys(value), kind(value),
        is_null(value),
    ),
    &[Native::raw("json.parse", parse)],
];

fn parse(call: &mut NativeCall<'_>) -> Result<Value, Fault> {
    let source = call.args.first().and_then(Value::as_str).ok_or_else(misuse)?;
    match call.descriptors.first() {
        Some(id) => json::parse_as(source, call.types, *id),
        None => json::parse(source),
    }
}

fn lines(source: &str) -> Result<List, Fault> {
    let mut values = List::Values(Vec::new());
    for (number, line) in (1..).zip(source.lines()) {
        if !line.trim().is_empty() {
            values.push(json::parse(line).map_err(|fault| on_line(fault, number))?);
        }
    }
    Ok(values)
}

fn on_line(fault: Fault, number: usize) -> Fault {
    Fault { message: format!("on line {number}: {}", fault.message), ..fault }
}

fn stringify(x: &Value, pretty: bool) -> Result<String, Fault> {
    json::write(x, if pretty { Layout::Pretty } else { Layout::Compact }, BYTES_MAX)
}

fn merge(value: Value, other: &Value, deep: bool) -> Result<Value, Fault> {
    merged(value, other, if deep { LEVELS_MAX } else { 0 })
}

fn merged(value: Value, other: &Value, levels: u32) -> Result<Value, Fault> {
    let (Value::Map(mut into), Value::Map(from)) = (value, other) else {
        return Ok(other.clone());
    };
    let map = Rc::make_mut(&mut into);
    for (key, new) in from.iter() {
        match map.get_mut(key) {
            Some(old) if levels > 0 => {
                let before = std::mem::replace(old, Value::Null);
                *old = merged(before, new, levels - 1)?;
            }
            Some(old) => *old = new.clone(),
            None => {
                map.insert(key.clone(), new.clone());
            }
        }
    }
    Ok(Value::Map(into))
}

fn keys(value: &Value) -> List {
    match value {
        Value::Map(map) => map.keys().map(|key| key.0.clone()).collect(),
        _ => List::Values(Vec::new()),
    }
}

fn kind(value: &Value) -> Result<&'static str, Fault> {
    Ok(match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Int(_) | Value::Float(_) | Value::Decimal(_) => "number",
        Value::Short(_) | Value::Text(_) => "text",
        Value::List(_) => "list",
        Value::Map(_) => "object",
        Value::Time(_)
        | Value::Date(_)
        | Value::Duration(_)
        | Value::Bytes(_)
        | Value::Record(_)
        | Value::Closure(_)
        | Value::Secret(_) => return Err(Fault::new(Code::Decode, "this is no JSON value")),
    })
}

fn is_null(value: &Value) -> bool {
    value.is_null()
}

/// An object without entries.
fn empty_object() -> Value {
    Value::Map(Rc::new(Map::new()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Value {
        json::parse(text).unwrap()
    }

    fn compact(value: &Value) -> String {
        stringify(value, false).unwrap()
    }

    #[test]
    fn objects_are_merged_flat_or_deep() {
        let (a, b) = (r#"{"x":{"p":1,"q":2},"y":1}"#, r#"{"x":{"q":3},"z":[1]}"#);
        let deep = merge(read(a), &read(b), true).unwrap();
        assert_eq!(compact(&deep), r#"{"x":{"p":1,"q":3},"y":1,"z":[1]}"#);
        let flat = merge(read(a), &read(b), false).unwrap();
        assert_eq!(compact(&flat), r#"{"x":{"q":3},"y":1,"z":[1]}"#);
        assert_eq!(compact(&merge(read("1"), &read("{}"), true).unwrap()), "{}");
        let deep = |n| {
            (0..n).fold(Value::Null, |inner, _| {
                Value::Map(Rc::new([(crate::value::Key::text("a"), inner)].into_iter().collect()))
            })
        };
        assert!(merge(deep(100_000), &deep(100_000), true).is_ok());
    }

    #[test]
    fn kinds_have_names() {
        for (text, name) in [("null", "null"), ("1.5", "number"), ("[]", "list"), ("{}", "object")]
        {
            assert_eq!(kind(&read(text)), Ok(name));
        }
        assert!(kind(&Value::Time(0)).unwrap_err().is(Code::Decode));
        assert_eq!(keys(&read("[1]")).len(), 0);
    }

    #[test]
    fn lines_are_read_one_by_one() {
        let list = Value::List(Rc::new(lines("1\n\n{\"a\": 2}\n").unwrap()));
        assert_eq!(compact(&list), r#"[1,{"a":2}]"#);
        assert!(lines("1\n{").unwrap_err().message.starts_with("on line 2: JSON text"));
    }
}
