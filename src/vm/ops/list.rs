//! Elements of lists.
//!
//! A list of `int`, `float` or `bool` is packed; an empty one may have any form. A list of other elements (`int?`, `json`) may still be
//! packed where all its elements happen to be numbers, so the general functions take every form.

use std::rc::Rc;

use super::super::memory::Memory;
use super::super::trouble::{Outcome, Trouble, damaged, fault};
use crate::value::{Code, List, Value};

/// Which element a place names; negative ones count from the end.
#[inline]
pub(in super::super) fn place(index: i64, length: usize) -> Option<usize> {
    match usize::try_from(index) {
        Ok(at) => (at < length).then_some(at),
        Err(_) => from_end(index, length),
    }
}

#[cold]
fn from_end(index: i64, length: usize) -> Option<usize> {
    length.checked_sub(usize::try_from(index.unsigned_abs()).ok()?)
}

#[inline]
fn list(value: &Value) -> Outcome<&List> {
    match value {
        Value::List(it) => Ok(it),
        _ => Err(damaged("a list")),
    }
}

/// The list for changing, which nobody else sees then.
#[inline]
fn list_mut<'a>(value: &'a mut Value, memory: &mut Memory) -> Outcome<&'a mut List> {
    let Value::List(list) = value else { return Err(damaged("a list")) };
    if Rc::strong_count(list) > 1 {
        memory.made(list_bytes(list));
    }
    Ok(Rc::make_mut(list))
}

fn list_bytes(list: &List) -> usize {
    let element = match list {
        List::Ints(_) | List::Floats(_) => 8,
        List::Bools(_) => 1,
        List::Values(_) => 16,
    };
    64 + element * list.len()
}

macro_rules! packed {
    ($form:ident, $element:ty, $all:ident, $get:ident, $set:ident, $push:ident) => {
        /// The elements of a packed list.
        #[inline]
        pub(in super::super) fn $all(value: &Value) -> Outcome<&[$element]> {
            match list(value)? {
                List::$form(items) => Ok(items),
                other if other.is_empty() => Ok(&[]),
                _ => Err(damaged("a list of another form")),
            }
        }

        /// An element.
        #[inline]
        pub(in super::super) fn $get(value: &Value, index: i64) -> Outcome<$element> {
            let items = $all(value)?;
            match place(index, items.len()) {
                Some(at) => Ok(items[at]),
                None => Err(outside(index, items.len())),
            }
        }

        /// Changes an element.
        #[inline]
        pub(in super::super) fn $set(
            value: &mut Value,
            index: i64,
            element: $element,
            memory: &mut Memory,
        ) -> Outcome<()> {
            let List::$form(items) = list_mut(value, memory)? else {
                return Err(not_settable(value, index));
            };
            match place(index, items.len()) {
                Some(at) => items[at] = element,
                None => return Err(outside(index, items.len())),
            }
            Ok(())
        }

        /// Puts an element at the end.
        #[inline]
        pub(in super::super) fn $push(
            value: &mut Value,
            element: $element,
            memory: &mut Memory,
        ) -> Outcome<()> {
            let list = list_mut(value, memory)?;
            if let List::$form(items) = list {
                if items.len() == items.capacity() {
                    memory.made(items.len().max(4) * size_of::<$element>());
                }
                items.push(element);
                return Ok(());
            }
            if !list.is_empty() {
                return Err(damaged("a list of another form"));
            }
            *list = List::$form(vec![element]);
            Ok(())
        }
    };
}

packed!(Ints, i64, ints, int, set_int, push_int);
packed!(Floats, f64, floats, float, set_float, push_float);
packed!(Bools, bool, bools, bool, set_bool, push_bool);

/// Nothing can be set in an empty list, whatever its form.
#[cold]
fn not_settable(value: &Value, index: i64) -> Trouble {
    match list(value) {
        Ok(list) if list.is_empty() => outside(index, 0),
        Ok(_) => damaged("a list of another form"),
        Err(trouble) => trouble,
    }
}

/// How many elements there are.
#[inline]
pub(in super::super) fn length(value: &Value) -> Outcome<usize> {
    match value {
        Value::List(it) => Ok(it.len()),
        Value::Map(it) => Ok(it.len()),
        Value::Bytes(it) => Ok(it.len()),
        _ => Err(damaged("a list, map or bytes")),
    }
}

/// An element.
#[inline]
pub(in super::super) fn get(value: &Value, index: i64) -> Outcome<Value> {
    let list = list(value)?;
    let at = place(index, list.len()).ok_or_else(|| outside(index, list.len()))?;
    match list {
        List::Values(items) => Ok(items[at].clone()),
        packed => packed.get(at).ok_or_else(|| outside(index, packed.len())),
    }
}

/// The element of a packed list at a place that a loop has reached, if the list goes on.
#[inline]
pub(in super::super) fn at<T: Copy>(items: &[T], at: i64) -> Option<T> {
    items.get(usize::try_from(at).ok()?).copied()
}

/// The element at a place that a loop has reached, if the list goes on.
#[inline]
pub(in super::super) fn next(value: &Value, at: i64) -> Outcome<Option<Value>> {
    let list = list(value)?;
    let Ok(at) = usize::try_from(at) else { return Ok(None) };
    Ok(match list {
        List::Values(items) => items.get(at).cloned(),
        packed => packed.get(at),
    })
}

/// An element that is no number or truth value, without copying it.
#[inline]
pub(in super::super) fn element(value: &Value, index: i64) -> Outcome<&Value> {
    match list(value)? {
        List::Values(items) => match place(index, items.len()) {
            Some(at) => Ok(&items[at]),
            None => Err(outside(index, items.len())),
        },
        other if other.is_empty() => Err(outside(index, 0)),
        _ => Err(damaged("a list of another form")),
    }
}

/// An element for changing.
#[inline]
pub(in super::super) fn element_mut<'a>(
    value: &'a mut Value,
    index: i64,
    memory: &mut Memory,
) -> Outcome<&'a mut Value> {
    let list = list_mut(value, memory)?;
    let length = list.len();
    let items = general(list);
    let at = place(index, length).ok_or_else(|| outside(index, length))?;
    Ok(&mut items[at])
}

/// Puts an element at the end.
#[inline]
pub(in super::super) fn push(
    value: &mut Value,
    element: Value,
    memory: &mut Memory,
) -> Outcome<()> {
    let items = general(list_mut(value, memory)?);
    if items.len() == items.capacity() {
        memory.made(items.len().max(4) * size_of::<Value>());
    }
    items.push(element);
    Ok(())
}

/// The elements in the form that takes any.
#[inline]
fn general(list: &mut List) -> &mut Vec<Value> {
    if !matches!(list, List::Values(_)) {
        unpack(list);
    }
    match list {
        List::Values(items) => items,
        _ => unreachable!("it was unpacked just now"),
    }
}

#[cold]
fn unpack(list: &mut List) {
    *list = List::Values(list.iter().collect());
}

/// Whether some element equals the value.
pub(in super::super) fn contains(value: &Value, wanted: &Value) -> Outcome<bool> {
    Ok(match (list(value)?, wanted) {
        (List::Ints(items), Value::Int(wanted)) => items.contains(wanted),
        (List::Values(items), wanted) => items.contains(wanted),
        (list, wanted) => list.iter().any(|it| it == *wanted),
    })
}

/// The whole numbers from `a` up to `b`, `b` left out.
pub(in super::super) fn range(a: i64, b: i64, memory: &mut Memory) -> Outcome<Value> {
    let length = usize::try_from(b.saturating_sub(a)).unwrap_or(0);
    if length > memory.room() / 8 {
        return Err(super::super::native::out_of_memory().into());
    }
    memory.made(64 + 8 * length);
    Ok(Value::List(Rc::new(List::Ints((a..b).collect()))))
}

#[cold]
#[inline(never)]
fn outside(index: i64, length: usize) -> Trouble {
    let elements = match length {
        0 => "an empty list".to_owned(),
        1 => "a list of 1 element".to_owned(),
        _ => format!("a list of {length} elements"),
    };
    fault(Code::Index, format!("there is no element {index} in {elements}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_from_both_ends() {
        assert_eq!(place(0, 3), Some(0));
        assert_eq!(place(2, 3), Some(2));
        assert_eq!(place(3, 3), None);
        assert_eq!(place(-1, 3), Some(2));
        assert_eq!(place(-3, 3), Some(0));
        assert_eq!(place(-4, 3), None);
        assert_eq!(place(i64::MIN, 3), None);
    }

    #[test]
    fn a_packed_list_takes_null() {
        let mut memory = Memory::new(1 << 20);
        let mut list = Value::list([Value::Int(1), Value::Int(2)]);
        *element_mut(&mut list, 0, &mut memory).unwrap() = Value::Null;
        assert_eq!(list, Value::list([Value::Null, Value::Int(2)]));
    }

    #[test]
    fn an_empty_list_of_any_form_takes_numbers() {
        let mut memory = Memory::new(1 << 20);
        let mut list = Value::List(Rc::new(List::Values(Vec::new())));
        assert_eq!(ints(&list).unwrap(), &[] as &[i64]);
        push_int(&mut list, 7, &mut memory).unwrap();
        assert_eq!(ints(&list).unwrap(), &[7]);
    }
}
